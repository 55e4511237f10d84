package reply

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// memory keeps what it is told, as the store does.
type memory struct {
	entries []entry
	err     error
}

type entry struct {
	at          time.Time
	kind, value string
}

func (m *memory) CountAnswers(_ context.Context, kind, value string, since time.Time) (n int, err error) {
	for _, e := range m.entries {
		if e.kind == kind && e.value == value && e.at.After(since) {
			n++
		}
	}
	return n, m.err
}

func (m *memory) record(caps []Cap, at time.Time) {
	for _, c := range caps {
		m.entries = append(m.entries, entry{at, c.Kind, c.Value})
	}
}

// numbered gives a report that differs from others in bytes and Message-ID.
func numbered(i int, addr string) Outer {
	o := goodOuter(with(fmt.Sprintf("Message-ID: <n%d@home.example>", i)))
	from(addr)(&o)
	h := goodOuter(with(fmt.Sprintf("Message-ID: <n%d@home.example>", i), "From: "+addr))
	o.Header, o.Report.Raw = h.Header, h.Report.Raw
	return o
}

func TestCaps(t *testing.T) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	everyone := func(i int) Outer { // another reporter, domain and network each time
		o := numbered(i, fmt.Sprintf("ann@home%d.example", i))
		o.Report.Envelope.ClientIP = netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1})
		return o
	}
	tests := []struct {
		name  string
		each  func(int) Outer
		every time.Duration
		max   int
		word  string
		again time.Duration // after which there is an answer again
	}{
		{"reporter, hour", func(i int) Outer { return numbered(i, "ann@home.example") }, time.Second, PerReporterHour, "cap-reporter", time.Hour},
		{"reporter with details", func(i int) Outer { return numbered(i, fmt.Sprintf("ann+%d@home.example", i)) }, time.Second, PerReporterHour, "cap-reporter", time.Hour},
		{"reporter, day", func(i int) Outer { return numbered(i, "ann@home.example") }, 5 * time.Minute, PerReporterDay, "cap-reporterday", 24 * time.Hour},
		{"domain", func(i int) Outer { return numbered(i, fmt.Sprintf("ann%d@home.example", i)) }, time.Second, PerDomainHour, "cap-domain", time.Hour},
		{"names below a domain", func(i int) Outer { return numbered(i, fmt.Sprintf("ann@h%d.home.example", i)) }, time.Second, PerDomainHour, "cap-domain", time.Hour},
		{"network", func(i int) Outer {
			o := everyone(i)
			o.Report.Envelope.ClientIP = netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
			return o
		}, time.Second, PerNetworkHour, "cap-network", time.Hour},
		{"total", everyone, time.Second, TotalHour, "cap-total", time.Hour},
		{"same report", func(int) Outer { return goodOuter(goodHeader) }, time.Hour, 1, "answered", AnswerOnce},
		{"same report with another trace", func(i int) Outer {
			o := goodOuter(goodHeader)
			o.Report.Raw = fmt.Append(nil, "Received: ", i, "\r\n", string(o.Report.Raw))
			return o
		}, time.Hour, 1, "answered", AnswerOnce},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, c, now := &memory{}, desk(), start
			c.Now = func() time.Time { return now }
			for i := range tt.max {
				o := tt.each(i)
				to, reason, err := Decide(t.Context(), m, o, c)
				if to == "" || err != nil {
					t.Fatalf("Decide(report %d) = %q, %q, %v, want an answer", i, to, reason, err)
				}
				m.record(Caps(o, to), now)
				now = now.Add(tt.every)
			}
			if to, reason, _ := Decide(t.Context(), m, tt.each(tt.max), c); to != "" || Word(reason) != tt.word {
				t.Errorf("Decide(report %d) = %q, %q, want none, %q", tt.max, to, reason, tt.word)
			}
			now = now.Add(tt.again)
			if to, reason, _ := Decide(t.Context(), m, tt.each(tt.max), c); to == "" {
				t.Errorf("Decide(later) = none, %q, want an answer", reason)
			}
		})
	}
}

func TestMemoryFails(t *testing.T) {
	m := &memory{err: errors.New("disk")}
	to, _, err := Decide(t.Context(), m, goodOuter(goodHeader), desk())
	if to != "" || !errors.Is(err, m.err) {
		t.Errorf("Decide = %q, %v, want nobody and the error", to, err)
	}
}

func TestForgedFlood(t *testing.T) {
	m, c, answers := &memory{}, desk(), 0
	for i := range 10_000 {
		o := numbered(i, fmt.Sprintf("victim%d@home.example", i))
		o.Reporter.Proven = false
		if to, _, _ := Decide(t.Context(), m, o, c); to != "" {
			answers++
		}
	}
	if answers != 0 {
		t.Errorf("%d answers to forged reports, want 0", answers)
	}
}

func TestNetwork(t *testing.T) {
	tests := []struct{ in, want string }{
		{"192.0.2.200", "192.0.2.0/24"},
		{"::ffff:192.0.2.200", "192.0.2.0/24"},
		{"2001:db8:1:2aa::3", "2001:db8:1:200::/56"},
		{"fe80::1%eth0", "fe80::/56"},
	}
	for _, tt := range tests {
		if got := network(netip.MustParseAddr(tt.in)); got != tt.want {
			t.Errorf("network(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
	if got := network(netip.Addr{}); got != "unknown" {
		t.Errorf("network(none) = %s, want unknown", got)
	}
}

func TestCapKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Caps(goodOuter(goodHeader), "ann@home.example") {
		if seen[c.Kind] || c.Max < 1 || c.Window > AnswerOnce || strings.Trim(c.Kind, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("Cap %+v: want its own kind of letters, a maximum and a time within %v", c, AnswerOnce)
		}
		seen[c.Kind] = true
	}
}
