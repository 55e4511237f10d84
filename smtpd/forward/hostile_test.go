package forward

import (
	"os"
	"strings"
	"testing"

	"reportascam/analyze"
)

// mib is a mebibyte. Reports of five times the size that is tried here end within two
// seconds.
const mib = 1 << 20

// hostileReports are reports made to cost time or memory. The test binary's
// own time limit is what they must keep to.
func hostileReports() map[string]string {
	head := "From: pat@reporter.example\r\nTo: reportascam@desk.example\r\nSubject: Fwd: x\r\nMIME-Version: 1.0\r\n"
	text := head + "Content-Type: text/plain\r\n\r\n"
	html := head + "Content-Type: text/html\r\n\r\n"
	fill := func(s string) string { return strings.Repeat(s, 4*mib/len(s)) }
	parts := head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	nested := head
	for range 200 {
		nested += "Content-Type: message/rfc822\r\n\r\nFrom: help@reporter.example\r\nSubject: Fwd: x\r\n"
	}
	return map[string]string{
		"one line":          text + fill("x"),
		"one line of marks": text + fill("----- Forwarded message ----- From: "),
		"labels":            text + fill("From: a@b.example\r\n"),
		"header blocks":     text + fill("From: a@b.example\r\nTo: c\r\nDate: 1\r\n"),
		"marks":             text + fill("---------- Forwarded message ---------\r\n"),
		"rules":             text + fill("________________________________\r\nFrom:\r\n"),
		"colons":            text + "----- Forwarded Message ----- From:" + fill("::: "),
		"one-line headers":  text + fill("----- Forwarded Message ----- "+strings.Repeat("a: ", 5000)+"\r\n"),
		"one-line fields":   text + fill("----- Forwarded Message ----- "+strings.Repeat("a>To ", 3000)+"\r\n"),
		"recipients":        text + "---------- Forwarded message ---------\r\nFrom: a@b\r\nTo: " + fill("a@b.example, "),
		"quotes":            text + fill("> "),
		"quote marks":       text + fill(">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>\r\n"),
		"wrote":             text + fill("On 1/1 a <a@b> wrote\r\n"),
		"chains":            text + fill("---------- Forwarded message ---------\r\nFrom: a@reporter.example\r\nSubject: Fwd: x\r\nDate: 1\r\nTo: b\r\n\r\n"),
		"tags":              html + fill("<div>"),
		"containers":        html + fill("<div class=gmail_quote>"),
		"closed containers": html + fill("<blockquote type=cite></div></blockquote>"),
		"links":             html + fill("<a href='mailto:a@b'>x</a>"),
		"one tag":           html + "<div " + fill("a=b "),
		"empty parts":       parts + fill("--b\r\n\r\n"),
		"messages":          parts + fill("--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b\r\n\r\nx\r\n"),
		"nested messages":   nested + "\r\nbody",
		"base64 messages":   parts + fill("--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYUBiCg==\r\n"),
		"zeros":             text + fill("\x00"),
	}
}

func TestHostile(t *testing.T) {
	for name, raw := range hostileReports() {
		t.Run(name, func(t *testing.T) {
			got := Find(&analyze.Report{Raw: []byte(raw)}, us)
			if len(got) > defaultMaxOriginals {
				t.Errorf("Find gave %d originals, want at most %d", len(got), defaultMaxOriginals)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	for _, name := range []string{"html-gmail", "attached", "html-outlook"} {
		raw, err := os.ReadFile("testdata/" + name + ".eml")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(Find(&analyze.Report{Raw: raw}, us)) == 0 {
					b.Fatal("no original")
				}
			}
		})
	}
	// A report of the size that half of real phishing has: 20 KiB of HTML.
	text := "---------- Forwarded message ---------\r\nFrom: A <a@b.example>\r\nDate: 1 May\r\nSubject: x\r\nTo: c@d.example\r\n\r\n" + strings.Repeat("Some words of the message.\r\n", 100)
	html := "<div class=\"gmail_quote\"><div class=\"gmail_attr\">---------- Forwarded message ---------<br>From: A &lt;a@b.example&gt;<br>Date: 1 May<br>Subject: x<br>To: c@d.example<br></div>\r\n" +
		strings.Repeat("<table><tr><td style=\"padding:1px\"><a href=\"https://b.example/x\">Some words</a> of the message</td></tr></table>\r\n", 160) + "</div>"
	raw := []byte("From: pat@reporter.example\r\nSubject: Fwd: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + text +
		"\r\n--b\r\nContent-Type: text/html\r\n\r\n" + html + "\r\n--b--\r\n")
	b.Run("html-20KiB", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if len(Find(&analyze.Report{Raw: raw}, us)) == 0 {
				b.Fatal("no original")
			}
		}
	})
}
