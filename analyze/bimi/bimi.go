package bimi

import (
	"context"
	"sync"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// Status is a result of BIMI (draft-brand-indicators-for-message-
// identification, "bimi" method of RFC 8601).
type Status string

// The results.
const (
	StatusPass      Status = "pass"      // the record can be used; see Authority for what backs it
	StatusNone      Status = "none"      // no record
	StatusFail      Status = "fail"      // the record, the logo or the certificate is bad
	StatusTempError Status = "temperror" // something could not be asked
	StatusDeclined  Status = "declined"  // the domain declines to take part
	StatusSkipped   Status = "skipped"   // the message is not eligible
)

// Authority says what came of the mark certificate.
type Authority string

// The outcomes for a mark certificate.
const (
	AuthorityNone Authority = "none" // there is none: the logo is the domain's own claim
	AuthorityPass Authority = "pass"
	AuthorityFail Authority = "fail" // also when it could not be checked to the end
)

// defaultSelector is the selector where the message names none.
const defaultSelector = "default"

// Checker validates. Its zero value works, with the anchors that ship with
// the program. It must not be copied once used; it is safe for concurrent use.
type Checker struct {
	Anchors *Anchors // nil: DefaultAnchors

	// Strict asks for an aligned DKIM signature that passes: a DMARC pass
	// by SPF alone is then not eligible (Receivers' Guidance).
	Strict bool

	once    sync.Once
	shipped *Anchors
	crls    memo[*crl]
	images  memo[SVG]
	bundles memo[*dossier]
}

func (c *Checker) anchors() *Anchors {
	if c.Anchors != nil {
		return c.Anchors
	}
	c.once.Do(func() { c.shipped = DefaultAnchors() })
	return c.shipped
}

// Input is what is asked about.
type Input struct {
	Auth      analyze.Auth // of the message
	LocalPart string       // of the From address
	At        time.Time    // of receipt

	// Selectors are the values of all BIMI-Selector fields, unfolded.
	Selectors []string
	// SelectorSigned says that a passing, aligned DKIM signature covers
	// the field. Without it the field is the sender's claim and is ignored.
	SelectorSigned bool
}

// Result is all that came of it.
type Result struct {
	Status     Status     `json:"status"`
	Reason     string     `json:"reason,omitempty"`
	Domain     string     `json:"domain"`           // the author domain
	Selector   string     `json:"selector"`         // under which the record was found
	Record     *Record    `json:"record,omitempty"` // nil when there is none that can be read
	Authority  Authority  `json:"authority"`
	Preference Preference `json:"preference,omitempty"`
	LogoHash   string     `json:"logo_sha256,omitempty"` // of the record's logo, uncompressed, hexadecimal
	Mark       *Mark      `json:"mark,omitempty"`        // nil unless the chain leads to a mark root
	Checks     []Check    `json:"checks"`

	message bool // eligibility was asked of a message that passed DMARC
	logo    []byte
}

// Verified tells whether the message is proven to come from the holder of a
// mark certificate: DMARC passed, and every check of the certificate with it,
// none being unknown. Ask Mark.Kind whether an office stands behind the mark.
func (r *Result) Verified() bool {
	return r.message && r.Status == StatusPass && r.Authority == AuthorityPass && r.Mark != nil
}

// SelfAsserted tells whether there is a logo that nobody but the domain's
// owner stands for.
func (r *Result) SelfAsserted() bool {
	return r.Status == StatusPass && r.Authority == AuthorityNone
}

// Logo gives the record's logo, uncompressed; nil when there is none. It may
// be hostile: ask CheckSVG before anything draws it.
func (r *Result) Logo() []byte { return r.logo }

// end closes a result.
func (r *Result) end(s Status, reason string) Result {
	r.Status, r.Reason = s, reason
	return *r
}

// Validate makes all checks of a message: is it eligible, has its domain a
// record, do logo and certificate hold. It asks r and f, and nothing else.
func (c *Checker) Validate(ctx context.Context, r dns.Resolver, f Fetcher, in Input) Result {
	out := &Result{Domain: canonical(in.Auth.FromDomain), Selector: defaultSelector, Authority: AuthorityNone}
	e := eligible(ctx, r, in.Auth)
	if c.Strict && e.status == Pass && !signed(in.Auth) {
		e = no("no aligned DKIM signature passes")
	}
	out.add(CheckDMARC, e.status, e.says)
	if e.status != Pass {
		if e.temporary {
			return out.end(StatusTempError, e.says)
		}
		return out.end(StatusSkipped, e.says)
	}
	out.message = true
	sel, check, ok := selectorOf(in)
	if check.Name != "" {
		out.Checks = append(out.Checks, check)
	}
	if !ok {
		return out.end(StatusFail, check.Says)
	}
	l := lookup{author: out.Domain, org: canonical(in.Auth.OrgDomain), selector: sel, local: in.LocalPart}
	return c.domain(ctx, r, f, l, in.At, out)
}

// Query asks about a domain without a message.
type Query struct {
	Domain    string // the author domain
	OrgDomain string // its organisational domain; empty: the same
	Selector  string // empty: default
	LocalPart string // for records that tell senders apart; may be empty
	At        time.Time
}

// Inspect makes all checks of a domain, its DMARC record's enforcement among
// them. Nothing is Verified by it: there is no message.
func (c *Checker) Inspect(ctx context.Context, r dns.Resolver, f Fetcher, q Query) Result {
	l := lookup{author: canonical(q.Domain), org: canonical(q.OrgDomain), selector: q.Selector, local: q.LocalPart}
	if l.selector == "" {
		l.selector = defaultSelector
	}
	out := &Result{Domain: l.author, Selector: l.selector, Authority: AuthorityNone}
	e := enforced(ctx, r, l.author, l.org)
	out.add(CheckDMARC, e.status, e.says)
	res := c.domain(ctx, r, f, l, q.At, out)
	if res.Status == StatusPass && e.status != Pass {
		res.Status, res.Reason = StatusSkipped, e.says
		if e.temporary {
			res.Status = StatusTempError
		}
	}
	return res
}

// domain looks the record up and judges what it names.
func (c *Checker) domain(ctx context.Context, r dns.Resolver, f Fetcher, l lookup, at time.Time, out *Result) Result {
	rec, status, why := l.find(ctx, r)
	out.Selector = rec.selector
	if status != StatusPass {
		s := Fail
		if status == StatusTempError {
			s = Unknown
		}
		out.add(CheckRecord, s, why)
		return out.end(status, why)
	}
	out.Record, out.Preference = &rec.Record, rec.Preference
	if rec.Declined() {
		out.add(CheckRecord, Pass, "the domain declines to take part")
		return out.end(StatusDeclined, "the domain declines to take part")
	}
	out.add(CheckRecord, Pass, "found at "+rec.Name)
	q := certQuestion{names: sanSet(l.author, l.org, rec.selector), at: at, fetcher: f}
	c.fetchLogo(ctx, f, out, &q)
	if rec.Authority != "" {
		c.fetchEvidence(ctx, f, out, q)
	}
	return out.judge()
}

// judge closes a result by its checks.
func (r *Result) judge() Result {
	var asked []Check
	for _, c := range r.Checks {
		if c.Name != CheckDMARC { // Inspect judges it apart
			asked = append(asked, c)
		}
	}
	switch w := worst(asked); w.Status {
	case Fail:
		return r.end(StatusFail, w.Says)
	case Unknown:
		return r.end(StatusTempError, w.Says)
	}
	return r.end(StatusPass, "")
}

// fetchLogo gets and checks the logo of the record.
func (c *Checker) fetchLogo(ctx context.Context, f Fetcher, out *Result, q *certQuestion) {
	got := f.Fetch(ctx, Request{URL: out.Record.Location, Kind: KindLogo})
	if got.Status != FetchOK {
		q.noFetchL = "the record's logo could not be had: " + got.Reason
		out.add(CheckLogo, fetchOutcome(got.Status), got.Reason)
		return
	}
	out.add(CheckLogo, Pass, "fetched from "+out.Record.Location)
	c.useLogo(got.Body, out, q)
}

// useLogo checks the record's logo, compressed or not.
func (c *Checker) useLogo(b []byte, out *Result, q *certQuestion) {
	plain, err := gunzip(b)
	if err != nil {
		out.add(CheckLogoSVG, Fail, err.Error())
		q.noFetchL = "the record's logo cannot be unpacked"
		return
	}
	svg, sum := c.image(plain)
	out.logo, out.LogoHash = plain, sum
	out.addSVG(CheckLogoSVG, svg)
	q.l, q.hasL = plain, true
}

func fetchOutcome(s FetchStatus) CheckStatus {
	if s == FetchTempError {
		return Unknown
	}
	return Fail
}

// fetchEvidence gets and checks the certificate of the record.
func (c *Checker) fetchEvidence(ctx context.Context, f Fetcher, out *Result, q certQuestion) {
	out.Authority = AuthorityFail
	got := f.Fetch(ctx, Request{URL: out.Record.Authority, Kind: KindEvidence})
	if got.Status != FetchOK {
		out.add(CheckEvidence, fetchOutcome(got.Status), got.Reason)
		return
	}
	out.add(CheckEvidence, Pass, "fetched from "+out.Record.Authority)
	q.bundle = got.Body
	from := len(out.Checks)
	c.certificate(ctx, q, out)
	if worst(out.Checks[from:]).Status == Pass {
		out.Authority = AuthorityPass
	}
}

// Files are what ValidateFiles is asked about.
type Files struct {
	Cert      []byte // the PEM bundle; nil: none
	Domain    string // for which the certificate must be; empty: not asked
	OrgDomain string // its organisational domain; empty: the same
	Selector  string // empty: default
	Logo      []byte // the record's logo, compressed or not; nil: none
	At        time.Time
}

// ValidateFiles checks a bundle and a logo without any DNS. f is asked for
// revocation lists alone; nil or Offline leaves the revocation unknown, and
// the status a temperror if nothing else is wrong.
func (c *Checker) ValidateFiles(ctx context.Context, f Fetcher, in Files) Result {
	if f == nil {
		f = Offline{}
	}
	sel := in.Selector
	if sel == "" {
		sel = defaultSelector
	}
	out := &Result{Domain: canonical(in.Domain), Selector: sel, Authority: AuthorityNone}
	q := certQuestion{bundle: in.Cert, at: in.At, fetcher: f}
	if in.Domain != "" {
		q.names = sanSet(in.Domain, in.OrgDomain, sel)
	}
	if in.Logo != nil {
		c.useLogo(in.Logo, out, &q)
	}
	if in.Cert == nil {
		return out.judge()
	}
	from := len(out.Checks)
	c.certificate(ctx, q, out)
	out.Authority = AuthorityFail
	if worst(out.Checks[from:]).Status == Pass {
		out.Authority = AuthorityPass
	}
	return out.judge()
}
