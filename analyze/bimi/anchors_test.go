package bimi

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze/bimi/bimitest"
)

// TestLoadAnchors: files take the place of what ships, each on its own.
func TestLoadAnchors(t *testing.T) {
	m := newMint(t)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	roots, logs := write("roots.pem", bimitest.PEM(m.Root)), write("logs.json", m.LogList("usable"))
	bundle := bimitest.PEM(m.Leaf(nil), m.Inter)
	for _, tt := range []struct {
		roots, logs string
		want        string
	}{
		{roots, logs, ""},
		{roots, "", "sct=fail"},
		{"", logs, "path=fail revocation=unknown"},
		{"", "", "path=fail sct=fail revocation=unknown"},
	} {
		a, err := LoadAnchors(tt.roots, tt.logs)
		if err != nil {
			t.Fatal(err)
		}
		c := &Checker{Anchors: a}
		r := c.ValidateFiles(t.Context(), web{bimitest.CRLURL: okay(m.CRL(nil))}, Files{Cert: bundle, Domain: bimitest.Domain, At: bimitest.Noon()})
		if got := statuses(r); got != tt.want {
			t.Errorf("with %q and %q: %q, want %q", tt.roots, tt.logs, got, tt.want)
		}
	}
	for _, f := range []string{write("empty", nil), write("leaf", bundle), filepath.Join(dir, "absent")} {
		if _, err := LoadAnchors(f, ""); err == nil {
			t.Errorf("LoadAnchors(%s, …) = nil, want an error", f)
		}
		if _, err := LoadAnchors("", f); err == nil {
			t.Errorf("LoadAnchors(…, %s) = nil, want an error", f)
		}
	}
}

func TestParseLogs(t *testing.T) {
	m := newMint(t)
	good := string(m.LogList("usable"))
	for _, tt := range []struct{ name, in string }{
		{"no JSON", "x"},
		{"no logs", `{"operators":[]}`},
		{"rejected only", string(m.LogList("rejected"))},
		{"pending only", string(m.LogList("pending"))},
		{"another id", strings.Replace(good, `"log_id":"`, `"log_id":"A`, 1)},
		{"no base64", strings.Replace(good, `"key":"`, `"key":"!`, 1)},
		{"no key", strings.Replace(good, `"key":"M`, `"key":"N`, 1)},
	} {
		if got, err := ParseLogs([]byte(tt.in)); !errors.Is(err, ErrAnchors) {
			t.Errorf("%s: ParseLogs = %+v, %v; want ErrAnchors", tt.name, got, err)
		}
	}
	// A log that is retired counts for what it gave before.
	retired, err := ParseLogs(m.LogList("retired"))
	if err != nil {
		t.Fatal(err)
	}
	m.anchors = NewAnchors(m.anchors.Roots, retired)
	if got := statuses(m.validate(bimitest.PEM(m.Leaf(nil), m.Inter))); got != "" {
		t.Errorf("a stamp from before the log retired: %q, want all to pass", got)
	}
	late := m.Leaf(func(s *bimitest.Leaf) {
		s.Stamp = func(st *bimitest.Stamp) { st.At = bimitest.Noon().AddDate(0, -1, 0) }
	})
	if got := statuses(m.validate(bimitest.PEM(late, m.Inter))); got != "sct=fail" {
		t.Errorf("a stamp from after the log retired: %q, want sct=fail", got)
	}
}
