package auth

import (
	"bytes"
	"encoding/binary"
	"io"
)

// canon is a canonicalisation of RFC 6376 section 3.4.
type canon uint8

const (
	canonSimple canon = iota
	canonRelaxed
)

func (c canon) String() string {
	if c == canonRelaxed {
		return "relaxed"
	}
	return "simple"
}

const (
	canonBuffer = 1024 // octets gathered before the hash is called
	canonDirect = 512  // runs at least this long go to the hash without being copied
	noLimit     = -1   // canonBody: the whole body
)

// crlfPage is written where empty lines stand.
var crlfPage = bytes.Repeat([]byte("\r\n"), canonDirect/2)

// bodyWriter passes canonical octets on, up to a limit, and counts them all.
type bodyWriter struct {
	w     io.Writer
	left  int64 // still to be passed on; negative: all
	total int64
	buf   []byte
}

func (b *bodyWriter) write(p []byte) {
	b.total += int64(len(p))
	if b.left >= 0 {
		if int64(len(p)) > b.left {
			p = p[:b.left]
		}
		b.left -= int64(len(p))
	}
	if len(b.buf)+len(p) > canonBuffer || len(p) >= canonDirect {
		b.flush()
		if len(p) >= canonDirect {
			_, _ = b.w.Write(p) // a hash never fails (package hash)
			return
		}
	}
	if b.buf == nil {
		b.buf = make([]byte, 0, canonBuffer)
	}
	b.buf = append(b.buf, p...)
}

func (b *bodyWriter) flush() {
	if len(b.buf) > 0 {
		_, _ = b.w.Write(b.buf)
		b.buf = b.buf[:0]
	}
}

func (b *bodyWriter) newlines(n int) {
	for n > 0 {
		k := min(n, len(crlfPage)/2)
		b.write(crlfPage[:2*k])
		n -= k
	}
}

// canonBody writes the canonical form of a message body to w: at most limit
// octets of it (noLimit: all). It gives the length of the whole canonical
// body. It takes one pass and constant memory, whatever the body.
//
// A bare LF ends a line: files are saved so, and mail never holds one on the
// wire (RFC 6376 section 5.3). A bare CR is an ordinary character.
func canonBody(c canon, body []byte, limit int64, w io.Writer) int64 {
	out := &bodyWriter{w: w, left: limit}
	body = trimBlank(c, body)
	start, pos := 0, 0 // body[start:pos] is canonical as it stands
	for pos < len(body) {
		block, plain := nextBlock(c, body, pos)
		for !plain && pos < block {
			line, end, crlf := nextLine(body, pos)
			if !crlf || c == canonRelaxed && !isPlain(line) {
				out.write(body[start:pos])
				if c == canonRelaxed {
					out.reduced(line)
				} else {
					out.write(line)
				}
				out.newlines(1)
				start = end
			}
			pos = end
		}
		pos = block
	}
	out.write(body[start:])
	if c == canonSimple && out.total == 0 {
		out.newlines(1) // RFC 6376 section 3.4.3: an empty body is one CRLF
	}
	out.flush()
	return out.total
}

// trimBlank gives a body without the empty lines at its end, which do not count
// (RFC 6376 sections 3.4.3, 3.4.4).
func trimBlank(c canon, body []byte) []byte {
	for len(body) > 0 {
		line := body
		if line[len(line)-1] == '\n' {
			line = bytes.TrimSuffix(line[:len(line)-1], []byte("\r"))
		}
		start := len(line)
		for start > 0 && c == canonRelaxed && isWSP(line[start-1]) {
			start--
		}
		if start > 0 && line[start-1] != '\n' {
			return body
		}
		body = body[:start]
	}
	return nil
}

// canonBlock is how much of a body is looked at together.
const canonBlock = 4096

// nextBlock gives the end of a block of whole lines from pos on, and whether
// canonicalisation leaves it as it is, by looks that cost far less than those
// at single lines. It may take a plain block for one that is not.
func nextBlock(c canon, body []byte, pos int) (end int, plain bool) {
	block := body[pos:min(pos+canonBlock, len(body))]
	last := bytes.LastIndexByte(block, '\n')
	if last < 0 { // one long line, or the last without ending
		_, end, _ = nextLine(body, pos)
		return end, false
	}
	block, end = block[:last+1], pos+last+1
	if c == canonRelaxed && (bytes.IndexByte(block, '\t') >= 0 || hasSpaces(block)) {
		return end, false
	}
	for at := 0; at < len(block); {
		nl := at + bytes.IndexByte(block[at:], '\n')
		if nl == 0 || block[nl-1] != '\r' || c == canonRelaxed && nl > 1 && block[nl-2] == ' ' {
			return end, false
		}
		at = nl + 1
	}
	return end, true
}

// hasSpaces tells whether two spaces stand together. It looks at eight pairs of
// neighbours at a time, and decides only at the end: a branch a look would cost
// more than the looks.
func hasSpaces(b []byte) bool {
	const word = 8
	var found uint64
	for ; len(b) > 2*word; b = b[2*word:] {
		found |= pairs(b) | pairs(b[word:])
	}
	for i := 1; i < len(b); i++ {
		if b[i-1] == ' ' && b[i] == ' ' {
			return true
		}
	}
	return found&tops != 0
}

// pairs sets the top bits of some octets, among tops, if one of the first eight
// octets of b and its neighbour are spaces. b has nine at least.
func pairs(b []byte) uint64 {
	no := binary.LittleEndian.Uint64(b) ^ ' '*ones | binary.LittleEndian.Uint64(b[1:]) ^ ' '*ones
	return (no - ones) &^ no
}

// nextLine gives the line at pos without its ending, where the next one
// starts, and whether it ends in CRLF.
func nextLine(body []byte, pos int) (line []byte, end int, crlf bool) {
	nl := bytes.IndexByte(body[pos:], '\n')
	if nl < 0 {
		return body[pos:], len(body), false
	}
	end = pos + nl + 1
	if nl > 0 && body[end-2] == '\r' {
		return body[pos : end-2], end, true
	}
	return body[pos : end-1], end, false
}

// isPlain tells whether relaxed canonicalisation leaves a line as it is: no
// tab, no two spaces together, none at the end. It looks at eight octets at a
// time, and decides only at the end: a branch a look would cost more than the
// looks. Steps of seven let each pair of neighbours fall into one look.
func isPlain(line []byte) bool {
	const word = 8
	n := len(line)
	if n == 0 {
		return true
	}
	if line[n-1] == ' ' {
		return false
	}
	if n < word {
		for i, c := range line {
			if c == '\t' || c == ' ' && line[i+1] == ' ' { // the last is no space
				return false
			}
		}
		return true
	}
	worked := marks(binary.LittleEndian.Uint64(line[n-word:]))
	for rest := line; len(rest) > word; rest = rest[word-1:] {
		worked |= marks(binary.LittleEndian.Uint64(rest))
	}
	return worked&tops == 0
}

const ones, tops = 0x0101010101010101, 0x8080808080808080

// marks sets the top bits of some octets, among tops, if eight octets hold a
// tab or two spaces together. It finds all that do; it may also take "!" after
// a space for one, which only costs the longer way.
func marks(w uint64) uint64 {
	sp, tab := w^(' '*ones), w^('\t'*ones)
	spaces := (sp - ones) &^ sp
	return (tab-ones)&^tab | spaces&(spaces<<8)
}

// reduced writes a line with its runs of white space made one space, and none
// at its end (RFC 6376 section 3.4.4).
func (b *bodyWriter) reduced(line []byte) {
	for len(line) > 0 && isWSP(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	for len(line) > 0 {
		i := 0
		for i < len(line) && !isWSP(line[i]) {
			i++
		}
		b.write(line[:i])
		line = line[i:]
		if len(line) == 0 {
			return
		}
		b.write([]byte(" "))
		for len(line) > 0 && isWSP(line[0]) {
			line = line[1:]
		}
	}
}

func isWSP(c byte) bool { return c == ' ' || c == '\t' }

// canonHeader appends the canonical form of one header field, with its CRLF,
// to dst. field is the field as it stands, with or without its line ending.
func canonHeader(c canon, field, dst []byte) []byte {
	if c == canonSimple {
		for len(field) > 0 {
			line, end, _ := nextLine(field, 0)
			dst = append(append(dst, line...), '\r', '\n')
			field = field[end:]
		}
		return dst
	}
	colon := bytes.IndexByte(field, ':')
	if colon < 0 {
		colon = len(field)
	}
	for _, ch := range bytes.TrimRight(field[:colon], " \t\r\n") {
		if 'A' <= ch && ch <= 'Z' {
			ch += 'a' - 'A'
		}
		dst = append(dst, ch)
	}
	dst = append(dst, ':')
	first, gap := len(dst), false
	for i := min(colon+1, len(field)); i < len(field); {
		ch := field[i]
		switch {
		case isWSP(ch):
			gap = true
			i++
		case ch == '\n' || ch == '\r' && (i+1 == len(field) || field[i+1] == '\n'):
			i++ // a line ending: unfolded away (RFC 6376 section 3.4.2)
		default:
			if gap && len(dst) > first {
				dst = append(dst, ' ')
			}
			gap = false
			start := i
			for i++; i < len(field) && !isFWS(field[i]); i++ {
			}
			dst = append(dst, field[start:i]...)
		}
	}
	return append(dst, '\r', '\n')
}

// canonSignature appends the canonical form of a signature's own field to
// dst: the value of its b= tag taken out, and no CRLF at the end (RFC 6376
// section 3.7).
func canonSignature(c canon, field, dst []byte) []byte {
	var near [1024]byte // most signatures fit
	dst = canonHeader(c, cutB(near[:0], field), dst)
	return bytes.TrimSuffix(dst, []byte("\r\n"))
}

// cutB appends a tag-list field without the value of its b= tag to out. Only a
// tag named b counts, not "b=" inside another tag's value.
func cutB(out, field []byte) []byte {
	colon := bytes.IndexByte(field, ':')
	if colon < 0 {
		return append(out, field...)
	}
	out = append(out, field[:colon+1]...)
	rest := field[colon+1:]
	for len(rest) > 0 {
		spec, tail := rest, []byte(nil)
		if i := bytes.IndexByte(rest, ';'); i >= 0 {
			spec, tail = rest[:i], rest[i:]
		}
		if eq := bytes.IndexByte(spec, '='); eq >= 0 && string(bytes.Trim(spec[:eq], " \t\r\n")) == "b" {
			spec = spec[:eq+1]
			if tail == nil {
				tail = lineEnd(rest)
			}
		}
		out = append(out, spec...)
		if len(tail) == 0 || tail[0] != ';' {
			return append(out, tail...)
		}
		out = append(out, ';')
		rest = tail[1:]
	}
	return out
}

// lineEnd gives the line ending that a field ends in, if any.
func lineEnd(b []byte) []byte {
	switch {
	case bytes.HasSuffix(b, []byte("\r\n")):
		return b[len(b)-2:]
	case bytes.HasSuffix(b, []byte("\n")):
		return b[len(b)-1:]
	}
	return nil
}
