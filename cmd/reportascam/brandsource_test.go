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

	"reportascam/analyze/brand"
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
