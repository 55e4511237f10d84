package auth

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// spoofCase is one way to have a message taken for bank.example's that
// evil.example sent. From and the identities are the cases of Chen, Paxson and
// Jiang, "Composition Kills" (USENIX Security 2020), in their order.
type spoofCase struct {
	name     string
	mailFrom string // of the session; empty: x@evil.example
	helo     string // empty: mail.evil.example
	sign     string // tags of a signature by evil.example's key; empty: an honest one for evil.example
	header   string // From and what goes with it
	results  string // what a careless provider would write above its line; empty: what it found
}

func spoofCases() []spoofCase {
	const (
		from    = "From: <admin@bank.example>\r\n"
		selects = "v=1; c=relaxed/relaxed; "
	)
	encoded := "=?utf-8?B?PGFkbWluQGJhbmsuZXhhbXBsZT4=?=" // <admin@bank.example>
	return []spoofCase{
		{name: "1 subdomain that does not exist in MAIL FROM", mailFrom: "any@mailfrom.notexist.bank.example", header: from,
			results: "spf=none smtp.mailfrom=mailfrom.notexist.bank.example; dmarc=fail header.from=bank.example"},
		{name: "2 empty MAIL FROM with the name in HELO", mailFrom: "(any@bank.example", helo: "bank.example", header: from,
			results: "spf=pass smtp.mailfrom=(any@bank.example; dmarc=fail header.from=bank.example"},
		{name: "3 NUL in the selector", sign: selects + "d=bank.example; s=s1._domainkey.evil.example.\x00.any", header: from,
			results: "dkim=pass header.d=bank.example header.s=s1._domainkey.evil.example.\x00.any; dmarc=fail header.from=bank.example"},
		{name: "4 quote in d=", sign: selects + "d=bank.example'a.evil.example; s=s1", header: from,
			results: "dkim=pass header.d=bank.example'a.evil.example; dmarc=fail header.from=bank.example"},
		{name: "4b double quote in d=", sign: selects + "d=bank.example\".a.evil.example; s=s1", header: from,
			results: "dkim=pass header.d=bank.example\".a.evil.example; dmarc=fail header.from=bank.example"},
		{name: "4c parenthesis in d=", sign: selects + "d=bank.example(.evil.example; s=s1", header: from,
			results: "dkim=pass header.d=bank.example(.evil.example; dmarc=fail header.from=bank.example"},
		{name: "5 quote in MAIL FROM", mailFrom: "any@bank.example'@a.evil.example", header: from,
			results: "spf=pass smtp.mailfrom=any@bank.example'@a.evil.example; dmarc=fail header.from=bank.example"},
		{name: "5b results in a quoted local part", mailFrom: `"any@bank.example; dmarc=pass header.from=bank.example"@evil.example`, header: from,
			results: `spf=pass (domain of "any@bank.example; dmarc=pass header.from=bank.example"@evil.example designates 198.51.100.9) smtp.mailfrom="any@bank.example; dmarc=pass header.from=bank.example"@evil.example; dmarc=fail header.from=bank.example`},
		{name: "6 parenthesis in MAIL FROM", mailFrom: "any@bank.example(.evil.example", header: from,
			results: "spf=pass smtp.mailfrom=any@bank.example(.evil.example; dmarc=fail header.from=bank.example"},
		{name: "6b results behind a parenthesis in a local part", mailFrom: `") dmarc=pass header.from=bank.example ("@evil.example`, header: from,
			results: `spf=pass (domain of ") ; dmarc=pass header.from=bank.example ("@evil.example designates 198.51.100.9); dmarc=fail header.from=bank.example`},
		{name: "7 route in MAIL FROM", mailFrom: "@bank.example,@any.example:'any@evil.example", header: from,
			results: "spf=pass smtp.mailfrom=@bank.example,@any.example:'any@evil.example; dmarc=fail header.from=bank.example"},
		{name: "8 several From fields", header: "From: <first@evil.example>\r\n" + from},
		{name: "8b several From fields, the other way round", header: from + "From: <first@evil.example>\r\n"},
		{name: "9 space before a From field", header: " " + from + "From: <second@evil.example>\r\n"},
		{name: "10 space behind From", header: "From : <any@evil.example>\r\n" + from},
		{name: "10b space behind From, the other way round", header: "From : <admin@bank.example>\r\nFrom: <any@evil.example>\r\n"},
		{name: "11 folded name", header: "From\r\n : <admin@bank.example>\r\nFrom: <second@evil.example>\r\n"},
		{name: "11b folded name, the other way round", header: "From\r\n : <second@evil.example>\r\n" + from},
		{name: "12 Sender", header: from + "Sender: <s@evil.example>\r\n"},
		{name: "12b Sender without From", header: "Sender: <admin@bank.example>\r\n"},
		{name: "13 Resent-From", header: from + "Resent-From: <s@evil.example>\r\n"},
		{name: "13b Resent-From without From", header: "Resent-From: <admin@bank.example>\r\n"},
		{name: "14 several addresses", header: "From: <first@evil.example>, <admin@bank.example>\r\n"},
		{name: "14b several addresses, the other way round", header: "From: <admin@bank.example>, <second@evil.example>\r\n"},
		{name: "15 encoded address", header: "From: " + encoded + ",<second@evil.example>\r\n"},
		{name: "15b encoded address before another", header: "From: " + encoded + " <second@evil.example>\r\n"},
		{name: "16 route in From", header: "From: <@evil.example,@any.example:admin@bank.example>\r\n"},
		{name: "17 quoted pair", header: "From: <admin@bank.example>\\,<second@evil.example>\r\n"},
		{name: "18 special characters", header: "From: <admin@bank.example>,<second@evil.example>(\r\n"},
		{name: "18b comment", header: "From: admin@bank.example(<second@evil.example>\r\n"},
		{name: "18c semicolon", header: "From: <admin@bank.example>;<second@evil.example>\r\n"},
		{name: "19 address as display name", header: "From: admin@bank.example <second@evil.example>\r\n"},
		{name: "19b two addresses without comma", header: "From: <admin@bank.example> <second@evil.example>\r\n"},
		{name: "19c quoted address as display name", header: "From: \"<admin@bank.example>\" <second@evil.example>\r\n"},
	}
}

// oddFroms are further ways to show bank.example in, around or instead of the
// author. What two readers could read differently must have no author at all.
func oddFroms() []spoofCase {
	return []spoofCase{
		{name: "address in a comment", header: "From: x@evil.example (admin@bank.example)\r\n"},
		{name: "comment before the address", header: "From: (<admin@bank.example>) x@evil.example\r\n"},
		{name: "comment within the address", header: "From: admin@bank.example(@)evil.example\r\n"},
		{name: "comment around the at", header: "From: admin(a@)@(b)bank.example.evil.example\r\n"},
		{name: "NUL in the address", header: "From: admin@bank.example\x00@evil.example\r\n"},
		{name: "NUL before the name", header: "\x00From: admin@bank.example\r\nFrom: x@evil.example\r\n"},
		{name: "8-bit octet in the domain", header: "From: admin@bank.example\xa0.evil.example\r\n"},
		{name: "8-bit octet after the name", header: "From\xa0: admin@bank.example\r\nFrom: x@evil.example\r\n"},
		{name: "second From folded", header: "From: x@evil.example\r\nFrom:\r\n admin@bank.example\r\n"},
		{name: "second From by a bare CR", header: "From: x@evil.example\rFrom: admin@bank.example\r\n"},
		{name: "second From by a bare LF", header: "From: x@evil.example\nFrom: admin@bank.example\r\n"},
		{name: "group", header: "From: admin@bank.example: x@evil.example;\r\n"},
		{name: "group of the bank", header: "From: Bank: admin@bank.example;, x@evil.example\r\n"},
		{name: "encoded word in angle brackets", header: "From: <=?utf-8?Q?admin=40bank=2Eexample?=>\r\n"},
		{name: "encoded word as local part", header: "From: <=?utf-8?Q?admin=40bank=2Eexample=3E?=@evil.example>\r\n"},
		{name: "very long name", header: "From: " + strings.Repeat("admin@bank.example ", 3000) + "<x@evil.example>\r\n"},
		{name: "very long, address beyond the limit", header: "From: <admin@bank.example>" + strings.Repeat(" ", maxFrom) + ", x@evil.example\r\n"},
		{name: "Cyrillic domain", header: "From: admin@b\u0430nk.example\r\n"},
		{name: "full-width domain", header: "From: admin@\uff42ank.example\r\n"},
		{name: "zero-width space in the domain", header: "From: admin@bank\u200b.example\r\n"},
		{name: "ideographic stop", header: "From: admin@bank\u3002example\r\n"},
		{name: "empty From", header: "From: \r\nSender: admin@bank.example\r\n"},
		{name: "From of white space and a second", header: "From: \t\r\n \r\nFrom: admin@bank.example\r\n"},
		{name: "null address", header: "From: <>\r\nReply-To: admin@bank.example\r\n"},
		{name: "quoted local part with an at", header: "From: \"admin@bank.example\"@evil.example\r\n"},
		{name: "quoted local part with a bracket", header: "From: <\"admin@bank.example>\"@evil.example>\r\n"},
		{name: "two ats", header: "From: <x@evil.example@bank.example>\r\n"},
		{name: "two ats, the other way round", header: "From: <admin@bank.example@evil.example>\r\n"},
		{name: "angle brackets within", header: "From: <x@evil.example<admin@bank.example>>\r\n"},
		{name: "bracket not closed", header: "From: <admin@bank.example\r\nX: y>\r\n"},
		{name: "address literal", header: "From: admin@[bank.example]\r\n"},
		{name: "dot at the end", header: "From: admin@bank.example.\r\n"},
		{name: "percent hack", header: "From: admin%bank.example@evil.example\r\n"},
		{name: "obsolete route and comments", header: "From: <@evil.example (x):admin@bank.example>\r\n"},
		{name: "Resent fields and Sender", header: "From: admin@bank.example\r\nSender: x@evil.example\r\nResent-From: x@evil.example\r\nResent-Sender: x@evil.example\r\n"},
		{name: "From after an empty name", header: ": x\r\nFrom: admin@bank.example\r\n"},
		{name: "From behind the header", header: "From: x@evil.example\r\n\r\nFrom: admin@bank.example\r\n"},
		{name: "semicolon for a comma", header: "From: x@evil.example; admin@bank.example\r\n"},
	}
}

func spoofZone(t *testing.T) dnstest.Zone {
	key := keyRecord(t, testKeys().rsa)
	return dnstest.Zone{
		"TXT evil.example":                                                {"v=spf1 ip4:198.51.100.9 -all"},
		"TXT a.evil.example":                                              {"v=spf1 ip4:198.51.100.9 -all"},
		"TXT bank.example'a.evil.example":                                 {"v=spf1 ip4:198.51.100.9 -all"},
		"TXT bank.example(.evil.example":                                  {"v=spf1 ip4:198.51.100.9 -all"},
		"TXT mail.evil.example":                                           {"v=spf1 ip4:198.51.100.9 -all"},
		"TXT _dmarc.evil.example":                                         {"v=DMARC1; p=reject"},
		"TXT s1._domainkey.evil.example":                                  {key},
		"TXT s1._domainkey.bank.example'a.evil.example":                   {key},
		"TXT s1._domainkey.bank.example(.evil.example":                    {key},
		"TXT s1._domainkey.bank.example\".a.evil.example":                 {key},
		"TXT s1._domainkey.evil.example.\x00.any._domainkey.bank.example": {key},
		"TXT bank.example":                                                {"v=spf1 ip4:192.0.2.1 -all"},
		"TXT _dmarc.bank.example":                                         {"v=DMARC1; p=reject"},
	}
}

// TestSpoofing: evil.example passes SPF and DKIM for itself in each case, and
// in none may bank.example read as proven, by our own checks or by the word of
// a provider that wrote down what it was told.
func TestSpoofing(t *testing.T) {
	zone := spoofZone(t)
	honest := signer{key: testKeys().rsa, length: -1, tags: "v=1; c=relaxed/relaxed; d=evil.example; s=s1"}.sign(t, "From: <x@evil.example>\r\nSubject: x\r\n\r\nx\r\n")
	a := checker(t).Check(t.Context(), zone, Input{Raw: []byte(honest), At: judged})
	if d, _, ok := a.Proven(); !ok || d != "evil.example" {
		t.Fatalf("its own mail does not prove evil.example: %s", brief(a.Results))
	}
	numbers := make(map[string]bool)
	for _, tt := range spoofCases() {
		numbers[strings.TrimRight(strings.Fields(tt.name)[0], "abc")] = true
		t.Run(tt.name, func(t *testing.T) { spoof(t, zone, tt) })
	}
	for _, tt := range oddFroms() {
		t.Run(tt.name, func(t *testing.T) { spoof(t, zone, tt) })
	}
	if len(numbers) != 19 {
		t.Errorf("%d of the 19 cases are here", len(numbers))
	}
}

// spoof tries one case by every way that a message comes.
func spoof(t *testing.T, zone dnstest.Zone, tt spoofCase) {
	s := signer{key: testKeys().rsa, length: -1, tags: tt.sign, h: "from:subject"}
	if s.tags == "" {
		s.tags = "v=1; c=relaxed/relaxed; d=evil.example; s=s1"
	}
	msg := s.sign(t, tt.header+"To: u@example.org\r\nSubject: Your account\r\n\r\nHello.\r\n")
	if strings.HasPrefix(tt.header, " ") {
		// The space stands at the very start, where a message can have it.
		msg = tt.header + "To: u@example.org\r\nSubject: Your account\r\n\r\nHello.\r\n"
	}
	session := Session{ClientIP: netip.MustParseAddr("198.51.100.9"), Helo: "mail.evil.example", MailFrom: "x@evil.example"}
	if tt.mailFrom != "" {
		session.MailFrom = tt.mailFrom
	}
	if tt.helo != "" {
		session.Helo = tt.helo
	}
	results := tt.results
	if results == "" {
		results = "spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example"
	}
	received := "Authentication-Results: mx.b.example; " + results + "\r\n" +
		"Received: from mail.evil.example (mail.evil.example [198.51.100.9]) by mx.b.example (Postfix) with ESMTPS id 1; Thu, 1 Jan 2026 10:00:00 +0000\r\n"
	for how, in := range map[string]Input{
		"session":  {Raw: []byte(msg), At: judged, Session: &session},
		"boundary": {Raw: []byte(received + msg), At: judged.Add(60 * 24 * time.Hour), Trust: topmost()},
	} {
		for _, r := range []dns.Resolver{zone, dns.Offline{}} {
			a := checker(t).Check(t.Context(), r, in)
			if d, w, ok := a.Proven(); ok && !isWithin(d, "evil.example") {
				t.Errorf("%s: %s is proven, by %s: %+v", how, d, w, a.Results)
			}
			if slices.ContainsFunc(a.Results, func(res analyze.AuthResult) bool {
				return res.Witness != analyze.WitnessClaimed && res.Result == analyze.ResultPass && isWithin(res.Domain, "bank.example")
			}) {
				t.Errorf("%s: a pass for bank.example: %s", how, brief(a.Results))
			}
		}
	}
}

// TestNoAuthor: a From that programs read differently has no author, even
// where the sender could prove one reading.
func TestNoAuthor(t *testing.T) {
	for _, tt := range []struct{ header, why string }{
		{"\x00From: admin@bank.example\r\nFrom: x@evil.example\r\n", "read as From"},
		{"From\xa0: admin@bank.example\r\nFrom: x@evil.example\r\n", "read as From"},
		{"Fr\x7fom: admin@bank.example\r\nFrom: x@evil.example\r\n", "read as From"},
		{"From: <admin@bank.example@evil.example>\r\n", "several @"},
		{"From: x@evil.example\rFrom: admin@bank.example\r\n", "several addresses"},
		{"From: Bank: admin@bank.example;, x@evil.example\r\n", "group"},
		{"From: admin@bank.example\x00@evil.example\r\n", "NUL"},
		{"From: admin@bank.example\xa0.evil.example\r\n", "not a domain name"},
		{"From: \r\nSender: x@evil.example\r\n", "no address"},
		{"From: <admin@bank.example>" + strings.Repeat(" ", maxFrom) + ", x@evil.example\r\n", "too long"},
	} {
		a := checker(t).Check(t.Context(), dnstest.Zone{}, Input{Raw: []byte(tt.header + "Subject: x\r\n\r\n"), At: judged})
		if a.FromDomain != "" || !strings.Contains(a.FromFault, tt.why) {
			t.Errorf("of %.60q the author is %q, %q; want why %q", tt.header, a.FromDomain, a.FromFault, tt.why)
		}
	}
	// Names near it are other fields.
	raw := "\xef\xbb\xbfSubject: x\r\n \xa0From: y\r\nX-From: a@bank.example\r\nFro: b@bank.example\r\nFromm: c@bank.example\r\nFrom: x@evil.example\r\n\r\n\x00From: d@bank.example\r\n"
	a := checker(t).Check(t.Context(), dnstest.Zone{}, Input{Raw: []byte(raw), At: judged})
	if a.FromDomain != "evil.example" {
		t.Errorf("the author is %q, %q; want evil.example", a.FromDomain, a.FromFault)
	}
}
