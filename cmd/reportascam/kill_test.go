package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/store"
)

// How often the server is killed, by how many clients it is loaded meanwhile,
// and how many messages they send between two kills at most: the replies to
// all of them must stay below the desk's cap of an hour.
const (
	kills           = 22
	killClients     = 6
	messagesPerLife = 80
)

// TestKilledAtAnyInstant kills the server process under load, again and again:
// every report that got 250 must be stored, judged once and answered once.
func TestKilledAtAnyInstant(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a server many times")
	}
	dir := t.TempDir()
	bin := build(t, dir)
	data := filepath.Join(dir, "data")
	l := &load{accepted: map[string]string{}}
	for life := range kills {
		l.live(t, start(t, bin, data), (life+1)*messagesPerLife)
	}
	accepted := l.accepted
	t.Logf("%d reports were accepted over %d kills", len(accepted), kills)
	if len(accepted) < kills {
		t.Fatalf("only %d reports were accepted: the load was too small to show anything", len(accepted))
	}
	p := start(t, bin, data)
	settle(t, data, len(accepted))
	p.stop(t)
	verifyAll(t, data, accepted)
}

// load is what is sent to a server that is killed again and again.
type load struct {
	mu       sync.Mutex
	accepted map[string]string // ID by serial number
	serial   int
}

// live loads a server until it is killed at some moment, or until so many
// reports were accepted in all.
func (l *load) live(t *testing.T, p *process, most int) {
	t.Helper()
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for range killClients {
		wg.Go(func() {
			for ctx.Err() == nil {
				l.mu.Lock()
				l.serial++
				n := l.serial
				full := len(l.accepted) >= most
				l.mu.Unlock()
				if full {
					return
				}
				id, err := sendReport(ctx, p.addr, fmt.Sprintf("r%d@d%d.example", n, n), reportText(fmt.Sprint(n)))
				if err != nil {
					return // the server is gone
				}
				l.mu.Lock()
				l.accepted[fmt.Sprint(n)] = id
				l.mu.Unlock()
			}
		})
	}
	// The moment is random; what is awaited is only that it is later.
	<-time.After(time.Duration(rand.IntN(250)+5) * time.Millisecond)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // killed, as it should be
	cancel()
	wg.Wait()
}

// settle waits until at least that many reports are judged, and nothing waits
// to be judged or delivered.
func settle(t *testing.T, data string, reports int) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for time.Now().Before(deadline) {
		r, err := store.OpenOrDial(data)
		if err != nil {
			t.Fatal(err)
		}
		s, err := r.Stats(t.Context(), time.Time{})
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if s.Reports >= reports && s.Pending == 0 && s.Waiting == 0 {
			return
		}
	}
	t.Fatal("reports or replies still wait")
}

func verifyAll(t *testing.T, data string, accepted map[string]string) {
	t.Helper()
	st, err := store.Open(data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	found, err := st.Verify(t.Context())
	if err != nil || !found.OK() {
		t.Fatalf("Verify = %+v, %v, want no problems", found, err)
	}
	if found.Parked > 0 || found.Pending > 0 {
		t.Errorf("%d reports are parked and %d wait, want none", found.Parked, found.Pending)
	}
	queued := 0
	for n, id := range accepted {
		r, _, err := st.Report(t.Context(), analyze.ID(id))
		if err != nil {
			t.Errorf("report %s (%s) was acknowledged and is lost: %v", n, id, err)
			continue
		}
		if want := string(reportText(n)); string(r.Raw) != want {
			t.Errorf("report %s is stored as %q, want %q", n, r.Raw, want)
		}
		j, err := st.Judgement(t.Context(), analyze.ID(id))
		if err != nil {
			t.Errorf("report %s was not judged: %v", id, err)
			continue
		}
		if j.Reply == "queued" {
			queued++
			if _, err := os.Stat(filepath.Join(data, outboxName, id+".eml")); err != nil {
				t.Errorf("report %s was not answered: %v", id, err)
			}
		}
	}
	if queued == 0 {
		t.Error("nobody was answered: the test shows nothing about answers")
	}
	onceEach(t, data)
}

// onceEach counts the answers by the report that they name.
func onceEach(t *testing.T, data string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, outboxName, "*"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, f := range files {
		if !strings.HasSuffix(f, ".eml") {
			continue // what a killed process left half written is not an answer
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(text), "\r\nIn-Reply-To: ")
		answered, _, _ := strings.Cut(rest, "\r\n")
		if !found || seen[answered] != "" {
			t.Errorf("%s answers %q, which %q answered already", f, answered, seen[answered])
		}
		seen[answered] = f
	}
}

// reportText is the report of that serial number, with CRLF line ends.
func reportText(n string) []byte {
	text := "From: r" + n + "@d" + n + ".example\nTo: reportascam@localhost\nMessage-ID: <" + n + "@d" + n + ".example>\nSubject: Fwd: hello\n" +
		"MIME-Version: 1.0\nContent-Type: message/rfc822\n\nFrom: PayPal <x@evil.test>\nSubject: pay " + n + "\n\n.pay here: https://evil.test/" + n + "\n"
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}
