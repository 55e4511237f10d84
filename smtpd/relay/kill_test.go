package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// How often each of filter, next hop and client is killed. RELAY_KILLS changes
// it: 200 takes a minute.
const killRounds = 40

const killClients = 8

// TestMain runs the tests, or the process that one of them kills.
func TestMain(m *testing.M) {
	if role, dir := os.Getenv("RELAY_ROLE"), os.Getenv("RELAY_DIR"); role != "" {
		os.Exit(victim(role, dir))
	}
	goleak.VerifyTestMain(m)
}

// victim is the filter, or a next hop that notes each message that it takes
// in a file before it says 250.
func victim(role, dir string) int {
	name := filepath.Join(dir, role)
	_ = os.Remove(name) // of the one that was killed
	l, err := net.Listen("unix", name)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	if role == "filter" {
		s, err := New(Config{Hostname: host, Next: "smtp:" + filepath.Join(dir, "hop"), Policy: Policy{Default: DefaultActions()}}, &fake{})
		if err != nil || s.ServeSMTP(context.Background(), l) != nil {
			return 1
		}
		return 0
	}
	taken, err := os.OpenFile(filepath.Join(dir, "taken"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 1
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return 1
		}
		go noteTaken(c, taken)
	}
}

func noteTaken(c net.Conn, taken *os.File) {
	defer c.Close()
	in := bufio.NewReader(c)
	fmt.Fprint(c, "220 hop\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if !strings.HasPrefix(line, "DATA") {
			fmt.Fprint(c, "250 fine\r\n")
			continue
		}
		fmt.Fprint(c, "354 go\r\n")
		serial := ""
		for line != ".\r\n" {
			if line, err = in.ReadString('\n'); err != nil {
				return
			}
			if rest, ok := strings.CutPrefix(line, "Serial: "); ok {
				serial = strings.TrimSpace(rest)
			}
		}
		if _, err := taken.WriteString(serial + "\n"); err != nil {
			return
		}
		fmt.Fprint(c, "250 taken\r\n")
	}
}

// part is a process that is killed and started again.
type part struct {
	t         *testing.T
	role, dir string
	cmd       *exec.Cmd
}

func (p *part) start() {
	p.t.Helper()
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), "RELAY_ROLE="+p.role, "RELAY_DIR="+p.dir)
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		p.t.Fatalf("%s does not start: %q %v", p.role, line, err)
	}
}

func (p *part) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	_ = p.cmd.Wait()         // killed, as it should be
}

// attempts is what came of one message so far.
type attempts struct {
	done    bool
	unsure  int // answers that never came, or that say that the next hop's never came
	refused int
}

// bringer is a client that brings numbered messages until each got its 250, over
// whatever happens.
type bringer struct {
	addr string
	mu   sync.Mutex
	conn net.Conn // in use
}

// cut kills the client's side of its connection.
func (b *bringer) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil {
		b.conn.Close()
	}
}

// once tries to bring a message. Unsure tells that its last dot was sent and no
// answer was read.
func (b *bringer) once(serial string) (ok, unsure bool, err error) {
	c, err := net.Dial("unix", b.addr)
	if err != nil {
		return false, false, err
	}
	b.mu.Lock()
	b.conn = c
	b.mu.Unlock()
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(c)
	body := "Serial: " + serial + "\r\n\r\n" + strings.Repeat("some text\r\n", rand.IntN(2000))
	for i, say := range []string{"", "EHLO c.example\r\n", "MAIL FROM:<a@c.example>\r\n", "RCPT TO:<b@d.example>\r\n", "DATA\r\n", body + ".\r\n"} {
		if _, err := c.Write([]byte(say)); err != nil {
			return false, i == 5, err
		}
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return false, i == 5, err
			}
			if len(line) > 3 && line[3] == '-' {
				continue
			}
			if line[0] != '2' && line[0] != '3' {
				return false, i == 5 && strings.Contains(line, "4.4.2"), errors.New(line)
			}
			break
		}
	}
	return true, false, nil
}

// TestKilled kills filter, next hop and client at random under load. Every message
// that got 250 is at the next hop, and more than once only as often as an answer
// was lost on its way, which is SMTP's own window (RFC 1047).
func TestKilled(t *testing.T) {
	rounds := killRounds
	if s := os.Getenv("RELAY_KILLS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "rk") // t.TempDir is too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	parts := []*part{{t: t, role: "hop", dir: dir}, {t: t, role: "filter", dir: dir}}
	for _, p := range parts {
		p.start()
		t.Cleanup(p.kill)
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	all := make([]map[string]*attempts, killClients)
	clients := make([]*bringer, killClients)
	for i := range killClients {
		b, mine := &bringer{addr: filepath.Join(dir, "filter")}, map[string]*attempts{}
		clients[i], all[i] = b, mine
		wg.Go(func() {
			for n := 0; !stop.Load(); n++ {
				serial := fmt.Sprintf("%d-%d", i, n)
				a := &attempts{}
				mine[serial] = a
				for !a.done {
					ok, unsure, err := b.once(serial)
					a.done = ok
					if unsure {
						a.unsure++
					}
					if err != nil {
						a.refused++
					}
				}
			}
		})
	}
	kills := [3]int{}
	for kills[0] < rounds || kills[1] < rounds || kills[2] < rounds {
		<-time.After(time.Duration(rand.IntN(40)+2) * time.Millisecond) // the moment is random
		who := rand.IntN(3)
		if kills[who] == rounds {
			continue
		}
		kills[who]++
		if who == 2 {
			clients[rand.IntN(killClients)].cut()
			continue
		}
		parts[who].kill()
		parts[who].start()
	}
	stop.Store(true)
	wg.Wait()
	countTaken(t, dir, all, kills)
}

func countTaken(t *testing.T, dir string, all []map[string]*attempts, kills [3]int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "taken"))
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]int{}
	for _, serial := range strings.Fields(string(text)) {
		taken[serial]++
	}
	messages, again, twice, lost := 0, 0, 0, 0
	for _, mine := range all {
		for serial, a := range mine {
			messages++
			again += a.refused
			n := taken[serial]
			switch {
			case n == 0:
				lost++
				t.Errorf("message %s got 250 and is lost", serial)
			case n > 1+a.unsure:
				t.Errorf("message %s arrived %d times, and only %d answers were lost", serial, n, a.unsure)
			case n > 1:
				twice++
			}
		}
	}
	t.Logf("%d messages got 250 over %d kills of the next hop, %d of the filter and %d of clients; %d attempts failed, %d messages arrived more than once for a lost answer, %d lost",
		messages, kills[0], kills[1], kills[2], again, twice, lost)
	if messages < kills[0] {
		t.Errorf("only %d messages: the load was too small to show anything", messages)
	}
}
