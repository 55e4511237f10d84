package measure

import (
	"cmp"
	"slices"
	"strconv"
)

// Report is all figures of one evaluation.
type Report struct {
	Ruleset   string    `json:"ruleset"`
	Setting   Setting   `json:"setting"`
	All       []Line    `json:"all"` // legitimate mail, legitimate mail since Modern, phishing
	Sources   []Line    `json:"sources"`
	Years     []Line    `json:"years"`
	Languages []Line    `json:"languages"`
	Histogram []Bin     `json:"histogram"`
	Curve     Curve     `json:"curve"`
	Findings  []Tally   `json:"findings"`
	Misses    []Worst   `json:"misses"`
	Alarms    []Worst   `json:"false_alarms"`
	Failed    []Fault   `json:"failed"` // files that could not be judged, and are in no figure
	Files     []*Sample `json:"files"`
	Changes   *Changes  `json:"changes,omitempty"` // since a baseline
}

// Setting is how the messages were judged.
type Setting struct {
	Via   string `json:"via"`             // direct, or how each was forwarded
	Trust string `json:"trust,omitempty"` // whose authentication results were believed
	DNS   bool   `json:"dns"`             // whether DNS was asked
}

// Fault is a file that could not be judged.
type Fault struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

// Worst is a message that was judged wrongly, the first of its campaign.
type Worst struct {
	Sample  *Sample  `json:"sample"`
	Reasons []string `json:"reasons"` // what the findings say
	Alike   int      `json:"alike"`   // how many more of its campaign were judged wrongly
}

// Modern is the year since when most mail carries authentication results, so
// that older mail says little about mail of today.
const Modern = 2016

// ModernName names the group of mail since Modern.
const ModernName = "since 2016"

// NewReport computes the figures. worst bounds the lists of errors.
func NewReport(ruleset string, set Setting, list []Weighed, samples []*Sample, failed []Fault, worst int) *Report {
	var hams, modern, phish []*Sample
	for _, s := range samples {
		switch {
		case s.Phish:
			phish = append(phish, s)
		default:
			hams = append(hams, s)
			if s.Year >= Modern {
				modern = append(modern, s)
			}
		}
	}
	r := &Report{Ruleset: ruleset, Setting: set, Files: samples, Failed: failed,
		All:       []Line{NewLine("all", false, hams), NewLine(ModernName, false, modern), NewLine("all", true, phish)},
		Sources:   By(samples, func(s *Sample) string { return s.Source }),
		Years:     By(samples, func(s *Sample) string { return yearName(s.Year) }),
		Languages: By(samples, func(s *Sample) string { return s.Language }),
		Histogram: Histogram(samples), Curve: NewCurve(samples), Findings: Census(list, samples)}
	r.Misses = worstOf(phish, worst, func(s *Sample) bool { return !s.Bad() }, func(a, b *Sample) int {
		return cmp.Or(cmp.Compare(a.Level.Rank(), b.Level.Rank()), cmp.Compare(a.Score, b.Score))
	})
	r.Alarms = worstOf(hams, worst, (*Sample).Bad, func(a, b *Sample) int {
		return cmp.Or(cmp.Compare(b.Level.Rank(), a.Level.Rank()), cmp.Compare(b.Score, a.Score))
	})
	return r
}

func yearName(year int) string {
	if year == 0 {
		return "unknown"
	}
	return strconv.Itoa(year)
}

// worstOf lists the worst first, one message a campaign.
func worstOf(samples []*Sample, most int, wrong func(*Sample) bool, order func(a, b *Sample) int) []Worst {
	var list []*Sample
	alike := map[string]int{}
	for _, s := range samples {
		if wrong(s) {
			list = append(list, s)
			alike[s.Cluster]++
		}
	}
	slices.SortStableFunc(list, func(a, b *Sample) int { return cmp.Or(order(a, b), cmp.Compare(a.File, b.File)) })
	out := []Worst{}
	for _, s := range list {
		if len(out) == most {
			break
		}
		if n := alike[s.Cluster]; n > 0 {
			reasons := s.Says
			if reasons == nil {
				reasons = []string{}
			}
			out = append(out, Worst{Sample: s, Reasons: reasons, Alike: n - 1})
			alike[s.Cluster] = 0
		}
	}
	return out
}
