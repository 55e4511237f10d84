package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"reportascam/analyze"
	"reportascam/store"
	"reportascam/testdata/suites"
)

// corpus lists the messages of real mail that tests measure against.
func corpus(tb testing.TB) []string {
	tb.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(suites.Dir(tb), "corpora"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".eml") {
			files = append(files, name)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		tb.Fatalf("%d messages in the corpora: %v", len(files), err)
	}
	return files
}

// TestCorpusIsStoredByteForByte sends every message of the corpora as it is
// (long lines, 8-bit octets, bare LF) and reads each back from the store.
func TestCorpusIsStoredByteForByte(t *testing.T) {
	files := corpus(t)
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	p := start(t, build(t, dir), data, "REPORTASCAM_REPLY_ENABLED=false")
	ids := make([]string, len(files))
	var wg sync.WaitGroup
	next := make(chan int)
	for range 4 {
		wg.Go(func() {
			for i := range next {
				id, err := sendReport(t.Context(), p.addr, "a@client.example", read(t, files[i]))
				if err != nil {
					t.Errorf("%s: %v", files[i], err)
				}
				ids[i] = id
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	settle(t, data, len(files))
	p.stop(t)
	st, err := store.Open(data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for i, file := range files {
		want := read(t, file)
		if !bytes.HasSuffix(want, []byte("\r\n")) {
			want = append(want, "\r\n"...) // DATA ends with a line end (RFC 5321 section 4.1.1.4)
		}
		r, _, err := st.Report(t.Context(), analyze.ID(ids[i]))
		if err != nil || !bytes.Equal(r.Raw, want) {
			t.Errorf("%s is not stored byte for byte: %v", file, err)
		}
		if _, err := st.Judgement(t.Context(), analyze.ID(ids[i])); err != nil {
			t.Errorf("%s was not judged: %v", file, err)
		}
	}
	if found, err := st.Verify(t.Context()); err != nil || !found.OK() || found.Parked > 0 {
		t.Errorf("Verify = %+v, %v", found, err)
	}
	t.Logf("%d messages were sent, stored and judged", len(files))
}

func read(tb testing.TB, file string) []byte {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Error(err)
	}
	return b
}

// TestCheckOfTheCorpus gives one well-formed line for each file.
func TestCheckOfTheCorpus(t *testing.T) {
	files := corpus(t)
	for _, as := range []string{"auto", "report"} {
		var out bytes.Buffer
		code := run(context.Background(), []string{"check", "--json", "--offline", "--as", as, filepath.Join(suites.Dir(t), "corpora")},
			nil, strings.NewReader(""), &out, io.Discard)
		if code != exitFound {
			t.Errorf("check exits with %d, want %d", code, exitFound)
		}
		n := 0
		for line := range bytes.Lines(out.Bytes()) {
			var l checkLine
			if err := json.Unmarshal(line, &l); err != nil || l.File == "" || l.Verdict == "" || l.Originals == nil || l.Error != nil {
				t.Errorf("line %d: %v: %.200s", n, err, line)
			}
			n++
		}
		if n < len(files) {
			t.Errorf("--as %s: %d lines for %d messages", as, n, len(files))
		}
	}
}

// BenchmarkCheck judges the messages of the corpora one after the other: the
// time of an operation is the CPU of one message.
func BenchmarkCheck(b *testing.B) {
	files := corpus(b)
	raws := make([][]byte, len(files))
	for i, f := range files {
		raws[i] = read(b, f)
	}
	j, err := newJudge("", nil)
	if err != nil {
		b.Fatal(err)
	}
	r, err := dnsFlags{Offline: true}.resolver()
	if err != nil {
		b.Fatal(err)
	}
	s := &sitting{judge: j, resolver: r, as: "auto"}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		w := &world{ctx: b.Context(), in: bytes.NewReader(raws[i%len(raws)])}
		if l := s.one(w, "-"); l.Error != nil {
			b.Fatal(*l.Error)
		}
		i++
	}
}
