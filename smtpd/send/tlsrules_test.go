package send

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// issued is a certificate with its key.
type issued struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate, by parent or by itself.
func issue(t testing.TB, tmpl x509.Certificate, parent *issued) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.SerialNumber, tmpl.Subject.CommonName, tmpl.BasicConstraintsValid = big.NewInt(time.Now().UnixNano()), "test", true
	if tmpl.NotAfter.IsZero() {
		tmpl.NotAfter = time.Now().Add(time.Hour)
	}
	tmpl.NotBefore = tmpl.NotAfter.Add(-48 * time.Hour)
	by := parent
	if by == nil {
		by = &issued{&tmpl, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, &tmpl, by.cert, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{cert, key}
}

func forHosts(list ...string) x509.Certificate { return x509.Certificate{DNSNames: list} }

// tlsa writes a record for a certificate.
func tlsa(usage, selector, matching int, c *x509.Certificate) string {
	part := c.Raw
	if selector == selectKey {
		part = c.RawSubjectPublicKeyInfo
	}
	switch matching {
	case matchSHA256:
		s := sha256.Sum256(part)
		part = s[:]
	case matchSHA512:
		s := sha512.Sum512(part)
		part = s[:]
	}
	return fmt.Sprintf("%d %d %d %s", usage, selector, matching, hex.EncodeToString(part))
}

// TestTLSRules delivers to a real server on loopback, with TLS as the domain's
// policy and records ask, or not at all.
func TestTLSRules(t *testing.T) {
	root := issue(t, x509.Certificate{IsCA: true, Subject: pkix.Name{Organization: []string{"root"}}}, nil)
	other := issue(t, x509.Certificate{IsCA: true, Subject: pkix.Name{Organization: []string{"other"}}}, nil)
	good := issue(t, forHosts("mx.home.example"), root)
	wrong := issue(t, forHosts("mx.other.example"), root)
	expired := issue(t, x509.Certificate{DNSNames: []string{"mx.home.example"}, NotAfter: time.Now().Add(-time.Hour)}, root)
	domain := issue(t, forHosts("home.example"), root)
	pool := x509.NewCertPool()
	pool.AddCert(root.cert)
	const enforce, testing_ = "enforce", "testing"
	tests := []struct {
		name   string
		leaf   *issued // nil: no STARTTLS
		policy string  // mode; empty: none
		mx     string
		tlsa   []string
		not    string // types whose answers are not validated
		ok     bool
		tls    bool
	}{
		{name: "nothing asked, nothing offered", ok: true},
		{name: "nothing asked, any certificate", leaf: wrong, ok: true, tls: true},
		{name: "enforced", leaf: good, policy: enforce, mx: "mx.home.example", ok: true, tls: true},
		{name: "enforced by wildcard", leaf: good, policy: enforce, mx: "*.home.example", ok: true, tls: true},
		{name: "enforced, another host", leaf: good, policy: enforce, mx: "mail.home.example"},
		{name: "enforced, not offered", policy: enforce, mx: "mx.home.example"},
		{name: "enforced, wrong name", leaf: wrong, policy: enforce, mx: "mx.home.example"},
		{name: "enforced, expired", leaf: expired, policy: enforce, mx: "mx.home.example"},
		{name: "testing, not offered", policy: testing_, mx: "mx.home.example", ok: true},
		{name: "testing, another host", leaf: wrong, policy: testing_, mx: "mail.home.example", ok: true, tls: true},
		{name: "none", policy: "none", ok: true},
		{name: "DANE-EE, name and date do not matter", leaf: expired, tlsa: []string{tlsa(3, 1, 1, expired.cert)}, ok: true, tls: true},
		{name: "DANE-EE, wrong name", leaf: wrong, tlsa: []string{tlsa(3, 0, 2, wrong.cert)}, ok: true, tls: true},
		{name: "DANE-EE, whole key", leaf: good, tlsa: []string{tlsa(3, 1, 0, good.cert)}, ok: true, tls: true},
		{name: "DANE-EE, another key", leaf: good, tlsa: []string{tlsa(3, 1, 1, wrong.cert)}},
		{name: "DANE-EE, one of two keys", leaf: good, tlsa: []string{tlsa(3, 1, 1, wrong.cert), tlsa(3, 1, 1, good.cert)}, ok: true, tls: true},
		{name: "DANE, not offered", tlsa: []string{tlsa(3, 1, 1, good.cert)}},
		{name: "DANE-TA", leaf: good, tlsa: []string{tlsa(2, 0, 1, root.cert)}, ok: true, tls: true},
		{name: "DANE-TA, the domain's name", leaf: domain, tlsa: []string{tlsa(2, 1, 1, root.cert)}, ok: true, tls: true},
		{name: "DANE-TA, wrong name", leaf: wrong, tlsa: []string{tlsa(2, 1, 1, root.cert)}},
		{name: "DANE-TA, expired", leaf: expired, tlsa: []string{tlsa(2, 1, 1, root.cert)}},
		{name: "DANE-TA, another root", leaf: good, tlsa: []string{tlsa(2, 0, 1, other.cert)}},
		{name: "DANE-TA, whole in the record", leaf: good, tlsa: []string{tlsa(2, 0, 0, root.cert)}, ok: true, tls: true},
		{name: "DANE, usages of the web alone: TLS without a name", leaf: wrong, tlsa: []string{tlsa(1, 0, 1, good.cert)}, ok: true, tls: true},
		{name: "DANE, usages of the web alone, not offered", tlsa: []string{tlsa(0, 0, 1, good.cert)}},
		{name: "DANE, a digest cut short, not offered", tlsa: []string{"3 1 1 00ff"}},
		{name: "TLSA not validated", tlsa: []string{tlsa(3, 1, 1, good.cert)}, not: "TLSA ", ok: true},
		{name: "MX not validated", tlsa: []string{tlsa(3, 1, 1, good.cert)}, not: "MX ", ok: true},
		{name: "addresses not validated", tlsa: []string{tlsa(3, 1, 1, good.cert)}, not: "A ", ok: true},
		{name: "TLSA fails", leaf: good, tlsa: []string{"SERVFAIL"}},
		{name: "DANE before MTA-STS", leaf: expired, policy: enforce, mx: "mx.home.example", tlsa: []string{tlsa(3, 1, 1, expired.cert)}, ok: true, tls: true},
		{name: "MTA-STS does not mend DANE", leaf: good, policy: enforce, mx: "mx.home.example", tlsa: []string{tlsa(3, 1, 1, wrong.cert)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &backend{}
			var cert *tls.Certificate
			if tt.leaf != nil {
				cert = &tls.Certificate{Certificate: [][]byte{tt.leaf.cert.Raw, root.cert.Raw}, PrivateKey: tt.leaf.key}
			}
			_, port, _ := net.SplitHostPort(serve(t, b, cert, false, func(s *smtp.Server) { s.Domain = "mx.home.example" }))
			n, _ := strconv.Atoi(port)
			z := dnstest.Zone{"MX home.example": {"10 mx.home.example"}, "A mx.home.example": {"127.0.0.1"}}
			if tt.tlsa != nil {
				z["TLSA _"+port+"._tcp.mx.home.example"] = tt.tlsa
			}
			x := &MX{Hostname: "desk.example", Resolver: validating{z, tt.not}, Port: n, CA: pool, DANE: true, AllowPrivate: true}
			if tt.policy != "" {
				z["TXT _mta-sts.home.example"] = []string{"v=STSv1; id=1;"}
				text := "version: STSv1\r\nmode: " + tt.policy + "\r\nmax_age: 86400\r\n"
				if tt.mx != "" {
					text += "mx: " + tt.mx + "\r\n"
				}
				x.Policies = &Policies{Fetch: func(context.Context, string) ([]byte, error) { return []byte(text), nil }}
			}
			err := x.Send(t.Context(), note())
			if (err == nil) != tt.ok || Permanent(err) || err != nil && !errors.Is(err, ErrTLS) && !errors.Is(err, ErrPolicy) {
				t.Errorf("Send = %v, want delivered %v, or for TLS's sake not yet", err, tt.ok)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if len(b.list) > 0 != tt.ok || tt.ok && b.list[0].tls != tt.tls {
				t.Errorf("the host took %d messages (%+v), want delivered %v with TLS %v", len(b.list), b.list, tt.ok, tt.tls)
			}
		})
	}
}

// FuzzTLSA holds: whatever the records say, a chain that none of them names is
// not good, and one that a record names is.
func FuzzTLSA(f *testing.F) {
	root := issue(f, x509.Certificate{IsCA: true}, nil)
	leaf := issue(f, forHosts("mx.home.example"), root)
	chain := []*x509.Certificate{leaf.cert, root.cert}
	sum := sha256.Sum256(leaf.cert.RawSubjectPublicKeyInfo)
	f.Add(uint8(3), uint8(1), uint8(1), sum[:])
	f.Add(uint8(2), uint8(0), uint8(0), root.cert.Raw)
	f.Add(uint8(2), uint8(0), uint8(0), []byte{0x30, 0x82})
	f.Add(uint8(255), uint8(255), uint8(255), []byte{})
	f.Fuzz(func(t *testing.T, usage, selector, matching uint8, data []byte) {
		a := dns.Association{Usage: usage, Selector: selector, Matching: matching, Data: data}
		list := usableTLSA([]dns.Association{a})
		err := matchTLSA(list, chain, []string{"mx.home.example"}, time.Now())
		named := len(list) == 1 && (associated(a, leaf.cert) || usage == usageTA && associated(a, root.cert))
		if (err == nil) != named {
			t.Errorf("matchTLSA(%d %d %d %x) = %v, want good %v", usage, selector, matching, data, err, named)
		}
		if err := matchTLSA(list, nil, nil, time.Now()); err == nil {
			t.Error("matchTLSA of no chain = nil")
		}
	})
}
