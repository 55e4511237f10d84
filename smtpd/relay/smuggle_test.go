package relay

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// smuggled are ways in which one server's content is another's commands: each
// stands where a message might be taken to end.
var smuggled = []struct{ name, end string }{
	{"LF . LF", "\n.\n"},
	{"LF . CRLF", "\n.\r\n"},
	{"CRLF . LF", "\r\n.\n"},
	{"CR . CR", "\r.\r"},
	{"CR . CRLF", "\r.\r\n"},
	{"CRLF . CR", "\r\n.\r"},
	{"CR . LF", "\r.\n"},
	{"LF . CR", "\n.\r"},
	{"CR CRLF . CRLF", "\r\r\n.\r\n"},
	{"CRLF . CR CRLF", "\r\n.\r\r\n"},
	{"NUL CRLF . LF", "\x00\r\n.\n"},
	{"CRLF NUL . CRLF", "\r\n\x00.\r\n"},
	{"CRLF . NUL CRLF", "\r\n.\x00\r\n"},
	{"CRLF SP . CRLF", "\r\n .\r\n"},
	{"CRLF . SP CRLF", "\r\n. \r\n"},
	{"LF LF . CRLF", "\n\n.\r\n"},
	{"CRLF .. CRLF", "\r\n..\r\n"},
	{"LF .. LF", "\n..\n"},
}

// honest ends are within RFC 5321: what stands there is content, as both sides
// read it.
var honest = map[string]bool{"CRLF SP . CRLF": true, "CRLF . SP CRLF": true, "CRLF .. CRLF": true}

const inner = "MAIL FROM:<admin@bank.example>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nFrom: admin@bank.example\r\nSubject: smuggled\r\n\r\npay here\r\n"

// attack sends a message with a form in it, in packets that end after each of
// cuts octets of the form, and reads what comes.
func attack(t *testing.T, addr, end string, cut int) string {
	t.Helper()
	c := dialTest(t, addr)
	c.hello()
	c.say("MAIL FROM:<a@client.example>", "250")
	c.say("RCPT TO:<you@example.org>", "250")
	c.say("DATA", "354")
	text := "Subject: outer\r\n\r\nhello" + end + inner + "\r\n.\r\nQUIT\r\n"
	at := strings.Index(text, "hello") + len("hello") + cut
	if _, err := c.conn.Write([]byte(text[:at])); err != nil {
		t.Fatal(err)
	}
	if cut > 0 {
		<-time.After(2 * time.Millisecond) // so that it is a packet of its own
	}
	_, _ = c.conn.Write([]byte(text[at:])) // it may be cut off
	all, _ := io.ReadAll(c.in)             // until it closes
	return string(all)
}

// TestSmuggling sends every form through the filter to a real Postfix 3.7, which
// itself takes LF . LF for an end: no second message ever arrives.
func TestSmuggling(t *testing.T) {
	p := startPostfix(t)
	for _, repair := range []bool{false, true} {
		addr, _ := serveSMTP(t, Config{Next: "smtp:" + p.lone, Repair: repair}, &fake{})
		for _, tt := range smuggled {
			before, sent := len(p.sink.letters()), 0
			for cut := range len(tt.end) + 1 {
				got := attack(t, addr, tt.end, cut)
				want := "554 5.6.0"
				if repair || honest[tt.name] {
					want = "250 2.0.0"
					sent++
				}
				if !strings.HasPrefix(got, want) || strings.Contains(got, "\n354 ") {
					t.Errorf("%s, cut at %d, normalised %v: %q, want %s and one message", tt.name, cut, repair, got, want)
				}
			}
			p.drained(t)
			list := p.sink.letters()[before:]
			if len(list) != sent {
				t.Errorf("%s, normalised %v: %d messages arrived of %d", tt.name, repair, len(list), sent)
			}
			for _, l := range list {
				if strings.Contains(strings.Join(l.lines, " "), "victim") || !strings.Contains(l.raw, "Subject: outer") {
					t.Errorf("%s, normalised %v: smuggled %q", tt.name, repair, l)
				}
			}
		}
	}
}

// TestBareCommands: a command that ends in a bare LF, or holds a bare CR,
// never reaches the next hop.
func TestBareCommands(t *testing.T) {
	hop := newSink(t, false)
	addr, _ := serveSMTP(t, Config{Next: hop.next()}, &fake{})
	for _, tt := range []struct{ line, want string }{
		{"MAIL FROM:<a@b>\nRCPT TO:<c@d>\r\n", "521"}, {"MAIL FROM:<a@b>\rRCPT TO:<c@d>\r\n", "500"}, {"MAIL FROM:<a@b>\x00\r\n", "500"},
		{"NOOP " + strings.Repeat("x", 9000) + "\r\n", "500"}, {"GET / HTTP/1.1\r\n", "500"},
	} {
		c := dialTest(t, addr)
		c.hello()
		c.send(tt.line)
		c.want(tt.want)
	}
	hop.mu.Lock()
	defer hop.mu.Unlock()
	for _, l := range hop.said {
		if !strings.HasPrefix(l, "EHLO") {
			t.Errorf("the next hop was told %q", l)
		}
	}
}

// TestDataBeforeGoAhead: what was sent behind a DATA that is refused is no
// command.
func TestDataBeforeGoAhead(t *testing.T) {
	hop := newSink(t, false)
	addr, _ := serveSMTP(t, Config{Next: hop.next()}, &fake{})
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<unknown@x>\r\nDATA\r\n" + inner + "\r\n.\r\n"))
	all, _ := io.ReadAll(conn)
	if strings.Contains(string(all), "354") || len(hop.letters()) > 0 {
		t.Errorf("answers %q, arrived %q", all, hop.letters())
	}
}
