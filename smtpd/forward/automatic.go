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
		switch local := strings.ToLower(a.Local); local {
		case "mailer-daemon", "mailerdaemon", "mail-daemon":
			return true
		case "no-reply", "noreply":
			if bounceSubject(m.Header.Text("Subject")) {
				return true
			}
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
		"mail delivery", "nondeliver", "non-deliver", "returned to sender", "delivery problem",
		"unzustellbar", "nicht zugestellt", "non remis", "non délivré", "échec de la remise", "no entregado", "no se puede entregar",
		"mensaje devuelto", "não entregue", "não foi entregue", "mancato recapito", "onbestelbaar", "niedostarczon",
		"nedoručiteln", "не доставлено", "недоставлен", "配信できません", "配信不能", "エラー通知", "送信できません", "退信", "无法投递", "無法傳遞", "반송"} {
		if strings.Contains(s, words) {
			return true
		}
	}
	return false
}

// fromList tells whether a mailing list or a bulk sender handed the message
// on (RFC 2919, RFC 2369).
func fromList(h eml.Header) bool {
	// Archived-At (RFC 5064) is added by a list's archive; X-MLServer by fml,
	// which knows none of the other fields.
	for _, name := range []string{"List-Id", "List-Post", "List-Unsubscribe", "Archived-At", "X-MLServer"} {
		if h.Has(name) {
			return true
		}
	}
	switch strings.ToLower(h.Get("Precedence")) {
	case "list", "bulk":
		return true
	}
	return false
}
