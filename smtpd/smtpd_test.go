package smtpd

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience bounds a wait for something that must happen.
const patience = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inbox is a Handler that keeps what it is given.
type inbox struct {
	mu   sync.Mutex
	got  []letter
	fail error
	hold chan struct{} // when set, Accept waits for it or its context
	came chan struct{} // when set, gets one for each Accept begun
	boom bool
}

type letter struct {
	env Envelope
	raw []byte
}

func (b *inbox) Accept(ctx context.Context, env Envelope, raw []byte) (string, error) {
	if b.came != nil {
		b.came <- struct{}{}
	}
	if b.hold != nil {
		select {
		case <-b.hold:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if b.boom {
		panic("boom")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return "", b.fail
	}
	b.got = append(b.got, letter{env, bytes.Clone(raw)})
	return "id-" + string(rune('0'+len(b.got)%10)), nil
}

func (b *inbox) letters() []letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]letter(nil), b.got...)
}

// testConfig is a desk at example.test.
func testConfig() Config {
	return Config{
		Hostname:  "mx.example.test",
		Addresses: []string{"reportascam@example.test", "@any.test", "report@*", "répörtz@bücher.test"},
	}
}

// desk is a running Server.
type desk struct {
	*Server
	addr  string
	inbox *inbox
	log   *lockedBuffer
	stop  context.CancelFunc
	ended chan error
}

// start runs a Server on loopback until the test's end, when it must have
// stopped well and without a panic.
func start(tb testing.TB, cfg Config, b *inbox) *desk {
	tb.Helper()
	if b == nil {
		b = &inbox{}
	}
	d := &desk{inbox: b, log: &lockedBuffer{}, ended: make(chan error, 1)}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(d.log, nil))
	}
	var err error
	if d.Server, err = New(cfg, b); err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	d.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	d.stop = cancel
	go func() { d.ended <- d.Serve(ctx, l) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-d.ended; err != nil && !errors.Is(err, ErrShutdown) {
			tb.Errorf("Serve = %v, want nil", err)
		}
		s := d.Stats()
		if s.Panics != 0 && !b.boom {
			tb.Errorf("panics = %d, want 0\n%s", s.Panics, d.log.String())
		}
		if s.Sessions != 0 || s.InData != 0 {
			tb.Errorf("after the end: sessions %d, in DATA %d, want 0, 0", s.Sessions, s.InData)
		}
		if n := d.memory.Load(); n != 0 {
			tb.Errorf("after the end: %d octets still reserved", n)
		}
	})
	return d
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestNewRefusesBadConfig(t *testing.T) {
	good := testConfig()
	tests := []struct {
		name string
		edit func(*Config)
	}{
		{"no hostname", func(c *Config) { c.Hostname = "" }},
		{"hostname with a space", func(c *Config) { c.Hostname = "a b" }},
		{"hostname with CRLF", func(c *Config) { c.Hostname = "a\r\nb" }},
		{"no address", func(c *Config) { c.Addresses = nil }},
		{"address without @", func(c *Config) { c.Addresses = []string{"report"} }},
		{"address without domain", func(c *Config) { c.Addresses = []string{"report@"} }},
		{"quoted address", func(c *Config) { c.Addresses = []string{`"a b"@example.test`} }},
		{"certificate without key", func(c *Config) { c.TLSCert = "x" }},
		{"absent certificate", func(c *Config) { c.TLSCert, c.TLSKey = "/nonexistent/c", "/nonexistent/k" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.edit(&cfg)
			if _, err := New(cfg, &inbox{}); !errors.Is(err, ErrConfig) {
				t.Errorf("New(%s) = %v, want ErrConfig", tt.name, err)
			}
		})
	}
	if _, err := New(good, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("New(no handler) = %v, want ErrConfig", err)
	}
	if _, err := New(good, &inbox{}); err != nil {
		t.Errorf("New(good) = %v, want nil", err)
	}
}

func TestAccepts(t *testing.T) {
	m, err := newMailboxes("mx.example.test", testConfig().Addresses)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{
		"reportascam@example.test":      true,
		"ReportAScam@EXAMPLE.test":      true,
		"reportascam+x@example.test":    true,
		"reportascam+@example.test":     true,
		"+reportascam@example.test":     false,
		"reportascamx@example.test":     false,
		"reportascam@sub.example.test":  false,
		"reportascam@example.test.evil": false,
		"whatever@any.test":             true,
		"report@elsewhere.test":         true,
		"report+a+b@elsewhere.test":     true,
		"postmaster@example.test":       true,
		"PostMaster@any.test":           true,
		"postmaster@mx.example.test":    true,
		"postmaster@elsewhere.test":     false,
		"répörtz@bücher.test":           true,
		"RÉPÖRTZ@xn--bcher-kva.test":    true,
		"repoertz@bücher.test":          false,
	}
	for in, want := range tests {
		if got := m.accepts(in); got != want {
			t.Errorf("accepts(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestCheckPath(t *testing.T) {
	long := strings.Repeat("a", 257)
	tests := []struct {
		in   string
		utf8 bool
		code int
	}{
		{"a@b", false, 0},
		{"a.b+c=d!#$%&'*/?^_`{|}~-@b_c.d-e", false, 0},
		{"a@[192.0.2.1]", false, 0},
		{"a@[IPv6:2001:db8::1]", false, 0},
		{"ü@b", true, 0},
		{"ü@b", false, 553},
		{"a@ü.de", false, 553},
		{"a b@c", false, 553},
		{"a@b@c", false, 553},
		{`open@relay.test> ORCPT=rfc822;x@victim.test`, false, 553},
		{".a@b", false, 553},
		{"a.@b", false, 553},
		{"a..b@c", false, 553},
		{"a@.b", false, 553},
		{"a@b.", false, 553},
		{"a@b..c", false, 553},
		{"a@b c", false, 553},
		{"a@b>", false, 553},
		{"a@[", false, 553},
		{"a@[]", false, 553},
		{"a@[<>]", false, 553},
		{long + "@b", false, 553},
		{"a@" + long, false, 553},
		{"a\u202eb@c", true, 553},
		{"a\u0085b@c", true, 553},
		{"a@b\x00", false, 553},
		{"\xff@b", true, 501},
		{"a", false, 501},
		{"@b", false, 501},
	}
	for _, tt := range tests {
		got := 0
		if e := checkPath(tt.in, tt.utf8, senderPath); e != nil {
			got = e.Code
		}
		if got != tt.code {
			t.Errorf("checkPath(%q, %v) = %d, want %d", tt.in, tt.utf8, got, tt.code)
		}
	}
}

func TestReceived(t *testing.T) {
	at := time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)
	env := Envelope{
		ClientAddr: netip.MustParseAddrPort("192.0.2.1:25"), Helo: "mail.example", Hostname: "mx.example.test",
		Protocol: "ESMTPS", TLS: "TLS 1.3", RcptTo: []string{"r@example.test"}, At: at,
	}
	want := "Received: from mail.example ([192.0.2.1])\r\n\tby mx.example.test with ESMTPS id abc-1\r\n" +
		"\tfor <r@example.test>\r\n\t(TLS 1.3);\r\n\tMon, 2 Nov 2026 03:04:05 +0000\r\n"
	if got := Received(env, "abc-1"); got != want {
		t.Errorf("Received() =\n%q, want\n%q", got, want)
	}
	env.ClientAddr = netip.MustParseAddrPort("[2001:db8::1]:25")
	env.RcptTo = []string{"a@b", "c@d"}
	env.TLS = ""
	if got := Received(env, "x"); !strings.Contains(got, "([IPv6:2001:db8::1])") || strings.Contains(got, "for <") {
		t.Errorf("Received(IPv6, two recipients) = %q", got)
	}
	env.ClientAddr = netip.AddrPort{}
	env.Helo = "a(b)\r\nX: y\x1b\xff\u202e" + strings.Repeat("z", 5000)
	env.RcptTo = []string{"evil>\r\nX: y@b"}
	got := Received(env, "i d")
	if n := strings.Count(got, "\n"); n != 3 || strings.ContainsAny(got, "\x1b\u202e") || strings.Contains(got, "\xff") || strings.Contains(got, "a(b)") || len(got) > 700 {
		t.Errorf("Received(hostile) = %q", got)
	}
	if !strings.Contains(got, "(unknown)") || !strings.Contains(got, "id i?d") {
		t.Errorf("Received(hostile) = %q, want unknown address and id i?d", got)
	}
}

func TestQuote(t *testing.T) {
	tests := map[string]string{
		"plain text":             "plain text",
		"a\r\nb\x1b[2J":          `a\r\nb\x1b[2J`,
		"\xff\u202e":             `\xff\u202e`,
		strings.Repeat("a", 300): strings.Repeat("a", logText) + "...",
	}
	for in, want := range tests {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRates(t *testing.T) {
	now := time.Unix(1e9, 0)
	r := newRates(Limits{RatePerMinute: 60, RateBurst: 2, RateClients: 3}, func() time.Time { return now })
	a, same, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("::ffff:192.0.2.200"), netip.MustParseAddr("2001:db8::1")
	steps := []struct {
		who  netip.Addr
		wait time.Duration
		want bool
	}{
		{a, 0, true}, {same, 0, true}, {a, 0, false}, {other, 0, true},
		{a, 900 * time.Millisecond, false}, {a, 100 * time.Millisecond, true}, {a, 0, false},
		{netip.MustParseAddr("2001:db8::ffff"), 0, true}, {netip.Addr{}, 0, true},
		{a, -time.Hour, false}, {a, 3 * time.Hour, true}, {a, 0, true}, {a, 0, false},
	}
	for i, s := range steps {
		now = now.Add(s.wait)
		if got := r.take(s.who); got != s.want {
			t.Errorf("step %d: take(%v) = %v, want %v", i, s.who, got, s.want)
		}
	}
	for i := range 1000 {
		r.take(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}))
	}
	if n := len(r.buckets); n > 3 {
		t.Errorf("buckets = %d, want at most 3", n)
	}
}

// writeFile replaces a file at once.
func writeFile(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name+".new", b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}
