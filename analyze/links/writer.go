package links

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// writer collects text with white space collapsed, up to max octets (maxText
// where it is zero).
type writer struct {
	b    strings.Builder
	max  int
	gap  byte // pending: 0, ' ' or '\n'
	zero rune // a pending character of no width
	full bool
}

func (w *writer) String() string { return w.b.String() }

func (w *writer) space() {
	if w.gap == 0 {
		w.gap = ' '
	}
	w.zero = 0
}

func (w *writer) newline() {
	w.gap = '\n'
	w.zero = 0
}

// text adds s. With keep, line ends stay line ends.
func (w *writer) text(s string, keep bool) {
	for _, r := range s {
		switch {
		case w.full:
			return
		case keep && r == '\n':
			w.newline()
		case unicode.IsSpace(r) || r == 0x200b && w.gap != 0 || r == 0x2800 || r == 0x3000:
			w.space()
		case isZeroWidth(r):
			// One inside a word stays, to tell of the disguise; the rows of
			// them that pad preview texts go.
			if w.gap == 0 && w.zero == 0 {
				w.zero = r
			}
		case r < 0x20 || r == 0x7f:
		default:
			w.put(r)
		}
	}
}

func (w *writer) put(r rune) {
	limit := w.max
	if limit == 0 {
		limit = maxText
	}
	if w.b.Len()+2*utf8.UTFMax > limit {
		w.full = true
		return
	}
	if w.gap != 0 && w.b.Len() > 0 {
		w.b.WriteByte(w.gap)
	} else if w.zero != 0 && w.b.Len() > 0 {
		w.b.WriteRune(w.zero)
	}
	w.gap, w.zero = 0, 0
	w.b.WriteRune(r)
}
