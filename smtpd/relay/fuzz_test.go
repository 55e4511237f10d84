package relay

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// piped serves one connection of bytes, and gives what was answered.
func piped(t *testing.T, in []byte, serve func(net.Conn)) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer theirs.Close()
		serve(theirs)
	}()
	go func() {
		_ = ours.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, _ = ours.Write(in) // it may be cut off
		_ = ours.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	}()
	_ = ours.SetReadDeadline(time.Now().Add(10 * time.Second))
	out, _ := io.ReadAll(ours)
	ours.Close()
	<-done
	return out
}

// FuzzDialogue: whatever a client says, what the next hop is told are whole
// commands, and messages whose lines cannot be read in two ways.
func FuzzDialogue(f *testing.F) {
	for _, s := range smuggled {
		f.Add([]byte("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhello"+s.end+inner+"\r\n.\r\nQUIT\r\n"), false)
	}
	f.Add([]byte("LHLO x\r\nXFORWARD ADDR=1.2.3.4 HELO=+41\r\nXCLIENT ADDR=IPV6:::1\r\nEHLO y\r\nMAIL FROM:<\"a\\\"@\"@b> SIZE=3\r\nRSET\r\nDATA\r\n"), true)
	hop := newSink(f, false, "8BITMIME", "SIZE 1000", "DSN", "SMTPUTF8", "XFORWARD ADDR HELO", "XCLIENT ADDR")
	f.Fuzz(func(t *testing.T, in []byte, repair bool) {
		if len(in) > 16<<10 {
			return
		}
		s, err := New(Config{Hostname: host, Next: hop.next(), Repair: repair, Believed: loopback, Policy: Policy{Default: DefaultActions()}, Limits: Limits{Spool: 100}}, steady{})
		if err != nil {
			t.Fatal(err)
		}
		piped(t, in, func(c net.Conn) { newSession(s, c).run(context.Background()) })
		hop.mu.Lock()
		defer hop.mu.Unlock()
		for _, line := range hop.said {
			verb, _, _ := strings.Cut(line, " ")
			switch verb {
			case "EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "XFORWARD", "XCLIENT":
			default:
				t.Errorf("the next hop was told %q", line)
			}
			if strings.ContainsAny(line, "\r\x00") {
				t.Errorf("the next hop was told %q", line)
			}
		}
		for _, l := range hop.list {
			if rest := strings.ReplaceAll(l.raw, "\r\n", ""); strings.ContainsAny(rest, "\r\n\x00") {
				t.Errorf("the next hop got %q", l.raw)
			}
		}
		hop.said, hop.list = nil, nil
		if s.Panics() > 0 {
			t.Error("a panic of ours")
		}
	})
}

// FuzzNextHop: whatever the next hop answers, the client reads whole replies.
func FuzzNextHop(f *testing.F) {
	for _, s := range []string{"220 x\r\n250-a\r\n250 SIZE 1\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n", "220 x\n250 x\n250\n550 no\n", "220-a\r\n421 b\r\n", "999 x\r\n", "220 x\r\n250 \x1b[31m\r\n354\r\n"} {
		f.Add([]byte(s))
	}
	var answers atomic.Pointer[[]byte]
	addr := serveTest(f, func(c net.Conn) {
		_, _ = c.Write(*answers.Load()) // all of it, before it is asked
		_, _ = io.Copy(io.Discard, c)
	})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 16<<10 {
			return
		}
		answers.Store(&in)
		s, err := New(Config{Hostname: host, Next: "smtp:" + addr, Policy: Policy{Default: DefaultActions()}, Limits: Limits{Command: 20 * time.Millisecond, Final: 20 * time.Millisecond}}, steady{})
		if err != nil {
			t.Fatal(err)
		}
		out := piped(t, []byte("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"), func(c net.Conn) { newSession(s, c).run(context.Background()) })
		for len(out) > 0 {
			i := bytes.Index(out, []byte("\r\n"))
			if i < 4 || out[0] < '2' || out[0] > '5' || bytes.ContainsAny(out[:i], "\r\n\x1b\x00") {
				t.Fatalf("the client read %q", out)
			}
			out = out[i+2:]
		}
		if s.Panics() > 0 {
			t.Error("a panic of ours")
		}
	})
}

// milterTalk writes packets.
func milterTalk(list ...string) []byte {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	for _, p := range list {
		writePacket(w, p[0], []byte(p[1:]))
	}
	_ = w.Flush() // into memory
	return b.Bytes()
}

const offered = "O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"

// FuzzMilter: whatever a mail server says, the answers are whole packets.
func FuzzMilter(f *testing.F) {
	f.Add(milterTalk(offered, "DCj\x00host\x00", "Cclient.example\x004\x00\x19192.0.2.1\x00", "Hhelo\x00", "M<a@b>\x00SIZE=1\x00", "R<c@d>\x00", "LSubject\x00 x\n y\x00", "N", "Bbody\r\n", "E", "A", "M<>\x00", "Q"))
	f.Add(milterTalk("O\x00\x00\x00\x02\x00\x00\x00\x3f\x00\x00\x00\x7f", "C\x00U", "M<a@b>\x00", "R<c@d>\x00", "LAuthentication-Results\x00 mx.example.org; x\x00", "N", "E", "K", "Cx\x006\x00\x00IPv6:::1\x00"))
	f.Add([]byte("\xff\xff\xff\xffO"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 16<<10 {
			return
		}
		s, err := New(Config{Hostname: host, Policy: Policy{Default: DefaultActions()}, Limits: Limits{Spool: 50}}, steady{})
		if err != nil {
			t.Fatal(err)
		}
		out := piped(t, in, func(c net.Conn) { newMilter(s, c).run(context.Background()) })
		r := &packetReader{in: bufio.NewReader(bytes.NewReader(out))}
		for {
			p, err := r.next()
			if err != nil {
				if err != io.EOF {
					t.Errorf("answers %q: %v", out, err)
				}
				break
			}
			if !strings.ContainsRune("Oacdimqty-", rune(p.cmd)) {
				t.Errorf("answer %q", p.cmd)
			}
		}
		if s.Panics() > 0 {
			t.Error("a panic of ours")
		}
	})
}

// FuzzData: a message comes out of the wire's form as it went in.
func FuzzData(f *testing.F) {
	f.Add([]byte("a\r\n.b\r\n..\r\n"), false)
	f.Add([]byte(".\n.\r\r\n\x00"), true)
	f.Fuzz(func(t *testing.T, raw []byte, repair bool) {
		if len(raw) > 64<<10 {
			return
		}
		var wire bytes.Buffer
		w := bufio.NewWriter(&wire)
		if err := stuffed(w, raw); err != nil {
			t.Fatal(err)
		}
		_, _ = w.WriteString(".\r\nQUIT\r\n")
		_ = w.Flush() // into memory
		want := string(raw)
		if want != "" && !strings.HasSuffix(want, "\n") {
			want += "\r\n"
		}
		bare := strings.ContainsAny(strings.ReplaceAll(want, "\r\n", ""), "\r\n\x00")
		in := bufio.NewReaderSize(&wire, 64)
		sp := &spool{bound: 1000}
		defer sp.close()
		refused, err := (&dataReader{in: in, repair: repair, limit: 1 << 20}).read(sp)
		if bare && !repair {
			if refused != errLines && err == nil {
				t.Errorf("%q: refused %v, want errLines", raw, refused)
			}
			return
		}
		got, _ := sp.bytes()
		if !bare && (err != nil || refused != nil || string(got) != want) {
			t.Errorf("%q came as %q, %v, %v", want, got, refused, err)
		}
		if strings.ContainsAny(strings.ReplaceAll(string(got), "\r\n", ""), "\r\n\x00") {
			t.Errorf("%q came as %q", want, got)
		}
	})
}
