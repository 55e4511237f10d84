package reply

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"reportascam/analyze"
)

//go:embed answer.html
var page embed.FS

// wrapAt is the usual width of plain text mail.
const wrapAt = 74

// writeText gives the text part, LF line endings.
func writeText(blocks []block) string {
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 && (bl.Kind != kindSmall || blocks[i-1].Kind != kindSmall) {
			b.WriteByte('\n')
		}
		line := plainText(bl.Spans)
		switch bl.Kind {
		case kindVerdict:
			wrap(&b, "*** ", "    ", line+" ***")
		case kindTitle:
			wrap(&b, "== ", "   ", line+" ==")
		case kindList, kindSteps:
			for n, item := range bl.Items {
				lead := "- "
				if bl.Kind == kindSteps {
					lead = strconv.Itoa(n+1) + ". "
				}
				wrap(&b, lead, strings.Repeat(" ", len(lead)), plainText(item))
			}
		default:
			wrap(&b, "", "", line)
		}
	}
	return b.String()
}

// wrap writes words in lines of wrapAt runes. A longer word stands alone.
func wrap(b *strings.Builder, lead, next, text string) {
	line := lead
	fresh := true
	for _, word := range strings.Fields(text) {
		if !fresh && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > wrapAt {
			b.WriteString(line + "\n")
			line, fresh = next, true
		}
		if !fresh {
			line += " "
		}
		line += word
		fresh = false
	}
	b.WriteString(line + "\n")
}

// ownLink tells whether a URL of the registry is plain https at a named
// host.
func ownLink(s string) bool {
	if s == "" || len(s) > 200 || strings.ContainsFunc(s, func(r rune) bool { return r <= 0x20 || r >= 0x7f || strings.ContainsRune(`"'<>\`+"`", r) }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" && dotAtom(u.Host, isLDH) && strings.Contains(u.Host, ".")
}

// colour gives the background of a verdict; the text on it is white. Each
// pair has a contrast of at least 4.5 (WCAG 2.1, 1.4.3), by day and by night.
func colour(l analyze.Level) template.CSS {
	switch l {
	case analyze.Scam:
		return "#a4161a"
	case analyze.Suspicious:
		return "#8a4b00"
	case analyze.Authentic:
		return "#1b6e3c"
	}
	return "#3d4a5c"
}

// answerPage is parsed once; it is never changed.
var answerPage = template.Must(template.New("answer.html").Funcs(template.FuncMap{"colour": colour}).ParseFS(page, "answer.html"))

// writeHTML gives the HTML part, LF line endings.
func writeHTML(cat *Catalogue, blocks []block) (string, error) {
	var b strings.Builder
	if err := answerPage.Execute(&b, map[string]any{"Lang": cat.Lang, "Dir": cat.Dir, "Title": cat.text("hello"), "Blocks": blocks}); err != nil {
		return "", fmt.Errorf("filling the template: %w", err)
	}
	return b.String(), nil
}
