package dns_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

func client(t *testing.T, o dns.Options) *dns.Client {
	t.Helper()
	c, err := dns.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClientAnswers(t *testing.T) {
	long := strings.Repeat("0123456789", 300)
	zone := dnstest.Zone{
		"TXT a.test":                 {"v=DMARC1; p=reject"},
		"A a.test":                   {"192.0.2.1", "192.0.2.2"},
		"AAAA a.test":                {"2001:db8::1"},
		"MX a.test":                  {"20 mx2.a.test", "10 MX1.a.test"},
		"MX null.test":               {"0 ."},
		"PTR 1.2.0.192.in-addr.arpa": {"Host.a.test"},
		"CNAME alias.test":           {"a.test"},
		"CNAME loop1.test":           {"loop2.test"},
		"CNAME loop2.test":           {"loop1.test"},
		"TXT long.test":              {long},
		"TXT odd.test":               {"quote\" back\\slash nul\x00 high\xff tab\t;"},
		"TXT down.test":              {"SERVFAIL"},
		"TXT under_score.test":       {"ok"},
		"TLSA _25._tcp.a.test":       {"3 1 1 00FF", "2 0 0 30"},
	}
	srv := zone.Server(t)
	c := client(t, dns.Options{Servers: []string{srv.Addr}})
	for _, tt := range []struct {
		name, typ string
		status    analyze.DNSStatus
		records   []string
	}{
		{"A.test.", "txt", analyze.DNSOK, []string{"v=DMARC1; p=reject"}},
		{"a.test", "A", analyze.DNSOK, []string{"192.0.2.1", "192.0.2.2"}},
		{"a.test", "AAAA", analyze.DNSOK, []string{"2001:db8::1"}},
		{"a.test", "MX", analyze.DNSOK, []string{"20 mx2.a.test", "10 mx1.a.test"}},
		{"_25._tcp.a.test", "TLSA", analyze.DNSOK, []string{"3 1 1 00ff", "2 0 0 30"}},
		{"null.test", "MX", analyze.DNSOK, []string{"0 ."}},
		{"1.2.0.192.in-addr.arpa", "PTR", analyze.DNSOK, []string{"host.a.test"}},
		{"alias.test", "TXT", analyze.DNSOK, []string{"v=DMARC1; p=reject"}},
		{"alias.test", "MX", analyze.DNSOK, []string{"20 mx2.a.test", "10 mx1.a.test"}},
		{"loop1.test", "TXT", analyze.DNSTempError, nil},
		{"long.test", "TXT", analyze.DNSOK, []string{long}},
		{"odd.test", "TXT", analyze.DNSOK, []string{"quote\" back\\slash nul\x00 high\xff tab\t;"}},
		{"down.test", "TXT", analyze.DNSTempError, nil},
		{"under_score.test", "TXT", analyze.DNSOK, []string{"ok"}},
		{"gone.test", "TXT", analyze.DNSNXDomain, nil},
		{"long.test", "A", analyze.DNSNoData, nil},
		{"test", "A", analyze.DNSNoData, nil},
	} {
		a := c.Resolve(t.Context(), tt.name, tt.typ)
		var got []string
		for _, r := range a.Records {
			got = append(got, string(r))
		}
		if a.Status != tt.status || !reflect.DeepEqual(got, tt.records) {
			t.Errorf("Resolve(%s, %s) = %s %q (%s), want %s %q", tt.name, tt.typ, a.Status, got, a.Reason, tt.status, tt.records)
		}
		if a.Name != dns.Normalize(tt.name) || a.Type != strings.ToUpper(tt.typ) {
			t.Errorf("Resolve(%s, %s) is for %s %s", tt.name, tt.typ, a.Name, a.Type)
		}
	}
	if srv.TCP() == 0 {
		t.Error("the long answer did not come over TCP")
	}
}

func TestUnaskableNames(t *testing.T) {
	srv := dnstest.Zone{}.Server(t)
	c := client(t, dns.Options{Servers: []string{srv.Addr}})
	for _, name := range []string{"", ".", "a..test", ".a.test", strings.Repeat("x", 64) + ".test",
		strings.Repeat("abcdefg.", 32) + "test", "a\x00.test", "bücher.test", "a\n.test"} {
		for _, r := range []dns.Resolver{c, dns.NewSession(c, 0), dns.Replay(nil), dnstest.Zone{}} {
			if a := r.Resolve(t.Context(), name, "TXT"); a.Status != analyze.DNSNXDomain {
				t.Errorf("%T.Resolve(%q) = %s, want nxdomain", r, name, a.Status)
			}
		}
	}
	if got := srv.Asked(); len(got) != 0 {
		t.Errorf("the server was asked %q, want nothing", got)
	}
}

func TestCache(t *testing.T) {
	srv := dnstest.Zone{"TXT a.test": {"x"}}.Server(t)
	now := time.Unix(1000, 0)
	c := client(t, dns.Options{Servers: []string{srv.Addr}, Now: func() time.Time { return now }})
	ask := func(name string) analyze.DNSAnswer { return c.Resolve(t.Context(), name, "TXT") }
	ask("a.test")
	ask("gone.test")
	now = now.Add(20 * time.Second)
	if a := ask("A.TEST."); a.TTL != 280 {
		t.Errorf("TTL after 20 s = %d, want 280", a.TTL)
	}
	ask("gone.test")
	if n := len(srv.Asked()); n != 2 {
		t.Errorf("%d questions reached the server, want 2", n)
	}
	now = now.Add(11 * time.Second) // the SOA says 30 s
	ask("gone.test")
	ask("a.test")
	if n := len(srv.Asked()); n != 3 {
		t.Errorf("%d questions reached the server, want 3: NXDOMAIN is kept as the SOA says", n)
	}
	now = now.Add(300 * time.Second)
	ask("a.test")
	if n := len(srv.Asked()); n != 4 {
		t.Errorf("%d questions reached the server, want 4: the record expired", n)
	}
}

func TestSingleFlight(t *testing.T) {
	srv := dnstest.Zone{"TXT a.test": {"x"}}.Server(t)
	c := client(t, dns.Options{Servers: []string{srv.Addr}})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { c.Resolve(t.Context(), "a.test", "TXT") })
	}
	wg.Wait()
	if n := len(srv.Asked()); n != 1 {
		t.Errorf("%d questions for one name, want 1", n)
	}
}

func TestFailover(t *testing.T) {
	dead := dnstest.Zone{"TXT a.test": {"TIMEOUT"}}.Server(t)
	broken := dnstest.Zone{"TXT a.test": {"SERVFAIL"}}.Server(t)
	good := dnstest.Zone{"TXT a.test": {"x"}}.Server(t)
	c := client(t, dns.Options{Servers: []string{dead.Addr, broken.Addr, good.Addr}, Timeout: 50 * time.Millisecond})
	if a := c.Resolve(t.Context(), "a.test", "TXT"); a.Status != analyze.DNSOK {
		t.Errorf("with one good server of three: %s %s, want ok", a.Status, a.Reason)
	}
	c = client(t, dns.Options{Servers: []string{dead.Addr}, Timeout: 20 * time.Millisecond})
	if a := c.Resolve(t.Context(), "a.test", "TXT"); a.Status != analyze.DNSTempError || a.Reason != "timeout" {
		t.Errorf("with a dead server: %s %s, want temperror timeout", a.Status, a.Reason)
	}
}

func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	addr := rogue(t, func(mdns.ResponseWriter, *mdns.Msg) { cancel() }) // asked, and silent
	c := client(t, dns.Options{Servers: []string{addr}, Timeout: 100 * time.Millisecond})
	if a := c.Resolve(ctx, "a.test", "TXT"); a.Status != analyze.DNSTempError || a.Reason != "deadline" {
		t.Errorf("cancelled: %s %s, want temperror deadline", a.Status, a.Reason)
	}
}

// rogue answers by f, whatever is asked.
func rogue(t *testing.T, f func(w mdns.ResponseWriter, req *mdns.Msg)) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	up, ended := make(chan struct{}), make(chan error, 1)
	srv := &mdns.Server{PacketConn: pc, Handler: mdns.HandlerFunc(f), NotifyStartedFunc: func() { close(up) }}
	go func() { ended <- srv.ActivateAndServe() }()
	<-up
	t.Cleanup(func() { _ = srv.Shutdown(); <-ended })
	return pc.LocalAddr().String()
}

func txt(name, text string) *mdns.TXT {
	return &mdns.TXT{Hdr: mdns.RR_Header{Name: name, Rrtype: mdns.TypeTXT, Class: mdns.ClassINET, Ttl: 60}, Txt: []string{text}}
}

// TestForgedAnswers: answers to other questions, with other IDs, or that are
// no answers are passed over; the true one that follows counts.
func TestForgedAnswers(t *testing.T) {
	addr := rogue(t, func(w mdns.ResponseWriter, req *mdns.Msg) {
		forge := func(change func(m *mdns.Msg)) {
			m := new(mdns.Msg).SetReply(req)
			m.RecursionAvailable = true
			m.Answer = []mdns.RR{txt(req.Question[0].Name, "forged")}
			change(m)
			_ = w.WriteMsg(m)
		}
		forge(func(m *mdns.Msg) { m.Id++ })
		forge(func(m *mdns.Msg) { m.Response = false })
		forge(func(m *mdns.Msg) { m.Question[0].Name = "other.test." })
		forge(func(m *mdns.Msg) { m.Question[0].Qtype = mdns.TypeA })
		forge(func(m *mdns.Msg) { m.Question = nil })
		forge(func(m *mdns.Msg) {
			m.Question[0].Name = "A.test."
			m.Answer = []mdns.RR{txt("x.test.", "stray"), txt("a.TEST.", "true")}
		})
	})
	c := client(t, dns.Options{Servers: []string{addr}})
	a := c.Resolve(t.Context(), "a.test", "TXT")
	if got := dns.TXT(a); len(got) != 1 || got[0] != "true" {
		t.Errorf("Resolve = %s %q (%s), want the one true record", a.Status, got, a.Reason)
	}
}

func TestServersThatSayNothing(t *testing.T) {
	for name, change := range map[string]func(m *mdns.Msg){
		"refused":                  func(m *mdns.Msg) { m.Rcode = mdns.RcodeRefused },
		"referral":                 func(m *mdns.Msg) { m.RecursionAvailable = false },
		"no question in the error": func(m *mdns.Msg) { m.Rcode = mdns.RcodeServerFailure; m.Question = nil },
	} {
		addr := rogue(t, func(w mdns.ResponseWriter, req *mdns.Msg) {
			m := new(mdns.Msg).SetReply(req)
			change(m)
			_ = w.WriteMsg(m)
		})
		c := client(t, dns.Options{Servers: []string{addr}})
		if a := c.Resolve(t.Context(), "a.test", "TXT"); a.Status != analyze.DNSTempError || a.Reason == "timeout" {
			t.Errorf("%s: %s %s, want temperror", name, a.Status, a.Reason)
		}
	}
}

func TestNoEDNS(t *testing.T) {
	addr := rogue(t, func(w mdns.ResponseWriter, req *mdns.Msg) {
		m := new(mdns.Msg).SetReply(req)
		if req.IsEdns0() != nil {
			m.Rcode = mdns.RcodeFormatError
		} else {
			m.Answer = []mdns.RR{txt(req.Question[0].Name, "old")}
		}
		_ = w.WriteMsg(m)
	})
	c := client(t, dns.Options{Servers: []string{addr}})
	if got := dns.TXT(c.Resolve(t.Context(), "a.test", "TXT")); len(got) != 1 {
		t.Errorf("a server without EDNS0 gave %q, want its record", got)
	}
}

func TestADOnlyFromLoopback(t *testing.T) {
	addr := rogue(t, func(w mdns.ResponseWriter, req *mdns.Msg) {
		m := new(mdns.Msg).SetReply(req)
		m.AuthenticatedData = req.AuthenticatedData
		m.Answer = []mdns.RR{txt(req.Question[0].Name, "x")}
		_ = w.WriteMsg(m)
	})
	if a := client(t, dns.Options{Servers: []string{addr}}).Resolve(t.Context(), "a.test", "TXT"); !a.AD {
		t.Error("AD of a loopback server was not recorded")
	}
}

func TestNewClientErrors(t *testing.T) {
	for _, s := range []string{":53", "host:"} {
		if _, err := dns.NewClient(dns.Options{Servers: []string{s}}); err == nil {
			t.Errorf("NewClient(%q) = nil error, want one", s)
		}
	}
}

func TestSessionBudgetAndReplay(t *testing.T) {
	zone := dnstest.Zone{"TXT a.test": {"\xff\x00raw", "two"}, "A a.test": {"192.0.2.1"}, "TXT down.test": {"SERVFAIL"}}
	rec := zone.Record()
	s := dns.NewSession(rec, 4)
	ask := [][2]string{{"a.test", "TXT"}, {"A.test.", "txt"}, {"a.test", "A"}, {"down.test", "TXT"}, {"gone.test", "MX"},
		{"over1.test", "TXT"}, {"over1.test", "TXT"}, {"a.test", "A"}}
	var first []analyze.DNSAnswer
	for _, q := range ask {
		first = append(first, s.Resolve(t.Context(), q[0], q[1]))
	}
	if got := len(rec.Asked()); got != 4 || s.Asked() != 4 {
		t.Errorf("asked %d (session says %d), want 4", got, s.Asked())
	}
	if a := first[5]; a.Status != analyze.DNSTempError || a.Reason != "budget" {
		t.Errorf("over budget = %s %q, want temperror budget", a.Status, a.Reason)
	}
	blob, err := json.Marshal(s.Transcript())
	if err != nil {
		t.Fatal(err)
	}
	var back []analyze.DNSAnswer
	if err := json.Unmarshal(blob, &back); err != nil {
		t.Fatal(err)
	}
	again := dns.NewSession(dns.Replay(back), 0)
	for i, q := range ask {
		if got := again.Resolve(t.Context(), q[0], q[1]); !reflect.DeepEqual(got, first[i]) {
			t.Errorf("replayed %s %s = %+v, want %+v", q[1], q[0], got, first[i])
		}
	}
	blob2, _ := json.Marshal(again.Transcript())
	if string(blob) != string(blob2) {
		t.Errorf("transcript of the replay differs:\n%s\n%s", blob2, blob)
	}
	if a := again.Resolve(t.Context(), "new.test", "TXT"); a.Status != analyze.DNSTempError {
		t.Errorf("a question not in the transcript = %s, want temperror", a.Status)
	}
}

func TestSessionConcurrent(t *testing.T) {
	rec := dnstest.Zone{"TXT n1.test": {"x"}}.Record()
	s := dns.NewSession(rec, 50)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() { s.Resolve(t.Context(), fmt.Sprintf("n%d.test", i%100), "TXT") })
	}
	wg.Wait()
	if n := len(rec.Asked()); n != 50 {
		t.Errorf("%d questions went out, want the budget of 50", n)
	}
	if n := len(s.Transcript()); n != 100 {
		t.Errorf("transcript holds %d answers, want 100", n)
	}
}

func TestOffline(t *testing.T) {
	if a := (dns.Offline{}).Resolve(t.Context(), "A.test", "txt"); a.Status != analyze.DNSTempError || a.Name != "a.test" || a.Type != "TXT" {
		t.Errorf("Offline = %+v, want temperror for a.test TXT", a)
	}
}
