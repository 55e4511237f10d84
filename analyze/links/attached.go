package links

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/pdf"
)

const (
	// maxAttachment bounds what is read of one attached page or text, in
	// octets.
	maxAttachment = maxHTML
	// maxPages bounds the attached files that are read.
	maxPages = 20
	// maxAttached bounds what is read of all attached files of one original,
	// in octets.
	maxAttached = 32 << 20
	// maxMessages is how deep messages within messages are read.
	maxMessages = 2
)

// fileKind is what an attached file is read as.
type fileKind int

const (
	notRead fileKind = iota
	filePage
	filePDF
	fileCalendar
	fileDrawing
	fileRTF
	fileText
	fileMessage
	filePicture
)

// kindOf tells what a file is read as: by its content where that is sure, by
// what it claims to be, and by its name.
func kindOf(f *analyze.Attachment) fileKind {
	head := bytes.TrimLeft(f.Content[:min(len(f.Content), maxMagic)], "\xef\xbb\xbf \t\r\n\x00")
	switch {
	case len(head) == 0:
		return notRead
	case bytes.Contains(head, []byte("%PDF-")):
		return filePDF
	case bytes.HasPrefix(head, []byte("\x89PNG")), bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("GIF8")),
		bytes.HasPrefix(head, []byte("RIFF")), bytes.HasPrefix(head, []byte("BM")):
		return filePicture
	case bytes.HasPrefix(head, []byte(`{\rt`)):
		return fileRTF
	case hasPrefixFold(head, "BEGIN:VCALENDAR"), hasPrefixFold(head, "BEGIN:VCARD"):
		return fileCalendar
	case hasPrefixFold(head, "<svg"):
		return fileDrawing
	case hasPrefixFold(head, "<!doctype html"), hasPrefixFold(head, "<html"):
		return filePage
	}
	if k, ok := kindsByType[f.MediaType]; ok {
		return k
	}
	name := strings.ToLower(strings.TrimRight(f.Name, " ."))
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		return kindsByName[name[dot+1:]]
	}
	return notRead
}

// maxMagic is how far into a file its kind is looked for: readers of PDF take
// a header anywhere in the first KiB (ISO 32000-1 annex H, note 13).
const maxMagic = 1 << 10

var kindsByType = map[string]fileKind{
	"text/html": filePage, "application/xhtml+xml": filePage, "text/calendar": fileCalendar, "text/vcard": fileCalendar, "text/x-vcard": fileCalendar,
	"image/svg+xml": fileDrawing, "text/rtf": fileRTF, "application/rtf": fileRTF, "text/plain": fileText, "text/csv": fileText, "text/markdown": fileText,
	"message/rfc822": fileMessage, "message/global": fileMessage,
}

var kindsByName = map[string]fileKind{
	"htm": filePage, "html": filePage, "shtml": filePage, "xhtml": filePage, "xht": filePage, "hta": filePage, "mht": filePage, "mhtml": filePage,
	"ics": fileCalendar, "ical": fileCalendar, "vcf": fileCalendar, "svg": fileDrawing, "rtf": fileRTF, "txt": fileText, "csv": fileText, "md": fileText,
	"url": fileText, "log": fileText, "xml": fileText, "eml": fileMessage,
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}

// files reads attached files: opening one and clicking in it is following a
// link.
func (g *gatherer) files(files []analyze.Attachment, depth int) {
	for i := range files {
		f := &files[i]
		kind := kindOf(f)
		if kind == filePicture {
			g.picture(f.Content)
			continue
		}
		if kind == notRead || g.pages >= maxPages || g.spent >= maxAttached {
			continue
		}
		g.pages++
		g.spent += len(f.Content)
		switch kind {
		case filePage:
			g.page(pageText(f.Content), "attachment")
		case fileDrawing:
			g.page(pageText(f.Content), "svg")
		case fileCalendar:
			g.text(unfoldCalendar(pageText(f.Content)), "ics")
		case fileRTF:
			g.text(rtfText(f.Content), "rtf")
		case fileText:
			g.text(pageText(f.Content), "attachment")
		case filePDF:
			g.pdf(f.Content)
		case fileMessage:
			g.message(f.Content, depth)
		}
	}
}

// page reads an attached page. Browsers run its scripts, so that addresses in
// them count, unseen.
func (g *gatherer) page(src, source string) {
	p := ReadHTML(src)
	for _, l := range p.Links {
		if l.Source != "image" {
			l.Source = source
			g.add(l)
		}
	}
	g.text(p.Text, source)
	for _, s := range p.Scripts {
		if !strings.Contains(s, "://") && !strings.Contains(s, `:\/\/`) {
			continue
		}
		for _, l := range FindText(scriptText(s)) {
			if pointedAt(l) {
				l.Source, l.Hidden = source, true
				g.add(l)
			}
		}
	}
}

// text reads the text of an attached file, for indicators too.
func (g *gatherer) text(s, source string) {
	for _, l := range FindText(s) {
		l.Source = source
		g.add(l)
	}
	if len(g.body) < maxFindText {
		g.body += "\n" + s
	}
}

func (g *gatherer) pdf(b []byte) {
	doc := pdf.Read(b)
	for _, s := range doc.Links {
		l := resolve("", s)
		if l.Scheme == "" && l.Host == "" {
			continue
		}
		l.Source = "pdf"
		g.add(l)
	}
	g.text(doc.Text, "pdf")
	g.pdfPictures(doc.Images)
}

// message reads a message within the message.
func (g *gatherer) message(raw []byte, depth int) {
	if depth >= maxMessages {
		return
	}
	m := eml.Parse(raw[:min(len(raw), maxAttached)])
	g.text(m.TextBody(), "attachment")
	if src := m.HTMLBody(); src != "" {
		g.page(src, "attachment")
	}
	var files []analyze.Attachment
	for _, p := range m.Attachments() {
		files = append(files, analyze.Attachment{Name: p.Filename, MediaType: p.MediaType, Content: p.Decoded()})
	}
	g.files(files, depth+1)
}

// pageText gives a file's text: UTF-16 where a byte order mark says so, else
// as it is. Tags and addresses are ASCII in every other charset in use.
func pageText(b []byte) string {
	if len(b) > maxAttachment {
		b = b[:maxAttachment]
	}
	var order binary.ByteOrder
	switch {
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		order = binary.LittleEndian
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		order = binary.BigEndian
	default:
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// unfoldCalendar joins the lines that RFC 5545 section 3.1 folds, and undoes
// the escapes of its texts (section 3.3.11).
func unfoldCalendar(s string) string {
	if !strings.ContainsAny(s, "\\\n") {
		return s
	}
	return calendarEscapes.Replace(s)
}

var calendarEscapes = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "", `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)
