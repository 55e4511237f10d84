package checks

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"reportascam/analyze"
)

// mail is evidence of a plain message; change makes a case of it.
func mail(change func(*analyze.Evidence)) *analyze.Evidence {
	ev := &analyze.Evidence{
		Original: &analyze.Original{Grade: analyze.GradeFull, Subject: "Hello",
			From: []analyze.Mailbox{{Name: "Ann", Address: "ann@shop.example"}},
			To:   []analyze.Mailbox{{Address: "bob@home.example"}}},
		Auth: analyze.Auth{FromDomain: "shop.example"},
		Domains: map[string]analyze.DomainInfo{
			"shop.example":    {Domain: "shop.example"},
			"bank.example":    {Domain: "bank.example", Brand: "bank"},
			"bank.test":       {Domain: "bank.test", Brand: "bank"},
			"freemail.test":   {Domain: "freemail.test", Free: true},
			"clicks.test":     {Domain: "clicks.test", Brand: "clicks", Sender: true},
			"evil.test":       {Domain: "evil.test"},
			"www.evil.test":   {Domain: "evil.test"},
			"other.bank.test": {Domain: "bank.test", Brand: "bank"},
		},
	}
	change(ev)
	return ev
}

func named(ev *analyze.Evidence) {
	ev.Claims = []analyze.BrandClaim{{Brand: "bank", Name: "Bank", Where: "display-name", Text: "Bank", Strength: 0.9}}
}

func from(ev *analyze.Evidence, domain string) {
	ev.Auth.FromDomain = domain
	ev.Original.From[0].Address = "ann@" + domain
}

func result(ev *analyze.Evidence, m analyze.Method, r analyze.Result, w analyze.Witness) {
	ev.Auth.Results = append(ev.Auth.Results, analyze.AuthResult{Method: m, Result: r, Witness: w, Domain: ev.Auth.FromDomain, Aligned: true})
}

func link(ev *analyze.Evidence, url, host, shown string) {
	ev.Links = append(ev.Links, analyze.Link{URL: url, Scheme: "https", Host: host, Shown: shown, Source: "html"})
}

const (
	verified = analyze.WitnessVerified
	boundary = analyze.WitnessBoundary
	claimed  = analyze.WitnessClaimed
)

// checkCase is one outcome of a check on a message.
type checkCase struct {
	check analyze.Check
	name  string
	want  analyze.Status
	make  func(*analyze.Evidence)
}

// allCases are the cases of every check: a file of checks has its own table.
func allCases() []checkCase {
	return slices.Concat(cases, strangerCases, linkCases, lureCases, kindCases(), oddCases(), fileCases(), callbackCases)
}

var cases = []checkCase{
	{BrandProven, "own domain, proven", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		from(ev, "bank.example")
		result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
	}},
	{BrandProven, "no brand", analyze.Clear, func(*analyze.Evidence) {}},
	{BrandProven, "own domain, claimed only", analyze.Unknown, func(ev *analyze.Evidence) {
		named(ev)
		from(ev, "bank.example")
		result(ev, analyze.MethodDMARC, analyze.ResultPass, claimed)
	}},
	{BrandMismatch, "stranger's domain", analyze.Hit, named},
	{BrandMismatch, "own domain", analyze.Clear, func(ev *analyze.Evidence) { named(ev); from(ev, "bank.example") }},
	{BrandMismatch, "weak claim", analyze.Clear, func(ev *analyze.Evidence) { named(ev); ev.Claims[0].Strength = 0.3 }},
	{BrandMismatch, "no sender", analyze.Unknown, func(ev *analyze.Evidence) {
		named(ev)
		ev.Original.From, ev.Auth.FromDomain = nil, ""
	}},
	{BrandMismatch, "named in the subject only", analyze.Clear, func(ev *analyze.Evidence) { named(ev); ev.Claims[0].Where = "subject" }},
	{BrandMismatch, "an agency that the brand names", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		ev.Domains["shop.example"] = analyze.DomainInfo{Domain: "shop.example", Sender: true, SendsFor: []string{"other", "bank"}}
	}},
	{BrandMismatch, "an agency of another brand", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		ev.Domains["shop.example"] = analyze.DomainInfo{Domain: "shop.example", Sender: true, SendsFor: []string{"other"}}
	}},
	{BrandMismatch, "signed by the brand", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
		ev.Auth.Results[0].Domain, ev.Auth.Results[0].Aligned = "bank.test", false
	}},
	{BrandMismatch, "says that the brand signed it", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		result(ev, analyze.MethodDKIM, analyze.ResultPass, claimed)
		ev.Auth.Results[0].Domain = "bank.test"
	}},
	{BrandMismatch, "customer of the brand", analyze.Hit, func(ev *analyze.Evidence) { named(ev); from(ev, "clicks.test") }},
	{BrandMismatch, "postmaster of a mail service", analyze.Unknown, func(ev *analyze.Evidence) {
		named(ev)
		from(ev, "freemail.test")
		ev.Original.From[0].Address = "postmaster@freemail.test"
	}},
	{BrandMention, "subject of a stranger", analyze.Hit, func(ev *analyze.Evidence) { named(ev); ev.Claims[0].Where = "subject" }},
	{BrandMention, "sender's own name", analyze.Clear, named},
	{BrandMention, "no sender", analyze.Unknown, func(ev *analyze.Evidence) {
		named(ev)
		ev.Claims[0].Where = "body"
		ev.Original.From, ev.Auth.FromDomain = nil, ""
	}},
	{BrandSpoofed, "own domain, DMARC fails", analyze.Hit, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		result(ev, analyze.MethodDMARC, analyze.ResultFail, boundary)
	}},
	{BrandSpoofed, "not a brand", analyze.Clear, func(*analyze.Evidence) {}},
	{BrandSpoofed, "nothing known", analyze.Unknown, func(ev *analyze.Evidence) { from(ev, "bank.example") }},
	{BrandDisguised, "look-alike letters", analyze.Hit, func(ev *analyze.Evidence) { named(ev); ev.Claims[0].Disguise = true }},
	{BrandDisguised, "in a word of the text", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		ev.Claims[0].Disguise, ev.Claims[0].Where = true, "body"
	}},
	{BrandDisguised, "plain letters", analyze.Clear, named},
	{BrandFreeMail, "free mail", analyze.Hit, func(ev *analyze.Evidence) { named(ev); from(ev, "freemail.test") }},
	{BrandFreeMail, "no brand", analyze.Clear, func(ev *analyze.Evidence) { from(ev, "freemail.test") }},
	{BrandLinks, "elsewhere only", analyze.Hit, func(ev *analyze.Evidence) { named(ev); link(ev, "https://evil.test/", "evil.test", "") }},
	{BrandLinks, "to the brand too", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		link(ev, "https://evil.test/", "evil.test", "")
		link(ev, "https://bank.test/", "bank.test", "")
	}},
	{BrandLinks, "named in the subject only", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		ev.Claims[0].Where = "subject"
		link(ev, "https://evil.test/", "evil.test", "")
	}},
	{PassedOn, "via", analyze.Hit, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		ev.Original.From[0].Name = "Mallory (via Bank)"
		result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
	}},
	{PassedOn, "answers to a stranger", analyze.Hit, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		ev.Original.ReplyTo = []analyze.Mailbox{{Address: "m@evil.test"}}
		result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
	}},
	{PassedOn, "speaks for itself", analyze.Clear, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		ev.Original.ReplyTo = []analyze.Mailbox{{Address: "help@bank.test"}}
		result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
	}},
	{PassedOn, "nobody proven", analyze.Unknown, func(ev *analyze.Evidence) { from(ev, "bank.example") }},
	{DMARCFail, "fails", analyze.Hit, func(ev *analyze.Evidence) { result(ev, analyze.MethodDMARC, analyze.ResultFail, verified) }},
	{DMARCFail, "passes", analyze.Clear, func(ev *analyze.Evidence) { result(ev, analyze.MethodDMARC, analyze.ResultPass, verified) }},
	{DMARCFail, "claimed to fail", analyze.Unknown, func(ev *analyze.Evidence) { result(ev, analyze.MethodDMARC, analyze.ResultFail, claimed) }},
	{DMARCFail, "text only", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.Grade = analyze.GradeText }},
	{SPFFail, "fails", analyze.Hit, func(ev *analyze.Evidence) { result(ev, analyze.MethodSPF, analyze.ResultSoftFail, boundary) }},
	{SPFFail, "passes beside a failure", analyze.Clear, func(ev *analyze.Evidence) {
		result(ev, analyze.MethodSPF, analyze.ResultFail, boundary)
		result(ev, analyze.MethodSPF, analyze.ResultPass, boundary)
	}},
	{SPFFail, "DNS down", analyze.Unknown, func(ev *analyze.Evidence) { result(ev, analyze.MethodSPF, analyze.ResultTempError, verified) }},
	{DKIMFail, "fails", analyze.Hit, func(ev *analyze.Evidence) { result(ev, analyze.MethodDKIM, analyze.ResultFail, verified) }},
	{DKIMFail, "not signed", analyze.Clear, func(ev *analyze.Evidence) { result(ev, analyze.MethodDKIM, analyze.ResultNone, verified) }},
	{DKIMFail, "body rebuilt", analyze.Unknown, func(ev *analyze.Evidence) { result(ev, analyze.MethodDKIM, analyze.ResultUnknown, verified) }},
	{Unauthenticated, "provider found nothing", analyze.Hit, func(ev *analyze.Evidence) {
		result(ev, analyze.MethodSPF, analyze.ResultNone, boundary)
		result(ev, analyze.MethodDKIM, analyze.ResultNone, boundary)
	}},
	{Unauthenticated, "proven", analyze.Clear, func(ev *analyze.Evidence) { result(ev, analyze.MethodDKIM, analyze.ResultPass, verified) }},
	{Unauthenticated, "half known", analyze.Unknown, func(ev *analyze.Evidence) { result(ev, analyze.MethodSPF, analyze.ResultNone, boundary) }},
	{ProviderDoubt, "compauth fails", analyze.Hit, func(ev *analyze.Evidence) { result(ev, analyze.MethodCompAuth, analyze.ResultFail, boundary) }},
	{ProviderDoubt, "compauth passes", analyze.Clear, func(ev *analyze.Evidence) { result(ev, analyze.MethodCompAuth, analyze.ResultPass, boundary) }},
	{ProviderDoubt, "nothing said", analyze.Unknown, func(*analyze.Evidence) {}},
	{ForgedResults, "forged", analyze.Hit, func(ev *analyze.Evidence) { ev.Auth.Forged = []string{"mx.bank.example"} }},
	{ForgedResults, "none", analyze.Clear, func(*analyze.Evidence) {}},
	{ForgedResults, "text only", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.Grade = analyze.GradeText }},
	{FromFault, "two", analyze.Hit, func(ev *analyze.Evidence) { ev.Auth.FromFault = "two From fields" }},
	{FromFault, "one", analyze.Clear, func(*analyze.Evidence) {}},
	{FromFault, "text only", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.Grade = analyze.GradeText }},
	{DoubledFields, "two subjects", analyze.Hit, func(ev *analyze.Evidence) { ev.Doubled = []string{"Subject"} }},
	{DoubledFields, "sloppy", analyze.Clear, func(ev *analyze.Evidence) { ev.Doubled = []string{"Message-ID", "MIME-Version", "To", "Reply-To"} }},
	{DoubledFields, "none", analyze.Clear, func(*analyze.Evidence) {}},
	{DoubledFields, "text only", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.Grade = analyze.GradeText }},
	{SignatureGap, "subject open", analyze.Hit, func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
		ev.Auth.Results[0].Gap = "Subject is not signed"
	}},
	{SignatureGap, "another covers it", analyze.Clear, func(ev *analyze.Evidence) {
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
		ev.Auth.Results[0].Gap = "Subject is not signed"
	}},
	{SignatureGap, "no signature", analyze.Unknown, func(*analyze.Evidence) {}},
	{PassedOn, "another brand in the subject", analyze.Hit, func(ev *analyze.Evidence) {
		from(ev, "bank.example")
		ev.Claims = []analyze.BrandClaim{{Brand: "post", Name: "Post", Where: "subject", Strength: 0.45}}
		result(ev, analyze.MethodDMARC, analyze.ResultPass, boundary)
	}},
	{FromNameAddress, "another address", analyze.Hit, func(ev *analyze.Evidence) { ev.Original.From[0].Name = "help@bank.example" }},
	{FromNameAddress, "own address", analyze.Clear, func(ev *analyze.Evidence) { ev.Original.From[0].Name = "ann@mail.shop.example" }},
	{FromSelf, "own recipient", analyze.Hit, func(ev *analyze.Evidence) { ev.Original.To[0].Address = "ANN@shop.example" }},
	{FromSelf, "note to self, proven", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Original.To[0].Address = "ann@shop.example"
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
	}},
	{FromSelf, "no sender", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.From = nil }},
	{ReplyToDiffers, "free mail", analyze.Hit, func(ev *analyze.Evidence) { ev.Original.ReplyTo = []analyze.Mailbox{{Address: "a@freemail.test"}} }},
	{ReplyToDiffers, "own desk", analyze.Clear, func(ev *analyze.Evidence) { ev.Original.ReplyTo = []analyze.Mailbox{{Address: "help@shop.example"}} }},
	{ReturnPathDiffers, "elsewhere", analyze.Hit, func(ev *analyze.Evidence) { ev.ReturnPath = "b@evil.test" }},
	{ReturnPathDiffers, "own", analyze.Clear, func(ev *analyze.Evidence) { ev.ReturnPath = "b@shop.example" }},
	{ReturnPathDiffers, "not known", analyze.Unknown, func(*analyze.Evidence) {}},
	{MarkVerified, "VMC", analyze.Hit, func(ev *analyze.Evidence) { ev.Mark = &analyze.Mark{Verified: true, Kind: "VMC"} }},
	{MarkVerified, "CMC", analyze.Clear, func(ev *analyze.Evidence) { ev.Mark = &analyze.Mark{Verified: true, Kind: "CMC"} }},
	{MarkVerified, "not reached", analyze.Unknown, func(ev *analyze.Evidence) { ev.Mark = &analyze.Mark{Status: "temperror"} }},
	{MarkVerified, "in another's name", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		ev.Mark = &analyze.Mark{Verified: true, Kind: "VMC", Organisation: "Evil Ltd"}
	}},
	{MarkVerified, "in its own name", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		ev.Mark = &analyze.Mark{Verified: true, Kind: "VMC", Organisation: "The BANK plc"}
	}},
	{MarkMissing, "another's mark", analyze.Hit, func(ev *analyze.Evidence) {
		named(ev)
		ev.BrandMarked, ev.Mark = "bank.example", &analyze.Mark{Verified: true, Kind: "VMC", Organisation: "Evil Ltd"}
	}},
	{MarkMissing, "the brand's mark elsewhere", analyze.Clear, func(ev *analyze.Evidence) {
		named(ev)
		ev.BrandMarked, ev.Mark = "bank.example", &analyze.Mark{Verified: true, Kind: "VMC", Organisation: "The BANK plc"}
	}},
	{MarkMissing, "stranger", analyze.Hit, func(ev *analyze.Evidence) { named(ev); ev.BrandMarked = "bank.example" }},
	{MarkMissing, "brand without a mark", analyze.Clear, named},
	{MarkMissing, "the brand itself", analyze.Clear, func(ev *analyze.Evidence) { named(ev); from(ev, "bank.example"); ev.BrandMarked = "bank.example" }},
	{MarkForged, "forged", analyze.Hit, func(ev *analyze.Evidence) { ev.MarkForged = []string{"BIMI-Location"} }},
	{MarkForged, "none", analyze.Clear, func(*analyze.Evidence) {}},
	{MarkForged, "text only", analyze.Unknown, func(ev *analyze.Evidence) { ev.Original.Grade = analyze.GradeText }},
	{MarkForeign, "for another domain", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Mark = &analyze.Mark{Domain: "evil.test", Authority: "fail", Failed: []string{"san"}}
	}},
	{MarkForeign, "of an unknown authority", analyze.Unknown, func(ev *analyze.Evidence) {
		ev.Mark = &analyze.Mark{Domain: "evil.test", Authority: "fail", Failed: []string{"path"}}
	}},
	{MarkForeign, "expired", analyze.Clear, func(ev *analyze.Evidence) { ev.Mark = &analyze.Mark{Authority: "fail", Failed: []string{"validity"}} }},
	{MarkForeign, "not asked", analyze.Unknown, func(*analyze.Evidence) {}},
	{MarkSelfAsserted, "logo only", analyze.Hit, func(ev *analyze.Evidence) { ev.Mark = &analyze.Mark{Domain: "evil.test", SelfAsserted: true} }},
	{MarkSelfAsserted, "none", analyze.Clear, func(ev *analyze.Evidence) { ev.Mark = &analyze.Mark{Status: "none"} }},
	{MarkSelfAsserted, "not asked", analyze.Unknown, func(*analyze.Evidence) {}},
	{SenderLookalike, "imitates", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Resemblances = []analyze.Resemblance{{Name: "baank.example", Where: "from", Target: "bank.example", Score: 0.8}}
	}},
	{SenderLookalike, "only a link does", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Resemblances = []analyze.Resemblance{{Name: "baank.example", Where: "link", Target: "bank.example", Score: 0.8}}
	}},
	{LinkLookalike, "imitates", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Resemblances = []analyze.Resemblance{{Name: "baank.example", Where: "link", Target: "bank.example", Score: 0.8}}
	}},
	{LinkLookalike, "too faint", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Resemblances = []analyze.Resemblance{{Name: "baank.example", Where: "link", Target: "bank.example", Score: 0.2}}
	}},
	{LinkTextMismatch, "shows one, leads to another", analyze.Hit, func(ev *analyze.Evidence) {
		link(ev, "https://evil.test/", "evil.test", "bank.example")
	}},
	{LinkTextMismatch, "same owner", analyze.Clear, func(ev *analyze.Evidence) { link(ev, "https://bank.test/", "other.bank.test", "bank.example") }},
	{LinkTextMismatch, "click counter", analyze.Clear, func(ev *analyze.Evidence) { link(ev, "https://clicks.test/", "clicks.test", "bank.example") }},
	{LinkTextMismatch, "proven sender counts clicks", analyze.Clear, func(ev *analyze.Evidence) {
		link(ev, "https://shop.example/c", "shop.example", "www.evil.test")
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
	}},
	{LinkTextMismatch, "proven sender shows a brand", analyze.Hit, func(ev *analyze.Evidence) {
		link(ev, "https://shop.example/c", "shop.example", "bank.example")
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
	}},
	{LinkAddress, "a number", analyze.Hit, func(ev *analyze.Evidence) { link(ev, "https://192.0.2.7/", "192.0.2.7", "") }},
	{LinkAddress, "a name", analyze.Clear, func(ev *analyze.Evidence) { link(ev, "https://evil.test/", "evil.test", "") }},
	{LinkDisguise, "user name", analyze.Hit, func(ev *analyze.Evidence) { link(ev, "https://www.bank.example@evil.test/", "evil.test", "") }},
	{LinkDisguise, "user name without a dot", analyze.Hit, func(ev *analyze.Evidence) { link(ev, "https://paypal@evil.test/", "evil.test", "") }},
	{LinkDisguise, "user name with a percent sign", analyze.Hit, written("https://paypal%2Ecom@evil.test/", "evil.test")},
	{LinkDisguise, "two of them", analyze.Hit, written("https://a@www.bank.example@evil.test/", "evil.test")},
	{LinkDisguise, "written out", analyze.Hit, func(ev *analyze.Evidence) {
		link(ev, "https://paypal@evil.test/", "evil.test", "")
		ev.Links[0].Source = "text"
	}},
	{LinkDisguise, "a user of a workshop, written out", analyze.Clear, func(ev *analyze.Evidence) {
		link(ev, "https://ann@bank.example/repo", "bank.example", "")
		ev.Links[0].Source = "text"
	}},
	{LinkDisguise, "of the proven sender", analyze.Clear, byProven(written("https://ann@shop.example/", "shop.example"))},
	{LinkDisguise, "text only", analyze.Unknown, keptText},
	{LinkIDN, "two scripts", analyze.Hit, written("https://xn--pypl-53dc.test/", "xn--pypl-53dc.test")},
	{LinkIDN, "one language's letters", analyze.Clear, written("https://xn--bcher-kva.test/", "xn--bcher-kva.test")},
	{LinkIDN, "plain letters", analyze.Clear, written("https://evil.test/", "evil.test")},
	{LinkIDN, "text only", analyze.Unknown, keptText},
	{FromSelf, "quoted", analyze.Unknown, func(ev *analyze.Evidence) {
		ev.Original.To = ev.Original.From
		keptText(ev)
	}},
	{LinkDisguise, "address in the path", analyze.Clear, func(ev *analyze.Evidence) { link(ev, "https://evil.test/u@a.b", "evil.test", "") }},
	{LinkForm, "to a stranger", analyze.Hit, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "form", Asks: "password"}}
	}},
	{LinkForm, "a newsletter's search", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://evil.test/", Scheme: "https", Host: "evil.test", Source: "form"}}
	}},
	{LinkForm, "text only", analyze.Unknown, keptText},
	{LinkForm, "to the proven sender", analyze.Clear, func(ev *analyze.Evidence) {
		ev.Links = []analyze.Link{{URL: "https://shop.example/", Scheme: "https", Host: "shop.example", Source: "form", Asks: "password"}}
		result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
	}},
}

func TestChecks(t *testing.T) {
	hits, clears := map[string]bool{}, map[string]bool{}
	for _, tt := range allCases() {
		t.Run(tt.check.Name+"/"+tt.name, func(t *testing.T) {
			got := tt.check.Find(mail(tt.make))
			if got.Status != tt.want {
				t.Errorf("%s = %s (%s), want %s", tt.check.Name, got.Status, got.Says, tt.want)
			}
			if !strings.HasSuffix(got.Says, ".") {
				t.Errorf("%s says %q, which is no sentence", tt.check.Name, got.Says)
			}
		})
		hits[tt.check.Name] = hits[tt.check.Name] || tt.want == analyze.Hit
		clears[tt.check.Name] = clears[tt.check.Name] || tt.want == analyze.Clear
	}
	for _, c := range All() {
		if !hits[c.Name] || !clears[c.Name] {
			t.Errorf("%s has no case for a hit, or none for clear", c.Name)
		}
	}
}

func TestAllAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All() {
		if c.Name == "" || c.Doc == "" || len(c.Cites) == 0 || c.Find == nil || seen[c.Name] {
			t.Errorf("check %q lacks a name of its own, a doc, a citation or a function", c.Name)
		}
		seen[c.Name] = true
	}
}

// TestEmptyEvidence: no check may fail on evidence that holds nothing, or
// find guilt in it.
func TestEmptyEvidence(t *testing.T) {
	for _, ev := range []*analyze.Evidence{{}, {Original: &analyze.Original{}}} {
		for _, c := range All() {
			if got := c.Find(ev); got.Status == analyze.Hit {
				t.Errorf("%s hits on empty evidence: %s", c.Name, got.Says)
			}
		}
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("PayPal\r\nBcc: x\x1b[2J\u202e”\u200b")
	f.Fuzz(func(t *testing.T, s string) {
		got := quote(s)
		inner := strings.TrimSuffix(strings.TrimPrefix(got, "“"), "”")
		for _, r := range inner {
			if !unicode.IsPrint(r) || r == '“' || r == '”' || r == '"' {
				t.Fatalf("quote(%q) = %q holds %U", s, got, r)
			}
		}
		if n := len([]rune(inner)); n > 2*maxQuoted+1 {
			t.Fatalf("quote(%q) has %d runes", s, n)
		}
	})
}
