package lookalike

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed scamwords.txt
var scamWords string

// force is how much a word beside a name says.
type force int

const (
	forceNone   force = iota
	forceSoft         // a brand's own sites bear it too: yahoo-help.jp
	forceParted       // they do where no hyphen stands between: quickbooksonline.com
	forceHard
)

// keywords are the words that scams add to a name, as shapes. It is read once:
// folding some hundred words takes a while.
var keywords = sync.OnceValue(func() map[string]force {
	m := map[string]force{}
	for line := range strings.Lines(scamWords) {
		f := forceHard
		switch {
		case line[0] == '#':
			continue
		case strings.HasPrefix(line, "soft:"):
			f, line = forceSoft, line[len("soft:"):]
		case strings.HasPrefix(line, "parted:"):
			f, line = forceParted, line[len("parted:"):]
		}
		for w := range strings.FieldsSeq(line) {
			m[Shape(Fold(w))] = max(f, m[Shape(Fold(w))])
		}
	}
	return m
})

// generic reports a name that anybody may use: an ordinary word, or one of the
// words that stand beside names themselves (crypto).
func generic(word string) bool { return CommonWord(word) || keywords()[Shape(word)] > 0 }

// ScamWord reports a word that scams add to a name, in any case and letters.
func ScamWord(word string) bool { return keywords()[Shape(Fold(word))] > forceNone }

const (
	// minWithin and maxKeyword bound the words that are looked for inside
	// others, in octets; shorter ones only count on their own.
	minWithin  = 6
	maxKeyword = 24
)

// combos looks for a protected name with one of the words beside it, in each
// label from the end.
func (q *query) combos() {
	n := len(q.labels)
	for i := n - 1; i >= max(0, n-maxPartLabels); i-- {
		folded := q.folded
		if i < n-1 {
			folded = Fold(unicodeLabel(q.labels[i]))
		}
		if len(folded) <= maxLabel {
			q.combosIn(Shape(folded), i == n-1)
		}
	}
}

// combosIn looks at one label; own tells that it is the registrable domain's.
func (q *query) combosIn(shape string, own bool) {
	for i := 0; i+minCombo <= len(shape); i++ {
		h := headHash(shape[i:])
		if q.x.heads[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		hash := uint64(fnvOffset)
		for j := i; j < len(shape); j++ {
			hash = (hash ^ uint64(shape[j])) * fnvPrime
			if n := j + 1 - i; n < minCombo || n == len(shape) {
				continue
			}
			for g := range q.x.combo.get(mix(hash)) {
				q.comboAt(combo{shape[:i], shape[i : j+1], shape[j+1:], own}, g)
			}
		}
	}
}

// combo is a label with a name in it, as shapes.
type combo struct {
	before, name, after string
	own                 bool
}

// bounded reports a name that stands between hyphens.
func (c combo) bounded() bool {
	return (c.before == "" || c.before[len(c.before)-1] == '-') && (c.after == "" || c.after[0] == '-')
}

// inWord reports a name that is a piece of an ordinary word: canva in canvas.
func (c combo) inWord() bool {
	head := c.before[strings.LastIndexByte(c.before, '-')+1:]
	tail, _, _ := strings.Cut(c.after, "-")
	return CommonWord(head + c.name + tail)
}

// comboAt weighs the name of group g standing in a label.
func (q *query) comboAt(c combo, g uint32) {
	t, same := q.x.with(g, q.suffix)
	if Shape(t.folded()) != c.name || len(t.label) < minCombo || !c.own && (!t.strong || q.ownName(t.folded())) {
		return
	}
	bounded, common := c.bounded(), generic(t.label)
	if !bounded && (common || !t.strong || c.inWord()) || common && t.rank != 0 {
		return
	}
	least := 2
	switch {
	case !bounded:
		least = 4
	case common:
		least = 4
	}
	b, bWhole := keywordIn(c.before, least)
	a, aWhole := keywordIn(c.after, least)
	if f := max(a, b); !bounded && (f == forceSoft || f == forceParted) {
		a, b = forceNone, forceNone // googlemail, amazonpay: a service of the same owner as likely
	}
	score := 0.75
	switch {
	case max(a, b) == forceNone:
		if common || !t.strong || !bounded && len(t.label) < minPartEdit || c.own && !q.suspect(c, t) {
			return
		}
		score = 0.4
	case max(a, b) == forceSoft:
		score = 0.45
		if common && !(a > 0 && b > 0) {
			return
		}
	case common:
		score = 0.5
		if a > 0 && b > 0 {
			score = 0.6
		}
	case bounded || aWhole || bWhole:
		score = 0.85
	}
	if same {
		score += 0.02
	}
	if !c.own && score > MinScore {
		score -= 0.1
	}
	q.resemblance(t, TechniqueCombo, 0, score)
}

// suspect reports that a name in the registrable domain beside any word is
// more than a service of the same owner (amazonvideo.com) or of a reseller.
func (q *query) suspect(c combo, t target) bool {
	switch beside := len(c.before) + len(c.after); {
	case q.free || isCheap(q.suffix):
		return beside >= minBeside-1
	case beside < minBeside:
		return false
	}
	return t.sole || c.bounded() && countryBeside(c)
}

// minBeside is the least that must stand beside a name: less is an edit.
const minBeside = 3

// countryBeside reports a country's code, or com or co, beside a name:
// rakuten-jp, co-rakuten.
func countryBeside(c combo) bool {
	for part := range strings.FieldsFuncSeq(c.before+"-"+c.after, func(r rune) bool { return r == '-' }) {
		switch part {
		case "jp", "uk", "us", "de", "fr", "lt", "es", "ca", "au", "br", "ln", "mx", "nl", "pl", "ch", "at", "be", "cn", "kr", "sg", "hk", "com", "co", "www":
			return true
		}
	}
	return false
}

// keywordIn tells the strongest of the words in s, and whether s is made of such
// words, hyphens and digits alone. Words of fewer octets than least do not
// count.
func keywordIn(s string, least int) (found force, whole bool) {
	words := keywords()
	whole = s != ""
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' }) {
		bare := strings.TrimRight(part, "0123456789olesbt")
		f := forceNone
		if len(part) >= least {
			f = words[part]
		}
		if len(bare) >= least && len(part) < maxKeyword {
			f = max(f, words[bare])
		}
		if f == forceNone {
			whole = false
			f = wordWithin(part)
		}
		found = max(found, f)
	}
	return found, whole && found > 0
}

// wordWithin tells a word of scams inside another: a short one only where it
// ends.
func wordWithin(part string) force {
	words := keywords()
	for i := 0; i+minWithin <= len(part); i++ {
		for n := minWithin; n <= maxKeyword && i+n <= len(part); n++ {
			if f := words[part[i:i+n]]; f > 0 {
				return f
			}
		}
	}
	const n = minWithin - 1
	if len(part) > n {
		return words[part[len(part)-n:]]
	}
	return forceNone
}

// isCheap reports suffixes that cost little and that brands rarely name their
// services below: the generic ones but com, net and org, and the countries'
// that are given away.
func isCheap(suffix string) bool {
	switch suffix {
	case "com", "net", "org", "edu", "int", "arpa", "goog", "google", "example", "test":
		return false
	case "cc", "pw", "tk", "ml", "ga", "cf", "gq", "ws", "su", "la", "vc":
		return true
	}
	return len(suffix) > 2 && !strings.Contains(suffix, ".")
}
