package bimi

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// ErrPath is returned when a bundle does not lead to a mark root. It wraps
// what stands in the way.
var ErrPath = errors.New("bimi: no path to a mark root")

// findPath leads the bundle to a root by RFC 5280 section 6, signatures and
// all, and gives the chain from leaf to root. The chain must be the bundle in
// its order, with the root added where the bundle leaves it out: another path
// that happens to exist through the same certificates does not count.
//
// The time is moved into the period in which the whole chain is valid, where
// there is one, so that an expired certificate is told from a forged one; the
// caller checks each period.
func findPath(certs []*x509.Certificate, a *Anchors, at time.Time) ([]*x509.Certificate, error) {
	if len(certs) < 2 {
		return nil, fmt.Errorf("%w: the bundle holds no issuer", ErrPath)
	}
	issuers := x509.NewCertPool()
	for _, c := range certs[1:] {
		issuers.AddCert(c)
	}
	chains, err := certs[0].Verify(x509.VerifyOptions{
		Roots:         a.pool,
		Intermediates: issuers,
		CurrentTime:   within(certs, at),
		// x509 knows no name for the key purpose of marks: it is
		// checked by hand.
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPath, err)
	}
	for _, chain := range chains {
		if inOrder(chain, certs) {
			return chain, nil
		}
	}
	return nil, fmt.Errorf("%w: the certificates lead to a root only in another order than they stand in", ErrPath)
}

func inOrder(chain, certs []*x509.Certificate) bool {
	if len(chain) != len(certs) && len(chain) != len(certs)+1 {
		return false
	}
	for i, c := range certs {
		if !chain[i].Equal(c) {
			return false
		}
	}
	return true
}

// within gives the time nearest to at when all certificates are valid, or at
// itself when they never are all at once.
func within(certs []*x509.Certificate, at time.Time) time.Time {
	from, to := certs[0].NotBefore, certs[0].NotAfter
	for _, c := range certs[1:] {
		if c.NotBefore.After(from) {
			from = c.NotBefore
		}
		if c.NotAfter.Before(to) {
			to = c.NotAfter
		}
	}
	switch {
	case from.After(to):
		return at
	case at.Before(from):
		return from
	case at.After(to):
		return to
	}
	return at
}

// period tells whether every certificate of the chain is valid at a time, and
// says which one is not.
func period(chain []*x509.Certificate, at time.Time) (says string, ok bool) {
	for i, c := range chain {
		who := "the mark certificate"
		if i > 0 {
			who = fmt.Sprintf("issuer %d of the chain", i)
		}
		switch {
		case at.Before(c.NotBefore):
			return fmt.Sprintf("%s is not valid before %s", who, day(c.NotBefore)), false
		case at.After(c.NotAfter):
			return fmt.Sprintf("%s expired on %s", who, day(c.NotAfter)), false
		}
	}
	return fmt.Sprintf("valid from %s to %s", day(chain[0].NotBefore), day(chain[0].NotAfter)), true
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }
