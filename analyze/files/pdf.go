package files

import (
	"bytes"
	"compress/zlib"

	"reportascam/analyze"
)

const (
	// maxPacked is how many packed streams of a PDF are opened to look for
	// objects and files in them; maxObjectStream is how much of one.
	maxPacked       = 300
	maxObjectStream = 2 << 20

	// maxPDFName is the longest name that is looked at (ISO 32000-2 annex C.1
	// allows 127), and maxDict how far back from a stream its dictionary may
	// begin.
	maxPDFName = 127
	maxDict    = 4096
)

// pdfReader goes through a PDF from its first octet to its last. It does not
// follow references: a name that does harm does it wherever it stands.
type pdfReader struct {
	l       *looker
	f       *found
	seen    map[string]bool // the names that matter
	streams int
	crypt   int // where /Encrypt stands, in the file; -1 for nowhere
}

// pdfMatters tells the names that matter (ISO 32000-2 sections 7.6, 7.11.4,
// 12.6.3 and 12.6.4).
func pdfMatters(name []byte) bool {
	switch string(name) {
	case "JS", "JavaScript", "Launch", "OpenAction", "AA", "GoToE", "ImportData", "SubmitForm", "EmbeddedFile", "EmbeddedFiles", "Encrypt":
		return true
	}
	return false
}

// pdf looks at what a PDF would do when opened.
func (l *looker) pdf(f *found) {
	b := l.read(f.b)
	p := &pdfReader{l: l, f: f, seen: map[string]bool{}, crypt: -1}
	p.file(b)
	if p.crypt >= 0 && pdfLocked(b, p.crypt) {
		f.add(analyze.TraitEncrypted)
	}
	acts := p.seen["Launch"] || p.seen["JS"] || p.seen["JavaScript"] || p.seen["GoToE"] || p.seen["ImportData"] || p.seen["SubmitForm"]
	for _, t := range []struct {
		is    bool
		trait analyze.FileTrait
	}{
		{p.seen["JS"] || p.seen["JavaScript"], analyze.TraitJavaScript},
		{p.seen["Launch"], analyze.TraitLaunch},
		{(p.seen["OpenAction"] || p.seen["AA"]) && acts, analyze.TraitOpensItself},
		{p.seen["SubmitForm"], analyze.TraitSubmits},
		{p.seen["EmbeddedFile"] || p.seen["EmbeddedFiles"], analyze.TraitHoldsFile},
	} {
		if t.is {
			f.add(t.trait)
		}
	}
	if !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")) && !bytes.Contains(b, []byte("endobj")) {
		f.add(analyze.TraitBroken)
	}
}

// file goes through the file: names outside of streams, and the streams that
// hold objects or files.
func (p *pdfReader) file(b []byte) {
	noEnd, last := false, 0
	for at := 0; at < len(b); {
		if b[at] != '/' && b[at] != 's' {
			at++
			continue
		}
		if b[at] == '/' {
			at++
			n := p.name(b[at:])
			if p.crypt < 0 && n > 0 && bytes.Equal(b[at:at+n], []byte("Encrypt")) {
				p.crypt = at + n
			}
			at += n
			continue
		}
		if noEnd || !bytes.HasPrefix(b[at:], []byte("stream")) || !afterDict(b, at) {
			at++
			continue
		}
		data := b[at+len("stream"):]
		end := bytes.Index(data, []byte("endstream"))
		if end < 0 {
			noEnd = true
			at++
			continue
		}
		p.stream(dictBefore(b[last:at]), bytes.TrimLeft(data[:end], "\r\n"))
		at += len("stream") + end + len("endstream")
		last = at
	}
}

// afterDict tells whether what stands at at follows a dictionary.
func afterDict(b []byte, at int) bool {
	t := bytes.TrimRight(b[max(0, at-32):at], " \t\r\n\x00\f")
	return bytes.HasSuffix(t, []byte(">>"))
}

// dictBefore gives the dictionary that ends before a stream: what is behind
// the word obj.
func dictBefore(b []byte) []byte {
	b = b[max(0, len(b)-maxDict):]
	if i := bytes.LastIndex(b, []byte("obj")); i >= 0 {
		return b[i+3:]
	}
	return b
}

// name notes a name if it matters, and gives its length.
func (p *pdfReader) name(b []byte) int {
	n := 0
	for n < len(b) && n < maxPDFName && !pdfDelimiters[b[n]] {
		n++
	}
	name := b[:n]
	if n <= 3*len("EmbeddedFiles") && bytes.IndexByte(name, '#') >= 0 {
		name = plainName(name)
	}
	if pdfMatters(name) && !p.seen[string(name)] {
		p.seen[string(name)] = true
	}
	return n
}

// pdfDelimiters end a name (ISO 32000-2 section 7.2.3).
var pdfDelimiters = func() (out [256]bool) {
	for c := range ' ' + 1 {
		out[c] = true
	}
	for _, c := range "()<>[]{}/%" {
		out[c] = true
	}
	return out
}()

// plainName undoes #41 in a name (ISO 32000-2 section 7.3.5).
func plainName(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '#' && i+2 < len(b) {
			if h, l := hexDigit(b[i+1]), hexDigit(b[i+2]); h >= 0 && l >= 0 {
				out = append(out, byte(h<<4|l))
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

// stream opens a stream that holds objects or a file.
func (p *pdfReader) stream(dict, data []byte) {
	if bytes.IndexByte(dict, '#') >= 0 {
		dict = plainName(dict)
	}
	objects := bytes.Contains(dict, []byte("/ObjStm"))
	file := bytes.Contains(dict, []byte("/EmbeddedFile"))
	if !objects && !file || p.crypt >= 0 {
		return
	}
	if p.streams++; p.streams > maxPacked {
		p.f.add(analyze.TraitNotAllLooked)
		return
	}
	whole := true
	if bytes.Contains(dict, []byte("/FlateDecode")) || bytes.Contains(dict, []byte("/Fl ")) || bytes.Contains(dict, []byte("/Fl/")) {
		limit := p.l.inflate(maxObjectStream)
		r, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil || limit == 0 {
			return
		}
		data, whole = p.l.drain(r, limit, limit)
	}
	if file {
		p.l.hold(p.f, source{content: data, size: int64(len(data)), cut: !whole && len(data) >= maxObjectStream})
		return
	}
	data = p.l.read(data)
	for {
		i := bytes.IndexByte(data, '/')
		if i < 0 {
			return
		}
		data = data[i+1:]
		data = data[p.name(data):]
	}
}
