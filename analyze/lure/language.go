package lure

// minStops is the least weight of stop words by which a language is told, and
// lead how far it must be before the next.
const (
	minStops = 1.5
	lead     = 1.1
)

// Language gives the language that text is mostly written in, as a BCP 47 tag,
// or nothing where there is too little text to tell.
func Language(text string) string { return Read(Field{"text", text}).Language }

// scriptLanguages are the scripts that one language writes, as far as mail
// goes.
var scriptLanguages = map[script]string{greek: "el", hebrew: "he", hangul: "ko", thai: "th", devanagari: "hi", kana: "ja"}

// language tells the language by script, then by stop words.
func (m *matcher) language() string {
	var total, best int
	top := noScript
	for sc := latin; sc <= otherScript; sc++ {
		n := m.f.letters[sc]
		if isWide(sc) {
			n *= 2 // one character says as much as two letters
		}
		total += n
		if n > best {
			best, top = n, sc
		}
	}
	// Japanese mixes kana with Han, and both with Latin names.
	if kanas := m.f.letters[kana] * 2; kanas*6 > total && kanas > 4 {
		return "ja"
	}
	switch top {
	case latin, cyrillic:
	case arabic:
		if m.f.arabicFa {
			return "fa"
		}
		return "ar"
	case han:
		if best < 6 {
			return ""
		}
		return "zh"
	default:
		return scriptLanguages[top]
	}
	return m.byStops(top)
}

func (m *matcher) byStops(top script) string {
	first, second := -1, -1
	for i := range m.book.languages {
		if m.book.scripts[i] != top {
			continue
		}
		switch {
		case first < 0 || m.stops[i] > m.stops[first]:
			first, second = i, first
		case second < 0 || m.stops[i] > m.stops[second]:
			second = i
		}
	}
	if top == cyrillic && m.f.ukrain && m.f.letters[cyrillic] > 8 {
		return "uk"
	}
	if first < 0 || m.stops[first] < minStops || second >= 0 && m.stops[first] < lead*m.stops[second] {
		return ""
	}
	return m.book.languages[first]
}
