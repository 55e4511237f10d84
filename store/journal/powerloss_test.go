package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"strings"
	"sync"
	"testing"
)

// memFS is a disk with a cache that power loss empties: what was not synced
// may be there afterwards or not, sector by sector, and so may names.
type memFS struct {
	mu    sync.Mutex
	names map[string]*memFile // as programs see them
	disk  map[string]*memFile // as synced
	off   bool                // the power is
}

type memFile struct {
	fs   *memFS
	data []byte
	disk []byte
}

var errOff = errors.New("the power is off")

func newMemFS() *memFS { return &memFS{names: map[string]*memFile{}, disk: map[string]*memFile{}} }

func (m *memFS) lock() error {
	m.mu.Lock()
	if m.off {
		m.mu.Unlock()
		return errOff
	}
	return nil
}

func (m *memFS) Create(name string) (File, error) {
	if err := m.lock(); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	m.names[name] = &memFile{fs: m}
	return m.names[name], nil
}

func (m *memFS) Open(name string) (File, int64, error) {
	if err := m.lock(); err != nil {
		return nil, 0, err
	}
	defer m.mu.Unlock()
	if f := m.names[name]; f != nil {
		return f, int64(len(f.data)), nil
	}
	return nil, 0, os.ErrNotExist
}

func (m *memFS) Rename(from, to string) error {
	if err := m.lock(); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.names[to] = m.names[from]
	delete(m.names, from)
	return nil
}

func (m *memFS) Remove(name string) error {
	if err := m.lock(); err != nil {
		return err
	}
	defer m.mu.Unlock()
	delete(m.names, name)
	return nil
}

func (m *memFS) List(dir string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for n := range m.names {
		out = append(out, path.Base(n))
	}
	return out, nil
}

func (m *memFS) SyncDir(string) error {
	if err := m.lock(); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.disk = map[string]*memFile{}
	for n, f := range m.names {
		m.disk[n] = f
	}
	return nil
}

func (m *memFS) Free(string) (uint64, error) { return 1 << 40, nil }

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return bytes.NewReader(f.data).ReadAt(p, off)
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fs.lock(); err != nil {
		return 0, err
	}
	defer f.fs.mu.Unlock()
	if need := int(off) + len(p); need > len(f.data) {
		f.data = append(f.data, make([]byte, need-len(f.data))...)
	}
	return copy(f.data[off:], p), nil
}

func (f *memFile) Truncate(n int64) error {
	if err := f.fs.lock(); err != nil {
		return err
	}
	defer f.fs.mu.Unlock()
	f.data = f.data[:n]
	return nil
}

func (f *memFile) Sync() error {
	if err := f.fs.lock(); err != nil {
		return err
	}
	defer f.fs.mu.Unlock()
	f.disk = bytes.Clone(f.data)
	return nil
}

func (f *memFile) Close() error { return nil }

// after is the disk as it may be found when the power is back.
func (m *memFS) after(r *rand.Rand) *memFS {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := newMemFS()
	names := m.disk
	if r.IntN(2) == 0 {
		names = m.names
	}
	for n, f := range names {
		data := f.disk
		if len(f.data) > len(data) && r.IntN(2) == 0 {
			data = append(bytes.Clone(data), make([]byte, len(f.data)-len(data))...)
		}
		data = bytes.Clone(data)
		for at := 0; at < len(data); at += 512 {
			if end := min(at+512, len(data)); at < len(f.data) && r.IntN(2) == 0 {
				copy(data[at:end], f.data[at:])
			}
		}
		nf := &memFile{fs: out, data: data, disk: bytes.Clone(data)}
		out.names[n], out.disk[n] = nf, nf
	}
	return out
}

// TestPowerLoss takes the power away at random moments. All that Append took
// is there afterwards, whole, and nothing is called damaged that was only torn.
func TestPowerLoss(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 1))
		fs := newMemFS()
		taken := map[string]bool{}
		for round := range 3 {
			lose(t, fs, r, fmt.Sprint(seed, ".", round), taken)
			fs = fs.after(r)
		}
		j := openJournal(t, "j", Options{FS: fs})
		st, err := j.Check(t.Context())
		must(t, err)
		for _, d := range st.Damaged {
			if !d.Torn {
				t.Errorf("seed %d: %s, want it only torn", seed, d)
			}
		}
		got := map[string]bool{}
		for _, p := range readAll(t, j) {
			got[p] = true
		}
		for p := range taken {
			if !got[p] {
				t.Errorf("seed %d: %.20q was taken and is lost", seed, p)
			}
		}
	}
}

// lose appends with several writers until the power goes.
func lose(t *testing.T, fs *memFS, r *rand.Rand, name string, taken map[string]bool) {
	j := openJournal(t, "j", Options{FS: fs, Segment: 60000})
	var mu sync.Mutex
	var wg sync.WaitGroup
	stop := 20 + r.IntN(200)
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				p := fmt.Sprintf("%s %d %d %s", name, w, i, strings.Repeat("v", i*131%3000))
				if err := j.Append(context.Background(), []byte(p)); err != nil {
					return
				}
				mu.Lock()
				taken[p] = true
				if len(taken)%stop == 0 {
					fs.mu.Lock()
					fs.off = true
					fs.mu.Unlock()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
