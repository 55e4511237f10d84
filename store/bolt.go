package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"reportascam/analyze"
	"reportascam/store/journal"
)

// Names inside the data directory.
const (
	DatabaseName = "reportascam.db"
	journalName  = "journal"
	lockName     = "lock"
	socketName   = "control.sock"
)

// schemaVersion is the version of all that is in the database: buckets, keys,
// values. It rises with any change that an older program would misread.
const schemaVersion = 1

const (
	// DefaultTimeout is how long Open waits for another process to let go of
	// the store: a server that is being replaced stops within it.
	DefaultTimeout = 5 * time.Second
	// DefaultMinFree is what Accept leaves free on the disk, in octets: the
	// database grows in steps of 16 MiB, and must be able to take in what was
	// accepted and to note that it was judged.
	DefaultMinFree = 64 << 20
	// initialMmap is mapped from the start, in octets of address space: a
	// transaction that has to map more waits for all readers to end.
	initialMmap = 1 << 30
)

// Options of Open. The zero value is for use.
type Options struct {
	Timeout time.Duration    // 0: DefaultTimeout; negative: do not wait
	MinFree uint64           // 0: DefaultMinFree; 1: none to speak of
	Create  bool             // make the store when there is none; else ErrNoStore
	Now     func() time.Time // nil: time.Now
	Rand    io.Reader        // of IDs and tokens; nil: crypto/rand
	Log     *slog.Logger     // nil: silent
	FS      journal.FS       // of the journal; nil: the machine's

	noImport bool // tests: leave the journal alone
}

// Bolt is the store in a directory: a journal and a bbolt database. All
// methods are safe for concurrent use.
type Bolt struct {
	dir     string
	o       Options
	lock    *os.File
	db      *bbolt.DB
	journal *journal.Journal
	codec   *codec
	ids     idMaker

	writes   chan *write
	stop     chan struct{}
	stopOnce sync.Once
	wg       sync.WaitGroup
	stopped  chan struct{} // the writer has ended
	drains   chan chan error

	reports  bell // rings when reports become due
	outgoing bell
	teaching bell // rings when a judgement was replaced
	outWake  chan struct{}

	mu      sync.Mutex
	live    func() any // what the server tells of itself
	lessons int        // judgements replaced
	broken  error      // the database's disk failed: it is not written any more
}

var _ Store = (*Bolt)(nil)

// Open opens the store in dir, for this process alone. What was accepted and
// not yet imported when the last process ended is imported meanwhile; Drain
// waits for it.
func Open(dir string, o Options) (*Bolt, error) {
	o = o.withDefaults()
	b := &Bolt{
		dir: dir, o: o, ids: idMaker{rand: o.Rand},
		writes: make(chan *write), stop: make(chan struct{}), stopped: make(chan struct{}),
		drains: make(chan chan error), outWake: make(chan struct{}, 1),
	}
	if err := b.open(); err != nil {
		b.release()
		return nil, err
	}
	go b.writer()
	if !o.noImport {
		b.wg.Go(b.importer)
	}
	return b, nil
}

func (o Options) withDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MinFree == 0 {
		o.MinFree = DefaultMinFree
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// open takes the lock, then the database, then the journal: nothing is
// touched before the lock is ours.
func (b *Bolt) open() (err error) {
	if err := b.directories(); err != nil {
		return err
	}
	if b.lock, err = takeLock(filepath.Join(b.dir, lockName), b.o.Timeout); err != nil {
		return err
	}
	if b.codec, err = newCodec(); err != nil {
		return fmt.Errorf("store: codec: %w", err)
	}
	if b.db, err = openDB(filepath.Join(b.dir, DatabaseName), initialMmap, false); err != nil {
		return err
	}
	if err := b.db.Update(b.reopen); err != nil {
		return err
	}
	if err := syncDir(b.dir); err != nil { // the database's own name
		return fmt.Errorf("store: %w", err)
	}
	b.journal, err = journal.Open(filepath.Join(b.dir, journalName), journal.Options{FS: b.o.FS, MinFree: b.o.MinFree})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// directories makes what is missing, when it may.
func (b *Bolt) directories() error {
	if !b.o.Create {
		if _, err := os.Stat(filepath.Join(b.dir, DatabaseName)); err != nil {
			return fmt.Errorf("%w: %w", ErrNoStore, err)
		}
	}
	sub := filepath.Join(b.dir, journalName)
	if err := os.MkdirAll(sub, 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, d := range []string{b.dir, filepath.Dir(filepath.Clean(b.dir))} {
		if err := syncDir(d); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error { return journal.OS{}.SyncDir(dir) }

// openDB opens a bbolt file with every option that matters set. NoSync is
// never set, and NoFreelistSync is not: it makes opening a large file slow.
func openDB(name string, mmap int, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{
		Timeout:         time.Second, // zero would wait for ever; our own lock was taken before
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mmap,
		ReadOnly:        readOnly,
		NoStatistics:    true,
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("%w: %s", ErrLocked, name)
	case err != nil:
		return nil, fmt.Errorf("store: opening %s: %w", name, err)
	}
	return db, nil
}

// prepare makes the buckets, and refuses a database of a later version.
func prepare(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return err
	}
	if v := meta.Get(keySchema); v != nil {
		n, err := strconv.Atoi(string(v))
		if err != nil || n > schemaVersion {
			return fmt.Errorf("%w: schema %q, this program knows %d", ErrSchema, v, schemaVersion)
		}
	} else if err := meta.Put(keySchema, []byte(strconv.Itoa(schemaVersion))); err != nil {
		return err
	}
	for _, name := range append(buckets[:len(buckets):len(buckets)], wardBuckets...) {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

// release gives back what open has taken.
func (b *Bolt) release() error {
	var errs []error
	if b.journal != nil {
		errs = append(errs, b.journal.Close())
	}
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	if b.codec != nil {
		b.codec.close()
	}
	if b.lock != nil {
		errs = append(errs, b.lock.Close()) // which ends the lock
	}
	return errors.Join(errs...)
}

// Close ends the store. What is in the journal and not yet imported stays
// there for the next Open. Methods called later return ErrClosed.
func (b *Bolt) Close() error {
	var err error
	b.stopOnce.Do(func() {
		close(b.stop)
		b.wg.Wait()
		<-b.stopped
		err = b.release()
	})
	return err
}

// NewID makes an ID for a report received at t.
func (b *Bolt) NewID(t time.Time) analyze.ID {
	id, err := b.ids.make(t)
	if err != nil {
		b.o.Log.Error("no randomness for an ID", "error", err)
	}
	return id
}

// view runs a read transaction. Slices of the database live only inside it.
func (b *Bolt) view(ctx context.Context, f func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := b.db.View(f)
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
