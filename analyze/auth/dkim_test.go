package auth

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// testKeys are made once for all tests: RSA keys are slow to make.
var testKeys = sync.OnceValue(func() (k struct {
	rsa, other, weak, small *rsa.PrivateKey
	ed                      ed25519.PrivateKey
}) {
	gen := func(bits int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		return key
	}
	k.rsa, k.other, k.weak, k.small = gen(2048), gen(2048), gen(768), gen(512)
	_, k.ed, _ = ed25519.GenerateKey(rand.Reader)
	return k
})

// keyRecord gives the record that publishes a key.
func keyRecord(tb testing.TB, key crypto.Signer) string {
	tb.Helper()
	if ed, ok := key.Public().(ed25519.PublicKey); ok {
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(ed)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		tb.Fatal(err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

// signer is a plain DKIM signer that can also write what no honest one does.
type signer struct {
	key    crypto.Signer
	tags   string // all but bh, h and b; "" for the usual ones
	h      string // "" for from:subject
	length int    // l=, when not negative
	late   string // put after b=
}

const usualTags = "v=1; d=bank.example; s=s1; c=relaxed/relaxed"

// sign gives msg with a signature on top.
func (s signer) sign(tb testing.TB, msg string) string {
	tb.Helper()
	if s.tags == "" {
		s.tags = usualTags
	}
	if s.h == "" {
		s.h = "from:subject"
	}
	if !strings.Contains(s.tags, "a=") {
		s.tags += "; a=rsa-sha256"
		if _, ok := s.key.(ed25519.PrivateKey); ok {
			s.tags = strings.Replace(s.tags, "rsa-sha256", "ed25519-sha256", 1)
		}
	}
	list, _ := parseTags(s.tags)
	var hc, bc canon
	if c, ok := list.get("c"); ok {
		h, b, _ := strings.Cut(c, "/")
		hc, _ = parseCanon(h)
		bc, _ = parseCanon(b)
	}
	_, start, _ := eml.ParseHeader([]byte(msg))
	limit := int64(noLimit)
	if s.length >= 0 {
		limit = int64(s.length)
		s.tags += fmt.Sprintf("; l=%d", s.length)
	}
	w := sha256.New()
	canonBody(bc, []byte(msg[start:]), limit, w)
	field := "DKIM-Signature: " + s.tags + "; h=" + s.h + ";\r\n\tbh=" + base64.StdEncoding.EncodeToString(w.Sum(nil)) + "; b="
	head := field + s.late + "\r\n"
	sig := signature{signed: strings.Split(lowerASCII(s.h), ":"), header: hc, hash: crypto.SHA256}
	full, _, _ := eml.ParseHeader([]byte(head + msg[:start]))
	sum := headerHash(full, fieldIndex(full), sig, 0)
	opts := crypto.SignerOpts(crypto.SHA256)
	if _, ok := s.key.(ed25519.PrivateKey); ok {
		opts = crypto.Hash(0)
	}
	b, err := s.key.Sign(rand.Reader, sum, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return field + base64.StdEncoding.EncodeToString(b) + s.late + "\r\n" + msg
}

func rsaSigner() signer { return signer{key: testKeys().rsa, length: -1} }

const plainMail = "From: Bank <news@bank.example>\r\nTo: you@example.org\r\nSubject: Your statement\r\n" +
	"Date: Thu, 1 Jan 2026 10:00:00 +0000\r\n\r\nHello,\r\n\r\nyour statement is ready.\r\n"

// judged is 2026-01-02, a day after plainMail.
var judged = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

type dkimCase struct {
	name   string
	msg    string
	zone   dnstest.Zone // over the usual key record
	grade  analyze.Grade
	clock  clock
	result analyze.Result
	reason string // is in the reason
	gap    string // is in the gap
}

func (tt dkimCase) run(t *testing.T) dkimOutcome {
	t.Helper()
	zone := dnstest.Zone{"TXT s1._domainkey.bank.example": {keyRecord(t, testKeys().rsa)},
		"TXT ed._domainkey.bank.example": {keyRecord(t, testKeys().ed)}}
	for k, v := range tt.zone {
		zone[k] = v
	}
	if tt.grade == "" {
		tt.grade = analyze.GradeFull
	}
	if tt.clock.at.IsZero() {
		tt.clock = clock{at: judged, live: true, fresh: true}
	}
	raw := []byte(tt.msg)
	h, start, _ := eml.ParseHeader(raw)
	d := &dkimCheck{raw: raw, header: h, body: raw[start:], grade: tt.grade, clock: tt.clock}
	got := d.run(t.Context(), dns.NewSession(zone, 0))
	if len(got) == 0 {
		t.Fatal("no result")
	}
	return got[0]
}

func TestDKIMResults(t *testing.T) {
	k := testKeys()
	const key = "TXT s1._domainkey.bank.example"
	rec := keyRecord(t, k.rsa)
	tagged := func(tags string) string { s := rsaSigner(); s.tags = tags; return s.sign(t, plainMail) }
	good := rsaSigner().sign(t, plainMail)
	short := signer{key: k.rsa, length: 7}.sign(t, plainMail)
	late := func(days int) clock { return clock{at: judged.AddDate(0, 0, days)} }
	expiring := tagged(usualTags + "; t=1767261600; x=1767348000") // until 2026-01-02 10:00
	for _, tt := range []dkimCase{
		{name: "pass", msg: good, result: analyze.ResultPass},
		{name: "ed25519", msg: signer{key: k.ed, length: -1, tags: "v=1; d=bank.example; s=ed; c=relaxed/simple; a=ed25519-sha256"}.sign(t, plainMail), result: analyze.ResultPass},
		{name: "simple", msg: tagged("v=1; d=bank.example; s=s1; c=simple/simple"), result: analyze.ResultPass},
		{name: "no c=", msg: tagged("v=1; d=bank.example; s=s1"), result: analyze.ResultPass},
		{name: "saved with LF", msg: strings.ReplaceAll(good, "\r\n", "\n"), result: analyze.ResultPass, gap: "LF"},
		{name: "body", msg: strings.Replace(good, "ready", "steady", 1), result: analyze.ResultFail, reason: reasonBodyOnly},
		{name: "header", msg: strings.Replace(good, "Your statement", "Your account", 1), result: analyze.ResultFail, reason: "signed header fields were changed"},
		{name: "both", msg: strings.ReplaceAll(good, "statement", "account"), result: analyze.ResultFail, reason: reasonBodyHash},
		{name: "another key", msg: good, zone: dnstest.Zone{key: {keyRecord(t, k.other)}}, result: analyze.ResultFail, reason: "not made with the published key"},
		{name: "second of two keys", msg: good, zone: dnstest.Zone{key: {keyRecord(t, k.other), rec}}, result: analyze.ResultPass},
		{name: "key beside SPF", msg: good, zone: dnstest.Zone{key: {"v=spf1 -all", rec}}, result: analyze.ResultPass},
		{name: "only SPF there", msg: good, zone: dnstest.Zone{key: {"v=spf1 -all"}}, result: analyze.ResultPermError, reason: reasonKeyGone},
		{name: "key gone, live", msg: good, zone: dnstest.Zone{key: {"NXDOMAIN"}}, result: analyze.ResultPermError, reason: reasonKeyGone},
		{name: "key gone, aged", msg: good, zone: dnstest.Zone{key: {"NXDOMAIN"}}, clock: late(30), result: analyze.ResultUnknown, reason: reasonKeyGone},
		{name: "key NODATA, aged", msg: good, zone: dnstest.Zone{key: {}}, clock: late(30), result: analyze.ResultUnknown, reason: reasonKeyGone},
		{name: "revoked", msg: good, zone: dnstest.Zone{key: {"v=DKIM1; p="}}, result: analyze.ResultPermError, reason: reasonKeyRevoked},
		{name: "DNS down", msg: good, zone: dnstest.Zone{key: {"SERVFAIL"}}, result: analyze.ResultTempError, reason: "could not be looked up"},
		{name: "weak", msg: signer{key: k.weak, length: -1}.sign(t, plainMail), zone: dnstest.Zone{key: {keyRecord(t, k.weak)}}, result: analyze.ResultPolicy, reason: "key too weak"},
		{name: "key of other type", msg: good, zone: dnstest.Zone{key: {keyRecord(t, k.ed)}}, result: analyze.ResultPermError, reason: "another type"},
		{name: "key for another service", msg: good, zone: dnstest.Zone{key: {rec + "; s=chat"}}, result: analyze.ResultPermError, reason: "not for email"},
		{name: "key for sha1 only", msg: good, zone: dnstest.Zone{key: {rec + "; h=sha1"}}, result: analyze.ResultPermError, reason: "hash"},
		{name: "key testing", msg: good, zone: dnstest.Zone{key: {rec + "; t=y:x"}}, result: analyze.ResultPass, gap: "t=y"},
		{name: "t=s and subdomain", msg: tagged(usualTags + "; i=@news.bank.example"), zone: dnstest.Zone{key: {rec + "; t=s"}}, result: analyze.ResultPermError, reason: "t=s"},
		{name: "t=s without", msg: tagged(usualTags + "; i=joe@BANK.example"), zone: dnstest.Zone{key: {rec + "; t=s"}}, result: analyze.ResultPass},
		{name: "i= in capitals", msg: tagged("v=1; d=bank.EXAMPLE; s=S1; i=@News.Bank.Example"), result: analyze.ResultPass},
		{name: "i= elsewhere", msg: tagged(usualTags + "; i=@evilbank.example"), result: analyze.ResultNeutral, reason: "i="},
		{name: "sha1", msg: tagged(usualTags + "; a=rsa-sha1"), result: analyze.ResultPolicy, reason: "rsa-sha1"},
		{name: "l= covers all", msg: signer{key: k.rsa, length: 36}.sign(t, plainMail), result: analyze.ResultPass},
		{name: "l= short", msg: short, result: analyze.ResultPass, gap: "last 29 octets"},
		{name: "l= with text added", msg: short + "evil\r\n", result: analyze.ResultPass, gap: "last 35 octets"},
		{name: "l= too long", msg: signer{key: k.rsa, length: 99}.sign(t, plainMail), result: analyze.ResultPermError, reason: "l="},
		{name: "expires later", msg: expiring, result: analyze.ResultPass},
		{name: "expired when received", msg: expiring, clock: clock{at: judged.AddDate(0, 0, 1), live: true}, result: analyze.ResultPolicy, reason: "expired when received"},
		{name: "forwarded days later", msg: expiring, clock: clock{at: judged, known: true}, result: analyze.ResultPass},
		{name: "forwarded, receipt not known", msg: expiring, clock: late(5), result: analyze.ResultUnknown, reason: "expired since 2026-01-02"},
		{name: "from the future", msg: tagged(usualTags + "; t=1999999999"), result: analyze.ResultPolicy, reason: "future"},
		{name: "huge times", msg: tagged(usualTags + "; x=99999999999999999999999"), result: analyze.ResultPass},
		{name: "x= before t=", msg: tagged(usualTags + "; t=20; x=10"), result: analyze.ResultNeutral, reason: "expires before"},
		{name: "z= that holds b=", msg: tagged(usualTags + "; z=Subject:web=20site|b=3Dx"), result: analyze.ResultPass},
		{name: "tags after b=", msg: signer{key: k.rsa, length: -1, late: " ; n=x ;"}.sign(t, plainMail), result: analyze.ResultPass},
		{name: "unknown tag", msg: tagged(usualTags + "; zz=1"), result: analyze.ResultPass},
		{name: "tag twice", msg: tagged("v=1; v=1; d=bank.example; s=s1"), result: analyze.ResultNeutral, reason: "twice"},
		{name: "version 2", msg: tagged("v=2; d=bank.example; s=s1"), result: analyze.ResultNeutral, reason: "version"},
		{name: "no selector", msg: tagged("v=1; d=bank.example"), result: analyze.ResultNeutral, reason: "required tag"},
		{name: "NUL in selector", msg: tagged("v=1; d=bank.example; s=s1\x00x"), result: analyze.ResultNeutral},
		{name: "space in selector", msg: tagged("v=1; d=bank.example; s=s 1"), result: analyze.ResultNeutral, reason: "selector"},
		{name: "slash in domain", msg: tagged("v=1; d=bank.example/x; s=s1"), result: analyze.ResultNeutral, reason: "domain"},
		{name: "From not signed", msg: signer{key: k.rsa, length: -1, h: "subject:to"}.sign(t, plainMail), result: analyze.ResultPermError, reason: "the From field is not signed"},
		{name: "unknown algorithm", msg: tagged(usualTags + "; a=rsa-md5"), result: analyze.ResultNeutral, reason: "algorithm"},
		{name: "Subject not signed", msg: signer{key: k.rsa, length: -1, h: "from:to"}.sign(t, plainMail), result: analyze.ResultPass, gap: "Subject is not signed"},
		{name: "second Subject put on top", msg: "Subject: Urgent\r\n" + good, result: analyze.ResultPass, gap: "1 of 2 Subject fields are not signed"},
		{name: "second Subject, oversigned", msg: "Subject: Urgent\r\n" + signer{key: k.rsa, length: -1, h: "from:from:subject:subject"}.sign(t, plainMail), result: analyze.ResultFail, reason: "header fields were changed"},
		{name: "second Subject below", msg: strings.Replace(good, "\r\n\r\nHello", "\r\nSubject: Urgent\r\n\r\nHello", 1), result: analyze.ResultFail},
		{name: "rebuilt body", msg: strings.Replace(good, "ready", "steady", 1), grade: analyze.GradeHeaders, result: analyze.ResultUnknown, reason: reasonRebuilt + "; the header signature verifies"},
		{name: "rebuilt body, header too", msg: strings.ReplaceAll(good, "statement", "account"), grade: analyze.GradeHeaders, result: analyze.ResultUnknown, reason: reasonRebuilt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.run(t)
			if got.Result != tt.result || !strings.Contains(got.Reason, tt.reason) || !strings.Contains(got.Gap, tt.gap) {
				t.Errorf("= %s, reason %q, gap %q; want %s, %q, %q", got.Result, got.Reason, got.Gap, tt.result, tt.reason, tt.gap)
			}
			if tt.gap == "" && got.Gap != "" {
				t.Errorf("gap = %q, want none", got.Gap)
			}
		})
	}
}

func TestDKIMHeaderOnly(t *testing.T) {
	msg := "From: a@bank.example\r\nSubject: x\r\n"
	s := rsaSigner()
	s.tags = "v=1; d=bank.example; s=s1; c=relaxed/simple"
	if got := (dkimCase{msg: s.sign(t, msg)}).run(t); got.Result != analyze.ResultPass {
		t.Errorf("without a body: %s %s, want pass", got.Result, got.Reason)
	}
}

// TestDKIMRaw8Bit: headers are hashed as they stand, raw 8-bit text included.
func TestDKIMRaw8Bit(t *testing.T) {
	msg := strings.Replace(plainMail, "Your statement", "\xdcberweisung \xff", 1)
	if got := (dkimCase{msg: rsaSigner().sign(t, msg)}).run(t); got.Result != analyze.ResultPass {
		t.Errorf("with raw 8-bit header: %s %s, want pass", got.Result, got.Reason)
	}
}

func TestDKIMCaps(t *testing.T) {
	one := rsaSigner().sign(t, plainMail)
	field := one[:strings.Index(one, "From:")]
	msg := []byte(strings.Repeat(field, 50) + plainMail)
	rec := (dnstest.Zone{"TXT s1._domainkey.bank.example": {keyRecord(t, testKeys().rsa)}}).Record()
	got := dkimRun(t, rec, msg)
	if len(got) != maxSignatures {
		t.Errorf("%d results of 50 signatures, want %d", len(got), maxSignatures)
	}
	if n := len(rec.Asked()); n > maxSignatures {
		t.Errorf("%d questions, want at most %d", n, maxSignatures)
	}
	huge := "v=DKIM1; p=" + strings.Repeat("A", maxKeyText)
	if _, f := parseKey(huge); f == nil {
		t.Error("a key record beyond the limit was read")
	}
	big := &rsa.PublicKey{N: testKeys().rsa.N, E: 65537}
	if f := (publicKey{rsa: big, bits: maxRSABits + 1}).weak(); f == nil || f.Reason != "key too large" {
		t.Errorf("a key of %d bits = %v, want too large", maxRSABits+1, f)
	}
}

func TestParseKey(t *testing.T) {
	pkcs1 := "p=" + base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&testKeys().rsa.PublicKey))
	spki := keyRecord(t, testKeys().rsa)
	for _, tt := range []struct {
		in, reason string
	}{
		{spki, ""},
		{pkcs1, ""},
		{strings.TrimRight(spki, "="), ""},
		{spki[:60] + " \t\r\n " + spki[60:], ""},
		{spki + ";", ""},
		{spki + ";;", ""},
		{"k=rsa; v=DKIM1; " + pkcs1, "version"},
		{"v=DKIM2; " + pkcs1, "version"},
		{"v=DKIM1", reasonKeyGone},
		{"hello", "does not parse"},
		{"v=spf1 include:x.test -all", reasonKeyGone},
		{"v=DKIM1; p=!!!", "base64"},
		{"v=DKIM1; p=AAAA", "not an RSA key"},
		{"v=DKIM1; k=ed25519; p=AAAA", "Ed25519"},
		{"v=DKIM1; k=gost; p=AAAA", "type"},
		{"v=DKIM1; p=", reasonKeyRevoked},
		{"v=DKIM1; t; p=", "does not parse"},
		{"", reasonKeyGone},
	} {
		_, f := parseKey(tt.in)
		got := ""
		if f != nil {
			got = f.Reason
		}
		if (tt.reason == "") != (got == "") || !strings.Contains(got, tt.reason) {
			t.Errorf("parseKey(%.60q) = %q, want %q", tt.in, got, tt.reason)
		}
	}
}

func TestCanonBody(t *testing.T) {
	for _, tt := range []struct{ in, simple, relaxed string }{
		{"", "\r\n", ""},
		{"\r\n\r\n", "\r\n", ""},
		{" \r\n\t\r\n", " \r\n\t\r\n", ""},
		{"a", "a\r\n", "a\r\n"},
		{" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
		{"a\n\nb\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
		{"a\r\n\r\n \r\nb \r\n \t", "a\r\n\r\n \r\nb \r\n \t\r\n", "a\r\n\r\n\r\nb\r\n"},
		{"a\rb\r\r\n", "a\rb\r\r\n", "a\rb\r\r\n"},
		{"\t\ta  b", "\t\ta  b\r\n", " a b\r\n"},
	} {
		for c, want := range map[canon]string{canonSimple: tt.simple, canonRelaxed: tt.relaxed} {
			var b bytes.Buffer
			n := canonBody(c, []byte(tt.in), noLimit, &b)
			if b.String() != want || n != int64(len(want)) {
				t.Errorf("canonBody(%s, %q) = %q (%d), want %q", c, tt.in, b.String(), n, want)
			}
			b.Reset()
			if canonBody(c, []byte(tt.in), 2, &b); b.String() != want[:min(2, len(want))] {
				t.Errorf("canonBody(%s, %q, 2) = %q, want %q", c, tt.in, b.String(), want[:min(2, len(want))])
			}
		}
	}
}

func TestCanonHeader(t *testing.T) {
	for _, tt := range []struct{ in, simple, relaxed string }{
		{"A: X\r\n", "A: X\r\n", "a:X\r\n"},
		{"B : Y\t\r\n\tZ  \r\n", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
		{"SubJect:\n  x\n y\n", "SubJect:\r\n  x\r\n y\r\n", "subject:x y\r\n"},
		{"A:", "A:\r\n", "a:\r\n"},
		{"A: b\rc\r\n", "A: b\rc\r\n", "a:b\rc\r\n"},
		{"A: \xff\xfe \r\n", "A: \xff\xfe \r\n", "a:\xff\xfe\r\n"},
	} {
		for c, want := range map[canon]string{canonSimple: tt.simple, canonRelaxed: tt.relaxed} {
			if got := string(canonHeader(c, []byte(tt.in), nil)); got != want {
				t.Errorf("canonHeader(%s, %q) = %q, want %q", c, tt.in, got, want)
			}
		}
	}
}

func TestCutB(t *testing.T) {
	for in, want := range map[string]string{
		"X: a=1; b=zz; c=2\r\n":          "X: a=1; b=; c=2\r\n",
		"X: a=1; b=z\r\n z\r\n":          "X: a=1; b=\r\n",
		"X: a=1;\r\n b = z z ;c=b=q\r\n": "X: a=1;\r\n b =;c=b=q\r\n",
		"X: bh=b=x; z=b=1; b=":           "X: bh=b=x; z=b=1; b=",
		"X: b=1; B=2; bb=3\n":            "X: b=; B=2; bb=3\n",
		"X":                              "X",
	} {
		if got := string(cutB(nil, []byte(in))); got != want {
			t.Errorf("cutB(%q) = %q, want %q", in, got, want)
		}
	}
}
