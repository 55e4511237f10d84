package brand

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed free.txt
var freeText string

//go:embed pages.txt
var pagesText string

//go:embed forms.txt
var formsText string

//go:embed shorteners.txt
var shortenersText string

//go:embed senders.txt
var sendersText string

//go:embed wellknown.txt
var wellKnownText string

// lists are facts about domains that no brand owns.
type lists struct {
	free  map[string]bool // anyone can get an address
	pages map[string]bool // anyone can put a page
	forms map[string]bool // anyone can put a form
	short map[string]bool // short addresses that lead anywhere
	send  map[string]bool // sends or counts clicks for others
}

var sharedLists = sync.OnceValue(func() *lists {
	return &lists{free: set(freeText), pages: set(pagesText), forms: set(formsText), short: set(shortenersText), send: set(sendersText)}
})

// set reads a list of one name a line; # begins a comment, and ! a name that
// is an exception to one above it.
func set(text string) map[string]bool {
	m := make(map[string]bool, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			name, not := strings.CutPrefix(line, "!")
			m[name] = !not
		}
	}
	return m
}

// holds reports whether host or the nearest domain above it in the list is
// meant. It is otherwise where the list knows nothing of them.
func holds(list map[string]bool, host string, otherwise bool) bool {
	for h := range parents(host) {
		if v, ok := list[h]; ok {
			return v
		}
	}
	return otherwise
}

// WellKnownDomain is a popular domain. Rank is a bucket, as precise as the
// source allows: up to 500 for the few hundred that most people use, 5,000 for
// the rest of the first ten thousand.
type WellKnownDomain struct {
	Domain string
	Rank   int
}

// Ranks of the two parts of the list.
const (
	rankTop    = 500
	rankSecond = 5000
)

var wellKnown = sync.OnceValue(func() []WellKnownDomain {
	var out []WellKnownDomain
	rank := rankTop
	for line := range strings.Lines(wellKnownText) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "---"):
			rank = rankSecond
		default:
			out = append(out, WellKnownDomain{line, rank})
		}
	}
	return out
})

// WellKnown gives some ten thousand popular domains, the most popular first.
// The slice must not be changed.
func WellKnown() []WellKnownDomain { return wellKnown() }
