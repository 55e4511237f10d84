package bimi

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"reportascam/analyze/bimi/bimitest"
)

// TestKept: what is kept of a bundle never answers for another bundle, time,
// domain, logo or revocation list.
func TestKept(t *testing.T) {
	m := newMint(t)
	leaf := m.Leaf(nil)
	bundle := bimitest.PEM(leaf, m.Inter)
	c := &Checker{Anchors: m.anchors}
	good := Files{Cert: bundle, Domain: bimitest.Domain, Logo: []byte(bimitest.GoodSVG), At: bimitest.Noon()}
	clean := web{bimitest.CRLURL: okay(m.CRL(nil))}
	broken := bytes.Clone(leaf.Raw)
	broken[len(broken)-1] ^= 1
	for _, tt := range []struct {
		name   string
		change func(f *Files)
		lists  web
		want   string
	}{
		{"first", func(*Files) {}, clean, ""},
		{"again", func(*Files) {}, clean, ""},
		{"later", func(f *Files) { f.At = leaf.NotAfter.Add(time.Second) }, clean, "validity=fail revocation=unknown"},
		{"before the stamp", func(f *Files) { f.At = leaf.NotBefore.Add(time.Minute) }, clean, "sct=fail"},
		{"at the stamp", func(f *Files) { f.At = leaf.NotBefore.Add(time.Hour) }, clean, ""},
		{"after the root", func(f *Files) { f.At = m.Root.NotAfter.Add(time.Hour) }, clean, "validity=fail revocation=unknown"},
		{"another domain", func(f *Files) { f.Domain = "shop.example" }, clean, "san=fail"},
		{"another logo", func(f *Files) { f.Logo = []byte(svgOf("")) }, clean, "logo-match=fail"},
		{"no revocation list", func(*Files) {}, web{}, "revocation=unknown"},
		{"another signature", func(f *Files) { f.Cert = append(bimitest.PEM(rawCert(broken)), bimitest.PEM(m.Inter)...) }, clean, "path=fail revocation=unknown"},
		{"at last", func(*Files) {}, clean, ""},
	} {
		f := good
		tt.change(&f)
		r := c.ValidateFiles(t.Context(), tt.lists, f)
		if got := statuses(r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if n := len(c.bundles.seen); n != 1 {
		t.Errorf("%d bundles kept, want the good one alone", n)
	}
}

// TestConcurrent is for the race detector.
func TestConcurrent(t *testing.T) {
	s := newScene(t)
	c := &Checker{Anchors: s.m.anchors}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				if r := c.Validate(t.Context(), s.zone, s.web, s.in); !r.Verified() {
					t.Errorf("Validate = %s %q", r.Status, r.Reason)
				}
			}
		})
	}
	wg.Wait()
}

// TestMemoBounded: a full memo starts anew.
func TestMemoBounded(t *testing.T) {
	var m memo[int]
	for i := range 100 {
		m.put([32]byte{byte(i)}, i, 10)
		if len(m.seen) > 10 {
			t.Fatalf("%d kept, over 10", len(m.seen))
		}
		if v, ok := m.get([32]byte{byte(i)}); !ok || v != i {
			t.Fatalf("get(%d) = %d, %v", i, v, ok)
		}
	}
}
