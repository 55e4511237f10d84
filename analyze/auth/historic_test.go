package auth

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// domainKeySign gives msg with a DomainKey-Signature on top; text is what the
// signer hashes.
func domainKeySign(tb testing.TB, key *rsa.PrivateKey, tags, text, msg string) string {
	tb.Helper()
	sum := sha1.Sum([]byte(text))
	b, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, sum[:])
	if err != nil {
		tb.Fatal(err)
	}
	return "DomainKey-Signature: " + tags + "; b=" + base64.StdEncoding.EncodeToString(b) + "\r\n" + msg
}

const oldMail = "From: Bank <news@bank.example>\r\nTo: you@example.org,\r\n\tme@example.org\r\nSubject: Your  statement\r\n\r\nHello, \t you\r\n\r\nbye\r\n\r\n\r\n"

func TestDomainKeys(t *testing.T) {
	const simple, nofws = "a=rsa-sha1; q=dns; c=simple; d=bank.example; s=s1", "a=rsa-sha1; q=dns; c=nofws; d=bank.example; s=s1"
	k := testKeys()
	small := testKeys().small
	text := strings.TrimSuffix(oldMail, "\r\n\r\n")
	bare := "From:Bank<news@bank.example>\r\nTo:you@example.org,me@example.org\r\nSubject:Yourstatement\r\n\r\nHello,you\r\n\r\nbye\r\n"
	listed := "Subject:Yourstatement\r\nFrom:Bank<news@bank.example>\r\n\r\nHello,you\r\n\r\nbye\r\n"
	whole := domainKeySign(t, k.rsa, simple, text, oldMail)
	loose := domainKeySign(t, k.rsa, nofws, bare, oldMail)
	some := domainKeySign(t, k.rsa, nofws+"; h=Subject:From", listed, oldMail)
	noQuery := strings.Replace(nofws, "q=dns; ", "", 1)
	from := func(field string) string { return strings.Replace(oldMail, "From: Bank <news@bank.example>", field, 1) }
	signedFrom := func(field string) string {
		return domainKeySign(t, k.rsa, simple, strings.TrimSuffix(from(field), "\r\n\r\n"), from(field))
	}
	head := oldMail[:strings.Index(oldMail, "\r\n\r\n")+2]
	record := keyRecord(t, k.rsa)
	for _, tt := range []struct {
		name, raw, record string
		want              analyze.Result
		reason            string
	}{
		{"simple", whole, record, "pass", ""},
		{"simple, LF as saved", strings.ReplaceAll(whole, "\r\n", "\n"), record, "pass", ""},
		{"simple, a field put above", "Received: by x\r\n" + whole, record, "pass", ""},
		{"simple, a field put below", strings.Replace(whole, "To: you", "Cc: x@y.example\r\nTo: you", 1), record, "fail", "was changed"},
		{"simple, empty lines at the end", whole + "\r\n\r\n", record, "pass", ""},
		{"simple, white space in the body", strings.Replace(whole, "bye", "bye ", 1), record, "fail", "was changed"},
		{"simple, no body", domainKeySign(t, k.rsa, simple, head, head+"\r\n\r\n\r\n"), record, "pass", ""},
		{"simple, no body nor empty line", domainKeySign(t, k.rsa, simple, head, head), record, "pass", ""},
		{"nofws", loose, record, "pass", ""},
		{"nofws, white space anywhere", strings.Replace(strings.Replace(loose, "bye", "b y\te \r\n \t", 1), "Subject: Your ", "Subject:\r\n  You r", 1), record, "pass", ""},
		{"nofws, a word changed", strings.Replace(loose, "bye", "buy", 1), record, "fail", "was changed"},
		{"nofws, lines joined", strings.Replace(loose, "\r\n\r\nbye", "bye", 1), record, "fail", "was changed"},
		{"h=", some, record, "pass", ""},
		{"h=, another field changed", strings.Replace(some, "me@example.org", "x@example.org", 1), record, "pass", ""},
		{"h=, a second Subject below", strings.Replace(some, "To: you", "Subject: new\r\nTo: you", 1), record, "fail", "was changed"},
		{"h= without From", domainKeySign(t, k.rsa, nofws+"; h=Subject", "Subject:Yourstatement\r\n\r\nHello,you\r\n\r\nbye\r\n", oldMail), record, "permerror", "no sender"},
		{"h= with an empty name", domainKeySign(t, k.rsa, nofws+"; h=:from", "", oldMail), record, "neutral", "h="},
		{"no q= but h=", domainKeySign(t, k.rsa, noQuery+"; h=Subject:From", listed, oldMail), record, "pass", ""},
		{"neither q= nor h=", domainKeySign(t, k.rsa, noQuery, bare, oldMail), record, "neutral", "q="},
		{"q= of something else", strings.Replace(whole, "q=dns", "q=web", 1), record, "neutral", "q="},
		{"a= left out", strings.Replace(whole, "a=rsa-sha1; ", "", 1), record, "pass", ""},
		{"a= of something else", strings.Replace(whole, "rsa-sha1", "rsa-sha256", 1), record, "neutral", "algorithm"},
		{"c= left out", strings.Replace(whole, "c=simple; ", "", 1), record, "neutral", "canonicalisation"},
		{"a parent domain signs", signedFrom("From: a@mail.bank.example"), record, "pass", ""},
		{"another's domain", signedFrom("From: a@other.example"), record, "permerror", "not the sender's"},
		{"a longer name that ends the same", signedFrom("From: a@notbank.example"), record, "permerror", "not the sender's"},
		{"Sender before From", signedFrom("From: a@other.example\r\nSender: b@bank.example"), record, "pass", ""},
		{"Sender is another's", signedFrom("From: a@bank.example\r\nSender: b@other.example"), record, "permerror", "not the sender's"},
		{"no sender", signedFrom("X: y"), record, "permerror", "no sender"},
		{"From only above", "From: Bank <news@bank.example>\r\n" + signedFrom("X: y"), record, "permerror", "no sender"},
		{"key for this mailbox", whole, record + "; g=news", "pass", ""},
		{"key for some mailboxes", whole, record + "; g=n*s", "pass", ""},
		{"key for another mailbox", whole, record + "; g=root", "permerror", "g="},
		{"key for no named mailbox", whole, record + "; g=", "pass", ""}, // RFC 4870: empty is any
		{"another key", whole, keyRecord(t, k.other), "fail", "not made with the published key"},
		{"key revoked", whole, "k=rsa; p=", "permerror", reasonKeyRevoked},
		{"key gone", whole, "NXDOMAIN", "permerror", reasonKeyGone},
		{"no answer", whole, "SERVFAIL", "temperror", "looked up"},
		{"Ed25519", whole, keyRecord(t, k.ed), "permerror", "another type"},
		{"512 bits", domainKeySign(t, small, simple, text, oldMail), keyRecord(t, small), "pass", ""},
		{"512 bits, changed", domainKeySign(t, small, simple, text+"x", oldMail), keyRecord(t, small), "fail", "was changed"},
		{"512 bits, another key", whole, keyRecord(t, small), "fail", "not made with the published key"},
		{"d= is no name", strings.Replace(whole, "d=bank.example", "d=bank_example@", 1), record, "neutral", "domain"},
		{"b= is empty", "DomainKey-Signature: " + simple + "; b=\r\n" + oldMail, record, "neutral", "base64"},
		{"tag twice", strings.Replace(whole, "q=dns", "q=dns; q=dns", 1), record, "neutral", "twice"},
	} {
		t.Setenv("GODEBUG", "rsa1024min=1") // as in the program itself
		got := checker(t).Historic(t.Context(), dnstest.Zone{"TXT s1._domainkey.bank.example": {tt.record}}, []byte(tt.raw), judged)
		if len(got) != 1 || got[0].Result != tt.want || !strings.Contains(got[0].Reason, tt.reason) {
			t.Errorf("%s: Historic = %+v, want %s, %q", tt.name, got, tt.want, tt.reason)
		}
	}
}

func TestHistoricDKIM(t *testing.T) {
	k := testKeys()
	zone := func(record string) dnstest.Zone {
		return dnstest.Zone{"TXT s1._domainkey.bank.example": {record}}
	}
	small := testKeys().small
	sign := func(key crypto.Signer, tags string) string {
		return signer{key: key, length: -1, tags: tags}.sign(t, plainMail)
	}
	for _, tt := range []struct {
		name, tags, record string
		key                crypto.Signer
		want               analyze.Result
	}{
		{"today's", usualTags, keyRecord(t, k.rsa), k.rsa, "pass"},
		{"512 bits", usualTags, keyRecord(t, small), small, "pass"},
		{"no version", "d=bank.example; s=s1; c=relaxed/relaxed; q=dns", keyRecord(t, k.rsa), k.rsa, "pass"},
		{"a draft", "v=0.5; d=bank.example; s=s1; c=relaxed/relaxed", keyRecord(t, k.rsa), k.rsa, "pass"},
		{"a later version", "v=2; d=bank.example; s=s1; c=relaxed/relaxed", keyRecord(t, k.rsa), k.rsa, "neutral"},
		{"a later version and q=dns", "v=2; q=dns; d=bank.example; s=s1; c=relaxed/relaxed", keyRecord(t, k.rsa), k.rsa, "neutral"},
		{"q= of something else", usualTags + "; q=http", keyRecord(t, k.rsa), k.rsa, "neutral"},
		{"key for this mailbox", usualTags + "; i=news@bank.example", keyRecord(t, k.rsa) + "; g=ne*", k.rsa, "pass"},
		{"key for a longer mailbox", usualTags + "; i=news@bank.example", keyRecord(t, k.rsa) + "; g=new*ews", k.rsa, "permerror"},
		{"letter case of the mailbox", usualTags + "; i=News@bank.example", keyRecord(t, k.rsa) + "; g=news", k.rsa, "permerror"},
		{"key for a mailbox, none named", usualTags, keyRecord(t, k.rsa) + "; g=news", k.rsa, "permerror"},
		{"key for nobody", usualTags + "; i=news@bank.example", keyRecord(t, k.rsa) + "; g=", k.rsa, "permerror"},
	} {
		t.Setenv("GODEBUG", "rsa1024min=0") // for the signer only
		raw := []byte(sign(tt.key, tt.tags))
		t.Setenv("GODEBUG", "rsa1024min=1")
		got := checker(t).Historic(t.Context(), zone(tt.record), raw, judged)
		if len(got) != 1 || got[0].Result != tt.want || got[0].Method != analyze.MethodDKIM {
			t.Errorf("%s: Historic = %+v, want %s", tt.name, got, tt.want)
		}
	}
}

// TestHistoricProvesNothing: whatever held by old rules, today's picture is
// the same, and a result with that witness is not believed wherever it is put.
func TestHistoricProvesNothing(t *testing.T) {
	small := testKeys().small
	key := keyRecord(t, small)
	raw := signer{key: small, length: -1}.sign(t, oldMail)
	raw = domainKeySign(t, small, "q=dns; c=simple; d=bank.example; s=s1", strings.TrimSuffix(raw, "\r\n\r\n"), raw)
	zone := dnstest.Zone{"TXT s1._domainkey.bank.example": {key}, "TXT _dmarc.bank.example": {"v=DMARC1; p=reject"}}
	c := checker(t)
	old := c.Historic(t.Context(), zone, []byte(raw), judged)
	if len(old) != 2 || old[0].Result != analyze.ResultPass || old[1].Result != analyze.ResultPass {
		t.Fatalf("Historic = %+v, want two passes", old)
	}
	in := Input{Raw: []byte(raw), At: judged}
	a := c.Check(t.Context(), zone, in)
	for _, r := range a.Results {
		if r.Result == analyze.ResultPass || r.Witness == analyze.WitnessHistoric || r.Method == analyze.MethodDomainKeys {
			t.Errorf("Check gives %+v", r)
		}
	}
	line, dmarc := Header("mx.example", a), a.DMARC()
	for _, r := range old {
		if r.Witness != analyze.WitnessHistoric || r.Aligned || r.Witness.Believed() {
			t.Errorf("Historic gives %+v", r)
		}
		r.Aligned = true
		a.Results = append(a.Results, r)
	}
	a.Results = append(a.Results, analyze.AuthResult{Method: analyze.MethodDMARC, Result: analyze.ResultPass,
		Witness: analyze.WitnessHistoric, Domain: "bank.example", Aligned: true})
	if d, w, ok := a.Proven(); ok {
		t.Errorf("Proven = %s by %s", d, w)
	}
	if got := a.DMARC(); got != dmarc {
		t.Errorf("DMARC = %+v, want %+v", got, dmarc)
	}
	if got := Header("mx.example", a); got != line {
		t.Errorf("Header = %s\nwant %s", got, line)
	}
	// Nor is it by the word of a provider that believes DomainKeys.
	said := "Authentication-Results: mx.b.example; domainkeys=pass header.From=news@bank.example header.d=bank.example\r\n" +
		"Received: from x.example (x.example [198.51.100.9]) by mx.b.example (Postfix) with ESMTPS id 1; Thu, 1 Jan 2026 10:00:00 +0000\r\n"
	a = c.Check(t.Context(), zone, Input{Raw: []byte(said + raw), At: judged, Trust: topmost()})
	if d, w, ok := a.Proven(); ok {
		t.Errorf("domainkeys=pass: Proven = %s by %s", d, w)
	}
}

// FuzzDomainKeys reads any message historically under a DNS that answers with
// the fuzzer's record.
func FuzzDomainKeys(f *testing.F) {
	small := testKeys().small
	f.Add([]byte(domainKeySign(f, small, "q=dns; c=simple; d=bank.example; s=s1", strings.TrimSuffix(oldMail, "\r\n\r\n"), oldMail)), keyRecord(f, small)+"; g=n*s")
	f.Add([]byte("DomainKey-Signature: c=nofws; h=from:from:x:from; d=bank.example; s=s1; b=AA==\nFrom: a@bank.example\nX: \r y\nFrom:b\n\n \t\r\n\r\n.\r"), "k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALgSoqXVSEmfcIsOzw7oRuCCOwsmtX/SJnTWxYyj2leFxfS/AVJ+dYfY+hXqMsT7l+MZvvh/R1WzN4MO/kI/7XsCAwEAAQ==")
	f.Add([]byte("DKIM-Signature: v=0.5; q=dns; a=rsa-sha1; d=bank.example; s=s1; h=from; bh=AA==; b=AA==\n\n"), "g=; p=")
	f.Fuzz(func(t *testing.T, raw []byte, record string) {
		r := obliging{}.with(record)
		got := checker(t).Historic(t.Context(), r, raw, judged)
		if again := checker(t).Historic(t.Context(), dns.NewSession(r, 0), raw, judged); !reflect.DeepEqual(got, again) {
			t.Errorf("Historic = %+v, and then %+v", got, again)
		}
		if len(got) > maxSignatures {
			t.Errorf("Historic gives %d results", len(got))
		}
		for _, res := range got {
			if res.Witness != analyze.WitnessHistoric || res.Aligned || res.Result == "" || res.Result != analyze.ResultPass && res.Reason == "" {
				t.Errorf("Historic gives %+v", res)
			}
		}
		h, start, _ := eml.ParseHeader(raw)
		index := fieldIndex(h)
		for _, i := range index["domainkey-signature"] {
			sig, err := parseDomainKey(fieldValue(h, i))
			if err != nil {
				continue
			}
			var b strings.Builder
			sig.write(&b, h, index, i, raw[start:])
			if want := slowDomainKey(sig, h, i, raw[start:]); b.String() != want {
				t.Errorf("of %q is signed %q, want %q", raw, b.String(), want)
			}
		}
	})
}

// slowDomainKey is RFC 4870 section 3.4.2 word by word.
func slowDomainKey(s domainKey, h eml.Header, field int, body []byte) string {
	lines := func(text string) []string {
		return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
	}
	squeeze := func(line string) string {
		if s.nofws {
			return strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(line)
		}
		return line
	}
	var out []string
	for _, i := range s.covered(len(h.Fields), fieldIndex(h), field) {
		if s.nofws {
			out = append(out, squeeze(string(h.RawField(i))))
		} else {
			out = append(out, lines(string(h.RawField(i)))...)
		}
	}
	n := len(out)
	out = append(out, "")
	if len(body) > 0 {
		for _, line := range lines(string(body)) {
			out = append(out, squeeze(line))
		}
	}
	for len(out) > n && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\r\n") + "\r\n"
}
