package eml

import (
	"bytes"
	"strings"
)

// Field is one header field by its place in Header.Raw.
type Field struct {
	Name  string // as written, without white space around it; valid UTF-8
	Start int    // of the first octet of the field's line
	Colon int    // of the colon; of the white space in its stead where it is missing
	End   int    // behind the line ending of its last line
}

// Header is the header of a message or part. The zero value is empty.
type Header struct {
	Raw    []byte // from the first octet to the blank line, which is not part of it
	Fields []Field
}

// raw gives the value of field i as it stands, with folds.
func (h Header) raw(i int) []byte {
	f := h.Fields[i]
	return h.Raw[f.Colon+1 : f.End]
}

// index gives the first field of that name at or behind from, or -1.
func (h Header) index(name string, from int) int {
	for i := from; i < len(h.Fields); i++ {
		if strings.EqualFold(h.Fields[i].Name, name) {
			return i
		}
	}
	return -1
}

// Get gives the value of the first field of that name, unfolded and trimmed
// but not decoded, so it may hold any octets except CR and LF. It is empty
// where there is none.
func (h Header) Get(name string) string {
	if i := h.index(name, 0); i >= 0 {
		return unfold(h.raw(i))
	}
	return ""
}

// Values gives the values of all fields of that name in order, like Get.
func (h Header) Values(name string) []string {
	var out []string
	for i := h.index(name, 0); i >= 0; i = h.index(name, i+1) {
		out = append(out, unfold(h.raw(i)))
	}
	return out
}

// Has says whether there is a field of that name.
func (h Header) Has(name string) bool { return h.index(name, 0) >= 0 }

// Count gives the number of fields of that name.
func (h Header) Count(name string) int {
	n := 0
	for i := h.index(name, 0); i >= 0; i = h.index(name, i+1) {
		n++
	}
	return n
}

// Text gives the value of the first field of that name with its encoded words
// decoded (RFC 2047), valid UTF-8, without line breaks.
func (h Header) Text(name string) string { return DecodeWords(h.Get(name)) }

// Addresses gives the addresses of all fields of that name together.
func (h Header) Addresses(name string) []Address {
	var out []Address
	for i := h.index(name, 0); i >= 0 && len(out) < maxAddresses; i = h.index(name, i+1) {
		list, _ := ParseAddresses(unfold(h.raw(i)))
		out = append(out, list...)
	}
	return out
}

// RawField gives field i as it stands, with its name and line endings; nil
// when there is no such field.
func (h Header) RawField(i int) []byte {
	if i < 0 || i >= len(h.Fields) {
		return nil
	}
	f := h.Fields[i]
	return h.Raw[f.Start:f.End:f.End]
}

// unfold undoes the folding of RFC 5322 section 2.2.3: line endings before
// white space go, the white space stays. CR and LF that are left become a
// space, so that no value has a line break.
func unfold(b []byte) string {
	b = bytes.Trim(b, " \t\r\n")
	i := bytes.IndexAny(b, "\r\n")
	if i < 0 {
		return string(b)
	}
	var out strings.Builder
	out.Grow(len(b))
	for i < len(b) {
		out.Write(b[:i])
		b = b[i:]
		n := 0
		for n < len(b) && (b[n] == '\r' || b[n] == '\n') {
			n++
		}
		if n < len(b) && b[n] != ' ' && b[n] != '\t' {
			out.WriteByte(' ')
		}
		b = b[n:]
		if i = bytes.IndexAny(b, "\r\n"); i < 0 {
			break
		}
	}
	out.Write(b)
	return out.String()
}

// ParseHeader reads the header at the start of raw, with the default limits.
// bodyStart is behind the blank line. Offsets are into raw; h.Raw starts at
// raw's first octet.
func ParseHeader(raw []byte) (h Header, bodyStart int, defects []Defect) {
	m := &Message{Raw: raw}
	w := &walker{raw: raw, b: newBudget(DefaultLimits()), m: m, notes: &notes{}, eol: '\n', nextLF: -1, nextCR: -1}
	w.survey(headerPart(raw)) // the body's oddities are not asked for
	h, bodyStart = w.header(0, true)
	return h, bodyStart, w.notes.list
}

// fieldName reads a field name at the start of a line. colon is the offset of
// the colon, or -1. RFC 5322 section 2.2: printable US-ASCII except colon;
// section 4.5.8 (obsolete) allows white space before the colon. Octets over
// 127 are read too, since clients do.
func fieldName(line []byte) (nameEnd, colon int) {
	i := 0
	for i < len(line) && line[i] > ' ' && line[i] != ':' && line[i] != 0x7f {
		i++
	}
	nameEnd = i
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	if nameEnd == 0 || i == len(line) || line[i] != ':' {
		return nameEnd, -1
	}
	return nameEnd, i
}

// looksLikeField says whether a line would be read as a field by anybody.
func looksLikeField(line []byte) bool {
	n, colon := fieldName(line)
	if colon < 0 || n > 76 {
		return false
	}
	// A link at the start of a text is not a field.
	return !bytes.HasPrefix(line[colon+1:], []byte("//"))
}

// mimeFields are the fields that decide how a body is read.
var mimeFields = [...]string{"content-type", "content-transfer-encoding", "content-disposition"}

// mimeField says whether line starts with the name of one of mimeFields and
// white space; n is the length of the name.
func mimeField(line []byte) (n int, ok bool) {
	for _, name := range mimeFields {
		if len(line) > len(name) && (line[len(name)] == ' ' || line[len(name)] == '\t') && foldPrefix(line, name) {
			return len(name), true
		}
	}
	return 0, false
}

// foldPrefix says whether b starts with a lower-case ASCII prefix, whatever
// its case.
func foldPrefix(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}
