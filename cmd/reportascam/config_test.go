package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reportascam/smtpd"
)

func TestConfigOverrides(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(file, []byte("listen = \"127.0.0.1:1\"\n[dns]\ntimeout = \"3s\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(file, []string{"REPORTASCAM_DNS_TIMEOUT=4s", "REPORTASCAM_ADDRESSES=a@x.example, b@x.example",
		"REPORTASCAM_REPLY_ENABLED=false", "REPORTASCAM_LIMITS_RECIPIENTS=7", "REPORTASCAM_SUITES=/x", "HOME=/root"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:1" || c.DNS.Timeout != 4*time.Second || len(c.Addresses) != 2 || c.Reply.Enabled || c.Limits.Recipients != 7 {
		t.Errorf("loadConfig = %+v", c)
	}
	if c.Data != "data" || c.Judge.Deadline == 0 {
		t.Errorf("defaults are gone: %+v", c)
	}
}

func TestConfigFaultsAreNamed(t *testing.T) {
	tests := []struct{ name, text, env, want string }{
		{"unknown key", "[dns]\ntimeuot = \"1s\"\n", "", `did you mean "dns.timeout"`},
		{"unknown section", "[tsl]\nkey = \"x\"\n", "", "unknown key"},
		{"wrong type", "listen = 5\n", "", "listen"},
		{"not TOML", "listen", "", "reading the configuration"},
		{"unknown variable", "", "REPORTASCAM_LISTN=x", "did you mean REPORTASCAM_LISTEN"},
		{"bad duration", "", "REPORTASCAM_DNS_TIMEOUT=soon", "not a duration"},
		{"bad number", "", "REPORTASCAM_DNS_BUDGET=many", "not a whole number"},
		{"bad bool", "", "REPORTASCAM_REPLY_ENABLED=perhaps", "not true or false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "c.toml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var env []string
			if tt.env != "" {
				env = []string{tt.env}
			}
			_, err := loadConfig(file, env)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("loadConfig = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestConfigCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"default", func(*Config) {}, ""},
		{"no mailbox", func(c *Config) { c.Addresses = nil }, "addresses"},
		{"no domain", func(c *Config) { c.Addresses = []string{"reportascam"} }, "not a mailbox"},
		{"no port", func(c *Config) { c.Listen = "localhost" }, "listen"},
		{"no network", func(c *Config) { c.Trusted = []string{"10.0.0.0/99"} }, "trusted_networks"},
		{"half of TLS", func(c *Config) { c.TLS.Key = "k" }, "belong together"},
		{"missing file", func(c *Config) { c.Judge.Brands = "/nowhere/at/all" }, "no such file"},
		{"key without selector", func(c *Config) { c.Send.DKIMKey = "config.go" }, "dkim_selector"},
		{"odd TLS word", func(c *Config) { c.Send.TLS = "maybe" }, "maybe"},
		{"no limit", func(c *Config) { c.Limits.Recipients = 0 }, "recipients"},
		{"smart host without port", func(c *Config) { c.Send.SmartHost = "mail" }, "smarthost"},
		{"odd host name", func(c *Config) { c.Hostname = "a b\x1b[31m" }, "hostname"},
		{"no folder", func(c *Config) { c.Data = "" }, "data"},
		{"no mailbox to answer from", func(c *Config) { c.Reply.From = "not an address" }, "reply: from"},
		{"name with a line break", func(c *Config) { c.Reply.Name = "x\r\nBcc: y@z" }, "reply: name"},
		{"country of three letters", func(c *Config) { c.Reply.Country = "GER" }, "country"},
		{"language that there is none of", func(c *Config) { c.Reply.Language = "tlh" }, "none of ar, de"},
		{"no folder of texts", func(c *Config) { c.Reply.Catalogue = "/nowhere/at/all" }, "reply: catalogue"},
		{"folder that holds no texts", func(c *Config) { c.Reply.Catalogue = "." }, "is no language"},
		{"no colour", func(c *Config) { c.Reply.ScamColour = "red" }, "colour"},
		{"white on yellow", func(c *Config) { c.Reply.UnclearColour = "#ffff00" }, "contrast of 1.1"},
		{"logo with a line break", func(c *Config) { c.Reply.Logo = "a\nb" }, "logo"},
		{"own look", func(c *Config) { c.Reply.ScamColour, c.Reply.Logo, c.Reply.Country = "#900000", "The desk", "DE" }, ""},
		{"resolver without port", func(c *Config) { c.DNS.Servers = []string{"nope"} }, "dns: servers"},
		{"negative workers", func(c *Config) { c.Judge.Workers = -3 }, "judge.workers"},
		{"provider that is none", func(c *Config) { c.Judge.Providers = []string{"=x"} }, "trusted_providers"},
		{"no deadline", func(c *Config) { c.Judge.Deadline = 0 }, "judge.deadline"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := loadConfig("", nil)
			if err != nil {
				t.Fatal(err)
			}
			tt.change(c)
			err = c.check()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("check = %v, want %q", err, tt.want)
			}
		})
	}
}

// TestConfigPrintsItself: what is printed reads as the same configuration.
func TestConfigPrintsItself(t *testing.T) {
	c, err := loadConfig("", []string{"REPORTASCAM_REPLY_NAME=desk \"one\" \x01", "REPORTASCAM_PROXY_NETWORKS=10.0.0.0/8,::1"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.print()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := loadConfig(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text2, err := again.print(); err != nil || text2 != text || again.Reply.Name != c.Reply.Name {
		t.Errorf("printing twice differs: %v\n%s\n%s", err, text, text2)
	}
	plain, err := (func() (string, error) {
		d, err := loadConfig("", nil)
		if err != nil {
			return "", err
		}
		return d.print()
	})()
	if err != nil || plain != defaultConfig {
		t.Errorf("the defaults print otherwise than they stand: %v\n%s", err, plain)
	}
}

// TestLimitsAreTheServersOwn: the defaults of the configuration are those of
// the server, so that one who sets nothing and one who prints and keeps them
// get the same.
func TestLimitsAreTheServersOwn(t *testing.T) {
	c, err := loadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.limits(), smtpd.DefaultLimits(); got != want {
		t.Errorf("limits = %+v\nwant     %+v", got, want)
	}
}
