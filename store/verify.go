package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"reportascam/analyze"
	"reportascam/store/journal"
)

// maxProblems is how many problems Verify lists: with more, the rest tells
// nothing new.
const maxProblems = 100

// Verify checks the database's pages, that everything in it belongs together,
// and the journal's checksums. Nothing is written to the database while the
// pages are checked: reports are accepted meanwhile, and judged afterwards. The
// rest is read in one read transaction, so that the file may grow.
func (b *Bolt) Verify(ctx context.Context) (Checked, error) {
	v := &verifier{ctx: ctx, codec: b.codec}
	v.c.Problems = []string{}
	st, err := b.journal.Check(ctx)
	if err != nil {
		return v.c, sortError(err)
	}
	v.journal(st)
	if err := b.isBroken(); err != nil {
		v.problem("%v", err)
	}
	if err := b.checkPages(v); err != nil {
		return v.c, err
	}
	if err := b.view(ctx, v.run); err != nil {
		return v.c, err
	}
	return v.c, ctx.Err()
}

// checkPages checks the pages in a write transaction that writes nothing:
// bbolt compares them with its list of free pages in memory, which belongs to
// whoever writes, and finds faults that are none beside a writer.
func (b *Bolt) checkPages(v *verifier) error {
	err := b.db.Update(func(tx *bbolt.Tx) error {
		v.pages(tx)
		return errUndo
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	if !errors.Is(err, errUndo) {
		return fmt.Errorf("store: checking pages: %w", err)
	}
	return nil
}

// verifier is a Verify under way.
type verifier struct {
	ctx   context.Context
	codec *codec
	tx    *bbolt.Tx
	c     Checked
	days  map[string]int // the counts by day as they should be
	nidx  map[string]int // the number of index entries, the same
	outs  map[OutState]int
}

func (v *verifier) problem(format string, args ...any) {
	if len(v.c.Problems) == maxProblems {
		v.c.Truncated = true
		return
	}
	v.c.Problems = append(v.c.Problems, cut(fmt.Sprintf(format, args...), maxReason))
}

func (v *verifier) journal(st journal.State) {
	v.c.Journal = st.Records
	for _, d := range st.Damaged {
		if !d.Torn {
			v.problem("%s", d)
		}
	}
	for _, n := range st.Kept {
		v.problem("a damaged journal segment was kept: %s", n)
	}
}

func (v *verifier) run(tx *bbolt.Tx) (err error) {
	defer func() {
		// A page that Check has found damaged makes bbolt panic when read.
		if r := recover(); r != nil {
			v.problem("database cannot be read on: %v", r)
		}
	}()
	v.tx, v.days, v.nidx, v.outs = tx, map[string]int{}, map[string]int{}, map[OutState]int{}
	for _, step := range []func(){
		v.reports, v.queue, v.due, v.parked, v.judgements, v.indexes, v.replies, v.answers, v.counters,
	} {
		if v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		step()
	}
	return nil
}

// pages has bbolt check its own structure.
func (v *verifier) pages(tx *bbolt.Tx) {
	for err := range tx.Check() { // to its end, or its goroutine stays
		v.problem("database pages: %v", err)
	}
}

// each calls f with all of a bucket, until the context ends.
func (v *verifier) each(bucket []byte, f func(k, val []byte)) {
	c := v.tx.Bucket(bucket).Cursor()
	for k, val := c.First(); k != nil && v.ctx.Err() == nil; k, val = c.Next() {
		f(k, val)
	}
}

func (v *verifier) has(bucket, key []byte) bool { return v.tx.Bucket(bucket).Get(key) != nil }

// reports: each has its message, and waits, is judged or is parked.
func (v *verifier) reports() {
	v.each(bucketReport, func(k, val []byte) {
		v.c.Reports++
		var s storedReport
		if err := json.Unmarshal(val, &s); err != nil || string(s.ID) != string(k) {
			v.problem("report %s cannot be read: %v", k, err)
			return
		}
		raw, err := v.codec.unpack(v.tx.Bucket(bucketRaw).Get(k))
		if err != nil || len(raw) != s.Size || crc32.Checksum(raw, castagnoli) != s.Sum {
			v.problem("message of report %s is damaged: %v", k, err)
		}
		n := 0
		for _, in := range [][]byte{bucketQueue, bucketJudged, bucketParked} {
			if v.has(in, k) {
				n++
			}
		}
		if n != 1 {
			v.problem("report %s is in %d of queue, judgements and parked", k, n)
		}
	})
	for _, bucket := range [][]byte{bucketRaw, bucketQueue, bucketJudged, bucketParked, bucketCorrect} {
		v.each(bucket, func(k, _ []byte) {
			if !v.has(bucketReport, k) {
				v.problem("%s has %x without a report", bucket, k)
			}
		})
	}
	v.each(bucketOddments, func(k, _ []byte) {
		v.problem("a journal record that is no report was kept apart: %s", k)
	})
}

func (v *verifier) queue() {
	v.each(bucketQueue, func(k, val []byte) {
		v.c.Pending++
		var j job
		if err := json.Unmarshal(val, &j); err != nil {
			v.problem("queue entry %s cannot be read: %v", k, err)
			return
		}
		if !v.has(bucketDue, dueKey(j.Due, analyze.ID(k))) {
			v.problem("report %s waits but never falls due", k)
		}
	})
}

// due: as many entries as there are jobs, each of which has its own.
func (v *verifier) due() {
	n := 0
	v.each(bucketDue, func([]byte, []byte) { n++ })
	if n != v.c.Pending {
		v.problem("%d reports wait and %d fall due", v.c.Pending, n)
	}
}

func (v *verifier) parked() {
	v.each(bucketParked, func(k, val []byte) {
		v.c.Parked++
		var p Parked
		if err := json.Unmarshal(val, &p); err != nil {
			v.problem("parked %s cannot be read: %v", k, err)
		}
	})
}

// judgements: each has its summary and all its index entries.
func (v *verifier) judgements() {
	v.each(bucketJudged, func(k, val []byte) {
		v.c.Judged++
		var j analyze.Judgement
		if err := v.codec.unpackJSON(val, &j); err != nil || string(j.ID) != string(k) {
			v.problem("judgement %s cannot be read: %v", k, err)
			return
		}
		var s Summary
		if (j.Correction != nil) != v.has(bucketCorrect, k) {
			v.problem("judgement %s is corrected, and its correction is kept or not against that", k)
		}
		if err := json.Unmarshal(v.tx.Bucket(bucketSummary).Get(k), &s); err != nil || s.ID != j.ID || s.Level != j.Level {
			v.problem("judgement %s has another summary: %v", k, err)
		}
		for _, e := range entries(&j) {
			v.nidx[string(e.bucket)]++
			if !v.has(e.bucket, indexKey(e.value, j.ID)) {
				v.problem("judgement %s is not in %s under %q", k, e.bucket, e.value)
			}
		}
		for _, d := range dayKeys(&j) {
			v.days[string(d)]++
		}
	})
}

// indexes: no entry more than the judgements have.
func (v *verifier) indexes() {
	for _, bucket := range [][]byte{idxVerdict, idxBrand, idxReporter, idxDomain, idxIndicator} {
		n := 0
		v.each(bucket, func(k, _ []byte) {
			n++
			at := bytes.IndexByte(k, 0)
			if at < 0 || !v.has(bucketJudged, k[at+1:]) {
				v.problem("%s has %q without a judgement", bucket, k)
			}
		})
		if want := v.nidx[string(bucket)]; n != want {
			v.problem("%s has %d entries, the judgements have %d", bucket, n, want)
		}
	}
	n := 0
	v.each(bucketSummary, func([]byte, []byte) { n++ })
	if n != v.c.Judged {
		v.problem("%d summaries of %d judgements", n, v.c.Judged)
	}
}

// replies: each that waits falls due once and has its message.
func (v *verifier) replies() {
	v.each(bucketOut, func(k, val []byte) {
		v.c.Outgoing++
		var s storedOut
		if err := json.Unmarshal(val, &s); err != nil {
			v.problem("reply %s cannot be read: %v", k, err)
			return
		}
		v.outs[s.State]++
		report, ok := reportOf(analyze.ID(k))
		if !ok || report != s.ReportID || s.ID != analyze.ID(k) {
			v.problem("reply %s is kept for report %s", k, s.ReportID)
		}
		if !v.has(bucketReport, []byte(report)) {
			v.problem("%s has %x without a report", bucketOut, k)
		}
		if report != s.ID && !v.has(bucketOut, []byte(report)) {
			v.problem("note %s without a reply before it", k)
		}
		if !v.has(bucketJudged, []byte(report)) {
			v.problem("reply %s to a report that is not judged", k)
		}
		if waits := s.State == OutWaiting; waits != v.has(bucketOutDue, dueKey(s.Due, s.ID)) {
			v.problem("reply %s is %s, and falls due or not against that", k, s.State)
		}
		if kept := s.State != OutDelivered; kept != v.has(bucketOutRaw, k) {
			v.problem("reply %s is %s, and its message is kept or not against that", k, s.State)
		}
	})
	n := 0
	v.each(bucketOutDue, func([]byte, []byte) { n++ })
	if n != v.outs[OutWaiting] {
		v.problem("%d replies wait and %d fall due", v.outs[OutWaiting], n)
	}
}

// answers: both sides of the memory name the same answers.
func (v *verifier) answers() {
	n, m := 0, 0
	v.each(bucketAnswers, func([]byte, []byte) { n++ })
	v.each(bucketAnswerAt, func(k, _ []byte) {
		m++
		if len(k) < 8 || !v.has(bucketAnswers, k[8:]) {
			v.problem("memory of an answer %q has no other side", k)
		}
	})
	if n != m {
		v.problem("memory of %d answers by value and %d by time", n, m)
	}
}

// counters: all counts are what counting gives.
func (v *verifier) counters() {
	n := 0
	v.each(bucketDays, func(k, val []byte) {
		n++
		if got, want := number(val), v.days[string(k)]; got != want {
			v.problem("count of %q is %d, should be %d", k, got, want)
		}
	})
	if n != len(v.days) {
		v.problem("%d counts by day, should be %d", n, len(v.days))
	}
	want := map[string]int{
		counterPending: v.c.Pending, counterParked: v.c.Parked, counterWaiting: v.outs[OutWaiting],
		counterDelivered: v.outs[OutDelivered], counterFailed: v.outs[OutFailed],
	}
	for name, w := range want {
		if got := number(v.tx.Bucket(bucketCounters).Get([]byte(name))); got != w {
			v.problem("counter %s is %d, should be %d", name, got, w)
		}
	}
}

// VerifyFile checks a database file by itself, as Verify does: a backup, for
// one. It is opened for reading only.
func VerifyFile(ctx context.Context, name string) (c Checked, err error) {
	db, err := openDB(name, 0, true)
	if err != nil {
		return Checked{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	cd, err := newCodec()
	if err != nil {
		return Checked{}, err
	}
	defer cd.close()
	v := &verifier{ctx: ctx, codec: cd}
	v.c.Problems = []string{}
	err = db.View(func(tx *bbolt.Tx) error {
		for _, b := range append([][]byte{bucketMeta}, buckets...) {
			if tx.Bucket(b) == nil {
				return fmt.Errorf("%w: %s has no bucket %s", ErrNoStore, name, b)
			}
		}
		v.pages(tx)
		return v.run(tx)
	})
	return v.c, err
}
