package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/brand"
	"reportascam/analyze/dns"
)

const acmeBrand = "[[brand]]\nkey = \"acme\"\nname = \"Acme Example\"\ndomains = [\"acme-example.com\"]\ncountry = \"GB\"\n"

// TestBrandsAreReadAgain: a new file takes effect, registry and index; a
// broken one changes nothing and is logged; one that goes is forgotten.
func TestBrandsAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	src := brandSource{dir: dir}
	j := newJudgeOf(brand.Default(), nil)
	var log bytes.Buffer
	j.log = slog.New(slog.NewTextHandler(&log, nil))
	ctx, stop := context.WithCancel(t.Context())
	ticks, done := make(chan time.Time), make(chan struct{})
	go func() { j.watchBrands(ctx, src, ticks); close(done) }()
	// look waits until the files were looked at: a tick is taken only after
	// what came of the one before.
	look := func() {
		ticks <- time.Time{}
		ticks <- time.Time{}
	}
	knows := func() bool {
		_, ok := j.known.Load().brands.Get("acme")
		r, found := j.known.Load().looks.Find("acrne-example.com")
		if ok != (found && r.Brand == "acme") {
			t.Errorf("the registry knows it: %v; the index: %+v", ok, r)
		}
		return ok
	}
	file := filepath.Join(dir, "acme.toml")
	write := func(text string) {
		t.Helper()
		if err := writeFile(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if knows() {
		t.Fatal("acme is known before it is written")
	}
	write(acmeBrand)
	look()
	if !knows() {
		t.Error("a new file did not take effect")
	}
	write("[[brand]]\nkey = \"acme\"\nnome = \"x\"\n")
	look()
	if !knows() {
		t.Error("a broken file took effect")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	look()
	if knows() {
		t.Error("a file that is gone is still in effect")
	}
	stop()
	<-done
	if got := log.String(); !strings.Contains(got, "acme.toml") || !strings.Contains(got, "nome") || strings.Count(got, "level=ERROR") != 1 {
		t.Errorf("log = %s, want the broken file once", got)
	}
}

// TestConfigNamesBrandFaults: what is wrong is told with file and key.
func TestConfigNamesBrandFaults(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "brands.d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "brands.d", "x.toml"), []byte("[[brand]]\nkey = \"x\"\n[[brand]]\nkey = \"y\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig("", []string{"REPORTASCAM_DATA=" + data})
	if err != nil {
		t.Fatal(err)
	}
	err = c.check()
	for _, want := range []string{`x.toml: brand "x": there is no name`, `x.toml: brand "y": there is no name`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("check = %v, want %q in it", err, want)
		}
	}
	c.Judge.BrandsDir = filepath.Join(data, "missing")
	if err := c.check(); err == nil {
		t.Error("check of a missing folder = nil, want an error")
	}
}

// TestClaimsOfWhatIsSeen: a logo claims, hidden text does not, and the text
// part that an HTML reader never sees does not either.
func TestClaimsOfWhatIsSeen(t *testing.T) {
	j := newJudgeOf(brand.Default(), nil)
	tests := []struct {
		name, html, want string
	}{
		{"logo", `<img src="cid:1" alt="Netflix logo"><p>Hello</p>`, "netflix"},
		{"hidden logo", `<div style="display:none"><img alt="Netflix logo"></div><p>Hello</p>`, ""},
		{"hidden text", `<div style="display:none">© 2026 Netflix. The Netflix team. Netflix.</div><p>Hello</p>`, ""},
		{"signature", `<p>Hello</p><p>© 2026 Netflix</p>`, "netflix"},
		{"disguised button", `<a href="https://x.example/">Log in to Nеtflіx</a>`, "netflix"},
	}
	for _, tt := range tests {
		o := analyze.Original{Grade: analyze.GradeText, Subject: "Hello", HTML: tt.html, Text: "The PayPal team © 2026 PayPal",
			From: []analyze.Mailbox{{Name: "Ann", Address: "ann@shop.example"}}}
		ev := j.evidence(t.Context(), &o, gathering{at: time.Unix(1750000000, 0), resolver: dns.Offline{}})
		if got := analyze.MainBrand(ev); got != tt.want {
			t.Errorf("%s: MainBrand = %q, want %q (%+v)", tt.name, got, tt.want, ev.Claims)
		}
	}
}
