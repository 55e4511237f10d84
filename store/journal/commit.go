package journal

import (
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	segSuffix = ".seg"
	tmpSuffix = ".tmp"
	badSuffix = ".damaged"
	// segMagic begins each segment: what it is, and the format's version.
	segMagic = "reportascam\x00j\x00\x01\n"
)

// segName is the base name of a segment: its number, by which names sort, and
// its marker, both in hexadecimal.
func segName(seq uint64, m marker) string {
	return fmt.Sprintf("%016x-%x%s", seq, m[:], segSuffix)
}

// parseName reads what segName wrote, under any suffix.
func parseName(n string) (seq uint64, m marker, ok bool) {
	base, _, _ := strings.Cut(n, ".")
	a, b, found := strings.Cut(base, "-")
	if !found || len(a) != 16 {
		return 0, m, false
	}
	seq, err := strconv.ParseUint(a, 16, 64)
	if err != nil {
		return 0, m, false
	}
	raw, err := hex.DecodeString(b)
	if err != nil || len(raw) != markerLen {
		return 0, m, false
	}
	return seq, marker(raw), true
}

// run is the committer: it takes who waits, writes, syncs once, answers all.
func (j *Journal) run() {
	defer close(j.done)
	defer j.seal()
	batch := make([]*request, 0, maxBatchRecords)
	for {
		select {
		case <-j.stop:
			return
		case r := <-j.reqs:
			batch = j.gather(append(batch[:0], r))
		}
		err := j.commit(batch)
		for _, r := range batch {
			r.err <- err
		}
		clear(batch)
		if err == nil {
			j.signal()
		}
	}
}

// gather takes all who wait now; it waits for nobody.
func (j *Journal) gather(batch []*request) []*request {
	for size := batch[0].size; size < maxBatch && len(batch) < maxBatchRecords; {
		select {
		case r := <-j.reqs:
			batch = append(batch, r)
			size += r.size
		default:
			return batch
		}
	}
	return batch
}

// commit makes a batch durable, or none of it.
func (j *Journal) commit(batch []*request) error {
	if err := j.room(batch); err != nil {
		return err
	}
	if j.cur != nil && j.cur.used >= j.o.Segment {
		j.seal()
	}
	if j.cur == nil {
		if err := j.begin(); err != nil {
			return fail("beginning a segment", err)
		}
	}
	s := j.cur
	err := j.write(s, batch)
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		// What the file holds past its last good sync is not known. It is
		// cut off where that can be done, and never written to again.
		_ = s.file.Truncate(s.end)
		j.seal()
		return fail("writing", err)
	}
	j.mu.Lock()
	s.end = s.used
	j.mu.Unlock()
	return nil
}

// room refuses a batch that would leave the file system without the space
// that the importer needs to make progress.
func (j *Journal) room(batch []*request) error {
	if j.o.MinFree == 0 {
		return nil
	}
	need := uint64(extendBy)
	for _, r := range batch {
		need += uint64(r.size + frameHeader)
	}
	n, err := j.o.FS.Free(j.dir)
	if err != nil {
		return fail("asking for free space", err)
	}
	if n < j.o.MinFree+need {
		return fmt.Errorf("%w: %d octets free, %d are kept for the work on what was accepted", ErrFull, n, j.o.MinFree)
	}
	return nil
}

// write lays the batch behind the segment's last record, with zeros after it
// when it comes to the end of those.
func (j *Journal) write(s *segment, batch []*request) error {
	j.buf = j.buf[:0]
	for _, r := range batch {
		j.buf = appendHeader(j.buf, s.mark, r.size, s.end, r.sum)
		for _, p := range r.parts {
			j.buf = append(j.buf, p...)
		}
		if len(j.buf) >= maxBatch {
			if err := j.flush(s); err != nil {
				return err
			}
		}
	}
	if err := j.flush(s); err != nil {
		return err
	}
	if s.used > s.room {
		// The room was just written past: the next sync pays for the
		// file's size once, and the hundred after it do not.
		if _, err := s.file.WriteAt(j.zeros, s.used); err != nil {
			return err
		}
		s.room = s.used + int64(len(j.zeros))
	}
	return nil
}

func (j *Journal) flush(s *segment) error {
	if _, err := s.file.WriteAt(j.buf, s.used); err != nil {
		return err
	}
	s.used += int64(len(j.buf))
	j.buf = j.buf[:0]
	if cap(j.buf) > 2*maxBatch {
		j.buf = nil // one huge message does not stay in memory
	}
	return nil
}

// begin makes the next segment: under another name until it and its name are
// on disk, so that a segment always has its head.
func (j *Journal) begin() error {
	var m marker
	if _, err := io.ReadFull(j.o.Rand, m[:]); err != nil {
		return err
	}
	seq := j.last + 1
	name := filepath.Join(j.dir, segName(seq, m))
	tmp := name + tmpSuffix
	f, err := j.o.FS.Create(tmp)
	if err != nil {
		return err
	}
	if err := j.settle(f, tmp, name); err != nil {
		f.Close()
		_ = j.o.FS.Remove(tmp)
		_ = j.o.FS.Remove(name)
		return err
	}
	s := &segment{seq: seq, name: name, mark: m, file: f, room: extendBy, used: int64(len(segMagic)), end: int64(len(segMagic))}
	j.cur = s
	j.mu.Lock()
	j.last = seq
	j.segs = append(j.segs, s)
	j.mu.Unlock()
	return nil
}

// settle writes a new segment's head and room, and gives it its name.
func (j *Journal) settle(f File, tmp, name string) error {
	if _, err := f.WriteAt([]byte(segMagic), 0); err != nil {
		return err
	}
	if _, err := f.WriteAt(j.zeros[len(segMagic):], int64(len(segMagic))); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := j.o.FS.Rename(tmp, name); err != nil {
		return err
	}
	return j.o.FS.SyncDir(j.dir)
}

// seal ends the current segment; its records stay to be read.
func (j *Journal) seal() {
	s := j.cur
	if s == nil {
		return
	}
	j.cur = nil
	_ = s.file.Close() // all that counts was synced
	j.mu.Lock()
	s.sealed = true
	j.mu.Unlock()
	j.signal()
}

// fail sorts an error of the file system into ours.
func fail(doing string, err error) error {
	kind := ErrIO
	if Full(err) {
		kind = ErrFull
	}
	return fmt.Errorf("%w: %s: %w", kind, doing, err)
}
