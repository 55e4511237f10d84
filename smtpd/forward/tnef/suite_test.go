package tnef

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/smtpd/forward/mapi"
	"reportascam/testdata/suites"
)

func samples(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	root := filepath.Join(suites.Dir(t), "suites", "forwards", "tnef")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if Is(b) {
			out[path] = b
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 25 {
		t.Fatalf("only %d samples", len(out))
	}
	return out
}

// TestSuiteRecorded compares with what MimeKit and POI keep beside their
// samples: the names of the files in one, or the files.
func TestSuiteRecorded(t *testing.T) {
	lists, files := 0, 0
	for path, b := range samples(t) {
		m, err := Parse(b, mapi.DefaultLimits())
		if err != nil {
			t.Errorf("%s: Parse: %v", path, err)
			continue
		}
		stem := strings.TrimSuffix(path, filepath.Ext(path))
		if want, err := os.ReadFile(stem + ".list"); err == nil {
			lists++
			for _, name := range strings.Fields(strings.NewReplacer("body.rtf", " ", "body.html", " ").Replace(string(want))) {
				found := false
				for _, a := range m.Attachments {
					found = found || a.Name == name
				}
				if !found {
					t.Errorf("%s: no attachment %q in %d", path, name, len(m.Attachments))
				}
			}
		}
		for _, beside := range []string{stem, strings.TrimSuffix(path, "-winmail.dat") + "-contents"} {
			entries, err := os.ReadDir(beside)
			if err != nil {
				continue
			}
			for _, e := range entries {
				want, err := os.ReadFile(filepath.Join(beside, e.Name()))
				if err != nil {
					t.Fatal(err)
				}
				files++
				if e.Name() == "message.html" {
					if squeeze(m.HTML) != squeeze(string(want)) && !strings.Contains(path, "panic") {
						t.Errorf("%s: HTML = %.200q, want %.200q", path, squeeze(m.HTML), squeeze(string(want)))
					}
					continue
				}
				if got := content(m, e.Name()); !bytes.Equal(got, want) {
					t.Errorf("%s: %s has %d bytes, want %d", path, e.Name(), len(got), len(want))
				}
			}
		}
	}
	if lists < 6 || files < 3 {
		t.Errorf("%d lists and %d files were compared", lists, files)
	}
	t.Logf("%d lists and %d files as recorded", lists, files)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func content(m *mapi.Message, name string) []byte {
	for _, a := range m.Attachments {
		if a.Name == name {
			return a.Content
		}
	}
	return nil
}

// TestSuiteTools compares with Debian's tnef: every file that it writes is one
// of ours, with the same content.
func TestSuiteTools(t *testing.T) {
	tool, err := exec.LookPath("tnef")
	if err != nil {
		t.Skip("tnef is not installed")
	}
	compared, refused := 0, 0
	for path, b := range samples(t) {
		dir := t.TempDir()
		if err := exec.Command(tool, "--ignore-cruft", "-K", "-C", dir, "-f", path).Run(); err != nil {
			refused++ // damaged ones, on which it gives up
			continue
		}
		m, err := Parse(b, mapi.DefaultLimits())
		if err != nil {
			t.Errorf("%s: Parse: %v", path, err)
			continue
		}
		written, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range written {
			want, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			compared++
			if len(want) > 0 && !holds(m, want) {
				t.Errorf("%s: no attachment is %q of %d bytes", path, e.Name(), len(want))
			}
		}
	}
	if compared < 15 {
		t.Errorf("only %d files were compared", compared)
	}
	t.Logf("%d files as tnef writes them; it gave up on %d samples", compared, refused)
}

func holds(m *mapi.Message, want []byte) bool {
	for _, a := range m.Attachments {
		// Of an object the tool writes the GUID before it as well.
		if bytes.Equal(a.Content, want) || a.Message != nil || len(want) > guidSize && bytes.Equal(a.Content, want[guidSize:]) {
			return true
		}
	}
	return false
}
