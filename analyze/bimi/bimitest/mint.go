// Package bimitest is a mark authority for tests: it mints roots, issuers,
// mark certificates, log timestamps, revocation lists and logos, good and
// hostile, and serves them on loopback. It is written apart from the code
// under test and shares nothing with it, not even object identifiers.
package bimitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"testing"
	"time"
)

// Noon is the time at which minted certificates are judged.
func Noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// What a certificate is minted with, unless it is changed.
const (
	Domain       = "bank.example"
	Organisation = "Bank of Examples"
	CRLURL       = "http://crl.mva.example/marks.crl"
)

// The object identifiers of a mark certificate: Mark Certificate Requirements
// v1.7 section 7.1, RFC 9399 section 4, RFC 6962 section 3.3. Functions,
// because Go has no constant slices.
func oidEKU() asn1.ObjectIdentifier      { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 31} }
func oidLogotype() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 12} }
func oidSCTList() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
}
func oidPilot() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 53087, 4, 1} }

const (
	policyGeneral  = "1.3.6.1.4.1.53087.1.1"   // of mark certificates
	policyDigiCert = "2.16.840.1.114412.0.2.5" // of an authority
)

// Mint is an authority with its log.
type Mint struct {
	Root, Inter       *x509.Certificate
	RootKey, InterKey crypto.Signer
	LogKey            *ecdsa.PrivateKey
	LogID             [32]byte

	tb     testing.TB
	serial int64
}

var keys = sync.OnceValue(func() []*ecdsa.PrivateKey {
	out := make([]*ecdsa.PrivateKey, 6)
	for i := range out {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
})

// Keys gives six keys: of the root, the issuer, the log, the leaves, a
// stranger, and a web server (or a second stranger).
func Keys() []*ecdsa.PrivateKey { return keys() }

// New makes an authority: a root, an issuer, and a log.
func New(tb testing.TB) *Mint {
	tb.Helper()
	k := Keys()
	m := &Mint{tb: tb, RootKey: k[0], InterKey: k[1], LogKey: k[2], serial: 1000}
	m.Root = m.Authority(CA("Test Mark Root", false), nil, m.RootKey, m.RootKey)
	m.Inter = m.Authority(CA("Test Mark CA", true), m.Root, m.InterKey, m.RootKey)
	m.LogID = sha256.Sum256(m.logSPKI())
	return m
}

func (m *Mint) logSPKI() []byte {
	m.tb.Helper()
	spki, err := x509.MarshalPKIXPublicKey(m.LogKey.Public())
	if err != nil {
		m.tb.Fatal(err)
	}
	return spki
}

// LogList gives the log as a log list in JSON (version 3), in that state
// ("usable", "retired" …) since 2026-02-01.
func (m *Mint) LogList(state string) []byte {
	m.tb.Helper()
	return fmt.Appendf(nil, `{"operators":[{"name":"T","logs":[{"description":"Test Log","log_id":%q,"key":%q,"state":{%q:{"timestamp":"2026-02-01T00:00:00Z"}}}]}]}`,
		base64.StdEncoding.EncodeToString(m.LogID[:]), base64.StdEncoding.EncodeToString(m.logSPKI()), state)
}

// Chain gives a PEM bundle of a leaf and its usual issuer.
func (m *Mint) Chain(leaf *x509.Certificate) []byte { return PEM(leaf, m.Inter) }

// PEM gives certificates one after the other.
func PEM(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// CA is the template of an authority; marks gives it the key purpose of mark
// certificates.
func CA(cn string, marks bool) *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber:          big.NewInt(int64(len(cn))),
		Subject:               pkix.Name{CommonName: cn, Organization: []string{"Test MVA"}, Country: []string{"US"}},
		NotBefore:             time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if marks {
		t.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidEKU()}
	}
	return t
}

// Authority makes a CA certificate; parent nil means by itself.
func (m *Mint) Authority(t, parent *x509.Certificate, key, by crypto.Signer) *x509.Certificate {
	m.tb.Helper()
	if parent == nil {
		parent = t
	}
	return m.Sign(t, parent, key.Public(), by)
}

// Sign makes any certificate.
func (m *Mint) Sign(t, parent *x509.Certificate, pub crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	m.tb.Helper()
	// CreateCertificate refuses to forge; a parent that claims the key of
	// the signer makes it.
	claimed := *parent
	claimed.PublicKey = by.Public()
	parent = &claimed
	der, err := x509.CreateCertificate(rand.Reader, t, parent, pub, by)
	if err != nil {
		m.tb.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		m.tb.Fatal(err)
	}
	return c
}

// CRL makes the intermediate's revocation list.
func (m *Mint) CRL(change func(t *x509.RevocationList)) []byte {
	m.tb.Helper()
	return m.CRLBy(m.Inter, m.InterKey, change)
}

// CRLBy makes the revocation list of any issuer.
func (m *Mint) CRLBy(issuer *x509.Certificate, key crypto.Signer, change func(t *x509.RevocationList)) []byte {
	m.tb.Helper()
	t := &x509.RevocationList{Number: big.NewInt(7), ThisUpdate: Noon().Add(-time.Hour), NextUpdate: Noon().Add(24 * time.Hour)}
	if change != nil {
		change(t)
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, issuer, key)
	if err != nil {
		m.tb.Fatal(err)
	}
	return der
}
