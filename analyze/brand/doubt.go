package brand

import (
	"fmt"
	"strings"

	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

// Doubts says what is odd about the brand of that key, though it can be used:
// domains that are others' or everybody's, names that are common words or
// another brand's.
func (r *Registry) Doubts(key string) []string {
	i, ok := r.byKey[key]
	if !ok {
		return nil
	}
	b := r.brands[i]
	var out []string
	doubt := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, d := range b.Domains {
		for _, j := range r.own[d] {
			if j != i {
				doubt("%s also belongs to %s", d, r.brands[j].Key)
			}
		}
		if up, ok := r.above(d); ok && up != i {
			doubt("%s lies below a domain of %s", d, r.brands[up].Key)
		}
		_, private := links.Suffix(d)
		switch {
		case r.lists.free[d]:
			doubt("anyone can get an address at %s: it will prove nothing", d)
		case r.lists.pages[d] || private:
			doubt("anyone can get a page at %s: it will prove nothing", d)
		case r.lists.send[d]:
			doubt("%s sends for many: if it is not the brand's own, it belongs in sends_from", d)
		}
	}
	for _, n := range append([]string{b.Name}, b.Aliases...) {
		words := split(n, 2)
		if len(words) == 1 && !b.Common && lookalike.CommonWord(words[0].folded) {
			doubt("%s is a common word: common = true says so", n)
		}
		for _, other := range r.called(n) {
			if other != i {
				doubt("%s is also a name of %s", n, r.brands[other].Key)
			}
		}
	}
	return out
}

// above gives the brand that owns the domain above d.
func (r *Registry) above(d string) (int, bool) {
	_, up, _ := strings.Cut(d, ".")
	return r.ownerIndex(up)
}

// called gives the brands that have that name, once each.
func (r *Registry) called(text string) []int {
	var out []int
	seen := map[int]bool{}
	words := split(text, maxWords)
	if len(words) == 0 {
		return nil
	}
	for _, n := range r.names.first[words[0].folded] {
		if strings.EqualFold(n.text, text) && !seen[n.brand] {
			seen[n.brand] = true
			out = append(out, n.brand)
		}
	}
	return out
}
