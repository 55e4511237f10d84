package checks

import (
	"encoding/base64"
	"strings"

	"reportascam/analyze"
)

// known adds what the registry says of a host.
func known(ev *analyze.Evidence, host string, d analyze.DomainInfo) {
	if d.Domain == "" {
		d.Domain = host
	}
	ev.Domains[host] = d
}

// to adds a link to a host of that kind.
func to(d analyze.DomainInfo, host string) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		known(ev, host, d)
		link(ev, "https://"+host+"/x", host, "")
	}
}

// byProven is the same in mail of a proven sender.
func byProven(f func(*analyze.Evidence)) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		f(ev)
		result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
	}
}

// byBrandsName is the same with a brand's name on a proven stranger's address.
func byBrandsName(f func(*analyze.Evidence)) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		byProven(f)(ev)
		named(ev)
	}
}

func keptText(ev *analyze.Evidence) {
	ev.Original.Grade, ev.Original.Text = analyze.GradeText, "Click here."
}

// quoted is the same in a forward that kept text and links alone.
func quoted(f func(*analyze.Evidence)) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		f(ev)
		ev.Original.Grade, ev.Original.HTML = analyze.GradeText, "<p>Click here.</p>"
	}
}

// written adds a link that is written so.
func written(s, host string) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		link(ev, s, host, "")
		ev.Links[len(ev.Links)-1].Scheme, _, _ = strings.Cut(s, ":")
	}
}

func from64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

var (
	short = analyze.DomainInfo{Free: true, Shortener: true}
	page  = analyze.DomainInfo{Free: true, Page: true}
	form  = analyze.DomainInfo{Free: true, Form: true}
)

var linkCases = []checkCase{
	{LinkShortener, "stranger", analyze.Hit, to(short, "bit.ly")},
	{LinkShortener, "proven sender", analyze.Clear, byProven(to(short, "bit.ly"))},
	{LinkShortener, "proven stranger with a brand's name", analyze.Hit, byBrandsName(to(short, "bit.ly"))},
	{LinkShortener, "a name", analyze.Clear, to(analyze.DomainInfo{}, "evil.test")},
	{LinkShortener, "text only", analyze.Unknown, keptText},
	{LinkFreeHost, "stranger", analyze.Hit, to(page, "x.pages.dev")},
	{LinkFreeHost, "proven sender", analyze.Clear, byProven(to(page, "x.pages.dev"))},
	{LinkFreeHost, "proven stranger with a brand's name", analyze.Hit, byBrandsName(to(page, "x.pages.dev"))},
	{LinkFreeHost, "text only", analyze.Unknown, keptText},
	{LinkFreeHost, "quoted", analyze.Unknown, quoted(to(page, "x.pages.dev"))},
	{LinkFreeHost, "quoted from free mail", analyze.Hit, quoted(func(ev *analyze.Evidence) {
		from(ev, "freemail.test")
		to(page, "x.pages.dev")(ev)
	})},
	{LinkFreeHost, "quoted with a brand's name", analyze.Hit, quoted(func(ev *analyze.Evidence) {
		named(ev)
		to(page, "x.pages.dev")(ev)
	})},
	{LinkEnding, "quoted, the sender's own", analyze.Clear, quoted(func(ev *analyze.Evidence) {
		from(ev, "shop.top")
		to(analyze.DomainInfo{}, "shop.top")(ev)
	})},
	{LinkFreeHost, "only a picture", analyze.Clear, func(ev *analyze.Evidence) {
		to(page, "x.pages.dev")(ev)
		ev.Links[0].Source = "image"
	}},
	{LinkFormBuilder, "stranger", analyze.Hit, to(form, "forms.gle")},
	{LinkFormBuilder, "one among documents", analyze.Hit, func(ev *analyze.Evidence) {
		known(ev, "docs.google.com", page)
		link(ev, "https://docs.google.com/forms/d/e/1/viewform", "docs.google.com", "")
	}},
	{LinkFormBuilder, "a document", analyze.Clear, func(ev *analyze.Evidence) {
		known(ev, "docs.google.com", page)
		link(ev, "https://docs.google.com/document/d/1", "docs.google.com", "")
	}},
	{LinkFormBuilder, "proven sender", analyze.Clear, byProven(to(form, "forms.gle"))},
	{LinkFormBuilder, "text only", analyze.Unknown, keptText},
	{LinkOddNumber, "one number", analyze.Hit, written("http://3221225985/", "192.0.2.1")},
	{LinkOddNumber, "four numbers", analyze.Clear, written("http://192.0.2.1/", "192.0.2.1")},
	{LinkOddNumber, "text only", analyze.Unknown, keptText},
	{LinkOddWriting, "percent", analyze.Hit, written("http://ev%69l.test/", "evil.test")},
	{LinkOddWriting, "percent in the path", analyze.Clear, written("http://evil.test/%69", "evil.test")},
	{LinkOddWriting, "text only", analyze.Unknown, keptText},
	{LinkPort, "8081", analyze.Hit, written("http://evil.test:8081/", "evil.test")},
	{LinkPort, "the usual", analyze.Clear, written("https://evil.test:443/", "evil.test")},
	{LinkPort, "text only", analyze.Unknown, keptText},
	{LinkSubdomains, "five", analyze.Hit, written("https://a.b.c.d.e.evil.com/", "a.b.c.d.e.evil.com")},
	{LinkSubdomains, "two", analyze.Clear, written("https://a.b.evil.com/", "a.b.evil.com")},
	{LinkSubdomains, "text only", analyze.Unknown, keptText},
	{LinkRandomHost, "random", analyze.Hit, to(analyze.DomainInfo{Random: true}, "xkqzjvwp.test")},
	{LinkRandomHost, "a name", analyze.Clear, to(analyze.DomainInfo{}, "evil.test")},
	{LinkRandomHost, "text only", analyze.Unknown, keptText},
	{LinkEnding, "top", analyze.Hit, to(analyze.DomainInfo{}, "evil.top")},
	{LinkEnding, "the sender's own", analyze.Clear, func(ev *analyze.Evidence) {
		from(ev, "shop.top")
		byProven(to(analyze.DomainInfo{}, "shop.top"))(ev)
	}},
	{LinkEnding, "text only", analyze.Unknown, keptText},
	{LinkRedirect, "a search engine", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "html", Via: []string{"www.google.com"}}}
	}},
	{LinkRedirect, "a brand's own site", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "html", Via: []string{"bank.example"}}}
	}},
	{LinkRedirect, "the reader's own rewriter", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "html", Via: []string{"eur02.safelinks.protection.outlook.com"}}}
	}},
	{LinkRedirect, "text only", analyze.Unknown, keptText},
	{LinkData, "a page", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "data:text/html;base64,PGI+", Scheme: "data", Source: "html"}}
	}},
	{LinkData, "a share", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "file://192.0.2.1/x", Scheme: "file", Host: "192.0.2.1", Source: "html"}}
	}},
	{LinkData, "a picture", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "data:image/png;base64,iVBO", Scheme: "data", Source: "html"}, {URL: "javascript:void(0)", Scheme: "javascript", Source: "html"}}
	}},
	{LinkData, "text only", analyze.Unknown, keptText},
	{LinkRecipient, "behind the hash", analyze.Hit, written("https://evil.test/#Bob@home.example", "evil.test")},
	{LinkRecipient, "in BASE64", analyze.Hit, written("https://evil.test/?e="+from64("bob@home.example"), "evil.test")},
	{LinkRecipient, "to the sender", analyze.Clear, written("https://shop.example/?e=bob@home.example", "shop.example")},
	{LinkRecipient, "to be left alone", analyze.Clear, written("https://evil.test/unsubscribe?e=bob@home.example", "evil.test")},
	{LinkRecipient, "nobody", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.To = nil }},
	{LinkCompromised, "programs' folder", analyze.Hit, written("https://evil.test/wp-includes/js/x/", "evil.test")},
	{LinkCompromised, "a page among uploads", analyze.Hit, written("https://evil.test/wp-content/uploads/2025/index.html", "evil.test")},
	{LinkCompromised, "a document", analyze.Clear, written("https://evil.test/wp-content/uploads/2025/menu.pdf", "evil.test")},
	{LinkCompromised, "a well-known use", analyze.Clear, written("https://evil.test/.well-known/security.txt", "evil.test")},
	{LinkCompromised, "text only", analyze.Unknown, keptText},
	{LinkQR, "the only way", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "qr"}}
	}},
	{LinkQR, "beside a link", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "qr"}}
		link(ev, "https://evil.test/a", "evil.test", "")
	}},
	{LinkQR, "text only", analyze.Unknown, keptText},
	{LinkTextMismatch, "a newsletter's counter", analyze.Clear, func(ev *analyze.Evidence) {
		for _, n := range []string{"1", "2", "3", "4", "5"} {
			link(ev, "https://evil.test/"+n, "evil.test", "")
			ev.Links[len(ev.Links)-1].Text = n
		}
		link(ev, "https://evil.test/6", "evil.test", "www.shop.test")
	}},
	{LinkTextMismatch, "the reader's own rewriter", analyze.Clear, func(ev *analyze.Evidence) {
		link(ev, "https://eur02.safelinks.protection.outlook.com/?url=x", "eur02.safelinks.protection.outlook.com", "bank.example")
	}},
	{LinkSingleTarget, "even to leave", analyze.Hit, func(ev *analyze.Evidence) {
		for _, text := range []string{"Track", "Unsubscribe"} {
			link(ev, "https://evil.test/", "evil.test", "")
			ev.Links[len(ev.Links)-1].Text = text
		}
	}},
	{LinkSingleTarget, "two addresses", analyze.Clear, func(ev *analyze.Evidence) {
		for _, text := range []string{"Track", "Unsubscribe"} {
			link(ev, "https://evil.test/"+text, "evil.test", "")
			ev.Links[len(ev.Links)-1].Text = text
		}
	}},
	{LinkSingleTarget, "text only", analyze.Unknown, keptText},
	{LinkStranger, "nothing of the sender", analyze.Hit, written("https://evil.test/", "evil.test")},
	{LinkStranger, "the sender's too", analyze.Clear, func(ev *analyze.Evidence) {
		link(ev, "https://evil.test/", "evil.test", "")
		link(ev, "https://shop.example/", "shop.example", "")
	}},
	{LinkStranger, "a name of the same stem", analyze.Clear, written("https://shop-mail.test/", "shop-mail.test")},
	{LinkStranger, "no sender", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.From, ev.Auth.FromDomain = nil, "" }},
	{WalletInText, "a wallet", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Indicators = []analyze.Indicator{{Kind: analyze.IndicatorWallet, Value: "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}}
	}},
	{WalletInText, "none", analyze.Clear, func(*analyze.Evidence) {}},
	{WalletInText, "no message", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original = nil }},
}
