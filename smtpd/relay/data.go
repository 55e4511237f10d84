package relay

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// data takes a message and gives its answer.
func (x *session) data(ctx context.Context, arg string) {
	text := ""
	switch {
	case arg != "":
		text = "DATA takes no argument"
	case !x.mail:
		text = "Say MAIL first"
	case len(x.facts.RcptTo) == 0:
		text = "No valid recipients"
	}
	if text != "" {
		x.fault(503, "5.5.1 "+text)
		if x.in.Buffered() > 0 {
			// What a client sent after a DATA that was refused is a message, and is
			// not to be taken for commands.
			x.bye(421, "4.5.0 Data before the go-ahead, closing")
		}
		return
	}
	x.reply(354, "Send it, and end with a line of one dot")
	if x.flush() != nil {
		x.over = true
		return
	}
	begun := time.Now()
	sp := &spool{bound: x.s.Limits.Spool}
	defer sp.close()
	x.until = begun.Add(x.s.Limits.Total)
	d := &dataReader{in: x.in, repair: x.s.Repair, limit: x.s.Limits.Message}
	refused, err := d.read(sp)
	x.until = time.Time{}
	if err != nil {
		// Nothing was said to the next hop yet, and the client has no answer.
		if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() {
			x.bye(421, "4.4.2 The message does not come, closing")
		}
		x.over = true
		return
	}
	x.s.clock.add(stageReceive, time.Since(begun))
	if refused != nil {
		x.refuse(refused)
	} else {
		x.facts.At = x.s.Now().UTC()
		x.handle(ctx, sp)
	}
	if d.odd && !x.over {
		// Whoever sends these may have meant another end than the one that was
		// found: what comes next is believed on a new connection only.
		x.bye(421, "4.7.0 Closing after a message with bare CR, LF or NUL")
	}
}

// refuse answers for a message that is not taken, whatever it says.
func (x *session) refuse(why error) {
	x.s.refused.Add(1)
	x.s.Log.Info("refused", "reason", printable(why.Error()), "client", x.facts.Client)
	code, text := 451, "4.3.0 Try again later"
	switch {
	case errors.Is(why, errTooLarge):
		code, text = 552, "5.3.4 Message too large"
	case errors.Is(why, errLines):
		code, text = 554, "5.6.0 Bare CR, bare LF or NUL in the message (RFC 5321 section 2.3.8)"
	case errors.Is(why, errSpool):
		code, text = 452, "4.3.1 No room for the message"
	case errors.Is(why, errBusy):
		code, text = 451, "4.3.2 Too busy, try again later"
	}
	x.each(code, text)
}

// each gives one answer for the message: by LMTP to each recipient (RFC 2033
// section 4.2). The transaction is over.
func (x *session) each(code int, lines ...string) {
	n := 1
	if x.lmtp {
		n = len(x.facts.RcptTo)
	}
	for range n {
		x.reply(code, lines...)
	}
	if code >= 400 {
		x.forget()
	}
	x.mail, x.facts = false, Facts{}
}

// forget ends the transaction at the next hop that was not brought to its end.
func (x *session) forget() {
	if x.hop == nil {
		return
	}
	if r, err := x.hop.ask("RSET"); err != nil || !r.ok() {
		x.drop() // a client that goes on gets a 421
		x.over = true
	}
}

// present tells whether the client is still there. One that has left never
// reads the answer, and brings the message again.
func (x *session) present() bool {
	if x.in == nil || x.in.Buffered() > 0 {
		return true // nobody waits for an answer, or there is more to read
	}
	// A look at the socket takes nothing from it; a read with a deadline in the
	// past would not even look.
	c := x.raw
	if st, ok := c.(*stopper); ok {
		c = st.Conn
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	open := true
	err = rc.Control(func(fd uintptr) { open = peek(int(fd)) })
	return err == nil && open
}

// pass hands a message to the next hop for the recipients that it was told of,
// and gives its answers: one, or by LMTP one a recipient. After an error there is
// no answer, and the connection is not to be used again.
func (x *session) pass(raw []byte, rcpts int) ([]reply, error) {
	h := x.hop
	r, err := h.ask("DATA")
	if err != nil {
		return nil, err
	}
	if r.code != 354 {
		if r.ok() {
			return nil, errHop
		}
		return []reply{r}, nil
	}
	// Octets of the message go out without waiting for any answer, so that one
	// deadline holds for all of it that the next hop does not take.
	if err := h.conn.SetWriteDeadline(time.Now().Add(h.lim.Write + time.Duration(len(raw)/slowest)*time.Second)); err != nil {
		return nil, err
	}
	if err := stuffed(h.out, raw); err != nil {
		return nil, err
	}
	if err := h.out.Flush(); err != nil {
		return nil, err
	}
	if !x.present() {
		return nil, errGone // without its dot it is no message
	}
	if err := h.send("."); err != nil {
		return nil, err
	}
	n := 1
	if h.lmtp {
		n = rcpts
	}
	out := make([]reply, 0, n)
	for range n {
		r, err := h.read(h.lim.Final)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// slowest is the slowest next hop that is waited for, in octets a second.
const slowest = 64 << 10
