package lookalike

import "strings"

// minSound is the least length of a name that sounds are compared with.
const minSound = 6

// sounds are spellings of one sound in English, the longer first; numbers are
// read as words (1inch and oneinch).
var sounds = [...]struct{ spelt, sound string }{
	{"one", "1"}, {"two", "2"}, {"three", "3"}, {"four", "4"}, {"five", "5"}, {"six", "6"}, {"seven", "7"}, {"eight", "8"}, {"nine", "9"}, {"zero", "0"},
	{"you", "u"}, {"eau", "o"}, {"ph", "f"}, {"gh", "g"}, {"ck", "k"}, {"qu", "kw"}, {"kn", "n"}, {"wr", "r"}, {"wh", "w"}, {"x", "ks"}, {"ce", "se"}, {"ci", "si"}, {"cy", "si"},
	{"ea", "E"}, {"ee", "E"}, {"ie", "E"}, {"oo", "U"}, {"ue", "U"}, {"ew", "U"}, {"ai", "A"}, {"ay", "A"}, {"ey", "A"}, {"oa", "O"}, {"ow", "O"},
	{"c", "k"}, {"q", "k"}, {"z", "s"}, {"y", "i"},
}

// sound reduces a folded word to how it sounds, roughly: words that are spelt
// otherwise and sound alike become equal.
func sound(word string) string {
	out := make([]byte, 0, len(word))
	for i := 0; i < len(word); {
		n, s := 1, word[i:i+1]
		for _, row := range sounds {
			if strings.HasPrefix(word[i:], row.spelt) {
				n, s = len(row.spelt), row.sound
				break
			}
		}
		for j := range len(s) {
			if len(out) == 0 || out[len(out)-1] != s[j] {
				out = append(out, s[j])
			}
		}
		i += n
	}
	return string(out)
}

// homophones looks for names that sound the same.
func (q *query) homophones() {
	name := q.folded
	if q.known || len(name) < minSound-1 || len(name) > maxLabel || len(q.x.sound.ids) == 0 || CommonWord(name) || !isASCII(q.label) {
		return
	}
	s := sound(name)
	for g := range q.x.sound.get(hashString(s)) {
		t, same := q.x.with(g, q.suffix)
		label := t.folded()
		if label == name || generic(label) || sound(label) != s || len(label) < minSound || label[0] != name[0] && sound(name[:1]) != sound(label[:1]) && name[0] != 'p' {
			continue
		}
		score := 0.5
		if same {
			score = 0.55
		}
		q.resemblance(t, TechniqueHomophone, distance(name, label, len(label)), score)
	}
}
