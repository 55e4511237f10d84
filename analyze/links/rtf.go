package links

import (
	"strings"
	"unicode/utf8"
)

// rtfText gives the text of an RTF file and of its field instructions
// (HYPERLINK "…"), control words left out. Octets beyond ASCII are read as
// Latin-1: addresses are ASCII. See the Rich Text Format Specification 1.9.1.
func rtfText(src []byte) string {
	if len(src) > maxAttachment {
		src = src[:maxAttachment]
	}
	var b strings.Builder
	put := func(r rune) {
		if b.Len() < maxText {
			b.WriteRune(r)
		}
	}
	for i := 0; i < len(src); {
		switch c := src[i]; c {
		case '\\':
			i = rtfControl(src, i+1, put)
		case '{', '}':
			put(' ')
			i++
		case '\r', '\n', 0:
			i++
		default:
			put(rune(c))
			i++
		}
	}
	return b.String()
}

// rtfControl reads one control behind its backslash, and gives where it ends.
func rtfControl(src []byte, i int, put func(rune)) int {
	if i >= len(src) {
		return i
	}
	c := src[i]
	switch {
	case c == '\'':
		if i+2 < len(src) {
			if hi, lo := unhex(src[i+1]), unhex(src[i+2]); hi >= 0 && lo >= 0 {
				put(rune(hi<<4 | lo))
				return i + 3
			}
		}
		return i + 1
	case c == '\\' || c == '{' || c == '}':
		put(rune(c))
		return i + 1
	case c == '~':
		put(' ')
		return i + 1
	case !isWordByte(c) || c >= '0' && c <= '9':
		return i + 1
	}
	start := i
	for i < len(src) && i-start < maxRTFWord && (src[i]|0x20) >= 'a' && (src[i]|0x20) <= 'z' {
		i++
	}
	word, n, digits := string(src[start:i]), 0, false
	negative := i < len(src) && src[i] == '-'
	if negative {
		i++
	}
	for ; i < len(src) && src[i] >= '0' && src[i] <= '9'; i++ {
		digits = true
		n = min(n*10+int(src[i]-'0'), utf8.MaxRune+1)
	}
	if i < len(src) && src[i] == ' ' {
		i++
	}
	switch word {
	case "par", "line", "tab", "cell", "row", "page", "sect":
		put('\n')
	case "u":
		if negative {
			n = 1<<16 - n // signed 16 bit
		}
		if digits && n > 0 && utf8.ValidRune(rune(n)) {
			put(rune(n))
			if i < len(src) && src[i] == '?' {
				i++ // what older readers show instead
			}
		}
	case "bin":
		return min(len(src), i+n) // n octets of anything
	}
	return i
}

// maxRTFWord is the longest control word, in letters.
const maxRTFWord = 32

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case (c|0x20) >= 'a' && (c|0x20) <= 'f':
		return int(c|0x20) - 'a' + 10
	}
	return -1
}
