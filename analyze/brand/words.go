package brand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"reportascam/analyze/lookalike"
)

// word is one word of a text.
type word struct {
	text       string // as it stands
	folded     string // as a hasty reader takes it
	start, end int    // octet offsets
	glue       byte   // the one character before it, or ' ' for anything else
	disguised  bool   // held characters of no width, or was s p a c e d out
}

// split cuts text into words, at most limit of them. Letters, digits and
// marks make words, & between two of them (AT&T) and + behind one (Disney+)
// too. Characters of no width do not end a word.
func split(text string, limit int) []word {
	words := make([]word, 0, min(limit, len(text)/5+1))
	start, hidden := -1, false
	flush := func(end int) {
		if start < 0 {
			return
		}
		w := word{text: text[start:end], start: start, end: end, glue: ' ', disguised: hidden}
		w.folded = foldWord(w.text)
		if n := len(words); start > 0 && (n > 0 && words[n-1].end == start-1) && text[start-1] < utf8.RuneSelf {
			w.glue = text[start-1]
		}
		if w.folded != "" {
			words = append(words, w)
		}
		start, hidden = -1, false
	}
	for i := 0; i < len(text) && len(words) < limit; {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case isAlnum(c) || c == '&' && start >= 0 && i+1 < len(text) && isAlnum(text[i+1]) || c == '$' && start >= 0:
				if start < 0 {
					start = i
				}
			case c == '+' && start >= 0 && (i+1 == len(text) || !isAlnum(text[i+1])):
				flush(i + 1)
			case c == '\'' && start >= 0 && i+1 < len(text) && isAlnum(text[i+1]):
				// McDonald's is one word, without its sign.
			default:
				flush(i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\u2019' && start >= 0:
		case isHidden(r):
			hidden = hidden || start >= 0 && i+size < len(text) && r != 0xfe0f
		case unicode.In(r, unicode.L, unicode.M, unicode.N):
			if start < 0 {
				start = i
			}
		default:
			flush(i)
		}
		i += size
	}
	flush(len(text))
	return words
}

// foldWord folds a word and drops apostrophes and a possessive s.
func foldWord(s string) string {
	f := lookalike.Fold(s)
	i := strings.IndexByte(f, '\'')
	if i < 0 {
		return f
	}
	if f[i:] == "'s" && i > 2 {
		return f[:i]
	}
	return strings.ReplaceAll(f, "'", "")
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isHidden reports characters of no width.
func isHidden(r rune) bool {
	switch r {
	case 0x00ad, 0x034f, 0x115f, 0x1160, 0x180e, 0x3164, 0xfeff, 0xffa0:
		return true
	}
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0000 && r <= 0xe0fff
}

// minSpaced is how many single letters in a row are read as one word:
// "P a y P a l". Fewer are initials.
const minSpaced = 5

// respace joins rows of single letters into one word each.
func respace(words []word, text string) []word {
	singles := 0
	for i := range words {
		if utf8.RuneCountInString(words[i].text) == 1 {
			singles++
		}
	}
	if singles < minSpaced {
		return words
	}
	out := words[:0:0]
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && utf8.RuneCountInString(words[j].text) == 1 && (j == i || words[j].start-words[j-1].end <= 3) {
			j++
		}
		if j-i < minSpaced {
			out = append(out, words[i])
			i++
			continue
		}
		w := word{text: text[words[i].start:words[j-1].end], start: words[i].start, end: words[j-1].end, glue: words[i].glue, disguised: true}
		for _, p := range words[i:j] {
			w.folded += p.folded
		}
		out = append(out, w)
		i = j
	}
	return out
}
