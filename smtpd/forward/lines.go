package forward

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxLines is how many lines are looked at for the start of a quoted
	// message: a reporter's note is shorter, and what follows the start is
	// taken whatever its length.
	maxLines = 20_000

	// maxScan is the same bound in bytes, for text without line ends.
	maxScan = 2 << 20

	// maxMatch is how much of a line is looked at, in bytes: the longest real
	// header line is a list of recipients, and its label is at the front.
	maxMatch = 16 << 10

	// maxDepth is how many quote marks are counted.
	maxDepth = 32
)

// line is one line of the text that is searched.
type line struct {
	text  string // without quote marks and line end
	raw   string // as it stands, without line end
	depth int    // quote marks in front of it, or quote containers around it
	start int    // offset in the source
	next  int    // offset of what follows its end
}

func (l *line) blank() bool { return strings.TrimFunc(l.text, ignorable) == "" }

// textLines splits plain text into lines and counts their quote marks.
func textLines(s string) []line {
	var out []line
	for pos := 0; pos < len(s) && pos < maxScan && len(out) < maxLines; {
		end := strings.IndexByte(s[pos:], '\n')
		next := len(s)
		if end < 0 {
			end = len(s)
		} else {
			end += pos
			next = end + 1
		}
		raw := strings.TrimSuffix(s[pos:end], "\r")
		text, depth := unquote(raw, maxDepth)
		out = append(out, line{text: text, raw: raw, depth: depth, start: pos, next: next})
		pos = next
	}
	return out
}

// unquote takes at most n quote marks, each with the space after it, off the
// front of a line, and tells how many there were.
func unquote(s string, n int) (rest string, depth int) {
	rest = s
	for depth < n {
		t := strings.TrimLeft(rest, " ")
		if len(rest)-len(t) > 1 || !strings.HasPrefix(t, ">") {
			break
		}
		rest = strings.TrimPrefix(t[1:], " ")
		depth++
	}
	return rest, depth
}

// ignorable tells whether a rune is blank or only steers the display: spaces
// of all widths, zero-width characters, byte order marks, direction marks.
func ignorable(r rune) bool {
	switch {
	case r <= ' ', r == 0x7F, r == '\u00A0', r == '\u00AD', r == '\u061C', r == '\u1680', r == '\u3000', r == '\uFEFF':
		return true
	case r >= '\u2000' && r <= '\u200F', r >= '\u2028' && r <= '\u202F', r >= '\u205F' && r <= '\u206F':
		return true
	}
	return false
}

// fold gives the form in which words of clients are compared: lower case,
// composed, one kind of space and apostrophe, no invisible characters.
func fold(s string) string {
	var buf [maxPhrase]byte
	if b, ok := foldASCII(buf[:0], s); ok {
		return string(b)
	}
	var b strings.Builder
	space := false
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\u00A0' || r == '\u3000' || r == '\u202F' || r <= ' ':
			space = b.Len() > 0
			continue
		case ignorable(r), r >= '\u064B' && r <= '\u0652': // Arabic vowel marks are written or not
			continue
		case r == '\u2019' || r == '\u02BC':
			r = '\''
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// foldASCII is fold for text that is all ASCII, appended to dst; false if s is
// not. Nearly every line of nearly every message goes through it.
func foldASCII(dst []byte, s string) ([]byte, bool) {
	space := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return dst, false
		case c <= ' ' || c == 0x7F:
			space = len(dst) > 0
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if space {
			dst = append(dst, ' ')
			space = false
		}
		dst = append(dst, c)
	}
	return dst, true
}
