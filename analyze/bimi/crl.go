package bimi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrCRL is returned when a revocation list cannot be used. It wraps why.
var ErrCRL = errors.New("bimi: unusable revocation list")

const (
	// maxCRLPoints bounds the places that are asked for one list. Real
	// certificates name one or two.
	maxCRLPoints = 3
	// maxCRLs bounds the lists kept read. There are five or six mark CAs.
	maxCRLs = 64
	// reasonRemoved takes an entry back (RFC 5280 section 5.3.1).
	reasonRemoved = 8
)

// crl is a list whose signature holds.
type crl struct {
	from, until time.Time
	revoked     map[string]revocation // by serial number, as octets
	onlyUser    bool
	onlyCA      bool
	points      []string // URLs that the list says it is for; none: all
}

type revocation struct {
	at     time.Time
	reason int
}

// crl gives the list that body holds, if issuer signed it.
func (c *Checker) crl(body []byte, issuer *x509.Certificate) (*crl, error) {
	h := sha256.New()
	h.Write(issuer.Raw) // DER tells where it ends
	h.Write(body)
	key := [sha256.Size]byte(h.Sum(nil))
	if list, ok := c.crls.get(key); ok {
		return list, nil
	}
	list, err := parseCRL(body, issuer)
	if err == nil {
		c.crls.put(key, list, maxCRLs)
	}
	return list, err
}

// parseCRL reads a list, DER or PEM, and checks issuer's signature on it. A
// list that is only a part (delta, indirect, some reasons) is refused, since
// what it leaves out says nothing (RFC 5280 sections 5.2 and 6.3.3).
func parseCRL(body []byte, issuer *x509.Certificate) (*crl, error) {
	if bytes.HasPrefix(body, []byte("-----BEGIN ")) {
		if block, _ := pem.Decode(body); block != nil && block.Type == "X509 CRL" {
			body = block.Bytes
		}
	}
	list, err := x509.ParseRevocationList(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCRL, err)
	}
	if !bytes.Equal(list.RawIssuer, issuer.RawSubject) {
		return nil, fmt.Errorf("%w: it is another authority's", ErrCRL)
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCRL, err)
	}
	out := &crl{from: list.ThisUpdate, until: list.NextUpdate, revoked: make(map[string]revocation)}
	for _, e := range list.Extensions {
		switch {
		case e.Id.Equal(oidCRLPoint):
			if err := out.readPoint(e.Value); err != nil {
				return nil, err
			}
		case e.Critical && !e.Id.Equal(oidCRLNumber):
			return nil, fmt.Errorf("%w: a critical extension %s", ErrCRL, e.Id)
		}
	}
	for _, e := range list.RevokedCertificateEntries {
		for _, x := range e.Extensions {
			if x.Critical && !x.Id.Equal(oidReason) {
				return nil, fmt.Errorf("%w: an entry with a critical extension %s", ErrCRL, x.Id)
			}
		}
		if e.ReasonCode != reasonRemoved {
			out.revoked[serialKey(e.SerialNumber)] = revocation{e.RevocationTime, e.ReasonCode}
		}
	}
	return out, nil
}

func serialKey(n *big.Int) string { return n.Text(16) }

// readPoint reads the issuing distribution point (RFC 5280 section 5.2.5).
func (c *crl) readPoint(ext []byte) error {
	malformed := fmt.Errorf("%w: its distribution point is malformed", ErrCRL)
	in := cryptobyte.String(ext)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !in.Empty() {
		return malformed
	}
	for !seq.Empty() {
		var value cryptobyte.String
		var tag asn1.Tag
		if !seq.ReadAnyASN1(&value, &tag) {
			return malformed
		}
		on := len(value) == 1 && value[0] != 0
		switch tag {
		case asn1.Tag(0).Constructed().ContextSpecific():
			if !c.readNames(value) {
				return malformed
			}
		case asn1.Tag(1).ContextSpecific():
			c.onlyUser = on
		case asn1.Tag(2).ContextSpecific():
			c.onlyCA = on
		default:
			return fmt.Errorf("%w: it is only a part of one", ErrCRL)
		}
	}
	return nil
}

// readNames reads the URLs of a DistributionPointName.
func (c *crl) readNames(in cryptobyte.String) bool {
	var names cryptobyte.String
	if !in.ReadASN1(&names, asn1.Tag(0).Constructed().ContextSpecific()) || !in.Empty() {
		return false // a name relative to the issuer: nobody uses it
	}
	for !names.Empty() {
		var value cryptobyte.String
		var tag asn1.Tag
		if !names.ReadAnyASN1(&value, &tag) {
			return false
		}
		if tag == asn1.Tag(6).ContextSpecific() {
			c.points = append(c.points, string(value))
		}
	}
	return true
}

// judge says what the list has to say about a certificate at a time.
func (c *crl) judge(cert *x509.Certificate, at time.Time) (CheckStatus, string) {
	switch {
	case c.onlyUser && cert.IsCA, c.onlyCA && !cert.IsCA:
		return Unknown, "the revocation list is not for certificates of this kind"
	case len(c.points) > 0 && !slices.ContainsFunc(c.points, func(p string) bool { return slices.Contains(cert.CRLDistributionPoints, p) }):
		return Unknown, "the revocation list is for other certificates of this authority"
	}
	if r, ok := c.revoked[serialKey(cert.SerialNumber)]; ok {
		return Fail, fmt.Sprintf("revoked on %s%s", day(r.at), reasonText(r.reason))
	}
	if !c.until.IsZero() && at.After(c.until) {
		return Unknown, "the revocation list ran out on " + day(c.until)
	}
	return Pass, "not on the revocation list of " + day(c.from)
}

// reasonText names a reason (RFC 5280 section 5.3.1).
func reasonText(n int) string {
	switch n {
	case 1:
		return ", its key was compromised"
	case 2:
		return ", its authority was compromised"
	case 3:
		return ", its holder changed"
	case 4:
		return ", superseded"
	case 5:
		return ", no longer in use"
	case 6:
		return ", on hold"
	case 9:
		return ", its privilege was withdrawn"
	}
	return ""
}

// revoked checks the whole chain but the root. The leaf must say where its
// list is; an issuer that does not cannot be revoked.
func (c *Checker) revoked(ctx context.Context, f Fetcher, chain []*x509.Certificate, at time.Time) Check {
	out := Check{Name: CheckRevocation, Status: Pass}
	for i, cert := range chain[:len(chain)-1] {
		status, says := c.revokedOne(ctx, f, cert, chain[i+1], at)
		if i > 0 {
			if len(cert.CRLDistributionPoints) == 0 {
				continue
			}
			says = fmt.Sprintf("issuer %d of the chain: %s", i, says)
		}
		if i == 0 || worse(status, out.Status) {
			out.Status, out.Says = status, says
		}
	}
	return out
}

// worse orders statuses: pass, unknown, fail.
func worse(a, b CheckStatus) bool {
	return a == Fail && b != Fail || a == Unknown && b == Pass
}

func (c *Checker) revokedOne(ctx context.Context, f Fetcher, cert, issuer *x509.Certificate, at time.Time) (CheckStatus, string) {
	if len(cert.CRLDistributionPoints) == 0 {
		return Fail, "the certificate does not say where its revocation list is"
	}
	why := "no place that can be asked"
	for _, point := range cert.CRLDistributionPoints[:min(len(cert.CRLDistributionPoints), maxCRLPoints)] {
		if _, err := checkURL(point, true); err != nil {
			why = err.Error()
			continue
		}
		got := f.Fetch(ctx, Request{URL: point, Kind: KindCRL})
		if got.Status != FetchOK {
			why = got.Reason
			continue
		}
		list, err := c.crl(got.Body, issuer)
		if err != nil {
			why = strings.TrimPrefix(err.Error(), ErrCRL.Error()+": ")
			continue
		}
		status, says := list.judge(cert, at)
		if status != Unknown {
			return status, says
		}
		why = says
	}
	return Unknown, "the revocation list could not be used: " + why
}
