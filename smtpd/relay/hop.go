package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

var (
	// errHop is returned when the next hop breaks SMTP: nothing more is said to it.
	errHop = errors.New("relay: the next hop does not speak SMTP")
	// errGone is returned when the client left before its message was handed over.
	errGone = errors.New("relay: the client is gone")
)

// hopAddr is where the next hop is.
type hopAddr struct {
	network, addr string
	lmtp          bool
}

// parseHop reads "smtp:HOST:PORT", "lmtp:/PATH" and the like.
func parseHop(s string) (hopAddr, error) {
	kind, addr, ok := strings.Cut(s, ":")
	h := hopAddr{network: "tcp", addr: addr, lmtp: kind == "lmtp"}
	if !ok || kind != "smtp" && kind != "lmtp" {
		return h, fmt.Errorf("%w: the next hop %q begins with neither smtp: nor lmtp", ErrConfig, s)
	}
	if strings.HasPrefix(addr, "/") {
		h.network = "unix"
	} else if _, _, err := net.SplitHostPort(addr); err != nil {
		return h, fmt.Errorf("%w: the next hop: %w", ErrConfig, err)
	}
	return h, nil
}

// reply is an answer of the next hop.
type reply struct {
	code  int
	lines []string // texts, without code; printable ASCII
}

func (r reply) ok() bool { return r.code/100 == 2 }

// hop is a connection to the next hop. One goroutine uses it.
type hop struct {
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
	lim  *Limits
	lmtp bool
	ext  map[string]string // by EHLO keyword in upper case
	stop func() bool
}

// dial connects and reads the greeting. The connection is closed when ctx ends.
func (s *Server) dial(ctx context.Context) (*hop, error) {
	d := net.Dialer{Timeout: s.Limits.Connect}
	conn, err := d.DialContext(ctx, s.next.network, s.next.addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to the next hop: %w", err)
	}
	h := &hop{conn: conn, in: bufio.NewReaderSize(conn, 4<<10), out: bufio.NewWriterSize(conn, 32<<10), lim: &s.Limits, lmtp: s.next.lmtp}
	h.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	r, err := h.read(s.Limits.Command)
	if err == nil && r.code != 220 {
		err = fmt.Errorf("the next hop greets with %d", r.code)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *hop) close() {
	h.stop()
	_ = h.conn.Close() // nothing is waited for
}

// hello says EHLO or LHLO, and notes what is offered.
func (h *hop) hello(name string) error {
	verb := "EHLO "
	if h.lmtp {
		verb = "LHLO "
	}
	r, err := h.ask(verb + name)
	if err != nil {
		return err
	}
	h.ext = map[string]string{}
	if !r.ok() && !h.lmtp { // RFC 5321 section 3.2: a server of old
		if r, err = h.ask("HELO " + name); err == nil && !r.ok() {
			err = fmt.Errorf("the next hop answers HELO with %d", r.code)
		}
		return err
	}
	if !r.ok() {
		return fmt.Errorf("the next hop answers %s with %d", verb, r.code)
	}
	for _, l := range r.lines[1:] {
		word, args, _ := strings.Cut(l, " ")
		h.ext[strings.ToUpper(word)] = args
	}
	return nil
}

// ask sends one command line and reads its answer. An answer that came before
// the question answers something else: from then on nothing fits.
func (h *hop) ask(line string) (reply, error) {
	if h.in.Buffered() > 0 {
		return reply{}, fmt.Errorf("%w: it speaks unasked", errHop)
	}
	if err := h.send(line); err != nil {
		return reply{}, err
	}
	return h.read(h.lim.Command)
}

func (h *hop) send(line string) error {
	if err := h.conn.SetWriteDeadline(time.Now().Add(h.lim.Write)); err != nil {
		return err
	}
	_, _ = h.out.WriteString(line)
	_, _ = h.out.WriteString("\r\n") // Flush gives its error
	if err := h.out.Flush(); err != nil {
		return fmt.Errorf("writing to the next hop: %w", err)
	}
	return nil
}

// read reads one answer (RFC 5321 section 4.2).
func (h *hop) read(d time.Duration) (reply, error) {
	if err := h.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return reply{}, err
	}
	return readReply(h.in)
}

func readReply(in *bufio.Reader) (r reply, err error) {
	for len(r.lines) < maxReplyLines {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) || err == nil && len(line) > maxReplyLine {
			return r, fmt.Errorf("%w: a line too long", errHop)
		}
		if err != nil {
			return r, fmt.Errorf("reading from the next hop: %w", err)
		}
		text := strings.TrimRight(string(line), "\r\n")
		if len(text) < 3 {
			return r, fmt.Errorf("%w: %.10q", errHop, text)
		}
		code := 0
		for _, d := range []byte(text[:3]) {
			if d < '0' || d > '9' {
				return r, fmt.Errorf("%w: %.10q", errHop, text)
			}
			code = code*10 + int(d-'0')
		}
		more := len(text) > 3 && text[3] == '-'
		if code < 200 || code > 599 || r.code != 0 && r.code != code || len(text) > 3 && !more && text[3] != ' ' {
			return r, fmt.Errorf("%w: %.10q", errHop, text)
		}
		r.code = code
		r.lines = append(r.lines, printable(text[min(4, len(text)):]))
		if !more {
			return r, nil
		}
	}
	return r, fmt.Errorf("%w: an answer that does not end", errHop)
}

// printable makes text fit for a reply line and a log.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// stuffed writes raw as DATA does: a dot more before each line that begins
// with one, and CRLF at the end where there is none. Raw holds no bare LF.
func stuffed(w *bufio.Writer, raw []byte) error {
	start := true
	for len(raw) > 0 {
		if start && raw[0] == '.' {
			if err := w.WriteByte('.'); err != nil {
				return err
			}
		}
		n := len(raw)
		if i := indexLF(raw); i >= 0 {
			n = i + 1
		}
		if _, err := w.Write(raw[:n]); err != nil {
			return err
		}
		start = raw[n-1] == '\n'
		raw = raw[n:]
	}
	if !start {
		_, err := w.WriteString("\r\n")
		return err
	}
	return nil
}

// CheckHop tells whether a next hop is well written.
func CheckHop(s string) error {
	_, err := parseHop(s)
	return err
}
