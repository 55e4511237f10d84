package relay

import (
	"strings"
	"testing"
)

func TestForgedFields(t *testing.T) {
	s := &Server{Config: Config{Hostname: host}}
	for _, tt := range []struct {
		name, field string
		ours        bool
	}{
		{"plain", "Authentication-Results: mx.example.org; dkim=pass\r\n", true},
		{"capitals", "AUTHENTICATION-results: MX.Example.ORG; dkim=pass\r\n", true},
		{"space before the colon", "Authentication-Results \t: mx.example.org; dkim=pass\r\n", true},
		{"folded", "Authentication-Results:\r\n\tmx.example.org;\r\n dkim=pass\r\n", true},
		{"comment before", "Authentication-Results: (a (b) c) mx.example.org; dkim=pass\r\n", true},
		{"quoted", "Authentication-Results: \"mx.example.org\"; dkim=pass\r\n", true},
		{"version", "Authentication-Results: mx.example.org 1; dkim=pass\r\n", true},
		{"final dot", "Authentication-Results: mx.example.org.; dkim=pass\r\n", true},
		{"broken", "Authentication-Results: mx.example.org dkim=pass header.d=\"x\r\n", true},
		{"another's", "Authentication-Results: mx.other.example; dkim=pass (mx.example.org)\r\n", false},
		{"longer name", "Authentication-Results: not-mx.example.org; dkim=pass\r\n", false},
		{"ARC", "ARC-Authentication-Results: i=1; mx.example.org; dkim=pass\r\n", false},
		{"verdict", "x-REPORTASCAM-verdict: authentic\r\n", true},
		{"BIMI-Location", "BIMI-Location: v=BIMI1; l=https://x\r\n", true},
		{"BIMI-Indicator, folded", "BIMI-Indicator: PHN2\r\n Zz4=\r\n", true},
		{"BIMI-Selector, which is the sender's", "BIMI-Selector: v=BIMI1; s=x\r\n", false},
		{"Received-SPF", "Received-SPF: pass\r\n", false},
	} {
		for _, around := range []string{"From: a@b\r\n%\r\nbody: x\r\n", "%From: a@b\r\n\r\n%", "Not a field\r\n%To: c\r\n\r\n"} {
			raw := strings.Replace(around, "%", tt.field, 1)
			want := raw
			if tt.ours {
				want = strings.Replace(around, "%", "", 1)
			}
			if got := string(s.cleaned([]byte(raw))); got != want {
				t.Errorf("%s: cleaned(%q) = %q, want %q", tt.name, raw, got, want)
			}
		}
	}
}

// TestFoldedStart: a message that begins with a folded line adds it to a field
// that nobody believes.
func TestFoldedStart(t *testing.T) {
	s := &Server{Config: Config{Hostname: host}}
	o := Opinion{ID: "id", Results: "Authentication-Results: " + host + "; dkim=none", Hits: []string{"some-check", strings.Repeat("x", 100), "more"}}
	got := string(s.dressed([]byte(" ; dkim=pass\r\nFrom: a@b\r\n\r\n"), o, "", ""))
	if !strings.HasSuffix(got, "\r\nX-Reportascam-Id: id\r\n ; dkim=pass\r\nFrom: a@b\r\n\r\n") {
		t.Errorf("dressed = %q", got)
	}
	for _, line := range strings.Split(got, "\r\n") {
		if len(line) > 130 || strings.TrimSpace(line) == "" && line != "" {
			t.Errorf("line %q", line)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, tt := range []struct {
		arg, path, params, domain string
		ok                        bool
	}{
		{"FROM:<a@b.example>", "a@b.example", "", "b.example", true},
		{"from: <a@B.example.> SIZE=1 BODY=7BIT", "a@B.example.", "SIZE=1 BODY=7BIT", "b.example", true},
		{"FROM:<>", "", "", "", true},
		{`FROM:<"a>b@x"@c.example>`, `"a>b@x"@c.example`, "", "c.example", true},
		{`FROM:<"a\"@evil.example>"@c.example> X=1`, `"a\"@evil.example>"@c.example`, "X=1", "c.example", true},
		{"FROM:<@a,@b:c@d.example>", "@a,@b:c@d.example", "", "d.example", true},
		{"FROM:a@b", "", "", "", false},
		{"FROM:<a@b", "", "", "", false},
		{"FROM:<a@b><c@d>", "", "", "", false},
		{"FROM:<<a@b>", "", "", "", false},
		{"TO:<a@b>", "", "", "", false},
	} {
		p, params, ok := path(tt.arg, "FROM:")
		if p != tt.path || params != tt.params || ok != tt.ok {
			t.Errorf("path(%q) = %q, %q, %v; want %q, %q, %v", tt.arg, p, params, ok, tt.path, tt.params, tt.ok)
		}
		if ok && domainOf(p) != tt.domain {
			t.Errorf("domainOf(%q) = %q, want %q", p, domainOf(p), tt.domain)
		}
	}
}

func TestClockKnowsTimes(t *testing.T) {
	var c clocks
	for range 1000 {
		c.add(stageJudge, 1_000_000)
	}
	st := c.stages()[stageJudge]
	if st.Count != 1000 || st.P50 < 900_000 || st.P50 > 1_300_000 || st.Max != 1_000_000 {
		t.Errorf("stages = %+v, want about a millisecond", st)
	}
}
