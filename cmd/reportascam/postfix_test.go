package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/mail"
	"net/smtp"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
	"reportascam/smtpd/send"
)

// post is a mail host of home.example made of Debian's Postfix and OpenDKIM,
// all of it on loopback and in a folder of its own.
type post struct {
	dir    string // which users other than root can enter
	out    string // where home.example's people hand their mail in; it is signed
	in     string // where others deliver; signatures are verified
	port   string // of in
	verify string // the milter's ports
	sign   string
	dns    string
}

// need gives the path of a program of Debian's. Without it the test is
// skipped, and fails where everything has to be there.
func need(t *testing.T, program string) string {
	t.Helper()
	for _, dir := range []string{"/usr/sbin", "/usr/bin", "/usr/lib/postfix/sbin"} {
		if p := filepath.Join(dir, program); fileThere(p) {
			return p
		}
	}
	missing := program + " is not installed: apt-get install postfix opendkim"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

func fileThere(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// freePort gives a port that nothing listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func (p *post) write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// newPost makes the folder and chooses the ports.
func newPost(t *testing.T) *post {
	t.Helper()
	need(t, "postfix")
	need(t, "opendkim")
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("Postfix needs root")
		}
		t.Skip("Postfix needs root")
	}
	dir, err := os.MkdirTemp("", "post")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := &post{dir: dir, port: freePort(t), verify: freePort(t), sign: freePort(t)}
	p.in, p.out = "127.0.0.1:"+p.port, "127.0.0.1:"+freePort(t)
	return p
}

// key makes a DKIM key file, and gives the record that publishes it.
func (p *post) key(t *testing.T, name string) (file, record string) {
	t.Helper()
	key, text, err := send.GenerateKey("rsa", 0)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := send.Record(key)
	if err != nil {
		t.Fatal(err)
	}
	file = p.write(t, name, string(text))
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, strings.Join(parts, "")
}

// certify makes a certificate by nobody but itself.
func (p *post) certify(t *testing.T, host string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{host}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile = p.write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	keyFile = p.write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	return certFile, keyFile
}

// digest gives the SHA-256 of a certificate file's certificate, in hex.
func (p *post) digest(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

// milter runs an OpenDKIM in the foreground until the test ends.
func (p *post) milter(t *testing.T, port, conf string) {
	t.Helper()
	resolver := p.write(t, "unbound.conf", fmt.Sprintf("server:\n do-not-query-localhost: no\n module-config: \"iterator\"\nforward-zone:\n name: \".\"\n forward-addr: %s\n",
		strings.Replace(p.dns, ":", "@", 1)))
	file := p.write(t, "opendkim."+port, fmt.Sprintf("Socket inet:%s@127.0.0.1\nSyslog no\nRequireSafeKeys no\nResolverConfiguration %s\nAuthservID mx.home.example\n%s", port, resolver, conf))
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, need(t, "opendkim"), "-f", "-x", file)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // killed
		if t.Failed() {
			t.Logf("opendkim: %s", said.String())
		}
	})
}

// start runs Postfix, which passes mail for the desk on to its address.
func (p *post) start(t *testing.T, desk string) {
	t.Helper()
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	for name, as := range map[string]int{"queue": 0, "data": uid, "mail": uid} {
		if err := os.MkdirAll(filepath.Join(p.dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(filepath.Join(p.dir, name), as, gid); err != nil {
			t.Fatal(err)
		}
	}
	cert, key := p.certify(t, "mx.home.example")
	host, port, _ := net.SplitHostPort(desk)
	p.write(t, "etc/main.cf", strings.NewReplacer("DIR", p.dir, "UID", owner.Uid, "GID", owner.Gid, "DESK", "["+host+"]:"+port, "CERT", cert, "KEY", key).Replace(`compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
daemon_directory = /usr/lib/postfix/sbin
maillog_file = DIR/log
maillog_file_prefixes = DIR
myhostname = mx.home.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
disable_dns_lookups = yes
smtp_host_lookup = native
transport_maps = inline:{desk.example=smtp:DESK}
virtual_mailbox_domains = home.example
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = inline:{ann@home.example=ann/}
virtual_uid_maps = static:UID
virtual_gid_maps = static:GID
virtual_minimum_uid = 1
alias_maps =
local_recipient_maps =
smtpd_tls_received_header = yes
smtpd_tls_cert_file = CERT
smtpd_tls_key_file = KEY
milter_default_action = tempfail
milter_protocol = 6
`))
	p.write(t, "etc/master.cf", strings.NewReplacer("INSERVICE", p.in, "OUTSERVICE", p.out, "VERIFY", p.verify, "SIGN", p.sign).Replace(`INSERVICE inet n - n - - smtpd
  -o smtpd_tls_security_level=may -o smtpd_milters=inet:127.0.0.1:VERIFY -o mynetworks= -o smtpd_relay_restrictions=reject_unauth_destination
OUTSERVICE inet n - n - - smtpd
  -o smtpd_milters=inet:127.0.0.1:SIGN
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`))
	run := func(word string) ([]byte, error) {
		return exec.Command(need(t, "postfix"), "-c", filepath.Join(p.dir, "etc"), word).CombinedOutput()
	}
	if out, err := run("start"); err != nil {
		t.Fatalf("postfix start: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if out, err := run("stop"); err != nil {
			t.Errorf("postfix stop: %v\n%s", err, out)
		}
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(p.dir, "log"))
			t.Logf("Postfix:\n%s", text)
		}
	})
}

// mailbox waits for n messages of ann's, and gives them.
func (p *post) mailbox(t *testing.T, n int) (files []string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		files, _ = filepath.Glob(filepath.Join(p.dir, "mail/ann/new/*"))
		if len(files) >= n {
			return files
		}
	}
	t.Fatalf("%d messages in the mailbox, want %d", len(files), n)
	return nil
}

const scamReport = `From: Ann <ann@home.example>
To: reportascam@desk.example
Subject: Fwd: Your account is limited
Message-ID: <one@home.example>
Date: Mon, 2 Mar 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Is this real?
--b
Content-Type: message/rfc822

From: PayPal <service@paypa1-help.example>
To: ann@home.example
Subject: Your account is limited
Message-ID: <x@paypa1-help.example>
Date: Mon, 2 Mar 2026 09:00:00 +0000
Content-Type: text/plain

Confirm your password at https://paypa1-help.example/login within 24 hours.
--b--
`

// TestRealPost: a report goes through a real Postfix that signs it, the desk
// judges it and sends its answer to the reader's own mail host, by STARTTLS with
// the certificate that the host's TLSA record names and no other, and that
// host's verifier and ours find it to be the desk's.
func TestRealPost(t *testing.T) {
	p := newPost(t)
	bin, data := build(t, p.dir), filepath.Join(p.dir, "desk")
	deskKey, deskRecord := p.key(t, "desk.pem")
	homeKey, homeRecord := p.key(t, "home.pem")
	zone := dnstest.Zone{
		"MX home.example": {"10 mx.home.example"}, "A mx.home.example": {"127.0.0.1"}, "A mx.desk.example": {"127.0.0.1"},
		"TXT s1._domainkey.home.example": {homeRecord}, "TXT _dmarc.home.example": {"v=DMARC1; p=reject"},
		"TXT d1._domainkey.desk.example": {deskRecord}, "TXT _dmarc.desk.example": {"v=DMARC1; p=reject"},
		"TXT mx.desk.example": {"v=spf1 ip4:127.0.0.1 -all"}, "TXT home.example": {"v=spf1 -all"},
	}
	server := zone.Server(t)
	server.Validate()
	p.dns = server.Addr
	// The mail host's key is not known yet: until it is, DANE keeps the reply.
	server.Set("TLSA _"+p.port+"._tcp.mx.home.example", "3 1 1 "+strings.Repeat("00", 32))
	d := start(t, bin, data, "REPORTASCAM_ADDRESSES=reportascam@desk.example", "REPORTASCAM_HOSTNAME=mx.desk.example", "REPORTASCAM_TRUSTED_NETWORKS=",
		"REPORTASCAM_DNS_SERVERS="+p.dns, "REPORTASCAM_DNS_CACHE=-1", "REPORTASCAM_BIMI_ENABLED=false", "REPORTASCAM_SEND_VIA=mx", "REPORTASCAM_SEND_MX_PORT="+p.port, "REPORTASCAM_SEND_ALLOW_PRIVATE=true",
		"REPORTASCAM_SEND_DKIM_KEY="+deskKey, "REPORTASCAM_SEND_DKIM_SELECTOR=d1", "REPORTASCAM_SEND_DKIM_DOMAIN=desk.example")
	defer d.stop(t)
	p.milter(t, p.sign, "Mode s\nDomain home.example\nSelector s1\nKeyFile "+homeKey+"\n")
	p.milter(t, p.verify, "Mode v\nInternalHosts 192.0.2.1\n")
	p.start(t, d.addr)

	if err := smtp.SendMail(p.out, nil, "ann@home.example", []string{"reportascam@desk.example"}, []byte(strings.ReplaceAll(scamReport, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; {
		text, err := exec.CommandContext(t.Context(), bin, "queue", "list", "--data", data).Output()
		if err == nil && bytes.Contains(text, []byte("no certificate that the TLSA records name")) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("queue list: %s %v, want a reply kept by DANE", text, err)
		}
	}
	server.Set("TLSA _"+p.port+"._tcp.mx.home.example", "3 0 1 "+p.digest(t, "cert.pem"))
	if text, err := exec.CommandContext(t.Context(), bin, "queue", "retry", "--all", "--data", data).CombinedOutput(); err != nil {
		t.Fatalf("queue retry: %v\n%s", err, text)
	}
	file := p.mailbox(t, 1)[0]
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	h := m.Header
	for field, want := range map[string]string{"Return-Path": "<>", "In-Reply-To": "<one@home.example>", "References": "<one@home.example>", "Auto-Submitted": "auto-replied",
		"X-Auto-Response-Suppress": "All", "To": "ann@home.example", "Delivered-To": "ann@home.example"} {
		if got := strings.Trim(h.Get(field), " "); got != want && got != "<"+want+">" {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if got := h.Get("Authentication-Results"); !strings.Contains(got, "mx.home.example; dkim=pass") || !strings.Contains(got, "header.d=desk.example") {
		t.Errorf("opendkim says %q, want a pass for desk.example", got)
	}
	if got := strings.Join(h["Received"], "\n"); !strings.Contains(got, "using TLSv1.") || !strings.Contains(got, "from mx.desk.example") {
		t.Errorf("Received: %s, want TLS, from mx.desk.example", got)
	}
	out, err := exec.CommandContext(t.Context(), bin, "auth", "--json", "--ip", "127.0.0.1", "--helo", "mx.desk.example", "--dns", p.dns, file).Output()
	if err != nil {
		t.Fatalf("auth: %v", err)
	}
	var a struct{ analyze.Auth }
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	for _, method := range []analyze.Method{analyze.MethodSPF, analyze.MethodDKIM, analyze.MethodDMARC} {
		if !slices.ContainsFunc(a.Results, func(r analyze.AuthResult) bool {
			return r.Method == method && r.Result == analyze.ResultPass && (r.Aligned || method == analyze.MethodDMARC)
		}) {
			t.Errorf("auth finds no aligned %s pass in %+v", method, a.Results)
		}
	}
}
