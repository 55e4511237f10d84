package relay

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
)

// steady is an engine that keeps nothing.
type steady struct{}

func (steady) Judge(context.Context, Facts, []byte) (Opinion, error) {
	return Opinion{ID: "x", Level: analyze.Unclear, Results: "Authentication-Results: " + host + "; none"}, nil
}
func (steady) Hold(context.Context, Facts, []string, []byte, Opinion) error { return nil }
func (steady) Done(Facts, Opinion, Outcome)                                 {}

// forgetful is a next hop that keeps nothing.
func forgetful(t testing.TB) string {
	t.Helper()
	return serveTest(t, func(c net.Conn) {
		s := &sink{}
		s.serve(c)
	})
}

// use is what the process holds.
type use struct {
	heap       uint64
	goroutines int
	files      int
}

func usage(t testing.TB) use {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("descriptors are counted on Linux only")
	}
	return use{m.HeapAlloc, runtime.NumGoroutine(), len(fds)}
}

// TestManyMessages: 24,000 messages, every thousandth too large for memory while it
// comes in, and a connection for each thirty, leave nothing behind.
func TestManyMessages(t *testing.T) {
	addr, s := serveSMTP(t, Config{Next: "smtp:" + forgetful(t)}, steady{})
	const clients, total = 8, 24000
	bring := func(n int) {
		t.Helper()
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() {
				var c *client
				for i := range n / clients {
					if i%30 == 0 {
						if c != nil {
							c.conn.Close()
						}
						c = dialTest(t, addr)
						c.hello()
					}
					text := plain + strings.Repeat("some text of a line\r\n", 500)
					if i%1000 == 999 {
						text += strings.Repeat("x", 2*defaultSpool) + "\r\n"
					}
					if got := c.message(text, "a@x.example"); !strings.HasPrefix(got, "250") {
						t.Errorf("answer = %q", got)
						return
					}
				}
				c.conn.Close()
			})
		}
		wg.Wait()
		for s.Stats().Sessions > 0 {
		}
	}
	bring(total / 6)
	first := usage(t)
	bring(total - total/6)
	last := usage(t)
	t.Logf("after %d messages %+v, after %d %+v", total/6, first, total, last)
	// The test's own list of connections to close grows by some 100 octets each.
	if grown := int64(last.heap) - int64(first.heap); grown > 4<<20 {
		t.Errorf("the heap grew by %d octets over %d messages", grown, total-total/6)
	}
	if last.goroutines > first.goroutines+4 || last.files > first.files+4 {
		t.Errorf("goroutines %d then %d, descriptors %d then %d", first.goroutines, last.goroutines, first.files, last.files)
	}
	if n := s.Stats().Accepted; n != total {
		t.Errorf("accepted %d, want %d", n, total)
	}
}

// TestTooMany: what is beyond the limits is told so.
func TestTooMany(t *testing.T) {
	hop := newSink(t, false)
	e := &fake{wait: make(chan struct{})}
	addr, _ := serveSMTP(t, Config{Next: hop.next(), Limits: Limits{Sessions: 2, Judges: 1, Deadline: 100 * time.Millisecond, Message: 2000, Memory: 2000}}, e)
	a, b := dialTest(t, addr), dialTest(t, addr)
	a.hello()
	b.hello()
	dialTest(t, addr).want("421 4.3.2 Too many connections")
	if got := a.message(strings.Repeat("x", 3000)+"\r\n", "a@x.example"); !strings.HasPrefix(got, "552") {
		t.Errorf("too large: %q", got)
	}
	a.say("MAIL FROM:<>", "250")
	a.say("RCPT TO:<a@x.example>", "250")
	a.say("DATA", "354")
	a.send(strings.Repeat("x", 1500) + "\r\n.\r\n")
	for f, _ := e.last(); len(f.RcptTo) == 0; f, _ = e.last() {
	}
	if got := b.message(strings.Repeat("y", 1500)+"\r\n", "b@x.example"); !strings.HasPrefix(got, "451") {
		t.Errorf("no room: %q, want 451", got)
	}
	a.want("451")
	close(e.wait)
}

func BenchmarkRelay(b *testing.B) {
	addr, _ := serveSMTP(b, Config{Next: "smtp:" + forgetful(b)}, steady{})
	c := dialTest(b, addr)
	c.hello()
	text := plain + strings.Repeat("some text of a line\r\n", 500)
	for b.Loop() {
		if got := c.message(text, "a@x.example"); !strings.HasPrefix(got, "250") {
			b.Fatal(got)
		}
		_ = c.conn.SetDeadline(time.Now().Add(30 * time.Second))
	}
	b.SetBytes(int64(len(text)))
}

func ExampleParseActions() {
	a, err := ParseActions("scam=reject suspicious=quarantine")
	fmt.Println(a[analyze.Scam], a[analyze.Suspicious], err)
	// Output: reject quarantine <nil>
}
