package measure

import (
	"fmt"
	"math"
	"slices"
)

// Feature is a check as the fit sees it.
type Feature struct {
	Check string
	Sign  int     // +1: a hit may only raise the score; -1: only lower it; 0: it moves nothing
	Hand  float64 // by hand: where the fit begins, and what it is drawn to
	Held  bool    // its weight stays that by hand
}

// Example is one judged message as the fit sees it.
type Example struct {
	*Sample
	View    int
	hits    []int   // indexes of features
	unknown []int   // and of those that could not tell
	view    float64 // how much its view counts
}

// View is mail judged in one way.
type View struct {
	Name    string
	Weight  float64 // how much it counts beside the others
	Samples []*Sample
}

// Fitting fits weights to labelled mail: logistic regression on which checks
// hit. Whether a check could tell at all is often an accident of collecting
// (one collection kept the results of its provider, another did not), so that
// it is fitted beside and then dropped: a weight comes of what the check says
// where it could tell.
type Fitting struct {
	Features []Feature
	L2       float64 // strength of the penalty on weights far from those by hand: 1 is a prior of standard deviation 1
	Prior    float64 // the share of phishing that the mail is weighed to have, 0..1
}

// Model is the outcome of a fit.
type Model struct {
	Bias    float64
	Weights []float64 // one a feature
}

// maxFitted bounds a fitted weight: what never hits legitimate mail here may do
// so elsewhere.
const maxFitted = 4.5

const (
	// fitSweeps bounds the work; a few hundred sweeps end below fitTolerance.
	fitSweeps = 3000
	// fitTolerance is the largest step of a sweep that ends the fit: far
	// below what weights are rounded to.
	fitTolerance = 3e-4
)

// Examples makes examples of all views. Checks that are no features are left
// out.
func (f *Fitting) Examples(views []View) []*Example {
	index := map[string]int{}
	for i, feature := range f.Features {
		index[feature.Check] = i
	}
	var out []*Example
	for v, view := range views {
		for _, s := range view.Samples {
			e := &Example{Sample: s, View: v, view: view.Weight}
			e.hits, e.unknown = indexes(index, s.Hits), indexes(index, s.Unknown)
			out = append(out, e)
		}
	}
	return out
}

func indexes(index map[string]int, names []string) []int {
	var out []int
	for _, n := range names {
		if i, ok := index[n]; ok {
			out = append(out, i)
		}
	}
	return out
}

// fewestKnown is of how many campaigns of either label a check must have been
// able to tell: of fewer, it cannot be known how often it errs.
const fewestKnown = 30

// Hold marks the features that in no view hit fewest campaigns and could tell
// of enough legitimate and enough phishing ones.
func (f *Fitting) Hold(examples []*Example, fewest int) {
	type key struct {
		feature, view int
		what          string
	}
	campaigns := map[key]map[string]bool{}
	add := func(k key, cluster string) {
		if campaigns[k] == nil {
			campaigns[k] = map[string]bool{}
		}
		campaigns[k][cluster] = true
	}
	views := 0
	for _, e := range examples {
		views = max(views, e.View+1)
		for _, h := range e.hits {
			add(key{h, e.View, "hit"}, e.Label()+e.Cluster)
		}
		for i := range f.Features {
			if !slices.Contains(e.unknown, i) {
				add(key{i, e.View, e.Label()}, e.Cluster)
			}
		}
	}
	for i := range f.Features {
		enough := false
		for v := range views {
			enough = enough || len(campaigns[key{i, v, "hit"}]) >= fewest &&
				min(len(campaigns[key{i, v, label(true)}]), len(campaigns[key{i, v, label(false)}])) >= fewestKnown
		}
		f.Features[i].Held = f.Features[i].Held || !enough
	}
}

// Start gives the model that the features have by hand.
func (f *Fitting) Start() Model {
	m := Model{Weights: make([]float64, len(f.Features))}
	for i, feature := range f.Features {
		if feature.Sign != 0 {
			m.Weights[i] = feature.Hand
		}
	}
	return m
}

// Fit fits all weights that are not held, from start on. It minimises the
// weighed log loss and the penalty, which draws each weight to the one by hand
// (what is seldom seen here, or only beside other signs, keeps its meaning), by
// coordinate descent on a quadratic bound,
// projected on the signs: every step lowers the loss, and the result does not
// depend on chance.
func (f *Fitting) Fit(examples []*Example, start Model) Model {
	m := Model{Bias: start.Bias, Weights: slices.Clone(start.Weights)}
	c := f.patterns(examples, m)
	for range fitSweeps {
		largest := math.Abs(c.step(c.all, pull{}, &m.Bias, unbounded))
		for i := range c.beside {
			largest = math.Max(largest, math.Abs(c.step(c.beside[i].patterns, pull{f.L2, 0}, &c.beside[i].weight, unbounded)))
		}
		for j, feature := range f.Features {
			if !feature.Held && feature.Sign != 0 && len(c.hits[j]) > 0 {
				largest = math.Max(largest, math.Abs(c.step(c.hits[j], pull{f.L2, feature.Hand}, &m.Weights[j], bounds(feature.Sign))))
			}
		}
		if largest < fitTolerance {
			break
		}
	}
	return m
}

// Sum gives the log-odds of an example.
func (m Model) Sum(e *Example) float64 {
	sum := m.Bias
	for _, h := range e.hits {
		sum += m.Weights[h]
	}
	return sum
}

// weigh gives each example its weight: a campaign of n messages counts as the
// root of n, and so does a folder, so that neither a large campaign nor a large
// folder is all that counts; then the labels are weighed to the prior. All
// weights together are the number of examples.
func (f *Fitting) weigh(examples []*Example) []float64 {
	type group struct {
		view  int
		phish bool
		name  string
	}
	clusters, sources, labels := map[group]int{}, map[group]int{}, map[group]float64{}
	for _, e := range examples {
		clusters[group{e.View, e.Phish, e.Cluster}]++
		sources[group{e.View, e.Phish, e.Source}]++
	}
	w := make([]float64, len(examples))
	for i, e := range examples {
		w[i] = 1 / math.Sqrt(float64(clusters[group{e.View, e.Phish, e.Cluster}])*float64(sources[group{e.View, e.Phish, e.Source}]))
		labels[group{e.View, e.Phish, ""}] += w[i]
	}
	total := 0.0
	for i, e := range examples {
		share := f.Prior
		if !e.Phish {
			share = 1 - f.Prior
		}
		w[i] *= e.view * share / labels[group{e.View, e.Phish, ""}]
		total += w[i]
	}
	for i := range w {
		w[i] *= float64(len(examples)) / total
	}
	return w
}

// table holds examples by what was found of them: those of one pattern are one
// to the fit.
type table struct {
	z, w, phish []float64 // by pattern: log-odds, weight, and the weight of the phishing in it
	all         []int
	hits        [][]int // patterns by feature
	beside      []beside
}

// beside is what stands for not having been able to tell: the patterns of
// which the same checks could not.
type beside struct {
	patterns []int
	weight   float64
}

// patterns lays examples out for the fit, with the log-odds that start gives.
func (f *Fitting) patterns(examples []*Example, start Model) *table {
	t := &table{hits: make([][]int, len(f.Features))}
	unknown := make([][]int, len(f.Features))
	index := map[string]int{}
	for i, w := range f.weigh(examples) {
		e := examples[i]
		key := fmt.Sprint(e.hits, e.unknown)
		p, known := index[key]
		if !known {
			p = len(t.all)
			index[key] = p
			t.all, t.w, t.phish, t.z = append(t.all, p), append(t.w, 0), append(t.phish, 0), append(t.z, start.Sum(e))
			for _, h := range e.hits {
				t.hits[h] = append(t.hits[h], p)
			}
			for _, u := range e.unknown {
				unknown[u] = append(unknown[u], p)
			}
		}
		t.w[p] += w
		if e.Phish {
			t.phish[p] += w
		}
	}
	for j, list := range unknown {
		same := func(b beside) bool { return slices.Equal(b.patterns, list) }
		if f.Features[j].Sign != 0 && len(list) > 0 && !slices.ContainsFunc(t.beside, same) {
			t.beside = append(t.beside, beside{patterns: list})
		}
	}
	return t
}

// limits of a weight.
type limits struct{ low, high float64 }

var unbounded = limits{math.Inf(-1), math.Inf(1)}

func bounds(sign int) limits {
	if sign < 0 {
		return limits{-maxFitted, 0}
	}
	return limits{0, maxFitted}
}

// pull is the penalty on a weight.
type pull struct{ l2, to float64 }

// reach is the longest step whose curvature is bounded by the one at hand:
// the curvature of the log loss changes by at most a factor e^d over a step d.
const reach = 0.5

// step moves one weight and the log-odds of the patterns that it touches. The
// curvature is bounded by the smaller of a quarter, which always holds, and of
// what holds within reach.
func (t *table) step(touched []int, p pull, weight *float64, l limits) float64 {
	gradient, quarter, near := p.l2*(*weight-p.to), p.l2, p.l2
	grown := math.Exp(reach)
	for _, i := range touched {
		s := 1 / (1 + math.Exp(-t.z[i]))
		gradient += t.w[i]*s - t.phish[i]
		quarter += t.w[i] / 4
		near += t.w[i] * s * (1 - s) * grown
	}
	if quarter <= 0 {
		return 0
	}
	d := -gradient / quarter
	if near < quarter && near > 0 {
		d = min(max(-gradient/near, -reach), reach)
	}
	to := min(max(*weight+d, l.low), l.high)
	if d = to - *weight; d == 0 {
		return 0
	}
	*weight = to
	for _, p := range touched {
		t.z[p] += d
	}
	return d
}
