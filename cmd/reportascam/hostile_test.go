package main

import (
	"bytes"
	"runtime"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"

	"reportascam/testdata/hostile"
)

const (
	// maxHostileCPU is what one sample may cost, of all processors together. It
	// is no time by the clock, so that a busy machine does not fail it.
	maxHostileCPU = 2 * time.Second
	// maxHostileHeap is how far the heap may grow for one sample beyond what
	// the indexes take, in octets, the sample itself of up to 60 MB with it.
	maxHostileHeap = 300 << 20
	// raceFactor is how much slower the race detector may make all that.
	raceFactor = 15
	// raceShare is of how many samples one is judged under it.
	raceShare = 12
)

// cpu gives the time that the process has spent on processors.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestHostileWhole judges every hostile sample as check does: each gives a
// verdict, crashes nothing, and costs what the limits allow.
func TestHostileWhole(t *testing.T) {
	list := hostile.Samples()
	if len(list) < 200 {
		t.Fatalf("%d samples, want at least 200", len(list))
	}
	j, err := newJudge("", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := dnsFlags{Offline: true}.resolver()
	if err != nil {
		t.Fatal(err)
	}
	defer sweepLess(nil)()
	limit := maxHostileCPU
	if raced {
		limit *= raceFactor
	}
	for i, sample := range list {
		if raced && i%raceShare != 0 {
			continue // each costs many times as much; they are all judged without the detector
		}
		for _, as := range []string{"auto", "original"} {
			t.Run(sample.Name+"/"+as, func(t *testing.T) {
				raw := sample.Make()
				if len(raw) > maxFile {
					t.Fatalf("%d octets, more than check takes", len(raw))
				}
				runtime.GC()
				peak := watchHeap()
				before := cpu(t)
				s := &sitting{judge: j, resolver: r, as: as, trust: trustOf("topmost")}
				line := s.one(&world{ctx: t.Context(), in: bytes.NewReader(raw)}, "-")
				spent := cpu(t) - before
				heap := peak()
				t.Logf("%d KB, %v of CPU, a heap of %d MB: %s", len(raw)>>10, spent.Round(time.Millisecond), heap>>20, line.Verdict)
				if line.Error != nil || line.Verdict == "" || len(line.Originals) == 0 {
					t.Errorf("no verdict: %v", orEmpty(line.Error))
				}
				if n := j.panics.Swap(0); n > 0 {
					t.Errorf("%d parts of the judgement crashed", n)
				}
				if spent > limit {
					t.Errorf("%v of CPU, want at most %v", spent, limit)
				}
				if heap > maxHostileHeap && !raced {
					t.Errorf("a heap of %d MB, want at most %d", heap>>20, maxHostileHeap>>20)
				}
			})
		}
	}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// watchHeap measures the memory of live and unswept objects until the function
// that it gives is called, which tells the most that was seen.
func watchHeap() (peak func() uint64) {
	done, result := make(chan struct{}), make(chan uint64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		most, tick := uint64(0), time.NewTicker(2*time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-done:
				result <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(done); return <-result }
}

// BenchmarkHostileWhole is the same as a benchmark: -bench 'HostileWhole/html'.
func BenchmarkHostileWhole(b *testing.B) {
	j, err := newJudge("", nil)
	if err != nil {
		b.Fatal(err)
	}
	r, err := dnsFlags{Offline: true}.resolver()
	if err != nil {
		b.Fatal(err)
	}
	for _, sample := range hostile.Samples() {
		b.Run(sample.Name, func(b *testing.B) {
			raw := sample.Make()
			s := &sitting{judge: j, resolver: r, as: "original"}
			b.ReportAllocs()
			for b.Loop() {
				s.one(&world{ctx: b.Context(), in: bytes.NewReader(raw)}, "-")
			}
		})
	}
}
