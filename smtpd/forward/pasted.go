package forward

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// pasted gives what the reporter wrote as an original, where the report holds
// no message: a bare link, the text of a text message, a screenshot. None if
// there is neither text nor a file.
func (f *finder) pasted() []analyze.Original {
	o := analyze.Original{
		How: analyze.HowPasted, Grade: analyze.GradeText,
		Text: valid(f.msg.TextBody()), HTML: valid(f.msg.HTMLBody()),
		Attachments: attachments(f.msg.Attachments()),
		Lost:        []string{lostHeaders, lostAuth},
	}
	if strings.TrimSpace(o.Text) == "" && o.HTML != "" {
		o.Text = valid(links.ReadHTML(o.HTML).Text)
	}
	o.Text = strings.TrimSpace(o.Text)
	if o.Text == "" && len(o.Attachments) == 0 && strings.TrimSpace(o.HTML) == "" {
		return nil
	}
	if o.HTML == "" {
		o.Lost = append(o.Lost, lostLinks)
	}
	return []analyze.Original{o}
}
