package main

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// defaultConfig is the one place that knows each key, its default and what it
// is for: the defaults are read from it.
//
//go:embed config.toml
var defaultConfig string

// Config is the configuration file: one TOML file, every key with a
// default.
type Config struct {
	Hostname  string   `toml:"hostname"`
	Addresses []string `toml:"addresses"`
	Listen    string   `toml:"listen"`
	Data      string   `toml:"data"`
	Trusted   []string `toml:"trusted_networks"`
	Proxy     []string `toml:"proxy_networks"`
	TLS       struct {
		Certificate string `toml:"certificate"`
		Key         string `toml:"key"`
	} `toml:"tls"`
	Limits struct {
		MessageSize           int64         `toml:"message_size"`
		Recipients            int           `toml:"recipients"`
		LineLength            int           `toml:"line_length"`
		Connections           int           `toml:"connections"`
		ConnectionsPerAddress int           `toml:"connections_per_address"`
		Commands              int           `toml:"commands"`
		Errors                int           `toml:"errors"`
		IdleTime              time.Duration `toml:"idle_time"`
		TotalTime             time.Duration `toml:"total_time"`
		MessagesPerMinute     int           `toml:"messages_per_minute"`
		StopTime              time.Duration `toml:"stop_time"`
	} `toml:"limits"`
	DNS struct {
		Servers []string      `toml:"servers"`
		Timeout time.Duration `toml:"timeout"`
		Budget  int           `toml:"budget"`
		Cache   int           `toml:"cache"`
		TrustAD bool          `toml:"trust_ad"`
	} `toml:"dns"`
	BIMI struct {
		Enabled      bool          `toml:"enabled"`
		Timeout      time.Duration `toml:"timeout"`
		AllowPrivate bool          `toml:"allow_private"`
		Roots        string        `toml:"roots"`
		Logs         string        `toml:"logs"`
		WebRoots     string        `toml:"web_roots"`
	} `toml:"bimi"`
	Judge struct {
		Workers   int           `toml:"workers"`
		Deadline  time.Duration `toml:"deadline"`
		Providers []string      `toml:"trusted_providers"`
		Sealers   []string      `toml:"trusted_sealers"`
		Brands    string        `toml:"brands"`
		BrandsDir string        `toml:"brands_dir"`
		Protect   string        `toml:"protect"`
	} `toml:"judge"`
	Reply struct {
		Enabled   bool   `toml:"enabled"`
		Changes   bool   `toml:"changes"`
		From      string `toml:"from"`
		Name      string `toml:"name"`
		Language  string `toml:"language"`
		Country   string `toml:"country"`
		Catalogue string `toml:"catalogue"`
		Logo      string `toml:"logo"`

		ScamColour       string `toml:"scam_colour"`
		SuspiciousColour string `toml:"suspicious_colour"`
		UnclearColour    string `toml:"unclear_colour"`
		AuthenticColour  string `toml:"authentic_colour"`
	} `toml:"reply"`
	Send struct {
		Via          string        `toml:"via"`
		SmartHost    string        `toml:"smarthost"`
		TLS          string        `toml:"tls"`
		User         string        `toml:"user"`
		PasswordFile string        `toml:"password_file"`
		Port         int           `toml:"mx_port"`
		AllowPrivate bool          `toml:"allow_private"`
		MTASTS       bool          `toml:"mta_sts"`
		DANE         bool          `toml:"dane"`
		DKIMKey      string        `toml:"dkim_key"`
		DKIMSelector string        `toml:"dkim_selector"`
		DKIMDomain   string        `toml:"dkim_domain"`
		NextKey      string        `toml:"dkim_next_key"`
		NextSelector string        `toml:"dkim_next_selector"`
		Connections  int           `toml:"connections"`
		PerDomain    int           `toml:"connections_per_domain"`
		GiveUp       time.Duration `toml:"give_up"`
	} `toml:"send"`
	Relay relayConfig `toml:"relay"`
	Log   struct {
		Level  string `toml:"level"`
		Format string `toml:"format"`
	} `toml:"log"`
}

// envPrefix begins the environment variables that override the file.
const envPrefix = "REPORTASCAM_"

// loadConfig reads the defaults, then file (none where empty), then the
// environment. A key that does not exist is an error naming the nearest one.
func loadConfig(file string, environ []string) (*Config, error) {
	c := &Config{}
	meta, err := toml.Decode(defaultConfig, c)
	if err != nil {
		return nil, fmt.Errorf("reading the default configuration: %w", err)
	}
	known := keysOf(meta)
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the configuration: %w", err)
		}
		meta, err := toml.Decode(string(text), c)
		if err != nil {
			return nil, fmt.Errorf("reading the configuration %s: %w", file, err)
		}
		for _, k := range meta.Undecoded() {
			return nil, fmt.Errorf("configuration %s: unknown key %q: did you mean %q?", file, k.String(), nearest(k.String(), known))
		}
	}
	if err := c.overlay(environ, known); err != nil {
		return nil, err
	}
	return c, nil
}

// keysOf lists the keys that hold values, dotted, sorted.
func keysOf(meta toml.MetaData) []string {
	var keys []string
	for _, k := range meta.Keys() {
		if meta.Type(k...) != "Hash" {
			keys = append(keys, k.String())
		}
	}
	sort.Strings(keys)
	return keys
}

// nearest gives the word of list with the smallest edit distance to s.
func nearest(s string, list []string) string {
	best, dist := "", 1<<30
	for _, w := range list {
		if d := distance(s, w); d < dist {
			best, dist = w, d
		}
	}
	return best
}

// distance is the Levenshtein distance in octets.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost++
			}
			diag = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// check lists all that is wrong with the values, joined.
func (c *Config) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Addresses) == 0 {
		bad("addresses: at least one mailbox is needed")
	}
	for _, a := range c.Addresses {
		if !strings.Contains(a, "@") || a == "@" || strings.ContainsAny(a, " \t\r\n<>\"") {
			bad("addresses: %q is not a mailbox", a)
		}
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen: %w", err)
	}
	if _, err := prefixes(c.Trusted); err != nil {
		bad("trusted_networks: %w", err)
	}
	if _, err := prefixes(c.Proxy); err != nil {
		bad("proxy_networks: %w", err)
	}
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		bad("tls: certificate and key belong together")
	}
	for _, f := range []string{c.BIMI.Roots, c.BIMI.Logs, c.BIMI.WebRoots, c.TLS.Certificate, c.TLS.Key, c.Send.DKIMKey, c.Send.NextKey, c.Send.PasswordFile} {
		if f == "" {
			continue
		}
		if _, err := os.Stat(f); err != nil {
			bad("file: %w", err)
		}
	}
	if _, err := c.source().load(); err != nil {
		for _, e := range each(err) {
			bad("judge: %w", e)
		}
	}
	errs = append(errs, c.checkSend()...)
	if !oneOf(c.Log.Level, "debug", "info", "warn", "error") {
		bad("log: level = %q is none of debug, info, warn, error", c.Log.Level)
	}
	if !oneOf(c.Log.Format, "text", "json") {
		bad("log: format = %q is neither text nor json", c.Log.Format)
	}
	for name, n := range map[string]int64{"message_size": c.Limits.MessageSize, "recipients": int64(c.Limits.Recipients),
		"line_length": int64(c.Limits.LineLength), "connections": int64(c.Limits.Connections),
		"connections_per_address": int64(c.Limits.ConnectionsPerAddress), "commands": int64(c.Limits.Commands),
		"errors": int64(c.Limits.Errors), "idle_time": int64(c.Limits.IdleTime), "total_time": int64(c.Limits.TotalTime),
		"messages_per_minute": int64(c.Limits.MessagesPerMinute)} {
		if n <= 0 {
			bad("limits: %s must be more than 0", name)
		}
	}
	if c.Data == "" {
		bad("data: a folder is needed")
	}
	if strings.ContainsFunc(c.Hostname, func(r rune) bool { return !isHostRune(r) }) {
		bad("hostname: %q is not a host name", c.Hostname)
	}
	errs = append(errs, c.checkReply()...)
	for _, s := range c.DNS.Servers {
		host, port, err := net.SplitHostPort(s)
		if n, portErr := strconv.Atoi(port); err != nil || host == "" || portErr != nil || n < 1 || n > 65535 {
			bad("dns: servers: %q is not an address with a port, such as 192.0.2.1:53", s)
		}
	}
	for _, p := range c.Judge.Providers {
		if strings.ContainsFunc(p, func(r rune) bool { return !isHostRune(r) }) || p == "" {
			bad("judge: trusted_providers: %q is not a domain", p)
		}
	}
	if c.Judge.Workers < 0 {
		bad("judge.workers must not be negative")
	}
	errs = append(errs, c.Relay.check()...)
	if c.DNS.Timeout <= 0 || c.DNS.Budget <= 0 || c.BIMI.Timeout <= 0 || c.Judge.Deadline <= 0 {
		bad("dns.timeout, dns.budget, bimi.timeout and judge.deadline must be more than 0")
	}
	return errors.Join(errs...)
}

// each gives the errors that err joins, or err alone.
func each(err error) []error {
	var list interface{ Unwrap() []error }
	if errors.As(err, &list) {
		return list.Unwrap()
	}
	return []error{err}
}

// isHostRune tells the characters of a host name or an address literal.
func isHostRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' || r == ':' || r == '[' || r == ']'
}

func oneOf(s string, words ...string) bool {
	for _, w := range words {
		if s == w {
			return true
		}
	}
	return false
}

// prefixes reads networks; a bare address is a network of one.
func prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		if ip, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 192.0.2.0/24", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
