package auth

import (
	"cmp"
	"slices"
	"strings"

	"reportascam/analyze"
)

// said gives the believed results, those of the hop nearest the boundary
// first, and completes the boundary by what they record.
func (g *ground) said(b *analyze.Boundary) []analyze.AuthResult {
	var out []analyze.AuthResult
	fieldOf := make(map[subject]int)
	for i := len(g.fields) - 1; i >= 0; i-- {
		f := &g.fields[i]
		if !f.believed {
			continue
		}
		b.AuthServ = cmp.Or(b.AuthServ, f.res.AuthServ)
		for k := range f.res.Results {
			a, ok := f.res.Results[k].auth(f.res.AuthServ, analyze.WitnessBoundary)
			if !ok || len(out) == maxBelieved {
				continue
			}
			s := subjectOf(a)
			if at, before := fieldOf[s]; before && at != i && a.Result == analyze.ResultPass && !hasResult(out, s, analyze.ResultPass) {
				// A hop further from the boundary, with the same bytes or
				// fewer, cannot know better.
				a.Result, a.Reason = analyze.ResultUnknown, "a pass that is not believed: the hop nearer to the sender says otherwise"
			} else if before && at != i && hasResult(out, s, a.Result) {
				continue
			}
			if _, before := fieldOf[s]; !before {
				fieldOf[s] = i
			}
			out = append(out, a)
		}
	}
	out = g.receivedSPF(b, out)
	b.MailFrom = g.mailFrom(b, out)
	return out
}

// subject is what two results must share to speak of the same.
type subject struct {
	method        analyze.Method
	domain, scope string
}

func subjectOf(a analyze.AuthResult) subject {
	if a.Method == analyze.MethodDMARC {
		return subject{method: a.Method}
	}
	return subject{a.Method, a.Domain, a.Scope}
}

// with gives the subject for one domain.
func (s subject) with(domain string) subject {
	s.domain = domain
	return s
}

func hasResult(list []analyze.AuthResult, s subject, r analyze.Result) bool {
	return slices.ContainsFunc(list, func(a analyze.AuthResult) bool { return subjectOf(a) == s && a.Result == r })
}

// receivedSPF adds what Received-SPF says (RFC 7208 section 9.1) where no
// other believed field speaks of SPF, and it stands where those are believed.
func (g *ground) receivedSPF(b *analyze.Boundary, out []analyze.AuthResult) []analyze.AuthResult {
	if g.entry < 0 || slices.ContainsFunc(out, func(a analyze.AuthResult) bool { return a.Method == analyze.MethodSPF }) {
		return out
	}
	limit := g.hops[g.entry].field
	for i, f := range g.h.Fields[:limit] {
		if !strings.EqualFold(strings.TrimSpace(f.Name), "received-spf") || len(out) == maxBelieved {
			continue
		}
		if a, ok := parseReceivedSPF(fieldValue(g.h, i)).auth(b.By, analyze.WitnessBoundary); ok {
			out = append(out, a)
		}
	}
	return out
}

// parseReceivedSPF reads a Received-SPF value as the SPF result that it is.
func parseReceivedSPF(value string) *MethodResult {
	p := &resultsReader{reading: reading{backslash: true}, s: clip(value, maxResultsBytes)}
	r := &MethodResult{Method: "spf"}
	p.cfws()
	r.Result = p.word("")
	helo := false
	for p.cfws(); p.i < len(p.s); p.cfws() {
		start := p.i
		key := p.word("")
		p.cfws()
		if key != "" && p.peek() == '=' {
			p.i++
			p.cfws()
			v, glued := p.value(" \t\r\n;(")
			if glued {
				p.doubted("a comment or quote inside a value")
			}
			switch {
			case len(r.Props) == maxProps:
			case key == "identity":
				helo = lowerASCII(v) == "helo"
			case key == "envelope-from":
				r.Props = append(r.Props, Prop{"smtp", "mailfrom", v})
			case key == "helo":
				r.Props = append(r.Props, Prop{"smtp", "helo", v})
			}
		}
		if p.i == start {
			p.i++
		}
	}
	if helo {
		r.Props = slices.DeleteFunc(r.Props, func(p Prop) bool { return p.Name == "mailfrom" })
	}
	r.Comment, r.Doubt = strings.Join(p.comment, "; "), p.doubt
	return r
}

// mailFrom gives the envelope's sender as the provider recorded it: the
// Return-Path above the boundary (RFC 5321 section 4.4), the envelope-from of
// its trace lines, or the domain that it checked SPF for, with the local part
// where a Return-Path agrees.
func (g *ground) mailFrom(b *analyze.Boundary, said []analyze.AuthResult) string {
	if g.entry < 0 {
		return ""
	}
	checked := ""
	for _, a := range said {
		if a.Method == analyze.MethodSPF && a.Scope == scopeMailFrom {
			checked = cmp.Or(checked, a.Domain)
		}
	}
	paths := 0
	last := ""
	for i, f := range g.h.Fields {
		if !strings.EqualFold(strings.TrimSpace(f.Name), "return-path") {
			continue
		}
		addr := strings.Trim(strings.TrimSpace(fieldValue(g.h, i)), "<>")
		if i < g.hops[g.entry].field {
			return clip(addr, maxForgedText)
		}
		paths, last = paths+1, addr
	}
	for i := g.entry; i >= 0; i-- {
		if from := g.hops[i].mailFrom; from != "" {
			return clip(from, maxForgedText)
		}
	}
	if at := strings.LastIndexByte(last, '@'); paths == 1 && at >= 0 && checked != "" && asciiDomain(last[at+1:]) == checked {
		return clip(last, maxForgedText)
	}
	return checked
}

// claims gives the results that nobody vouches for.
func (g *ground) claims() []analyze.AuthResult {
	var out []analyze.AuthResult
	for i := range g.fields {
		f := &g.fields[i]
		for k := range f.res.Results {
			if f.believed || len(out) == maxClaimed {
				break
			}
			if a, ok := f.res.Results[k].auth(f.res.AuthServ, analyze.WitnessClaimed); ok {
				out = append(out, a)
			}
		}
	}
	return out
}
