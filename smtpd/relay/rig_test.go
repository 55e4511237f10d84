package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
)

const host = "mx.example.org"

// fake is an engine that finds its verdict in the message: "verdict: scam".
type fake struct {
	mu    sync.Mutex
	facts []Facts
	raw   []string
	held  map[string]string // by recipient
	done  []Outcome
	wait  chan struct{} // Judge waits for it, or for ctx
	fail  error
}

func (e *fake) Judge(ctx context.Context, f Facts, raw []byte) (Opinion, error) {
	e.mu.Lock()
	e.facts = append(e.facts, f)
	e.raw = append(e.raw, string(raw))
	n := len(e.facts)
	e.mu.Unlock()
	if e.wait != nil {
		select {
		case <-e.wait:
		case <-ctx.Done():
			return Opinion{}, ctx.Err()
		}
	}
	if strings.Contains(string(raw), "please crash") {
		panic("as told")
	}
	o := Opinion{ID: fmt.Sprintf("id%d", n), Level: analyze.Unclear, Score: 0.1, Results: "Authentication-Results: " + host + "; dkim=none", From: "bank.example"}
	for _, l := range []analyze.Level{analyze.Scam, analyze.Suspicious, analyze.Authentic} {
		if strings.Contains(string(raw), "verdict: "+string(l)) {
			o.Level = l
		}
	}
	o.Proven = strings.Contains(string(raw), "proven: yes")
	return o, e.fail
}

func (e *fake) Hold(_ context.Context, _ Facts, rcpt []string, raw []byte, _ Opinion) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.held == nil {
		e.held = map[string]string{}
	}
	for _, r := range rcpt {
		if strings.HasPrefix(r, "nohold") {
			return errors.New("disk full")
		}
		e.held[r] = string(raw)
	}
	return nil
}

func (e *fake) Done(_ Facts, _ Opinion, out Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done = append(e.done, out)
}

func (e *fake) last() (Facts, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.facts) == 0 {
		return Facts{}, ""
	}
	return e.facts[len(e.facts)-1], e.raw[len(e.raw)-1]
}

// letter is a message that a sink took.
type letter struct {
	lines []string // MAIL and RCPT, as they came
	raw   string
}

// sink is a next hop that takes everything, and does what special recipients
// tell it to.
type sink struct {
	mu   sync.Mutex
	list []letter
	said []string
	ext  []string
	lmtp bool
	addr string
}

func newSink(t testing.TB, lmtp bool, ext ...string) *sink {
	t.Helper()
	s := &sink{lmtp: lmtp, ext: ext}
	s.addr = serveTest(t, func(c net.Conn) { s.serve(c) })
	return s
}

// serveTest serves connections on a port of its own until the test ends.
func serveTest(t testing.TB, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			wg.Go(func() {
				f(c)
				c.Close()
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l.Addr().String()
}

func (s *sink) next() string {
	kind := "smtp:"
	if s.lmtp {
		kind = "lmtp:"
	}
	return kind + s.addr
}

func (s *sink) letters() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]letter{}, s.list...)
}

func (s *sink) serve(c net.Conn) {
	in := bufio.NewReader(c)
	say := func(f string, a ...any) { fmt.Fprintf(c, f+"\r\n", a...) }
	say("220 sink")
	var cur letter
	var rcpts []string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.mu.Lock()
		s.said = append(s.said, line)
		s.mu.Unlock()
		switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); verb {
		case "EHLO", "LHLO":
			all := append([]string{"sink"}, s.ext...)
			for i, e := range all {
				if i == len(all)-1 {
					say("250 %s", e)
				} else {
					say("250-%s", e)
				}
			}
		case "MAIL":
			cur, rcpts = letter{lines: []string{line}}, nil
			say("250 2.1.0 sender fine")
		case "RCPT":
			switch {
			case strings.Contains(line, "unknown@"):
				say("550 5.1.1 no such user here")
			case strings.Contains(line, "hangup@"):
				return
			case strings.Contains(line, "desync@"):
				say("250 one\r\n250 two\r\n250 three")
			default:
				cur.lines = append(cur.lines, line)
				rcpts = append(rcpts, line)
				say("250 2.1.5 recipient fine")
			}
		case "DATA":
			say("354 go")
			var b strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(l, "."))
			}
			cur.raw = b.String()
			n := 1
			if s.lmtp {
				n = len(rcpts)
			}
			var answers []string
			s.mu.Lock()
			for i := range n {
				switch {
				case strings.Contains(rcpts[i], "late@"):
					s.mu.Unlock()
					return
				case strings.Contains(rcpts[i], "full@"):
					answers = append(answers, "452 4.2.2 mailbox full")
				default:
					answers = append(answers, fmt.Sprintf("250 2.0.0 queued as %d", len(s.list)+1))
				}
			}
			if strings.Contains(strings.Join(answers, " "), "queued") {
				s.list = append(s.list, cur)
			}
			s.mu.Unlock()
			say("%s", strings.Join(answers, "\r\n"))
		case "XCLIENT":
			say("220 sink")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 2.0.0 fine")
		}
	}
}

// serveSMTP runs a filter, and gives where it listens.
func serveSMTP(t testing.TB, cfg Config, e Engine) (string, *Server) {
	t.Helper()
	return serveWith(t, cfg, e, "tcp", "127.0.0.1:0", (*Server).ServeSMTP)
}

func serveWith(t testing.TB, cfg Config, e Engine, network, addr string, serve func(*Server, context.Context, net.Listener) error) (string, *Server) {
	t.Helper()
	if cfg.Hostname == "" {
		cfg.Hostname = host
	}
	if cfg.Policy.Default == nil {
		cfg.Policy.Default = DefaultActions()
	}
	s, err := New(cfg, e)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- serve(s, ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serving: %v", err)
		}
		if n := s.Panics(); n != 0 && !strings.Contains(t.Name(), "Crash") {
			t.Errorf("%d panics of ours", n)
		}
	})
	return l.Addr().String(), s
}

// client is a client that says what it is told.
type client struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func dialTest(t testing.TB, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return &client{t, c, bufio.NewReader(c)}
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(text)); err != nil {
		c.t.Fatalf("sending %.40q: %v", text, err)
	}
}

// reply reads one answer; "" when the connection is over.
func (c *client) reply() string {
	all := ""
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return all
		}
		all += line
		if len(line) < 4 || line[3] != '-' {
			return all
		}
	}
}

// want reads one answer that must begin so.
func (c *client) want(prefix string) string {
	c.t.Helper()
	got := c.reply()
	if !strings.HasPrefix(got, prefix) {
		c.t.Fatalf("answer = %q, want %q", got, prefix)
	}
	return got
}

// say sends a line and wants an answer.
func (c *client) say(line, prefix string) string {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.want(prefix)
}

// hello greets.
func (c *client) hello() string {
	c.t.Helper()
	c.want("220")
	return c.say("EHLO client.example", "250")
}

// message sends a message, dots not stuffed, and gives the answer.
func (c *client) message(text string, rcpts ...string) string {
	c.t.Helper()
	c.say("MAIL FROM:<a@client.example>", "250")
	for _, r := range rcpts {
		c.say("RCPT TO:<"+r+">", "250")
	}
	c.say("DATA", "354")
	c.send(text + ".\r\n")
	return c.reply()
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

const plain = "From: b@bank.example\r\nSubject: hello\r\n\r\n..dots\r\nbody\r\n"
