package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

const (
	// tokenBytes are random: two leases never share a token.
	tokenBytes = 12
	// maxReason is how much of an error is kept, in octets.
	maxReason = 1024
)

// job is a report's place in the queue.
type job struct {
	Due      time.Time `json:"due"`      // when it may be leased
	Attempts int       `json:"attempts"` // leases that were not given back
	Released int       `json:"released,omitempty"`
	Deaths   int       `json:"deaths,omitempty"` // leases whose process ended without a word
	Token    string    `json:"token,omitempty"`  // of the lease, if there is one
	LastErr  string    `json:"last_error,omitempty"`
}

// enqueue writes a job that is not in the queue.
func enqueue(tx *bbolt.Tx, id analyze.ID, j job) error {
	v, err := json.Marshal(j)
	if err != nil {
		return err
	}
	if err := tx.Bucket(bucketDue).Put(dueKey(j.Due, id), mark); err != nil {
		return err
	}
	return tx.Bucket(bucketQueue).Put([]byte(id), v)
}

// dequeue removes a job from the queue.
func dequeue(tx *bbolt.Tx, id analyze.ID, j job) error {
	if err := tx.Bucket(bucketDue).Delete(dueKey(j.Due, id)); err != nil {
		return err
	}
	return tx.Bucket(bucketQueue).Delete([]byte(id))
}

// requeue changes a job.
func requeue(tx *bbolt.Tx, id analyze.ID, from, to job) error {
	if err := dequeue(tx, id, from); err != nil {
		return err
	}
	return enqueue(tx, id, to)
}

// findJob reads a job; false when the report is not in the queue.
func findJob(tx *bbolt.Tx, id analyze.ID) (j job, ok bool, err error) {
	v := tx.Bucket(bucketQueue).Get([]byte(id))
	if v == nil {
		return j, false, nil
	}
	if err := json.Unmarshal(v, &j); err != nil {
		return j, false, fmt.Errorf("store: queue entry %s: %w", id, err)
	}
	return j, true, nil
}

// held gives the job of a lease, or refuses with ErrStale. A lease that ran
// out is still good as long as nobody else has taken it.
func held(tx *bbolt.Tx, id analyze.ID, token string) (job, error) {
	j, ok, err := findJob(tx, id)
	if err != nil {
		return j, refuse(err)
	}
	if !ok || token == "" || j.Token != token {
		return j, refuse(ErrStale)
	}
	return j, nil
}

func (b *Bolt) token() (string, error) {
	var t [tokenBytes]byte
	b.ids.mu.Lock() // the source of randomness need not be safe for several
	defer b.ids.mu.Unlock()
	if _, err := io.ReadFull(b.o.Rand, t[:]); err != nil {
		return "", fmt.Errorf("store: randomness: %w", err)
	}
	return hex.EncodeToString(t[:]), nil
}

// Lease hands out the report that has been due for longest.
func (b *Bolt) Lease(ctx context.Context, now time.Time, hold time.Duration) (*Lease, error) {
	for {
		l, err := b.lease(ctx, now, hold)
		if err != nil {
			return nil, err
		}
		var sum uint32
		l.Report, l.Trace, sum, err = b.load(ctx, l.ID)
		if err == nil && crc32.Checksum(l.Report.Raw, castagnoli) == sum {
			return l, nil
		}
		if errors.Is(err, ErrClosed) || ctx.Err() != nil {
			return nil, cmpErr(ctx.Err(), err)
		}
		// It cannot be read now and will not be later: others may be.
		why := "cannot be read back: checksum"
		if err != nil {
			why = "cannot be read back: " + err.Error()
		}
		b.o.Log.Error("report parked", "id", l.ID, "reason", why)
		if err := b.Park(ctx, l, why); err != nil && !errors.Is(err, ErrStale) {
			return nil, err
		}
	}
}

func cmpErr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// lease takes the next job, without its report.
func (b *Bolt) lease(ctx context.Context, now time.Time, hold time.Duration) (*Lease, error) {
	// Asked without a write first: workers ask often when there is nothing.
	if next, err := b.firstDue(ctx, bucketDue); err != nil {
		return nil, err
	} else if next.IsZero() || next.After(now) {
		return nil, ErrNone
	}
	token, err := b.token()
	if err != nil {
		return nil, err
	}
	var l *Lease
	var parked []analyze.ID
	err = b.update(ctx, func(tx *bbolt.Tx) (err error) {
		l, parked, err = takeJob(tx, now, hold, token)
		return err
	})
	for _, id := range parked {
		b.o.Log.Error("report parked", "id", id, "reason", reasonCrashed)
	}
	if err == nil && l == nil {
		err = ErrNone
	}
	return l, err
}

const reasonCrashed = "the analysis was begun and never ended, as often as is allowed"

// maxParkedAtOnce bounds one transaction of takeJob.
const maxParkedAtOnce = 100

// takeJob leases the first job that is due, and parks those before it whose
// attempts are used up. No lease, without an error, means that none is due.
func takeJob(tx *bbolt.Tx, now time.Time, hold time.Duration, token string) (*Lease, []analyze.ID, error) {
	var parked []analyze.ID
	for len(parked) < maxParkedAtOnce {
		k, _ := tx.Bucket(bucketDue).Cursor().First()
		due, id, ok := splitDue(k)
		if !ok || due.After(now) {
			if len(parked) == 0 {
				return nil, nil, refuse(ErrNone)
			}
			return nil, parked, nil
		}
		j, ok, err := findJob(tx, id)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			return nil, nil, fmt.Errorf("store: %s is due but not in the queue", id)
		}
		if j.Attempts >= MaxAttempts || j.Deaths >= MaxDeaths {
			if err := park(tx, id, j, reasonCrashed, now); err != nil {
				return nil, nil, err
			}
			parked = append(parked, id)
			continue
		}
		to := j
		to.Attempts++
		to.Token = token
		to.Due = now.Add(hold)
		if err := requeue(tx, id, j, to); err != nil {
			return nil, nil, err
		}
		return &Lease{ID: id, Attempt: to.Attempts, Released: j.Released, Token: token, Until: to.Due, LastErr: j.LastErr}, parked, nil
	}
	return nil, parked, nil
}

// Wait returns when Lease may have something.
func (b *Bolt) Wait(ctx context.Context) error { return b.waitDue(ctx, bucketDue, &b.reports) }

// Release gives a report back.
func (b *Bolt) Release(ctx context.Context, l *Lease, why string, retryAt time.Time) error {
	return b.giveBack(ctx, l, why, retryAt, func(j *job) {
		j.Attempts = max(j.Attempts-1, 0)
		j.Released++
	})
}

// Crashed gives a report back, and its attempt stays counted.
func (b *Bolt) Crashed(ctx context.Context, l *Lease, why string, retryAt time.Time) error {
	return b.giveBack(ctx, l, why, retryAt, func(*job) {})
}

func (b *Bolt) giveBack(ctx context.Context, l *Lease, why string, retryAt time.Time, change func(*job)) error {
	err := b.update(ctx, func(tx *bbolt.Tx) error {
		j, err := held(tx, l.ID, l.Token)
		if err != nil {
			return err
		}
		to := j
		change(&to)
		to.Token = ""
		to.LastErr = cut(why, maxReason)
		to.Due = retryAt
		return requeue(tx, l.ID, j, to)
	})
	if err == nil {
		b.reports.ring()
	}
	return err
}

// Park takes a leased report out of the queue.
func (b *Bolt) Park(ctx context.Context, l *Lease, reason string) error {
	now := b.o.Now()
	return b.update(ctx, func(tx *bbolt.Tx) error {
		j, err := held(tx, l.ID, l.Token)
		if err != nil {
			return err
		}
		return park(tx, l.ID, j, reason, now)
	})
}

// cut shortens text to n octets at most.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}
