package bimi

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"reportascam/analyze/bimi/bimitest"
)

// pointExt makes an issuing distribution point of raw fields.
func pointExt(fields ...byte) pkix.Extension {
	return pkix.Extension{Id: oidCRLPoint, Critical: true, Value: append([]byte{0x30, byte(len(fields))}, fields...)}
}

func pointURL(url string) []byte {
	name := append([]byte{0x86, byte(len(url))}, url...)
	full := append([]byte{0xa0, byte(len(name))}, name...)
	return append([]byte{0xa0, byte(len(full))}, full...)
}

func TestRevocation(t *testing.T) {
	m := newMint(t)
	leaf := m.Leaf(nil)
	entry := func(change func(e *x509.RevocationListEntry)) func(l *x509.RevocationList) {
		return func(l *x509.RevocationList) {
			e := x509.RevocationListEntry{SerialNumber: leaf.SerialNumber, RevocationTime: bimitest.Noon().Add(-24 * time.Hour)}
			if change != nil {
				change(&e)
			}
			l.RevokedCertificateEntries = []x509.RevocationListEntry{e}
		}
	}
	ext := func(e pkix.Extension) func(l *x509.RevocationList) {
		return func(l *x509.RevocationList) { l.ExtraExtensions = []pkix.Extension{e} }
	}
	k := bimitest.Keys()[4]
	tests := []struct {
		name string
		got  Fetched
		want CheckStatus
		says string
	}{
		{"clean", okay(m.CRL(nil)), Pass, "not on the revocation list"},
		{"clean, PEM", okay(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: m.CRL(nil)})), Pass, "not on"},
		{"another certificate revoked", okay(m.CRL(entry(func(e *x509.RevocationListEntry) { e.SerialNumber = big.NewInt(5) }))), Pass, "not on"},
		{"revoked", okay(m.CRL(entry(nil))), Fail, "revoked on 2026-05-31"},
		{"key compromised", okay(m.CRL(entry(func(e *x509.RevocationListEntry) { e.ReasonCode = 1 }))), Fail, "compromised"},
		{"on hold", okay(m.CRL(entry(func(e *x509.RevocationListEntry) { e.ReasonCode = 6 }))), Fail, "on hold"},
		{"revoked later than the message", okay(m.CRL(entry(func(e *x509.RevocationListEntry) { e.RevocationTime = bimitest.Noon().Add(time.Hour) }))), Fail, "revoked on"},
		{"taken back", okay(m.CRL(entry(func(e *x509.RevocationListEntry) { e.ReasonCode = 8 }))), Pass, "not on"},
		{"revoked on a list that ran out", okay(m.CRL(func(l *x509.RevocationList) { entry(nil)(l); l.NextUpdate = bimitest.Noon().Add(-time.Minute) })), Fail, "revoked"},
		{"ran out", okay(m.CRL(func(l *x509.RevocationList) { l.NextUpdate = bimitest.Noon().Add(-time.Minute) })), Unknown, "ran out"},
		{"another key", okay(m.CRLBy(claiming(m.Inter, k.Public()), k, nil)), Unknown, "verification failure"},
		{"another authority", okay(m.CRLBy(m.Root, m.RootKey, nil)), Unknown, "another authority's"},
		{"no list", okay([]byte("<html>not found</html>")), Unknown, "could not be used"},
		{"down", Fetched{Status: FetchTempError, Reason: "timeout"}, Unknown, "timeout"},
		{"gone", Fetched{Status: FetchAbsent, Reason: "the server said 404"}, Unknown, "404"},
		{"delta", okay(m.CRL(ext(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}))), Unknown, "critical extension 2.5.29.27"},
		{"indirect", okay(m.CRL(ext(pointExt(0x84, 1, 0xff)))), Unknown, "only a part"},
		{"some reasons", okay(m.CRL(ext(pointExt(0x83, 2, 1, 6)))), Unknown, "only a part"},
		{"authorities only", okay(m.CRL(ext(pointExt(0x82, 1, 0xff)))), Unknown, "of this kind"},
		{"users only", okay(m.CRL(ext(pointExt(0x81, 1, 0xff)))), Pass, "not on"},
		{"this place", okay(m.CRL(ext(pointExt(pointURL(bimitest.CRLURL)...)))), Pass, "not on"},
		{"another place", okay(m.CRL(ext(pointExt(pointURL("http://crl.mva.example/other")...)))), Unknown, "other certificates"},
		{"malformed place", okay(m.CRL(ext(pointExt(0xa0, 2, 0x30, 0)))), Unknown, "malformed"},
	}
	for _, tt := range tests {
		c := &Checker{Anchors: m.anchors}
		f := web{bimitest.CRLURL: tt.got}
		for round := range 2 { // the second from the list kept parsed
			got := c.revoked(t.Context(), f, []*x509.Certificate{leaf, m.Inter, m.Root}, bimitest.Noon())
			if got.Status != tt.want || !strings.Contains(got.Says, tt.says) {
				t.Errorf("%s, round %d: revoked = %s %q, want %s %q", tt.name, round, got.Status, got.Says, tt.want, tt.says)
			}
		}
	}
}

// TestRevokedIssuer: an issuer that says where its list is, is looked for too.
func TestRevokedIssuer(t *testing.T) {
	m := newMint(t)
	k := bimitest.Keys()[4]
	ca := bimitest.CA("Listed CA", true)
	ca.CRLDistributionPoints = []string{"http://crl.mva.example/root.crl", "ldap://crl.mva.example/x"}
	inter := m.Authority(ca, m.Root, k, m.RootKey)
	leaf := m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k })
	revoke := func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: inter.SerialNumber, RevocationTime: bimitest.Noon()}}
	}
	for _, tt := range []struct {
		name string
		root Fetched
		want CheckStatus
	}{
		{"clean", okay(m.CRLBy(m.Root, m.RootKey, nil)), Pass},
		{"revoked", okay(m.CRLBy(m.Root, m.RootKey, revoke)), Fail},
		{"down", Fetched{Status: FetchTempError, Reason: "timeout"}, Unknown},
	} {
		c := &Checker{Anchors: m.anchors}
		f := web{bimitest.CRLURL: okay(m.CRLBy(inter, k, nil)), "http://crl.mva.example/root.crl": tt.root}
		if got := c.revoked(t.Context(), f, []*x509.Certificate{leaf, inter, m.Root}, bimitest.Noon()); got.Status != tt.want {
			t.Errorf("issuer %s: revoked = %s %q, want %s", tt.name, got.Status, got.Says, tt.want)
		}
	}
}

// claiming gives a certificate that claims another key.
func claiming(c *x509.Certificate, pub any) *x509.Certificate {
	out := *c
	out.PublicKey = pub
	return &out
}
