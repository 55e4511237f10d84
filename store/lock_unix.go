//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockPoll is how often a held lock is tried again: flock(2) cannot wait with
// a time limit.
const lockPoll = 20 * time.Millisecond

// takeLock locks a file that is never renamed or replaced, unlike the
// database, which Compact replaces: whoever waited on the old file's lock
// would get it, and write into a file without a name.
func takeLock(name string, wait time.Duration) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	for end := time.Now().Add(wait); ; {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		busy := errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EINTR)
		if !busy || time.Now().After(end) {
			f.Close()
			if busy {
				return nil, fmt.Errorf("%w: %s", ErrLocked, name)
			}
			return nil, fmt.Errorf("store: locking %s: %w", name, err)
		}
		time.Sleep(lockPoll)
	}
}
