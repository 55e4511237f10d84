package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/smtpd/relay"
	"reportascam/store"
)

// relayConfig is the part of the configuration that is the relay's.
type relayConfig struct {
	Listen     string        `toml:"listen"`
	Milter     string        `toml:"milter"`
	Next       string        `toml:"next_hop"`
	Mode       string        `toml:"mode"`
	Scam       string        `toml:"scam"`
	Suspicious string        `toml:"suspicious"`
	Unclear    string        `toml:"unclear"`
	Authentic  string        `toml:"authentic"`
	Domains    []string      `toml:"domains"`
	Allow      []string      `toml:"allow"`
	Deny       []string      `toml:"deny"`
	Prefix     string        `toml:"subject_prefix"`
	XClient    []string      `toml:"xclient_networks"`
	Own        []string      `toml:"own_networks"`
	Deadline   time.Duration `toml:"deadline"`
	OnFailure  string        `toml:"on_failure"`
	LineEnds   string        `toml:"line_ends"`
	Announce   bool          `toml:"announce_client"`
	MilterHold string        `toml:"milter_hold"`
	Sessions   int           `toml:"sessions"`
	Message    int64         `toml:"message_size"`
	Memory     int64         `toml:"memory"`
	Idle       time.Duration `toml:"idle_time"`
}

// on tells whether there is a relay.
func (c *relayConfig) on() bool { return c.Listen != "" || c.Milter != "" }

// check lists what is wrong.
func (c *relayConfig) check() (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("relay: "+format, args...)) }
	for name, a := range map[string]string{"listen": c.Listen, "milter": c.Milter} {
		if a == "" || strings.HasPrefix(a, "/") {
			continue
		}
		if _, _, err := net.SplitHostPort(a); err != nil {
			bad("%s: %w", name, err)
		}
	}
	if c.Listen != "" && c.Next == "" {
		bad("listen needs next_hop")
	}
	words := []struct {
		key, value string
		known      []string
	}{
		{"mode", c.Mode, []string{"filter", "observe"}},
		{"on_failure", c.OnFailure, []string{"pass", "defer"}},
		{"line_ends", c.LineEnds, []string{"refuse", "normalise"}},
		{"milter_hold", c.MilterHold, []string{"store", "mta"}},
	}
	for _, w := range words {
		if !oneOf(w.value, w.known...) {
			bad("%s = %q is none of %s", w.key, w.value, strings.Join(w.known, ", "))
		}
	}
	if strings.ContainsFunc(c.Prefix, func(r rune) bool { return r < ' ' || r > '~' }) {
		bad("subject_prefix must be printable ASCII")
	}
	if c.Deadline <= 0 || c.Sessions <= 0 || c.Message <= 0 || c.Memory <= 0 || c.Idle <= 0 {
		bad("deadline, sessions, message_size, memory and idle_time must be more than 0")
	}
	if c.Message > store.MaxRaw-relayRoom {
		bad("message_size must be at most %d", store.MaxRaw-relayRoom)
	}
	if _, err := c.relay("localhost"); err != nil {
		errs = append(errs, err)
	}
	return errs
}

// relayRoom is what our own fields may add to a message, in octets.
const relayRoom = 64 << 10

// policy reads the tables.
func (c *relayConfig) policy() (p relay.Policy, err error) {
	p.Prefix, p.Domains = c.Prefix, map[string]relay.Actions{}
	p.Default, err = relay.ParseActions(fmt.Sprintf("%s=%s %s=%s %s=%s %s=%s", analyze.Scam, c.Scam, analyze.Suspicious, c.Suspicious,
		analyze.Unclear, c.Unclear, analyze.Authentic, c.Authentic))
	if err != nil {
		return p, err
	}
	for _, line := range c.Domains {
		domain, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if p.Domains[strings.ToLower(domain)], err = relay.ParseActions(rest); err != nil {
			return p, fmt.Errorf("relay: domains: %q: %w", line, err)
		}
	}
	if p.Allow, err = relay.ParseList(c.Allow); err != nil {
		return p, fmt.Errorf("relay: allow: %w", err)
	}
	if p.Deny, err = relay.ParseList(c.Deny); err != nil {
		return p, fmt.Errorf("relay: deny: %w", err)
	}
	return p, nil
}

// relay gives the relay's own configuration.
func (c *relayConfig) relay(hostname string) (r relay.Config, err error) {
	var believed, own []netip.Prefix
	if believed, err = prefixes(c.XClient); err != nil {
		return r, fmt.Errorf("relay: xclient_networks: %w", err)
	}
	if own, err = prefixes(c.Own); err != nil {
		return r, fmt.Errorf("relay: own_networks: %w", err)
	}
	policy, err := c.policy()
	if err != nil {
		return r, err
	}
	r = relay.Config{Hostname: hostname, Next: c.Next, Mode: relay.Mode(c.Mode), Policy: policy, Believed: believed, Ours: own,
		Open: c.OnFailure == "pass", Repair: c.LineEnds == "normalise", Announce: c.Announce, HoldMTA: c.MilterHold == "mta",
		Limits: relay.Limits{Message: c.Message, Sessions: c.Sessions, Memory: c.Memory, Deadline: c.Deadline, Idle: c.Idle}}
	if c.Next != "" {
		err = relay.CheckHop(c.Next)
	}
	return r, err
}

// newRelay makes the relay; nil where none is configured.
func (c *Config) newRelay(e relay.Engine, log *slog.Logger) (*relay.Server, error) {
	if !c.Relay.on() {
		return nil, nil
	}
	r, err := c.Relay.relay(c.hostname())
	if err != nil {
		return nil, err
	}
	if c.TLS.Certificate != "" {
		cert, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("reading the certificate: %w", err)
		}
		r.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	r.Log = log
	return relay.New(r, e)
}
