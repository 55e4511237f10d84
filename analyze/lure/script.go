package lure

import (
	"strings"
	"sync"
	"unicode/utf8"

	"reportascam/analyze/lookalike"
)

// script is a writing system as far as languages are told by it.
type script uint8

const (
	noScript script = iota
	latin
	cyrillic
	greek
	arabic
	hebrew
	han
	kana
	hangul
	thai
	devanagari
	otherScript
)

func scriptOf(r rune) script {
	switch {
	case r < 0x80, r >= 0xc0 && r < 0x250, r >= 0x1e00 && r < 0x1f00:
		return latin
	case r >= 0x370 && r < 0x400, r >= 0x1f00 && r < 0x2000:
		return greek
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= 0x590 && r < 0x600:
		return hebrew
	case r >= 0x600 && r < 0x780, r >= 0xfb50 && r < 0xfe00, r >= 0xfe70 && r < 0xff00:
		return arabic
	case r >= 0x900 && r < 0x980:
		return devanagari
	case r >= 0xe00 && r < 0xe80:
		return thai
	case r >= 0x3040 && r < 0x3100, r >= 0xff66 && r < 0xffa0:
		return kana
	case r >= 0x3400 && r < 0xa000, r >= 0x20000 && r < 0x30000:
		return han
	case r >= 0xac00 && r < 0xd7b0, r >= 0x1100 && r < 0x1200:
		return hangul
	}
	return otherScript
}

// isWide reports the scripts whose characters are tokens of their own.
func isWide(s script) bool { return s == han || s == kana || s == hangul }

// styledTable folds the decorated letters that have no compatibility
// decomposition, or are asked for so often that computing each would cost.
var styledTable = sync.OnceValue(func() map[rune]byte {
	t := map[rune]byte{}
	for i, r := range []rune("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ") {
		t[r] = 'a' + byte(i)
	}
	delete(t, 'x')
	for i := range rune(26) {
		for _, base := range []rune{0x1f130, 0x1f150, 0x1f170, 0x24b6, 0x24d0, 0xff21, 0xff41, 0x1f110, 0x249c} {
			t[base+i] = 'a' + byte(i)
		}
	}
	for r := rune(0x1d400); r < 0x1d800; r++ {
		if f := lookalike.Fold(string(r)); len(f) == 1 {
			t[r] = f[0]
		}
	}
	for _, r := range "ℬℰℱℋℐℒℳℛℭℌℑℜℨℂℍℕℙℚℝℤℯℊℴ" {
		if f := lookalike.Fold(string(r)); len(f) == 1 {
			t[r] = f[0]
		}
	}
	return t
})

// isStuffing reports marks that are no part of any word they are put into:
// Syriac and combining joiners between Latin letters.
func isStuffing(r rune) bool {
	return r >= 0x711 && r < 0x74b || r == 0x34f || r >= 0xe0100 && r < 0xe01f0 || r >= 0x64b && r < 0x660
}

func foldArabic(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ة':
		return 'ه'
	case 'ى', 'ی', 'ئ':
		return 'ي'
	case 'ک':
		return 'ك'
	case 'ؤ':
		return 'و'
	}
	return r
}

// plain gives the current word without its tricks: a number as #, digits that
// stand for letters and capital i for l as those, Arabic without its article.
func (f *folder) plain() []byte {
	w := f.word
	switch {
	case f.digits == len(w) && len(w) > 0:
		return append(w[:0], '#')
	case f.scripts[arabic]:
		return withoutArticle(w)
	case f.digits > 0 && len(w)-f.digits >= 3:
		for i := 1; i+1 < len(w); i++ {
			if l := leet(w[i]); l != 0 && isASCIILetter(w[i-1]) && isASCIILetter(w[i+1]) {
				w[i] = l
			}
		}
	}
	if len(f.cased) == len(w) && len(w) >= 3 {
		swapped(w, f.cased)
	}
	return w
}

func leet(c byte) byte {
	if i := strings.IndexByte("01345", c); i >= 0 {
		return "oleas"[i]
	}
	return 0
}

// swapped undoes capital i for l and l for capital i: "paypaI", "EMAlL".
func swapped(w, cased []byte) {
	upper, ells := 0, 0
	for _, c := range cased {
		if c >= 'A' && c <= 'Z' {
			upper++
		} else if c == 'l' {
			ells++
		}
	}
	if ells > 0 && upper >= 2 && upper+ells == len(cased) {
		for i, c := range cased {
			if c == 'l' {
				w[i] = 'i'
			}
		}
		return
	}
	for i := 1; i < len(cased); i++ {
		lower := cased[i-1] >= 'a' && cased[i-1] <= 'z'
		next := i+1 < len(cased) && cased[i+1] >= 'a' && cased[i+1] <= 'z'
		if cased[i] == 'I' && (lower && (next || i+1 == len(cased)) || i == 1 && next) {
			w[i] = 'l'
		}
	}
}

// withoutArticle drops "and", "by", "to" and the article that Arabic writes
// together with the word.
func withoutArticle(w []byte) []byte {
	s := string(w)
	for _, p := range []string{"وال", "بال", "فال", "كال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(s, p); ok && utf8.RuneCountInString(rest) >= 2 {
			return w[len(p):]
		}
	}
	return w
}
