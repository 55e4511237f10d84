package smtpd

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"strings"
	"time"
)

// maxReply is the longest reply line (RFC 5321 section 4.5.3.1.5).
const maxReply = 512

// gate is the connection as go-smtp sees it: one vetted command line a Read,
// and replies that are looked through before they leave. One goroutine uses it.
type gate struct {
	c         *client
	feed      []byte // what Read gives next
	line      []byte // a reply line of go-smtp's, not yet whole
	verb      string // of the command that is being answered
	terminate bool   // the message has been read: go-smtp gets an end of data
	swallow   int    // replies of go-smtp's that are not the client's
	early     bool   // something followed DATA before it was answered
	first     bool   // the next line is the first of its reply
	detached  bool   // the client has moved on to another gate, inside TLS
	closed    bool
}

// Read gives go-smtp its next command line, or the end of a message.
func (g *gate) Read(b []byte) (n int, err error) {
	defer g.guard(&err)
	for len(g.feed) == 0 {
		switch {
		case g.closed || g.detached || g.c.gone:
			return 0, io.EOF
		case g.terminate:
			g.feed, g.terminate = []byte(".\r\n"), false
		default:
			g.next()
		}
	}
	n = copy(b, g.feed)
	g.feed = g.feed[n:]
	return n, nil
}

// next reads one command and acts on it.
func (g *gate) next() {
	c := g.c
	if c.errors > c.srv.limits.Errors {
		c.bye("errors", 421, "4.7.0", "Too many errors, closing")
		return
	}
	line, ok := c.readCommand()
	if !ok {
		return
	}
	if c.commands++; c.commands > c.srv.limits.Commands {
		c.bye("commands", 421, "4.7.0", "Too many commands in one session, connect again")
		return
	}
	g.command(line)
}

// pass hands a command to go-smtp.
func (g *gate) pass(verb, arg string) {
	g.verb, g.first = verb, true
	g.feed = append(g.feed[:0], verb...)
	if arg != "" {
		g.feed = append(append(g.feed, ' '), arg...)
	}
	g.feed = append(g.feed, "\r\n"...)
}

// Write takes go-smtp's replies. The first is the greeting.
func (g *gate) Write(p []byte) (n int, err error) {
	defer g.guard(&err)
	if g.closed || g.detached {
		return 0, net.ErrClosed
	}
	if !g.c.greeted && !g.c.admit() {
		g.c.gone = true
		g.swallow++
	}
	for rest := p; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			g.line = append(g.line, rest...)
			break
		}
		g.line = append(g.line, rest[:i+1]...)
		g.emit(strings.TrimRight(string(g.line), "\r\n"))
		g.line, rest = g.line[:0], rest[i+1:]
	}
	return len(p), nil
}

// emit queues one line of a reply.
func (g *gate) emit(line string) {
	code, last, text := splitReply(line)
	if g.swallow > 0 {
		if last {
			g.swallow--
		}
		return
	}
	if code == 354 && g.c.tx.whole { // the client said BDAT
		g.first = false
		return
	}
	code, text = g.reword(code, text)
	if last {
		g.answered(code)
	}
	sep := byte('-')
	if last {
		sep = ' '
	}
	c := g.c
	start := len(c.out)
	c.out = fmt.Appendf(c.out, "%03d%c", code, sep)
	for i := range len(text) {
		b := text[i]
		if b < ' ' || b > '~' {
			b = '?'
		}
		if len(c.out)-start == maxReply-2 {
			break
		}
		c.out = append(c.out, b)
	}
	c.out = append(c.out, "\r\n"...)
	if last {
		c.count(code)
	}
}

// splitReply takes a reply line of go-smtp's apart.
func splitReply(line string) (code int, last bool, text string) {
	if len(line) < 4 {
		return 451, true, "4.3.0 Internal error"
	}
	for _, d := range line[:3] {
		code = code*10 + int(d-'0')
	}
	return code, line[3] == ' ', line[4:]
}

// reword gives go-smtp's replies the codes of the standard, and takes the
// client's own words out of them.
func (g *gate) reword(code int, text string) (int, string) {
	first := g.first
	g.first = false
	if !first {
		return code, text
	}
	switch g.verb {
	case "HELO", "EHLO":
		if code == 250 { // RFC 5321 section 4.1.1.1: the server's name
			return code, g.c.srv.host
		}
	case "MAIL", "RCPT", "DATA":
		switch {
		case code == 502: // RFC 5321 section 4.2.4: 502 says "not implemented", 503 says "not now"
			return 503, text
		case code == 500: // RFC 5321 section 4.1.1.11
			return 555, text
		case code == 250 && g.verb == "MAIL":
			return code, "2.1.0 Sender accepted"
		case code == 250 && g.verb == "RCPT":
			return code, "2.1.5 Recipient accepted"
		}
	}
	return code, text
}

// answered acts on the reply to a command. What a client sent after a DATA
// that was refused is not to be taken for commands.
func (g *gate) answered(code int) {
	if g.verb == "DATA" && g.early && code != 354 {
		g.c.gone, g.c.linger = true, true
		g.c.srv.refuse("message before DATA was answered", "client", g.c.remote)
	}
	g.early = false
}

// Close ends the session, unless it goes on inside TLS.
func (g *gate) Close() (err error) {
	defer g.guard(&err)
	if g.closed || g.detached {
		return nil
	}
	g.closed = true
	g.c.finish()
	return nil
}

// guard turns a panic of ours into the end of the session. Go-smtp recovers in
// its commands, not in its reading.
func (g *gate) guard(err *error) {
	if p := recover(); p != nil {
		g.c.srv.panicked(p)
		g.c.gone = true
		*err = io.EOF
	}
}

func (s *Server) panicked(p any) {
	s.panics.Add(1)
	s.log.Error("panic", "value", quote(fmt.Sprint(p)), "stack", string(debug.Stack()))
}

// Deadlines are the client's own: go-smtp sets none.

func (g *gate) LocalAddr() net.Addr              { return net.TCPAddrFromAddrPort(g.c.local) }
func (g *gate) RemoteAddr() net.Addr             { return net.TCPAddrFromAddrPort(g.c.remote) }
func (g *gate) SetDeadline(time.Time) error      { return nil }
func (g *gate) SetReadDeadline(time.Time) error  { return nil }
func (g *gate) SetWriteDeadline(time.Time) error { return nil }

// errorLog takes what go-smtp has to say, panics among it.
type errorLog struct{ s *Server }

func (l errorLog) Printf(format string, v ...any) {
	if strings.HasPrefix(format, "panic") {
		l.s.panics.Add(1)
	}
	l.s.log.Warn("smtp", "says", quote(fmt.Sprintf(format, v...)))
}

func (l errorLog) Println(v ...any) { l.s.log.Warn("smtp", "says", quote(fmt.Sprint(v...))) }

// refuse counts and logs a refusal.
func (s *Server) refuse(reason string, attrs ...any) {
	s.refused.Add(1)
	s.log.Info("refused", append([]any{"reason", reason}, attrs...)...)
}
