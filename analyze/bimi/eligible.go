package bimi

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// eligibility is whether BIMI may be looked at.
type eligibility struct {
	status    CheckStatus
	says      string
	temporary bool // the DNS failed
}

func no(format string, args ...any) eligibility {
	return eligibility{status: Fail, says: fmt.Sprintf(format, args...)}
}

// eligible tells whether a message is one that BIMI may be looked at for: a
// single From, DMARC passed, and a policy of enforcement on the author domain
// and on its organisational domain.
func eligible(ctx context.Context, r dns.Resolver, a analyze.Auth) eligibility {
	if a.FromDomain == "" {
		return no("there is no single From address: %s", a.FromFault)
	}
	switch d := a.DMARC(); d.Result {
	case analyze.ResultPass:
	case analyze.ResultUnknown:
		return eligibility{status: Unknown, says: "whether DMARC passes is not known"}
	default:
		return no("DMARC does not pass: %s", d.Result)
	}
	if a.Policy == nil {
		return no("no DMARC policy is known")
	}
	if why := lax(*a.Policy); why != "" {
		return no("%s", why)
	}
	org := canonical(a.OrgDomain)
	if org != "" && org != canonical(a.Policy.Domain) {
		p, temp, why := dmarcAt(ctx, r, org)
		if temp {
			return eligibility{status: Unknown, says: why, temporary: true}
		}
		if p != nil {
			if why := lax(*p); why != "" {
				return no("%s", why)
			}
		}
	}
	return eligibility{status: Pass, says: fmt.Sprintf("DMARC passes, with policy %s at %s", a.Policy.P, a.Policy.Domain)}
}

// signed tells whether an aligned DKIM signature passes.
func signed(a analyze.Auth) bool {
	return slices.ContainsFunc(a.Results, func(r analyze.AuthResult) bool {
		return r.Method == analyze.MethodDKIM && r.Result == analyze.ResultPass && r.Aligned && r.Witness.Believed()
	})
}

// lax tells why a policy is not one of enforcement, or "".
func lax(p analyze.DMARCPolicy) string {
	switch {
	case p.P != "quarantine" && p.P != "reject":
		return fmt.Sprintf("the DMARC policy of %s is %q, not enforcement", p.Domain, p.P)
	case p.Effective == "none":
		return fmt.Sprintf("the DMARC policy of %s that applies here is none", p.Domain)
	case p.SP == "none":
		return fmt.Sprintf("the DMARC policy of %s for subdomains is none", p.Domain)
	case p.P == "quarantine" && p.Pct != 100:
		return fmt.Sprintf("the DMARC policy of %s is for %d%% of its mail alone", p.Domain, p.Pct)
	case p.Testing:
		return fmt.Sprintf("the DMARC policy of %s is in testing", p.Domain) // RFC 9989 section 4.7, t=y
	}
	return ""
}

// enforced asks for the policies of a domain and its organisational domain:
// one must be there, and neither lax.
func enforced(ctx context.Context, r dns.Resolver, author, org string) eligibility {
	domains := []string{author}
	if org != "" && org != author {
		domains = append(domains, org)
	}
	var seen *analyze.DMARCPolicy
	for _, d := range domains {
		p, temp, why := dmarcAt(ctx, r, d)
		if temp {
			return eligibility{status: Unknown, says: why, temporary: true}
		}
		if p == nil {
			continue
		}
		if why := lax(*p); why != "" {
			return no("%s", why)
		}
		if seen == nil {
			seen = p
		}
	}
	if seen == nil {
		return no("%s has no DMARC record", author)
	}
	return eligibility{status: Pass, says: fmt.Sprintf("DMARC policy %s at %s", seen.P, seen.Domain)}
}

// dmarcAt reads the DMARC record of one domain, as far as BIMI looks at it;
// nil when there is none (RFC 9989 section 4.7). A record that cannot be read
// is one without a policy.
func dmarcAt(ctx context.Context, r dns.Resolver, domain string) (p *analyze.DMARCPolicy, temp bool, why string) {
	a := r.Resolve(ctx, "_dmarc."+domain, "TXT")
	if a.Status == analyze.DNSTempError {
		return nil, true, "looking up the DMARC policy of " + domain + ": " + a.Reason
	}
	var all []string
	for _, t := range dns.TXT(a) {
		first, _, _ := strings.Cut(t, ";")
		name, value, ok := strings.Cut(first, "=")
		if ok && trim(name) == "v" && trim(value) == "DMARC1" {
			all = append(all, t)
		}
	}
	if len(all) != 1 {
		return nil, false, "" // several count as none
	}
	p = &analyze.DMARCPolicy{Domain: domain, Pct: 100, Record: all[0]}
	tags, err := parseTags(all[0])
	if err != nil {
		return p, false, ""
	}
	p.P, p.SP = strings.ToLower(tags["p"]), strings.ToLower(tags["sp"])
	p.Testing = strings.EqualFold(tags["t"], "y")
	if n, err := strconv.Atoi(tags["pct"]); err == nil && n >= 0 && n <= 100 {
		p.Pct = n
	}
	return p, false, ""
}
