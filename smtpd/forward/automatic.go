package forward

import (
	"strings"

	"reportascam/analyze/eml"
)

// automatic tells whether a machine wrote a message about the delivery of
// another one: a bounce (RFC 3464), a read receipt (RFC 8098) or one of the
// older forms. The message that these carry was not reported by anybody.
func automatic(m *eml.Message) bool {
	if m.Root.MediaType == "multipart/report" {
		return !hasFeedback(m)
	}
	if m.Header.Has("X-Failed-Recipients") {
		return true
	}
	for _, a := range m.Header.Addresses("From") {
		switch strings.ToLower(a.Local) {
		case "mailer-daemon", "mailerdaemon", "mail-daemon":
			return true
		case "postmaster":
			if m.Header.Get("Return-Path") == "<>" || m.Header.Has("Auto-Submitted") {
				return true
			}
		}
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
