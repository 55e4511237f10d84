package auth

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// Limits of RFC 7208 section 4.6.4.
const (
	spfMaxLookups = 10
	spfMaxVoid    = 2
	spfMaxHosts   = 10 // addresses behind one mx or ptr term
	spfMaxDepth   = 12 // records within records; the lookups end it before
	spfMaxExplain = 500
)

// spfQuery is one check_host() question (RFC 7208 section 4.1).
type spfQuery struct {
	ip     netip.Addr
	helo   string
	local  string // of the sender; "postmaster" when there is none
	domain string // of the sender
	at     time.Time
}

// spfOutcome is its answer.
type spfOutcome struct {
	result      analyze.Result
	reason      string // the term that matched, or what went wrong
	explanation string // the domain's own words on a fail, hostile
}

// spfEval is one evaluation with its counts.
type spfEval struct {
	ctx     context.Context
	r       dns.Resolver
	q       spfQuery
	lookups int
	voids   int
	names   []string // validated PTR names of the address
	named   bool
}

// checkSPF answers whether q.ip may send for q.domain.
func checkSPF(ctx context.Context, r dns.Resolver, q spfQuery) spfOutcome {
	q.ip = q.ip.Unmap().WithZone("")
	if !q.ip.IsValid() {
		return spfOutcome{result: analyze.ResultPermError, reason: "no client address"}
	}
	if q.local == "" {
		q.local = "postmaster" // RFC 7208 section 4.3
	}
	e := &spfEval{ctx: ctx, r: r, q: q}
	domain := dns.Normalize(q.domain)
	// RFC 7208 section 4.3: a malformed or single-label domain is none.
	if dns.NameFault(domain) != "" || !strings.Contains(domain, ".") {
		return spfOutcome{result: analyze.ResultNone, reason: "not a domain name"}
	}
	return e.check(domain, 0, true)
}

func permerror(why string) spfOutcome {
	return spfOutcome{result: analyze.ResultPermError, reason: why}
}

func temperror(a analyze.DNSAnswer) spfOutcome {
	return spfOutcome{result: analyze.ResultTempError, reason: "DNS: " + a.Reason}
}

// check evaluates the record of one domain. top tells that its explanation
// counts: not within an include (RFC 7208 section 6.2).
func (e *spfEval) check(domain string, depth int, top bool) spfOutcome {
	if depth > spfMaxDepth {
		return permerror("too many records within records")
	}
	a := e.r.Resolve(e.ctx, domain, "TXT")
	if a.Status == analyze.DNSTempError {
		return temperror(a)
	}
	var found []string
	for _, txt := range dns.TXT(a) {
		if isSPF(txt) {
			found = append(found, txt)
		}
	}
	switch len(found) {
	case 0:
		return spfOutcome{result: analyze.ResultNone, reason: "no SPF record"}
	case 1:
	default:
		return permerror("several SPF records") // RFC 7208 section 4.5
	}
	rec, err := parseSPF(found[0])
	if err != nil {
		return permerror(err.Error())
	}
	return e.evaluate(rec, domain, depth, top)
}

// evaluate goes through the terms of a record, left to right.
func (e *spfEval) evaluate(rec spfRecord, domain string, depth int, top bool) spfOutcome {
	for _, t := range rec.terms {
		hit, stop := e.match(t, domain, depth)
		if stop != nil {
			return *stop
		}
		if hit {
			o := spfOutcome{result: t.result, reason: "matched " + t.text}
			if o.result == analyze.ResultFail && top && rec.exp != "" {
				o.explanation = e.explain(rec.exp, domain)
			}
			return o
		}
	}
	if rec.redirect == "" {
		return spfOutcome{result: analyze.ResultNeutral, reason: "nothing matched"} // RFC 7208 section 4.7
	}
	if !e.count() {
		return permerror("too many DNS look-ups")
	}
	target, ok := e.target(rec.redirect, domain)
	if !ok {
		return permerror("redirect to no domain name")
	}
	o := e.check(target, depth+1, top)
	if o.result == analyze.ResultNone { // RFC 7208 section 6.1
		return permerror("redirect to a domain without SPF record")
	}
	return o
}

// count takes one of the ten look-ups.
func (e *spfEval) count() bool {
	e.lookups++
	return e.lookups <= spfMaxLookups
}

// target expands a domain-spec; too long a name loses labels on the left (RFC
// 7208 section 7.3).
func (e *spfEval) target(spec, domain string) (string, bool) {
	s, ok := e.expand(spec, domain, false)
	if !ok {
		return "", false
	}
	s = dns.Normalize(s)
	const longest = 253
	for len(s) > longest {
		dot := strings.IndexByte(s, '.')
		if dot < 0 {
			return "", false
		}
		s = s[dot+1:]
	}
	return s, s != ""
}

// match tells whether one term matches; stop ends the whole evaluation.
func (e *spfEval) match(t spfTerm, domain string, depth int) (hit bool, stop *spfOutcome) {
	switch t.name {
	case "all":
		return true, nil
	case "ip4", "ip6":
		return t.prefix.Contains(e.q.ip), nil
	}
	if !e.count() {
		o := permerror("too many DNS look-ups")
		return false, &o
	}
	name := domain
	if t.spec != "" {
		var ok bool
		if name, ok = e.target(t.spec, domain); !ok {
			o := permerror("no domain name in " + t.text)
			return false, &o
		}
	}
	switch t.name {
	case "include":
		return e.include(name, depth)
	case "a":
		return e.addresses(t, name, true)
	case "mx":
		return e.exchangers(t, name)
	case "ptr":
		return e.pointer(name)
	}
	a, stop := e.ask(name, "A") // exists: A, whatever the client's family (RFC 7208 section 5.7)
	return stop == nil && len(a.Records) > 0, stop
}

// ask puts a term's own question, and counts void answers.
func (e *spfEval) ask(name, typ string) (analyze.DNSAnswer, *spfOutcome) {
	a := e.r.Resolve(e.ctx, name, typ)
	switch a.Status {
	case analyze.DNSTempError:
		o := temperror(a)
		return a, &o
	case analyze.DNSOK:
		return a, nil
	}
	if e.voids++; e.voids > spfMaxVoid {
		o := permerror("too many void DNS look-ups")
		return a, &o
	}
	return a, nil
}

// include: RFC 7208 section 5.2.
func (e *spfEval) include(name string, depth int) (bool, *spfOutcome) {
	o := e.check(name, depth+1, false)
	switch o.result {
	case analyze.ResultPass:
		return true, nil
	case analyze.ResultTempError, analyze.ResultPermError:
		return false, &o
	case analyze.ResultNone:
		o = permerror("include of a domain without SPF record")
		return false, &o
	}
	return false, nil
}

// family gives the record type and prefix length for the client's address.
func (e *spfEval) family(t spfTerm) (string, int) {
	if e.q.ip.Is4() {
		return "A", t.bits4
	}
	return "AAAA", t.bits6
}

// addresses tells whether one of name's addresses matches the client. void
// tells that an empty answer counts as void.
func (e *spfEval) addresses(t spfTerm, name string, void bool) (bool, *spfOutcome) {
	typ, bits := e.family(t)
	var a analyze.DNSAnswer
	if void {
		var stop *spfOutcome
		if a, stop = e.ask(name, typ); stop != nil {
			return false, stop
		}
	} else if a = e.r.Resolve(e.ctx, name, typ); a.Status == analyze.DNSTempError {
		o := temperror(a)
		return false, &o
	}
	for _, ip := range dns.IPs(a) {
		if p, err := ip.Prefix(bits); err == nil && p.Contains(e.q.ip) {
			return true, nil
		}
	}
	return false, nil
}

// exchangers: RFC 7208 section 5.4.
func (e *spfEval) exchangers(t spfTerm, name string) (bool, *spfOutcome) {
	a, stop := e.ask(name, "MX")
	if stop != nil {
		return false, stop
	}
	list := dns.MX(a)
	if len(list) > spfMaxHosts {
		o := permerror("too many MX hosts")
		return false, &o
	}
	for _, mx := range list {
		if mx.Host == "." {
			continue // RFC 7505
		}
		if hit, stop := e.addresses(t, mx.Host, false); hit || stop != nil {
			return hit, stop
		}
	}
	return false, nil
}

// pointer: RFC 7208 section 5.5. Errors in the reverse zone are the sending
// network's, not the domain's: no match.
func (e *spfEval) pointer(name string) (bool, *spfOutcome) {
	if void := e.validate(); void && e.voids > spfMaxVoid {
		o := permerror("too many void DNS look-ups")
		return false, &o
	}
	for _, n := range e.names {
		if isWithin(n, name) {
			return true, nil
		}
	}
	return false, nil
}

// validate looks the client's names up, once, and keeps those that lead back
// to it. It tells whether the answer was void.
func (e *spfEval) validate() (void bool) {
	if e.named {
		return false
	}
	e.named = true
	a := e.r.Resolve(e.ctx, dns.Reverse(e.q.ip), "PTR")
	if a.Status == analyze.DNSNoData || a.Status == analyze.DNSNXDomain {
		e.voids++
		return true
	}
	list := dns.Names(a)
	for _, n := range list[:min(len(list), spfMaxHosts)] {
		n = dns.Normalize(n)
		typ, _ := e.family(spfTerm{})
		for _, ip := range dns.IPs(e.r.Resolve(e.ctx, n, typ)) {
			if ip == e.q.ip {
				e.names = append(e.names, n)
				break
			}
		}
	}
	return false
}

// validatedName is the p macro (RFC 7208 section 7.3): the domain itself if
// the client validates to it, else a name below it, else any, else "unknown".
func (e *spfEval) validatedName(domain string) string {
	e.validate()
	best, rank := "unknown", 0
	for _, n := range e.names {
		r := 1
		switch {
		case n == domain:
			r = 3
		case isWithin(n, domain):
			r = 2
		}
		if r > rank {
			best, rank = n, r
		}
	}
	return best
}

// explain gives the domain's explanation of a fail (RFC 7208 section 6.2), or
// "" when there is none that can be used.
func (e *spfEval) explain(spec, domain string) string {
	name, ok := e.target(spec, domain)
	if !ok {
		return ""
	}
	txt := dns.TXT(e.r.Resolve(e.ctx, name, "TXT"))
	if len(txt) != 1 || !isPrintable(txt[0]) {
		return ""
	}
	s, ok := e.expand(txt[0], domain, true)
	if !ok || !isPrintable(s) {
		return ""
	}
	return s[:min(len(s), spfMaxExplain)]
}

func isPrintable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
