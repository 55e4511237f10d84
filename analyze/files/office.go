package files

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"reportascam/analyze"
)

const (
	// maxPart is how much of one part of an office document is read.
	maxPart = 4 << 20

	// maxRelations is how many of its lists of relations are read; a workbook
	// has one for each sheet.
	maxRelations = 60

	// maxEmbedded is how many objects in a document are looked at.
	maxEmbedded = 20
)

// officeZip looks into an Office document (ECMA-376 part 2): macros, what it
// loads from elsewhere, and objects in it.
func (l *looker) officeZip(f *found, z *zipDirectory) {
	l.zipTraits(f, z)
	relations, embedded := 0, 0
	for i := range z.entries {
		e := &z.entries[i]
		name := strings.ToLower(strings.ReplaceAll(e.name, `\`, "/"))
		switch {
		case strings.HasSuffix(name, "vbaproject.bin"):
			inner := &found{b: l.officePart(z, e), depth: f.depth}
			l.macros(inner)
			f.add(inner.Traits...)
			if len(inner.Traits) == 0 && len(inner.b) == 0 {
				f.add(analyze.TraitMacros)
			}
		case strings.Contains(name, "/macrosheets/"), strings.Contains(name, "/intlmacrosheets/"):
			f.add(analyze.TraitXLM)
		case strings.HasSuffix(name, ".rels") && relations < maxRelations:
			relations++
			f.add(remoteParts(l.officePart(z, e))...)
		case name == "word/document.xml" && startsProgram(l.officePart(z, e)):
			f.add(analyze.TraitDDE)
		case strings.HasPrefix(name, "xl/externallinks/externallink") && bytes.Contains(l.officePart(z, e), []byte("<ddeLink")):
			f.add(analyze.TraitDDE)
		case strings.Contains(name, "/embeddings/") && !strings.HasSuffix(name, "/") && embedded < maxEmbedded:
			embedded++
			f.add(analyze.TraitEmbedded)
			l.hold(f, l.zipSource(z, e))
		}
	}
}

func (l *looker) officePart(z *zipDirectory, e *zipFile) []byte {
	if e.locked() {
		return nil
	}
	b, _ := l.unpack(z, e, maxPart)
	return l.read(b)
}

// remoteParts tells whether a list of relations has one whose target is
// loaded from elsewhere as soon as the document is opened. Links that wait for
// a click are no such, and neither is a template on the writer's own disk.
func remoteParts(b []byte) (out []analyze.FileTrait) {
	z := html.NewTokenizer(bytes.NewReader(b))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if string(name) != "relationship" {
				continue
			}
			attrs := map[string]string{}
			for n := 0; more && n < 16; n++ {
				var k, v []byte
				k, v, more = z.TagAttr()
				attrs[string(k)] = strings.ToLower(strings.TrimSpace(string(v)))
			}
			if attrs["targetmode"] == "external" && loads(attrs["type"]) && elsewhere(attrs["target"]) {
				out = append(out, analyze.TraitRemoteTemplate)
			}
		}
	}
}

// loads tells the relations that are followed when a document is opened.
func loads(relation string) bool {
	for _, kind := range []string{"/attachedtemplate", "/oleobject", "/frame", "/subdocument", "/package"} {
		if strings.HasSuffix(relation, kind) {
			return true
		}
	}
	return false
}

// elsewhere tells whether a target is on another computer.
func elsewhere(target string) bool {
	for _, p := range []string{"http:", "https:", "ftp:", "mhtml:", "ms-", `\\`, "//"} {
		if strings.HasPrefix(target, p) {
			return true
		}
	}
	path, isFile := strings.CutPrefix(target, "file:")
	path = strings.ReplaceAll(path, `\`, "/")
	return isFile && strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///")
}

// startsProgram tells whether a document has a DDE field, whose text may be
// spread over several runs.
func startsProgram(b []byte) bool {
	var field []byte
	for rest := b; len(field) < 1<<16; {
		i := bytes.Index(rest, []byte("instrText"))
		if i < 0 {
			break
		}
		rest = rest[i:]
		open := bytes.IndexByte(rest, '>')
		if open < 0 {
			break
		}
		rest = rest[open+1:]
		end := bytes.IndexByte(rest, '<')
		if end < 0 {
			break
		}
		field = append(field, rest[:end]...)
		rest = rest[min(end+len("</w:instrText>"), len(rest)):]
	}
	field = bytes.ToUpper(field)
	return bytes.Contains(field, []byte("DDEAUTO")) || bytes.Contains(field, []byte("DDE \"")) || bytes.Contains(field, []byte("DDE C:"))
}

// openDocument looks into an ODF document (ODF 1.3 part 2): its macros are in
// Basic/ and Scripts/, and its manifest says what is encrypted.
func (l *looker) openDocument(f *found, z *zipDirectory) {
	l.zipTraits(f, z)
	for i := range z.entries {
		e := &z.entries[i]
		switch {
		case strings.HasPrefix(e.name, "Basic/") && strings.HasSuffix(e.name, ".xml") && strings.Count(e.name, "/") == 2 && !strings.HasSuffix(e.name, "/script-lb.xml"),
			strings.HasPrefix(e.name, "Scripts/") && !strings.HasSuffix(e.name, "/"):
			f.add(analyze.TraitMacros)
		case e.name == "META-INF/manifest.xml" && bytes.Contains(l.officePart(z, e), []byte("encryption-data")):
			f.add(analyze.TraitEncrypted)
		case e.name == "content.xml" && f.Type == analyze.FileODF && bytes.Contains(l.officePart(z, e), []byte("script:event-listener")):
			f.add(analyze.TraitAutorun)
		}
	}
	if f.Has(analyze.TraitAutorun) && !f.Has(analyze.TraitMacros) {
		f.Traits = without(f.Traits, analyze.TraitAutorun)
	}
}

func without(list []analyze.FileTrait, t analyze.FileTrait) []analyze.FileTrait {
	out := list[:0]
	for _, have := range list {
		if have != t {
			out = append(out, have)
		}
	}
	return out
}
