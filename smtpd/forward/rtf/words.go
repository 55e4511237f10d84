package rtf

import (
	"unicode/utf16"
)

// maxWord is the longest control word (RTF 1.9.1, "Control Word").
const maxWord = 32

// maxDigits is as many digits as a parameter can have: 32 bits, signed.
const maxDigits = 10

// control reads what follows a backslash: a word with its number, or one
// symbol (RTF 1.9.1, "Basic Entities").
func (r *reader) control() {
	if r.i >= len(r.src) {
		return
	}
	c := r.src[r.i]
	if !letter(c) {
		r.i++
		r.symbol(c)
		return
	}
	start := r.i
	for r.i < len(r.src) && letter(r.src[r.i]) && r.i-start < maxWord {
		r.i++
	}
	word := string(r.src[start:r.i])
	n, given := r.number()
	if r.i < len(r.src) && r.src[r.i] == ' ' {
		r.i++
	}
	if word == "bin" {
		r.i += min(max(n, 0), len(r.src)-r.i) // binary data, of which no byte means anything
		return
	}
	if r.skip > 0 {
		r.skip--
		return
	}
	if word != "u" {
		r.flush()
	}
	star := r.star
	r.star = false
	r.words++
	r.word(word, n, given, star)
}

func (r *reader) number() (n int, given bool) {
	start, minus := r.i, false
	if r.i < len(r.src) && r.src[r.i] == '-' {
		minus = true
		r.i++
	}
	first := r.i
	for r.i < len(r.src) && r.src[r.i] >= '0' && r.src[r.i] <= '9' && r.i-first < maxDigits {
		n = n*10 + int(r.src[r.i]-'0')
		r.i++
	}
	if r.i == first {
		r.i = start
		return 0, false
	}
	if minus {
		n = -n
	}
	return n, true
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// symbol handles a control symbol.
func (r *reader) symbol(c byte) {
	switch c {
	case '\'':
		if r.i+1 < len(r.src) {
			high, low := unhex(r.src[r.i]), unhex(r.src[r.i+1])
			if high >= 0 && low >= 0 {
				r.i += 2
				r.literal(byte(high<<4 | low))
			}
		}
		return
	case '{', '}', '\\':
		r.literal(c)
		return
	}
	if r.skip > 0 {
		r.skip--
		return
	}
	r.flush()
	switch c {
	case '*':
		r.star = true
		return
	case '~':
		r.text("\u00A0")
	case '_':
		if r.form == fromHTML {
			r.text("\u00AD") // MS-OXRTFEX section 2.1.3.2
		} else {
			r.text("\u2011")
		}
	case '\r', '\n':
		r.text("\n")
	case '\t':
		r.text("\t")
	}
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// word handles a control word: those of the document here, those that stand
// for text and those that begin a destination below.
func (r *reader) word(word string, n int, given, star bool) {
	switch word {
	case "fromhtml":
		if r.atStart() && (!given || n != 0) {
			r.form = fromHTML
		}
	case "fromtext":
		if r.atStart() {
			r.form = fromText
		}
	case "htmlrtf":
		r.now.suppressed = !given || n != 0
	case "v":
		r.now.hidden = !given || n != 0
	case "ansicpg":
		if n > 0 {
			r.codepage = n
		}
	case "mac":
		r.codepage = cpMac
	case "pc":
		r.codepage = cpOEM
	case "pca":
		r.codepage = cpOEMLatin1
	case "uc":
		r.now.skipAfterU = min(max(n, 0), 8)
	case "u":
		r.unicode(n)
	case "f", "fcharset", "cpg":
		r.fontWord(word, n)
	case "plain":
		r.now.hidden = false
	default:
		if s, ok := textOf(word); ok {
			r.text(s)
			return
		}
		r.destination(word, star)
	}
}

// atStart tells whether the document has shown nothing yet: what it was made
// of is said before its fonts (MS-OXRTFEX section 2.1.1).
func (r *reader) atStart() bool {
	return r.out.Len() == 0 && len(r.stack) == 1 && r.form == native
}

func (r *reader) fontWord(word string, n int) {
	switch {
	case word == "f" && r.now.dest == toFonts:
		r.defining = n
	case word == "f":
		r.now.font = n
	case r.now.dest != toFonts || len(r.fonts) >= maxFonts:
	case word == "cpg":
		r.fonts[r.defining] = n
	case r.fonts[r.defining] == 0:
		r.fonts[r.defining] = fontCodepage(n)
	}
}

// unicode takes a character by its number, a signed 16-bit one, and passes over
// what stands there for readers that do not know it.
func (r *reader) unicode(n int) {
	c := rune(n & 0xFFFF)
	if n > 0xFFFF && n <= 0x10FFFF {
		c = rune(n)
	}
	high := r.high
	r.high = 0
	if len(r.bytes) > 0 {
		r.flush()
	}
	r.skip = r.now.skipAfterU
	switch {
	case high != 0 && c >= 0xDC00 && c < 0xE000:
		r.text(string(utf16.DecodeRune(high, c)))
		return
	case high != 0:
		r.text("\uFFFD")
	}
	if c >= 0xD800 && c < 0xDC00 {
		r.high = c
		return
	}
	r.text(string(c))
}

// textOf gives the text that a control word stands for (RTF 1.9.1, "Special
// Characters"; MS-OXRTFEX section 2.1.3.2).
func textOf(word string) (string, bool) {
	switch word {
	case "par", "line", "sect", "page", "row", "softline":
		return "\n", true
	case "tab", "cell", "nestcell":
		return "\t", true
	case "lquote":
		return "\u2018", true
	case "rquote":
		return "\u2019", true
	case "ldblquote":
		return "\u201C", true
	case "rdblquote":
		return "\u201D", true
	case "bullet":
		return "\u2022", true
	case "endash":
		return "\u2013", true
	case "emdash":
		return "\u2014", true
	case "emspace", "enspace", "qmspace":
		return " ", true
	case "ltrmark":
		return "\u200E", true
	case "rtlmark":
		return "\u200F", true
	case "zwj":
		return "\u200D", true
	case "zwnj":
		return "\u200C", true
	}
	return "", false
}

// destination handles a word that says where the text of its group goes. A
// starred one that is not known goes nowhere (RTF 1.9.1, "Destinations").
func (r *reader) destination(word string, star bool) {
	switch word {
	case "htmltag":
		if r.form == fromHTML && r.now.dest == toBody {
			r.now.dest = toTag
			return
		}
		r.now.dest = toNowhere
	case "fonttbl":
		r.now.dest = toFonts
	case "fldinst":
		if r.now.dest != toNowhere {
			r.now.dest, r.now.opens, r.instr = toInstruction, toInstruction, nil
		}
	case "fldrslt":
		r.fieldResult()
	case "pntext":
		if r.form == fromHTML {
			r.now.dest = toNowhere
		}
	case "colortbl", "stylesheet", "info", "pict", "object", "mhtmltag", "filetbl", "revtbl", "nonshppict",
		"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "xe", "tc", "rxe":
		r.now.dest = toNowhere
	default:
		if star && word != "shppict" {
			r.now.dest = toNowhere
		}
	}
}

// fieldResult begins what is shown of a field: for a link, its text.
func (r *reader) fieldResult() {
	if r.target == "" || r.form != native || r.now.dest != toBody || len(r.stack) >= maxGroups {
		return
	}
	r.raw(&r.markup, "<a href=\""+escape(r.target)+"\">")
	r.target = ""
	r.now.link = true
	r.links++
}
