package send

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// demand is what TLS with a host must be, and who asks for it.
type demand struct {
	policy TLSPolicy
	tls    *tls.Config
	by     string // for the log: dane, mta-sts or nothing
}

// demands finds what a host's TLS must be: as its TLSA records say (RFC 7672),
// else as the domain's MTA-STS policy does (RFC 8461), else whatever it has.
// An error means that the host must not be sent to.
func (x *MX) demands(ctx context.Context, r *route, host mailHost) (demand, error) {
	base := &tls.Config{ServerName: host.name, RootCAs: x.CA, MinVersion: tls.VersionTLS12}
	if x.DANE && host.secure {
		d, ok, err := x.dane(ctx, r, host, base)
		if err != nil || ok {
			return d, err
		}
	}
	if r.policy.enforced() {
		// RFC 8461 section 4.1: TLS, and a certificate for the very host by a
		// root that we know.
		return demand{TLSRequired, base, "mta-sts"}, nil
	}
	return demand{TLSOpportunistic, base, ""}, nil
}

// dane looks up the TLSA records of a host.
func (x *MX) dane(ctx context.Context, r *route, host mailHost, base *tls.Config) (demand, bool, error) {
	a := x.Resolver.Resolve(ctx, fmt.Sprintf("_%d._tcp.%s", x.port(), host.name), "TLSA")
	switch {
	case a.Status == analyze.DNSTempError:
		// RFC 7672 section 2.1.1: where the host's zone is signed, an answer
		// that fails may be an attacker's doing.
		return demand{}, false, fmt.Errorf("TLSA of %s: %s: %w", host.name, a.Reason, ErrPolicy)
	case a.Status != analyze.DNSOK || !a.AD:
		return demand{}, false, nil
	}
	d := demand{TLSRequired, base.Clone(), "dane"}
	d.tls.InsecureSkipVerify = true // VerifyConnection does it
	usable := usableTLSA(dns.TLSA(a))
	if len(usable) == 0 {
		// RFC 7672 section 2.2: TLS without a name, but TLS.
		return d, true, nil
	}
	names := []string{host.name, r.domain}
	d.tls.VerifyConnection = func(s tls.ConnectionState) error {
		return matchTLSA(usable, s.PeerCertificates, names, time.Now())
	}
	return d, true, nil
}

// The usages of TLSA records for mail (RFC 7672 section 3.1), and the parts of
// a certificate and the digests that they name (RFC 6698 section 2.1).
const (
	usageTA      = 2 // the certificate that issued the host's
	usageEE      = 3 // the host's own
	selectCert   = 0
	selectKey    = 1
	matchFull    = 0
	matchSHA256  = 1
	matchSHA512  = 2
	maxTLSA      = 16      // records that are looked at; honest hosts have four
	maxChainTLSA = 10      // certificates of a chain that are compared
	maxTLSAData  = 8 << 10 // octets of a whole certificate or key
)

// usableTLSA keeps the records that can be compared: the usages of mail, and
// digests of their own length.
func usableTLSA(list []dns.Association) []dns.Association {
	var out []dns.Association
	for _, a := range list {
		n := len(a.Data)
		ok := a.Matching == matchSHA256 && n == sha256.Size || a.Matching == matchSHA512 && n == sha512.Size ||
			a.Matching == matchFull && n > 0 && n <= maxTLSAData
		if ok && (a.Usage == usageTA || a.Usage == usageEE) && a.Selector <= selectKey && len(out) < maxTLSA {
			out = append(out, a)
		}
	}
	return out
}

var errNoTLSA = errors.New("no certificate that the TLSA records name")

// matchTLSA tells whether a chain, the host's own first, is one that the
// records name. With usage 3 neither names nor dates count (RFC 7672 section
// 3.1.1); with usage 2 the chain must lead to the certificate named, and the
// host's must be valid and for one of names (section 3.1.2 and 3.2.2).
func matchTLSA(list []dns.Association, chain []*x509.Certificate, names []string, now time.Time) error {
	if len(chain) == 0 {
		return errNoTLSA
	}
	chain = chain[:min(len(chain), maxChainTLSA)]
	err := errNoTLSA
	for _, a := range list {
		if a.Usage == usageEE {
			if associated(a, chain[0]) {
				return nil
			}
			continue
		}
		for _, c := range anchors(a, chain) {
			e := leadsTo(chain, c, names, now)
			if e == nil {
				return nil
			}
			err = fmt.Errorf("TLSA: %w", e)
		}
	}
	return err
}

// anchors gives the certificates that a record of usage 2 names: those of the
// chain, or the one that it holds whole.
func anchors(a dns.Association, chain []*x509.Certificate) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range chain {
		if associated(a, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 && a.Selector == selectCert && a.Matching == matchFull {
		if c, err := x509.ParseCertificate(a.Data); err == nil {
			out = append(out, c)
		}
	}
	return out
}

func associated(a dns.Association, c *x509.Certificate) bool {
	part := c.Raw
	if a.Selector == selectKey {
		part = c.RawSubjectPublicKeyInfo
	}
	switch a.Matching {
	case matchSHA256:
		sum := sha256.Sum256(part)
		part = sum[:]
	case matchSHA512:
		sum := sha512.Sum512(part)
		part = sum[:]
	}
	return bytes.Equal(part, a.Data)
}

// leadsTo tells whether the chain leads to the anchor, for any of names.
func leadsTo(chain []*x509.Certificate, anchor *x509.Certificate, names []string, now time.Time) error {
	o := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	o.Roots.AddCert(anchor)
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	var err error
	for _, name := range names {
		o.DNSName = name
		if _, err = chain[0].Verify(o); err == nil {
			return nil
		}
	}
	return err
}
