package auth

import (
	"crypto"
	"net/netip"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
)

// agedMail is plainMail as mx.provider.example received it on 1 January 2026
// from the bank's own server, with what the provider found.
func agedMail(tb testing.TB, key crypto.Signer, found string) string {
	tb.Helper()
	return "Return-Path: <bounce@bank.example>\r\n" +
		"Authentication-Results: mx.provider.example; " + found + "\r\n" +
		"Received: from mail.bank.example (mail.bank.example [192.0.2.7])\r\n" +
		"\tby mx.provider.example with ESMTPS id 1; Thu, 1 Jan 2026 10:00:01 +0000\r\n" +
		signer{key: key, length: -1}.sign(tb, plainMail)
}

const (
	foundGood = "dkim=pass header.d=bank.example header.s=s1; spf=pass smtp.mailfrom=bounce@bank.example; dmarc=pass header.from=bank.example"
	foundNone = "dkim=none; spf=none smtp.mailfrom=bounce@bank.example; dmarc=none header.from=bank.example"
)

// TestAged: what today's records say against mail that came some time ago is
// unknown, unless no other record could cure it.
func TestAged(t *testing.T) {
	k := testKeys()
	key := func(records ...string) dnstest.Zone {
		return dnstest.Zone{"TXT s1._domainkey.bank.example": records, "TXT _dmarc.bank.example": {"v=DMARC1; p=reject"},
			"TXT bank.example": {"v=spf1 ip4:198.51.100.0/24 -all"}} // no longer 192.0.2.0/24
	}
	now, replaced, gone, revoked := key(keyRecord(t, k.rsa)), key(keyRecord(t, k.other)), key("NXDOMAIN"), key("v=DKIM1; p=")
	edReplaced := key("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	good, silent := agedMail(t, k.rsa, foundGood), agedMail(t, k.rsa, foundNone)
	body := func(msg string) string { return strings.Replace(msg, "is ready", "is late", 1) }
	header := func(msg string) string { return strings.Replace(msg, "Your statement", "My statement", 1) }
	const day = 24 * time.Hour
	live := &Session{ClientIP: netip.MustParseAddr("198.51.100.1"), Helo: "h.test", MailFrom: "x@elsewhere.example"}
	for _, tt := range []struct {
		name, msg string
		zone      dnstest.Zone
		after     time.Duration // from receipt to check
		session   *Session
		distrust  bool // the boundary is not believed
		dkim      analyze.Result
		reason    string
		dmarc     analyze.Result // ours
		best      analyze.Result // all witnesses together
	}{
		{name: "good", msg: good, zone: now, after: 30 * day, dkim: "pass", dmarc: "pass", best: "pass"},
		{name: "replaced, same day, found good", msg: good, zone: replaced, after: time.Hour, dkim: "unknown", reason: "mx.provider.example found it good, so the key may have been replaced since", dmarc: "unknown", best: "pass"},
		{name: "replaced, month, found good", msg: good, zone: replaced, after: 30 * day, dkim: "unknown", reason: "replaced since", dmarc: "unknown", best: "pass"},
		{name: "replaced, same day, found nothing", msg: silent, zone: replaced, after: time.Hour, dkim: "fail", reason: "not made with the published key", dmarc: "fail", best: "fail"},
		{name: "replaced, month, found nothing", msg: silent, zone: replaced, after: 30 * day, dkim: "unknown", reason: "replaced since", dmarc: "unknown", best: "none"},
		{name: "replaced, no boundary", msg: silent, zone: replaced, after: time.Hour, distrust: true, dkim: "unknown", reason: "replaced since", dmarc: "unknown", best: "unknown"},
		{name: "replaced, live", msg: good, zone: replaced, session: live, dkim: "fail", reason: "not made with", dmarc: "fail", best: "fail"},
		{name: "ed25519, month", msg: agedMail(t, k.ed, foundNone), zone: edReplaced, after: 30 * day, dkim: "unknown", reason: "replaced since", dmarc: "unknown", best: "none"},
		{name: "ed25519, live", msg: agedMail(t, k.ed, foundNone), zone: edReplaced, session: live, dkim: "fail", reason: reasonSigBad, dmarc: "fail", best: "fail"},
		{name: "another type, month", msg: silent, zone: edReplaced, after: 30 * day, dkim: "unknown", reason: "another type than the signature; the key may", dmarc: "unknown", best: "none"},
		{name: "gone, same day", msg: silent, zone: gone, after: time.Hour, dkim: "unknown", reason: reasonKeyGone, dmarc: "unknown", best: "none"},
		{name: "gone, no boundary", msg: silent, zone: gone, distrust: true, dkim: "unknown", reason: reasonKeyGone, dmarc: "unknown", best: "unknown"},
		{name: "gone, live", msg: silent, zone: gone, session: live, dkim: "permerror", reason: reasonKeyGone, dmarc: "fail", best: "fail"},
		{name: "revoked, month", msg: silent, zone: revoked, after: 30 * day, dkim: "unknown", reason: reasonKeyRevoked, dmarc: "unknown", best: "none"},
		{name: "revoked, live", msg: silent, zone: revoked, session: live, dkim: "permerror", reason: reasonKeyRevoked, dmarc: "fail", best: "fail"},
		{name: "body, month", msg: body(silent), zone: now, after: 30 * day, dkim: "fail", reason: reasonBodyOnly, dmarc: "unknown", best: "none"},
		{name: "body, month, found good", msg: body(good), zone: now, after: 30 * day, dkim: "unknown", reason: "found it good, so it was changed since", dmarc: "unknown", best: "pass"},
		{name: "body, month, replaced", msg: body(silent), zone: replaced, after: 30 * day, dkim: "fail", reason: reasonBodyHash, dmarc: "unknown", best: "none"},
		{name: "header, month", msg: header(silent), zone: now, after: 30 * day, dkim: "fail", reason: "signed header fields were changed", dmarc: "unknown", best: "none"},
		{name: "header, month, replaced", msg: header(silent), zone: replaced, after: 30 * day, dkim: "unknown", reason: "replaced since", dmarc: "unknown", best: "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := Input{Raw: []byte(tt.msg), At: time.Date(2026, 1, 1, 10, 0, 1, 0, time.UTC).Add(tt.after), Session: tt.session}
			if !tt.distrust {
				in.Trust.Providers = []string{"provider.example"}
			}
			a := checker(t).Check(t.Context(), tt.zone, in)
			d, m := find(a, analyze.MethodDKIM), find(a, analyze.MethodDMARC)
			if d.Result != tt.dkim || !strings.Contains(d.Reason, tt.reason) {
				t.Errorf("dkim = %s, %q; want %s, %q", d.Result, d.Reason, tt.dkim, tt.reason)
			}
			if m.Result != tt.dmarc || a.DMARC().Result != tt.best {
				t.Errorf("dmarc = %s (%s), with the boundary %s; want %s, %s", m.Result, m.Reason, a.DMARC().Result, tt.dmarc, tt.best)
			}
			if said := byWitness(a.Results, analyze.WitnessBoundary); tt.session == nil && !tt.distrust && len(said) != 3 {
				t.Errorf("the boundary's word = %s, want its three results beside ours", brief(said))
			}
		})
	}
}

// TestAgedSPF: today's SPF record speaks against mail only while it is fresh,
// and not where the boundary found a pass.
func TestAgedSPF(t *testing.T) {
	zone := dnstest.Zone{"TXT bank.example": {"v=spf1 ip4:198.51.100.0/24 -all"}, "TXT s1._domainkey.bank.example": {keyRecord(t, testKeys().rsa)}}
	for _, tt := range []struct {
		name, found string
		after       time.Duration
		want        analyze.Result
		reason      string
	}{
		{"fresh", foundNone, time.Hour, "fail", "matched -all"},
		{"fresh, found good", foundGood, time.Hour, "unknown", "fail by today's record (matched -all); mx.provider.example found a pass"},
		{"old", foundNone, 30 * 24 * time.Hour, "unknown", "may have changed"},
	} {
		in := Input{Raw: []byte(agedMail(t, testKeys().rsa, tt.found)), At: time.Date(2026, 1, 1, 10, 0, 1, 0, time.UTC).Add(tt.after),
			Trust: Trust{Providers: []string{"provider.example"}}}
		if s := find(checker(t).Check(t.Context(), zone, in), analyze.MethodSPF); s.Result != tt.want || !strings.Contains(s.Reason, tt.reason) {
			t.Errorf("%s: spf = %s, %q; want %s, %q", tt.name, s.Result, s.Reason, tt.want, tt.reason)
		}
	}
}
