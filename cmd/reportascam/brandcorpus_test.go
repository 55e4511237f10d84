package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"

	"reportascam/analyze"
	"reportascam/analyze/auth"
	"reportascam/analyze/brand"
	"reportascam/analyze/checks"
	"reportascam/analyze/dns"
	"reportascam/analyze/lookalike"
	"reportascam/smtpd/forward"
	"reportascam/testdata/suites"
)

// evidences gives the evidence of every message below a folder of the corpora,
// gathered without any look-up.
func evidences(t *testing.T, folder string) map[string]*analyze.Evidence {
	t.Helper()
	dir := filepath.Join(suites.Dir(t), "corpora", folder)
	files, err := walk([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	j, err := newJudge("", nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*analyze.Evidence{}
	for _, f := range files {
		if !strings.HasSuffix(f, ".eml") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		o := forward.Direct(raw, analyze.HowDirect)
		name, err := filepath.Rel(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = j.evidence(t.Context(), &o, gathering{at: time.Unix(1750000000, 0), resolver: dns.Offline{}, trust: auth.Trust{Topmost: true}})
	}
	if len(out) < 100 {
		t.Fatalf("%d messages in %s", len(out), dir)
	}
	return out
}

// reader finds brands in a display name by the plainest means there are, so
// that the engine can be measured against it: whole words, in any case, of the
// UTS 39 skeleton on both sides. Common words are left out: they need judgement.
type reader map[string]string // skeleton of a name, between spaces: key

func newReader(r *brand.Registry) reader {
	out := reader{}
	for _, b := range r.All() {
		for _, name := range append([]string{b.Name}, b.Aliases...) {
			word := plain(name)
			single := strings.Count(word, " ") == 2
			if single && (b.Common || lookalike.CommonWord(strings.TrimSpace(word)) || lookalike.CommonWord(strings.ToLower(name)) || utf8.RuneCountInString(name) <= 4) {
				continue
			}
			out[word] = b.Key
		}
	}
	return out
}

// plain gives the skeletons of the words of s, a space around each.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Mn):
			return -1
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(s))
	return " " + confusable.Skeleton(strings.Join(strings.Fields(s), " ")) + " "
}

// brands gives the keys of the names that stand in s, less those that are part
// of a longer one.
func (r reader) brands(s string) map[string]bool {
	s = plain(s)
	found := []string{}
	for name := range r {
		if strings.Contains(s, name) {
			found = append(found, name)
		}
	}
	out := map[string]bool{}
	for _, name := range found {
		if !slices.ContainsFunc(found, func(other string) bool { return other != name && strings.Contains(other, name) }) {
			out[r[name]] = true
		}
	}
	return out
}

// TestClaimAgreesWithDisplayName: where the display name of phishing names a
// brand outright, that is the brand that the message is taken to claim.
func TestClaimAgreesWithDisplayName(t *testing.T) {
	by := newReader(brand.Default())
	named, agreed := 0, 0
	for file, ev := range evidences(t, "phish") {
		if len(ev.Original.From) == 0 {
			continue
		}
		name := ev.Original.From[0].Name
		want := by.brands(name)
		if len(want) == 0 {
			continue
		}
		named++
		if got := analyze.MainBrand(ev); want[got] {
			agreed++
		} else {
			t.Logf("%s: %+q claims %q, its name says %v", file, name, got, want)
		}
	}
	t.Logf("%d of %d agree, %.2f %%", agreed, named, 100*float64(agreed)/float64(named))
	if named < 300 || agreed*100 < named*98 {
		t.Errorf("%d of %d claims agree with the brand in the display name, want 98 %% of some hundreds", agreed, named)
	}
}

// rewritten tells that whoever published the message put another domain in
// the place of its sender's, so that who sent it is lost.
func rewritten(ev *analyze.Evidence) bool {
	return strings.HasSuffix(ev.Auth.FromDomain, ".taint.org") || ev.Auth.FromDomain == "csmining.org"
}

// TestHamClaimsNoStrangersBrand: ordinary mail seldom seems to take the name
// of a brand that is not its sender.
func TestHamClaimsNoStrangersBrand(t *testing.T) {
	all := evidences(t, "ham")
	wrong := 0
	for file, ev := range all {
		if out := checks.BrandMismatch.Find(ev); out.Status == analyze.Hit && !rewritten(ev) {
			wrong++
			t.Logf("%s: %s", file, out.Says)
		}
	}
	t.Logf("%d of %d, %.2f %%", wrong, len(all), 100*float64(wrong)/float64(len(all)))
	if wrong*1000 >= len(all)*3 {
		t.Errorf("%d of %d honest messages claim a brand that is not theirs, want less than 0.3 %%", wrong, len(all))
	}
}
