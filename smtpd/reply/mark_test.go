package reply

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

// TestMark: where a mark is the proof, its holder is named, and what it does
// not prove is said; where it is no proof, nothing is said of it.
func TestMark(t *testing.T) {
	found := hit("mark-verified", "The sender carries the verified mark of “Bank”.", -1.5)
	good := analyze.Mark{Verified: true, Kind: "VMC", Organisation: "Bank <b>of</b> evil.example", Country: "DE", Issuer: "Test MVA"}
	common := good
	common.Kind = "CMC"
	for _, tt := range []struct {
		name    string
		mark    *analyze.Mark
		level   analyze.Level
		brand   string
		want    []string
		wantNot []string
	}{
		{"by mark alone", &good, analyze.Authentic, "",
			[]string{"It comes from Bank ‹b›of‹/b› evil[.]example", "Test MVA has checked who Bank", "(DE)", "does not show that they are honest"}, []string{"from bank[.]example", "evil.example"}},
		{"a brand with a mark", &good, analyze.Authentic, "shop", []string{"It comes from The Shop", "Test MVA has checked"}, nil},
		{"a common mark", &common, analyze.Authentic, "", []string{"It comes from bank[.]example"}, []string{"Test MVA"}},
		{"no mark", nil, analyze.Authentic, "", []string{"It comes from bank[.]example"}, []string{"Test MVA"}},
		{"a scam with a mark", &good, analyze.Scam, "", []string{"is a scam"}, []string{"Test MVA"}},
	} {
		o := judged(tt.level, analyze.GradeFull, found)
		o.Brand, o.Evidence.Mark = tt.brand, tt.mark
		o.Evidence.Auth.FromDomain = "bank.example"
		a := render(t, judgement(o), goodOuter(goodHeader), renderDesk())
		for part, s := range map[string]string{"text": unwrap(a.text), "html": unwrap(stripTags(a.html))} {
			for _, w := range tt.want {
				if !strings.Contains(s, w) {
					t.Errorf("%s: %s lacks %q:\n%s", tt.name, part, w, s)
				}
			}
			for _, w := range tt.wantNot {
				if strings.Contains(s, w) {
					t.Errorf("%s: %s has %q:\n%s", tt.name, part, w, s)
				}
			}
		}
	}
}
