package eml

import (
	"bytes"
	"strings"
)

// decodeUU decodes the lines between "begin" and "end"; without a begin line,
// everything is taken for data.
func decodeUU(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3)
	if i := uuBegin(b, 0); i >= 0 {
		b = b[i:]
	}
	for len(b) > 0 {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, b = b[:i], b[i+1:]
		} else {
			b = nil
		}
		line = bytes.TrimRight(line, "\r")
		if bytes.HasPrefix(line, []byte("begin ")) || len(line) == 0 {
			continue
		}
		if string(line) == "end" {
			break
		}
		n := int(line[0]-' ') & 63
		line = line[1:]
		for ; n > 0 && len(line) > 0; n -= 3 {
			var q [4]byte
			for k := range q {
				if k < len(line) {
					q[k] = (line[k] - ' ') & 63
				}
			}
			three := [3]byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
			out = append(out, three[:min(n, 3)]...)
			line = line[min(4, len(line)):]
		}
	}
	return out
}

// uuBegin gives the start of a "begin MODE NAME" line that is followed by a
// line of data, or -1.
func uuBegin(b []byte, from int) int {
	for pos := from; pos < len(b); {
		if pos == 0 || b[pos-1] == '\n' {
			if _, ok := uuName(b[pos:]); ok {
				return pos
			}
		}
		i := bytes.Index(b[pos:], []byte("\nbegin "))
		if i < 0 {
			return -1
		}
		pos += i + 1
		if _, ok := uuName(b[pos:]); ok {
			return pos
		}
	}
	return -1
}

// uuName gives the file name of a begin line.
func uuName(b []byte) (string, bool) {
	line, rest, ok := bytes.Cut(b[:min(len(b), 400)], []byte("\n"))
	if !ok || !bytes.HasPrefix(line, []byte("begin ")) {
		return "", false
	}
	mode, name, ok := bytes.Cut(line[len("begin "):], []byte(" "))
	if !ok || len(mode) < 3 || len(mode) > 4 {
		return "", false
	}
	for _, c := range mode {
		if c < '0' || c > '7' {
			return "", false
		}
	}
	data, _, _ := bytes.Cut(rest, []byte("\n"))
	data = bytes.TrimRight(data, "\r")
	if len(data) < 2 || len(data) > 1+(63+2)/3*4+2 || int(data[0]-' ')&63 > (len(data)-1)*3/4+2 {
		return "", false
	}
	s, _ := DecodeCharset(bytes.TrimSpace(name), "")
	return s, true
}

// uuFiles adds the files that stand in a text body to p as children.
func (w *walker) uuFiles(p *Part) {
	body := w.raw[w.base+p.BodyStart : w.base+p.BodyEnd]
	for from := 0; from < len(body) && w.b.parts < w.b.lim.Parts; {
		i := uuBegin(body, from)
		if i < 0 {
			return
		}
		name, _ := uuName(body[i:])
		end := len(body)
		if j := bytes.Index(body[i:], []byte("\nend")); j >= 0 {
			end = i + j + len("\nend")
		}
		w.b.parts++
		w.note(DefectUUBody, w.base+p.BodyStart+i, name)
		p.Children = append(p.Children, &Part{
			MediaType: "application/octet-stream", Encoding: encUU, Disposition: "attachment",
			Filename:    strings.ToValidUTF8(name, "\uFFFD"),
			HeaderStart: p.BodyStart + i, BodyStart: p.BodyStart + i, BodyEnd: p.BodyStart + end,
			m: p.m,
		})
		from = end
	}
}
