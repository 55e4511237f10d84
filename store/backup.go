package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// compactTx is how much Compact copies in one transaction, in octets.
const compactTx = 8 << 20

// Backup writes the whole database as it is at one moment, with all that was
// accepted before. It holds a read transaction for as long as w takes.
func (b *Bolt) Backup(ctx context.Context, w io.Writer) error {
	if err := b.Drain(ctx); err != nil {
		return fmt.Errorf("store: importing before the backup: %w", err)
	}
	err := b.view(ctx, func(tx *bbolt.Tx) error {
		n, err := tx.WriteTo(ctxWriter{ctx, w})
		if err == nil && n != tx.Size() {
			err = io.ErrShortWrite
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return nil
}

// ctxWriter stops writing when its context ends.
type ctxWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c ctxWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

// BackupFile writes a backup of a store to a file, which appears under its
// name only when it is whole and on disk. An existing file is replaced.
func BackupFile(ctx context.Context, k Keeper, name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	err = k.Backup(ctx, f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = replace(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// replace gives a file that is on disk another's name, durably.
func replace(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Compact writes the database of a store that nobody has open anew, without
// the free pages: bbolt's file never shrinks by itself. It gives the sizes in
// octets. The old file stays until the new one was verified.
func Compact(ctx context.Context, dir string, o Options) (before, after int64, err error) {
	o.Create, o.noImport = false, true
	b, err := Open(dir, o)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	name := filepath.Join(dir, DatabaseName)
	tmp := name + ".compact"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, 0, fmt.Errorf("store: %w", err)
	}
	if err := compactTo(ctx, b, tmp); err != nil {
		os.Remove(tmp)
		return 0, 0, err
	}
	if before, after, err = sizes(name, tmp); err != nil {
		return 0, 0, err
	}
	return before, after, replace(tmp, name)
}

// compactTo writes a compacted copy and verifies it against the original.
func compactTo(ctx context.Context, b *Bolt, tmp string) error {
	dst, err := openDB(tmp, 0, false)
	if err != nil {
		return err
	}
	if err := errors.Join(bbolt.Compact(dst, b.db, compactTx), dst.Sync(), dst.Close()); err != nil {
		return fmt.Errorf("store: compacting: %w", err)
	}
	was, err := b.Verify(ctx)
	if err != nil {
		return err
	}
	is, err := VerifyFile(ctx, tmp)
	if err != nil {
		return err
	}
	if !is.OK() || is.Reports != was.Reports || is.Judged != was.Judged || is.Outgoing != was.Outgoing {
		return fmt.Errorf("store: the compacted copy differs, the store was left as it is: %v", is.Problems)
	}
	return nil
}

func sizes(a, b string) (x, y int64, err error) {
	sa, err := os.Stat(a)
	if err != nil {
		return 0, 0, fmt.Errorf("store: %w", err)
	}
	sb, err := os.Stat(b)
	if err != nil {
		return 0, 0, fmt.Errorf("store: %w", err)
	}
	return sa.Size(), sb.Size(), nil
}
