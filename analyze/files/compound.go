package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/cfb"
)

const (
	// maxStreams is how many streams of a compound file are looked at; a
	// document with macros has some dozens.
	maxStreams = 2000

	// maxRecords is how many records of a workbook are looked at for its list
	// of sheets, which stands at the beginning.
	maxRecords = 20000
)

// compound looks into a compound file: an Office document of before 2007, a
// document that is encrypted, an Outlook message or an installer.
func (l *looker) compound(f *found) {
	b := l.read(f.b)
	c, ok := cfb.Open(b)
	if !ok {
		f.add(analyze.TraitBroken)
		return
	}
	if c.TooMany {
		f.add(analyze.TraitNotAllLooked)
	}
	d := compoundReader{l: l, f: f, c: c}
	d.walk(0, "", 0)
	d.kind()
	if d.vba {
		l.vba(f, d.modules)
	}
}

// compoundReader is the work on one compound file.
type compoundReader struct {
	l *looker
	f *found
	c *cfb.File

	streams int
	modules [][]byte // of macros
	vba     bool
	names   map[string]bool // at the top
}

// content gives a stream, as far as it may still be read.
func (d *compoundReader) content(i int) []byte {
	if d.l.Read+int(min(d.c.Entries[i].Size, 1<<40)) > maxRead {
		d.f.add(analyze.TraitNotAllLooked)
		return nil
	}
	return d.l.read(d.c.Content(i))
}

// walk visits the streams of a storage. Storages are nested no deeper than
// documents in documents are.
func (d *compoundReader) walk(storage int, in string, depth int) {
	if depth == 0 {
		d.names = map[string]bool{}
	}
	for _, i := range d.c.Children(storage) {
		if d.streams++; d.streams > maxStreams {
			d.f.add(analyze.TraitNotAllLooked)
			return
		}
		e := &d.c.Entries[i]
		if depth == 0 {
			d.names[e.Name] = true
		}
		switch {
		case e.Kind == cfb.Storage && strings.HasPrefix(e.Name, "__attach_version1.0_"):
			d.attachment(i)
		case e.Kind == cfb.Storage && depth < 8:
			d.walk(i, e.Name, depth+1)
		case e.Kind == cfb.Stream:
			d.stream(i, in)
		}
	}
}

// stream looks at one stream by its name.
func (d *compoundReader) stream(i int, in string) {
	e := &d.c.Entries[i]
	switch {
	case strings.EqualFold(in, "VBA"):
		d.vba = true
		if !strings.EqualFold(e.Name, "dir") && !strings.HasPrefix(e.Name, "_VBA") && !strings.HasPrefix(e.Name, "__SRP") {
			d.modules = append(d.modules, d.content(i))
		}
	case e.Name == "Workbook" || e.Name == "Book":
		d.f.add(workbookTraits(d.content(i))...)
	case e.Name == "WordDocument":
		// MS-DOC section 2.5.2: fEncrypted.
		if b := d.content(i); len(b) > 11 && b[11]&1 != 0 {
			d.f.add(analyze.TraitEncrypted)
		}
	case e.Name == "EncryptedPackage", e.Name == "EncryptedSummary":
		d.f.add(analyze.TraitEncrypted)
	case strings.EqualFold(e.Name, "\x01Ole10Native"):
		d.f.add(analyze.TraitEmbedded)
		if s, ok := nativeFile(d.content(i)); ok {
			d.l.hold(d.f, s)
		}
	case e.Name == "Equation Native", e.Name == "Package":
		d.f.add(analyze.TraitEmbedded)
	}
}

// kind tells whose file it is.
func (d *compoundReader) kind() {
	// MS-MSI has no public page: the class of the root is the installer's.
	const installer = "000c1084-0000-0000-c000-000000000046"
	class := d.c.Entries[0].CLSID
	id := fmt.Sprintf("%08x-%04x-%04x-%x-%x", binary.LittleEndian.Uint32(class[:]), binary.LittleEndian.Uint16(class[4:]), binary.LittleEndian.Uint16(class[6:]), class[8:10], class[10:])
	switch n := d.names; {
	case id == installer:
		d.f.Type = analyze.FileInstaller
	case n["__properties_version1.0"]:
		d.f.Type = analyze.FileMessage
	case n["WordDocument"]:
		d.f.Type = analyze.FileDOC
	case n["Workbook"], n["Book"]:
		d.f.Type = analyze.FileXLS
	case n["PowerPoint Document"]:
		d.f.Type = analyze.FilePPT
	case n["EncryptedPackage"]:
		switch d.f.Claimed {
		case analyze.FileDOCX, analyze.FileXLSX, analyze.FilePPTX:
			d.f.Type = d.f.Claimed
		}
	}
}

// attachment lists a file of an Outlook message (MS-OXMSG section 2.2.2).
func (d *compoundReader) attachment(storage int) {
	var s source
	data := -1
	for _, i := range d.c.Children(storage) {
		if d.streams++; d.streams > maxStreams {
			return
		}
		switch e := &d.c.Entries[i]; e.Name {
		case "__substg1.0_3707001F", "__substg1.0_3704001F":
			if s.name == "" || e.Name == "__substg1.0_3707001F" {
				if b := d.content(i); len(b) > 0 {
					s.name = wideText(append([]byte("\xFF\xFE"), b[:min(len(b), 2*maxNameRead)]...))
				}
			}
		case "__substg1.0_3707001E", "__substg1.0_3704001E":
			if s.name == "" {
				b := d.content(i)
				s.name = string(b[:min(len(b), maxNameRead)])
			}
		case "__substg1.0_37010102":
			data = i
		}
	}
	if data >= 0 {
		s.content = d.content(data)
		s.size = int64(len(s.content))
		d.l.hold(d.f, s)
	}
}

// workbookTraits reads the list of sheets of a workbook (MS-XLS sections
// 2.4.28 and 2.4.117): one that holds Excel 4.0 macros, and a password.
func workbookTraits(b []byte) (out []analyze.FileTrait) {
	const (
		boundSheet = 0x85
		filePass   = 0x2F
	)
	for n := 0; len(b) >= 4 && n < maxRecords; n++ {
		id, size := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		b = b[4:]
		if size > len(b) {
			return out
		}
		switch {
		case id == filePass:
			return append(out, analyze.TraitEncrypted)
		case id == boundSheet && size >= 6 && b[5] == 1:
			out = append(out, analyze.TraitXLM)
		}
		b = b[size:]
	}
	return out
}

// nativeFile reads a file that was put into a document as an icon (MS-OLEDS
// section 2.3.6 and what Windows writes into it).
func nativeFile(b []byte) (source, bool) {
	if len(b) < 6 {
		return source{}, false
	}
	b = b[6:]
	cString := func() string {
		end := bytes.IndexByte(b[:min(len(b), maxNameRead)], 0)
		if end < 0 {
			b = nil
			return ""
		}
		s := string(b[:end])
		b = b[end+1:]
		return s
	}
	label := cString()
	path := cString()
	if len(b) < 8 {
		return source{}, false
	}
	b = b[8:]
	cString() // where it was unpacked
	if len(b) < 4 {
		return source{}, false
	}
	size := int64(binary.LittleEndian.Uint32(b))
	b = b[4:]
	name := label
	if ending(name) == "" {
		name = path
	}
	content := b[:min(size, int64(len(b)))]
	return source{name: name, content: content, size: int64(len(content))}, true
}

// macros looks at a project of macros, which is a compound file by itself.
func (l *looker) macros(f *found) {
	c, ok := cfb.Open(f.b)
	if !ok {
		f.add(analyze.TraitMacros)
		return
	}
	d := compoundReader{l: l, f: f, c: c}
	d.walk(0, "", 0)
	l.vba(f, d.modules)
}
