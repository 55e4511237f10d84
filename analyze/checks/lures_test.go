package checks

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

// lures gives the message a text with these lures, each quite clear.
func lures(ev *analyze.Evidence, kinds ...analyze.LureKind) {
	ev.Writing = &analyze.Writing{Words: 40, Body: 35}
	for _, k := range kinds {
		ev.Lures = append(ev.Lures, analyze.Lure{Kind: k, Lang: "en", Strength: 0.6, Where: "html",
			Spans: []analyze.Span{{Field: "html", Start: 3, End: 9}}})
	}
}

// wanting is a message that asks to sign in, with more that makes a case of it.
func wanting(more func(*analyze.Evidence)) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		lures(ev, analyze.LureCredential)
		more(ev)
	}
}

// ownBrand makes the message one of a brand that is proven to have sent it.
func ownBrand(ev *analyze.Evidence) {
	named(ev)
	from(ev, "bank.example")
	result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
}

// writtenAs gives the message a text that is written in some way.
func writtenAs(w analyze.Writing) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		ev.Original.HTML = "<p>"
		ev.Writing = &w
	}
}

var lureCases = []checkCase{
	{LureUnproven, "no result passes", analyze.Hit, wanting(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodSPF, analyze.ResultNone, boundary)
		result(ev, analyze.MethodDKIM, analyze.ResultNone, boundary)
	})},
	{LureUnproven, "DKIM was not looked at", analyze.Unknown, wanting(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodSPF, analyze.ResultNone, boundary)
	})},
	{LureUnproven, "proven", analyze.Clear, wanting(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
	})},
	{LureUnproven, "nothing known", analyze.Unknown, wanting(func(*analyze.Evidence) {})},
	{LureUnproven, "only claimed", analyze.Unknown, wanting(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodSPF, analyze.ResultFail, claimed)
	})},
	{LureUnproven, "no text", analyze.Unknown, func(*analyze.Evidence) {}},
	{LureStrangerLink, "to a stranger", analyze.Hit, wanting(func(ev *analyze.Evidence) { link(ev, "https://evil.test/", "evil.test", "") })},
	{LureStrangerLink, "to the sender too", analyze.Clear, wanting(func(ev *analyze.Evidence) {
		link(ev, "https://evil.test/", "evil.test", "")
		link(ev, "https://shop.example/", "shop.example", "")
	})},
	{LureStrangerLink, "to a known brand", analyze.Clear, wanting(func(ev *analyze.Evidence) { link(ev, "https://bank.test/", "bank.test", "") })},
	{LureStrangerLink, "counted clicks", analyze.Clear, wanting(func(ev *analyze.Evidence) { link(ev, "https://clicks.test/", "clicks.test", "") })},
	{LureStrangerLink, "no sender", analyze.Unknown, wanting(func(ev *analyze.Evidence) { ev.Original.From, ev.Auth.FromDomain = nil, "" })},
	{LureFreePage, "on free hosting", analyze.Hit, wanting(func(ev *analyze.Evidence) { link(ev, "https://freemail.test/x", "freemail.test", "") })},
	{LureFreePage, "elsewhere", analyze.Clear, wanting(func(ev *analyze.Evidence) { link(ev, "https://evil.test/", "evil.test", "") })},
	{LureFreeMail, "office at free mail", analyze.Hit, wanting(func(ev *analyze.Evidence) { from(ev, "freemail.test") })},
	{LureFreeMail, "postmaster", analyze.Clear, wanting(func(ev *analyze.Evidence) {
		from(ev, "freemail.test")
		ev.Original.From[0].Address = "postmaster@freemail.test"
	})},
	{LureFreeMail, "company", analyze.Clear, wanting(func(*analyze.Evidence) {})},
	{LurePressed, "or else", analyze.Hit, func(ev *analyze.Evidence) { lures(ev, analyze.LureParcel, analyze.LureThreat) }},
	{LurePressed, "takes its time", analyze.Clear, func(ev *analyze.Evidence) { lures(ev, analyze.LureParcel) }},
	{LurePressed, "only presses", analyze.Clear, func(ev *analyze.Evidence) { lures(ev, analyze.LureUrgency) }},
	{LurePressed, "postmaster of a mail service", analyze.Clear, func(ev *analyze.Evidence) {
		lures(ev, analyze.LureMailbox, analyze.LureThreat)
		from(ev, "freemail.test")
		ev.Original.From[0].Address = "postmaster@freemail.test"
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{LurePressed, "postmaster of anybody", analyze.Hit, func(ev *analyze.Evidence) {
		lures(ev, analyze.LureMailbox, analyze.LureThreat)
		from(ev, "evil.test")
		ev.Original.From[0].Address = "postmaster@evil.test"
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{LureBrand, "in another's name", analyze.Hit, wanting(named)},
	{LureBrand, "in its own", analyze.Clear, wanting(ownBrand)},
	{LureBrand, "in nobody's", analyze.Clear, wanting(func(*analyze.Evidence) {})},
	{LureMany, "three", analyze.Hit, func(ev *analyze.Evidence) {
		lures(ev, analyze.LurePrize, analyze.LureSurvey, analyze.LureGiftCard)
	}},
	{LureMany, "one", analyze.Clear, func(ev *analyze.Evidence) { lures(ev, analyze.LurePrize) }},
	{LureMany, "of a proven brand", analyze.Clear, func(ev *analyze.Evidence) {
		lures(ev, analyze.LurePrize, analyze.LureSurvey, analyze.LureGiftCard)
		ownBrand(ev)
	}},
	{LureMany, "no text", analyze.Unknown, func(*analyze.Evidence) {}},
	{WordsMixed, "many", analyze.Hit, writtenAs(analyze.Writing{Words: 60, Mixed: 9})},
	{WordsMixed, "two", analyze.Clear, writtenAs(analyze.Writing{Words: 60, Mixed: 2})},
	{WordsBroken, "many", analyze.Hit, writtenAs(analyze.Writing{Words: 60, Broken: 9})},
	{WordsBroken, "few of a thousand", analyze.Clear, writtenAs(analyze.Writing{Words: 1000, Broken: 9})},
	{WordsStyled, "many", analyze.Hit, writtenAs(analyze.Writing{Words: 6, Styled: 6})},
	{WordsStyled, "none", analyze.Clear, writtenAs(analyze.Writing{Words: 6})},
	{WordsSpaced, "many", analyze.Hit, writtenAs(analyze.Writing{Words: 20, Spaced: 6})},
	{WordsSpaced, "no text", analyze.Unknown, func(*analyze.Evidence) {}},
	{WordsSpaced, "e-mail", analyze.Clear, writtenAs(analyze.Writing{Words: 20, Spaced: 1})},
	{HiddenText, "a novel", analyze.Hit, writtenAs(analyze.Writing{Words: 20, Body: 18, Hidden: 3000})},
	{HiddenText, "white on white", analyze.Hit, writtenAs(analyze.Writing{Words: 20, Body: 18, Faint: 3000})},
	{HiddenText, "a preview line", analyze.Clear, writtenAs(analyze.Writing{Words: 20, Body: 18, Hidden: 150})},
	{HiddenText, "plain text", analyze.Unknown, func(*analyze.Evidence) {}},
	{PictureOnly, "to click on", analyze.Hit, func(ev *analyze.Evidence) {
		writtenAs(analyze.Writing{Words: 6, Body: 2, Images: 1})(ev)
		link(ev, "https://evil.test/", "evil.test", "")
	}},
	{PictureOnly, "with words", analyze.Clear, writtenAs(analyze.Writing{Words: 90, Body: 80, Images: 1})},
	{PictureOnly, "leads nowhere", analyze.Clear, writtenAs(analyze.Writing{Words: 6, Body: 2, Images: 1})},
}

// kindCases asks each kind's check of a stranger, of its absence, of a brand
// that is proven, and of a message without text.
func kindCases() []checkCase {
	var out []checkCase
	for _, c := range lureChecks() {
		kind := analyze.LureKind(strings.TrimPrefix(c.Name, "lure-"))
		other := analyze.LureDating
		if kind == other {
			other = analyze.LureLoan
		}
		own := func(ev *analyze.Evidence) { lures(ev, kind); ownBrand(ev) }
		out = append(out,
			checkCase{c, "stranger", analyze.Hit, func(ev *analyze.Evidence) { lures(ev, kind) }},
			checkCase{c, "another lure", analyze.Clear, func(ev *analyze.Evidence) { lures(ev, other) }},
			checkCase{c, "too faint", analyze.Clear, func(ev *analyze.Evidence) { lures(ev, kind); ev.Lures[0].Strength = 0.3 }},
			checkCase{c, "proven brand", analyze.Clear, own},
			checkCase{c, "a stranger through a proven brand", analyze.Hit, func(ev *analyze.Evidence) {
				own(ev)
				ev.Original.ReplyTo = []analyze.Mailbox{{Address: "m@evil.test"}}
			}},
			checkCase{c, "no text", analyze.Unknown, func(*analyze.Evidence) {}},
		)
	}
	return out
}

func TestLuresSayWhere(t *testing.T) {
	for _, c := range lureChecks() {
		got := c.Find(mail(func(ev *analyze.Evidence) { lures(ev, analyze.LureKind(strings.TrimPrefix(c.Name, "lure-"))) }))
		if len(got.Spans) != 1 {
			t.Errorf("%s has %d spans, want 1", c.Name, len(got.Spans))
		}
	}
}
