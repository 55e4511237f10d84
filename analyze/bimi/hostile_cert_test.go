package bimi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze/bimi/bimitest"
)

// validate judges a bundle for the bank, with its logo and a clean
// revocation list.
func (m *mint) validate(bundle []byte) Result {
	c := &Checker{Anchors: m.anchors}
	return c.ValidateFiles(m.tb.Context(), web{bimitest.CRLURL: okay(m.CRL(nil))},
		Files{Cert: bundle, Domain: bimitest.Domain, Logo: []byte(bimitest.GoodSVG), At: bimitest.Noon()})
}

func TestMintedCertificates(t *testing.T) {
	m := newMint(t)
	for name, bundle := range map[string][]byte{
		"with its root":  bimitest.PEM(m.Leaf(nil), m.Inter, m.Root),
		"without a root": bimitest.PEM(m.Leaf(nil), m.Inter),
		"with text":      append([]byte("subject: bank\n"), bimitest.PEM(m.Leaf(nil), m.Inter)...),
		"for a selector": bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"default._bimi.Bank.Example"} }), m.Inter),
		"of several":     bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"other.example", bimitest.Domain} }), m.Inter),
		"SHA-1 hash only": bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) {
			s.Logotype = bimitest.LogotypeWith([]byte(bimitest.GoodSVG), func(l *bimitest.Logo) { l.Hash = l.Hash[:1] })
		}), m.Inter),
		"second stamp good": bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) {
			s.Stamp = func(st *bimitest.Stamp) {
				st.List = func(list []byte) []byte {
					bad := bytes.Clone(list)
					bad[3] ^= 1 // another log
					return append(bad, list...)
				}
			}
		}), m.Inter),
		"a stamp of a version to come": bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) {
			s.Stamp = func(st *bimitest.Stamp) {
				st.List = func(list []byte) []byte { return append([]byte{0, 2, 1, 9}, list...) }
			}
		}), m.Inter),
		"government": bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) {
			s.Template.Subject.ExtraNames = append(bimitest.SubjectWith("1.3.6.1.4.1.53087.1.13", "Government Mark", "1.3.6.1.4.1.53087.1.4", ""),
				bimitest.Attribute("1.3.6.1.4.1.53087.3.2", "DE"))
		}), m.Inter),
	} {
		r := m.validate(bundle)
		if r.Status != StatusPass || r.Authority != AuthorityPass || r.Mark == nil || r.Mark.Kind != VMC {
			t.Errorf("%s: %s %q (%s), want pass", name, r.Status, r.Reason, statuses(r))
		}
		if r.Verified() {
			t.Errorf("%s: files alone were Verified", name)
		}
	}
}

// hostileCert is a bundle that must be refused, and the checks that refuse it.
type hostileCert struct {
	name  string
	want  string // all checks that do not pass
	says  string // within what the first of them says
	build func(m *mint) []byte
}

// one makes a bundle of a changed leaf and the true issuer.
func one(change func(s *bimitest.Leaf)) func(m *mint) []byte {
	return func(m *mint) []byte { return bimitest.PEM(m.Leaf(change), m.Inter) }
}

const unasked = " revocation=unknown" // since the path fails, or the list is of another authority

func hostilePaths() []hostileCert {
	return []hostileCert{
		{"forged names and key ids", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			// The issuer's and root's names and key identifiers, other keys.
			k := bimitest.Keys()
			ca := bimitest.CA("Test Mark CA", true)
			ca.SubjectKeyId, ca.AuthorityKeyId = m.Inter.SubjectKeyId, m.Inter.AuthorityKeyId
			root := bimitest.CA("Test Mark Root", false)
			root.SubjectKeyId = m.Root.SubjectKeyId
			fakeRoot := m.Authority(root, nil, k[4], k[4])
			fake := m.Authority(ca, fakeRoot, k[5], k[4])
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = fake, k[5] }), fake, fakeRoot)
		}},
		{"forged issuer below the true root", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			k := bimitest.Keys()
			ca := bimitest.CA("Test Mark CA", true)
			ca.SubjectKeyId = m.Inter.SubjectKeyId
			fake := m.Authority(ca, m.Root, k[5], k[4]) // says the root, signed by nobody
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = fake, k[5] }), fake, m.Root)
		}},
		{"leaf signed by another key", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.By = bimitest.Keys()[4] }), m.Inter)
		}},
		{"own root", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			root := m.Authority(bimitest.CA("Own Root", false), nil, k, k)
			inter := m.Authority(bimitest.CA("Own CA", true), root, k, k)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k }), inter, root)
		}},
		{"issuer without the key purpose", "key-purpose=fail" + unasked, "issuer 1", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			ca := bimitest.CA("TLS CA", false)
			ca.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			inter := m.Authority(ca, m.Root, k, m.RootKey)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k }), inter)
		}},
		{"issuer's issuer without the key purpose", "key-purpose=fail" + unasked, "issuer 2", func(m *mint) []byte {
			k := bimitest.Keys()
			upper := m.Authority(bimitest.CA("Upper CA", false), m.Root, k[4], m.RootKey)
			inter := m.Authority(bimitest.CA("Lower CA", true), upper, k[5], k[4])
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k[5] }), inter, upper)
		}},
		{"issued by the root itself", "key-purpose=fail" + unasked, "issuer 1", func(m *mint) []byte {
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = m.Root, m.RootKey }), m.Root)
		}},
		{"expired issuer", "validity=fail" + unasked, "issuer 1 of the chain expired on 2026-03-01", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			ca := bimitest.CA("Old CA", true)
			ca.NotAfter = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			inter := m.Authority(ca, m.Root, k, m.RootKey)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k }), inter)
		}},
		{"never valid all at once", "path=fail validity=fail" + unasked, "expired", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			ca := bimitest.CA("Older CA", true)
			ca.NotAfter = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
			inter := m.Authority(ca, m.Root, k, m.RootKey)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k }), inter)
		}},
		{"issuer that is no authority", "bundle=fail path=fail" + unasked, "second leaf", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			t := bimitest.CA("No CA", true)
			t.IsCA, t.KeyUsage = false, x509.KeyUsageDigitalSignature
			inter := m.Authority(t, m.Root, k, m.RootKey)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k }), inter)
		}},
		{"path too long for its issuer", "path=fail" + unasked, "too many intermediates", func(m *mint) []byte {
			k := bimitest.Keys()
			t := bimitest.CA("Upper CA", true)
			t.MaxPathLenZero = true
			upper := m.Authority(t, m.Root, k[4], m.RootKey)
			inter := m.Authority(bimitest.CA("Lower CA", true), upper, k[5], k[4])
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k[5] }), inter, upper)
		}},
		{"issuer limited to other names", "path=fail" + unasked, "not permitted", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			t := bimitest.CA("Limited CA", true)
			t.PermittedDNSDomainsCritical, t.PermittedDNSDomains = true, []string{"shop.example"}
			inter := m.Authority(t, m.Root, k, m.RootKey)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Issuer, s.By = inter, k }), inter)
		}},
		{"unknown critical extension", "path=fail" + unasked, "unhandled critical extension", one(func(s *bimitest.Leaf) {
			s.Template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 53087, 9, 9}, Critical: true, Value: []byte{5, 0}}}
		})},
		{"no issuer", "path=fail key-purpose=fail sct=unknown" + unasked, "no issuer", func(m *mint) []byte { return bimitest.PEM(m.Leaf(nil)) }},
	}
}

func hostileBundles() []hostileCert {
	const noChain = "path=fail sct=fail" + unasked
	return []hostileCert{
		{"empty", "bundle=fail", "no certificate", func(*mint) []byte { return []byte{} }},
		{"no PEM", "bundle=fail", "no certificate", func(m *mint) []byte { return m.Leaf(nil).Raw }},
		{"too large", "bundle=fail", "over", func(m *mint) []byte {
			return append(bimitest.PEM(m.Leaf(nil), m.Inter), bytes.Repeat([]byte("#"), maxEvidenceBytes)...)
		}},
		{"too many", "bundle=fail", "over 8 blocks", func(m *mint) []byte { return bytes.Repeat(bimitest.PEM(m.Leaf(nil)), 9) }},
		{"reordered", "bundle=fail path=fail constraints=fail policy=fail sct=fail" + unasked +
			" subject=fail mark-type=fail san=fail logotype=fail", "authority's", func(m *mint) []byte { return bimitest.PEM(m.Inter, m.Leaf(nil)) }},
		{"root before issuer", "bundle=fail path=fail key-purpose=fail sct=fail" + unasked, "not the issuer", func(m *mint) []byte { return bimitest.PEM(m.Leaf(nil), m.Root, m.Inter) }},
		{"leaf twice", "bundle=fail " + noChain, "twice", func(m *mint) []byte { l := m.Leaf(nil); return bimitest.PEM(l, l, m.Inter) }},
		{"issuer twice", "bundle=fail path=fail" + unasked, "twice", func(m *mint) []byte { return bimitest.PEM(m.Leaf(nil), m.Inter, m.Inter) }},
		{"two leaves", "bundle=fail " + noChain, "second leaf", func(m *mint) []byte { return bimitest.PEM(m.Leaf(nil), m.Leaf(nil), m.Inter) }},
		{"another chain mixed in", "bundle=fail path=fail" + unasked, "not the issuer", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			return bimitest.PEM(m.Leaf(nil), m.Inter, m.Authority(bimitest.CA("Stray Root", false), nil, k, k))
		}},
		{"another chain's issuer", "bundle=fail " + noChain, "not the issuer", func(m *mint) []byte {
			k := bimitest.Keys()[4]
			return bimitest.PEM(m.Leaf(nil), m.Authority(bimitest.CA("Stray CA", true), m.Root, k, m.RootKey), m.Root)
		}},
		{"with a private key", "bundle=fail", "PRIVATE KEY", func(m *mint) []byte {
			der, err := x509.MarshalPKCS8PrivateKey(bimitest.Keys()[3])
			if err != nil {
				m.tb.Fatal(err)
			}
			return append(bimitest.PEM(m.Leaf(nil), m.Inter), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...)
		}},
		{"with a block that cannot be read", "bundle=fail", "2 of its 3 blocks", func(m *mint) []byte {
			return append(bimitest.PEM(m.Leaf(nil), m.Inter), "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"...)
		}},
		{"two logotype extensions", "bundle=fail", "duplicate extension", func(m *mint) []byte {
			return bimitest.PEM(m.twiceLogo(), m.Inter)
		}},
	}
}

// twiceLogo gives a certificate whose key usage extension was turned into a
// second logotype: the parser must refuse it, whatever its signature.
func (m *mint) twiceLogo() *x509.Certificate {
	marker := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 99}
	c := *m.Leaf(func(s *bimitest.Leaf) { s.Template.ExtraExtensions = []pkix.Extension{{Id: marker, Value: s.Logotype}} })
	c.Raw = bytes.Replace(c.Raw, []byte{0x2b, 6, 1, 5, 5, 7, 1, 99}, []byte{0x2b, 6, 1, 5, 5, 7, 1, 12}, 1)
	return &c
}

func hostileLeaves() []hostileCert {
	return []hostileCert{
		{"expired", "validity=fail", "expired on 2026-05-01", one(func(s *bimitest.Leaf) { s.Template.NotAfter = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC) })},
		{"not valid yet", "validity=fail sct=fail", "not valid before 2026-07-01", one(func(s *bimitest.Leaf) { s.Template.NotBefore = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC) })},
		{"an authority as leaf", "bundle=fail constraints=fail", "authority's", one(func(s *bimitest.Leaf) {
			s.Template.IsCA, s.Template.KeyUsage = true, x509.KeyUsageCertSign
		})},
		{"leaf with name constraints", "constraints=fail", "name constraints", one(func(s *bimitest.Leaf) {
			s.Template.ExtraExtensions = []pkix.Extension{{Id: oidNameLimit, Value: []byte{0x30, 0x0a, 0xa0, 8, 0x30, 6, 0x82, 4, 'b', 'a', 'n', 'k'}}}
		})},
		{"valid too long", "constraints=fail", "over 825", one(func(s *bimitest.Leaf) { s.Template.NotAfter = s.Template.NotBefore.AddDate(4, 0, 0) })},
		{"TLS purpose", "key-purpose=fail", "not for marks", one(func(s *bimitest.Leaf) {
			s.Template.UnknownExtKeyUsage, s.Template.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		})},
		{"no purpose", "key-purpose=fail", "not for marks", one(func(s *bimitest.Leaf) { s.Template.UnknownExtKeyUsage = nil })},
		{"TLS purpose beside", "key-purpose=fail", "other purposes", one(func(s *bimitest.Leaf) { s.Template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })},
		{"no policy", "policy=fail", "not named", one(func(s *bimitest.Leaf) { s.Template.Policies = s.Template.Policies[1:] })},
		{"another domain", "san=fail", "other.example", one(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"other.example"} })},
		{"a subdomain", "san=fail", "www.bank.example", one(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"www.bank.example"} })},
		{"the end of the name", "san=fail", "mybank.example", one(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"mybank.example", "example"} })},
		{"a wildcard", "san=fail", "*.example", one(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"*.example", "*.bank.example"} })},
		{"another selector", "san=fail", "x._bimi", one(func(s *bimitest.Leaf) { s.Template.DNSNames = []string{"x._bimi.bank.example"} })},
		{"no names", "san=fail", "issued for", one(func(s *bimitest.Leaf) { s.Template.DNSNames = nil })},
		{"the name in the common name", "san=fail", "issued for", one(func(s *bimitest.Leaf) {
			s.Template.DNSNames, s.Template.Subject.ExtraNames = nil, bimitest.SubjectWith("2.5.4.3", bimitest.Domain)
		})},
		{"no revocation list", "revocation=fail", "does not say where", one(func(s *bimitest.Leaf) { s.Template.CRLDistributionPoints = nil })},
		{"no organisation", "subject=fail", "no organisation", one(func(s *bimitest.Leaf) { s.Template.Subject.ExtraNames = bimitest.SubjectWith("2.5.4.10", "") })},
		{"two organisations", "subject=fail", "twice", one(func(s *bimitest.Leaf) {
			s.Template.Subject.ExtraNames = append(bimitest.Subject(), bimitest.Attribute("2.5.4.10", "Another Bank"))
		})},
		{"two mark types", "subject=fail", "twice", one(func(s *bimitest.Leaf) {
			s.Template.Subject.ExtraNames = append(bimitest.SubjectWith("1.3.6.1.4.1.53087.1.13", "Prior Use Mark"), bimitest.Attribute("1.3.6.1.4.1.53087.1.13", "Registered Mark"))
		})},
		{"unknown mark type", "mark-type=fail", "not known", one(func(s *bimitest.Leaf) {
			s.Template.Subject.ExtraNames = bimitest.SubjectWith("1.3.6.1.4.1.53087.1.13", "Best Mark")
		})},
		{"registered without a registration", "mark-type=fail", "without a trademark", one(func(s *bimitest.Leaf) {
			s.Template.Subject.ExtraNames = bimitest.SubjectWith("1.3.6.1.4.1.53087.1.4", "")
		})},
		{"neither type nor trademark", "mark-type=fail", "neither", one(func(s *bimitest.Leaf) {
			s.Template.Subject.ExtraNames = bimitest.SubjectWith("1.3.6.1.4.1.53087.1.13", "", "1.3.6.1.4.1.53087.1.4", "")
		})},
		{"small RSA key", "algorithm=fail", "RSA key of 1024", func(m *mint) []byte { return bimitest.PEM(m.rsaLeaf(1024), m.Inter) }},
		{"huge RSA key", "algorithm=fail", "RSA key of 10000", func(m *mint) []byte {
			n := new(big.Int).Lsh(big.NewInt(1), 9999)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Pub = &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537} }), m.Inter)
		}},
		{"P-224 key", "algorithm=fail", "P-224", func(m *mint) []byte {
			k, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
			if err != nil {
				m.tb.Fatal(err)
			}
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Pub = k.Public() }), m.Inter)
		}},
		{"SHA-1 signature", "algorithm=fail", "SHA1", func(m *mint) []byte { return bimitest.PEM(m.sha1Leaf(), m.Inter) }},
	}
}

func (m *mint) rsaLeaf(bits int) *x509.Certificate {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return m.Leaf(func(s *bimitest.Leaf) { s.Pub = &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537} })
}

// sha1Leaf gives a certificate that says it is signed with SHA-1. x509 makes
// none, so the algorithm is rewritten; it is refused before its signature is.
func (m *mint) sha1Leaf() *x509.Certificate {
	c := *m.Leaf(nil)
	ecdsa256, ecdsa1 := []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, []byte{6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1}
	raw := bytes.ReplaceAll(c.Raw, append([]byte{0x30, 10}, ecdsa256...), append([]byte{0x30, 9}, ecdsa1...))
	// Two algorithms, each an octet shorter: mend the lengths of the
	// certificate (30 82 xx xx) and of its TBS part (30 82 xx xx).
	shrink := func(at, by int) {
		n := int(raw[at])<<8 | int(raw[at+1])
		raw[at], raw[at+1] = byte((n-by)>>8), byte(n-by)
	}
	shrink(2, 2)
	shrink(6, 1)
	c.Raw = raw
	return &c
}

func hostileStamps() []hostileCert {
	stamped := func(change func(st *bimitest.Stamp)) func(m *mint) []byte {
		return one(func(s *bimitest.Leaf) { s.Stamp = change })
	}
	return []hostileCert{
		{"no stamps", "sct=fail", "has none", one(func(s *bimitest.Leaf) { s.NoSCT = true })},
		{"empty list", "sct=fail", "empty list", stamped(func(st *bimitest.Stamp) { st.List = func([]byte) []byte { return nil } })},
		{"malformed list", "sct=fail", "malformed", stamped(func(st *bimitest.Stamp) { st.List = func(l []byte) []byte { return l[:len(l)-1] } })},
		{"unknown log", "sct=fail", "is not known", stamped(func(st *bimitest.Stamp) { st.ID[0] ^= 1 })},
		{"other key than the log's", "sct=fail", "signature", stamped(func(st *bimitest.Stamp) { st.Key = bimitest.Keys()[4] })},
		{"over another certificate", "sct=fail", "signature", func(m *mint) []byte {
			other := m.Leaf(func(s *bimitest.Leaf) { s.NoSCT = true })
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) { s.Stamp = func(st *bimitest.Stamp) { st.TBS = other.RawTBSCertificate } }), m.Inter)
		}},
		{"from the future", "sct=fail", "yet to come", stamped(func(st *bimitest.Stamp) { st.At = bimitest.Noon().Add(time.Hour) })},
		{"other hash", "sct=fail", "signature", stamped(func(st *bimitest.Stamp) { st.Hash = 2 })},
		{"copied from another leaf", "sct=fail", "signature", func(m *mint) []byte {
			ext, _, _ := extension(m.Leaf(nil), oidSCTList)
			return bimitest.PEM(m.Leaf(func(s *bimitest.Leaf) {
				s.NoSCT = true
				s.Template.ExtraExtensions = append(s.Template.ExtraExtensions, pkix.Extension{Id: oidSCTList, Value: ext})
			}), m.Inter)
		}},
		{"a precertificate", "path=fail sct=fail" + unasked, "unhandled", one(func(s *bimitest.Leaf) {
			s.Template.ExtraExtensions = []pkix.Extension{{Id: oidPoison, Critical: true, Value: []byte{5, 0}}}
		})},
	}
}

func hostileLogos() []hostileCert {
	logo := func(change func(l *bimitest.Logo)) func(m *mint) []byte {
		return one(func(s *bimitest.Leaf) { s.Logotype = bimitest.LogotypeWith([]byte(bimitest.GoodSVG), change) })
	}
	image := func(svg string) func(m *mint) []byte {
		return one(func(s *bimitest.Leaf) { s.Logotype = bimitest.Logotype([]byte(svg)) })
	}
	return []hostileCert{
		{"no logo", "logotype=fail", "no logo", one(func(s *bimitest.Leaf) { s.Logotype = nil })},
		{"critical logotype", "constraints=fail", "critical", one(func(s *bimitest.Leaf) { s.Critical = true })},
		{"wrong hash", "logo-hash=fail", "SHA-256 hash", logo(func(l *bimitest.Logo) { l.Hash[1][1] = make([]byte, 32) })},
		{"wrong SHA-1 beside a good hash", "logo-hash=fail", "SHA-1 hash", logo(func(l *bimitest.Logo) { l.Hash[0][1] = make([]byte, 20) })},
		{"no hash", "logo-hash=fail", "no hash", logo(func(l *bimitest.Logo) { l.Hash = nil })},
		{"MD5 only", "logo-hash=fail", "no hash", logo(func(l *bimitest.Logo) {
			l.Hash = [][2]any{{asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}, make([]byte, 16)}}
		})},
		{"two images", "logotype=fail", "several images", logo(func(l *bimitest.Logo) { l.Images = 2 })},
		{"two addresses", "logotype=fail", "several addresses", logo(func(l *bimitest.Logo) { l.URIs = 2 })},
		{"no image", "logotype=fail", "malformed", logo(func(l *bimitest.Logo) { l.Images = 0 })},
		{"indirect", "logotype=fail", "not direct", logo(func(l *bimitest.Logo) { l.Indirect = true })},
		{"the issuer's logo", "logotype=fail", "no logo of the subject", logo(func(l *bimitest.Logo) { l.Issuer = true })},
		{"elsewhere", "logotype=fail", "not within", logo(func(l *bimitest.Logo) { l.URI = "https://evil.example/logo.svg" })},
		{"another media type", "logotype=fail", "image/png", logo(func(l *bimitest.Logo) { l.Media = "image/png" })},
		{"broken base64", "logotype=fail", "base64", logo(func(l *bimitest.Logo) { l.URI += "!" })},
		{"broken gzip", "logotype=fail", "gzip", logo(func(l *bimitest.Logo) {
			z := zip([]byte(bimitest.GoodSVG))
			l.URI = bimitest.DataURI(z[:len(z)-9])
		})},
		{"gzip bomb", "logotype=fail", "unpacks to over", logo(func(l *bimitest.Logo) { l.URI = bimitest.DataURI(zip(make([]byte, 20<<20))) })},
		{"two gzip streams", "logotype=fail", "behind its end", logo(func(l *bimitest.Logo) {
			l.URI = bimitest.DataURI(append(zip([]byte(bimitest.GoodSVG)), zip([]byte(bimitest.GoodSVG))...))
		})},
		{"no DER", "logotype=fail", "malformed", one(func(s *bimitest.Leaf) { s.Logotype = []byte("logo") })},
		{"another picture", "logo-match=fail", "not that of", image(strings.Replace(bimitest.GoodSVG, "#036", "#037", 1))},
		{"a script in the picture", "mark-svg=fail logo-match=fail", "acts", image(strings.Replace(bimitest.GoodSVG, "<rect", "<script/><rect", 1))},
	}
}

func TestHostileCertificates(t *testing.T) {
	m := newMint(t)
	all := slices.Concat(hostilePaths(), hostileBundles(), hostileLeaves(), hostileStamps(), hostileLogos())
	for _, h := range all {
		t.Run(h.name, func(t *testing.T) {
			r := m.validate(h.build(m))
			if got := statuses(r); got != h.want {
				t.Errorf("%s has %q, want %q", h.name, got, h.want)
			}
			if r.Status != StatusFail || r.Authority != AuthorityFail || !strings.Contains(r.Reason, h.says) {
				t.Errorf("%s = %s (authority %s), %q; want fail, saying %q", h.name, r.Status, r.Authority, r.Reason, h.says)
			}
		})
	}
	if len(all) < 25 {
		t.Errorf("%d hostile certificates, want 25 at least", len(all))
	}
}
