package auth

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

func FuzzSignature(f *testing.F) {
	f.Add("v=1; a=rsa-sha256; c=relaxed/simple; d=bank.example; s=s1; h=from:subject; l=10; t=1; x=2; i=@a.bank.example; bh=AAAA; b=BBBB")
	f.Add("v=1;\r\n\ta=ed25519-sha256 ; d = b\xc3\xbccher.test; s=\x00; h=From : :; bh= ; b=;;")
	f.Add("i=joe=40bank.example; d=bank.example; s=a; b=b=b=")
	f.Fuzz(func(t *testing.T, s string) {
		tags, err := parseTags(s)
		if err == nil {
			var b strings.Builder
			for _, tg := range tags {
				b.WriteString(tg.name + "=" + tg.value + ";")
			}
			if again, err := parseTags(b.String()); err != nil || !reflect.DeepEqual(again, tags) {
				t.Errorf("parseTags(%q) = %v, written and read again %v, %v", s, tags, again, err)
			}
		}
		sig, err := parseSignature(s)
		if err == nil {
			if !isWithin(sig.identity, sig.domain) || dns.NameFault(sig.domain) != "" || dns.NameFault(sig.selector) != "" {
				t.Errorf("parseSignature(%q) passed d=%q s=%q i=%q", s, sig.domain, sig.selector, sig.identity)
			}
			if len(sig.bh) == 0 || len(sig.b) == 0 || sig.length < noLimit {
				t.Errorf("parseSignature(%q) = %+v, lacks a value", s, sig)
			}
		}
		once := string(cutB(nil, []byte("X:"+s)))
		if twice := string(cutB(nil, []byte(once))); err == nil && twice != once {
			t.Errorf("cutB(%q) = %q, and of that %q", s, once, twice)
		}
	})
}

func FuzzKeyRecord(f *testing.F) {
	f.Add("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	f.Add("v=DKIM1; h=sha256; s=email; t=y:s; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALgSoqXVSEmfcIsOzw7oRuCCOwsmtX/SJnTWxYyj2leFxfS/AVJ+dYfY+hXqMsT7l+MZvvh/R1WzN4MO/kI/7XsCAwEAAQ==")
	f.Add("v=spf1 -all")
	f.Fuzz(func(t *testing.T, s string) {
		k, fault := parseKey(s)
		if fault != nil {
			if fault.Reason == "" || fault.Result == analyze.ResultPass {
				t.Errorf("parseKey(%q) = fault %+v", s, fault)
			}
			return
		}
		if (k.rsa == nil) == (k.ed == nil) || k.bits == 0 {
			t.Errorf("parseKey(%q) = %+v, want just one key", s, k)
		}
		if k.weak() == nil {
			if ok, _ := k.verify(signature{hash: 5, b: make([]byte, (k.bits+7)/8)}, make([]byte, 32)); ok && k.ed == nil {
				t.Errorf("parseKey(%q): zeros verify", s)
			}
		}
	})
}

func FuzzDMARCRecord(f *testing.F) {
	f.Add("v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; aspf=r; t=y; psd=n; pct=50; rua=mailto:a@b.test")
	f.Add(" V = DMARC1;p")
	f.Fuzz(func(t *testing.T, s string) {
		if !isDMARC(s) {
			return
		}
		rec, _ := parseDMARC(s)
		if !isPolicy(rec.p) || rec.pct < 0 || rec.pct > 100 || rec.sp != "" && !isPolicy(rec.sp) || rec.np != "" && !isPolicy(rec.np) {
			t.Errorf("parseDMARC(%q) = %+v", s, rec)
		}
		for _, self := range []bool{true, false} {
			if p := rec.policy("x.test", self, !self); !isPolicy(p.Effective) {
				t.Errorf("parseDMARC(%q): effective policy %q", s, p.Effective)
			}
		}
	})
}

func FuzzSPFRecord(f *testing.F) {
	f.Add("v=spf1 ip4:192.0.2.0/24 a:%{d1r}/24//64 mx include:x.test exists:%{l1r+-}.%{i}.x.test redirect=%{o} exp=e.test")
	f.Add("v=spf1 ptr ?all unknown=%{x}")
	f.Fuzz(func(t *testing.T, s string) {
		z := dnstest.Zone{"TXT a.test": {s}, "TXT x.test": {s}, "TXT e.test": {s}, "A a.test": {"192.0.2.1"}, "MX a.test": {"1 a.test"},
			"PTR 1.2.0.192.in-addr.arpa": {"a.test"}}
		rec := z.Record()
		o := checkSPF(t.Context(), rec, spfQuery{ip: netip.MustParseAddr("192.0.2.1"), helo: "a.test", local: "l", domain: "a.test"})
		// Ten terms, each with its own question and up to ten more.
		if n := len(rec.Asked()); n > spfMaxLookups*(spfMaxHosts+1)+4 {
			t.Errorf("record %q cost %d questions", s, n)
		}
		if o.result == "" || !isPrintable(o.explanation) {
			t.Errorf("record %q = %+v", s, o)
		}
	})
}

// obliging answers every question with the fuzzer's record.
type obliging struct{ dnstest.Zone }

func (o obliging) with(record string) dns.Resolver {
	z := dnstest.Zone{}
	for _, n := range []string{"s1._domainkey.bank.example", "_dmarc.bank.example", "_dmarc.example", "bank.example"} {
		z["TXT "+n] = []string{record}
	}
	return z
}

// FuzzCheck verifies a whole message under a DNS that answers with the
// fuzzer's record. Nothing that was not signed by the test's own key may come
// out as proven, unless the record itself allows the sender.
func FuzzCheck(f *testing.F) {
	good := rsaSigner().sign(f, plainMail)
	f.Add([]byte(good), keyRecord(f, testKeys().rsa), "a@bank.example")
	f.Add([]byte(good), "v=DMARC1; p=reject; psd=y", "")
	f.Add([]byte(plainMail), "v=spf1 +all", "\"a@b\"@bank.example")
	f.Add([]byte("DKIM-Signature: v=1; a=ed25519-sha256; d=bank.example; s=s1; h=from; bh=; b=\nFrom: x@bank.example\n\n"), "v=DKIM1; p=", "x")
	f.Fuzz(func(t *testing.T, raw []byte, record, mailFrom string) {
		r := dns.NewSession(obliging{}.with(record), 0)
		in := Input{Raw: raw, At: time.Unix(1767312000, 0), Session: &Session{ClientIP: netip.MustParseAddr("192.0.2.1"), Helo: "h.test", MailFrom: mailFrom}}
		a := checker(t).Check(t.Context(), r, in)
		again := checker(t).Check(t.Context(), dns.Replay(r.Transcript()), in)
		if !reflect.DeepEqual(a, again) {
			t.Errorf("replay differs:\n%+v\n%+v", again, a)
		}
		if (a.FromDomain == "") == (a.FromFault == "") {
			t.Errorf("From %q with fault %q", a.FromDomain, a.FromFault)
		}
		for _, res := range a.Results {
			if res.Result == "" || res.Method == "" || res.Witness == "" {
				t.Errorf("empty word in %+v", res)
			}
			if res.Aligned && a.FromDomain == "" {
				t.Errorf("aligned with nothing: %+v", res)
			}
		}
		if line := Header("mx.test", a); !isPrintable(line) {
			t.Errorf("Header = %q", line)
		}
	})
}

func FuzzCanonBody(f *testing.F) {
	f.Add([]byte("a \t b\r\n\r\n \r\nc\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range []canon{canonSimple, canonRelaxed} {
			once, n := canonText(c, body, noLimit)
			if int64(len(once)) != n {
				t.Fatalf("canonBody(%s, %q) wrote %d, says %d", c, body, len(once), n)
			}
			if twice, _ := canonText(c, []byte(once), noLimit); twice != once {
				t.Errorf("canonBody(%s, %q) = %q, and of that %q", c, body, once, twice)
			}
			if want := slowCanon(c, body); once != want {
				t.Errorf("canonBody(%s, %q) = %q, want %q", c, body, once, want)
			}
			half, _ := canonText(c, body, n/2)
			if half != once[:n/2] {
				t.Errorf("canonBody(%s, %q, %d) = %q", c, body, n/2, half)
			}
		}
	})
}

func canonText(c canon, body []byte, limit int64) (string, int64) {
	var b strings.Builder
	n := canonBody(c, body, limit, &b)
	return b.String(), n
}

// slowCanon is RFC 6376 sections 3.4.3 and 3.4.4 word by word.
func slowCanon(c canon, body []byte) string {
	s := strings.ReplaceAll(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n", "\r\n")
	if s != "" && !strings.HasSuffix(s, "\r\n") {
		s += "\r\n"
	}
	if c == canonRelaxed {
		lines := strings.Split(s, "\r\n")
		for i, l := range lines {
			l = strings.ReplaceAll(l, "\t", " ")
			for strings.Contains(l, "  ") {
				l = strings.ReplaceAll(l, "  ", " ")
			}
			lines[i] = strings.TrimRight(l, " ")
		}
		s = strings.Join(lines, "\r\n")
	}
	for strings.HasSuffix(s, "\r\n\r\n") {
		s = strings.TrimSuffix(s, "\r\n")
	}
	if s == "\r\n" && c == canonRelaxed || s == "" && c == canonRelaxed {
		return ""
	}
	if s == "" {
		return "\r\n"
	}
	return s
}
