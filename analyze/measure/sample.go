package measure

import (
	"cmp"
	"slices"

	"reportascam/analyze"
)

// Sample is a message of which the truth is known, and what was judged of it.
type Sample struct {
	File     string        `json:"file"`
	Phish    bool          `json:"phish"`
	Source   string        `json:"source"`   // the folder or collection it is of
	Year     int           `json:"year"`     // 0 when not known
	Language string        `json:"language"` // of its text, BCP 47; und when not known
	Cluster  string        `json:"cluster"`  // its campaign
	Level    analyze.Level `json:"verdict"`
	Score    float64       `json:"score"`
	Hits     []string      `json:"hits"`    // checks, in the order of the findings
	Unknown  []string      `json:"unknown"` // checks that could not tell
	Says     []string      `json:"-"`       // what each of Hits says
}

// Bad tells whether the message was called suspicious or worse.
func (s *Sample) Bad() bool { return s.Level.Rank() >= analyze.Suspicious.Rank() }

// Label gives the word for the truth of it.
func (s *Sample) Label() string { return label(s.Phish) }

func label(phish bool) string {
	if phish {
		return "phish"
	}
	return "ham"
}

// Levels counts messages by verdict.
type Levels struct {
	Authentic  int `json:"authentic"`
	Unclear    int `json:"unclear"`
	Suspicious int `json:"suspicious"`
	Scam       int `json:"scam"`
}

func (l *Levels) add(level analyze.Level) {
	switch level {
	case analyze.Authentic:
		l.Authentic++
	case analyze.Suspicious:
		l.Suspicious++
	case analyze.Scam:
		l.Scam++
	default:
		l.Unclear++
	}
}

// Rates is how a group of messages was judged.
type Rates struct {
	Bad       Rate `json:"suspicious_or_scam"`
	Scam      Rate `json:"scam"`
	Authentic Rate `json:"authentic"`
}

// Line is one group of messages of one label.
type Line struct {
	Name      string `json:"name"`
	Label     string `json:"label"` // ham or phish
	Messages  int    `json:"messages"`
	Campaigns int    `json:"campaigns"`
	Levels    Levels `json:"levels"`
	Message   Rates  `json:"per_message"`
	Campaign  Rates  `json:"per_campaign"` // each campaign counts once
}

// tally sums what was judged of one campaign.
type tally struct{ n, bad, scam, authentic float64 }

func (t *tally) add(s *Sample) {
	t.n++
	switch {
	case s.Level == analyze.Scam:
		t.scam++
		t.bad++
	case s.Bad():
		t.bad++
	case s.Level == analyze.Authentic:
		t.authentic++
	}
}

// NewLine counts a group of samples of one label.
func NewLine(name string, phish bool, group []*Sample) Line {
	l := Line{Name: name, Label: label(phish), Messages: len(group)}
	clusters := map[string]*tally{}
	all := &tally{}
	for _, s := range group {
		l.Levels.add(s.Level)
		all.add(s)
		if clusters[s.Cluster] == nil {
			clusters[s.Cluster] = &tally{}
		}
		clusters[s.Cluster].add(s)
	}
	l.Campaigns = len(clusters)
	each := &tally{}
	for _, k := range sortedKeys(clusters) { // sums in one order are one number
		c := clusters[k]
		each.bad += c.bad / c.n
		each.scam += c.scam / c.n
		each.authentic += c.authentic / c.n
	}
	l.Message, l.Campaign = all.rates(len(group)), each.rates(len(clusters))
	return l
}

func (t *tally) rates(n int) Rates {
	return Rates{Bad: NewRate(t.bad, n), Scam: NewRate(t.scam, n), Authentic: NewRate(t.authentic, n)}
}

// By groups samples by label and a name, and counts each group: legitimate
// mail first, then by name. A name that is empty belongs to no group.
func By(samples []*Sample, name func(*Sample) string) []Line {
	type key struct {
		phish bool
		name  string
	}
	groups := map[key][]*Sample{}
	for _, s := range samples {
		if n := name(s); n != "" {
			groups[key{s.Phish, n}] = append(groups[key{s.Phish, n}], s)
		}
	}
	lines := make([]Line, 0, len(groups))
	for k, g := range groups {
		lines = append(lines, NewLine(k.name, k.phish, g))
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Name, b.Name))
	})
	return lines
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
