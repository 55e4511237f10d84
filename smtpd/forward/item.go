package forward

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/cfb"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
	"reportascam/smtpd/forward/mapi"
	"reportascam/smtpd/forward/msg"
	"reportascam/smtpd/forward/tnef"
)

// lostDelivered says that the body is what Outlook made of it when it stored
// the message, so that no signature over it can be verified.
const lostDelivered = "body as it was delivered"

// mailDate is how a date is written in a header (RFC 5322 section 3.3).
const mailDate = "Mon, 02 Jan 2006 15:04:05 -0700"

// itemFile tells whether a file is an Outlook item or TNEF, whatever it is
// called.
func itemFile(f file) bool {
	return tnef.Is(f.content) || msg.Is(f.content) ||
		strings.HasSuffix(f.name, ".msg") && bytes.HasPrefix(f.content, []byte(cfb.Signature))
}

// itemMessages gives the message that an Outlook file is. A TNEF file that is
// only the wrapper of its own host is not an original: what it holds is.
func (u *unpacker) itemMessages(f file, depth, max int) []embedded {
	if depth > maxArchiveDepth {
		u.note("%s: is in too many others", cut(valid(f.name), maxChainSubject))
		return nil
	}
	if max <= 0 {
		u.more = true
		return nil
	}
	if tnef.Is(f.content) {
		item, err := tnef.Parse(f.content, mapi.DefaultLimits())
		switch {
		case err != nil:
			return nil
		case wraps(u.host, item):
			return u.itemHoldings(item, analyze.HowTNEF, depth+1, max)
		}
		return []embedded{newItem(item, analyze.HowTNEF)}
	}
	item, err := msg.Parse(f.content, mapi.DefaultLimits())
	if err != nil {
		u.note("%s", err)
		return nil
	}
	return []embedded{newItem(item, analyze.HowOutlook)}
}

// wraps tells whether a TNEF file is the form in which a message itself was
// sent, rather than a message that somebody attached: it names the message's
// identifier (MS-OXTNEF section 2.1.3.3.9), or its sender or subject, or it
// names nobody as its sender.
func wraps(host *eml.Message, item *mapi.Message) bool {
	id := strings.Trim(host.Header.Get("Message-Id"), "<> \t")
	if id != "" && (strings.Trim(item.Key, "<> ") == id || strings.Trim(item.MessageID, "<> ") == id) {
		return true
	}
	if item.From.Address == "" {
		return true
	}
	for _, a := range host.Header.Addresses("From") {
		if strings.EqualFold(a.Addr(), item.From.Address) {
			return true
		}
	}
	return item.Subject != "" && item.Subject == strings.TrimSpace(host.Header.Text("Subject"))
}

// newItem makes an embedded message of an item: msg is what the rules of this
// package read of it.
func newItem(item *mapi.Message, how analyze.How) embedded {
	return embedded{msg: eml.Parse(itemMIME(item)), part: &eml.Part{}, how: how, item: item}
}

// held gives the messages in an embedded one.
func (e *embedded) held(m *eml.Message, max int, b *budget) holdings {
	if e.item == nil {
		return messagesIn(m, max, b)
	}
	u := unpacker{host: m, budget: b}
	list := u.itemHoldings(e.item, e.how, 0, max)
	return holdings{list: list, more: u.more, notes: u.notes}
}

// itemHoldings gives the messages among the attachments of an item.
func (u *unpacker) itemHoldings(item *mapi.Message, how analyze.How, depth, max int) (out []embedded) {
	for i := range item.Attachments {
		a := &item.Attachments[i]
		if a.Message == nil && len(a.Content) == 0 {
			continue
		}
		if len(out) >= max {
			u.more = true
			break
		}
		if a.Message != nil {
			out = append(out, newItem(a.Message, how))
			continue
		}
		part := &eml.Part{} // one for all messages of this file
		f := file{name: strings.ToLower(a.Name), content: a.Content, signed: signedType(a.MediaType)}
		for _, e := range u.fromFile(f, depth, max-len(out)) {
			e.part = part
			out = append(out, e)
		}
	}
	return out
}

// fromItem gives an item as an original: with its header where it was kept.
func fromItem(item *mapi.Message, how analyze.How) analyze.Original {
	o := analyze.Original{
		How: how, Grade: analyze.GradeText,
		To: item.To, Cc: item.Cc, ReplyTo: item.ReplyTo, Subject: item.Subject,
		Text: item.Text, HTML: item.HTML, Attachments: itemAttachments(item),
		Defects: item.Defects, Lost: []string{lostHeaders, lostAuth},
	}
	if item.From != (analyze.Mailbox{}) {
		o.From = []analyze.Mailbox{item.From}
	}
	if !item.Sent.IsZero() {
		o.Date = item.Sent.Format(mailDate)
	}
	if strings.TrimSpace(o.Text) == "" && o.HTML != "" {
		o.Text = valid(links.ReadHTML(o.HTML).Text)
	}
	if !headerKept(item) {
		return o
	}
	body := o.Text
	if body == "" {
		body = o.HTML
	}
	o.Raw = []byte(strings.ReplaceAll(item.Headers+"\n\n"+body, "\n", "\r\n"))
	h := eml.Parse(o.Raw).Header
	o.Grade, o.Lost = analyze.GradeHeaders, []string{lostDelivered}
	o.From, o.To, o.Cc, o.ReplyTo = mailboxes(h.Addresses("From")), mailboxes(h.Addresses("To")),
		mailboxes(h.Addresses("Cc")), mailboxes(h.Addresses("Reply-To"))
	o.Subject = valid(h.Text("Subject"))
	if date := valid(h.Text("Date")); date != "" {
		o.Date = date
	}
	return o
}

// headerKept tells whether an item has the header that it was transported
// with. QUIRK: Outlook keeps some fields of its own for messages that were
// never sent: a header without From is none.
func headerKept(item *mapi.Message) bool {
	if item.Headers == "" {
		return false
	}
	h, _, _ := eml.ParseHeader([]byte(item.Headers + "\n\n"))
	return len(h.Addresses("From")) > 0
}

// itemAttachments gives the files of an item, and the messages in it as files.
func itemAttachments(item *mapi.Message) []analyze.Attachment {
	var out []analyze.Attachment
	for i := range item.Attachments {
		a := &item.Attachments[i]
		name, mediaType, content := a.Name, a.MediaType, a.Content
		if a.Message != nil {
			name, mediaType, content = a.Message.Subject+".eml", "message/rfc822", itemMIME(a.Message)
		}
		if mediaType == "" {
			mediaType = "application/octet-stream"
		}
		sum := sha256.Sum256(content)
		out = append(out, analyze.Attachment{
			Name: valid(name), MediaType: valid(mediaType), Size: len(content),
			SHA256: hex.EncodeToString(sum[:]), Content: content,
		})
	}
	return out
}

// itemMIME writes an item as a message without its files: for the rules of
// this package, and as the content of an attached item.
func itemMIME(item *mapi.Message) []byte {
	var b bytes.Buffer
	if headerKept(item) {
		raw := []byte(item.Headers + "\n\n")
		h, _, _ := eml.ParseHeader(raw)
		copyFields(&b, h)
	} else {
		headerField(&b, "From", addressList([]analyze.Mailbox{item.From}))
		headerField(&b, "To", addressList(item.To))
		headerField(&b, "Cc", addressList(item.Cc))
		headerField(&b, "Reply-To", addressList(item.ReplyTo))
		headerField(&b, "Subject", item.Subject)
		headerField(&b, "Message-ID", item.MessageID)
		if !item.Sent.IsZero() {
			headerField(&b, "Date", item.Sent.Format(mailDate))
		}
	}
	writeBody(&b, item.Text, item.HTML, nil)
	return b.Bytes()
}

// copyFields copies a header without what it says of its body.
func copyFields(b *bytes.Buffer, h eml.Header) {
	for i, f := range h.Fields {
		name := strings.ToLower(f.Name)
		if strings.HasPrefix(name, "content-") || name == "mime-version" {
			continue
		}
		b.Write(bytes.TrimRight(h.RawField(i), "\r\n"))
		b.WriteString("\r\n")
	}
}

func headerField(b *bytes.Buffer, name, value string) {
	if value = strings.Join(strings.Fields(value), " "); value != "" {
		b.WriteString(name + ": " + value + "\r\n")
	}
}

// addressList writes mailboxes for a header, which may be UTF-8 (RFC 6532).
func addressList(list []analyze.Mailbox) string {
	var out []string
	for _, m := range list {
		name := strings.NewReplacer("\\", "\\\\", "\"", "\\\"").Replace(m.Name)
		switch {
		case m.Address != "":
			out = append(out, "\""+name+"\" <"+m.Address+">")
		case name != "":
			out = append(out, "\""+name+"\"")
		}
	}
	return strings.Join(out, ", ")
}

// writeBody writes the rest of a message's header, its text and HTML, and one
// whole part behind them. The boundary is a digest of what it must not occur in.
func writeBody(b *bytes.Buffer, text, html string, part []byte) {
	sum := sha256.New()
	sum.Write([]byte(text))
	sum.Write([]byte(html))
	sum.Write(part)
	inner := hex.EncodeToString(sum.Sum(nil))[:60]
	outer := "m" + inner
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + outer + "\r\n\r\n--" + outer +
		"\r\nContent-Type: multipart/alternative; boundary=a" + inner + "\r\n\r\n")
	for _, body := range []struct{ kind, text string }{{"plain", text}, {"html", html}} {
		if body.text != "" {
			b.WriteString("--a" + inner + "\r\nContent-Type: text/" + body.kind +
				"; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body.text + "\r\n")
		}
	}
	b.WriteString("--a" + inner + "--\r\n")
	if part != nil {
		b.WriteString("--" + outer + "\r\n")
		b.Write(part)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + outer + "--\r\n")
}

// withTNEF gives a message with the body out of the TNEF file that it was
// wrapped in, where it lacks one itself; the message itself if it lacks none.
// Exchange sends only the plain text beside the file, or nothing at all.
func withTNEF(m *eml.Message) *eml.Message {
	var part *eml.Part
	m.Walk(func(p *eml.Part, _ int) bool {
		if part == nil && len(p.Children) == 0 && p.Message == nil && tnefPart(p) {
			part = p
		}
		return part == nil
	})
	if part == nil {
		return m
	}
	item, err := tnef.Parse(part.Decoded(), mapi.DefaultLimits())
	if err != nil || !wraps(m, item) {
		return m
	}
	text, html := m.TextBody(), m.HTMLBody()
	if part == m.Root {
		text, html = "", ""
	}
	if (strings.TrimSpace(text) != "" || item.Text == "") && (html != "" || item.HTML == "") {
		return m
	}
	if strings.TrimSpace(text) == "" {
		text = item.Text
	}
	if html == "" {
		html = item.HTML
	}
	var b bytes.Buffer
	copyFields(&b, m.Header)
	kind := "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: " + part.Encoding + "\r\n\r\n"
	writeBody(&b, text, html, append([]byte(kind), part.Raw()...))
	return eml.Parse(b.Bytes())
}

// tnefPart tells whether a part is TNEF: its content does, and what it is
// called only where to look.
func tnefPart(p *eml.Part) bool {
	name := strings.ToLower(p.Filename)
	switch {
	case p.MediaType == "application/ms-tnef", p.MediaType == "application/vnd.ms-tnef", strings.HasSuffix(name, ".dat"),
		p.MediaType == "application/octet-stream":
		return tnef.Is(p.Decoded())
	}
	return false
}

// tnefFiles gives the files in an attachment that is TNEF; the messages in it
// are found as messages.
func tnefFiles(content []byte) []analyze.Attachment {
	if !tnef.Is(content) {
		return nil
	}
	item, err := tnef.Parse(content, mapi.DefaultLimits())
	if err != nil {
		return nil
	}
	files := item.Attachments[:0:0]
	for _, a := range item.Attachments {
		if a.Message == nil && !msg.Is(a.Content) && messageFields(a.Content) < 3 {
			files = append(files, a)
		}
	}
	return itemAttachments(&mapi.Message{Attachments: files})
}
