package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"reportascam/analyze"
)

// ErrConfig is returned when the configuration cannot work.
var ErrConfig = errors.New("relay: configuration")

// Facts are what a session said about one message. Client is beyond the
// sender's control, as far as whoever handed it over is believed.
type Facts struct {
	Client   netip.Addr // the host that brought it to the first of our servers; invalid: not known
	Name     string     // of that host, where the mail server told; else empty
	Helo     string     // as given, may be anything printable
	MailFrom string     // reverse-path without <>, as given, quotes and all; empty is the null sender
	RcptTo   []string   // forward-paths without <>, as given, of those accepted
	UTF8     bool       // SMTPUTF8 was asked for
	QueueID  string     // the mail server's own, by milter; else empty
	At       time.Time  // when the message had arrived, UTC
}

// Opinion is what the engine thinks of a message.
type Opinion struct {
	ID      string        // our reference, printable ASCII without spaces
	Level   analyze.Level // the verdict
	Score   float64       // 0..1
	Brand   string        // claimed, a key of the registry; may be empty
	Hits    []string      // names of the checks that hit
	Results string        // an Authentication-Results field in our name, unfolded, without line end
	From    string        // the From domain; empty where there is not exactly one
	Proven  bool          // the From domain is authenticated
	Message any           // the engine's own
}

// Outcome is what became of a message.
type Outcome struct {
	Actions map[string]Action // by recipient as given
	Code    int               // the answer that the client got; 0: it was gone
	Took    time.Duration     // from the end of the message to the answer
}

// Engine judges and keeps. It is called from several sessions at once.
type Engine interface {
	// Judge gives an opinion of a message, before ctx ends. Raw must not be
	// changed, nor used after Judge has returned. An error says that there is
	// no opinion: what is done then is configured.
	Judge(ctx context.Context, f Facts, raw []byte) (Opinion, error)
	// Hold keeps a message for some of its recipients; it is durable when nil is
	// returned. Raw is with our fields on top, as it would be delivered.
	Hold(ctx context.Context, f Facts, rcpt []string, raw []byte, o Opinion) error
	// Done is told how it ended. It must not wait for anything.
	Done(f Facts, o Opinion, out Outcome)
}

// Mode says whether mail is touched.
type Mode string

// The modes.
const (
	Filter  Mode = "filter"
	Observe Mode = "observe" // judge, and change nothing
)

// Config says how a Server works. Hostname and Next are required for SMTP.
type Config struct {
	Hostname string         // our own name in greeting and trace, and our authserv-id
	Next     string         // the next hop: "smtp:HOST:PORT", "lmtp:HOST:PORT", "smtp:/PATH" or "lmtp:/PATH"
	Mode     Mode           // empty is Filter
	Policy   Policy         //
	Believed []netip.Prefix // networks whose XCLIENT and XFORWARD are believed
	Ours     []netip.Prefix // networks whose mail passes unjudged
	Open     bool           // pass what could not be judged, rather than 451
	Repair   bool           // normalise bare CR and LF and take NUL out, rather than refuse
	Announce bool           // tell the next hop the client by XFORWARD, where it takes that
	HoldMTA  bool           // milter: hold in the mail server's queue rather than in ours
	TLS      *tls.Config    // STARTTLS is offered with it
	Limits   Limits
	Log      *slog.Logger     // nil discards
	Now      func() time.Time // nil is time.Now
}

// Server is the filter. Its methods may be called from several goroutines.
type Server struct {
	Config
	engine Engine
	next   hopAddr
	memory *semaphore.Weighted
	judges *semaphore.Weighted

	sessions, panics, accepted, refused atomic.Int64
	clock                               clocks
}

// New makes a Server.
func New(cfg Config, e Engine) (*Server, error) {
	s := &Server{Config: cfg, engine: e}
	s.Limits = s.Limits.withDefaults()
	if e == nil || cfg.Hostname == "" {
		return nil, fmt.Errorf("%w: an engine and a host name are needed", ErrConfig)
	}
	if cfg.Next != "" {
		var err error
		if s.next, err = parseHop(cfg.Next); err != nil {
			return nil, err
		}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Mode == "" {
		s.Mode = Filter
	}
	s.memory = semaphore.NewWeighted(s.Limits.Memory)
	s.judges = semaphore.NewWeighted(int64(s.Limits.Judges))
	return s, nil
}

// Stats counts since New. Sessions is a gauge.
type Stats struct {
	Sessions int64   `json:"sessions"`
	Accepted int64   `json:"accepted"` // messages that the client got 250 for
	Refused  int64   `json:"refused"`  // messages and connections
	Panics   int64   `json:"panics"`   // of ours, recovered; anything but zero is a bug
	Stages   []Stage `json:"stages"`
}

// Stats gives the counters, and how long each stage took.
func (s *Server) Stats() Stats {
	return Stats{Sessions: s.sessions.Load(), Accepted: s.accepted.Load(), Refused: s.refused.Load(), Panics: s.panics.Load(), Stages: s.clock.stages()}
}

// Panics gives how many were recovered.
func (s *Server) Panics() int64 { return s.panics.Load() }

// ServeSMTP takes SMTP (or LMTP) connections from l, which it closes, until
// ctx ends. Messages on their way then have Limits.Shutdown to end.
func (s *Server) ServeSMTP(ctx context.Context, l net.Listener) error {
	if s.Next == "" {
		_ = l.Close() // it serves nothing
		return fmt.Errorf("%w: no next hop", ErrConfig)
	}
	return s.serve(ctx, l, func(ctx context.Context, c net.Conn) {
		newSession(s, c).run(ctx)
	}, "421 4.3.2 Too many connections, try again later\r\n")
}

// ServeMilter takes milter connections from l, like ServeSMTP. A connection
// too many is closed, which the mail server takes for a filter that is away.
func (s *Server) ServeMilter(ctx context.Context, l net.Listener) error {
	return s.serve(ctx, l, func(ctx context.Context, c net.Conn) { newMilter(s, c).run(ctx) }, "")
}

// stopper is a session that can be told to end once it is idle.
type stopper struct {
	net.Conn
	mu   sync.Mutex
	busy bool
	stop bool
}

// work marks a message in progress, or its end. It gives false when the
// session is to end.
func (c *stopper) work(busy bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = busy
	return !c.stop
}

// end ends an idle session, and a busy one when it gets idle.
func (c *stopper) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop = true
	if !c.busy {
		_ = c.SetReadDeadline(time.Unix(1, 0)) // wakes it; a closed one needs no waking
	}
}

func (s *Server) serve(ctx context.Context, l net.Listener, handle func(context.Context, net.Conn), full string) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var mu sync.Mutex
	open := map[*stopper]bool{}
	var wg sync.WaitGroup
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var failed error
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			break
		}
		if err != nil {
			if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() || errors.Is(err, errTooManyFiles) {
				pause(ctx, acceptPause)
				continue
			}
			failed = fmt.Errorf("relay: accepting connections: %w", err)
			break
		}
		if s.sessions.Add(1) > int64(s.Limits.Sessions) {
			s.sessions.Add(-1)
			s.refused.Add(1)
			s.Log.Info("refused", "reason", "connections", "client", conn.RemoteAddr().String())
			_ = conn.SetWriteDeadline(s.Now().Add(farewell))
			_, _ = conn.Write([]byte(full)) // it goes away either way
			_ = conn.Close()
			continue
		}
		c := &stopper{Conn: conn}
		mu.Lock()
		open[c] = true
		mu.Unlock()
		wg.Go(func() {
			defer func() {
				_ = conn.Close()
				mu.Lock()
				delete(open, c)
				mu.Unlock()
				s.sessions.Add(-1)
			}()
			defer s.caught()
			handle(work, c)
		})
	}
	_ = l.Close() // closed already, unless Accept failed
	mu.Lock()
	for c := range open {
		c.end()
	}
	mu.Unlock()
	late := time.AfterFunc(s.Limits.Shutdown, func() {
		cancel()
		mu.Lock()
		defer mu.Unlock()
		for c := range open {
			_ = c.Close() // its own goroutine notices
		}
	})
	wg.Wait()
	late.Stop()
	return failed
}
