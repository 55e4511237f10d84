package pdf

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// readString reads the string that b begins with: (…) or <…>.
func readString(b []byte) ([]byte, bool) {
	s, _, ok := cutString(b)
	return s, ok
}

// cutString reads a string and gives what is behind it. Where there is none it
// gives what is behind the first octet, and behind all that it has looked at
// where a string does not end, so that a row of openings takes linear time.
func cutString(b []byte) (s, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	if b[0] == '<' && b[1] != '<' {
		end := bytes.IndexByte(b[:min(len(b), maxString)], '>')
		if end < 0 {
			return nil, b[min(len(b), maxString):], false
		}
		return fromHex(b[1:end]), b[end+1:], true
	}
	if b[0] != '(' {
		return nil, b[1:], false
	}
	// ISO 32000-1 section 7.3.4.2: parentheses in pairs need no escape.
	out, depth := []byte(nil), 1
	for i := 1; i < len(b) && i < maxString; i++ {
		switch c := b[i]; c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out, b[i+1:], true
			}
		case '\\':
			var n int
			out, n = unescape(out, b[i+1:min(len(b), i+4)])
			i += n
			continue
		}
		out = append(out, b[i])
	}
	return nil, b[min(len(b), maxString):], false
}

// unescape reads what is behind a backslash, and gives its length.
func unescape(out, b []byte) ([]byte, int) {
	if len(b) == 0 {
		return out, 0
	}
	switch c := b[0]; {
	case c == 'n':
		return append(out, '\n'), 1
	case c == 'r':
		return append(out, '\r'), 1
	case c == 't':
		return append(out, '\t'), 1
	case c == 'b' || c == 'f':
		return append(out, ' '), 1
	case c == '\r' && len(b) > 1 && b[1] == '\n':
		return out, 2
	case c == '\r' || c == '\n':
		return out, 1
	case c >= '0' && c <= '7':
		v, n := 0, 0
		for n < len(b) && n < 3 && b[n] >= '0' && b[n] <= '7' {
			v = v<<3 | int(b[n]-'0')
			n++
		}
		return append(out, byte(v)), n
	default:
		return append(out, c), 1
	}
}

// showText takes the strings that a page shows. Pieces that one operator
// shows stand together; a wide step back in between is a space.
func (r *reader) showText(b []byte) {
	array := false
	for len(b) > 0 && r.text.Len() < maxText {
		switch c := b[0]; {
		case c == '(' || c == '<' && len(b) > 1 && b[1] != '<':
			s, rest, ok := cutString(b)
			b = rest
			if ok {
				r.put(s)
			}
		case c == '[':
			array, b = true, b[1:]
		case c == ']':
			array, b = false, b[1:]
		case array && c == '-':
			if wide(b[1:]) {
				r.text.WriteByte(' ')
			}
			b = b[1:]
		case c == 'T' && len(b) > 1 && (b[1] == '*' || b[1] == 'd' || b[1] == 'D' || b[1] == 'm'), c == 'E' && len(b) > 1 && b[1] == 'T':
			r.text.WriteByte('\n')
			b = b[2:]
		default:
			b = b[1:]
		}
	}
	r.text.WriteByte('\n')
}

// wide reports a step of at least two tenths of the font's size.
func wide(b []byte) bool {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n > 3 || n == 3 && b[0] >= '2'
}

// put adds a shown string: by the maps, where the file has any that knows all
// its codes, else as it is.
func (r *reader) put(s []byte) {
	if text, ok := r.maps.text(s); ok {
		r.text.WriteString(text)
		return
	}
	for _, c := range s {
		if c >= 0x20 && c != 0x7f {
			r.text.WriteRune(rune(c))
		}
	}
}

// cmap maps the codes of the file's fonts to text (ISO 32000-1 section
// 9.10.3). Where two maps disagree, the first counts.
type cmap struct {
	to   map[uint16]string
	wide bool // codes of two octets

	steps int // of ranges that were gone through
}

const (
	// maxCodes bounds the codes that are mapped.
	maxCodes = 1 << 16
	// maxSteps bounds what all ranges map together, the same codes again too.
	maxSteps = 1 << 18
	// maxRange bounds one range of codes.
	maxRange = 1 << 12
)

// read takes the characters and ranges of one map.
func (m *cmap) read(b []byte) {
	if m.to == nil {
		m.to = map[uint16]string{}
	}
	for _, kind := range []string{"bfchar", "bfrange"} {
		rest := b
		for {
			i := bytes.Index(rest, []byte("begin"+kind))
			if i < 0 {
				break
			}
			rest = rest[i+len("begin"+kind):]
			end := bytes.Index(rest, []byte("end"+kind))
			if end < 0 {
				end = len(rest)
			}
			m.section(rest[:end], kind == "bfrange")
			rest = rest[end:]
		}
	}
}

func (m *cmap) section(b []byte, ranges bool) {
	var row [][]byte
	want := 2
	if ranges {
		want = 3
	}
	for len(b) > 0 && len(m.to) < maxCodes {
		if b[0] == '[' && ranges && len(row) == 2 {
			b = m.list(row, b[1:])
			row = row[:0]
			continue
		}
		if b[0] != '<' {
			b = b[1:]
			continue
		}
		s, rest, ok := cutString(b)
		b = rest
		if !ok {
			continue
		}
		if row = append(row, s); len(row) == want {
			m.row(row)
			row = row[:0]
		}
	}
}

// list reads the form <first> <last> [<a> <b> …].
func (m *cmap) list(row [][]byte, b []byte) []byte {
	at, _ := m.code(row[0])
	for len(b) > 0 && b[0] != ']' {
		if b[0] != '<' {
			b = b[1:]
			continue
		}
		s, rest, ok := cutString(b)
		b = rest
		if ok {
			m.set(at, utf16Text(s))
			at++
		}
	}
	return b
}

func (m *cmap) row(row [][]byte) {
	first, ok := m.code(row[0])
	if !ok {
		return
	}
	if len(row) == 2 {
		m.set(first, utf16Text(row[1]))
		return
	}
	last, _ := m.code(row[1])
	text := utf16Text(row[2])
	head, size := utf8.DecodeLastRuneInString(text)
	for n := 0; n <= int(last)-int(first) && n < maxRange && m.steps < maxSteps; n++ {
		m.steps++
		m.set(first+uint16(n), text[:len(text)-size]+string(head+rune(n)))
	}
}

func (m *cmap) code(b []byte) (uint16, bool) {
	switch len(b) {
	case 1:
		return uint16(b[0]), true
	case 2:
		m.wide = true
		return uint16(b[0])<<8 | uint16(b[1]), true
	}
	return 0, false
}

func (m *cmap) set(code uint16, text string) {
	if _, ok := m.to[code]; !ok && text != "" {
		m.to[code] = text
	}
}

func utf16Text(b []byte) string {
	return textOf(append([]byte{0xfe, 0xff}, b...))
}

// text reads a shown string by the map.
func (m *cmap) text(s []byte) (string, bool) {
	if len(m.to) == 0 || len(s) == 0 {
		return "", false
	}
	step := 1
	if m.wide {
		if len(s)%2 != 0 {
			return "", false
		}
		step = 2
	}
	var out strings.Builder
	for i := 0; i < len(s); i += step {
		code := uint16(s[i])
		if step == 2 {
			code = code<<8 | uint16(s[i+1])
		}
		t, ok := m.to[code]
		if !ok {
			return "", false
		}
		out.WriteString(t)
	}
	return out.String(), true
}
