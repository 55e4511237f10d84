package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reportascam/smtpd"
)

// process is a running server.
type process struct {
	cmd  *exec.Cmd
	addr string
}

func build(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "reportascam")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// start runs the server and waits until it says where it listens.
func start(t *testing.T, bin, data string, env ...string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, "serve", "--listen", "127.0.0.1:0", "--data", data)
	cmd.Env = append(append(os.Environ(), "REPORTASCAM_DNS_SERVERS=127.0.0.1:9", "REPORTASCAM_LOG_LEVEL=error"), env...)
	return startCommand(t, cmd, data)
}

// startWith is start with flags.
func startWith(t *testing.T, bin, data string, flags ...string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, flags...)...)
	cmd.Env = append(os.Environ(), "REPORTASCAM_LOG_LEVEL=error")
	return startCommand(t, cmd, data)
}

func startCommand(t *testing.T, cmd *exec.Cmd, data string) *process {
	t.Helper()
	log, err := os.OpenFile(data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), "reportascam listens on "); found {
			addr, _, _ := strings.Cut(rest, " ")
			go func() {
				for lines.Scan() { // keep the pipe empty
				}
			}()
			return &process{cmd: cmd, addr: addr}
		}
	}
	text, _ := os.ReadFile(data + ".log")
	t.Fatalf("the server did not start:\n%s", text)
	return nil
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server stopped with %v, want success", err)
	}
}

// listen runs srv on a port of its own until the test ends.
func listen(t *testing.T, srv *smtpd.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- srv.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		<-done
	})
	return l.Addr().String()
}

// temporary tells whether err is a 451 that names no disk.
func temporary(err error) bool {
	return strings.Contains(err.Error(), ": 451 ") && !strings.Contains(err.Error(), "disk")
}

// sendReport sends one report, as it is, and gives the ID in the answer to
// DATA.
func sendReport(ctx context.Context, addr, from string, raw []byte) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return "", err
	}
	in := bufio.NewReader(conn)
	text := strings.ReplaceAll(string(raw), "\r\n.", "\r\n..")
	if strings.HasPrefix(text, ".") {
		text = "." + text
	}
	if !strings.HasSuffix(text, "\r\n") {
		text += "\r\n"
	}
	steps := []string{"", "HELO client.example\r\n", "MAIL FROM:<" + from + ">\r\n", "RCPT TO:<reportascam@localhost>\r\n", "DATA\r\n", text + ".\r\n"}
	for i, step := range steps {
		if _, err := conn.Write([]byte(step)); err != nil {
			return "", err
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line[0] != '2' && line[0] != '3' {
			return "", fmt.Errorf("%.10q: %s", step, line)
		}
		if i == len(steps)-1 {
			words := strings.Fields(line)
			return words[len(words)-1], nil
		}
	}
	return "", errors.New("no answer to the message")
}
