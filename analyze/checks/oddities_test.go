package checks

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

// oddCases asks each oddity's check of a message that has it, of one that has
// another, of a brand that is proven, and of one that a client quoted.
func oddCases() []checkCase {
	var out []checkCase
	for i, c := range oddChecks() {
		has := func(ev *analyze.Evidence) { ev.Oddities = []analyze.Oddity{{Kind: odds[i].kind, Text: "xq7zt4kw"}} }
		other := odds[(i+1)%len(odds)].kind
		quoted := analyze.Hit
		if odds[i].header {
			quoted = analyze.Unknown
		}
		out = append(out,
			checkCase{c, "found", analyze.Hit, has},
			checkCase{c, "another", analyze.Clear, func(ev *analyze.Evidence) { ev.Oddities = []analyze.Oddity{{Kind: other}} }},
			checkCase{c, "proven brand", analyze.Clear, func(ev *analyze.Evidence) { has(ev); ownBrand(ev) }},
			checkCase{c, "quoted", quoted, func(ev *analyze.Evidence) { has(ev); ev.Original.Grade = analyze.GradeText }},
			checkCase{c, "no original", analyze.Unknown, func(ev *analyze.Evidence) { has(ev); ev.Original = nil }},
		)
	}
	random := wanting(func(ev *analyze.Evidence) {
		ev.Oddities = []analyze.Oddity{{Kind: analyze.OddRandomLocal, Text: "xq7zt4kw"}}
	})
	return append(out,
		checkCase{LureRandom, "drawn by lot", analyze.Hit, random},
		checkCase{LureRandom, "of a proven brand", analyze.Clear, func(ev *analyze.Evidence) { random(ev); ownBrand(ev) }},
		checkCase{LureRandom, "nothing odd", analyze.Clear, wanting(func(*analyze.Evidence) {})},
		checkCase{LureReplyElsewhere, "to a stranger", analyze.Hit, wanting(func(ev *analyze.Evidence) {
			ev.Oddities = []analyze.Oddity{{Kind: analyze.OddReplyElsewhere, Text: "evil.test"}}
		})},
		checkCase{LureReplyElsewhere, "to its own brand", analyze.Clear, wanting(func(ev *analyze.Evidence) {
			from(ev, "bank.example")
			ev.Oddities = []analyze.Oddity{{Kind: analyze.OddReplyElsewhere, Text: "bank.test"}}
		})},
		checkCase{LureReplyElsewhere, "no lure", analyze.Clear, func(ev *analyze.Evidence) {
			lures(ev)
			ev.Oddities = []analyze.Oddity{{Kind: analyze.OddReplyElsewhere, Text: "evil.test"}}
		}},
		checkCase{LureReplyElsewhere, "no text", analyze.Unknown, func(*analyze.Evidence) {}},
	)
}

// TestOdditiesQuoteSafely: what was found is hostile.
func TestOdditiesQuoteSafely(t *testing.T) {
	for i, c := range oddChecks() {
		got := c.Find(mail(func(ev *analyze.Evidence) {
			ev.Oddities = []analyze.Oddity{{Kind: odds[i].kind, Text: "a\x1b[31m\u202eb\n\"c"}}
		}))
		if strings.ContainsAny(got.Says, "\x1b\n\"\u202e") {
			t.Errorf("%s says %q", c.Name, got.Says)
		}
	}
}
