package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/bimi"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
	"reportascam/smtpd/reply"
)

// expected is what stands beside a message of testdata/messages, as .json.
type expected struct {
	Session struct {
		IP       string `json:"ip"`
		Helo     string `json:"helo"`
		MailFrom string `json:"mail_from"`
	} `json:"session"`
	Verdict  analyze.Level `json:"verdict"`
	Brand    string        `json:"brand"`
	How      []analyze.How `json:"how"`
	Hits     []string      `json:"hits"`   // among the findings of any original
	Misses   []string      `json:"misses"` // not among them
	Boundary string        `json:"boundary"`
	Reply    string        `json:"reply"` // queued, or the word of the reason; empty is not asked
}

// received is when all of these messages were received.
var received = time.Date(2026, 11, 20, 12, 0, 5, 0, time.UTC)

func testConfig(t *testing.T) *Config {
	t.Helper()
	cfg, err := loadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Addresses = []string{"reportascam@desk.example"}
	return cfg
}

// zone reads "TYPE name value" lines.
func zone(t *testing.T, file string) dnstest.Zone {
	t.Helper()
	z := dnstest.Zone{}
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return z
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		typ, rest, _ := strings.Cut(line, " ")
		name, value, found := strings.Cut(rest, " ")
		if !found {
			t.Fatalf("%s: %q is not TYPE name value", file, line)
		}
		z[typ+" "+name] = append(z[typ+" "+name], value)
	}
	return z
}

// TestMessages judges our own messages with their DNS, and again from the
// answers that were kept.
func TestMessages(t *testing.T) {
	files, err := filepath.Glob("../../testdata/messages/*.eml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d messages, %v", len(files), err)
	}
	cfg := testConfig(t)
	d, err := cfg.desk()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".eml")
		t.Run(filepath.Base(name), func(t *testing.T) {
			want := readExpected(t, name+".json")
			r := readReport(t, file, want)
			out := d.judgeReport(t.Context(), r, zone(t, name+".dns"), bimi.Offline{}, received)
			compare(t, out, want)
			if _, err := d.replay(context.Background(), r, out.judgement); err != nil {
				t.Errorf("replay: %v", err)
			}
			compareReply(t, cfg, d, r, out, want.Reply)
		})
	}
}

func readExpected(t *testing.T, file string) expected {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want expected
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&want); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return want
}

func readReport(t *testing.T, file string, want expected) *analyze.Report {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ip, err := netip.ParseAddr(want.Session.IP)
	if err != nil {
		t.Fatal(err)
	}
	return &analyze.Report{ID: "test", At: received, Raw: raw, Envelope: analyze.Envelope{ClientIP: ip, Helo: want.Session.Helo,
		MailFrom: want.Session.MailFrom, RcptTo: []string{"reportascam@desk.example"}}}
}

func compare(t *testing.T, out judged, want expected) {
	t.Helper()
	j := out.judgement
	hows, hits := []analyze.How{}, []string{}
	for _, o := range j.Originals {
		hows = append(hows, o.How)
		for _, f := range o.Findings {
			if f.Status == analyze.Hit {
				hits = append(hits, f.Check)
			}
		}
	}
	if j.Level != want.Verdict || j.Brand != want.Brand || !slices.Equal(hows, want.How) {
		t.Errorf("judge = %s (%v), brand %q, %v; want %s, brand %q, %v; hits %v", j.Level, j.Score, j.Brand, hows, want.Verdict, want.Brand, want.How, hits)
	}
	for _, h := range want.Hits {
		if !slices.Contains(hits, h) {
			t.Errorf("hits = %v, want %s among them", hits, h)
		}
	}
	for _, h := range want.Misses {
		if slices.Contains(hits, h) {
			t.Errorf("hits = %v, want %s not among them", hits, h)
		}
	}
	if want.Boundary != "" && (len(j.Originals) == 0 || j.Originals[0].Evidence.Auth.Boundary == nil ||
		!strings.EqualFold(j.Originals[0].Evidence.Auth.Boundary.By, want.Boundary)) {
		t.Errorf("the boundary is not %s: %+v", want.Boundary, j.Originals)
	}
}

// nobody is a memory in which nobody was answered yet.
type nobody struct{}

func (nobody) CountAnswers(context.Context, string, string, time.Time) (int, error) { return 0, nil }

func compareReply(t *testing.T, cfg *Config, d *desk, r *analyze.Report, out judged, want string) {
	t.Helper()
	rc, err := cfg.replies(d.judge)
	if err != nil {
		t.Fatal(err)
	}
	outer := reply.Outer{Report: r, Header: out.header, Reporter: out.judgement.Reporter, Originals: out.originals}
	_, reason, err := reply.Decide(t.Context(), nobody{}, outer, *rc)
	if err != nil {
		t.Fatal(err)
	}
	got := "queued"
	if reason != "" {
		got = reply.Word(reason)
	}
	if want != "" && got != want {
		t.Errorf("reply = %s (%s), want %s", got, reason, want)
	}
	if reason != "" {
		return
	}
	m, err := reply.Render(out.judgement, outer, *rc)
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	if bytes.Contains(m.Raw, []byte("paypa1-billing.example")) || bytes.Contains(m.Raw, []byte("evil.example")) {
		t.Errorf("the reply names the scam's domain undefanged:\n%s", m.Raw)
	}
}

// TestRedirectedFromIsNotTheReporter: the provider of a redirected scam's
// author is not believed about it.
func TestRedirectedFromIsNotTheReporter(t *testing.T) {
	d := &desk{providers: []string{"mx.desk.example"}}
	r := analyze.Reporter{Proven: true, Provider: []string{"evil.test"}}
	tests := []struct {
		name string
		how  []analyze.How
		want []string
	}{
		{"attached", []analyze.How{analyze.HowAttached}, []string{"mx.desk.example", "evil.test"}},
		{"redirected", []analyze.How{analyze.HowRedirected}, []string{"mx.desk.example"}},
		{"redirected, with bait attached", []analyze.How{analyze.HowAttached, analyze.HowRedirected}, []string{"mx.desk.example"}},
		{"nothing", nil, []string{"mx.desk.example", "evil.test"}},
	}
	for _, tt := range tests {
		var originals []analyze.Original
		for _, how := range tt.how {
			originals = append(originals, analyze.Original{How: how})
		}
		if got := d.believed(r, originals); !slices.Equal(got, tt.want) {
			t.Errorf("%s: believed = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestResender: who resent a message is its reporter, and proven only by a
// result for that very domain.
func TestResender(t *testing.T) {
	pass := analyze.AuthResult{Method: analyze.MethodDKIM, Result: analyze.ResultPass, Witness: analyze.WitnessVerified, Domain: "evil.test"}
	tests := []struct {
		name, header, by, domain string
		want                     string
		proven                   bool
	}{
		{"signed by the scammer alone", "Resent-From: a@home.example\r\n\r\n", "dkim", "evil.test", "a@home.example", false},
		{"signed by the resender", "Resent-From: a@home.example\r\n\r\n", "dkim", "home.example", "a@home.example", true},
		{"nobody resent it", "From: x@evil.test\r\n\r\n", "dkim", "evil.test", "", false},
		{"trusted network", "Resent-From: a@home.example\r\n\r\n", "network", "", "a@home.example", true},
	}
	for _, tt := range tests {
		pass.Domain = tt.domain
		h, _, _ := eml.ParseHeader([]byte(tt.header))
		got := resender(analyze.Reporter{Address: "x@evil.test", Domain: "evil.test", Proven: true, By: tt.by,
			Auth: analyze.Auth{Results: []analyze.AuthResult{pass}}}, h)
		if got.Address != tt.want || got.Proven != tt.proven {
			t.Errorf("%s: resender = %q, proven %v; want %q, %v", tt.name, got.Address, got.Proven, tt.want, tt.proven)
		}
	}
}

// TestDoubled finds fields that may stand once.
func TestDoubled(t *testing.T) {
	h, _, _ := eml.ParseHeader([]byte("Subject: a\r\nSUBJECT: b\r\nReceived: x\r\nReceived: y\r\nFrom: z\r\n\r\n"))
	got := doubled(h)
	if !slices.Equal(got, []string{"Subject"}) {
		t.Errorf("doubled = %v, want Subject", got)
	}
}
