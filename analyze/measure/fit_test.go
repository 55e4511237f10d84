package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"reportascam/analyze"
)

// mailOf makes n samples a label of independent checks: check i hits phishing
// with the chance phish[i], and legitimate mail with ham[i].
func mailOf(seed uint64, n int, ham, phish []float64) []*Sample {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []*Sample
	for i := range 2 * n {
		chances := ham
		if i%2 == 1 {
			chances = phish
		}
		s := &Sample{File: fmt.Sprint(i), Phish: i%2 == 1, Source: fmt.Sprintf("s%d", i%3), Year: 2015 + i%4, Cluster: fmt.Sprint(i), Hits: []string{}}
		for j, chance := range chances {
			if r.Float64() < chance {
				s.Hits = append(s.Hits, fmt.Sprintf("c%d", j))
			}
		}
		out = append(out, s)
	}
	return out
}

func fitting(signs ...int) *Fitting {
	f := &Fitting{L2: 1, Prior: 0.5}
	for i, s := range signs {
		f.Features = append(f.Features, Feature{Check: fmt.Sprintf("c%d", i), Sign: s})
	}
	return f
}

func one(samples []*Sample) []View { return []View{{Name: "v", Weight: 1, Samples: samples}} }

// TestFitOfOneCheck: without a penalty, one check weighs its log odds ratio.
func TestFitOfOneCheck(t *testing.T) {
	var samples []*Sample
	for i := range 200 {
		s := &Sample{Phish: i < 100, Cluster: fmt.Sprint(i), Source: "s"}
		if i < 60 || i >= 100 && i < 110 { // 60 of 100 phishing, 10 of 100 legitimate
			s.Hits = []string{"c0"}
		}
		samples = append(samples, s)
	}
	f := fitting(1)
	f.L2 = 0
	m := f.Fit(f.Examples(one(samples)), f.Start())
	want, bias := math.Log(60.0/40/(10.0/90)), math.Log(40.0/90)
	if math.Abs(m.Weights[0]-want) > 0.02 || math.Abs(m.Bias-bias) > 0.02 {
		t.Errorf("Fit = %v and bias %v, want %v and %v", m.Weights[0], m.Bias, want, bias)
	}
}

// TestFitKeepsSigns: whatever the mail, no weight is on the wrong side, and
// what is held or only informs does not move.
func TestFitKeepsSigns(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		ham, phish := make([]float64, 6), make([]float64, 6)
		for i := range ham {
			ham[i], phish[i] = r.Float64(), r.Float64()
		}
		f := fitting(1, -1, 0, 1, -1, 1)
		f.Features[5].Held, f.Features[5].Hand = true, 2.5
		ex := f.Examples(one(mailOf(seed, 150, ham, phish)))
		m := f.Fit(ex, f.Start())
		for i, feature := range f.Features {
			w := m.Weights[i]
			if feature.Sign > 0 && w < 0 || feature.Sign < 0 && w > 0 || feature.Sign == 0 && w != 0 || feature.Held && w != 2.5 || math.Abs(w) > maxFitted {
				t.Errorf("seed %d: a check of sign %d weighs %v", seed, feature.Sign, w)
			}
		}
		if again := f.Fit(ex, f.Start()); !reflect.DeepEqual(again, m) {
			t.Errorf("seed %d: fitted again = %v, want %v", seed, again, m)
		}
		if moved := loss(f, ex, m); moved > loss(f, ex, f.Start()) {
			t.Errorf("seed %d: the loss rose to %v", seed, moved)
		}
		// At the least loss no single weight can be moved to lower it.
		for i := range m.Weights {
			for _, d := range []float64{-0.05, 0.05} {
				try := Model{m.Bias, slices.Clone(m.Weights)}
				try.Weights[i] += d
				l := bounds(f.Features[i].Sign)
				free := !f.Features[i].Held && f.Features[i].Sign != 0 && try.Weights[i] >= l.low && try.Weights[i] <= l.high
				if free && loss(f, ex, try) < loss(f, ex, m) {
					t.Errorf("seed %d: moving weight %d by %v lowers the loss", seed, i, d)
				}
			}
		}
	}
}

// loss is what Fit minimises.
func loss(f *Fitting, ex []*Example, m Model) float64 {
	w, sum := f.weigh(ex), 0.0
	for i, e := range ex {
		z := m.Sum(e)
		sum += w[i] * (math.Log1p(math.Exp(-math.Abs(z))) + math.Max(z, 0))
		if e.Phish {
			sum -= w[i] * z
		}
	}
	for i, feature := range f.Features {
		if !feature.Held {
			d := m.Weights[i] - feature.Hand
			sum += f.L2 / 2 * d * d
		}
	}
	return sum
}

// TestFitOfSeparableMail: what tells all apart gets a finite weight that does.
func TestFitOfSeparableMail(t *testing.T) {
	samples := mailOf(1, 200, []float64{0, 0.3}, []float64{1, 0.3})
	f := fitting(1, 1)
	ex := f.Examples(one(samples))
	m := f.Fit(ex, f.Start())
	rounded, scale := f.Settle(m, cutsOf(ex, m, wide()), ex, wide())
	for _, e := range ex {
		if got := level(scale, rounded.Sum(e)-rounded.Bias).Rank() >= analyze.Suspicious.Rank(); got != e.Phish {
			t.Fatalf("%v of %s was called %v", e.Hits, e.Label(), got)
		}
	}
	if m.Weights[0] < 2 || m.Weights[0] > maxFitted || rounded.Weights[1] != 0 {
		t.Errorf("Fit = %v, want the first to weigh much and the second nothing", m)
	}
}

func wide() Bounds {
	return Bounds{Bad: 0.01, Scam: 0.001, ModernBad: 0.015, ModernScam: 0.002, Margin: 1}
}

func cutsOf(ex []*Example, m Model, b Bounds) Cuts {
	sums := make([]float64, len(ex))
	for i, e := range ex {
		sums[i] = m.Sum(e) - m.Bias
	}
	return Cut(ex, sums, b)
}

// TestSettleKeepsTheBounds: the rounded table calls no more legitimate mail
// suspicious, or scam, than is accepted, in each view.
func TestSettleKeepsTheBounds(t *testing.T) {
	for seed := range uint64(10) {
		a := mailOf(seed, 800, []float64{0.02, 0.05, 0.01, 0.3}, []float64{0.4, 0.3, 0.5, 0.35})
		b := mailOf(seed+100, 400, []float64{0.03, 0.05, 0, 0.3}, []float64{0.3, 0.3, 0.2, 0.35})
		f := fitting(1, 1, 1, 1)
		ex := f.Examples([]View{{"a", 1, a}, {"b", 0.5, b}})
		m := f.Fit(ex, f.Start())
		bound := wide()
		bound.Margin = 0.8
		rounded, scale := f.Settle(m, cutsOf(ex, m, bound), ex, bound)
		for view, n := range []int{800, 400} {
			bad, scam := 0, 0
			for _, e := range ex {
				if e.View == view && !e.Phish {
					switch level(scale, rounded.Sum(e)-rounded.Bias) {
					case analyze.Scam:
						scam++
						bad++
					case analyze.Suspicious:
						bad++
					}
				}
			}
			if float64(bad) > 0.01*0.8*float64(n) || float64(scam) > 0.001*0.8*float64(n) {
				t.Errorf("seed %d, view %d: %d suspicious and %d scam of %d", seed, view, bad, scam, n)
			}
		}
		for _, w := range append(slices.Clone(rounded.Weights), scale.Bias) {
			if got := math.Round(w/rounding) * rounding; math.Abs(got-w) > 1e-9 {
				t.Errorf("seed %d: %v is not rounded", seed, w)
			}
		}
	}
}

// TestValidateNeverSplits: a campaign is judged by a model that has not seen
// it, and each source and year by one that has seen none of it.
func TestValidateNeverSplits(t *testing.T) {
	samples := mailOf(3, 300, []float64{0, 0.2}, []float64{0.6, 0.3})
	for i, s := range samples {
		s.Cluster = fmt.Sprint(i / 6 * 2 * 3) // six messages a campaign
	}
	parts := map[string]map[string]bool{}
	f := fitting(1, 1)
	views := one(samples)
	ex := f.Examples(views)
	for _, e := range ex {
		if parts[e.Cluster] == nil {
			parts[e.Cluster] = map[string]bool{}
		}
		parts[e.Cluster][fold(e)] = true
	}
	for c, p := range parts {
		if len(p) != 1 {
			t.Errorf("the campaign %s is dealt to %d parts", c, len(p))
		}
	}
	held, sums := f.Validate(ex, views, f.Start(), wide(), Schemes())
	if len(held) != 3 || len(sums) != len(ex) {
		t.Fatalf("%d schemes, %d sums", len(held), len(sums))
	}
	for _, h := range held {
		ham, phish := h.Lines[0], h.Lines[2]
		if ham.Messages != 300 || phish.Messages != 300 {
			t.Errorf("%s: %d and %d messages, want all", h.Scheme, ham.Messages, phish.Messages)
		}
		if phish.Message.Bad.Rate < 0.2 || ham.Message.Bad.Rate > 0.1 {
			t.Errorf("%s: %v found, %v false alarms", h.Scheme, phish.Message.Bad.Rate, ham.Message.Bad.Rate)
		}
	}
}

// TestFitIgnoresWhatCouldBeTold: one collection kept the results that a check
// reads, the other did not. Where it could tell, it hits both labels alike, so
// that it weighs nothing, though most of its hits are phishing.
func TestFitIgnoresWhatCouldBeTold(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var samples []*Sample
	for i := range 2000 {
		s := &Sample{Phish: i%2 == 1, Source: "s", Cluster: fmt.Sprint(i), Hits: []string{}}
		switch known := r.Float64(); {
		case s.Phish && known > 0.95 || !s.Phish && known > 0.15:
			s.Unknown = []string{"c0"}
		case r.Float64() < 0.5:
			s.Hits = []string{"c0"}
		}
		samples = append(samples, s)
	}
	f := fitting(1)
	ex := f.Examples(one(samples))
	if m := f.Fit(ex, f.Start()); math.Abs(m.Weights[0]) > 0.5 {
		t.Errorf("it weighs %v, want about nothing", m.Weights[0])
	}
	for _, e := range ex {
		e.unknown = nil
	}
	if m := f.Fit(ex, f.Start()); m.Weights[0] < 1 {
		t.Errorf("not knowing what could be told, it weighs %v; this test shows nothing", m.Weights[0])
	}
}

func TestHold(t *testing.T) {
	samples := mailOf(5, 50, []float64{0.5, 0, 0}, []float64{0.5, 0.02, 0})
	f := fitting(1, 1, 1)
	f.Hold(f.Examples(one(samples)), 8)
	if f.Features[0].Held || !f.Features[1].Held || !f.Features[2].Held {
		t.Errorf("Hold = %+v, want all but the first held", f.Features)
	}
}
