package reply

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// Limits of what is read of the reporter's own words, in octets. Their first
// lines tell the language as well as all of them.
const (
	maxNote     = 4 << 10
	maxNoteHTML = 64 << 10 // before it come the styles that Outlook writes
)

// ownText gives the beginning of what the reporter's program shows: the text
// part, or that of the HTML part where it is the only one.
func ownText(raw []byte) string {
	m := eml.Parse(raw)
	text := m.TextBody()
	if strings.TrimSpace(text) == "" {
		text = htmlText(m.HTMLBody())
	}
	return text[:min(len(text), maxNote)]
}

// htmlText gives the words of a page up to the first quotation.
func htmlText(page string) string {
	z := html.NewTokenizer(strings.NewReader(page[:min(len(page), maxNoteHTML)]))
	var b strings.Builder
	skip := atom.Atom(0)
	for b.Len() < maxNote {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); a {
			case atom.Style, atom.Script, atom.Title:
				skip = a
			case atom.Blockquote, atom.Hr:
				return b.String()
			case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li:
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == skip {
				skip = 0
			}
		}
	}
	return b.String()
}

func pasted(originals []analyze.Original) bool {
	return len(originals) > 0 && originals[0].How == analyze.HowPasted
}

// note gives what the reporter wrote above the forward: the lines before the
// first that quotes, rules off, or holds the author, subject, date or opening of
// an original. What was pasted cannot be told from the reporter's own words.
func note(text string, originals []analyze.Original) string {
	if pasted(originals) {
		return ""
	}
	var marks []string
	for _, o := range originals {
		for _, m := range append(o.From, o.To...) {
			marks = append(marks, m.Address, m.Name)
		}
		opening := strings.TrimSpace(o.Text)
		opening, _, _ = strings.Cut(opening, "\n")
		marks = append(marks, o.Subject, o.Date, opening)
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if quotes(line, marks) {
			break
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// minMark is the shortest text of an original, in octets, by which its place is
// found: a shorter one may stand anywhere.
const minMark = 4

func quotes(line string, marks []string) bool {
	for _, p := range []string{">", "|", "---", "___", "===", "***", "From:"} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	for _, m := range marks {
		if m = strings.TrimSpace(m); len(m) >= minMark && strings.Contains(line, m) {
			return true
		}
	}
	return false
}
