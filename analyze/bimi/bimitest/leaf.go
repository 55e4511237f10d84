package bimitest

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"testing"
	"time"
)

// Leaf is a mark certificate to make; change what is to be wrong.
type Leaf struct {
	Template *x509.Certificate
	Logotype []byte // value of the extension, nil: none
	Critical bool   // of the logotype
	Issuer   *x509.Certificate
	By       crypto.Signer
	Pub      crypto.PublicKey
	Stamp    func(s *Stamp)
	NoSCT    bool
}

// Stamp is a log's timestamp to make.
type Stamp struct {
	ID   [32]byte
	Key  crypto.Signer
	At   time.Time
	TBS  []byte
	List func(list []byte) []byte // changes the list of timestamps
	Hash uint8
}

// Leaf makes a mark certificate, by default one that holds: a registered mark
// of Organisation for Domain, valid in 2026. Change may be nil.
func (m *Mint) Leaf(change func(s *Leaf)) *x509.Certificate {
	m.tb.Helper()
	m.serial++
	s := &Leaf{Issuer: m.Inter, By: m.InterKey, Pub: Keys()[3].Public(), Logotype: Logotype([]byte(GoodSVG))}
	s.Template = &x509.Certificate{
		SerialNumber:          new(big.Int).Lsh(big.NewInt(m.serial), 64),
		Subject:               pkix.Name{ExtraNames: Subject()},
		NotBefore:             time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		DNSNames:              []string{Domain},
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{oidEKU()},
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		CRLDistributionPoints: []string{CRLURL},
	}
	s.Template.Policies = []x509.OID{oid(m.tb, policyGeneral), oid(m.tb, policyDigiCert)}
	if change != nil {
		change(s)
	}
	if s.Logotype != nil {
		s.Template.ExtraExtensions = append(s.Template.ExtraExtensions, pkix.Extension{Id: oidLogotype(), Critical: s.Critical, Value: s.Logotype})
	}
	pre := m.Sign(s.Template, s.Issuer, s.Pub, s.By)
	if s.NoSCT {
		return pre
	}
	s.Template.ExtraExtensions = append(s.Template.ExtraExtensions, pkix.Extension{Id: oidSCTList(), Value: m.stamps(pre, s)})
	return m.Sign(s.Template, s.Issuer, s.Pub, s.By)
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
func (m *Mint) stamps(pre *x509.Certificate, s *Leaf) []byte {
	st := &Stamp{ID: m.LogID, Key: m.LogKey, At: pre.NotBefore.Add(time.Hour), TBS: pre.RawTBSCertificate, Hash: 4}
	if s.Stamp != nil {
		s.Stamp(st)
	}
	key := sha256.Sum256(s.Issuer.RawSubjectPublicKeyInfo)
	var msg []byte
	msg = append(msg, 0, 0)
	msg = binary.BigEndian.AppendUint64(msg, uint64(st.At.UnixMilli()))
	msg = append(msg, 0, 1)
	msg = append(msg, key[:]...)
	msg = append(msg, byte(len(st.TBS)>>16), byte(len(st.TBS)>>8), byte(len(st.TBS)))
	msg = append(msg, st.TBS...)
	msg = append(msg, 0, 0)
	sum := sha256.Sum256(msg)
	sig, err := st.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		m.tb.Fatal(err)
	}
	one := append([]byte{0}, st.ID[:]...)
	one = binary.BigEndian.AppendUint64(one, uint64(st.At.UnixMilli()))
	one = append(one, 0, 0, st.Hash, 3)
	one = binary.BigEndian.AppendUint16(one, uint16(len(sig)))
	one = append(one, sig...)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(one)))
	list = append(list, one...)
	if st.List != nil {
		list = st.List(list)
	}
	all := append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...)
	out, err := asn1.Marshal(all)
	if err != nil {
		m.tb.Fatal(err)
	}
	return out
}
