package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/bimi"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

// mark asks for the brand indicator of a message that passed DMARC, and puts
// what came of it into the evidence.
func (j *judge) mark(ctx context.Context, o *analyze.Original, h eml.Header, g gathering, ev *analyze.Evidence) {
	ev.MarkForged = forgedMarks(h)
	if g.fetcher == nil || ev.Auth.DMARC().Result != analyze.ResultPass {
		return
	}
	in := bimi.Input{Auth: ev.Auth, At: g.at, Selectors: h.Values("BIMI-Selector"), SelectorSigned: selectorSigned(h, ev.Auth)}
	if len(o.From) > 0 {
		in.LocalPart, _, _ = strings.Cut(o.From[0].Address, "@")
	}
	ev.Mark = toMark(j.bimi.Validate(ctx, g.resolver, g.fetcher, in))
}

// toMark keeps of a result what checks and replies need.
func toMark(r bimi.Result) *analyze.Mark {
	m := &analyze.Mark{Status: string(r.Status), Reason: r.Reason, Domain: r.Domain, Selector: r.Selector, Authority: string(r.Authority),
		Verified: r.Verified(), SelfAsserted: r.SelfAsserted(), LogoHash: r.LogoHash}
	if r.Mark != nil {
		m.Kind, m.Organisation, m.Country, m.Issuer = string(r.Mark.Kind), r.Mark.Organisation, r.Mark.Country, r.Mark.Issuer
	}
	for _, c := range r.Failed() {
		m.Failed = append(m.Failed, c.Name)
	}
	return m
}

// receiverMarks are the fields in which a receiving provider passes a checked
// logo on to the mail program; senders have no use for them.
var receiverMarks = []string{"BIMI-Location", "BIMI-Indicator", "BIMI-Logo-Preference"}

// forgedMarks lists those that stand among what the sender wrote: beneath the
// last Received field, or beneath From. QUIRK: a provider's own stand at the top.
func forgedMarks(h eml.Header) []string {
	sender := len(h.Fields)
	for i, f := range h.Fields {
		if strings.EqualFold(f.Name, "From") && i < sender {
			sender = i
		}
	}
	lastReceived := -1
	for i, f := range h.Fields[:sender] {
		if strings.EqualFold(f.Name, "Received") {
			lastReceived = i
		}
	}
	var out []string
	for i, f := range h.Fields {
		for _, name := range receiverMarks {
			if strings.EqualFold(f.Name, name) && (i > sender || lastReceived >= 0 && i > lastReceived) {
				out = append(out, name)
			}
		}
	}
	return out
}

// selectorSigned tells whether a signature that passes and is aligned covers
// the BIMI-Selector field.
func selectorSigned(h eml.Header, a analyze.Auth) bool {
	for _, v := range h.Values("DKIM-Signature") {
		tags := map[string]string{}
		for _, t := range strings.Split(v, ";") {
			name, value, _ := strings.Cut(t, "=")
			tags[strings.TrimSpace(name)] = strings.ToLower(strings.Join(strings.Fields(value), ""))
		}
		if !strings.Contains(":"+tags["h"]+":", ":bimi-selector:") {
			continue
		}
		for _, r := range a.Results {
			if r.Method == analyze.MethodDKIM && r.Witness == analyze.WitnessVerified && r.Result == analyze.ResultPass && r.Aligned &&
				r.Domain == dns.Normalize(tags["d"]) && strings.EqualFold(r.Selector, tags["s"]) {
				return true
			}
		}
	}
	return false
}

// brandMarked tells whether the brand that the sender claims to be publishes
// a mark certificate for its own domain, which it gives.
func (j *judge) brandMarked(ctx context.Context, g gathering, ev *analyze.Evidence) string {
	key := analyze.MainBrand(ev)
	if key == "" || g.fetcher == nil || ev.Domains[ev.Auth.FromDomain].Brand == key {
		return ""
	}
	b, ok := j.known.Load().brands.Get(key)
	if !ok || len(b.Domains) == 0 {
		return ""
	}
	for _, text := range dns.TXT(g.resolver.Resolve(ctx, "default._bimi."+b.Domains[0], "TXT")) {
		if r, err := bimi.ParseRecord(text); err == nil && r.Authority != "" {
			return b.Domains[0]
		}
	}
	return ""
}

// anchors gives the mark roots and logs of the configuration; nil for those
// that ship with the program.
func (c *Config) anchors() (*bimi.Anchors, error) {
	if c.BIMI.Roots == "" && c.BIMI.Logs == "" {
		return nil, nil
	}
	a, err := bimi.LoadAnchors(c.BIMI.Roots, c.BIMI.Logs)
	if err != nil {
		return nil, fmt.Errorf("reading the mark roots: %w", err)
	}
	return a, nil
}

// web makes the client that fetches logos, certificates and their lists.
func (c *Config) web(r dns.Resolver, log *slog.Logger) (bimi.Fetcher, error) {
	return c.fetcher(bimi.Options{Resolver: r, Off: !c.BIMI.Enabled, Timeout: c.BIMI.Timeout, AllowPrivate: c.BIMI.AllowPrivate, Log: log})
}

// fetcher makes a fetcher that trusts the web servers that the configuration
// says.
func (c *Config) fetcher(o bimi.Options) (bimi.Fetcher, error) {
	if c.BIMI.WebRoots != "" {
		text, err := os.ReadFile(c.BIMI.WebRoots)
		if err != nil {
			return nil, fmt.Errorf("reading the web roots: %w", err)
		}
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate", c.BIMI.WebRoots)
		}
	}
	return bimi.NewClient(o), nil
}
