package measure

import (
	"cmp"
	"math"
	"slices"

	"reportascam/analyze"
)

// Bounds are the false alarms that are accepted, as shares of legitimate mail.
type Bounds struct {
	Bad, Scam             float64 // suspicious or worse, and scam, of all of it
	ModernBad, ModernScam float64 // of that since Modern
	Margin                float64 // 0..1: how much of each bound may be used up
}

// rounding is what weights and bias are rounded to, so that they read well.
const rounding = 0.05

// noise is the weight below which a fitted check is taken to say nothing.
const noise = 0.1

// roundTo gives the nearest multiple of rounding, as its decimal is read.
func roundTo(x float64) float64 { return math.Round(math.Round(x/rounding)*rounding*100) / 100 }

// Cuts are sums of weights from which on a message is suspicious, and scam.
type Cuts struct{ Bad, Scam float64 }

// Cut finds the lowest cuts at which every view keeps the bounds. sums holds
// the sum of weights of each example, without the bias.
func Cut(examples []*Example, sums []float64, b Bounds) Cuts {
	type group struct {
		view   int
		modern bool
	}
	hams := map[group][]float64{}
	for i, e := range examples {
		if e.Phish {
			continue
		}
		hams[group{e.View, false}] = append(hams[group{e.View, false}], sums[i])
		if e.Year >= Modern {
			hams[group{e.View, true}] = append(hams[group{e.View, true}], sums[i])
		}
	}
	c := Cuts{Bad: math.Inf(-1), Scam: math.Inf(-1)}
	for g, list := range hams {
		bad, scam := b.Bad, b.Scam
		if g.modern {
			bad, scam = b.ModernBad, b.ModernScam
		}
		c.Bad = math.Max(c.Bad, above(list, bad*b.Margin))
		c.Scam = math.Max(c.Scam, above(list, scam*b.Margin))
	}
	c.Scam = math.Max(c.Scam, c.Bad+rounding)
	return c
}

// gap is how far above a legitimate message a cut lies: more than rounding of
// a score can move.
const gap = 0.01

// above gives the lowest cut that at most the share of list reaches.
func above(list []float64, share float64) float64 {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b float64) int { return cmp.Compare(b, a) })
	allowed := int(share * float64(len(sorted)))
	if allowed >= len(sorted) {
		return math.Inf(-1)
	}
	return sorted[allowed] + gap
}

// Whatever little mail it is fitted to, a message of which nothing was found
// stays far below suspicion, and a scam is four times likelier than not.
const (
	mildest = -2.0 // the highest bias: a score of 0.12
	surest  = 0.8  // the lowest score of a scam
)

// Settle rounds a model, and chooses bias and thresholds so that suspicious
// begins at even odds. The rounded model keeps the bounds as well on the
// examples: where it does not, it is made milder by steps of the rounding.
func (f *Fitting) Settle(m Model, cuts Cuts, examples []*Example, b Bounds) (Model, analyze.Scale) {
	out := Model{Weights: make([]float64, len(m.Weights))}
	for i, w := range m.Weights {
		switch {
		case f.Features[i].Held:
			out.Weights[i] = w
		case math.Abs(w) >= noise:
			out.Weights[i] = roundTo(w)
		}
	}
	sums := make([]float64, len(examples))
	for i, e := range examples {
		sums[i] = out.Sum(e)
	}
	own := Cut(examples, sums, b)
	bad := max(own.Bad, cuts.Bad)
	scam := max(own.Scam, cuts.Scam)
	out.Bias = min(-roundTo(bad+rounding/2), mildest)
	odds := 1 / (1 + math.Exp(-(scam + out.Bias)))
	s := analyze.Scale{Bias: out.Bias, Suspicious: 0.5, Scam: max(surest, min(0.99, math.Ceil(odds*100)/100))}
	return out, s
}

// Level gives the level of a sum of weights, without the bias. What is
// authentic is not for a score to say.
func level(s analyze.Scale, sum float64) analyze.Level {
	switch x := s.Score(sum); {
	case x >= s.Scam:
		return analyze.Scam
	case x >= s.Suspicious:
		return analyze.Suspicious
	}
	return analyze.Unclear
}
