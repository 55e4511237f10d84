package forward

import (
	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const feedbackType = "message/feedback-report"

// hasFeedback tells whether a message is a feedback report (RFC 5965 section
// 2): by its second part, since generators disagree on report-type.
func hasFeedback(m *eml.Message) bool {
	for _, p := range m.Root.Children {
		if p.MediaType == feedbackType {
			return true
		}
	}
	return false
}

// feedback gives the original of a feedback report: a whole message, or only
// its header (RFC 5965 section 2, RFC 6522 section 4). QUIRK: generators write
// the latter type in four ways, and some leave nothing of the message at all.
func (f *finder) feedback() []analyze.Original {
	for _, p := range f.msg.Root.Children {
		var o analyze.Original
		switch p.MediaType {
		case "message/rfc822", "message/global":
			o = fromMessage(embeddedMessage(p), analyze.HowARF)
		case "text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers":
			o = Direct(p.Decoded(), analyze.HowARF)
			o.Grade, o.Lost = analyze.GradeHeaders, []string{lostBody}
		default:
			continue
		}
		if messageFields(o.Raw) == 0 {
			continue
		}
		return []analyze.Original{o}
	}
	return nil
}
