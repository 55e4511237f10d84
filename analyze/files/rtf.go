package files

import (
	"bytes"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/cfb"
)

const (
	// maxObjects is how many objects of an RTF document are decoded, and
	// maxObject how many octets of one.
	maxObjects = 10
	maxObject  = 4 << 20
)

// rtf looks for objects in a document and for a template that it loads (RTF
// 1.9.1: \object, \*\template).
func (l *looker) rtf(f *found) {
	b := l.read(f.b)
	low := bytes.ToLower(b)
	if bytes.Contains(low, []byte(`\objupdate`)) || bytes.Contains(low, []byte(`\objautlink`)) {
		f.add(analyze.TraitRemoteTemplate)
	}
	if i := bytes.Index(low, []byte(`\*\template`)); i >= 0 {
		end := min(i+300, len(low))
		if elsewhere(strings.TrimSpace(string(low[i+len(`\*\template`) : end]))) {
			f.add(analyze.TraitRemoteTemplate)
		}
	}
	for n := 0; n < maxObjects; n++ {
		i := bytes.Index(low, []byte(`\objdata`))
		if i < 0 {
			return
		}
		low = low[i+len(`\objdata`):]
		f.add(analyze.TraitEmbedded)
		data, used := hexData(low)
		low = low[used:]
		l.Inflated += len(data)
		l.object(f, data)
	}
	f.add(analyze.TraitNotAllLooked)
}

// hexData decodes the digits up to the end of a group, and how far that was.
func hexData(b []byte) (out []byte, used int) {
	half, have := byte(0), false
	for i, c := range b {
		switch {
		case c == '}' || len(out) >= maxObject:
			return out, i
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			continue
		}
		if have {
			out = append(out, half<<4|c)
		}
		half, have = c, !have
	}
	return out, len(b)
}

// object looks into the data of an OLE object: a compound file, or a file in a
// package (MS-OLEDS section 2.2).
func (l *looker) object(f *found, data []byte) {
	if i := bytes.Index(data[:min(len(data), sniffSize)], []byte(cfb.Signature)); i >= 0 {
		l.hold(f, source{name: "object", content: data[i:], size: int64(len(data) - i)})
		return
	}
	i := bytes.Index(data[:min(len(data), 256)], []byte("Package\x00"))
	if i < 0 {
		return
	}
	// Two empty names, the size, then as Windows has it in a document.
	rest := data[i+len("Package\x00"):]
	if len(rest) > 16 {
		if s, ok := nativeFile(rest[8:]); ok {
			l.hold(f, s)
		}
	}
}

// oneNote looks for the files in a notebook (MS-ONESTORE section 2.6.13):
// each stands behind a mark, with its size.
func (l *looker) oneNote(f *found) {
	const mark = "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC"
	const head = 16 + 8 + 4 + 8
	b := l.read(f.b)
	for len(b) > 0 {
		i := bytes.Index(b, []byte(mark))
		if i < 0 || len(b)-i < head {
			return
		}
		b = b[i:]
		size := 0
		for k := 5; k >= 0; k-- { // a file has fewer than 2^48 octets
			size = size<<8 | int(b[16+k])
		}
		content := b[head:]
		content = content[:min(size, len(content))]
		if l.Files >= maxFiles {
			f.add(analyze.TraitNotAllLooked)
			return
		}
		if is := sniff(content); is.Class() != analyze.ClassPicture && len(content) > 0 {
			f.add(analyze.TraitEmbedded)
			l.hold(f, source{name: "", content: content, size: int64(size)})
		}
		b = b[min(head+len(content), len(b)):]
	}
}
