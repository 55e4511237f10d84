package lookalike

import "strings"

// minLoose is the least length of a name that is compared loosely.
const minLoose = 6

// looseClass gives one letter for those that a glance takes for each other.
func looseClass(c byte) byte {
	switch c {
	case 'n', 'r':
		return 'm'
	case 'e':
		return 'c'
	case 'b':
		return 'd'
	case 'q', '9', '6':
		return 'g'
	case 'i', '1', '|', '!':
		return 'l'
	case '0':
		return 'o'
	case '5', '$':
		return 's'
	case '3':
		return '8'
	}
	return c
}

// loosePair gives the letter that two letters side by side look like, as
// classes, or 0.
func loosePair(a, b byte) byte {
	switch {
	case a == 'm' && b == 'm': // rn, nn, rr
		return 'm'
	case a == 'c' && b == 'l', a == 'd' && b == 'l', a == 'l' && b == 'd': // cl, dl, lb
		return 'd'
	case a == 'l' && (b == 'k' || b == 'c'): // lk, lc
		return 'k'
	case a == 'l' && b == 'h':
		return 'h'
	case a == 'v' && b == 'v':
		return 'w'
	}
	return 0
}

// loose reduces a folded word beyond Shape, to what a glance takes in. Words
// that share it look alike only a little.
func loose(word string) string { return looseOf(looseClasses(word)) }

func looseClasses(word string) string {
	out := []byte(word)
	for i, c := range out {
		out[i] = looseClass(c)
	}
	return string(out)
}

func looseOf(classes string) string {
	out := make([]byte, 0, len(classes))
	for i := range len(classes) {
		c := classes[i]
		for len(out) > 0 {
			p := loosePair(out[len(out)-1], c)
			if p == 0 {
				break
			}
			c, out = p, out[:len(out)-1]
		}
		out = append(out, c)
	}
	return string(out)
}

// looseWays gives the ways to take a word in at a glance: a stroke before a
// letter may belong to what stands before it or behind.
func looseWays(word string) [2]string {
	c := looseClasses(word)
	return [2]string{looseOf(c), looseOf(strings.NewReplacer("lld", "d", "ld", "d", "lk", "k", "lc", "k", "lh", "h").Replace(c))}
}

// glances looks for names that are alike at a glance alone.
func (q *query) glances() {
	if q.known || len(q.folded) < minLoose-1 || len(q.folded) > maxLabel || len(q.x.loose.ids) == 0 || CommonWord(q.folded) {
		return
	}
	ways := []string{q.label}
	ascii := isASCII(q.label)
	if !ascii {
		ways = readings(q.label)
	}
	for _, w := range ways {
		folded := Fold(w)
		both := looseWays(folded)
		q.glance(folded, both[0], ascii)
		if both[1] != both[0] {
			q.glance(folded, both[1], ascii)
		}
	}
}

func (q *query) glance(folded, l string, ascii bool) {
	for g := range q.x.loose.get(hashString(l)) {
		t, same := q.x.with(g, q.suffix)
		name := t.folded()
		if name == folded && ascii || generic(name) || len(name) < minLoose || loose(name) != l {
			continue
		}
		switch {
		case !ascii:
			q.resemblance(t, TechniqueHomograph, distance(folded, name, len(name)), 0.6)
		case (same || isCheap(q.suffix)) && !firstAlone(folded, name) && !onlyDigitsDiffer(folded, name):
			q.resemblance(t, TechniqueHomoglyph, distance(folded, name, len(name)), 0.4)
		}
	}
}

// firstAlone reports names that differ at the first letter alone.
func firstAlone(a, b string) bool {
	e, ok := oneEdit(a, b)
	return ok && ordinaryEdit(a, b, e)
}
