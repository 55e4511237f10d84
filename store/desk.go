package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// park moves a job from the queue to the parked.
func park(tx *bbolt.Tx, id analyze.ID, j job, reason string, now time.Time) error {
	p := Parked{ID: id, ParkedAt: now.UTC(), Attempts: j.Attempts, Reason: cut(reason, maxReason)}
	if s, err := findReport(tx, id); err == nil {
		p.At, p.MailFrom, p.Size = s.At, s.Envelope.MailFrom, s.Size
	}
	v, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := dequeue(tx, id, j); err != nil {
		return err
	}
	if err := tx.Bucket(bucketParked).Put([]byte(id), v); err != nil {
		return err
	}
	if err := count(tx, counterPending, -1); err != nil {
		return err
	}
	return count(tx, counterParked, 1)
}

// Parked lists the parked reports, oldest first, at most MaxList.
func (b *Bolt) Parked(ctx context.Context) (out []Parked, err error) {
	err = b.view(ctx, func(tx *bbolt.Tx) error {
		out = []Parked{}
		c := tx.Bucket(bucketParked).Cursor()
		for k, v := c.First(); k != nil && len(out) < MaxList; k, v = c.Next() {
			var p Parked
			if err := json.Unmarshal(v, &p); err != nil {
				return fmt.Errorf("store: parked %s: %w", k, err)
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// Retry queues a parked report anew, as if it had just come.
func (b *Bolt) Retry(ctx context.Context, id analyze.ID) error {
	now := b.o.Now()
	err := b.update(ctx, func(tx *bbolt.Tx) error {
		parked := tx.Bucket(bucketParked)
		if !validID(id) || parked.Get([]byte(id)) == nil {
			return refuse(fmt.Errorf("%w: no parked report %q", ErrNotFound, id))
		}
		if err := parked.Delete([]byte(id)); err != nil {
			return err
		}
		if err := enqueue(tx, id, job{Due: now}); err != nil {
			return err
		}
		if err := count(tx, counterParked, -1); err != nil {
			return err
		}
		return count(tx, counterPending, 1)
	})
	if err == nil {
		b.reports.ring()
	}
	return err
}

// ParkReport takes a waiting report out of the queue. Whoever has it leased
// finds the lease stale.
func (b *Bolt) ParkReport(ctx context.Context, id analyze.ID, reason string) error {
	now := b.o.Now()
	return b.update(ctx, func(tx *bbolt.Tx) error {
		if !validID(id) {
			return refuse(fmt.Errorf("%w: %q", ErrBadID, id))
		}
		j, ok, err := findJob(tx, id)
		if err != nil {
			return refuse(err)
		}
		if !ok {
			return refuse(fmt.Errorf("%w: no waiting report %s", ErrNotFound, id))
		}
		return park(tx, id, j, reason, now)
	})
}
