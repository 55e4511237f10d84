package eml

import (
	"bytes"
	"strings"
)

// Message is one message, taken apart. Raw is never changed.
type Message struct {
	Raw       []byte
	Header    Header
	BodyStart int // behind the blank line, an offset into Raw
	Root      *Part
	Defects   []Defect // of this message; a message inside it has its own

	b *budget
}

// Parse takes a message apart, with the default limits. It never fails and
// never gives nil: what is malformed is in Defects.
func Parse(raw []byte) *Message { return ParseLimits(raw, DefaultLimits()) }

// ParseLimits is Parse with other limits.
func ParseLimits(raw []byte, l Limits) *Message {
	return parse(raw, newBudget(l), 0)
}

// parse reads raw as a message that is depth levels inside another.
func parse(raw []byte, b *budget, depth int) *Message {
	m := &Message{Raw: raw, b: b}
	w := newWalker(m, raw, b)
	b.parts++
	w.message(0, depth)
	return m
}

// message reads a message that starts at pos, up to the end of the input or a
// delimiter of an open multipart.
func (w *walker) message(pos, depth int) stop {
	w.base = pos
	m := w.m
	root, s := w.part(pos, depth, "text/plain", true)
	m.Root, m.Header, m.BodyStart = root, root.Header, root.BodyStart
	m.Raw = w.raw[pos:s.bodyEnd:s.bodyEnd]
	for _, name := range [...]string{"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID"} {
		if i := m.Header.index(name, 0); i >= 0 {
			if j := m.Header.index(name, i+1); j >= 0 {
				w.note(DefectDuplicateField, pos+m.Header.Fields[j].Start, name)
			}
		}
	}
	if i := m.Header.index("From", 0); i >= 0 {
		_, faults := ParseAddresses(unfold(m.Header.raw(i)))
		for _, f := range faults {
			w.note(DefectAddress, pos+m.Header.Fields[i].Start, f.Kind)
		}
	}
	m.Defects = w.notes.list
	for i := range m.Defects {
		// Of a message inside another, a defect may be noted at the delimiter
		// that ends it.
		m.Defects[i].Offset = max(0, min(m.Defects[i].Offset, len(m.Raw)))
	}
	return s
}

// part reads one part that starts at pos with its header. dflt is its media
// type when it gives none.
func (w *walker) part(pos, depth int, dflt string, top bool) (*Part, stop) {
	p := &Part{HeaderStart: pos - w.base, m: w.m}
	h, body := w.header(pos, top)
	p.Header, p.BodyStart = h, body-w.base
	ct := w.contentType(p, dflt)
	w.disposition(p, &ct)
	var s stop
	switch {
	case isMultipart(p.MediaType) || len(ct.bounds) > 0:
		s = w.multipart(p, ct, body, depth)
	case (!ct.given || ct.faulty) && w.partsBelow(body):
		w.note(DefectHiddenMultipart, body, "no Content-Type")
		p.MediaType = "multipart/mixed"
		ct.faulty = true
		s = w.multipart(p, ct, body, depth)
	case isMessage(p.MediaType):
		s = w.embedded(p, body, depth)
	default:
		s = w.next(body)
	}
	p.BodyEnd = max(s.bodyEnd, body) - w.base
	if len(p.Children) == 0 && p.Message == nil {
		w.leaf(p, body, &ct, top)
	}
	return p, s
}

// isMessage says whether a type holds a whole message (RFC 2046 section 5.2.1,
// RFC 6532 section 3.7).
func isMessage(t string) bool {
	return t == "message/rfc822" || t == "message/global" || t == "message/news"
}

// partsBelow says whether the body at pos begins with a delimiter and a part's
// header, though nothing declares a multipart.
func (w *walker) partsBelow(pos int) bool {
	for range 4 {
		if pos >= len(w.raw) {
			return false
		}
		end, next := w.line(pos)
		if end > pos {
			return end > pos+2 && w.raw[pos] == '-' && w.raw[pos+1] == '-' && w.mimeLine(next) && !w.atDelimiter(pos)
		}
		pos = next
	}
	return false
}

// multipart reads the parts of p.
func (w *walker) multipart(p *Part, ct contentType, body, depth int) stop {
	if depth >= w.b.lim.Depth {
		w.note(DefectTooDeep, body, p.MediaType)
		return w.next(body)
	}
	declared := isMultipart(p.MediaType)
	s := stop{level: -1, start: body, bodyEnd: body}
	if len(ct.bounds) > 0 {
		s = w.parts(p, ct.bounds, body, depth)
	} else {
		s = w.next(body)
	}
	if len(p.Children) == 0 && (declared || ct.faulty) && !w.ended {
		if len(ct.bounds) > 0 && declared {
			w.note(DefectBoundaryNotFound, body, ct.bounds[0])
		}
		if bounds := w.guess(body, s.start); len(bounds) > 0 {
			w.note(DefectGuessed, body, bounds[0])
			s = w.parts(p, bounds, body, depth)
		}
	}
	switch {
	case len(p.Children) > 0 && !declared:
		w.note(DefectHiddenMultipart, body, p.MediaType)
		p.MediaType = "multipart/mixed"
	case len(p.Children) == 0 && declared:
		// Nothing to split: it is shown as a text, or a file if it has a name.
		p.MediaType = "text/plain"
		if p.Filename != "" || p.Disposition == "attachment" {
			p.MediaType = "application/octet-stream"
		}
	}
	return s
}

// parts reads the parts between the delimiters of bounds.
func (w *walker) parts(p *Part, bounds []string, body, depth int) stop {
	for i := range w.levels {
		for _, b := range bounds {
			if contains(w.levels[i].bounds, b) {
				w.note(DefectSameBoundary, body, b)
			}
		}
	}
	me := w.push(bounds)
	dflt := "text/plain"
	if p.MediaType == "multipart/digest" {
		dflt = "message/rfc822"
	}
	s := w.next(body)
	for s.level == me {
		if s.odd {
			w.note(DefectDelimiter, s.start, string(w.raw[s.start:min(s.end, s.start+maxDetail)]))
		}
		if s.final {
			w.levels[me].closed = true
			s = w.next(s.end)
			continue
		}
		if w.levels[me].closed {
			w.note(DefectAfterEnd, s.start, "")
		}
		if w.b.parts >= w.b.lim.Parts {
			w.note(DefectTooMany, s.start, "")
			w.ended = true
			s = w.next(s.end)
			break
		}
		w.b.parts++
		var child *Part
		child, s = w.part(s.end, depth+1, dflt, false)
		p.Children = append(p.Children, child)
	}
	if !w.levels[me].closed && len(p.Children) > 0 && !w.ended {
		w.note(DefectNoFinalBoundary, s.bodyEnd, "")
	}
	w.pop()
	return s
}

// embedded reads a message inside p.
func (w *walker) embedded(p *Part, body, depth int) stop {
	if depth >= w.b.lim.Depth {
		w.note(DefectTooDeep, body, p.MediaType)
		return w.next(body)
	}
	w.encoding(p, body, p.Header)
	switch p.Encoding {
	case encBase64, encQP, encUU:
		end, _ := w.line(body)
		if !looksLikeField(w.raw[body:end]) {
			return w.encodedMessage(p, body, depth)
		}
		w.note(DefectEncodedMessage, body, "declared, but not encoded")
		p.Encoding = ""
	}
	// The same pass goes on, for another message.
	outer, base, noted := w.m, w.base, w.notes
	w.m, w.notes = &Message{b: w.b}, &notes{}
	s := w.message(body, depth+1)
	p.Message = w.m
	w.m, w.base, w.notes = outer, base, noted
	return s
}

// encodedMessage decodes and reads a message in a transfer encoding.
func (w *walker) encodedMessage(p *Part, body, depth int) stop {
	s := w.next(body)
	w.note(DefectEncodedMessage, body, p.Encoding)
	raw := w.raw[body:max(body, s.bodyEnd)]
	limit := w.b.decoded.take(len(raw))
	if limit < len(raw) {
		w.note(DefectDecoded, body, "")
		return s
	}
	decoded := decodeTransfer(raw, p.Encoding, limit)
	p.once.Do(func() { p.decoded = decoded })
	p.Message = parse(decoded, w.b, depth+1)
	return s
}

// leaf settles what is left open of a part without children.
func (w *walker) leaf(p *Part, body int, ct *contentType, top bool) {
	if p.Encoding == "" && !isMessage(p.MediaType) {
		w.encoding(p, body, p.Header)
	}
	end := w.base + p.BodyEnd
	raw := w.raw[body:end]
	w.hiddenBase64(p, raw, body)
	switch p.Encoding {
	case encBase64, encQP, encUU:
		if w.b.encoded += len(raw); w.b.encoded > w.b.lim.DecodedBytes {
			w.note(DefectDecoded, body, "")
		}
	}
	switch p.Encoding {
	case encBase64:
		if at, fault := checkBase64(raw); fault != "" {
			w.note(DefectBase64, body+at, fault)
		}
	case encQP:
		if at := checkQP(raw); at >= 0 {
			w.note(DefectQP, body+at, "")
		}
	}
	if ct.declared && p.Encoding != "" && p.Encoding[0] > '9' && p.Encoding != "binary" {
		w.note(DefectEncodedParts, body, p.Encoding)
	}
	if bytes.HasPrefix(raw, []byte("=ybegin ")) || bytes.Contains(raw, []byte("\n=ybegin ")) {
		w.note(DefectEncodingUnknown, body, "yenc")
	}
	if p.MediaType == "message/partial" {
		w.note(DefectPartial, body, p.Params["number"])
	}
	if at := w.mimeInside(raw); at >= 0 && !isMessage(p.MediaType) {
		w.note(DefectMIMEInBody, body+at, "")
	}
	if p.MediaType == "text/plain" && p.Encoding != encBase64 && p.Encoding != encQP && p.Encoding != encUU {
		w.uuFiles(p)
	}
}

// hiddenBase64 takes a file for base64 that has no valid encoding declared but
// whose body can be nothing else, with a broken header that may have said so.
func (w *walker) hiddenBase64(p *Part, raw []byte, body int) {
	if p.Encoding != "" || p.Filename == "" && p.Disposition != "attachment" || !sniffBase64(raw[:min(len(raw), 1024)]) {
		return
	}
	if _, fault := checkBase64(raw); fault != "" {
		return
	}
	p.Encoding = encBase64
	w.note(DefectEncodingGuessed, body, encBase64)
}

// mimeInside gives the first line of a leaf that looks like a delimiter with a
// part's header below, or -1.
func (w *walker) mimeInside(raw []byte) int {
	pos := 0
	if !bytes.HasPrefix(raw, []byte("--")) {
		pos = dashLine(raw, 0, '\n')
	}
	for lines := 0; pos < len(raw) && lines < maxDashLines; lines++ {
		eol := bytes.IndexByte(raw[pos:], '\n')
		if eol < 0 {
			break
		}
		if foldPrefix(raw[pos+eol+1:], "content-t") {
			return pos
		}
		pos = dashLine(raw, pos+eol, '\n')
	}
	return -1
}

// cleanCharset gives a charset's name in lower case, without what does not
// belong to it.
func cleanCharset(s string) string {
	return strings.ToLower(strings.Trim(s, " \t\"'<>"))
}
