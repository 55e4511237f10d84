package auth

import (
	"slices"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const (
	// maxResultFields bounds the Authentication-Results fields that are read;
	// mail that passed several lists has about ten.
	maxResultFields = 50
	// maxBelieved and maxClaimed bound the results that are given.
	maxBelieved = 100
	maxClaimed  = 100
	// maxForged bounds the forged fields that are listed, and maxForgedText
	// what is kept of each, in octets.
	maxForged     = 20
	maxForgedText = 200
)

// resultField is one Authentication-Results field on its way to be believed.
type resultField struct {
	field    int
	value    string
	res      Results
	believed bool
}

// ground is what the boundary is decided on.
type ground struct {
	h      eml.Header
	b      *believer
	hops   []hop
	entry  int // index into hops; -1 when no line of the trace is the provider's
	fields []resultField
}

// boundary walks the trace down from the top, as far as the believed provider
// wrote it, and gives that hop and the results that are the provider's. All
// others are given as claimed; those that pretend to be the provider's are
// listed in forged. It is nil when nobody is believed, or the provider never
// received the message.
func (c *Checker) boundary(h eml.Header, tr Trust) (b *analyze.Boundary, results []analyze.AuthResult, forged []string) {
	g := &ground{h: h, b: newBeliever(tr), hops: readTrace(h).hops, entry: -1, fields: readResultFields(h)}
	if g.b.anybody() {
		b = g.find()
	}
	if b != nil {
		results = g.said(b)
		forged = g.forged()
	}
	return b, append(results, g.claims()...), forged
}

// readResultFields reads the Authentication-Results fields, top first.
func readResultFields(h eml.Header) []resultField {
	var out []resultField
	for i, f := range h.Fields {
		if !strings.EqualFold(strings.TrimSpace(f.Name), "authentication-results") || len(out) == maxResultFields {
			continue
		}
		v := fieldValue(h, i)
		if strings.HasPrefix(strings.TrimSpace(v), "=?") {
			// QUIRK: Microsoft writes the whole field as encoded words when a
			// domain in it is not ASCII.
			v = eml.DecodeWords(strings.TrimSpace(v))
		}
		res, _ := ParseResults(v)
		out = append(out, resultField{field: i, value: v, res: res})
	}
	return out
}

// find gives the boundary, and marks the fields that are believed.
func (g *ground) find() *analyze.Boundary {
	if len(g.hops) > 0 {
		g.entry = g.b.entry(g.hops)
	}
	if g.entry >= 0 {
		g.above()
	}
	if g.entry < 0 || !g.anchored() {
		g.entry = -1
		if !g.atTop() {
			return nil
		}
		return &analyze.Boundary{}
	}
	g.below()
	e := &g.hops[g.entry]
	b := &analyze.Boundary{By: e.by, Helo: e.helo, At: e.at}
	if !e.authed && !isInternalIP(e.ip) {
		b.ClientIP = e.ip
	}
	return b
}

// anchored tells whether something in the provider's part of the trace says
// that it is the provider's: a host of its own, or its results above the
// boundary.
func (g *ground) anchored() bool {
	for _, h := range g.hops[:g.entry+1] {
		f := familyOf(h.by)
		if f != "" && (g.b.topmost || g.b.named[f]) || g.b.ids[h.by] {
			return true
		}
	}
	return slices.ContainsFunc(g.fields, func(f resultField) bool { return f.believed })
}

// above believes the provider's results that stand above the boundary.
func (g *ground) above() {
	limit := g.hops[g.entry].field
	for i := range g.fields {
		f := &g.fields[i]
		if f.field >= limit {
			break
		}
		id := f.res.AuthServ
		if g.b.topmost && g.b.family == "" && familyOf(id) != "" && len(g.b.named) == 0 {
			// All hosts so far have inner names: the results tell whose.
			g.b.family = familyOf(id)
		}
		f.believed = g.b.wrote(id) || g.unnamed(id)
	}
}

// unnamed tells the ids that the provider may have written though they are
// not its name: none, in Microsoft's form, and the bare words that mail
// filters put there when they were not configured.
func (g *ground) unnamed(id string) bool {
	if id == "" {
		return g.microsoft()
	}
	if _, known := habits(g.b.family); known || strings.Contains(id, ".") {
		return false
	}
	return id == "opendmarc" || id == "localhost" || id == firstLabel(g.hops[g.entry].by)
}

// microsoft tells whether the boundary is Microsoft's.
func (g *ground) microsoft() bool {
	if g.entry < 0 {
		return false
	}
	return slices.ContainsFunc(g.hops[:g.entry+1], func(h hop) bool { return familyOf(h.by) == familyMicrosoft })
}

// run gives the result fields in the run of trace fields that starts at a field.
func (g *ground) run(from int) []int {
	var out []int
	k := 0
	for i := from; i < len(g.h.Fields); i++ {
		name := lowerASCII(strings.TrimSpace(g.h.Fields[i].Name))
		if name == "authentication-results" {
			for k < len(g.fields) && g.fields[k].field < i {
				k++
			}
			if k < len(g.fields) && g.fields[k].field == i {
				out = append(out, k)
			}
			continue
		}
		if !isReceiversField(name) {
			break
		}
	}
	return out
}

// isReceiversField tells the fields that a receiver writes next to its results.
func isReceiversField(name string) bool {
	switch name {
	case "received-spf", "return-path", "delivered-to", "x-original-to", "envelope-to", "delivery-date", "dkim-filter",
		"x-originating-ip", "x-received", "x-greylist", "x-spam-checker-version", "x-spam-status", "x-spam-level",
		"arc-seal", "arc-message-signature", "arc-authentication-results", "x-google-smtp-source", "x-gm-gg",
		"x-authentication-warning", "x-policyd-weight", "x-ses-spam-verdict", "x-ses-virus-verdict", "x-dmarc-info", "x-dmarc-policy", "x-arc-info":
		return true
	}
	return false
}

// atTop believes the first results at the very top of a header whose trace
// lacks the provider's line: clients and archives cut it off. Without a named
// provider they must be of the provider of somebody whom the message is
// addressed to.
func (g *ground) atTop() bool {
	g.b.family = ""
	var fam family
	seen := make(map[string]bool)
	for _, i := range g.run(0) {
		f := &g.fields[i]
		id := f.res.AuthServ
		if len(seen) > 0 {
			f.believed = slices.Contains(fam.ids, id) && !seen[id]
			seen[id] = true
			continue
		}
		g.b.family = familyOf(id)
		fam, _ = habits(g.b.family)
		if id == "" || !g.b.ids[id] && !g.b.named[g.b.family] && (!g.b.topmost || g.b.family == "" || !g.addressed(g.b.family)) {
			return false
		}
		seen[id], f.believed = true, true
	}
	return len(seen) > 0
}

// addressed tells whether the message is addressed to somebody at a provider.
func (g *ground) addressed(family string) bool {
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"} {
		for _, a := range g.h.Addresses(name) {
			if familyOf(a.Domain) == family {
				return true
			}
		}
	}
	return false
}

// forged lists the fields that bear the provider's name where it did not
// write them: a pass beneath the boundary, beside results that are believed,
// so that it is known where the provider writes. Results that the provider may
// have written when the message passed it before, or put among the sender's
// fields, are not called forged.
func (g *ground) forged() []string {
	if fam, _ := habits(g.b.family); fam.scattered || g.entry < 0 {
		return nil
	}
	run := make(map[int]bool)
	for _, i := range g.beneath() {
		run[i] = true
	}
	var out []string
	for i := range g.fields {
		f := &g.fields[i]
		if f.believed || f.field < g.hops[g.entry].field || !hasPass(f.res) || g.passedBefore(f.field) {
			continue
		}
		if g.imitates(f, run[i]) && len(out) < maxForged {
			out = append(out, clip("Authentication-Results: "+strings.Join(strings.Fields(f.value), " "), maxForgedText))
		}
	}
	return out
}

// imitates tells whether f pretends to be one of the believed fields. Mail
// filters of a small site may each write a field, one beneath the other: in
// that run only a contradiction tells.
func (g *ground) imitates(f *resultField, inRun bool) bool {
	_, known := habits(g.b.family)
	imitates := false
	for i := range g.fields {
		b := &g.fields[i]
		if !b.believed {
			continue
		}
		if b.value == f.value {
			return false // a copy, by a program that saved the header twice
		}
		same := b.res.AuthServ == f.res.AuthServ || known && f.res.AuthServ != "" && g.b.wrote(f.res.AuthServ)
		if same && (known || !inRun || contradicts(f.res, b.res)) {
			imitates = true
		}
	}
	return imitates
}

// contradicts tells whether a has a pass where b has another result of the
// same mechanism.
func contradicts(a, b Results) bool {
	for _, x := range a.Results {
		for _, y := range b.Results {
			if x.Method == y.Method && x.Result == "pass" && y.Result != "pass" {
				return true
			}
		}
	}
	return false
}

func hasPass(r Results) bool {
	return slices.ContainsFunc(r.Results, func(m MethodResult) bool { return resultWord(m.Method, m.Result) == analyze.ResultPass })
}

// passedBefore tells whether a line of the trace above that field, beneath the
// boundary, says that the provider had the message before, and the line above
// it agrees.
func (g *ground) passedBefore(field int) bool {
	for k := g.entry + 1; k > 0 && k < len(g.hops) && g.hops[k].field < field; k++ {
		f, up := familyOf(g.hops[k].by), g.hops[k-1]
		if f == "" || !g.b.named[f] && g.b.family != f {
			continue
		}
		if !up.from || isInternalIP(up.ip) || familyOf(up.helo) == f || familyOf(up.rdns) == f {
			return true
		}
	}
	return false
}
