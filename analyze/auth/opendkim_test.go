package auth

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// opendkim is the signer that most mail servers run.
type opendkim struct{ socket string }

// startOpenDKIM runs the program as a milter that signs for bank.example and
// evil.example. It skips the test where the program is not installed, and
// fails it where it must be (CI=true).
func startOpenDKIM(t *testing.T, canon string) opendkim {
	t.Helper()
	path, err := exec.LookPath("opendkim")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/opendkim"); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("opendkim is not installed (Debian: apt-get install opendkim)")
			}
			t.Skip("opendkim is not installed (Debian: apt-get install opendkim)")
		}
	}
	dir, err := os.MkdirTemp("", "od") // t.TempDir is too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	write := func(name string, text []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	key := write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(testKeys().rsa)}))
	keys := write("keys", []byte("bank bank.example:s1:"+key+"\nevil evil.example:s1:"+key+"\n"))
	// The signer is chosen by the From domain, but for mail of the list.
	who := write("who", []byte("*@bank.example bank\n*@list.bank.example evil\n*@evil.example evil\n"))
	o := opendkim{filepath.Join(dir, "s")}
	conf := write("conf", []byte("Mode s\nCanonicalization "+canon+"\nKeyTable file:"+keys+"\nSigningTable refile:"+who+
		"\nSignatureAlgorithm rsa-sha256\nOversignHeaders From\nRequireSafeKeys no\nSyslog no\nSocket local:"+o.socket+"\n"))
	var log bytes.Buffer
	cmd := exec.Command(path, "-f", "-x", conf)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	for wait := time.NewTicker(20 * time.Millisecond); ; <-wait.C {
		if c, err := net.Dial("unix", o.socket); err == nil {
			c.Close()
			return o
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("opendkim ended: %v\n%s", err, log.String())
		default:
		}
	}
}

// sign hands a message over as a mail server does (the milter protocol,
// version 6, with no options) and puts the header fields on top that come
// back.
func (o opendkim) sign(t *testing.T, msg string) string {
	t.Helper()
	c, err := net.Dial("unix", o.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	send := func(cmd byte, data string) {
		p := binary.BigEndian.AppendUint32(nil, uint32(len(data)+1))
		if _, err := c.Write(append(append(p, cmd), data...)); err != nil {
			t.Fatal(err)
		}
	}
	reply := func() (byte, string) {
		var n [4]byte
		if _, err := io.ReadFull(c, n[:]); err != nil {
			t.Fatal(err)
		}
		p := make([]byte, binary.BigEndian.Uint32(n[:]))
		if _, err := io.ReadFull(c, p); err != nil || len(p) == 0 {
			t.Fatal("milter reply: ", err)
		}
		return p[0], string(p[1:])
	}
	step := func(cmd byte, data string) {
		send(cmd, data)
		if r, _ := reply(); r != 'c' && r != 'O' {
			t.Fatalf("opendkim answers %q to %q", r, cmd)
		}
	}
	step('O', "\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x00\x00")
	step('C', "localhost\x004\x00\x19127.0.0.1\x00")
	step('H', "localhost\x00")
	step('M', "<bounce@bank.example>\x00")
	step('R', "<you@example.org>\x00")
	head, body, _ := strings.Cut(msg, "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n") { // none of ours is folded
		name, value, _ := strings.Cut(line, ": ")
		step('L', name+"\x00"+value+"\x00")
	}
	step('N', "")
	step('B', body)
	send('E', "")
	signed := msg
	for {
		r, data := reply()
		switch r {
		case 'i', 'h': // insert or add a header field
			if r == 'i' {
				data = data[4:] // where: on top
			}
			name, value, _ := strings.Cut(strings.TrimSuffix(data, "\x00"), "\x00")
			signed = name + ": " + strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n") + "\r\n" + signed
		case 'c', 'a':
			if !strings.HasPrefix(signed, "DKIM-Signature:") {
				t.Fatalf("opendkim did not sign:\n%s", signed)
			}
			return signed
		}
	}
}

// TestOpenDKIM: what the real signer signs and a real name server on loopback
// serves passes; each tampering is named for what it is.
func TestOpenDKIM(t *testing.T) {
	for _, canon := range []string{"relaxed/relaxed", "simple/simple", "relaxed/simple", "simple/relaxed"} {
		t.Run(canon, func(t *testing.T) { testOpenDKIM(t, startOpenDKIM(t, canon)) })
	}
}

func testOpenDKIM(t *testing.T, o opendkim) {
	k := testKeys()
	zone := dnstest.Zone{
		"TXT s1._domainkey.bank.example": {keyRecord(t, k.rsa)},
		"TXT s1._domainkey.evil.example": {keyRecord(t, k.rsa)},
		"TXT _dmarc.bank.example":        {"v=DMARC1; p=reject"},
		"TXT elsewhere.example":          {"v=spf1 -all"},
	}
	with := func(record string) dnstest.Zone {
		z := dnstest.Zone{}
		for n, r := range zone {
			z[n] = r
		}
		z["TXT s1._domainkey.bank.example"] = []string{record}
		return z
	}
	resolver := func(z dnstest.Zone) dns.Resolver {
		c, err := dns.NewClient(dns.Options{Servers: []string{z.Serve(t)}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	live := resolver(zone)
	good := o.sign(t, plainMail)
	odd := o.sign(t, strings.Replace(plainMail, "Hello,", "Hello, \t you  \r\n \r\n\r\n\t.", 1)+"\r\n \r\n\r\n")
	for _, tt := range []struct {
		name, raw string
		r         dns.Resolver
		dkim      analyze.Result
		aligned   bool
		reason    string
		dmarc     analyze.Result
	}{
		{"untouched", good, live, "pass", true, "", "pass"},
		{"odd white space", odd, live, "pass", true, "", "pass"},
		{"body", strings.Replace(good, "is ready", "is late", 1), live, "fail", true, reasonBodyOnly, "fail"},
		{"body added to", good + "P.S. pay here\r\n", live, "fail", true, reasonBodyOnly, "fail"},
		{"Subject", strings.Replace(good, "Your statement", "My statement", 1), live, "fail", true, "signed header fields were changed", "fail"},
		{"second From", "From: Bank <pay@bank.example>\r\n" + good, live, "fail", false, "signed header fields were changed", "permerror"},
		{"header and body", strings.ReplaceAll(good, "statement", "account"), live, "fail", true, reasonBodyHash, "fail"},
		{"key", good, resolver(with(keyRecord(t, k.other))), "fail", true, "not made with the published key", "fail"},
		{"key gone", good, resolver(with("NXDOMAIN")), "permerror", true, reasonKeyGone, "fail"},
		{"key revoked", good, resolver(with("v=DKIM1; k=rsa; p=")), "permerror", true, reasonKeyRevoked, "fail"},
		{"key too weak", good, resolver(with(keyRecord(t, k.weak))), "policy", true, "key too weak", "fail"},
		{"name server down", good, resolver(with("SERVFAIL")), "temperror", true, "could not be looked up", "unknown"},
		{"d=", strings.Replace(good, "d=bank.example", "d=evil.example", 1), live, "fail", false, "signed header fields were changed", "fail"},
		{"alignment", o.sign(t, strings.Replace(plainMail, "news@bank", "news@list.bank", 1)), live, "pass", false, "", "fail"},
	} {
		in := Input{Raw: []byte(tt.raw), At: time.Now(),
			Session: &Session{ClientIP: netip.MustParseAddr("192.0.2.9"), Helo: "h.elsewhere.example", MailFrom: "x@elsewhere.example"}}
		a := checker(t).Check(t.Context(), tt.r, in)
		d, m := find(a, analyze.MethodDKIM), find(a, analyze.MethodDMARC)
		if d.Result != tt.dkim || d.Aligned != tt.aligned || !strings.Contains(d.Reason, tt.reason) {
			t.Errorf("%s: dkim = %s, aligned %v, %q; want %s, %v, %q", tt.name, d.Result, d.Aligned, d.Reason, tt.dkim, tt.aligned, tt.reason)
		}
		if m.Result != tt.dmarc {
			t.Errorf("%s: dmarc = %s (%s), want %s", tt.name, m.Result, m.Reason, tt.dmarc)
		}
	}
}
