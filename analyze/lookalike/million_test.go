package lookalike

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/vellum"
	"github.com/blevesearch/vellum/levenshtein"
)

// million gives n domains whose labels are as long as those of a list of
// popular ones: half of eight to thirteen letters, some with hyphens, under the
// suffixes that are common.
func million(n int) []Protected {
	rng := rand.New(rand.NewPCG(11, 13))
	suffixes := []string{"com", "com", "com", "com", "com", "net", "org", "de", "co.uk", "ru", "fr", "io"}
	out := make([]Protected, 0, n)
	seen := make(map[string]bool, n)
	for len(out) < n {
		var b strings.Builder
		for range 2 + rng.IntN(4) {
			b.WriteByte("bcdfghklmnprstvz"[rng.IntN(16)])
			b.WriteByte("aeiou"[rng.IntN(5)])
			if rng.IntN(3) == 0 {
				b.WriteByte("nrslt"[rng.IntN(5)])
			}
		}
		if rng.IntN(8) == 0 {
			b.WriteString("-" + randomWord(rng, 4, "aeiobcdlmnrst"))
		}
		d := b.String() + "." + suffixes[rng.IntN(len(suffixes))]
		if !seen[d] {
			seen[d] = true
			out = append(out, Protected{Domain: d})
		}
	}
	return out
}

// asked are names as mail has them: near a protected one, below a stranger, and
// of no concern.
func asked(p []Protected) []string {
	rng := rand.New(rand.NewPCG(17, 19))
	var names []string
	for range 2000 {
		d := p[rng.IntN(len(p))].Domain
		at := rng.IntN(strings.IndexByte(d, '.'))
		names = append(names, d[:at]+"x"+d[at:], d[:at]+d[at+1:], "login."+d+".example.net", "www."+randomWord(rng, 9, "aeioubcdfghklmnprst")+".com", "mail.news-"+randomWord(rng, 6, "aeioulmnrst")+".example.org")
	}
	return names
}

// percentiles runs f for each name until b has had enough, and reports the
// median and the 99th percentile of one call.
func percentiles(b *testing.B, names []string, f func(string)) {
	for _, name := range names[:100] {
		f(name)
	}
	var took []time.Duration
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		at := time.Now()
		f(names[i%len(names)])
		took = append(took, time.Since(at))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-µs")
}

// heap is what is in use, in MiB, once the garbage is gone.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// BenchmarkMillion looks names up among a million protected domains: in this
// index beside the one of a registry, by a Levenshtein automaton over a finite
// state transducer, and in a plain deletion index, which find an edit alone.
func BenchmarkMillion(b *testing.B) {
	list := million(1_000_000)
	names := asked(list)
	labels := func() []string {
		out := make([]string, len(list))
		for i, p := range list {
			_, out[i] = split(p.Domain)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	b.Run("index", func(b *testing.B) {
		var file bytes.Buffer
		if err := New(list).Write(&file); err != nil {
			b.Fatal(err)
		}
		before, at := heap(), time.Now()
		own, err := Read(bytes.NewReader(file.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		load := time.Since(at)
		held := heap() - before
		x := small().With(own)
		percentiles(b, names, func(name string) { x.Find(name) })
		b.ReportMetric(load.Seconds(), "load-s")
		b.ReportMetric(held, "MiB")
		runtime.KeepAlive(own)
		runtime.KeepAlive(file.Bytes())
	})
	b.Run("automaton", func(b *testing.B) {
		var out bytes.Buffer
		fst, err := vellum.New(&out, nil)
		if err != nil {
			b.Fatal(err)
		}
		for i, l := range labels() {
			if err := fst.Insert([]byte(l), uint64(i)); err != nil {
				b.Fatal(err)
			}
		}
		if err := fst.Close(); err != nil {
			b.Fatal(err)
		}
		x, err := vellum.Load(out.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		lev, err := levenshtein.NewLevenshteinAutomatonBuilder(1, true)
		if err != nil {
			b.Fatal(err)
		}
		percentiles(b, names, func(name string) {
			_, label := split(name)
			dfa, err := lev.BuildDfa(label, 1)
			if err != nil {
				b.Fatal(err)
			}
			it, err := x.Search(dfa, nil, nil)
			for err == nil {
				err = it.Next()
			}
		})
		b.ReportMetric(float64(out.Len())/(1<<20), "MiB")
	})
	b.Run("deletions", func(b *testing.B) {
		type row struct {
			hash uint64
			id   uint32
		}
		var rows []row
		cut := func(word string, f func(uint64)) {
			for i := -1; i < len(word); i++ {
				h := fnv.New64a()
				if i < 0 {
					fmt.Fprint(h, word)
				} else {
					fmt.Fprint(h, word[:i], word[i+1:])
				}
				f(h.Sum64())
			}
		}
		all := labels()
		for i, l := range all {
			cut(l, func(h uint64) { rows = append(rows, row{h, uint32(i)}) })
		}
		slices.SortFunc(rows, func(a, b row) int {
			if a.hash < b.hash {
				return -1
			}
			return 1
		})
		percentiles(b, names, func(name string) {
			_, label := split(name)
			cut(label, func(h uint64) {
				at, _ := slices.BinarySearchFunc(rows, h, func(r row, h uint64) int {
					if r.hash < h {
						return -1
					}
					return 1
				})
				for ; at < len(rows) && rows[at].hash == h; at++ {
					distance(label, all[rows[at].id], 1)
				}
			})
		})
		b.ReportMetric(float64(len(rows)*16)/(1<<20), "MiB")
	})
}
