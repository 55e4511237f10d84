package eml

import (
	"strings"
	"testing"
)

// part builds one part.
func part(header, body string) string { return header + "\n\n" + body }

// multi builds a multipart of the given parts.
func multi(kind, boundary string, parts ...string) string {
	var b strings.Builder
	b.WriteString("Content-Type: multipart/" + kind + "; boundary=" + boundary + "\n\n")
	for _, p := range parts {
		b.WriteString("--" + boundary + "\n" + p + "\n")
	}
	b.WriteString("--" + boundary + "--\n")
	return b.String()
}

func TestBodies(t *testing.T) {
	text, html := part("Content-Type: text/plain", "text"), part("Content-Type: text/html", "<p>html")
	for _, test := range []struct{ name, raw, text, html, files string }{
		{"plain", part("Subject: x", "text\r\nmore"), "text\nmore", "", ""},
		{"html", html, "", "<p>html", ""},
		{"alternative", multi("alternative", "a", text, html), "text", "<p>html", ""},
		{"alternative with related", multi("alternative", "a", text, multi("related", "r", html, part("Content-Type: image/png; name=i.png", "i"))), "text", "<p>html", "i.png"},
		{"related in mixed", multi("mixed", "m", multi("related", "r", multi("alternative", "a", text, html), part("Content-Type: image/png\nContent-ID: <1>", "i")), part("Content-Type: application/pdf; name=f.pdf", "f")), "text", "<p>html", "image/png,f.pdf"},
		{"related with start", multi("related; start=\"<2>\"", "r", part("Content-Type: text/plain\nContent-ID: <1>", "no"), part("Content-Type: text/plain\nContent-ID: <2>", "yes")), "yes", "", ""},
		{"footer", multi("mixed", "m", text, part("Content-Type: text/plain", "footer")), "text\nfooter", "", ""},
		{"text attachment", multi("mixed", "m", text, part("Content-Type: text/plain\nContent-Disposition: attachment; filename=n.txt", "no")), "text", "", "n.txt"},
		{"named text", multi("mixed", "m", text, part("Content-Type: text/html; name=n.html", "no")), "text", "", "n.html"},
		{"named first text", multi("mixed", "m", part("Content-Type: text/plain; name=t.txt", "text")), "text", "", ""},
		{"unknown disposition", multi("mixed", "m", text, part("Content-Type: text/plain\nContent-Disposition: foo", "no")), "text", "", "text/plain"},
		{"message", multi("mixed", "m", text, part("Content-Type: message/rfc822", part("Subject: y", "inner"))), "text", "", "message/rfc822"},
		{"calendar", multi("alternative", "a", text, part("Content-Type: text/calendar", "BEGIN")), "text", "", "text/calendar"},
		{"signed", multi("signed", "s", text, part("Content-Type: application/pgp-signature; name=s.asc", "x")), "text", "", "s.asc"},
		{"report", multi("report", "r", text, part("Content-Type: message/delivery-status", "Action: failed"), part("Content-Type: text/rfc822-headers", "Subject: x")), "text", "", ""},
		{"attached multipart", multi("mixed", "m", text, strings.Replace(multi("mixed", "x", part("Content-Type: text/plain", "no")), "\n", "\nContent-Disposition: attachment\n", 1)), "text", "", "text/plain"},
		{"nothing", "", "", "", ""},
	} {
		m := Parse([]byte(test.raw))
		checkTree(t, m)
		if got := m.TextBody(); got != test.text {
			t.Errorf("%s: TextBody() = %q, want %q", test.name, got, test.text)
		}
		if got := m.HTMLBody(); got != test.html {
			t.Errorf("%s: HTMLBody() = %q, want %q", test.name, got, test.html)
		}
		var files []string
		for _, p := range m.Attachments() {
			name := p.Filename
			if name == "" {
				name = p.MediaType
			}
			files = append(files, name)
		}
		if got := strings.Join(files, ","); got != test.files {
			t.Errorf("%s: Attachments() = %q, want %q", test.name, got, test.files)
		}
	}
}

func TestTransferEncodings(t *testing.T) {
	for _, test := range []struct{ encoding, in, want string }{
		{"base64", "QUJD\r\nREVG", "ABCDEF"},
		{"base64", "QUI=", "AB"},
		{"base64", "QUI", "AB"},
		{"base64", "QUI=QUI=", "ABAB"},
		{"base64", "Q U\tI#=", "AB"},
		{"base64", "QUI=\nQUJD", "ABABC"},
		{"base64", "=\n", ""},
		{"base64", "QU=JD", "ABC"},
		{"quoted-printable", "a=3Db=\r\nc", "a=bc"},
		{"quoted-printable", "a=3db =\n c \n", "a=b  c\n"},
		{"quoted-printable", "a=ZZ=", "a=ZZ"},
		{"quoted-printable", "a\r\nb\r\n", "a\r\nb\r\n"},
		{"x-uuencode", "begin 644 a\n#0V%T\n`\nend\n", "Cat"},
		{"x-uuencode", "#0V%T\n", "Cat"},
		{"8bit", "a=3D", "a=3D"},
	} {
		p := Parse([]byte("Content-Transfer-Encoding: " + test.encoding + "\n\n" + test.in)).Root
		if got := string(p.Decoded()); got != test.want {
			t.Errorf("Decoded(%s, %q) = %q, want %q", test.encoding, test.in, got, test.want)
		}
	}
}

func TestEmbeddedOffsets(t *testing.T) {
	inner := "Subject: inner\r\n\r\ninner body"
	raw := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n--b--\r\n"
	m := Parse([]byte(raw))
	p := m.Root.Children[0]
	if p.Message == nil || string(p.Message.Raw) != inner {
		t.Fatalf("the embedded message is not %q", inner)
	}
	if got := string(p.Message.Raw[p.Message.BodyStart:]); got != "inner body" {
		t.Errorf("its body = %q, want %q", got, "inner body")
	}
	if got := string(p.Raw()); got != inner {
		t.Errorf("Raw() = %q, want %q", got, inner)
	}
	if got := p.Message.Header.Text("Subject"); got != "inner" {
		t.Errorf("Subject = %q, want %q", got, "inner")
	}
}

func TestMetaCharset(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"<meta charset=koi8-r>\xC1", "<meta charset=koi8-r>а"},
		{"<META http-equiv=Content-Type content=\"text/html; charset=koi8-r\">\xC1", "<META http-equiv=Content-Type content=\"text/html; charset=koi8-r\">а"},
		{"<p>J\xFC", "<p>Jü"},
	} {
		if got := Parse([]byte("Content-Type: text/html\n\n" + test.in)).HTMLBody(); got != test.want {
			t.Errorf("HTMLBody(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}
