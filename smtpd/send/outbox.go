package send

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Outbox is the transport that writes each message to <ID>.eml in a folder:
// for trying the desk out, or for another program to pick up. It is safe for
// concurrent use; one process at a time may write to a folder.
type Outbox struct {
	Dir string // made 0700 when it is not there

	mu sync.Mutex
}

// Send writes the message and returns when it is on disk. The same ID is
// written once: a second call finds the file and leaves it as it is.
func (o *Outbox) Send(ctx context.Context, m Message) error {
	if err := checkID(m.ID); err != nil {
		return err
	}
	if err := m.check(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("making the outbox: %w", err)
	}
	final := filepath.Join(o.Dir, m.ID+".eml")
	if _, err := os.Lstat(final); err == nil {
		// An earlier attempt may have died between rename and fsync.
		return syncDir(o.Dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking into the outbox: %w", err)
	}
	// One temporary name for an ID, so that what a crash left is overwritten
	// and never piles up. The dot keeps it from whoever watches for *.eml.
	temp := filepath.Join(o.Dir, "."+m.ID+".tmp")
	if err := writeSync(temp, m.Raw); err != nil {
		os.Remove(temp)
		return fmt.Errorf("writing to the outbox: %w", err)
	}
	if err := os.Rename(temp, final); err != nil {
		os.Remove(temp)
		return fmt.Errorf("writing to the outbox: %w", err)
	}
	return syncDir(o.Dir)
}

func writeSync(name string, b []byte) error {
	// Removed first, so that a symbolic link put there is not followed.
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// syncDir makes a rename durable: without it a crash can lose the name.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing the outbox: %w", err)
	}
	if err := d.Sync(); err != nil {
		d.Close()
		return fmt.Errorf("syncing the outbox: %w", err)
	}
	return d.Close()
}
