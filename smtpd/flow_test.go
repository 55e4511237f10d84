package smtpd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/testdata/suites"
)

// smuggling are the octets that other servers have taken for the end of a
// message, and what is kept of them: a dot at the start of a line goes, as in
// any line.
var smuggling = []struct{ sent, kept string }{
	{"\n.\n", "\n.\n"},
	{"\n.\r\n", "\n.\r\n"},
	{"\r\n.\n", "\r\n\n"},
	{"\r.\r", "\r.\r"},
	{"\r\n.\r", "\r\n\r"},
	{"\r.\r\n", "\r.\r\n"},
	{"\r\n.\rx\r\n", "\r\n\rx\r\n"},
	{"\n.\r", "\n.\r"},
	{"\r.\n", "\r.\n"},
	{"\n\r.\n\r", "\n\r.\n\r"},
	{"\r\n\x00.\r\n", "\r\n\x00.\r\n"},
	{"\r\n.\x00\r\n", "\r\n\x00\r\n"},
	{"\r\n.\r\x00\n", "\r\n\r\x00\n"},
	{"\r\x00\n.\r\n", "\r\x00\n.\r\n"},
	{"\r\n. \r\n", "\r\n \r\n"},
	{"\r\n..\r\n", "\r\n.\r\n"},
	{"\n\n.\n\n", "\n\n.\n\n"},
	{"\u0085.\u0085", "\u0085.\u0085"},
	{"\u2028.\u2028", "\u2028.\u2028"},
}

// TestSmuggling sends each form whole, and split into two packets at each
// octet: there is one message, with the second inside.
func TestSmuggling(t *testing.T) {
	const inner = "MAIL FROM:<smuggled@evil.test>\r\nRCPT TO:<reportascam@example.test>\r\nDATA\r\nsmuggled\r\n"
	d := start(t, testConfig(), nil)
	p := d.greet(t)
	n := 0
	for _, s := range smuggling {
		sent := "first" + s.sent + inner + ".\r\n"
		want := "first" + s.kept + inner
		for cut := len("first"); cut <= len("first")+len(s.sent); cut++ {
			if n%200 == 199 { // below the limits of commands in a session
				p = d.greet(t)
			}
			p.begin()
			p.write([]byte(sent[:cut]))
			p.write([]byte(sent[cut:]))
			p.want("250 2.0.0 Accepted")
			got := d.inbox.letters()
			if n++; len(got) != n {
				t.Fatalf("%q cut at %d: messages = %d, want %d", s.sent, cut, len(got), n)
			}
			if raw := string(got[n-1].raw); raw != want {
				t.Errorf("%q cut at %d: raw = %q, want %q", s.sent, cut, raw, want)
			}
		}
	}
	if n < 50 {
		t.Errorf("messages = %d, want more than 50", n)
	}
}

// TestDataAcrossBuffer moves the end of a message, and a CRLF, over the
// edge of the input buffer.
func TestDataAcrossBuffer(t *testing.T) {
	d := start(t, testConfig(), nil)
	p := d.greet(t)
	for i, n := range []int{-6, -5, -4, -3, -2, -1, 0, 1, 2} {
		head := bytes.Repeat([]byte("x"), readBuffer+n)
		raw := append(head, "\r\n.dot\r\n\r\n..\r\n"...)
		p.sendData(raw)
		if got := d.inbox.letters()[i].raw; !bytes.Equal(got, raw) {
			t.Errorf("at %d: message of %d octets, want %d; ends in %q", n, len(got), len(raw), got[max(0, len(got)-20):])
		}
	}
}

func TestShutdown(t *testing.T) {
	b := &inbox{hold: make(chan struct{}), came: make(chan struct{}, 1)}
	d := start(t, testConfig(), b)
	idle, half, full := d.greet(t), d.greet(t), d.greet(t)
	half.begin()
	half.write([]byte("half a mess"))
	full.begin()
	full.write([]byte("whole\r\n.\r\n"))
	<-b.came
	if got := d.InData(); got != 2 {
		t.Errorf("InData() = %d, want 2", got)
	}
	d.stop()
	idle.want("421 4.3.2")
	idle.end()
	if c, err := net.Dial("tcp", d.addr); err == nil {
		if rest, _ := io.ReadAll(c); len(rest) > 0 {
			t.Errorf("a new connection read %q", rest)
		}
		c.Close()
	}
	half.write([]byte("age\r\n.\r\n"))
	<-b.came
	close(b.hold)
	full.want("250 2.0.0 Accepted")
	full.want("421 4.3.2")
	full.end()
	half.want("250 2.0.0 Accepted")
	half.want("421 4.3.2")
	half.end()
	if got := len(b.letters()); got != 2 {
		t.Errorf("messages = %d, want 2", got)
	}
}

func TestShutdownDeadline(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.Shutdown = 50 * time.Millisecond
	b := &inbox{hold: make(chan struct{}), came: make(chan struct{}, 1)}
	d := start(t, cfg, b)
	reading, storing := d.greet(t), d.greet(t)
	reading.begin()
	reading.write([]byte("never ends"))
	storing.begin()
	storing.write([]byte("whole\r\n.\r\n"))
	<-b.came
	d.stop()
	err := <-d.ended
	if !errors.Is(err, ErrShutdown) {
		t.Errorf("Serve = %v, want ErrShutdown", err)
	}
	d.ended <- err // for the end of the test
	if got := len(b.letters()); got != 0 {
		t.Errorf("messages = %d, want 0", got)
	}
	if s := d.Stats(); s.Sessions != 0 {
		t.Errorf("sessions = %d, want 0", s.Sessions)
	}
}

func TestServeAgain(t *testing.T) {
	d := start(t, testConfig(), nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx, l) }()
	second := &desk{Server: d.Server, addr: l.Addr().String()}
	second.greet(t).sendData([]byte("x\r\n"))
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("second Serve = %v, want nil", err)
	}
	d.greet(t).sendData([]byte("y\r\n"))
	if err := d.Serve(context.Background(), l); err == nil {
		t.Error("Serve(closed listener) = nil, want an error")
	}
}

func TestConnectionLimits(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.Connections, cfg.Limits.PerAddress = 3, 2
	d := start(t, cfg, nil)
	one, two := d.greet(t), d.greet(t)
	third := d.dial(t)
	third.want("421 4.7.0")
	third.end()
	one.say("QUIT\r\n", "221")
	one.end()
	// The place is free once the server has noticed; until then it refuses.
	for {
		p := d.dial(t)
		line, err := p.in.ReadString('\n')
		if err == nil && strings.HasPrefix(line, "220") {
			break
		}
		if err != nil || !strings.HasPrefix(line, "421") {
			t.Fatalf("read %q, %v", line, err)
		}
	}
	two.say("NOOP\r\n", "250")

	cfg.Limits.PerAddress = 100
	d = start(t, cfg, nil)
	for range 3 {
		d.greet(t)
	}
	over := d.dial(t)
	over.want("421 4.3.2")
	over.end()
	if got := d.Stats(); got.Refused != 1 || got.Sessions != 3 {
		t.Errorf("Stats() = %+v, want 1 refused, 3 sessions", got)
	}
}

// TestTrustedManyConnections: trusted networks have no limit per address.
func TestTrustedManyConnections(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.PerAddress = 1
	cfg.Trusted = loopback
	d := start(t, cfg, nil)
	for range 5 {
		d.greet(t)
	}
}

func TestManySessions(t *testing.T) {
	cfg := testConfig()
	cfg.Trusted = loopback
	d := start(t, cfg, nil)
	var wg sync.WaitGroup
	const sessions, each = 20, 10
	for i := range sessions {
		p := d.greet(t)
		wg.Go(func() {
			for j := range each {
				raw := fmt.Appendf(nil, "s%d m%d\r\n%s\r\n", i, j, strings.Repeat("z", i*j*50))
				if j%2 == 0 {
					p.sendData(raw)
				} else {
					p.sendChunk(raw)
				}
			}
		})
	}
	wg.Wait()
	if got := d.Stats().Accepted; got != sessions*each {
		t.Errorf("accepted = %d, want %d", got, sessions*each)
	}
	seen := map[string]bool{}
	for _, l := range d.inbox.letters() {
		head, _, _ := strings.Cut(string(l.raw), "\r\n")
		seen[head] = true
	}
	if len(seen) != sessions*each {
		t.Errorf("different messages = %d, want %d", len(seen), sessions*each)
	}
}

// TestMaximum sends a message of exactly the default limit, and one octet more.
func TestMaximum(t *testing.T) {
	d := start(t, testConfig(), nil)
	p := d.greet(t)
	line := bytes.Repeat([]byte("y"), 1022)
	raw := bytes.Repeat(append(line, "\r\n"...), defaultMessageBytes/1024)
	p.sendData(raw)
	if got := d.inbox.letters()[0].raw; !bytes.Equal(got, raw) {
		t.Fatalf("message of %d octets, want %d, the same", len(got), len(raw))
	}
	p.begin()
	p.write(append([]byte("y"), stuff(raw)...))
	p.want("552 5.3.4")
	p.sendChunk(raw)
	if got := d.Stats().Accepted; got != 2 {
		t.Errorf("accepted = %d, want 2", got)
	}
}

// TestCorpus sends real mail, byte for byte: by DATA where it ends in CRLF,
// else by BDAT.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "corpora")
	cfg := testConfig()
	cfg.Trusted = loopback
	d := start(t, cfg, nil)
	var p *peer
	sent := 0
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".eml" {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if sent%100 == 0 {
			p = d.greet(t)
		}
		if bytes.HasSuffix(raw, crlfBytes) && !bytes.Contains(raw, []byte("\r\n.\r\r\n")) {
			p.sendData(raw)
		} else {
			p.sendChunk(raw)
		}
		sent++
		d.inbox.mu.Lock()
		defer d.inbox.mu.Unlock()
		if got := d.inbox.got[0].raw; !bytes.Equal(got, raw) {
			t.Errorf("%s: %d octets came, want the same %d", name, len(got), len(raw))
		}
		d.inbox.got = nil
		return nil
	})
	if err != nil || sent < 4000 {
		t.Errorf("sent %d messages, %v, want at least 4000", sent, err)
	}
}
