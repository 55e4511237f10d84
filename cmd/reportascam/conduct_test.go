package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
	"reportascam/smtpd"
	"reportascam/smtpd/reply"
	"reportascam/store"
)

// running is a whole desk within the test.
type running struct {
	store store.Store
	addr  string
}

// runDesk runs the desk of domain on l; its replies leave by smarthost. It
// trusts no network and asks the name server dnsAddr.
func runDesk(t *testing.T, domain, dnsAddr, smarthost string, l net.Listener) running {
	t.Helper()
	return runDeskIn(t, domain, dnsAddr, smarthost, l, t.TempDir())
}

// runDeskIn is runDesk with the data of an earlier one.
func runDeskIn(t *testing.T, domain, dnsAddr, smarthost string, l net.Listener, data string) running {
	t.Helper()
	cfg := testConfig(t)
	cfg.Addresses, cfg.Hostname, cfg.Trusted, cfg.Data = []string{"reportascam@" + domain, "reportascam@localhost"}, "mx."+domain, nil, data
	cfg.DNS.Servers, cfg.BIMI.Enabled = []string{dnsAddr}, false
	cfg.Send.SmartHost, cfg.Send.TLS = smarthost, "none"
	if err := cfg.check(); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(cfg.Data, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := newService(cfg, st, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", domain, err)
		}
		if n := s.panics(); n != 0 {
			t.Errorf("%s: %d panics", domain, n)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return running{st, l.Addr().String()}
}

// idle waits until a desk has judged that many reports and sent all its
// replies, and gives how many it sent.
func (r running) idle(t *testing.T, reports int) int {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		s, err := r.store.Stats(t.Context(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Reports >= reports && s.Pending == 0 && s.Waiting == 0 {
			if s.Reports != reports || s.Failed != 0 {
				t.Fatalf("%d reports, %d replies failed, want %d and none", s.Reports, s.Failed, reports)
			}
			return s.Delivered
		}
	}
	t.Fatalf("there are not %d reports, or replies still wait", reports)
	return 0
}

func localListener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// careless is a mail server that passes messages on to a desk as from whom
// their From says, so that the null sender is lost.
type careless struct {
	to    string
	froms map[string]string // by what the From holds
}

func (c careless) Accept(ctx context.Context, _ smtpd.Envelope, raw []byte) (string, error) {
	header, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	for domain, from := range c.froms {
		if strings.Contains(header, domain+">\r\n") {
			return sendReport(ctx, c.to, from, raw)
		}
	}
	return "", errors.New("nobody's mail")
}

// TestTwoDesks points two desks at each other: whoever is first asked may
// answer, and nobody answers that, also where a server between them loses the
// null sender.
func TestTwoDesks(t *testing.T) {
	zone := dnstest.Zone{}
	for _, d := range []string{"a.example", "b.example"} {
		zone["TXT "+d] = []string{"v=spf1 ip4:127.0.0.1 -all"}
		zone["TXT _dmarc."+d] = []string{"v=DMARC1; p=reject"}
	}
	names := zone.Serve(t)
	for _, between := range []string{"nothing", "a careless server"} {
		t.Run(between, func(t *testing.T) {
			la, lb := localListener(t), localListener(t)
			toA, toB := la.Addr().String(), lb.Addr().String()
			if between != "nothing" {
				froms := map[string]string{"a.example": "reportascam@a.example", "b.example": "reportascam@b.example"}
				relay := func(to string) string {
					s, err := smtpd.New(smtpd.Config{Hostname: "relay.example", Addresses: []string{"@localhost", "@a.example", "@b.example"}, Limits: smtpd.DefaultLimits()}, careless{to, froms})
					if err != nil {
						t.Fatal(err)
					}
					return listen(t, s)
				}
				toA, toB = relay(toA), relay(toB)
			}
			a, b := runDesk(t, "a.example", names, toB, la), runDesk(t, "b.example", names, toA, lb)
			report := "From: Desk B <reportascam@b.example>\r\nTo: reportascam@a.example\r\nMessage-ID: <1@b.example>\r\nSubject: Fwd: hello\r\n" +
				"MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nFrom: PayPal <x@evil.test>\r\nSubject: pay\r\n\r\npay here: https://evil.test/\r\n"
			if _, err := sendReport(t.Context(), a.addr, "reportascam@b.example", []byte(report)); err != nil {
				t.Fatal(err)
			}
			if n := a.idle(t, 1); n != 1 {
				t.Errorf("desk A sent %d messages, want its one answer", n)
			}
			if n := b.idle(t, 1); n != 0 {
				t.Errorf("desk B sent %d messages, want none", n)
			}
			a.idle(t, 1)
		})
	}
}

// forgeries are reports that name a victim as their author, whom nothing
// proves. {v} is the victim, {n} a number.
var forgeries = []struct{ mailFrom, header string }{
	{"{v}", ""},
	{"ann@evil.test", ""}, // passes SPF, for another domain
	{"", ""},
	{"{v}", "Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom={v}; dkim=pass header.d=victim.example; dmarc=pass header.from=victim.example\r\n"},
	{"{v}", "DKIM-Signature: v=1; a=rsa-sha256; d=victim.example; s=k; h=from:to; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"},
	{"{v}", "Received: from localhost (localhost [127.0.0.1]) by mx.desk.example with ESMTPA id {n}; Mon, 23 Nov 2026 10:00:00 +0000\r\n"},
	{"ann@evil.test", "Sender: ann@evil.test\r\nReply-To: {v}\r\n"},
	{"ann@evil.test", "Resent-From: {v}\r\nResent-To: reportascam@desk.example\r\n"},
	{"ann@evil.test", "From: ann@evil.test\r\n"}, // two authors
	{"{v}", "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=victim.example; s=k; b=AAAA\r\nARC-Authentication-Results: i=1; victim.example; dmarc=pass header.from=victim.example\r\n"},
	{"ann@evil.test", "X-Originating-IP: 127.0.0.1\r\nAuto-Submitted: no\r\n"},
}

// forgedReports is how many there are.
const forgedReports = 10_000

// TestForgedReports has the desk judge forged reports, and queues, as the
// workers do, whatever answers they would have: there are none.
func TestForgedReports(t *testing.T) {
	zone := dnstest.Zone{"TXT victim.example": {"v=spf1 ip4:192.0.2.1 -all"}, "TXT _dmarc.victim.example": {"v=DMARC1; p=none"},
		"TXT evil.test": {"v=spf1 ip4:203.0.113.0/24 -all"}}
	cfg := testConfig(t)
	cfg.BIMI.Enabled, cfg.Trusted = false, nil
	d, err := cfg.desk()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := cfg.replies(d.judge)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.TempDir(), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w := &worker{store: st, reply: answers, log: slog.New(slog.DiscardHandler), now: now}
	own := forged(0)
	own.Raw = []byte(strings.ReplaceAll(string(own.Raw), "v0@victim.example", "ann@evil.test"))
	own.Envelope.MailFrom = "ann@evil.test"
	if o := w.answer(t.Context(), &store.Lease{Report: own}, d.judgeReport(t.Context(), own, zone, nil, now())); o == nil || o.To != "ann@evil.test" {
		t.Fatalf("a report in its sender's own name is not answered: %+v", o)
	}
	why := map[string]int{}
	for n := range forgedReports {
		r := forged(n)
		out := d.judgeReport(t.Context(), r, zone, nil, now())
		if o := w.answer(t.Context(), &store.Lease{Report: r}, out); o != nil {
			t.Fatalf("a forged report from <%s> is answered to %s:\n%s", r.Envelope.MailFrom, o.To, r.Raw)
		}
		word, _, _ := strings.Cut(out.judgement.Reply, ":")
		why[word]++
	}
	if why["failed"] != 0 || why["off"] != 0 || len(why) < 3 {
		t.Errorf("reasons %v", why)
	}
	t.Logf("%d forged reports, no answer: %v", forgedReports, why)
	if _, err := st.LeaseOutgoing(t.Context(), now().Add(24*time.Hour), time.Minute); !errors.Is(err, store.ErrNone) {
		t.Errorf("LeaseOutgoing = %v, want none", err)
	}
}

// forged makes the nth forged report.
func forged(n int) *analyze.Report {
	f := forgeries[n%len(forgeries)]
	fill := strings.NewReplacer("{v}", fmt.Sprintf("v%d@victim.example", n), "{n}", fmt.Sprint(n)).Replace
	raw := fill(f.header + "From: Victim <{v}>\r\nTo: reportascam@desk.example\r\nMessage-ID: <{n}@victim.example>\r\nSubject: Fwd: hello\r\n" +
		"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@evil.test\r\nSubject: hello\r\n\r\nhello {n}\r\n")
	r := &analyze.Report{ID: analyze.ID(fmt.Sprintf("%026d", n)), At: now(), Raw: []byte(raw)}
	r.Envelope.ClientIP = netip.AddrFrom4([4]byte{203, 0, 113, byte(n)})
	r.Envelope.Helo, r.Envelope.MailFrom, r.Envelope.RcptTo = "evil.test", fill(f.mailFrom), []string{"reportascam@desk.example"}
	return r
}

// TestCapsAreKept: one person's flood is answered up to the cap, the same
// report once, and a restart forgets neither.
func TestCapsAreKept(t *testing.T) {
	names := dnstest.Zone{"TXT home.example": {"v=spf1 ip4:127.0.0.1 -all"}}.Serve(t)
	data := t.TempDir()
	report := func(n int) []byte {
		return fmt.Appendf(nil, "From: Ann <ann@home.example>\r\nTo: reportascam@a.example\r\nMessage-ID: <%d@home.example>\r\nSubject: Fwd: hello\r\n"+
			"MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@evil.test\r\nSubject: hello\r\n\r\nhello %d\r\n", n, n)
	}
	judged := 0
	life := func(name string, answers int, numbers ...int) {
		t.Run(name, func(t *testing.T) {
			a := runDeskIn(t, "a.example", names, "", localListener(t), data)
			for _, n := range numbers {
				if _, err := sendReport(t.Context(), a.addr, "ann@home.example", report(n)); err != nil {
					t.Fatal(err)
				}
			}
			judged += len(numbers)
			if got := a.idle(t, judged); got != answers {
				t.Errorf("%d answers in all, want %d", got, answers)
			}
		})
	}
	life("the same report thrice", 1, 1, 1, 1)
	life("again after a restart", 1, 1)
	var flood []int
	for n := range reply.PerReporterHour + 5 {
		flood = append(flood, n+2)
	}
	life("a flood", reply.PerReporterHour, flood...)
	life("more after a restart", reply.PerReporterHour, 1000, 1001)
}
