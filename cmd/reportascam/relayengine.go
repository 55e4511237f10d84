package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/auth"
	"reportascam/analyze/bimi"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
	"reportascam/smtpd/forward"
	"reportascam/smtpd/relay"
	"reportascam/store"
)

// What is remembered is written in groups, apart from the mail: what cannot
// be written is lost to later reports, and to nobody else.
const (
	rememberQueue = 1024
	rememberGroup = 256
	rememberPause = 200 * time.Millisecond
)

// relayStore is what the relay needs of the store.
type relayStore interface {
	store.Ward
	NewID(t time.Time) analyze.ID
}

// relayEngine is the desk's judgement, for the relay.
type relayEngine struct {
	d        *desk
	store    relayStore
	resolver dns.Resolver
	web      bimi.Fetcher
	hostname string
	seen     chan store.Passed
	known    campaigns
	log      *slog.Logger
}

func newRelayEngine(d *desk, st relayStore, resolver dns.Resolver, web bimi.Fetcher, hostname string, log *slog.Logger) *relayEngine {
	return &relayEngine{d: d, store: st, resolver: resolver, web: web, hostname: hostname, log: log, seen: make(chan store.Passed, rememberQueue)}
}

// letter is what the engine keeps of a message between its steps.
type letter struct{ messageID, subject string }

// Judge judges the message itself, with the session that brought it.
func (e *relayEngine) Judge(ctx context.Context, f relay.Facts, raw []byte) (relay.Opinion, error) {
	ctx, cancel := context.WithTimeout(ctx, e.d.deadline)
	defer cancel()
	o := forward.Direct(raw, analyze.HowDirect)
	model := e.d.learned.Load()
	g := gathering{at: f.At, resolver: dns.NewSession(e.resolver, e.d.budget), trust: auth.Trust{Providers: e.d.providers}, learned: e.known.with(model.Find)}
	if e.d.fetches {
		g.fetcher = bimi.NewSession(e.web, bimi.DefaultFetches)
	}
	if f.Client.IsValid() && !f.Client.IsLoopback() && !f.Client.IsPrivate() {
		// SPF asks about hosts of the Internet: one of our own networks would
		// fail it for nothing.
		g.session = &auth.Session{ClientIP: f.Client, Helo: f.Helo, MailFrom: f.MailFrom}
	}
	jo := e.d.judgeOriginal(ctx, &o, g)
	op := relay.Opinion{ID: string(e.store.NewID(f.At)), Level: jo.Level, Score: jo.Score, Brand: jo.Brand,
		Results: auth.Header(e.hostname, jo.Evidence.Auth), From: jo.Evidence.Auth.FromDomain}
	_, _, op.Proven = jo.Evidence.Auth.Proven()
	for _, h := range jo.Findings {
		if h.Status == analyze.Hit {
			op.Hits = append(op.Hits, h.Check)
		}
	}
	h, _, _ := eml.ParseHeader(raw)
	op.Message = letter{messageID: bareID(h.Get("Message-ID")), subject: strings.Clone(o.Subject)}
	return op, nil
}

// maxMessageID is the longest that is remembered, in octets: the line of RFC
// 5322 section 2.1.1.
const maxMessageID = 998

// bareID gives what stands between the brackets.
func bareID(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '<'); i >= 0 {
		s = s[i+1:]
	}
	s, _, _ = strings.Cut(s, ">")
	if len(s) > maxMessageID {
		return ""
	}
	return strings.ToValidUTF8(s, "?")
}

// passed is what is remembered of a message.
func passed(f relay.Facts, o relay.Opinion) store.Passed {
	l, _ := o.Message.(letter)
	p := store.Passed{ID: analyze.ID(o.ID), At: f.At, MessageID: l.messageID, Level: o.Level, Score: o.Score, Brand: o.Brand, From: o.From,
		Subject: l.subject, MailFrom: f.MailFrom, RcptTo: f.RcptTo, Hits: o.Hits}
	if f.Client.IsValid() {
		p.Client = f.Client.String()
	}
	return p
}

// Hold keeps a message in the store.
func (e *relayEngine) Hold(ctx context.Context, f relay.Facts, rcpt []string, raw []byte, o relay.Opinion) error {
	p := passed(f, o)
	p.RcptTo, p.Action = rcpt, string(relay.Quarantine)
	return e.store.Hold(ctx, &store.Held{Passed: p, UTF8: f.UTF8, Raw: raw})
}

// Done remembers a message whose answer was given.
func (e *relayEngine) Done(f relay.Facts, o relay.Opinion, out relay.Outcome) {
	p := passed(f, o)
	p.Action, p.Code = string(relay.Strictest(out.Actions)), out.Code
	select {
	case e.seen <- p:
	default:
		e.log.Warn("dropped", "id", p.ID, "reason", "the store is too slow to remember it")
	}
}

// remember writes what was judged, until ctx ends.
func (e *relayEngine) remember(ctx context.Context) error {
	for {
		var group []store.Passed
		select {
		case p := <-e.seen:
			group = append(group, p)
		case <-ctx.Done():
		}
		if ctx.Err() == nil {
			pause(ctx, rememberPause) // for company
		}
	more:
		for len(group) < rememberGroup {
			select {
			case p := <-e.seen:
				group = append(group, p)
			default:
				break more
			}
		}
		if len(group) > 0 {
			if err := e.store.Remember(context.WithoutCancel(ctx), group); err != nil {
				e.log.Error("remembering", "messages", len(group), "err", err)
			}
		}
		if ctx.Err() != nil && len(e.seen) == 0 {
			return nil
		}
	}
}

// relayed gives what is remembered under a Message-ID.
func (e *relayEngine) relayed(ctx context.Context, id string) []analyze.Relayed {
	list, err := e.store.FindPassed(ctx, id)
	if err != nil {
		e.log.Error("remembering", "err", err)
	}
	var out []analyze.Relayed
	for _, p := range list {
		out = append(out, analyze.Relayed{ID: p.ID, At: p.At, Level: p.Level, Action: p.Action, RcptTo: p.RcptTo})
	}
	return out
}

// free tells whether anybody can get an address at a domain.
func (e *relayEngine) free(domain string) bool { return e.d.known.Load().brands.Info(domain).Free }
