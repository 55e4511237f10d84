package tnef

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"reportascam/analyze"
	"reportascam/smtpd/forward/mapi"
)

// writer builds TNEF.
type writer struct{ b []byte }

func newWriter() *writer { return &writer{[]byte(Signature + "\x01\x00")} }

func (w *writer) add(level byte, id uint32, data []byte) *writer {
	w.b = append(w.b, level)
	w.b = binary.LittleEndian.AppendUint32(w.b, id)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(len(data)))
	w.b = append(w.b, data...)
	var sum uint16
	for _, c := range data {
		sum += uint16(c)
	}
	w.b = binary.LittleEndian.AppendUint16(w.b, sum)
	return w
}

// prop is one property to be written.
type prop struct {
	id    mapi.ID
	typ   mapi.Type
	value any // int, string or []byte
}

func props(list ...prop) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(list)))
	for _, p := range list {
		out = binary.LittleEndian.AppendUint16(out, uint16(p.typ))
		out = binary.LittleEndian.AppendUint16(out, uint16(p.id))
		if p.id >= namedProperty {
			out = append(out, make([]byte, guidSize)...)
			out = append(out, 1, 0, 0, 0, 6, 0, 0, 0, 'a', 0, 'b', 0, 0, 0, 0, 0)
		}
		var data []byte
		switch v := p.value.(type) {
		case int:
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
			continue
		case string:
			for _, c := range utf16.Encode([]rune(v + "\x00")) {
				data = binary.LittleEndian.AppendUint16(data, c)
			}
		case []byte:
			data = v
		}
		out = binary.LittleEndian.AppendUint32(out, 1)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
		out = append(out, data...)
		for len(data)%4 != 0 {
			data, out = append(data, 0), append(out, 0)
		}
	}
	return out
}

func text(id mapi.ID, s string) prop { return prop{id, mapi.Unicode, s} }

func scam() *writer {
	w := newWriter().add(levelMessage, attOEMCodepage, []byte{0xE3, 0x04, 0, 0, 0, 0, 0, 0}).
		add(levelMessage, attSubject, []byte("old subject\x00")).
		add(levelMessage, attMessageID, []byte("<wrapper@x.example>\x00")).
		add(levelMessage, attDateSent, []byte{0xE9, 7, 1, 0, 6, 0, 10, 0, 30, 0, 0, 0, 1, 0}).
		add(levelMessage, attMessageProps, props(text(0x8001, "named"), text(mapi.Subject, "Účet 日本"),
			text(mapi.SenderName, "Example Bank"), text(mapi.SenderType, "SMTP"), text(mapi.SenderAddress, "alerts@bank-secure.example"),
			prop{mapi.InternetCodepage, mapi.Int32, 65001}, prop{mapi.HTML, mapi.Binary, []byte("<p>účet</p>")})).
		add(levelMessage, attBody, []byte("Hello\r\n")).
		add(levelMessage, attRecipients, append([]byte{1, 0, 0, 0}, props(prop{mapi.RecipientType, mapi.Int32, 1},
			text(mapi.DisplayName, "Pat"), text(mapi.SMTPAddress, "pat@reporter.example"))...))
	return w.add(levelAttachment, attAttachRendData, make([]byte, 14)).
		add(levelAttachment, attAttachData, []byte("%PDF")).
		add(levelAttachment, attAttachTitle, []byte("INVOIC~1.PDF\x00")).
		add(levelAttachment, attAttachment, props(text(mapi.AttachLongFilename, "invoice.pdf")))
}

func embed(w *writer, inner *writer) *writer {
	return w.add(levelAttachment, attAttachRendData, make([]byte, 14)).
		add(levelAttachment, attAttachment, props(prop{mapi.AttachMethod, mapi.Int32, int(mapi.MethodMessage)},
			prop{mapi.AttachData, mapi.Object, append(make([]byte, guidSize), inner.b...)}))
}

func TestParse(t *testing.T) {
	m, err := Parse(scam().b, mapi.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	bank := analyze.Mailbox{Name: "Example Bank", Address: "alerts@bank-secure.example"}
	want := &mapi.Message{
		Key: "<wrapper@x.example>", From: bank, Sender: bank, To: []analyze.Mailbox{{Name: "Pat", Address: "pat@reporter.example"}},
		Subject: "Účet 日本", Sent: time.Date(2025, 1, 6, 10, 30, 0, 0, time.UTC), Text: "Hello\n", HTML: "<p>účet</p>",
		Attachments: []mapi.Attachment{{Name: "invoice.pdf", Content: []byte("%PDF")}},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("Parse = %+v, want %+v", m, want)
	}
}

func TestParseOld(t *testing.T) {
	from := append([]byte{4, 0, 0x20, 0, 5, 0, 16, 0}, "Банк\x00SMTP:a@b.example\x00"...)
	from = append(from[:8], "\xC1\xE0\xED\xEA\x00SMTP:a@b.example"...)
	m, err := Parse(newWriter().add(levelMessage, attOEMCodepage, []byte{0xE3, 0x04, 0, 0, 0, 0, 0, 0}).
		add(levelMessage, attFrom, from).add(levelMessage, attSubject, []byte("\xCF\xF0\x00")).b, mapi.DefaultLimits())
	if err != nil || m.Subject != "Пр" || m.From != (analyze.Mailbox{Name: "Банк", Address: "a@b.example"}) {
		t.Errorf("Parse = %q from %v, %v, want Пр from Банк", m.Subject, m.From, err)
	}
}

func TestParseNested(t *testing.T) {
	w := scam()
	for range 20 {
		w = embed(newWriter().add(levelMessage, attSubject, []byte("FW")), w)
	}
	m, err := Parse(w.b, mapi.DefaultLimits())
	depth := 0
	for err == nil && len(m.Attachments) > 0 && m.Attachments[0].Message != nil {
		m = m.Attachments[0].Message
		depth++
	}
	if depth != mapi.DefaultLimits().Depth || !slices.Contains(m.Defects, mapi.DefectDepth) {
		t.Errorf("opened %d deep with %q, want %d and a defect", depth, m.Defects, mapi.DefaultLimits().Depth)
	}
}

func TestParseDamaged(t *testing.T) {
	whole := scam().b
	sum := slices.Clone(whole)
	sum[20] ^= 1
	for _, c := range []struct {
		name   string
		in     []byte
		defect string
	}{
		{"a wrong checksum", sum, DefectChecksum},
		{"cut off", whole[:len(whole)-30], DefectFile},
		{"something behind", append(slices.Clone(whole), "\r\n--\r\n"...), DefectTrailing},
		{"too many properties", newWriter().add(levelMessage, attMessageProps, []byte{0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 1, 0}).b, DefectFile},
		{"too many values of nothing", newWriter().add(levelMessage, attMessageProps, []byte{9, 0, 0, 0, 0, 0x10, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF}).b, DefectFile},
		{"too many recipients", newWriter().add(levelMessage, attRecipients, append([]byte{0xFF, 0xFF, 0xFF, 0xFF}, make([]byte, 40_000)...)).b, mapi.DefectRecipients},
	} {
		m, err := Parse(c.in, mapi.DefaultLimits())
		if err != nil || !slices.Contains(m.Defects, c.defect) {
			t.Errorf("%s: defects %q, %v, want %q", c.name, m.Defects, err, c.defect)
		}
		if strings.HasPrefix(c.name, "too") {
			continue
		}
		if m.Subject != "Účet 日本" || m.HTML == "" || len(m.Attachments) != 1 {
			t.Errorf("%s: %q with %d files, want what could be read", c.name, m.Subject, len(m.Attachments))
		}
	}
	if _, err := Parse([]byte("not TNEF"), mapi.DefaultLimits()); !errors.Is(err, ErrFormat) {
		t.Errorf("Parse of text: %v, want ErrFormat", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(scam().b)
	f.Add(embed(newWriter(), scam()).b)
	f.Fuzz(func(t *testing.T, b []byte) {
		l := mapi.Limits{Depth: 2, Attachments: 5, Recipients: 200, Properties: 500, Decoded: 1 << 16}
		if m, err := Parse(b, l); err == nil {
			checkMessage(t, m, l, 0)
		}
	})
}

// checkMessage holds what must be true of any message.
func checkMessage(t *testing.T, m *mapi.Message, l mapi.Limits, depth int) {
	t.Helper()
	if depth > l.Depth {
		t.Fatalf("a message is %d deep, want at most %d", depth, l.Depth)
	}
	texts := append([]string{m.Class, m.MessageID, m.Headers, m.Key, m.Subject, m.Text, m.HTML}, m.Defects...)
	for _, list := range [][]analyze.Mailbox{{m.From, m.Sender}, m.To, m.Cc, m.Bcc, m.ReplyTo} {
		for _, who := range list {
			texts = append(texts, who.Name, who.Address)
		}
	}
	size := 0
	for _, a := range m.Attachments {
		texts = append(texts, a.Name, a.MediaType, a.ContentID)
		size += len(a.Content)
		if a.Message != nil {
			checkMessage(t, a.Message, l, depth+1)
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			t.Errorf("text is not UTF-8: %q", s)
		}
	}
	if size > l.Decoded || len(m.Attachments) > l.Attachments || len(m.To)+len(m.Cc)+len(m.Bcc) > l.Recipients {
		t.Errorf("%d bytes, %d files, %d recipients are over the limits %+v", size, len(m.Attachments), len(m.To), l)
	}
}
