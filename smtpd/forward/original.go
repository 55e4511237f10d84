package forward

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

// What a forward can destroy, in the words of Original.Lost.
const (
	lostHeaders     = "headers"
	lostAuth        = "authentication results"
	lostLinks       = "link targets"
	lostBody        = "body"
	lostAttachments = "attachments"
)

// Direct gives a message itself as an original: its bytes are as they were
// delivered. It never fails; what cannot be read stays empty.
func Direct(raw []byte, how analyze.How) analyze.Original {
	return fromMessage(eml.Parse(raw), how)
}

// fromMessage fills an original from a message whose bytes we have.
func fromMessage(m *eml.Message, how analyze.How) analyze.Original {
	h := m.Header
	view, why := opened(m)
	o := analyze.Original{
		How: how, Grade: analyze.GradeFull, Raw: m.Raw,
		From: mailboxes(h.Addresses("From")), To: mailboxes(h.Addresses("To")),
		Cc: mailboxes(h.Addresses("Cc")), ReplyTo: mailboxes(h.Addresses("Reply-To")),
		Subject: valid(h.Text("Subject")), Date: valid(h.Text("Date")),
		Text: valid(view.TextBody()), HTML: valid(view.HTMLBody()),
		Attachments: attachments(view.Attachments()),
	}
	if strings.TrimSpace(o.Text) == "" && o.HTML != "" {
		page := links.ReadHTML(o.HTML)
		o.Page, o.Text = &page, valid(page.Text)
	}
	for _, d := range m.Defects {
		o.Defects = append(o.Defects, valid(defectText(d)))
	}
	if why != "" {
		o.Defects = append(o.Defects, why)
	}
	if bodyRebuilt(m) {
		o.Grade = analyze.GradeHeaders
		o.Lost = append(o.Lost, lostBody)
	}
	return o
}

func defectText(d eml.Defect) string {
	if d.Detail == "" {
		return d.Kind
	}
	return d.Kind + ": " + d.Detail
}

// bodyRebuilt tells whether a message visibly does not have the body that it
// was delivered with: there is none, or its header announces parts of which
// not one is there.
func bodyRebuilt(m *eml.Message) bool {
	if len(strings.TrimSpace(string(m.Raw[min(m.BodyStart, len(m.Raw)):min(m.BodyStart+1024, len(m.Raw))]))) == 0 {
		return m.Header.Has("Received") || m.Header.Has("Content-Type")
	}
	return strings.HasPrefix(m.Root.MediaType, "multipart/") && len(m.Root.Children) == 0
}

func mailboxes(list []eml.Address) []analyze.Mailbox {
	var out []analyze.Mailbox
	for _, a := range list {
		m := a.Mailbox()
		out = append(out, analyze.Mailbox{Name: valid(m.Name), Address: valid(m.Address)})
	}
	return out
}

func attachments(parts []*eml.Part) []analyze.Attachment {
	var out []analyze.Attachment
	for _, p := range parts {
		content := p.Decoded()
		sum := sha256.Sum256(content)
		out = append(out, analyze.Attachment{
			Name: valid(p.Filename), OtherNames: allValid(p.OtherNames), MediaType: valid(p.MediaType), Size: len(content),
			SHA256: hex.EncodeToString(sum[:]), Content: content,
		})
		out = append(out, tnefFiles(content)...)
	}
	return out
}

// valid makes text valid UTF-8 at the last door, whatever it came through.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func allValid(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, valid(s))
	}
	return out
}

// subjectKey is a subject without its prefixes, case and spaces, for telling
// whether two are the same.
func subjectKey(s string) string {
	_, rest := subjectKind(s)
	return strings.ToLower(strings.Join(strings.Fields(rest), " "))
}
