package main

import (
	"bytes"
	"encoding/json"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/store"
)

// TestLaterWord: when an analyst changes the verdict, the reporter who was
// answered is told in the same thread, once for each change and never too
// often; and a person sees, retries and drops what waits.
func TestLaterWord(t *testing.T) {
	dir := t.TempDir()
	bin, data := build(t, dir), filepath.Join(dir, "data")
	env := []string{"REPORTASCAM_ADDRESSES=reportascam@localhost", "REPORTASCAM_HOSTNAME=mx.localhost"}
	p := start(t, bin, data, env...)
	try := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), bin, append(args, "--data", data)...)
		cmd.Env = append(append(os.Environ(), "REPORTASCAM_DNS_SERVERS=127.0.0.1:9"), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	cli := func(want string, args ...string) {
		t.Helper()
		out, err := try(args...)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("reportascam %v = %v, %q, want %q in it", args, err, out, want)
		}
	}
	id, err := sendReport(t.Context(), p.addr, "ann@reporter.example", plainReport(1, "https://letters.example/a"))
	if err != nil {
		t.Fatal(err)
	}
	settle(t, data, 1)
	told := func(n int) *mail.Message {
		t.Helper()
		settle(t, data, 1)
		files, _ := filepath.Glob(filepath.Join(data, outboxName, "*.eml"))
		if len(files) != n {
			t.Fatalf("%q in the outbox, want %d messages", files, n)
		}
		if n == 1 {
			return nil
		}
		raw, err := os.ReadFile(filepath.Join(data, outboxName, id+"-"+string(rune('0'+n))+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	told(1)
	cli("was unclear, is unclear\n", "verdicts", "mark", id, "legitimate")
	cli("was unclear, is SCAM\n", "verdicts", "mark", "--quiet", id, "scam")
	told(1)
	cli("was SCAM, is unclear\n", "verdicts", "mark", "--undo", id)
	told(1)
	cli("is SCAM, the reporter is told\n", "verdicts", "mark", id, "scam")
	first, err := mail.ReadMessage(bytes.NewReader(must(t)(os.ReadFile(filepath.Join(data, outboxName, id+".eml")))))
	if err != nil {
		t.Fatal(err)
	}
	note := told(2)
	for _, f := range []string{"In-Reply-To", "References", "Auto-Submitted", "From", "To"} {
		if note.Header.Get(f) == "" && first.Header.Get(f) != "" || note.Header.Get(f) != first.Header.Get(f) {
			t.Errorf("%s of the note: %q, want the reply's %q", f, note.Header.Get(f), first.Header.Get(f))
		}
	}
	if s := note.Header.Get("Subject"); !strings.Contains(s, "this is a scam") {
		t.Errorf("the note's subject is %q, want the verdict in it", s)
	}
	// Without a server the files are changed, and what is queued waits.
	p.stop(t)
	cli("is unclear, the reporter is told\n", "verdicts", "mark", "--undo", id)
	cli(id+"-3", "queue", "list")
	cli("attempt 1 now", "queue")
	cli("is dropped", "queue", "drop", id[:20]+"-3")
	cli("No replies.", "queue", "list")
	cli("dropped by hand", "queue", "list", "--state", "failed")
	cli("is due now", "queue", "retry", id+"-3")
	cli("Our answer has changed", "queue", "show", id+"-3")
	if out, err := try("queue", "retry", id); err == nil || !strings.Contains(out, "was delivered") {
		t.Errorf("queue retry of what was delivered = %v, %q, want an error", err, out)
	}
	p = start(t, bin, data, env...)
	told(3)
	if out, err := exec.CommandContext(t.Context(), bin, "verdicts", "mark", id, "scam", "--data", data).CombinedOutput(); err == nil || !strings.Contains(string(out), "--quiet") {
		t.Errorf("marking with another configuration = %v, %q, want a refusal", err, out)
	}
	out, err := try("queue", "list", "--state", "all", "--json")
	if err != nil {
		t.Fatalf("queue list: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		t.Fatalf("queue list = %q, want three", out)
	}
	var q queued
	if err := json.Unmarshal([]byte(lines[0]), &q); err != nil || q.State != store.OutDelivered || q.Destination != "reporter.example" || q.ReportID != q.ID[:26] || q.NextAttempt != nil {
		t.Errorf("queue list = %+v, %v, want a delivered note of %s", q, err, id)
	}
	cli("is SCAM, the reporter is told\n", "verdicts", "mark", id, "scam")
	told(4)
	cli("is unclear\n", "verdicts", "mark", "--undo", id)
	told(4) // three notes are enough
	p.stop(t)
	cli("4 replies: 0 problem(s)", "store", "check")
}

func must(t *testing.T) func([]byte, error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}
