package eml

import (
	"bytes"
	"strings"
)

// budget is what one message and the messages inside it share.
type budget struct {
	lim     Limits
	parts   int
	fields  int
	guessed int // octets read a second time
	encoded int // octets of encoded bodies
	decoded *ledger
}

func newBudget(l Limits) *budget {
	l = l.filled()
	return &budget{lim: l, decoded: newLedger(l.DecodedBytes)}
}

// level is one open multipart.
type level struct {
	bounds []string // the boundaries honoured for it
	closed bool     // its final boundary was seen
}

// stop is a delimiter line, or the end of the input (level -1).
type stop struct {
	level      int
	final      bool
	odd        bool // something stands behind the boundary
	start, end int  // of the line; end is behind its line ending
	bodyEnd    int  // of what stands before, without the line ending
}

// walker reads one run of bytes in a single pass, with a stack of the open
// multiparts. A message inside it in no transfer encoding is read in the same
// pass: base is where it starts.
type walker struct {
	raw     []byte
	b       *budget
	m       *Message // whose parts are being read
	base    int
	notes   *notes // of m
	levels  []level
	first   [256]uint8 // open boundaries by first octet
	eol     byte       // LF; CR in a message that has no LF
	bareCR  bool       // there are CR that are not part of a CRLF
	nextLF  int        // cached offsets of the next possible delimiters
	nextCR  int
	ended   bool             // a limit was reached: the rest is not looked at
	fromPos int              // cache key of nextLF and nextCR
	names   *strings.Builder // of fields, see fieldName
}

func newWalker(m *Message, raw []byte, b *budget) *walker {
	w := &walker{raw: raw, b: b, m: m, notes: &notes{}, eol: '\n', nextLF: -1, nextCR: -1}
	w.survey(raw)
	return w
}

// headerPart gives the octets up to the first empty line, which hold the
// header; all of raw where there is none.
func headerPart(raw []byte) []byte {
	for pos := 0; ; {
		n := bytes.IndexByte(raw[pos:], '\n')
		if n < 0 {
			return raw
		}
		pos += n + 1
		if rest := raw[pos:]; len(rest) > 0 && rest[0] == '\n' || len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			return raw[:pos]
		}
	}
}

// note adds a defect at an offset into w.raw.
func (w *walker) note(kind string, at int, detail string) {
	w.notes.add(kind, at-w.base, detail)
}

// noteRaw is note with octets of the message, which are copied only where the
// defect is kept.
func (w *walker) noteRaw(kind string, at int, b []byte) {
	if w.notes.room(kind) {
		w.note(kind, at, string(b[:min(len(b), maxDetail)]))
	}
}

// survey looks at the octets: line endings, NUL and long lines.
func (w *walker) survey(raw []byte) {
	crlf, lf, longest, longAt := 0, 0, 0, 0
	for pos := 0; pos < len(raw); {
		n := bytes.IndexByte(raw[pos:], '\n')
		if n < 0 {
			n = len(raw) - pos
		} else {
			lf++
			if n > 0 && raw[pos+n-1] == '\r' {
				crlf++
			}
		}
		if n > longest {
			longest, longAt = n, pos
		}
		pos += n + 1
	}
	cr := bytes.Count(raw, []byte{'\r'})
	if lf == 0 && cr > 0 {
		w.eol = '\r'
	}
	if cr > crlf {
		w.bareCR = w.eol == '\n'
		w.note(DefectBareCR, w.firstBareCR(), "")
	}
	if crlf > 0 && lf > crlf {
		w.note(DefectMixedNewlines, 0, "")
	}
	if longest > longLine {
		w.note(DefectLongLine, longAt, "")
	}
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		w.note(DefectNUL, i, "")
	}
}

func (w *walker) firstBareCR() int {
	for pos := 0; pos < len(w.raw); {
		i := bytes.IndexByte(w.raw[pos:], '\r')
		if i < 0 {
			break
		}
		pos += i
		if pos+1 >= len(w.raw) || w.raw[pos+1] != '\n' {
			return pos
		}
		pos++
	}
	return 0
}

// line gives the line at pos: end is without its line ending, next behind it.
func (w *walker) line(pos int) (end, next int) {
	i := bytes.IndexByte(w.raw[pos:], w.eol)
	if i < 0 {
		end, next = len(w.raw), len(w.raw)
	} else {
		end, next = pos+i, pos+i+1
	}
	for end > pos && w.raw[end-1] == '\r' {
		end--
	}
	return end, next
}

// push opens a multipart. It gives its level.
func (w *walker) push(bounds []string) int {
	w.levels = append(w.levels, level{bounds: bounds})
	for _, b := range bounds {
		w.first[firstOctet(b)]++
	}
	return len(w.levels) - 1
}

func (w *walker) pop() {
	last := len(w.levels) - 1
	for _, b := range w.levels[last].bounds {
		w.first[firstOctet(b)]--
	}
	w.levels = w.levels[:last]
}

// firstOctet of a boundary; of an empty one it is 0, which stands for a line
// of two hyphens only.
func firstOctet(b string) byte {
	if b == "" {
		return 0
	}
	return b[0]
}

// next gives the first delimiter line at or behind pos, which is the start of
// a line. Only lines that start with two hyphens are looked at.
func (w *walker) next(pos int) stop {
	eof := stop{level: -1, start: len(w.raw), end: len(w.raw), bodyEnd: len(w.raw)}
	if len(w.levels) == 0 || w.ended {
		return eof
	}
	from := pos
	for pos < len(w.raw) {
		if bytes.HasPrefix(w.raw[pos:], []byte("--")) {
			if s, ok := w.delimiter(pos); ok {
				s.bodyEnd = w.before(from, pos)
				return s
			}
		}
		p := w.dashes(pos)
		if p < 0 {
			break
		}
		pos = p
	}
	return eof
}

// dashes gives the next place behind pos where a line may start with two
// hyphens, or -1.
func (w *walker) dashes(pos int) int {
	if pos < w.fromPos { // reading a second time
		w.nextLF, w.nextCR = -1, -1
	}
	w.fromPos = pos
	p := len(w.raw)
	if w.eol == '\n' {
		if w.nextLF <= pos && w.nextLF < len(w.raw) {
			w.nextLF = dashLine(w.raw, pos, '\n')
		}
		p = w.nextLF
	}
	if w.eol == '\r' || w.bareCR {
		if w.nextCR <= pos && w.nextCR < len(w.raw) {
			w.nextCR = dashLine(w.raw, pos, '\r')
		}
		p = min(p, w.nextCR)
	}
	if p >= len(w.raw) {
		return -1
	}
	return p
}

// dashLine gives the first line behind pos that starts with two hyphens, or
// the end of b.
func dashLine(b []byte, pos int, eol byte) int {
	// A few lines by hand: bytes.Index is slow where every line is a hit.
	for i := pos; i < len(b) && i < pos+80; i++ {
		if b[i] == eol && i+2 < len(b) && b[i+1] == '-' && b[i+2] == '-' {
			return i + 1
		}
	}
	if i := bytes.Index(b[pos:], []byte{eol, '-', '-'}); i >= 0 {
		return pos + i + 1
	}
	return len(b)
}

// before gives the end of what stands before a delimiter line at pos. RFC 2046
// section 5.1.1: the line ending before it belongs to the delimiter.
func (w *walker) before(from, pos int) int {
	if pos > from && w.raw[pos-1] == '\n' {
		pos--
	}
	if pos > from && w.raw[pos-1] == '\r' {
		pos--
	}
	return pos
}

// delimiter says whether the line at pos, which starts with two hyphens, is a
// delimiter of an open multipart. The innermost open one wins, before those
// that were closed, since inner and outer may share a boundary.
func (w *walker) delimiter(pos int) (stop, bool) {
	var c byte
	if pos+2 < len(w.raw) {
		c = w.raw[pos+2]
	}
	if w.first[c] == 0 && w.first[0] == 0 {
		return stop{}, false
	}
	end, next := w.line(pos)
	s := stop{level: -1, start: pos, end: next}
	text := w.raw[pos+2 : end]
	trimmed := bytes.TrimRight(text, " \t\r\v\f\x00")
	if len(trimmed) > maxBoundary+2 {
		return s, false
	}
	closed := stop{level: -1}
	for i := len(w.levels) - 1; i >= 0; i-- {
		match, final, odd := w.levels[i].match(text, trimmed)
		if !match || odd && !w.mimeLine(next) {
			continue
		}
		hit := s
		hit.level, hit.final, hit.odd = i, final, odd
		if odd && closed.level >= 0 {
			continue
		}
		if !w.levels[i].closed && (!odd || s.level < 0) {
			if !odd {
				return hit, true
			}
			s = hit
			continue
		}
		if closed.level < 0 {
			closed = hit
		}
	}
	if closed.level >= 0 && !closed.odd {
		return closed, true
	}
	if s.level >= 0 {
		return s, true
	}
	return closed, closed.level >= 0
}

// match compares a line without its hyphens. An odd match has the boundary and
// something behind it: RFC 2046 section 5.1.1 compares the beginning only, but
// most programs compare the line.
func (l *level) match(text, trimmed []byte) (match, final, odd bool) {
	for _, b := range l.bounds {
		if b == "" {
			// The signature separator "-- " is no delimiter.
			if len(text) == 0 {
				return true, false, false
			}
			if string(trimmed) == "--" {
				return true, true, false
			}
			continue
		}
		if len(trimmed) < len(b) || trimmed[0] != b[0] || string(trimmed[:len(b)]) != b {
			continue
		}
		switch rest := trimmed[len(b):]; {
		case len(rest) == 0:
			return true, false, false
		case string(rest) == "--":
			return true, true, false
		default:
			match, odd = true, true
		}
	}
	return match, false, odd
}

// mimeLine says whether a field of a part's header stands at pos.
func (w *walker) mimeLine(pos int) bool {
	return pos < len(w.raw) && foldPrefix(w.raw[pos:], "content-")
}

// guess gives the boundaries that the body seems to have: lines that start
// with two hyphens and are followed by a part's header.
func (w *walker) guess(from, to int) []string {
	if w.b.guessed += to - from; w.b.guessed > guessBytes {
		return nil
	}
	var out []string
	lines := 0
	for pos := from; pos >= 0 && pos < to && len(out) < maxGuesses && lines < maxDashLines; pos = w.dashes(pos) {
		lines++
		if !bytes.HasPrefix(w.raw[pos:], []byte("--")) {
			continue
		}
		end, next := w.line(pos)
		if end <= pos+2 {
			continue
		}
		text := string(bytes.TrimRight(w.raw[pos+2:min(end, pos+2+maxBoundary)], " \t\r\v\f\x00"))
		if text == "" || text == "--" || strings.Trim(text, "-=_*") == "" && !w.mimeLine(next) {
			continue
		}
		if !w.mimeLine(next) && !w.blankBelow(text, next) {
			continue
		}
		if !contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// blankBelow says whether text can be the boundary of a part without header:
// one long word with a blank line below.
func (w *walker) blankBelow(text string, next int) bool {
	if len(text) < 8 || strings.ContainsAny(text, " \t") || strings.HasSuffix(text, "--") || next >= len(w.raw) {
		return false
	}
	end, _ := w.line(next)
	return end == next
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
