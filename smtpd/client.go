package smtpd

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/pires/go-proxyproto"
)

var errStopping = errors.New("smtpd: stopping")

// phase is what a client's session is doing, as far as reading goes.
type phase int

const (
	phaseBusy    phase = iota // reading nothing
	phaseCommand              // waiting for a command, or a handshake: may be ended at any time
	phaseData                 // receiving a message: ended by its own deadlines only
)

// client is one connection. Its fields belong to the session's goroutine,
// except those under mu and raw, which never changes.
type client struct {
	srv  *Server
	run  *run
	raw  net.Conn // TCP, or PROXY over it
	sock net.Conn // raw, or TLS over it
	in   *bufio.Reader
	out  []byte // replies not yet sent

	remote, local netip.AddrPort
	trusted       bool
	counted       bool   // in srv.peers
	greeted       bool   // admit has run
	version       string // of TLS
	helo          string
	extended      bool // EHLO rather than HELO

	begun    time.Time
	commands int
	errors   int
	drained  int64 // octets of chunks that belonged to no message
	gone     bool  // nothing more is read from it
	linger   bool  // it may still be sending: let it read the last reply

	tx transaction

	mu       sync.Mutex
	phase    phase
	deadline time.Time
	stopping bool
}

func newClient(r *run, conn net.Conn) *client {
	c := &client{srv: r.srv, run: r, raw: conn, sock: conn, begun: time.Now()}
	in, _ := r.srv.buffers.Get().(*bufio.Reader)
	if in == nil {
		in = bufio.NewReaderSize(nil, readBuffer)
	}
	in.Reset(source{c})
	c.in = in
	return c
}

// admit looks at where the client comes from, reading the PROXY header where
// one is due, and says whether it may stay.
func (c *client) admit() bool {
	c.greeted = true
	if p, ok := c.raw.(*proxyproto.Conn); ok {
		// REQUIRE: without a good header there is none, and nothing is readable.
		h := p.ProxyHeader()
		if h == nil {
			c.srv.refuse("proxy", "client", conn0(c.raw))
			return false
		}
		if h.Command.IsLocal() || h.SourceAddr == nil || h.TransportProtocol.IsUnspec() {
			// The proxy's own check of our health, or a client that it cannot name:
			// served, but no network is trusted on its account.
			c.local = addrPort(p.Raw().LocalAddr())
			return true
		}
	}
	c.remote, c.local = addrPort(c.raw.RemoteAddr()), addrPort(c.raw.LocalAddr())
	if c.remote.IsValid() && contains(c.srv.trusted, c.remote.Addr()) {
		c.trusted = true
		return true
	}
	if !c.srv.peers.add(c.remote.Addr(), c.srv.limits.PerAddress) {
		c.srv.refuse("connections of one address", "client", c.remote)
		c.reply(421, "4.7.0", "Too many connections from your address, try again later")
		return false
	}
	c.counted = true
	return true
}

// addrPort gives the zero value for what is no IP address.
func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}

// source is where a client's buffer is filled from.
type source struct{ c *client }

// Read sends the replies that are waiting, sets the deadline of the phase and
// reads from the socket.
func (s source) Read(b []byte) (int, error) {
	if err := s.c.flush(); err != nil {
		return 0, err
	}
	if !s.c.arm() {
		return 0, errStopping
	}
	return s.c.sock.Read(b)
}

// enter begins a phase that ends at the deadline.
func (c *client) enter(p phase, deadline time.Time) {
	c.mu.Lock()
	c.phase, c.deadline = p, deadline
	c.mu.Unlock()
}

// arm sets the socket's read deadline; it gives false when the session is to stop.
func (c *client) arm() bool {
	l := c.srv.limits
	c.mu.Lock()
	defer c.mu.Unlock()
	d := earlier(c.deadline, c.begun.Add(l.Session))
	if c.phase == phaseData {
		d = earlier(d, time.Now().Add(l.DataIdle))
	} else if c.stopping {
		return false
	}
	_ = c.raw.SetReadDeadline(d) // fails on a closed socket only, which Read then reports
	return true
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// stop asks the session to end when it can. Any goroutine may call it.
func (c *client) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopping = true
	if c.phase == phaseCommand {
		_ = c.raw.SetReadDeadline(time.Unix(1, 0)) // wakes the reader
	}
}

func (c *client) isStopping() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping
}

// readCommand gives the next line with its ending. It gives false, having said
// why, when there will be no more.
func (c *client) readCommand() ([]byte, bool) {
	if c.isStopping() {
		c.bye("stopping", 421, "4.3.2", "Shutting down, try again later")
		return nil, false
	}
	c.enter(phaseCommand, time.Now().Add(c.srv.limits.Idle))
	line, err := c.in.ReadSlice('\n')
	c.enter(phaseBusy, time.Time{})
	var timeout net.Error
	switch {
	case len(line) > c.srv.limits.CommandLine:
		c.bye("command line", 500, "5.5.2", "Line too long, closing")
	case err == nil:
		return line, true
	case c.isStopping():
		c.bye("stopping", 421, "4.3.2", "Shutting down, try again later")
	case errors.As(err, &timeout) && timeout.Timeout():
		c.bye("idle", 421, "4.4.2", "Waited too long, closing")
	default:
		c.gone = true // it went away: nobody to tell
	}
	return nil, false
}

// reply queues one reply of one line.
func (c *client) reply(code int, enhanced, text string) {
	c.out = strconv.AppendInt(c.out, int64(code), 10)
	c.out = append(c.out, ' ')
	if enhanced != "" {
		c.out = append(append(c.out, enhanced...), ' ')
	}
	c.out = append(append(c.out, text...), "\r\n"...)
	c.count(code)
}

// count notes a reply's code.
func (c *client) count(code int) {
	if code >= 400 {
		c.errors++
	}
	if len(c.out) >= flushAt {
		_ = c.flush() // an error has set gone
	}
}

// bye queues the last reply, and ends the reading.
func (c *client) bye(reason string, code int, enhanced, text string) {
	c.reply(code, enhanced, text)
	c.gone, c.linger = true, true
	if reason != "stopping" {
		c.srv.refuse(reason, "client", c.remote)
	}
}

// flush sends what is queued.
func (c *client) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_ = c.raw.SetWriteDeadline(time.Now().Add(c.srv.limits.Write)) // Write reports what is wrong
	_, err := c.sock.Write(c.out)
	c.out = c.out[:0]
	if err != nil {
		c.gone = true
	}
	return err
}

// startTLS takes over from the plain connection, after the 220.
func (c *client) startTLS() error {
	if err := c.flush(); err != nil {
		return err
	}
	conn := tls.Server(c.raw, c.srv.certs.config())
	c.enter(phaseCommand, time.Now().Add(c.srv.limits.Handshake))
	defer c.enter(phaseBusy, time.Time{})
	if !c.arm() {
		return errStopping
	}
	_ = c.raw.SetWriteDeadline(time.Now().Add(c.srv.limits.Handshake)) // as above
	if err := conn.Handshake(); err != nil {
		return err
	}
	c.sock, c.version = conn, tls.VersionName(conn.ConnectionState().Version)
	c.helo, c.extended = "", false
	return nil
}

// finish sends what is queued and closes the connection.
func (c *client) finish() {
	c.tx.end(c.srv)
	err := c.flush()
	if err == nil && c.linger && !c.isStopping() {
		c.drain()
	}
	_ = c.sock.Close() // nothing more to do with it
	if c.counted {
		c.srv.peers.remove(c.remote.Addr())
	}
	c.in.Reset(nil)
	c.srv.buffers.Put(c.in)
	c.in = nil
	c.srv.sessions.Add(-1)
	c.run.leave(c)
}

// drain lets a client that may still be sending read the last reply: closing
// with unread octets would reset the connection and lose it.
func (c *client) drain() {
	type closeWriter interface{ CloseWrite() error }
	if t, ok := c.sock.(closeWriter); ok {
		_ = t.CloseWrite() // best effort, as all of this
	}
	under := c.raw
	if p, ok := under.(*proxyproto.Conn); ok {
		under = p.Raw()
	}
	if t, ok := under.(closeWriter); ok {
		_ = t.CloseWrite()
	}
	_ = c.raw.SetReadDeadline(time.Now().Add(farewell))
	_, _ = io.CopyN(io.Discard, c.raw, c.srv.limits.DrainBytes)
}
