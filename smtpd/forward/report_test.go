package forward

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/testdata/suites"
)

// jsonReport is a report with an XARF part.
func jsonReport(name, body string) *analyze.Report {
	return &analyze.Report{Raw: []byte("From: abuse@provider.example\r\nTo: reportascam@desk.example\r\nSubject: abuse report\r\nX-XARF: PLAIN\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the report.\r\n--b\r\n" +
		"Content-Type: application/json; name=" + name + "\r\n\r\n" + body + "\r\n--b--\r\n")}
}

func TestXARF(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	quote := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	v3 := func(class, samples string) string {
		return `{"Version":"3","ReporterInfo":{"ReporterOrg":"x"},"Disclosure":true,"Report":{"ReportClass":"Activity","ReportType":"` + class + `","Samples":` + samples + `}}`
	}
	v4 := func(kind, evidence string) string {
		return `{"xarf_version":"4.0.0","report_id":"1","category":"messaging","type":"` + kind + `","evidence":` + evidence + `}`
	}
	mail4 := `{"content_type":"message/rfc822","description":"mail","payload":"` + b64([]byte(scam)) + `"}`
	mail3 := `{"ContentType":"message/rfc822","Base64Encoded":true,"Payload":"` + b64([]byte(scam)) + `"}`
	for _, test := range []struct{ name, body, want, client string }{
		{"version 4", v4("phishing", "["+mail4+"]"), "arf/full Account notice 4711", "xarf/phishing"},
		{"version 4, mail and a picture", v4("spam", `[{"content_type":"image/png","payload":"iVBORw0K"},`+mail4+"]"), "arf/full Account notice 4711", "xarf/spam"},
		{"version 4, text", v4("phishing", `[{"content_type":"text/plain","payload":"`+b64([]byte("Your account: https://evil.example/"))+`"}]`), "arf/text ", "xarf/phishing"},
		{"version 4, mail as text", v4("spam", `[{"content_type":"text/plain; charset=utf-8","payload":"`+b64([]byte(scam))+`"}]`), "arf/full Account notice 4711", "xarf/spam"},
		{"version 4, header only", v4("spam", `[{"content_type":"text/rfc822-headers","payload":"`+b64([]byte(strings.SplitN(scam, "\r\n\r\n", 2)[0]))+`"}]`), "arf/headers Account notice 4711", "xarf/spam"},
		{"version 3", v3("Phishing", "["+mail3+"]"), "arf/full Account notice 4711", "xarf/phishing"},
		{"version 3, not encoded", v3("Spam", `[{"ContentType":"message/rfc822","Base64Encoded":false,"Payload":`+quote(scam)+`}]`), "arf/full Account notice 4711", "xarf/spam"},
		{"no evidence", v4("spam", "[]"), "pasted/text ", "xarf"},
		{"evidence that is no list", v4("spam", `{"a":1}`), "pasted/text ", "xarf"},
		{"not XARF", `{"evidence":[` + mail4 + `]}`, "pasted/text ", "xarf"},
		{"not JSON", `{"xarf_version":`, "pasted/text ", "xarf"},
		{"far too much evidence", v4("spam", "["+strings.Repeat("{},", 1_000_000)+mail4+"]"), "pasted/text ", "xarf"},
		{"deep", v4("spam", strings.Repeat("[", 1_000_000)), "pasted/text ", "xarf"},
	} {
		got := Find(jsonReport("xarf.json", test.body), us)
		if summary(got) != test.want || got[0].Client != test.client {
			t.Errorf("%s: Find = %q by %q, want %q by %q", test.name, summary(got), got[0].Client, test.want, test.client)
		}
	}
}

// TestButtons has the shapes in which report buttons and formats send.
func TestButtons(t *testing.T) {
	eml := func(head, note, name, kind string) string {
		return "From: Pat Reporter <pat@reporter.example>\r\nTo: reportascam@desk.example\r\n" + head + "MIME-Version: 1.0\r\nX-Mailer: Microsoft Outlook 16.0\r\n" +
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + note + "\r\n--b\r\nContent-Type: " + kind + "; name=\"" + name +
			"\"\r\nContent-Disposition: attachment\r\n\r\n" + scam + "\r\n--b--\r\n"
	}
	cofense := "-----BEGIN REPORTER AGENT-----\r\nReporter agent: Cofense Reporter|5.0\r\nReporting User: pat@reporter.example\r\n-----END REPORTER AGENT-----\r\n\r\n" +
		"-----BEGIN EMAIL HEADERS-----\r\n" + strings.SplitN(scam, "\r\n\r\n", 2)[0] + "\r\n-----END EMAIL HEADERS-----\r\n\r\nReported from folder: Inbox\r\n"
	full := "attached/full Account notice 4711"
	for _, test := range []struct{ name, raw, want, client string }{
		{"KnowBe4", eml("Subject: [Phish Alert] Account notice 4711\r\n", "Reporter: Pat", "phish_alert_sp2_2.0.0.0.eml", "application/octet-stream"), full, clientKnowBe4},
		{"KnowBe4, older", eml("Subject: FW: Account notice 4711\r\n", "", "phish_alert_sp1_1.0.0.0.eml", "message/rfc822"), full, clientKnowBe4},
		{"Microsoft, phishing", eml("Subject: 3|Account notice 4711\r\n", "", "Account.eml", "message/rfc822"), full, clientMicrosoft},
		{"Microsoft, not junk", eml("Subject: Not Junk: Account notice 4711\r\n", "", "Account.eml", "message/rfc822"), full, clientMicrosoft},
		{"the prefix without a message", "From: pat@reporter.example\r\nSubject: Phishing: what to do?\r\nX-Mailer: Apple Mail (2.1)\r\n\r\nhello\r\n", "pasted/text ", clientApple},
		{"PhishAlarm", eml("X-PhishAlarm-Reporter: pat@reporter.example\r\nSubject: Potential Phish: x\r\n", "", "phish.eml", "message/rfc822"), full, clientPhishAlarm},
		{"Cofense", eml("Subject: Suspicious email\r\n", cofense, "x.eml", "message/rfc822"), full, clientCofense},
		{"Cofense, header in the body", "From: pat@reporter.example\r\nSubject: Suspicious\r\n\r\n" + cofense, "pasted/headers Account notice 4711", clientCofense},
		{"Google's notice", "From: Google <google-workspace-alerts-noreply@google.com>\r\nSubject: Alert\r\n\r\nUser reported phishing\r\n", "pasted/text ", clientGoogle},
		{"X-ARF of version 0.2", eml("X-XARF: PLAIN\r\nSubject: report\r\n", "Reported-From: x", "sample.eml", "message/rfc822"), full, clientXARF},
		{"Outlook itself", eml("Subject: FW: x\r\n", "", "x.eml", "message/rfc822"), full, clientOutlook},
		{"redirect of Apple Mail", "Resent-From: pat@reporter.example\r\nResent-To: reportascam@desk.example\r\nResent-Message-Id: <0A1B2C3D-1111-4222-8333-0123456789AB@reporter.example>\r\nX-Mailer: Roundcube\r\n" + scam,
			"redirected/full Account notice 4711", clientApple},
		{"redirect of another", "Resent-From: pat@reporter.example\r\nResent-Message-Id: <0a1b2c3d-1111-4222-8333-0123456789ab@reporter.example>\r\nX-Mailer: Roundcube\r\n" + scam, "redirected/full Account notice 4711", ""},
	} {
		got := Find(&analyze.Report{Raw: []byte(test.raw)}, us)
		if summary(got) != test.want || got[0].Client != test.client {
			t.Errorf("%s: Find = %q by %q, want %q by %q", test.name, summary(got), got[0].Client, test.want, test.client)
		}
	}
}

func TestFeedback(t *testing.T) {
	arf := func(kind, parts string) string {
		return "Content-Type: multipart/report; report-type=feedback-report; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nhi\r\n--a\r\n" +
			"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: " + kind + "\r\nVersion: 1\r\n\r\n" + parts + "--a--\r\n"
	}
	head := "From: fbl@provider.example\r\nTo: reportascam@desk.example\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
	whole := "--a\r\nContent-Type: message/rfc822\r\n\r\n" + scam + "\r\n"
	only := "--a\r\nContent-Type: text/rfc822-headers\r\n\r\n" + strings.SplitN(scam, "\r\n\r\n", 2)[0] + "\r\n"
	for _, test := range []struct{ name, raw, want, client string }{
		{"fraud", head + arf("fraud", whole), "arf/full Account notice 4711", "arf/fraud"},
		{"not spam", head + arf("Not-Spam", whole), "arf/full Account notice 4711", "arf/not-spam"},
		{"header only", head + arf("abuse", only), "arf/headers Account notice 4711", "arf/abuse"},
		{"both", head + arf("abuse", only+whole), "arf/full Account notice 4711", "arf/abuse"},
		{"a file", head + arf("abuse", "--a\r\nContent-Type: application/octet-stream; name=x.eml\r\n\r\n"+scam+"\r\n"), "arf/full Account notice 4711", "arf/abuse"},
		{"no type", head + arf("", whole), "arf/full Account notice 4711", "arf"},
		{"a type that is none", head + arf("<script>", whole), "arf/full Account notice 4711", "arf"},
		{"with a gateway's footer", head + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" + arf("fraud", whole) + "--m\r\n\r\nfooter\r\n--m--\r\n", "arf/full Account notice 4711", "arf/fraud"},
		{"nothing of the message", head + arf("fraud", ""), "", ""},
	} {
		got := Find(&analyze.Report{Raw: []byte(test.raw)}, us)
		if summary(got) != test.want || len(got) > 0 && got[0].Client != test.client {
			t.Errorf("%s: Find = %q, want %q by %q", test.name, summary(got), test.want, test.client)
		}
	}
}

// TestSuiteARF: every feedback report of other people's suites gives its
// message.
func TestSuiteARF(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "suites", "forwards", "arf")
	n := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".eml") && !strings.HasSuffix(path, ".msg") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		got := Find(&analyze.Report{Raw: raw}, us)
		if len(got) == 0 || got[0].Grade == analyze.GradeText || got[0].Subject == "" || len(got[0].From) == 0 && !strings.Contains(string(got[0].Raw), "\nFrom:") {
			t.Errorf("%s: Find = %q", filepath.Base(path), summary(got))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 8 {
		t.Errorf("%d reports in %s, want more", n, dir)
	}
}
