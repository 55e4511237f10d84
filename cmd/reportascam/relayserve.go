package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"reportascam/smtpd/relay"
	"reportascam/store"
)

// relayPart is the running relay.
type relayPart struct {
	server  *relay.Server
	engine  *relayEngine
	reports store.Finder
	smtp    net.Listener // nil: none
	milter  net.Listener
}

// listenRelay opens the relay's sockets, before anything else starts.
func (s *service) listenRelay() (err error) {
	if s.relay.server == nil {
		return nil
	}
	c := s.cfg.Relay
	if c.Listen != "" {
		if s.relay.smtp, err = listenAt(c.Listen); err != nil {
			return fmt.Errorf("listening for the relay: %w", err)
		}
	}
	if c.Milter != "" {
		if s.relay.milter, err = listenAt(c.Milter); err != nil {
			if s.relay.smtp != nil {
				_ = s.relay.smtp.Close() // nothing was served
			}
			return fmt.Errorf("listening as a milter: %w", err)
		}
	}
	return nil
}

// listenAt listens at host:port, or at a path. A socket that is left there by
// a process that has ended is taken over.
func listenAt(addr string) (net.Listener, error) {
	if !strings.HasPrefix(addr, "/") {
		return net.Listen("tcp", addr)
	}
	if c, err := net.Dial("unix", addr); err == nil {
		_ = c.Close() // only looked
		return nil, fmt.Errorf("%s is in use", addr)
	}
	if info, err := os.Lstat(addr); err == nil && info.Mode()&os.ModeSocket != 0 {
		_ = os.Remove(addr) // listening says what is wrong
	}
	l, err := net.Listen("unix", addr)
	if err != nil {
		return nil, err
	}
	// Who may use it is said by the folder: the mail server runs as another user.
	if err := os.Chmod(addr, 0o666); err != nil {
		return nil, fmt.Errorf("opening %s to the mail server: %w", addr, err)
	}
	return l, nil
}

// text tells a person what runs.
func (p relayPart) text(c *Config) string {
	out := ""
	if p.smtp != nil {
		out += fmt.Sprintf("The relay listens on %s and passes mail on to %s\n", p.smtp.Addr(), c.Relay.Next)
	}
	if p.milter != nil {
		out += fmt.Sprintf("The milter listens on %s\n", p.milter.Addr())
	}
	return out
}

// run starts the relay's parts. They end with front, and what they have to
// remember with back.
func (p relayPart) run(front context.Context, start func(string, func(context.Context) error)) {
	if p.server == nil {
		return
	}
	start("relay memory", p.engine.remember)
	start("campaigns", func(ctx context.Context) error {
		return p.engine.known.watch(ctx, p.reports, p.engine.free, func(err error) { p.engine.log.Error("counting campaigns", "err", err) })
	})
	if p.smtp != nil {
		start("relay", func(context.Context) error { return p.server.ServeSMTP(front, p.smtp) })
	}
	if p.milter != nil {
		start("milter", func(context.Context) error { return p.server.ServeMilter(front, p.milter) })
	}
}

// live is what the running server tells of itself.
type live struct {
	Relay *relay.Stats `json:"relay"` // null where there is none
}

func (s *service) live() any {
	l := live{}
	if s.relay.server != nil {
		st := s.relay.server.Stats()
		l.Relay = &st
	}
	return l
}
