package auth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

type spfScenario struct {
	Description string
	Tests       map[string]struct {
		Description, Comment, Helo, Host, Mailfrom string
		Spec, Result, Strict                       any
		Explanation                                string
	}
	Zonedata map[string][]any
}

// latin1 undoes the suite's way of writing octets above 126.
func latin1(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// text joins the strings of a record.
func text(v any) string {
	if list, ok := v.([]any); ok {
		var b strings.Builder
		for _, it := range list {
			b.WriteString(latin1(fmt.Sprint(it)))
		}
		return b.String()
	}
	return latin1(fmt.Sprint(v))
}

// zone turns zone data into ours. As the suite's readme has it: SPF records
// are TXT records unless the name has its own TXT, and TIMEOUT is the answer
// to every type that the name does not have.
func (s spfScenario) zone() dnstest.Zone {
	z := dnstest.Zone{}
	for name, records := range s.Zonedata {
		name = dns.Normalize(name)
		var spfs []string
		hasTXT, timeout := false, false
		for _, r := range records {
			m, ok := r.(map[string]any)
			if !ok {
				timeout = true
				continue
			}
			for typ, v := range m {
				val := text(v)
				switch typ {
				case "SPF":
					spfs = append(spfs, val)
					continue
				case "TXT":
					hasTXT = true
					if val == "NONE" {
						continue
					}
				case "MX":
					mx := v.([]any)
					val = fmt.Sprintf("%v %v", mx[0], mx[1])
					if mx[1] == "" {
						val = fmt.Sprintf("%v .", mx[0])
					}
				}
				z[typ+" "+name] = append(z[typ+" "+name], val)
			}
		}
		if !hasTXT && len(spfs) > 0 {
			z["TXT "+name] = spfs
		}
		if timeout {
			for _, typ := range []string{"A", "AAAA", "MX", "TXT", "PTR", "CNAME"} {
				if _, ok := z[typ+" "+name]; !ok {
					z[typ+" "+name] = []string{"TIMEOUT"}
				}
			}
		} else if _, ok := z["A "+name]; !ok {
			z["A "+name] = nil // the name exists
		}
	}
	return z
}

func readScenarios(t *testing.T, path string) []spfScenario {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []spfScenario
	for dec := yaml.NewDecoder(bytes.NewReader(b)); ; {
		var s spfScenario
		switch err := dec.Decode(&s); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatal(err)
		}
		out = append(out, s)
	}
}

func wanted(v any) []string {
	if list, ok := v.([]any); ok {
		var out []string
		for _, it := range list {
			out = append(out, fmt.Sprint(it))
		}
		return out
	}
	return []string{fmt.Sprint(v)}
}

// suiteQuery gives a test's question as Check asks it.
func suiteQuery(host, helo, mailfrom string) spfQuery {
	q := spfQuery{ip: netip.MustParseAddr(host), helo: helo, local: "postmaster", domain: helo, at: time.Unix(1e9, 0)}
	if mailfrom != "" {
		at := strings.LastIndexByte(mailfrom, '@')
		q.local, q.domain = mailfrom[:max(at, 0)], mailfrom[at+1:]
	}
	return q
}

// spfSuite runs one file of an SPF suite.
func spfSuite(t *testing.T, path ...string) (cases int) {
	for _, s := range readScenarios(t, suitePath(t, path...)) {
		zone := s.zone()
		for name, tt := range s.Tests {
			cases++
			t.Run(s.Description+"/"+name, func(t *testing.T) {
				got := checkSPF(t.Context(), dns.NewSession(zone, 0), suiteQuery(tt.Host, tt.Helo, tt.Mailfrom))
				if want := wanted(tt.Result); !slices.Contains(want, string(got.result)) {
					t.Errorf("result = %s (%s), want %s\n%s", got.result, got.reason, want, tt.Description)
				}
				if want := tt.Explanation; want != "" {
					if want == "DEFAULT" {
						want = ""
					}
					if got.explanation != want {
						t.Errorf("explanation = %q, want %q", got.explanation, want)
					}
				}
			})
		}
	}
	return cases
}
