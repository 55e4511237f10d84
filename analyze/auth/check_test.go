package auth

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// checker fails the test when a check panics.
func checker(tb testing.TB) *Checker {
	tb.Helper()
	return &Checker{OnPanic: func(v any, stack []byte) { tb.Errorf("panic: %v\n%s", v, stack) }}
}

// find gives the first verified result of a method.
func find(a analyze.Auth, m analyze.Method) analyze.AuthResult {
	for _, r := range a.Results {
		if r.Method == m && r.Witness == analyze.WitnessVerified {
			return r
		}
	}
	return analyze.AuthResult{}
}

// signAs signs with go-msgauth, so that not both sides are ours.
func signAs(t *testing.T, msg, domain string, key crypto.Signer) string {
	t.Helper()
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(msg), &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "From", "Subject", "Subject", "To", "Date"}})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestLive signs with another implementation, serves the keys from a name
// server over UDP and TCP, and tampers with everything in turn.
func TestLive(t *testing.T) {
	k := testKeys()
	zone := dnstest.Zone{
		"TXT s1._domainkey.bank.example":      {keyRecord(t, k.rsa)},
		"TXT s1._domainkey.mail.bank.example": {keyRecord(t, k.ed)},
		"TXT s1._domainkey.evil.example":      {keyRecord(t, k.rsa)},
		"TXT _dmarc.bank.example":             {"v=DMARC1; p=reject"},
		"TXT bank.example":                    {"v=spf1 ip4:192.0.2.0/24 -all"},
		"TXT evil.example":                    {"v=spf1 ip4:198.51.100.0/24 -all"},
		"TXT mail.bank.example":               {"v=spf1 a -all"},
		"A mail.bank.example":                 {"192.0.2.7"},
	}
	swapped := dnstest.Zone{}
	for n, r := range zone {
		swapped[n] = r
	}
	swapped["TXT s1._domainkey.bank.example"] = []string{keyRecord(t, k.other)}
	resolver := func(z dnstest.Zone) dns.Resolver {
		c, err := dns.NewClient(dns.Options{Servers: []string{z.Serve(t)}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	live, other := resolver(zone), resolver(swapped)
	bank := &Session{ClientIP: netip.MustParseAddr("192.0.2.7"), Helo: "mail.bank.example", MailFrom: "bounce@bank.example"}
	evil := &Session{ClientIP: netip.MustParseAddr("198.51.100.9"), Helo: "mail.evil.example", MailFrom: "x@evil.example"}
	null := &Session{ClientIP: netip.MustParseAddr("192.0.2.7"), Helo: "mail.bank.example"}
	good := signAs(t, plainMail, "bank.example", k.rsa)
	sub := signAs(t, plainMail, "mail.bank.example", k.ed)
	stolen := strings.Replace(good, "d=bank.example", "d=evil.example", 1)
	foreign := signAs(t, plainMail, "evil.example", k.rsa)
	for _, tt := range []struct {
		name    string
		raw     string
		session *Session
		r       dns.Resolver
		dkim    analyze.Result
		aligned bool
		reason  string
		spf     analyze.Result
		dmarc   analyze.Result
	}{
		{"untouched", good, bank, live, "pass", true, "", "pass", "pass"},
		{"from elsewhere", good, evil, live, "pass", true, "", "pass", "pass"},
		{"subdomain, ed25519", sub, evil, live, "pass", true, "", "pass", "pass"},
		{"body", good + "P.S. pay here\r\n", evil, live, "fail", true, "body was changed", "pass", "fail"},
		{"header", strings.Replace(good, "Your", "My", 1), evil, live, "fail", true, "header fields were changed", "pass", "fail"},
		{"second From on top", "From: Bank <a@bank.example>\r\n" + good, bank, live, "fail", false, "header fields were changed", "pass", "permerror"},
		{"key", good, evil, other, "fail", true, "not made with the published key", "pass", "fail"},
		{"d=", stolen, evil, live, "fail", false, "header fields were changed", "pass", "fail"},
		{"alignment", foreign, evil, live, "pass", false, "", "pass", "fail"},
		{"alignment, but SPF", foreign, bank, live, "pass", false, "", "pass", "pass"},
		{"null sender", plainMail, null, live, "", false, "", "pass", "pass"},
		{"nothing", plainMail, evil, live, "", false, "", "pass", "fail"},
		{"no session", foreign, nil, live, "pass", false, "", "", "unknown"},
		{"no DNS", good, bank, dns.Offline{}, "temperror", true, "offline", "temperror", "temperror"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := checker(t).Check(t.Context(), tt.r, Input{Raw: []byte(tt.raw), At: time.Now(), Session: tt.session})
			d, s, m := find(a, analyze.MethodDKIM), find(a, analyze.MethodSPF), find(a, analyze.MethodDMARC)
			if d.Result != tt.dkim || d.Aligned != tt.aligned || !strings.Contains(d.Reason, tt.reason) {
				t.Errorf("dkim = %s, aligned %v, %q; want %s, %v, %q", d.Result, d.Aligned, d.Reason, tt.dkim, tt.aligned, tt.reason)
			}
			if s.Result != tt.spf || m.Result != tt.dmarc {
				t.Errorf("spf = %s (%s), dmarc = %s (%s); want %s, %s", s.Result, s.Reason, m.Result, m.Reason, tt.spf, tt.dmarc)
			}
			if _, w, ok := a.Proven(); ok != (tt.dmarc == analyze.ResultPass) || ok && w != analyze.WitnessVerified {
				t.Errorf("Proven = %v by %q, want %v", ok, w, tt.dmarc == analyze.ResultPass)
			}
		})
	}
}

// TestPartSigned: a signature that leaves part of the body open proves no
// author, since that part can be anybody's.
func TestPartSigned(t *testing.T) {
	zone := dnstest.Zone{"TXT s1._domainkey.bank.example": {keyRecord(t, testKeys().rsa)}, "TXT _dmarc.bank.example": {"v=DMARC1; p=reject"}}
	msg := signer{key: testKeys().rsa, length: 7}.sign(t, plainMail)
	a := checker(t).Check(t.Context(), zone, Input{Raw: []byte(msg), At: judged})
	if d := find(a, analyze.MethodDKIM); d.Result != analyze.ResultPass || d.Aligned {
		t.Errorf("l= over part = %s aligned %v, want pass, not aligned", d.Result, d.Aligned)
	}
	if _, _, ok := a.Proven(); ok {
		t.Error("a partly signed body proves its author")
	}
}

// TestReplay: the answers kept with a verdict give the same picture again.
func TestReplay(t *testing.T) {
	zone := dnstest.Zone{
		"TXT s1._domainkey.bank.example": {keyRecord(t, testKeys().rsa)},
		"TXT _dmarc.bank.example":        {"v=DMARC1; p=reject; sp=none; np=reject"},
		"TXT bank.example":               {"v=spf1 include:_a.test include:_b.test mx exists:%{i}.x.test ~all"},
		"TXT _a.test":                    {"v=spf1 ip4:203.0.113.0/24 -all"},
		"TXT _b.test":                    {"SERVFAIL"},
	}
	in := Input{Raw: []byte(rsaSigner().sign(t, plainMail)), At: judged,
		Session: &Session{ClientIP: netip.MustParseAddr("2001:db8::1"), Helo: "x.test", MailFrom: "a@bank.example"}}
	s := dns.NewSession(zone, 0)
	first := checker(t).Check(t.Context(), s, in)
	blob, err := json.Marshal(s.Transcript())
	if err != nil {
		t.Fatal(err)
	}
	var answers []analyze.DNSAnswer
	if err := json.Unmarshal(blob, &answers); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if again := checker(t).Check(t.Context(), dns.Replay(answers), in); !reflect.DeepEqual(first, again) {
			t.Fatalf("replayed = %+v, want %+v", again, first)
		}
	}
}

func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	zone := dnstest.Zone{"TXT s1._domainkey.bank.example": {keyRecord(t, testKeys().rsa)}}
	a := checker(t).Check(ctx, zone, Input{Raw: []byte(rsaSigner().sign(t, plainMail)), At: judged,
		Session: &Session{ClientIP: netip.MustParseAddr("192.0.2.1"), Helo: "x.test", MailFrom: "a@bank.example"}})
	for _, m := range []analyze.Method{analyze.MethodDKIM, analyze.MethodSPF, analyze.MethodDMARC} {
		if r := find(a, m); r.Result != analyze.ResultTempError {
			t.Errorf("%s after the deadline = %s, want temperror", m, r.Result)
		}
	}
	if a.FromDomain != "bank.example" || a.OrgDomain != "bank.example" {
		t.Errorf("From after the deadline = %q of %q, want bank.example", a.FromDomain, a.OrgDomain)
	}
}

// TestBudget: however a message is made, it costs no more questions than its
// session allows, and what it missed is no fail.
func TestBudget(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		b.WriteString("DKIM-Signature: v=1; a=rsa-sha256; d=" + strings.Repeat("a.", i) + "bank.example; s=s; h=from; bh=AAAA; b=AAAA\r\n")
	}
	rec := (dnstest.Zone{}).Record()
	a := checker(t).Check(t.Context(), dns.NewSession(rec, 5), Input{Raw: []byte(b.String() + plainMail), At: judged})
	if n := len(rec.Asked()); n > 5 {
		t.Errorf("%d questions, want at most 5", n)
	}
	if m := find(a, analyze.MethodDMARC); m.Result == analyze.ResultFail || m.Result == analyze.ResultPass {
		t.Errorf("dmarc over budget = %s, want no judgement", m.Result)
	}
}

func TestSPFQuestions(t *testing.T) {
	ip := netip.MustParseAddr("192.0.2.1")
	b := &analyze.Boundary{ClientIP: ip, Helo: "h.test", MailFrom: "a@b.test", At: judged.Add(-time.Hour)}
	old := *b
	old.At = judged.AddDate(0, -1, 0)
	silent := *b
	silent.MailFrom = ""
	for _, tt := range []struct {
		name    string
		session *Session
		b       *analyze.Boundary
		want    string
		sure    bool
	}{
		{"session", &Session{ClientIP: ip, Helo: "H.test.", MailFrom: `"x@y"@B.test`}, nil, `"x@y"|b.test postmaster|h.test`, true},
		{"null sender", &Session{ClientIP: ip, Helo: "h.test"}, nil, "postmaster|h.test postmaster|h.test", true},
		{"HELO literal", &Session{ClientIP: ip, Helo: "[192.0.2.1]", MailFrom: "a@b.test"}, nil, "a|b.test", true},
		{"no domain", &Session{ClientIP: ip, Helo: "h.test", MailFrom: "root"}, nil, "|root postmaster|h.test", true},
		{"IDN", &Session{ClientIP: ip, Helo: "h.test", MailFrom: "a@b\u00fccher.test"}, nil, "a|xn--bcher-kva.test postmaster|h.test", true},
		{"boundary", nil, b, "a|b.test postmaster|h.test", true},
		{"old boundary", nil, &old, "a|b.test postmaster|h.test", false},
		{"boundary without sender", nil, &silent, "", false},
		{"nothing", nil, nil, "", false},
	} {
		qs, sure := spfQuestions(Input{At: judged, Session: tt.session}, tt.b)
		var got []string
		for _, q := range qs {
			got = append(got, q.local+"|"+q.domain)
		}
		if strings.Join(got, " ") != tt.want || sure != tt.sure {
			t.Errorf("%s: spfQuestions = %q, %v; want %q, %v", tt.name, got, sure, tt.want, tt.sure)
		}
	}
}

func TestHeader(t *testing.T) {
	a := analyze.Auth{Policy: &analyze.DMARCPolicy{P: "reject"}, Results: []analyze.AuthResult{
		{Method: "dkim", Result: "pass", Witness: "verified", Domain: "bank.example", Selector: "s1", Algorithm: "rsa-sha256", KeyBits: 2048},
		{Method: "spf", Result: "fail", Witness: "verified", Domain: "bank.example", Scope: "mailfrom", Reason: "says: \"x\"; dmarc=pass\r\nX: y \xff"},
		{Method: "spf", Result: "none", Witness: "verified", Domain: "h.test", Scope: "helo"},
		{Method: "dmarc", Result: "unknown", Witness: "verified", Domain: "bank.example"},
		{Method: "dmarc", Result: "pass", Witness: "claimed", Domain: "bank.example"},
	}}
	want := `Authentication-Results: mx.test; dkim=pass (2048-bit key) header.d=bank.example header.s=s1 header.a=rsa-sha256; ` +
		`spf=fail reason="says: 'x'; dmarc=pass??X: y ?" smtp.mailfrom=bank.example; spf=none smtp.helo=h.test; ` +
		`dmarc=temperror header.from=bank.example policy.published-domain-policy=reject`
	got := Header("mx.test", a)
	if got != want {
		t.Errorf("Header =\n%s\nwant\n%s", got, want)
	}
	if back, err := ParseResults(strings.TrimPrefix(got, "Authentication-Results: ")); err != nil {
		t.Errorf("our own line does not parse: %v", err)
	} else if len(back.Results) != 4 {
		t.Errorf("our own line parses into %d results, want 4", len(back.Results))
	}
	if got := Header("a b", analyze.Auth{}); got != `Authentication-Results: "a b"; none` {
		t.Errorf("Header of nothing = %s", got)
	}
}
