package send

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// canned is a connection whose other side says what it says whatever it
// hears.
type canned struct {
	in  *bytes.Reader
	out bytes.Buffer
}

func (c *canned) Read(p []byte) (int, error)       { return c.in.Read(p) }
func (c *canned) Write(p []byte) (int, error)      { return c.out.Write(p) }
func (c *canned) Close() error                     { return nil }
func (c *canned) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *canned) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *canned) SetDeadline(time.Time) error      { return nil }
func (c *canned) SetReadDeadline(time.Time) error  { return nil }
func (c *canned) SetWriteDeadline(time.Time) error { return nil }

// FuzzReadReply holds that a reply has a code, that nothing behind it is
// read, and that it reads the same again.
func FuzzReadReply(f *testing.F) {
	for _, s := range []string{"220 hi\r\n", "250-a\r\n250 b\r\nrest", "250\r\n", "99 x\r\n", "250-a\r\n251 b\r\n", "\r\n", "250 \n", "600 x\r\n", "2500 x\r\n", "250-\xff\x00\r\n250 \r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		code, lines, err := readReply(&wire{Conn: &canned{in: r}, left: MaxReply})
		if err != nil {
			return
		}
		if code < 200 || code > 599 || len(lines) == 0 {
			t.Errorf("readReply(%q) = %d, %q", b, code, lines)
		}
		read := b[:len(b)-r.Len()]
		if len(read) > MaxReply || read[len(read)-1] != '\n' || strings.Count(string(read), "\n") != len(lines) {
			t.Errorf("readReply(%q) read %q for %d lines", b, read, len(lines))
		}
		again, _, err := readReply(bytes.NewReader(read))
		if again != code || err != nil {
			t.Errorf("readReply(%q) again = %d, %v, want %d", read, again, err, code)
		}
	})
}

// FuzzSession holds, of a whole delivery to a server that says anything: it
// ends; it counts as delivered only when the message was sent to its end and
// a 250 was said; and no password goes out in clear.
func FuzzSession(f *testing.F) {
	good := "220 hi\r\n250-x\r\n250-AUTH PLAIN LOGIN\r\n250 DSN\r\n250-x\r\n250 DSN\r\n250 ok\r\n250 ok\r\n354 go\r\n250 done\r\n221 bye\r\n"
	for _, s := range []string{good, strings.Replace(good, "250 done", "451 later", 1), strings.Replace(good, "DSN", "STARTTLS", 1), "220 x\r\n250 STARTTLS\r\n220 go\r\n\x16\x03\x01", "", "554 no\r\n"} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(1))
		f.Add([]byte(s), uint8(2))
	}
	f.Fuzz(func(t *testing.T, b []byte, policy uint8) {
		c := &canned{in: bytes.NewReader(b)}
		h := &SmartHost{Addr: "smart.example:25", Hostname: "mx.desk.example",
			TLS:  []TLSPolicy{TLSNone, TLSOpportunistic, TLSRequired}[policy%3],
			Dial: func(context.Context, string, string) (net.Conn, error) { return c, nil }}
		if policy%3 == 2 {
			h.User, h.Password = "desk", "pass-word"
		}
		err := h.Send(t.Context(), note())
		out := c.out.String()
		if strings.Contains(out, "AUTH") || strings.Contains(out, "pass-word") {
			t.Errorf("Send(%q) said %q: a password in clear", b, out)
		}
		if err == nil && (!strings.Contains(out, "\r\n.\r\n") || !bytes.Contains(b, []byte("250")) || !bytes.Contains(b, []byte("354"))) {
			t.Errorf("Send(%q) = delivered, having said %q", b, out)
		}
		if r, ok := errors.AsType[*Refused](err); ok && (r.Code < 400 || r.Code > 599 || len(r.Text) > maxText || strings.ContainsFunc(r.Text, func(c rune) bool { return c < 0x20 || c > 0x7e })) {
			t.Errorf("Send(%q) = %+v", b, r)
		}
	})
}
