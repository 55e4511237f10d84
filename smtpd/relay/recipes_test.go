package relay

import (
	"net/netip"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
)

const letterText = "From: Bank <news@bank.example>\nTo: you@example.org\nSubject:  two spaces\n\tfolded\nDate: Tue, 24 Nov 2026 10:00:00 +0000\n" +
	"Message-ID: <1@bank.example>\n\nDear customer,\n.a dot\n..two\n\nlast line \n"

// TestPostfixRecipes drives a real Postfix with each recipe.
func TestPostfixRecipes(t *testing.T) {
	p := startPostfix(t)
	e := &fake{}
	cfg := Config{Policy: Policy{Default: Actions{analyze.Scam: Reject, analyze.Suspicious: Quarantine, analyze.Unclear: Tag, analyze.Authentic: Tag}}}
	p.filter(t, cfg, e)
	p.milterSocket(t, cfg, e)
	msg, verify := signed(t, letterText)
	forged := "Authentication-Results: " + host + "; dkim=pass header.d=bank.example\r\nX-Reportascam-Verdict: authentic\r\nBIMI-Indicator: x\r\n"
	for _, tt := range []struct{ name, addr string }{{"proxy filter", p.proxy}, {"content filter", p.content}, {"milter", p.milter}} {
		t.Run(tt.name, func(t *testing.T) {
			p.drained(t) // of the bounces of the recipe before
			before := len(p.sink.letters())
			if err := bring(tt.addr, forged+msg, "you@example.org"); err != nil {
				t.Fatal(err)
			}
			got := withoutTrace(p.arrived(t, before+1)[before].raw)
			_, original, found := strings.Cut(got, "X-Reportascam-Id: ")
			_, original, _ = strings.Cut(original, "\r\n")
			if original = withoutTrace(original); !found || original != msg {
				t.Errorf("arrived:\n%q\nwant our fields and\n%q", got, msg)
			}
			if n := strings.Count(got, "Authentication-Results:"); n != 1 {
				t.Errorf("%d Authentication-Results fields, want ours alone:\n%s", n, got)
			}
			if said := verify(got); !strings.Contains(said, "succeeded") {
				t.Errorf("opendkim says %q", said)
			}
			err := bring(tt.addr, "Subject: s\r\n\r\nverdict: scam\r\n", "you@example.org")
			if tt.name == "content filter" {
				if err != nil {
					t.Errorf("after the queue a scam is refused to Postfix, not to the client: %v", err)
				}
			} else if err == nil || !strings.Contains(err.Error(), "looks like a fraud (reference id") {
				t.Errorf("a scam: %v, want 550 with a reference", err)
			}
			text := "Subject: s\r\n\r\nverdict: suspicious " + tt.name + "\r\n"
			if err := bring(tt.addr, text, "held@example.org"); err != nil {
				t.Errorf("held: %v", err)
			}
			for end := time.Now().Add(20 * time.Second); ; {
				e.mu.Lock()
				held := e.held["held@example.org"]
				e.mu.Unlock()
				if strings.Contains(held, tt.name) {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("not held: %q", held)
				}
			}
			p.drained(t)
		})
	}
	p.drained(t)
	for _, l := range p.sink.letters() {
		if strings.Contains(l.raw, "verdict: suspicious") || strings.Contains(l.raw, "verdict: scam") && !strings.Contains(l.raw, "MAILER-DAEMON") {
			t.Errorf("a held or refused message arrived: %q", l.raw)
		}
	}
}

// TestPostfixTellsTheClient: SPF gets the host that brought the mail to
// Postfix, whichever way it comes.
func TestPostfixTellsTheClient(t *testing.T) {
	p := startPostfix(t)
	e := &fake{}
	p.filter(t, Config{}, e)
	p.milterSocket(t, Config{}, e)
	for i, tt := range []struct{ name, addr string }{{"proxy filter", p.proxy}, {"content filter", p.content}, {"milter", p.milter}} {
		c := dialTest(t, tt.addr)
		c.hello()
		c.say("XCLIENT NAME=mail.client.example ADDR=203.0.113.9 HELO=true.example", "220")
		c.say("EHLO true.example", "250")
		if got := c.message("Subject: s\r\n\r\nx\r\n", "you@example.org"); !strings.HasPrefix(got, "250") {
			t.Fatalf("%s: %q", tt.name, got)
		}
		p.arrived(t, i+1)
		f, _ := e.last()
		if f.Client != netip.MustParseAddr("203.0.113.9") || f.Helo != "true.example" || f.MailFrom != "a@client.example" {
			t.Errorf("%s: the engine got %+v", tt.name, f)
		}
	}
}

// TestMilterOverReusedConnections: 1,000 messages, each with the facts of its
// own session.
func TestMilterOverReusedConnections(t *testing.T) {
	p := startPostfix(t)
	e := &fake{}
	s := p.milterSocket(t, Config{}, e)
	const clients, each = 10, 100
	failed := make(chan error, clients)
	for i := range clients {
		go func() {
			c, err := smtp.Dial(p.milter)
			if err != nil {
				failed <- err
				return
			}
			defer c.Close()
			if err := c.Hello("c" + string(rune('0'+i)) + ".example"); err != nil {
				failed <- err
				return
			}
			for n := range each {
				if n%10 == 5 { // a transaction that is given up
					_ = c.Mail("gone@client.example") // Reset would tell
					if err := c.Reset(); err != nil {
						failed <- err
						return
					}
				}
				if err := bringOn(c, "Subject: "+c0(i)+"\r\n\r\nbody\r\n", "you@example.org"); err != nil {
					failed <- err
					return
				}
			}
			failed <- c.Quit()
		}()
	}
	for range clients {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.facts) != clients*each {
		t.Errorf("%d messages were judged, want %d", len(e.facts), clients*each)
	}
	for i, f := range e.facts {
		if want := "Subject: c" + f.Helo[1:2] + "\r\n\r\nbody\r\n"; e.raw[i] != want || f.MailFrom != "a@client.example" || !f.Client.IsLoopback() || len(f.RcptTo) != 1 || f.QueueID == "" {
			t.Fatalf("message %d: %+v %q, want %q", i, f, e.raw[i], want)
		}
	}
	if st := s.Stats(); st.Accepted != clients*each {
		t.Errorf("accepted %d", st.Accepted)
	}
}

func c0(i int) string { return "c" + string(rune('0'+i)) }
