package measure

import (
	"crypto/sha256"
	"slices"
)

// folds is how many parts the campaigns are dealt to for cross-validation.
const folds = 5

// fewestHeld is how many messages a source or a year must have to be held out
// by itself.
const fewestHeld = 40

// fewestLeft is how many messages of either label must be left to fit to.
const fewestLeft = 100

// Held is how mail was judged that the fit had not seen.
type Held struct {
	Scheme string `json:"scheme"` // campaign, source or year
	View   string `json:"view"`
	Lines  []Line `json:"lines"` // all of it, and for source and year each that was held out
}

// fold deals a campaign to a part, the same each time.
func fold(e *Example) string {
	sum := sha256.Sum256([]byte(e.Cluster))
	return string('0' + rune(sum[0]%folds))
}

// Schemes lists the ways in which mail is held out.
func Schemes() []string { return []string{"campaign", "source", "year"} }

// Validate fits without a part of the mail and judges that part, for each
// part of the schemes: the campaigns dealt to five, each source, each year. Weights, bias and
// thresholds all come from the rest. It also gives the sum of weights that each
// example had when its campaign was held out.
func (f *Fitting) Validate(examples []*Example, views []View, start Model, b Bounds, schemes []string) (held []Held, sums []float64) {
	sums = make([]float64, len(examples))
	for _, scheme := range []struct {
		name string
		part func(*Example) string
	}{
		{"campaign", fold},
		{"source", func(e *Example) string { return e.Source }},
		{"year", func(e *Example) string { return yearName(e.Year) }},
	} {
		if !slices.Contains(schemes, scheme.name) {
			continue
		}
		judged := make([][]*Sample, len(views))
		for _, part := range parts(examples, scheme.part) {
			var rest []*Example
			for _, e := range examples {
				if scheme.part(e) != part {
					rest = append(rest, e)
				}
			}
			if ham, phish := sides(rest); min(ham, phish) < fewestLeft {
				continue
			}
			m := f.Fit(rest, start)
			restSums := make([]float64, len(rest))
			for i, e := range rest {
				restSums[i] = m.Sum(e) - m.Bias
			}
			rounded, scale := f.Settle(m, Cut(rest, restSums, b), rest, b)
			for i, e := range examples {
				if scheme.part(e) != part {
					continue
				}
				if scheme.name == "campaign" {
					sums[i] = m.Sum(e) - m.Bias
				}
				s := *e.Sample
				s.Level = level(scale, rounded.Sum(e)-rounded.Bias)
				judged[e.View] = append(judged[e.View], &s)
			}
		}
		for v, list := range judged {
			held = append(held, Held{Scheme: scheme.name, View: views[v].Name, Lines: heldLines(scheme.name, list)})
		}
	}
	return held, sums
}

func sides(examples []*Example) (ham, phish int) {
	for _, e := range examples {
		if e.Phish {
			phish++
		} else {
			ham++
		}
	}
	return ham, phish
}

// parts lists the parts that are large enough to be held out, by name.
func parts(examples []*Example, part func(*Example) string) []string {
	n := map[string]int{}
	for _, e := range examples {
		if e.View == 0 {
			n[part(e)]++
		}
	}
	for k, v := range n {
		if v < fewestHeld {
			delete(n, k)
		}
	}
	return sortedKeys(n)
}

func heldLines(scheme string, list []*Sample) []Line {
	var ham, modern, phish []*Sample
	for _, s := range list {
		switch {
		case s.Phish:
			phish = append(phish, s)
		case s.Year >= Modern:
			modern = append(modern, s)
			ham = append(ham, s)
		default:
			ham = append(ham, s)
		}
	}
	lines := []Line{NewLine("all", false, ham), NewLine(ModernName, false, modern), NewLine("all", true, phish)}
	switch scheme {
	case "source":
		lines = append(lines, By(list, func(s *Sample) string { return s.Source })...)
	case "year":
		lines = append(lines, By(list, func(s *Sample) string { return yearName(s.Year) })...)
	}
	return lines
}

// Present tells how each view was judged by the weights at hand.
func Present(views []View) []Held {
	var out []Held
	for _, v := range views {
		out = append(out, Held{View: v.Name, Lines: heldLines("", v.Samples)})
	}
	return out
}
