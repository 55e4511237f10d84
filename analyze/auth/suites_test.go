package auth

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/testdata/suites"
)

// suitePath gives a file or folder of other people's suites.
func suitePath(t *testing.T, path ...string) string {
	t.Helper()
	return filepath.Join(append([]string{suites.Dir(t), "suites"}, path...)...)
}

// TestSuites runs other people's suites, unchanged, and prints how many cases
// each has. The counts are exact, so that none gets lost unseen.
func TestSuites(t *testing.T) {
	var table strings.Builder
	for _, tt := range []struct {
		name string
		run  func(t *testing.T) int
		want int
	}{
		{"SPF, RFC 7208", func(t *testing.T) int { return spfSuite(t, "spf", "rfc7208-tests.yml") }, 203},
		{"SPF, RFC 4408", func(t *testing.T) int { return spfSuite(t, "spf", "rfc4408-tests.yml") }, 191},
		{"SPF, mailauth's of 2014", func(t *testing.T) int {
			return spfSuite(t, "dkim", "mailauth", "fixtures", "spf", "rfc7208-tests-2014-05.yml")
		}, 193},
		{"ARC validation", func(t *testing.T) int { return arcSuite(t, "arc", "arc-draft-validation-tests.yml") }, 175}, // 171 names, four of them twice
		{"ARC validation, mailauth's", func(t *testing.T) int {
			return arcSuite(t, "dkim", "mailauth", "fixtures", "arc", "arc-draft-validation-tests.yml")
		}, 175},
		{"DKIM, Mail-DKIM", mailDKIMSuite, 74},
		{"DKIM, mailauth", mailauthSuite, 2},
		{"DMARC, wild records", wildRecords, 61},
		{"public suffixes", suffixSuite, 77},
		{"results, dkim_verifier", resultsSuite, 21},
		{"results, Delta Chat", deltachatSuite, 199},
	} {
		ok := t.Run(tt.name, func(t *testing.T) {
			n := tt.run(t)
			if n != tt.want {
				t.Errorf("%d cases ran, want %d", n, tt.want)
			}
			fmt.Fprintf(&table, "%-30s %4d cases", tt.name, n)
		})
		fmt.Fprintf(&table, "  %s\n", map[bool]string{true: "all as wanted", false: "NOT all as wanted"}[ok])
	}
	t.Logf("other people's suites:\n%s", table.String())
}
