package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/store"
)

// TestDeskEndToEnd: a report goes in by SMTP and is authenticated over real
// DNS; its verdict is shown while the server runs and after; the answer is
// written once; and it can be judged again from what was kept.
func TestDeskEndToEnd(t *testing.T) {
	dir := t.TempDir()
	bin := build(t, dir)
	data := filepath.Join(dir, "data")
	dns := zone(t, "../../testdata/messages/attached-several.dns").Serve(t)
	env := []string{"REPORTASCAM_DNS_SERVERS=" + dns, "REPORTASCAM_TRUSTED_NETWORKS=", "REPORTASCAM_ADDRESSES=reportascam@desk.example,reportascam@localhost"}
	p := start(t, bin, data, env...)
	raw, err := os.ReadFile("../../testdata/messages/attached-several.eml")
	if err != nil {
		t.Fatal(err)
	}
	id, err := sendReport(t.Context(), p.addr, "ann@reporter.example", raw)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, data, 1)
	cli := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), bin, append(args, "--data", data)...)
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("reportascam %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	look := func(when string) {
		t.Helper()
		if out := cli("verdicts", "list"); !strings.Contains(out, id) || !strings.Contains(out, "SCAM") {
			t.Errorf("%s: verdicts list = %q, want %s as scam", when, out, id)
		}
		if out := cli("verdicts", "show", id[:12]); !strings.Contains(out, "proven by dkim") || !strings.Contains(out, "brand-mismatch") {
			t.Errorf("%s: verdicts show = %q", when, out)
		}
		if out := cli("verdicts", "replay", id); !strings.Contains(out, "SCAM") {
			t.Errorf("%s: verdicts replay = %q", when, out)
		}
		if out := cli("verdicts", "show", "--raw", id); out != string(raw) {
			t.Errorf("%s: the report is not stored byte for byte", when)
		}
		for _, args := range [][]string{{"search", "limited"}, {"list", "--verdict", "scam"}, {"list", "--brand", "paypal"},
			{"list", "--reporter", "ann@reporter.example"}, {"list", "--domain", "paypa1-billing.example"},
			{"list", "--indicator", "paypa1-billing.example"}, {"export"}, {"export", "--csv"}, {"list", "--since", "1h"}} {
			if out := cli(append([]string{"verdicts"}, args...)...); !strings.Contains(out, id) {
				t.Errorf("%s: verdicts %v = %q, want %s in it", when, args, out, id)
			}
		}
		for _, args := range [][]string{{"list", "--verdict", "authentic"}, {"search", "no such text"}, {"list", "--until", "1h"}} {
			if out := cli(append([]string{"verdicts"}, args...)...); strings.Contains(out, id) {
				t.Errorf("%s: verdicts %v = %q, want nothing", when, args, out)
			}
		}
		if out := cli("store", "check"); !strings.Contains(out, "0 problem(s)") {
			t.Errorf("%s: store check = %q", when, out)
		}
	}
	look("running")
	backup := filepath.Join(dir, "backup")
	cli("store", "backup", backup)
	p.stop(t)
	look("stopped")
	checkBackup(t, backup, analyze.ID(id), raw)
	reply, err := os.ReadFile(filepath.Join(data, outboxName, id+".eml"))
	if err != nil || !bytes.Contains(reply, []byte("To: <ann@reporter.example>")) {
		t.Errorf("the reply is %q, %v", reply, err)
	}
	onceEach(t, data)
}

func checkBackup(t *testing.T, dir string, id analyze.ID, raw []byte) {
	t.Helper()
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r, _, err := st.Report(context.Background(), id)
	if err != nil || !bytes.Equal(r.Raw, raw) {
		t.Errorf("the copy does not hold the report: %v", err)
	}
}
