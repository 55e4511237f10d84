package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wrap writes words in lines of wrapAt columns. A longer word stands alone.
func wrap(b *strings.Builder, lead, next, text string) {
	line, columns := lead, width(lead)
	fresh := true
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == '\n' }) { // not at a no-break space
		for i, piece := range pieces(word) {
			w, space := width(piece), 0
			if !fresh && i == 0 {
				space = 1
			}
			if !fresh && columns+space+w > wrapAt {
				b.WriteString(line + "\n")
				line, columns, space = next, width(next), 0
			}
			line, columns = line+strings.Repeat(" ", space), columns+space
			line, columns, fresh = line+piece, columns+w, false
		}
	}
	b.WriteString(line + "\n")
}

// pieces cuts a word where a line may end within it: between the signs of
// scripts that have no spaces, but never before a sign that closes.
func pieces(word string) []string {
	var out []string
	start := 0
	prev := rune(0)
	for i, r := range word {
		if i > start && (wide(r) || wide(prev)) && !closes(r) && !opens(prev) {
			out = append(out, word[start:i])
			start = i
		}
		prev = r
	}
	return append(out, word[start:])
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}

// closes: signs that no line begins with.
func closes(r rune) bool {
	return strings.ContainsRune("、。，．：；？！）」』】〉》・ー”’…,.:;?!)]}%", r)
}

// opens: signs that no line ends with.
func opens(r rune) bool { return strings.ContainsRune("（「『【〈《“‘([{", r) }

// width gives the columns that a text takes in a terminal.
func width(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if wide(r) {
			n++
		} else if unicode.Is(unicode.Mn, r) {
			n--
		}
	}
	return n
}
