package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
)

// crashDir tells the test binary to be the process that is killed.
const crashDir = "REPORTASCAM_STORE_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// crashChild accepts, judges and delivers as fast as it can, and says on
// stdout what it was told is durable, until it is killed.
func crashChild(dir string) error {
	b, err := Open(dir, Options{Create: true})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	var mu sync.Mutex
	say := func(what string, id analyze.ID) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(what, id)
	}
	must := func(err error) {
		if err != nil {
			cancel(err)
		}
	}
	for w := range 4 {
		go func() {
			for n := w; ctx.Err() == nil; n += 4 {
				r := report(b, time.Now(), crashMessage(n))
				must(b.Accept(ctx, r, "trace"))
				say("accepted", r.ID)
			}
		}()
		go func() {
			for ctx.Err() == nil {
				must(b.Wait(ctx))
				l, err := b.Lease(ctx, time.Now(), time.Second)
				if errors.Is(err, ErrNone) {
					continue
				}
				must(err)
				_, err = b.Finish(ctx, l, judgement(l.ID, l.Report.At, analyze.Scam), outgoing("anna@example.org"))
				if errors.Is(err, ErrStale) {
					continue
				}
				must(err)
				say("judged", l.ID)
			}
		}()
	}
	go func() {
		for ctx.Err() == nil {
			must(b.WaitOutgoing(ctx))
			d, err := b.LeaseOutgoing(ctx, time.Now(), time.Second)
			if errors.Is(err, ErrNone) {
				continue
			}
			must(err)
			must(b.Delivered(ctx, d))
			say("delivered", d.ID)
		}
	}()
	<-ctx.Done()
	return context.Cause(ctx)
}

// crashMessage is a message of some size that tells whether it is whole.
func crashMessage(n int) string {
	return strings.Repeat(fmt.Sprintf("%d ", n), 1+n*37%3000)
}

// said is what the killed processes said was durable.
type said map[string]map[analyze.ID]int

// TestKilled kills a process at random moments, and finds all that it said
// was durable, once, in a store without a fault.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	told := said{"accepted": {}, "judged": {}, "delivered": {}}
	const kills = 20
	for i := range kills {
		runAndKill(t, dir, told)
		b, err := Open(dir, Options{})
		must(t, err)
		c, err := b.Verify(t.Context())
		wantClean(t, c, err)
		if i == kills-1 {
			must(t, b.Drain(t.Context()))
			told.check(t, b)
		}
		must(t, b.Close())
	}
	t.Logf("accepted %d, judged %d, delivered %d", len(told["accepted"]), len(told["judged"]), len(told["delivered"]))
}

// runAndKill lets a child work until it has said a random number of lines.
func runAndKill(t *testing.T, dir string, told said) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := 1 + rand.IntN(300)
	for sc := bufio.NewScanner(out); sc.Scan(); lines-- {
		what, id, ok := strings.Cut(sc.Text(), " ")
		if !ok || len(id) != idLen || told[what] == nil {
			continue // cut off by the kill
		}
		told[what][analyze.ID(id)]++
		if lines == 0 {
			must(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); err == nil || lines > 0 {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

func (s said) check(t *testing.T, b *Bolt) {
	t.Helper()
	for id := range s["accepted"] {
		r, _, err := b.Report(t.Context(), id)
		if err != nil {
			t.Errorf("accepted %s is lost: %v", id, err)
			continue
		}
		first, _, _ := strings.Cut(string(r.Raw), " ")
		var n int
		fmt.Sscan(first, &n)
		if string(r.Raw) != crashMessage(n) {
			t.Errorf("accepted %s has another message", id)
		}
	}
	for id, n := range s["judged"] {
		if _, err := b.Judgement(t.Context(), id); err != nil || n != 1 {
			t.Errorf("judged %s %d times, stored: %v, want once", id, n, err)
		}
	}
	for id, n := range s["delivered"] {
		if n != 1 {
			t.Errorf("delivered %s %d times after it was noted, want once", id, n)
		}
	}
}
