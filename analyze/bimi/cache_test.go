package bimi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reportascam/analyze/bimi/bimitest"
)

func TestCache(t *testing.T) {
	m := newMint(t)
	var asked sync.Map
	s := m.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path, r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since"))
		switch r.URL.Path {
		case "/forever.svg":
			w.Header().Set("Cache-Control", "public, max-age=99999999")
		case "/never.svg":
			w.Header().Set("Cache-Control", "max-age=0")
		case "/no-store.svg":
			w.Header().Set("Cache-Control", "no-store")
		case "/minutes.svg":
			w.Header().Set("Cache-Control", `max-age="600"`)
		case "/tagged.svg":
			w.Header().Set("ETag", `"7"`)
			if r.Header.Get("If-None-Match") == `"7"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		case "/broken.svg":
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(bimitest.GoodSVG))
	}, webHost)
	var now atomic.Pointer[time.Time]
	start := bimitest.Noon()
	now.Store(&start)
	c := clientOf(s, loopback(), func(o *Options) { o.Now = func() time.Time { return *now.Load() } })
	for _, tt := range []struct {
		path  string
		fresh time.Duration
	}{
		{"/plain.svg", freshDefault}, {"/forever.svg", freshMax}, {"/never.svg", freshMin}, {"/no-store.svg", freshMin},
		{"/minutes.svg", 10 * time.Minute}, {"/tagged.svg", freshDefault}, {"/broken.svg", freshFailure},
	} {
		req := logoAt("https://" + webHost + s.Port + tt.path)
		now.Store(&start)
		before := s.Hits.Load()
		for _, after := range []time.Duration{0, tt.fresh - time.Second, tt.fresh} {
			at := start.Add(after)
			now.Store(&at)
			got := c.Fetch(t.Context(), req)
			if want := tt.path != "/broken.svg"; (got.Status == FetchOK) != want || want && string(got.Body) != bimitest.GoodSVG {
				t.Errorf("%s after %v: %s %q", tt.path, after, got.Status, got.Reason)
			}
			if after == tt.fresh && got.Status == FetchOK && !got.At.Equal(at) {
				t.Errorf("%s after %v: At = %v, want %v", tt.path, after, got.At, at)
			}
			want := int64(1)
			if after == tt.fresh {
				want = 2
			}
			if n := s.Hits.Load() - before; n != want {
				t.Errorf("%s after %v: asked %d times, want %d", tt.path, after, n, want)
			}
		}
	}
	if v, _ := asked.Load("/tagged.svg"); v != `"7"` {
		t.Errorf("validator sent = %v, want the tag", v)
	}
}

func TestCacheBounded(t *testing.T) {
	m := newMint(t)
	s := m.NewSite(t, serve(strings.Repeat("x", 1000)), webHost)
	c := clientOf(s, loopback(), func(o *Options) { o.Cache = 5000 })
	for i := range 20 {
		c.Fetch(t.Context(), logoAt(fmt.Sprintf("https://%s%s/%d.svg", webHost, s.Port, i)))
		if c.cache.size > 5000 {
			t.Fatalf("the cache holds %d octets, over 5000", c.cache.size)
		}
	}
	before := s.Hits.Load()
	c.Fetch(t.Context(), logoAt(fmt.Sprintf("https://%s%s/19.svg", webHost, s.Port)))
	if s.Hits.Load() != before {
		t.Error("the latest thing was dropped")
	}
}

func TestSingleFlight(t *testing.T) {
	m := newMint(t)
	s := m.NewSite(t, serve(bimitest.GoodSVG), webHost)
	c := clientOf(s, loopback(), nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := c.Fetch(t.Context(), logoAt("https://"+webHost+s.Port+"/x.svg")); got.Status != FetchOK {
				t.Errorf("Fetch = %s %q", got.Status, got.Reason)
			}
		})
	}
	wg.Wait()
	if n := s.Hits.Load(); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

func TestSessionBudget(t *testing.T) {
	w := web{"https://a.example/x": okay([]byte("x"))}
	s := NewSession(w, 2)
	for _, u := range []string{"https://a.example/x", "https://a.example/x", "https://b.example/x"} {
		s.Fetch(t.Context(), logoAt(u))
	}
	if got := s.Fetch(t.Context(), logoAt("https://c.example/x")); got.Status != FetchTempError || got.Reason != "budget" {
		t.Errorf("over budget: %s %q, want temperror budget", got.Status, got.Reason)
	}
	if got := s.Transcript(); len(got) != 3 || got[0].Status != FetchOK || got[1].Status != FetchAbsent || got[2].Reason != "budget" {
		t.Errorf("Transcript = %+v", got)
	}
}
