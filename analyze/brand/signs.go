package brand

import (
	"strings"
	"unicode/utf8"

	"reportascam/analyze/lookalike"
)

// letterOf gives the letter that a sign within a word stands for.
func letterOf(r rune) (rune, bool) {
	switch r {
	case '@':
		return 'a', true
	case '!', '|', '¡':
		return 'l', true
	case '€':
		return 'e', true
	case '£':
		return 'l', true
	case '¥':
		return 'y', true
	case '(', '<':
		return 'c', true
	case '*':
		return 0, true
	}
	return 0, false
}

// signs finds names of one word with signs for letters: P@yPal, Netfl!x,
// Amaz*n. An address is none: there, letters without the sign make the name.
func (x *index) signs(text string) []match {
	if !strings.ContainsAny(text, "@!|¡€£¥(<*") {
		return nil
	}
	var found []match
	for i := 0; i < len(text); {
		end := strings.IndexAny(text[i:], " \t\r\n,;")
		if end < 0 {
			end = len(text) - i
		}
		token := strings.Trim(text[i:i+end], "!|(<>)*.:'\"")
		i += end + 1
		if len(token) < minShape || len(token) > maxShape || !strings.ContainsAny(token, "@!|¡€£¥(<*") {
			continue
		}
		if n, ok := x.signed(token); ok {
			found = append(found, match{name: n, from: -1, to: -1, text: token, disguised: true})
		}
	}
	return found
}

// signed gives the name that a token with signs spells.
func (x *index) signed(token string) (name, bool) {
	var b strings.Builder
	gap := -1
	for _, r := range token {
		if l, ok := letterOf(r); ok {
			if l == 0 && gap < 0 {
				gap = b.Len()
				b.WriteByte('*')
				continue
			}
			r = l
		}
		if r != '*' {
			b.WriteRune(r)
		}
	}
	folded := foldWord(b.String())
	if gap >= 0 {
		return x.gapped(folded)
	}
	for _, n := range x.shapes[lookalike.Shape(folded)] {
		if len(n.words) == 1 && !n.exact && len(folded) == len(n.words[0]) {
			return n, true
		}
	}
	return name{}, false
}

// gapped gives the name that a word with a * for a letter spells.
func (x *index) gapped(folded string) (name, bool) {
	before, after, _ := strings.Cut(folded, "*")
	if len(before)+len(after)+1 < minShape || !utf8.ValidString(folded) {
		return name{}, false
	}
	for _, vowel := range "aeiou" {
		for _, n := range x.first[before+string(vowel)+after] {
			if len(n.words) == 1 && !n.exact {
				return n, true
			}
		}
	}
	return name{}, false
}
