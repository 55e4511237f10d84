package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
)

// serve serves a store's control socket until the test ends.
func serve(t testing.TB, dir string, s Reader) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- ServeControl(ctx, dir, s) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ServeControl() = %v, want nil", err)
		}
		if _, err := os.Lstat(filepath.Join(dir, socketName)); err == nil {
			t.Error("the socket is left behind")
		}
	})
	for {
		c, err := connect(dir)
		if err == nil {
			c.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("ServeControl() = %v", err)
		default:
		}
	}
}

// filled is a store with a judged, a parked and a waiting report.
func filled(t testing.TB, dir string) (b *Bolt, judged, parked, waiting analyze.ID) {
	t.Helper()
	b = open(t, dir, Options{})
	r := accept(t, b, noon, "first \x00\xff")
	l, err := b.Lease(t.Context(), time.Now(), time.Hour)
	must(t, err)
	_, err = b.Finish(t.Context(), l, judgement(r.ID, noon, analyze.Scam), outgoing("anna@example.org"))
	must(t, err)
	p := accept(t, b, noon.Add(time.Minute), "second")
	l, err = b.Lease(t.Context(), time.Now(), time.Hour)
	must(t, err)
	must(t, b.Park(t.Context(), l, "crashed"))
	w := accept(t, b, noon.Add(2*time.Minute), "third")
	return b, r.ID, p.ID, w.ID
}

// readers are the two ways to the same store.
func TestBothWaysGiveTheSame(t *testing.T) {
	dir := t.TempDir()
	b, judged, _, _ := filled(t, dir)
	serve(t, dir, b)
	r, err := OpenOrDial(dir)
	must(t, err)
	defer r.Close()
	if _, ok := r.(*Client); !ok {
		t.Fatalf("OpenOrDial(served) = %T, want a client", r)
	}
	ctx := t.Context()
	for name, ask := range map[string]func(r Reader) (any, error){
		"List":          func(r Reader) (any, error) { return r.List(ctx, Query{Brand: "sparkasse"}) },
		"List none":     func(r Reader) (any, error) { return r.List(ctx, Query{Brand: "none"}) },
		"Judgement":     func(r Reader) (any, error) { return r.Judgement(ctx, judged) },
		"Stats":         func(r Reader) (any, error) { return r.Stats(ctx, noon) },
		"Parked":        func(r Reader) (any, error) { return r.Parked(ctx) },
		"ListOutgoing":  func(r Reader) (any, error) { return r.ListOutgoing(ctx, OutWaiting) },
		"Outgoing":      func(r Reader) (any, error) { return r.Outgoing(ctx, judged) },
		"RetryOutgoing": func(r Reader) (any, error) { return nil, r.RetryOutgoing(ctx, judged) },
		"Corrections":   func(r Reader) (any, error) { return r.Corrections(ctx) },
		"Put": func(r Reader) (any, error) {
			j, err := r.Judgement(ctx, judged)
			if err != nil {
				return nil, err
			}
			c, err := j.Correct(analyze.Correction{ID: judged, As: analyze.LabelLegitimate, At: noon, Signs: []string{"check x"}})
			if err != nil {
				return nil, err
			}
			if err := r.PutJudgement(ctx, &c); err != nil {
				return nil, err
			}
			list, err := r.Corrections(ctx)
			if err != nil || len(list) != 1 {
				return list, fmt.Errorf("corrections: %d, %w", len(list), err)
			}
			back := c.Uncorrected()
			return list, r.PutJudgement(ctx, &back)
		},
		"Verify":  func(r Reader) (any, error) { return r.Verify(ctx) },
		"Resolve": func(r Reader) (any, error) { return r.ResolvePrefix(ctx, string(judged[:12])) },
		"Report": func(r Reader) (any, error) {
			rep, trace, err := r.Report(ctx, judged)
			return []any{rep, trace}, err
		},
		"Export": func(r Reader) (any, error) {
			var out []*analyze.Judgement
			err := r.Export(ctx, Query{}, func(j *analyze.Judgement) error { out = append(out, j); return nil })
			return out, err
		},
	} {
		want, err := ask(b)
		must(t, err)
		got, err := ask(r)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s through the socket = %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func TestControlErrors(t *testing.T) {
	dir := t.TempDir()
	b, judged, parked, waiting := filled(t, dir)
	serve(t, dir, b)
	c, err := Dial(dir)
	must(t, err)
	defer c.Close()
	ctx := t.Context()
	stop := errors.New("enough")
	for _, tt := range []struct {
		name string
		call func() error
		want error
	}{
		{"no judgement", func() error { _, err := c.Judgement(ctx, waiting); return err }, ErrNotFound},
		{"no ID", func() error { _, _, err := c.Report(ctx, "x"); return err }, ErrBadID},
		{"ambiguous", func() error { _, err := c.ResolvePrefix(ctx, string(judged[:1])); return err }, ErrAmbiguous},
		{"retry of a judged one", func() error { return c.Retry(ctx, judged) }, ErrNotFound},
		{"retry", func() error { return c.Retry(ctx, parked) }, nil},
		{"park", func() error { return c.ParkReport(ctx, waiting, "by hand") }, nil},
		{"park again", func() error { return c.ParkReport(ctx, waiting, "by hand") }, ErrNotFound},
		{"export that its reader ends", func() error {
			return c.Export(ctx, Query{}, func(*analyze.Judgement) error { return stop })
		}, stop},
		{"export with a bad query", func() error { return c.Export(ctx, Query{Before: "x"}, nil) }, ErrBadID},
		{"ended context", func() error {
			ended, cancel := context.WithCancel(ctx)
			cancel()
			_, err := c.Verify(ended)
			return err
		}, context.Canceled},
	} {
		if err := tt.call(); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestSocketIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30)) // above sun_path
	must(t, os.Mkdir(dir, 0o755))
	b := open(t, dir, Options{})
	// A server that was killed leaves its socket.
	old, err := listen(dir)
	must(t, err)
	old.Close()
	if _, err := Dial(dir); !errors.Is(err, ErrNoStore) {
		t.Errorf("Dial(stale socket) = %v, want ErrNoStore", err)
	}
	serve(t, dir, b)
	st, err := os.Lstat(filepath.Join(dir, socketName))
	must(t, err)
	if st.Mode() != os.ModeSocket|0o600 {
		t.Errorf("socket mode %v, want 0600", st.Mode())
	}
	es, err := filepath.Glob(filepath.Join(dir, ".control-*"))
	if err != nil || len(es) > 0 {
		t.Errorf("left behind: %v", es)
	}
	for _, name := range []string{DatabaseName, lockName} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want 0600", name, st.Mode(), err)
		}
	}
}

func TestOpenOrDialAlone(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenOrDial(dir); !errors.Is(err, ErrNoStore) {
		t.Errorf("OpenOrDial(nothing) = %v, want ErrNoStore", err)
	}
	if es, err := os.ReadDir(dir); len(es) > 0 || err != nil {
		t.Errorf("OpenOrDial(nothing) made %v", es)
	}
	b, err := Open(dir, Options{Create: true, noImport: true})
	must(t, err)
	r := report(b, noon, "accepted, then killed")
	must(t, b.Accept(t.Context(), r, ""))
	must(t, b.Close())
	got, err := OpenOrDial(dir)
	must(t, err)
	if rep, _, err := got.Report(t.Context(), r.ID); err != nil || string(rep.Raw) != string(r.Raw) {
		t.Errorf("Report() = %v, %v, want what was accepted", rep, err)
	}
	must(t, got.Close())
}

// slow is a store whose Verify waits, and whose backup fails half-way.
type slow struct {
	Reader
	begun, end chan struct{}
}

func (s slow) Verify(context.Context) (Checked, error) {
	s.begun <- struct{}{}
	<-s.end
	return Checked{}, nil
}

func (s slow) Backup(_ context.Context, w io.Writer) error {
	if _, err := w.Write(make([]byte, 100000)); err != nil {
		return err
	}
	return errors.New("disk\nfailed")
}

func (s slow) Export(_ context.Context, _ Query, f func(*analyze.Judgement) error) error {
	return errors.Join(f(&analyze.Judgement{}), ErrIO)
}

func TestControlLimits(t *testing.T) {
	dir := t.TempDir()
	s := slow{begun: make(chan struct{}), end: make(chan struct{})}
	serve(t, dir, s)
	c, err := Dial(dir)
	must(t, err)
	defer c.Close()
	var wg sync.WaitGroup
	for range controlHeavy {
		wg.Go(func() {
			if _, err := c.Verify(t.Context()); err != nil {
				t.Errorf("Verify() = %v", err)
			}
		})
		<-s.begun
	}
	if _, err := c.Verify(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("Verify(all places taken) = %v, want ErrBusy", err)
	}
	close(s.end)
	wg.Wait()
	var out bytes.Buffer
	if err := c.Backup(t.Context(), &out); err == nil || !strings.Contains(err.Error(), "failed") {
		t.Errorf("Backup(fails half-way) = %v, want its error", err)
	}
	n := 0
	if err := c.Export(t.Context(), Query{}, func(*analyze.Judgement) error { n++; return nil }); !errors.Is(err, ErrIO) || n != 1 {
		t.Errorf("Export(fails half-way) = %v after %d, want ErrIO after 1", err, n)
	}
}

func TestMalformedRequests(t *testing.T) {
	h := newControl(open(t, t.TempDir(), Options{}))
	for _, tt := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"no body", "POST", "/v1/list", "", http.StatusBadRequest},
		{"two objects", "POST", "/v1/list", "{}{}", http.StatusBadRequest},
		{"unknown key", "POST", "/v1/list", `{"x":1}`, http.StatusBadRequest},
		{"too long", "POST", "/v1/list", `{"reason":"` + strings.Repeat("x", controlBody) + `"}`, http.StatusBadRequest},
		{"GET", "GET", "/v1/list", "{}", http.StatusMethodNotAllowed},
		{"unknown method", "POST", "/v1/drop", "{}", http.StatusNotFound},
		{"fine", "POST", "/v1/list", "{}", http.StatusOK},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body)))
		if w.Code != tt.want {
			t.Errorf("%s: %s %s = %d, want %d", tt.name, tt.method, tt.path, w.Code, tt.want)
		}
	}
}

// TestHalfRequest: a client that says nothing does not keep the others out,
// and one that goes away does no harm.
func TestHalfRequest(t *testing.T) {
	dir := t.TempDir()
	b, _, _, _ := filled(t, dir)
	serve(t, dir, b)
	var mute []net.Conn
	for range 8 {
		c, err := connect(dir)
		must(t, err)
		_, err = io.WriteString(c, "POST /v1/list HTTP/1.1\r\nContent-Length: 100\r\n")
		must(t, err)
		mute = append(mute, c)
	}
	c, err := Dial(dir)
	must(t, err)
	defer c.Close()
	if got, err := c.List(t.Context(), Query{}); err != nil || len(got) != 1 {
		t.Errorf("List() = %v, %v, want one", got, err)
	}
	for _, c := range mute {
		c.Close()
	}
}

// FuzzControl: any request gets one well-formed answer, and the store is
// whole afterwards.
func FuzzControl(f *testing.F) {
	b, judged, parked, _ := filled(f, f.TempDir())
	h := newControl(b)
	methods := []string{"list", "report", "judgement", "resolve", "stats", "parked", "outgoing", "retry", "park", "export", "nothing"}
	f.Add(uint8(0), `{"query":{"verdict":"scam","limit":-1}}`)
	f.Add(uint8(1), `{"id":"`+string(judged)+`"}`)
	f.Add(uint8(3), `{"prefix":"0"}`)
	f.Add(uint8(4), `{"since":"9999-12-31T00:00:00Z"}`)
	f.Add(uint8(7), `{"id":"`+string(parked)+`"}`)
	f.Add(uint8(8), `{"id":"`+string(parked)+`","reason":"\u0000"}`)
	f.Add(uint8(9), `{"query":{"before":"x","text":"K","limit":9999999}}`)
	f.Add(uint8(0), `{"query":{"indicator":"a\u0000b","until":"0001-01-01T00:00:00Z"}}`)
	f.Fuzz(func(t *testing.T, m uint8, body string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/v1/"+methods[int(m)%len(methods)], strings.NewReader(body)))
		if w.Code == http.StatusNotFound && int(m)%len(methods) == len(methods)-1 {
			return
		}
		d := json.NewDecoder(w.Body)
		for {
			var v any
			err := d.Decode(&v)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("answer to %q is not JSON: %v", body, err)
			}
		}
		c, err := b.Verify(context.Background())
		wantClean(t, c, err)
	})
}
