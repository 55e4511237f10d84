package files

import (
	"bytes"
	"strings"

	"reportascam/analyze"
)

const (
	// maxModule is how much source of one module of macros is decompressed.
	maxModule = 1 << 20

	vbaChunk = 4096 // MS-OVBA section 2.4.1.1.2
)

// autoruns are the names of procedures that Office runs by itself, and words
// that start programs or fetch files, in lower case.
var autoruns = []string{
	"autoopen", "auto_open", "autoexec", "autoclose", "auto_close", "autonew", "document_open", "document_close", "document_new",
	"documentopen", "workbook_open", "workbook_activate", "workbook_beforeclose", "workbook_close", "_layout", "_painted", "_mousemove",
	"shell(", "shell ", "wscript.shell", "createobject(", "urldownloadtofile", "xmlhttp", "powershell", "callbyname", "virtualalloc", "getobject(",
}

// vba looks at the modules of a project of macros. A project whose modules
// hold no instruction is as good as none: Office writes such.
func (l *looker) vba(f *found, modules [][]byte) {
	empty := len(modules) > 0
	for _, m := range modules {
		src, ok := moduleSource(m)
		if !ok {
			// What cannot be read may have been made so (stomped).
			empty = empty && len(m) < 64
			continue
		}
		l.Inflated += len(src)
		code := strings.ToLower(string(src))
		if !instructions(code) {
			continue
		}
		empty = false
		for _, w := range autoruns {
			if strings.Contains(code, w) {
				f.add(analyze.TraitMacros, analyze.TraitAutorun)
				break
			}
		}
	}
	if !empty {
		f.add(analyze.TraitMacros)
	}
}

// instructions tells whether a module has more than attributes, options and
// remarks.
func instructions(code string) bool {
	for line := range strings.Lines(code) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "attribute ") && !strings.HasPrefix(line, "option ") && !strings.HasPrefix(line, "'") &&
			!strings.HasPrefix(line, "version ") && !strings.HasPrefix(line, "begin") && line != "end" && !strings.HasPrefix(line, "multiuse") {
			return true
		}
	}
	return false
}

// moduleSource gives the source in a module's stream. Where it begins stands
// in another stream; it always begins with "Attribute", of which the first
// eight letters are not compressed.
func moduleSource(b []byte) ([]byte, bool) {
	i := bytes.Index(b, []byte("\x00Attribut"))
	if i < 3 || b[i-3] != 1 {
		return nil, false
	}
	return ovba(b[i-2:]), true
}

// ovba undoes the compression of macros (MS-OVBA section 2.4.1), as far as it
// is sound.
func ovba(b []byte) []byte {
	var out []byte
	for len(b) >= 2 && len(out) < maxModule {
		head := int(b[0]) | int(b[1])<<8
		size := head&0x0FFF + 1
		chunk := b[2:min(2+size, len(b))]
		b = b[min(2+size, len(b)):]
		if head&0x8000 == 0 {
			out = append(out, chunk...)
			continue
		}
		out = ovbaChunk(out, chunk)
	}
	return out
}

func ovbaChunk(out, chunk []byte) []byte {
	start := len(out)
	for len(chunk) > 0 {
		flags := chunk[0]
		chunk = chunk[1:]
		for bit := 0; bit < 8 && len(chunk) > 0; bit++ {
			if flags>>bit&1 == 0 {
				out = append(out, chunk[0])
				chunk = chunk[1:]
				continue
			}
			if len(chunk) < 2 {
				return out
			}
			token := int(chunk[0]) | int(chunk[1])<<8
			chunk = chunk[2:]
			done := len(out) - start
			bits := 4
			for 1<<bits < done {
				bits++
			}
			length := token&(1<<(16-bits)-1) + 3
			from := len(out) - (token>>(16-bits) + 1)
			if from < start || done+length > 2*vbaChunk {
				return out
			}
			for range length {
				out = append(out, out[from])
				from++
			}
		}
	}
	return out
}
