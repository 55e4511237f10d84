package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/store/journal"
)

// TestVerifyFinds breaks one thing at a time.
func TestVerifyFinds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		harm  func(tx *boltTx, judged, waiting analyze.ID) error
		wants string
	}{
		{"message lost", func(tx *boltTx, id, _ analyze.ID) error { return tx.Bucket(bucketRaw).Delete([]byte(id)) }, "damaged"},
		{"message changed", func(tx *boltTx, id, _ analyze.ID) error {
			return tx.Bucket(bucketRaw).Put([]byte(id), []byte("\x00first \x00\xfe"))
		}, "damaged"},
		{"report lost", func(tx *boltTx, id, _ analyze.ID) error { return tx.Bucket(bucketReport).Delete([]byte(id)) }, "without a report"},
		{"judged and waiting", func(tx *boltTx, id, _ analyze.ID) error { return enqueue(tx, id, job{}) }, "is in 2 of"},
		{"nowhere", func(tx *boltTx, _, w analyze.ID) error { return tx.Bucket(bucketQueue).Delete([]byte(w)) }, "is in 0 of"},
		{"never due", func(tx *boltTx, _, w analyze.ID) error {
			j, _, err := findJob(tx, w)
			return errors.Join(err, tx.Bucket(bucketDue).Delete(dueKey(j.Due, w)))
		}, "never falls due"},
		{"index entry lost", func(tx *boltTx, id, _ analyze.ID) error {
			return tx.Bucket(idxBrand).Delete(indexKey("sparkasse", id))
		}, "is not in idx/brand"},
		{"index entry too many", func(tx *boltTx, id, _ analyze.ID) error { return tx.Bucket(idxBrand).Put(indexKey("x", id), mark) }, "idx/brand has 2 entries"},
		{"summary lost", func(tx *boltTx, id, _ analyze.ID) error { return tx.Bucket(bucketSummary).Delete([]byte(id)) }, "another summary"},
		{"reply's message lost", func(tx *boltTx, id, _ analyze.ID) error { return tx.Bucket(bucketOutRaw).Delete([]byte(id)) }, "message is kept or not"},
		{"count", func(tx *boltTx, _, _ analyze.ID) error { return count(tx, counterPending, 1) }, "counter pending"},
		{"count by day", func(tx *boltTx, _, _ analyze.ID) error {
			return add(tx.Bucket(bucketDays), dayKey("2026-03-01", dayLevel, "scam"), 1)
		}, "should be 1"},
		{"record kept apart", func(tx *boltTx, _, _ analyze.ID) error { return tx.Bucket(bucketOddments).Put([]byte("x"), mark) }, "kept apart"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			made, judged, _, waiting := filled(t, dir)
			c, err := made.Verify(t.Context())
			wantClean(t, c, err)
			must(t, made.Close())
			b, err := Open(dir, Options{noImport: true})
			must(t, err)
			defer b.Close()
			must(t, b.update(t.Context(), func(tx *boltTx) error { return tt.harm(tx, judged, waiting) }))
			c, err = b.Verify(t.Context())
			must(t, err)
			if !strings.Contains(strings.Join(c.Problems, "\n"), tt.wants) {
				t.Errorf("Verify() = %q, want %q", c.Problems, tt.wants)
			}
		})
	}
}

func TestBackupAndCompact(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	b, judged, _, _ := filled(t, dir)
	name := filepath.Join(other, DatabaseName)
	must(t, BackupFile(t.Context(), b, name))
	c, err := VerifyFile(t.Context(), name)
	wantClean(t, c, err)
	restored := open(t, other, Options{})
	if _, err := restored.Judgement(t.Context(), judged); err != nil {
		t.Errorf("Judgement from the backup = %v", err)
	}
	serve(t, dir, b)
	cl, err := Dial(dir)
	must(t, err)
	defer cl.Close()
	again := filepath.Join(t.TempDir(), "copy.db")
	must(t, BackupFile(t.Context(), cl, again))
	c, err = VerifyFile(t.Context(), again)
	wantClean(t, c, err)
	if c.Reports != 3 {
		t.Errorf("backup through the socket = %+v, want 3 reports", c)
	}
	if _, _, err := Compact(t.Context(), dir, Options{Timeout: -1}); !errors.Is(err, ErrLocked) {
		t.Errorf("Compact(open store) = %v, want ErrLocked", err)
	}
}

func TestCompact(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, Options{})
	for i := range 30 {
		accept(t, b, noon, strings.Repeat(fmt.Sprint(i, "\x01\x02"), 9000))
	}
	last := report(b, noon, "in the journal")
	must(t, b.Close())
	b, err := Open(dir, Options{noImport: true})
	must(t, err)
	must(t, b.Accept(t.Context(), last, ""))
	must(t, b.Close())
	before, after, err := Compact(t.Context(), dir, Options{})
	if err != nil || after > before || after == 0 {
		t.Errorf("Compact() = %d, %d, %v, want less", before, after, err)
	}
	b = open(t, dir, Options{})
	must(t, b.Drain(t.Context()))
	if _, _, err := b.Report(t.Context(), last.ID); err != nil {
		t.Errorf("Report(was in the journal) = %v", err)
	}
	if es, err := filepath.Glob(filepath.Join(dir, "*.compact")); len(es) > 0 || err != nil {
		t.Errorf("left behind: %v", es)
	}
}

// fullFS is a disk without room.
type fullFS struct {
	journal.OS
	err error
}

func (f fullFS) Create(string) (journal.File, error) { return nil, f.err }

func TestAcceptOnBadDisk(t *testing.T) {
	for _, tt := range []struct{ err, want error }{
		{syscall.ENOSPC, ErrFull}, {syscall.EDQUOT, ErrFull}, {syscall.EIO, ErrIO}, {syscall.EROFS, ErrIO},
	} {
		b := open(t, t.TempDir(), Options{FS: fullFS{err: &os.PathError{Op: "open", Err: tt.err}}})
		if err := b.Accept(t.Context(), report(b, noon, "x"), ""); !errors.Is(err, tt.want) {
			t.Errorf("Accept with %v = %v, want %v", tt.err, err, tt.want)
		}
	}
	b := open(t, t.TempDir(), Options{MinFree: 1 << 62})
	if err := b.Accept(t.Context(), report(b, noon, "x"), ""); !errors.Is(err, ErrFull) {
		t.Errorf("Accept on a nearly full disk = %v, want ErrFull", err)
	}
}

// TestGroup: of writes that share a transaction, one that fails half-way, one
// that panics and one that refuses are undone alone.
func TestGroup(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	bad := errors.New("bad")
	put := func(key string, end func() error) *write {
		return &write{func(tx *boltTx) error {
			if err := tx.Bucket(bucketMeta).Put([]byte(key), mark); err != nil {
				return err
			}
			return end()
		}, make(chan error, 1)}
	}
	fine := func() error { return nil }
	group := []*write{
		put("one", fine), put("two", func() error { return bad }), put("three", fine),
		put("four", func() error { panic("oh") }), {func(*boltTx) error { return refuse(ErrStale) }, make(chan error, 1)},
	}
	var answers []chan error
	for _, w := range group {
		answers = append(answers, w.err)
	}
	b.runGroup(group)
	for i, want := range []error{nil, bad, nil, nil, ErrStale} {
		if err := <-answers[i]; i != 3 && !errors.Is(err, want) || i == 3 && err == nil {
			t.Errorf("write %d = %v, want %v", i, err, want)
		}
	}
	must(t, b.view(t.Context(), func(tx *boltTx) error {
		for key, want := range map[string]bool{"one": true, "two": false, "three": true, "four": false} {
			if got := tx.Bucket(bucketMeta).Get([]byte(key)) != nil; got != want {
				t.Errorf("%s written: %v, want %v", key, got, want)
			}
		}
		return nil
	}))
}

func TestUnreadableRecords(t *testing.T) {
	dir := t.TempDir()
	b, err := Open(dir, Options{Create: true, noImport: true})
	must(t, err)
	must(t, b.journal.Append(t.Context(), []byte("no report")))
	r := report(b, noon, "x")
	must(t, b.Accept(t.Context(), r, ""))
	must(t, b.Close())
	b, err = Open(dir, Options{})
	must(t, err)
	defer b.Close()
	must(t, b.Drain(t.Context()))
	if _, _, err := b.Report(t.Context(), r.ID); err != nil {
		t.Errorf("Report(behind an unreadable record) = %v", err)
	}
	if c, err := b.Verify(t.Context()); err != nil || len(c.Problems) != 1 || !strings.Contains(c.Problems[0], "kept apart") {
		t.Errorf("Verify() = %+v, %v, want the record kept apart", c, err)
	}
}

// TestDamagedMessageIsParked: one that cannot be read back does not stop the
// queue.
func TestDamagedMessageIsParked(t *testing.T) {
	b, err := Open(t.TempDir(), Options{Create: true})
	must(t, err)
	defer b.Close()
	bad, good := accept(t, b, noon, "bad"), accept(t, b, noon.Add(time.Second), "good")
	must(t, b.update(t.Context(), func(tx *boltTx) error {
		return tx.Bucket(bucketRaw).Put([]byte(bad.ID), []byte{codecZstd, 1, 2, 3})
	}))
	l, err := b.Lease(t.Context(), time.Now(), time.Hour)
	if err != nil || l.ID != good.ID {
		t.Errorf("Lease() = %+v, %v, want %s", l, err, good.ID)
	}
	if ps, err := b.Parked(t.Context()); err != nil || len(ps) != 1 || ps[0].ID != bad.ID {
		t.Errorf("Parked() = %+v, %v, want %s", ps, err, bad.ID)
	}
}

func TestCodec(t *testing.T) {
	c, err := newCodec()
	must(t, err)
	defer c.close()
	for _, in := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte("x"), 1<<20), bytes.Repeat([]byte{0}, smallest)} {
		got, err := c.unpack(c.pack(in))
		if err != nil || !bytes.Equal(got, in) {
			t.Errorf("unpack(pack(%.10q…)) = %.10q…, %v", in, got, err)
		}
	}
	bomb := c.pack(make([]byte, maxDecoded+1))
	for _, in := range [][]byte{nil, {9}, {codecZstd}, {codecZstd, 1, 2, 3}, bomb} {
		if len(in) == 1 && in[0] == codecZstd {
			continue // an empty frame is empty
		}
		if got, err := c.unpack(in); !errors.Is(err, errCodec) {
			t.Errorf("unpack(%.10q…) = %d octets, %v, want errCodec", in, len(got), err)
		}
	}
}
