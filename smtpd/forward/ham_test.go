package forward

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/testdata/suites"
)

// TestHam counts the messages of the ham corpora that are taken for a forward
// or a report though they are none: at most one in 500. Those that are one are
// in testdata/ham-forwards.txt, and stay found.
func TestHam(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "corpora", "ham")
	forwards := map[string]bool{}
	for _, line := range strings.Split(readFixture(t, "testdata/ham-forwards.txt"), "\n") {
		if line != "" && line[0] != '#' {
			forwards[line] = true
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.eml"))
	if err != nil || len(files) < 1000 {
		t.Fatalf("%d messages in %s, %v", len(files), dir, err)
	}
	n, taken := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, o := range Find(&analyze.Report{Raw: raw}, us) {
			found = found || o.How != analyze.HowPasted || o.Grade != analyze.GradeText
		}
		name := filepath.ToSlash(strings.TrimPrefix(file, dir+string(filepath.Separator)))
		switch {
		case forwards[name] && !found:
			t.Errorf("%s: no forward was found", name)
		case !forwards[name]:
			n++
			if found {
				taken++
				t.Logf("%s is taken for a forward", name)
			}
		}
	}
	t.Logf("%d of %d that are no forwards are taken for one", taken, n)
	if taken*500 > n {
		t.Errorf("%d of %d are taken for a forward, want at most one in 500", taken, n)
	}
}
