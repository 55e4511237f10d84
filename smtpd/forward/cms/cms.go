package cms

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
)

// What Content returns.
var (
	// ErrNotSigned: this is no signed data. It may be encrypted.
	ErrNotSigned = errors.New("cms: not signed data")
	// ErrDetached: it is a signature of content that is elsewhere.
	ErrDetached = errors.New("cms: no content inside")
	// ErrMalformed: it cannot be read.
	ErrMalformed = errors.New("cms: malformed")
)

// The object identifiers, in their encoded form.
var (
	oidSigned    = []byte{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02} // 1.2.840.113549.1.7.2
	oidEnveloped = []byte{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03} // 1.2.840.113549.1.7.3
)

const (
	tagSet         = 0x31
	tagContext0    = 0xA0 // [0], constructed
	tagOctets      = 0x04
	tagOctetsParts = 0x24 // an octet string in pieces
	tagSequence    = 0x30
	tagOID         = 0x06
	tagInteger     = 0x02
)

// Content gives the content of signed data, which may be in DER, in BER, or in
// armour that nobody took off (PEM, base64). The content may share memory with b.
func Content(b []byte) ([]byte, error) {
	b = unarmoured(b)
	r := reader{}
	info, _, err := r.next(b)
	if err != nil {
		return nil, err
	}
	if info.tag != tagSequence {
		return nil, ErrNotSigned
	}
	// ContentInfo: the type, then [0] with what it is.
	oid, rest, err := r.next(info.body)
	if err != nil {
		return nil, err
	}
	if oid.tag != tagOID || !bytes.Equal(oid.body, oidSigned) {
		return nil, ErrNotSigned
	}
	explicit, _, err := r.expect(rest, tagContext0)
	if err != nil {
		return nil, err
	}
	signed, _, err := r.expect(explicit.body, tagSequence)
	if err != nil {
		return nil, err
	}
	return r.encapsulated(signed.body)
}

// Encrypted tells whether b is enveloped data: a message that only its
// recipient can read.
func Encrypted(b []byte) bool {
	r := reader{}
	info, _, err := r.next(unarmoured(b))
	if err != nil || info.tag != tagSequence {
		return false
	}
	oid, _, err := r.next(info.body)
	return err == nil && oid.tag == tagOID && bytes.Equal(oid.body, oidEnveloped)
}

// encapsulated reads SignedData: version, digest algorithms, content.
func (r *reader) encapsulated(b []byte) ([]byte, error) {
	_, b, err := r.expect(b, tagInteger)
	if err != nil {
		return nil, err
	}
	if _, b, err = r.expect(b, tagSet); err != nil {
		return nil, err
	}
	encap, _, err := r.expect(b, tagSequence)
	if err != nil {
		return nil, err
	}
	_, rest, err := r.expect(encap.body, tagOID)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		return nil, ErrDetached
	}
	explicit, _, err := r.expect(rest, tagContext0)
	if err != nil {
		return nil, err
	}
	content, _, err := r.next(explicit.body)
	if err != nil {
		return nil, err
	}
	switch content.tag {
	case tagOctets:
		return content.body, nil
	case tagOctetsParts:
		return r.pieces(nil, content.body, 0)
	case tagSequence:
		// RFC 5652 section 5.2.1: PKCS #7 allows any type; its octets are
		// then the content.
		return content.body, nil
	}
	return nil, fmt.Errorf("%w: content of tag %#x", ErrMalformed, content.tag)
}

// pieces joins an octet string that is in pieces, which may be in pieces.
func (r *reader) pieces(out, b []byte, depth int) ([]byte, error) {
	if depth >= maxDepth {
		return nil, fmt.Errorf("%w: too deep", ErrMalformed)
	}
	for len(b) > 0 {
		e, rest, err := r.next(b)
		if err != nil {
			return nil, err
		}
		switch e.tag {
		case tagOctets:
			out = append(out, e.body...)
		case tagOctetsParts:
			if out, err = r.pieces(out, e.body, depth+1); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("%w: piece of tag %#x", ErrMalformed, e.tag)
		}
		b = rest
	}
	return out, nil
}

// unarmoured undoes PEM, and base64 without it.
func unarmoured(b []byte) []byte {
	if bytes.HasPrefix(b, []byte("MI")) { // the base64 of a sequence
		clean := bytes.Map(func(c rune) rune {
			if c <= ' ' {
				return -1
			}
			return c
		}, b)
		if out, err := base64.StdEncoding.DecodeString(string(clean)); err == nil {
			return out
		}
	}
	if bytes.HasPrefix(b, []byte("-----BEGIN ")) {
		if block, _ := pem.Decode(b); block != nil {
			return block.Bytes
		}
	}
	return b
}
