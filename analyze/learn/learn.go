package learn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"reportascam/analyze"
)

const (
	// MaxShift bounds a shift, in log-odds: a third of the way from no
	// evidence to even odds. It can settle a doubtful case, never a clear one.
	MaxShift = 1.0
	// minShift is what is too little to be told.
	minShift = 0.2
	// ridge is how many corrections it takes to believe a sign half: one alone
	// moves little.
	ridge = 2.0
	// maxExamples bounds what is learned from, the newest: more tells nothing
	// new of the mail of today.
	maxExamples = 5000
	// maxSigns bounds the signs of one message.
	maxSigns = 64
	// maxLinkSigns bounds the linked domains among them.
	maxLinkSigns = 10
	// maxBase bounds the shipped score's log-odds, so that a gross error still
	// teaches something.
	maxBase = 3.0
	// steps and rate of the descent; with the ridge it has converged to three
	// digits long before.
	steps = 200
)

// Check is the name of the finding that carries a shift.
const Check = "analysts-say"

// Model is what was learned. The zero value has learned nothing. It never
// changes once trained.
type Model struct {
	weights map[string]float64
	count   int
}

// Signs gives what the learner sees of a message: the checks that hit, the
// brand that it claims, its sender's domain where that is proven, and the
// domains that it links to, unless they belong to a brand or to everybody.
func Signs(ev *analyze.Evidence, findings []analyze.Finding) []string {
	var out []string
	for _, f := range findings {
		if f.Status == analyze.Hit && f.Check != Check {
			out = append(out, "check "+f.Check)
		}
	}
	if b := analyze.MainBrand(ev); b != "" {
		out = append(out, "brand "+b)
	}
	if d, _, ok := ev.Auth.Proven(); ok && !ev.Domains[d].Free && !ev.Domains[d].Sender {
		out = append(out, "from "+d)
	}
	seen := map[string]bool{}
	for _, l := range ev.Links {
		d := ev.Domains[l.Host]
		if d.Domain == "" || d.Brand != "" || d.Free || d.Sender || seen[d.Domain] || len(seen) == maxLinkSigns {
			continue
		}
		seen[d.Domain] = true
		out = append(out, "link "+d.Domain)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxSigns)]
}

// example is a correction ready to learn from.
type example struct {
	base  float64 // log-odds by the shipped weights
	y     float64 // 1 for a scam
	signs []int
}

// Train learns from corrections, in whatever order they come.
func Train(corrections []analyze.Correction) *Model {
	list := slices.Clone(corrections)
	slices.SortFunc(list, func(a, b analyze.Correction) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	list = list[:min(len(list), maxExamples)]
	index := map[string]int{}
	var names []string
	examples := make([]example, 0, len(list))
	for _, c := range list {
		e := example{base: logit(c.Score)}
		if c.As == analyze.LabelScam {
			e.y = 1
		}
		for _, s := range c.Signs[:min(len(c.Signs), maxSigns)] {
			k, ok := index[s]
			if !ok {
				k = len(names)
				index[s] = k
				names = append(names, s)
			}
			e.signs = append(e.signs, k)
		}
		examples = append(examples, e)
	}
	m := &Model{weights: map[string]float64{}, count: len(examples)}
	for k, w := range descend(examples, len(names)) {
		m.weights[names[k]] = w
	}
	return m
}

// logit gives the log-odds of a score, bounded.
func logit(score float64) float64 {
	if math.IsNaN(score) {
		return 0
	}
	score = min(max(score, 1e-6), 1-1e-6)
	return min(max(math.Log(score/(1-score)), -maxBase), maxBase)
}

// descend finds the weights by gradient descent, each with the step that its
// own curvature allows: a quarter of its count for each sign that stands
// beside it, and the ridge.
func descend(examples []example, n int) []float64 {
	w, grad, curve := make([]float64, n), make([]float64, n), make([]float64, n)
	for _, e := range examples {
		for _, k := range e.signs {
			curve[k] += float64(len(e.signs)) / 4
		}
	}
	for range steps {
		for k := range grad {
			grad[k] = ridge * w[k]
		}
		for _, e := range examples {
			z := e.base
			for _, k := range e.signs {
				z += w[k]
			}
			miss := 1/(1+math.Exp(-z)) - e.y
			for _, k := range e.signs {
				grad[k] += miss
			}
		}
		for k := range w {
			w[k] -= grad[k] / (curve[k] + ridge)
		}
	}
	return w
}

// Shift gives what was learned about a message with these signs, in log-odds,
// from -MaxShift to MaxShift; zero where it is too little to be told.
func (m *Model) Shift(signs []string) float64 {
	if m == nil {
		return 0
	}
	sum := 0.0
	for _, s := range signs {
		sum += m.weights[s]
	}
	sum = min(max(sum, -MaxShift), MaxShift)
	if math.Abs(sum) < minShift {
		return 0
	}
	return math.Round(sum*100) / 100
}

// Find gives the finding that carries the shift, and false where there is
// none.
func (m *Model) Find(ev *analyze.Evidence, findings []analyze.Finding) (analyze.Finding, bool) {
	shift := m.Shift(Signs(ev, findings))
	f := analyze.Finding{Check: Check, Status: analyze.Hit, Weight: shift, Cites: []analyze.Cite{"this desk's analysts"}}
	switch {
	case shift > 0:
		f.Says = fmt.Sprintf("Messages like it were mostly scams, by %s that people here have looked at.", reports(m.count))
	case shift < 0:
		f.Says = fmt.Sprintf("Messages like it were mostly harmless, by %s that people here have looked at.", reports(m.count))
	default:
		return analyze.Finding{}, false
	}
	return f, true
}

func reports(n int) string {
	if n == 1 {
		return "the one report"
	}
	return fmt.Sprintf("the %d reports", n)
}
