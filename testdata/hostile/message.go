package hostile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// head is the header that all but the samples of headers share.
const head = "Received: from mx.scam.example (mx.scam.example [192.0.2.7]) by in.example.org with ESMTP id 1; Tue, 3 Mar 2026 10:00:00 +0000\r\n" +
	"From: Support <help@scam.example>\r\nTo: Reader <reader@example.org>\r\nSubject: Your account\r\nDate: Tue, 3 Mar 2026 10:00:00 +0000\r\n" +
	"Message-ID: <1@scam.example>\r\nMIME-Version: 1.0\r\n"

const (
	kib = 1 << 10
	mib = 1 << 20
)

// message puts a body behind the header.
func message(media, body string) []byte {
	return []byte(head + "Content-Type: " + media + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body)
}

func plain(name, body string, n int) Sample {
	return Sample{name, func() []byte { return message("text/plain; charset=utf-8", strings.Repeat(body, n)) }}
}

// page is an HTML message that repeats body between two other parts.
func page(name, before, body, after string, n int) Sample {
	return Sample{name, func() []byte {
		return message("text/html; charset=utf-8", "<html><body>"+before+strings.Repeat(body, n)+after+"</body></html>")
	}}
}

// numbered is the same with a number in each repetition (%d).
func numbered(name, media, before, body, after string, n int) Sample {
	return Sample{name, func() []byte {
		var b strings.Builder
		b.WriteString(before)
		for i := range n {
			fmt.Fprintf(&b, body, i)
		}
		b.WriteString(after)
		return message(media, b.String())
	}}
}

// field is a message with fields before the others.
func field(name, before, body, after string, n int) Sample {
	return Sample{name, func() []byte {
		return []byte(before + strings.Repeat(body, n) + after + "\r\n" + head + "Content-Type: text/plain\r\n\r\nSign in at https://login.example/ now.\r\n")
	}}
}

// file is one attachment.
type file struct {
	name, media string
	content     []byte
}

// attached is a message with files.
func attached(name string, files func() []file) Sample {
	return Sample{name, func() []byte {
		var b bytes.Buffer
		b.WriteString(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n")
		for _, f := range files() {
			fmt.Fprintf(&b, "--b\r\nContent-Type: %s; name=%q\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n", f.media, f.name, f.name)
			b.WriteString(encoded(f.content))
		}
		b.WriteString("--b--\r\n")
		return b.Bytes()
	}}
}

// encoded is BASE64 in lines.
func encoded(content []byte) string {
	coded := base64.StdEncoding.EncodeToString(content)
	var b strings.Builder
	for len(coded) > 76 {
		b.WriteString(coded[:76] + "\r\n")
		coded = coded[76:]
	}
	b.WriteString(coded + "\r\n")
	return b.String()
}
