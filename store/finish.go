package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// maxJudgement is the longest judgement in octets of JSON: a thousand findings
// and answers are below 1 MB.
const maxJudgement = 16 << 20

// Finish stores a judgement, its indexes and counts, and queues its reply.
func (b *Bolt) Finish(ctx context.Context, l *Lease, j *analyze.Judgement, out *Outgoing) (Finished, error) {
	if j.ID != l.ID {
		return Finished{}, fmt.Errorf("store: judgement of %q for a lease of %q", j.ID, l.ID)
	}
	packed, err := b.packJudgement(j)
	if err != nil {
		return Finished{}, err
	}
	if out != nil && len(out.Raw) > MaxReply {
		return Finished{}, fmt.Errorf("%w: reply of %d octets", ErrTooLarge, len(out.Raw))
	}
	now := b.o.Now().UTC()
	var done Finished
	err = b.update(ctx, func(tx *bbolt.Tx) (err error) {
		done, err = b.finish(tx, l, j, packed, out, now)
		return err
	})
	if err != nil {
		return Finished{}, err
	}
	if done.Queued {
		b.announce()
	}
	return done, nil
}

// finish is the transaction of Finish.
func (b *Bolt) finish(tx *bbolt.Tx, l *Lease, j *analyze.Judgement, packed []byte, out *Outgoing, now time.Time) (Finished, error) {
	k, err := held(tx, l.ID, l.Token)
	if err != nil {
		return Finished{}, err
	}
	report, err := findReport(tx, l.ID)
	if err != nil {
		return Finished{}, refuse(err)
	}
	if err := dequeue(tx, l.ID, k); err != nil {
		return Finished{}, err
	}
	if err := count(tx, counterPending, -1); err != nil {
		return Finished{}, err
	}
	done, err := b.queueReply(tx, l.ID, out, now)
	if err != nil {
		return done, err
	}
	if done.Limit != nil {
		// The reply is dropped here, where no other worker can pass the
		// limit at the same time; what is stored says so.
		c := *j
		c.Reply = "dropped: " + done.Limit.Kind + " limit"
		j = &c
		if packed, err = b.packJudgement(j); err != nil {
			return done, err
		}
	}
	return done, putJudgement(tx, j, packed, report.Size)
}

func (b *Bolt) packJudgement(j *analyze.Judgement) ([]byte, error) {
	raw, err := json.Marshal(j)
	if err != nil {
		return nil, fmt.Errorf("store: judgement %s: %w", j.ID, err)
	}
	if len(raw) > maxJudgement {
		return nil, fmt.Errorf("%w: judgement of %d octets", ErrTooLarge, len(raw))
	}
	return b.codec.pack(raw), nil
}

// putJudgement writes a judgement that is not there, with all that is found
// by it.
func putJudgement(tx *bbolt.Tx, j *analyze.Judgement, packed []byte, size int) error {
	if err := tx.Bucket(bucketJudged).Put([]byte(j.ID), packed); err != nil {
		return err
	}
	summary, err := json.Marshal(summarize(j, size))
	if err != nil {
		return err
	}
	sums := tx.Bucket(bucketSummary)
	if err := sums.Put([]byte(j.ID), summary); err != nil {
		return err
	}
	for _, e := range entries(j) {
		if err := tx.Bucket(e.bucket).Put(indexKey(e.value, j.ID), mark); err != nil {
			return err
		}
	}
	if err := putCorrection(tx, j); err != nil {
		return err
	}
	return countJudgement(tx, j, 1)
}

// PutJudgement replaces a judgement; reply and queue stay as they are, but for
// a note that it makes wrong.
func (b *Bolt) PutJudgement(ctx context.Context, j *analyze.Judgement) error {
	_, err := b.Revise(ctx, j, nil)
	return err
}

// replace writes a judgement over the one that is there.
func (b *Bolt) replace(tx *bbolt.Tx, j *analyze.Judgement, packed []byte) error {
	v := tx.Bucket(bucketJudged).Get([]byte(j.ID))
	if v == nil {
		return refuse(fmt.Errorf("%w: judgement %s", ErrNotFound, j.ID))
	}
	var old analyze.Judgement
	if err := b.codec.unpackJSON(v, &old); err != nil {
		return refuse(fmt.Errorf("store: judgement %s: %w", j.ID, err))
	}
	report, err := findReport(tx, j.ID)
	if err != nil {
		return refuse(err)
	}
	for _, e := range entries(&old) {
		if err := tx.Bucket(e.bucket).Delete(indexKey(e.value, old.ID)); err != nil {
			return err
		}
	}
	if err := countJudgement(tx, &old, -1); err != nil {
		return err
	}
	return putJudgement(tx, j, packed, report.Size)
}

// queueReply queues a reply unless a limit says no. No reply is done too.
func (b *Bolt) queueReply(tx *bbolt.Tx, id analyze.ID, out *Outgoing, now time.Time) (Finished, error) {
	if out == nil {
		return Finished{}, nil
	}
	if tx.Bucket(bucketOut).Get([]byte(id)) != nil {
		return Finished{}, fmt.Errorf("store: %s was answered before", id)
	}
	if l := passed(tx, out.Limits, now); l != nil {
		return Finished{Limit: l}, nil
	}
	return Finished{Queued: true}, b.queueOut(tx, id, id, out, now)
}
