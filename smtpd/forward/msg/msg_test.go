package msg

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"reportascam/analyze"
	"reportascam/analyze/cfb"
	"reportascam/analyze/cfb/cfbtest"
	"reportascam/smtpd/forward/mapi"
)

const scamHeader = "Received: from a.example by b.example; Mon, 6 Jan 2025 10:00:00 +0000\r\n" +
	"From: \"Example Bank\" <alerts@bank-secure.example>\r\nSubject: Account notice\r\n\r\n"

// scam is a message with all that a message can have.
func scam() *item {
	return &item{
		name: "Root Entry", head: headTop,
		fixed: map[mapi.ID]int{mapi.InternetCodepage: 28592},
		times: map[mapi.ID]uint64{mapi.ClientSubmitTime: 133_800_000_000_000_000},
		wide: map[mapi.ID]string{mapi.MessageClass: "IPM.Note", mapi.Subject: "Účet 日本", mapi.Body: "Hello\r\nthere\r\n",
			mapi.SenderName: "Mailer", mapi.SenderType: "SMTP", mapi.SenderAddress: "mailer@send.example",
			mapi.SentRepresentingName: "Example Bank", mapi.SentRepresentingType: "EX", mapi.SentRepresentingAddress: "/O=X/CN=Y",
			mapi.SentRepresentingSMTP: "alerts@bank-secure.example"},
		narrow: map[mapi.ID]string{mapi.TransportMessageHeaders: scamHeader},
		bytes:  map[mapi.ID]string{mapi.HTML: "<p>\xFA\xE8et</p>"},
		items: []*item{
			recipient(0, kindOf("to"), "Pat", "pat@reporter.example"), recipient(1, kindOf("cc"), "Sam", "sam@reporter.example"),
			file(0, "invoice.pdf", strings.Repeat("%PDF ", 2000)), file(1, "a.txt", "small"),
		},
	}
}

func kindOf(s string) int { return map[string]int{"to": 1, "cc": 2, "bcc": 3}[s] }

func recipient(n, kind int, name, addr string) *item {
	return &item{name: fmt.Sprintf("%s#%08X", recipientPrefix, n), head: headOther,
		fixed: map[mapi.ID]int{mapi.RecipientType: kind},
		wide:  map[mapi.ID]string{mapi.DisplayName: name, mapi.AddressType: "SMTP", mapi.EmailAddress: addr}}
}

func file(n int, name, content string) *item {
	return &item{name: fmt.Sprintf("%s#%08X", attachmentPrefix, n), head: headOther,
		fixed: map[mapi.ID]int{mapi.AttachMethod: int(mapi.MethodValue)},
		wide:  map[mapi.ID]string{mapi.AttachLongFilename: name, mapi.AttachMIMETag: "Application/PDF"},
		bytes: map[mapi.ID]string{mapi.AttachData: content}}
}

func embed(n int, inner *item) *item {
	inner.name, inner.head = objectName, headEmbedded
	return &item{name: fmt.Sprintf("%s#%08X", attachmentPrefix, n), head: headOther,
		fixed: map[mapi.ID]int{mapi.AttachMethod: int(mapi.MethodMessage)}, items: []*item{inner}}
}

func TestParse(t *testing.T) {
	m, err := Parse(cfbtest.Build(scam().node()), mapi.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	want := &mapi.Message{
		Class: "IPM.Note", Headers: strings.TrimRight(strings.ReplaceAll(scamHeader, "\r\n", "\n"), "\n"),
		From:    analyze.Mailbox{Name: "Example Bank", Address: "alerts@bank-secure.example"},
		Sender:  analyze.Mailbox{Name: "Mailer", Address: "mailer@send.example"},
		To:      []analyze.Mailbox{{Name: "Pat", Address: "pat@reporter.example"}},
		Cc:      []analyze.Mailbox{{Name: "Sam", Address: "sam@reporter.example"}},
		Sent:    time.Date(2024, 12, 30, 2, 40, 0, 0, time.UTC),
		Subject: "Účet 日本", Text: "Hello\nthere\n", HTML: "<p>účet</p>",
		Attachments: []mapi.Attachment{
			{Name: "invoice.pdf", MediaType: "application/pdf", Content: []byte(strings.Repeat("%PDF ", 2000))},
			{Name: "a.txt", MediaType: "application/pdf", Content: []byte("small")},
		},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("Parse = %+v, want %+v", m, want)
	}
}

func TestParseCodepages(t *testing.T) {
	for _, c := range []struct {
		name    string
		fixed   map[mapi.ID]int
		subject string
		want    string
	}{
		{"the message's own", map[mapi.ID]int{mapi.MessageCodepage: 1251, mapi.InternetCodepage: 28591}, "\xcf\xf0", "Пр"},
		{"that of its language", map[mapi.ID]int{mapi.MessageLocale: 1041, mapi.InternetCodepage: 50220}, "\x93\xfa\x96\x7b", "日本"},
		{"that of its internet form", map[mapi.ID]int{mapi.InternetCodepage: 20866}, "\xcf\xf0", "Пр"},
		{"UTF-8", map[mapi.ID]int{mapi.InternetCodepage: 65001}, "日本", "日本"},
		{"none", nil, "caf\xe9", "café"},
	} {
		it := &item{name: "R", head: headTop, fixed: c.fixed, narrow: map[mapi.ID]string{mapi.Subject: c.subject}}
		m, err := Parse(cfbtest.Build(it.node()), mapi.DefaultLimits())
		if err != nil || m.Subject != c.want {
			t.Errorf("%s: Subject = %q, %v, want %q", c.name, m.Subject, err, c.want)
		}
	}
}

// nested gives a message in a message, n deep.
func nested(n int) *item {
	it := scam()
	for range n {
		it = &item{name: "R", head: headTop, wide: map[mapi.ID]string{mapi.Subject: "FW"}, items: []*item{embed(0, it)}}
	}
	return it
}

func TestParseNested(t *testing.T) {
	m, err := Parse(cfbtest.Build(nested(2).node()), mapi.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if len(m.Attachments) != 1 || m.Attachments[0].Message == nil {
			t.Fatalf("Attachments = %+v, want one message", m.Attachments)
		}
		m = m.Attachments[0].Message
	}
	if m.Subject != "Účet 日本" || len(m.Attachments) != 2 || len(m.Headers) == 0 {
		t.Errorf("innermost message = %q with %d files, want the scam", m.Subject, len(m.Attachments))
	}
	m, err = Parse(cfbtest.Build(nested(20).node()), mapi.DefaultLimits())
	depth := 0
	for err == nil && len(m.Attachments) > 0 && m.Attachments[0].Message != nil {
		m = m.Attachments[0].Message
		depth++
	}
	if depth != mapi.DefaultLimits().Depth || !slices.Contains(m.Defects, mapi.DefectDepth) {
		t.Errorf("opened %d deep with %q, want %d and a defect", depth, m.Defects, mapi.DefaultLimits().Depth)
	}
}

func TestParseLimits(t *testing.T) {
	full := mapi.DefaultLimits()
	for _, c := range []struct {
		defect string
		limit  func(*mapi.Limits)
	}{
		{mapi.DefectAttachments, func(l *mapi.Limits) { l.Attachments = 1 }},
		{mapi.DefectRecipients, func(l *mapi.Limits) { l.Recipients = 1 }},
		{mapi.DefectProperties, func(l *mapi.Limits) { l.Properties = 5 }},
		{mapi.DefectDecoded, func(l *mapi.Limits) { l.Decoded = 300 }},
	} {
		l := full
		c.limit(&l)
		m, err := Parse(cfbtest.Build(scam().node()), l)
		if err != nil || !slices.Contains(m.Defects, c.defect) {
			t.Errorf("Parse with %+v: defects %q, %v, want %q", l, m.Defects, err, c.defect)
		}
	}
}

func TestParseDamaged(t *testing.T) {
	whole := cfbtest.Build(scam().node())
	if _, err := Parse(whole[:400], mapi.DefaultLimits()); !errors.Is(err, ErrFormat) {
		t.Errorf("Parse of 400 bytes: %v, want ErrFormat", err)
	}
	if _, err := Parse(cfbtest.Build(&cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{}}), mapi.DefaultLimits()); !errors.Is(err, ErrFormat) {
		t.Errorf("Parse of an empty compound file: %v, want ErrFormat", err)
	}
	// A loop in the table of sectors, and a tree that comes back to itself.
	loop := append([]byte(nil), whole...)
	for i := 0; i+4 <= 512; i += 4 {
		copy(loop[len(loop)-512+i:], "\x00\x00\x00\x00")
	}
	tree := slices.Clone(whole)
	dir := int(tree[48])*512 + int(tree[49])*512*256 + 512
	copy(tree[dir+128+72:], "\x01\x00\x00\x00")
	for name, b := range map[string][]byte{"loop": loop, "tree": tree} {
		m, err := Parse(b, mapi.DefaultLimits())
		if err == nil && !slices.Contains(m.Defects, DefectFile) {
			t.Errorf("%s: defects %q, want %q", name, m.Defects, DefectFile)
		}
	}
}

// TestParseDeepStorages has as many storages inside each other as a large
// report has room for.
func TestParseDeepStorages(t *testing.T) {
	root := scam().node()
	deepest := root
	for range 50_000 {
		inner := &cfbtest.Node{Name: "s", Nodes: []*cfbtest.Node{}}
		deepest.Nodes = append(deepest.Nodes, inner)
		deepest = inner
	}
	m, err := Parse(cfbtest.Build(root), mapi.DefaultLimits())
	if err != nil || len(m.Attachments) != 2 {
		t.Errorf("Parse: %v, want a message with two files", err)
	}
}

func TestIs(t *testing.T) {
	if b := cfbtest.Build(scam().node()); !Is(b) {
		t.Error("Is(a message) = false, want true")
	}
	if b := cfbtest.Build(&cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{{Name: "WordDocument", Data: []byte("x")}}}); Is(b) {
		t.Error("Is(a document) = true, want false")
	}
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

func FuzzParse(f *testing.F) {
	f.Add(cfbtest.Build(scam().node()))
	f.Add(cfbtest.Build(nested(2).node()))
	f.Add([]byte(cfb.Signature))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := mapi.Limits{Depth: 2, Attachments: 5, Recipients: 200, Properties: 500, Decoded: 1 << 16}
		if m, err := Parse(b, l); err == nil {
			checkMessage(t, m, l, 0)
		}
	})
}
