package forward

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const (
	feedbackType = "message/feedback-report"

	// maxFeedbackDepth is how deep a feedback report may be in multiparts: a
	// gateway that adds a footer puts one around it.
	maxFeedbackDepth = 2

	// maxFeedbackFields bounds, in bytes, what is read of the report's fields.
	maxFeedbackFields = 64 << 10
)

// feedbackIn gives the multipart that is a feedback report (RFC 5965 section
// 2), and its part with the fields: known by that part, since generators
// disagree on report-type.
func feedbackIn(m *eml.Message) (report, fields *eml.Part) {
	m.Walk(func(p *eml.Part, depth int) bool {
		for _, c := range p.Children {
			if report == nil && c.MediaType == feedbackType {
				report, fields = p, c
			}
		}
		return report == nil && depth < maxFeedbackDepth
	})
	return report, fields
}

// hasFeedback tells whether a message is a feedback report.
func hasFeedback(m *eml.Message) bool {
	report, _ := feedbackIn(m)
	return report != nil
}

// feedback gives the original of a feedback report: a whole message, or only
// its header (RFC 5965 section 2, RFC 6522 section 4). QUIRK: generators write
// the latter type in four ways, and some leave nothing of the message at all.
func (f *finder) feedback() []analyze.Original {
	report, fields := feedbackIn(f.msg)
	client := clientARF
	if t := feedbackWord(fields); t != "" {
		client += "/" + t
	}
	var header *analyze.Original
	for _, p := range report.Children {
		var o analyze.Original
		switch {
		case p.MediaType == "message/rfc822", p.MediaType == "message/global", looksAttached(p, false):
			o = fromMessage(embeddedMessage(p), analyze.HowARF)
		case headersType(p.MediaType):
			o = Direct(p.Decoded(), analyze.HowARF)
			o.Grade, o.Lost = analyze.GradeHeaders, []string{lostBody}
		default:
			continue
		}
		if messageFields(o.Raw) == 0 {
			continue
		}
		o.Client = client
		if !headersType(p.MediaType) {
			return []analyze.Original{o}
		}
		if header == nil {
			header = &o
		}
	}
	if header == nil {
		return nil
	}
	return []analyze.Original{*header}
}

func headersType(mediaType string) bool {
	switch mediaType {
	case "text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}

// feedbackWord gives the feedback type (RFC 5965 section 7.3): abuse, fraud,
// not-spam and others, which are kept as they are.
func feedbackWord(p *eml.Part) string {
	b := p.Decoded()
	h, _, _ := eml.ParseHeader(b[:min(len(b), maxFeedbackFields)])
	return keyword(h.Get("Feedback-Type"))
}

// keyword gives a word of a report in lower case, if it is one.
func keyword(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > 40 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return ""
	}
	return s
}
