package eml

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// median builds a message of about 20 KB as a shop would send it: 40 fields,
// an alternative of quoted-printable text and HTML, and a small picture.
func median() []byte {
	var b bytes.Buffer
	for i := range 12 {
		fmt.Fprintf(&b, "Received: from mx%d.shop.example (mx%d.shop.example [192.0.2.%d])\r\n\tby in%d.mail.example with ESMTPS id %032x\r\n\t(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384);\r\n\tMon, 2 Mar 2026 10:00:%02d +0000\r\n", i, i, i, i, i, i)
	}
	for i := range 20 {
		fmt.Fprintf(&b, "X-Shop-Header-%d: value %040d\r\n", i, i)
	}
	b.WriteString("From: =?utf-8?Q?Caf=C3=A9_Shop?= <news@shop.example>\r\nTo: \"Doe, Jane\" <jane@mail.example>\r\n" +
		"Subject: =?utf-8?B?SWhyZSBCZXN0ZWxsdW5n?=\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n\tboundary=\"----=_Part_1\"\r\n\r\n" +
		"------=_Part_1\r\nContent-Type: multipart/alternative; boundary=\"----=_Part_2\"\r\n\r\n" +
		"------=_Part_2\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	b.WriteString(strings.Repeat("Guten Tag, Ihre Bestellung ist unterwegs. Gr=C3=BC=C3=9Fe=\r\n und bis bald\r\n", 30))
	b.WriteString("\r\n------=_Part_2\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	b.WriteString(strings.Repeat("<p style=3D\"color:#333\"><a href=3D\"https://shop.example/x\">Ihre Bestellung</a></p>=\r\n\r\n", 80))
	b.WriteString("\r\n------=_Part_2--\r\n------=_Part_1\r\nContent-Type: image/png; name=logo.png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=logo.png\r\n\r\n")
	enc := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 3, 5, 7}, 700))
	for len(enc) > 0 {
		n := min(76, len(enc))
		b.WriteString(enc[:n] + "\r\n")
		enc = enc[n:]
	}
	b.WriteString("------=_Part_1--\r\n")
	return b.Bytes()
}

func BenchmarkParseMedian(b *testing.B) {
	raw := median()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(raw)
	}
}

func BenchmarkTextBody(b *testing.B) {
	raw := median()
	b.ReportAllocs()
	for b.Loop() {
		if m := Parse(raw); m.TextBody() == "" {
			b.Fatal("no text")
		}
	}
}

func BenchmarkParseHeader(b *testing.B) {
	raw := median()
	b.ReportAllocs()
	for b.Loop() {
		ParseHeader(raw)
	}
}

func BenchmarkAddresses(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseAddresses(`=?utf-8?Q?Caf=C3=A9_Shop?= <news@shop.example>, "Doe, Jane" <jane@mail.example>`)
	}
}

func BenchmarkDecodeWords(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		DecodeWords("=?utf-8?B?SWhyZSBCZXN0ZWxsdW5n?= =?iso-8859-1?Q?_f=FCr?= you")
	}
}
