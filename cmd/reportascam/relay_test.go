package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
	"reportascam/smtpd"
	"reportascam/store"
)

// taker is a next hop that keeps what it gets.
type taker struct {
	mu   sync.Mutex
	env  []smtpd.Envelope
	text []string
}

func (n *taker) Accept(_ context.Context, env smtpd.Envelope, raw []byte) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.env, n.text = append(n.env, env), append(n.text, string(raw))
	return "taken", nil
}

func (n *taker) last() (smtpd.Envelope, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.text) == 0 {
		return smtpd.Envelope{}, ""
	}
	return n.env[len(n.env)-1], n.text[len(n.text)-1]
}

func newTaker(t *testing.T) (*taker, string) {
	t.Helper()
	n := &taker{}
	srv, err := smtpd.New(smtpd.Config{Hostname: "next.example.org", Addresses: []string{"@example.org", "@strict.example.org"}, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, n)
	if err != nil {
		t.Fatal(err)
	}
	return n, listen(t, srv)
}

// lines says lines to an SMTP server, and gives its answers.
func lines(t *testing.T, addr string, say ...string) string {
	t.Helper()
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	c, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	var all bytes.Buffer
	buf := make([]byte, 4096)
	for _, s := range append([]string{""}, say...) {
		if _, err := c.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		for got := ""; ; {
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("after %.40q: %v; so far %q", s, err, all.String())
			}
			all.Write(buf[:n])
			got += string(buf[:n])
			last := got[strings.LastIndexByte(strings.TrimSuffix(got, "\r\n"), '\n')+1:]
			if strings.HasSuffix(got, "\r\n") && len(last) > 3 && last[3] == ' ' {
				break
			}
		}
	}
	return all.String()
}

func cli(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), args, nil, strings.NewReader(""), &out, &errOut)
	return code, out.String() + errOut.String()
}

// reportRelayed reports a message that the relay has judged, once the store
// remembers it, and waits until the report is judged.
func reportRelayed(t *testing.T, desk, data string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		r, err := store.OpenOrDial(data)
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.FindPassed(t.Context(), "m1@bank.example")
		r.Close()
		if err != nil || time.Now().After(end) {
			t.Fatalf("FindPassed = %+v, %v", list, err)
		}
		if len(list) >= 4 {
			break
		}
	}
	text := "From: r@d.example\nTo: reportascam@localhost\nSubject: Fwd: hello\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n" +
		"From: Bank <news@bank.example>\nMessage-ID: <m1@bank.example>\nSubject: hello\n\nhello\n"
	id, err := sendReport(t.Context(), desk, "r@d.example", []byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	settle(t, data, 1)
	return id
}

// TestRelay runs the whole program as a filter: the client that a mail server
// tells of is who SPF asks about, a scam is held, released and delivered, and what
// passed is remembered.
func TestRelay(t *testing.T) {
	next, addr := newTaker(t)
	zone := dnstest.Zone{"TXT bank.example": {"v=spf1 ip4:203.0.113.7 -all"}, "TXT _dmarc.bank.example": {"v=DMARC1; p=reject"}}
	dir := t.TempDir()
	data, conf := filepath.Join(dir, "data"), filepath.Join(dir, "c.toml")
	relay := filepath.Join(dir, "relay.sock")
	text := "hostname = \"mx.example.org\"\ndata = \"" + data + "\"\n[dns]\nservers = [\"" + zone.Serve(t) + "\"]\n[bimi]\nenabled = false\n[relay]\nlisten = \"" + relay +
		"\"\nnext_hop = \"smtp:" + addr + "\"\nscam = \"quarantine\"\ndomains = [\"strict.example.org scam=reject\"]\ndeny = [\"evil.example\"]\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	bin := build(t, dir)
	p := startWith(t, bin, data, "--config", conf)
	bring := func(ip, from, rcpt, body string) string {
		return lines(t, relay, "EHLO front.example.org\r\n", "XFORWARD ADDR="+ip+" HELO=mail.bank.example\r\n", "MAIL FROM:<"+from+">\r\n",
			"RCPT TO:<"+rcpt+">\r\n", "DATA\r\n", "From: Bank <"+from+">\r\nMessage-ID: <m1@bank.example>\r\nSubject: \x1b[31mhello\r\n\r\n"+body+"\r\n.\r\n")
	}
	for _, tt := range []struct{ ip, want string }{{"203.0.113.7", "spf=pass"}, {"198.51.100.1", "spf=fail"}} {
		bring(tt.ip, "news@bank.example", "you@example.org", "hello")
		_, got := next.last()
		if flat := strings.Join(strings.Fields(got), " "); !strings.HasPrefix(got, "Authentication-Results: mx.example.org;") || !strings.Contains(flat, tt.want) ||
			!strings.HasSuffix(got, "From: Bank <news@bank.example>\r\nMessage-ID: <m1@bank.example>\r\nSubject: \x1b[31mhello\r\n\r\nhello\r\n") {
			t.Errorf("from %s arrived %q, want %s", tt.ip, got, tt.want)
		}
	}
	before := len(next.text)
	if got := bring("198.51.100.1", "x@evil.example", "you@example.org", "pay here"); !strings.Contains(got, "250 2.0.0 Taken as ") || len(next.text) != before {
		t.Errorf("a scam: %q, want it held", got)
	}
	if got := bring("198.51.100.1", "x@evil.example", "you@strict.example.org", "pay here"); !strings.Contains(got, "550 5.7.1 ") {
		t.Errorf("a scam: %q, want it refused", got)
	}
	flags := []string{"--config", conf}
	code, out := cli(t, append([]string{"quarantine", "list", "--json"}, flags...)...)
	var held store.Held
	if err := json.Unmarshal([]byte(out), &held); code != 0 || err != nil || held.RcptTo[0] != "you@example.org" {
		t.Fatalf("quarantine list = %d %q: %v", code, out, err)
	}
	if _, out = cli(t, append([]string{"quarantine", "list"}, flags...)...); strings.ContainsRune(out, 0x1b) || !strings.Contains(out, "hello") {
		t.Errorf("quarantine list = %q", out)
	}
	if _, out = cli(t, append([]string{"quarantine", "show", string(held.ID)[:12]}, flags...)...); !strings.Contains(out, "you@example.org") {
		t.Errorf("quarantine show = %q", out)
	}
	if code, out = cli(t, append([]string{"quarantine", "release", string(held.ID)}, flags...)...); code != 0 {
		t.Errorf("quarantine release = %d %q", code, out)
	}
	env, got := next.last()
	if env.MailFrom != "x@evil.example" || !strings.Contains(got, "X-Reportascam-Verdict: ") || !strings.HasSuffix(got, "\r\n\r\npay here\r\n") {
		t.Errorf("released: %+v %q", env, got)
	}
	if _, out = cli(t, append([]string{"quarantine", "list"}, flags...)...); out != "Nothing is held.\n" {
		t.Errorf("after release: %q", out)
	}
	if code, out = cli(t, append([]string{"stats"}, flags...)...); code != 0 || !strings.Contains(out, "judge") {
		t.Errorf("stats = %d %q", code, out)
	}
	id := reportRelayed(t, p.addr, data)
	p.stop(t)
	st, err := store.Open(data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	list, err := st.FindPassed(t.Context(), "M1@bank.example")
	if err != nil || len(list) < 3 || list[len(list)-1].Code != 250 || list[len(list)-1].Client != "203.0.113.7" {
		t.Errorf("FindPassed = %+v, %v, want what passed", list, err)
	}
	j, err := st.Judgement(t.Context(), analyze.ID(id))
	if err != nil || len(j.Originals) != 1 || len(j.Originals[0].Relayed) < 3 || j.Originals[0].Relayed[0].RcptTo[0] != "you@strict.example.org" {
		t.Errorf("the report is judged %+v, %v, want it to know what the relay let in", j, err)
	}
	if checked, err := st.Verify(t.Context()); err != nil || !checked.OK() {
		t.Errorf("Verify = %+v, %v", checked, err)
	}
}
