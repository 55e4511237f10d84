package send

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// line is a queue in memory.
type line struct {
	mu     sync.Mutex
	wait   map[string]*waiting
	done   map[string]string // ID -> delivered, or why it failed
	wake   chan struct{}
	deaf   bool // fails every Lease
	leases int
}

type waiting struct {
	Item
	due time.Time
}

func newLine(ids ...string) *line {
	q := &line{wait: map[string]*waiting{}, done: map[string]string{}, wake: make(chan struct{}, 1)}
	for _, id := range ids {
		q.add(id)
	}
	return q
}

func (q *line) add(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := note()
	m.ID = id
	q.wait[id] = &waiting{Item: Item{Message: m, Since: time.Now()}, due: time.Now()}
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *line) Lease(_ context.Context, now time.Time, hold time.Duration) (*Item, time.Time, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leases++
	if q.deaf {
		return nil, time.Time{}, errors.New("disk")
	}
	var first *waiting
	for _, w := range q.wait {
		if first == nil || w.due.Before(first.due) {
			first = w
		}
	}
	if first == nil {
		return nil, time.Time{}, nil
	}
	if first.due.After(now) {
		return nil, first.due, nil
	}
	first.due = now.Add(hold)
	it := first.Item
	return &it, time.Time{}, nil
}

func (q *line) end(id, how string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.wait, id)
	q.done[id] = how
	return nil
}

func (q *line) Delivered(_ context.Context, it *Item) error { return q.end(it.ID, "delivered") }
func (q *line) Fail(_ context.Context, it *Item, why string) error {
	return q.end(it.ID, why)
}

func (q *line) Defer(_ context.Context, it *Item, due time.Time, _ string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait[it.ID].due = due
	q.wait[it.ID].Attempts++
	return nil
}

func (q *line) Postpone(_ context.Context, it *Item, due time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait[it.ID].due = due
	return nil
}

func (q *line) Wake() <-chan struct{} { return q.wake }

func (q *line) result(id string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.done[id]
}

// by is a transport made of a function.
type by func(ctx context.Context, m Message) error

func (f by) Send(ctx context.Context, m Message) error { return f(ctx, m) }

// start runs Run in the bubble, and gives what stops it.
func start(t *testing.T, q Queue, tr Transport, o Options) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	if o.Jitter == nil {
		o.Jitter = func(d time.Duration) time.Duration { return d }
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := Run(ctx, q, tr, o); err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	}()
	return func() { cancel(); <-ended }
}

func TestRunDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newLine("a", "b")
		stop := start(t, q, by(func(context.Context, Message) error { return nil }), Options{})
		defer stop()
		synctest.Wait()
		q.add("c") // wakes a runner that has no timer at all
		synctest.Wait()
		for _, id := range []string{"a", "b", "c"} {
			if got := q.result(id); got != "delivered" {
				t.Errorf("%s: %q, want delivered", id, got)
			}
		}
		if q.leases > 12 { // each message, each end, each wake
			t.Errorf("%d leases asked for 3 messages", q.leases)
		}
	})
}

func TestRunRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		q := newLine("a")
		var at []time.Duration
		stop := start(t, q, by(func(context.Context, Message) error {
			at = append(at, time.Since(begin))
			if len(at) < 4 {
				return &Refused{Stage: stageRcpt, Code: 451, Text: "greylisted"}
			}
			return nil
		}), Options{})
		defer stop()
		synctest.Wait()
		for q.result("a") == "" {
			<-time.After(time.Minute) // fake time
			synctest.Wait()
		}
		want := []time.Duration{0, 5 * time.Minute, 20 * time.Minute, 50 * time.Minute}
		if !slices.Equal(at, want) {
			t.Errorf("attempts at %v, want %v", at, want)
		}
	})
}

func TestRunGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		q := newLine("a")
		tries := 0
		stop := start(t, q, by(func(context.Context, Message) error { tries++; return errors.New("down") }), Options{})
		defer stop()
		for q.result("a") == "" && time.Since(begin) < 10*24*time.Hour {
			<-time.After(time.Hour)
			synctest.Wait()
		}
		if d := time.Since(begin); d < DefaultGiveUp || d > DefaultGiveUp+5*time.Hour || !strings.Contains(q.result("a"), "given up") {
			t.Errorf("after %v: %q, want given up after %v", d, q.result("a"), DefaultGiveUp)
		}
		if tries < 20 || tries > 40 {
			t.Errorf("%d attempts, want 20 to 40", tries)
		}
	})
}

func TestRunPermanent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		q := newLine("a")
		stop := start(t, q, by(func(context.Context, Message) error {
			return &Refused{Stage: stageRcpt, Code: 550, Text: "no such user"}
		}), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		synctest.Wait()
		stop()
		if got := q.result("a"); !strings.Contains(got, "550 no such user") {
			t.Errorf("result = %q, want the refusal", got)
		}
		if !strings.Contains(log.String(), "msg=dropped id=a") {
			t.Errorf("log = %q, want dropped", log.String())
		}
	})
}

func TestRunBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newLine("a", "b", "c", "d", "e")
		var mu sync.Mutex
		now, most := 0, 0
		stop := start(t, q, by(func(ctx context.Context, m Message) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-time.After(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		}), Options{Workers: 2})
		defer stop()
		<-time.After(time.Minute)
		synctest.Wait()
		if most != 2 || len(q.done) != 5 {
			t.Errorf("%d at a time and %d delivered, want 2 and 5", most, len(q.done))
		}
	})
}

// TestRunPerDestination: one domain has its share of the deliveries and no
// more, others go on meanwhile, and waiting for one's turn is no attempt.
func TestRunPerDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newLine("a", "b", "c", "d", "e")
		for _, id := range []string{"d", "e"} {
			q.wait[id].To = "x@" + id + ".example"
		}
		var mu sync.Mutex
		now, most, attempts := 0, 0, 0
		stop := start(t, q, by(func(ctx context.Context, m Message) error {
			if m.To != note().To {
				return nil
			}
			mu.Lock()
			now++
			most, attempts = max(most, now), max(attempts, m.Attempts)
			mu.Unlock()
			<-time.After(time.Minute)
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		}), Options{Workers: 4, PerDest: 1})
		defer stop()
		<-time.After(time.Second)
		synctest.Wait()
		if q.result("d") != "delivered" || q.result("e") != "delivered" {
			t.Errorf("other domains wait for a slow one: %v", q.done)
		}
		<-time.After(5 * time.Minute)
		synctest.Wait()
		if most != 1 || attempts != 0 || len(q.done) != 5 {
			t.Errorf("%d at a time, %d attempts counted before, %d delivered, want 1, 0 and 5", most, attempts, len(q.done))
		}
	})
}

func TestRunStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newLine("a")
		stop := start(t, q, by(func(ctx context.Context, m Message) error { <-ctx.Done(); return ctx.Err() }), Options{})
		synctest.Wait()
		stop()
		if w := q.wait["a"]; w == nil || w.due.After(time.Now()) {
			t.Errorf("a stopped delivery is not due at once: %+v", w)
		}
	})
}

func TestRunPanicAndBrokenQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newLine("a")
		q.deaf = true
		first := true
		stop := start(t, q, by(func(context.Context, Message) error {
			if first {
				first = false
				panic("boom")
			}
			return nil
		}), Options{})
		defer stop()
		synctest.Wait()
		q.mu.Lock()
		leases := q.leases
		q.deaf = false
		q.mu.Unlock()
		if leases > 2 { // one, and one for the wake that was pending
			t.Errorf("a broken queue was asked %d times at once, want 2 at most", leases)
		}
		<-time.After(time.Hour)
		synctest.Wait()
		if got := q.result("a"); got != "delivered" {
			t.Errorf("result = %q, want delivered after the panic", got)
		}
	})
}

func TestBackoff(t *testing.T) {
	last := time.Duration(0)
	for n := range 50 {
		d := Backoff(n)
		if d < last || d < 5*time.Minute || d > 4*time.Hour {
			t.Errorf("Backoff(%d) = %v after %v", n, d, last)
		}
		last = d
	}
}
