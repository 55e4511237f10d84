package smtpd

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestDialogues plays testdata/dialogues/*.txt over loopback. A line is
//
//	# comment
//	set NAME VALUE       a limit or a switch, before the first of the others
//	C: TEXT              TEXT and CRLF are sent
//	C~ TEXT              TEXT alone is sent; Go escapes as in a string, and \* N for N octets of "x"
//	S: TEXT              the next line of the server must be TEXT; * at the end is anything
//	S~ TEXT              lines are read until one is TEXT
//	TLS                  the client side of a handshake
//	END                  the server must have closed, with nothing more said
//	CLOSED               the same, or a reset
//	SHUT                 the client closes its sending side
//	MESSAGES N           so many messages were accepted by now
//	RAW TEXT             the octets of the last message, with escapes
//	FROM TEXT            in its envelope; HELO, TO, WITH, BODY, CLIENT, TRUSTED too
//	LOG TEXT             the log holds TEXT
//	NOLOG TEXT           the log does not
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("dialogues = %d, %v, want at least 30", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			p := &player{t: t, file: f, cfg: testConfig(), inbox: &inbox{}}
			for i, line := range strings.Split(string(b), "\n") {
				p.n = i + 1
				if line != "" && line[0] != '#' {
					p.play(line)
				}
			}
			if p.conn == nil {
				t.Fatal("the dialogue says nothing")
			}
		})
	}
}

// player plays one dialogue.
type player struct {
	t     *testing.T
	file  string
	n     int
	cfg   Config
	inbox *inbox
	desk  *desk
	conn  net.Conn
	in    *bufio.Reader
}

func (p *player) fatalf(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf("%s:%d: %s", p.file, p.n, fmt.Sprintf(format, args...))
}

func (p *player) play(line string) {
	word, arg, _ := strings.Cut(line, " ")
	if word == "set" {
		p.set(arg)
		return
	}
	if p.conn == nil {
		p.open()
	}
	switch word {
	case "C:":
		p.send([]byte(arg + "\r\n"))
	case "C~":
		p.send(p.unescape(arg))
	case "S:":
		if got := p.read(); !matches(got, arg) {
			p.fatalf("server said %q, want %q", got, arg)
		}
	case "S~":
		for got := p.read(); !matches(got, arg); got = p.read() {
		}
	case "TLS":
		c := tls.Client(p.conn, &tls.Config{InsecureSkipVerify: true})
		if err := c.Handshake(); err != nil {
			p.fatalf("handshake: %v", err)
		}
		p.conn, p.in = c, bufio.NewReader(c)
	case "END":
		if rest, err := io.ReadAll(p.in); err != nil || len(rest) > 0 {
			p.fatalf("server said %q, %v, want the end", rest, err)
		}
	case "CLOSED":
		if rest, err := io.ReadAll(p.in); len(rest) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			p.fatalf("server said %q, %v, want the end", rest, err)
		}
	case "SHUT":
		if err := p.conn.(*net.TCPConn).CloseWrite(); err != nil {
			p.fatalf("%v", err)
		}
	default:
		p.expect(word, arg)
	}
}

// expect checks what is not said on the wire.
func (p *player) expect(word, arg string) {
	all := p.inbox.letters()
	var last letter
	if len(all) > 0 {
		last = all[len(all)-1]
	}
	switch word {
	case "MESSAGES":
		if strconv.Itoa(len(all)) != arg {
			p.fatalf("messages = %d, want %s", len(all), arg)
		}
	case "RAW":
		if want := p.unescape(arg); !bytes.Equal(last.raw, want) {
			p.fatalf("raw = %q, want %q", last.raw, want)
		}
	case "FROM":
		p.equal(last.env.MailFrom, arg)
	case "HELO":
		p.equal(last.env.Helo, arg)
	case "TO":
		p.equal(strings.Join(last.env.RcptTo, " "), arg)
	case "WITH":
		p.equal(last.env.Protocol, arg)
	case "CLIENT":
		p.equal(last.env.ClientAddr.String(), arg)
	case "TRUSTED":
		p.equal(strconv.FormatBool(last.env.Trusted), arg)
	case "BODY":
		p.equal(last.env.Body, arg)
	case "LOG":
		if !strings.Contains(p.desk.log.String(), arg) {
			p.fatalf("the log has no %q:\n%s", arg, p.desk.log.String())
		}
	case "NOLOG":
		if strings.Contains(p.desk.log.String(), arg) {
			p.fatalf("the log has %q:\n%s", arg, p.desk.log.String())
		}
	default:
		p.fatalf("unknown word %q", word)
	}
}

func (p *player) equal(got, want string) {
	p.t.Helper()
	if got != want {
		p.fatalf("got %q, want %q", got, want)
	}
}

func matches(got, want string) bool {
	if prefix, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(got, prefix)
	}
	return got == want
}

func (p *player) open() {
	p.desk = start(p.t, p.cfg, p.inbox)
	conn, err := net.Dial("tcp", p.desk.addr)
	if err != nil {
		p.fatalf("%v", err)
	}
	p.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		p.fatalf("%v", err)
	}
	p.conn, p.in = conn, bufio.NewReader(conn)
}

func (p *player) send(b []byte) {
	if _, err := p.conn.Write(b); err != nil {
		p.fatalf("sending: %v", err)
	}
}

// read gives the server's next line, which must be well formed.
func (p *player) read() string {
	line, err := p.in.ReadString('\n')
	if err != nil {
		p.fatalf("reading after %q: %v", line, err)
	}
	if why := badReply(line); why != "" {
		p.fatalf("reply %q: %s", line, why)
	}
	return strings.TrimSuffix(line, "\r\n")
}

// badReply says what is wrong with a reply line (RFC 5321 section 4.2).
func badReply(line string) string {
	text, ok := strings.CutSuffix(line, "\r\n")
	switch {
	case !ok:
		return "no CRLF"
	case len(line) > 512:
		return "too long"
	case len(text) < 4 || text[0] < '2' || text[0] > '5' || text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9' || text[3] != ' ' && text[3] != '-':
		return "no code"
	}
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			return "not printable ASCII"
		}
	}
	return ""
}

// unescape reads Go escapes, and \*N; as N octets of "x".
func (p *player) unescape(s string) []byte {
	var out []byte
	for {
		before, after, found := strings.Cut(s, `\*`)
		q, err := strconv.Unquote(`"` + strings.ReplaceAll(before, `"`, `\"`) + `"`)
		if err != nil {
			p.fatalf("escapes in %q: %v", before, err)
		}
		out = append(out, q...)
		if !found {
			return out
		}
		num, rest, _ := strings.Cut(after, ";")
		n, err := strconv.Atoi(num)
		if err != nil {
			p.fatalf("count in %q: %v", after, err)
		}
		out = append(out, bytes.Repeat([]byte("x"), n)...)
		s = rest
	}
}

// set reads one setting.
func (p *player) set(arg string) {
	name, value, _ := strings.Cut(arg, " ")
	if d, err := time.ParseDuration(value); err == nil && value != "0" {
		fields := map[string]*time.Duration{
			"idle": &p.cfg.Limits.Idle, "data-idle": &p.cfg.Limits.DataIdle, "data-total": &p.cfg.Limits.DataTotal,
			"session": &p.cfg.Limits.Session, "handshake": &p.cfg.Limits.Handshake, "proxy-time": &p.cfg.Limits.Proxy,
		}
		if f := fields[name]; f != nil {
			*f = d
			return
		}
	}
	if n, err := strconv.Atoi(value); err == nil && p.setNumber(name, n) {
		return
	}
	switch name {
	case "proxy":
		p.cfg.Proxy = []netip.Prefix{netip.MustParsePrefix(value)}
	case "trusted":
		p.cfg.Trusted = []netip.Prefix{netip.MustParsePrefix(value)}
	case "tls":
		p.cfg.TLSCert, p.cfg.TLSKey = certFiles(p.t, "one.test")
	case "fail":
		p.inbox.fail = handlerErrors[value]
		if p.inbox.fail == nil {
			p.fatalf("no error %q", value)
		}
	case "panic":
		p.inbox.boom = true
	default:
		p.fatalf("unknown setting %q", arg)
	}
}

func (p *player) setNumber(name string, n int) bool {
	l := &p.cfg.Limits
	ints := map[string]*int{
		"data-line": &l.DataLine, "command-line": &l.CommandLine, "recipients": &l.Recipients,
		"connections": &l.Connections, "per-address": &l.PerAddress, "commands": &l.Commands,
		"errors": &l.Errors, "rate": &l.RatePerMinute, "burst": &l.RateBurst,
	}
	longs := map[string]*int64{"message": &l.MessageBytes, "memory": &l.MemoryBytes, "drain": &l.DrainBytes}
	if f := ints[name]; f != nil {
		*f = n
		return true
	}
	if f := longs[name]; f != nil {
		*f = int64(n)
		return true
	}
	return false
}
