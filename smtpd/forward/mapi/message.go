package mapi

import (
	"errors"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/smtpd/forward/rtf"
)

// What may be wrong with a message, in Message.Defects.
const (
	DefectDepth       = "more messages inside one another than are opened"
	DefectAttachments = "more attachments than are looked at"
	DefectRecipients  = "more recipients than are looked at"
	DefectProperties  = "more properties than are looked at"
	DefectDecoded     = "more data than is read"
	DefectRTF         = "the rich text body is damaged"
	DefectObject      = "an attachment is an object of another program"
	DefectReference   = "an attachment is only a reference to a file"
	DefectAttachment  = "an attachment has no data"
)

// Message is a message as its properties have it.
type Message struct {
	Class     string // "IPM.Note" for mail
	MessageID string
	Headers   string // the header as it was transported, LF ends, no blank line; empty if it was not kept
	Key       string // the Message-ID of the MIME message that carries this one (TNEF)
	From      analyze.Mailbox
	Sender    analyze.Mailbox // who sent it for From; equal to From if nobody else did
	To        []analyze.Mailbox
	Cc        []analyze.Mailbox
	Bcc       []analyze.Mailbox
	ReplyTo   []analyze.Mailbox
	Subject   string
	Sent      time.Time // when it was submitted, or else delivered; zero if not known
	Text      string    // LF ends
	HTML      string

	Attachments []Attachment
	Defects     []string
}

// Attachment is a file of a message, or a message in it.
type Attachment struct {
	Name      string
	MediaType string // as claimed, lower case; may be empty
	ContentID string
	Content   []byte
	Message   *Message // for an attached item; Content is empty then
}

// Note adds a defect once.
func (m *Message) Note(defect string) {
	for _, have := range m.Defects {
		if have == defect {
			return
		}
	}
	if len(m.Defects) < maxDefects {
		m.Defects = append(m.Defects, defect)
	}
}

// Build makes a message of its own properties and those of its recipients.
// Its attachments are for the caller to add.
func Build(p *Props, recipients []*Props, b *Budget) *Message {
	m := &Message{
		Class: p.Line(MessageClass), MessageID: p.Line(InternetMessageID), Key: key(p),
		Headers: headers(p.Text(TransportMessageHeaders)), Subject: subject(p),
	}
	m.From, m.Sender = senders(p)
	for _, id := range []ID{ClientSubmitTime, MessageDeliveryTime} {
		if m.Sent.IsZero() {
			m.Sent = p.Time(id)
		}
	}
	for _, r := range recipients {
		m.addRecipient(r)
	}
	if len(m.To) == 0 {
		m.To = displayed(p.Line(DisplayTo))
	}
	if len(m.Cc) == 0 {
		m.Cc = displayed(p.Line(DisplayCc))
	}
	m.ReplyTo = replyTo(p)
	m.body(p, b)
	return m
}

// subject gives the subject without the mark that some stores put before it:
// 1 and the length of its prefix.
func subject(p *Props) string {
	s, _, _ := strings.Cut(p.text(Subject), "\x00")
	if r := []rune(cut(s, 16)); len(r) >= 2 && r[0] == 1 {
		s = s[len(string(r[:2])):]
		return oneLine(s)
	}
	if s = p.Line(Subject); s != "" {
		return s
	}
	return p.Line(NormalizedSubject)
}

func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, s))
}

func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return s
}

// key reads the correlation key, which is text in a binary property.
func key(p *Props) string {
	s, _, _ := strings.Cut(string(p.Bytes(TnefCorrelationKey)), "\x00")
	return oneLine(strings.ToValidUTF8(s, "\uFFFD"))
}

// versionLine begins with what older programs put above a kept header.
const versionLine = "Microsoft Mail Internet Headers Version"

// headers gives the header in a kept text: without the line of the program
// that kept it, and without the headers of its parts that follow a blank line.
func headers(s string) string {
	s = strings.TrimLeft(s, "\n\uFEFF")
	if strings.HasPrefix(s, versionLine) {
		_, s, _ = strings.Cut(s, "\n")
	}
	s = strings.TrimLeft(s, "\n \t")
	s, _, _ = strings.Cut(s, "\n\n")
	return strings.TrimRight(s, "\n")
}

// body takes the text and the HTML, from whatever form there is.
func (m *Message) body(p *Props, b *Budget) {
	m.Text = p.Text(Body)
	m.HTML = html(p)
	packed := p.Bytes(RTFCompressed)
	if len(packed) == 0 || m.HTML != "" && m.Text != "" {
		return
	}
	raw, err := rtf.Decompress(packed, b.BytesLeft())
	if errors.Is(err, rtf.ErrTooLarge) {
		m.Note(DefectDecoded)
	} else if err != nil {
		m.Note(DefectRTF)
	}
	if !b.Bytes(len(raw)) || len(raw) == 0 {
		return
	}
	body, err := rtf.Read(raw, b.BytesLeft())
	if err != nil {
		m.Note(DefectRTF)
		return
	}
	if body.Truncated {
		m.Note(DefectDecoded)
	}
	b.Bytes(min(len(body.Text)+len(body.HTML), b.BytesLeft()))
	if m.HTML == "" {
		m.HTML = body.HTML
	}
	if strings.TrimSpace(m.Text) == "" {
		m.Text = body.Text
	}
}

// html reads the HTML body: bytes in the internet code page (MS-OXCMSG section
// 2.2.1.58.9), or, by other writers, text.
func html(p *Props) string {
	if v, ok := p.values[HTML]; ok && v.typ != Binary {
		return p.Text(HTML)
	}
	b := p.Bytes(HTML)
	if len(b) == 0 {
		return ""
	}
	cp, _ := p.Int(InternetCodepage)
	if cp == 0 {
		cp = p.Encoding.Codepage
	}
	return lines(decodeHTML(b, cp))
}
