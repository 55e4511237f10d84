package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"reportascam/analyze"
)

// answered makes a store whose one report was judged and answered.
func answered(t *testing.T, level analyze.Level) (*Bolt, *analyze.Judgement, *time.Time) {
	t.Helper()
	now := noon
	b, err := Open(t.TempDir(), Options{Create: true, Now: func() time.Time { return now }})
	must(t, err)
	t.Cleanup(func() {
		c, err := b.Verify(context.Background())
		wantClean(t, c, err)
		must(t, b.Close())
	})
	r := accept(t, b, now, "report")
	must(t, b.Drain(t.Context()))
	l, err := b.Lease(t.Context(), now, time.Hour)
	must(t, err)
	j := judgement(r.ID, now, level)
	out := outgoing("anna@example.org")
	out.Told = level
	_, err = b.Finish(t.Context(), l, j, out)
	must(t, err)
	return b, j, &now
}

// deliver delivers what is due, and gives its ID.
func deliver(t *testing.T, b *Bolt, now time.Time) analyze.ID {
	t.Helper()
	d, err := b.LeaseOutgoing(t.Context(), now, time.Hour)
	must(t, err)
	must(t, b.Delivered(t.Context(), d))
	return d.ID
}

func TestRevise(t *testing.T) {
	b, j, now := answered(t, analyze.Unclear)
	step := func(name string, level analyze.Level, note *Outgoing, want bool) {
		t.Helper()
		*now = now.Add(time.Minute)
		c := *j
		c.Level = level
		done, err := b.Revise(t.Context(), &c, note)
		if err != nil || done.Queued != want {
			t.Errorf("%s: Revise = %+v, %v, want queued %v", name, done, err, want)
		}
	}
	note := func() *Outgoing { return outgoing("anna@example.org") }
	step("not delivered yet", analyze.Scam, note(), false)
	deliver(t, b, *now)
	step("nothing to say", analyze.Scam, nil, false)
	step("to another", analyze.Scam, outgoing("eve@example.org"), false)
	step("the same to the reader", analyze.Authentic, note(), false)
	full := note()
	full.Limits = []Limit{{Kind: "note", Max: 1, Window: time.Hour}}
	step("changed", analyze.Suspicious, full, true)
	step("worse, but told already", analyze.Scam, note(), false)
	if id := deliver(t, b, *now); id != j.ID+"-2" {
		t.Errorf("the note is %s, want %s-2", id, j.ID)
	}
	step("back, over the limit", analyze.Unclear, full, false)
	step("back", analyze.Unclear, note(), true)
	step("and forth before it left: it is dropped, and nothing is to be said", analyze.Scam, note(), false)
	list, err := b.ListOutgoing(t.Context(), OutFailed)
	if err != nil || len(list) != 1 || list[0].ID != j.ID+"-3" || list[0].LastError != overtaken {
		t.Errorf("ListOutgoing(failed) = %+v, %v, want %s-3, overtaken", list, err, j.ID)
	}
	step("back again", analyze.Unclear, note(), true)
	deliver(t, b, *now)
	step("once too often", analyze.Scam, note(), false)
}

func TestHandleOutgoing(t *testing.T) {
	b, j, now := answered(t, analyze.Scam)
	ctx := t.Context()
	d, err := b.LeaseOutgoing(ctx, *now, time.Hour)
	must(t, err)
	for name, err := range map[string]error{"retry": b.RetryOutgoing(ctx, j.ID), "drop": b.DropOutgoing(ctx, j.ID, "x")} {
		if !errors.Is(err, ErrInDelivery) {
			t.Errorf("%s of a reply in delivery = %v, want ErrInDelivery", name, err)
		}
	}
	must(t, b.Postpone(ctx, d, now.Add(time.Hour)))
	if _, err := b.LeaseOutgoing(ctx, *now, time.Hour); !errors.Is(err, ErrNone) {
		t.Errorf("LeaseOutgoing(postponed) = %v, want ErrNone", err)
	}
	must(t, b.RetryOutgoing(ctx, j.ID))
	d, err = b.LeaseOutgoing(ctx, *now, time.Hour)
	must(t, err)
	if d.Attempts != 1 {
		t.Errorf("%d attempts after one was postponed, want 1", d.Attempts)
	}
	must(t, b.Defer(ctx, d, now.Add(time.Hour), "later"))
	must(t, b.DropOutgoing(ctx, j.ID, "no \x1b need"))
	o, err := b.Outgoing(ctx, j.ID)
	if err != nil || o.State != OutFailed || len(o.Raw) == 0 {
		t.Errorf("Outgoing = %+v, %v, want failed, with its message", o, err)
	}
	if err := b.DropOutgoing(ctx, j.ID, "again"); !errors.Is(err, ErrNotFound) {
		t.Errorf("DropOutgoing(dropped) = %v, want ErrNotFound", err)
	}
	must(t, b.RetryOutgoing(ctx, j.ID))
	if id := deliver(t, b, *now); id != j.ID {
		t.Errorf("delivered %s, want %s", id, j.ID)
	}
	for _, id := range []analyze.ID{j.ID, "", "x", j.ID + "-9", j.ID + "-1", j.ID + "-02", j.ID + "-2"} {
		if err := b.RetryOutgoing(ctx, id); !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrBadID) {
			t.Errorf("RetryOutgoing(%q) = %v, want ErrNotFound or ErrBadID", id, err)
		}
	}
}

// note does to the model what Revise does to replies, and tells whether a note
// is queued.
func (m *model) note(id analyze.ID, level analyze.Level, wanted bool) bool {
	told, next := m.told[id], analyze.ID("")
	for n := 1; n <= MaxNotes; n++ {
		note := noteID(id, n)
		state, there := m.out[note]
		if !there {
			next = note
			break
		}
		if state == OutWaiting && m.told[note].Warns() != level.Warns() {
			m.out[note] = OutFailed
		}
		if m.out[note] != OutFailed {
			told = m.told[note]
		}
	}
	if !wanted || next == "" || m.out[id] != OutDelivered || told.Warns() == level.Warns() {
		return false
	}
	m.out[next], m.told[next] = OutWaiting, level
	return true
}

// handle has a person make a reply due, or drop it.
func (m *model) handle() {
	for id, state := range m.out {
		drop, want := m.r.IntN(3) == 0, error(nil)
		if state == OutDelivered || drop && state == OutFailed {
			want = ErrNotFound
		}
		if drop {
			m.expect("DropOutgoing", m.b.DropOutgoing(m.t.Context(), id, "no"), want)
		} else {
			m.expect("RetryOutgoing", m.b.RetryOutgoing(m.t.Context(), id), want)
		}
		if want == nil {
			m.out[id] = map[bool]OutState{true: OutFailed, false: OutWaiting}[drop]
		}
		return
	}
}
