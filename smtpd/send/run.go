package send

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Item is a message as the queue gives it out.
type Item struct {
	Message
	Since time.Time // when it was queued
	Token string    // the queue's own: which lease this is
}

// Queue is the durable queue of messages that wait to be sent. An Item that
// was leased is nobody else's until the lease ends; if nothing was said of it
// by then, it is due again. All methods are safe for concurrent use.
type Queue interface {
	// Lease gives the message that has been due longest, kept from others
	// until now+hold, or nil. With nil, next says when one will be due; zero
	// when none waits.
	Lease(ctx context.Context, now time.Time, hold time.Duration) (it *Item, next time.Time, err error)
	// Delivered drops the message: it is done.
	Delivered(ctx context.Context, it *Item) error
	// Defer counts the attempt and makes the message due again at that time.
	Defer(ctx context.Context, it *Item, due time.Time, why string) error
	// Postpone makes the message due again at that time, as if this attempt
	// had not been.
	Postpone(ctx context.Context, it *Item, due time.Time) error
	// Fail gives the message up, for the reason given.
	Fail(ctx context.Context, it *Item, why string) error
	// Wake holds a value after messages were queued. One is enough for many.
	Wake() <-chan struct{}
}

// Options of Run. The zero value works.
type Options struct {
	Workers  int                               // messages in delivery at a time; 0: DefaultWorkers
	PerDest  int                               // of them to one recipient domain; 0: no other bound
	Lease    time.Duration                     // longer than any one delivery; 0: DefaultLease
	Schedule func(int) time.Duration           // the wait after the nth failed attempt, from 1; nil: Backoff
	GiveUp   time.Duration                     // 0: DefaultGiveUp
	Jitter   func(time.Duration) time.Duration // nil: up to a tenth more, so that retries do not march in step
	Now      func() time.Time                  // nil: time.Now
	Log      *slog.Logger                      // nil: none
}

// The defaults of Options.
const (
	// DefaultWorkers keeps a stalled delivery from holding up the others, and
	// the smart host from a flood of connections.
	DefaultWorkers = 4
	// DefaultLease is longer than DefaultTotal, so that no second worker takes
	// a message that is still in delivery.
	DefaultLease = 30 * time.Minute
	// DefaultGiveUp follows RFC 5321 section 4.5.4.1: 4 to 5 days.
	DefaultGiveUp = 4 * 24 * time.Hour
	// busyPause is the wait of a message whose domain is being delivered to as
	// often as it may be.
	busyPause = 20 * time.Second
	// queueTimeout bounds one word with the queue, also after ctx has ended.
	queueTimeout = 10 * time.Second
	// queuePause is the wait after the queue itself failed.
	queuePause = 5 * time.Second
)

// Backoff is the wait after the nth failed attempt, from 1: 5, 15 and 30
// minutes, 1 and 2 hours, then 4 hours each. RFC 5321 section 4.5.4.1 wants
// 30 minutes at least as a rule, but two early attempts in the first hour;
// greylisting (RFC 6647) usually ends within five minutes.
func Backoff(n int) time.Duration {
	waits := [...]time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}
	return waits[min(max(n, 1), len(waits))-1]
}

func (o Options) withDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = DefaultWorkers
	}
	if o.Lease <= 0 {
		o.Lease = DefaultLease
	}
	if o.Schedule == nil {
		o.Schedule = Backoff
	}
	if o.GiveUp <= 0 {
		o.GiveUp = DefaultGiveUp
	}
	if o.Jitter == nil {
		o.Jitter = func(d time.Duration) time.Duration { return d + rand.N(d/10+1) }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Run delivers what the queue holds until ctx ends, then waits for the
// deliveries under way (each ends with ctx) and returns nil. It sleeps until
// the queue wakes it or the next message is due.
func Run(ctx context.Context, q Queue, t Transport, o Options) error {
	r := &runner{q: q, t: t, o: o.withDefaults(), ended: make(chan struct{}, 1), busy: map[string]int{}}
	slots := make(chan struct{}, r.o.Workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		it, next := r.lease(ctx)
		if it == nil {
			<-slots
			if !r.wait(ctx, next) {
				return nil
			}
			continue
		}
		wg.Go(func() {
			defer func() {
				<-slots
				// What was deferred is due sooner than its lease ends, which is
				// what the runner may be waiting for.
				select {
				case r.ended <- struct{}{}:
				default:
				}
			}()
			r.deliver(ctx, it)
		})
	}
}

type runner struct {
	q     Queue
	t     Transport
	o     Options
	ended chan struct{} // holds a value after a delivery ended

	mu   sync.Mutex
	busy map[string]int // deliveries under way by domain
}

// enter counts a delivery to a domain, unless there are as many as may be.
func (r *runner) enter(domain string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.o.PerDest > 0 && r.busy[domain] >= r.o.PerDest {
		return false
	}
	r.busy[domain]++
	return true
}

func (r *runner) leave(domain string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[domain]--; r.busy[domain] <= 0 {
		delete(r.busy, domain)
	}
}

// lease takes the next message. A queue that fails is asked again later.
func (r *runner) lease(ctx context.Context) (*Item, time.Time) {
	if ctx.Err() != nil {
		return nil, time.Time{}
	}
	now := r.o.Now()
	it, next, err := r.q.Lease(ctx, now, r.o.Lease)
	if err != nil {
		if ctx.Err() == nil {
			r.o.Log.Error("leasing a reply", "err", err)
		}
		return nil, now.Add(queuePause)
	}
	return it, next
}

// wait returns when there may be work, with false when ctx has ended.
func (r *runner) wait(ctx context.Context, next time.Time) bool {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(max(next.Sub(r.o.Now()), 0))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-r.q.Wake():
	case <-r.ended:
	case <-due:
	}
	return true
}

func (r *runner) deliver(ctx context.Context, it *Item) {
	_, domain, _ := strings.Cut(strings.ToLower(it.To), "@")
	if !r.enter(domain) {
		r.postpone(ctx, it, r.o.Now().Add(r.o.Jitter(busyPause)))
		return
	}
	defer r.leave(domain)
	err := r.attempt(ctx, it.Message)
	// What became of it must be written down even when we are stopping.
	qctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queueTimeout)
	defer cancel()
	log := r.o.Log.With("id", it.ID, "attempt", it.Attempts+1)
	now := r.o.Now()
	var qerr error
	switch {
	case err == nil:
		log.Info("replied")
		qerr = r.q.Delivered(qctx, it)
	case Permanent(err):
		log.Warn("dropped", "why", err.Error())
		qerr = r.q.Fail(qctx, it, err.Error())
	case now.Sub(it.Since) >= r.o.GiveUp:
		log.Warn("dropped", "why", "too old: "+err.Error())
		qerr = r.q.Fail(qctx, it, fmt.Sprintf("given up after %s: %s", r.o.GiveUp, err))
	case ctx.Err() != nil:
		// Our own stop is no failure of the other side: due at once.
		qerr = r.q.Postpone(qctx, it, now)
	default:
		wait := r.o.Jitter(r.o.Schedule(it.Attempts + 1))
		log.Info("deferred", "why", err.Error(), "wait", wait.String())
		qerr = r.q.Defer(qctx, it, now.Add(wait), err.Error())
	}
	if qerr != nil {
		// The lease ends by itself, and the message is due again.
		log.Error("writing down a delivery", "err", qerr)
	}
}

func (r *runner) postpone(ctx context.Context, it *Item, due time.Time) {
	qctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queueTimeout)
	defer cancel()
	if err := r.q.Postpone(qctx, it, due); err != nil {
		r.o.Log.Error("writing down a delivery", "id", it.ID, "err", err)
	}
}

// errPanic is the result of an attempt that panicked: a fault of ours.
var errPanic = errors.New("send: the transport panicked")

func (r *runner) attempt(ctx context.Context, m Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("panic", "id", m.ID, "value", fmt.Sprint(p))
			err = errPanic
		}
	}()
	return r.t.Send(ctx, m)
}
