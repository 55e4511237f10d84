package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/auth"
	"reportascam/analyze/bimi"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
	"reportascam/analyze/learn"
	"reportascam/smtpd/forward"
	"reportascam/store"
)

// desk turns a report into a judgement. It is safe for concurrent use.
type desk struct {
	*judge
	us        analyze.Mailboxes
	providers []string // always believed
	fetches   bool     // whether logos and mark certificates are asked for
	budget    int      // DNS questions a report
	deadline  time.Duration
	learned   atomic.Pointer[learn.Model] // from analysts; nil: nothing yet
}

// judged is a judgement with what the reply needs beside it.
type judged struct {
	judgement *analyze.Judgement
	header    eml.Header // of the outer message
	originals []analyze.Original
}

// judgeReport finds the originals of r and judges each. What the DNS answered is
// kept in the judgement, so that the same resolver answers can be replayed.
func (d *desk) judgeReport(ctx context.Context, r *analyze.Report, resolver dns.Resolver, fetcher bimi.Fetcher, now time.Time) judged {
	model := d.learned.Load()
	return d.judgeWith(ctx, r, resolver, fetcher, now, func(int) analyze.Learned { return model.Find })
}

// judgeWith is judgeReport with what was learned about the original of each
// number.
func (d *desk) judgeWith(ctx context.Context, r *analyze.Report, resolver dns.Resolver, fetcher bimi.Fetcher, now time.Time, learned func(i int) analyze.Learned) judged {
	ctx, cancel := context.WithTimeout(ctx, d.deadline)
	defer cancel()
	session := dns.NewSession(resolver, d.budget)
	web := bimi.NewSession(fetcher, bimi.DefaultFetches)
	header, _, _ := eml.ParseHeader(r.Raw)
	reporter := d.reporter(ctx, session, r, header)
	originals := forward.Find(r, forward.Options{Us: append(d.us[:len(d.us):len(d.us)], r.Envelope.RcptTo...)})

	if isRedirected(originals) {
		reporter = resender(reporter, header)
	}

	j := &analyze.Judgement{ID: r.ID, At: r.At, JudgedAt: now, Level: analyze.Unclear, Reporter: reporter,
		Subject: header.Text("Subject"), Ruleset: d.engine.Ruleset, Originals: []analyze.JudgedOriginal{}}
	trust := auth.Trust{Providers: d.believed(reporter, originals)}
	verdicts := []analyze.Verdict{}
	for i := range originals {
		g := gathering{at: r.At, resolver: session, trust: trust, learned: learned(i)}
		if d.fetches {
			g.fetcher = web
		}
		if len(originals[i].Chain) > 0 {
			// Nested in another message: the reporter's provider never
			// received this one, and what its header says of it is made up.
			g.trust = auth.Trust{}
		}
		jo := d.judgeOriginal(ctx, &originals[i], g)
		if len(originals[i].Chain) > 0 && len(originals) > 1 && jo.Level == analyze.Authentic {
			// True mail inside a stranger's is his cover, whatever it proves.
			jo.Level = analyze.Unclear
		}
		j.Originals = append(j.Originals, jo)
		verdicts = append(verdicts, jo.Verdict)
	}
	if w := analyze.Worst(verdicts); w >= 0 {
		j.Level, j.Score, j.Brand = verdicts[w].Level, verdicts[w].Score, verdicts[w].Brand
		j.Subject = j.Originals[w].Subject
	}
	if ctx.Err() != nil {
		j.Faults = append(j.Faults, "gathering evidence took longer than its deadline")
	}
	j.DNS = session.Transcript()
	if fetched := web.Transcript(); len(fetched) > 0 {
		b, err := json.Marshal(fetched)
		if err != nil {
			j.Faults = append(j.Faults, "what was fetched could not be kept: "+err.Error())
		}
		j.Web = b
	}
	return judged{judgement: j, header: header, originals: originals}
}

// believed lists the providers whose results in the originals are believed:
// those configured, and those of the reporter. The From of a report that was
// redirected is the scammer's, so that its provider is not the reporter's.
func (d *desk) believed(r analyze.Reporter, originals []analyze.Original) []string {
	list := slices.Clone(d.providers)
	if isRedirected(originals) {
		return list
	}
	return append(list, r.Provider...)
}

func isRedirected(originals []analyze.Original) bool {
	return slices.ContainsFunc(originals, func(o analyze.Original) bool { return o.How == analyze.HowRedirected })
}

// resender gives the reporter of a redirected message: who resent it (RFC 5322
// section 3.6.6), proven only by a result for that very domain. The From of
// such a message is the scammer's.
func resender(r analyze.Reporter, h eml.Header) analyze.Reporter {
	r.Address, r.Name, r.Domain = "", "", ""
	if from := h.Addresses("Resent-From"); len(from) == 1 {
		r.Address, r.Name, r.Domain = from[0].Addr(), from[0].Name, from[0].Domain
	}
	if r.By == "network" {
		return r
	}
	r.Proven = slices.ContainsFunc(r.Auth.Results, func(a analyze.AuthResult) bool {
		return r.Domain != "" && a.Witness == analyze.WitnessVerified && a.Result == analyze.ResultPass && a.Domain == r.Domain
	})
	return r
}

// reporter finds out who sent the report, and how well that is known.
func (d *desk) reporter(ctx context.Context, res dns.Resolver, r *analyze.Report, h eml.Header) analyze.Reporter {
	env := r.Envelope
	session := auth.Session{ClientIP: env.ClientIP, Helo: env.Helo, MailFrom: env.MailFrom}
	in := auth.Input{Raw: r.Raw, Grade: analyze.GradeFull, At: r.At}
	if !env.Trusted {
		// SPF asks about hosts of the Internet: one of our own networks
		// would fail it for nothing.
		in.Session = &session
	}
	rep := analyze.Reporter{Auth: d.auth.Check(ctx, res, in), Lang: language(h)}
	from := h.Addresses("From")
	if len(from) == 1 {
		rep.Address, rep.Name, rep.Domain = from[0].Addr(), from[0].Name, from[0].Domain
	}
	switch {
	case env.Trusted:
		rep.Proven, rep.By = true, "network"
		if rep.Address == "" {
			rep.Address, rep.Domain = env.MailFrom, hostOf(env.MailFrom)
		}
	case rep.Auth.DMARC().Result == analyze.ResultFail:
	default:
		if _, _, ok := rep.Auth.Proven(); ok {
			rep.Proven, rep.By = true, provenBy(rep.Auth)
		}
	}
	if rep.Proven {
		rep.Provider = auth.Providers(rep.Auth, session, auth.ConfirmHelo(ctx, res, session))
	}
	return rep
}

// provenBy names the mechanism that proves the From domain.
func provenBy(a analyze.Auth) string {
	for _, m := range []analyze.Method{analyze.MethodDKIM, analyze.MethodSPF, analyze.MethodDMARC} {
		for _, r := range a.Results {
			if r.Method == m && r.Witness == analyze.WitnessVerified && r.Result == analyze.ResultPass && r.Aligned {
				return string(m)
			}
		}
	}
	return ""
}

// language gives the first language tag that the report's header names.
func language(h eml.Header) string {
	for _, name := range []string{"Content-Language", "Accept-Language"} {
		tag, _, _ := strings.Cut(h.Get(name), ",")
		tag, _, _ = strings.Cut(tag, ";")
		tag = strings.TrimSpace(tag)
		if len(tag) >= 2 && len(tag) <= 35 && strings.Trim(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "" {
			return tag
		}
	}
	return ""
}

// replay judges a stored report again from the DNS answers that are kept with
// its judgement, and tells whether the verdict is the same.
func (d *desk) replay(ctx context.Context, r *analyze.Report, old *analyze.Judgement) (*analyze.Judgement, error) {
	machine := old.Uncorrected()
	old = &machine
	j, err := d.again(ctx, r, old, old.JudgedAt, func(i int) analyze.Learned { return learnedThen(old, i) })
	if err != nil {
		return nil, err
	}
	if old.Ruleset != j.Ruleset {
		return j, fmt.Errorf("judged by ruleset %s, this program has %s", old.Ruleset, j.Ruleset)
	}
	if old.Level != j.Level || old.Score != j.Score {
		return j, fmt.Errorf("stored verdict %s (%.4f), replayed %s (%.4f)", old.Level, old.Score, j.Level, j.Score)
	}
	return j, nil
}

// again judges a stored report by this program, from the answers that are kept
// with its judgement, and with what was learned.
func (d *desk) again(ctx context.Context, r *analyze.Report, old *analyze.Judgement, at time.Time, learned func(i int) analyze.Learned) (*analyze.Judgement, error) {
	var fetched []bimi.Fetched
	if len(old.Web) > 0 {
		if err := json.Unmarshal(old.Web, &fetched); err != nil {
			return nil, fmt.Errorf("reading what was fetched: %w", err)
		}
	}
	j := d.judgeWith(ctx, r, dns.Replay(old.DNS), bimi.Replay(fetched), at, learned).judgement
	j.Reply = old.Reply
	return j, nil
}

// learnedThen gives what had been learned about an original when it was judged.
func learnedThen(old *analyze.Judgement, i int) analyze.Learned {
	return func(*analyze.Evidence, []analyze.Finding) (analyze.Finding, bool) {
		if i < len(old.Originals) {
			for _, f := range old.Originals[i].Findings {
				if f.Check == learn.Check {
					return f, true
				}
			}
		}
		return analyze.Finding{}, false
	}
}

// teach learns from all corrections.
func (d *desk) teach(ctx context.Context, t store.Teacher) error {
	list, err := t.Corrections(ctx)
	if err != nil {
		return fmt.Errorf("reading the corrections: %w", err)
	}
	d.learned.Store(learn.Train(list))
	return nil
}

// desk makes the desk that the configuration describes.
func (c *Config) desk() (*desk, error) {
	reg, err := c.source().load()
	if err != nil {
		return nil, err
	}
	j := newJudgeOf(reg, c.Judge.Sealers)
	own, err := loadProtect(c.Judge.Protect)
	if err != nil {
		return nil, err
	}
	if own != nil {
		j.protect(own)
	}
	if j.bimi.Anchors, err = c.anchors(); err != nil {
		return nil, err
	}
	return &desk{judge: j, us: c.Addresses, providers: c.Judge.Providers, fetches: c.BIMI.Enabled, budget: c.DNS.Budget, deadline: c.Judge.Deadline}, nil
}
