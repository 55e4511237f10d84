package eml

import (
	"bytes"
	"strings"
	"sync/atomic"
)

// The transfer encodings that are undone.
const (
	encBase64 = "base64"
	encQP     = "quoted-printable"
	encUU     = "x-uuencode"
)

// ledger counts the octets that all bodies of a message decode to.
type ledger struct{ left atomic.Int64 }

func newLedger(n int) *ledger {
	l := &ledger{}
	l.left.Store(int64(n))
	return l
}

// take gives how many of n octets may still be decoded.
func (l *ledger) take(n int) int {
	left := l.left.Add(-int64(n))
	if left >= 0 {
		return n
	}
	return max(0, n+int(left))
}

// knownEncoding gives the name of an encoding that programs know, or "".
func knownEncoding(s string) string {
	switch s {
	case "base64", "x-base64", "b64", "base-64", "mime-base64":
		return encBase64
	case "quoted-printable", "quotedprintable", "quoted_printable", "x-quoted-printable", "qp":
		return encQP
	case "7bit", "8bit", "binary", "7-bit", "8-bit", "8bits", "7bits":
		return strings.TrimSuffix(strings.Replace(s, "-", "", 1), "s")
	case "x-uuencode", "uuencode", "x-uue", "uue", "x-uu", "uu":
		return encUU
	}
	return ""
}

// encodingWords gives the words of a Content-Transfer-Encoding, in lower case
// and without comments, quotes and separators. clean says whether it was one
// token as RFC 2045 section 6.1 has it.
func encodingWords(value string) (words []string, clean bool) {
	v := strings.ToLower(value)
	if knownEncoding(v) != "" {
		return []string{v}, true
	}
	if strings.Contains(v, "=?") {
		v = strings.ToLower(DecodeWords(value))
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] == '(' {
			if end := commentEnd(v, i); end > 0 {
				i = end - 1
				continue
			}
			break
		}
		b.WriteByte(v[i])
	}
	words = strings.FieldsFunc(b.String(), func(r rune) bool {
		return r <= ' ' || strings.ContainsRune(`;,"'<>()`, r)
	})
	if len(words) > maxSameKind {
		words = words[:maxSameKind]
	}
	return words, len(words) == 1 && words[0] == v
}

// encoding settles the transfer encoding of p from its fields and, where those
// leave it open, from its body, which starts at body.
func (w *walker) encoding(p *Part, body int, head Header) {
	var known, other []string
	fields := 0
	for i := head.index("Content-Transfer-Encoding", 0); i >= 0; i = head.index("Content-Transfer-Encoding", i+1) {
		fields++
		words, clean := encodingWords(unfold(head.raw(i)))
		if !clean {
			w.note(DefectEncodingSyntax, p.HeaderStart+w.base+head.Fields[i].Start, unfold(head.raw(i)))
		}
		for _, word := range words {
			if k := knownEncoding(word); k != "" {
				if !contains(known, k) {
					known = append(known, k)
				}
			} else {
				other = append(other, word)
			}
		}
		if fields > maxSameKind {
			break
		}
	}
	switch {
	case fields == 0:
		return
	case len(known) == 1 && len(other) == 0:
		p.Encoding = known[0]
		return
	case len(known) > 1:
		w.note(DefectEncodingSeveral, body, strings.Join(known, " "))
	case len(other) > 0:
		w.note(DefectEncodingUnknown, body, other[0])
	}
	p.Encoding = w.settle(known, other, body)
	if len(other) > 0 || len(known) > 1 {
		w.note(DefectEncodingGuessed, body, p.Encoding)
	}
}

// settle picks an encoding by the start of the body.
func (w *walker) settle(known, other []string, body int) string {
	look := w.raw[body:min(len(w.raw), body+1024)]
	switch {
	case sniffBase64(look) && (len(known) == 0 || contains(known, encBase64)):
		return encBase64
	case sniffQP(look) && (len(known) == 0 || contains(known, encQP)):
		return encQP
	case bytes.HasPrefix(look, []byte("begin ")):
		return encUU
	case len(known) > 0:
		return known[0]
	case len(other) > 0:
		return strings.ToValidUTF8(other[0], "\uFFFD")
	}
	return ""
}

// sniffBase64 says whether a body can only be base64: its first lines hold
// nothing else, and are longer than a word.
func sniffBase64(b []byte) bool {
	n, lines := 0, 0
	for i, c := range b {
		switch {
		case base64Value[c] >= 0:
			if i > 0 && b[i-1] == '=' {
				return false // quoted-printable, rather
			}
			n++
		case c == '=':
			n++
		case c == '\n':
			lines++
		case c == '\r':
		case c == '-' && lines > 0: // a delimiter
			return n >= 16
		default:
			return false
		}
	}
	return n >= 16
}

// sniffQP says whether a body has an encoded octet of quoted-printable.
func sniffQP(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '=')
		if i < 0 || i+2 >= len(b) {
			return false
		}
		if hex := unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0; hex || b[i+1] == '\n' || b[i+1] == '\r' {
			return true
		}
		b = b[i+1:]
	}
}

// decodeTransfer undoes a transfer encoding. At most limit octets come out.
// Nothing is ever refused: what does not belong to the encoding is skipped.
func decodeTransfer(b []byte, encoding string, limit int) []byte {
	var out []byte
	switch encoding {
	case encBase64:
		out = decodeBase64(b)
	case encQP:
		out = decodeQP(b)
	case encUU:
		out = decodeUU(b)
	default:
		return b
	}
	return out[:min(len(out), limit)]
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// base64Value maps an octet to its value, or -1.
var base64Value = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(base64Alphabet) {
		t[base64Alphabet[i]] = int8(i)
	}
	return t
}()

// decodeBase64 skips what is not in the alphabet, as RFC 2045 section 6.8
// says. Padding ends a group and not the data: concatenated runs are read on.
func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3+3)
	var acc uint32
	n := 0
	b = afterBegin(b)
	junk, known := false, false // whether stray equals signs are junk
	for i, c := range b {
		v := base64Value[c]
		if v < 0 {
			if c != '=' || n == 0 {
				continue
			}
			if !endsGroup(b[i:], n) && !known {
				junk, known = wholeGroups(b), true
			}
			if !junk || endsGroup(b[i:], n) {
				out = flushBase64(out, acc, n)
				acc, n = 0, 0
			}
			continue
		}
		acc = acc<<6 | uint32(v)
		if n++; n == 4 {
			out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
			acc, n = 0, 0
		}
	}
	return flushBase64(out, acc, n)
}

// endsGroup says whether the equals sign at the start of b is padding of a group
// of n digits: it fills the group up, or no digit follows on its line.
func endsGroup(b []byte, n int) bool {
	run := 1
	for run < 3 && run < len(b) && b[run] == '=' {
		run++
	}
	return n+run == 4 || run >= len(b) || base64Value[b[run]] < 0
}

// wholeGroups says whether the digits make whole groups when all equals signs
// but the last are taken for junk.
func wholeGroups(b []byte) bool {
	n := 0
	for _, c := range b {
		if base64Value[c] >= 0 {
			n++
		}
	}
	tail := bytes.TrimRight(b, " \t\r\n")
	return (n+len(tail)-len(bytes.TrimRight(tail, "=")))%4 == 0
}

// afterBegin skips a line that begins a file in the manner of uuencode -m.
func afterBegin(b []byte) []byte {
	if bytes.HasPrefix(b, []byte("begin-base64 ")) {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return b[i+1:]
		}
	}
	return b
}

// flushBase64 adds the octets of an unfinished group of n digits.
func flushBase64(out []byte, acc uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(acc>>4))
	case 3:
		return append(out, byte(acc>>10), byte(acc>>2))
	}
	return out
}

// checkBase64 gives what is wrong with a base64 body and where, or "".
func checkBase64(b []byte) (at int, fault string) {
	n, pads, padAt := 0, 0, 0
	for i, c := range b {
		switch {
		case base64Value[c] >= 0:
			if pads > 0 {
				return padAt, "data after the padding"
			}
			n++
		case c == '=':
			if pads == 0 {
				padAt = i
			}
			pads++
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		default:
			return i, "an octet that is not base64"
		}
	}
	switch {
	case n%4 == 1:
		return len(b), "a lone digit at the end"
	case pads > 0 && (n+pads)%4 != 0:
		return padAt, "wrong padding"
	case pads > 2:
		return padAt, "too much padding"
	case n%4 != 0 && pads == 0:
		return len(b), "no padding"
	}
	return 0, ""
}

// decodeQP undoes quoted-printable (RFC 2045 section 6.7). An equals sign that
// encodes nothing stays; white space at the end of a line goes.
func decodeQP(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		line, rest := b, []byte(nil)
		if i >= 0 {
			line, rest = b[:i], b[i+1:]
		}
		text := bytes.TrimRight(line, " \t\r")
		for {
			j := bytes.IndexByte(text, '=')
			if j < 0 {
				break
			}
			out = append(out, text[:j]...)
			text = text[j:]
			if len(text) >= 3 {
				if hi, lo := unhex(text[1]), unhex(text[2]); hi >= 0 && lo >= 0 {
					out = append(out, byte(hi<<4|lo))
					text = text[3:]
					continue
				}
			}
			if len(text) == 1 {
				break // a soft line break
			}
			out = append(out, '=')
			text = text[1:]
		}
		b = rest
		if len(text) == 1 && text[0] == '=' {
			continue
		}
		out = append(out, text...)
		if i >= 0 {
			if i > 0 && line[i-1] == '\r' {
				out = append(out, '\r')
			}
			out = append(out, '\n')
		}
	}
	return out
}

// checkQP gives the first equals sign that encodes nothing by the letter of RFC
// 2045 section 6.7, or -1.
func checkQP(b []byte) int {
	for pos := 0; ; pos++ {
		i := bytes.IndexByte(b[pos:], '=')
		if i < 0 {
			return -1
		}
		pos += i
		rest := b[pos+1:]
		if len(rest) >= 2 && unhex(rest[0]) >= 0 && unhex(rest[1]) >= 0 {
			if rest[0] >= 'a' || rest[1] >= 'a' {
				return pos // lower case: some programs do not decode it
			}
			continue
		}
		rest = bytes.TrimLeft(rest[:min(len(rest), maxBoundary)], " \t\r")
		if len(rest) > 0 && rest[0] != '\n' {
			return pos
		}
	}
}
