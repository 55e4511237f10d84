package forward

import (
	"strings"

	"reportascam/analyze/eml"
)

// automatic tells whether a machine wrote the report about the delivery of
// another message: a bounce (RFC 3464), a read receipt (RFC 8098) or one of
// the older forms. The message that these carry was not reported by anybody.
func (f *finder) automatic() bool {
	m := f.msg
	if m.Root.MediaType == "multipart/report" {
		return !hasFeedback(m)
	}
	if m.Header.Has("X-Failed-Recipients") {
		return true
	}
	from := m.Header.Addresses("From")
	for _, a := range from {
		switch strings.ToLower(a.Local) {
		case "mailer-daemon", "mailerdaemon", "mail-daemon":
			return true
		case "postmaster":
			return m.Header.Has("Auto-Submitted") || bounceSubject(m.Header.Text("Subject"))
		}
	}
	if len(from) == 0 && bounceSubject(m.Header.Text("Subject")) {
		return true
	}
	found := false
	m.Walk(func(p *eml.Part, depth int) bool {
		switch p.MediaType {
		case "message/delivery-status", "message/disposition-notification", "message/global-delivery-status":
			found = true
		}
		return depth < 2 && !found
	})
	return found
}

// nullSender tells whether the report was sent with the empty reverse-path,
// which is for notifications alone (RFC 5321 section 4.5.5). A file that was
// never sent has no session, and may have what the last server recorded.
func (f *finder) nullSender() bool {
	if f.report.Envelope.Helo != "" {
		return f.report.Envelope.MailFrom == ""
	}
	return f.msg.Header.Get("Return-Path") == "<>"
}

// bounceSubject knows the subjects of servers that bounced before there was a
// format for it.
func bounceSubject(s string) bool {
	s = strings.ToLower(s)
	for _, words := range []string{"undeliver", "returned mail", "failure notice", "delivery status", "delivery fail",
		"mail delivery", "nondeliver", "non-deliver", "returned to sender", "unzustellbar", "non remis", "delivery problem"} {
		if strings.Contains(s, words) {
			return true
		}
	}
	return false
}

// fromList tells whether a mailing list or a bulk sender handed the message
// on (RFC 2919, RFC 2369).
func fromList(h eml.Header) bool {
	if h.Has("List-Id") || h.Has("List-Post") || h.Has("List-Unsubscribe") {
		return true
	}
	switch strings.ToLower(h.Get("Precedence")) {
	case "list", "bulk":
		return true
	}
	return false
}
