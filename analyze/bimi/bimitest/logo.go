package bimitest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// GoodSVG is an image that keeps the profile.
const GoodSVG = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64"><title>Bank</title><rect width="64" height="64" fill="#036"/></svg>`

// Zip compresses.
func Zip(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b)
	_ = z.Close()
	return buf.Bytes()
}

// Logo is a logotype extension to make.
type Logo struct {
	Media, URI string
	Hash       [][2]any // OID and value
	Images     int
	URIs       int
	Indirect   bool
	Issuer     bool // as the issuer's logo, not the subject's
}

// Logotype makes the extension's value of an image.
func Logotype(svg []byte) []byte { return LogotypeWith(svg, nil) }

// LogotypeWith makes a changed one.
func LogotypeWith(svg []byte, change func(l *Logo)) []byte {
	s1, s2 := sha1.Sum(svg), sha256.Sum256(svg)
	l := &Logo{Media: "image/svg+xml", URI: DataURI(Zip(svg)), Images: 1, URIs: 1, Hash: [][2]any{
		{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, s1[:]}, {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, s2[:]}}}
	if change != nil {
		change(l)
	}
	side, kind := cbasn1.Tag(2), cbasn1.Tag(0)
	if l.Issuer {
		side = 1
	}
	if l.Indirect {
		kind = 1
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(side.Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			b.AddASN1(kind.Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					for range l.Images {
						b.AddASN1(cbasn1.SEQUENCE, l.details)
					}
				})
			})
		})
	})
	return b.BytesOrPanic()
}

func (l *Logo) details(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(l.Media)) })
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, h := range l.Hash {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(h[0].(asn1.ObjectIdentifier)) })
					b.AddASN1OctetString(h[1].([]byte))
				})
			}
		})
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for range l.URIs {
				b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(l.URI)) })
			}
		})
	})
}

// DataURI gives an address that holds the image itself.
func DataURI(b []byte) string {
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(b)
}
