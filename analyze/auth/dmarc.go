package auth

import (
	"context"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// maxAlignWalks is how many tree walks the results of other people may cost.
const maxAlignWalks = 8

// author is what DMARC knows of the From domain.
type author struct {
	domain string
	org    string
	policy *analyze.DMARCPolicy
	rec    dmarcRecord
	fault  string // why there is no single From
	down   string // why the policy could not be looked up
}

// findAuthor reads the From field's domain and its policy (RFC 9989 section
// 4.10.1): its own record, else the organizational domain's, else that of the
// public suffix above it.
func findAuthor(ctx context.Context, r dns.Resolver, domain string) author {
	a := author{domain: domain}
	found, down := treeWalk(ctx, r, domain)
	if down != nil {
		a.down = down.Reason
		a.org = registrable(domain)
		if a.org == "" {
			a.org = domain
		}
		if len(found) == 0 || found[0].domain != domain {
			return a
		}
	} else {
		a.org = organisation(domain, found)
	}
	at := -1
	for i, s := range found {
		if s.domain == domain || s.domain == a.org {
			at = i
			break
		}
		if s.rec.psd == "y" {
			at = i
		}
	}
	if at < 0 {
		return a
	}
	a.rec = found[at].rec
	a.down = ""
	gone := false
	if found[at].domain != domain && a.rec.np != "" {
		// RFC 8020: NXDOMAIN for any type means that the name is not there.
		gone = r.Resolve(ctx, domain, "A").Status == analyze.DNSNXDomain
	}
	a.policy = a.rec.policy(found[at].domain, found[at].domain == domain, gone)
	return a
}

// aligner tells whether authenticated domains are the author's (RFC 9989
// section 4.4).
type aligner struct {
	ctx   context.Context
	r     dns.Resolver
	a     author
	walks int
	known map[string]bool
}

// aligned compares id, an authenticated domain, with the From domain.
func (al *aligner) aligned(id string, strict bool) bool {
	switch {
	case id == "" || al.a.domain == "":
		return false
	case id == al.a.domain:
		return true
	case strict || !isWithin(id, al.a.org):
		return false // not below the same organizational domain: no need to ask
	}
	if ok, seen := al.known[id]; seen {
		return ok
	}
	if al.walks == maxAlignWalks {
		return false
	}
	al.walks++
	ok := orgDomain(al.ctx, al.r, id) == al.a.org
	al.known[id] = ok
	return ok
}

// mark sets Aligned on one result.
func (al *aligner) mark(res *analyze.AuthResult) {
	res.Aligned = false
	switch id := asciiDomain(res.Domain); res.Method {
	case analyze.MethodDKIM:
		res.Aligned = al.aligned(id, al.a.rec.strictDKIM)
	case analyze.MethodSPF:
		// RFC 9989 section 4.4.2: only the MAIL FROM identity aligns; for the
		// null sender that is postmaster at the HELO name.
		res.Aligned = res.Scope != scopeHelo && al.aligned(id, al.a.rec.strictSPF)
	case analyze.MethodDMARC:
		res.Aligned = id != "" && id == al.a.domain
	}
}

// evaluateDMARC gives our own DMARC result from our own SPF and DKIM results,
// whose Aligned is set. It fails only on what is known: a signature or an SPF
// check that could have aligned but could not be checked makes it unknown.
func evaluateDMARC(a author, dkim []dkimOutcome, spf []analyze.AuthResult, spfSure bool) analyze.AuthResult {
	res := analyze.AuthResult{Method: analyze.MethodDMARC, Witness: analyze.WitnessVerified, Domain: a.domain}
	switch {
	case a.fault != "":
		res.Result, res.Reason = analyze.ResultPermError, a.fault
		return res
	case a.down != "":
		res.Result, res.Reason = analyze.ResultTempError, "policy could not be looked up: "+a.down
		return res
	case a.policy == nil:
		res.Result, res.Reason = analyze.ResultNone, "no DMARC record"
		return res
	}
	res.Aligned = true // the result speaks of the From domain itself
	unsure := ""
	for _, o := range dkim {
		if o.Result == analyze.ResultPass && o.Aligned {
			res.Result, res.Reason = analyze.ResultPass, "aligned DKIM signature of "+o.Domain
			return res
		}
		if isUnsure(o.Result) && isWithin(o.Domain, a.org) {
			unsure = "a DKIM signature of " + o.Domain + " could not be checked"
		}
	}
	for _, o := range spf {
		if o.Scope != scopeMailFrom {
			continue
		}
		if o.Result == analyze.ResultPass && o.Aligned {
			res.Result, res.Reason = analyze.ResultPass, "aligned SPF of "+o.Domain
			return res
		}
		if isUnsure(o.Result) && isWithin(o.Domain, a.org) {
			unsure = "SPF of " + o.Domain + " could not be checked"
		}
	}
	if unsure == "" && !spfSure {
		unsure = "SPF could not be checked: how the message was delivered is not known"
	}
	if unsure != "" {
		res.Result, res.Reason = analyze.ResultUnknown, unsure
		return res
	}
	res.Result, res.Reason = analyze.ResultFail, "neither an aligned DKIM signature nor an aligned SPF pass"
	return res
}

func isUnsure(r analyze.Result) bool {
	return r == analyze.ResultUnknown || r == analyze.ResultTempError
}
