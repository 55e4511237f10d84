package checks

import (
	"strings"
	"testing"
)

// TestEachCheckHasOneRow: reading the table wants a row for each check and no
// other, each once, with a weight that its sign allows.
func TestEachCheckHasOneRow(t *testing.T) {
	w, err := ReadWeights(weightsText)
	if err != nil {
		t.Fatal(err)
	}
	list := All()
	if len(w.Rows) != len(list) {
		t.Fatalf("%d rows for %d checks", len(w.Rows), len(list))
	}
	for _, c := range list {
		if r, found := w.Row(c.Name); !found || r.Weight != c.Weight {
			t.Errorf("%s weighs %v, want the %v of its row", c.Name, c.Weight, r.Weight)
		}
	}
	for _, c := range listed() {
		if c.Weight != 0 {
			t.Errorf("%s weighs %v by itself; weights stand in weights.txt alone", c.Name, c.Weight)
		}
	}
}

func TestReadWeightsRefuses(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"a check without a row", "link-form ", "#link-form ", `"link-form" has no row`},
		{"a row without a check", "link-form ", "link-from ", `"link-form" has no row`},
		{"a row more", "# check ", "link-from guilt 1 - - -\n# check ", `no check "link-from"`},
		{"a row twice", "# check ", "link-form guilt 1 - - -\n# check ", "twice"},
		{"guilt below zero", "guilt      1", "guilt     -1", "may not weigh"},
		{"credit above zero", "credit    -2", "credit     2", "may not weigh"},
		{"a note that weighs", "informs    0.00", "informs    0.01", "may not weigh"},
		{"no sign", "guilt ", "gilt ", "is no sign"},
		{"no number", "guilt ", "guilt NaN#", "columns"},
		{"not a number", "bias        -3.00", "bias NaN", "is no number"},
		{"thresholds in disorder", "scam         0.85", "scam 0.4", "not in order"},
		{"no bias", "\nbias ", "\n#bias ", `no line for "bias"`},
		{"an unknown setting", "\nbias ", "\nbios ", "is no setting"},
		{"two columns less", "      -      -       -", "      -", "columns"},
		{"half a hit", "      -      -       -", "      1.5      -   -", "is no count"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(uncounted(t), tt.old, tt.new, 1)
			if _, err := ReadWeights(text); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadWeights = %v, want %q", err, tt.want)
			}
		})
	}
}

// uncounted is the shipped table with plain settings and without counts, so
// that a fit does not change what the tests replace.
func uncounted(t *testing.T) string {
	w := Default()
	for i := range w.Rows {
		r := &w.Rows[i]
		r.Ham, r.Phish, r.Unknown = NotCounted, NotCounted, NotCounted
		r.Weight = map[Sign]float64{Guilt: 1, Credit: -2}[r.Sign]
	}
	w.Scale.Bias, w.Scale.Suspicious, w.Scale.Scam = -3, 0.5, 0.85
	text := w.Rewrite(weightsText)
	if _, err := ReadWeights(text); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRewriteKeepsWhatItSays(t *testing.T) {
	if got := Default().Rewrite(weightsText); got != weightsText {
		t.Errorf("rewritten with its own numbers the table is\n%s\nwant\n%s", got, weightsText)
	}
	w := Default()
	w.Rows[3].Weight, w.Rows[3].Ham, w.Rows[3].Phish, w.Rows[3].Unknown = 2.35, 1, 22, 333
	w.Scale.Bias = -4.1
	got, err := ReadWeights(w.Rewrite(weightsText))
	if err != nil || got.Rows[3] != w.Rows[3] || got.Scale != w.Scale || got.Version != w.Version {
		t.Errorf("read again: %+v, %+v, %v", got.Rows[3], got.Scale, err)
	}
}

// TestRulesetFollowsTheNumbers: another weight or threshold is another
// ruleset, another count is not.
func TestRulesetFollowsTheNumbers(t *testing.T) {
	was := Default().Ruleset()
	if !strings.HasPrefix(was, Default().Version+"+") {
		t.Errorf("Ruleset = %q, want it to begin with the version", was)
	}
	tests := []struct {
		name   string
		change func(*Weights)
		same   bool
	}{
		{"nothing", func(*Weights) {}, true},
		{"order", func(w *Weights) { w.Rows[0], w.Rows[1] = w.Rows[1], w.Rows[0] }, true},
		{"count", func(w *Weights) { w.Rows[0].Ham = 77 }, true},
		{"weight", func(w *Weights) { w.Rows[0].Weight -= 0.05 }, false},
		{"bias", func(w *Weights) { w.Scale.Bias += 0.05 }, false},
		{"threshold", func(w *Weights) { w.Scale.Scam += 0.01 }, false},
		{"version", func(w *Weights) { w.Version = "x" }, false},
	}
	for _, tt := range tests {
		w := Default()
		tt.change(w)
		if got := w.Ruleset(); (got == was) != tt.same {
			t.Errorf("%s: Ruleset = %q, was %q", tt.name, got, was)
		}
	}
}
