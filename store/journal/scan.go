package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"syscall"
)

// Record is one payload read back, and where it stood.
type Record struct {
	Payload []byte
	Segment uint64
	Offset  int64
	next    int64 // offset after it
}

// Damage is a stretch of a segment in which no record could be read.
type Damage struct {
	Segment    uint64
	Start, End int64 // octet offsets
	// Torn: the stretch had never been reported durable, so that nothing
	// that was acknowledged can be lost in it.
	Torn bool
}

// String says it for a log or a report.
func (d Damage) String() string {
	what := "damaged"
	if d.Torn {
		what = "torn"
	}
	return fmt.Sprintf("journal segment %d: %s from %d to %d", d.Segment, what, d.Start, d.End)
}

const (
	// scanChunk is how much is read at a time while looking for an end.
	scanChunk = 64 << 10
	// sector is what is stepped over when a disk cannot read a place, and
	// how much is read at a time while looking for a marker.
	sector = 4096
)

// scanner reads the records of one segment, past damage.
type scanner struct {
	r       io.ReaderAt
	seq     uint64
	mark    marker
	pos     int64
	end     int64 // of what may be read
	synced  int64 // highest synced seen: all below was durable
	damaged []Damage
}

// next gives the next record that is whole. At the end it gives io.EOF; any
// other error is a failure to read, and the position has not moved.
func (s *scanner) next() (Record, error) {
	start := s.pos
	rec, ok, err := s.at(start)
	if err != nil {
		return rec, err
	}
	if ok {
		s.pos = rec.next
		return rec, nil
	}
	// Look for the next marker that begins a whole record.
	for from := start + 1; ; {
		found, err := s.find(from)
		if errors.Is(err, io.EOF) {
			err = s.finish(start)
			return Record{}, err
		}
		if err != nil {
			return Record{}, err
		}
		rec, ok, err = s.at(found)
		if err != nil {
			return Record{}, err
		}
		if ok {
			s.damaged = append(s.damaged, Damage{Segment: s.seq, Start: start, End: found})
			s.pos = rec.next
			return rec, nil
		}
		from = found + 1
	}
}

// finish notes what stands after the last record, unless it is only the
// zeros of the room kept free.
func (s *scanner) finish(start int64) error {
	zero, err := s.zeros(start)
	if err != nil {
		return err
	}
	if !zero {
		s.damaged = append(s.damaged, Damage{Segment: s.seq, Start: start, End: s.end})
	}
	s.pos = s.end
	return io.EOF
}

// damages gives the stretches that could not be read, judged by what later
// records said had been durable.
func (s *scanner) damages() []Damage {
	for i := range s.damaged {
		s.damaged[i].Torn = s.damaged[i].Start >= s.synced
	}
	return s.damaged
}

// at reads the record at an offset; ok is false when none is whole there.
func (s *scanner) at(off int64) (rec Record, ok bool, err error) {
	if s.end-off < frameHeader {
		return rec, false, nil
	}
	var b [frameHeader]byte
	if err := readFull(s.r, b[:], off); err != nil {
		return rec, false, readable(err)
	}
	h, ok := parseHeader(b[:], s.mark)
	if !ok || int64(h.size) > s.end-off-frameHeader {
		return rec, false, nil
	}
	payload := make([]byte, h.size)
	if err := readFull(s.r, payload, off+frameHeader); err != nil {
		return rec, false, readable(err)
	}
	if !h.holds(payload) {
		return rec, false, nil
	}
	s.synced = max(s.synced, min(h.synced, off))
	next := off + frameHeader + int64(h.size)
	return Record{Payload: payload, Segment: s.seq, Offset: off, next: next}, true, nil
}

// find gives the offset of the first marker at or after from, or io.EOF.
func (s *scanner) find(from int64) (int64, error) {
	buf := make([]byte, sector)
	for from+frameHeader <= s.end {
		n := min(int64(len(buf)), s.end-from)
		if err := readFull(s.r, buf[:n], from); err != nil {
			if readable(err) != nil {
				return 0, err
			}
			from = (from/sector + 1) * sector
			continue
		}
		if i := bytes.Index(buf[:n], s.mark[:]); i >= 0 {
			return from + int64(i), nil
		}
		from += n - (markerLen - 1)
	}
	return 0, io.EOF
}

// zeros reports whether there is nothing but zeros from an offset on.
func (s *scanner) zeros(from int64) (bool, error) {
	buf := make([]byte, scanChunk)
	for from < s.end {
		n := min(int64(len(buf)), s.end-from)
		if err := readFull(s.r, buf[:n], from); err != nil {
			return false, readable(err)
		}
		if len(bytes.Trim(buf[:n], "\x00")) > 0 {
			return false, nil
		}
		from += n
	}
	return true, nil
}

// readable makes a place that the disk cannot read (EIO) one that holds no
// record, so that one bad sector does not keep all that comes after it from
// being read; the file is kept. Other errors may pass, and stay errors.
func readable(err error) error {
	if errors.Is(err, syscall.EIO) {
		return nil
	}
	return err
}

// readFull reads exactly len(b) octets; a file that has become shorter than
// it was is an error, not an end.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("journal: reading at %d: %w", off, err)
}
