package brand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"reportascam/analyze/lookalike"
)

// name is one way in which a brand is called.
type name struct {
	brand  int      // into Registry.brands
	words  []string // folded
	dotted []bool   // words[i] follows a dot at once: Booking.com
	text   string   // as written
	alone  bool     // a common word: only counts with a service word or nothing beside it
	exact  bool     // a short acronym: only counts in capitals
	joined bool     // the words of a longer name written together
	owns   bool     // ends in 's, as no surname does: McDonald's
}

// index finds names in text by their first word.
type index struct {
	first  map[string][]name // by the first word, folded
	shapes map[string][]name // by the shape of the first word: disguises
	heads  [1 << 16]bool     // of the words in first
	wide   map[rune][]wide   // names in scripts that put no spaces between words
}

// wide is a name that is searched as a run of characters.
type wide struct{ name }

const (
	// minShape is the shortest name that is looked for in disguise: shorter
	// ones look like too many words.
	minShape = 5
	// maxShape is the longest word that is looked at for disguise, in octets.
	maxShape = 40
	// minJoined is the shortest name of several words that is also looked for
	// written together (wellsfargo).
	minJoined = 7
	// maxAcronym is the longest name that has to stand in capitals.
	maxAcronym = 4
)

// head is the first two octets of a word.
func head(folded string) uint16 {
	if len(folded) < 2 {
		return uint16(folded[0])
	}
	return uint16(folded[0])<<8 | uint16(folded[1])
}

func newIndex(brands []Brand) *index {
	x := &index{first: map[string][]name{}, shapes: map[string][]name{}, wide: map[rune][]wide{}}
	for i, b := range brands {
		x.add(b, i, b.Name)
		for _, a := range b.Aliases {
			x.add(b, i, a)
		}
	}
	for w := range x.first {
		x.heads[head(w)] = true
	}
	return x
}

func (x *index) add(b Brand, i int, text string) {
	if r, _ := utf8.DecodeRuneInString(text); unspaced(r) {
		x.wide[r] = append(x.wide[r], wide{name{brand: i, text: text}})
		return
	}
	words := split(text, 20)
	if len(words) == 0 {
		return
	}
	n := name{brand: i, text: text}
	for k, w := range words {
		n.words = append(n.words, w.folded)
		n.dotted = append(n.dotted, k > 0 && w.glue == '.')
	}
	whole := strings.Join(n.words, "")
	single := len(n.words) == 1
	// Two letters are anybody's initials, and a name without its 's a surname.
	n.alone = single && (b.common(text) || lookalike.CommonWord(whole) || len(whole) <= 2 || isPossessive(words[0].text))
	n.exact = single && utf8.RuneCountInString(text) <= maxAcronym && strings.ToUpper(text) == text
	n.owns = single && isPossessive(words[0].text)
	if !single && len(whole) < maxAcronym {
		return // E.ON would be found in "e on"
	}
	if n.owns {
		// Kohl's is written Kohls as often.
		plain := name{brand: i, text: text, words: []string{whole + "s"}, dotted: []bool{false}, alone: lookalike.CommonWord(whole + "s")}
		x.first[plain.words[0]] = append(x.first[plain.words[0]], plain)
	}
	x.first[n.words[0]] = append(x.first[n.words[0]], n)
	if len(whole) >= minShape {
		shape := lookalike.Shape(n.words[0])
		x.shapes[shape] = append(x.shapes[shape], n)
	}
	if !single && len(whole) >= minJoined {
		n.joined = true
		n.words, n.dotted = []string{whole}, []bool{false}
		x.first[whole] = append(x.first[whole], n)
		shape := lookalike.Shape(whole)
		x.shapes[shape] = append(x.shapes[shape], n)
	}
}

// common tells whether the brand's mark as a common word means this name: its
// first name where that is one word (Apple, but not iCloud), else all.
func (b *Brand) common(name string) bool {
	return b.Common && (name == b.Name || len(split(b.Name, 2)) > 1)
}

// isPossessive reports words such as McDonald's.
func isPossessive(s string) bool {
	s = strings.ToLower(s)
	return strings.HasSuffix(s, "'s") || strings.HasSuffix(s, "’s")
}

// unspaced reports letters of scripts that put no spaces between words.
func unspaced(r rune) bool {
	if r < 0x0e00 { // Thai is the first of them
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

// match is a name found in a text.
type match struct {
	name
	from, to   int    // words, to exclusive; -1 where it is not made of words
	start, end int    // octets
	text       string // as it stands
	disguised  bool
	service    bool // written together with a service word: PayPalSupport
}

// find gives the names in a text, each stretch of it for one name at most per
// brand. The longest wins: "Apple Pay" before "Apple". With sender the text is
// one where names stand together with other words: PayPalSupport.
func (x *index) find(words []word, text string, sender bool) []match {
	var found []match
	for i := 0; i < len(words); i++ {
		best := match{to: i}
		folded := words[i].folded
		if !sender && !x.heads[head(folded)] && (i+1 == len(words) || !upperFirst(words[i+1].text)) && len(folded) < minShape {
			continue
		}
		for _, n := range x.first[folded] {
			if m, ok := n.at(words, i); ok && m.to > best.to {
				best = m
			}
		}
		if best.to == i {
			best = x.shaped(words, i)
		}
		if best.to == i && i+1 < len(words) {
			best = x.parted(words, i)
		}
		if best.to == i && sender {
			best = x.glued(words, i)
		}
		if best.to > i {
			best.start, best.end = words[i].start, words[best.to-1].end
			best.text = text[best.start:best.end]
			found = append(found, best)
			i = best.to - 1
		}
	}
	return append(found, x.findWide(text)...)
}

// at tells whether the name stands at word i.
func (n name) at(words []word, i int) (match, bool) {
	if i+len(n.words) > len(words) {
		return match{}, false
	}
	m := match{name: n, from: i, to: i + len(n.words)}
	for k, want := range n.words {
		w := words[i+k]
		if w.folded != want || n.dotted[k] && w.glue != '.' || k > 0 && w.start-words[i+k-1].end > maxGap {
			return match{}, false
		}
		m.disguised = m.disguised || w.disguised || foreign(w.text)
	}
	if n.exact && !capitals(words[i], n.text) {
		return match{}, false
	}
	if m.disguised && !differs(words[i:m.to], n.text) {
		m.disguised = false
	}
	return m, true
}

// maxGap is how far apart two words of a name may stand, in octets.
const maxGap = 3

// capitals reports a word that is the acronym, in its capitals: as it is, in
// letters of another alphabet, or s p a c e d.
func capitals(w word, acronym string) bool {
	if w.text == acronym || len(acronym) == maxAcronym && w.text == acronym[:1]+strings.ToLower(acronym[1:]) {
		return true // Ikea, Aldi
	}
	if !w.disguised && !foreign(w.text) {
		return false
	}
	return !strings.ContainsFunc(w.text, unicode.IsLower)
}

// shaped looks for a name in disguise: Arnazon, m1crosoft, Trust WaIIet.
func (x *index) shaped(words []word, i int) match {
	best := match{to: i}
	if len(words[i].folded) > maxShape {
		return best
	}
	var buf [maxShape]byte
	for _, n := range x.shapes[string(lookalike.AppendShape(buf[:0], words[i].folded))] {
		if to := i + len(n.words); to > best.to && to <= len(words) && n.looks(words[i:to]) {
			best = match{name: n, from: i, to: to, disguised: true}
		}
	}
	return best
}

// minTwisted is the shortest word within a name that may be disguised.
const minTwisted = 4

// looks reports words that look like the name's, and are not.
func (n name) looks(words []word) bool {
	if n.exact {
		return false
	}
	twisted := false
	for k, w := range words {
		if k > 0 && w.start-words[k-1].end > maxGap || n.dotted[k] && w.glue != '.' {
			return false
		}
		if w.folded == n.words[k] {
			continue
		}
		if len(n.words[k]) < minTwisted || len(w.folded) > maxShape || lookalike.CommonWord(w.folded) {
			return false
		}
		if lookalike.Shape(w.folded) != lookalike.Shape(n.words[k]) || n.alone && !onPurpose(w.text) {
			return false
		}
		twisted = true
	}
	return twisted
}

// onPurpose reports a word that nobody writes so by chance: digits among its
// letters, a capital I behind a small letter or before a consonant, a small l
// among capitals.
func onPurpose(s string) bool {
	digit, lower, upper, odd := false, 0, 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c == 'I' && (lower > 0 || i == 0 && len(s) > 2 && strings.IndexByte("aeiouy", s[1]) >= 0):
			odd = true
		case c >= 'a' && c <= 'z':
			if c != 'l' {
				lower++
			}
		case c >= 'A' && c <= 'Z':
			upper++
		}
	}
	small := strings.IndexByte(s, 'l') >= 0 && lower == 0 && upper > 1
	return digit && lower+upper > 0 || odd || small
}

// parted looks for a name of one word written as two: Pay Pal, A mazon.
func (x *index) parted(words []word, i int) match {
	a, b := words[i], words[i+1]
	none := match{to: i}
	whole := len(a.folded) + len(b.folded)
	if b.start-a.end != 1 || whole < 6 || whole > maxShape || a.disguised || b.disguised {
		return none
	}
	torn := len(a.folded) == 1 && upperFirst(a.text) && !upperFirst(b.text)
	if !torn && (len(a.folded) < 3 || len(b.folded) < 3) {
		return none
	}
	// Both parts begin with a capital or a dash joins them, or it is ordinary
	// prose ("net flix").
	if !torn && b.glue != '-' && b.glue != '_' && (!upperFirst(a.text) || !upperFirst(b.text)) {
		return none
	}
	joined := a.folded + b.folded
	for _, n := range x.first[joined] {
		if len(n.words) == 1 && !n.alone && !n.exact && !n.joined {
			return match{name: n, from: i, to: i + 2, disguised: torn}
		}
	}
	if !torn {
		return none
	}
	// Torn and disguised: R ltuaIs.
	for _, n := range x.shapes[lookalike.Shape(joined)] {
		if len(n.words) == 1 && !n.joined && !n.exact && (!n.alone || onPurpose(b.text)) {
			return match{name: n, from: i, to: i + 2, disguised: true}
		}
	}
	return none
}

// glued looks for a name written together with a service word: PayPalSupport,
// securenetflix.
func (x *index) glued(words []word, i int) match {
	w := strings.TrimRight(words[i].folded, "0123456789")
	if len(w) > maxShape {
		return match{to: i}
	}
	for cut := minGlued; cut <= len(w)-minGlued; cut++ {
		a, b := w[:cut], w[cut:]
		for _, n := range x.single(a) {
			if isGlue(b) && n.parts(words[i].text, cut) {
				return match{name: n, from: i, to: i + 1, service: true, disguised: words[i].disguised}
			}
		}
		for _, n := range x.single(b) {
			if isGlue(a) && n.parts(words[i].text, cut) {
				return match{name: n, from: i, to: i + 1, service: true, disguised: words[i].disguised}
			}
		}
	}
	return match{to: i}
}

// parts reports that a word may be read as two there. A common word needs the
// capital to tell: AppleSupport, but not techtarget.
func (n name) parts(text string, cut int) bool {
	return !n.alone || cut < len(text) && upperFirst(text[cut:]) && !upperFirst(text[cut-1:])
}

// minGlued is the shortest part of a word that is read as two.
const minGlued = 4

// single gives the names that are this one word.
func (x *index) single(folded string) []name {
	if !x.heads[head(folded)] {
		return nil
	}
	var out []name
	for _, n := range x.first[folded] {
		if len(n.words) == 1 && !n.exact {
			out = append(out, n)
		}
	}
	return out
}

func upperFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// foreign reports a word with a letter of another script than Latin in it, as
// disguises have.
func foreign(s string) bool {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r), isSmallCapital(r), isDrawn(r), r >= 0x1d400 && r <= 0x1d7ff, r >= 0xff00 && r <= 0xff5e:
			return true
		}
	}
	return false
}

// differs reports whether words are written otherwise than the name itself, in
// case and accents alone not counting.
func differs(words []word, name string) bool {
	for _, w := range words {
		if w.disguised {
			return true
		}
		if foreign(w.text) && !foreign(name) {
			return true
		}
	}
	return false
}
