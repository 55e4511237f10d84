package store

import (
	"testing"
	"time"

	"reportascam/analyze"
)

// TestOpenEndsLeases: a process that is gone finishes nothing; its leases
// are due at once, what was put off is not.
func TestOpenEndsLeases(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, Options{})
	answered, leased, later := accept(t, b, noon, "answered"), accept(t, b, noon.Add(time.Second), "leased"), accept(t, b, noon.Add(2*time.Second), "later")
	now := time.Now()
	l, err := b.Lease(t.Context(), now, time.Hour)
	must(t, err)
	_, err = b.Finish(t.Context(), l, judgement(answered.ID, noon, analyze.Scam), outgoing("anna@example.org"))
	must(t, err)
	_, err = b.LeaseOutgoing(t.Context(), now.Add(time.Minute), time.Hour)
	must(t, err)
	_, err = b.Lease(t.Context(), now, time.Hour)
	must(t, err)
	l, err = b.Lease(t.Context(), now, time.Hour)
	must(t, err)
	must(t, b.Release(t.Context(), l, "put off", now.Add(24*time.Hour)))
	must(t, b.Close())

	b = open(t, dir, Options{})
	soon := time.Now().Add(time.Minute)
	l, err = b.Lease(t.Context(), soon, time.Hour)
	if err != nil || l.ID != leased.ID || l.Attempt != 1 {
		t.Errorf("Lease(after a crash) = %+v, %v, want %s at attempt 1: it did not crash", l, err, leased.ID)
	}
	if l, err := b.Lease(t.Context(), soon, time.Hour); err == nil {
		t.Errorf("Lease() = %s, want none: %s was put off", l.ID, later.ID)
	}
	d, err := b.LeaseOutgoing(t.Context(), soon, time.Hour)
	if err != nil || d.ID != answered.ID || d.Attempts != 2 {
		t.Errorf("LeaseOutgoing(after a crash) = %+v, %v, want %s at attempt 2", d, err, answered.ID)
	}
}

// TestDeathsPark: a report that takes the process with it again and again is
// parked; one that was leased when it ended a few times is not.
func TestDeathsPark(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, Options{})
	r := accept(t, b, noon, "x")
	soon := time.Now().Add(time.Minute)
	for i := range MaxDeaths {
		l, err := b.Lease(t.Context(), soon, time.Hour)
		if err != nil || l.ID != r.ID {
			t.Fatalf("Lease(after %d deaths) = %+v, %v, want %s", i, l, err, r.ID)
		}
		must(t, b.Close())
		b = open(t, dir, Options{})
	}
	if _, err := b.Lease(t.Context(), soon, time.Hour); err == nil {
		t.Errorf("Lease(after %d deaths) gave the report again", MaxDeaths)
	}
	if parked, err := b.Parked(t.Context()); err != nil || len(parked) != 1 {
		t.Errorf("Parked() = %+v, %v, want %s", parked, err, r.ID)
	}
}

// TestCrashedCounts: work that crashed three times is parked, however it was
// given back.
func TestCrashedCounts(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	r := accept(t, b, noon, "x")
	now := time.Now()
	for range MaxAttempts {
		l, err := b.Lease(t.Context(), now, time.Minute)
		must(t, err)
		must(t, b.Crashed(t.Context(), l, "boom", now))
	}
	if _, err := b.Lease(t.Context(), now, time.Minute); err == nil {
		t.Errorf("Lease(after %d crashes) gave the report again", MaxAttempts)
	}
	if parked, err := b.Parked(t.Context()); err != nil || len(parked) != 1 || parked[0].ID != r.ID {
		t.Errorf("Parked() = %+v, %v, want %s", parked, err, r.ID)
	}
}
