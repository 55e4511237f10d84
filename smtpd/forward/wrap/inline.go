package wrap

import (
	"fmt"
	"html"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"reportascam/analyze"
)

// Client is a mail client whose way of quoting is known.
type Client string

// The clients.
const (
	Gmail       Client = "gmail"
	Outlook     Client = "outlook" // for the desktop
	Apple       Client = "apple"
	Thunderbird Client = "thunderbird"
	Yahoo       Client = "yahoo"
)

// Clients lists those whose shapes can be made.
func Clients() []Client { return []Client{Gmail, Outlook, Apple, Thunderbird, Yahoo} }

// Inline makes a report that quotes o as the client does when a person presses
// Forward. Only From, To, Cc, Subject, Date, texts and attachments of o are
// used.
func Inline(c Client, o *analyze.Original, by By) []byte {
	by = by.filled()
	q := quoteOf(o)
	text, rich, prefix, program := "", "", "Fwd: ", ""
	switch c {
	case Outlook:
		text, rich = q.outlook()
		prefix, program = "FW: ", "X-Mailer: Microsoft Outlook 16.0"
	case Apple:
		text, rich = q.apple()
		program = "X-Mailer: Apple Mail (2.3826.700.81)"
	case Thunderbird:
		text, rich = q.thunderbird()
		program = "User-Agent: Mozilla Thunderbird"
	case Yahoo:
		text, rich = q.yahoo()
		prefix, program = "Fw: ", "X-Mailer: WebService/1.1.24652 YMailNorrin"
	default:
		text, rich = q.gmail()
	}
	return compose(by, prefix+q.subject, program, text, rich, o.Attachments)
}

// quote is what a client shows of a message.
type quote struct {
	from, to, cc []analyze.Mailbox
	subject      string
	written      string    // Date as it stands
	at           time.Time // zero when it cannot be read
	text         string
	html         string // the body of the HTML; empty when there is none
}

func quoteOf(o *analyze.Original) *quote {
	q := &quote{from: o.From, to: o.To, cc: o.Cc, subject: oneLine(o.Subject), written: oneLine(o.Date),
		text: strings.ReplaceAll(o.Text, "\r\n", "\n"), html: body(o.HTML)}
	if t, err := mail.ParseDate(o.Date); err == nil {
		q.at = t
	}
	return q
}

// date gives the date in a client's layout, or as it stands.
func (q *quote) date(layout string) string {
	if q.at.IsZero() {
		return q.written
	}
	return q.at.Format(layout)
}

// What of a page a client does not take into a forward.
var (
	scripts = regexp.MustCompile(`(?is)<script\b.*?</script\s*>|<title\b.*?</title\s*>|<!--.*?-->`)
	frame   = regexp.MustCompile(`(?is)</?(?:html|head|meta|base|!doctype)\b[^>]*>`)
	bodyTag = regexp.MustCompile(`(?is)<(/?)body\b`)
)

// body makes the part of a page that a client quotes.
func body(page string) string {
	page = frame.ReplaceAllString(scripts.ReplaceAllString(page, ""), "")
	return strings.TrimSpace(bodyTag.ReplaceAllString(page, "<${1}div"))
}

// rich gives the HTML that is quoted: the message's own, or its text.
func (q *quote) rich() string {
	if q.html != "" {
		return q.html
	}
	return "<div>" + strings.ReplaceAll(html.EscapeString(q.text), "\n", "<br>\n") + "</div>"
}

// plain writes mailboxes as text.
func plain(list []analyze.Mailbox, sep string) string {
	out := make([]string, 0, len(list))
	for _, m := range list {
		switch {
		case m.Name == "":
			out = append(out, oneLine(m.Address))
		case m.Address == "":
			out = append(out, oneLine(m.Name))
		default:
			out = append(out, oneLine(m.Name)+" <"+oneLine(m.Address)+">")
		}
	}
	return strings.Join(out, sep)
}

// linked writes mailboxes as HTML, the address a link.
func linked(list []analyze.Mailbox, sep string) string {
	out := make([]string, 0, len(list))
	for _, m := range list {
		a := html.EscapeString(oneLine(m.Address))
		link := fmt.Sprintf(`<a href="mailto:%s">%s</a>`, a, a)
		if m.Name != "" {
			link = html.EscapeString(oneLine(m.Name)) + " &lt;" + link + "&gt;"
		}
		out = append(out, link)
	}
	return strings.Join(out, sep)
}

// row is one line of a quoted header.
type row struct{ label, text, rich string }

// rows gives the quoted header in the order of the labels, which are
// "From", "To", "Cc", "Subject", or else the date's.
func (q *quote) rows(layout, sep string, labels ...string) []row {
	var out []row
	for _, l := range labels {
		switch l {
		case "From":
			out = append(out, row{l, plain(q.from, sep), linked(q.from, sep)})
		case "To":
			out = append(out, row{l, plain(q.to, sep), linked(q.to, sep)})
		case "Cc":
			if len(q.cc) > 0 {
				out = append(out, row{l, plain(q.cc, sep), linked(q.cc, sep)})
			}
		case "Subject":
			out = append(out, row{l, q.subject, html.EscapeString(q.subject)})
		default:
			d := q.date(layout)
			out = append(out, row{l, d, html.EscapeString(d)})
		}
	}
	return out
}
