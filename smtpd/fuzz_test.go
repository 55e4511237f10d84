package smtpd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// strict is a Handler that checks what it is given.
type strict struct {
	t      *testing.T
	limits Limits
	boxes  *mailboxes
}

func (s *strict) Accept(_ context.Context, env Envelope, raw []byte) (string, error) {
	if int64(len(raw)) > s.limits.MessageBytes || env.Size != int64(len(raw)) {
		s.t.Errorf("message of %d octets, Size %d, want at most %d", len(raw), env.Size, s.limits.MessageBytes)
	}
	if n := len(env.RcptTo); n == 0 || n > s.limits.Recipients {
		s.t.Errorf("recipients = %d, want 1 to %d", n, s.limits.Recipients)
	}
	for _, a := range env.RcptTo {
		if checkPath(a, env.UTF8, recipientPath) != nil || !s.boxes.accepts(a) {
			s.t.Errorf("recipient %q was accepted", a)
		}
	}
	if env.MailFrom != "" && checkPath(env.MailFrom, env.UTF8, senderPath) != nil {
		s.t.Errorf("sender %q was accepted", env.MailFrom)
	}
	if env.Helo == "" || len(env.Helo) > maxHelo || strings.Trim(env.Helo, printable) != "" {
		s.t.Errorf("name %q was accepted", env.Helo)
	}
	for _, line := range strings.SplitAfter(Received(env, "id"), "\r\n") {
		if strings.ContainsAny(strings.TrimSuffix(line, "\r\n"), "\r\n\x00\x1b") {
			s.t.Errorf("Received has the line %q", line)
		}
	}
	return "id", nil
}

var printable = func() string {
	var b strings.Builder
	for c := '!'; c <= '~'; c++ {
		b.WriteRune(c)
	}
	return b.String()
}()

// FuzzSession sends any octets over a real connection. The session ends, without
// a panic; its replies are well formed; what is accepted is valid and bounded.
func FuzzSession(f *testing.F) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(dialogueBytes(string(b)), false)
		f.Add(dialogueBytes(string(b)), true)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut bool) {
		limits := Limits{
			MessageBytes: 2000, DrainBytes: 3000, DataLine: 1500, Recipients: 3, Commands: 50, Errors: 15,
			Idle: 5 * time.Second, DataIdle: 5 * time.Second, DataTotal: 5 * time.Second, Shutdown: 5 * time.Second,
		}
		cfg := testConfig()
		cfg.Limits = limits
		h := &strict{t: t, limits: limits}
		s, err := New(cfg, h)
		if err != nil {
			t.Fatal(err)
		}
		h.boxes = s.boxes
		exchange(t, s, in, cut)
		if st := s.Stats(); st.Panics != 0 || st.Sessions != 0 || st.InData != 0 || s.memory.Load() != 0 {
			t.Errorf("Stats() = %+v, memory %d, want no panic and nothing open", st, s.memory.Load())
		}
	})
}

// exchange gives in to a server, cut into small packets or whole, and reads all
// that it says.
func exchange(t *testing.T, s *Server, in []byte, cut bool) {
	l := &oneConn{conns: make(chan net.Conn, 1), done: make(chan struct{})}
	up, upEnd := net.Pipe()
	down, downEnd := net.Pipe()
	l.conns <- duplex{Conn: upEnd, w: downEnd}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	read := make(chan struct{})
	go func() {
		defer close(read)
		r := bufio.NewReader(down)
		for {
			line, err := r.ReadString('\n')
			if why := badReply(line); line != "" && why != "" {
				t.Errorf("reply %q: %s", line, why)
			}
			if err != nil {
				return
			}
		}
	}()
	for len(in) > 0 {
		n := len(in)
		if cut {
			n = min(n, 7)
		}
		if _, err := up.Write(in[:n]); err != nil {
			break // it closed
		}
		in = in[n:]
	}
	up.Close()
	<-read
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
	down.Close()
}

// duplex is a connection whose two directions end apart: reading from Conn,
// writing to w.
type duplex struct {
	net.Conn
	w net.Conn
}

func (d duplex) Write(b []byte) (int, error)        { return d.w.Write(b) }
func (d duplex) SetWriteDeadline(t time.Time) error { return d.w.SetWriteDeadline(t) }
func (d duplex) Close() error                       { return errors.Join(d.Conn.Close(), d.w.Close()) }

// oneConn is a listener of connections that are there already.
type oneConn struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *oneConn) Close() error { close(l.done); return nil }

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// FuzzData reads a message as the definition says, and as readData does, with a
// buffer of any size.
func FuzzData(f *testing.F) {
	for _, s := range smuggling {
		f.Add([]byte("a"+s.sent+"b\r\n.\r\nQUIT\r\n"), uint8(0))
		f.Add([]byte(s.sent+"\r\n.\r\n"), uint8(3))
	}
	f.Add([]byte(".\r\n"), uint8(0))
	f.Add([]byte("aaaaaaaaaaaaaaa\r\n.\r\n"), uint8(0))
	f.Add([]byte("aaaaaaaaaaaaa\r\r\n.\r\r\n"), uint8(0))
	s, err := New(testConfig(), &inbox{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte, extra uint8) {
		c := &client{srv: s, in: bufio.NewReaderSize(bytes.NewReader(in), 16+int(extra))}
		defer c.tx.end(s)
		e := c.readData()
		want, used, code := definition(in)
		switch {
		case e == nil && code != 0, e != nil && e.Code != code:
			t.Fatalf("readData(%q) = %v, want %d", in, e, code)
		case e != nil:
			return
		case !bytes.Equal(c.tx.buf, want):
			t.Errorf("readData(%q) = %q, want %q", in, c.tx.buf, want)
		}
		rest, err := io.ReadAll(c.in)
		if err != nil || !bytes.Equal(rest, in[used:]) {
			t.Errorf("after readData(%q): %q, want %q", in, rest, in[used:])
		}
	})
}

// definition ends a message at the first CR LF . CR LF, where the CR LF of DATA
// counts (RFC 5321 section 4.1.1.4), and takes away the first of the dots that
// follow a CR LF.
func definition(in []byte) (msg []byte, used, code int) {
	all := append([]byte("\r\n"), in...)
	end := bytes.Index(all, []byte("\r\n.\r\n"))
	double := bytes.Index(all, []byte("\r\n.\r\r\n"))
	switch {
	case double >= 0 && (end < 0 || double < end):
		return nil, 0, 554
	case end < 0:
		return nil, 0, 421
	}
	msg = bytes.ReplaceAll(all[:end+2], []byte("\r\n."), []byte("\r\n"))
	return msg[2:], end + 3, 0
}

// FuzzPath: what is accepted can be written between < and > without quotes.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"a@b", `a b@c`, "a@[192.0.2.1]", "\u00fc@\u00fc", "a@b@c", "a\u202e@b", "a..b@c"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, addr string, utf8OK bool) {
		if checkPath(addr, utf8OK, senderPath) != nil {
			return
		}
		if strings.Count(addr, "@") != 1 || strings.ContainsAny(addr, " \t\r\n\x00\x1b<>(),;\"\\") || !utf8.ValidString(addr) {
			t.Errorf("checkPath(%q, %v) = nil", addr, utf8OK)
		}
		if !utf8OK && !isASCII(addr) {
			t.Errorf("checkPath(%q, false) = nil", addr)
		}
	})
}

// FuzzReceived: whatever a client said, the trace stays one field.
func FuzzReceived(f *testing.F) {
	f.Add("mail.example", "a@b", "id-1", "ESMTPS")
	f.Add("a\r\nX: y", "a>\r\nX: y@b", "i\nd", "\xff")
	f.Fuzz(func(t *testing.T, helo, to, id, with string) {
		got := Received(Envelope{Helo: helo, RcptTo: []string{to}, Protocol: with, TLS: with, Hostname: "mx.example.test"}, id)
		lines := strings.Split(got, "\r\n")
		for i, line := range lines {
			if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }) {
				t.Errorf("Received: line %q", line)
			}
			if last := i == len(lines)-1; last != (line == "") || i > 0 && !last && line[0] != '\t' {
				t.Errorf("Received: line %d is %q", i, line)
			}
		}
	})
}

// dialogueBytes gives what the client of a dialogue says.
func dialogueBytes(s string) []byte {
	var out []byte
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		if t, ok := strings.CutPrefix(line, "C: "); ok {
			out = append(append(out, t...), "\r\n"...)
		}
		if t, ok := strings.CutPrefix(line, "C~ "); ok && !strings.Contains(t, `\*`) {
			out = append(out, (&player{}).unescape(t)...)
		}
	}
	return out
}
