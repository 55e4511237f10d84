package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// MaxNotes is how many notes about another verdict follow one reply: the
// change, a mistake, and its cure.
const MaxNotes = 3

// overtaken is why a note is dropped that a newer verdict makes wrong.
const overtaken = "overtaken by a newer verdict"

// noteID is the ID of the nth note about a report, from 1; the reply's is the
// report's own.
func noteID(report analyze.ID, n int) analyze.ID {
	return analyze.ID(string(report) + "-" + strconv.Itoa(n+1))
}

// reportOf gives the report that a reply or note is about; false for what is
// the ID of neither.
func reportOf(id analyze.ID) (analyze.ID, bool) {
	report, rest, note := strings.Cut(string(id), "-")
	if note {
		n, err := strconv.Atoi(rest)
		note = err == nil && n >= 2 && n <= MaxNotes+1 && strconv.Itoa(n) == rest
		return analyze.ID(report), note && validID(analyze.ID(report))
	}
	return id, validID(id)
}

// Revise replaces a judgement, and queues a note about it in the same
// transaction.
func (b *Bolt) Revise(ctx context.Context, j *analyze.Judgement, note *Outgoing) (Finished, error) {
	if !validID(j.ID) {
		return Finished{}, fmt.Errorf("%w: %q", ErrBadID, j.ID)
	}
	if note != nil && len(note.Raw) > MaxReply {
		return Finished{}, fmt.Errorf("%w: note of %d octets", ErrTooLarge, len(note.Raw))
	}
	packed, err := b.packJudgement(j)
	if err != nil {
		return Finished{}, err
	}
	now := b.o.Now().UTC()
	var done Finished
	err = b.update(ctx, func(tx *bbolt.Tx) error {
		if err := b.replace(tx, j, packed); err != nil {
			return err
		}
		said, err := b.told(tx, j, now)
		if err != nil {
			return err
		}
		done, err = b.queueNote(tx, j, note, said, now)
		return err
	})
	if err != nil {
		return Finished{}, err
	}
	b.taught()
	if done.Queued {
		b.announce()
	}
	return done, nil
}

// announce wakes those who deliver.
func (b *Bolt) announce() {
	b.outgoing.ring()
	select {
	case b.outWake <- struct{}{}:
	default:
	}
}

// reader is what the reader of a reply knows.
type reader struct {
	first *storedOut    // nil: nobody was answered
	level analyze.Level // told last
	notes int           // queued so far, those that were overtaken too
}

// told finds out what the reader was told last. A note that still waits and
// says something else than j is dropped.
func (b *Bolt) told(tx *bbolt.Tx, j *analyze.Judgement, now time.Time) (reader, error) {
	var r reader
	for n := 0; n <= MaxNotes; n++ {
		id := j.ID
		if n > 0 {
			id = noteID(j.ID, n)
		}
		v := tx.Bucket(bucketOut).Get([]byte(id))
		if v == nil {
			break
		}
		s := new(storedOut)
		if err := json.Unmarshal(v, s); err != nil {
			return r, fmt.Errorf("store: reply %s: %w", id, err)
		}
		if n == 0 {
			r.first = s
		} else {
			r.notes++
		}
		if n > 0 && s.State == OutWaiting && s.Told.Warns() != j.Level.Warns() {
			if err := b.end(tx, s, OutFailed, overtaken, now); err != nil {
				return r, err
			}
		}
		if s.State != OutFailed {
			r.level = s.Told
		}
	}
	return r, nil
}

// queueNote queues a note, where its reader was answered, knows another
// verdict, and has not had too many.
func (b *Bolt) queueNote(tx *bbolt.Tx, j *analyze.Judgement, note *Outgoing, r reader, now time.Time) (Finished, error) {
	switch {
	case note == nil, r.first == nil, r.first.State != OutDelivered, r.first.To != note.To, r.level == "",
		r.level.Warns() == j.Level.Warns(), r.notes >= MaxNotes:
		return Finished{}, nil
	}
	if l := passed(tx, note.Limits, now); l != nil {
		return Finished{Limit: l}, nil
	}
	o := *note
	o.Told = j.Level
	return Finished{Queued: true}, b.queueOut(tx, noteID(j.ID, r.notes+1), j.ID, &o, now)
}

// passed gives the limit that one more reply would pass, if any.
func passed(tx *bbolt.Tx, limits []Limit, now time.Time) *Limit {
	for i, l := range limits {
		if l.Max > 0 && countAnswers(tx, l.Kind, l.Value, now.Add(-min(l.Window, MaxMemory)), l.Max) >= l.Max {
			return &limits[i]
		}
	}
	return nil
}

// queueOut queues a reply or note, and counts it under its limits.
func (b *Bolt) queueOut(tx *bbolt.Tx, id, report analyze.ID, out *Outgoing, now time.Time) error {
	if err := forgetAnswers(tx, now); err != nil {
		return err
	}
	for _, l := range out.Limits {
		if err := rememberAnswer(tx, l.Kind, l.Value, id, now); err != nil {
			return err
		}
	}
	o := *out
	o.ID, o.ReportID, o.State, o.Attempts, o.LastError = id, report, OutWaiting, 0, ""
	o.Created, o.Changed = now, now
	if o.NotBefore.IsZero() {
		o.NotBefore = now
	}
	return b.putReply(tx, &o)
}

// end takes a waiting reply out of the queue.
func (b *Bolt) end(tx *bbolt.Tx, s *storedOut, state OutState, why string, now time.Time) error {
	if err := tx.Bucket(bucketOutDue).Delete(dueKey(s.Due, s.ID)); err != nil {
		return err
	}
	s.Token, s.State, s.LastError, s.Changed = "", state, cut(why, maxReason), now
	if err := count(tx, counterWaiting, -1); err != nil {
		return err
	}
	if err := count(tx, outCounters[state], 1); err != nil {
		return err
	}
	return writeOut(tx, s)
}

// RetryOutgoing makes a reply due now. One that was given up waits again, as
// if it were new.
func (b *Bolt) RetryOutgoing(ctx context.Context, id analyze.ID) error {
	now := b.o.Now().UTC()
	err := b.step(ctx, id, now, func(tx *bbolt.Tx, s *storedOut) error {
		if s.State == OutFailed {
			if err := count(tx, counterFailed, -1); err != nil {
				return err
			}
			if err := count(tx, counterWaiting, 1); err != nil {
				return err
			}
			s.State, s.Created, s.Attempts = OutWaiting, now, 0
		} else if err := tx.Bucket(bucketOutDue).Delete(dueKey(s.Due, s.ID)); err != nil {
			return err
		}
		s.Due, s.NotBefore, s.Changed, s.Token = now, now, now, ""
		return writeOut(tx, s)
	})
	if err == nil {
		b.announce()
	}
	return err
}

// DropOutgoing gives a waiting reply up.
func (b *Bolt) DropOutgoing(ctx context.Context, id analyze.ID, reason string) error {
	now := b.o.Now().UTC()
	return b.step(ctx, id, now, func(tx *bbolt.Tx, s *storedOut) error {
		if s.State != OutWaiting {
			return refuse(fmt.Errorf("%w: reply %s does not wait, it is %s", ErrNotFound, id, s.State))
		}
		return b.end(tx, s, OutFailed, reason, now)
	})
}

// step changes a reply that has not been delivered and is not in delivery now.
func (b *Bolt) step(ctx context.Context, id analyze.ID, now time.Time, change func(*bbolt.Tx, *storedOut) error) error {
	if _, ok := reportOf(id); !ok {
		return fmt.Errorf("%w: %q", ErrBadID, id)
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		s, err := findOut(tx, id)
		if err != nil {
			return refuse(err)
		}
		switch {
		case s.State == OutDelivered:
			return refuse(fmt.Errorf("%w: reply %s was delivered", ErrNotFound, id))
		case s.State == OutWaiting && s.Token != "" && s.Due.After(now):
			return refuse(fmt.Errorf("%w: reply %s", ErrInDelivery, id))
		}
		return change(tx, s)
	})
}

// Outgoing gives one reply, with Raw unless it was delivered.
func (b *Bolt) Outgoing(ctx context.Context, id analyze.ID) (*Outgoing, error) {
	var s *storedOut
	var packed []byte
	err := b.view(ctx, func(tx *bbolt.Tx) (err error) {
		if s, err = findOut(tx, id); err == nil {
			packed = bytes.Clone(tx.Bucket(bucketOutRaw).Get([]byte(id)))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if packed != nil {
		if s.Raw, err = b.codec.unpack(packed); err != nil {
			return nil, fmt.Errorf("store: reply %s: %w", id, err)
		}
	}
	return &s.Outgoing, nil
}
