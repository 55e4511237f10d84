package store

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reportascam/analyze"
)

// benchMessage is the message of the figures in the package's benchmarks: 10 KB that
// compress about as mail does.
func benchMessage() string {
	b := make([]byte, 10<<10)
	for i := range b {
		b[i] = "abcdefgh \r\nijklm<>=/"[(i*i>>5+i)%20]
	}
	return string(b)
}

// onDisk opens a store on the disk that holds TMPDIR, which must not be a
// tmpfs for the figures to mean anything.
func onDisk(b *testing.B) *Bolt {
	dir, err := os.MkdirTemp("", "store-bench-")
	must(b, err)
	b.Cleanup(func() { os.RemoveAll(dir) })
	s, err := Open(dir, Options{Create: true})
	must(b, err)
	b.Cleanup(func() { s.Close() })
	return s
}

// spread runs f b.N times in n goroutines.
func spread(b *testing.B, n int, f func(i int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for {
				i := int(next.Add(1))
				if i > b.N {
					return
				}
				if err := f(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkAccept is durable intake, with the importer running beside it.
func BenchmarkAccept(b *testing.B) {
	for _, n := range []int{1, 10, 50} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := onDisk(b)
			raw := benchMessage()
			spread(b, n, func(int) error { return s.Accept(b.Context(), report(s, time.Now(), raw), "") })
		})
	}
}

// BenchmarkPut is the whole way of a report through the database: accept,
// import, lease, finish with a reply, delivery.
func BenchmarkPut(b *testing.B) {
	for _, n := range []int{1, 16} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := onDisk(b)
			raw := benchMessage()
			for range b.N {
				keep(b, s, raw)
			}
			must(b, s.Drain(b.Context()))
			spread(b, n, func(int) error {
				now := time.Now()
				l, err := s.Lease(b.Context(), now, time.Hour)
				if err != nil {
					return err
				}
				_, err = s.Finish(b.Context(), l, judgement(l.ID, now, analyze.Scam), outgoing("anna@example.org"))
				return err
			})
		})
	}
}

// keep has a message accepted, and does not wait for its import.
func keep(tb testing.TB, s *Bolt, raw string) {
	must(tb, s.Accept(tb.Context(), report(s, time.Now(), raw), ""))
}

// BenchmarkList gives the newest 50 of a verdict.
func BenchmarkList(b *testing.B) {
	s := onDisk(b)
	const stored = 2000
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range stored / 8 {
				keep(b, s, "x")
			}
		})
	}
	wg.Wait()
	must(b, s.Drain(b.Context()))
	for range 8 {
		wg.Go(func() {
			for range stored / 8 {
				l, err := s.Lease(b.Context(), time.Now(), time.Hour)
				if err == nil {
					_, err = s.Finish(b.Context(), l, judgement(l.ID, time.Now(), analyze.Scam), nil)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for b.Loop() {
		if got, err := s.List(b.Context(), Query{Level: analyze.Scam}); len(got) != DefaultList || err != nil {
			b.Fatalf("List() = %d, %v, want %d", len(got), err, DefaultList)
		}
	}
}
