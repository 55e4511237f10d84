package reply

import (
	"net/netip"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// desk is the configuration of the tests.
func desk() Config {
	return Config{
		From: "help@desk.example", Name: "Scam desk", Hostname: "mx.desk.example",
		Addresses: []string{"reportascam@desk.example", "phish@desk.example"},
	}
}

const goodHeader = "From: Ann Reporter <ann@home.example>\r\n" +
	"To: reportascam@desk.example\r\n" +
	"Subject: Fwd: Your account\r\n" +
	"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n" +
	"Message-ID: <abc.123@home.example>\r\n" +
	"MIME-Version: 1.0\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n"

// proven gives what the authentication of a good report is.
func proven(domain string, m analyze.Method) analyze.Auth {
	return analyze.Auth{FromDomain: domain, OrgDomain: domain, Results: []analyze.AuthResult{{
		Method: m, Result: analyze.ResultPass, Witness: analyze.WitnessVerified, Domain: domain, Aligned: true, Scope: "mailfrom"}}}
}

// goodOuter is a report that is answered; header replaces the good one.
func goodOuter(header string) Outer {
	h, _, _ := eml.ParseHeader([]byte(header + "\r\n"))
	return Outer{
		Report: &analyze.Report{ID: "01JD0000000000000000000000", Raw: []byte(header + "\r\nhello\r\n"), Envelope: analyze.Envelope{
			MailFrom: "ann@home.example", RcptTo: []string{"reportascam@desk.example"}, ClientIP: netip.MustParseAddr("192.0.2.7")}},
		Header:    h,
		Reporter:  analyze.Reporter{Address: "ann@home.example", Domain: "home.example", Proven: true, By: ByDKIM, Auth: proven("home.example", analyze.MethodDKIM)},
		Originals: []analyze.Original{{How: analyze.HowAttached, Grade: analyze.GradeFull}},
	}
}

// with adds fields to the good header, or replaces those of the same name.
func with(fields ...string) string {
	h := goodHeader
	for _, f := range fields {
		name, _, _ := strings.Cut(f, ":")
		var kept []string
		for _, l := range strings.SplitAfter(h, "\r\n") {
			if l != "" && !strings.HasPrefix(l, name+":") {
				kept = append(kept, l)
			}
		}
		h = strings.Join(kept, "") + f + "\r\n"
	}
	return h
}

// plus adds fields and replaces none.
func plus(fields ...string) string { return goodHeader + strings.Join(fields, "\r\n") + "\r\n" }

// from makes the whole report come from that address.
func from(addr string) func(*Outer) {
	return func(o *Outer) {
		_, domain := split(addr)
		o.Report.Envelope.MailFrom = addr
		h, _, _ := eml.ParseHeader([]byte(with("From: "+addr) + "\r\n"))
		o.Header = h
		o.Reporter.Auth = proven(domain, analyze.MethodDKIM)
	}
}

func mailFrom(addr string) func(*Outer) {
	return func(o *Outer) { o.Report.Envelope.MailFrom = addr }
}

// network makes the report come from a trusted network, unauthenticated.
func trusted(o *Outer) {
	o.Report.Envelope.Trusted = true
	o.Reporter.By = ByNetwork
	o.Reporter.Auth = analyze.Auth{Results: []analyze.AuthResult{
		{Method: analyze.MethodDMARC, Result: analyze.ResultFail, Witness: analyze.WitnessVerified}}}
}

func how(h ...analyze.How) func(*Outer) {
	return func(o *Outer) {
		o.Originals = nil
		for _, x := range h {
			o.Originals = append(o.Originals, analyze.Original{How: x})
		}
	}
}

func both(fs ...func(*Outer)) func(*Outer) {
	return func(o *Outer) {
		for _, f := range fs {
			f(o)
		}
	}
}

func results(rs ...analyze.AuthResult) func(*Outer) {
	return func(o *Outer) { o.Reporter.Auth.Results = rs }
}

func result(m analyze.Method, r analyze.Result, w analyze.Witness, domain string) analyze.AuthResult {
	return analyze.AuthResult{Method: m, Result: r, Witness: w, Domain: domain, Aligned: true, Scope: "mailfrom"}
}

func TestConduct(t *testing.T) {
	const resentAnn = "Resent-From: ann@home.example"
	pass, fail := analyze.ResultPass, analyze.ResultFail
	seen := analyze.WitnessVerified
	tests := []struct {
		name   string
		header string // empty: the good one
		change func(*Outer)
		want   string // the word of the reason; empty: answered
	}{
		// Kept.
		{"a person's report", "", nil, ""},
		{"proven by SPF", "", func(o *Outer) { o.Reporter.By = BySPF; o.Reporter.Auth = proven("home.example", analyze.MethodSPF) }, ""},
		{"DMARC none beside an aligned pass", "", results(result(analyze.MethodDKIM, pass, seen, "home.example"), analyze.AuthResult{Method: analyze.MethodDMARC, Result: analyze.ResultNone, Witness: seen}), ""},
		{"Auto-Submitted: no", with("Auto-Submitted: no"), nil, ""},
		{"Auto-Submitted: No with comment and parameter", with("Auto-Submitted: (by hand) No ; x=y"), nil, ""},
		{"Precedence: normal", with("Precedence: normal"), nil, ""},
		{"Precedence: first-class", with("Precedence: first-class"), nil, ""},
		{"suppress receipts only", with("X-Auto-Response-Suppress: DR, RN, NRN"), nil, ""},
		{"suppress None", with("X-Auto-Response-Suppress: None"), nil, ""},
		{"multipart/mixed", with("Content-Type: multipart/mixed; boundary=x"), nil, ""},
		{"report only in a parameter", with(`Content-Type: multipart/mixed; boundary="multipart/report"`), nil, ""},
		{"the original is a newsletter", "", func(o *Outer) { o.Originals[0].Raw = []byte("List-Id: <x>\r\nPrecedence: bulk\r\n\r\nx") }, ""},
		{"the original is a bounce", "", func(o *Outer) {
			o.Originals[0].Raw = []byte("Auto-Submitted: auto-replied\r\nContent-Type: multipart/report\r\n\r\nx")
		}, ""},
		{"several originals", "", how(analyze.HowAttached, analyze.HowInline), ""},
		{"no original", "", how(), ""},
		{"Reply-To elsewhere is not read", with("Reply-To: mallory@evil.example"), nil, ""},
		{"desk in Cc", with("To: friend@home.example", "Cc: phish@desk.example"), nil, ""},
		{"desk with a tag", with("To: reportascam+x@desk.example"), nil, ""},
		{"desk in capitals", with("To: ReportAScam@DESK.example"), nil, ""},
		{"named by the envelope only known there", with("To: alias@desk.example"), func(o *Outer) { o.Report.Envelope.RcptTo = []string{"alias@desk.example"} }, ""},
		{"local part with noreply's letters in it", "", from("norah.eply@home.example"), ""},
		{"local part that begins with request", "", from("requests.dept@home.example"), ""},
		{"postmaster is a person", "", from("postmaster@home.example"), ""},
		{"no Message-ID", strings.Replace(goodHeader, "Message-ID: <abc.123@home.example>\r\n", "", 1), nil, ""},
		{"name with a comma and an address", with(`From: "Ann, mallory@evil.example" <ann@home.example>`), nil, ""},
		{"envelope of a sending service", "", mailFrom("0100-abc@amazonses.example"), ""},
		{"trusted network", "", trusted, ""},
		{"a forwarded absence note", with("Subject: Fwd: Automatic reply"), how(), ""},
		{"an attached bounce", with("Subject: Undeliverable: hello"), nil, ""},
		{"Return-Path of the reporter", with("Return-Path: <ann@home.example>"), nil, ""},
		{"trusted network, not addressed to us", with("To: other@elsewhere.example"), trusted, ""},
		{"trusted network, no From", strings.Replace(goodHeader, "From: Ann Reporter <ann@home.example>\r\n", "", 1), trusted, ""},
		{"trusted network, single-label domain", "", both(from("ann@localhost"), trusted), ""},

		// Broken: the envelope.
		{"null sender", "", mailFrom(""), "null-sender"},
		{"null sender written out", "", mailFrom("<>"), "null-sender"},
		{"sender without a domain", "", mailFrom("ann"), "bad-sender"},
		{"sender with CR", "", mailFrom("ann@home.example\rX: y"), "bad-sender"},
		{"sender with brackets", "", mailFrom("ann@home.example> ORCPT=x"), "bad-sender"},
		{"our own envelope sender", "", mailFrom("reportascam@desk.example"), "own-address"},
		{"our own From", "", from("help@desk.example"), "own-address"},
		{"our own From with a tag", "", from("phish+1@desk.example"), "own-address"},
		{"our own Sender", with("Sender: PHISH@desk.example"), nil, "own-address"},
		{"MAILER-DAEMON", "", mailFrom("MAILER-DAEMON@home.example"), "robot-sender"},
		{"From MAILER-DAEMON", "", from("Mailer-Daemon@home.example"), "robot-sender"},
		{"LISTSERV", "", mailFrom("LISTSERV@home.example"), "robot-sender"},
		{"majordomo", "", mailFrom("majordomo@home.example"), "robot-sender"},
		{"-request", "", mailFrom("users-request@home.example"), "robot-sender"},
		{"owner-", "", mailFrom("owner-users@home.example"), "robot-sender"},
		{"-bounces with a tag", "", mailFrom("users-bounces+ann=x@home.example"), "robot-sender"},
		{"noreply", "", from("noreply@home.example"), "robot-sender"},
		{"no-reply with more", "", from("No-Reply-billing@home.example"), "robot-sender"},
		{"não responda", "", from("nao-responda@home.example"), "robot-sender"},
		{"nie odpowiadaj", "", from("nie.odpowiadaj@home.example"), "robot-sender"},
		{"do_not.reply", "", from("do_not.reply@home.example"), "robot-sender"},

		// Broken: the header.
		{"auto-replied", with("Auto-Submitted: auto-replied"), nil, "auto-submitted"},
		{"auto-generated with parameter", with("Auto-Submitted: auto-generated; owner-email=x"), nil, "auto-submitted"},
		{"empty Auto-Submitted", with("Auto-Submitted: "), nil, "auto-submitted"},
		{"no in a comment only", with("Auto-Submitted: (no) auto-notified"), nil, "auto-submitted"},
		{"two Auto-Submitted", plus("Auto-Submitted: no", "Auto-Submitted: auto-replied"), nil, "auto-submitted"},
		{"X-Autoreply", with("X-Autoreply: yes"), nil, "auto-submitted"},
		{"X-Loop", with("X-Loop: x"), nil, "auto-submitted"},
		{"List-Id", with("List-Id: <users.home.example>"), nil, "mailing-list"},
		{"List-Owner", with("List-Owner: <mailto:x@home.example>"), nil, "mailing-list"},
		{"List-Subscribe", with("List-Subscribe: <https://home.example>"), nil, "mailing-list"},
		{"List-Post, empty", with("List-Post:"), nil, "mailing-list"},
		{"List-Unsubscribe", with("List-Unsubscribe: <https://home.example>"), nil, "mailing-list"},
		{"List-Help", with("List-Help: <https://home.example>"), nil, "mailing-list"},
		{"list-archive in small letters", with("list-archive: <https://home.example>"), nil, "mailing-list"},
		{"Precedence: bulk", with("Precedence: bulk"), nil, "bulk"},
		{"Precedence: JUNK", with("Precedence: JUNK"), nil, "bulk"},
		{"Precedence: list", with("Precedence: list"), nil, "bulk"},
		{"suppress All", with("X-Auto-Response-Suppress: All"), nil, "suppressed"},
		{"suppress OOF among others", with("X-Auto-Response-Suppress: DR, oof"), nil, "suppressed"},
		{"suppress AutoReply", with("X-Auto-Response-Suppress: AutoReply"), nil, "suppressed"},
		{"bounce", with("Content-Type: multipart/report; report-type=delivery-status; boundary=x"), nil, "notification"},
		{"receipt in capitals", with("Content-Type: MULTIPART/Report; report-type=disposition-notification"), nil, "notification"},
		{"report with a comment", with("Content-Type: multipart/(x)report; boundary=y"), nil, "notification"},
		{"bare delivery status", with("Content-Type: message/delivery-status"), nil, "notification"},
		{"no header", " ", nil, "malformed"},
		{"two From fields", plus("From: mallory@evil.example"), nil, "malformed"},
		{"two Message-IDs", plus("Message-ID: <x@y>"), nil, "malformed"},
		{"two Content-Types", plus("Content-Type: text/html"), nil, "malformed"},
		{"NUL", with("X-Junk: a\x00b"), nil, "malformed"},
		{"a thousand fields", goodHeader + strings.Repeat("X-A: b\r\n", 1000), nil, "malformed"},
		{"two authors", with("From: ann@home.example, bob@home.example"), nil, "malformed"},
		{"no author", strings.Replace(goodHeader, "From: Ann Reporter <ann@home.example>\r\n", "", 1), nil, "malformed"},
		{"author that the analysis could not read", "", func(o *Outer) { o.Reporter.Auth.FromFault = "two" }, "malformed"},

		{"Return-Path of a bounce", with("Return-Path: <>"), nil, "null-sender"},
		{"X-Failed-Recipients", with("X-Failed-Recipients: x@home.example"), nil, "auto-submitted"},
		{"absence by subject only", with("Subject: Automatic reply: Your report"), how(), "auto-submitted"},
		{"absence in Polish", with("Subject: =?utf-8?q?Automatyczna_odpowied=C5=BA?="), how(analyze.HowPasted), "auto-submitted"},
		{"bounce by subject only", with("Subject: Undelivered Mail Returned to Sender"), how(), "auto-submitted"},

		// Broken: authentication.
		{"not proven", "", func(o *Outer) { o.Reporter.Proven = false }, "not-authenticated"},
		{"proven by nothing named", "", func(o *Outer) { o.Reporter.By = "" }, "not-authenticated"},
		{"network without trust", "", func(o *Outer) { o.Reporter.By = ByNetwork }, "not-authenticated"},
		{"no result behind it", "", results(), "not-authenticated"},
		{"pass only claimed", "", results(result(analyze.MethodDKIM, pass, analyze.WitnessClaimed, "home.example")), "not-authenticated"},
		{"pass only by a boundary", "", results(result(analyze.MethodDKIM, pass, analyze.WitnessBoundary, "home.example")), "not-authenticated"},
		{"pass not aligned", "", results(analyze.AuthResult{Method: analyze.MethodDKIM, Result: pass, Witness: seen, Domain: "evil.example"}), "not-authenticated"},
		{"another domain was checked", "", func(o *Outer) { o.Reporter.Auth = proven("evil.example", analyze.MethodDKIM) }, "not-authenticated"},
		{"DMARC fail", "", results(result(analyze.MethodDKIM, pass, seen, "home.example"), result(analyze.MethodDMARC, fail, seen, "home.example")), "dmarc-fail"},

		// Broken: whom to answer.
		{"not addressed to us", with("To: other@elsewhere.example"), nil, "not-addressed"},
		{"no To at all", strings.Replace(goodHeader, "To: reportascam@desk.example\r\n", "", 1), nil, "not-addressed"},
		{"redirected by an authenticated person", plus(resentAnn, "Resent-To: reportascam@desk.example"), how(analyze.HowRedirected), "redirected"},
		{"redirected, authenticated by a parent domain", plus("Resent-From: ann@mail.home.example", "Resent-To: reportascam@desk.example"), how(analyze.HowRedirected), "redirected"},
		{"redirected within a trusted network", plus(resentAnn), both(trusted, how(analyze.HowRedirected)), "redirected"},
		{"redirected without Resent-From", "", how(analyze.HowRedirected), "redirected"},
		{"redirected in a trusted network without Resent-From", "", both(trusted, how(analyze.HowRedirected)), "redirected"},
		{"Resent-From of another domain", plus("Resent-From: bob@evil.example", "Resent-To: reportascam@desk.example"), how(analyze.HowRedirected), "redirected"},
		{"Resent-From by HELO only", plus(resentAnn), func(o *Outer) {
			o.Reporter.Auth.Results[0].Method = analyze.MethodSPF
			o.Reporter.Auth.Results[0].Scope = "helo"
		}, "redirected"},
		{"two Resent-From", plus(resentAnn, "Resent-From: bob@home.example"), nil, "redirected"},
		{"Resent-To only", plus("Resent-To: reportascam@desk.example"), nil, "redirected"},
		{"quoted local part", with(`From: "ann> x"@home.example`), nil, "odd-address"},
		{"address literal", with("From: ann@[192.0.2.1]"), func(o *Outer) { o.Reporter.Auth = proven("[192.0.2.1]", analyze.MethodSPF) }, "odd-address"},
		{"8-bit local part", with("From: änn@home.example"), nil, "odd-address"},
		{"single-label domain", "", from("ann@localhost"), "odd-address"},
	}
	if len(tests) < 60 {
		t.Errorf("%d cases, want 60 at least", len(tests))
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := tt.header
			if header == "" {
				header = goodHeader
			}
			o := goodOuter(header)
			if tt.change != nil {
				tt.change(&o)
			}
			reason, refused := Refuse(o, desk())
			if got := Word(reason); got != tt.want || refused != (tt.want != "") {
				t.Errorf("Refuse = %q, %v, want %q", reason, refused, tt.want)
			}
		})
	}
}

func TestReasonForm(t *testing.T) {
	o := goodOuter(with("Auto-Submitted: auto-replied"))
	reason, _ := Refuse(o, desk())
	word, sentence, ok := strings.Cut(reason, ": ")
	if !ok || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") != "" || !strings.HasSuffix(sentence, ".") {
		t.Errorf("reason = %q, want word: sentence.", reason)
	}
}

func TestRecipient(t *testing.T) {
	tests := []struct {
		name   string
		header string
		change func(*Outer)
		want   string
	}{
		{"From, not Reply-To, not Cc", with("Reply-To: r@evil.example", "Cc: c@evil.example"), nil, "ann@home.example"},
		{"From, not MAIL FROM", goodHeader, mailFrom("bounce-1@sender.example"), "ann@home.example"},
		{"From, not what else was noted", goodHeader, func(o *Outer) { o.Reporter.Address = "x@evil.example" }, "ann@home.example"},
		{"MAIL FROM of a trusted network", "To: x@y.example\r\n", trusted, "ann@home.example"},
	}
	for _, tt := range tests {
		o := goodOuter(tt.header)
		if tt.change != nil {
			tt.change(&o)
		}
		if got, reason := Recipient(o); got != tt.want {
			t.Errorf("%s: Recipient = %q (%s), want %q", tt.name, got, reason, tt.want)
		}
	}
}
