package reply

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
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

// ownLink tells whether a URL of the registry is plain https at a named
// host.
func ownLink(s string) bool {
	if s == "" || len(s) > 200 || strings.ContainsFunc(s, func(r rune) bool { return r <= 0x20 || r >= 0x7f || strings.ContainsRune(`"'<>\`+"`", r) }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" && dotAtom(u.Host, isLDH) && strings.Contains(u.Host, ".")
}

// answerPage is parsed once; it is never changed.
var answerPage = template.Must(template.ParseFS(page, "answer.html"))

// writeHTML gives the HTML part, LF line endings.
func writeHTML(cat *Catalogue, look Look, blocks []block) (string, error) {
	var b strings.Builder
	if err := answerPage.Execute(&b, map[string]any{"Lang": cat.Lang, "Dir": cat.Dir, "Look": look, "Title": cat.text("hello"), "Blocks": blocks}); err != nil {
		return "", fmt.Errorf("filling the template: %w", err)
	}
	return b.String(), nil
}
