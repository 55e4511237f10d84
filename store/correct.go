package store

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// maxCorrection is the longest correction in octets of JSON: its signs and
// note are bounded by whoever makes it.
const maxCorrection = 64 << 10

// putCorrection keeps the correction of a judgement beside it, or takes it
// away, so that all are read without reading the judgements.
func putCorrection(tx *bbolt.Tx, j *analyze.Judgement) error {
	bucket := tx.Bucket(bucketCorrect)
	if j.Correction == nil {
		return bucket.Delete([]byte(j.ID))
	}
	c := *j.Correction
	c.ID = j.ID
	v, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("store: correction %s: %w", j.ID, err)
	}
	if len(v) > maxCorrection {
		return fmt.Errorf("%w: correction of %d octets", ErrTooLarge, len(v))
	}
	return bucket.Put([]byte(j.ID), v)
}

// Corrections gives what analysts said, of the newest reports first.
func (b *Bolt) Corrections(ctx context.Context) ([]analyze.Correction, error) {
	out := []analyze.Correction{}
	err := b.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketCorrect).Cursor()
		for k, v := c.Last(); k != nil && len(out) < MaxCorrections; k, v = c.Prev() {
			var one analyze.Correction
			if err := json.Unmarshal(v, &one); err != nil {
				return fmt.Errorf("store: correction %s: %w", k, err)
			}
			out = append(out, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// taught wakes those who wait for corrections.
func (b *Bolt) taught() {
	b.mu.Lock()
	b.lessons++
	b.mu.Unlock()
	b.teaching.ring()
}

// WaitCorrections returns once a judgement was replaced since before.
func (b *Bolt) WaitCorrections(ctx context.Context, before int) (int, error) {
	for {
		heard := b.teaching.heard() // before looking, so that no ring is missed
		b.mu.Lock()
		now := b.lessons
		b.mu.Unlock()
		if now != before {
			return now, nil
		}
		select {
		case <-heard:
		case <-ctx.Done():
			return before, ctx.Err()
		case <-b.stop:
			return before, ErrClosed
		}
	}
}
