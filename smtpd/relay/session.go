package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// session is one connection of a client, and the one to the next hop that
// belongs to it. One goroutine uses it.
type session struct {
	s    *Server
	raw  net.Conn // as accepted: the stopper
	conn net.Conn // raw, or TLS over it
	in   *bufio.Reader
	out  *bufio.Writer
	hop  *hop

	peer     netip.Addr // who is connected
	believed bool       // its XCLIENT and XFORWARD
	who      Facts      // of the session: Client, Name, Helo
	lmtp     bool       // it said LHLO
	secure   bool
	errors   int
	over     bool
	until    time.Time // for a message to have come in; zero: none is coming

	mail      bool              // MAIL was accepted
	facts     Facts             // of the transaction
	mailLine  string            // as it was passed on
	rcptLines map[string]string // by path
}

func newSession(s *Server, c net.Conn) *session {
	x := &session{s: s, raw: c, conn: c, out: bufio.NewWriterSize(c, 4<<10)}
	x.in = bufio.NewReaderSize(source{x}, maxCommand)
	if t, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		x.peer = t.AddrPort().Addr().Unmap().WithZone("")
	}
	x.believed = contains(s.Believed, x.peer) || !x.peer.IsValid() // a unix socket is as private as its folder
	x.who.Client = x.peer
	return x
}

// source is what a session reads: while a message comes in, every packet has
// its time.
type source struct{ *session }

func (r source) Read(p []byte) (int, error) {
	if !r.until.IsZero() {
		end := time.Now().Add(r.s.Limits.Data)
		if end.After(r.until) {
			end = r.until
		}
		if err := r.conn.SetReadDeadline(end); err != nil {
			return 0, err
		}
	}
	return r.conn.Read(p)
}

// run serves the connection until it ends.
func (x *session) run(ctx context.Context) {
	defer x.drop()
	x.reply(220, x.s.Hostname+" ESMTP reportascam")
	for !x.over {
		verb, arg, ok := x.command(ctx)
		if !ok {
			return
		}
		x.act(ctx, verb, arg)
		if x.errors > x.s.Limits.Errors && !x.over {
			x.bye(421, "4.7.0 Too many errors, closing")
		}
	}
	_ = x.flush() // the client may be gone already
}

// drop ends the connection to the next hop, and with it what was begun there.
func (x *session) drop() {
	if x.hop != nil {
		x.hop.close()
		x.hop = nil
	}
	x.mail, x.facts = false, Facts{}
}

// command reads one command line. It gives false when the session is over.
func (x *session) command(ctx context.Context) (verb, arg string, ok bool) {
	if x.in.Buffered() == 0 {
		if x.flush() != nil {
			return "", "", false
		}
	}
	if st, is := x.raw.(*stopper); is {
		if !st.work(true) {
			x.bye(421, "4.3.2 Shutting down")
			_ = x.flush()
			return "", "", false
		}
		_ = x.conn.SetReadDeadline(time.Now().Add(x.s.Limits.Idle)) // a closed one fails at the read
		if !st.work(false) {
			_ = x.conn.SetReadDeadline(time.Unix(1, 0))
		}
		defer st.work(true)
	} else {
		_ = x.conn.SetReadDeadline(time.Now().Add(x.s.Limits.Idle))
	}
	line, err := x.in.ReadSlice('\n')
	switch ne := net.Error(nil); {
	case errors.Is(err, bufio.ErrBufferFull):
		x.bye(500, "5.5.2 Command line too long, closing")
	case err != nil && ctx.Err() == nil && errors.As(err, &ne) && ne.Timeout():
		x.bye(421, "4.4.2 Closing: idle for too long, or shutting down")
	case err != nil:
	default:
		return x.vet(line)
	}
	_ = x.flush()
	return "", "", false
}

// vet takes a command line apart. What holds control characters, or ends in
// a bare LF, may be read in two ways further on: it is refused, and where
// lines cannot be told the connection is closed.
func (x *session) vet(line []byte) (verb, arg string, ok bool) {
	text := strings.TrimSuffix(string(line), "\n")
	if !strings.HasSuffix(text, "\r") && !x.s.Repair {
		x.bye(521, "5.5.2 Lines end in CR LF, closing")
		_ = x.flush()
		return "", "", false
	}
	text = strings.TrimSuffix(text, "\r")
	for _, b := range []byte(text) {
		if b < ' ' || b == 0x7f {
			return "?", "", true
		}
	}
	verb, arg, _ = strings.Cut(text, " ")
	return strings.ToUpper(verb), arg, true
}

// act carries out one command.
func (x *session) act(ctx context.Context, verb, arg string) {
	switch verb {
	case "EHLO", "HELO", "LHLO":
		x.hello(ctx, verb, strings.TrimSpace(arg))
	case "MAIL":
		x.from(arg)
	case "RCPT":
		x.to(arg)
	case "DATA":
		x.data(ctx, arg)
	case "RSET":
		x.reset()
	case "NOOP":
		x.reply(250, "2.0.0 OK")
	case "QUIT":
		x.bye(221, "2.0.0 Bye")
	case "VRFY":
		x.reply(252, "2.5.0 Send some mail and see")
	case "XFORWARD":
		x.xforward(arg)
	case "XCLIENT":
		x.xclient(arg)
	case "STARTTLS":
		x.startTLS(arg)
	case "GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "HTTP/1.1":
		// A browser that was sent here: what follows is no SMTP.
		x.bye(500, "5.5.2 This is SMTP, closing")
	case "?":
		x.fault(500, "5.5.2 Control characters in a command")
	default:
		x.fault(502, "5.5.1 Command not recognized")
	}
}

// reply queues one line. It is sent when the client has nothing more to say.
func (x *session) reply(code int, lines ...string) {
	for i, l := range lines {
		sep := byte('-')
		if i == len(lines)-1 {
			sep = ' '
		}
		fmt.Fprintf(x.out, "%03d%c%.500s\r\n", code, sep, l)
	}
}

// fault is reply for what the client did wrong.
func (x *session) fault(code int, text string) {
	x.errors++
	x.reply(code, text)
}

// bye is reply, and the end.
func (x *session) bye(code int, text string) {
	x.reply(code, text)
	x.over = true
}

func (x *session) flush() error {
	if err := x.conn.SetWriteDeadline(time.Now().Add(x.s.Limits.Write)); err != nil {
		return err
	}
	return x.out.Flush()
}

// lost ends a session whose next hop failed: the client keeps its mail.
func (x *session) lost(what string, err error) {
	x.s.Log.Warn("next hop", "at", what, "error", printable(err.Error()))
	x.drop()
	x.bye(421, "4.4.2 The next hop is away, try again later")
}

// answer passes an answer of the next hop on. It gives whether it was good.
func (x *session) answer(r reply) bool {
	if !r.ok() {
		x.errors++
	}
	if r.code == 354 || r.code < 200 { // a go-ahead to what is none
		x.reply(451, "4.3.0 The next hop makes no sense")
		return false
	}
	x.reply(r.code, r.lines...)
	if r.code == 421 {
		x.drop()
		x.over = true
	}
	return r.ok()
}

func (x *session) hello(ctx context.Context, verb, name string) {
	if name == "" || len(name) > 255 {
		x.fault(501, "5.5.4 Your name is needed")
		return
	}
	x.mail, x.facts = false, Facts{}
	var err error
	if x.hop == nil {
		if x.hop, err = x.s.dial(ctx); err != nil {
			x.lost("greeting", err)
			return
		}
	}
	if err = x.hop.hello(x.s.Hostname); err != nil {
		x.lost("hello", err)
		return
	}
	if x.who.Helo == "" || !x.believed {
		x.who.Helo = name
	}
	x.lmtp = verb == "LHLO"
	if x.s.Announce && !x.announce() {
		return
	}
	if verb == "HELO" {
		x.reply(250, x.s.Hostname)
		return
	}
	x.reply(250, append([]string{x.s.Hostname}, x.offers()...)...)
}

// offers lists what the client may use: what we can do ourselves, and the
// next hop too where it is concerned. BDAT is not among it, nor AUTH.
func (x *session) offers() []string {
	out := []string{"PIPELINING", "ENHANCEDSTATUSCODES"}
	size := x.s.Limits.Message
	for _, w := range []string{"8BITMIME", "SMTPUTF8", "DSN"} {
		if _, ok := x.hop.ext[w]; ok {
			out = append(out, w)
		}
	}
	if args, ok := x.hop.ext["SIZE"]; ok {
		var n int64
		if _, err := fmt.Sscan(args, &n); err == nil && n > 0 {
			size = min(size, n)
		}
		out = append(out, fmt.Sprintf("SIZE %d", size))
	}
	if x.s.TLS != nil && !x.secure {
		out = append(out, "STARTTLS")
	}
	if x.believed {
		out = append(out, "XFORWARD "+strings.Join(attributes, " "), "XCLIENT "+strings.Join(attributes, " "))
	}
	return out
}

func (x *session) startTLS(arg string) {
	switch {
	case arg != "":
		x.fault(501, "5.5.4 STARTTLS takes no argument")
		return
	case x.s.TLS == nil || x.secure:
		x.fault(502, "5.5.1 TLS is not available")
		return
	case x.in.Buffered() > 0:
		// RFC 3207 section 4: what is said in clear is not to be taken as said inside.
		x.bye(554, "5.5.0 Nothing may follow STARTTLS, closing")
		return
	}
	x.reply(220, "2.0.0 Ready to start TLS")
	if x.flush() != nil {
		x.over = true
		return
	}
	c := tls.Server(x.raw, x.s.TLS)
	_ = c.SetDeadline(time.Now().Add(x.s.Limits.Write)) // of the handshake
	if err := c.Handshake(); err != nil {
		x.s.Log.Info("refused", "reason", "TLS", "error", printable(err.Error()))
		x.over = true
		return
	}
	x.conn, x.secure = c, true
	x.in.Reset(source{x})
	x.out.Reset(c)
	x.drop()
	x.who = Facts{Client: x.peer}
}

// reset ends the transaction, here and there.
func (x *session) reset() {
	if x.mail && x.hop != nil {
		r, err := x.hop.ask("RSET")
		if err != nil {
			x.lost("RSET", err)
			return
		}
		if !r.ok() {
			x.answer(r)
			return
		}
	}
	x.mail, x.facts = false, Facts{}
	x.reply(250, "2.0.0 OK")
}
