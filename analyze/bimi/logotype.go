package bimi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1" // #nosec: some real certificates carry no other hash
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	encasn1 "encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrLogotype is returned when the logotype extension holds no one usable
// image. It wraps why.
var ErrLogotype = errors.New("bimi: bad logotype")

// ErrGzip is returned when a compressed image is broken or too large.
var ErrGzip = errors.New("bimi: bad gzip")

// maxSVGBytes is the hard cap on an image, uncompressed. The profile's own
// limit (svgLimit) is half of it, and a finding.
const maxSVGBytes = 64 << 10

// maxHashes bounds the hashes of one image. Real ones have one or two.
const maxHashes = 8

// logotype is the image of a mark certificate.
type logotype struct {
	mediaType string
	data      []byte // as the URI holds it, mostly gzip
	svg       []byte // uncompressed
	hashes    []logoHash
}

type logoHash struct {
	name  string // "SHA-1", "SHA-256" …, "" when not known
	value []byte
}

// parseLogotype reads the extension (RFC 9399 section 4.1): one subject logo,
// direct, with one image at one data URI.
func parseLogotype(ext []byte) (logotype, error) {
	var l logotype
	image, err := subjectImage(ext)
	if err != nil {
		return l, fmt.Errorf("%w: %w", ErrLogotype, err)
	}
	uri, err := l.readDetails(image)
	if err != nil {
		return l, fmt.Errorf("%w: %w", ErrLogotype, err)
	}
	const prefix = "data:image/svg+xml;base64,"
	if !strings.HasPrefix(uri, prefix) {
		return l, fmt.Errorf("%w: the image is not within the certificate as an SVG", ErrLogotype)
	}
	enc := base64.StdEncoding.Strict()
	if enc.DecodedLen(len(uri)-len(prefix)) > maxSVGBytes {
		return l, fmt.Errorf("%w: over %d octets", ErrLogotype, maxSVGBytes)
	}
	if l.data, err = enc.DecodeString(uri[len(prefix):]); err != nil {
		return l, fmt.Errorf("%w: %w", ErrLogotype, err)
	}
	if l.svg, err = gunzip(l.data); err != nil {
		return l, fmt.Errorf("%w: %w", ErrLogotype, err)
	}
	return l, nil
}

// subjectImage walks down to the one LogotypeDetails of the subject's logo.
func subjectImage(ext []byte) (cryptobyte.String, error) {
	malformed := errors.New("malformed")
	in := cryptobyte.String(ext)
	var logos, subject cryptobyte.String
	var present bool
	if !in.ReadASN1(&logos, asn1.SEQUENCE) || !in.Empty() {
		return nil, malformed
	}
	for _, tag := range []asn1.Tag{0, 1} { // community logos, issuer logo
		if !logos.SkipOptionalASN1(tag.Constructed().ContextSpecific()) {
			return nil, malformed
		}
	}
	if !logos.ReadOptionalASN1(&subject, &present, asn1.Tag(2).Constructed().ContextSpecific()) ||
		!logos.SkipOptionalASN1(asn1.Tag(3).Constructed().ContextSpecific()) || !logos.Empty() {
		return nil, malformed
	}
	if !present {
		return nil, errors.New("no logo of the subject")
	}
	var direct, images, image, details cryptobyte.String
	if !subject.ReadASN1(&direct, asn1.Tag(0).Constructed().ContextSpecific()) || !subject.Empty() {
		return nil, errors.New("the logo is not direct")
	}
	if !direct.ReadASN1(&images, asn1.SEQUENCE) || !direct.Empty() {
		return nil, errors.New("there is no image, or a sound beside it")
	}
	if !images.ReadASN1(&image, asn1.SEQUENCE) || !image.ReadASN1(&details, asn1.SEQUENCE) {
		return nil, malformed
	}
	if !images.Empty() {
		return nil, errors.New("there are several images")
	}
	return details, nil
}

// readDetails reads media type, hashes and the one URI.
func (l *logotype) readDetails(in cryptobyte.String) (uri string, err error) {
	malformed := errors.New("malformed")
	var media, hashes, uris, one cryptobyte.String
	if !in.ReadASN1(&media, asn1.IA5String) || !in.ReadASN1(&hashes, asn1.SEQUENCE) ||
		!in.ReadASN1(&uris, asn1.SEQUENCE) || !in.Empty() {
		return "", malformed
	}
	l.mediaType = string(media)
	if mt := strings.ToLower(l.mediaType); mt != "image/svg+xml" && mt != "image/svg+xml+gzip" {
		return "", fmt.Errorf("the media type is %q", l.mediaType)
	}
	for !hashes.Empty() {
		var pair, alg cryptobyte.String
		var oid encasn1.ObjectIdentifier
		var value cryptobyte.String
		if len(l.hashes) == maxHashes || !hashes.ReadASN1(&pair, asn1.SEQUENCE) || !pair.ReadASN1(&alg, asn1.SEQUENCE) ||
			!alg.ReadASN1ObjectIdentifier(&oid) || !pair.ReadASN1(&value, asn1.OCTET_STRING) || !pair.Empty() {
			return "", malformed
		}
		l.hashes = append(l.hashes, logoHash{hashName(oid.String()), value})
	}
	if !uris.ReadASN1(&one, asn1.IA5String) {
		return "", malformed
	}
	if !uris.Empty() {
		return "", errors.New("the image has several addresses")
	}
	return string(one), nil
}

// hashName names the hashes of RFC 9399 that are in use (RFC 3279, RFC 5754).
func hashName(oid string) string {
	switch oid {
	case "1.3.14.3.2.26":
		return "SHA-1"
	case "2.16.840.1.101.3.4.2.1":
		return "SHA-256"
	case "2.16.840.1.101.3.4.2.2":
		return "SHA-384"
	case "2.16.840.1.101.3.4.2.3":
		return "SHA-512"
	}
	return ""
}

// checkHashes wants every hash that is known to hold, and one at least. They
// are over the uncompressed image in all real certificates seen. Real
// certificates hold SHA-1 alone: it is enough here, since the certificate's
// own signature covers the image too, and the image is hashed again with
// SHA-256 for our use.
func (l logotype) checkHashes() (says string, ok bool) {
	var names []string
	for _, h := range l.hashes {
		var sum []byte
		switch h.name {
		case "SHA-1":
			s := sha1.Sum(l.svg) // #nosec
			sum = s[:]
		case "SHA-256":
			s := sha256.Sum256(l.svg)
			sum = s[:]
		case "SHA-384":
			s := sha512.Sum384(l.svg)
			sum = s[:]
		case "SHA-512":
			s := sha512.Sum512(l.svg)
			sum = s[:]
		default:
			continue
		}
		if !bytes.Equal(sum, h.value) {
			return "the " + h.name + " hash in the certificate is not that of its image", false
		}
		if !slices.Contains(names, h.name) {
			names = append(names, h.name)
		}
	}
	if len(names) == 0 {
		return "the certificate holds no hash of its image that we know", false
	}
	return strings.Join(names, " and ") + " of the image hold", true
}

// gunzip undoes compression where there is any: one gzip stream with nothing
// behind it. Any error wraps ErrGzip.
func gunzip(b []byte) ([]byte, error) {
	if len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
		if len(b) > maxSVGBytes {
			return nil, fmt.Errorf("%w: the image has over %d octets", ErrGzip, maxSVGBytes)
		}
		return b, nil
	}
	in := bytes.NewReader(b) // a ByteReader: gzip takes no octet too many
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGzip, err)
	}
	z.Multistream(false)
	out, err := io.ReadAll(io.LimitReader(z, maxSVGBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGzip, err)
	}
	if len(out) > maxSVGBytes {
		return nil, fmt.Errorf("%w: it unpacks to over %d octets", ErrGzip, maxSVGBytes)
	}
	if in.Len() > 0 {
		return nil, fmt.Errorf("%w: %d octets behind its end", ErrGzip, in.Len())
	}
	return out, nil
}
