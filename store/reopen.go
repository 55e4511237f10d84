package store

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// freeLeases ends the leases that a process left behind which is gone: this
// one holds the directory alone, so nobody else can finish them. They
// count apart: a process may have been killed for any reason. Without it a report would wait for its lease to run out after
// every crash, and a reply for half an hour.
func freeLeases(tx *bbolt.Tx, now time.Time) error {
	for _, id := range dueAfter(tx, bucketDue, now) {
		j, ok, err := findJob(tx, id)
		if err != nil {
			return err
		}
		if !ok || j.Token == "" {
			continue // put off, not leased
		}
		to := j
		to.Token, to.Due = "", now
		to.Attempts, to.Deaths = max(j.Attempts-1, 0), j.Deaths+1
		if err := requeue(tx, id, j, to); err != nil {
			return err
		}
	}
	for _, id := range dueAfter(tx, bucketOutDue, now) {
		s, err := findOut(tx, id)
		if err != nil {
			return err
		}
		if s.Token == "" {
			continue
		}
		if err := tx.Bucket(bucketOutDue).Delete(dueKey(s.Due, s.ID)); err != nil {
			return err
		}
		s.Token, s.Due = "", now
		if err := writeOut(tx, s); err != nil {
			return err
		}
	}
	return nil
}

// dueAfter gives what is due later than now, and so cannot be leased yet.
func dueAfter(tx *bbolt.Tx, bucket []byte, now time.Time) []analyze.ID {
	var ids []analyze.ID
	c := tx.Bucket(bucket).Cursor()
	for k, _ := c.Seek(timeKey(now)); k != nil; k, _ = c.Next() {
		if _, id, ok := splitDue(k); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// reopen prepares the database for this process.
func (b *Bolt) reopen(tx *bbolt.Tx) error {
	if err := prepare(tx); err != nil {
		return fmt.Errorf("store: preparing the database: %w", err)
	}
	return freeLeases(tx, b.o.Now())
}
