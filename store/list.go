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

const (
	// pageSize is how many keys are read in one transaction: pages that an
	// open read transaction can see are not used again, so that one that
	// stays open makes the file grow, and the file never shrinks.
	pageSize = 1000
	// probe is how many keys of each index are counted to find the one with
	// the fewest.
	probe = 200
	// exportPage is how many judgements are looked up before the first of
	// them is given.
	exportPage = 100
)

// List gives judged reports, newest first.
func (b *Bolt) List(ctx context.Context, q Query) ([]Summary, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultList
	}
	limit = min(limit, MaxList)
	if q.Before != "" && !validID(q.Before) {
		return nil, fmt.Errorf("%w: %q", ErrBadID, q.Before)
	}
	w := walk{q: q, filters: filters(q), below: upper(q), limit: limit, out: []Summary{}}
	for !w.ended && len(w.out) < limit {
		if err := b.view(ctx, w.page); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

// filters are the indexes that a query asks for.
func filters(q Query) []entry {
	var fs []entry
	for _, e := range []entry{
		{idxIndicator, q.Indicator}, {idxReporter, q.Reporter}, {idxDomain, q.Domain},
		{idxBrand, q.Brand}, {idxVerdict, string(q.Level)},
	} {
		if e.value != "" {
			fs = append(fs, e)
		}
	}
	return fs
}

// upper gives the ID that all results are below; empty when there is no bound.
func upper(q Query) analyze.ID {
	below := q.Before
	if !q.Until.IsZero() {
		if u := idAt(q.Until); below == "" || u < below {
			below = u
		}
	}
	return below
}

// walk is a List under way, page by page.
type walk struct {
	q       Query
	filters []entry
	below   analyze.ID
	limit   int
	out     []Summary
	ended   bool
}

// page reads up to pageSize keys in one transaction.
func (w *walk) page(tx *bbolt.Tx) error {
	prefix, bucket := w.source(tx)
	floor := analyze.ID("")
	if !w.q.Since.IsZero() {
		floor = idAt(w.q.Since)
	}
	c := bucket.Cursor()
	k, _ := seekBelow(c, prefix, w.below)
	for n := 0; n < pageSize; n++ {
		if k == nil || !bytes.HasPrefix(k, prefix) || len(k) != len(prefix)+idLen {
			w.ended = true
			return nil
		}
		id := analyze.ID(k[len(prefix):])
		if id < floor {
			w.ended = true
			return nil
		}
		w.below = id
		if err := w.consider(tx, id); err != nil {
			return err
		}
		if len(w.out) == w.limit {
			return nil
		}
		k, _ = c.Prev()
	}
	return nil
}

// source gives the bucket to walk: the index with the fewest keys, or the
// summaries themselves.
func (w *walk) source(tx *bbolt.Tx) (prefix []byte, b *bbolt.Bucket) {
	best := probe + 1
	for _, f := range w.filters {
		p := indexKey(f.value, "")
		c := tx.Bucket(f.bucket).Cursor()
		n := 0
		for k, _ := c.Seek(p); n <= probe && bytes.HasPrefix(k, p); k, _ = c.Next() {
			n++
		}
		if b == nil || n < best {
			best, prefix, b = n, p, tx.Bucket(f.bucket)
		}
	}
	if b == nil {
		return nil, tx.Bucket(bucketSummary)
	}
	return prefix, b
}

// consider adds a report when all of the query fits it.
func (w *walk) consider(tx *bbolt.Tx, id analyze.ID) error {
	for _, f := range w.filters {
		if tx.Bucket(f.bucket).Get(indexKey(f.value, id)) == nil {
			return nil
		}
	}
	v := tx.Bucket(bucketSummary).Get([]byte(id))
	if v == nil {
		return nil // Verify tells of it
	}
	var s Summary
	if err := json.Unmarshal(v, &s); err != nil {
		return fmt.Errorf("store: summary %s: %w", id, err)
	}
	if w.q.Corrected && s.Corrected == "" {
		return nil
	}
	if w.q.Text == "" || s.fits(w.q.Text) {
		w.out = append(w.out, s)
	}
	return nil
}

// seekBelow sets a cursor to the last key with this prefix whose ID is below;
// no bound when that is empty.
func seekBelow(c *bbolt.Cursor, prefix []byte, below analyze.ID) (k, v []byte) {
	bound := append(bytes.Clone(prefix), below...)
	if below == "" {
		bound = append(bound, 0xff) // IDs are ASCII
	}
	return seekBefore(c, bound)
}

// seekBefore sets a cursor to the last key before one; to the last of all
// when that is nil.
func seekBefore(c *bbolt.Cursor, key []byte) (k, v []byte) {
	if key == nil {
		return c.Last()
	}
	if k, _ := c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// Export calls f with each judgement.
func (b *Bolt) Export(ctx context.Context, q Query, f func(*analyze.Judgement) error) error {
	left := q.Limit
	for {
		q.Limit = exportPage
		if left > 0 {
			q.Limit = min(left, exportPage)
		}
		page, err := b.List(ctx, q)
		if err != nil {
			return err
		}
		for i := range page {
			q.Before = page[i].ID
			j, err := b.Judgement(ctx, page[i].ID)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := f(j); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		if left > 0 {
			if left -= len(page); left == 0 {
				return nil
			}
		}
	}
}

// dayName is the day of a time, UTC.
func dayName(t time.Time) string { return t.UTC().Format(time.DateOnly) }
