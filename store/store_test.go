package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
)

// open opens a store that is verified when the test ends.
func open(t testing.TB, dir string, o Options) *Bolt {
	t.Helper()
	o.Create = true
	b, err := Open(dir, o)
	if err != nil {
		t.Fatalf("Open(%s) = %v", dir, err)
	}
	t.Cleanup(func() {
		c, err := b.Verify(context.Background())
		if !errors.Is(err, ErrClosed) {
			wantClean(t, c, err)
		}
		if err := b.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return b
}

func wantClean(t testing.TB, c Checked, err error) {
	t.Helper()
	if err != nil || !c.OK() {
		t.Errorf("Verify() = %+v, %v, want no problem", c, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func report(b *Bolt, at time.Time, raw string) *analyze.Report {
	return &analyze.Report{ID: b.NewID(at), At: at.UTC(), Raw: []byte(raw), Envelope: analyze.Envelope{
		ClientIP: netip.MustParseAddr("192.0.2.7"), Helo: "mail.example.org", MailFrom: "anna@example.org",
		RcptTo: []string{"reportascam@example.net"}, Hostname: "mx.example.net",
	}}
}

// accept has a report accepted and imported.
func accept(t testing.TB, b *Bolt, at time.Time, raw string) *analyze.Report {
	t.Helper()
	r := report(b, at, raw)
	must(t, b.Accept(t.Context(), r, "Received: from there"))
	must(t, b.Drain(t.Context()))
	return r
}

func judgement(id analyze.ID, at time.Time, level analyze.Level) *analyze.Judgement {
	return &analyze.Judgement{
		ID: id, At: at.UTC(), JudgedAt: at.UTC(), Level: level, Score: 0.9, Brand: "sparkasse", Subject: "Ihr Konto",
		Reporter: analyze.Reporter{Address: "anna@example.org", Domain: "example.org", Proven: true},
		Originals: []analyze.JudgedOriginal{{
			How: analyze.HowAttached, Grade: analyze.GradeFull, Subject: "Ihr Konto",
			From: []analyze.Mailbox{{Name: "Sparkasse", Address: "info@login.evil.example"}},
			Evidence: analyze.Evidence{
				Auth:       analyze.Auth{FromDomain: "login.evil.example", OrgDomain: "evil.example"},
				Indicators: []analyze.Indicator{{Kind: analyze.IndicatorURL, Value: "https://login.evil.example/x"}, {Kind: analyze.IndicatorDomain, Value: "evil.example"}},
			},
			Verdict: analyze.Verdict{Level: level},
		}},
		Reply: "queued",
	}
}

func outgoing(to string) *Outgoing {
	return &Outgoing{To: to, Raw: []byte("Subject: Auto: your report\r\n\r\nThank you.\r\n")}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRoundTrip(t *testing.T) {
	for _, tt := range []struct{ name, raw string }{
		{"text", "Subject: x\r\n\r\nbody\r\n"},
		{"empty", ""},
		{"compressible", strings.Repeat("the same again ", 10000)},
		{"every octet", func() string {
			var b strings.Builder
			for i := range 70000 {
				b.WriteByte(byte(i * i >> 3))
			}
			return b.String()
		}()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, t.TempDir(), Options{})
			r := report(b, noon, tt.raw)
			trace := "Received: from \xff\x00 trace"
			must(t, b.Accept(t.Context(), r, trace))
			must(t, b.Drain(t.Context()))
			got, gotTrace, err := b.Report(t.Context(), r.ID)
			must(t, err)
			if string(got.Raw) != tt.raw || gotTrace != trace || got.Envelope.MailFrom != r.Envelope.MailFrom || !got.At.Equal(r.At) {
				t.Errorf("Report(%s) = %.60q, %q, want what was accepted", r.ID, got.Raw, gotTrace)
			}
			l, err := b.Lease(t.Context(), time.Now(), time.Minute)
			must(t, err)
			if l.ID != r.ID || l.Attempt != 1 || string(l.Report.Raw) != tt.raw || l.Trace != trace {
				t.Errorf("Lease() = %s attempt %d, want %s attempt 1 with its message", l.ID, l.Attempt, r.ID)
			}
		})
	}
}

func TestAcceptRefuses(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	for _, tt := range []struct {
		name  string
		edit  func(r *analyze.Report)
		trace string
		want  error
	}{
		{"no ID", func(r *analyze.Report) { r.ID = "" }, "", ErrBadID},
		{"another's ID", func(r *analyze.Report) { r.ID = "../../../../etc/passwd0000" }, "", ErrBadID},
		{"huge", func(r *analyze.Report) { r.Raw = make([]byte, MaxRaw+1) }, "", ErrTooLarge},
		{"huge trace", func(*analyze.Report) {}, strings.Repeat("x", MaxTrace+1), ErrTooLarge},
		{"huge envelope", func(r *analyze.Report) { r.Envelope.RcptTo = []string{strings.Repeat("x", MaxEnvelope)} }, "", ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := report(b, noon, "x")
			tt.edit(r)
			if err := b.Accept(t.Context(), r, tt.trace); !errors.Is(err, tt.want) {
				t.Errorf("Accept(%s) = %v, want %v", tt.name, err, tt.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Drain(ctx); err == nil {
		t.Errorf("Drain of an ended context = nil, want an error")
	}
}

func TestLargestMessage(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	raw := bytes.Repeat([]byte("0123456789abcdef"), MaxRaw/16)
	r := accept(t, b, noon, string(raw))
	got, _, err := b.Report(t.Context(), r.ID)
	must(t, err)
	if !bytes.Equal(got.Raw, raw) {
		t.Errorf("Report of %d octets = %d octets, want the same", len(raw), len(got.Raw))
	}
}

func TestIDs(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	seen := map[analyze.ID]bool{}
	last := analyze.ID("")
	for i := range 5000 {
		at := noon.Add(time.Duration(i/100) * time.Millisecond)
		if i%7 == 0 {
			at = at.Add(-time.Second) // the clock is corrected
		}
		id := b.NewID(at)
		if !validID(id) || seen[id] || id <= last {
			t.Fatalf("NewID #%d = %s after %s, want a valid, new, later one", i, id, last)
		}
		seen[id], last = true, id
	}
	if got := b.NewID(noon.Add(-24 * time.Hour)); got >= idAt(noon.Add(-23*time.Hour)) {
		t.Errorf("NewID a day back = %s, want one of that day: the clock was wrong before", got)
	}
	for _, id := range []analyze.ID{"", "0", analyze.ID(strings.Repeat("z", 26)), analyze.ID(strings.Repeat("0", 25) + "i"), analyze.ID(strings.Repeat("0", 25) + "A")} {
		if validID(id) {
			t.Errorf("validID(%q) = true, want false", id)
		}
	}
}

func TestResolvePrefix(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	x := accept(t, b, noon, "x")
	y := accept(t, b, noon.Add(24*time.Hour), "y")
	for _, tt := range []struct {
		name, prefix string
		want         analyze.ID
		err          error
	}{
		{"whole", string(x.ID), x.ID, nil},
		{"upper case", strings.ToUpper(string(y.ID[:8])), y.ID, nil},
		{"both", string(x.ID[:2]), "", ErrAmbiguous},
		{"none", "7zzz", "", ErrNotFound},
		{"empty", "", "", ErrBadID},
		{"not an ID", "../x", "", ErrBadID},
		{"too long", string(x.ID) + "0", "", ErrBadID},
	} {
		got, err := b.ResolvePrefix(t.Context(), tt.prefix)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: ResolvePrefix(%q) = %q, %v, want %q, %v", tt.name, tt.prefix, got, err, tt.want, tt.err)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrNoStore) {
		t.Errorf("Open(empty) = %v, want ErrNoStore", err)
	}
	b := open(t, dir, Options{})
	if _, err := Open(dir, Options{Timeout: -1}); !errors.Is(err, ErrLocked) {
		t.Errorf("Open(held) = %v, want ErrLocked", err)
	}
	must(t, b.Close())
	for name, call := range map[string]func() error{
		"Accept": func() error { return b.Accept(t.Context(), report(b, noon, "x"), "") },
		"Lease":  func() error { _, err := b.Lease(t.Context(), noon, 0); return err },
		"List":   func() error { _, err := b.List(t.Context(), Query{}); return err },
		"Drain":  func() error { return b.Drain(t.Context()) },
		"Retry":  func() error { return b.Retry(t.Context(), "") },
	} {
		if err := call(); !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close = %v, want ErrClosed", name, err)
		}
	}
	db, err := openDB(dir+"/"+DatabaseName, 0, false)
	must(t, err)
	must(t, db.Update(func(tx *boltTx) error {
		return tx.Bucket(bucketMeta).Put(keySchema, fmt.Append(nil, schemaVersion+1))
	}))
	must(t, db.Close())
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrSchema) {
		t.Errorf("Open(later schema) = %v, want ErrSchema", err)
	}
}
