package lookalike_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze/brand"
	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

// limitTwist bounds one run of dnstwist; it takes a few seconds.
const limitTwist = 2 * time.Minute

// twisted are the brands whose names dnstwist permutes.
var twisted = []string{
	"paypal.com", "amazon.com", "microsoft.com", "netflix.com", "google.com", "facebook.com", "instagram.com", "linkedin.com", "dropbox.com", "coinbase.com",
	"binance.com", "docusign.com", "wellsfargo.com", "americanexpress.com", "spotify.com", "airbnb.com", "bankofamerica.com", "santander.com", "amazon.co.jp", "rabobank.nl",
}

// permute asks dnstwist's generator as its main program does, and never looks
// anything up: the program itself asks the DNS in every format that names the
// fuzzer.
const permute = `
import sys, dnstwist
def words(name):
    try:
        with open('/usr/share/dnstwist/dictionaries/' + name) as f:
            return [l.strip() for l in f if l.strip() and not l.startswith('//')]
    except OSError:
        return []
for domain in sys.argv[1:]:
    f = dnstwist.Fuzzer(domain, dictionary=words('english.dict'), tld_dictionary=words('abused_tlds.dict'))
    f.generate()
    for name in sorted((p['fuzzer'], p['domain']) for p in f.domains):
        print(domain, *name, sep='\t')
`

// candidate is one of dnstwist's.
type candidate struct{ domain, fuzzer, name string }

// twist gives dnstwist's candidates for the domains.
func twist(t *testing.T, domains []string) []candidate {
	t.Helper()
	// Debian's package is a module of Debian's own Python.
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import dnstwist").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("dnstwist is not installed: apt-get install dnstwist")
		}
		t.Skip("dnstwist is not installed: apt-get install dnstwist")
	}
	ctx, cancel := context.WithTimeout(t.Context(), limitTwist)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, append([]string{"-c", permute}, domains...)...).Output()
	if err != nil {
		t.Fatalf("dnstwist: %v", err)
	}
	var all []candidate
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 && f[1] != "*original" {
			all = append(all, candidate{f[0], f[1], f[2]})
		}
	}
	return all
}

// spared names the rule of restraint that leaves a candidate for domain alone,
// or gives "". It is written from the rules alone.
func spared(name, domain, fuzzer string, known map[string]bool) string {
	label, suffix, _ := strings.Cut(domain, ".")
	reg := links.Registrable(name)
	own, top, _ := strings.Cut(reg, ".")
	flat := strings.ReplaceAll(own, "-", "")
	_, top2 := top, top[strings.LastIndexByte(top, '.')+1:]
	switch {
	case reg == "":
		return "no name that can be registered"
	case known[reg]:
		return "a well-known domain itself"
	case strings.TrimRight(own, "0123456789") == label:
		return "digits at the end alone (Chromium)"
	case len(own) == len(label) && own[1:] == label[1:] || own[1:] == label || own == label[1:]:
		return "the first letter alone (Chromium)"
	case known[strings.ReplaceAll(name[:strings.LastIndexByte(name, '.')], "-", ".")]:
		return "another well-known domain, whole" // instagr.am
	case nearer[flat]:
		return "as near to another brand's name"
	case lookalike.CommonWord(flat):
		return "an ordinary word"
	case fuzzer == "tld-swap" && len(top2) == 2 && top != suffix:
		return "a country's site"
	case fuzzer == "dictionary" && !scam[strings.Trim(strings.Replace(own, label, "", 1), "-")]:
		return "another word beside it, as names of its owner's sites have"
	}
	return ""
}

// nearer are candidates that are the name of another brand, or one letter from
// it as well.
var nearer = words("spopify")

// scam are the words of dnstwist's list for phishing that an owner's own sites
// have no cause to bear.
var scam = words(`auth access account admin billing claim confirm confirmation download invoice login logon notification notice payment password recover recovery refund reset safe secure security
	service signin signon support suspended unlock update validate validation verification verify wallet webmail authenticate activate`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// TestDnstwist: each candidate that dnstwist makes of twenty brands is found
// and told to be that brand's, save what a rule leaves alone.
func TestDnstwist(t *testing.T) {
	x := lookalike.New(protected())
	known := map[string]bool{}
	for _, p := range protected() {
		known[links.Registrable(p.Domain)] = true
	}
	type row struct{ made, found, right, spared int }
	table, rules := map[string]*row{}, map[string]int{}
	var misses []string
	for _, c := range twist(t, twisted) {
		owner, ok := brand.Default().Owner(c.domain)
		if !ok {
			t.Fatalf("%s is not in the registry", c.domain)
		}
		r := table[c.fuzzer]
		if r == nil {
			r = &row{}
			table[c.fuzzer] = r
		}
		r.made++
		got, found := x.Find(c.name)
		rule := spared(c.name, c.domain, c.fuzzer, known)
		if found {
			r.found++
		}
		switch {
		case found && (got.Brand == owner.Key || brand.Default().Owns(got.Brand, c.domain) || brand.Default().Owns(owner.Key, got.Target)):
			r.right++
		case rule != "":
			r.spared++
			rules[c.fuzzer+": "+rule]++
		case found:
			misses = append(misses, fmt.Sprintf("%s of %s (%s): told to be %s's by %s", c.name, c.domain, c.fuzzer, got.Target, got.Technique))
		default:
			misses = append(misses, fmt.Sprintf("%s of %s (%s): nothing", c.name, c.domain, c.fuzzer))
		}
	}
	made := 0
	t.Logf("%-14s %7s %7s %7s %7s", "fuzzer", "made", "found", "right", "spared")
	for _, k := range slices.Sorted(maps.Keys(table)) {
		r := table[k]
		made += r.made
		t.Logf("%-14s %7d %7d %7d %7d", k, r.made, r.found, r.right, r.spared)
	}
	for _, k := range slices.Sorted(maps.Keys(rules)) {
		t.Logf("  %s: %d", k, rules[k])
	}
	for i, m := range misses {
		if i < 20000 {
			t.Error(m)
		}
	}
	if made < 10_000 || len(misses) > 0 {
		t.Errorf("%d of %d candidates missed, want none of at least 10,000", len(misses), made)
	}
}
