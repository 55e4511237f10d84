package bimi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// maxLifetime is the longest that a certificate may be valid (Mark
	// Certificate Requirements v1.7 section 6.3.2).
	maxLifetime = 825 * 24 * time.Hour
	// minSerial is the least bits of a serial number (section 7.1).
	minSerial = 64
)

// Mark is what a mark certificate says, once its chain leads to a mark root.
// It is worth something only when Result.Verified.
type Mark struct {
	Kind         CertKind  `json:"kind"`
	Type         MarkType  `json:"mark_type"`
	Organisation string    `json:"organisation"`
	Country      string    `json:"country"` // where the mark (else the organisation) is registered
	Issuer       string    `json:"issuer"`  // the authority's organisation
	Subject      Subject   `json:"subject"`
	Domains      []string  `json:"domains"` // as they stand in the certificate
	Serial       string    `json:"serial"`  // hexadecimal
	NotBefore    time.Time `json:"not_before"`
	NotAfter     time.Time `json:"not_after"`
	Expired      bool      `json:"expired"`          // at the time of judgement, or not valid yet
	Pilot        bool      `json:"pilot,omitempty"`  // carries the pilot identifier
	LoggedBy     string    `json:"logged,omitempty"` // which log, and when
	Fingerprint  string    `json:"sha256"`           // of the certificate, hexadecimal
	LogoHash     string    `json:"logo_sha256"`      // of the uncompressed image, hexadecimal
	Warnings     []string  `json:"warnings,omitempty"`

	logo []byte
}

// Logo gives the image, uncompressed; nil when the certificate holds none
// that is whole. It must not be changed.
func (m *Mark) Logo() []byte { return m.logo }

// certQuestion is what is asked about a bundle.
type certQuestion struct {
	bundle   []byte
	names    []string // of which the certificate must hold one; none: not asked
	at       time.Time
	fetcher  Fetcher
	l        []byte // the logo of the record, nil: not asked
	hasL     bool
	noFetchL string // why there is no logo although there should be one
}

// certificate makes all the checks of a bundle, each on its own, as far as
// there is something to check.
func (c *Checker) certificate(ctx context.Context, q certQuestion, r *Result) {
	d := c.dossierOf(q.bundle, q.at)
	r.ask(CheckBundle, d.err, fmt.Sprintf("%d certificates in order", len(d.certs)))
	if len(d.certs) == 0 || !r.ask(CheckAlgorithm, d.weak, "keys and signatures are strong enough") {
		return
	}
	leaf, a, trusted := d.certs[0], c.anchors(), d.pathErr == nil
	r.ask(CheckPath, d.pathErr, "the signatures lead to "+nameOf(d.chain[len(d.chain)-1]))
	says, ok := period(d.chain, q.at)
	r.add(CheckValidity, passIf(ok), says)
	r.ask(CheckConstraint, constraints(leaf), "no authority, no name constraints, not too long-lived")
	r.ask(CheckEKU, purposes(d.chain, a), "the certificate and its issuers are for marks")
	r.ask(CheckPolicy, policy(leaf), "the policy of mark certificates")
	if len(d.chain) < 2 {
		r.add(CheckSCT, Unknown, "there is no issuer, whose key the log signed with it")
	} else {
		r.ask(CheckSCT, d.stampErr, d.stamp.String())
	}
	if trusted {
		r.Checks = append(r.Checks, c.revoked(ctx, q.fetcher, d.chain, q.at))
	} else {
		r.add(CheckRevocation, Unknown, "not asked, since the chain does not hold")
	}
	m := markOf(leaf, q.at)
	if d.stampErr == nil {
		m.LoggedBy = d.stamp.String()
	}
	subject(leaf, m, r)
	checkSAN(leaf, q.names, r)
	c.checkLogo(d, m, q, r)
	if trusted {
		r.Mark = m
	}
}

func passIf(ok bool) CheckStatus {
	if ok {
		return Pass
	}
	return Fail
}

// constraints holds what a leaf must not be or have.
func constraints(leaf *x509.Certificate) error {
	if leaf.IsCA {
		return errors.New("the certificate is an authority's")
	}
	if _, _, ok := extension(leaf, oidNameLimit); ok {
		return errors.New("the certificate has name constraints")
	}
	if _, critical, ok := extension(leaf, oidLogotype); ok && critical {
		return errors.New("the logotype extension is critical")
	}
	if d := leaf.NotAfter.Sub(leaf.NotBefore); d > maxLifetime {
		return fmt.Errorf("the certificate is valid for %d days, over %d", int(d.Hours()/24), int(maxLifetime.Hours()/24))
	}
	return nil
}

// purposes wants the key purpose of marks on the leaf, as its only one, and
// on every issuer below the root: a key purpose on an authority limits what
// it may issue (Mark Certificate Requirements v1.7 section 7.1.2.2). Roots
// have none.
func purposes(chain []*x509.Certificate, a *Anchors) error {
	mark, other := hasEKU(chain[0])
	if !mark {
		return errors.New("the certificate is not for marks")
	}
	if other {
		return errors.New("the certificate is for other purposes too")
	}
	if len(chain) < 2 {
		return errors.New("there is no issuer to look at")
	}
	last := chain[len(chain)-1]
	for i, c := range chain[1:] {
		if i > 0 && c == last && (a.root(c) || bytes.Equal(c.RawIssuer, c.RawSubject)) {
			break
		}
		if mark, _ := hasEKU(c); !mark {
			return fmt.Errorf("issuer %d (%s) may not issue certificates for marks", i+1, nameOf(c))
		}
	}
	return nil
}

// policy wants the general policy of mark certificates; the authorities' own
// policies come beside it.
func policy(leaf *x509.Certificate) error {
	for _, p := range leaf.Policies {
		if p.String() == oidPolicy {
			return nil
		}
	}
	return errors.New("the policy of mark certificates is not named")
}

// subject checks whom the certificate is about.
func subject(leaf *x509.Certificate, m *Mark, r *Result) {
	s, stated, fault := parseSubject(leaf.Subject)
	m.Subject, m.Organisation, m.Country = s, s.Organisation, s.country()
	switch lack := s.lacks(); {
	case fault != "":
		r.add(CheckSubject, Fail, fault)
	case lack != "":
		r.add(CheckSubject, Fail, "the subject has no "+lack)
	default:
		r.add(CheckSubject, Pass, fmt.Sprintf("%s, %s", s.Organisation, s.country()))
	}
	mark, says, ok := markTypeOf(s, stated)
	m.Type, m.Kind = mark, mark.Kind()
	r.add(CheckMarkType, passIf(ok), says)
}

// checkSAN wants one of the names that the domain and selector make.
func checkSAN(leaf *x509.Certificate, names []string, r *Result) {
	if len(names) == 0 {
		return
	}
	if name, ok := matchSAN(leaf, names); ok {
		r.add(CheckSAN, Pass, "issued for "+name)
		return
	}
	r.add(CheckSAN, Fail, fmt.Sprintf("issued for %q, not for %s", leaf.DNSNames[:min(len(leaf.DNSNames), 3)], names[0]))
}

// checkLogo checks the image in the certificate, and the record's against it.
func (c *Checker) checkLogo(d *dossier, m *Mark, q certQuestion, r *Result) {
	if !d.hasLogo {
		r.add(CheckLogotype, Fail, "the certificate holds no logo")
		return
	}
	if !r.ask(CheckLogotype, d.logoErr, "one SVG image") {
		return
	}
	l := d.logo
	says, ok := l.checkHashes()
	r.add(CheckLogoHash, passIf(ok), says)
	svg, sum := c.image(l.svg)
	r.addSVG(CheckMarkSVG, svg)
	m.logo, m.LogoHash = l.svg, sum
	switch {
	case q.noFetchL != "":
		r.add(CheckLogoMatch, Unknown, q.noFetchL)
	case q.hasL && string(q.l) == string(l.svg):
		r.add(CheckLogoMatch, Pass, "the record's logo is that of the certificate")
	case q.hasL:
		r.add(CheckLogoMatch, Fail, "the record's logo is not that of the certificate")
	}
}

// addSVG notes what was found in an image.
func (r *Result) addSVG(name string, s SVG) {
	if s.OK() {
		r.add(name, Pass, "keeps the profile SVG Tiny PS")
		return
	}
	var all []string
	for _, f := range s.Faults {
		all = append(all, f.Says)
	}
	r.add(name, Fail, strings.Join(all, "; "))
}

// markOf reads what a certificate says of itself.
func markOf(leaf *x509.Certificate, at time.Time) *Mark {
	sum := sha256.Sum256(leaf.Raw)
	m := &Mark{
		Issuer:      nameOfIssuer(leaf),
		Domains:     leaf.DNSNames,
		Serial:      leaf.SerialNumber.Text(16),
		NotBefore:   leaf.NotBefore.UTC(),
		NotAfter:    leaf.NotAfter.UTC(),
		Expired:     at.Before(leaf.NotBefore) || at.After(leaf.NotAfter),
		Fingerprint: hex.EncodeToString(sum[:]),
	}
	_, _, m.Pilot = extension(leaf, oidPilot)
	if m.Pilot && !leaf.NotBefore.Before(pilotEnd()) {
		m.Warnings = append(m.Warnings, "it carries the pilot identifier, which new certificates must not")
	}
	if leaf.SerialNumber.BitLen() < minSerial-8 { // leading zeros happen: one octet of them is no fault
		m.Warnings = append(m.Warnings, "its serial number is short")
	}
	if _, _, ok := extension(leaf, oidKeyUsage); !ok {
		// QUIRK: DigiCert's and GlobalSign's real certificates have none.
		m.Warnings = append(m.Warnings, "it does not say what its key may do")
	}
	if !ownPolicy(leaf) {
		m.Warnings = append(m.Warnings, "it names no policy of an authority that we know")
	}
	return m
}

func ownPolicy(leaf *x509.Certificate) bool {
	for _, p := range leaf.Policies {
		if policyOf(p.String()) != "" {
			return true
		}
	}
	return false
}

// nameOf gives a certificate's name for people.
func nameOf(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return strings.Join(c.Subject.Organization, ", ")
}

// nameOfIssuer gives the organisation that issued a certificate.
func nameOfIssuer(c *x509.Certificate) string {
	if o := strings.Join(c.Issuer.Organization, ", "); o != "" {
		return o
	}
	return c.Issuer.CommonName
}
