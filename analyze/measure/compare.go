package measure

import (
	"cmp"
	"slices"

	"reportascam/analyze"
)

// Changes is what is different from an earlier report.
type Changes struct {
	Ruleset  string        `json:"ruleset"` // of the earlier report
	Lines    []LineChange  `json:"lines"`   // of all mail, and of each source that changed
	Flips    []Flip        `json:"flips"`   // verdicts that changed, the worst change first
	Findings []TallyChange `json:"findings"`
	Added    int           `json:"added"`   // files that the earlier report does not have
	Removed  int           `json:"removed"` // files that only the earlier report has
}

// LineChange is one group, before and now.
type LineChange struct {
	Group string `json:"group"` // all or source
	Was   Line   `json:"was"`
	Now   Line   `json:"now"`
}

// Flip is a message whose verdict changed.
type Flip struct {
	File  string        `json:"file"`
	Phish bool          `json:"phish"`
	Was   analyze.Level `json:"was"`
	Now   analyze.Level `json:"now"`
	Worse bool          `json:"worse"` // the change is away from the truth
	Gone  []string      `json:"gone"`  // checks that no longer hit
	Come  []string      `json:"come"`  // checks that hit now
}

// TallyChange is a check whose hits changed.
type TallyChange struct {
	Check string `json:"check"`
	Was   Tally  `json:"was"` // zero for a check that is new
	Now   Tally  `json:"now"` // zero for a check that is no more
}

// Compare tells what changed from was to now.
func Compare(was, now *Report) *Changes {
	c := &Changes{Ruleset: was.Ruleset, Lines: []LineChange{}, Flips: []Flip{}, Findings: []TallyChange{}}
	c.lines("all", was.All, now.All)
	c.lines("source", was.Sources, now.Sources)
	c.files(was.Files, now.Files)
	old := map[string]Tally{}
	for _, t := range was.Findings {
		old[t.Check] = t
	}
	for _, t := range now.Findings {
		if o := old[t.Check]; o != t {
			c.Findings = append(c.Findings, TallyChange{t.Check, o, t})
		}
		delete(old, t.Check)
	}
	for _, name := range sortedKeys(old) {
		c.Findings = append(c.Findings, TallyChange{Check: name, Was: old[name]})
	}
	return c
}

// lines keeps the groups whose counts differ.
func (c *Changes) lines(group string, was, now []Line) {
	for _, n := range now {
		i := slices.IndexFunc(was, func(l Line) bool { return l.Name == n.Name && l.Label == n.Label })
		if i >= 0 && was[i] != n {
			c.Lines = append(c.Lines, LineChange{group, was[i], n})
		}
	}
}

func (c *Changes) files(was, now []*Sample) {
	old := map[string]*Sample{}
	for _, s := range was {
		old[s.File] = s
	}
	for _, s := range now {
		o := old[s.File]
		delete(old, s.File)
		switch {
		case o == nil:
			c.Added++
		case o.Level != s.Level:
			c.Flips = append(c.Flips, Flip{File: s.File, Phish: s.Phish, Was: o.Level, Now: s.Level,
				Worse: (s.Level.Rank() < o.Level.Rank()) == s.Phish, Gone: without(o.Hits, s.Hits), Come: without(s.Hits, o.Hits)})
		}
	}
	c.Removed = len(old)
	slices.SortStableFunc(c.Flips, func(a, b Flip) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(a.File, b.File))
	})
}

// rank orders flips: those away from the truth first, legitimate mail before
// phishing, then by how far.
func rank(f Flip) int {
	n := f.Now.Rank() - f.Was.Rank()
	if n < 0 {
		n = -n
	}
	if !f.Phish {
		n += 10
	}
	if f.Worse {
		n += 100
	}
	return n
}

// without gives what of a is not in b; never nil.
func without(a, b []string) []string {
	out := []string{}
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
