package bimi

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// goodSVG is an image that keeps the profile.
const goodSVG = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64"><title>Bank</title><rect width="64" height="64" fill="#036"/></svg>`

// noon is the time at which minted certificates are judged.
func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

const (
	bankDomain = "bank.example"
	crlURL     = "http://crl.mva.example/marks.crl"
)

// mint is an authority with its log, for tests.
type mint struct {
	tb              testing.TB
	root, inter     *x509.Certificate
	rootKey, intKey crypto.Signer
	logKey          *ecdsa.PrivateKey
	logID           [32]byte
	anchors         *Anchors
	serial          int64
}

var keyOnce = sync.OnceValue(func() []*ecdsa.PrivateKey { return makeKeys(6) })

func makeKeys(n int) []*ecdsa.PrivateKey {
	out := make([]*ecdsa.PrivateKey, n)
	for i := range out {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
}

func newMint(tb testing.TB) *mint {
	tb.Helper()
	k := keyOnce()
	m := &mint{tb: tb, rootKey: k[0], intKey: k[1], logKey: k[2], serial: 1000}
	m.root = m.authority(caTemplate("Test Mark Root", false), nil, m.rootKey, m.rootKey)
	m.inter = m.authority(caTemplate("Test Mark CA", true), m.root, m.intKey, m.rootKey)
	spki, err := x509.MarshalPKIXPublicKey(m.logKey.Public())
	if err != nil {
		tb.Fatal(err)
	}
	m.logID = sha256.Sum256(spki)
	m.anchors = NewAnchors([]*x509.Certificate{m.root}, []Log{{Name: "Test Log", ID: m.logID, Key: m.logKey.Public()}})
	return m
}

func caTemplate(cn string, marks bool) *x509.Certificate {
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
		t.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidEKU}
	}
	return t
}

// authority makes a CA certificate; parent nil means by itself.
func (m *mint) authority(t, parent *x509.Certificate, key, by crypto.Signer) *x509.Certificate {
	m.tb.Helper()
	if parent == nil {
		parent = t
	}
	return m.sign(t, parent, key.Public(), by)
}

func (m *mint) sign(t, parent *x509.Certificate, pub crypto.PublicKey, by crypto.Signer) *x509.Certificate {
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

// leafSpec is a mark certificate to make; change what is to be wrong.
type leafSpec struct {
	t        *x509.Certificate
	logotype []byte // value of the extension, nil: none
	critical bool   // of the logotype
	issuer   *x509.Certificate
	by       crypto.Signer
	pub      crypto.PublicKey
	stamp    func(s *stampSpec)
	noSCT    bool
}

type stampSpec struct {
	id   [32]byte
	key  crypto.Signer
	at   time.Time
	tbs  []byte
	list func(list []byte) []byte
	hash uint8
}

func (m *mint) leaf(change func(s *leafSpec)) *x509.Certificate {
	m.tb.Helper()
	m.serial++
	s := &leafSpec{issuer: m.inter, by: m.intKey, pub: keyOnce()[3].Public(), logotype: logotypeOf([]byte(goodSVG))}
	s.t = &x509.Certificate{
		SerialNumber:          new(big.Int).Lsh(big.NewInt(m.serial), 64),
		Subject:               pkix.Name{ExtraNames: bankSubject()},
		NotBefore:             time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		DNSNames:              []string{bankDomain},
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{oidEKU},
		PolicyIdentifiers:     nil,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		CRLDistributionPoints: []string{crlURL},
	}
	s.t.Policies = []x509.OID{oid(m.tb, oidPolicy), oid(m.tb, "2.16.840.1.114412.0.2.5")}
	if change != nil {
		change(s)
	}
	if s.logotype != nil {
		s.t.ExtraExtensions = append(s.t.ExtraExtensions, pkix.Extension{Id: oidLogotype, Critical: s.critical, Value: s.logotype})
	}
	pre := m.sign(s.t, s.issuer, s.pub, s.by)
	if s.noSCT {
		return pre
	}
	s.t.ExtraExtensions = append(s.t.ExtraExtensions, pkix.Extension{Id: oidSCTList, Value: m.stamps(pre, s)})
	return m.sign(s.t, s.issuer, s.pub, s.by)
}

func oid(tb testing.TB, s string) x509.OID {
	o, err := x509.ParseOID(s)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// stamps makes the list of timestamps by RFC 6962, apart from the code under
// test: the TBS is that of a certificate made without the list.
func (m *mint) stamps(pre *x509.Certificate, s *leafSpec) []byte {
	st := &stampSpec{id: m.logID, key: m.logKey, at: pre.NotBefore.Add(time.Hour), tbs: pre.RawTBSCertificate, hash: 4}
	if s.stamp != nil {
		s.stamp(st)
	}
	key := sha256.Sum256(s.issuer.RawSubjectPublicKeyInfo)
	var msg []byte
	msg = append(msg, 0, 0)
	msg = binary.BigEndian.AppendUint64(msg, uint64(st.at.UnixMilli()))
	msg = append(msg, 0, 1)
	msg = append(msg, key[:]...)
	msg = append(msg, byte(len(st.tbs)>>16), byte(len(st.tbs)>>8), byte(len(st.tbs)))
	msg = append(msg, st.tbs...)
	msg = append(msg, 0, 0)
	sum := sha256.Sum256(msg)
	sig, err := st.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		m.tb.Fatal(err)
	}
	one := append([]byte{0}, st.id[:]...)
	one = binary.BigEndian.AppendUint64(one, uint64(st.at.UnixMilli()))
	one = append(one, 0, 0, st.hash, 3)
	one = binary.BigEndian.AppendUint16(one, uint16(len(sig)))
	one = append(one, sig...)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(one)))
	list = append(list, one...)
	if st.list != nil {
		list = st.list(list)
	}
	all := append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...)
	out, err := asn1.Marshal(all)
	if err != nil {
		m.tb.Fatal(err)
	}
	return out
}

// bankSubject is a full subject of a registered mark.
func bankSubject() []pkix.AttributeTypeAndValue {
	var out []pkix.AttributeTypeAndValue
	for _, f := range [][2]string{
		{"1.3.6.1.4.1.311.60.2.1.3", "US"}, {"2.5.4.15", "Private Organization"}, {"2.5.4.5", "4711"}, {"2.5.4.6", "US"},
		{"2.5.4.8", "Ohio"}, {"2.5.4.7", "Dayton"}, {"2.5.4.9", "1 Main St"}, {"2.5.4.10", "Bank of Examples"},
		{"2.5.4.3", "Bank of Examples"}, {"1.3.6.1.4.1.53087.1.13", "Registered Mark"}, {"1.3.6.1.4.1.53087.1.3", "US"},
		{"1.3.6.1.4.1.53087.1.4", "6275156"},
	} {
		out = append(out, attribute(f[0], f[1]))
	}
	return out
}

func attribute(id, value string) pkix.AttributeTypeAndValue {
	var o asn1.ObjectIdentifier
	x, err := x509.ParseOID(id)
	if err != nil {
		panic(err)
	}
	der, err := x.MarshalBinary()
	if err != nil {
		panic(err)
	}
	if _, err := asn1.Unmarshal(append([]byte{6, byte(len(der))}, der...), &o); err != nil {
		panic(err)
	}
	return pkix.AttributeTypeAndValue{Type: o, Value: value}
}

// subjectWith changes (or with an empty value drops) fields of the subject.
func subjectWith(changes ...string) []pkix.AttributeTypeAndValue {
	var out []pkix.AttributeTypeAndValue
next:
	for _, a := range bankSubject() {
		for i := 0; i < len(changes); i += 2 {
			if a.Type.String() == changes[i] {
				if changes[i+1] == "" {
					continue next
				}
				a.Value = changes[i+1]
			}
		}
		out = append(out, a)
	}
	return out
}

func zip(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b)
	_ = z.Close()
	return buf.Bytes()
}

// logoSpec is a logotype extension to make.
type logoSpec struct {
	media, uri string
	hash       [][2]any // OID and value
	images     int
	uris       int
	indirect   bool
	issuer     bool // as the issuer's logo, not the subject's
}

func logotypeOf(svg []byte) []byte { return logotypeWith(svg, nil) }

func logotypeWith(svg []byte, change func(l *logoSpec)) []byte {
	s1, s2 := sha1.Sum(svg), sha256.Sum256(svg)
	l := &logoSpec{media: "image/svg+xml", uri: dataURI(zip(svg)), images: 1, uris: 1, hash: [][2]any{
		{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, s1[:]}, {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, s2[:]}}}
	if change != nil {
		change(l)
	}
	side, kind := cbasn1.Tag(2), cbasn1.Tag(0)
	if l.issuer {
		side = 1
	}
	if l.indirect {
		kind = 1
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(side.Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			b.AddASN1(kind.Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					for range l.images {
						b.AddASN1(cbasn1.SEQUENCE, l.details)
					}
				})
			})
		})
	})
	return b.BytesOrPanic()
}

func (l *logoSpec) details(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(l.media)) })
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, h := range l.hash {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(h[0].(asn1.ObjectIdentifier)) })
					b.AddASN1OctetString(h[1].([]byte))
				})
			}
		})
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for range l.uris {
				b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(l.uri)) })
			}
		})
	})
}

func dataURI(b []byte) string {
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(b)
}

func rawCert(der []byte) *x509.Certificate { return &x509.Certificate{Raw: der} }

func pemOf(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// crl makes the intermediate's revocation list.
func (m *mint) crl(change func(t *x509.RevocationList)) []byte {
	m.tb.Helper()
	return m.crlBy(m.inter, m.intKey, change)
}

func (m *mint) crlBy(issuer *x509.Certificate, key crypto.Signer, change func(t *x509.RevocationList)) []byte {
	m.tb.Helper()
	t := &x509.RevocationList{Number: big.NewInt(7), ThisUpdate: noon().Add(-time.Hour), NextUpdate: noon().Add(24 * time.Hour)}
	if change != nil {
		change(t)
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, issuer, key)
	if err != nil {
		m.tb.Fatal(err)
	}
	return der
}

// web is a fetcher over a table.
type web map[string]Fetched

func (w web) Fetch(_ context.Context, req Request) Fetched {
	if f, ok := w[req.URL]; ok {
		f.URL, f.Kind = req.URL, req.Kind
		return f
	}
	return unfetched(req, FetchAbsent, "the server said 404")
}

func okay(b []byte) Fetched { return Fetched{Status: FetchOK, Code: 200, Body: b} }

func pilotExtension() pkix.Extension {
	return pkix.Extension{Id: oidPilot, Critical: true, Value: append([]byte{12, 16}, "Mark Certificate"...)}
}
