package brand

import (
	"math"
	"strings"
	"sync"

	"reportascam/analyze/links"
)

const (
	// minRandom is the shortest name that is judged: short ones are
	// abbreviations.
	minRandom = 8
	// randomPairs is the mean logarithm (base 2) of the likelihood of a name's
	// pairs of letters below which it counts as random: no popular name of
	// eight letters and more comes nearer than -5.4.
	randomPairs = -5.6
	// randomTurns is how many changes between letters and digits make a name
	// suspect, so that turnPairs suffice.
	randomTurns = 4
	turnPairs   = -4.9
)

// pairs are the likelihoods of the pairs of letters in popular names.
type pairs [symbols * symbols]float64

// symbols are the letters, one for any digit, one for the hyphen and one for
// either end.
const symbols = 29

func symbol(c byte) int {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a')
	case c >= '0' && c <= '9':
		return 26
	}
	return 27
}

// learnt counts the pairs once: fifty thousand letters.
var learnt = sync.OnceValue(func() *pairs {
	var p pairs
	for i := range p {
		p[i] = 0.5 // a pair that was never seen is rare, not impossible
	}
	each := func(name string, f func(at int)) {
		last := symbols - 1
		for i := range len(name) {
			next := symbol(name[i])
			f(last*symbols + next)
			last = next
		}
		f(last*symbols + symbols - 1)
	}
	for _, w := range WellKnown() {
		name, _, _ := strings.Cut(w.Domain, ".")
		each(name, func(at int) { p[at]++ })
	}
	for row := range symbols {
		sum := 0.0
		for _, n := range p[row*symbols : (row+1)*symbols] {
			sum += n
		}
		for i := range symbols {
			p[row*symbols+i] = math.Log2(p[row*symbols+i] / sum)
		}
	}
	return &p
})

// random reports a registrable domain whose own label no person chose.
func random(domain string) bool {
	name, _, _ := strings.Cut(domain, ".")
	if len(name) < minRandom || strings.HasPrefix(name, "xn--") {
		return false
	}
	turns, digits := 0, 0
	for i := range len(name) {
		if symbol(name[i]) == 26 {
			digits++
		}
		if i > 0 && (symbol(name[i]) == 26) != (symbol(name[i-1]) == 26) {
			turns++
		}
	}
	if digits == len(name) {
		return false // numbers are chosen, in many countries
	}
	value := likelihood(name)
	return value < randomPairs || turns >= randomTurns && value < turnPairs
}

func likelihood(name string) float64 {
	p := learnt()
	sum, last := 0.0, symbols-1
	for i := range len(name) {
		next := symbol(name[i])
		sum += p[last*symbols+next]
		last = next
	}
	sum += p[last*symbols+symbols-1]
	return sum / float64(len(name)+1)
}

// wellKnownSet are the popular names by themselves.
var wellKnownSet = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, len(WellKnown()))
	for _, w := range WellKnown() {
		m[links.Registrable(w.Domain)] = true
	}
	return m
})
