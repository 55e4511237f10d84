package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"os"
	"strings"
	"time"
	"unicode"

	"reportascam/analyze"
	"reportascam/analyze/checks"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
	"reportascam/analyze/measure"
	"reportascam/smtpd/forward"
	"reportascam/smtpd/forward/wrap"
)

// view is one way in which labelled mail is judged.
type view struct {
	via   string // direct, report, attached, redirected, inline, or a client of wrap.Clients
	trust string // as --trust-authserv
}

// evaluation judges labelled mail. It is safe for concurrent use.
type evaluation struct {
	sitting
	view view
}

// measured is what came of one labelled file.
type measured struct {
	sample *measure.Sample
	err    error
	noMail bool // it lies in the folder, but is no message
}

// newEvaluation makes an evaluation offline.
func newEvaluation(j *judge, v view, f dnsFlags) (*evaluation, error) {
	resolver, fetcher, err := f.world()
	if err != nil {
		return nil, err
	}
	e := &evaluation{view: v, sitting: sitting{judge: j, resolver: resolver, trust: trustOf(v.trust), as: "report", us: analyze.Mailboxes{wrap.Desk}}}
	if v.via == "direct" {
		e.as = "original"
	}
	if !f.Offline {
		e.fetcher = fetcher
	}
	return e, nil
}

// weighed makes a judge that weighs by the table in a file, or by the shipped
// one where there is none.
func weighed(brands, file string) (*judge, *checks.Weights, error) {
	j, err := newJudge(brands, nil)
	if err != nil {
		return nil, nil, err
	}
	table := checks.Default()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the weights: %w", err)
		}
		if table, err = checks.ReadWeights(string(text)); err != nil {
			return nil, nil, fmt.Errorf("reading the weights of %s: %w", file, err)
		}
	}
	j.engine.Checks, j.engine.Scale, j.engine.Ruleset = table.Checks(), table.Scale, table.Ruleset()
	return j, table, nil
}

// all judges the files in parallel, and gives the samples in their order, the
// files that could not be judged, and how many were no messages.
func (e *evaluation) all(w *world, files []labelled, bar progress) (out []*measure.Sample, failed []measure.Fault, skipped int, err error) {
	defer sweepLess(w.environ)()
	failed = []measure.Fault{}
	for m := range inOrder(w.ctx, files, func(l labelled) measured { return e.one(w, l) }) {
		bar.step()
		switch {
		case m.noMail:
			skipped++
		case m.err != nil:
			failed = append(failed, measure.Fault{File: m.sample.File, Error: m.err.Error()})
		default:
			out = append(out, m.sample)
		}
	}
	if w.ctx.Err() != nil {
		return nil, nil, 0, fmt.Errorf("judging the mail: %w", context.Cause(w.ctx))
	}
	return out, failed, skipped, nil
}

// one judges one file.
func (e *evaluation) one(w *world, l labelled) measured {
	s := &measure.Sample{File: l.name, Phish: l.phish, Source: l.source, Year: l.year, Cluster: l.cluster, Language: "und", Level: analyze.Unclear,
		Hits: []string{}, Unknown: []string{}}
	raw, err := readFile(w, l.file)
	if err != nil {
		return measured{sample: s, err: err}
	}
	o := forward.Direct(raw, analyze.HowDirect)
	h, _, _ := eml.ParseHeader(raw)
	if !l.listed && !isMail(h) {
		return measured{noMail: true}
	}
	describe(s, &o)
	found, err := e.sit(w.ctx, e.wrapped(raw, &o, l.name))
	if err != nil {
		return measured{sample: s, err: err}
	}
	if i := worstOriginal(found); i >= 0 {
		record(s, found[i].Verdict)
		if lang := found[i].Evidence.Language; lang != "" {
			s.Language = lang
		}
	}
	return measured{sample: s}
}

// record puts what was judged into s. What the findings say is kept only where
// the verdict is wrong, so that the memory stays small.
func record(s *measure.Sample, v analyze.Verdict) {
	s.Level, s.Score = v.Level, v.Score
	for _, f := range v.Findings {
		switch f.Status {
		case analyze.Hit:
			s.Hits = append(s.Hits, f.Check)
			if s.Phish != s.Bad() {
				s.Says = append(s.Says, f.Says+" ["+f.Check+"]")
			}
		case analyze.Unknown:
			s.Unknown = append(s.Unknown, f.Check)
		}
	}
}

// wrapped gives the report of which the message is the original.
func (e *evaluation) wrapped(raw []byte, o *analyze.Original, name string) []byte {
	by := wrap.By{At: receivedAt(raw).Add(time.Hour)}
	switch e.view.via {
	case "direct", "report":
		return raw
	case "attached":
		return wrap.Attached(raw, o.Subject, by)
	case "redirected":
		return wrap.Redirected(raw, by)
	case "inline":
		list := wrap.Clients()
		sum := sha256.Sum256([]byte(name)) // the clients take turns, the same each time
		return wrap.Inline(list[int(sum[0])%len(list)], o, by)
	}
	return wrap.Inline(wrap.Client(e.view.via), o, by)
}

// describe fills in what the labels do not say: year and campaign.
func describe(s *measure.Sample, o *analyze.Original) {
	text := o.Text
	if strings.TrimSpace(text) == "" && o.HTML != "" {
		text = links.ReadHTML(o.HTML).Text
	}
	if s.Year == 0 {
		s.Year = yearOf(o.Date)
	}
	if s.Cluster == "" {
		s.Cluster = campaign(o.Subject, text)
	}
}

// yearOf gives the year of a Date field; 0 when it has none that mail can have.
func yearOf(date string) int {
	t, err := mail.ParseDate(date)
	if err != nil || t.Year() < 1980 || t.Year() > 2100 {
		return 0
	}
	return t.Year()
}

// campaignLetters is how many letters of a text tell one campaign from
// another: the first lines, in which only names and numbers are made anew.
const campaignLetters = 200

// campaign names the campaign of a message: what starts with the same letters,
// whatever numbers and marks stand between, is one.
func campaign(subject, text string) string {
	h, n := sha256.New(), 0
	for _, r := range subject + " " + text {
		if unicode.IsLetter(r) {
			fmt.Fprintf(h, "%c", unicode.ToLower(r))
			if n++; n == campaignLetters {
				break
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
