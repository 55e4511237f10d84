package auth

import (
	"context"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

// Scopes of an SPF result (RFC 8601 section 2.7.2).
const (
	scopeMailFrom = "mailfrom"
	scopeHelo     = "helo"
)

// Session is what an SMTP session said of a message (RFC 5321). Only ClientIP
// is beyond the sender's control.
type Session struct {
	ClientIP netip.Addr
	Helo     string
	MailFrom string // without <>; empty is the null sender
}

// Trust says whose results are believed.
type Trust struct {
	Providers []string // domains of providers whose results above the boundary are believed
	Topmost   bool     // whoever received the message last is believed
}

// Input is one message to be checked.
type Input struct {
	Raw     []byte
	Grade   analyze.Grade // empty means full
	At      time.Time     // receipt of the report that holds it, or of the message itself
	Session *Session      // nil when there was none
	Trust   Trust
}

// Checker authenticates messages. The zero value works; it is safe for
// concurrent use, and not to be copied. It remembers the keys that it has read.
type Checker struct {
	TrustedSealers []string // domains whose ARC seals are believed; nil for the defaults
	// OnPanic is told of a panic in a check, which then counts as not made.
	// It is our fault, not the message's.
	OnPanic func(value any, stack []byte)

	keys keyCache
}

// Check gives all that can be known of who sent a message. Results stand in a
// fixed order: verified DKIM (as in the header, top first), SPF (MAIL FROM,
// then HELO), DMARC, ARC, then the boundary's word, then claims. The same
// input and the same DNS answers give the same Auth. What the context's
// deadline or the resolver cuts off is a temperror or unknown, never a fail.
func (c *Checker) Check(ctx context.Context, r dns.Resolver, in Input) analyze.Auth {
	if in.Grade == "" {
		in.Grade = analyze.GradeFull
	}
	out := analyze.Auth{Results: []analyze.AuthResult{}}
	var said []analyze.AuthResult
	h, bodyStart := eml.Header{}, len(in.Raw)
	c.guard(func() {
		h, bodyStart, _ = eml.ParseHeader(in.Raw)
		out.Boundary, said, out.Forged = c.boundary(h, in.Trust)
	})
	var a author
	c.guard(func() {
		if a.domain, a.fault = authorDomain(h); a.fault == "" && hasDisguisedFrom(in.Raw[:bodyStart]) {
			a.domain, a.fault = "", reasonDisguised
		}
	})
	out.FromDomain, out.FromFault = a.domain, a.fault

	index := fieldIndex(h)
	var dkim []dkimOutcome
	var spf, arc []analyze.AuthResult
	clk := receipt(in, out.Boundary)
	q, spfSure := spfQuestions(in, out.Boundary)
	c.together(
		func() {
			if in.Grade == analyze.GradeText {
				return // the bytes are not the message's own
			}
			d := &dkimCheck{raw: in.Raw, header: h, index: index, body: in.Raw[bodyStart:], grade: in.Grade, clock: clk, said: said, cache: &c.keys}
			dkim = d.run(ctx, r)
		},
		func() {
			spf = c.runSPF(ctx, r, q)
			settleSPF(spf, clk, said)
		},
		func() {
			if a.domain != "" {
				a = findAuthor(ctx, r, a.domain)
			}
		},
		func() {
			if in.Grade != analyze.GradeText {
				arc = c.checkARC(ctx, r, arcInput{h, index, in.Raw[bodyStart:], in.Grade, clk, &c.keys})
			}
		},
	)
	out.OrgDomain, out.Policy = a.org, a.policy
	c.guard(func() {
		al := &aligner{ctx: ctx, r: r, a: a, known: map[string]bool{}}
		for i := range dkim {
			al.mark(&dkim[i].AuthResult)
			// What l= leaves open could be anybody's words: such a signature
			// proves no author.
			if dkim[i].Result == analyze.ResultPass && !dkim[i].covers {
				dkim[i].Aligned = false
			}
		}
		for _, list := range [][]analyze.AuthResult{spf, arc, said} {
			for i := range list {
				al.mark(&list[i])
			}
		}
	})
	for _, o := range dkim {
		out.Results = append(out.Results, o.AuthResult)
	}
	out.Results = append(out.Results, spf...)
	out.Results = append(out.Results, settleDMARC(evaluateDMARC(a, dkim, spf, spfSure), clk, said))
	out.Results = append(out.Results, arc...)
	out.Results = append(out.Results, said...)
	return out
}

// guard runs f; a panic in it is told of, and ends only f.
func (c *Checker) guard(f func()) {
	defer func() {
		if v := recover(); v != nil && c.OnPanic != nil {
			c.OnPanic(v, debug.Stack())
		}
	}()
	f()
}

// together runs here and all of others at once and waits for them.
func (c *Checker) together(here func(), others ...func()) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, f := range others {
		wg.Go(func() { c.guard(f) })
	}
	c.guard(here)
}

// spfQuestions gives the SPF checks to be made: MAIL FROM, and HELO. sure
// tells whether a result other than pass can be held against the message.
func spfQuestions(in Input, b *analyze.Boundary) (qs []spfCheck, sure bool) {
	s := in.Session
	sure = s != nil
	if s == nil && b != nil && b.ClientIP.IsValid() {
		s = &Session{ClientIP: b.ClientIP, Helo: b.Helo, MailFrom: b.MailFrom}
		sure = b.MailFrom != "" && !b.At.IsZero() && in.At.Sub(b.At) < freshFor
		if b.MailFrom == "" {
			// Not recorded, or the null sender: not to be told apart.
			return nil, false
		}
	}
	if s == nil || !s.ClientIP.IsValid() {
		return nil, false
	}
	helo := asciiDomain(s.Helo)
	base := spfQuery{ip: s.ClientIP, helo: s.Helo, at: in.At}
	if helo != "" {
		base.helo = helo
	}
	from := base
	from.local, from.domain = "postmaster", helo // RFC 7208 section 2.4, for the null sender
	if s.MailFrom != "" {
		at := strings.LastIndexByte(s.MailFrom, '@') // a quoted local part may hold another
		from.local, from.domain = s.MailFrom[:max(at, 0)], asciiDomain(s.MailFrom[at+1:])
	}
	qs = append(qs, spfCheck{scopeMailFrom, from})
	if helo != "" {
		base.local, base.domain = "postmaster", helo
		qs = append(qs, spfCheck{scopeHelo, base})
	}
	return qs, sure
}

// spfCheck is one SPF question with the identity that it is about.
type spfCheck struct {
	scope string
	spfQuery
}

// runSPF answers the questions, all at once: each may wait for a slow name
// server. The same question twice is asked once.
func (c *Checker) runSPF(ctx context.Context, r dns.Resolver, qs []spfCheck) []analyze.AuthResult {
	if len(qs) == 0 {
		return nil
	}
	got := make([]spfOutcome, len(qs))
	ask := func(i int) func() { return func() { got[i] = checkSPF(ctx, r, qs[i].spfQuery) } }
	var others []func()
	for i := 1; i < len(qs); i++ {
		if qs[i].spfQuery != qs[0].spfQuery {
			others = append(others, ask(i))
		}
	}
	c.together(ask(0), others...)
	out := make([]analyze.AuthResult, 0, len(qs))
	for i, q := range qs {
		o := got[i]
		if q.spfQuery == qs[0].spfQuery {
			o = got[0]
		}
		if o.result == "" {
			o.result, o.reason = analyze.ResultUnknown, "the check failed" // a panic, which was told of
		}
		res := analyze.AuthResult{Method: analyze.MethodSPF, Witness: analyze.WitnessVerified,
			Result: o.result, Domain: q.domain, Scope: q.scope, Reason: o.reason}
		if o.explanation != "" {
			res.Reason += "; the domain says: " + o.explanation
		}
		out = append(out, res)
	}
	return out
}
