package auth

import (
	"fmt"
	"testing"
	"time"

	"reportascam/analyze/eml"
)

func TestParseReceived(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"Postfix", "from mail.a.example (host.a.example [192.0.2.1])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t(No client certificate requested)\r\n\tby mx.b.example (Postfix) with ESMTPS id 4CE2\r\n\tfor <u@b.example>; Fri,  1 Sep 2023 21:38:30 +0000 (UTC)",
			"helo=mail.a.example rdns=host.a.example ip=192.0.2.1 by=mx.b.example with=esmtps id=4CE2 for=u@b.example at=2023-09-01T21:38:30Z"},
		{"Postfix unverified", "from x (unknown [192.0.2.1]) by mx.b.example (Postfix) with SMTP id 1; Fri, 1 Sep 2023 21:38:30 +0200 (CEST)",
			"helo=x rdns= ip=192.0.2.1 by=mx.b.example with=smtp id=1 for= at=2023-09-01T19:38:30Z"},
		{"Postfix comment first", "from a.example (a.example [192.0.2.1]) (using TLSv1.3) (No client certificate requested) by mx.b.example (Postfix) with ESMTPS id 9 for <u@b.example>; bad date",
			"helo=a.example rdns=a.example ip=192.0.2.1 by=mx.b.example with=esmtps id=9 for=u@b.example at="},
		{"Postfix local", "by mail.b.example (Postfix, from userid 131)\r\n\tid 7DB6; Mon, 16 Mar 2026 10:13:26 +0100 (CET)",
			"local helo= rdns= ip= by=mail.b.example with= id=7DB6 for= at=2026-03-16T09:13:26Z"},
		{"Postfix submission", "from [10.0.0.2] (p5.dsl.example [192.0.2.1]) (Authenticated sender: u@b.example) by mx.b.example (Postfix) with ESMTPSA id 1; Fri, 1 Sep 2023 21:38:30 +0000",
			"authed helo=10.0.0.2 rdns=p5.dsl.example ip=192.0.2.1 by=mx.b.example with=esmtpsa id=1 for= at=2023-09-01T21:38:30Z"},
		{"Sendmail", "from h.a.example (host.a.example [192.0.2.1] (may be forged))\r\n\tby j.b.example (8.18.2/8.18.1) with ESMTPS id 63II\r\n\t(version=TLSv1.3 cipher=X bits=256 verify=NO)\r\n\tfor <u@b.example>; Sat, 18 Apr 2026 18:55:17 GMT\r\n\t(envelope-from Bounce-1@A.example)",
			"helo=h.a.example rdns= ip=192.0.2.1 by=j.b.example with=esmtps id=63II for=u@b.example from=Bounce-1@A.example at=2026-04-18T18:55:17Z"},
		{"Exim verified", "from mx.a.example ([192.0.2.1]:41242 helo=me.a.example) by mx.b.example with esmtps (TLS1.3) tls X (Exim 4.94.2) (envelope-from <u@a.example>) id 1pXa-0006; Thu, 02 Mar 2023 05:27:29 +0100",
			"helo=me.a.example rdns=mx.a.example ip=192.0.2.1 by=mx.b.example with=esmtps id=1pXa-0006 for= from=u@a.example at=2023-03-02T04:27:29Z"},
		{"Exim unverified, address literal", "from [192.0.2.1] (helo=[198.51.100.9]) by mx.b.example with esmtp (Exim 4.72)",
			"helo=198.51.100.9 rdns= ip=192.0.2.1 by=mx.b.example with=esmtp id= for= at="},
		{"Exim ident", "from mx.a.example ([192.0.2.1] ident=[198.51.100.9]) by mx.b.example with smtp",
			"helo=mx.a.example rdns= ip=192.0.2.1 by=mx.b.example with=smtp id= for= at="},
		{"Exchange", "from mail-qv1-f69.google.com (209.85.219.69) by\r\n OSA0EPF000000CA.mail.protection.outlook.com (10.167.240.56) with Microsoft\r\n SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9723.19\r\n via Frontend Transport; Fri, 20 Mar 2026 00:24:48 +0000",
			"helo=mail-qv1-f69.google.com rdns= ip=209.85.219.69 by=osa0epf000000ca.mail.protection.outlook.com(10.167.240.56) with=microsoft id=15.20.9723.19 for= at=2026-03-20T00:24:48Z"},
		{"Exchange mapi", "from A.prod.outlook.com ([fe80::2884:4135]) by A.prod.outlook.com ([fe80::2884:4135%5]) with mapi id 15.20; Thu, 13 Feb 2025 13:33:36 +0000",
			"helo=a.prod.outlook.com rdns= ip=fe80::2884:4135 by=a.prod.outlook.com(fe80::2884:4135) with=mapi id=15.20 for= at=2025-02-13T13:33:36Z"},
		{"Google", "from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41])\r\n        by mx.google.com with SMTPS id qa38-2\r\n        for <u@gmail.com>\r\n        (Google Transport Security);\r\n        Mon, 16 Jan 2023 09:04:13 -0800 (PST)",
			"helo=mail-sor-f41.google.com rdns=mail-sor-f41.google.com ip=209.85.220.41 by=mx.google.com with=smtps id=qa38-2 for=u@gmail.com at=2023-01-16T17:04:13Z"},
		{"Google inner", "by 2002:a05:612c:711:b0:381:73ac:3a65 with SMTP id ft17; Mon, 16 Jan 2023 09:04:14 -0800 (PST)",
			"local helo= rdns= ip= by=2002:a05:612c:711:b0:381:73ac:3a65 with=smtp id=ft17 for= at=2023-01-16T17:04:14Z"},
		{"Google API", "from 421484249706 named unknown by gmailapi.google.com with HTTPREST; Sun, 15 Mar 2020 14:55:15 -0700",
			"authed helo=421484249706 rdns= ip= by=gmailapi.google.com with=httprest id= for= at=2020-03-15T21:55:15Z"},
		{"Yahoo", "from 95.170.19.59 (EHLO h.a.example)\n by 10.196.217.15 with SMTP;\n Mon, 08 Dec 2025 11:52:58 +0000",
			"helo=h.a.example rdns= ip=95.170.19.59 by=10.196.217.15 with=smtp id= for= at=2025-12-08T11:52:58Z"},
		{"Yahoo 2020", "from 10.217.135.165  (EHLO h.a.example) (77.238.177.145)\n  by mta4277.mail.ne1.yahoo.com with SMTPS; Wed, 10 Jun 2020 10:11:21 +0000",
			"helo=h.a.example rdns= ip=77.238.177.145 by=mta4277.mail.ne1.yahoo.com with=smtps id= for= at=2020-06-10T10:11:21Z"},
		{"qmail", "from unknown (HELO [198.51.100.9]) (192.0.2.1) by mx.b.example with SMTP; 4 Jun 2015 04:09:05 -0000",
			"helo=198.51.100.9 rdns= ip=192.0.2.1 by=mx.b.example with=smtp id= for= at=2015-06-04T04:09:05Z"},
		{"qmail notice", "(qmail 26456 invoked by uid 99); 4 Jun 2015 04:09:05 -0000",
			"local helo= rdns= ip= by= with= id= for= at=2015-06-04T04:09:05Z"},
		{"fetchmail", "from imap.a.example [192.0.2.1]\r\n\tby j.b.example with IMAP (fetchmail-6.6.1)\r\n\tfor <u@localhost> (single-drop); Mon, 08 Dec 2025 12:02:24 +0000 (UTC)",
			"fetched helo=imap.a.example rdns= ip=192.0.2.1 by=j.b.example with=imap id= for=u@localhost at=2025-12-08T12:02:24Z"},
		{"IPv6", "from mx.a.example ([IPv6:2001:db8::1]) by localhost (spam.b.example [IPv6:::ffff:192.168.102.97]) (amavisd-new, port 10024) with ESMTP id M; Thu, 4 Jun 2015 04:09:10 +0000",
			"helo=mx.a.example rdns= ip=2001:db8::1 by=localhost(192.168.102.97) with=esmtp id=M for= at=2015-06-04T04:09:10Z"},
		{"mox", "from mx.a.example ([2001:db8::1]) by\r\n\tk.b.example ([2001:db8::2]) with ESMTPS for\r\n\tu@b.example; 16 Sep 2022 12:10 +0200",
			"helo=mx.a.example rdns= ip=2001:db8::1 by=k.b.example(2001:db8::2) with=esmtps id= for=u@b.example at=2022-09-16T10:10:00Z"},
		{"LMTP", "from s.b.example\r\n\tby s.b.example with LMTP\r\n\tid 3TP8\r\n\t(envelope-from <>); Thu, 02 Mar 2023 05:27:29 +0100",
			"helo=s.b.example rdns= ip= by=s.b.example with=lmtp id=3TP8 for= at=2023-03-02T04:27:29Z"},
		{"upper case", "FROM A.Example (A.Example. [192.0.2.1]) BY MX.B.Example WITH ESMTP",
			"helo=a.example rdns=a.example ip=192.0.2.1 by=mx.b.example with=esmtp id= for= at="},
		{"comment without end", "from a.example (a.example [192.0.2.1] by mx.b.example; x", "helo=a.example rdns=a.example ip=192.0.2.1 by= with= id= for= at="},
		{"nothing", "", "local helo= rdns= ip= by= with= id= for= at="},
	} {
		if got := showHop(parseReceived(tt.in)); got != tt.want {
			t.Errorf("%s: parseReceived\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func showHop(h hop) string {
	s := ""
	if h.authed {
		s += "authed "
	}
	if h.fetched {
		s += "fetched "
	}
	if !h.from {
		s += "local "
	}
	ip := ""
	if h.ip.IsValid() {
		ip = h.ip.String()
	}
	by := h.by
	if h.byIP.IsValid() {
		by += "(" + h.byIP.String() + ")"
	}
	s += fmt.Sprintf("helo=%s rdns=%s ip=%s by=%s with=%s id=%s for=%s", h.helo, h.rdns, ip, by, h.with, h.id, h.rcpt)
	if h.mailFrom != "" {
		s += " from=" + h.mailFrom
	}
	at := ""
	if !h.at.IsZero() {
		at = h.at.Format(time.RFC3339)
	}
	return s + " at=" + at
}

func FuzzReceived(f *testing.F) {
	for _, s := range []string{
		"from a.example (b.example [192.0.2.1] (may be forged)) by mx.c.example (Postfix) with ESMTPS id 1 for <u@c.example>; Fri, 1 Sep 2023 21:38:30 +0000 (UTC)",
		"from [192.0.2.1] (helo=x) by y with esmtpsa (Exim 4.72) (envelope-from <u@a.example>)",
		"from unknown (HELO x) (192.0.2.1) by y; (((",
		"by 2002:a05:: with SMTP id x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := parseReceived(s)
		if h.ip.Is4In6() || h.ip.Zone() != "" {
			t.Errorf("parseReceived(%q) gives the address %v", s, h.ip)
		}
		if again := parseReceived(s); again != h {
			t.Errorf("parseReceived(%q) gives %+v, then %+v", s, h, again)
		}
		// A comment in front is no part of any clause.
		raw := []byte("Received: " + s + "\r\n\r\n")
		head, _, _ := eml.ParseHeader(raw)
		for _, hop := range readTrace(head).hops {
			if hop.field < 0 || hop.field >= len(head.Fields) {
				t.Errorf("readTrace(%q) gives field %d of %d", s, hop.field, len(head.Fields))
			}
		}
	})
}
