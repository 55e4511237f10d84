package smtpd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pires/go-proxyproto"
)

// run is one call of Serve: its sessions, and how they end. The list of
// connections is ours, since go-smtp closes none once its Shutdown has timed out.
type run struct {
	srv    *Server
	accept context.Context // of the Handler: outlives Serve's own by Limits.Shutdown
	secure chan *gate      // sessions that have just begun TLS
	done   chan struct{}   // closed when all is over

	mu       sync.Mutex
	clients  map[*client]struct{}
	stopping bool
	empty    chan struct{} // closed when stopping and no client is left
}

// Serve takes connections from l, which it closes, until ctx ends or l fails.
// When ctx ends it stops gracefully: idle sessions read 421, messages on their
// way are taken to their end, and what is still open after Limits.Shutdown is
// closed; the error is then ErrShutdown. Otherwise it is nil or that of l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	in, err := s.withProxy(l)
	if err != nil {
		return err
	}
	acceptCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	r := &run{
		srv: s, accept: acceptCtx, secure: make(chan *gate), done: make(chan struct{}),
		clients: map[*client]struct{}{}, empty: make(chan struct{}),
	}
	var servers sync.WaitGroup
	failed := make(chan error, 1)
	servers.Go(func() {
		plain := r.smtpServer()
		if s.certs != nil {
			plain.TLSConfig = s.certs.config() // only so that STARTTLS is offered: the gate answers it
		}
		failed <- plain.Serve(&entrance{run: r, Listener: in})
	})
	servers.Go(func() {
		// It ends with net.ErrClosed when r.done closes, and in no other way.
		_ = r.smtpServer().Serve(&inside{run: r, addr: l.Addr()})
	})
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
		err = fmt.Errorf("smtpd: accepting connections: %w", err)
	}
	_ = l.Close() // already closed when it is what failed
	err = errors.Join(err, r.shutdown(cancel))
	close(r.done)
	servers.Wait()
	return err
}

// withProxy makes l read the PROXY header of listed networks. The library's
// own default would honour one from any peer; and its REJECT, where none may
// come, waits for the client's first octets before it lets us greet. Other
// peers are thus not looked at (SKIP).
func (s *Server) withProxy(l net.Listener) (net.Listener, error) {
	if len(s.proxy) == 0 {
		return l, nil
	}
	var ranges []string
	for _, p := range s.proxy {
		ranges = append(ranges, p.Masked().String())
	}
	policy, err := proxyproto.PolicyFromRanges(ranges, proxyproto.REQUIRE, proxyproto.SKIP)
	if err != nil {
		return nil, fmt.Errorf("%w: PROXY networks: %w", ErrConfig, err)
	}
	return &proxyproto.Listener{Listener: l, ConnPolicy: policy, ReadHeaderTimeout: s.limits.Proxy}, nil
}

// smtpServer gives a go-smtp server for gates. Time-outs, line lengths and TLS
// are the gate's.
func (r *run) smtpServer() *smtp.Server {
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{c.Conn().(*gate)}, nil
	}))
	srv.Domain = r.srv.host
	srv.MaxRecipients = r.srv.limits.Recipients
	srv.MaxMessageBytes = r.srv.limits.MessageBytes
	srv.MaxLineLength = 0
	srv.EnableSMTPUTF8 = true
	srv.ErrorLog = errorLog{r.srv}
	return srv
}

// entrance admits connections from the network.
type entrance struct {
	net.Listener
	run *run
}

func (e *entrance) Accept() (net.Conn, error) {
	for {
		conn, err := e.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := e.run.enter(conn); c != nil {
			return &gate{c: c}, nil
		}
	}
}

// inside admits sessions that have begun TLS.
type inside struct {
	run  *run
	addr net.Addr
}

func (i *inside) Accept() (net.Conn, error) {
	select {
	case g := <-i.run.secure:
		return g, nil
	case <-i.run.done:
		return nil, net.ErrClosed
	}
}

func (i *inside) Close() error   { return nil }
func (i *inside) Addr() net.Addr { return i.addr }

// enter makes a client of a connection, or refuses it and gives nil. It runs
// in the accept loop: the PROXY header is read later, and so is whatever
// depends on the address.
func (r *run) enter(conn net.Conn) *client {
	s := r.srv
	if s.sessions.Add(1) > int64(s.limits.Connections) {
		s.sessions.Add(-1)
		s.refuse("connections", "client", conn0(conn))
		if _, proxied := conn.(*proxyproto.Conn); !proxied {
			_ = conn.SetWriteDeadline(time.Now().Add(farewell))
			_, _ = conn.Write([]byte("421 4.3.2 Too many connections, try again later\r\n")) // it goes away either way
		}
		_ = conn.Close()
		return nil
	}
	c := newClient(r, conn)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping {
		s.sessions.Add(-1)
		_ = conn.Close()
		return nil
	}
	r.clients[c] = struct{}{}
	return c
}

// conn0 gives the peer's address as a text, without reading a PROXY header.
func conn0(conn net.Conn) string {
	if p, ok := conn.(*proxyproto.Conn); ok {
		conn = p.Raw()
	}
	return conn.RemoteAddr().String()
}

// leave forgets a client whose socket is closed.
func (r *run) leave(c *client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.clients, c)
	if r.stopping && len(r.clients) == 0 {
		close(r.empty)
	}
}

// shutdown ends all sessions.
func (r *run) shutdown(cancel context.CancelFunc) error {
	r.mu.Lock()
	r.stopping = true
	if len(r.clients) == 0 {
		close(r.empty)
	}
	for c := range r.clients {
		c.stop()
	}
	r.mu.Unlock()
	if r.wait(r.srv.limits.Shutdown) {
		return nil
	}
	cancel()
	r.mu.Lock()
	left := len(r.clients)
	for c := range r.clients {
		_ = c.raw.Close() // its own goroutine notices and cleans up
	}
	r.mu.Unlock()
	r.wait(afterClose)
	if left == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d", ErrShutdown, left)
}

func (r *run) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-r.empty:
		return true
	case <-t.C:
		return false
	}
}
