package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
	"reportascam/store/journal"
)

// A journal record is recordVersion, the length of the envelope's JSON and of
// the trace as 4 octets each, little endian, the JSON, the trace, the message.
const (
	recordVersion = 1
	recordHeader  = 9
)

const (
	// importRecords and importBytes bound one import: long transactions make
	// judgements wait, short ones sync for every message.
	importRecords = 256
	importBytes   = 8 << 20
	// importPause is how long the importer lets company gather once there is
	// a backlog: reports are durable already, so that nobody waits for it but
	// the judging of reports in a flood, and the disk is left to the intake.
	importPause = 20 * time.Millisecond
	// importFew is how many records make no backlog.
	importFew = 8
	// importRetry is how long the importer waits after a failure; it doubles
	// up to importRetryMax.
	importRetry    = 100 * time.Millisecond
	importRetryMax = 30 * time.Second
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// storedReport is a report in the database, without Raw.
type storedReport struct {
	analyze.Report
	Trace []byte `json:"trace,omitempty"` // may be anything, so not a string
	Size  int    `json:"size"`            // of Raw, octets
	Sum   uint32 `json:"crc32c"`          // of Raw
}

// Accept keeps a report in the journal; the importer takes it from there.
func (b *Bolt) Accept(ctx context.Context, r *analyze.Report, trace string) error {
	if !validID(r.ID) {
		return fmt.Errorf("%w: %q", ErrBadID, r.ID)
	}
	if len(r.Raw) > MaxRaw || len(trace) > MaxTrace {
		return fmt.Errorf("%w: message of %d octets, trace of %d", ErrTooLarge, len(r.Raw), len(trace))
	}
	meta, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store: envelope: %w", err)
	}
	if len(meta) > MaxEnvelope {
		return fmt.Errorf("%w: envelope of %d octets", ErrTooLarge, len(meta))
	}
	head := make([]byte, 0, recordHeader+len(meta)+len(trace))
	head = append(head, recordVersion)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(meta)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(trace)))
	head = append(append(head, meta...), trace...)
	return sortError(b.journal.Append(ctx, head, r.Raw))
}

// sortError gives the journal's errors our names.
func sortError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, journal.ErrFull):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, journal.ErrClosed):
		return ErrClosed
	case errors.Is(err, journal.ErrTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, journal.ErrIO):
		return fmt.Errorf("%w: %w", ErrIO, err)
	}
	return err
}

var errRecord = errors.New("store: journal record is not a report")

// parseRecord reads what Accept wrote. Raw shares the record's memory.
func parseRecord(p []byte) (s storedReport, err error) {
	if len(p) < recordHeader || p[0] != recordVersion {
		return s, errRecord
	}
	meta, trace := uint64(binary.LittleEndian.Uint32(p[1:])), uint64(binary.LittleEndian.Uint32(p[5:]))
	rest := p[recordHeader:]
	if meta+trace > uint64(len(rest)) {
		return s, errRecord
	}
	if err := json.Unmarshal(rest[:meta], &s.Report); err != nil {
		return s, fmt.Errorf("%w: %w", errRecord, err)
	}
	if !validID(s.ID) {
		return s, errRecord
	}
	s.Trace = rest[meta : meta+trace]
	s.Raw = rest[meta+trace:]
	s.Size = len(s.Raw)
	s.Sum = crc32.Checksum(s.Raw, castagnoli)
	return s, nil
}

// importer moves records from the journal into the database as they come.
func (b *Bolt) importer() {
	ctx := context.Background()
	wait := time.Duration(0)
	for {
		var ready <-chan struct{}
		if wait == 0 {
			ready = b.journal.Ready()
		}
		if !b.awaitImport(ctx, ready, wait) {
			return
		}
		if err := b.importAll(ctx, importPause); err != nil {
			if errors.Is(err, ErrClosed) {
				return
			}
			wait = min(max(2*wait, importRetry), importRetryMax)
			b.o.Log.Error("journal cannot be imported, will be tried again", "error", err, "after", wait)
			continue
		}
		wait = 0
	}
}

// awaitImport waits for records, for the time to try again, or for somebody
// who wants the journal drained; false when the store closes.
func (b *Bolt) awaitImport(ctx context.Context, ready <-chan struct{}, wait time.Duration) bool {
	var again <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		again = t.C
	}
	for {
		select {
		case <-b.stop:
			return false
		case done := <-b.drains:
			done <- b.importAll(ctx, 0)
		case <-ready:
			return true
		case <-again:
			return true
		}
	}
}

// Drain returns once all that was accepted before is in the database.
func (b *Bolt) Drain(ctx context.Context) error {
	if b.o.noImport || ctx.Err() != nil {
		return ctx.Err()
	}
	done := make(chan error, 1)
	select {
	case b.drains <- done:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.stop:
		return ErrClosed
	}
	return <-done
}

// importAll imports until the journal is empty.
func (b *Bolt) importAll(ctx context.Context, pause time.Duration) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("store: panic while importing: %v\n%s", r, debug.Stack())
		}
	}()
	for {
		recs, err := b.journal.Next(importRecords, importBytes)
		if err != nil {
			return sortError(err)
		}
		if len(recs) == 0 {
			return nil
		}
		if err := b.importBatch(ctx, recs); err != nil {
			return err
		}
		b.journal.Done(recs[len(recs)-1])
		b.reports.ring()
		if len(recs) < importFew || pause == 0 {
			continue
		}
		if err := b.sleep(ctx, pause, nil); err != nil {
			return err
		}
	}
}

// incoming is one record made ready for the database, outside of its
// transaction: the compression takes longer than the rest.
type incoming struct {
	id   analyze.ID
	at   time.Time
	meta []byte
	raw  []byte
	bad  []byte // the record itself, when it is no report
	key  []byte // of bad
}

func (b *Bolt) importBatch(ctx context.Context, recs []journal.Record) error {
	in := make([]incoming, 0, len(recs))
	for _, r := range recs {
		s, err := parseRecord(r.Payload)
		if err != nil {
			b.o.Log.Error("unreadable record kept apart", "segment", r.Segment, "offset", r.Offset, "error", err)
			key := fmt.Appendf(nil, "%016x/%x", r.Segment, r.Offset)
			in = append(in, incoming{bad: b.codec.pack(r.Payload), key: key})
			continue
		}
		meta, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("store: report: %w", err)
		}
		in = append(in, incoming{id: s.ID, at: s.At, meta: meta, raw: b.codec.pack(s.Raw)})
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		for i := range in {
			if err := b.importOne(tx, &in[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// importOne stores one report and queues it. One that is there already, from
// an import that a crash kept from being noted, is left as it is.
func (b *Bolt) importOne(tx *bbolt.Tx, r *incoming) error {
	if r.bad != nil {
		return tx.Bucket(bucketOddments).Put(r.key, r.bad)
	}
	reports := tx.Bucket(bucketReport)
	if reports.Get([]byte(r.id)) != nil {
		return nil
	}
	raws := tx.Bucket(bucketRaw)
	reports.FillPercent, raws.FillPercent = appendFill, appendFill
	if err := reports.Put([]byte(r.id), r.meta); err != nil {
		return err
	}
	if err := raws.Put([]byte(r.id), r.raw); err != nil {
		return err
	}
	// A clock that was ahead must not make a report wait until then.
	due := r.at
	if now := b.o.Now(); due.After(now) {
		due = now
	}
	if err := enqueue(tx, r.id, job{Due: due}); err != nil {
		return err
	}
	return count(tx, counterPending, 1)
}
