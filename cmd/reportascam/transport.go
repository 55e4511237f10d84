package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"reportascam/analyze/bimi"
	"reportascam/analyze/dns"
	"reportascam/smtpd/send"
)

// outboxName is the folder that replies are written to where nothing takes
// them, and policiesName the file of MTA-STS policies.
const (
	outboxName   = "outbox"
	policiesName = "mta-sts.json"
)

// The ways in which replies leave.
const (
	viaAuto      = "auto"
	viaOutbox    = "outbox"
	viaSmartHost = "smarthost"
	viaMX        = "mx"
)

// via is how replies leave, once decided.
func (c *Config) via() string {
	switch {
	case c.Send.Via != viaAuto:
		return c.Send.Via
	case c.Send.SmartHost != "":
		return viaSmartHost
	}
	return viaOutbox
}

// checkSend lists what is wrong with how replies leave.
func (c *Config) checkSend() []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	s := c.Send
	if !oneOf(s.Via, viaAuto, viaOutbox, viaSmartHost, viaMX) {
		bad("send: via = %q is none of auto, outbox, smarthost, mx", s.Via)
	}
	if s.DKIMKey != "" && (s.DKIMSelector == "" || s.DKIMDomain == "") {
		bad("send: dkim_key needs dkim_selector and dkim_domain")
	}
	if s.NextKey != "" && (s.DKIMKey == "" || s.NextSelector == "" || s.NextSelector == s.DKIMSelector) {
		bad("send: dkim_next_key needs dkim_key, and a dkim_next_selector other than dkim_selector")
	}
	if !oneOf(s.TLS, "required", "opportunistic", "none", "implicit") {
		bad("send: tls = %q is none of required, opportunistic, none, implicit", s.TLS)
	}
	if c.via() == viaSmartHost {
		if _, _, err := net.SplitHostPort(s.SmartHost); err != nil {
			bad("send: smarthost = %q is not host:port: %w", s.SmartHost, err)
		}
	}
	if c.via() == viaMX {
		if err := (&send.MX{Hostname: c.hostname(), Resolver: dns.Offline{}}).Check(); err != nil {
			bad("send: via = \"mx\" needs a full host name, such as hostname = \"mail.your.example\": %w", err)
		}
	}
	if s.Port < 1 || s.Port > 65535 {
		bad("send: mx_port must be between 1 and 65535")
	}
	if s.Connections < 0 || s.PerDomain < 0 || s.GiveUp <= 0 {
		bad("send: connections and connections_per_domain must not be negative, and give_up more than 0")
	}
	return errs
}

// mxConnections is how many deliveries to the hosts of many domains there are
// at the same time: some of them will be slow, some on purpose.
const mxConnections = 20

// sending is how the queue is worked off.
func (c *Config) sending(log *slog.Logger) send.Options {
	o := send.Options{Workers: c.Send.Connections, GiveUp: c.Send.GiveUp, Log: log}
	if c.via() == viaMX {
		o.PerDest = c.Send.PerDomain
		if o.Workers == 0 {
			o.Workers = mxConnections
		}
	}
	return o
}

// transport chooses how replies leave.
func (c *Config) transport(r dns.Resolver, log *slog.Logger) (send.Transport, error) {
	switch c.via() {
	case viaOutbox:
		dir := filepath.Join(c.Data, outboxName)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("making the outbox: %w", err)
		}
		return &send.Outbox{Dir: dir}, nil
	case viaMX:
		return c.mx(r, log)
	}
	h := &send.SmartHost{Addr: c.Send.SmartHost, Hostname: c.hostname(), TLS: send.TLSPolicy(c.Send.TLS), User: c.Send.User}
	if c.Send.PasswordFile != "" {
		text, err := os.ReadFile(c.Send.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("reading the smart host's password: %w", err)
		}
		h.Password, _, _ = strings.Cut(string(text), "\n")
		h.Password = strings.TrimSuffix(h.Password, "\r")
	}
	if err := h.Check(); err != nil {
		return nil, err
	}
	return h, nil
}

// mx delivers to the mail hosts of the readers.
func (c *Config) mx(r dns.Resolver, log *slog.Logger) (*send.MX, error) {
	x := &send.MX{Hostname: c.hostname(), Resolver: r, Port: c.Send.Port, DANE: c.Send.DANE, AllowPrivate: c.Send.AllowPrivate, Log: log}
	if err := x.Check(); err != nil {
		return nil, err
	}
	if !c.Send.MTASTS {
		return x, nil
	}
	web, err := c.fetcher(bimi.Options{Resolver: r, AllowPrivate: c.Send.AllowPrivate, Log: log})
	if err != nil {
		return nil, err
	}
	x.Policies = &send.Policies{File: filepath.Join(c.Data, policiesName), Log: log,
		Fetch: func(ctx context.Context, url string) ([]byte, error) {
			got := web.Fetch(ctx, bimi.Request{URL: url, Kind: bimi.KindPolicy})
			if got.Status != bimi.FetchOK {
				return nil, fmt.Errorf("%s: %s %s", url, got.Status, got.Reason)
			}
			return got.Body, nil
		}}
	return x, nil
}
