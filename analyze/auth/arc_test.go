package auth

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// sealer adds ARC sets, honest ones or not.
type sealer struct {
	domain string
	says   string // the set's results, behind the instance
	cv     string // "" for what is right
	more   string // further tags of the message signature
}

// seal gives msg with one more set on top (RFC 8617 section 5.1).
func (s sealer) seal(tb testing.TB, msg string) string {
	tb.Helper()
	key := testKeys().rsa
	h, start, _ := eml.ParseHeader([]byte(msg))
	n := h.Count("ARC-Seal") + 1
	if s.cv == "" {
		s.cv = map[bool]string{true: "none", false: "pass"}[n == 1]
	}
	body := sha256.New()
	canonBody(canonRelaxed, []byte(msg[start:]), noLimit, body)
	aar := fmt.Sprintf("ARC-Authentication-Results: i=%d; %s\r\n", n, s.says)
	ams := fmt.Sprintf("ARC-Message-Signature: i=%d; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=arc; h=from:subject; bh=%s%s; b=",
		n, s.domain, base64.StdEncoding.EncodeToString(body.Sum(nil)), s.more)
	sig := signature{signed: []string{"from", "subject"}, header: canonRelaxed, hash: crypto.SHA256}
	full, _, _ := eml.ParseHeader([]byte(ams + "\r\n" + msg))
	ams += sign(tb, key, headerHash(full, fieldIndex(full), sig, 0)) + "\r\n"
	as := fmt.Sprintf("ARC-Seal: i=%d; a=rsa-sha256; d=%s; s=arc; cv=%s; b=", n, s.domain, s.cv)
	full, _, _ = eml.ParseHeader([]byte(as + "\r\n" + ams + aar + msg))
	v := &arcVerifier{h: full, sets: make([]arcSet, n)}
	for kind, name := range arcNames {
		at := fieldIndex(full)[name]
		for i := range v.sets { // the newest stands on top
			v.sets[i].fields[kind] = at[n-1-i]
		}
	}
	v.sets[n-1].seal.hash = crypto.SHA256
	return as + sign(tb, key, v.sealHash(v.canonicalSets(), n-1)) + "\r\n" + ams + aar + msg
}

func sign(tb testing.TB, key crypto.Signer, sum []byte) string {
	tb.Helper()
	b, err := key.Sign(rand.Reader, sum, crypto.SHA256)
	if err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b)
}

const arcSays = "mx.test; spf=pass smtp.mailfrom=bank.example; dmarc=pass header.from=bank.example"

func arcZone(tb testing.TB) dnstest.Zone {
	key := keyRecord(tb, testKeys().rsa)
	return dnstest.Zone{"TXT arc._domainkey.google.com": {key}, "TXT arc._domainkey.list.example": {key},
		"TXT arc._domainkey.evil.example": {key}, "TXT arc._domainkey.fastmail.com": {key}}
}

// arcLive is a message that is being delivered now.
func arcLive(h eml.Header, body []byte) arcInput {
	return arcInput{h: h, index: fieldIndex(h), body: body, grade: analyze.GradeFull, clock: clock{at: judged, live: true, fresh: true}}
}

func TestARCWitness(t *testing.T) {
	google, list := sealer{domain: "google.com", says: arcSays}, sealer{domain: "list.example", says: "list.example; dkim=none"}
	evil := sealer{domain: "evil.example", says: arcSays}
	fastmail := sealer{domain: "fastmail.com", says: "fastmail.com; arc=pass; dmarc=fail header.from=bank.example"}
	changed := func(msg string) string { return msg + "P.S. pay here\r\n" }
	one := google.seal(t, plainMail)
	const word = "spf=pass bank.example mailfrom, dmarc=pass bank.example"
	for _, tt := range []struct {
		name, msg string
		checker   *Checker
		arc       analyze.Result
		boundary  string
		reason    string
	}{
		{"trusted", one, &Checker{}, "pass", word, "oldest-pass=0"},
		{"nobody trusted", one, &Checker{TrustedSealers: []string{}}, "pass", "", ""},
		{"another trusted", one, &Checker{TrustedSealers: []string{"list.example"}}, "pass", "", ""},
		{"stranger", evil.seal(t, plainMail), &Checker{}, "pass", "", ""},
		{"trusted, then a stranger who changed nothing", list.seal(t, one), &Checker{}, "pass", word, "google.com, list.example"},
		{"trusted, then a stranger who changed the body", list.seal(t, changed(one)), &Checker{}, "pass", "", "oldest-pass=2"},
		{"moved to another message by a stranger", evil.seal(t, strings.Replace(one, "Your statement", "You have won", 1)), &Checker{}, "pass", "", "oldest-pass=2"},
		{"trusted, then trusted who changed the body", fastmail.seal(t, changed(one)), &Checker{}, "pass", word + ", dmarc=fail bank.example", "oldest-pass=2"},
		{"stranger, then trusted", google.seal(t, evil.seal(t, plainMail)), &Checker{}, "pass", word, ""},
		{"changed since", changed(one), &Checker{}, "fail", "", "set 1, message signature: body hash"},
		{"header changed since", strings.Replace(one, "Your statement", "My statement", 1), &Checker{}, "fail", "", "set 1, message signature: signature"},
		{"results changed since", strings.Replace(one, "from=bank.example", "from=bank.test", 1), &Checker{}, "fail", "", "set 1, seal: signature"},
		{"found broken", sealer{domain: "google.com", says: arcSays, cv: "fail"}.seal(t, one), &Checker{}, "fail", "", "found the chain broken"},
		{"starts with pass", sealer{domain: "google.com", says: arcSays, cv: "pass"}.seal(t, plainMail), &Checker{}, "fail", "", "cv=pass"},
		{"body left open", sealer{domain: "google.com", says: arcSays, more: "; l=5"}.seal(t, plainMail), &Checker{}, "fail", "", "l="},
		{"key gone", sealer{domain: "gone.example", says: arcSays}.seal(t, plainMail), &Checker{}, "fail", "", "key not found"},
		{"set removed", strings.Replace(list.seal(t, one), "i=1", "i=2", 3), &Checker{}, "fail", "", ""},
		{"no chain", plainMail, &Checker{}, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := []byte(tt.msg)
			h, start, _ := eml.ParseHeader(raw)
			got := tt.checker.checkARC(t.Context(), arcZone(t), arcLive(h, raw[start:]))
			own := analyze.AuthResult{}
			if len(got) > 0 {
				own = got[0]
			}
			if own.Result != tt.arc || !strings.Contains(own.Reason, tt.reason) {
				t.Errorf("arc = %s, %q; want %s, %q", own.Result, own.Reason, tt.arc, tt.reason)
			}
			if said := brief(byWitness(got, analyze.WitnessBoundary)); said != tt.boundary {
				t.Errorf("second witness = %s, want %s", said, tt.boundary)
			}
		})
	}
}

// TestARCLater: of a chain that is judged later or was rebuilt, only what no
// other key and no other body could cure is a fail.
func TestARCLater(t *testing.T) {
	one := sealer{domain: "google.com", says: arcSays}.seal(t, plainMail)
	body := one + "P.S. pay here\r\n"
	header := strings.Replace(one, "Your statement", "My statement", 1)
	gone := sealer{domain: "gone.example", says: arcSays}.seal(t, plainMail)
	replaced := arcZone(t)
	replaced["TXT arc._domainkey.google.com"] = []string{keyRecord(t, testKeys().other)}
	live, fresh, old := clock{at: judged, live: true, fresh: true}, clock{at: judged, known: true, fresh: true}, clock{at: judged, known: true}
	for _, tt := range []struct {
		name, msg string
		zone      dnstest.Zone
		grade     analyze.Grade
		clock     clock
		want      analyze.Result
		reason    string
	}{
		{"good", one, arcZone(t), analyze.GradeFull, old, "pass", ""},
		{"good, rebuilt alike", one, arcZone(t), analyze.GradeHeaders, old, "pass", ""},
		{"body, live", body, arcZone(t), analyze.GradeFull, live, "fail", reasonBodyHash},
		{"body, old", body, arcZone(t), analyze.GradeFull, old, "fail", reasonBodyHash},
		{"body rebuilt", body, arcZone(t), analyze.GradeHeaders, old, "unknown", reasonRebuilt},
		{"body rebuilt, live", body, arcZone(t), analyze.GradeHeaders, live, "unknown", reasonRebuilt},
		{"header, old", header, arcZone(t), analyze.GradeFull, old, "fail", reasonSigBad},
		{"key replaced, live", one, replaced, analyze.GradeFull, live, "fail", reasonSigBad},
		{"key replaced, fresh", one, replaced, analyze.GradeFull, fresh, "fail", reasonSigBad},
		{"key replaced, old", one, replaced, analyze.GradeFull, old, "unknown", "replaced since"},
		{"key gone, live", gone, arcZone(t), analyze.GradeFull, live, "fail", reasonKeyGone},
		{"key gone, fresh", gone, arcZone(t), analyze.GradeFull, fresh, "unknown", reasonKeyGone},
	} {
		raw := []byte(tt.msg)
		h, start, _ := eml.ParseHeader(raw)
		got := (&Checker{}).checkARC(t.Context(), tt.zone, arcInput{h: h, index: fieldIndex(h), body: raw[start:], grade: tt.grade, clock: tt.clock})
		if got[0].Result != tt.want || !strings.Contains(got[0].Reason, tt.reason) {
			t.Errorf("%s: arc = %s, %q; want %s, %q", tt.name, got[0].Result, got[0].Reason, tt.want, tt.reason)
		}
		if said := byWitness(got, analyze.WitnessBoundary); (len(said) > 0) != (tt.want == "pass") {
			t.Errorf("%s: second witness = %s", tt.name, brief(said))
		}
	}
}

func TestARCDown(t *testing.T) {
	raw := []byte(sealer{domain: "google.com", says: arcSays}.seal(t, plainMail))
	h, start, _ := eml.ParseHeader(raw)
	got := (&Checker{}).checkARC(t.Context(), dns.Offline{}, arcLive(h, raw[start:]))
	if got[0].Result != analyze.ResultTempError {
		t.Errorf("arc without DNS = %s, want temperror", got[0].Result)
	}
	if said := byWitness(got, analyze.WitnessBoundary); len(said) > 0 {
		t.Errorf("second witness without DNS = %s, want none", brief(said))
	}
}

// A chain by the book to its very limit, and one set more.
func TestARCLimit(t *testing.T) {
	msg := plainMail
	for range maxARCSets {
		msg = sealer{domain: "list.example", says: "list.example; none"}.seal(t, msg)
	}
	for _, tt := range []struct {
		raw  string
		want analyze.Result
	}{
		{msg, analyze.ResultPass},
		{"ARC-Seal: i=51\r\nARC-Message-Signature: i=51\r\nARC-Authentication-Results: i=51; x\r\n" + msg, analyze.ResultFail},
		{strings.Repeat("ARC-Seal: i=1; cv=none\r\n", 1e5) + msg, analyze.ResultFail},
	} {
		h, start, _ := eml.ParseHeader([]byte(tt.raw))
		if got := validateARC(t.Context(), arcZone(t), arcLive(h, []byte(tt.raw)[start:])); got.result != tt.want {
			t.Errorf("validateARC = %s (%s), want %s", got.result, got.reason, tt.want)
		}
	}
}

// FuzzARC runs whole chains under a DNS that answers with the fuzzer's record.
func FuzzARC(f *testing.F) {
	one := sealer{domain: "google.com", says: arcSays}.seal(f, plainMail)
	f.Add([]byte(one), keyRecord(f, testKeys().rsa))
	f.Add([]byte(sealer{domain: "list.example", says: "x; none"}.seal(f, one)), "v=DKIM1; p=")
	f.Add([]byte("ARC-Seal: i=1; cv=fail\r\nARC-Message-Signature: i=1\r\nARC-Authentication-Results: i=1;\r\n\r\n"), "")
	f.Fuzz(func(t *testing.T, raw []byte, record string) {
		h, start, _ := eml.ParseHeader(raw)
		r := dnstest.Zone{"TXT arc._domainkey.google.com": {record}, "TXT arc._domainkey.list.example": {record}}
		got := (&Checker{}).checkARC(t.Context(), r, arcLive(h, raw[start:]))
		own := analyze.Result("")
		for i, a := range got {
			if i == 0 {
				own = a.Result
			}
			if a.Witness == analyze.WitnessBoundary && own != analyze.ResultPass {
				t.Errorf("a second witness from a chain that gives %s: %+v", own, a)
			}
		}
		if (own == "") != (h.Count("ARC-Seal")+h.Count("ARC-Message-Signature")+h.Count("ARC-Authentication-Results") == 0) {
			t.Errorf("checkARC gives %q for a message with %d seals", own, h.Count("ARC-Seal"))
		}
	})
}
