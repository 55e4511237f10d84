package reply

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

// TestRenderChange: the note says what the analyst says, in every language, in
// the thread of the report, and by the rules of every other answer.
func TestRenderChange(t *testing.T) {
	for _, tt := range []struct {
		name   string
		was    analyze.Level
		as     analyze.Label
		verify string // what the English says
		not    string
	}{
		{"a scam after all", analyze.Unclear, analyze.LabelScam, "This email is a scam.", "We cannot tell"},
		{"no scam", analyze.Scam, analyze.LabelLegitimate, "We cannot tell if this email is safe.", "This email is a scam."},
		{"authentic after all", analyze.Authentic, "", "This email is real.", "a scam."},
	} {
		j := judgement(judged(tt.was, analyze.GradeFull))
		j.Level = tt.was
		if tt.as != "" {
			c, err := j.Correct(analyze.Correction{As: tt.as})
			if err != nil {
				t.Fatal(err)
			}
			j = &c
		}
		before := j.Originals[0].Level
		m, err := RenderChange(j, goodOuter(goodHeader), renderDesk())
		if err != nil {
			t.Fatalf("%s: RenderChange = %v", tt.name, err)
		}
		a := open(t, m.Raw)
		if !strings.Contains(oneLine(a.text), "Our answer has changed.") || !strings.Contains(oneLine(a.text), tt.verify) || strings.Contains(oneLine(a.text), tt.not) {
			t.Errorf("%s: %s\nwant %q and not %q", tt.name, a.text, tt.verify, tt.not)
		}
		if got := a.header.Get("In-Reply-To"); got == "" || got != a.header.Get("References") || a.header.Get("Auto-Submitted") != "auto-replied" || m.From != "" {
			t.Errorf("%s: In-Reply-To %q, want the report's, and Auto-Submitted", tt.name, got)
		}
		if j.Originals[0].Level != before {
			t.Errorf("%s: RenderChange changed the judgement", tt.name)
		}
	}
	o := goodOuter(goodHeader)
	o.Reporter.Proven = false
	if reason, refused := Refuse(o, renderDesk()); !refused {
		t.Errorf("Refuse(unproven) = %q, want refused", reason)
	}
}

// oneLine undoes the wrapping of lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestChangeCaps(t *testing.T) {
	a, b := ChangeCaps("Ann+x@Home.example"), ChangeCaps("ann@home.example")
	if len(a) != 2 || a[0] != b[0] {
		t.Errorf("ChangeCaps = %v and %v, want one mailbox", a, b)
	}
	for _, c := range a {
		for _, other := range Caps(goodOuter(goodHeader), "ann@home.example") {
			if c.Kind == other.Kind {
				t.Errorf("notes are counted as answers, by %s", c.Kind)
			}
		}
	}
}
