package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func openJournal(t testing.TB, dir string, o Options) *Journal {
	t.Helper()
	j, err := Open(dir, o)
	if err != nil {
		t.Fatalf("Open(%s) = %v", dir, err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// readAll takes and drops all records.
func readAll(t testing.TB, j *Journal) []string {
	t.Helper()
	var out []string
	for {
		recs, err := j.Next(3, 1<<20)
		must(t, err)
		if len(recs) == 0 {
			return out
		}
		for _, r := range recs {
			out = append(out, string(r.Payload))
		}
		j.Done(recs[len(recs)-1])
	}
}

func want(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s = %.200q, want %.200q", what, got, want)
	}
}

func segments(t testing.TB, dir, suffix string) []string {
	t.Helper()
	es, err := os.ReadDir(dir)
	must(t, err)
	var out []string
	for _, e := range es {
		if strings.HasSuffix(e.Name(), suffix) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

func TestInOrderAndDropped(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, dir, Options{Segment: 4096})
	var sent []string
	for i := range 100 {
		p := fmt.Sprintf("%d %s", i, strings.Repeat("x", i*7))
		must(t, j.Append(t.Context(), []byte(p[:1]), nil, []byte(p[1:])))
		sent = append(sent, p)
	}
	if n := len(segments(t, dir, segSuffix)); n < 3 {
		t.Errorf("%d segments, want several", n)
	}
	recs, err := j.Next(2, 1)
	must(t, err)
	if len(recs) != 1 || string(recs[0].Payload) != sent[0] {
		t.Errorf("Next(2, 1) = %d records, want the first alone", len(recs))
	}
	st, err := j.Check(t.Context())
	if err != nil || st.Records != len(sent) || len(st.Damaged) > 0 {
		t.Errorf("Check() = %+v, %v, want %d records", st, err, len(sent))
	}
	want(t, "records", readAll(t, j), sent)
	if left := segments(t, dir, segSuffix); len(left) != 1 {
		t.Errorf("%d segments after all were read, want the open one", len(left))
	}
	want(t, "records after all", readAll(t, j), nil)
}

func TestSurvivesAndResumes(t *testing.T) {
	dir := t.TempDir()
	var sent []string
	for run := range 4 {
		j := openJournal(t, dir, Options{})
		p := fmt.Sprint("run ", run)
		must(t, j.Append(t.Context(), []byte(p)))
		sent = append(sent, p)
		must(t, os.WriteFile(filepath.Join(dir, "0000000000000009-0000000000000000.seg.tmp"), []byte("half"), 0o600))
		must(t, j.Close())
		if err := j.Append(t.Context(), nil); !errors.Is(err, ErrClosed) {
			t.Errorf("Append(closed) = %v, want ErrClosed", err)
		}
	}
	j := openJournal(t, dir, Options{})
	recs, err := j.Next(1, 1)
	must(t, err)
	j.Done(recs[0])
	must(t, j.Close())
	// The segment of run 0 was read to its end, but its end not looked at.
	j = openJournal(t, dir, Options{})
	want(t, "records", readAll(t, j), sent)
	if left := segments(t, dir, ""); len(left) != 0 {
		t.Errorf("left in the directory: %v, want nothing", left)
	}
}

func TestManyAtOnce(t *testing.T) {
	j := openJournal(t, t.TempDir(), Options{Segment: 64 << 10})
	const writers, each = 20, 50
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := j.Append(t.Context(), fmt.Appendf(nil, "%02d %03d %s", w, i, strings.Repeat("y", 900))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	got := map[string]int{}
	last := map[string]string{}
	for n := 0; n < writers*each; {
		<-j.Ready()
		for _, p := range readAll(t, j) {
			n++
			got[p[:6]]++
			if p[:6] <= last[p[:2]] {
				t.Errorf("%q after %q, want each writer's in order", p[:6], last[p[:2]])
			}
			last[p[:2]] = p[:6]
		}
	}
	wg.Wait()
	if len(got) != writers*each {
		t.Errorf("%d records, want %d", len(got), writers*each)
	}
}

func TestRefused(t *testing.T) {
	j := openJournal(t, t.TempDir(), Options{})
	if err := j.Append(t.Context(), make([]byte, MaxPayload), []byte{0}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Append(MaxPayload+1) = %v, want ErrTooLarge", err)
	}
	must(t, j.Append(t.Context(), make([]byte, MaxPayload)))
	recs, err := j.Next(1, 1)
	if err != nil || len(recs) != 1 || len(recs[0].Payload) != MaxPayload {
		t.Errorf("Next() = %d records, %v, want the largest", len(recs), err)
	}
	name := fmt.Sprintf("%016x-%016x%s", 99, 1, segSuffix)
	later := []byte(segMagic)
	later[len(later)-2]++
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, name), later, 0o600))
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("Open(later format) = %v, want ErrFormat", err)
	}
}

// faultyFS fails as it is told.
type faultyFS struct {
	OS
	mu      sync.Mutex
	write   error // of the next WriteAt, which writes half
	sync    error // of the next Sync
	create  error
	syncDir error
	free    uint64 // 0: as it is
	synced  int
	cut     error // of every Truncate
}

func (f *faultyFS) take(e *error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := *e
	*e = nil
	return err
}

func (f *faultyFS) Create(name string) (File, error) {
	if err := f.take(&f.create); err != nil {
		return nil, err
	}
	file, err := f.OS.Create(name)
	return &faultyFile{file, f}, err
}

func (f *faultyFS) SyncDir(dir string) error {
	if err := f.take(&f.syncDir); err != nil {
		return err
	}
	return f.OS.SyncDir(dir)
}

func (f *faultyFS) Free(dir string) (uint64, error) {
	if f.free > 0 {
		return f.free, nil
	}
	return f.OS.Free(dir)
}

type faultyFile struct {
	File
	fs *faultyFS
}

func (f *faultyFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fs.take(&f.fs.write); err != nil {
		n, _ := f.File.WriteAt(p[:len(p)/2], off)
		return n, err
	}
	return f.File.WriteAt(p, off)
}

func (f *faultyFile) Sync() error {
	if err := f.fs.take(&f.fs.sync); err != nil {
		return err
	}
	f.fs.mu.Lock()
	f.fs.synced++
	f.fs.mu.Unlock()
	return f.File.Sync()
}

func (f *faultyFile) Truncate(n int64) error {
	if f.fs.cut != nil {
		return f.fs.cut
	}
	return f.File.Truncate(n)
}

func TestFailingDisk(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(f *faultyFS)
		want  error
		fresh bool // a new segment follows
	}{
		{"full while writing", func(f *faultyFS) { f.write = syscall.ENOSPC }, ErrFull, true},
		{"quota while writing", func(f *faultyFS) { f.write = syscall.EDQUOT }, ErrFull, true},
		{"broken while writing", func(f *faultyFS) { f.write = syscall.EIO }, ErrIO, true},
		{"broken while syncing", func(f *faultyFS) { f.sync = syscall.EIO }, ErrIO, true},
		{"full while syncing", func(f *faultyFS) { f.sync = syscall.ENOSPC }, ErrFull, true},
		{"not cut either", func(f *faultyFS) { f.sync = syscall.EIO; f.cut = syscall.EIO }, ErrIO, true},
		{"nearly full", func(f *faultyFS) { f.free = 1 << 20 }, ErrFull, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			fs := &faultyFS{}
			j := openJournal(t, dir, Options{FS: fs, MinFree: 1 << 20})
			must(t, j.Append(t.Context(), []byte("before")))
			before := segments(t, dir, segSuffix)
			tt.fault(fs)
			if err := j.Append(t.Context(), []byte("lost")); !errors.Is(err, tt.want) {
				t.Errorf("Append = %v, want %v", err, tt.want)
			}
			fs.free = 0
			must(t, j.Append(t.Context(), []byte("after")))
			after := segments(t, dir, segSuffix)
			if got := len(after) > len(before); got != tt.fresh {
				t.Errorf("segments %d then %d, want a new one: %v", len(before), len(after), tt.fresh)
			}
			want(t, "records", readAll(t, j), []string{"before", "after"})
		})
	}
}

// TestFailedIsNotReadBack: what was refused is not there after a crash, where
// the file could be cut.
func TestFailedIsNotReadBack(t *testing.T) {
	dir := t.TempDir()
	fs := &faultyFS{}
	j := openJournal(t, dir, Options{FS: fs})
	must(t, j.Append(t.Context(), []byte("before")))
	fs.sync = syscall.EIO
	if err := j.Append(t.Context(), []byte("lost")); !errors.Is(err, ErrIO) {
		t.Errorf("Append = %v, want ErrIO", err)
	}
	must(t, j.Close())
	want(t, "records", readAll(t, openJournal(t, dir, Options{})), []string{"before"})
}

func TestFailingBegin(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(f *faultyFS)
		want  error
	}{
		{"create", func(f *faultyFS) { f.create = syscall.ENOSPC }, ErrFull},
		{"head", func(f *faultyFS) { f.write = syscall.ENOSPC }, ErrFull},
		{"sync", func(f *faultyFS) { f.sync = syscall.EIO }, ErrIO},
		{"directory", func(f *faultyFS) { f.syncDir = syscall.EIO }, ErrIO},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			fs := &faultyFS{}
			j := openJournal(t, dir, Options{FS: fs})
			tt.fault(fs)
			if err := j.Append(t.Context(), []byte("x")); !errors.Is(err, tt.want) {
				t.Errorf("Append = %v, want %v", err, tt.want)
			}
			if left := segments(t, dir, ""); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			must(t, j.Append(t.Context(), []byte("y")))
			want(t, "records", readAll(t, j), []string{"y"})
		})
	}
}

// TestEachIsSynced: a lone append has its own sync, and is not answered before.
func TestEachIsSynced(t *testing.T) {
	fs := &faultyFS{}
	j := openJournal(t, t.TempDir(), Options{FS: fs})
	must(t, j.Append(t.Context(), []byte("x")))
	for range 10 {
		was := fs.synced
		must(t, j.Append(t.Context(), []byte("x")))
		if fs.synced != was+1 {
			t.Errorf("%d syncs for an append, want 1", fs.synced-was)
		}
	}
}

func TestEndedContext(t *testing.T) {
	j := openJournal(t, t.TempDir(), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Append(ctx, []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("Append(ended context) = %v, want context.Canceled", err)
	}
	want(t, "records", readAll(t, j), nil)
}
