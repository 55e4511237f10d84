package files

import (
	"strings"

	"reportascam/analyze"
)

// zip looks into an archive, or into the document that is one.
func (l *looker) zip(f *found) {
	b := l.read(f.b)
	if len(b) < len(f.b) {
		f.add(analyze.TraitNotAllLooked)
		return
	}
	z := readZip(b, true)
	if len(z.entries) == 0 {
		if len(b) > endSize {
			f.add(analyze.TraitBroken)
		}
		return
	}
	if is := zipKind(z); is != analyze.FileUnknown {
		f.Type = is
	}
	switch f.Type {
	case analyze.FileDOCX, analyze.FileXLSX, analyze.FilePPTX:
		l.officeZip(f, z)
	case analyze.FileODF, analyze.FileEBook:
		l.openDocument(f, z)
	default:
		if f.Type == analyze.FileZIP && z.rebuilt {
			f.add(analyze.TraitBroken)
		}
		l.zipFiles(f, z)
	}
}

// zipKind tells what an archive is by the names in it.
func zipKind(z *zipDirectory) analyze.FileType {
	var types, word, excel, slides, manifest, class bool
	for i := range z.entries {
		name := strings.ToLower(strings.ReplaceAll(z.entries[i].name, `\`, "/"))
		switch {
		case name == "[content_types].xml":
			types = true
		case strings.HasPrefix(name, "word/"):
			word = true
		case strings.HasPrefix(name, "xl/"):
			excel = true
		case strings.HasPrefix(name, "ppt/"):
			slides = true
		case name == "androidmanifest.xml":
			return analyze.FileAPK
		case name == "appxmanifest.xml", name == "appxmetadata/appxbundlemanifest.xml":
			return analyze.FileInstaller
		case name == "meta-inf/manifest.mf":
			manifest = true
		case strings.HasSuffix(name, ".class"):
			class = true
		case name == "mimetype" && i == 0:
			data := string(z.data(&z.entries[i]))
			if strings.HasPrefix(data, "application/vnd.oasis.opendocument") {
				return analyze.FileODF
			}
			if strings.HasPrefix(data, "application/epub") {
				return analyze.FileEBook
			}
		}
	}
	switch {
	case types && word:
		return analyze.FileDOCX
	case types && excel:
		return analyze.FileXLSX
	case types && slides:
		return analyze.FilePPTX
	case manifest && class:
		return analyze.FileJAR
	}
	return analyze.FileUnknown
}

// zipFiles lists the files of an archive.
func (l *looker) zipFiles(f *found, z *zipDirectory) {
	l.zipTraits(f, z)
	if !opens(f.Type) && !f.Has(analyze.TraitAppended) {
		return // a program's own archive holds what programs hold
	}
	for i := range z.entries {
		e := &z.entries[i]
		if strings.HasSuffix(e.name, "/") || strings.HasSuffix(e.name, `\`) {
			continue
		}
		if l.Files >= maxFiles {
			f.add(analyze.TraitNotAllLooked)
			return
		}
		l.hold(f, l.zipSource(z, e))
	}
}

// zipSource unpacks an entry as far as it is worth: its beginning, and all of
// it where that tells that it can be looked into.
func (l *looker) zipSource(z *zipDirectory, e *zipFile) source {
	s := source{name: e.name, size: e.size, locked: e.locked()}
	s.padded = e.size > bombSize/16 && e.size > bombRatio*e.packed
	if s.locked {
		return s
	}
	head, whole := l.unpack(z, e, peekSize)
	if !whole && len(head) == peekSize && worth(head, e.name) {
		head, whole = l.unpack(z, e, maxEntry)
	}
	s.content, s.cut = head, !whole
	if z.rebuilt {
		s.size = int64(len(head))
	}
	return s
}

// worth tells by its beginning and its name whether a file is worth unpacking
// whole.
func worth(head []byte, name string) bool {
	is := sniff(head)
	if is == analyze.FileUnknown || is == analyze.FileText || is == analyze.FileXML {
		is = byEnding(ending(name))
		return is == analyze.FileHTML || is == analyze.FileSVG || is.Class() == analyze.ClassDisk
	}
	return opens(is) || is.Class().Runs()
}

// zipTraits notes what an archive does to who opens or scans it.
func (l *looker) zipTraits(f *found, z *zipDirectory) {
	size := int64(0)
	for i := range z.entries {
		e := &z.entries[i]
		size += min(e.size, 1<<50)
		if e.locked() && !z.rebuilt {
			f.add(analyze.TraitEncrypted)
		}
		if escapes(e.name) {
			f.add(analyze.TraitPathEscape)
		}
	}
	if size > bombSize && size > bombRatio*int64(len(z.b)) {
		f.add(analyze.TraitBomb)
	}
	for _, t := range []struct {
		is    bool
		trait analyze.FileTrait
	}{
		{z.overlapping, analyze.TraitOverlapping}, {z.twoFaced, analyze.TraitTwoFaced},
		{z.masked, analyze.TraitNamesEncrypted}, {z.more, analyze.TraitNotAllLooked},
	} {
		if t.is {
			f.add(t.trait)
		}
	}
}

// escapes tells whether a name leads out of the folder that an archive is
// unpacked into.
func escapes(name string) bool {
	if len(name) > 1 && name[1] == ':' || strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`) {
		return true
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return true
		}
	}
	return false
}
