package learn

import (
	"fmt"
	"math"
	"testing"
	"time"

	"reportascam/analyze"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// lesson makes n corrections of one kind.
func lesson(n int, as analyze.Label, score float64, signs ...string) []analyze.Correction {
	var out []analyze.Correction
	for i := range n {
		out = append(out, analyze.Correction{ID: analyze.ID(fmt.Sprint(as, i)), As: as, At: noon.Add(time.Duration(i) * time.Second), Score: score, Signs: signs})
	}
	return out
}

func TestShift(t *testing.T) {
	scams := func(n int) []analyze.Correction {
		return lesson(n, analyze.LabelScam, 0.1, "link a.example", "check x")
	}
	both := append(scams(20), lesson(20, analyze.LabelLegitimate, 0.1, "check x")...)
	for _, tt := range []struct {
		name  string
		from  []analyze.Correction
		signs []string
		low   float64
		high  float64
	}{
		{"nothing learned", nil, []string{"check x"}, 0, 0},
		{"no signs", scams(50), nil, 0, 0},
		{"a stranger's signs", scams(50), []string{"check y"}, 0, 0},
		{"one correction moves little", scams(1), []string{"link a.example", "check x"}, 0, 0.8},
		{"many move more", scams(20), []string{"link a.example", "check x"}, 0.9, MaxShift},
		{"never beyond the bound", scams(3000), []string{"link a.example", "check x"}, MaxShift, MaxShift},
		{"what tells them apart is what counts", both, []string{"link a.example"}, 0.5, MaxShift},
		{"legitimate lowers", lesson(20, analyze.LabelLegitimate, 0.8, "check x"), []string{"check x"}, -MaxShift, -0.5},
		{"what the shipped weights know teaches little", lesson(5, analyze.LabelScam, 0.97, "check x"), []string{"check x"}, 0, 0.3},
	} {
		got := Train(tt.from).Shift(tt.signs)
		if got < tt.low || got > tt.high {
			t.Errorf("%s: Shift(%v) = %v, want from %v to %v", tt.name, tt.signs, got, tt.low, tt.high)
		}
	}
}

// TestDeterministic: the order of the corrections does not matter.
func TestDeterministic(t *testing.T) {
	list := append(lesson(7, analyze.LabelScam, 0.3, "a", "b"), lesson(5, analyze.LabelLegitimate, 0.6, "b", "c")...)
	back := make([]analyze.Correction, 0, len(list))
	for i := range list {
		back = append(back, list[len(list)-1-i])
	}
	for _, signs := range [][]string{{"a"}, {"a", "b"}, {"c"}} {
		if x, y := Train(list).Shift(signs), Train(back).Shift(signs); x != y {
			t.Errorf("Shift(%v) = %v one way, %v the other", signs, x, y)
		}
	}
}

func TestSignsNeedProof(t *testing.T) {
	ev := &analyze.Evidence{Auth: analyze.Auth{FromDomain: "shop.example"},
		Links: []analyze.Link{{Host: "go.evil.example"}, {Host: "bank.example"}, {Host: "free.example"}},
		Domains: map[string]analyze.DomainInfo{"go.evil.example": {Domain: "evil.example"}, "bank.example": {Domain: "bank.example", Brand: "bank"},
			"free.example": {Domain: "free.example", Free: true}}}
	findings := []analyze.Finding{{Check: "x", Status: analyze.Hit}, {Check: "y", Status: analyze.Unknown}, {Check: Check, Status: analyze.Hit}}
	if got, want := fmt.Sprint(Signs(ev, findings)), "[check x link evil.example]"; got != want {
		t.Errorf("Signs(unproven) = %s, want %s", got, want)
	}
	ev.Auth.Results = []analyze.AuthResult{{Method: analyze.MethodDMARC, Result: analyze.ResultPass, Witness: analyze.WitnessVerified, Aligned: true}}
	if got, want := fmt.Sprint(Signs(ev, findings)), "[check x from shop.example link evil.example]"; got != want {
		t.Errorf("Signs(proven) = %s, want %s", got, want)
	}
}

// FuzzTrain: whatever is in the store, the shift stays within its bound.
func FuzzTrain(f *testing.F) {
	f.Add("a b c", 0.5, true, "a")
	f.Add("", math.NaN(), false, "")
	f.Add("a a a", math.Inf(1), true, "a")
	f.Fuzz(func(t *testing.T, signs string, score float64, scam bool, ask string) {
		as := analyze.LabelLegitimate
		if scam {
			as = analyze.LabelScam
		}
		m := Train(append(lesson(3, as, score, signs, ask), lesson(1, analyze.LabelScam, 0.5, ask, ask, ask)...))
		if got := m.Shift([]string{signs, ask}); !(got >= -MaxShift && got <= MaxShift) {
			t.Errorf("Shift = %v, want within %v", got, MaxShift)
		}
	})
}
