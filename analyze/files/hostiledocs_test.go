package files

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/cfb/cfbtest"
)

func hostileDocuments() []hostile {
	return []hostile{
		{"ole: a table of loops", "a.doc", "", func(testing.TB) []byte { return looped(docWithMacros(vbaCode), 0) }, ""},
		{"ole: a table that leads to the end", "a.doc", "", func(testing.TB) []byte { return looped(docWithMacros(vbaCode), 0xFFFFFFF0) }, ""},
		{"ole: head only", "a.doc", "", text("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\xFF", 504)), analyze.TraitBroken},
		{"ole: 20,000 storages in each other", "a.doc", "", func(testing.TB) []byte { return deepStorages(20_000) }, ""},
		{"ole: 20,000 streams", "a.doc", "", func(testing.TB) []byte { return bigCompound(20_000, "x", []byte("y")) }, analyze.TraitNotAllLooked},
		{"ole: 1,500 streams of one place", "a.doc", "", func(testing.TB) []byte {
			b := bigCompound(1500, "WordDocument", bytes.Repeat([]byte("x"), 8192))
			// Each entry of the directory starts where the file does and is as long.
			for at := 512; at+128 <= len(b); at += 128 {
				if b[at+66] == 2 && string(b[at:at+8]) == "W\x00o\x00r\x00d\x00" {
					binary.LittleEndian.PutUint32(b[at+116:], 0)
					binary.LittleEndian.PutUint32(b[at+120:], uint32(len(b)))
				}
			}
			return b
		}, ""},
		{"ole: 300 files as icons", "a.doc", "", func(testing.TB) []byte {
			return bigCompound(300, "\x01Ole10Native", []byte("\x00\x00\x00\x00\x02\x00a.exe\x00a\x00\x00\x00\x03\x00\x01\x00\x00\x00a\x00\xFF\xFF\xFF\xFFMZ"))
		}, analyze.TraitNotAllLooked},
		{"msg: attachments without end", "a.msg", "", func(testing.TB) []byte {
			root := &cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{{Name: "__properties_version1.0", Data: []byte("x")}}}
			for i := range 900 {
				root.Nodes = append(root.Nodes, &cfbtest.Node{Name: fmt.Sprintf("__attach_version1.0_#%08X", i),
					Nodes: []*cfbtest.Node{{Name: "__substg1.0_37010102", Data: []byte(someEXE)}}})
			}
			return cfbtest.Build(root)
		}, analyze.TraitNotAllLooked},
		{"xls: records without end", "a.xls", "", func(testing.TB) []byte { return bigCompound(1, "Workbook", bytes.Repeat([]byte{1, 0, 0, 0}, 2*mib)) }, ""},
		{"vba: a chunk that copies itself", "a.doc", "", func(testing.TB) []byte {
			m := append([]byte("\x01\xFF\xBF\x00Attribut"), bytes.Repeat([]byte{0xFF, 0xFF, 0xFF, 0xFF}, 200_000)...)
			return cfbtest.Build(&cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{{Name: "VBA", Nodes: []*cfbtest.Node{{Name: "M", Data: m}}}}})
		}, analyze.TraitMacros},
		{"docx: a document of 1 GB", "a.docx", "", func(t testing.TB) []byte {
			z := zeros(t, 12*mib)
			return rawZip(rawEntry{name: "[Content_Types].xml", data: []byte("x"), size: 1, at: -1}, rawEntry{name: "word/document.xml", method: 8, data: z, size: 1024 * mib, at: -1})
		}, analyze.TraitBomb},
		{"docx: 3,000 lists of relations", "a.docx", "", func(t testing.TB) []byte {
			list := []entry{{"[Content_Types].xml", ""}, {"word/document.xml", ""}}
			for i := range 3000 {
				list = append(list, entry{fmt.Sprintf("word/_rels/%d.rels", i), strings.Repeat("<Relationship TargetMode=\"External\"/>", 300)})
			}
			return zipped(t, list...)
		}, ""},
		{"docx: fields without end", "a.docx", "", func(t testing.TB) []byte {
			return zipped(t, entry{"[Content_Types].xml", ""}, entry{"word/document.xml", strings.Repeat("<w:instrText>", mib/4)})
		}, ""},
		{"docx: 500 objects", "a.docx", "", func(t testing.TB) []byte {
			list := []entry{{"[Content_Types].xml", ""}, {"word/document.xml", ""}}
			for i := range 500 {
				list = append(list, entry{fmt.Sprintf("word/embeddings/o%d.bin", i), string(docWithMacros(vbaCode))})
			}
			return docx(t, list[2:]...)
		}, analyze.TraitAutorun},
		{"rtf: 20 MB of brackets", "a.rtf", "", func(testing.TB) []byte { return append([]byte("{\\rtf1"), bytes.Repeat([]byte("{"), 20*mib)...) }, ""},
		{"rtf: a million objects", "a.rtf", "", func(testing.TB) []byte { return append([]byte("{\\rtf1"), bytes.Repeat([]byte(`\objdata}`), mib)...) }, analyze.TraitNotAllLooked},
		{"rtf: an object of 20 MB", "a.rtf", "", func(testing.TB) []byte {
			return append([]byte("{\\rtf1\\objdata "), bytes.Repeat([]byte("4d5a"), 5*mib)...)
		}, analyze.TraitEmbedded},
		{"onenote: marks without end", "a.one", "", func(testing.TB) []byte {
			return append([]byte("\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"),
				bytes.Repeat([]byte("\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"+strings.Repeat("\x00", 12)+"text"), 200_000)...)
		}, analyze.TraitEmbedded},
		{"pdf: 20 MB of slashes", "a.pdf", "", func(testing.TB) []byte { return append([]byte("%PDF-1.7"), bytes.Repeat([]byte("/"), 20*mib)...) }, analyze.TraitBroken},
		{"pdf: 20 MB of numbers in names", "a.pdf", "", func(testing.TB) []byte { return append([]byte("%PDF-1.7"), bytes.Repeat([]byte("/#4a#53"), 3*mib)...) }, analyze.TraitJavaScript},
		{"pdf: streams that never end", "a.pdf", "", func(testing.TB) []byte {
			return append([]byte("%PDF-1.7"), bytes.Repeat([]byte("<<>>stream "), 2*mib)...)
		}, analyze.TraitBroken},
		{"pdf: a million streams", "a.pdf", "", func(testing.TB) []byte {
			return append([]byte("%PDF-1.7"), bytes.Repeat([]byte("<<>>stream endstream "), mib)...)
		}, analyze.TraitBroken},
		{"pdf: a million streams of objects", "a.pdf", "", func(testing.TB) []byte {
			return append([]byte("%PDF-1.7 endobj"), bytes.Repeat([]byte("<</ObjStm>>stream endstream "), mib)...)
		}, analyze.TraitNotAllLooked},
		{"pdf: objects that refer to themselves", "a.pdf", "", text("%PDF-1.7\n1 0 obj\n1 0 R\nendobj\ntrailer<</Root 1 0 R/Encrypt 1 0 R>>%%EOF"), ""},
		{"pdf: a million objects of one number", "a.pdf", "", func(testing.TB) []byte {
			return append(bytes.Repeat([]byte("11 0 obj "), mib), "%PDF-1.7 /Encrypt 1 0 R"...)
		}, ""},
		{"pdf: packed objects of 600 MB", "a.pdf", "", func(t testing.TB) []byte { return pdfStreams(t, 300, 2*mib) }, ""},
		{"pdf: a string without end", "a.pdf", "", func(testing.TB) []byte {
			return append([]byte("%PDF-1.7 /Encrypt<</R 3/V 2/O("), bytes.Repeat([]byte("("), 5*mib)...)
		}, analyze.TraitBroken},
		{"pdf: 500 files in it", "a.pdf", "", func(testing.TB) []byte {
			return append([]byte("%PDF-1.7 endobj"), bytes.Repeat([]byte("obj<</Type/EmbeddedFile>>stream\nMZ"+strings.Repeat("x", 70)+"\nendstream "), 500)...)
		}, analyze.TraitNotAllLooked},
	}
}

func hostilePages() []hostile {
	layer := "<form action='https://x.example'><input type=password></form>"
	for range 12 {
		layer = "<script>document.write(atob('" + base64.StdEncoding.EncodeToString([]byte(layer)) + "'))</script>"
	}
	return []hostile{
		{"html: 50 MB of one tag", "a.html", "text/html", repeat("<div>", 10*mib), analyze.TraitNotAllLooked},
		{"html: 50 MB without a tag", "a.html", "text/html", repeat("a", 50*mib), ""},
		{"html: an attribute of 30 MB", "a.html", "text/html", func(testing.TB) []byte { return append([]byte("<a href=\""), bytes.Repeat([]byte("x"), 30*mib)...) }, ""},
		{"html: a million attributes", "a.html", "text/html", func(testing.TB) []byte { return append([]byte("<html><a "), bytes.Repeat([]byte("b=c "), mib)...) }, ""},
		{"html: 12 layers", "a.html", "text/html", text(layer), analyze.TraitObfuscated},
		{"html: a payload of 30 MB", "a.html", "text/html", func(testing.TB) []byte {
			return []byte("<html><script>var a='" + strings.Repeat("QUJD", 8*mib) + "';new Blob([atob(a)])</script>")
		}, analyze.TraitSmuggles},
		{"html: the script behind 30 MB", "a.html", "text/html", func(testing.TB) []byte {
			return []byte("<html><!--" + strings.Repeat("x y ", 8*mib) + "--><input type=password>")
		}, analyze.TraitPassword},
		{"html: two million quotes", "a.html", "text/html", func(testing.TB) []byte { return []byte("<script>" + strings.Repeat(`"'`, mib)) }, ""},
		{"html: 100,000 packed strings", "a.html", "text/html", func(testing.TB) []byte {
			return []byte("<script>" + strings.Repeat("'"+strings.Repeat("QUJD", 25)+"',", 40_000))
		}, ""},
		{"html: 100,000 pages in a page", "a.html", "text/html", func(testing.TB) []byte { return bytes.Repeat([]byte("<iframe srcdoc='<b>'>"), 100_000) }, analyze.TraitForeignPage},
		{"html: comments in comments", "a.html", "text/html", repeat("<!--<!--", mib), ""},
		{"html: UTF-16 cut in half", "a.html", "text/html", text("\xFF\xFE<\x00h\x00t\x00m\x00l\x00>"), ""},
		{"svg: entities of entities", "a.svg", "image/svg+xml", text("<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><svg>&c;</svg>"), ""},
		{"svg: a million groups", "a.svg", "image/svg+xml", func(testing.TB) []byte { return append([]byte("<svg>"), bytes.Repeat([]byte("<g>"), mib)...) }, ""},
		{"ics: 20 MB in one line", "a.ics", "text/calendar", func(testing.TB) []byte {
			return append([]byte("BEGIN:VCALENDAR\n"), bytes.Repeat([]byte("A:\r\n "), 4*mib)...)
		}, ""},
		{"eml: parts in parts", "a.eml", "message/rfc822", func(testing.TB) []byte {
			var b strings.Builder
			for i := range 500 {
				fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
			}
			return []byte(b.String())
		}, ""},
		{"eml: 5,000 files", "a.eml", "message/rfc822", func(testing.TB) []byte {
			return []byte("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Disposition: attachment; filename=a.exe\n\nMZ\n", 5000))
		}, ""},
		{"name: 1 MB", strings.Repeat("a.pdf", 200_000) + ".exe", "", text(someEXE), ""},
		{"name: a million dots", strings.Repeat(".", mib), "", text("x"), ""},
		{"name: a million turns", strings.Repeat("\u202E", mib/4) + "a.exe", "", text(someEXE), analyze.TraitBidiName},
		{"name: no text at all", "\xFF\xFE\x00", "", text("x"), analyze.TraitInvisibleName},
		{"exe: 60 MB of nothing", "a.exe", "", func(testing.TB) []byte { return append([]byte(someEXE), make([]byte, 60*mib)...) }, analyze.TraitPadded},
		{"lnk: 30 MB", "a.lnk", "", func(testing.TB) []byte { return append([]byte(someLNK), bytes.Repeat([]byte(`\`), 30*mib)...) }, analyze.TraitRemote},
		{"everything at once", "a.pdf", "application/pdf", text("%PDF-1.4 <html><script> PK\x03\x04 Rar!\x1A\x07 7z\xBC\xAF\x27\x1C {\\rtf \xD0\xCF\x11\xE0"), ""},
	}
}
