package eml

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// headerState is what is known while the lines of a header are read.
type headerState struct {
	h        Header
	start    int  // of the header in w.raw
	top      bool // of a message, not of a part
	junk     bool // the line before was no field
	extra    int  // MIME fields read over the limit
	tooLong  bool
	tooMany  bool
	reported bool // 8-bit octets were noted
}

// header reads a header at pos. Offsets of fields are from pos on; bodyStart
// is into w.raw.
func (w *walker) header(pos int, top bool) (h Header, bodyStart int) {
	s := &headerState{start: pos, top: top}
	if top {
		pos = w.prologue(pos)
	} else {
		pos = w.lateHeader(pos)
	}
	headerEnd, blank := pos, false
	for pos < len(w.raw) {
		end, next := w.line(pos)
		if end == pos {
			headerEnd, bodyStart, blank = pos, next, true
			break
		}
		if w.atDelimiter(pos) {
			break
		}
		if !w.headerLine(s, pos, end, next) {
			break
		}
		pos = next
		headerEnd = pos
	}
	if !blank {
		headerEnd, bodyStart = pos, pos
		if len(s.h.Fields) > 0 || top {
			w.note(DefectNoBlankLine, pos, "")
		}
	}
	if top && len(s.h.Fields) == 0 {
		w.note(DefectNoHeader, s.start, "")
	}
	if headerEnd-s.start > w.b.lim.HeaderBytes && !s.tooLong {
		w.note(DefectHeaderBytes, s.start+w.b.lim.HeaderBytes, "")
	}
	s.h.Raw = w.raw[s.start:min(headerEnd, s.start+w.b.lim.HeaderBytes)]
	s.cut()
	return s.h, bodyStart
}

// cut makes the last fields fit into Raw, which the limit may have shortened.
func (s *headerState) cut() {
	for n := len(s.h.Fields); n > 0; n-- {
		last := &s.h.Fields[n-1]
		if last.Colon < len(s.h.Raw) {
			last.End = min(last.End, len(s.h.Raw))
			return
		}
		s.h.Fields = s.h.Fields[:n-1]
	}
}

// atDelimiter says whether a delimiter of an open multipart stands at pos.
func (w *walker) atDelimiter(pos int) bool {
	if len(w.levels) == 0 || !bytes.HasPrefix(w.raw[pos:], []byte("--")) {
		return false
	}
	_, ok := w.delimiter(pos)
	return ok
}

// prologue skips what stands before the header of a message: blank lines and
// the separator line of an mbox file.
func (w *walker) prologue(pos int) int {
	start := pos
	for pos < len(w.raw) {
		end, next := w.line(pos)
		if end != pos {
			break
		}
		pos = next
	}
	if pos > start {
		end, _ := w.line(pos)
		if !looksLikeField(w.raw[pos:end]) && !mboxFrom(w.raw[pos:end]) {
			return start
		}
		w.note(DefectLeadingBlank, start, "")
	}
	if end, next := w.line(pos); mboxFrom(w.raw[pos:end]) {
		w.noteRaw(DefectMboxFrom, pos, w.raw[pos:end])
		pos = next
	}
	return pos
}

// lateHeader skips a blank line that stands before the header of a part. By the
// letter it ends the header, but some programs go on.
func (w *walker) lateHeader(pos int) int {
	if pos >= len(w.raw) {
		return pos
	}
	end, next := w.line(pos)
	if len(bytes.Trim(w.raw[pos:end], " \t\v\f:")) == 0 && w.mimeLine(next) {
		w.note(DefectLeadingBlank, pos, "")
		return next
	}
	return pos
}

func mboxFrom(line []byte) bool {
	line = bytes.TrimPrefix(line, []byte(">"))
	return bytes.HasPrefix(line, []byte("From ")) && !looksLikeField(line)
}

// headerLine reads one line that is not blank. It says false where the body
// begins with this line.
func (w *walker) headerLine(s *headerState, pos, end, next int) bool {
	line := w.raw[pos:end]
	if pos-s.start > w.b.lim.HeaderBytes {
		if !s.tooLong {
			s.tooLong = true
			w.note(DefectHeaderBytes, pos, "")
		}
		return true
	}
	if line[0] == ' ' || line[0] == '\t' {
		return w.continuation(s, pos, end, next)
	}
	lead := 0
	for lead < len(line) && line[lead] == '\r' {
		lead++ // a stray CR before the name
	}
	nameEnd, colon := fieldName(line[lead:])
	if colon >= 0 {
		w.field(s, pos, pos+lead, pos+lead+nameEnd, pos+lead+colon, next)
		return true
	}
	if n, ok := mimeField(line); ok {
		w.noteRaw(DefectNoColon, pos, line)
		w.field(s, pos, pos, pos+n, pos+n, next)
		return true
	}
	return w.junkLine(s, pos, end, next)
}

// continuation reads a line that starts with white space.
func (w *walker) continuation(s *headerState, pos, end, next int) bool {
	line := bytes.TrimLeft(w.raw[pos:end], " \t")
	if len(bytes.TrimSpace(line)) == 0 {
		w.note(DefectSpaceLine, pos, "")
		if !w.headerGoesOn(next) {
			return false
		}
	} else if len(s.h.Fields) == 0 || s.junk {
		// It continues nothing: read it as a line of its own.
		w.noteRaw(DefectLeadingSpace, pos, line)
		off := end - len(line)
		if nameEnd, colon := fieldName(line); colon >= 0 {
			w.field(s, pos, off, off+nameEnd, off+colon, next)
			return true
		}
		return len(s.h.Fields) > 0 || w.headerGoesOn(next)
	}
	if n := len(s.h.Fields); n > 0 && s.h.Fields[n-1].End == pos-s.start {
		s.h.Fields[n-1].End = next - s.start
	}
	return true
}

// headerGoesOn says whether the line at pos belongs to a header.
func (w *walker) headerGoesOn(pos int) bool {
	if pos >= len(w.raw) {
		return true
	}
	end, _ := w.line(pos)
	line := w.raw[pos:end]
	if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		return len(bytes.TrimSpace(line)) > 0
	}
	return len(line) == 0 || looksLikeField(line)
}

// junkLine decides about a line that is no field: skipped where the header
// goes on below, the first line of the body otherwise.
func (w *walker) junkLine(s *headerState, pos, end, next int) bool {
	line := w.raw[pos:end]
	below := false
	if next < len(w.raw) {
		e, _ := w.line(next)
		l := bytes.TrimLeft(w.raw[next:e], " \t")
		below = looksLikeField(l)
	}
	if !below && !foldPrefix(line, "x-") && !foldPrefix(line, "content-") {
		return false
	}
	w.noteRaw(DefectJunkLine, pos, line)
	s.junk = true
	return true
}

// field adds one field; the arguments are offsets into w.raw.
func (w *walker) field(s *headerState, start, name, nameEnd, colon, next int) {
	s.junk = false
	raw := w.raw[name:nameEnd]
	if colon > nameEnd {
		w.noteRaw(DefectSpaceBeforeColon, start, raw)
	}
	lim := w.b.lim.Fields
	if len(s.h.Fields) >= lim || w.b.fields >= lim*fieldsFactor {
		if !s.tooMany {
			s.tooMany = true
			w.note(DefectFields, start, "")
		}
		if s.extra >= extraFields || !foldPrefix(raw, "content-") {
			return
		}
		s.extra++
	}
	for _, c := range raw {
		if c < '!' || c > '~' {
			w.noteRaw(DefectFieldName, start, raw)
			break
		}
	}
	if !s.reported && !utf8.Valid(w.raw[colon:next]) {
		s.reported = true
		w.noteRaw(DefectRaw8Bit, start, raw)
	}
	w.b.fields++
	if s.h.Fields == nil {
		room := fewFields
		if s.top {
			room = usualFields
		}
		s.h.Fields = make([]Field, 0, room)
	}
	s.h.Fields = append(s.h.Fields, Field{Name: w.fieldName(raw), Start: start - s.start, Colon: colon - s.start, End: next - s.start})
}

const (
	// fewFields and usualFields are how many fields there is room for from the
	// start, in the header of a part and of a message.
	fewFields   = 8
	usualFields = 64
	// nameRoom is how many octets of names share their memory.
	nameRoom = 512
)

// fieldName gives a field name as valid UTF-8. The common ones are constants;
// the others share memory, since a delivered message has dozens.
func (w *walker) fieldName(b []byte) string {
	if s, ok := commonName(b); ok {
		return s
	}
	if len(b) > nameRoom || !utf8.Valid(b) {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	if w.names == nil || w.names.Len()+len(b) > nameRoom {
		w.names = &strings.Builder{}
		w.names.Grow(nameRoom)
	}
	at := w.names.Len()
	w.names.Write(b)
	return w.names.String()[at:]
}
