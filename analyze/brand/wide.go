package brand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// minWide is the shortest name in a script without spaces, in octets: two
// characters.
const minWide = 6

// findWide looks for names in scripts without spaces.
func (x *index) findWide(text string) []match {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] < 0xe0 // the first octet of every character from 0x0800 on
	}
	if plain {
		return nil
	}
	found := x.runs(text)
	// Narrow letters, characters of no width or spaces between may hide more.
	if loose := tighten(text); loose != text {
		for _, m := range x.runs(loose) {
			if !strings.Contains(text, m.text) {
				m.disguised, m.start, m.end = true, 0, 0
				found = append(found, m)
			}
		}
	}
	return found
}

// runs looks for the names in a text as it is.
func (x *index) runs(text string) []match {
	var found []match
	before := rune(0)
	for i, r := range text {
		if r >= utf8.RuneSelf {
			var best wide
			for _, w := range x.wide[r] {
				if strings.HasPrefix(text[i:], w.text) && len(w.text) > len(best.text) && len(w.text) >= minWide && w.stands(before, text[i+len(w.text):]) {
					best = w
				}
			}
			if best.text != "" {
				found = append(found, match{name: best.name, from: -1, to: -1, start: i, end: i + len(best.text), text: best.text})
			}
		}
		before = r
	}
	return found
}

// stands reports that a name is no part of a longer word: イオン (AEON) in
// マイナスイオン (negative ions), a Korean name behind another syllable.
func (w wide) stands(before rune, after string) bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	last, _ := utf8.DecodeLastRuneInString(w.text)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case unicode.Is(unicode.Hangul, first) && unicode.Is(unicode.Hangul, before):
		return false
	case isKatakana(first) && isKatakana(before):
		return false
	case isKatakana(last) && isKatakana(next):
		return false
	}
	return true
}

// isKatakana reports katakana and the sign that lengthens them.
func isKatakana(r rune) bool { return unicode.Is(unicode.Katakana, r) || r == 'ー' }

// tighten gives the text with letters of full width, and without characters of
// no width and single spaces between characters of such scripts.
func tighten(text string) string {
	text = norm.NFKC.String(text)
	var b strings.Builder
	b.Grow(len(text))
	before, gap := rune(0), false
	for _, r := range text {
		switch {
		case isHidden(r):
			continue
		case r == ' ' && !gap && unspaced(before):
			gap = true
			continue
		}
		if gap && !unspaced(r) {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
		before = r
	}
	return b.String()
}
