package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/store/journal"
)

// maxGroup bounds how many writes share a transaction: enough to share the
// syncs, few enough that one failure does not redo much.
const maxGroup = 64

// write is one change on its way to the database.
type write struct {
	fn  func(tx *bbolt.Tx) error
	err chan error
}

// refusal is an error that a write returns before it has changed anything:
// the others in its transaction need not be undone.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// refuse ends a write that has changed nothing.
func refuse(err error) error { return refusal{err} }

// update runs fn in a write transaction, durable when nil is returned. Those
// that come while another is being written share one; none waits for company.
// fn may run several times, and must set all its results each time.
func (b *Bolt) update(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err // select would choose at random
	}
	w := &write{fn, make(chan error, 1)}
	select {
	case b.writes <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.stop:
		return ErrClosed
	}
	err := <-w.err
	if r, ok := errors.AsType[refusal](err); ok {
		return r.error
	}
	return err
}

// writer runs the writes, in groups.
func (b *Bolt) writer() {
	defer close(b.stopped)
	group := make([]*write, 0, maxGroup)
	for {
		group = group[:0]
		select {
		case <-b.stop:
			return
		case w := <-b.writes:
			group = append(group, w)
		}
	more:
		for len(group) < maxGroup {
			select {
			case w := <-b.writes:
				group = append(group, w)
			default:
				break more
			}
		}
		b.runGroup(group)
		clear(group)
	}
}

// runGroup runs a group in one transaction. A write that fails half-way is
// answered and left out, and the others run again without it.
func (b *Bolt) runGroup(group []*write) {
	for len(group) > 0 {
		errs, failed, err := b.try(group)
		if failed >= 0 {
			group[failed].err <- errs[failed]
			group = append(group[:failed:failed], group[failed+1:]...)
			continue
		}
		for i, w := range group {
			if err != nil {
				w.err <- err
			} else {
				w.err <- errs[i]
			}
		}
		return
	}
}

var errUndo = errors.New("store: undo")

// try runs a group once. failed is the write that spoilt it, or -1; err is
// then the outcome of the transaction.
func (b *Bolt) try(group []*write) (errs []error, failed int, err error) {
	if err := b.isBroken(); err != nil {
		return nil, -1, err
	}
	errs = make([]error, len(group))
	failed = -1
	changed := false
	defer func() {
		if r := recover(); r != nil { // in the commit: bbolt met a damaged page
			failed, err = -1, b.commitError(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	err = b.db.Update(func(tx *bbolt.Tx) error {
		for i, w := range group {
			errs[i] = guard(w.fn, tx)
			if _, ok := errors.AsType[refusal](errs[i]); errs[i] != nil && !ok {
				failed = i
				return errUndo
			}
			changed = changed || errs[i] == nil
		}
		if !changed {
			return errUndo // nothing to sync
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		return errs, failed, nil
	}
	return errs, -1, b.commitError(err)
}

// guard turns a panic, ours or bbolt's over a damaged page, into an error.
func guard(fn func(*bbolt.Tx) error, tx *bbolt.Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("store: panic in a transaction: %v\n%s", r, debug.Stack())
		}
	}()
	return fn(tx)
}

// commitError sorts the outcome of a commit. After any failure but a lack of
// room the file's pages in memory may differ from those on disk, and a later
// sync would not tell: nothing more is written by this process. Reports go on
// being accepted into the journal.
func (b *Bolt) commitError(err error) error {
	switch {
	case err == nil:
		return nil
	case noRoom(err):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = fmt.Errorf("%w: a commit failed, the program must be restarted: %w", ErrIO, err)
	b.o.Log.Error("database cannot be written", "error", b.broken)
	return b.broken
}

// noRoom reports whether a commit failed for lack of room.
// QUIRK: bbolt 1.5 hides the cause of a failed growth behind %s. The file
// grows before any page is written, so that nothing has happened then.
func noRoom(err error) bool {
	return journal.Full(err) || strings.HasPrefix(err.Error(), "file resize error")
}

func (b *Bolt) isBroken() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.broken
}

// bell wakes all who wait for it.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

// heard gives a channel that is closed at the next ring.
func (l *bell) heard() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ch == nil {
		l.ch = make(chan struct{})
	}
	return l.ch
}

func (l *bell) ring() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ch != nil {
		close(l.ch)
		l.ch = nil
	}
}

// waitDue returns nil once something in a bucket of due times is due.
func (b *Bolt) waitDue(ctx context.Context, bucket []byte, l *bell) error {
	for {
		heard := l.heard() // before looking, so that no ring is missed
		next, err := b.firstDue(ctx, bucket)
		if err != nil {
			return err
		}
		d := time.Duration(1<<63 - 1)
		if !next.IsZero() {
			d = next.Sub(b.o.Now())
		}
		if d <= 0 {
			return nil
		}
		if err := b.sleep(ctx, d, heard); err != nil {
			return err
		}
	}
}

// sleep returns nil after d, or when heard is closed.
func (b *Bolt) sleep(ctx context.Context, d time.Duration, heard <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-heard:
	case <-t.C:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.stop:
		return ErrClosed
	}
	return nil
}

// firstDue gives the lowest time in a bucket of due times; zero when empty.
func (b *Bolt) firstDue(ctx context.Context, bucket []byte) (t time.Time, err error) {
	err = b.view(ctx, func(tx *bbolt.Tx) error {
		t = time.Time{}
		if k, _ := tx.Bucket(bucket).Cursor().First(); k != nil {
			t = keyTime(k)
		}
		return nil
	})
	return t, err
}
