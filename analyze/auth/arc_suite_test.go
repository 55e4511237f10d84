package auth

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// arcScenario is one document of the suite.
type arcScenario struct {
	Tests yaml.Node         `yaml:"tests"` // some names stand there twice, for different cases
	TXT   map[string]string `yaml:"txt-records"`
}

type arcCase struct {
	name        string
	Description string `yaml:"description"`
	Message     string `yaml:"message"`
	CV          string `yaml:"cv"`
}

func (s arcScenario) cases(t *testing.T) []arcCase {
	t.Helper()
	var out []arcCase
	for i := 0; i+1 < len(s.Tests.Content); i += 2 {
		c := arcCase{name: s.Tests.Content[i].Value}
		if err := s.Tests.Content[i+1].Decode(&c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func readARCSuite(t *testing.T, path ...string) []arcScenario {
	t.Helper()
	f, err := os.Open(suitePath(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []arcScenario
	for dec := yaml.NewDecoder(f); ; {
		var s arcScenario
		if err := dec.Decode(&s); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
}

func (s arcScenario) zone() dnstest.Zone {
	z := dnstest.Zone{}
	for name, txt := range s.TXT {
		z["TXT "+strings.ToLower(name)] = []string{txt}
	}
	return z
}

// arcSuite runs one file of the ARC validation suite.
func arcSuite(t *testing.T, path ...string) (cases int) {
	for _, s := range readARCSuite(t, path...) {
		for _, c := range s.cases(t) {
			cases++
			raw := []byte(strings.ReplaceAll(c.Message, "\n", "\r\n"))
			h, start, _ := eml.ParseHeader(raw)
			got := validateARC(t.Context(), s.zone(), arcLive(h, raw[start:]))
			want := analyze.Result(strings.ToLower(c.CV))
			if c.CV == "" {
				// The chain failed before: RFC 8617 section 5.2 step 2.
				want = analyze.ResultFail
			}
			if got.result != want {
				t.Errorf("validateARC(%s: %s) = %s (%s), want %s", c.name, c.Description, got.result, got.reason, want)
			}
		}
	}
	return cases
}
