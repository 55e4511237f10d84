package relay

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
)

func TestPassesOnAsItCame(t *testing.T) {
	hop := newSink(t, false, "PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "SIZE 1000000", "CHUNKING", "AUTH PLAIN", "STARTTLS")
	e := &fake{}
	addr, _ := serveSMTP(t, Config{Next: hop.next()}, e)
	c := dialTest(t, addr)
	ehlo := c.hello()
	for _, w := range []string{"8BITMIME", "SMTPUTF8", "DSN", "SIZE 1000000", "PIPELINING"} {
		if !strings.Contains(ehlo, w+"\r\n") {
			t.Errorf("EHLO = %q, want %s in it", ehlo, w)
		}
	}
	for _, w := range []string{"CHUNKING", "AUTH", "STARTTLS", "XCLIENT", "XFORWARD"} {
		if strings.Contains(ehlo, w) {
			t.Errorf("EHLO = %q, want no %s in it", ehlo, w)
		}
	}
	lines := []string{`MAIL FROM:<"a b@evil.example"@client.example> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=x+2B1`,
		`RCPT TO:<"x@y\"z>"@example.org> NOTIFY=NEVER ORCPT=rfc822;x@y`, "rcpt to:<postmaster>"}
	c.say(lines[0], "250")
	c.say(lines[1], "250")
	c.say("RCPT TO:<unknown@example.org>", "550 5.1.1 no such user here")
	c.say(lines[2], "250")
	c.say("DATA", "354")
	c.send("From: b@bank.example\r\n\r\n...two dots\r\n..\r\n" + strings.Repeat("x", 70000) + "\xff\r\n.\r\n")
	c.want("250 2.0.0 queued as 1")
	c.say("QUIT", "221")
	got := hop.letters()
	lines[2] = "RCPT to:<postmaster>"
	if len(got) != 1 || strings.Join(got[0].lines, "|") != strings.Join(lines, "|") {
		t.Fatalf("the next hop got %.500q, want %q", got, lines)
	}
	want := "From: b@bank.example\r\n\r\n..two dots\r\n.\r\n" + strings.Repeat("x", 70000) + "\xff\r\n"
	if !strings.HasSuffix(got[0].raw, "X-Reportascam-Id: id1\r\n"+want) || !strings.HasPrefix(got[0].raw, "Authentication-Results: "+host+"; dkim=none\r\nX-Reportascam-Verdict: unclear score=0.1000\r\n") {
		t.Errorf("the message is %.300q", got[0].raw)
	}
	f, raw := e.last()
	if raw != want || f.MailFrom != `"a b@evil.example"@client.example` || len(f.RcptTo) != 2 || domainOf(f.RcptTo[0]) != "example.org" || f.Helo != "client.example" {
		t.Errorf("the engine got %+v, %.100q", f, raw)
	}
}

func TestRefusedCommands(t *testing.T) {
	hop := newSink(t, false, "8BITMIME", "SIZE")
	addr, _ := serveSMTP(t, Config{Next: hop.next()}, &fake{})
	c := dialTest(t, addr)
	c.hello()
	for _, tt := range []struct{ line, want string }{
		{"MAIL FROM:<a@b> SMTPUTF8", "555"}, {"MAIL FROM:<a@b> BODY=BINARYMIME", "555"}, {"MAIL FROM:<a@b> AUTH=<>", "555"}, {"MAIL FROM:<a@b> SIZE=99999999", "552"},
		{"MAIL FROM:a@b", "501"}, {"MAIL FROM:<a@b", "501"}, {"MAIL FROM:<a@b>x", "501"}, {"MAIL FROM:<\x01@b>", "500"}, {"MAIL FROM:<a\rb@c>", "500"},
		{"RCPT TO:<a@b>", "503"}, {"DATA", "503"}, {"BDAT 3 LAST", "502"}, {"AUTH PLAIN x", "502"}, {"XCLIENT ADDR=1.2.3.4", "550"},
		{"XFORWARD ADDR=1.2.3.4", "550"}, {"STARTTLS", "502"}, {"VRFY a", "252"}, {"NOOP", "250"},
	} {
		if got := c.say(tt.line, ""); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q = %q, want %s", tt.line, got, tt.want)
		}
	}
	c.say("MAIL FROM:<a@b> BODY=8BITMIME", "250")
	c.say("RSET", "250")
	c.say("MAIL FROM:<>", "250")
	last := ""
	for range defaultErrors {
		c.send("FOO\r\n")
		got := c.reply()
		if last = got; strings.Contains(got, "421") {
			break
		}
	}
	if last += c.reply(); !strings.Contains(last, "421 4.7.0 Too many errors") {
		t.Errorf("after too many errors: %q, want 421", last)
	}
}

func TestPolicy(t *testing.T) {
	hop := newSink(t, false)
	e := &fake{}
	allow, err := ParseList([]string{"bank.example", "192.0.2.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	policy := Policy{Default: Actions{analyze.Scam: Reject, analyze.Suspicious: Quarantine, analyze.Unclear: Pass, analyze.Authentic: Tag},
		Domains: map[string]Actions{"lenient.example": {analyze.Scam: Tag}}, Allow: allow, Prefix: "[SCAM?]"}
	addr, _ := serveSMTP(t, Config{Next: hop.next(), Policy: policy}, e)
	for _, tt := range []struct {
		name, body string
		rcpts      []string
		answer     string
		raw        string // in what arrives; empty: nothing arrives
		held       string
	}{
		{"pass", "x\r\n", []string{"a@strict.example"}, "250 2.0.0 queued", "Subject: s\r\n\r\nx\r\n", ""},
		{"tag", "verdict: authentic\r\n", []string{"a@strict.example"}, "250", "X-Reportascam-Verdict: authentic", ""},
		{"reject", "verdict: scam\r\n", []string{"a@strict.example"}, "550 5.7.1 Refused: this message looks like a fraud (reference id", "", ""},
		{"quarantine", "verdict: suspicious\r\n", []string{"b@strict.example"}, "250 2.0.0 Taken as id", "", "b@strict.example"},
		{"other domain", "verdict: scam\r\n", []string{"a@Lenient.example"}, "250", "Subject: [SCAM?] s\r\n", ""},
		{"both domains", "verdict: scam\r\n", []string{"c@strict.example", "d@lenient.example"}, "250", "X-Reportascam-Verdict: scam", "c@strict.example"},
		{"allowed and proven", "verdict: scam proven: yes\r\n", []string{"a@strict.example"}, "250", "Subject: s\r\n", ""},
		{"disk full", "verdict: suspicious\r\n", []string{"nohold@strict.example"}, "451", "", ""},
	} {
		before := len(hop.letters())
		c := dialTest(t, addr)
		c.hello()
		if got := c.message("BIMI-Location: x\r\n y\r\nSubject: s\r\n\r\n"+tt.body, tt.rcpts...); !strings.HasPrefix(got, tt.answer) {
			t.Errorf("%s: answer = %q, want %q", tt.name, got, tt.answer)
		}
		c.say("MAIL FROM:<next@client.example>", "250")
		after := hop.letters()[before:]
		if len(after) > 0 && strings.Contains(after[0].raw, "BIMI") {
			t.Errorf("%s: what only a receiver may write arrived: %q", tt.name, after[0].raw)
		}
		if tt.raw == "" && len(after) > 0 || tt.raw != "" && (len(after) != 1 || !strings.Contains(after[0].raw, tt.raw)) {
			t.Errorf("%s: the next hop got %q, want %q", tt.name, after, tt.raw)
		}
		if tt.name == "both domains" && len(after) == 1 && strings.Contains(strings.Join(after[0].lines, " "), "strict") {
			t.Errorf("%s: the next hop got it for %q", tt.name, after[0].lines)
		}
		if tt.held != "" && !strings.Contains(e.held[tt.held], tt.body) {
			t.Errorf("%s: held %q, want it for %s", tt.name, e.held, tt.held)
		}
	}
}

func TestObserveChangesNothing(t *testing.T) {
	hop := newSink(t, false)
	e := &fake{}
	addr, _ := serveSMTP(t, Config{Next: hop.next(), Mode: Observe, Policy: Policy{Default: Actions{analyze.Scam: Reject}, Prefix: "X"}}, e)
	c := dialTest(t, addr)
	c.hello()
	msg := "Authentication-Results: " + host + "; dkim=pass\r\nX-Reportascam-Verdict: authentic\r\n\r\nverdict: scam\r\n"
	if got := c.message(msg, "a@b.example"); !strings.HasPrefix(got, "250") {
		t.Errorf("answer = %q", got)
	}
	if got := hop.letters(); len(got) != 1 || got[0].raw != msg {
		t.Errorf("the next hop got %q, want %q", got, msg)
	}
	if len(e.done) != 1 || e.done[0].Code != 250 {
		t.Errorf("Done = %+v", e.done)
	}
}

func TestFailure(t *testing.T) {
	for _, tt := range []struct {
		name  string
		open  bool
		fail  error
		stall bool
		text  string
		want  string
		tag   string
	}{
		{"open, error", true, errors.New("no"), false, plain, "250", "none (the analysis failed)"},
		{"closed, error", false, errors.New("no"), false, plain, "451 4.7.1", ""},
		{"open, stall", true, nil, true, plain, "250", "none (no time)"},
		{"closed, stall", false, nil, true, plain, "451 4.7.1", ""},
		{"open, Crash", true, nil, false, "\r\nplease crash\r\n", "250", "none (the analysis failed)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hop := newSink(t, false)
			e := &fake{fail: tt.fail}
			if tt.stall {
				e.wait = make(chan struct{})
			}
			addr, _ := serveSMTP(t, Config{Next: hop.next(), Open: tt.open, Limits: Limits{Deadline: 50 * time.Millisecond}}, e)
			c := dialTest(t, addr)
			c.hello()
			got := c.message(tt.text, "a@b.example")
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("answer = %q, want %s", got, tt.want)
			}
			list := hop.letters()
			if tt.tag == "" && len(list) > 0 || tt.tag != "" && (len(list) != 1 || !strings.Contains(list[0].raw, tt.tag)) {
				t.Errorf("the next hop got %q, want %q", list, tt.tag)
			}
		})
	}
}

func TestNextHopFails(t *testing.T) {
	hop := newSink(t, false)
	addr, _ := serveSMTP(t, Config{Next: hop.next()}, &fake{})
	for _, tt := range []struct{ rcpt, want string }{{"hangup@x.example", "421 4.4.2"}} {
		c := dialTest(t, addr)
		c.hello()
		c.say("MAIL FROM:<>", "250")
		c.say("RCPT TO:<"+tt.rcpt+">", tt.want)
	}
	c := dialTest(t, addr)
	c.hello()
	if got := c.message(plain, "late@x.example"); !strings.HasPrefix(got, "451 4.4.2") {
		t.Errorf("lost before its answer: %q, want 451", got)
	}
	c = dialTest(t, addr)
	c.hello()
	c.say("MAIL FROM:<>", "250")
	c.say("RCPT TO:<desync@x.example>", "250")
	c.say("RCPT TO:<a@x.example>", "421")
	c = dialTest(t, addr)
	c.hello()
	if got := c.message(plain, "full@x.example"); !strings.HasPrefix(got, "452 4.2.2 mailbox full") {
		t.Errorf("refused message: %q, want the next hop's answer", got)
	}
	away, _ := serveSMTP(t, Config{Next: "smtp:127.0.0.1:1"}, &fake{})
	c = dialTest(t, away)
	c.want("220")
	c.say("EHLO x", "421 4.4.2")
}

func TestXClient(t *testing.T) {
	hop := newSink(t, false, "XFORWARD NAME ADDR HELO", "XCLIENT NAME ADDR")
	e := &fake{}
	addr, _ := serveSMTP(t, Config{Next: hop.next(), Believed: loopback}, e)
	c := dialTest(t, addr)
	c.hello()
	c.say("XFORWARD NAME=mail.client.example ADDR=203.0.113.7 HELO=h+2Ex", "250")
	c.say("XFORWARD PROTO=ESMTP SOURCE=REMOTE", "250")
	c.message(plain, "a@b.example")
	if f, _ := e.last(); f.Client != netip.MustParseAddr("203.0.113.7") || f.Name != "mail.client.example" || f.Helo != "h.x" {
		t.Errorf("by XFORWARD: %+v", f)
	}
	c.say("XCLIENT ADDR=IPV6:2001:db8::1 NAME=[UNAVAILABLE] LOGIN=x", "220")
	c.say("EHLO real.example", "250")
	c.message(plain, "a@b.example")
	if f, _ := e.last(); f.Client != netip.MustParseAddr("2001:db8::1") || f.Name != "" || f.Helo != "real.example" {
		t.Errorf("by XCLIENT: %+v", f)
	}
	c.say("XFORWARD ADDR", "501")
	c.say("XFORWARD ADDR=+0D+0ARCPT", "501")
	said := strings.Join(hop.said, "\n")
	if !strings.Contains(said, "XFORWARD NAME=mail.client.example ADDR=203.0.113.7 HELO=h+2Ex\n") || strings.Contains(said, "PROTO") ||
		!strings.Contains(said, "XCLIENT ADDR=IPV6:2001:db8::1 NAME=[UNAVAILABLE]\n") {
		t.Errorf("the next hop was told %q", said)
	}
}

func TestLMTP(t *testing.T) {
	hop := newSink(t, true)
	addr, _ := serveSMTP(t, Config{Next: hop.next()}, &fake{})
	c := dialTest(t, addr)
	c.want("220")
	c.say("LHLO client.example", "250")
	if got := c.message(plain, "a@x.example", "full@x.example", "b@x.example"); !strings.HasPrefix(got, "250") {
		t.Errorf("first = %q", got)
	}
	c.want("452 4.2.2")
	c.want("250")
	c = dialTest(t, addr)
	c.hello()
	c.say("MAIL FROM:<>", "250")
	c.say("RCPT TO:<full@x.example>", "250")
	c.say("RCPT TO:<b@x.example>", "452 4.5.3")
	c.say("DATA", "354")
	c.send(plain + ".\r\n")
	c.want("452 4.2.2")
	if got := c.message(plain, "b@x.example"); !strings.HasPrefix(got, "250") {
		t.Errorf("after it: %q", got)
	}
}

// TestClientLeaves: a message whose client has gone before it was handed over
// is not delivered, since the client will bring it again.
func TestClientLeaves(t *testing.T) {
	hop := newSink(t, false)
	e := &fake{wait: make(chan struct{})}
	addr, s := serveSMTP(t, Config{Next: hop.next()}, e)
	c := dialTest(t, addr)
	c.hello()
	c.say("MAIL FROM:<>", "250")
	c.say("RCPT TO:<a@x.example>", "250")
	c.say("DATA", "354")
	c.send(plain + ".\r\n")
	for f, _ := e.last(); len(f.RcptTo) == 0; f, _ = e.last() {
	}
	c.conn.Close()
	close(e.wait)
	for s.Stats().Sessions > 0 {
	}
	if got := hop.letters(); len(got) != 0 {
		t.Errorf("delivered %d messages of a client that had left", len(got))
	}
}
