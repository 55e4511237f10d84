package send

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "outbox")
	o := &Outbox{Dir: dir}
	m := note()
	if err := o.Send(t.Context(), m); err != nil {
		t.Fatalf("Send: %v", err)
	}
	file := filepath.Join(dir, m.ID+".eml")
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, m.Raw) {
		t.Errorf("file = %q, %v, want the message", got, err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, want 0600", info.Mode())
	}
	again := m
	again.Raw = []byte("Other: x\r\n\r\n")
	if err := o.Send(t.Context(), again); err != nil {
		t.Errorf("Send again: %v", err)
	}
	if got, _ := os.ReadFile(file); !bytes.Equal(got, m.Raw) {
		t.Errorf("file after the second Send = %q, want the first message", got)
	}
	if n := names(t, dir); len(n) != 1 {
		t.Errorf("files = %q, want one", n)
	}
}

func TestOutboxLeftover(t *testing.T) {
	dir := t.TempDir()
	o, m := &Outbox{Dir: dir}, note()
	target := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(target, filepath.Join(dir, "."+m.ID+".tmp")); err != nil {
		t.Fatal(err)
	}
	if err := o.Send(t.Context(), m); err != nil {
		t.Fatalf("Send over what a crash left: %v", err)
	}
	if _, err := os.Stat(target); err == nil {
		t.Errorf("the link was followed")
	}
	if n := names(t, dir); len(n) != 1 || n[0] != m.ID+".eml" {
		t.Errorf("files = %q, want the message alone", n)
	}
}

func TestOutboxRefuses(t *testing.T) {
	o := &Outbox{Dir: t.TempDir()}
	for _, id := range []string{"", "..", ".x", "../x", "a/b", "a\x00", "a b", string(make([]byte, 200))} {
		m := note()
		m.ID = id
		if err := o.Send(t.Context(), m); !errors.Is(err, ErrID) {
			t.Errorf("Send(ID %q) = %v, want ErrID", id, err)
		}
	}
	m := note()
	m.To = `"x"@home.example`
	if err := o.Send(t.Context(), m); !errors.Is(err, ErrAddress) {
		t.Errorf("Send(quoted) = %v, want ErrAddress", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Send(ctx, note()); !errors.Is(err, context.Canceled) {
		t.Errorf("Send(cancelled) = %v, want Canceled", err)
	}
	if n := names(t, o.Dir); len(n) != 0 {
		t.Errorf("files = %q, want none", n)
	}
	if err := (&Outbox{Dir: "/dev/null/x"}).Send(t.Context(), note()); err == nil || Permanent(err) {
		t.Errorf("Send(no folder) = %v, want a temporary error", err)
	}
}

func TestOutboxConcurrent(t *testing.T) {
	o := &Outbox{Dir: t.TempDir()}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if err := o.Send(t.Context(), note()); err != nil {
				t.Errorf("Send: %v", err)
			}
		})
	}
	wg.Wait()
	if n := names(t, o.Dir); len(n) != 1 {
		t.Errorf("files = %q, want one", n)
	}
}
