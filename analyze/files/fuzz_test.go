package files

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

// fuzzed looks at content under a name and holds the cost against the limits.
func fuzzed(t *testing.T, name string, content []byte) {
	t.Helper()
	if len(content) > 1<<16 || len(name) > 1<<12 {
		return
	}
	out, cost := look(&analyze.Original{Text: "password: 1", Attachments: []analyze.Attachment{{Name: name, Content: content, Size: len(content)}}})
	bounded(t, out, cost)
	if out[0].SHA256 == "" && len(content) > 0 {
		t.Error("a file that was read whole has no hash")
	}
}

// FuzzLook: whatever stands in a file, every reader ends within its limits.
func FuzzLook(f *testing.F) {
	for _, name := range []string{"a.zip", "a.pdf", "a.doc", "a.html", "a.js", "bill\u202Efdp.exe"} {
		f.Add(name, []byte("x"))
	}
	f.Add("a.zip", zipped(f, entry{"a.js", "x"}, entry{"b/c.html", "<form>"}))
	f.Add("a.docx", docx(f, relation("attachedTemplate", "https://x.example/")))
	f.Add("a.doc", docWithMacros(vbaCode))
	f.Add("a.tar", tarred(f, entry{"a.js", "x"}))
	f.Add("a.gz", gzipped(f, []byte("x")))
	f.Add("a.7z", []byte(plain7z("a.js")))
	f.Add("a.7z", []byte(hidden7z()))
	f.Add("a.rar", []byte(rar5("a.js", true)))
	f.Add("a.rar", []byte(rar4("a.js")))
	f.Add("a.iso", []byte(isoImage("A.JS;1", "x")))
	f.Add("a.cab", []byte(cabinet("a.js")))
	f.Add("a.pdf", []byte(lockedPDF("x")))
	f.Add("a.pdf", pdfStreams(f, 2, 30))
	f.Add("a.rtf", []byte("{\\rtf1{\\objdata 4d5a}{\\*\\template http://x}}"))
	f.Add("a.html", []byte("<script>document.write(atob('"+strings.Repeat("PGI+", 30)+"'))</script><iframe srcdoc='<b>'>"))
	f.Add("a.ics", []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"))
	f.Add("a.eml", []byte("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=a.js\n\nx\n--b--\n"))
	f.Fuzz(fuzzed)
}

// FuzzPage: pages in pages in scripts.
func FuzzPage(f *testing.F) {
	for _, h := range hostilePages() {
		if b := h.make(f); len(b) < 1<<14 {
			f.Add(b)
		}
	}
	f.Add([]byte("<script>eval(unescape('%3Cform%20action%3D%22https%3A%2F%2Fx.example%22%3E%3Cinput%20type%3Dpassword%3E'))</script>"))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzed(t, "a.html", b) })
}

// FuzzPDF: the objects of a document, its streams and its encryption.
func FuzzPDF(f *testing.F) {
	f.Add([]byte(somePDF))
	f.Add([]byte(lockedPDF("")))
	f.Add([]byte("%PDF-1.7 /Encrypt<</R 6/V 5/O(x)/U<" + strings.Repeat("41", 48) + ">>>/ID[(a)]"))
	f.Add(pdfStreams(f, 2, 30))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzed(t, "a.pdf", append([]byte("%PDF-1.7 "), b...)) })
}

// FuzzCompound: the streams of a document and the macros in them.
func FuzzCompound(f *testing.F) {
	f.Add(docWithMacros(vbaCode))
	f.Add(bigCompound(3, "Workbook", []byte("\x09\x08\x02\x00\x00\x06")))
	f.Add(bigCompound(3, "\x01Ole10Native", []byte("\x00\x00\x00\x00\x02\x00a.exe\x00a\x00")))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzed(t, "a.doc", b) })
}

// FuzzName: the tricks in a name.
func FuzzName(f *testing.F) {
	for _, s := range []string{"a.pdf.exe", "a\u202Efdp.exe", "a" + strings.Repeat(" ", 20) + ".js", "\xFF.\x00", "...", `\\x\y.lnk`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<13 {
			return
		}
		if got := len(cutName(s)); got > 3*maxName {
			t.Errorf("a name of %d octets was kept", got)
		}
		e := ending(s)
		if len(e) > maxEnding || e != strings.ToLower(e) {
			t.Errorf("ending(%q) = %q", s, e)
		}
		nameTraits(s, claimed(s, ""))
	})
}
