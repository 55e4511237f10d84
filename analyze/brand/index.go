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
}

// index finds names in text by their first word.
type index struct {
	first  map[string][]name // by the first word, folded
	shapes map[string][]name // names of one word, by its shape: disguises
	heads  [1 << 16]bool     // of the words in first
	wide   map[rune][]wide   // names in scripts that put no spaces between words
}

// wide is a name that is searched as a run of characters.
type wide struct {
	name
	folded string
}

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
		f := lookalike.Fold(text)
		first, _ := utf8.DecodeRuneInString(f)
		x.wide[first] = append(x.wide[first], wide{name{brand: i, text: text}, f})
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
	n.alone = single && (b.Common || lookalike.CommonWord(whole))
	n.exact = single && utf8.RuneCountInString(text) <= maxAcronym && strings.ToUpper(text) == text
	if !single && len(whole) < maxAcronym {
		return // E.ON would be found in "e on"
	}
	x.first[n.words[0]] = append(x.first[n.words[0]], n)
	if single && len(whole) >= minShape && !n.alone {
		x.shapes[lookalike.Shape(whole)] = append(x.shapes[lookalike.Shape(whole)], n)
	}
	if !single && len(whole) >= minJoined {
		n.joined = true
		n.words, n.dotted = []string{whole}, []bool{false}
		x.first[whole] = append(x.first[whole], n)
		x.shapes[lookalike.Shape(whole)] = append(x.shapes[lookalike.Shape(whole)], n)
	}
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
	from, to   int // words, to exclusive; -1 for a wide name
	start, end int // octets
	disguised  bool
}

// find gives the names in a text, each stretch of it for one name at most per
// brand. The longest wins: "Apple Pay" before "Apple".
func (x *index) find(words []word, text string) []match {
	var found []match
	for i := 0; i < len(words); i++ {
		best := match{to: i}
		folded := words[i].folded
		if !x.heads[head(folded)] && (i+1 == len(words) || !upperFirst(words[i+1].text)) && len(folded) < minShape {
			continue
		}
		for _, n := range x.first[folded] {
			if m, ok := n.at(words, i); ok && m.to > best.to {
				best = m
			}
		}
		if best.to == i && len(words[i].folded) >= minShape {
			best = x.shaped(words, i)
		}
		if best.to == i && i+1 < len(words) {
			best = x.parted(words, i)
		}
		if best.to > i {
			best.start, best.end = words[i].start, words[best.to-1].end
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
	if n.exact && words[i].text != n.text {
		return match{}, false
	}
	if m.disguised && !differs(words[i:m.to], n.text) {
		m.disguised = false
	}
	return m, true
}

// maxGap is how far apart two words of a name may stand, in octets.
const maxGap = 3

// shaped looks for a name of one word in disguise: Arnazon, m1crosoft.
func (x *index) shaped(words []word, i int) match {
	w := words[i]
	none := match{to: i}
	if len(w.folded) > maxShape {
		return none
	}
	var buf [maxShape]byte
	for _, n := range x.shapes[string(lookalike.AppendShape(buf[:0], w.folded))] {
		if n.words[0] != w.folded && !n.exact && !lookalike.CommonWord(w.folded) {
			return match{name: n, from: i, to: i + 1, disguised: true}
		}
	}
	return none
}

// parted looks for a name of one word written as two: Pay Pal.
func (x *index) parted(words []word, i int) match {
	a, b := words[i], words[i+1]
	if len(a.folded) < 3 || len(b.folded) < 3 || b.start-a.end != 1 || len(a.folded)+len(b.folded) < 6 {
		return match{to: i}
	}
	// Both parts begin with a capital, or it is ordinary prose ("net flix").
	if !upperFirst(a.text) || !upperFirst(b.text) {
		return match{to: i}
	}
	for _, n := range x.first[a.folded+b.folded] {
		if !n.alone && !n.exact && !n.joined {
			return match{name: n, from: i, to: i + 2}
		}
	}
	return match{to: i}
}

func upperFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// findWide looks for names in scripts without spaces.
func (x *index) findWide(text string) []match {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] < 0xe0 // the first octet of every character from 0x0800 on
	}
	if plain {
		return nil
	}
	var found []match
	for i, r := range text {
		if r < utf8.RuneSelf {
			continue
		}
		var best wide
		for _, w := range x.wide[r] {
			if strings.HasPrefix(text[i:], w.text) && len(w.text) > len(best.text) && len(w.text) >= minWide {
				best = w
			}
		}
		if best.text != "" {
			found = append(found, match{name: best.name, from: -1, to: -1, start: i, end: i + len(best.text)})
		}
	}
	return found
}

// minWide is the shortest name in such a script, in octets: two characters.
const minWide = 6

// foreign reports a word with a letter of another script than Latin in it, as
// disguises have.
func foreign(s string) bool {
	for _, r := range s {
		if r >= utf8.RuneSelf && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) || r >= 0x1d400 && r <= 0x1d7ff || r >= 0xff00 && r <= 0xff5e || r >= 0x24b6 && r <= 0x24e9 {
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
