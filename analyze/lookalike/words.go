package lookalike

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed words.txt
var wordList string

// words is read once: parsing takes a millisecond.
var words = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, strings.Count(wordList, "\n"))
	for line := range strings.Lines(wordList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			m[line] = true
		}
	}
	return m
})

// CommonWord reports whether a lower-case word of five letters or more is an
// ordinary English one, which many names hold without imitating anybody.
func CommonWord(word string) bool { return words()[word] }
