package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// Counters of the whole store, kept in the transactions that change what they
// count.
const (
	counterPending   = "pending"
	counterParked    = "parked"
	counterWaiting   = "out-waiting"
	counterDelivered = "out-delivered"
	counterFailed    = "out-failed"
)

// Kinds of counts by day.
const (
	dayReports = "reports"
	dayLevel   = "level"
	dayBrand   = "brand"
	dayDomain  = "domain"
)

// topCounts is how many brands and domains Stats names.
const topCounts = 50

// count adds to a counter.
func count(tx *bbolt.Tx, name string, by int) error {
	return add(tx.Bucket(bucketCounters), []byte(name), by)
}

// add adds to a number in a bucket, which is gone when it is zero.
func add(b *bbolt.Bucket, key []byte, by int) error {
	n := number(b.Get(key)) + by
	if n == 0 {
		return b.Delete(key)
	}
	return b.Put(key, binary.BigEndian.AppendUint64(nil, uint64(n)))
}

func number(v []byte) int {
	if len(v) != 8 {
		return 0
	}
	return int(binary.BigEndian.Uint64(v))
}

func dayKey(day, kind, value string) []byte {
	return []byte(day + "\x00" + kind + "\x00" + indexValue(value))
}

// dayKeys are the counts by day that a judgement is in.
func dayKeys(j *analyze.Judgement) [][]byte {
	day := dayName(j.At)
	keys := [][]byte{dayKey(day, dayReports, ""), dayKey(day, dayLevel, string(j.Level))}
	if j.Brand != "" {
		keys = append(keys, dayKey(day, dayBrand, j.Brand))
	}
	for _, d := range senderDomains(j) {
		keys = append(keys, dayKey(day, dayDomain, d))
	}
	return keys
}

// countJudgement adds a judgement to the counts, or takes it out.
func countJudgement(tx *bbolt.Tx, j *analyze.Judgement, by int) error {
	days := tx.Bucket(bucketDays)
	for _, k := range dayKeys(j) {
		if err := add(days, k, by); err != nil {
			return err
		}
	}
	return nil
}

// tally is a Stats under way.
type tally struct {
	next    []byte // where the next page begins
	ended   bool
	days    map[string]*DayStats
	brands  map[string]int
	domains map[string]int
	st      Stats
}

// Stats counts judged reports.
func (b *Bolt) Stats(ctx context.Context, since time.Time) (Stats, error) {
	t := tally{days: map[string]*DayStats{}, brands: map[string]int{}, domains: map[string]int{}}
	t.st = Stats{Since: since.UTC(), Levels: map[analyze.Level]int{}, Days: []DayStats{}}
	if !since.IsZero() {
		t.next = []byte(dayName(since))
	}
	for !t.ended {
		if err := b.view(ctx, t.page); err != nil {
			return Stats{}, err
		}
	}
	for _, d := range t.days {
		t.st.Days = append(t.st.Days, *d)
	}
	slices.SortFunc(t.st.Days, func(a, b DayStats) int { return strings.Compare(a.Day, b.Day) })
	t.st.Brands, t.st.Domains = top(t.brands), top(t.domains)
	return t.st, nil
}

func (t *tally) page(tx *bbolt.Tx) error {
	c := tx.Bucket(bucketDays).Cursor()
	k, v := c.Seek(t.next)
	for n := 0; k != nil; k, v = c.Next() {
		if n++; n > pageSize {
			t.next = bytes.Clone(k)
			return nil
		}
		parts := strings.SplitN(string(k), "\x00", 3)
		if len(parts) != 3 {
			return fmt.Errorf("store: count %q", k)
		}
		t.add(parts[0], parts[1], parts[2], number(v))
	}
	t.ended = true
	get := func(name string) int { return number(tx.Bucket(bucketCounters).Get([]byte(name))) }
	t.st.Pending, t.st.Parked = get(counterPending), get(counterParked)
	t.st.Waiting, t.st.Delivered, t.st.Failed = get(counterWaiting), get(counterDelivered), get(counterFailed)
	return nil
}

func (t *tally) add(day, kind, value string, n int) {
	d := t.days[day]
	if d == nil {
		d = &DayStats{Day: day, Levels: map[analyze.Level]int{}}
		t.days[day] = d
	}
	switch kind {
	case dayReports:
		d.Reports += n
		t.st.Reports += n
	case dayLevel:
		d.Levels[analyze.Level(value)] += n
		t.st.Levels[analyze.Level(value)] += n
	case dayBrand:
		t.brands[value] += n
	case dayDomain:
		t.domains[value] += n
	}
}

// top gives the largest counts, most first, then by name.
func top(m map[string]int) []Count {
	cs := make([]Count, 0, len(m))
	for name, n := range m {
		cs = append(cs, Count{name, n})
	}
	slices.SortFunc(cs, func(a, b Count) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	return cs[:min(len(cs), topCounts)]
}
