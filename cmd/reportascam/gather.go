package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/auth"
	"reportascam/analyze/bimi"
	"reportascam/analyze/brand"
	"reportascam/analyze/checks"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
	"reportascam/analyze/files"
	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
	"reportascam/analyze/lure"
	"reportascam/analyze/oddity"
)

// maxLookups bounds how many different hosts of one original are compared with
// the protected names. Real mail names fewer than a hundred; more is padding.
const maxLookups = 500

// judge gathers evidence and asks the checks of it. It is made once and is
// safe for concurrent use.
type judge struct {
	auth   *auth.Checker
	bimi   *bimi.Checker
	known  atomic.Pointer[names] // replaced as a whole when the operator's files change
	own    *lookalike.Index      // the operator's own domains; nil: none
	engine analyze.Engine
	log    *slog.Logger
	panics atomic.Int64 // recovered; anything but zero is a bug
}

// names is what the judge knows of brands: the registry, and the index of the
// names that it protects.
type names struct {
	brands *brand.Registry
	looks  *lookalike.Index
}

// newNames knows a registry, and the operator's own domains where they are not
// nil.
func newNames(reg *brand.Registry, own *lookalike.Index) *names {
	n := &names{brands: reg, looks: newIndex(reg)}
	if own != nil {
		n.looks = n.looks.With(own)
	}
	return n
}

// newJudge makes a judge that knows the brands of a file, or the shipped ones
// where there is none.
func newJudge(brandFile string, sealers []string) (*judge, error) {
	reg, err := brandSource{file: brandFile}.load()
	if err != nil {
		return nil, err
	}
	return newJudgeOf(reg, sealers), nil
}

func newJudgeOf(reg *brand.Registry, sealers []string) *judge {
	if len(sealers) == 0 {
		sealers = nil // the shipped list
	}
	j := &judge{bimi: &bimi.Checker{}, log: slog.New(slog.DiscardHandler)}
	j.known.Store(newNames(reg, nil))
	j.auth = &auth.Checker{TrustedSealers: sealers, OnPanic: func(v any, stack []byte) { j.caught("authentication", v, stack) }}
	w := checks.Default()
	j.engine = analyze.Engine{Checks: w.Checks(), Scale: w.Scale, Ruleset: w.Ruleset(), OnPanic: j.caught}
	return j
}

// protect adds the operator's own domains to what is protected.
func (j *judge) protect(own *lookalike.Index) {
	j.own = own
	j.known.Store(newNames(j.known.Load().brands, own))
}

// caught counts a panic that cost one part of a judgement.
func (j *judge) caught(where string, value any, stack []byte) {
	j.panics.Add(1)
	j.log.Error("a check crashed", "where", where, "panic", fmt.Sprint(value), "stack", string(stack))
}

// newIndex protects the registry's domains and the well-known ones.
func newIndex(reg *brand.Registry) *lookalike.Index {
	var names []lookalike.Protected
	for _, b := range reg.All() {
		for _, d := range b.Domains {
			names = append(names, lookalike.Protected{Domain: d, Brand: b.Key, Rank: b.Rank(), Sole: b.Sector == "crypto"})
		}
	}
	for _, w := range brand.WellKnown() {
		names = append(names, lookalike.Protected{Domain: w.Domain, Rank: w.Rank, Shared: reg.Info(w.Domain).Free})
	}
	return lookalike.New(names)
}

// gathering is what one original is judged with.
type gathering struct {
	at       time.Time // receipt of the report
	resolver dns.Resolver
	session  *auth.Session // of the original itself: only where it was received by us
	trust    auth.Trust
	fetcher  bimi.Fetcher    // of logos and mark certificates; nil: none is asked for
	learned  analyze.Learned // what analysts taught; nil: nothing
}

// evidence gathers all that is known of o. All its I/O is done by resolver.
func (j *judge) evidence(ctx context.Context, o *analyze.Original, g gathering) *analyze.Evidence {
	ev := &analyze.Evidence{Original: o, At: g.at, Domains: map[string]analyze.DomainInfo{}}
	if o.Grade != analyze.GradeText {
		ev.Auth = j.auth.Check(ctx, g.resolver, auth.Input{Raw: o.Raw, Grade: o.Grade, At: g.at, Session: g.session, Trust: g.trust})
	}
	switch {
	case g.session != nil:
		ev.ReturnPath = g.session.MailFrom
	case ev.Auth.Boundary != nil:
		ev.ReturnPath = ev.Auth.Boundary.MailFrom
	}
	page := pageOf(o)
	var h eml.Header
	if o.Grade != analyze.GradeText {
		h, _, _ = eml.ParseHeader(o.Raw)
	}
	found := links.GatherPage(o, page)
	ev.Links, ev.Indicators, ev.Calls = found.Links, found.Indicators, found.Calls
	for _, f := range found.Faults {
		j.panics.Add(1)
		ev.Faults = append(ev.Faults, f)
	}
	ev.Files = files.Look(o)
	readLures(o, &h, page, ev)
	known := j.known.Load() // one and the same for the whole message
	ev.Claims = known.brands.Claims(claimInput(o, page, ev))
	known.resolveDomains(ev)
	if o.Grade != analyze.GradeText {
		ev.Doubled = doubled(h)
		j.mark(ctx, o, h, g, ev)
		ev.BrandMarked = j.brandMarked(ctx, g, ev)
	}
	return ev
}

// pageOf gives what a reader sees of the HTML part. Where the original was made
// from nothing else it has been read then.
func pageOf(o *analyze.Original) links.Page {
	if o.Page != nil {
		return *o.Page
	}
	return links.ReadHTML(o.HTML)
}

// readLures finds what the message wants, in which language, how it is written,
// and what is odd about its make.
func readLures(o *analyze.Original, h *eml.Header, page links.Page, ev *analyze.Evidence) {
	fields := []lure.Field{{Name: "Subject", Text: o.Subject}}
	w := &analyze.Writing{}
	visible := o.Text
	if o.HTML != "" {
		visible = page.Text
		fields = append(fields, lure.Field{Name: "html", Text: page.Text}, lure.Field{Name: "alt", Text: strings.Join(page.Alts, "\n")})
		w.Hidden, w.Faint = page.Hidden, page.Faint
		for _, l := range page.Links {
			if l.Source == "image" {
				w.Images++
			}
		}
	} else {
		fields = append(fields, lure.Field{Name: "text", Text: o.Text})
	}
	if len(o.From) > 0 {
		fields = append(fields, lure.Field{Name: "From", Text: o.From[0].Name})
	}
	r := lure.Read(fields...)
	ev.Lures, ev.Language = r.Lures, r.Language
	w.Words, w.Body, w.Styled, w.Broken, w.Mixed, w.Spaced = r.Words, r.Body, r.Styled, r.Broken, r.Mixed, r.Spaced
	ev.Writing = w
	ev.Oddities = oddity.Gather(oddity.Input{Original: o, Visible: visible, Header: h})
}

// onceOnly are the fields that RFC 5322 section 3.6 and RFC 2045 section 3
// allow once.
var onceOnly = []string{"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "Content-Type", "MIME-Version"}

func doubled(h eml.Header) []string {
	var out []string
	for _, name := range onceOnly {
		if all := h.Values(name); len(all) > 1 && slices.ContainsFunc(all, func(v string) bool { return v != all[0] }) {
			out = append(out, name)
		}
	}
	return out
}

func claimInput(o *analyze.Original, page links.Page, ev *analyze.Evidence) brand.ClaimInput {
	in := brand.ClaimInput{Subject: o.Subject, Body: o.Text, Domain: ev.Auth.FromDomain}
	if o.HTML != "" {
		// What a reader sees; the text part may say something else.
		in.Alts = page.Alts
		if strings.TrimSpace(page.Text) != "" {
			in.Body = page.Text
		}
	}
	for _, l := range ev.Links {
		if l.Source == "html" && l.Text != "" {
			in.Links = append(in.Links, l.Text)
		}
	}
	if len(o.From) > 0 {
		in.DisplayName = o.From[0].Name
		if at := strings.LastIndexByte(o.From[0].Address, '@'); at >= 0 {
			in.LocalPart = o.From[0].Address[:at]
			if in.Domain == "" {
				in.Domain = hostOf(o.From[0].Address)
			}
		}
	}
	return in
}

// hostOf gives the domain of an address in lower case, without a final dot.
func hostOf(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(addr[at+1:])), ".")
}

// resolveDomains asks the registry about every host that the message shows or
// uses, and the index about those that are nobody's own.
func (n *names) resolveDomains(ev *analyze.Evidence) {
	seen := map[string]bool{}
	look := func(host, where string) {
		if host == "" || len(ev.Domains) >= maxLookups {
			return
		}
		info, known := ev.Domains[host]
		if !known {
			info = n.brands.Info(host)
			if info.Domain == "" {
				info.Domain = links.Registrable(host)
			}
			ev.Domains[host] = info
		}
		// A brand's own host resembles nobody, and neither do a mail provider or
		// a sender of mail themselves; pages of their customers may.
		own := info.Brand != "" && !info.Free || info.Free && info.Domain == host || info.Sender
		if own || seen[where+" "+host] {
			return
		}
		seen[where+" "+host] = true
		if r, found := n.looks.Find(host); found {
			r.Where = where
			ev.Resemblances = append(ev.Resemblances, r)
		}
	}
	from := ev.Auth.FromDomain
	if from == "" && len(ev.Original.From) > 0 {
		from = hostOf(ev.Original.From[0].Address)
	}
	look(from, "from")
	for _, box := range ev.Original.ReplyTo {
		look(hostOf(box.Address), "reply-to")
	}
	look(hostOf(ev.ReturnPath), "return-path")
	for _, r := range ev.Auth.Results {
		if r.Method == analyze.MethodDKIM {
			look(r.Domain, "dkim")
		}
	}
	for _, l := range ev.Links {
		switch l.Source {
		case "image":
		case "header":
			look(l.Host, "header")
		default:
			look(l.Host, "link")
		}
		look(l.Shown, "shown")
		for _, via := range l.Via {
			look(via, "via")
		}
	}
}

// judgeOriginal gives the original's evidence and verdict, as stored.
func (j *judge) judgeOriginal(ctx context.Context, o *analyze.Original, g gathering) analyze.JudgedOriginal {
	ev := j.evidence(ctx, o, g)
	return analyze.JudgedOriginal{How: o.How, Grade: o.Grade, Client: o.Client, From: o.From, Subject: o.Subject,
		Date: o.Date, Lost: o.Lost, Evidence: *ev, Verdict: j.engine.Judge(ev, g.learned)}
}
