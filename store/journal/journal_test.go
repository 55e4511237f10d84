package journal

import (
	"fmt"
	"sync/atomic"
	"testing"
)

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 10, 50} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			j, err := Open(b.TempDir(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer j.Close()
			msg := make([]byte, 10<<10)
			for i := range msg {
				msg[i] = byte(i * 7)
			}
			var left atomic.Int64
			left.Store(int64(b.N))
			done := make(chan error)
			b.ResetTimer()
			for range n {
				go func() {
					for left.Add(-1) >= 0 {
						if err := j.Append(b.Context(), msg); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range n {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}
