package smtpd

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

var (
	errTooBig = &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4}, Message: "Message is larger than we accept"}
	errMemory = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Too much mail at this moment, try again later"}
	errLine   = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Message has a line that is longer than we accept"}
	errDouble = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Lines end in CR CR LF, closing"}
	errLost   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "Message ended before its end, closing"}
	errSlow   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "Message took too long, closing"}
)

// transaction is one message on its way: MAIL, RCPT, and its octets.
type transaction struct {
	open  bool // MAIL was accepted
	from  string
	rcpt  []string
	utf8  bool
	body  string
	size  int64 // as declared
	chunk bool  // BDAT has begun
	whole bool  // BDAT LAST has come

	counted bool // in Server.inData
	until   time.Time
	buf     []byte
	held    int64 // of Server.memory
	drained int64
	fail    *smtp.SMTPError // what the message will be refused with
}

// begin counts the message as being received.
func (t *transaction) begin(s *Server) {
	t.counted, t.until = true, time.Now().Add(s.limits.DataTotal)
	s.inData.Add(1)
}

// end gives back what the transaction holds, and forgets it.
func (t *transaction) end(s *Server) {
	t.release(s)
	if t.counted {
		s.inData.Add(-1)
	}
	*t = transaction{}
}

func (t *transaction) release(s *Server) {
	s.memory.Add(-t.held)
	t.held, t.buf = 0, nil
}

// add takes octets of the message, or drops them when it is refused already. It
// gives false when more was dropped than a sender is due.
func (t *transaction) add(s *Server, b []byte) bool {
	if t.fail == nil && int64(len(t.buf))+int64(len(b)) > s.limits.MessageBytes {
		t.refuse(s, errTooBig)
	}
	if t.fail == nil && !t.room(s, len(b)) {
		t.refuse(s, errMemory)
	}
	if t.fail != nil {
		t.drained += int64(len(b))
		return t.drained <= s.limits.DrainBytes
	}
	t.buf = append(t.buf, b...)
	return true
}

// refuse settles what the message will be answered with, and drops it.
func (t *transaction) refuse(s *Server, why *smtp.SMTPError) {
	t.fail = why
	t.release(s)
}

// room makes room for n more octets, if the memory for messages has as much.
func (t *transaction) room(s *Server, n int) bool {
	need := len(t.buf) + n
	if need <= cap(t.buf) {
		return true
	}
	// What is declared is believed within bounds; a header added on the way makes
	// it a little more.
	first := min(max(t.size+t.size/16, firstBytes), mostFirstBytes)
	size := max(int64(need), 2*int64(cap(t.buf)), first)
	size = max(min(size, s.limits.MessageBytes), int64(need))
	if !s.reserve(size - t.held) {
		return false
	}
	t.held = size
	t.buf = append(make([]byte, 0, size), t.buf...)
	return true
}

// data passes DATA on to go-smtp, which knows whether it is its time.
func (g *gate) data(arg string) {
	if g.c.tx.chunk {
		g.c.reply(503, "5.5.1", "DATA cannot follow BDAT")
		return
	}
	g.pass("DATA", arg)
	g.early = g.c.in.Buffered() > 0
}

// readData reads a message up to CR LF . CR LF, undoing the dots (RFC 5321
// section 4.5.2). Go-smtp's own reader loses octets (a CR after a leading
// dot) and does not know an end after CR CR LF.
func (c *client) readData() *smtp.SMTPError {
	t := &c.tx
	t.begin(c.srv)
	c.enter(phaseData, t.until)
	defer c.enter(phaseBusy, time.Time{})
	start, cr, length := true, false, 0 // at the start of a line; after a CR; octets of this line
	for {
		seg, err := c.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return c.lost(err)
		}
		length += len(seg)
		crlf := err == nil && (bytes.HasSuffix(seg, crlfBytes) || len(seg) == 1 && cr)
		cr = seg[len(seg)-1] == '\r'
		if start && seg[0] == '.' {
			switch string(seg[:min(len(seg), 4)]) {
			case ".\r\n":
				return t.fail
			case ".\r\r\n":
				c.gone, c.linger = true, true
				return errDouble
			}
			seg = seg[1:]
		}
		start = crlf
		if length > c.srv.limits.DataLine && t.fail == nil {
			t.refuse(c.srv, errLine)
		}
		if err == nil {
			length = 0
		}
		if !t.add(c.srv, seg) {
			c.gone, c.linger = true, true
			return t.fail
		}
	}
}

var crlfBytes = []byte("\r\n")

// lost ends a session whose message broke off: nothing that may still come is
// a command.
func (c *client) lost(err error) *smtp.SMTPError {
	c.gone = true
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		c.linger = true
		return errSlow
	}
	return errLost
}

// bdat takes one chunk (RFC 3030). Go-smtp is not asked: it gets the whole
// message as if by DATA, once the last chunk is here.
func (g *gate) bdat(arg string) {
	c := g.c
	t := &c.tx
	size, last, ok := chunkSize(arg)
	if !ok {
		// Where the chunk ends, and commands go on, cannot be told.
		c.bye("BDAT", 501, "5.5.4", "Malformed BDAT, closing")
		return
	}
	orphan := !t.open || len(t.rcpt) == 0
	if !orphan && !t.chunk {
		t.chunk = true
		t.begin(c.srv)
	}
	if !orphan && t.fail == nil && size > c.srv.limits.MessageBytes-int64(len(t.buf)) {
		t.refuse(c.srv, errTooBig)
	}
	if (orphan || t.fail != nil) && size > c.srv.limits.DrainBytes {
		c.bye("size", 552, "5.3.4", "Message is larger than we accept, closing")
		return
	}
	if !g.chunk(size, orphan) {
		return
	}
	switch {
	case orphan:
		c.reply(503, "5.5.1", "No valid sender and recipient")
	case t.fail != nil:
		c.srv.refuse("message", "client", c.remote, "error", t.fail.Message)
		c.reply(t.fail.Code, enhanced(t.fail), t.fail.Message)
		g.pass("RSET", "")
		g.swallow++
	case last:
		t.whole = true
		g.pass("DATA", "")
	default:
		c.reply(250, "2.0.0", strconv.FormatInt(size, 10)+" octets received")
	}
}

// chunkSize reads the argument of BDAT.
func chunkSize(arg string) (size int64, last, ok bool) {
	num, rest, _ := strings.Cut(arg, " ")
	rest = strings.TrimSpace(rest)
	if rest != "" && !strings.EqualFold(rest, "LAST") || num == "" || strings.Trim(num, "0123456789") != "" {
		return 0, false, false
	}
	size, err := strconv.ParseInt(num, 10, 64)
	return size, rest != "", err == nil
}

// chunk reads the octets of a chunk. It gives false when the session is over.
func (g *gate) chunk(size int64, orphan bool) bool {
	c := g.c
	until := c.tx.until
	if orphan {
		until = time.Now().Add(c.srv.limits.DataIdle)
	}
	c.enter(phaseData, until)
	defer c.enter(phaseBusy, time.Time{})
	for size > 0 {
		_, err := c.in.Peek(1)
		b, _ := c.in.Peek(int(min(size, int64(c.in.Buffered())))) // of what is there already
		switch {
		case err != nil:
			e := c.lost(err)
			c.reply(e.Code, enhanced(e), e.Message)
			c.srv.refuse("message", "client", c.remote, "error", e.Message)
			return false
		case orphan:
			c.drained += int64(len(b))
			if c.drained > c.srv.limits.DrainBytes {
				c.bye("BDAT", 503, "5.5.1", "No valid sender and recipient, closing")
				return false
			}
		case !c.tx.add(c.srv, b):
			c.bye("message", c.tx.fail.Code, enhanced(c.tx.fail), c.tx.fail.Message)
			return false
		}
		n, _ := c.in.Discard(len(b))
		size -= int64(n)
	}
	return true
}

// receive gets the whole message, however it comes.
func (c *client) receive() *smtp.SMTPError {
	if c.tx.whole {
		return nil
	}
	return c.readData()
}

// enhanced writes an enhanced code (RFC 3463).
func enhanced(e *smtp.SMTPError) string {
	c := e.EnhancedCode
	return strconv.Itoa(c[0]) + "." + strconv.Itoa(c[1]) + "." + strconv.Itoa(c[2])
}
