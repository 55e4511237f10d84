package reply

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"

	"reportascam/analyze"
)

// ErrConfig is returned when the desk's own settings make no valid answer.
var ErrConfig = errors.New("reply: desk address or host name is not plain")

// ErrRecipient is returned when the report names nobody who could be
// answered; Refuse says so beforehand.
var ErrRecipient = errors.New("reply: nobody to answer")

// errStructure is a fault of ours: the message made is not what it must be.
var errStructure = errors.New("reply: made a message of the wrong form")

// maxHTML bounds the HTML part. Small mail is read, and Gmail cuts off long.
const maxHTML = 32 << 10

// Render writes the answer to a report. It does not ask whether there may be
// one: Refuse and Caps do.
func Render(j *analyze.Judgement, o Outer, c Config) (Message, error) { return write(j, o, c, "") }

// write is Render with a text of the catalogue in front.
func write(j *analyze.Judgement, o Outer, c Config, first string) (Message, error) {
	if !plain(c.From) || !dotAtom(c.Hostname, isLDH) {
		return Message{}, fmt.Errorf("%w: %q at %q", ErrConfig, c.From, c.Hostname)
	}
	if o.Report == nil || j == nil {
		return Message{}, ErrRecipient
	}
	to, reason := Recipient(o)
	if reason != "" {
		return Message{}, fmt.Errorf("%w: %s", ErrRecipient, reason)
	}
	lang := c.language(o)
	cat := c.words().For(lang)
	var text, html string
	var err error
	for _, room := range rooms() {
		w := &composer{j: j, o: o, c: c, lang: lang, cat: cat, room: room, rank: 1, first: first}
		blocks := w.compose()
		text = writeText(blocks)
		if html, err = writeHTML(cat, c.Look, blocks); err != nil {
			return Message{}, err
		}
		if len(html) <= maxHTML {
			break
		}
	}
	raw, err := assemble(j, o, c, cat, to, text, html)
	if err != nil {
		return Message{}, err
	}
	if c.Signer != nil {
		if raw, err = c.Signer.Sign(raw); err != nil {
			return Message{}, fmt.Errorf("signing the answer: %w", err)
		}
	}
	return Message{To: to, Raw: raw}, nil
}

// language is the likeliest of the reporter's that there is a catalogue of,
// else the desk's.
func (c Config) language(o Outer) string {
	for _, l := range Languages(o) {
		if c.words().find(l) != nil {
			return l
		}
	}
	return c.Lang
}

// subject is ours: the report's is mostly the scam's.
func subject(j *analyze.Judgement, cat *Catalogue) string {
	short := "none"
	switch len(j.Originals) {
	case 0:
	case 1:
		short = string(effective(&j.Originals[0]))
	default:
		short = "several"
	}
	words := plainText(fill(cat.text("short."+short), number1("n", len(j.Originals))))
	return plainText(fill(cat.text("subject"), map[string]span{"ref": {Text: reference(j.ID)}, "short": {Text: words}}))
}

// assemble puts header and parts together.
func assemble(j *analyze.Judgement, o Outer, c Config, cat *Catalogue, to, text, html string) ([]byte, error) {
	id, err := token(c.Rand)
	if err != nil {
		return nil, err
	}
	// The boundary is derived, so that one source of chance decides all of the
	// message. "=_" stands in no quoted-printable or base64 text (RFC 2045
	// section 6.7).
	boundary := "=_" + id
	fields := [][2]string{
		{"Date", c.now().UTC().Format(time.RFC1123Z)},
		{"From", (&mail.Address{Name: Clean(c.Name, maxBrand), Address: c.From}).String()},
		{"To", "<" + to + ">"},
		{"Subject", encode(subject(j, cat))},
		{"Message-ID", "<" + id + "@" + c.Hostname + ">"},
	}
	if p := parent(o.Header); p != "" {
		fields = append(fields, [2]string{"In-Reply-To", p}, [2]string{"References", p})
	}
	fields = append(fields,
		[2]string{"Auto-Submitted", "auto-replied"},  // RFC 3834 section 3.1.7
		[2]string{"X-Auto-Response-Suppress", "All"}, // for Exchange, which knows it better
		[2]string{"Content-Language", cat.Lang},      // RFC 3282
		[2]string{"MIME-Version", "1.0"},             //
		[2]string{"Content-Type", mime.FormatMediaType("multipart/alternative", map[string]string{"boundary": boundary})},
	)
	var h message.Header
	for i := len(fields) - 1; i >= 0; i-- { // Add puts in front
		h.Add(fields[i][0], fields[i][1])
	}
	var buf bytes.Buffer
	w, err := message.CreateWriter(&buf, h)
	if err != nil {
		return nil, fmt.Errorf("writing the answer: %w", err)
	}
	for _, p := range [][2]string{{"text/plain", text}, {"text/html", html}} {
		if err := writePart(w, p[0], p[1]); err != nil {
			return nil, fmt.Errorf("writing the answer: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("writing the answer: %w", err)
	}
	return checkedForm(buf.Bytes())
}

// encode makes an ASCII header value (RFC 2047).
func encode(s string) string { return mime.QEncoding.Encode("utf-8", s) }

// writePart writes one part, always encoded: without an encoding go-message
// lets bare LF, long lines and 8-bit octets through as they are.
func writePart(w *message.Writer, mediaType, body string) error {
	encoding := "quoted-printable"
	if foreign := strings.Count(mask(body), "x"); foreign*3 > len(body) {
		encoding = "base64" // shorter for scripts that are not Latin
	}
	var h message.Header
	h.Add("Content-Transfer-Encoding", encoding)
	h.Add("Content-Type", mediaType+"; charset=utf-8")
	p, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := p.Write([]byte(strings.ReplaceAll(body, "\n", "\r\n"))); err != nil {
		return err
	}
	return p.Close()
}

// mask gives an x for each octet beyond ASCII and a space for any other.
func mask(s string) string {
	b := make([]byte, len(s))
	for i := range len(s) {
		b[i] = ' '
		if s[i] >= 0x80 {
			b[i] = 'x'
		}
	}
	return string(b)
}

// maxWire is RFC 5322 section 2.1.1 without the CRLF.
const maxWire = 998

// checkedForm gives raw back if it can go over any SMTP path unchanged.
func checkedForm(raw []byte) ([]byte, error) {
	for line := range bytes.SplitAfterSeq(raw, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		body, ok := bytes.CutSuffix(line, []byte("\r\n"))
		if !ok || len(body) > maxWire {
			return nil, errStructure
		}
		for _, b := range body {
			if b == '\r' || b == 0 || b >= 0x80 {
				return nil, errStructure
			}
		}
	}
	return raw, nil
}
