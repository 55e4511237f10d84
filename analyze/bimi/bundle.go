package bimi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
)

// ErrBundle is returned when an evidence document is not a bundle of
// certificates in the order that is asked for. It wraps what is wrong.
var ErrBundle = errors.New("bimi: bad bundle")

const (
	// maxCerts bounds a bundle: a leaf, its issuers, a root. Real ones
	// hold two or three.
	maxCerts = 8
	// minRSA is the smallest RSA key, in bits (Mark Certificate
	// Requirements v1.7 section 6.1.5).
	minRSA = 2048
	// maxRSA bounds the work that a hostile key makes. No CA goes beyond
	// 4096.
	maxRSA = 8192
)

// ParseBundle reads an evidence document (draft-fetch-validation-vmc-wchuang
// section 4): PEM, the leaf first, then each issuer after what it issued, the
// root if at all last. Text between blocks is passed over (RFC 7468 section
// 5.2). Names alone are compared here; signatures are checked later.
//
// Any error wraps ErrBundle. With it come the certificates that were read.
func ParseBundle(b []byte) ([]*x509.Certificate, error) {
	if len(b) > maxEvidenceBytes {
		return nil, fmt.Errorf("%w: over %d octets", ErrBundle, maxEvidenceBytes)
	}
	// A block that pem.Decode passes over must not hide.
	blocks := bytes.Count(b, []byte("-----BEGIN "))
	if blocks > maxCerts {
		return nil, fmt.Errorf("%w: over %d blocks", ErrBundle, maxCerts)
	}
	var certs []*x509.Certificate
	for {
		block, rest := pem.Decode(b)
		if block == nil {
			break
		}
		b = rest
		if block.Type != "CERTIFICATE" {
			return certs, fmt.Errorf("%w: it holds a %s", ErrBundle, block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return certs, fmt.Errorf("%w: certificate %d: %w", ErrBundle, len(certs)+1, err)
		}
		certs = append(certs, c)
	}
	if len(certs) != blocks {
		return certs, fmt.Errorf("%w: %d of its %d blocks can be read", ErrBundle, len(certs), blocks)
	}
	if len(certs) == 0 {
		return nil, fmt.Errorf("%w: no certificate in it", ErrBundle)
	}
	return certs, checkOrder(certs)
}

// checkOrder tells whether each certificate is followed by its issuer, by
// name, with one leaf and nothing twice.
func checkOrder(certs []*x509.Certificate) error {
	for i, c := range certs {
		if slices.ContainsFunc(certs[:i], c.Equal) {
			return fmt.Errorf("%w: certificate %d is there twice", ErrBundle, i+1)
		}
		if i == 0 && c.IsCA {
			return fmt.Errorf("%w: the first certificate is an authority's, not a mark's", ErrBundle)
		}
		if i > 0 && !c.IsCA {
			return fmt.Errorf("%w: certificate %d is a second leaf", ErrBundle, i+1)
		}
		if i > 0 && !bytes.Equal(certs[i-1].RawIssuer, c.RawSubject) {
			return fmt.Errorf("%w: certificate %d is not the issuer of certificate %d", ErrBundle, i+1, i)
		}
	}
	return nil
}

// weakness tells why a certificate's key or signature is not good enough, or
// "" (Mark Certificate Requirements v1.7 sections 6.1.5 and 7.1.3). It runs
// before any signature is checked, so that an oversized key costs nothing.
func weakness(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSA || n > maxRSA {
			return fmt.Sprintf("an RSA key of %d bits", n)
		}
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() && k.Curve != elliptic.P384() {
			return "an ECDSA key on " + k.Curve.Params().Name
		}
	default:
		return "a key of a kind that is not allowed"
	}
	switch c.SignatureAlgorithm {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
		x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
		x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512:
		return ""
	}
	return fmt.Sprintf("a signature by %s", c.SignatureAlgorithm)
}
