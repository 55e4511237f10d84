package send

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze/dns/dnstest"
)

func TestParsePolicy(t *testing.T) {
	tests := []struct {
		text string
		mode Mode // empty: an error
		mx   string
		age  time.Duration
	}{
		{"version: STSv1\r\nmode: enforce\r\nmx: mail.home.example\r\nmx: *.home.example.\r\nmax_age: 604800\r\n", ModeEnforce, "mail.home.example *.home.example", 7 * 24 * time.Hour},
		{"version: STSv1\nmode: testing\nmx: Mail.Home.example\nmax_age: 86400", ModeTesting, "mail.home.example", 24 * time.Hour},
		{"version:STSv1\nmode:none\nmax_age:0\n", ModeNone, "", 0},
		{"mode: enforce\nversion: STSv1\nmax_age: 1\nmx: a.example\nother: thing\n", ModeEnforce, "a.example", time.Second},
		{"version: STSv1\nmode: enforce\nmode: none\nmx: a.example\nmax_age: 1\n", ModeEnforce, "a.example", time.Second},
		{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 4294967295\n", ModeEnforce, "a.example", maxAge},
		{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 99999999999\n", "", "", 0},
		{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1\n", "", "", 0},
		{"version: STSv1\nmode: enforce\nmx: a.example\n", "", "", 0},
		{"version: STSv1\nmode: enforce\nmax_age: 1\n", "", "", 0},
		{"version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1\n", "", "", 0},
		{"version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1\n", "", "", 0},
		{"mode: enforce\nmx: a.example\nmax_age: 1\n", "", "", 0},
		{"version: STSv1\nmode: enforce\nmx: *\nmax_age: 1\n", "", "", 0},
		{"version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1\n", "", "", 0},
		{"version: STSv1\nmode: enforce\nmx: a b\nmax_age: 1\n", "", "", 0},
		{"<html>not found</html>", "", "", 0},
		{"", "", "", 0},
		{"version: STSv1\nmode: none\nmax_age: 1\n" + strings.Repeat("x: y\n", MaxPolicy/5), "", "", 0},
	}
	for _, tt := range tests {
		p, err := ParsePolicy([]byte(tt.text))
		if tt.mode == "" {
			if !errors.Is(err, ErrSTS) {
				t.Errorf("ParsePolicy(%.60q) = %+v, %v, want ErrSTS", tt.text, p, err)
			}
			continue
		}
		if err != nil || p.Mode != tt.mode || strings.Join(p.MX, " ") != tt.mx || p.maxAge != tt.age {
			t.Errorf("ParsePolicy(%.60q) = %+v, %v, want %s %q %v", tt.text, p, err, tt.mode, tt.mx, tt.age)
		}
	}
}

func TestPolicyAllows(t *testing.T) {
	p := &Policy{MX: []string{"mx.home.example", "*.mail.example"}}
	for host, want := range map[string]bool{"mx.home.example": true, "a.mail.example": true, "mail.example": false, "a.b.mail.example": false,
		".mail.example": false, "xmail.example": false, "mx.home.example.evil.example": false, "evilmx.home.example": false} {
		if got := p.Allows(host); got != want {
			t.Errorf("Allows(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestPolicyID(t *testing.T) {
	for text, want := range map[string]string{"v=STSv1; id=20160831085700Z;": "20160831085700Z", "v=STSv1;id=1": "1", "v=STSv1 ; a=b; id = 2 ;": "2",
		"v=STSv1": "", "v=STSv1;": "", "v=STSv10; id=1": "", "v=spf1 -all": "", "v=STSv1; id=a-b": "", "v=STSv1; id=" + strings.Repeat("a", 33): "", "v=STSv1; id=\u00e9": "",
		"v=STSv1; id=1|v=STSv1; id=2": "", "v=spf1 -all|v=STSv1; id=3": "3"} {
		if got := policyID(strings.Split(text, "|")); got != want {
			t.Errorf("policyID(%q) = %q, want %q", text, got, want)
		}
	}
}

// web is where policies are fetched from.
type web struct {
	text  string // empty: nothing there
	asked []string
}

func (w *web) fetch(_ context.Context, url string) ([]byte, error) {
	w.asked = append(w.asked, url)
	if w.text == "" {
		return nil, errors.New("nothing there")
	}
	return []byte(w.text), nil
}

func TestPolicies(t *testing.T) {
	const text = "version: STSv1\nmode: enforce\nmx: mx.home.example\nmax_age: 864000\n"
	clock := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	w, z := &web{text: text}, dnstest.Zone{"TXT _mta-sts.home.example": {"v=STSv1; id=1;"}}
	file := filepath.Join(t.TempDir(), "policies.json")
	open := func() *Policies {
		return &Policies{Fetch: w.fetch, File: file, Now: func() time.Time { return clock }}
	}
	s := open()
	step := func(name string, mode Mode, fetches int) {
		t.Helper()
		p := s.Get(t.Context(), z, "home.example")
		got := Mode("")
		if p != nil {
			got = p.Mode
		}
		if got != mode || len(w.asked) != fetches {
			t.Errorf("%s: mode %q after %d fetches, want %q after %d", name, got, len(w.asked), mode, fetches)
		}
	}
	step("first", ModeEnforce, 1)
	step("kept", ModeEnforce, 1)
	s = open()
	step("kept over a restart", ModeEnforce, 1)
	z["TXT _mta-sts.home.example"] = []string{"NXDOMAIN"}
	step("the record hidden", ModeEnforce, 1)
	z["TXT _mta-sts.home.example"] = []string{"v=STSv1; id=2;"}
	w.text = ""
	step("another id, the page hidden", ModeEnforce, 2)
	step("not asked again at once", ModeEnforce, 2)
	clock = clock.Add(policyPause)
	w.text = strings.Replace(text, "enforce", "testing", 1)
	step("another id", ModeTesting, 3)
	clock = clock.Add(6 * 24 * time.Hour)
	step("past half its life", ModeTesting, 4)
	w.text = "<html>"
	clock = clock.Add(9 * 24 * time.Hour)
	step("broken when renewed", ModeTesting, 5)
	clock = clock.Add(2 * 24 * time.Hour)
	step("expired", "", 6)
	w.text = strings.Replace(strings.Replace(text, "enforce", "none", 1), "mx: mx.home.example\n", "", 1)
	clock = clock.Add(policyPause)
	step("none", ModeNone, 7)
	if want := "https://mta-sts.home.example/.well-known/mta-sts.txt"; slices.ContainsFunc(w.asked, func(u string) bool { return u != want }) {
		t.Errorf("fetched %q, want %s alone", w.asked, want)
	}
	if p := s.Get(t.Context(), z, "other.example"); p != nil || len(w.asked) != 7 {
		t.Errorf("Get(a domain without a record) = %+v after %d fetches, want none and no fetch", p, len(w.asked))
	}
	if err := os.WriteFile(file, []byte(`{"home.example":null,"x":{"expires":"2999-01-01T00:00:00Z"}}{`), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open()
	step("a damaged file", ModeNone, 8)
}

func TestPoliciesAreBounded(t *testing.T) {
	s := &Policies{}
	s.load()
	for i := range maxPolicies + 10 {
		d := strings.Repeat("a", i%50) + string(rune('a'+i%26)) + time.Duration(i).String()
		s.kept[d] = &Policy{Expires: time.Unix(int64(i), 0)}
		s.fail(d)
	}
	s.keep("home.example", &Policy{})
	if len(s.kept) > maxPolicies || s.kept["home.example"] == nil || len(s.failed) > maxPolicies {
		t.Errorf("%d policies and %d failures are kept, want at most %d, the new one among them", len(s.kept), len(s.failed), maxPolicies)
	}
}

// FuzzPolicy holds that a policy that was read is bounded, and that a host it
// allows is a host by one of its patterns.
func FuzzPolicy(f *testing.F) {
	f.Add([]byte("version: STSv1\r\nmode: enforce\r\nmx: *.home.example\r\nmax_age: 604800\r\n"), "a.home.example")
	f.Add([]byte("version: STSv1\nmode: none\nmax_age: 1"), "")
	f.Add([]byte("v=STSv1; id=1;"), "x")
	f.Fuzz(func(t *testing.T, text []byte, host string) {
		if id := policyID([]string{string(text)}); len(id) > maxPolicyID || strings.ContainsAny(id, " ;=\r\n") {
			t.Errorf("policyID(%q) = %q", text, id)
		}
		p, err := ParsePolicy(text)
		if err != nil {
			return
		}
		if p.maxAge < 0 || p.maxAge > maxAge || len(p.MX) > maxPatterns || p.Mode != ModeNone && len(p.MX) == 0 {
			t.Errorf("ParsePolicy(%q) = %+v", text, p)
		}
		if p.Allows(host) && !slices.ContainsFunc(p.MX, func(m string) bool {
			return m == host || strings.HasSuffix(host, strings.TrimPrefix(m, "*")) && strings.Count(host, ".") == strings.Count(m, ".")
		}) {
			t.Errorf("Allows(%q) by %q", host, p.MX)
		}
	})
}
