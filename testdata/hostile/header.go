package hostile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

func headers() []Sample {
	return []Sample{
		field("flood", "X: y", "\r\nX-A: b", "", 500_000),
		field("colons", "X", ":", "", 4_000_000),
		field("folds", "X: a", "\r\n b", "", 1_000_000),
		field("folded-nothing", "X: a", "\r\n ", "", 1_000_000),
		field("no-colon", "X: a", "\r\njunk line", "", 300_000),
		field("long-name", "X", "a", ": b", 4_000_000),
		field("received", "X: y", "\r\nReceived: from a (b [192.0.2.1]) by c.example with ESMTP id d for <e@f.example>; Tue, 3 Mar 2026 10:00:00 +0000", "", 20_000),
		field("received-comments", "Received: from a ", "(", "; x", 1_000_000),
		field("received-words", "Received: ", "from a by b with c id d for e ", ";", 100_000),
		field("received-dates", "X: y", "\r\nReceived: by a.example; Tue, 99 Foo 2026 10:00:00 +0000 (a (b) c)", "", 20_000),
		field("results", "X: y", "\r\nAuthentication-Results: in.example.org; spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example; dmarc=pass header.from=a.example", "", 20_000),
		field("results-long", "Authentication-Results: in.example.org", "; dkim=pass header.d=a.example", "", 200_000),
		field("results-comments", "Authentication-Results: in.example.org; spf=pass ", "(\\", "", 1_000_000),
		field("spf-results", "X: y", "\r\nReceived-SPF: pass (a: domain of b@c.example) client-ip=192.0.2.1;", "", 20_000),
		field("dkim", "X: y", "\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=b; h=from:to:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA", "", 10_000),
		field("dkim-tags", "DKIM-Signature: v=1", "; x=y", "", 700_000),
		field("dkim-fields", "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; bh=AA; b=AA; h=from", ":from", "", 700_000),
		field("dkim-base64", "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; h=from; bh=AA; b=", "AAAA ", "", 700_000),
		field("arc", "X: y", "\r\nARC-Seal: i=1; a=rsa-sha256; d=a.example; s=b; cv=none; b=AA\r\nARC-Message-Signature: i=1; a=rsa-sha256; d=a.example; s=b; h=from; bh=AA; b=AA\r\nARC-Authentication-Results: i=1; a.example; dkim=pass", "", 5_000),
		{"arc-instances", arcInstances},
		field("encoded-words", "Subject: ", "=?utf-8?Q?=70=61?= ", "", 200_000),
		field("encoded-words-broken", "Subject: ", "=?utf-8?B?", "", 400_000),
		field("encoded-word-long", "Subject: =?utf-8?B?", "QUFB", "?=", 1_000_000),
		field("from-flood", "X: y", "\r\nFrom: a@b.example", "", 100_000),
		field("from-list", "From: a@b.example", ", c@d.example", "", 300_000),
		field("from-groups", "From: ", "g:a@b.example;,", "", 200_000),
		field("from-comments", "From: ", "(", " a@b.example", 2_000_000),
		field("from-quotes", "From: \"", "\\\"", "\" <a@b.example>", 1_000_000),
		field("from-routes", "From: <", "@a,", ":b@c.example>", 500_000),
		field("from-domain", "From: a@", "paypal.", "com", 300_000),
		field("to-list", "To: a@b.example", ", c@d.example", "", 300_000),
		field("reply-to-hosts", "Reply-To: a@b.example", ", c@paypa1-login.com", "", 100_000),
		field("subject-brands", "Subject: ", "PayPal Microsoft ", "", 200_000),
		field("name-brands", "From: \"", "PayPal Support ", "\" <a@b.example>", 200_000),
		field("list-links", "List-Unsubscribe: <http://a.example/>", ", <http://b.example/>", "", 100_000),
		field("message-id", "Message-ID: <", "@a", ">", 1_000_000),
		field("date", "Date: Tue, 3 Mar 2026 10:00:00 +0000 ", "(a", "", 1_000_000),
		field("bimi", "BIMI-Selector: v=BIMI1", "; s=a", "", 300_000),
		field("content-types", "X: y", "\r\nContent-Type: text/html; charset=a", "", 100_000),
		field("parameters", "Content-Type: text/plain", "; a*0*=utf-8''b", "", 200_000),
	}
}

func arcInstances() []byte {
	var b strings.Builder
	for i := 50; i > 0; i-- {
		fmt.Fprintf(&b, "ARC-Seal: i=%d; a=rsa-sha256; d=a.example; s=b; cv=pass; b=AA\r\nARC-Message-Signature: i=%d; a=rsa-sha256; d=a.example; s=b; h=from:to; bh=AA; b=AA\r\n"+
			"ARC-Authentication-Results: i=%d; a.example; dkim=pass header.d=a.example\r\n", i, i, i)
	}
	return []byte(b.String() + head + "\r\n" + strings.Repeat("line of the body \t\r\n", 300_000))
}

func structures() []Sample {
	return []Sample{
		{"nested-multiparts", func() []byte { return nested(10_000) }},
		{"ten-thousand-parts", func() []byte { return parts(10_000, "text/plain", "") }},
		{"hundred-thousand-parts", func() []byte { return parts(100_000, "text/html", "<a href=http://a.example/>x</a>") }},
		{"nested-messages", func() []byte {
			return []byte(strings.Repeat(head+"Content-Type: message/rfc822\r\n\r\n", 2_000) + "x")
		}},
		{"forwarded-messages", func() []byte { return parts(2_000, "message/rfc822", head+"\r\nSign in at http://a.example/") }},
		{"boundaries", func() []byte {
			return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n", 500_000))
		}},
		{"boundary-likes", func() []byte {
			return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + strings.Repeat("--bx\r\n--\r\n", 500_000))
		}},
		{"quoted-printable", func() []byte { return transfer("quoted-printable", strings.Repeat("=3D=\r\n", 1_000_000)) }},
		{"quoted-printable-broken", func() []byte { return transfer("quoted-printable", strings.Repeat("=", 5_000_000)) }},
		{"quoted-printable-spaces", func() []byte { return transfer("quoted-printable", strings.Repeat(" ", 5_000_000)) }},
		{"base64-padding", func() []byte { return transfer("base64", strings.Repeat("QQ==", 1_500_000)) }},
		{"base64-junk", func() []byte { return transfer("base64", strings.Repeat("=!Q", 1_500_000)) }},
		{"base64-fifty-megabytes", func() []byte {
			return transfer("base64", encoded(bytes.Repeat([]byte("<p>account suspended "), 36*mib/21)))
		}},
		{"uuencode", func() []byte {
			return message("text/plain", strings.Repeat("begin 644 a.exe\r\n#0V%T\r\n`\r\nend\r\n", 100_000))
		}},
		{"uuencode-begins", func() []byte { return message("text/plain", strings.Repeat("begin 644 a\r\n", 300_000)) }},
		{"utf-7", func() []byte { return message("text/html; charset=utf-7", strings.Repeat("+ADw-a+AD4-", 400_000)) }},
		{"utf-16", func() []byte { return message("text/html; charset=utf-16", strings.Repeat("\x00<\x00a", 1_000_000)) }},
		{"iso-2022-jp", func() []byte {
			return message("text/plain; charset=iso-2022-jp", strings.Repeat("\x1b$B\x1b(B", 700_000))
		}},
		{"gb18030", func() []byte {
			return message("text/plain; charset=gb18030", strings.Repeat("\x81\x30\x81\x30", 1_000_000))
		}},
		{"unknown-charset", func() []byte {
			return message("text/plain; charset="+strings.Repeat("x", mib), strings.Repeat("\xe9", mib))
		}},
		{"names", func() []byte {
			return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: application/x; name*0=a; name*1=.exe; name=\"b.pdf\u202excod.exe\"\r\n\r\nMZ\r\n", 5_000))
		}},
		{"smime", func() []byte {
			return []byte(head + "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
				base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("\x30\x80"), mib)))
		}},
		{"tnef", func() []byte {
			return []byte(head + "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
				base64.StdEncoding.EncodeToString(append([]byte("\x78\x9f\x3e\x22\x01\x00"), bytes.Repeat([]byte("\x02\x05\x90\x06\x00\x00\x00\x00\x00\x00\x00"), 200_000)...)))
		}},
	}
}

func transfer(encoding, body string) []byte {
	return []byte(head + "Content-Type: text/html\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body)
}

func nested(n int) []byte {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nx\r\n")
	return []byte(b.String())
}

func parts(n int, media, body string) []byte {
	return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
		strings.Repeat("--b\r\nContent-Type: "+media+"\r\n\r\n"+body+"\r\n", n) + "--b--\r\n")
}
