package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// storedOut is a reply in the database, without Raw.
type storedOut struct {
	Outgoing
	Due   time.Time `json:"due"` // its key in out-due, while it waits
	Token string    `json:"token,omitempty"`
}

// outCounters are the counters of the states.
var outCounters = map[OutState]string{
	OutWaiting: counterWaiting, OutDelivered: counterDelivered, OutFailed: counterFailed,
}

// putReply writes a new reply.
func (b *Bolt) putReply(tx *bbolt.Tx, o *Outgoing) error {
	if err := tx.Bucket(bucketOutRaw).Put([]byte(o.ID), b.codec.pack(o.Raw)); err != nil {
		return err
	}
	if err := count(tx, counterWaiting, 1); err != nil {
		return err
	}
	return writeOut(tx, &storedOut{Outgoing: *o, Due: o.NotBefore})
}

// writeOut writes a reply's state, and its due time while it waits.
func writeOut(tx *bbolt.Tx, s *storedOut) error {
	v, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if s.State == OutWaiting {
		if err := tx.Bucket(bucketOutDue).Put(dueKey(s.Due, s.ID), mark); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketOut).Put([]byte(s.ID), v)
}

func findOut(tx *bbolt.Tx, id analyze.ID) (*storedOut, error) {
	v := tx.Bucket(bucketOut).Get([]byte(id))
	if v == nil {
		return nil, fmt.Errorf("%w: reply %s", ErrNotFound, id)
	}
	s := new(storedOut)
	if err := json.Unmarshal(v, s); err != nil {
		return nil, fmt.Errorf("store: reply %s: %w", id, err)
	}
	return s, nil
}

// LeaseOutgoing hands out the reply that has been due for longest.
func (b *Bolt) LeaseOutgoing(ctx context.Context, now time.Time, hold time.Duration) (*Delivery, error) {
	if next, err := b.firstDue(ctx, bucketOutDue); err != nil {
		return nil, err
	} else if next.IsZero() || next.After(now) {
		return nil, ErrNone
	}
	token, err := b.token()
	if err != nil {
		return nil, err
	}
	var s *storedOut
	var packed []byte
	err = b.update(ctx, func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket(bucketOutDue).Cursor().First()
		due, id, ok := splitDue(k)
		if !ok || due.After(now) {
			return refuse(ErrNone)
		}
		if s, err = findOut(tx, id); err != nil {
			return refuse(err)
		}
		packed = bytes.Clone(tx.Bucket(bucketOutRaw).Get([]byte(id)))
		if err := tx.Bucket(bucketOutDue).Delete(k); err != nil {
			return err
		}
		s.Attempts++
		s.Token, s.Due = token, now.Add(hold)
		return writeOut(tx, s)
	})
	if err != nil {
		return nil, err
	}
	d := &Delivery{Outgoing: s.Outgoing, Token: token, Until: s.Due}
	if d.Raw, err = b.codec.unpack(packed); err != nil {
		why := fmt.Errorf("store: reply %s cannot be read back: %w", d.ID, err)
		return nil, errors.Join(why, b.Fail(ctx, d, why.Error()))
	}
	return d, nil
}

// WaitOutgoing returns when LeaseOutgoing may have something.
func (b *Bolt) WaitOutgoing(ctx context.Context) error {
	return b.waitDue(ctx, bucketOutDue, &b.outgoing)
}

// NextOutgoing tells when the next reply is due.
func (b *Bolt) NextOutgoing(ctx context.Context) (time.Time, error) {
	return b.firstDue(ctx, bucketOutDue)
}

// OutgoingWake gives a channel that holds a value after replies were queued.
func (b *Bolt) OutgoingWake() <-chan struct{} { return b.outWake }

// Delivered ends a reply: it was taken by the next host.
func (b *Bolt) Delivered(ctx context.Context, d *Delivery) error {
	return b.settle(ctx, d, func(s *storedOut) { s.State, s.LastError = OutDelivered, "" })
}

// Defer makes a reply due again.
func (b *Bolt) Defer(ctx context.Context, d *Delivery, until time.Time, why string) error {
	err := b.settle(ctx, d, func(s *storedOut) { s.Due, s.NotBefore, s.LastError = until, until, cut(why, maxReason) })
	if err == nil {
		b.outgoing.ring()
	}
	return err
}

// Postpone makes a reply due again, its attempt not counted.
func (b *Bolt) Postpone(ctx context.Context, d *Delivery, until time.Time) error {
	err := b.settle(ctx, d, func(s *storedOut) { s.Due, s.NotBefore, s.Attempts = until, until, max(s.Attempts-1, 0) })
	if err == nil {
		b.outgoing.ring()
	}
	return err
}

// Fail gives a reply up. Its Raw is kept, to be looked at.
func (b *Bolt) Fail(ctx context.Context, d *Delivery, why string) error {
	return b.settle(ctx, d, func(s *storedOut) { s.State, s.LastError = OutFailed, cut(why, maxReason) })
}

// settle ends a delivery with a change of its reply.
func (b *Bolt) settle(ctx context.Context, d *Delivery, change func(*storedOut)) error {
	now := b.o.Now().UTC()
	return b.update(ctx, func(tx *bbolt.Tx) error {
		s, err := findOut(tx, d.ID)
		if errors.Is(err, ErrNotFound) {
			return refuse(ErrStale)
		}
		if err != nil {
			return refuse(err)
		}
		if s.State != OutWaiting || d.Token == "" || s.Token != d.Token {
			return refuse(ErrStale)
		}
		if err := tx.Bucket(bucketOutDue).Delete(dueKey(s.Due, s.ID)); err != nil {
			return err
		}
		change(s)
		s.Token, s.Changed = "", now
		if s.State != OutWaiting {
			if err := count(tx, counterWaiting, -1); err != nil {
				return err
			}
			if err := count(tx, outCounters[s.State], 1); err != nil {
				return err
			}
		}
		if s.State == OutDelivered {
			if err := tx.Bucket(bucketOutRaw).Delete([]byte(s.ID)); err != nil {
				return err
			}
		}
		return writeOut(tx, s)
	})
}

// ListOutgoing gives replies, newest first.
func (b *Bolt) ListOutgoing(ctx context.Context, state OutState) ([]Outgoing, error) {
	out := []Outgoing{}
	var from []byte // the last key of the page before
	for len(out) < MaxList {
		seen := 0
		err := b.view(ctx, func(tx *bbolt.Tx) error {
			c := tx.Bucket(bucketOut).Cursor()
			k, v := seekBefore(c, from)
			for ; k != nil && seen < pageSize && len(out) < MaxList; k, v = c.Prev() {
				seen++
				from = bytes.Clone(k)
				var s storedOut
				if err := json.Unmarshal(v, &s); err != nil {
					return fmt.Errorf("store: reply %s: %w", k, err)
				}
				if state == OutAny || s.State == state {
					out = append(out, s.Outgoing)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if seen < pageSize {
			break
		}
	}
	return out, nil
}
