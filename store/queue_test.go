package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

type boltTx = bbolt.Tx

func TestLeaseRunsOut(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	r := accept(t, b, noon, "x")
	now := time.Now()
	first, err := b.Lease(t.Context(), now, time.Minute)
	must(t, err)
	if _, err := b.Lease(t.Context(), now, time.Minute); !errors.Is(err, ErrNone) {
		t.Errorf("Lease(while leased) = %v, want ErrNone", err)
	}
	second, err := b.Lease(t.Context(), now.Add(time.Minute), time.Minute)
	must(t, err)
	if second.ID != r.ID || second.Attempt != 2 || second.Token == first.Token {
		t.Errorf("Lease(after it ran out) = %+v, want attempt 2 under another token", second)
	}
	j := judgement(r.ID, noon, analyze.Scam)
	for name, call := range map[string]func() error{
		"Finish":  func() error { _, err := b.Finish(t.Context(), first, j, outgoing("a@b")); return err },
		"Release": func() error { return b.Release(t.Context(), first, "", now) },
		"Park":    func() error { return b.Park(t.Context(), first, "") },
	} {
		if err := call(); !errors.Is(err, ErrStale) {
			t.Errorf("%s with the old lease = %v, want ErrStale", name, err)
		}
	}
	done, err := b.Finish(t.Context(), second, j, outgoing("anna@example.org"))
	if err != nil || !done.Queued {
		t.Errorf("Finish() = %+v, %v, want queued", done, err)
	}
	if _, err := b.Finish(t.Context(), second, j, outgoing("anna@example.org")); !errors.Is(err, ErrStale) {
		t.Errorf("Finish(again) = %v, want ErrStale", err)
	}
	if outs, err := b.ListOutgoing(t.Context(), OutAny); len(outs) != 1 || err != nil {
		t.Errorf("ListOutgoing() = %+v, %v, want one", outs, err)
	}
}

func TestCrashesPark(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	bad, good := accept(t, b, noon, "crashes"), accept(t, b, noon.Add(time.Second), "good")
	now := time.Now()
	for i := range MaxAttempts {
		l, err := b.Lease(t.Context(), now, time.Minute)
		must(t, err)
		if l.ID != bad.ID || l.Attempt != i+1 {
			t.Fatalf("Lease() = %s attempt %d, want %s attempt %d", l.ID, l.Attempt, bad.ID, i+1)
		}
		g, err := b.Lease(t.Context(), now, 0)
		must(t, err)
		must(t, b.Release(t.Context(), g, "not yet", now.Add(time.Minute)))
		now = now.Add(time.Minute)
	}
	now = now.Add(time.Hour)
	l, err := b.Lease(t.Context(), now, time.Minute)
	must(t, err)
	if l.ID != good.ID || l.Attempt != 1 || l.Released != MaxAttempts || l.LastErr != "not yet" {
		t.Errorf("Lease() = %s attempt %d released %d %q, want %s attempt 1 released 3", l.ID, l.Attempt, l.Released, l.LastErr, good.ID)
	}
	ps, err := b.Parked(t.Context())
	must(t, err)
	if len(ps) != 1 || ps[0].ID != bad.ID || ps[0].Attempts != MaxAttempts || ps[0].Size != len("crashes") || ps[0].MailFrom == "" {
		t.Errorf("Parked() = %+v, want %s", ps, bad.ID)
	}
	must(t, b.Retry(t.Context(), bad.ID))
	if err := b.Retry(t.Context(), bad.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("Retry(again) = %v, want ErrNotFound", err)
	}
	if l, err := b.Lease(t.Context(), now, time.Minute); err != nil || l.ID != bad.ID || l.Attempt != 1 {
		t.Errorf("Lease(after Retry) = %+v, %v, want %s anew", l, err, bad.ID)
	}
	must(t, b.ParkReport(t.Context(), good.ID, "by hand"))
	if err := b.Park(t.Context(), l, ""); !errors.Is(err, ErrStale) {
		t.Errorf("Park(parked by hand meanwhile) = %v, want ErrStale", err)
	}
	if err := b.ParkReport(t.Context(), good.ID, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("ParkReport(parked) = %v, want ErrNotFound", err)
	}
}

func TestWait(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	var wg sync.WaitGroup
	errs := make(chan error, 4)
	for range cap(errs) {
		wg.Go(func() { errs <- b.Wait(t.Context()) })
	}
	r := accept(t, b, noon, "x")
	wg.Wait()
	for range cap(errs) {
		must(t, <-errs)
	}
	_, err := b.Lease(t.Context(), time.Now(), 50*time.Millisecond)
	must(t, err)
	must(t, b.Wait(t.Context())) // the lease runs out
	l, err := b.Lease(t.Context(), time.Now(), time.Hour)
	if err != nil || l.ID != r.ID || l.Attempt != 2 {
		t.Fatalf("Lease() = %+v, %v, want attempt 2", l, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() { errs <- b.Wait(ctx) })
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("Wait(ended context) = %v, want context.Canceled", err)
	}
	wg.Go(func() { errs <- b.Wait(t.Context()) })
	must(t, b.Release(t.Context(), l, "", time.Now()))
	must(t, <-errs)
	wg.Wait()
}

func TestOutgoing(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	r := accept(t, b, noon, "x")
	l, err := b.Lease(t.Context(), time.Now(), time.Minute)
	must(t, err)
	_, err = b.Finish(t.Context(), l, judgement(r.ID, noon, analyze.Scam), outgoing("anna@example.org"))
	must(t, err)
	must(t, b.WaitOutgoing(t.Context()))
	<-b.OutgoingWake()
	now := time.Now()
	d, err := b.LeaseOutgoing(t.Context(), now, time.Minute)
	must(t, err)
	if d.ID != r.ID || d.Attempts != 1 || d.To != "anna@example.org" || string(d.Raw) != string(outgoing("").Raw) {
		t.Errorf("LeaseOutgoing() = %+v, want the reply", d)
	}
	if _, err := b.LeaseOutgoing(t.Context(), now, time.Minute); !errors.Is(err, ErrNone) {
		t.Errorf("LeaseOutgoing(leased) = %v, want ErrNone", err)
	}
	again, err := b.LeaseOutgoing(t.Context(), now.Add(time.Minute), time.Minute)
	must(t, err)
	if err := b.Delivered(t.Context(), d); !errors.Is(err, ErrStale) {
		t.Errorf("Delivered(old lease) = %v, want ErrStale", err)
	}
	must(t, b.Defer(t.Context(), again, now.Add(time.Hour), "greylisted"))
	if next, err := b.NextOutgoing(t.Context()); err != nil || !next.Equal(now.Add(time.Hour).Round(0)) {
		t.Errorf("NextOutgoing() = %v, %v, want in an hour", next, err)
	}
	d, err = b.LeaseOutgoing(t.Context(), now.Add(time.Hour), time.Minute)
	must(t, err)
	if d.Attempts != 3 || d.LastError != "greylisted" {
		t.Errorf("LeaseOutgoing() = %+v, want attempt 3, greylisted", d)
	}
	must(t, b.Delivered(t.Context(), d))
	for name, call := range map[string]func() error{
		"Delivered": func() error { return b.Delivered(t.Context(), d) },
		"Defer":     func() error { return b.Defer(t.Context(), d, now, "") },
		"Fail":      func() error { return b.Fail(t.Context(), d, "") },
	} {
		if err := call(); !errors.Is(err, ErrStale) {
			t.Errorf("%s after Delivered = %v, want ErrStale", name, err)
		}
	}
	st, err := b.Stats(t.Context(), noon)
	must(t, err)
	if st.Delivered != 1 || st.Waiting != 0 || st.Reports != 1 {
		t.Errorf("Stats() = %+v, want one report, one delivered", st)
	}
}

// TestLimits holds the reply limits under workers that finish at once.
func TestLimits(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	const n, limit = 12, 5
	var leases []*Lease
	for range n {
		accept(t, b, noon, "x")
		l, err := b.Lease(t.Context(), time.Now(), time.Hour)
		must(t, err)
		leases = append(leases, l)
	}
	got := make(chan Finished, n)
	for _, l := range leases {
		go func() {
			out := outgoing("anna@example.org")
			out.Limits = []Limit{{Kind: "total"}, {Kind: "sender", Value: "anna@example.org", Max: limit, Window: time.Hour}}
			done, err := b.Finish(t.Context(), l, judgement(l.ID, noon, analyze.Scam), out)
			if err != nil {
				t.Errorf("Finish() = %v", err)
			}
			got <- done
		}()
	}
	queued := 0
	for range n {
		done := <-got
		if done.Queued {
			queued++
		} else if done.Limit == nil || done.Limit.Kind != "sender" {
			t.Errorf("Finish() = %+v, want the sender limit", done)
		}
	}
	count, err := b.CountAnswers(t.Context(), "sender", "Anna@example.org", time.Now().Add(-time.Hour))
	if queued != limit || count != limit || err != nil {
		t.Errorf("queued %d, CountAnswers() = %d, %v, want %d", queued, count, err, limit)
	}
	dropped, err := b.List(t.Context(), Query{Text: "konto", Limit: n})
	must(t, err)
	replies := map[string]int{}
	for _, s := range dropped {
		replies[s.Reply]++
	}
	if replies["queued"] != limit || replies["dropped: sender limit"] != n-limit {
		t.Errorf("replies stored = %v, want %d queued and %d dropped", replies, limit, n-limit)
	}
}

func TestMemoryEnds(t *testing.T) {
	now := time.Now()
	b := open(t, t.TempDir(), Options{Now: func() time.Time { return now }})
	finish := func() Finished {
		accept(t, b, now, "x")
		l, err := b.Lease(t.Context(), now, time.Hour)
		must(t, err)
		out := outgoing("a@example.org")
		out.Limits = []Limit{{"hash", "abc", 1, MaxMemory}}
		done, err := b.Finish(t.Context(), l, judgement(l.ID, now, analyze.Unclear), out)
		must(t, err)
		return done
	}
	if done := finish(); !done.Queued {
		t.Errorf("first Finish = %+v, want queued", done)
	}
	now = now.Add(MaxMemory - time.Second)
	if done := finish(); done.Queued {
		t.Errorf("Finish in the 7th day = %+v, want dropped", done)
	}
	now = now.Add(2 * time.Second)
	if done := finish(); !done.Queued {
		t.Errorf("Finish after 7 days = %+v, want queued", done)
	}
	if n, err := b.CountAnswers(t.Context(), "hash", "abc", time.Time{}); n != 1 || err != nil {
		t.Errorf("CountAnswers() = %d, %v, want 1: the old one is forgotten", n, err)
	}
}
