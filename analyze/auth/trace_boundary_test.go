package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// The layouts of the wild, as their providers write them.
const (
	googleTop = "Delivered-To: u@gmail.com\r\n" +
		"Received: by 2002:a05:612c:711:b0:381:73ac:3a65 with SMTP id ft17; Mon, 16 Jan 2023 09:04:14 -0800 (PST)\r\n" +
		"X-Received: by 2002:a05:6402:916 with SMTP id g22; Mon, 16 Jan 2023 09:04:13 -0800 (PST)\r\n" +
		"ARC-Seal: i=1; a=rsa-sha256; d=google.com\r\n" +
		"Return-Path: <bounce@evil.example>\r\n" +
		"Received: from mx.google.com (mail.evil.example. [192.0.2.66]) by mx.google.com with ESMTPS id qa38 for <u@gmail.com>; Mon, 16 Jan 2023 09:04:13 -0800 (PST)\r\n"
	googleARC     = "ARC-Authentication-Results: i=1; mx.google.com; spf=pass smtp.mailfrom=bounce@evil.example; dmarc=fail (p=NONE) header.from=bank.example\r\n"
	googleSays    = "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=bounce@evil.example; dmarc=fail (p=NONE) header.from=bank.example\r\n"
	googleForged  = "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=bank.example; dmarc=pass header.from=bank.example\r\n"
	googleClaimed = "Received: from mail.bank.example (mail.bank.example. [198.51.100.7]) by mx.google.com with ESMTPS id x; Mon, 16 Jan 2023 09:04:00 -0800 (PST)\r\n"

	microsoftTop = "Received: from CH3PR10MB7958.namprd10.prod.outlook.com (::1) by SJ0PR10MB5743.namprd10.prod.outlook.com with HTTPS; Fri, 20 Mar 2026 00:24:53 +0000\r\n" +
		"Received: from SG2PR04CA0151.apcprd04.prod.outlook.com (2603:1096:4::13) by CH3PR10MB7958.namprd10.prod.outlook.com (2603:10b6:610:1c9::10) with Microsoft SMTP Server id 15.20; Fri, 20 Mar 2026 00:24:51 +0000\r\n" +
		"Received: from OSA0EPF000000CA.apcprd02.prod.outlook.com (2603:1096:4:0:cafe::b8) by SG2PR04CA0151.outlook.office365.com (2603:1096:4::13) with Microsoft SMTP Server id 15.20 via Frontend Transport; Fri, 20 Mar 2026 00:24:48 +0000\r\n"
	microsoftSays  = "Authentication-Results: spf=pass (sender IP is 192.0.2.66)\r\n smtp.mailfrom=evil.example; dkim=none (message not signed)\r\n header.d=none;dmarc=fail action=none header.from=bank.example;compauth=fail\r\n reason=001\r\n"
	microsoftEntry = "Received: from mail.evil.example (192.0.2.66) by OSA0EPF000000CA.mail.protection.outlook.com (10.167.240.56) with Microsoft SMTP Server id 15.20 via Frontend Transport; Fri, 20 Mar 2026 00:24:48 +0000\r\n"
	microsoftFake  = "Authentication-Results: spf=pass (sender IP is 198.51.100.7) smtp.mailfrom=bank.example; dkim=pass header.d=bank.example;dmarc=pass action=none header.from=bank.example;compauth=pass reason=100\r\n"

	fastmailTop = "Return-Path: <bounce@evil.example>\r\n" +
		"Received: from phl-compute-01.internal (phl-compute-01.nyi.internal [10.202.2.41]) by sloti22n13 (Cyrus 3.9) with LMTPA; Fri, 20 Mar 2026 00:24:53 +0000\r\n" +
		"Received: from phl-mx-07 ([10.202.2.206]) by phl-compute-01.internal (MEProxy); Fri, 20 Mar 2026 00:24:52 +0000\r\n" +
		"Received: from mailmx.phl.internal (localhost [127.0.0.1]) by mailmx.phl.internal (Postfix) with ESMTP id 1; Fri, 20 Mar 2026 00:24:51 +0000\r\n" +
		"ARC-Seal: i=1; a=rsa-sha256; d=messagingengine.com\r\n" +
		"Authentication-Results: mx6.messagingengine.com; dmarc=fail policy.applied-disposition=none header.from=bank.example; spf=pass smtp.mailfrom=bounce@evil.example smtp.helo=x\r\n" +
		"Received: from mail.evil.example (mail.evil.example [192.0.2.66]) by mailmx.phl.internal (Postfix) with ESMTPS id 2 for <u@fastmail.com>; Fri, 20 Mar 2026 00:24:50 +0000\r\n"

	icloudTop = "Return-Path: <bounce@evil.example>\r\n" +
		"Received: from p00-icloudmta-smtpin-1 by p33-mailgateway-smtp-7f (mailgateway 2421B90) with SMTP id 1d5f for <u@icloud.com>; Fri, 20 Mar 2026 00:24:53 GMT\r\n" +
		"Authentication-Results: bimi.icloud.com; bimi=skipped reason=\"insufficient dmarc\"\r\n" +
		"X-ARC-Info: policy=fail; arc=none\r\n" +
		"Authentication-Results: dmarc.icloud.com; dmarc=fail header.from=bank.example\r\n" +
		"Authentication-Results: dkim-verifier.icloud.com; dkim=none\r\n" +
		"Authentication-Results: spf.icloud.com; spf=pass smtp.mailfrom=bounce@evil.example\r\n" +
		"Received: from mail.evil.example (mail.evil.example [192.0.2.66]) by p00-icloudmta-smtpin-1.p00.icloud.com (Postfix) with ESMTPS id 2; Fri, 20 Mar 2026 00:24:50 +0000\r\n"

	yahooTop = "Received: from 127.0.0.1\r\n by atlas-production.v2-mail-prod1-bf1.omega.yahoo.com pod-id x with HTTP; Mon, 8 Dec 2025 11:52:58 +0000\r\n" +
		"X-Originating-Ip: [192.0.2.66]\r\n" +
		"Authentication-Results: atlas-production.v2-mail-prod1-bf1.omega.yahoo.com;\r\n dkim=unknown;\r\n spf=pass smtp.mailfrom=evil.example;\r\n dmarc=fail(p=REJECT) header.from=bank.example;\r\n" +
		"X-Apparently-To: u@yahoo.com; Mon, 8 Dec 2025 11:52:58 +0000\r\n" +
		"Received: from 192.0.2.66 (EHLO mail.evil.example)\r\n by 10.196.217.15 with SMTP;\r\n Mon, 08 Dec 2025 11:52:58 +0000\r\n"

	postfixAbove = "Return-Path: <bounce@evil.example>\r\nDelivered-To: u@b.example\r\n" +
		"Authentication-Results: mx.b.example;\r\n\tdkim=none; dmarc=fail header.from=bank.example\r\n" +
		"Received: from mail.evil.example (unknown [192.0.2.66])\r\n\tby mx.b.example (Postfix) with ESMTPS id D83B\r\n\tfor <u@b.example>; Mon,  2 Jan 2023 22:18:19 +0100 (CET)\r\n"
	postfixBare = "Return-Path: <bounce@evil.example>\r\n" +
		"Received: from mail.evil.example (unknown [192.0.2.66]) by mx.b.example (Postfix) with ESMTPS id D83B; Mon,  2 Jan 2023 22:18:19 +0100 (CET)\r\n"
	postfixForged = "Authentication-Results: mx.b.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n"
	postfixTrace  = "Received: from mail.bank.example (mail.bank.example [198.51.100.7]) by mx.b.example (Postfix) with ESMTPS id 1; Mon,  2 Jan 2023 22:18:00 +0100 (CET)\r\n"

	amavisTop = "Return-Path: <bounce@evil.example>\r\n" +
		"Received: from mx2.b.example (mx2.b.example [192.168.102.26])\r\n\t by imap (Cyrus v2.4.16) with LMTPA; Thu, 04 Jun 2015 06:09:06 +0200\r\n" +
		"Received: from localhost (spam.b.example [192.168.102.97]) by mx2.b.example (Postfix) with ESMTP id 4492; Thu,  4 Jun 2015 06:09:11 +0200 (CEST)\r\n" +
		"X-Spam-Status: No\r\n" +
		"Received: from mx2.b.example ([IPv6:::ffff:192.168.102.26]) by localhost (spam.b.example [::ffff:192.168.102.97]) (amavisd-new, port 10024) with ESMTP id M; Thu, 4 Jun 2015 04:09:10 +0000 (UTC)\r\n" +
		"Received-SPF: Pass (sender SPF authorized) identity=mailfrom; client-ip=192.0.2.66; helo=mail.evil.example; envelope-from=bounce@evil.example; receiver=u@b.example\r\n" +
		"Authentication-Results: mx2.b.example; dkim=fail reason=\"verification failed\" header.d=bank.example\r\n" +
		"Received: from mail.evil.example (mail.evil.example [192.0.2.66]) by mx2.b.example (Postfix) with ESMTPS id DD66; Thu,  4 Jun 2015 06:09:09 +0200 (CEST)\r\n"

	habitTop = "Return-Path: <bounce@evil.example>\r\n" +
		"Received: from in.b.example (in.b.example [10.1.2.3]) by store.b.example (8.18.2/8.18.1) with ESMTPS id 1; Sat, 18 Apr 2026 18:55:17 GMT\r\n" +
		"Authentication-Results: store.b.example; dkim=fail header.d=bank.example\r\n" +
		"Received: from mail.evil.example (mail.evil.example [192.0.2.66]) by in.b.example (8.16.1/8.16.1) with ESMTPS id 2; Sat, 18 Apr 2026 13:55:13 -0500\r\n" +
		"DKIM-Filter: OpenDKIM Filter v2.11.0 in.b.example 2\r\n" +
		"Authentication-Results: in.b.example; dkim=fail header.d=bank.example\r\n"

	authored = "From: Bank <a@bank.example>\r\nTo: u@b.example\r\nSubject: x\r\n\r\n"
)

type boundaryCase struct {
	name, header string
	trust        Trust
	want         string // "by ip mail-from" of the boundary; empty for none
	results      string // by its word
	forged       int
}

func topmost() Trust                 { return Trust{Topmost: true} }
func named(ps ...string) Trust       { return Trust{Providers: ps} }
func entryOf(by, rest string) string { return by + " 192.0.2.66 " + rest }

func boundaryCases() []boundaryCase {
	const (
		google    = "spf=pass evil.example mailfrom, dmarc=fail bank.example"
		microsoft = "spf=pass evil.example mailfrom, dkim=none, dmarc=fail bank.example, compauth=fail"
		eop       = "osa0epf000000ca.mail.protection.outlook.com"
		above     = "dkim=none, dmarc=fail bank.example"
	)
	at := entryOf("mx.google.com", "bounce@evil.example")
	ms := entryOf(eop, "evil.example")
	own := entryOf("mx.b.example", "bounce@evil.example")
	return []boundaryCase{
		{"nobody is believed", googleTop + googleSays, Trust{}, "", "", 0},
		{"Google", googleTop + googleSays, topmost(), at, google, 0},
		{"Google by name", googleTop + googleSays, named("google.com"), at, google, 0},
		{"Google by a customer's domain", googleTop + googleSays, named("gmail.com"), at, google, 0},
		{"Google by authserv-id", googleTop + googleSays, named("mx.google.com"), at, google, 0},
		{"another provider", googleTop + googleSays, named("outlook.com", "b.example"), "", "", 0},
		{"Google, forged beneath its own", googleTop + googleSays + googleForged, topmost(), at, google, 1},
		{"Google, forged under another of its names", googleTop + googleSays + strings.Replace(googleForged, "mx.", "mx2.", 1), topmost(), at, google, 1},
		{"Google, ARC set above, forged under another of its names", googleARC + googleTop + googleSays + strings.Replace(googleForged, "mx.", "mx2.", 1), named("google.com"), at, google, 1},
		{"Google, forged among the sender's fields", googleTop + googleSays + "Subject: x\r\n" + googleForged, topmost(), at, google, 1},
		{"Google, forged with a trace line", googleTop + googleSays + googleClaimed + googleForged, named("google.com"), at, google, 0},
		{"Google, HELO with its name, forged trace line first", googleTop + googleSays + googleClaimed + "Received-SPF: pass\r\n" + googleForged, topmost(), at, google, 0},
		{"Google, ARC set above", googleARC + googleTop + googleSays, topmost(), at, google, 0},
		{"Google, its last field continued", googleARC + googleTop + googleSays + "   ; dkim=pass header.i=@bank.example; spf=pass smtp.helo=bank.example\r\n", topmost(), at,
			"spf=pass evil.example mailfrom, dmarc=fail bank.example, dkim=unknown bank.example, spf=unknown bank.example helo", 0},
		{"Google before ARC, its last field continued", googleTop + strings.Replace(googleSays, "; spf", ";\r\n       spf", 1) + "       x=y;\r\n       dkim=pass header.i=@bank.example\r\n", topmost(), at,
			"spf=unknown evil.example mailfrom, dmarc=fail bank.example, dkim=unknown bank.example", 0},
		{"Microsoft", microsoftTop + microsoftSays + microsoftEntry + "Return-Path: b@evil.example\r\n", topmost(), entryOf(eop, "b@evil.example"), microsoft, 0},
		{"Microsoft by a customer's domain", microsoftTop + microsoftSays + microsoftEntry, named("hotmail.com"), ms, microsoft, 0},
		{"Microsoft, forged beneath", microsoftTop + microsoftSays + microsoftEntry + microsoftFake, topmost(), ms, microsoft, 1},
		{"Microsoft, forged among the sender's fields", microsoftTop + microsoftSays + microsoftEntry + "X-A: b\r\n" + microsoftFake, topmost(), ms, microsoft, 1},
		{"Microsoft, forged inner hop beneath the entry", microsoftTop + microsoftSays +
			strings.Replace(microsoftEntry, "mail.evil.example", "OSA0EPF000000CB.apcprd02.prod.outlook.com", 1) + microsoftFake +
			strings.ReplaceAll(microsoftEntry, "00CA", "00CB"), topmost(), ms, microsoft, 1},
		{"Microsoft, other tenant's host", microsoftTop + microsoftSays +
			"Received: from EUR05-VI1-obe.outbound.protection.outlook.com (2a01:111:f403:c200::1) by OSA0EPF000000CA.mail.protection.outlook.com (10.167.240.56) with Microsoft SMTP Server id 15\r\n" +
			microsoftFake + "Received: from x (198.51.100.1) by EUR05-VI1-obe.outlook.com\r\n", topmost(), eop + " 2a01:111:f403:c200::1 evil.example", microsoft, 1},
		{"Microsoft's form at another provider", postfixBare + microsoftFake, topmost(), own, "", 0},
		{"Microsoft's form above another provider's line", strings.Replace(postfixBare, "Received", microsoftFake+"Received", 1), topmost(), own, "", 0},
		{"Fastmail", fastmailTop, topmost(), entryOf("mailmx.phl.internal", "bounce@evil.example"), "dmarc=fail bank.example, spf=pass evil.example mailfrom", 0},
		{"Fastmail by name", fastmailTop, named("fastmail.com"), entryOf("mailmx.phl.internal", "bounce@evil.example"), "dmarc=fail bank.example, spf=pass evil.example mailfrom", 0},
		{"Fastmail, another named", fastmailTop, named("google.com"), "", "", 0},
		{"Fastmail, forged", fastmailTop + "Authentication-Results: mx6.messagingengine.com; dmarc=pass header.from=bank.example\r\n", topmost(), entryOf("mailmx.phl.internal", "bounce@evil.example"), "dmarc=fail bank.example, spf=pass evil.example mailfrom", 1},
		{"iCloud", icloudTop, named("icloud.com"), entryOf("p00-icloudmta-smtpin-1.p00.icloud.com", "bounce@evil.example"), "spf=pass evil.example mailfrom, dkim=none, dmarc=fail bank.example, bimi=none", 0},
		{"Yahoo", yahooTop, topmost(), entryOf("10.196.217.15", "evil.example"), "dkim=unknown, spf=pass evil.example mailfrom, dmarc=fail bank.example", 0},
		{"Yahoo as AOL, forged", yahooTop + "Authentication-Results: atlas.yahoo.com; dmarc=pass header.from=bank.example\r\n", named("aol.com"), entryOf("10.196.217.15", "evil.example"), "dkim=unknown, spf=pass evil.example mailfrom, dmarc=fail bank.example", 1},
		{"Yahoo, fetched", "Received: from imap.mail.g03.yahoodns.net [67.195.228.147] by home.b.example with IMAP (fetchmail-6.6.1) for <u@localhost>\r\n" + yahooTop, topmost(), entryOf("10.196.217.15", "evil.example"), "dkim=unknown, spf=pass evil.example mailfrom, dmarc=fail bank.example", 0},
		{"fetched from elsewhere", "Received: from imap.c.example [67.195.228.147] by home.b.example with IMAP (fetchmail-6.6.1) for <u@localhost>\r\n" + yahooTop, topmost(), "home.b.example 67.195.228.147 ", "", 0},
		{"results above the line", postfixAbove, topmost(), own, above, 0},
		{"results above the line, forged beneath", postfixAbove + postfixForged, named("b.example"), own, above, 1},
		{"results above the line, forged with a trace line", postfixAbove + postfixTrace + postfixForged, topmost(), own, above, 1},
		{"provider without results, forged beneath", postfixBare + postfixForged, topmost(), own, "", 0},
		{"provider without results, forged with a trace line", postfixBare + postfixForged + postfixTrace + postfixForged, named("b.example"), own, "", 0},
		{"provider without results, forged deep", postfixBare + "Subject: x\r\n" + postfixForged, named("mx.b.example"), own, "", 0},
		{"forged line for a client of the same name", strings.Replace(postfixBare, "unknown", "static.mx.b.example", 1) + postfixForged +
			"Received: from x (x [198.51.100.7]) by static.mx.b.example with SMTP\r\n", topmost(), own, "", 0},
		{"content filter", amavisTop, topmost(), entryOf("mx2.b.example", "bounce@evil.example"), "dkim=fail bank.example, spf=pass evil.example mailfrom", 0},
		{"results beneath an upper hop's line", habitTop, topmost(), entryOf("in.b.example", "bounce@evil.example"), "dkim=fail bank.example", 0},
		{"results beneath an upper hop's line, forged beneath the lower", strings.SplitAfter(habitTop, "-0500\r\n")[0] + strings.ReplaceAll(postfixForged, "mx.b", "in.b"), topmost(), entryOf("in.b.example", "bounce@evil.example"), "dkim=fail bank.example", 0},
		{"proxy's address", strings.Replace(postfixBare, "192.0.2.66", "172.17.0.1", 1) + postfixForged + postfixTrace, topmost(), "mx.b.example  bounce@evil.example", "", 0},
		{"submission", strings.Replace(postfixBare, "ESMTPS", "ESMTPSA", 1) + postfixForged, topmost(), "mx.b.example  bounce@evil.example", "", 0},
		{"no trace, results on top", "Authentication-Results: mx.b.example; dmarc=none header.from=bank.example\r\n", topmost(), "  ", "dmarc=none bank.example", 0},
		{"no trace, second results on top", "Authentication-Results: mx.b.example; dmarc=none header.from=bank.example\r\n" + postfixForged, named("b.example"), "  ", "dmarc=none bank.example", 0},
		{"no trace, other name on top", "Authentication-Results: mx.b.example; dmarc=none header.from=bank.example\r\n" + strings.Replace(postfixForged, "mx.", "mx2.", 1), topmost(), "  ", "dmarc=none bank.example", 0},
		{"no trace, results of nobody addressed", "Authentication-Results: mx.c.example; dmarc=pass header.from=bank.example\r\n", topmost(), "", "", 0},
		{"no trace, results beneath the author", "Subject: x\r\n" + postfixForged, topmost(), "", "", 0},
		{"foreign trace", googleClaimed + googleForged, named("b.example"), "", "", 0},
	}
}

func showBoundary(b *analyze.Boundary) string {
	if b == nil {
		return ""
	}
	ip := ""
	if b.ClientIP.IsValid() {
		ip = b.ClientIP.String()
	}
	return fmt.Sprintf("%s %s %s", b.By, ip, b.MailFrom)
}

// byWitness gives the results of one witness.
func byWitness(list []analyze.AuthResult, w analyze.Witness) []analyze.AuthResult {
	var out []analyze.AuthResult
	for _, r := range list {
		if r.Witness == w {
			out = append(out, r)
		}
	}
	return out
}

func TestBoundary(t *testing.T) {
	for _, tt := range boundaryCases() {
		h, _, _ := eml.ParseHeader([]byte(tt.header + authored))
		b, results, forged := (&Checker{}).boundary(h, tt.trust)
		if got := showBoundary(b); got != tt.want {
			t.Errorf("%s: boundary = %q, want %q", tt.name, got, tt.want)
		}
		if got := brief(byWitness(results, analyze.WitnessBoundary)); got != tt.results {
			t.Errorf("%s: by the boundary's word: %s\nwant %s", tt.name, got, tt.results)
		}
		if len(forged) != tt.forged {
			t.Errorf("%s: forged = %q, want %d", tt.name, forged, tt.forged)
		}
	}
}

// A nearer hop's failure is not outdone by a pass further in.
func TestBoundaryDisagreement(t *testing.T) {
	const (
		store = "Authentication-Results: store.b.example; dkim=%s header.d=bank.example\r\n" +
			"Received: from in.b.example (in.b.example [10.1.2.3]) by store.b.example with ESMTP id 1\r\n"
		in = "Authentication-Results: in.b.example; dkim=%s header.d=bank.example\r\n" +
			"Received: from mail.evil.example (mail.evil.example [192.0.2.66]) by in.b.example with ESMTP id 2\r\n"
	)
	for _, tt := range []struct{ outer, inner, want string }{
		{"pass", "fail", "dkim=fail bank.example, dkim=unknown bank.example"},
		{"fail", "pass", "dkim=pass bank.example, dkim=fail bank.example"},
		{"pass", "pass", "dkim=pass bank.example"},
	} {
		h, _, _ := eml.ParseHeader([]byte(fmt.Sprintf(store+in, tt.outer, tt.inner) + authored))
		_, results, _ := (&Checker{}).boundary(h, topmost())
		if got := brief(results); got != tt.want {
			t.Errorf("%s at the store, %s at the entry: results = %s, want %s", tt.outer, tt.inner, got, tt.want)
		}
	}
}

// Encoded words, as Microsoft writes a field that is not ASCII.
func TestBoundaryEncoded(t *testing.T) {
	head := microsoftTop + "Authentication-Results: =?utf-8?B?c3BmPWZhaWwgc210cC5tYWlsZnJvbT1ldmlsLmV4YW1wbGU7?=\r\n =?utf-8?B?ZG1hcmM9bm9uZSBoZWFkZXIuZnJvbT1iw7xjaGVyLmV4YW1wbGU7?=\r\n" + microsoftEntry
	h, _, _ := eml.ParseHeader([]byte(head + authored))
	_, results, _ := (&Checker{}).boundary(h, topmost())
	if got, want := brief(results), "spf=fail evil.example mailfrom, dmarc=none xn--bcher-kva.example"; got != want {
		t.Errorf("results = %s, want %s", got, want)
	}
}

// deltachatSuite reads messages as 22 providers left them in the mailbox, with
// most fields cut off. The truth is the suite's: DKIM fails for mail of
// delta.blinzeln.de and gmx.de and for local parts that start with "forged".
func deltachatSuite(t *testing.T) (cases int) {
	root := suitePath(t, "authres", "deltachat", "dkimchecks-2022-09-28")
	receivers, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	// Providers that write results at the top of what is left, and how many
	// messages show a DKIM or DMARC pass there. The others write none, or
	// among the sender's fields.
	want := map[string]int{"alice@aol.com": 12, "alice@buzon.uy": 15, "alice@disroot.org": 13, "alice@icloud.com": 14,
		"alice@ik.me": 14, "alice@mail.de": 15, "alice@yandex.ru": 15, "alice@zohomail.eu": 16}
	files, believed, passes := 0, 0, 0
	for _, r := range receivers {
		messages, err := os.ReadDir(filepath.Join(root, r.Name()))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range messages {
			files++
			raw, err := os.ReadFile(filepath.Join(root, r.Name(), m.Name()))
			if err != nil {
				t.Fatal(err)
			}
			h, _, _ := eml.ParseHeader(raw)
			for _, trust := range []Trust{topmost(), named(strings.SplitN(r.Name(), "@", 2)[1])} {
				_, results, _ := (&Checker{}).boundary(h, trust)
				said := byWitness(results, analyze.WitnessBoundary)
				pass := slices.ContainsFunc(said, func(a analyze.AuthResult) bool {
					return a.Result == analyze.ResultPass && a.Domain != "" && a.Method != analyze.MethodSPF
				})
				bad := strings.HasPrefix(m.Name(), "forged") || strings.HasSuffix(m.Name(), "@delta.blinzeln.de")
				// gmx.de signs as gmx.net: that pass is genuine, one for gmx.de is not.
				gmx := strings.HasSuffix(m.Name(), "@gmx.de") && slices.ContainsFunc(said, func(a analyze.AuthResult) bool {
					return a.Method == analyze.MethodDKIM && a.Result == analyze.ResultPass && a.Domain == "gmx.de"
				})
				if pass && bad || gmx {
					t.Errorf("%s/%s: believed a pass: %s", r.Name(), m.Name(), brief(said))
				}
				if trust.Topmost {
					if len(said) > 0 {
						believed++
					}
					if pass {
						n++
						passes++
					}
				}
			}
		}
		if w := want[r.Name()]; n < w {
			t.Errorf("%s: %d of %d messages with a believed pass, want %d", r.Name(), n, len(messages), w)
		}
		t.Logf("%s: %d of %d messages with a believed pass", r.Name(), n, len(messages))
	}
	t.Logf("%d messages, %d with believed results, %d with a pass, no forged one", files, believed, passes)
	return files
}

// FuzzBoundary puts the fuzzer's text under what a provider wrote: whatever
// the sender writes, the boundary stays, and no pass is believed that was not
// before.
func FuzzBoundary(f *testing.F) {
	tops := []string{googleARC + googleTop + googleSays, microsoftTop + microsoftSays + microsoftEntry, fastmailTop, icloudTop, yahooTop,
		postfixAbove, postfixBare, amavisTop, habitTop}
	for _, s := range []string{googleForged, googleClaimed + googleForged, microsoftFake + microsoftEntry, postfixForged + postfixTrace,
		strings.ReplaceAll(googleForged, "mx.", "mx2."), strings.ReplaceAll(googleForged, "mx.google", "x.yahoo") + strings.ReplaceAll(postfixForged, "mx.", "in."),
		" ; dmarc=pass header.from=bank.example\r\n", "\tby x (y [192.0.2.1]) with ESMTPSA\r\n" + fastmailTop} {
		f.Add([]byte(s))
	}
	read := func(raw []byte, trust Trust) (boundary string, passes map[string]bool) {
		h, _, _ := eml.ParseHeader(raw)
		b, results, forged := (&Checker{}).boundary(h, trust)
		passes = make(map[string]bool)
		for _, r := range byWitness(results, analyze.WitnessBoundary) {
			if r.Result == analyze.ResultPass {
				passes[brief([]analyze.AuthResult{r})] = true
			}
		}
		if b == nil && len(passes)+len(forged) > 0 {
			f.Errorf("%q: %v and %q without a boundary", raw, passes, forged)
		}
		if b == nil {
			return "", passes
		}
		return fmt.Sprintf("%s %s", b.By, b.ClientIP), passes
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		read(sent, topmost())
		for i, top := range tops {
			for _, trust := range []Trust{topmost(), named("google.com", "outlook.com", "fastmail.com", "icloud.com", "yahoo.com", "b.example")} {
				want, before := read([]byte(top), trust)
				got, passes := read(append([]byte(top), sent...), trust)
				if got != want {
					t.Errorf("layout %d with %q: boundary = %s, want %s", i, sent, got, want)
				}
				for p := range passes {
					if !before[p] {
						t.Errorf("layout %d with %q: %s is believed", i, sent, p)
					}
				}
			}
		}
	})
}
