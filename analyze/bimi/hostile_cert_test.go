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
)

// validate judges a bundle for the bank, with its logo and a clean
// revocation list.
func (m *mint) validate(bundle []byte) Result {
	c := &Checker{Anchors: m.anchors}
	return c.ValidateFiles(m.tb.Context(), web{crlURL: okay(m.crl(nil))},
		Files{Cert: bundle, Domain: bankDomain, Logo: []byte(goodSVG), At: noon()})
}

func TestMintedCertificates(t *testing.T) {
	m := newMint(t)
	for name, bundle := range map[string][]byte{
		"with its root":  pemOf(m.leaf(nil), m.inter, m.root),
		"without a root": pemOf(m.leaf(nil), m.inter),
		"with text":      append([]byte("subject: bank\n"), pemOf(m.leaf(nil), m.inter)...),
		"for a selector": pemOf(m.leaf(func(s *leafSpec) { s.t.DNSNames = []string{"default._bimi.Bank.Example"} }), m.inter),
		"of several":     pemOf(m.leaf(func(s *leafSpec) { s.t.DNSNames = []string{"other.example", bankDomain} }), m.inter),
		"SHA-1 hash only": pemOf(m.leaf(func(s *leafSpec) {
			s.logotype = logotypeWith([]byte(goodSVG), func(l *logoSpec) { l.hash = l.hash[:1] })
		}), m.inter),
		"second stamp good": pemOf(m.leaf(func(s *leafSpec) {
			s.stamp = func(st *stampSpec) {
				st.list = func(list []byte) []byte {
					bad := bytes.Clone(list)
					bad[3] ^= 1 // another log
					return append(bad, list...)
				}
			}
		}), m.inter),
		"a stamp of a version to come": pemOf(m.leaf(func(s *leafSpec) {
			s.stamp = func(st *stampSpec) { st.list = func(list []byte) []byte { return append([]byte{0, 2, 1, 9}, list...) } }
		}), m.inter),
		"government": pemOf(m.leaf(func(s *leafSpec) {
			s.t.Subject.ExtraNames = append(subjectWith("1.3.6.1.4.1.53087.1.13", "Government Mark", "1.3.6.1.4.1.53087.1.4", ""),
				attribute("1.3.6.1.4.1.53087.3.2", "DE"))
		}), m.inter),
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
func one(change func(s *leafSpec)) func(m *mint) []byte {
	return func(m *mint) []byte { return pemOf(m.leaf(change), m.inter) }
}

const unasked = " revocation=unknown" // since the path fails, or the list is of another authority

func hostilePaths() []hostileCert {
	return []hostileCert{
		{"forged names and key ids", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			// The issuer's and root's names and key identifiers, other keys.
			k := keyOnce()
			ca := caTemplate("Test Mark CA", true)
			ca.SubjectKeyId, ca.AuthorityKeyId = m.inter.SubjectKeyId, m.inter.AuthorityKeyId
			root := caTemplate("Test Mark Root", false)
			root.SubjectKeyId = m.root.SubjectKeyId
			fakeRoot := m.authority(root, nil, k[4], k[4])
			fake := m.authority(ca, fakeRoot, k[5], k[4])
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = fake, k[5] }), fake, fakeRoot)
		}},
		{"forged issuer below the true root", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			k := keyOnce()
			ca := caTemplate("Test Mark CA", true)
			ca.SubjectKeyId = m.inter.SubjectKeyId
			fake := m.authority(ca, m.root, k[5], k[4]) // says the root, signed by nobody
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = fake, k[5] }), fake, m.root)
		}},
		{"leaf signed by another key", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			return pemOf(m.leaf(func(s *leafSpec) { s.by = keyOnce()[4] }), m.inter)
		}},
		{"own root", "path=fail" + unasked, "unknown authority", func(m *mint) []byte {
			k := keyOnce()[4]
			root := m.authority(caTemplate("Own Root", false), nil, k, k)
			inter := m.authority(caTemplate("Own CA", true), root, k, k)
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k }), inter, root)
		}},
		{"issuer without the key purpose", "key-purpose=fail" + unasked, "issuer 1", func(m *mint) []byte {
			k := keyOnce()[4]
			ca := caTemplate("TLS CA", false)
			ca.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			inter := m.authority(ca, m.root, k, m.rootKey)
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k }), inter)
		}},
		{"issuer's issuer without the key purpose", "key-purpose=fail" + unasked, "issuer 2", func(m *mint) []byte {
			k := keyOnce()
			upper := m.authority(caTemplate("Upper CA", false), m.root, k[4], m.rootKey)
			inter := m.authority(caTemplate("Lower CA", true), upper, k[5], k[4])
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k[5] }), inter, upper)
		}},
		{"issued by the root itself", "key-purpose=fail" + unasked, "issuer 1", func(m *mint) []byte {
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = m.root, m.rootKey }), m.root)
		}},
		{"expired issuer", "validity=fail" + unasked, "issuer 1 of the chain expired on 2026-03-01", func(m *mint) []byte {
			k := keyOnce()[4]
			ca := caTemplate("Old CA", true)
			ca.NotAfter = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			inter := m.authority(ca, m.root, k, m.rootKey)
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k }), inter)
		}},
		{"never valid all at once", "path=fail validity=fail" + unasked, "expired", func(m *mint) []byte {
			k := keyOnce()[4]
			ca := caTemplate("Older CA", true)
			ca.NotAfter = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
			inter := m.authority(ca, m.root, k, m.rootKey)
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k }), inter)
		}},
		{"issuer that is no authority", "bundle=fail path=fail" + unasked, "second leaf", func(m *mint) []byte {
			k := keyOnce()[4]
			t := caTemplate("No CA", true)
			t.IsCA, t.KeyUsage = false, x509.KeyUsageDigitalSignature
			inter := m.authority(t, m.root, k, m.rootKey)
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k }), inter)
		}},
		{"path too long for its issuer", "path=fail" + unasked, "too many intermediates", func(m *mint) []byte {
			k := keyOnce()
			t := caTemplate("Upper CA", true)
			t.MaxPathLenZero = true
			upper := m.authority(t, m.root, k[4], m.rootKey)
			inter := m.authority(caTemplate("Lower CA", true), upper, k[5], k[4])
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k[5] }), inter, upper)
		}},
		{"issuer limited to other names", "path=fail" + unasked, "not permitted", func(m *mint) []byte {
			k := keyOnce()[4]
			t := caTemplate("Limited CA", true)
			t.PermittedDNSDomainsCritical, t.PermittedDNSDomains = true, []string{"shop.example"}
			inter := m.authority(t, m.root, k, m.rootKey)
			return pemOf(m.leaf(func(s *leafSpec) { s.issuer, s.by = inter, k }), inter)
		}},
		{"unknown critical extension", "path=fail" + unasked, "unhandled critical extension", one(func(s *leafSpec) {
			s.t.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 53087, 9, 9}, Critical: true, Value: []byte{5, 0}}}
		})},
		{"no issuer", "path=fail key-purpose=fail sct=unknown" + unasked, "no issuer", func(m *mint) []byte { return pemOf(m.leaf(nil)) }},
	}
}

func hostileBundles() []hostileCert {
	const noChain = "path=fail sct=fail" + unasked
	return []hostileCert{
		{"empty", "bundle=fail", "no certificate", func(*mint) []byte { return []byte{} }},
		{"no PEM", "bundle=fail", "no certificate", func(m *mint) []byte { return m.leaf(nil).Raw }},
		{"too large", "bundle=fail", "over", func(m *mint) []byte {
			return append(pemOf(m.leaf(nil), m.inter), bytes.Repeat([]byte("#"), maxEvidenceBytes)...)
		}},
		{"too many", "bundle=fail", "over 8 blocks", func(m *mint) []byte { return bytes.Repeat(pemOf(m.leaf(nil)), 9) }},
		{"reordered", "bundle=fail path=fail constraints=fail policy=fail sct=fail" + unasked +
			" subject=fail mark-type=fail san=fail logotype=fail", "authority's", func(m *mint) []byte { return pemOf(m.inter, m.leaf(nil)) }},
		{"root before issuer", "bundle=fail path=fail key-purpose=fail sct=fail" + unasked, "not the issuer", func(m *mint) []byte { return pemOf(m.leaf(nil), m.root, m.inter) }},
		{"leaf twice", "bundle=fail " + noChain, "twice", func(m *mint) []byte { l := m.leaf(nil); return pemOf(l, l, m.inter) }},
		{"issuer twice", "bundle=fail path=fail" + unasked, "twice", func(m *mint) []byte { return pemOf(m.leaf(nil), m.inter, m.inter) }},
		{"two leaves", "bundle=fail " + noChain, "second leaf", func(m *mint) []byte { return pemOf(m.leaf(nil), m.leaf(nil), m.inter) }},
		{"another chain mixed in", "bundle=fail path=fail" + unasked, "not the issuer", func(m *mint) []byte {
			k := keyOnce()[4]
			return pemOf(m.leaf(nil), m.inter, m.authority(caTemplate("Stray Root", false), nil, k, k))
		}},
		{"another chain's issuer", "bundle=fail " + noChain, "not the issuer", func(m *mint) []byte {
			k := keyOnce()[4]
			return pemOf(m.leaf(nil), m.authority(caTemplate("Stray CA", true), m.root, k, m.rootKey), m.root)
		}},
		{"with a private key", "bundle=fail", "PRIVATE KEY", func(m *mint) []byte {
			der, err := x509.MarshalPKCS8PrivateKey(keyOnce()[3])
			if err != nil {
				m.tb.Fatal(err)
			}
			return append(pemOf(m.leaf(nil), m.inter), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...)
		}},
		{"with a block that cannot be read", "bundle=fail", "2 of its 3 blocks", func(m *mint) []byte {
			return append(pemOf(m.leaf(nil), m.inter), "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"...)
		}},
		{"two logotype extensions", "bundle=fail", "duplicate extension", func(m *mint) []byte {
			return pemOf(m.twiceLogo(), m.inter)
		}},
	}
}

// twiceLogo gives a certificate whose key usage extension was turned into a
// second logotype: the parser must refuse it, whatever its signature.
func (m *mint) twiceLogo() *x509.Certificate {
	marker := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 99}
	c := *m.leaf(func(s *leafSpec) { s.t.ExtraExtensions = []pkix.Extension{{Id: marker, Value: s.logotype}} })
	c.Raw = bytes.Replace(c.Raw, []byte{0x2b, 6, 1, 5, 5, 7, 1, 99}, []byte{0x2b, 6, 1, 5, 5, 7, 1, 12}, 1)
	return &c
}

func hostileLeaves() []hostileCert {
	return []hostileCert{
		{"expired", "validity=fail", "expired on 2026-05-01", one(func(s *leafSpec) { s.t.NotAfter = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC) })},
		{"not valid yet", "validity=fail sct=fail", "not valid before 2026-07-01", one(func(s *leafSpec) { s.t.NotBefore = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC) })},
		{"an authority as leaf", "bundle=fail constraints=fail", "authority's", one(func(s *leafSpec) {
			s.t.IsCA, s.t.KeyUsage = true, x509.KeyUsageCertSign
		})},
		{"leaf with name constraints", "constraints=fail", "name constraints", one(func(s *leafSpec) {
			s.t.ExtraExtensions = []pkix.Extension{{Id: oidNameLimit, Value: []byte{0x30, 0x0a, 0xa0, 8, 0x30, 6, 0x82, 4, 'b', 'a', 'n', 'k'}}}
		})},
		{"valid too long", "constraints=fail", "over 825", one(func(s *leafSpec) { s.t.NotAfter = s.t.NotBefore.AddDate(4, 0, 0) })},
		{"TLS purpose", "key-purpose=fail", "not for marks", one(func(s *leafSpec) {
			s.t.UnknownExtKeyUsage, s.t.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		})},
		{"no purpose", "key-purpose=fail", "not for marks", one(func(s *leafSpec) { s.t.UnknownExtKeyUsage = nil })},
		{"TLS purpose beside", "key-purpose=fail", "other purposes", one(func(s *leafSpec) { s.t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })},
		{"no policy", "policy=fail", "not named", one(func(s *leafSpec) { s.t.Policies = s.t.Policies[1:] })},
		{"another domain", "san=fail", "other.example", one(func(s *leafSpec) { s.t.DNSNames = []string{"other.example"} })},
		{"a subdomain", "san=fail", "www.bank.example", one(func(s *leafSpec) { s.t.DNSNames = []string{"www.bank.example"} })},
		{"the end of the name", "san=fail", "mybank.example", one(func(s *leafSpec) { s.t.DNSNames = []string{"mybank.example", "example"} })},
		{"a wildcard", "san=fail", "*.example", one(func(s *leafSpec) { s.t.DNSNames = []string{"*.example", "*.bank.example"} })},
		{"another selector", "san=fail", "x._bimi", one(func(s *leafSpec) { s.t.DNSNames = []string{"x._bimi.bank.example"} })},
		{"no names", "san=fail", "issued for", one(func(s *leafSpec) { s.t.DNSNames = nil })},
		{"the name in the common name", "san=fail", "issued for", one(func(s *leafSpec) {
			s.t.DNSNames, s.t.Subject.ExtraNames = nil, subjectWith("2.5.4.3", bankDomain)
		})},
		{"no revocation list", "revocation=fail", "does not say where", one(func(s *leafSpec) { s.t.CRLDistributionPoints = nil })},
		{"no organisation", "subject=fail", "no organisation", one(func(s *leafSpec) { s.t.Subject.ExtraNames = subjectWith("2.5.4.10", "") })},
		{"two organisations", "subject=fail", "twice", one(func(s *leafSpec) {
			s.t.Subject.ExtraNames = append(bankSubject(), attribute("2.5.4.10", "Another Bank"))
		})},
		{"two mark types", "subject=fail", "twice", one(func(s *leafSpec) {
			s.t.Subject.ExtraNames = append(subjectWith("1.3.6.1.4.1.53087.1.13", "Prior Use Mark"), attribute("1.3.6.1.4.1.53087.1.13", "Registered Mark"))
		})},
		{"unknown mark type", "mark-type=fail", "not known", one(func(s *leafSpec) { s.t.Subject.ExtraNames = subjectWith("1.3.6.1.4.1.53087.1.13", "Best Mark") })},
		{"registered without a registration", "mark-type=fail", "without a trademark", one(func(s *leafSpec) { s.t.Subject.ExtraNames = subjectWith("1.3.6.1.4.1.53087.1.4", "") })},
		{"neither type nor trademark", "mark-type=fail", "neither", one(func(s *leafSpec) {
			s.t.Subject.ExtraNames = subjectWith("1.3.6.1.4.1.53087.1.13", "", "1.3.6.1.4.1.53087.1.4", "")
		})},
		{"small RSA key", "algorithm=fail", "RSA key of 1024", func(m *mint) []byte { return pemOf(m.rsaLeaf(1024), m.inter) }},
		{"huge RSA key", "algorithm=fail", "RSA key of 10000", func(m *mint) []byte {
			n := new(big.Int).Lsh(big.NewInt(1), 9999)
			return pemOf(m.leaf(func(s *leafSpec) { s.pub = &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537} }), m.inter)
		}},
		{"P-224 key", "algorithm=fail", "P-224", func(m *mint) []byte {
			k, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
			if err != nil {
				m.tb.Fatal(err)
			}
			return pemOf(m.leaf(func(s *leafSpec) { s.pub = k.Public() }), m.inter)
		}},
		{"SHA-1 signature", "algorithm=fail", "SHA1", func(m *mint) []byte { return pemOf(m.sha1Leaf(), m.inter) }},
	}
}

func (m *mint) rsaLeaf(bits int) *x509.Certificate {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return m.leaf(func(s *leafSpec) { s.pub = &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537} })
}

// sha1Leaf gives a certificate that says it is signed with SHA-1. x509 makes
// none, so the algorithm is rewritten; it is refused before its signature is.
func (m *mint) sha1Leaf() *x509.Certificate {
	c := *m.leaf(nil)
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
	stamped := func(change func(st *stampSpec)) func(m *mint) []byte {
		return one(func(s *leafSpec) { s.stamp = change })
	}
	return []hostileCert{
		{"no stamps", "sct=fail", "has none", one(func(s *leafSpec) { s.noSCT = true })},
		{"empty list", "sct=fail", "empty list", stamped(func(st *stampSpec) { st.list = func([]byte) []byte { return nil } })},
		{"malformed list", "sct=fail", "malformed", stamped(func(st *stampSpec) { st.list = func(l []byte) []byte { return l[:len(l)-1] } })},
		{"unknown log", "sct=fail", "is not known", stamped(func(st *stampSpec) { st.id[0] ^= 1 })},
		{"other key than the log's", "sct=fail", "signature", stamped(func(st *stampSpec) { st.key = keyOnce()[4] })},
		{"over another certificate", "sct=fail", "signature", func(m *mint) []byte {
			other := m.leaf(func(s *leafSpec) { s.noSCT = true })
			return pemOf(m.leaf(func(s *leafSpec) { s.stamp = func(st *stampSpec) { st.tbs = other.RawTBSCertificate } }), m.inter)
		}},
		{"from the future", "sct=fail", "yet to come", stamped(func(st *stampSpec) { st.at = noon().Add(time.Hour) })},
		{"other hash", "sct=fail", "signature", stamped(func(st *stampSpec) { st.hash = 2 })},
		{"copied from another leaf", "sct=fail", "signature", func(m *mint) []byte {
			ext, _, _ := extension(m.leaf(nil), oidSCTList)
			return pemOf(m.leaf(func(s *leafSpec) {
				s.noSCT = true
				s.t.ExtraExtensions = append(s.t.ExtraExtensions, pkix.Extension{Id: oidSCTList, Value: ext})
			}), m.inter)
		}},
		{"a precertificate", "path=fail sct=fail" + unasked, "unhandled", one(func(s *leafSpec) {
			s.t.ExtraExtensions = []pkix.Extension{{Id: oidPoison, Critical: true, Value: []byte{5, 0}}}
		})},
	}
}

func hostileLogos() []hostileCert {
	logo := func(change func(l *logoSpec)) func(m *mint) []byte {
		return one(func(s *leafSpec) { s.logotype = logotypeWith([]byte(goodSVG), change) })
	}
	image := func(svg string) func(m *mint) []byte {
		return one(func(s *leafSpec) { s.logotype = logotypeOf([]byte(svg)) })
	}
	return []hostileCert{
		{"no logo", "logotype=fail", "no logo", one(func(s *leafSpec) { s.logotype = nil })},
		{"critical logotype", "constraints=fail", "critical", one(func(s *leafSpec) { s.critical = true })},
		{"wrong hash", "logo-hash=fail", "SHA-256 hash", logo(func(l *logoSpec) { l.hash[1][1] = make([]byte, 32) })},
		{"wrong SHA-1 beside a good hash", "logo-hash=fail", "SHA-1 hash", logo(func(l *logoSpec) { l.hash[0][1] = make([]byte, 20) })},
		{"no hash", "logo-hash=fail", "no hash", logo(func(l *logoSpec) { l.hash = nil })},
		{"MD5 only", "logo-hash=fail", "no hash", logo(func(l *logoSpec) {
			l.hash = [][2]any{{asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}, make([]byte, 16)}}
		})},
		{"two images", "logotype=fail", "several images", logo(func(l *logoSpec) { l.images = 2 })},
		{"two addresses", "logotype=fail", "several addresses", logo(func(l *logoSpec) { l.uris = 2 })},
		{"no image", "logotype=fail", "malformed", logo(func(l *logoSpec) { l.images = 0 })},
		{"indirect", "logotype=fail", "not direct", logo(func(l *logoSpec) { l.indirect = true })},
		{"the issuer's logo", "logotype=fail", "no logo of the subject", logo(func(l *logoSpec) { l.issuer = true })},
		{"elsewhere", "logotype=fail", "not within", logo(func(l *logoSpec) { l.uri = "https://evil.example/logo.svg" })},
		{"another media type", "logotype=fail", "image/png", logo(func(l *logoSpec) { l.media = "image/png" })},
		{"broken base64", "logotype=fail", "base64", logo(func(l *logoSpec) { l.uri += "!" })},
		{"broken gzip", "logotype=fail", "gzip", logo(func(l *logoSpec) { z := zip([]byte(goodSVG)); l.uri = dataURI(z[:len(z)-9]) })},
		{"gzip bomb", "logotype=fail", "unpacks to over", logo(func(l *logoSpec) { l.uri = dataURI(zip(make([]byte, 20<<20))) })},
		{"two gzip streams", "logotype=fail", "behind its end", logo(func(l *logoSpec) {
			l.uri = dataURI(append(zip([]byte(goodSVG)), zip([]byte(goodSVG))...))
		})},
		{"no DER", "logotype=fail", "malformed", one(func(s *leafSpec) { s.logotype = []byte("logo") })},
		{"another picture", "logo-match=fail", "not that of", image(strings.Replace(goodSVG, "#036", "#037", 1))},
		{"a script in the picture", "mark-svg=fail logo-match=fail", "acts", image(strings.Replace(goodSVG, "<rect", "<script/><rect", 1))},
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
