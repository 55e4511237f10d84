package lookalike_test

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"go.mau.fi/util/confusable"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"reportascam/analyze/brand"
	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

// The labels of this test are made by brute force, without the engine: which
// rows of the lists are lookalikes of the brand that the row itself names.

const (
	// shortest is the least length of a name that others are likened to: four
	// letters and fewer are near to everything.
	shortest = 5
	// shortestFar is the least length of a name with two edits.
	shortestFar = 9
)

// named is what a row's brand owns: labels, and whole domains.
type named struct {
	key     string
	domains []string
	labels  []string
}

// catalogue maps the names of brands, squeezed, to what they own.
type catalogue map[string]*named

func newCatalogue() catalogue {
	c := catalogue{}
	for _, b := range brand.Default().All() {
		n := &named{key: b.Key}
		for _, d := range b.Domains {
			d = links.Registrable(d)
			n.domains = append(n.domains, d)
			if label, _, _ := strings.Cut(d, "."); !slices.Contains(n.labels, label) {
				n.labels = append(n.labels, label)
			}
		}
		for _, name := range append(slices.Clone(b.Aliases), b.Name, b.Key) {
			c[squeeze(name)] = n
		}
	}
	for _, w := range brand.WellKnown() {
		label, _, _ := strings.Cut(w.Domain, ".")
		if c[squeeze(label)] == nil && w.Rank <= 500 {
			c[squeeze(label)] = &named{domains: []string{w.Domain}, labels: []string{label}}
		}
	}
	return c
}

// squeeze gives a name in lower case without what stands between its letters.
func squeeze(s string) string {
	return strings.NewReplacer(" ", "", "-", "", ".", "", "'", "", "!", "").Replace(strings.ToLower(norm.NFKC.String(s)))
}

// prototype is the skeleton of UTS 39 as its authors' table has it, without
// marks, and the pairs that every list of homoglyphs has.
func prototype(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if r >= 0x300 && r < 0x370 {
			continue
		}
		if p := confusable.GetReplacement(r); p != "" && r > 0x7f {
			b.WriteString(strings.ToLower(p))
			continue
		}
		b.WriteRune(r)
	}
	return strings.NewReplacer("rn", "m", "vv", "w", "0", "o", "1", "l", "i", "l").Replace(b.String())
}

// osa is the distance of edits and swaps of neighbours, the plain way.
func osa(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// like is how a host resembles a name; how is empty where it does not.
type like struct {
	how, name string
	rank      int
}

// likeness names how host resembles one of n's names.
func likeness(host string, n *named) like {
	suffix, _ := links.Suffix(host)
	front := strings.TrimSuffix(host, "."+suffix)
	for _, d := range n.domains {
		label, _, _ := strings.Cut(d, ".")
		if strings.Contains("."+front+".", "."+d+".") {
			return like{"whole domain below another", label, 0}
		}
		if len(label) < shortest {
			continue
		}
		if strings.Contains(host, d+".") || strings.Contains("-"+strings.ReplaceAll(front, ".", "-")+"-", "-"+strings.ReplaceAll(d, ".", "-")+"-") {
			return like{"whole domain, other dots", label, 0}
		}
	}
	labels := strings.Split(front, ".")
	for i, l := range labels {
		if u, err := idna.Punycode.ToUnicode(l); err == nil {
			labels[i] = strings.ToLower(u)
		}
	}
	best := like{rank: 99}
	for _, name := range n.labels {
		if len(name) < shortest {
			continue
		}
		for i, l := range labels {
			if got := labelLikeness(l, name, i == len(labels)-1); got.rank < best.rank {
				best = got
			}
		}
	}
	return best
}

// labelLikeness compares one label and the parts between its hyphens with a
// name; own tells the registrable domain's label.
func labelLikeness(l, name string, own bool) like {
	flat := strings.ReplaceAll(l, "-", "")
	switch {
	case l == name && own:
		return like{"same name, other suffix", name, 1}
	case l == name:
		return like{"whole label", name, 2}
	case strings.Contains(l, name) || strings.Contains(flat, name):
		return like{"name and more", name, 3}
	case prototype(l) == prototype(name):
		return like{"looks the same", name, 4}
	case strings.Contains(prototype(flat), prototype(name)):
		return like{"looks the same, and more", name, 5}
	}
	best := like{rank: 99}
	for _, p := range append(strings.Split(l, "-"), l, flat) {
		if p == name || len(p) < shortest-1 {
			continue
		}
		switch d := osa(p, name); {
		case d == 1 && best.rank > 6:
			best = like{"one edit", name, 6}
		case d == 2 && len(name) >= shortestFar && best.rank > 7:
			best = like{"two edits", name, 7}
		}
	}
	return best
}

// guard names the rule of restraint that leaves a lookalike alone, or gives "".
// It is written from the rules, not from the engine's answers.
func guard(host string, l like) string {
	domain := links.Registrable(host)
	own, suffix, _ := strings.Cut(domain, ".")
	sub := strings.TrimSuffix(strings.TrimSuffix(host, domain), ".")
	top := suffix[strings.LastIndexByte(suffix, '.')+1:]
	flat := strings.ReplaceAll(own, "-", "")
	digits := func(s string) string { return strings.Trim(s, "0123456789") }
	switch {
	case top == "gov" || top == "mil":
		return "a suffix that is checked (Chromium)"
	case lookalike.CommonWord(l.name):
		return "an ordinary word"
	case l.how == "same name, other suffix" && len(top) == 2:
		return "a country's site"
	case l.how == "one edit" && (own[0] != l.name[0] || own[1:] == l.name) && !strings.Contains(sub, l.name[1:len(l.name)-1]):
		return "first letter alone (Chromium)"
	case strings.Contains(own, l.name) && digits(own) == l.name:
		return "digits at the end (Chromium)"
	case l.how == "name and more" && len(l.name) == shortest && !slices.Contains(strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' }), l.name):
		return "five letters inside another word"
	case l.how == "name and more" && strings.Contains(flat, l.name) && !strings.Contains(sub, l.name) && (len(top) == 2 || top == "com" || top == "net" || top == "org"):
		return "another word beside it, as names of its owner's sites have"
	}
	return ""
}

// TestRecall: of the names that scams used and that resemble the brand which
// the list itself says they imitated, at least 95 in 100 are found, those aside
// that a rule of restraint leaves alone.
func TestRecall(t *testing.T) {
	x := lookalike.New(protected())
	brands := newCatalogue()
	for _, f := range []struct {
		name       string
		host, says int // columns
		least      int // lookalikes that the list holds at least
	}{
		{"crypto-malicious-near.tsv", 1, 0, 300}, {"crypto-domain-brand.tsv", 0, 1, 1000}, {"jpcert-host-brand.tsv", 0, 1, 500},
	} {
		c := newCensus()
		for _, r := range rows(t, f.name) {
			host, n := strings.ToLower(r[f.host]), brands[squeeze(r[f.says])]
			switch _, err := netip.ParseAddr(host); {
			case err == nil || links.Registrable(host) == "":
				c.rest["no name"]++
			case n == nil:
				c.rest["brand in no list"]++
			case slices.Contains(n.domains, links.Registrable(host)):
				c.rest["the brand's own domain"]++
			default:
				c.ask(x, host, n)
			}
		}
		c.log(t, f.name)
		if c.total < f.least || c.hits*100 < (c.total-c.guarded)*95 || c.hits*100 < c.total*90 {
			t.Errorf("%s: %d of %d found, %d left alone, want 95 in 100 of the others and 90 of all, of at least %d", f.name, c.hits, c.total, c.guarded, f.least)
		}
	}
}

// census counts what is found of one list.
type census struct {
	all, found, right, rest, guards map[string]int
	total, hits, guarded            int
	misses                          []string
}

func newCensus() *census {
	return &census{all: map[string]int{}, found: map[string]int{}, right: map[string]int{}, rest: map[string]int{}, guards: map[string]int{}}
}

func (c *census) ask(x *lookalike.Index, host string, n *named) {
	l := likeness(host, n)
	if l.how == "" {
		c.rest["nothing of the brand in the name"]++
		return
	}
	c.all[l.how]++
	c.total++
	got, ok := x.Find(host)
	switch g := guard(host, l); {
	case ok:
		c.found[l.how]++
		c.hits++
		if got.Brand == n.key && n.key != "" || slices.Contains(n.domains, got.Target) {
			c.right[l.how]++
		}
	case g != "":
		c.guards[g]++
		c.guarded++
	default:
		c.misses = append(c.misses, l.how+": "+host+" for "+l.name)
	}
}

func (c *census) log(t *testing.T, name string) {
	t.Logf("%s: %d of %d lookalikes found, %d left alone by a rule, %d missed; the other rows: %v", name, c.hits, c.total, c.guarded, len(c.misses), c.rest)
	for _, k := range slices.Sorted(maps.Keys(c.all)) {
		t.Logf("  %-28s %4d, found %4d, of the right target %4d", k, c.all[k], c.found[k], c.right[k])
	}
	for _, k := range slices.Sorted(maps.Keys(c.guards)) {
		t.Logf("  left alone, %s: %d", k, c.guards[k])
	}
	slices.Sort(c.misses)
	for _, m := range c.misses {
		t.Log("  missed: " + m)
	}
}
