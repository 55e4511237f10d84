package relay

import (
	"bufio"
	"encoding/binary"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
)

// mta speaks the mail server's side.
type mta struct {
	t    testing.TB
	conn net.Conn
	in   *packetReader
	out  *bufio.Writer
}

func newMTA(t testing.TB, cfg Config, e Engine) *mta {
	t.Helper()
	addr, _ := serveWith(t, cfg, e, "tcp", "127.0.0.1:0", (*Server).ServeMilter)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &mta{t, c, &packetReader{in: bufio.NewReader(c)}, bufio.NewWriter(c)}
}

// say sends packets.
func (m *mta) say(list ...string) {
	m.t.Helper()
	if _, err := m.conn.Write(milterTalk(list...)); err != nil {
		m.t.Fatal(err)
	}
}

// answer reads one packet: its command and data.
func (m *mta) answer() string {
	m.t.Helper()
	p, err := m.in.next()
	if err != nil {
		return "closed"
	}
	return string(p.cmd) + string(p.data)
}

// verdict reads to the last answer of a message, and gives all of them.
func (m *mta) verdict() []string {
	m.t.Helper()
	var out []string
	for {
		a := m.answer()
		out = append(out, a)
		if a == "closed" || strings.ContainsRune("acdrty", rune(a[0])) {
			return out
		}
	}
}

// options negotiates, and gives what was agreed.
func (m *mta) options(version, actions, proto uint32) (uint32, uint32, uint32) {
	m.t.Helper()
	b := binary.BigEndian.AppendUint32([]byte("O"), version)
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, actions), proto)
	m.say(string(b))
	a := m.answer()
	if len(a) != 13 || a[0] != 'O' {
		m.t.Fatalf("options = %q", a)
	}
	return binary.BigEndian.Uint32([]byte(a[1:])), binary.BigEndian.Uint32([]byte(a[5:])), binary.BigEndian.Uint32([]byte(a[9:]))
}

const (
	allActions  = 0x1ff
	allProtocol = 0x1fffff
)

func message(body string, headers ...string) []string {
	out := []string{"M<a@client.example>\x00", "R<b@example.org>\x00"}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		out = append(out, "L"+name+"\x00"+value+"\x00")
	}
	return append(out, "N", "B"+body, "E")
}

func TestMilterNegotiates(t *testing.T) {
	for _, tt := range []struct{ version, actions, proto, v, a, p uint32 }{
		{6, allActions, allProtocol, 6, wantedActions, wantedProtocol},
		{2, 0x3f, 0x7f, 2, wantedActions & 0x3f, 0},
		{9, actAddHeader, 0, 6, actAddHeader, 0},
	} {
		m := newMTA(t, Config{}, &fake{})
		if v, a, p := m.options(tt.version, tt.actions, tt.proto); v != tt.v || a != tt.a || p != tt.p {
			t.Errorf("offered %d %#x %#x, agreed %d %#x %#x, want %d %#x %#x", tt.version, tt.actions, tt.proto, v, a, p, tt.v, tt.a, tt.p)
		}
	}
	m := newMTA(t, Config{}, &fake{})
	m.say("M<a@b>\x00")
	if a := m.answer(); a != "closed" {
		t.Errorf("MAIL before the options: %q", a)
	}
}

// TestMilterOldServer: version 2 waits for an answer at each step, and sends no
// space behind the colon.
func TestMilterOldServer(t *testing.T) {
	e := &fake{}
	m := newMTA(t, Config{}, e)
	m.options(2, 0x3f, 0x7f)
	for _, p := range append([]string{"Cc.example\x004\x00\x19192.0.2.7\x00", "Hhelo.example\x00"}, message("hi\r\n", "Subject:two\n words")...) {
		m.say(p)
		if p == "E" {
			break
		}
		if a := m.answer(); a != "c" {
			t.Fatalf("%q = %q, want continue", p, a)
		}
	}
	got := m.verdict()
	f, raw := e.last()
	if raw != "Subject: two\r\n words\r\n\r\nhi\r\n" || f.Client.String() != "192.0.2.7" || f.Helo != "helo.example" || f.Name != "c.example" {
		t.Errorf("judged %q, %+v", raw, f)
	}
	if got[len(got)-1] != "c" || !strings.HasPrefix(got[len(got)-2], "i\x00\x00\x00\x00Authentication-Results\x00"+host+";") {
		t.Errorf("answers %q, want ours without the space, and on top last", got)
	}
}

func TestMilterKeepsItsSession(t *testing.T) {
	e := &fake{}
	m := newMTA(t, Config{}, e)
	m.options(6, allActions, allProtocol)
	m.say("DCj\x00mx.example\x00{client_addr}\x00192.0.2.7\x00", "Cc.example\x006\x00\x19IPv6:2001:db8::7\x00", "Hhelo.example\x00")
	for i, text := range []string{"one\r\n", "two\r\n", "three\r\n"} {
		if i == 1 { // a message that is given up
			m.say("M<gone@client.example>\x00", "R<x@example.org>\x00", "LSubject\x00 gone\x00", "A")
		}
		m.say(append([]string{"DMi\x00Q" + text[:3] + "\x00"}, message(text, "Subject: "+text[:3])...)...)
		m.verdict()
		f, raw := e.last()
		if raw != "Subject: "+text[:3]+"\r\n\r\n"+text || f.Client.String() != "2001:db8::7" || f.Helo != "helo.example" || len(f.RcptTo) != 1 || f.QueueID != "Q"+text[:3] {
			t.Errorf("message %d: %q, %+v", i, raw, f)
		}
	}
	m.say("K", "Cother.example\x00U", "Hh2\x00")
	m.say(message("x\r\n")...)
	m.verdict()
	if f, _ := e.last(); f.Client.IsValid() || f.Helo != "h2" || f.Name != "other.example" {
		t.Errorf("after another connection: %+v", f)
	}
	m.say("Q")
	if a := m.answer(); a != "closed" {
		t.Errorf("QUIT = %q", a)
	}
}

func TestMilterActs(t *testing.T) {
	policy := Policy{Default: Actions{analyze.Scam: Reject, analyze.Suspicious: Quarantine, analyze.Unclear: Tag, analyze.Authentic: Pass},
		Domains: map[string]Actions{"lenient.example": {analyze.Suspicious: Tag}}, Prefix: "[?]"}
	for _, tt := range []struct {
		name, body string
		mta        bool
		open       bool
		fail       bool
		rcpt       string
		want       []string // beginnings, in order
	}{
		{"pass", "verdict: authentic\r\n", false, false, false, "", []string{"mMUST", "c"}},
		{"tag", "x\r\n", false, false, false, "", []string{"mMUST", "i\x00\x00\x00\x00X-Reportascam-Id\x00 id1", "i\x00\x00\x00\x00X-Reportascam-Verdict\x00 unclear", "i\x00\x00\x00\x00Authentication-Results\x00 " + host, "c"}},
		{"reject", "verdict: scam\r\n", false, false, false, "", []string{"y550 5.7.1 Refused: this message looks like a fraud (reference id1)\x00"}},
		{"quarantine", "verdict: suspicious\r\n", false, false, false, "", []string{"d"}},
		{"quarantine there", "verdict: suspicious\r\n", true, false, false, "", []string{"mMUST", "m\x00\x00\x00\x01Subject\x00 [?] s", "i", "i", "i", "qreportascam id1", "c"}},
		{"some recipients", "verdict: suspicious\r\n", false, false, false, "R<c@lenient.example>\x00", []string{"-<b@example.org>", "mMUST", "m\x00\x00\x00\x01Subject\x00 [?] s", "i", "i", "i", "c"}},
		{"closed", "x\r\n", false, false, true, "", []string{"y451 4.7.1"}},
		{"open", "x\r\n", false, true, true, "", []string{"mMUST", "i\x00\x00\x00\x00X-Reportascam-Verdict\x00 none (the analysis failed)", "c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &fake{}
			if tt.fail {
				e.fail = errTooLarge
			}
			m := newMTA(t, Config{Policy: policy, HoldMTA: tt.mta, Open: tt.open}, e)
			m.options(6, allActions, allProtocol)
			m.say("Cc.example\x004\x00\x19192.0.2.7\x00")
			list := message(tt.body, "Authentication-Results: other.example; x=pass", "authentication-results: "+host+"; dkim=pass", "Subject: s")
			if tt.rcpt != "" {
				list = append(list[:2:2], append([]string{tt.rcpt}, list[2:]...)...)
			}
			m.say(list...)
			got := m.verdict()
			forged := "m\x00\x00\x00\x02authentication-results\x00\x00"
			if len(got) != len(tt.want) {
				t.Fatalf("answers %q, want %q", got, tt.want)
			}
			for i, w := range tt.want {
				if w == "mMUST" {
					w = forged
				}
				if !strings.HasPrefix(got[i], w) {
					t.Errorf("answer %d = %q, want %q", i, got[i], w)
				}
			}
			if tt.name == "quarantine" && !strings.HasSuffix(e.held["b@example.org"], "\r\n\r\n"+tt.body) {
				t.Errorf("held %q", e.held)
			}
		})
	}
}

// TestMilterOwnUsers: a client that has logged in is one of our own.
func TestMilterOwnUsers(t *testing.T) {
	e := &fake{}
	m := newMTA(t, Config{}, e)
	m.options(6, allActions, allProtocol)
	m.say("Cc.example\x004\x00\x19192.0.2.7\x00", "DM{auth_authen}\x00user\x00")
	m.say(message("verdict: scam\r\n")...)
	if got := m.verdict(); len(got) != 1 || got[0] != "c" {
		t.Errorf("answers %q, want nothing changed", got)
	}
	if f, _ := e.last(); len(f.RcptTo) > 0 {
		t.Error("it was judged")
	}
}

// TestPostfixHolds: with milter_hold = "mta" the message waits in Postfix's
// hold queue.
func TestPostfixHolds(t *testing.T) {
	p := startPostfix(t)
	p.milterSocket(t, Config{HoldMTA: true, Policy: Policy{Default: Actions{analyze.Suspicious: Quarantine}}}, &fake{})
	if err := bring(p.milter, "Subject: s\r\n\r\nverdict: suspicious\r\n", "you@example.org"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("postqueue", "-c", p.dir, "-p").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "!") || !strings.Contains(string(out), "you@example.org") {
		t.Errorf("postqueue = %s, %v, want one on hold", out, err)
	}
	if got := p.sink.letters(); len(got) > 0 {
		t.Errorf("it arrived: %q", got)
	}
}
