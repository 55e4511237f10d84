package journal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Errors.
var (
	// ErrFull is returned when there is no room for the record. Nothing of
	// it is kept.
	ErrFull = errors.New("journal: disk full")
	// ErrIO is returned when the record could not be made durable.
	ErrIO = errors.New("journal: write failed")
	// ErrClosed is returned once Close was called.
	ErrClosed = errors.New("journal: closed")
	// ErrTooLarge is returned for a record of more than MaxPayload octets.
	ErrTooLarge = errors.New("journal: record too large")
	// ErrFormat is returned when a segment was written by a later version.
	ErrFormat = errors.New("journal: segment of an unknown format")
)

const (
	// DefaultSegment is the size at which a new segment is begun, in octets:
	// large enough that making files costs nothing, small enough that
	// imported mail leaves the disk soon.
	DefaultSegment = 16 << 20
	// extendBy is how far a segment's zeros reach ahead of its records, in
	// octets. Writing over zeros that are on disk already lets fdatasync
	// leave the file's metadata alone: 2,500 to 3,000 syncs a second instead
	// of 700 to 860 on ext4.
	extendBy = 1 << 20
	// maxBatch is how much is written before a sync, in octets: it bounds
	// the memory of the committer and how long the first of a batch waits.
	maxBatch = 4 << 20
	// maxBatchRecords bounds a batch of tiny records.
	maxBatchRecords = 1024
)

// Options are the parts that tests replace. The zero value is for use.
type Options struct {
	FS      FS        // nil: OS
	Rand    io.Reader // for markers; nil: crypto/rand
	Segment int64     // size at which a new segment is begun; 0: DefaultSegment
	MinFree uint64    // octets of the file system that appends leave free
}

// Journal is an open journal. Append is safe for any number of callers; Next
// and Done are for one consumer.
type Journal struct {
	dir   string
	o     Options
	reqs  chan *request
	ready chan struct{}
	stop  chan struct{}
	done  chan struct{} // the committer has ended
	once  sync.Once

	mu   sync.Mutex
	segs []*segment // oldest first
	last uint64     // number of the newest segment

	cur    *segment // the committer's own
	buf    []byte
	zeros  []byte
	reader reader
}

// segment is one file. The fields below mu are guarded by the journal's mu.
type segment struct {
	seq  uint64
	name string
	mark marker
	file File  // the committer's handle; nil for old and sealed ones
	room int64 // zeros are written up to here
	used int64 // the committer's end

	end    int64 // records up to here may be read; all acknowledged
	sealed bool  // nothing will be added
	old    bool  // of an earlier run: read past damage to its end
}

// request is one append on its way.
type request struct {
	parts [][]byte
	size  int
	sum   uint32
	err   chan error
}

// Open opens the journal in dir, which exists. Records of an earlier run that
// were not dropped come first from Next.
func Open(dir string, o Options) (*Journal, error) {
	if o.FS == nil {
		o.FS = OS{}
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Segment <= 0 {
		o.Segment = DefaultSegment
	}
	j := &Journal{
		dir: dir, o: o,
		reqs: make(chan *request), ready: make(chan struct{}, 1),
		stop: make(chan struct{}), done: make(chan struct{}),
		zeros: make([]byte, extendBy),
	}
	if err := j.load(); err != nil {
		return nil, err
	}
	if len(j.segs) > 0 {
		j.signal()
	}
	go j.run()
	return j, nil
}

// load finds the segments of earlier runs and removes half-made ones.
func (j *Journal) load() error {
	names, err := j.o.FS.List(j.dir)
	if err != nil {
		return fmt.Errorf("journal: listing segments: %w", err)
	}
	for _, n := range names {
		if strings.HasSuffix(n, tmpSuffix) {
			if err := j.o.FS.Remove(filepath.Join(j.dir, n)); err != nil {
				return fmt.Errorf("journal: removing a half-made segment: %w", err)
			}
			continue
		}
		seq, mark, ok := parseName(n)
		if !ok {
			continue
		}
		j.last = max(j.last, seq)
		if strings.HasSuffix(n, segSuffix) {
			s := &segment{seq: seq, mark: mark, name: filepath.Join(j.dir, n), sealed: true, old: true}
			if err := j.known(s.name); err != nil {
				return err
			}
			j.segs = append(j.segs, s)
		}
	}
	slices.SortFunc(j.segs, func(a, b *segment) int { return strings.Compare(a.name, b.name) })
	return nil
}

// known refuses a segment whose head is whole and names another format. One
// whose head is damaged is read for what is in it.
func (j *Journal) known(name string) error {
	f, size, err := j.o.FS.Open(name)
	if err != nil {
		return fmt.Errorf("journal: opening a segment: %w", err)
	}
	defer f.Close()
	head := make([]byte, len(segMagic))
	if size < int64(len(head)) || readFull(f, head, 0) != nil {
		return nil
	}
	const stem = len(segMagic) - 2 // before the version
	if string(head[:stem]) == segMagic[:stem] && head[stem] != segMagic[stem] && head[stem+1] == segMagic[stem+1] {
		return fmt.Errorf("%w: %s", ErrFormat, name)
	}
	return nil
}

// Append makes one record, the parts in order, durable. When it returns nil
// the record survives a crash. When ctx ends before the record was taken to
// be written, nothing of it is kept; once taken, its outcome is awaited.
func (j *Journal) Append(ctx context.Context, parts ...[]byte) error {
	if err := ctx.Err(); err != nil {
		return err // select would choose at random
	}
	sum, size := payloadSum(parts)
	if size > MaxPayload {
		return fmt.Errorf("%w: %d octets", ErrTooLarge, size)
	}
	r := &request{parts: parts, size: size, sum: sum, err: make(chan error, 1)}
	select {
	case j.reqs <- r:
		return <-r.err
	case <-ctx.Done():
		return ctx.Err()
	case <-j.stop:
		return ErrClosed
	}
}

// Ready gives a channel that holds a value when Next may have something new.
func (j *Journal) Ready() <-chan struct{} { return j.ready }

func (j *Journal) signal() {
	select {
	case j.ready <- struct{}{}:
	default:
	}
}

// Close ends the committer, after it has answered those that it had taken.
func (j *Journal) Close() error {
	j.once.Do(func() { close(j.stop) })
	<-j.done
	j.reader.close()
	return nil
}
