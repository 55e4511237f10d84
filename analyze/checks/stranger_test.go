package checks

import "reportascam/analyze"

// calls makes the message one of a sender by that name, with a link to evil.test.
func calls(name, address string) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		ev.Original.From[0] = analyze.Mailbox{Name: name, Address: address}
		ev.Auth.FromDomain = domainOf(address)
		link(ev, "https://evil.test/", "evil.test", "")
	}
}

var strangerCases = []checkCase{
	{NameStranger, "nothing in common", analyze.Hit, calls("Parcel Office", "x7@shop.example")},
	{NameStranger, "letters of another script", analyze.Hit, calls("Раrсеl Оffiсе", "x7@shop.example")},
	{NameStranger, "the company's domain", analyze.Clear, calls("Shop News", "x7@shop.example")},
	{NameStranger, "the person's mailbox", analyze.Clear, calls("Annette Miller", "ann.m@firm.example")},
	{NameStranger, "initials", analyze.Clear, calls("Bo X. Quill", "bxq1@firm.example")},
	{NameStranger, "the linked site", analyze.Clear, calls("Evil Games", "x7@shop.example")},
	{NameStranger, "free mail", analyze.Clear, calls("Parcel Office", "x7@freemail.test")},
	{NameStranger, "proven service", analyze.Clear, func(ev *analyze.Evidence) {
		calls("Parcel Office", "x7@clicks.test")(ev)
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{NameStranger, "service that is not proven", analyze.Hit, calls("Parcel Office", "x7@clicks.test")},
	{NameStranger, "leads nowhere", analyze.Clear, func(ev *analyze.Evidence) {
		calls("Parcel Office", "x7@shop.example")(ev)
		ev.Links = nil
	}},
	{NameStranger, "the forward kept no links", analyze.Unknown, func(ev *analyze.Evidence) {
		calls("Parcel Office", "x7@shop.example")(ev)
		ev.Links, ev.Original.Grade = nil, analyze.GradeText
	}},
	{NameStranger, "an address in plain text", analyze.Clear, func(ev *analyze.Evidence) {
		calls("Parcel Office", "x7@shop.example")(ev)
		ev.Links[0].Source = "text"
	}},
	{NameStranger, "no name", analyze.Unknown, calls("", "x7@shop.example")},
	{NameStranger, "a name that cannot be compared", analyze.Unknown, calls("宅配便", "x7@shop.example")},
	{FromUnreal, "no top-level domain", analyze.Hit, calls("Parcel Office", "x7@parcels")},
	{FromUnreal, "characters that no domain has", analyze.Hit, calls("Parcel Office", "x7@%post.example.com")},
	{FromUnreal, "a comma for a dot", analyze.Hit, calls("Parcel Office", "x7@post,com")},
	{FromUnreal, "a top-level domain that nobody runs", analyze.Hit, calls("Parcel Office", "x7@post.deu")},
	{FromUnreal, "an ordinary domain", analyze.Clear, calls("Parcel Office", "x7@post.com")},
	{FromUnreal, "an international one", analyze.Clear, calls("Parcel Office", "x7@bücher.de")},
	{FromUnreal, "a machine of the house", analyze.Clear, calls("Cron", "root@nas.local")},
	{FromUnreal, "no address", analyze.Unknown, calls("Parcel Office", "x7")},
	{FromUnreal, "an address literal", analyze.Unknown, calls("Parcel Office", "x7@[192.0.2.1]")},
	{PassedOn, "in a user's name", analyze.Hit, func(ev *analyze.Evidence) {
		calls("Parcel Office", "notify@bank.example")(ev)
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{PassedOn, "in the name of the address", analyze.Clear, func(ev *analyze.Evidence) {
		calls("Nora Tifys", "notify@bank.example")(ev)
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{PassedOn, "an invitation", analyze.Hit, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		ev.Original.Subject = "Иван invited you to view “win today”"
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{PassedOn, "an invitation in another language", analyze.Hit, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		ev.Original.Subject = "Lädt Sie ein: Ann"
		result(ev, analyze.MethodDMARC, analyze.ResultPass, verified)
	}},
	{BrandMismatch, "may be a house of the brand", analyze.Unknown, func(ev *analyze.Evidence) {
		named(ev)
		ev.Domains["shop.example"] = analyze.DomainInfo{Domain: "shop.example", House: "bank"}
	}},
	{BrandMismatch, "a house's name, unproven", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		ev.Domains["shop.example"] = analyze.DomainInfo{Domain: "shop.example", House: "bank"}
		result(ev, analyze.MethodSPF, analyze.ResultFail, boundary)
		result(ev, analyze.MethodDKIM, analyze.ResultNone, boundary)
	}},
	{BrandMismatch, "a house's name that resembles", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		ev.Domains["shop.example"] = analyze.DomainInfo{Domain: "shop.example", House: "bank"}
		ev.Resemblances = []analyze.Resemblance{{Where: "from", Technique: "combosquat", Score: 0.9}}
	}},
}
