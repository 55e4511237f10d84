package forward

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
	"reportascam/smtpd/forward/mapi"
)

const (
	// ownText is how many letters of its own a message may have and still be
	// plainly a forward of another: room for "FYI, this came in today, is it
	// real?", a greeting and a signature.
	ownText = 300

	// sniffFields is how many header fields are looked at to tell a message
	// from another file: enough for a long run of Received.
	sniffFields = 200

	// maxChainSubject bounds, in bytes, what Chain keeps of a subject.
	maxChainSubject = 200
)

// embedded is a message found in another, and the part it came in.
type embedded struct {
	msg  *eml.Message
	part *eml.Part
	how  analyze.How   // empty means attached
	item *mapi.Message // of Outlook; msg is made of it
}

// holdings is what a message holds.
type holdings struct {
	list  []embedded
	more  bool     // there are more than were asked for
	notes []string // what could not be opened, and why
}

// parts counts the parts that the messages came in.
func (h *holdings) parts() (n int) {
	for i := range h.list {
		if i == 0 || h.list[i].part != h.list[i-1].part {
			n++
		}
	}
	return n
}

// messagesIn gives the messages that are attached to m, in order, at most max.
// Those inside them are not among them.
func messagesIn(m *eml.Message, max int, b *budget) (h holdings) {
	list := fromList(m.Header)
	u := unpacker{host: m, budget: b}
	m.Walk(func(p *eml.Part, _ int) bool {
		// A list's digest is not a report (RFC 2046 section 5.1.5).
		if list && p.MediaType == "multipart/digest" {
			return false
		}
		if found := u.unpack(p, max-len(h.list)); len(found) > 0 {
			h.list = append(h.list, found...)
			return false
		}
		if p.MediaType != "message/rfc822" && p.MediaType != "message/global" && !looksAttached(p, p == m.Root) {
			return true
		}
		msg := embeddedMessage(p)
		if msg == nil || len(msg.Header.Fields) == 0 {
			return true
		}
		if len(h.list) >= max {
			h.more = true
			return false
		}
		h.list = append(h.list, embedded{msg: msg, part: p})
		return false
	})
	h.more = h.more || u.more
	h.notes = u.notes
	return h
}

// embeddedMessage gives the message that a part holds, whatever its type.
func embeddedMessage(p *eml.Part) *eml.Message {
	if p.Message == nil {
		return eml.Parse(trimMessage(p.Decoded()))
	}
	if p.Encoding == "" && strings.Contains(strings.ToLower(p.Header.Get("Content-Transfer-Encoding")), "quoted") && quotedThroughout(p.Raw()) {
		// A header in quoted-printable still looks like a header, so the
		// walker takes it for one that was declared encoded and is not.
		decoded, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(p.Raw())))
		if err == nil {
			return eml.Parse(decoded)
		}
	}
	return p.Message
}

// quotedThroughout tells whether every equals sign stands as quoted-printable
// has it (RFC 2045 section 6.7), and there is one. No header that has a
// parameter or a signature passes unless it is encoded.
func quotedThroughout(b []byte) bool {
	some := false
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			continue
		}
		some = true
		rest := bytes.TrimLeft(b[i+1:min(i+3, len(b))], " \t")
		switch {
		case len(rest) == 0, rest[0] == '\r', rest[0] == '\n':
		case len(rest) == 2 && hexDigit(rest[0]) && hexDigit(rest[1]):
		default:
			return false
		}
	}
	return some
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

// looksAttached tells whether a part that is not declared as a message is one:
// by its name, or as a nameless or generic file by its first lines.
func looksAttached(p *eml.Part, root bool) bool {
	if len(p.Children) > 0 || strings.HasPrefix(p.MediaType, "multipart/") || root && p.Filename == "" {
		return false
	}
	name := strings.ToLower(strings.TrimRight(p.Filename, " ."))
	switch {
	case strings.HasSuffix(name, ".eml"), strings.HasSuffix(name, ".msg"):
		return messageFields(p.Decoded()) >= 1
	case p.MediaType == "application/octet-stream", p.MediaType == "message/x-emlx", p.MediaType == "application/eml",
		p.MediaType == "text/plain" && p.Disposition == "attachment" && name == "":
		return messageFields(p.Decoded()) >= 3
	}
	return false
}

// trimMessage drops what some programs put before the first field: blank
// lines, a byte order mark, an mbox "From " line.
func trimMessage(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	b = bytes.TrimLeft(b, "\r\n")
	if bytes.HasPrefix(b, []byte("From ")) || bytes.HasPrefix(b, []byte(">From ")) {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			b = b[i+1:]
		}
	}
	return b
}

// messageFields counts the different fields of a mail header at the start of b
// that every message has some of; zero if b does not start as a header.
func messageFields(b []byte) int {
	b = trimMessage(b)
	seen := map[string]bool{}
	for n := 0; n < sniffFields && len(b) > 0; n++ {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, b = b[:i], b[i+1:]
		} else {
			b = nil
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || bytes.ContainsAny(line[:colon], " \t\x00") && n == 0 {
			break
		}
		switch name := strings.ToLower(string(line[:min(colon, 40)])); name {
		case "received", "from", "date", "subject", "to", "message-id", "return-path", "delivered-to",
			"mime-version", "content-type", "dkim-signature", "authentication-results":
			seen[name] = true
		}
	}
	return len(seen)
}

// attached gives the originals that are attached to the report, at most max.
func (f *finder) attached(max int) []analyze.Original {
	held := messagesIn(f.msg, max, &f.budget)
	f.notes = append(f.notes, held.notes...)
	var out []analyze.Original
	for _, e := range held.list {
		out = append(out, f.open(e, nil, max-len(out), 0)...)
		if len(out) >= max {
			break
		}
	}
	if held.more && len(out) > 0 {
		last := &out[len(out)-1]
		last.Defects = append(last.Defects, "the report holds more messages than are looked at")
	}
	return out
}

// open gives the original of an attached message: itself, or the one inside it
// by the rule in the package comment.
func (f *finder) open(e embedded, chain []string, max, depth int) []analyze.Original {
	m, _ := opened(e.msg)
	outer := e.original()
	outer.Chain = chain
	if depth >= maxChain || max <= 0 {
		return []analyze.Original{outer}
	}
	inner := f.inside(e, m, &outer, append(chain[:len(chain):len(chain)], chainEntry(&outer)), max, depth)
	if len(inner) == 0 {
		return []analyze.Original{outer}
	}
	from := newHouse(m.Header)
	if f.house.holds(from) {
		return inner
	}
	if len(inner) >= max {
		inner = inner[:max-1]
	}
	return append([]analyze.Original{outer}, inner...)
}

// inside gives the originals that a plainly forwarding message holds, or none.
func (f *finder) inside(e embedded, m *eml.Message, outer *analyze.Original, chain []string, max, depth int) []analyze.Original {
	held := e.held(m, max, &f.budget)
	if len(held.list) > 0 {
		if len(outer.Attachments) > held.parts() || !shortNote(outer.Text, outer.HTML) {
			return nil
		}
		var out []analyze.Original
		for _, e := range held.list {
			out = append(out, f.open(e, chain, max-len(out), depth+1)...)
			if len(out) >= max {
				break
			}
		}
		return out
	}
	q, ok := findQuoted(m)
	if !ok || !shortNote(q.note, "") {
		return nil
	}
	o := q.original(m, guessClient(m.Header))
	if e.item != nil {
		o.Attachments = itemAttachments(e.item)
	}
	o.Chain = chain
	return []analyze.Original{o}
}

// shortNote tells whether text is no more than what somebody writes above a
// forward: short, and with nothing in it that a reader could follow.
func shortNote(text, html string) bool {
	if html != "" {
		page := links.ReadHTML(html)
		for _, l := range page.Links {
			if l.Scheme != "mailto" && l.Scheme != "cid" {
				return false
			}
		}
		if strings.TrimSpace(page.Text) != "" {
			text = page.Text
		}
	}
	if len(links.FindText(text)) > 0 || phoneLike(text) {
		return false
	}
	n := 0
	for _, r := range text {
		if r > ' ' {
			n++
		}
	}
	return n <= ownText
}

// phoneLike tells whether text has a run of digits as long as a phone number.
// A signature's own number counts as well: then both messages are kept.
func phoneLike(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if digits++; digits >= 9 {
				return true
			}
		case r == ' ' || r == '-' || r == '(' || r == ')' || r == '.' || r == '/' || r == '+' || r == '\u00A0':
		default:
			digits = 0
		}
	}
	return false
}

// chainEntry describes an outer message in Original.Chain.
func chainEntry(o *analyze.Original) string {
	from := ""
	if len(o.From) > 0 {
		from = o.From[0].Address
	}
	return string(o.How) + ": " + from + ": " + cut(o.Subject, maxChainSubject)
}

// cut shortens s to at most n bytes at a rune boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
