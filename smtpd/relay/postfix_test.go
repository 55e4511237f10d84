package relay

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// postfix is a real Postfix (Debian) with an instance of its own on loopback.
// What it accepts goes to a sink.
type postfix struct {
	dir  string
	sink *sink
	// Where it listens: through the filter before the queue, behind it, with it as
	// a content filter, as a milter on a socket, and alone.
	proxy, back, content, milter, lone string
	relay                              string // where the filter is to listen
	socket                             string // and the milter
}

// freePort gives an address that nothing listens at, below those that clients
// are given, so that none takes it meanwhile.
func freePort(t testing.TB) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000)))
		if err != nil {
			continue
		}
		defer l.Close()
		return l.Addr().String()
	}
}

// mustHave skips a test where a program is missing, and fails it in CI.
func mustHave(t testing.TB, program, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + program)
	}
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed (Debian: apt-get install %s)", program, pkg)
	}
	t.Skipf("%s is not installed (Debian: apt-get install %s)", program, pkg)
	return ""
}

const mainCF = `compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = back.example.org
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
default_transport = smtp:[127.0.0.1]:%[2]s
relay_transport = smtp:[127.0.0.1]:%[2]s
relay_domains = example.org
smtpd_relay_restrictions = permit_mynetworks, permit_auth_destination, reject
smtpd_recipient_restrictions =
smtpd_authorized_xforward_hosts = 127.0.0.0/8
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_line_length_limit = 0
in_flow_delay = 0
append_dot_mydomain = no
local_header_rewrite_clients =
smtpd_client_event_limit_exceptions = 127.0.0.0/8
message_size_limit = 60000000
default_process_limit = 100
default_destination_concurrency_limit = 20
smtpd_hard_error_limit = 100
milter_connect_timeout = 30s
milter_default_action = tempfail
smtp_tls_security_level = none
`

const masterCF = `%[1]s inet n - n - 100 smtpd -o smtpd_proxy_filter=%[6]s
%[2]s inet n - n - 100 smtpd
%[3]s inet n - n - 100 smtpd -o content_filter=smtp:[%[7]s]:%[8]s
%[4]s inet n - n - 100 smtpd -o smtpd_milters=unix:%[9]s
%[5]s inet n - n - 100 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp -o smtp_send_xforward_command=yes
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// startPostfix runs one until the test ends.
func startPostfix(t testing.TB) *postfix {
	t.Helper()
	program := mustHave(t, "postfix", "postfix")
	if os.Getuid() != 0 {
		t.Skip("Postfix starts as root only")
	}
	dir, err := os.MkdirTemp("/var/tmp", "pf")
	if err != nil {
		t.Fatal(err)
	}
	p := &postfix{dir: dir, sink: newSink(t, false, "8BITMIME", "XFORWARD NAME ADDR HELO"), proxy: freePort(t), back: freePort(t), content: freePort(t), milter: freePort(t), lone: freePort(t), relay: freePort(t),
		socket: filepath.Join(dir, "milter.sock")}
	_ = os.Chmod(dir, 0o755)
	_, sinkPort, _ := net.SplitHostPort(p.sink.addr)
	relayHost, relayPort, _ := net.SplitHostPort(p.relay)
	files := map[string]string{"main.cf": fmt.Sprintf(mainCF, dir, sinkPort),
		"master.cf": fmt.Sprintf(masterCF, p.proxy, p.back, p.content, p.milter, p.lone, p.relay, relayHost, relayPort, p.socket)}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"spool", "data"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("chown", "postfix", filepath.Join(dir, "data")).CombinedOutput(); err != nil {
		t.Fatalf("chown: %v\n%s", err, out)
	}
	run := func(verb string) ([]byte, error) {
		cmd := exec.Command(program, "-c", dir, verb)
		return cmd.CombinedOutput()
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Logf("Postfix's log:\n%.6000s", log[max(0, len(log)-6000):])
		}
		_, _ = run("abort") // it may not have started
		os.RemoveAll(dir)
	})
	if out, err := run("start"); err != nil {
		t.Fatalf("starting Postfix: %v\n%s", err, out)
	}
	for end := time.Now().Add(20 * time.Second); ; {
		c, err := net.Dial("tcp", p.lone)
		if err == nil {
			c.Close()
			return p
		}
		if time.Now().After(end) {
			t.Fatal("Postfix does not listen")
		}
	}
}

// filter runs the filter where Postfix expects it.
func (p *postfix) filter(t testing.TB, cfg Config, e Engine) *Server {
	t.Helper()
	cfg.Next, cfg.Believed = "smtp:"+p.back, loopback
	_, s := serveWith(t, cfg, e, "tcp", p.relay, (*Server).ServeSMTP)
	return s
}

// milterSocket runs the milter where Postfix expects it.
func (p *postfix) milterSocket(t testing.TB, cfg Config, e Engine) *Server {
	t.Helper()
	_, s := serveWith(t, cfg, e, "unix", p.socket, (*Server).ServeMilter)
	if err := os.Chmod(p.socket, 0o666); err != nil {
		t.Fatal(err)
	}
	return s
}

// arrived waits until the sink has n messages.
func (p *postfix) arrived(t testing.TB, n int) []letter {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		if got := p.sink.letters(); len(got) >= n {
			return got
		}
		<-time.After(5 * time.Millisecond)
	}
	t.Fatalf("%d messages arrived, want %d", len(p.sink.letters()), n)
	return nil
}

// drained waits until Postfix's queue is empty.
func (p *postfix) drained(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); {
		n := 0
		for _, q := range []string{"incoming", "active", "maildrop", "deferred"} {
			_ = filepath.Walk(filepath.Join(p.dir, "spool", q), func(_ string, info os.FileInfo, err error) error {
				if err == nil && info.Mode().IsRegular() {
					n++
				}
				return nil
			})
		}
		if n == 0 {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Fatal("Postfix's queue is not empty")
}

// signed signs a message with opendkim, and gives it with a file that makes
// opendkim verify it.
func signed(t testing.TB, text string) (string, func(string) string) {
	t.Helper()
	tool := mustHave(t, "opendkim-testmsg", "opendkim-tools")
	verifier := mustHave(t, "opendkim", "opendkim")
	dir := t.TempDir()
	if out, err := exec.Command("openssl", "genrsa", "-out", filepath.Join(dir, "key"), "2048").CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	key, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	public := exec.Command("openssl", "rsa", "-pubout", "-in", filepath.Join(dir, "key"))
	pub, err := public.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(pub)), "\n")
	record := "v=DKIM1; k=rsa; p=" + strings.Join(lines[1:len(lines)-1], "")
	_ = key
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("keys", "s1._domainkey.bank.example "+record+"\n")
	write("conf", "Mode v\nTestDNSData file:keys\nSyslog no\nMinimumKeyBits 1024\nSocket local:none\n")
	cmd := exec.Command(tool, "-K", "-d", "bank.example", "-k", filepath.Join(dir, "key"), "-s", "s1")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("opendkim-testmsg: %v %s", err, out)
	}
	msg := strings.ReplaceAll(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n", "\r\n")
	return msg, func(arrived string) string {
		write("1.eml", arrived)
		cmd := exec.Command(verifier, "-x", "conf", "-t", "1.eml")
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput() // its words say it
		return string(out)
	}
}

// bring sends a message as a client does, and gives the answer.
func bring(addr, text string, rcpts ...string) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Hello("client.example"); err != nil {
		return err
	}
	return bringOn(c, text, rcpts...)
}

func bringOn(c *smtp.Client, text string, rcpts ...string) error {
	if err := c.Mail("a@client.example"); err != nil {
		return err
	}
	for _, r := range rcpts {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.Close()
}

// withoutTrace takes the Received fields off the top.
func withoutTrace(raw string) string {
	for strings.HasPrefix(raw, "Received:") {
		end := 0
		scanFields([]byte(raw), func(start, e int, _ string, _ []byte) {
			if start == 0 {
				end = e
			}
		})
		raw = raw[end:]
	}
	return raw
}
