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
	disguised  bool   // held characters of no width, was s p a c e d out or turned round
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
			case c == '\'' && start >= 0 && i+1 < len(text) && isAlnum(text[i+1]) && !isElided(text[start:i]):
				// McDonald's is one word, without its sign.
			default:
				flush(i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\u2019' && start >= 0 && !isElided(text[start:i]):
		case isHidden(r):
			hidden = hidden || start >= 0 && i+size < len(text) && r != 0xfe0f
		case unicode.In(r, unicode.L, unicode.M, unicode.N), isDrawn(r):
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

// isElided reports the articles and prepositions that French and Italian write
// before a sign: d'Orange, l'INPS.
func isElided(s string) bool {
	switch s {
	case "d", "D", "l", "L", "qu", "Qu", "dell", "all", "dall":
		return true
	}
	return false
}

// foldWord folds a word and drops apostrophes and a possessive s.
func foldWord(s string) string {
	f := lookalike.Fold(plainLetters(s))
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

// isDrawn reports letters that Unicode counts among the symbols: in circles
// and squares.
func isDrawn(r rune) bool {
	return r >= 0x249c && r <= 0x24e9 || r >= 0x1f110 && r <= 0x1f189
}

// smallCapitals are letters that have no compatible form in Unicode.
const smallCapitals = "aᴀbʙcᴄdᴅeᴇfꜰgɢhʜiɪjᴊkᴋlʟmᴍnɴoᴏpᴘqꞯrʀsꜱtᴛuᴜvᴠwᴡyʏzᴢ"

// plainLetters gives the ASCII letter of small capitals and of letters in
// filled circles and squares. Fold knows all others.
func plainLetters(s string) string {
	for i := 0; ; i++ {
		if i == len(s) {
			return s
		}
		if s[i] >= utf8.RuneSelf {
			break
		}
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x1f150 && r <= 0x1f169:
			return 'a' + r - 0x1f150
		case r >= 0x1f170 && r <= 0x1f189:
			return 'a' + r - 0x1f170
		case isSmallCapital(r):
			if i := strings.IndexRune(smallCapitals, r); i > 0 {
				return rune(smallCapitals[i-1])
			}
		}
		return r
	}, s)
}

func isSmallCapital(r rune) bool {
	return r >= 0x0262 && r <= 0x029f || r >= 0x1d00 && r <= 0x1d22 || r == 0xa730 || r == 0xa731 || r == 0xa7af
}

const (
	rightToLeft = '\u202e' // RIGHT-TO-LEFT OVERRIDE
	popFormat   = '\u202c' // POP DIRECTIONAL FORMATTING
)

// asShown gives text as a reader sees it: what stands behind a right-to-left
// override is turned round (UAX 9 section 3.3.2, X4). turned are the octets of
// the result that were.
func asShown(s string) (shown string, turned [][2]int) {
	if !strings.ContainsRune(s, rightToLeft) {
		return s, nil
	}
	var b strings.Builder
	for s != "" {
		before, rest, found := strings.Cut(s, string(rightToLeft))
		b.WriteString(before)
		if !found {
			break
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r == popFormat || r == rightToLeft || r == '\n' })
		if end < 0 {
			end = len(rest)
		}
		start := b.Len()
		run := []rune(rest[:end])
		for i := len(run) - 1; i >= 0; i-- {
			b.WriteRune(run[i])
		}
		turned = append(turned, [2]int{start, b.Len()})
		s = strings.TrimPrefix(rest[end:], string(popFormat))
	}
	return b.String(), turned
}

// read gives the words of a text as a reader takes them, and the text that
// their offsets mean. With sender a spaced acronym is one word too.
func (x *index) read(text string, sender bool) ([]word, string) {
	text, turned := asShown(text)
	words := x.respace(split(text, maxWords), text, sender)
	for _, t := range turned {
		for i := range words {
			if words[i].start < t[1] && words[i].end > t[0] {
				words[i].disguised = true
			}
		}
	}
	return words, text
}

const (
	// minSpaced is how many single letters in a row are read as one word:
	// "P a y P a l". Fewer are initials.
	minSpaced = 5
	// minInitials is how many are, where they are a brand's acronym: "D P D".
	minInitials = 3
)

// respace joins rows of single letters into one word each.
func (x *index) respace(words []word, text string, sender bool) []word {
	singles := 0
	for i := range words {
		if isSingle(words[i]) {
			singles++
		}
	}
	if singles < minInitials {
		return words
	}
	out := words[:0:0]
	for i := 0; i < len(words); {
		j := i + 1
		for isSingle(words[i]) && j < len(words) && isSingle(words[j]) && evenly(words, i, j) {
			j++
		}
		whole := ""
		for _, p := range words[i:j] {
			whole += p.folded
		}
		if j-i < minInitials || j-i < minSpaced && !(sender && x.acronym(whole, words[i:j])) {
			out = append(out, words[i])
			i++
			continue
		}
		out = append(out, word{text: text[words[i].start:words[j-1].end], folded: whole, start: words[i].start, end: words[j-1].end, glue: words[i].glue, disguised: true})
		i = j
	}
	return out
}

func isSingle(w word) bool { return utf8.RuneCountInString(w.text) == 1 }

// evenly reports that word j stands as near to its neighbour as the first two
// of the row that begins at i do: wider gaps part words.
func evenly(words []word, i, j int) bool {
	gap := words[j].start - words[j-1].end
	return gap <= maxGap && gap == words[i+1].start-words[i].end
}

// acronym reports a brand that is written in capitals, spaced out in capitals.
func (x *index) acronym(folded string, letters []word) bool {
	for _, l := range letters {
		if !upperFirst(l.text) {
			return false
		}
	}
	for _, n := range x.first[folded] {
		if n.exact {
			return true
		}
	}
	return false
}
