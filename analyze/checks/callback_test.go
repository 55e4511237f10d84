package checks

import "reportascam/analyze"

// billed makes the message one about a charge, to be called about, and then
// what f does.
func billed(f func(*analyze.Evidence)) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		ev.Lures = []analyze.Lure{{Kind: analyze.LureRenewal, Strength: 0.5}}
		ev.Writing = &analyze.Writing{Words: 60, Body: 60}
		ev.Calls = []string{"+18005550100"}
		f(ev)
	}
}

var callbackCases = []checkCase{
	{PhoneCallback, "from free mail", analyze.Hit, billed(func(ev *analyze.Evidence) { from(ev, "freemail.test") })},
	{PhoneCallback, "from free mail, quoted", analyze.Hit, quoted(billed(func(ev *analyze.Evidence) { from(ev, "freemail.test") }))},
	{PhoneCallback, "in a brand's name", analyze.Hit, billed(named)},
	{PhoneCallback, "unproven", analyze.Hit, billed(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDMARC, analyze.ResultFail, boundary)
	})},
	{PhoneCallback, "unproven, with a link to look at", analyze.Clear, billed(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDMARC, analyze.ResultFail, boundary)
		link(ev, "https://evil.test/", "evil.test", "")
	})},
	{PhoneCallback, "a stranger's link", analyze.Hit, billed(func(ev *analyze.Evidence) {
		named(ev)
		link(ev, "https://evil.test/", "evil.test", "")
	})},
	{PhoneCallback, "the proven sender's own bill", analyze.Clear, billed(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	})},
	{PhoneCallback, "the brand's own bill", analyze.Clear, billed(func(ev *analyze.Evidence) {
		named(ev)
		from(ev, "bank.example")
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	})},
	{PhoneCallback, "links to its sender", analyze.Clear, billed(func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDMARC, analyze.ResultFail, boundary)
		link(ev, "https://www.shop.example/", "shop.example", "")
	})},
	{PhoneCallback, "a number below a signature", analyze.Clear, billed(func(ev *analyze.Evidence) {
		from(ev, "freemail.test")
		ev.Calls = nil
	})},
	{PhoneCallback, "no charge", analyze.Clear, billed(func(ev *analyze.Evidence) {
		from(ev, "freemail.test")
		ev.Lures = nil
	})},
	{PhoneCallback, "a faint word of a bill", analyze.Clear, billed(func(ev *analyze.Evidence) {
		from(ev, "freemail.test")
		ev.Lures = []analyze.Lure{{Kind: analyze.LureInvoice, Strength: 0.35}}
	})},
	{PhoneCallback, "nothing known of the sender", analyze.Unknown, billed(func(*analyze.Evidence) {})},
	{PhoneCallback, "a brand's address, quoted", analyze.Unknown, quoted(billed(func(ev *analyze.Evidence) { named(ev); from(ev, "bank.example") }))},
	{PhoneCallback, "no text", analyze.Unknown, func(*analyze.Evidence) {}},
	{FromFreePage, "a page's name", analyze.Hit, func(ev *analyze.Evidence) {
		known(ev, "x.pages.dev", page)
		from(ev, "x.pages.dev")
	}},
	{FromFreePage, "free mail", analyze.Clear, func(ev *analyze.Evidence) { from(ev, "freemail.test") }},
	{FromFreePage, "a company", analyze.Clear, func(*analyze.Evidence) {}},
	{FromFreePage, "a tenant", analyze.Clear, func(ev *analyze.Evidence) {
		known(ev, "firm.onmicrosoft.com", page)
		from(ev, "firm.onmicrosoft.com")
	}},
	{FromFreePage, "no sender", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.From, ev.Auth.FromDomain = nil, "" }},
	{FromTenant, "a tenant", analyze.Hit, func(ev *analyze.Evidence) { from(ev, "firm.onmicrosoft.com") }},
	{FromTenant, "a company", analyze.Clear, func(*analyze.Evidence) {}},
	{FromTenant, "a name that ends like it", analyze.Clear, func(ev *analyze.Evidence) { from(ev, "evilonmicrosoft.com") }},
	{FromTenant, "no sender", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.From, ev.Auth.FromDomain = nil, "" }},
}
