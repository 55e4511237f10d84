package send

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The ways in which a fake server fails; any other text is sent as it is.
const (
	drop    = "<drop>"    // closes the connection
	stall   = "<stall>"   // says nothing more, reads nothing more
	deaf    = "<deaf>"    // 354, and then reads nothing of the message
	endless = "<endless>" // a reply without an end
)

// script is a fake server: what it says to each command, by its first word.
// "" is the greeting, "." the end of the message.
type script map[string]string

func (s script) reply(verb string) string {
	if r, ok := s[verb]; ok {
		return r
	}
	switch verb {
	case "":
		return "220 fake ready\r\n"
	case "EHLO":
		return "250-fake\r\n250-8bitmime\r\n250-dsn\r\n250 SIZE 1000\r\n"
	case "DATA":
		return "354 go on\r\n"
	case "QUIT":
		return "221 bye\r\n"
	}
	return "250 ok\r\n"
}

// talk serves one connection until it ends; it gives the commands it read.
func (s script) talk(conn net.Conn) (heard []string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	verb, inData := "", false
	for {
		if verb != "data line" {
			switch reply := s.reply(verb); reply {
			case drop:
				return heard
			case stall:
				s.wait(conn)
				return heard
			case deaf:
				io.WriteString(conn, "354 go on\r\n")
				s.wait(conn)
				return heard
			case endless:
				for {
					if _, err := io.WriteString(conn, "250-more and more and more\r\n"); err != nil {
						return heard
					}
				}
			default:
				if _, err := io.WriteString(conn, reply); err != nil {
					return heard
				}
				inData = verb == "DATA" && strings.HasPrefix(reply, "354")
			}
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return heard
		}
		line = strings.TrimRight(line, "\r\n")
		if inData && line != "." {
			verb = "data line"
			continue
		}
		heard = append(heard, line)
		verb, _, _ = strings.Cut(line, " ")
	}
}

// wait blocks until the client has given up. Nothing is read meanwhile, so
// that what the client writes has nowhere to go: net.Pipe has no buffer.
func (s script) wait(conn net.Conn) {
	p := conn.(*patient)
	<-p.gone
}

// patient is the server's end of a pipe that knows when the client's is
// closed.
type patient struct {
	net.Conn
	gone <-chan struct{}
}

type leaving struct {
	net.Conn
	once sync.Once
	gone chan struct{}
}

func (l *leaving) Close() error {
	l.once.Do(func() { close(l.gone) })
	return l.Conn.Close()
}

// against runs one Send against the script in a bubble of fake time.
func against(t *testing.T, s script, h SmartHost) (heard []string, took time.Duration, err error) {
	t.Helper()
	begin := time.Now()
	said := make(chan []string, 4)
	calls := 0
	h.Addr, h.Hostname = "smart.example:25", "mx.desk.example"
	h.Dial = func(context.Context, string, string) (net.Conn, error) {
		calls++
		c, srv := net.Pipe()
		gone := make(chan struct{})
		go func() { said <- s.talk(&patient{srv, gone}) }()
		return &leaving{Conn: c, gone: gone}, nil
	}
	err = h.Send(t.Context(), note())
	took = time.Since(begin)
	for range calls {
		heard = append(heard, <-said...)
	}
	return heard, took, err
}

func TestFaults(t *testing.T) {
	limit := Timeouts{Connect: 5 * time.Second, Command: 10 * time.Second, Write: 20 * time.Second, Final: 40 * time.Second, Total: time.Minute}
	long := "250 " + strings.Repeat("x", 5000) + "\r\n"
	tests := []struct {
		name   string
		script script
		want   any // a code, an error, nil for delivered
		after  time.Duration
	}{
		{"all well", script{}, nil, 0},
		{"QUIT dropped", script{"QUIT": drop}, nil, 0},
		{"QUIT stalled", script{"QUIT": stall}, nil, time.Second},
		{"QUIT garbage", script{"QUIT": "\x00\xff\r\n"}, nil, 0},
		{"greeting dropped", script{"": drop}, io.EOF, 0},
		{"greeting stalled", script{"": stall}, os.ErrDeadlineExceeded, limit.Command},
		{"greeting 554", script{"": "554 go away\r\n"}, 554, 0},
		{"greeting 421", script{"": "421 busy\r\n"}, 421, 0},
		{"greeting of HTTP", script{"": "HTTP/1.1 400 Bad Request\r\n\r\n"}, ErrGarbage, 0},
		{"greeting endless line", script{"": long}, ErrReplyTooLong, 0},
		{"greeting endless", script{"": endless}, ErrReplyTooLong, 0},
		{"greeting with two codes", script{"": "220-hi\r\n250 there\r\n"}, ErrGarbage, 0},
		{"greeting cut", script{"": "22"}, os.ErrDeadlineExceeded, limit.Command},
		{"long greeting", script{"": "220-one\r\n220-two\r\n220 three\r\n"}, nil, 0},
		{"greeting with bare LF", script{"": "220 hi\n"}, nil, 0},
		{"EHLO dropped", script{"EHLO": drop}, io.EOF, 0},
		{"EHLO stalled", script{"EHLO": stall}, os.ErrDeadlineExceeded, limit.Command},
		{"EHLO refused, HELO taken", script{"EHLO": "502 what?\r\n"}, nil, 0},
		{"EHLO and HELO refused", script{"EHLO": "502 what?\r\n", "HELO": "550 no\r\n"}, 550, 0},
		{"EHLO endless", script{"EHLO": endless}, ErrReplyTooLong, 0},
		{"MAIL dropped", script{"MAIL": drop}, io.EOF, 0},
		{"MAIL stalled", script{"MAIL": stall}, os.ErrDeadlineExceeded, limit.Command},
		{"MAIL 452", script{"MAIL": "452 full\r\n"}, 452, 0},
		{"MAIL 550", script{"MAIL": "550 no\r\n"}, 550, 0},
		{"MAIL garbage", script{"MAIL": "ok then\r\n"}, ErrGarbage, 0},
		{"MAIL 354", script{"MAIL": "354 go on\r\n"}, ErrGarbage, 0},
		{"MAIL long line", script{"MAIL": long}, ErrReplyTooLong, 0},
		{"greylisted", script{"RCPT": "451 4.7.1 Greylisted, come back\r\n"}, 451, 0},
		{"greylisted in many lines", script{"RCPT": "450-4.7.1 wait\r\n450-4.7.1 a\r\n450 4.7.1 bit\r\n"}, 450, 0},
		{"RCPT 550", script{"RCPT": "550 5.1.1 no such user\r\n"}, 550, 0},
		{"RCPT 251", script{"RCPT": "251 will forward\r\n"}, nil, 0},
		{"RCPT dropped", script{"RCPT": drop}, io.EOF, 0},
		{"RCPT stalled", script{"RCPT": stall}, os.ErrDeadlineExceeded, limit.Command},
		{"RCPT endless", script{"RCPT": endless}, ErrReplyTooLong, 0},
		{"DATA 554", script{"DATA": "554 no\r\n"}, 554, 0},
		{"DATA 250", script{"DATA": "250 thanks\r\n"}, ErrGarbage, 0},
		{"DATA dropped", script{"DATA": drop}, io.EOF, 0},
		{"DATA stalled", script{"DATA": stall}, os.ErrDeadlineExceeded, limit.Command},
		{"stops reading in DATA", script{"DATA": deaf}, os.ErrDeadlineExceeded, limit.Write},
		{"end 451", script{".": "451 try again\r\n"}, 451, 0},
		{"end 552", script{".": "552 too big\r\n"}, 552, 0},
		{"end dropped", script{".": drop}, io.EOF, 0},
		{"end stalled", script{".": stall}, os.ErrDeadlineExceeded, limit.Final},
		{"end garbage", script{".": "\xff\xfe\r\n"}, ErrGarbage, 0},
		{"end endless", script{".": endless}, ErrReplyTooLong, 0},
		{"code of six", script{".": "666 beast\r\n"}, ErrGarbage, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				heard, took, err := against(t, tt.script, SmartHost{TLS: TLSNone, Timeouts: limit})
				switch want := tt.want.(type) {
				case nil:
					if err != nil {
						t.Errorf("Send = %v, want delivered", err)
					}
				case int:
					r, ok := errors.AsType[*Refused](err)
					if !ok || r.Code != want {
						t.Errorf("Send = %v, want code %d", err, want)
					}
					if Permanent(err) != (want >= 500 && r.Stage != stageConnect && r.Stage != stageEHLO) {
						t.Errorf("Permanent(%v) = %v", err, Permanent(err))
					}
				case error:
					if want == io.EOF && errors.Is(err, io.ErrClosedPipe) {
						want = io.ErrClosedPipe // which of the two depends on who was first
					}
					if !errors.Is(err, want) || Permanent(err) {
						t.Errorf("Send = %v, want %v, temporary", err, want)
					}
				}
				if took != tt.after {
					t.Errorf("Send took %v, want %v", took, tt.after)
				}
				for _, line := range heard {
					if strings.Contains(line, "localhost") {
						t.Errorf("said %q, want our own name", line)
					}
				}
			})
		})
	}
}

func TestTotalAndCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, took, err := against(t, script{"MAIL": stall}, SmartHost{TLS: TLSNone, Timeouts: Timeouts{Total: 90 * time.Second}})
		if !errors.Is(err, context.DeadlineExceeded) || took != 90*time.Second || Permanent(err) {
			t.Errorf("Send = %v after %v, want DeadlineExceeded after 90 s", err, took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, srv := net.Pipe()
		gone := make(chan struct{})
		go script{"": stall}.talk(&patient{srv, gone})
		h := &SmartHost{Addr: "smart.example:25", Hostname: "mx.desk.example",
			Dial: func(context.Context, string, string) (net.Conn, error) { return &leaving{Conn: c, gone: gone}, nil }}
		ended := make(chan error)
		go func() { ended <- h.Send(ctx, note()) }()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, want Canceled", err)
		}
	})
}

func TestStartTLSRefused(t *testing.T) {
	offer := "250-fake\r\n250-starttls\r\n250 DSN\r\n"
	tests := []struct {
		name   string
		policy TLSPolicy
		script script
		ok     bool
		dials  int // greetings, so to say: EHLO is said once before TLS and once for the library
	}{
		{"opportunistic, 454", TLSOpportunistic, script{"EHLO": offer, "STARTTLS": "454 not now\r\n"}, true, 2},
		{"opportunistic, no TLS behind the 220", TLSOpportunistic, script{"EHLO": offer, "STARTTLS": "220 go on\r\n250 and more\r\n"}, true, 2},
		{"opportunistic, dropped at STARTTLS", TLSOpportunistic, script{"EHLO": offer, "STARTTLS": drop}, true, 2},
		{"required, 454", TLSRequired, script{"EHLO": offer, "STARTTLS": "454 not now\r\n"}, false, 1},
		{"required, plain text injected", TLSRequired, script{"EHLO": offer, "STARTTLS": "220 go on\r\n250-fake\r\n250 AUTH PLAIN\r\n"}, false, 1},
		{"required, stripped", TLSRequired, script{}, false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				heard, _, err := against(t, tt.script, SmartHost{TLS: tt.policy, Timeouts: Timeouts{Command: time.Second, Write: time.Second}})
				if (err == nil) != tt.ok || err != nil && (!errors.Is(err, ErrTLS) || Permanent(err)) {
					t.Errorf("Send = %v, want ok %v", err, tt.ok)
				}
				ehlos := 0
				for _, l := range heard {
					if l == "EHLO mx.desk.example" {
						ehlos++
					}
				}
				if ehlos != tt.dials {
					t.Errorf("EHLO by our name %d times in %q, want %d", ehlos, heard, tt.dials)
				}
				if !tt.ok && slices.ContainsFunc(heard, func(l string) bool { return strings.HasPrefix(l, "MAIL") }) {
					t.Errorf("MAIL was said without TLS: %q", heard)
				}
			})
		})
	}
}

func TestCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heard, _, _ := against(t, script{"EHLO": "250-fake\r\n250 DSN\r\n"}, SmartHost{TLS: TLSNone})
		want := []string{"EHLO mx.desk.example", "MAIL FROM:<>", "RCPT TO:<ann@home.example> NOTIFY=NEVER", "DATA", ".", "QUIT"}
		if !slices.Equal(heard, want) {
			t.Errorf("said %q, want %q", heard, want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		heard, _, _ := against(t, script{"EHLO": "250 fake\r\n"}, SmartHost{TLS: TLSNone})
		want := []string{"EHLO mx.desk.example", "MAIL FROM:<>", "RCPT TO:<ann@home.example>", "DATA", ".", "QUIT"}
		if !slices.Equal(heard, want) {
			t.Errorf("said %q, want %q", heard, want)
		}
	})
}
