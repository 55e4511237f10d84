package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/store"
)

// TestCrashingReportIsParked: a report that crashes the analysis three times
// is taken out of the queue and listed; the others are judged.
func TestCrashingReportIsParked(t *testing.T) {
	st, err := store.Open(t.TempDir(), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ids := map[string]analyze.ID{}
	for i, raw := range []string{"bad", "good"} {
		at := received.Add(time.Duration(i) * time.Second)
		ids[raw] = st.NewID(at)
		if err := st.Accept(t.Context(), &analyze.Report{ID: ids[raw], At: at, Raw: []byte(raw)}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	clock := time.Now()
	w := &worker{store: st, log: slog.New(slog.DiscardHandler), hold: time.Minute, now: func() time.Time { return clock },
		judge: func(_ context.Context, r *analyze.Report) judged {
			if string(r.Raw) == "bad" {
				panic("a bug")
			}
			return judged{judgement: &analyze.Judgement{ID: r.ID, At: r.At, Level: analyze.Unclear}}
		}}
	for n := 0; ; n++ {
		clock = clock.Add(2 * retryPause)
		l, err := st.Lease(t.Context(), clock, w.hold)
		if errors.Is(err, store.ErrNone) {
			break
		}
		if err != nil || n > 10 {
			t.Fatalf("Lease %d: %v", n, err)
		}
		w.handle(t.Context(), l)
	}
	if n := w.panics.Load(); n != store.MaxAttempts {
		t.Errorf("%d panics, want %d", n, store.MaxAttempts)
	}
	parked, err := st.Parked(t.Context())
	if err != nil || len(parked) != 1 || parked[0].ID != ids["bad"] {
		t.Errorf("Parked = %+v, %v, want %s", parked, err, ids["bad"])
	}
	if _, err := st.Judgement(t.Context(), ids["good"]); err != nil {
		t.Errorf("the good report was not judged: %v", err)
	}
	if found, err := st.Verify(t.Context()); err != nil || !found.OK() {
		t.Errorf("Verify = %+v, %v", found, err)
	}
}

// fullDisk refuses what is offered as a store without room does.
type fullDisk struct{}

func (fullDisk) NewID(time.Time) analyze.ID { return "id" }
func (fullDisk) Accept(context.Context, *analyze.Report, string) error {
	return fmt.Errorf("writing: %w", store.ErrFull)
}

// TestFullDiskIsTemporary: the client keeps the message, and learns nothing
// of our disk.
func TestFullDiskIsTemporary(t *testing.T) {
	cfg := testConfig(t)
	cfg.Addresses = []string{"reportascam@localhost"}
	srv, err := newSMTP(cfg, fullDisk{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	addr := listen(t, srv)
	_, err = sendReport(t.Context(), addr, "a@client.example", []byte("Subject: x\r\n\r\nx\r\n"))
	if err == nil || !temporary(err) {
		t.Errorf("sending to a full disk: %v, want a 451 that names no disk", err)
	}
}
