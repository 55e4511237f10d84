package auth

import (
	"context"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// maxWalk is how many names one tree walk asks (RFC 9989 section 4.10): the
// domain, and then at most its last seven labels down to one.
const maxWalk = 8

// step is one name of a tree walk that holds a valid record.
type step struct {
	domain string
	rec    dmarcRecord
}

// treeWalk asks for the records from domain upwards. down is the answer that
// could not be had, if one could not: what is above it is then not known.
func treeWalk(ctx context.Context, r dns.Resolver, domain string) (found []step, down *analyze.DNSAnswer) {
	for _, name := range walkNames(domain) {
		rec, ok, a := recordAt(ctx, r, name)
		if a.Status == analyze.DNSTempError {
			return found, &a
		}
		if !ok {
			continue
		}
		if !strings.Contains(name, ".") && rec.psd != "y" {
			// A top level is nobody's organisation: without psd=y its record
			// would join all who are below it.
			continue
		}
		found = append(found, step{name, rec})
		if rec.psd != "u" {
			break
		}
	}
	return found, nil
}

// walkNames gives the names that a walk from domain asks, in order.
func walkNames(domain string) []string {
	out := []string{domain}
	labels := strings.Split(domain, ".")
	next := len(labels) - 1
	if len(labels) >= maxWalk {
		next = maxWalk - 1 // RFC 9989 section 4.10: of eight or more labels, seven remain
	}
	for n := next; n >= 1; n-- {
		out = append(out, strings.Join(labels[len(labels)-n:], "."))
	}
	return out
}

// recordAt gives the policy record published for one domain. Two records are
// none (RFC 9989 section 4.10).
func recordAt(ctx context.Context, r dns.Resolver, domain string) (dmarcRecord, bool, analyze.DNSAnswer) {
	a := r.Resolve(ctx, "_dmarc."+domain, "TXT")
	var found []string
	for _, txt := range dns.TXT(a) {
		if isDMARC(txt) {
			found = append(found, txt)
		}
	}
	if len(found) != 1 {
		return dmarcRecord{}, false, a
	}
	rec, ok := parseDMARC(found[0])
	return rec, ok, a
}

// organisation picks the organizational domain from a walk that began at
// domain (RFC 9989 section 4.10.2).
func organisation(domain string, found []step) string {
	for i, s := range found {
		switch {
		case s.rec.psd == "n":
			return s.domain
		case s.rec.psd == "y" && s.domain != domain:
			rest := strings.TrimSuffix(domain, "."+s.domain)
			return rest[strings.LastIndexByte(rest, '.')+1:] + "." + s.domain
		case i == len(found)-1:
			return s.domain // the fewest labels
		}
	}
	return domain
}

// orgDomain gives the organizational domain of a normalised domain: by the
// tree walk, and where the DNS cannot be asked, by the public suffix list.
func orgDomain(ctx context.Context, r dns.Resolver, domain string) string {
	if domain == "" {
		return ""
	}
	found, down := treeWalk(ctx, r, domain)
	if down == nil {
		return organisation(domain, found)
	}
	if d := registrable(domain); d != "" {
		return d
	}
	return domain
}

// OrgDomain gives the organizational domain of a domain (RFC 9989 section
// 4.10.2), or "" when it is no domain name.
func OrgDomain(ctx context.Context, r dns.Resolver, domain string) string {
	return orgDomain(ctx, r, asciiDomain(domain))
}
