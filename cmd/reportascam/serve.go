package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/smtpd"
	"reportascam/smtpd/send"
	"reportascam/store"
)

type serveCmd struct {
	configFlag
	Listen string `placeholder:"HOST:PORT" help:"Listen here instead."`
	Data   string `placeholder:"DIR" help:"Keep the data here instead." type:"string"`
}

func (c *serveCmd) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	if c.Data != "" {
		cfg.Data = c.Data
	}
	if err := cfg.check(); err != nil {
		return fmt.Errorf("the configuration is wrong: %w", err)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	st, err := store.Open(cfg.Data, store.Options{Create: true})
	if err != nil {
		return fmt.Errorf("opening the store in %s: %w", cfg.Data, err)
	}
	err = serve(w, cfg, st)
	if closeErr := st.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("closing the store: %w", closeErr)
	}
	return err
}

// service is all that runs between start and stop.
type service struct {
	cfg       *Config
	log       *slog.Logger
	store     store.Store
	smtp      *smtpd.Server
	worker    *worker
	transport send.Transport
	judge     *judge
	relay     relayPart
	learning  func(context.Context) error
	panics    func() int64 // recovered, in all; anything but zero is a bug
}

// serve runs the desk until w.ctx ends or a part of it fails.
func serve(w *world, cfg *Config, st store.Store) error {
	s, err := newService(cfg, st, newLogger(w.err, cfg))
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	if err := s.listenRelay(); err != nil {
		_ = l.Close() // nothing was served
		return err
	}
	if b, ok := st.(interface{ SetLive(func() any) }); ok {
		b.SetLive(s.live)
	}
	fmt.Fprint(w.out, startText(cfg, l.Addr().String())+s.relay.text(cfg))
	return s.run(w.ctx, l)
}

// run starts every part and waits for all. The mailbox stops first, then the
// workers, and the control socket last, so that nothing runs on a closed store.
func (s *service) run(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var back sync.WaitGroup
	var once sync.Once
	var failed error
	start := func(name string, f func(context.Context) error) {
		back.Go(func() {
			if err := f(work); err != nil && work.Err() == nil {
				once.Do(func() { failed = fmt.Errorf("%s: %w", name, err) })
				stop()
			}
		})
	}
	start("control socket", func(ctx context.Context) error { return store.ServeControl(ctx, s.cfg.Data, s.store) })
	queue := newReplyQueue(s.store)
	start("brands", func(ctx context.Context) error {
		t := time.NewTicker(brandsPause)
		defer t.Stop()
		s.judge.watchBrands(ctx, s.cfg.source(), t.C)
		return nil
	})
	start("reply queue", func(ctx context.Context) error { queue.watch(ctx); return nil })
	start("sending", func(ctx context.Context) error {
		return send.Run(ctx, queue, s.transport, s.cfg.sending(s.log))
	})
	start("learning", s.learning)
	s.relay.run(ctx, start)
	for range s.cfg.workers() {
		start("judging", func(ctx context.Context) error { s.worker.run(ctx); return nil })
	}
	err := s.smtp.Serve(ctx, l)
	stopWork()
	back.Wait()
	s.log.Info("stopped", "accepted", s.smtp.Stats().Accepted, "panics", s.panics())
	switch {
	case failed != nil:
		return failed
	case err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, smtpd.ErrShutdown):
		return fmt.Errorf("the SMTP server: %w", err)
	}
	return nil
}

// workers is how many reports are judged at the same time.
func (c *Config) workers() int {
	if c.Judge.Workers > 0 {
		return c.Judge.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func newService(cfg *Config, st store.Store, log *slog.Logger) (*service, error) {
	d, err := cfg.desk()
	if err != nil {
		return nil, err
	}
	resolver, err := dns.NewClient(dns.Options{Servers: cfg.DNS.Servers, Timeout: cfg.DNS.Timeout, CacheEntries: cfg.DNS.Cache,
		TrustAD: cfg.DNS.TrustAD, Log: log})
	if err != nil {
		return nil, fmt.Errorf("choosing a resolver: %w", err)
	}
	web, err := cfg.web(resolver, log)
	if err != nil {
		return nil, err
	}
	s := &service{cfg: cfg, log: log, store: st}
	if s.transport, err = cfg.transport(resolver, log); err != nil {
		return nil, err
	}
	if s.smtp, err = newSMTP(cfg, st, log); err != nil {
		return nil, err
	}
	answers, err := cfg.replies(d.judge)
	if err != nil {
		return nil, err
	}
	d.log = log
	s.judge = d.judge
	s.worker = &worker{store: st, reply: answers, receive: s.smtp.InData, log: log, now: now, hold: cfg.Judge.Deadline + leaseMargin,
		judge: func(ctx context.Context, r *analyze.Report) judged {
			return d.judgeReport(ctx, r, resolver, web, now())
		}}
	s.learning = func(ctx context.Context) error { return learning(ctx, d, st, log) }
	s.relay.reports = st
	s.relay.engine = newRelayEngine(d, st, resolver, web, cfg.hostname(), log)
	s.worker.relayed = s.relay.engine.relayed
	if s.relay.server, err = cfg.newRelay(s.relay.engine, log); err != nil {
		return nil, err
	}
	s.panics = func() int64 {
		n := s.smtp.Stats().Panics + s.worker.panics.Load() + d.panics.Load()
		if s.relay.server != nil {
			n += s.relay.server.Panics()
		}
		return n
	}
	return s, nil
}

// learning keeps what the desk has learned up to date with the corrections,
// until ctx ends.
func learning(ctx context.Context, d *desk, st store.Store, log *slog.Logger) error {
	for seen := -1; ; {
		var err error
		if seen, err = st.WaitCorrections(ctx, seen); err != nil {
			return err
		}
		if err := d.teach(ctx, st); err != nil && ctx.Err() == nil {
			log.Error("learning from corrections", "err", err) // the last that was learned stays
		}
	}
}

// now is the clock: UTC, so that what is stored reads the same everywhere.
func now() time.Time { return time.Now().UTC() }

func newSMTP(cfg *Config, st store.Intake, log *slog.Logger) (*smtpd.Server, error) {
	trusted, err := prefixes(cfg.Trusted)
	if err != nil {
		return nil, err
	}
	proxy, err := prefixes(cfg.Proxy)
	if err != nil {
		return nil, err
	}
	return smtpd.New(smtpd.Config{
		Hostname: cfg.hostname(), Addresses: cfg.Addresses, Trusted: trusted, Proxy: proxy,
		TLSCert: cfg.TLS.Certificate, TLSKey: cfg.TLS.Key, Log: log, Limits: cfg.limits(),
	}, &intake{store: st})
}

// limits are the server's own, changed where the configuration has a key.
func (c *Config) limits() smtpd.Limits {
	l := smtpd.DefaultLimits()
	l.MessageBytes, l.Recipients, l.DataLine = c.Limits.MessageSize, c.Limits.Recipients, c.Limits.LineLength
	l.Connections, l.PerAddress = c.Limits.Connections, c.Limits.ConnectionsPerAddress
	l.Commands, l.Errors = c.Limits.Commands, c.Limits.Errors
	l.Idle, l.Session, l.Shutdown = c.Limits.IdleTime, c.Limits.TotalTime, c.Limits.StopTime
	l.RatePerMinute = c.Limits.MessagesPerMinute
	return l
}

// intake puts what the SMTP server takes into the store.
type intake struct{ store store.Intake }

func (in *intake) Accept(ctx context.Context, env smtpd.Envelope, raw []byte) (string, error) {
	id := in.store.NewID(env.At)
	r := &analyze.Report{ID: id, At: env.At, Raw: raw, Envelope: analyze.Envelope{
		ClientIP: env.ClientAddr.Addr().Unmap(), Helo: env.Helo, MailFrom: env.MailFrom, RcptTo: env.RcptTo, TLS: env.TLS,
		UTF8: env.UTF8, Body: env.Body, Trusted: env.Trusted, Hostname: env.Hostname}}
	if err := in.store.Accept(ctx, r, smtpd.Received(env, string(id))); err != nil {
		return "", fmt.Errorf("storing a report: %w", err)
	}
	return string(id), nil
}

func newLogger(w io.Writer, cfg *Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		level = slog.LevelInfo // check has refused any other word
	}
	o := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// startText tells a person what runs, and how to try it.
func startText(cfg *Config, addr string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "reportascam listens on %s for %s\n", addr, strings.Join(cfg.Addresses, ", "))
	fmt.Fprintf(&b, "Reports and verdicts are kept in %s\n", cfg.Data)
	switch cfg.via() {
	case viaOutbox:
		fmt.Fprintf(&b, "Replies are written to %s\n", filepath.Join(cfg.Data, outboxName, "*.eml"))
	case viaMX:
		fmt.Fprintf(&b, "Replies go to the mail hosts of their readers\n")
	default:
		fmt.Fprintf(&b, "Replies leave by %s\n", cfg.Send.SmartHost)
	}
	to := cfg.Addresses[0]
	if name, domain, _ := strings.Cut(to, "@"); domain == "*" {
		to = name + "@localhost"
	} else if name == "" {
		to = "report@" + domain
	}
	fmt.Fprintf(&b, "Try it from another terminal:\n  curl smtp://%s --mail-from you@example.com --mail-rcpt %s --upload-file testdata/messages/attached-scam.eml\n", addr, to)
	fmt.Fprintf(&b, "  reportascam verdicts list --data %s\n", cfg.Data)
	return b.String()
}

type healthCmd struct {
	configFlag
	Listen string `placeholder:"HOST:PORT" help:"Ask here instead."`
}

// healthTime bounds the question: a healthy server greets within
// milliseconds, and container engines give up after seconds.
const healthTime = 3 * time.Second

func (c *healthCmd) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return fmt.Errorf("%w: --listen: %w", errUsage, err)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(w.ctx, healthTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(healthTime)); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "220") {
		return fmt.Errorf("the server greets with %q", clean(line))
	}
	fmt.Fprint(conn, "QUIT\r\n")
	_, err = fmt.Fprintln(w.out, "The server answers.")
	return err
}
