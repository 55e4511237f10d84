package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// reader is the consumer's place in the journal.
type reader struct {
	seq  uint64 // segment that it stands in; 0: none
	file File
	scan scanner
	done int64 // dropped up to here
}

func (r *reader) close() {
	if r.file != nil {
		r.file.Close()
	}
	*r = reader{}
}

// Next gives the oldest records that were not dropped: at least one when
// there is one, at most n, and no more once they come to size octets. All are
// of one segment. None, without an error, means that the journal is drained.
// Until Done is called it gives the same records again.
func (j *Journal) Next(n, size int) ([]Record, error) {
	for {
		s, end := j.head()
		if s == nil {
			return nil, nil
		}
		if err := j.enter(s, end); err != nil {
			return nil, err
		}
		recs, err := j.take(n, size)
		if err != nil || len(recs) > 0 {
			return recs, err
		}
		grown, sealed := j.after(s, end)
		if grown {
			continue
		}
		if !sealed {
			return nil, nil
		}
		if err := j.drop(s); err != nil {
			return nil, err
		}
	}
}

// head gives the oldest segment, and how far it may be read.
func (j *Journal) head() (*segment, int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.segs) == 0 {
		return nil, 0
	}
	return j.segs[0], j.segs[0].end
}

// after tells in one look whether a segment has grown since end was its end,
// and whether it will not grow any more: two looks could lose what was written
// between them.
func (j *Journal) after(s *segment, end int64) (grown, sealed bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return s.end > end, s.sealed
}

// enter sets the reader at the first record of a segment that was not dropped.
func (j *Journal) enter(s *segment, end int64) error {
	r := &j.reader
	if r.seq != s.seq {
		r.close()
		f, size, err := j.o.FS.Open(s.name)
		if err != nil {
			return fmt.Errorf("journal: opening a segment: %w", err)
		}
		if s.old {
			end = size
			j.mu.Lock()
			s.end = size
			j.mu.Unlock()
		}
		*r = reader{seq: s.seq, file: f, done: min(int64(len(segMagic)), end)}
		r.scan = scanner{r: f, seq: s.seq, mark: s.mark}
	}
	r.scan.pos, r.scan.end = r.done, end
	// Damage is noted again as it is passed again, but what was dropped
	// with a record before it stays noted.
	r.scan.damaged = trim(r.scan.damaged, r.done)
	return nil
}

func trim(ds []Damage, done int64) []Damage {
	for i, d := range ds {
		if d.End > done {
			return ds[:i]
		}
	}
	return ds
}

func (j *Journal) take(n, size int) ([]Record, error) {
	var recs []Record
	for got := 0; len(recs) < n && got < size; {
		rec, err := j.reader.scan.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
		got += len(rec.Payload)
	}
	return recs, nil
}

// Done drops all records up to and with rec, which the consumer has made
// durable.
func (j *Journal) Done(rec Record) {
	if j.reader.seq == rec.Segment {
		j.reader.done = rec.next
	}
}

// drop removes a segment that is read to its end. One in which acknowledged
// records were lost is kept under another name, for whoever can read it.
func (j *Journal) drop(s *segment) error {
	bad := false
	for _, d := range j.reader.scan.damages() {
		bad = bad || !d.Torn
	}
	j.reader.close()
	var err error
	if bad {
		err = j.o.FS.Rename(s.name, s.name+badSuffix)
	} else {
		err = j.o.FS.Remove(s.name)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("journal: dropping a segment: %w", err)
	}
	j.mu.Lock()
	j.segs = j.segs[1:]
	j.mu.Unlock()
	return nil
}

// State is what Check found.
type State struct {
	Segments int      // files
	Records  int      // that can be read
	Octets   int64    // of those files, up to their last record
	Damaged  []Damage // stretches that hold no record
	Kept     []string // names of damaged segments that were kept
}

// Check reads all that is in the journal. It takes nothing and may run beside
// everything else.
func (j *Journal) Check(ctx context.Context) (State, error) {
	var st State
	j.mu.Lock()
	segs := make([]segment, 0, len(j.segs))
	for _, s := range j.segs {
		segs = append(segs, segment{seq: s.seq, name: s.name, mark: s.mark, end: s.end, old: s.old})
	}
	j.mu.Unlock()
	for i := range segs {
		if err := j.checkOne(ctx, &segs[i], &st); err != nil {
			return st, err
		}
	}
	names, err := j.o.FS.List(j.dir)
	if err != nil {
		return st, fmt.Errorf("journal: listing segments: %w", err)
	}
	for _, n := range names {
		if strings.HasSuffix(n, badSuffix) {
			st.Kept = append(st.Kept, filepath.Join(j.dir, n))
		}
	}
	return st, nil
}

func (j *Journal) checkOne(ctx context.Context, s *segment, st *State) error {
	f, size, err := j.o.FS.Open(s.name)
	if errors.Is(err, os.ErrNotExist) {
		return nil // read and dropped meanwhile
	}
	if err != nil {
		return fmt.Errorf("journal: opening a segment: %w", err)
	}
	defer f.Close()
	end := s.end
	if s.old {
		end = size
	}
	st.Segments++
	sc := scanner{r: f, seq: s.seq, mark: s.mark, pos: min(int64(len(segMagic)), end), end: end}
	for ctx.Err() == nil {
		rec, err := sc.next()
		if errors.Is(err, io.EOF) {
			st.Damaged = append(st.Damaged, sc.damages()...)
			return nil
		}
		if err != nil {
			return err
		}
		st.Records++
		st.Octets += rec.next - rec.Offset
	}
	return ctx.Err()
}
