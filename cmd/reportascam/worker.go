package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/smtpd/reply"
	"reportascam/store"
)

const (
	// leaseMargin is what a lease lasts beyond the deadline of gathering
	// evidence: the checks and the store take milliseconds; a minute covers a
	// machine that stalls.
	leaseMargin = time.Minute
	// retryPause is the wait before a report is judged again after the store
	// failed or the analysis crashed.
	retryPause = 10 * time.Second
	// yieldFor is the longest that a worker gives way to messages that are
	// being received: judging can wait, a client cannot, but not for ever.
	yieldFor = 250 * time.Millisecond
	// yieldStep is how often it looks whether they are through.
	yieldStep = 5 * time.Millisecond
)

// workStore is what the workers need of the store.
type workStore interface {
	store.Queue
	store.Bench
	store.Memory
}

// worker judges what waits in the store, and queues the answers.
type worker struct {
	judge   func(context.Context, *analyze.Report) judged
	store   workStore
	reply   *reply.Config                                   // nil: nobody is answered
	receive func() int64                                    // messages being received now
	relayed func(context.Context, string) []analyze.Relayed // by Message-ID, what the relay knows; nil: nothing
	hold    time.Duration                                   // how long a lease lasts: longer than any judging
	log     *slog.Logger
	now     func() time.Time
	panics  atomic.Int64 // recovered; anything but zero is a bug
}

// run judges until ctx ends.
func (w *worker) run(ctx context.Context) {
	for ctx.Err() == nil {
		w.yield(ctx)
		l, err := w.store.Lease(ctx, w.now(), w.hold)
		switch {
		case err == nil:
			w.handle(ctx, l)
		case errors.Is(err, store.ErrNone):
			_ = w.store.Wait(ctx) // its only error is ctx's, which ends the loop
		case ctx.Err() == nil:
			w.log.Error("leasing a report", "err", err)
			pause(ctx, retryPause)
		}
	}
}

// yield waits while messages are being received, at most yieldFor.
func (w *worker) yield(ctx context.Context) {
	for waited := time.Duration(0); waited < yieldFor && w.receive() > 0; waited += yieldStep {
		if !pause(ctx, yieldStep) {
			return
		}
	}
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// handle judges one report and stores what came of it. If the analysis
// panics, the report is tried again, and parked when it did so too often.
func (w *worker) handle(ctx context.Context, l *store.Lease) {
	done := false
	defer func() {
		r := recover()
		if r != nil {
			w.panics.Add(1)
			w.log.Error("analysis crashed", "id", l.ID, "attempt", l.Attempt, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
		if !done {
			w.giveBack(l, r)
		}
	}()
	out := w.judge(ctx, l.Report)
	if ctx.Err() != nil {
		return // we are stopping: what was cut short is no judgement
	}
	w.log.Info("analyzed", "id", l.ID, "verdict", out.judgement.Level, "score", out.judgement.Score,
		"originals", len(out.judgement.Originals), "brand", out.judgement.Brand)
	w.match(ctx, out)
	answer := w.answer(ctx, l, out)
	fin, err := w.store.Finish(ctx, l, out.judgement, answer)
	switch {
	case err == nil:
		done = true
		w.logAnswer(l.ID, out.judgement, fin)
	case errors.Is(err, store.ErrStale):
		done = true
		w.log.Warn("dropped", "id", l.ID, "reason", "another worker judged this report")
	default:
		w.log.Error("storing the verdict", "id", l.ID, "err", err)
	}
}

// match notes which originals came in by the relay. The judgement's list of
// originals is in the order of those that were found.
func (w *worker) match(ctx context.Context, out judged) {
	if w.relayed == nil {
		return
	}
	for i := range out.judgement.Originals[:min(len(out.judgement.Originals), len(out.originals))] {
		h, _, _ := eml.ParseHeader(out.originals[i].Raw)
		out.judgement.Originals[i].Relayed = w.relayed(ctx, bareID(h.Get("Message-ID")))
	}
}

// giveBack returns a report whose work did not end. The context of the work
// may be over, so it has its own.
func (w *worker) giveBack(l *store.Lease, crash any) {
	ctx, cancel := context.WithTimeout(context.Background(), retryPause)
	defer cancel()
	var err error
	if crash != nil {
		err = w.store.Crashed(ctx, l, fmt.Sprintf("the analysis crashed: %v", crash), w.now().Add(retryPause))
	} else {
		err = w.store.Release(ctx, l, "the work was cut short", w.now())
	}
	if err != nil && !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrClosed) {
		w.log.Error("giving a report back", "id", l.ID, "err", err)
	}
}

// answer decides whether the report is answered, and writes the answer. The
// judgement's Reply says what came of it.
func (w *worker) answer(ctx context.Context, l *store.Lease, out judged) *store.Outgoing {
	j := out.judgement
	if w.reply == nil {
		j.Reply = "off: replies are switched off."
		return nil
	}
	outer := reply.Outer{Report: l.Report, Header: out.header, Reporter: j.Reporter, Originals: out.originals}
	cfg := *w.reply
	if cfg.From == "" {
		cfg.From = reportedTo(l.Report.Envelope.RcptTo, cfg.Addresses)
	}
	to, reason, err := reply.Decide(ctx, w.store, outer, cfg)
	if err == nil && reason == "" {
		var m reply.Message
		if m, err = reply.Render(j, outer, cfg); err == nil {
			j.Reply = "queued"
			return &store.Outgoing{From: m.From, To: m.To, Raw: m.Raw, Told: j.Level, Desk: deskOf(cfg), NotBefore: w.now(),
				Limits: limitsOf(reply.Caps(outer, to))}
		}
	}
	if err != nil {
		w.log.Error("writing the reply", "id", l.ID, "err", err)
		reason = "failed: the reply could not be written."
	}
	j.Reply = reason
	return nil
}

// reportedTo gives the address of ours that a report was sent to; Postmaster
// is accepted too, but answers nobody.
func reportedTo(rcpt []string, us analyze.Mailboxes) string {
	for _, r := range rcpt {
		if us.Has(r) {
			return r
		}
	}
	return ""
}

// logAnswer says why there is no answer. One that was queued is logged as
// replied when it has left.
func (w *worker) logAnswer(id analyze.ID, j *analyze.Judgement, fin store.Finished) {
	switch {
	case fin.Queued:
	case fin.Limit != nil:
		w.log.Info("dropped", "id", id, "reason", "cap-"+fin.Limit.Kind)
	default:
		w.log.Info("dropped", "id", id, "reason", reply.Word(j.Reply))
	}
}

// limitsOf makes the store check, and count, the caps again in the transaction
// that queues the answer: two workers cannot pass a cap together.
func limitsOf(caps []reply.Cap) []store.Limit {
	out := make([]store.Limit, 0, len(caps))
	for _, c := range caps {
		out = append(out, store.Limit{Kind: c.Kind, Value: c.Value, Max: c.Max, Window: c.Window})
	}
	return out
}
