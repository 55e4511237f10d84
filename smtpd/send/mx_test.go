package send

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// world is an Internet of scripted hosts, by address; others refuse the
// connection.
type world struct {
	zone  dnstest.Zone
	hosts map[string]script // by IP
	mu    sync.Mutex
	dials []string
	heard map[string][]string
	talks sync.WaitGroup
}

func (w *world) dial(_ context.Context, _, addr string) (net.Conn, error) {
	ip, _, _ := net.SplitHostPort(addr)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dials = append(w.dials, addr)
	s, ok := w.hosts[ip]
	if !ok {
		return nil, errors.New("connection refused")
	}
	c, srv := net.Pipe()
	gone := make(chan struct{})
	w.talks.Go(func() {
		said := s.talk(&patient{srv, gone})
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.heard == nil {
			w.heard = map[string][]string{}
		}
		w.heard[ip] = append(w.heard[ip], said...)
	})
	return &leaving{Conn: c, gone: gone}, nil
}

func (w *world) mx() *MX {
	return &MX{Hostname: "desk.example", Resolver: w.zone, Dial: w.dial, Shuffle: func(int, func(i, j int)) {}}
}

// took lists the hosts that took the message to its end.
func (w *world) took() []string {
	w.talks.Wait()
	var out []string
	for ip, said := range w.heard {
		if slices.Contains(said, ".") {
			out = append(out, ip)
		}
	}
	slices.Sort(out)
	return out
}

const (
	ip1, ip2, ip3 = "8.8.8.1", "8.8.8.2", "8.8.8.3"
	six1          = "2a00:1450::1"
)

func TestMXRoutes(t *testing.T) {
	many := []string{}
	flood := dnstest.Zone{"MX home.example": nil}
	for i := range 200 {
		flood["MX home.example"] = append(flood["MX home.example"], fmt.Sprintf("%d m%d.home.example", i, i))
		flood[fmt.Sprintf("A m%d.home.example", i)] = []string{fmt.Sprintf("9.9.9.%d", i)}
	}
	for i := range maxTries {
		many = append(many, fmt.Sprintf("9.9.9.%d:25", i))
	}
	two := dnstest.Zone{"MX home.example": {"20 b.home.example", "10 a.home.example"}, "A a.home.example": {ip1}, "A b.home.example": {ip2}}
	tests := []struct {
		name  string
		zone  dnstest.Zone
		hosts map[string]script
		dials []string
		took  string
		err   error // nil: delivered; a *Refused: its code
	}{
		{"best first", two, map[string]script{ip1: {}, ip2: {}}, []string{ip1 + ":25"}, ip1, nil},
		{"next when the best is down", two, map[string]script{ip2: {}}, []string{ip1 + ":25", ip2 + ":25"}, ip2, nil},
		{"next after 421 at connect", two, map[string]script{ip1: {"": "421 busy\r\n"}, ip2: {}}, nil, ip2, nil},
		{"next after 554 at connect", two, map[string]script{ip1: {"": "554 no\r\n"}, ip2: {}}, nil, ip2, nil},
		{"next after 451 at MAIL", two, map[string]script{ip1: {"MAIL": "451 no\r\n"}, ip2: {}}, nil, ip2, nil},
		{"next after 450 at RCPT", two, map[string]script{ip1: {"RCPT": "450 no\r\n"}, ip2: {}}, nil, ip2, nil},
		{"next after 452 at the end", two, map[string]script{ip1: {".": "452 no\r\n"}, ip2: {}}, nil, ip1 + " " + ip2, nil},
		{"next after garbage", two, map[string]script{ip1: {"": "HTTP/1.0 400\r\n"}, ip2: {}}, nil, ip2, nil},
		{"next after a drop", two, map[string]script{ip1: {"RCPT": drop}, ip2: {}}, nil, ip2, nil},
		{"next after a stall", two, map[string]script{ip1: {"MAIL": stall}, ip2: {}}, nil, ip2, nil},
		{"not after 550 at RCPT", two, map[string]script{ip1: {"RCPT": "550 no\r\n"}, ip2: {}}, []string{ip1 + ":25"}, "", &Refused{Code: 550}},
		{"not after 554 at the end", two, map[string]script{ip1: {".": "554 no\r\n"}, ip2: {}}, []string{ip1 + ":25"}, ip1, &Refused{Code: 554}},
		{"not when the answer to the end is lost", two, map[string]script{ip1: {".": drop}, ip2: {}}, []string{ip1 + ":25"}, ip1, errUnanswered},
		{"not when the answer to the end is garbage", two, map[string]script{ip1: {".": "ok\r\n"}, ip2: {}}, []string{ip1 + ":25"}, ip1, errUnanswered},
		{"not when it is too large", two, map[string]script{ip1: {"EHLO": "250-x\r\n250 SIZE 10\r\n"}, ip2: {}}, []string{ip1 + ":25"}, "", &Refused{Code: 552}},
		{"all greylist", two, map[string]script{ip1: {"RCPT": "451 wait\r\n"}, ip2: {"RCPT": "451 wait\r\n"}}, nil, "", &Refused{Code: 451}},
		{"implicit MX", dnstest.Zone{"A home.example": {ip1}}, map[string]script{ip1: {}}, nil, ip1, nil},
		{"implicit MX over IPv6", dnstest.Zone{"AAAA home.example": {six1}}, map[string]script{six1: {}}, []string{"[" + six1 + "]:25"}, six1, nil},
		{"IPv6, then IPv4", dnstest.Zone{"A home.example": {ip1}, "AAAA home.example": {six1}}, map[string]script{ip1: {}}, []string{"[" + six1 + "]:25", ip1 + ":25"}, ip1, nil},
		{"no fall back behind MX records", dnstest.Zone{"MX home.example": {"10 gone.home.example"}, "A home.example": {ip1}}, map[string]script{ip1: {}}, nil, "", ErrNoDomain},
		{"null MX", dnstest.Zone{"MX home.example": {"0 ."}, "A home.example": {ip1}}, map[string]script{ip1: {}}, nil, "", ErrNullMX},
		{"a dot among hosts", dnstest.Zone{"MX home.example": {"0 .", "10 a.home.example"}, "A a.home.example": {ip1}}, map[string]script{ip1: {}}, nil, ip1, nil},
		{"an address for a host", dnstest.Zone{"MX home.example": {"0 8.8.8.1"}}, map[string]script{ip1: {}}, nil, "", ErrNoDomain},
		{"no domain", dnstest.Zone{"A other.example": {ip1}}, nil, nil, "", ErrNoDomain},
		{"MX fails", dnstest.Zone{"MX home.example": {"SERVFAIL"}, "A home.example": {ip1}}, map[string]script{ip1: {}}, nil, "", ErrDNS},
		{"MX times out", dnstest.Zone{"MX home.example": {"TIMEOUT"}}, nil, nil, "", ErrDNS},
		{"a host's address fails", dnstest.Zone{"MX home.example": {"10 a.home.example"}, "A a.home.example": {"SERVFAIL"}}, nil, nil, "", ErrDNS},
		{"one host is gone, one fails", dnstest.Zone{"MX home.example": {"10 a.home.example", "20 b.home.example"}, "A b.home.example": {"SERVFAIL"}}, nil, nil, "", ErrDNS},
		{"loopback", dnstest.Zone{"A home.example": {"127.0.0.1"}, "AAAA home.example": {"::1"}}, map[string]script{"127.0.0.1": {}}, nil, "", ErrPrivate},
		{"private, dressed up", dnstest.Zone{"AAAA home.example": {"::ffff:10.0.0.1", "64:ff9b::a00:1"}}, map[string]script{"10.0.0.1": {}}, nil, "", ErrPrivate},
		{"private beside public", dnstest.Zone{"A home.example": {"169.254.169.254", ip1}}, map[string]script{ip1: {}}, []string{ip1 + ":25"}, ip1, nil},
		{"ourselves", dnstest.Zone{"MX home.example": {"10 desk.example", "20 b.home.example"}, "A b.home.example": {ip2}}, map[string]script{ip2: {}}, nil, "", ErrLoop},
		{"before ourselves", dnstest.Zone{"MX home.example": {"5 a.home.example", "10 DESK.example", "10 b.home.example"}, "A a.home.example": {ip1}, "A b.home.example": {ip2}},
			map[string]script{ip2: {}}, []string{ip1 + ":25"}, "", io.EOF},
		{"an alias", dnstest.Zone{"CNAME home.example": {"real.example"}, "MX real.example": {"10 a.real.example"}, "A a.real.example": {ip3}}, map[string]script{ip3: {}}, nil, ip3, nil},
		{"two hundred hosts", flood, nil, many, "", io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{zone: tt.zone, hosts: tt.hosts}
				x := w.mx()
				x.Timeouts.Command = 5 * time.Second
				err := x.Send(t.Context(), note())
				r, _ := errors.AsType[*Refused](tt.err)
				got, said := errors.AsType[*Refused](err)
				switch {
				case tt.err == nil && err != nil, tt.err != nil && err == nil:
					t.Errorf("Send = %v, want %v", err, tt.err)
				case r != nil && (!said || got.Code != r.Code):
					t.Errorf("Send = %v, want code %d", err, r.Code)
				case r == nil && tt.err != nil && tt.err != io.EOF && !errors.Is(err, tt.err):
					t.Errorf("Send = %v, want %v", err, tt.err)
				}
				want := errors.Is(tt.err, ErrNoDomain) || errors.Is(tt.err, ErrNullMX) || errors.Is(tt.err, ErrLoop) || r != nil && r.Code >= 500
				if Permanent(err) != want {
					t.Errorf("Permanent(%v) = %v, want %v", err, !want, want)
				}
				if took := strings.Join(w.took(), " "); took != tt.took {
					t.Errorf("%q took the message, want %q", took, tt.took)
				}
				if tt.dials != nil && !slices.Equal(w.dials, tt.dials) {
					t.Errorf("connected to %q, want %q", w.dials, tt.dials)
				}
			})
		})
	}
}

// TestMXFirstIsShort: a host that stalls holds a first attempt up for less
// than a later one, so that others do not wait for it.
func TestMXFirstIsShort(t *testing.T) {
	for attempts, want := range map[int]time.Duration{0: DefaultFirst, 1: DefaultCommand} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{zone: dnstest.Zone{"A home.example": {ip1}}, hosts: map[string]script{ip1: {"": stall}}}
			m := note()
			m.Attempts = attempts
			begin := time.Now()
			if err := w.mx().Send(t.Context(), m); err == nil || Permanent(err) {
				t.Errorf("Send to a host that stalls = %v, want a temporary error", err)
			}
			if took := time.Since(begin); took != want {
				t.Errorf("attempt %d took %v, want %v", attempts+1, took, want)
			}
		})
	}
}

func TestMXShuffles(t *testing.T) {
	z := dnstest.Zone{"MX home.example": {"10 a.home.example", "10 b.home.example", "20 c.home.example", "20 d.home.example"}}
	seen := map[string]bool{}
	for range 200 {
		names, _, err := (&MX{Hostname: "desk.example", Resolver: z}).hosts(t.Context(), "home.example")
		if err != nil || len(names) != 4 || names[0] > "b.home.example" || names[2] < "c.home.example" && names[3] < "c.home.example" {
			t.Fatalf("hosts = %q, %v, want a and b before c and d", names, err)
		}
		seen[strings.Join(names, " ")] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d orders seen, want all 4", len(seen))
	}
}

// validating is a resolver that validates: all of its answers have the AD bit, but
// those of the types named.
type validating struct {
	dns.Resolver
	not string
}

func (v validating) Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer {
	a := v.Resolver.Resolve(ctx, name, typ)
	a.AD = a.Status != analyze.DNSTempError && !strings.Contains(v.not, typ+" ")
	return a
}

func TestMXCheck(t *testing.T) {
	for _, x := range []*MX{{Hostname: "localhost", Resolver: dns.Offline{}}, {Hostname: "a b.example", Resolver: dns.Offline{}}, {Hostname: "desk.example"}} {
		if x.Check() == nil || x.Send(t.Context(), note()) == nil {
			t.Errorf("Check(%q, %v) = nil, want an error", x.Hostname, x.Resolver)
		}
	}
}
