package smtpd

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// peer is a client of a test.
type peer struct {
	tb testing.TB
	net.Conn
	in *bufio.Reader
}

// dial connects, without reading the greeting.
func (d *desk) dial(tb testing.TB) *peer {
	tb.Helper()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		tb.Fatal(err)
	}
	return &peer{tb, conn, bufio.NewReader(conn)}
}

// greet connects and says EHLO.
func (d *desk) greet(tb testing.TB) *peer {
	tb.Helper()
	p := d.dial(tb)
	p.want("220")
	p.say("EHLO client.example\r\n", "250")
	return p
}

// want reads one whole reply, which must begin so.
func (p *peer) want(prefix string) string {
	p.tb.Helper()
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			p.tb.Fatalf("reading %q after %q: %v", prefix, line, err)
		}
		if why := badReply(line); why != "" {
			p.tb.Fatalf("reply %q: %s", line, why)
		}
		if line[3] == ' ' {
			if !strings.HasPrefix(line, prefix) {
				p.tb.Fatalf("reply %q, want %q", line, prefix)
			}
			return line
		}
	}
}

func (p *peer) say(s, prefix string) string {
	p.tb.Helper()
	p.write([]byte(s))
	return p.want(prefix)
}

func (p *peer) write(b []byte) {
	p.tb.Helper()
	if _, err := p.Write(b); err != nil {
		p.tb.Fatal(err)
	}
}

// begin goes as far as the 354.
func (p *peer) begin() {
	p.tb.Helper()
	p.write([]byte("MAIL FROM:<a@sender.test>\r\nRCPT TO:<reportascam@example.test>\r\nDATA\r\n"))
	for _, c := range []string{"250", "250", "354"} {
		p.want(c)
	}
}

// end wants nothing more but the end of the connection.
func (p *peer) end() {
	p.tb.Helper()
	if rest, err := io.ReadAll(p.in); err != nil || len(rest) > 0 {
		p.tb.Fatalf("read %q, %v, want the end", rest, err)
	}
}

// sendData sends a message that ends in CRLF by DATA.
func (p *peer) sendData(raw []byte) {
	p.tb.Helper()
	p.begin()
	p.write(stuff(raw))
	p.want("250")
}

// stuff gives the form of a message in DATA (RFC 5321 section 4.5.2): a dot
// more where a line, as CRLF makes them, begins with one.
func stuff(raw []byte) []byte {
	out := bytes.ReplaceAll(raw, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(raw, []byte(".")) {
		out = append([]byte("."), out...)
	}
	return append(bytes.Clone(out), ".\r\n"...)
}

// sendChunk sends any message by BDAT.
func (p *peer) sendChunk(raw []byte) {
	p.tb.Helper()
	p.write([]byte("MAIL FROM:<a@sender.test>\r\nRCPT TO:<reportascam@example.test>\r\n"))
	p.want("250")
	p.want("250")
	p.write(fmt.Appendf(nil, "BDAT %d LAST\r\n", len(raw)))
	p.write(raw)
	p.want("250")
}
