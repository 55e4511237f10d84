package send

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// MaxReply bounds the octets read between two writes of ours: one SMTP reply
// (RFC 5321 section 4.5.3.1.5 gives a line 512; an EHLO reply is under 2 KB)
// or one flight of a TLS handshake with its certificates. Without it a
// multi-line reply that never ends fills the memory.
const MaxReply = 64 << 10

// wire is a connection whose every read and write has a deadline of its own,
// whatever the library above it sets: go-smtp's client clears its deadline
// before it writes DATA, and a peer that stops reading then blocks it for ever.
// It is used by one goroutine.
type wire struct {
	net.Conn
	readTimeout  time.Duration
	writeTimeout time.Duration
	left         int // octets that may still be read before the next write
}

// watch closes the connection when ctx ends, which wakes any read or write.
func (w *wire) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { w.Conn.Close() })
}

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, ErrReplyTooLong
	}
	if err := w.Conn.SetReadDeadline(time.Now().Add(w.readTimeout)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	w.left = MaxReply
	if err := w.Conn.SetWriteDeadline(time.Now().Add(w.writeTimeout)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// The deadlines are ours alone.
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// greeted is a connection on which the greeting was read already. go-smtp's
// client wants to read one itself, so it is given a made one first.
type greeted struct {
	net.Conn
	head string
}

func (g *greeted) Read(p []byte) (int, error) {
	if g.head != "" {
		n := copy(p, g.head)
		g.head = g.head[n:]
		return n, nil
	}
	return g.Conn.Read(p)
}

// maxLineIn bounds one reply line, double what RFC 5321 section 4.5.3.1.5
// allows.
const maxLineIn = 1024

// readReply reads one reply, octet by octet so that nothing behind it is
// taken: after STARTTLS what follows belongs to TLS. It gives the code, and
// the text of the lines. Any reply that is not three digits, the same on each
// line, is ErrGarbage.
func readReply(r io.Reader) (code int, lines []string, err error) {
	for {
		line, err := readLine(r)
		if err != nil {
			return 0, nil, err
		}
		c, text, more, ok := splitReply(line)
		if !ok || code != 0 && c != code {
			return 0, nil, ErrGarbage
		}
		code = c
		lines = append(lines, text)
		if !more {
			return code, lines, nil
		}
	}
}

func readLine(r io.Reader) (string, error) {
	var b []byte
	var one [1]byte
	for len(b) <= maxLineIn {
		if _, err := io.ReadFull(r, one[:]); err != nil {
			if errors.Is(err, io.EOF) && len(b) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		if one[0] == '\n' {
			if n := len(b); n > 0 && b[n-1] == '\r' {
				b = b[:n-1]
			}
			return string(b), nil
		}
		b = append(b, one[0])
	}
	return "", ErrReplyTooLong
}

// splitReply takes one reply line apart (RFC 5321 section 4.2).
func splitReply(line string) (code int, text string, more, ok bool) {
	if len(line) < 3 {
		return 0, "", false, false
	}
	for i := range 3 {
		if line[i] < '0' || line[i] > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(line[i]-'0')
	}
	if code < 200 || code > 599 {
		return 0, "", false, false
	}
	if len(line) == 3 {
		return code, "", false, true
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, "", false, false
	}
	return code, line[4:], line[3] == '-', true
}
