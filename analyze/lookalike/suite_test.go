package lookalike_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze/brand"
	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
	"reportascam/testdata/suites"
)

// protected is what the program protects: the registry and the well-known.
func protected() []lookalike.Protected {
	var p []lookalike.Protected
	for _, b := range brand.Default().All() {
		for _, d := range b.Domains {
			p = append(p, lookalike.Protected{Domain: d, Brand: b.Key, Rank: b.Rank(), Sole: b.Sector == "crypto"})
		}
	}
	for _, w := range brand.WellKnown() {
		p = append(p, lookalike.Protected{Domain: w.Domain, Rank: w.Rank, Shared: brand.Default().Info(w.Domain).Free})
	}
	return p
}

// rows gives the columns of a tab-separated file of the suite.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(suites.Dir(t), "suites", "lookalike", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]string
	for s := bufio.NewScanner(f); s.Scan(); {
		out = append(out, strings.Split(s.Text(), "\t"))
	}
	return out
}

// TestBenignNeighbours: popular domains near others are not lookalikes. In
// each list at most one in two hundred may be called one, and even a weak
// resemblance counts as a call.
func TestBenignNeighbours(t *testing.T) {
	x := lookalike.New(protected())
	all, calls := 0, 0
	for _, f := range []struct {
		name  string
		col   int
		spare int // calls that are allowed beyond one in two hundred
	}{
		{"benign-edit1.tsv", 3, 0}, {"benign-tldswap.tsv", 3, 0}, {"benign-contains.tsv", 3, 0},
		// metamusk.eu, metamash.io, metamaks.ru, opensee.io and mynetherwallet.io: to
		// a reader they do look like MetaMask, OpenSea and MyEtherWallet.
		{"crypto-benign-near.tsv", 1, 4},
	} {
		n, bad := 0, 0
		for _, r := range rows(t, f.name) {
			if len(r) <= f.col || !strings.Contains(r[f.col], ".") {
				continue
			}
			n++
			if got, ok := x.Find(r[f.col]); ok {
				bad++
				t.Logf("%s: %s looks like %s by %s, %.2f", f.name, r[f.col], got.Target, got.Technique, got.Score)
			}
		}
		t.Logf("%s: %d of %d", f.name, bad, n)
		if limit := n/200 + f.spare; bad > limit {
			t.Errorf("%s: %d of %d called lookalikes, want at most %d", f.name, bad, n, limit)
		}
		all, calls = all+n, calls+bad
	}
	if all < 1000 || calls*200 > all {
		t.Errorf("%d of %d called lookalikes, want at most one in 200 of 1,000 and more", calls, all)
	}
}

// TestPopularStrangers: with the registry alone protected, popular domains
// that are not in it are nearly never called lookalikes of it.
func TestPopularStrangers(t *testing.T) {
	var p []lookalike.Protected
	have := map[string]bool{}
	for _, e := range protected() {
		if e.Rank <= 500 {
			p = append(p, e)
			have[links.Registrable(e.Domain)] = true
		}
	}
	x := lookalike.New(p)
	n, bad := 0, 0
	for _, w := range brand.WellKnown() {
		d := links.Registrable(w.Domain)
		if d == "" || have[d] {
			continue
		}
		n++
		if got, ok := x.Find(w.Domain); ok && got.Score >= lookalike.MinScore {
			bad++
			t.Logf("%s looks like %s by %s, %.2f", w.Domain, got.Target, got.Technique, got.Score)
		}
	}
	t.Logf("%d of %d", bad, n)
	if n < 5000 || bad*1000 > n {
		t.Errorf("%d of %d strangers called lookalikes, want at most one in 1,000 of 5,000 and more", bad, n)
	}
}

// chromiumTargets are the names that Chromium's cases imitate, as far as they
// are not well known.
var chromiumTargets = []string{"digklmo68.com", "digklmo68.co.uk", "islkpx123.com", "wmhtb.com", "phktb.com", "wmnr.com", "cyxe.com", "aeoe.com", "aece.com", "woder.com", "test.net"}

// TestChromiumIDN holds SafeIDN and Find together to Chromium's cases.
func TestChromiumIDN(t *testing.T) {
	p := protected()
	for _, d := range chromiumTargets {
		p = append(p, lookalike.Protected{Domain: d, Rank: 1})
	}
	x := lookalike.New(p)
	count := map[string]int{}
	for _, r := range rows(t, "chromium/idn_cases.tsv")[1:] {
		if len(r) < 3 {
			continue
		}
		safe, why := lookalike.SafeIDN(r[0])
		hit, found := x.Find(r[0])
		got := "kSafe"
		if !safe || found {
			got = "kUnsafe"
		}
		want := strings.Replace(r[2], "kInvalid", "kUnsafe", 1)
		switch {
		case got == want:
			count[r[2]+" agrees"]++
		case explained[r[0]] != "":
			count["explained"]++
		default:
			count[r[2]+" differs"]++
			t.Logf("%s (%s): %s, want %s; %s %s", r[0], r[1], got, want, why, hit.Target)
		}
	}
	t.Log(count)
	if count["kSafe differs"]+count["kUnsafe differs"]+count["kInvalid differs"] > 0 || count["kSafe agrees"] < 100 || count["kUnsafe agrees"] < 350 {
		t.Errorf("agreement = %v, want all cases but those explained", count)
	}
}

// explained are cases that Chromium judges otherwise, and why that is so here.
var explained = map[string]string{
	"xn--googl-3we.xn--3e0b707e":     "Chromium shows it in Punycode; it mixes scripts",
	"xn--xample-vyc.az":              "imitates example.com, which is well known here",
	"xn-----8kci4dhsd":               "two hyphens in places three and four are a registry's matter",
	"xn--fo-5ja.com":                 "foo is too short a name to imitate by an accent",
	"xn--tst-bma.net":                "test is too short a name to imitate by an accent",
	"some.xn--tst-bma.net":           "test is too short a name to imitate by an accent",
	"xn--xample-9ua.test.xn--nt-bja": "example.test.nét imitates example.test, which nobody can hold",
}
