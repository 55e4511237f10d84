package lure

import (
	"unicode"
	"unicode/utf8"

	"reportascam/analyze/lookalike"
)

const (
	// maxWord bounds one folded word, in octets; no word that is looked for is
	// longer.
	maxWord = 48
	// wordStep and runeStep are how far a word, and a character of a script
	// without spaces, move the position that windows are measured in.
	wordStep = 2
	runeStep = 1
	// lineStep and sentenceStep are added where a line or a sentence ends.
	lineStep     = 1
	sentenceStep = 4
)

// token is one word, or one character of a script that puts no spaces.
type token struct {
	at, end    int32 // in the folded text
	start, fin int32 // in the source
	pos        int32 // for windows
	field      int32 // index of the source
}

// folded is text as words in lower case, put one after the other with a space
// between, and what was noticed on the way.
type folded struct {
	buf    []byte
	isEnd  []bool // by offset in buf: a token ends before it
	tokens []token
	pos    int32
	field  int32

	letters  map[script]int // of words in one script
	styled   int            // words in decorated letters
	broken   int            // words with characters of no width inside
	mixed    int            // words that mix scripts that look alike
	spaced   int            // words set apart l e t t e r by letter, or by dots
	words    int
	arabicFa bool // letters of Persian
	ukrain   bool // letters of Ukrainian
}

// folder reads one text after the other into a folded.
type folder struct {
	folded
	styledOf map[rune]byte

	// the word that is being read
	word       []byte
	start, fin int
	runes      int
	cased      []byte // its letters as they stand, while they are ASCII
	digits     int
	scripts    [otherScript + 1]bool
	wordStyled bool
	wordBroken bool
	hidden     bool // a character of no width came after the last letter
	joins      int  // letters joined over dots
	dashed     bool // over one dash, as e-mail and t-shirt are written
	wide       bool // the last token was wide
	gap        bool // something stood between it and the next
	fresh      bool // the next token is the first of its text
}

func newFolder(size int) *folder {
	f := &folder{styledOf: styledTable()}
	f.buf = make([]byte, 0, size+size/8)
	f.isEnd = make([]bool, 1, size+size/8+1)
	f.tokens = make([]token, 0, size/5+4)
	f.letters = map[script]int{}
	return f
}

// add reads one text.
func (f *folder) add(s string) {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			f.ascii(s, i, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		f.rune(r, i, size)
		i += size
	}
	f.flush()
	f.field++
	f.pos += 1000 // no window reaches from one text into the next
	f.wide, f.gap, f.fresh = false, true, true
}

// ascii reads one ASCII character.
func (f *folder) ascii(s string, i int, c byte) {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		f.letter(i, 1)
		if c >= '0' && c <= '9' {
			f.digits++
		} else {
			f.scripts[latin] = true
		}
		if len(f.cased) < maxWord {
			f.cased = append(f.cased, c)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		f.put(c)
	case c == '$' || c == '%':
		f.flush()
		f.start, f.fin, f.runes = i, i+1, 1
		f.put(c)
		f.flush()
	case f.joined(s, i, c):
	default:
		f.separate(s, i, c)
	}
}

// joined reports a dot or dash within a word that sets single letters apart:
// "a.ccount", "e-mail", and the thousands of a number.
func (f *folder) joined(s string, i int, c byte) bool {
	if len(f.word) == 0 || i+1 >= len(s) {
		return false
	}
	next := s[i+1]
	switch c {
	case '.', ',':
		if f.digits == len(f.word) && next >= '0' && next <= '9' {
			return true
		}
		if c == ',' {
			return false
		}
	case '-', '_', '*':
	default:
		return false
	}
	if !isASCIILetter(next) || f.digits > 0 {
		return false
	}
	alone := f.runes == 1 || i+2 >= len(s) || !isASCIILetter(s[i+2]) && s[i+2] < utf8.RuneSelf && (s[i+2] == c || f.joins > 0)
	if alone || f.joins > 0 && f.fin == i && i >= 2 && s[i-2] == c {
		f.joins++
		f.dashed = c == '-' && f.joins == 1
		return true
	}
	return false
}

func isASCIILetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// separate ends a word.
func (f *folder) separate(s string, i int, c byte) {
	f.flush()
	switch c {
	case '\n':
		f.pos += lineStep
		return // lines of a script without spaces are wrapped anywhere
	case ' ', '\t', '\r':
		return
	case '.', '!', '?', ';':
		if i+1 >= len(s) || s[i+1] <= ' ' {
			f.pos += sentenceStep
		}
	}
	f.gap = true
}

// rune reads one character beyond ASCII.
func (f *folder) rune(r rune, i, size int) {
	switch {
	case r == 0x2019 || r == 0x60 || r == utf8.RuneError:
		f.flush()
		f.gap = true
		return
	case r == '€' || r == '£' || r == '¥' || r == '￥' || r == '₽' || r == '₺' || r == '₿':
		f.flush()
		f.start, f.fin, f.runes = i, i+size, 1
		f.put('$')
		f.flush()
		return
	}
	if b, ok := f.styledOf[r]; ok {
		f.letter(i, size)
		f.scripts[latin] = true
		f.wordStyled = f.wordStyled || r < 0xff00 || r > 0xffef
		f.put(b)
		return
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Variation_Selector) {
		f.hidden = f.hidden || len(f.word) > 0 && !unicode.In(r, unicode.Mn) || isStuffing(r)
		return
	}
	sc := scriptOf(r)
	switch {
	case isWide(sc) && unicode.IsLetter(r):
		f.flush()
		f.letters[sc]++
		f.wideToken(r, i, size)
	case sc == arabic && unicode.IsLetter(r):
		f.letter(i, size)
		f.scripts[arabic] = true
		f.arabicFa = f.arabicFa || r == 'پ' || r == 'چ' || r == 'گ' || r == 'ژ'
		f.putRune(foldArabic(r))
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		f.letter(i, size)
		f.scripts[sc] = true
		f.ukrain = f.ukrain || r == 'і' || r == 'ї' || r == 'є' || r == 'ґ'
		n := len(f.word)
		f.word = lookalike.AppendFold(f.word, string(r))
		if len(f.word) > maxWord {
			f.word = f.word[:n]
		}
	case r == '。' || r == '！' || r == '？':
		f.flush()
		f.pos += sentenceStep
		f.gap = true
	case unicode.IsSpace(r) && r != 0x2028 && r != 0x2029:
		f.flush()
	default:
		f.flush()
		f.gap = true
	}
}

// letter notes that a letter of the current word stands at i.
func (f *folder) letter(i, size int) {
	if f.runes == 0 {
		f.start = i
	} else if f.hidden {
		f.wordBroken = true
	}
	f.hidden = false
	f.runes++
	f.fin = i + size
}

func (f *folder) put(c byte) {
	if len(f.word) < maxWord {
		f.word = append(f.word, c)
	}
}

func (f *folder) putRune(r rune) {
	if len(f.word)+utf8.RuneLen(r) <= maxWord {
		f.word = utf8.AppendRune(f.word, r)
	}
}

// flush ends the current word.
func (f *folder) flush() {
	if f.runes == 0 {
		return
	}
	word := f.plain()
	if len(word) > 0 {
		f.count()
		f.space()
		f.emit(word, f.start, f.fin, wordStep)
		f.wide, f.gap = false, false
	}
	f.word, f.cased = f.word[:0], f.cased[:0]
	f.runes, f.digits, f.joins, f.dashed = 0, 0, 0, false
	f.wordStyled, f.wordBroken, f.hidden = false, false, false
	f.scripts = [otherScript + 1]bool{}
}

// space sets the next token apart. Nothing that is looked for holds the octet
// between two texts.
func (f *folder) space() {
	c := byte(' ')
	if f.fresh {
		c = 0
	}
	if len(f.buf) > 0 {
		f.buf, f.isEnd = append(f.buf, c), append(f.isEnd, false)
	}
	f.fresh = false
}

// wideToken adds a character of a script without spaces.
func (f *folder) wideToken(r rune, i, size int) {
	if !f.wide || f.gap || f.fresh {
		f.space()
	}
	var b [utf8.UTFMax]byte
	f.emit(b[:utf8.EncodeRune(b[:], r)], i, i+size, runeStep)
	f.wide, f.gap = true, false
}

func (f *folder) emit(word []byte, start, fin int, step int32) {
	at := int32(len(f.buf))
	f.buf = append(f.buf, word...)
	for range len(word) - 1 {
		f.isEnd = append(f.isEnd, false)
	}
	f.isEnd = append(f.isEnd, true)
	f.tokens = append(f.tokens, token{at: at, end: int32(len(f.buf)), start: int32(start), fin: int32(fin), pos: f.pos, field: f.field})
	f.pos += step
}

// minSpaced is the shortest word that is called set apart: U.S. and a.m. are
// written so.
const minSpaced = 5

// count notes what is odd in the current word, and its script.
func (f *folder) count() {
	f.words++
	if f.digits == len(f.word) {
		return
	}
	if f.joins > 0 && f.runes >= minSpaced && !f.dashed {
		f.spaced++
	}
	if f.wordStyled {
		f.styled++
	}
	if f.wordBroken && f.scripts[latin] {
		f.broken++
	}
	if f.scripts[latin] && (f.scripts[cyrillic] || f.scripts[greek]) {
		f.mixed++
		return
	}
	for sc := latin; sc <= otherScript; sc++ {
		if f.scripts[sc] {
			f.letters[sc] += f.runes
			return
		}
	}
}
