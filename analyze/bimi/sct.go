package bimi

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrSCT is returned when no signed certificate timestamp holds. It wraps why.
var ErrSCT = errors.New("bimi: no valid certificate timestamp")

const (
	// maxSCTs bounds the stamps of one certificate. Real ones have one.
	maxSCTs = 16
	// sctSkew is how far a log's clock may be ahead of the time of
	// judgement.
	sctSkew = 5 * time.Minute
)

// sct is one signed certificate timestamp (RFC 6962 section 3.2).
type sct struct {
	logID      [sha256.Size]byte
	millis     uint64 // since 1970
	extensions []byte
	hash, sig  uint8 // RFC 5246 section 7.4.1.4.1
	signature  []byte
}

func (s sct) at() time.Time { return time.UnixMilli(int64(min(s.millis, 1<<50))).UTC() }

// stamp is a timestamp that holds.
type stamp struct {
	log string
	at  time.Time
}

// String gives the stamp for people.
func (s stamp) String() string {
	return fmt.Sprintf("logged by %s at %s", s.log, s.at.Format(time.RFC3339))
}

// checkSCTs wants one timestamp in the leaf by a log that is known, over the
// certificate that issuer signed, and not from the future.
func checkSCTs(leaf, issuer *x509.Certificate, a *Anchors, at time.Time) (stamp, error) {
	if _, _, ok := extension(leaf, oidPoison); ok {
		return stamp{}, fmt.Errorf("%w: this is a precertificate", ErrSCT)
	}
	ext, _, ok := extension(leaf, oidSCTList)
	if !ok {
		return stamp{}, fmt.Errorf("%w: the certificate has none", ErrSCT)
	}
	list, err := parseSCTs(ext)
	if err != nil {
		return stamp{}, fmt.Errorf("%w: %w", ErrSCT, err)
	}
	entry, err := precertEntry(leaf, issuer)
	if err != nil {
		return stamp{}, fmt.Errorf("%w: %w", ErrSCT, err)
	}
	why := errors.New("an empty list")
	for _, s := range list {
		log, known := a.logs[s.logID]
		switch {
		case !known:
			why = fmt.Errorf("log %x is not known", s.logID[:4])
		case s.at().After(at.Add(sctSkew)):
			why = fmt.Errorf("%s gave it at %s, which is yet to come", log.Name, s.at().Format(time.RFC3339))
		case !log.Retired.IsZero() && !s.at().Before(log.Retired):
			why = fmt.Errorf("%s was retired by then", log.Name)
		case !s.verify(log, entry):
			why = fmt.Errorf("the signature is not %s's over this certificate", log.Name)
		default:
			return stamp{log.Name, s.at()}, nil
		}
	}
	return stamp{}, fmt.Errorf("%w: %w", ErrSCT, why)
}

// parseSCTs reads the extension: an OCTET STRING that holds a TLS vector of
// TLS vectors (RFC 6962 section 3.3). Stamps of other versions are left out.
func parseSCTs(ext []byte) ([]sct, error) {
	malformed := errors.New("the list is malformed")
	outer := cryptobyte.String(ext)
	var inner, list cryptobyte.String
	if !outer.ReadASN1(&inner, asn1.OCTET_STRING) || !outer.Empty() ||
		!inner.ReadUint16LengthPrefixed(&list) || !inner.Empty() {
		return nil, malformed
	}
	var out []sct
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadUint16LengthPrefixed(&one) || len(out) == maxSCTs {
			return nil, malformed
		}
		var version uint8
		if !one.ReadUint8(&version) {
			return nil, malformed
		}
		if version != 0 {
			continue
		}
		var s sct
		var exts, sig cryptobyte.String
		if !one.CopyBytes(s.logID[:]) || !one.ReadUint64(&s.millis) || !one.ReadUint16LengthPrefixed(&exts) ||
			!one.ReadUint8(&s.hash) || !one.ReadUint8(&s.sig) || !one.ReadUint16LengthPrefixed(&sig) || !one.Empty() {
			return nil, malformed
		}
		s.extensions, s.signature = exts, sig
		out = append(out, s)
	}
	return out, nil
}

// precertEntry makes the part of the signed data that is the same for all
// stamps of a certificate: the hash of the issuer's key, and the TBS
// certificate without the list of stamps (RFC 6962 section 3.2).
func precertEntry(leaf, issuer *x509.Certificate) ([]byte, error) {
	tbs, err := withoutSCTs(leaf.RawTBSCertificate)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(issuer.RawSubjectPublicKeyInfo)
	var b cryptobyte.Builder
	b.AddBytes(key[:])
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(tbs) })
	return b.Bytes()
}

// withoutSCTs copies a TBS certificate without the list of stamps.
func withoutSCTs(raw []byte) ([]byte, error) {
	malformed := errors.New("the certificate is malformed")
	in := cryptobyte.String(raw)
	var tbs cryptobyte.String
	if !in.ReadASN1(&tbs, asn1.SEQUENCE) {
		return nil, malformed
	}
	tagExtensions := asn1.Tag(3).Constructed().ContextSpecific()
	var b cryptobyte.Builder
	ok := true
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for ok && !tbs.Empty() {
			var field cryptobyte.String
			var tag asn1.Tag
			if ok = tbs.ReadAnyASN1Element(&field, &tag); !ok {
				return
			}
			if tag != tagExtensions {
				b.AddBytes(field)
				continue
			}
			ok = copyExtensions(b, field, tagExtensions)
		}
	})
	out, err := b.Bytes()
	if err != nil || !ok {
		return nil, malformed
	}
	return out, nil
}

func copyExtensions(b *cryptobyte.Builder, field cryptobyte.String, tag asn1.Tag) bool {
	var explicit, exts cryptobyte.String
	if !field.ReadASN1(&explicit, tag) || !explicit.ReadASN1(&exts, asn1.SEQUENCE) {
		return false
	}
	var kept []byte
	for !exts.Empty() {
		var ext, body cryptobyte.String
		if !exts.ReadASN1Element(&ext, asn1.SEQUENCE) {
			return false
		}
		raw := []byte(ext)
		var oid cryptobyte.String
		if !ext.ReadASN1(&body, asn1.SEQUENCE) || !body.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
			return false
		}
		if string(oid) != derSCTList {
			kept = append(kept, raw...)
		}
	}
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(kept) })
	})
	return true
}

// derSCTList is the content of the OID 1.3.6.1.4.1.11129.2.4.2.
const derSCTList = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"

// signed gives the octets that a log signs (RFC 6962 section 3.2): version 0,
// signature type 0, the time, entry type 1, the entry, the extensions.
func (s sct) signed(entry []byte) []byte {
	b := cryptobyte.NewBuilder(make([]byte, 0, len(entry)+64))
	b.AddUint8(0)
	b.AddUint8(0)
	b.AddUint64(s.millis)
	b.AddUint16(1)
	b.AddBytes(entry)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(s.extensions) })
	return b.BytesOrPanic() // extensions came with a 16-bit length
}

func (s sct) verify(log Log, entry []byte) bool {
	const sha256ID, rsaID, ecdsaID = 4, 1, 3
	if s.hash != sha256ID {
		return false // RFC 6962 section 2.1.4 allows no other
	}
	sum := sha256.Sum256(s.signed(entry))
	switch k := log.Key.(type) {
	case *ecdsa.PublicKey:
		return s.sig == ecdsaID && ecdsa.VerifyASN1(k, sum[:], s.signature)
	case *rsa.PublicKey:
		return s.sig == rsaID && rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], s.signature) == nil
	}
	return false
}
