package store

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// forgetAtOnce is how many old answers are forgotten with each new one: more
// than come, so that the memory shrinks to MaxMemory.
const forgetAtOnce = 64

// answerPrefix begins the keys of a kind and value.
func answerPrefix(kind, value string) []byte {
	return []byte(indexValue(kind) + "\x00" + indexValue(value) + "\x00")
}

func rememberAnswer(tx *bbolt.Tx, kind, value string, id analyze.ID, now time.Time) error {
	key := append(answerPrefix(kind, value), dueKey(now, id)...)
	if err := tx.Bucket(bucketAnswers).Put(key, mark); err != nil {
		return err
	}
	return tx.Bucket(bucketAnswerAt).Put(append(timeKey(now), key...), mark)
}

// forgetAnswers drops answers older than MaxMemory.
func forgetAnswers(tx *bbolt.Tx, now time.Time) error {
	end := timeKey(now.Add(-MaxMemory))
	at := tx.Bucket(bucketAnswerAt)
	for range forgetAtOnce {
		k, _ := at.Cursor().First()
		if k == nil || bytes.Compare(k[:8], end) >= 0 {
			return nil
		}
		if err := tx.Bucket(bucketAnswers).Delete(k[8:]); err != nil {
			return err
		}
		if err := at.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// countAnswers counts up to a bound.
func countAnswers(tx *bbolt.Tx, kind, value string, since time.Time, bound int) int {
	prefix := answerPrefix(kind, value)
	c := tx.Bucket(bucketAnswers).Cursor()
	n := 0
	for k, _ := c.Seek(append(bytes.Clone(prefix), timeKey(since)...)); n < bound && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		n++
	}
	return n
}

// CountAnswers tells how many replies were queued since then.
func (b *Bolt) CountAnswers(ctx context.Context, kind, value string, since time.Time) (n int, err error) {
	err = b.view(ctx, func(tx *bbolt.Tx) error {
		n = countAnswers(tx, kind, value, since, math.MaxInt)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store: counting answers: %w", err)
	}
	return n, nil
}
