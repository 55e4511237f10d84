package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/learn"
)

// plainReport is a report of a message without any sign of a scam.
func plainReport(n int, link string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: Ann <ann@reporter.example>
To: reportascam@localhost
Subject: Fwd: News %d
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

From: News <news@letters.example>
To: ann@reporter.example
Subject: News %d
Message-ID: <%d@letters.example>
Date: Mon, 2 Nov 2026 10:00:00 +0000
Content-Type: text/plain

See %s today.
--b--
`, n, n, n, link), "\n", "\r\n"))
}

// TestCorrections: what an analyst says of a report decides it, teaches the
// running server for the next like it, is taken back, and survives judging
// everything again. What was learned is replayed as it was.
func TestCorrections(t *testing.T) {
	dir := t.TempDir()
	bin, data := build(t, dir), filepath.Join(dir, "data")
	env := []string{"REPORTASCAM_ADDRESSES=reportascam@localhost"}
	p := start(t, bin, data, env...)
	cli := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), bin, append(args, "--data", data)...)
		cmd.Env = append(append(os.Environ(), "REPORTASCAM_DNS_SERVERS=127.0.0.1:9"), env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("reportascam %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	sent := 0
	send := func(link string) string {
		t.Helper()
		sent++
		id, err := sendReport(t.Context(), p.addr, "ann@reporter.example", plainReport(sent, link))
		if err != nil {
			t.Fatal(err)
		}
		settle(t, data, sent)
		return id
	}
	get := func(id string) (j analyze.Judgement) {
		t.Helper()
		if err := json.Unmarshal([]byte(cli("verdicts", "show", "--json", id)), &j); err != nil {
			t.Fatal(err)
		}
		return j
	}
	var ids []string
	for range 6 {
		ids = append(ids, send("https://win.strange.example/x"))
	}
	before := get(ids[0])
	for _, id := range ids {
		cli("verdicts", "mark", id, "scam", "--by", "Bob", "--note", "seen\x1b[31m")
	}
	after := get(ids[0])
	if after.Level != analyze.Scam || after.Correction == nil || after.Correction.Was != before.Level || after.Score != before.Score {
		t.Errorf("marked: %s, %+v, want scam, which was %s", after.Level, after.Correction, before.Level)
	}
	if out := cli("verdicts", "show", ids[0]); !strings.Contains(out, "scam by Bob") || strings.Contains(out, "\x1b[31m") {
		t.Errorf("verdicts show = %q, want who marked it, without control characters", out)
	}
	if out := cli("verdicts", "list", "--corrected"); strings.Count(out, "\n") != 6 {
		t.Errorf("verdicts list --corrected = %q, want 6 lines", out)
	}
	waitLearned(t, get, send, before.Score)
	p.stop(t)
	if out := cli("verdicts", "replay", ids[0]); !strings.Contains(out, string(before.ID)) {
		t.Errorf("verdicts replay = %q", out)
	}
	if out := cli("verdicts", "rejudge"); !strings.Contains(out, "+"+learn.Check) || !strings.Contains(out, "0 could not be judged") {
		t.Errorf("verdicts rejudge = %q, want what was learned", out)
	}
	if j := get(ids[0]); j.Score != before.Score {
		t.Errorf("rejudge without --write stored a score of %v", j.Score)
	}
	cli("verdicts", "rejudge", "--write")
	if j := get(ids[0]); j.Score <= before.Score || j.Level != analyze.Scam || j.Correction == nil {
		t.Errorf("rejudge --write: %s, %v, %+v, want a higher score and the mark kept", j.Level, j.Score, j.Correction)
	}
	cli("verdicts", "mark", ids[0], "--undo")
	if j := get(ids[0]); j.Level != before.Level || j.Correction != nil {
		t.Errorf("taken back: %s, %+v, want %s", j.Level, j.Correction, before.Level)
	}
	if out := cli("store", "check"); !strings.Contains(out, "0 problem(s)") {
		t.Errorf("store check = %q", out)
	}
}

// waitLearned sends reports until the server, which learns beside its other
// work, judges by what it was taught.
func waitLearned(t *testing.T, get func(string) analyze.Judgement, send func(string) string, plain float64) {
	t.Helper()
	const tries = 20
	for range tries {
		j := get(send("https://win.strange.example/y"))
		if j.Score > plain {
			f := j.Originals[0].Findings[len(j.Originals[0].Findings)-1]
			if f.Check != learn.Check || f.Weight > learn.MaxShift || j.Level == analyze.Authentic {
				t.Errorf("learned: %+v, %s, want a bounded shift", f, j.Level)
			}
			return
		}
	}
	t.Errorf("after %d reports the server has not learned", tries)
}

// TestLearnedNeverAuthentic: whatever analysts say, proof is needed.
func TestLearnedNeverAuthentic(t *testing.T) {
	ev := &analyze.Evidence{Original: &analyze.Original{Grade: analyze.GradeFull}, Auth: analyze.Auth{FromDomain: "a.example"}}
	e := analyze.Engine{}
	v := e.Judge(ev, func(*analyze.Evidence, []analyze.Finding) (analyze.Finding, bool) {
		return analyze.Finding{Check: learn.Check, Status: analyze.Hit, Weight: -learn.MaxShift}, true
	})
	if v.Level == analyze.Authentic {
		t.Error("a learned shift made unproven mail authentic")
	}
	j := analyze.Judgement{Level: analyze.Scam}
	if c, err := j.Correct(analyze.Correction{As: analyze.LabelLegitimate}); err != nil || c.Level != analyze.Unclear {
		t.Errorf("Correct(legitimate) = %s, %v, want unclear", c.Level, err)
	}
	if _, err := j.Correct(analyze.Correction{As: "authentic"}); err == nil {
		t.Error("Correct(authentic) = nil, want an error")
	}
}
