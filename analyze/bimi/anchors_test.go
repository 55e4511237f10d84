package bimi

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crypto/x509"
)

func logJSON(m *mint, state string) string {
	spki, err := x509.MarshalPKIXPublicKey(m.logKey.Public())
	if err != nil {
		m.tb.Fatal(err)
	}
	return fmt.Sprintf(`{"operators":[{"name":"T","logs":[{"description":"Test Log","log_id":%q,"key":%q,"state":{%q:{"timestamp":"2026-02-01T00:00:00Z"}}}]}]}`,
		base64.StdEncoding.EncodeToString(m.logID[:]), base64.StdEncoding.EncodeToString(spki), state)
}

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
	roots, logs := write("roots.pem", pemOf(m.root)), write("logs.json", []byte(logJSON(m, "usable")))
	bundle := pemOf(m.leaf(nil), m.inter)
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
		r := c.ValidateFiles(t.Context(), web{crlURL: okay(m.crl(nil))}, Files{Cert: bundle, Domain: bankDomain, At: noon()})
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
	good := logJSON(m, "usable")
	for _, tt := range []struct{ name, in string }{
		{"no JSON", "x"},
		{"no logs", `{"operators":[]}`},
		{"rejected only", logJSON(m, "rejected")},
		{"pending only", logJSON(m, "pending")},
		{"another id", strings.Replace(good, `"log_id":"`, `"log_id":"A`, 1)},
		{"no base64", strings.Replace(good, `"key":"`, `"key":"!`, 1)},
		{"no key", strings.Replace(good, `"key":"M`, `"key":"N`, 1)},
	} {
		if got, err := ParseLogs([]byte(tt.in)); !errors.Is(err, ErrAnchors) {
			t.Errorf("%s: ParseLogs = %+v, %v; want ErrAnchors", tt.name, got, err)
		}
	}
	// A log that is retired counts for what it gave before.
	retired, err := ParseLogs([]byte(logJSON(m, "retired")))
	if err != nil {
		t.Fatal(err)
	}
	m.anchors = NewAnchors(m.anchors.Roots, retired)
	if got := statuses(m.validate(pemOf(m.leaf(nil), m.inter))); got != "" {
		t.Errorf("a stamp from before the log retired: %q, want all to pass", got)
	}
	late := m.leaf(func(s *leafSpec) { s.stamp = func(st *stampSpec) { st.at = noon().AddDate(0, -1, 0) } })
	if got := statuses(m.validate(pemOf(late, m.inter))); got != "sct=fail" {
		t.Errorf("a stamp from after the log retired: %q, want sct=fail", got)
	}
}
