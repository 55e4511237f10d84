// Package dnstest is a DNS for tests: a table of records that answers as a
// Resolver, or as a real name server on loopback.
package dnstest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// Zone holds records under "TYPE name", the name in lower case without final
// dot: {"TXT _dmarc.bank.example": {"v=DMARC1; p=reject"}}. TXT records are
// the joined text, A and AAAA addresses, MX "10 host", PTR and CNAME a host,
// TLSA "3 1 1 hex".
//
// A single value "SERVFAIL", "NXDOMAIN" or "TIMEOUT" says how the look-up
// ends; an empty list is NODATA. A name that is not there is NXDOMAIN, unless
// it has records of another type or names below it: then NODATA.
type Zone map[string][]string

// maxChain is how many CNAMEs are followed.
const maxChain = 16

// ttl is the TTL of all records, in seconds.
const ttl = 300

// outcome is what a zone says to one question.
type outcome struct {
	status  analyze.DNSStatus
	reason  string
	chain   []string // owner names followed by CNAME, the first being the question
	records []string
}

// Resolve implements dns.Resolver.
func (z Zone) Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer {
	name, typ = dns.Normalize(name), strings.ToUpper(typ)
	a := analyze.DNSAnswer{Name: name, Type: typ}
	if why := dns.NameFault(name); why != "" {
		a.Status, a.Reason = analyze.DNSNXDomain, why
		return a
	}
	if ctx.Err() != nil {
		a.Status, a.Reason = analyze.DNSTempError, "deadline"
		return a
	}
	o := z.look(name, typ)
	a.Status, a.Reason = o.status, o.reason
	for _, r := range o.records {
		a.Records = append(a.Records, []byte(r))
	}
	if len(a.Records) > 0 {
		a.TTL = ttl
	}
	return a
}

func (z Zone) look(name, typ string) outcome {
	o := outcome{status: analyze.DNSOK, chain: []string{name}}
	for range maxChain {
		recs, ok := z[typ+" "+name]
		if ok && len(recs) == 1 {
			switch recs[0] {
			case "SERVFAIL":
				o.status, o.reason = analyze.DNSTempError, "servfail"
				return o
			case "TIMEOUT":
				o.status, o.reason = analyze.DNSTempError, "timeout"
				return o
			case "NXDOMAIN":
				o.status = analyze.DNSNXDomain
				return o
			}
		}
		if len(recs) > 0 {
			o.records = recs
			return o
		}
		target, isAlias := z["CNAME "+name]
		if ok || !isAlias || typ == "CNAME" {
			o.status = z.absent(name)
			if ok {
				o.status = analyze.DNSNoData
			}
			return o
		}
		name = dns.Normalize(target[0])
		o.chain = append(o.chain, name)
	}
	o.status, o.reason = analyze.DNSTempError, "CNAME chain too long"
	return o
}

// absent tells NODATA from NXDOMAIN (RFC 8020: a name with names below it
// exists).
func (z Zone) absent(name string) analyze.DNSStatus {
	for key := range z {
		if _, owner, ok := strings.Cut(key, " "); ok && (owner == name || strings.HasSuffix(owner, "."+name)) {
			return analyze.DNSNoData
		}
	}
	return analyze.DNSNXDomain
}

// Recorder is a resolver that remembers what it was asked. It is safe for
// concurrent use.
type Recorder struct {
	Resolver dns.Resolver

	mu    sync.Mutex
	asked []string
}

// Record gives a recorder over z.
func (z Zone) Record() *Recorder { return &Recorder{Resolver: z} }

// Resolve implements dns.Resolver.
func (r *Recorder) Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer {
	r.mu.Lock()
	r.asked = append(r.asked, strings.ToUpper(typ)+" "+dns.Normalize(name))
	r.mu.Unlock()
	return r.Resolver.Resolve(ctx, name, typ)
}

// Asked gives the questions so far, "TYPE name" each, in order.
func (r *Recorder) Asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}
