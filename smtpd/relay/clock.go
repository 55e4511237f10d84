package relay

import (
	"sync/atomic"
	"time"
)

// Stage is how long one part of the work took, in all messages since start.
type Stage struct {
	Name  string        `json:"stage"`
	Count int64         `json:"count"`
	Mean  time.Duration `json:"mean_ns"`
	P50   time.Duration `json:"p50_ns"` // within a fifth
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns"`
}

// The stages.
const (
	stageReceive = iota // from DATA to the end of the message
	stageWait           // for memory and a turn
	stageJudge
	stagePass // to the next hop, until its answer
	stageAll  // from the end of the message to the answer
	stageCount
)

func stageNames() [stageCount]string {
	return [stageCount]string{"receive", "wait", "judge", "pass-on", "all"}
}

// buckets of times, each a quarter of an octave: 1 µs to above an hour.
const clockBuckets = 4 * 33

// clocks are counters of time; the zero value works.
type clocks struct {
	list [stageCount]struct {
		sum, max atomic.Int64
		n        [clockBuckets]atomic.Int64
	}
}

// add counts one time.
func (c *clocks) add(stage int, d time.Duration) {
	s := &c.list[stage]
	s.sum.Add(int64(d))
	for {
		old := s.max.Load()
		if int64(d) <= old || s.max.CompareAndSwap(old, int64(d)) {
			break
		}
	}
	s.n[clockBucket(d)].Add(1)
}

// clockBucket gives the first bucket whose bound is not below d.
func clockBucket(d time.Duration) int {
	lo, hi := 0, clockBuckets-1
	for lo < hi {
		if mid := (lo + hi) / 2; clockBound(mid) >= d {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// clockBound is the longest time in a bucket.
func clockBound(i int) time.Duration {
	base := time.Microsecond << (i / 4)
	return base + base*time.Duration(i%4)/4
}

// stages gives what was counted.
func (c *clocks) stages() []Stage {
	out := make([]Stage, 0, stageCount)
	for i, name := range stageNames() {
		s := &c.list[i]
		var n [clockBuckets]int64
		st := Stage{Name: name, Max: time.Duration(s.max.Load())}
		for b := range n {
			n[b] = s.n[b].Load()
			st.Count += n[b]
		}
		if st.Count > 0 {
			st.Mean = time.Duration(s.sum.Load() / st.Count)
			st.P50, st.P99 = quantile(n[:], st.Count, 0.5), quantile(n[:], st.Count, 0.99)
		}
		out = append(out, st)
	}
	return out
}

func quantile(n []int64, total int64, q float64) time.Duration {
	want, seen := int64(float64(total)*q), int64(0)
	for b, k := range n {
		if seen += k; seen > want {
			return clockBound(b)
		}
	}
	return clockBound(len(n) - 1)
}
