package wrap_test

import (
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/smtpd/forward"
	"reportascam/smtpd/forward/wrap"
)

const scam = "From: \"Bank, Ltd.\" <alerts@bank-secure.example>\r\nTo: pat@reporter.example\r\nCc: Sam <sam@reporter.example>\r\n" +
	"Subject: =?utf-8?q?Ihr_Konto_l=C3=A4uft_ab?=\r\nDate: Tue, 03 Mar 2026 10:12:00 +0000\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" +
	"<html><head><title>t</title><base href=\"https://x.example/\"></head><body bgcolor=red><p>Please <a href=\"https://bank-secure.example/login\">confirm</a> it.</p><script>x()</script></body></html>\r\n" +
	"--b\r\nContent-Type: text/html; name=\"r\xc3\xa9sum\xc3\xa9.html\"\r\nContent-Disposition: attachment; filename=\"login.html\"\r\n\r\n<form></form>\r\n--b--\r\n"

const plainScam = "From: alerts@bank-secure.example\r\nTo: pat@reporter.example\r\nSubject: Account\r\nDate: yesterday\r\n\r\nPlease confirm at\r\nhttps://bank-secure.example/login\r\n"

var by = wrap.By{At: time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)}

// TestFoundAgain: what is wrapped is found by the parser of reports as it is
// by that of real ones.
func TestFoundAgain(t *testing.T) {
	for _, raw := range []string{scam, plainScam} {
		want := forward.Direct([]byte(raw), analyze.HowDirect)
		for _, c := range wrap.Clients() {
			got := forward.Find(&analyze.Report{At: by.At, Raw: wrap.Inline(c, &want, by)}, forward.Options{})
			if len(got) != 1 || got[0].How != analyze.HowInline {
				t.Errorf("%s: %d originals, want one that is inline", c, len(got))
				continue
			}
			o := got[0]
			if len(o.From) != 1 || o.From[0] != want.From[0] || o.Subject != want.Subject || len(o.Cc) != len(want.Cc) {
				t.Errorf("%s: From %v, Cc %v, Subject %q, want %v, %v, %q", c, o.From, o.Cc, o.Subject, want.From, want.Cc, want.Subject)
			}
			if !strings.Contains(o.Text, "confirm") || len(o.Attachments) != len(want.Attachments) {
				t.Errorf("%s: text %q and %d attachments, want %q and %d", c, o.Text, len(o.Attachments), want.Text, len(want.Attachments))
			}
			if want.HTML != "" && !strings.Contains(o.HTML, "https://bank-secure.example/login") || strings.Contains(o.HTML, "x()") {
				t.Errorf("%s: HTML %q", c, o.HTML)
			}
		}
	}
}

func TestWholeMessageIsKept(t *testing.T) {
	for how, report := range map[analyze.How][]byte{
		analyze.HowAttached:   wrap.Attached([]byte(scam), "Account", by),
		analyze.HowRedirected: wrap.Redirected([]byte(scam), by),
	} {
		got := forward.Find(&analyze.Report{At: by.At, Raw: report}, forward.Options{})
		if len(got) != 1 || got[0].How != how || got[0].Grade != analyze.GradeFull {
			t.Errorf("%s: found %+v", how, got)
			continue
		}
		if !strings.Contains(string(got[0].Raw), strings.TrimSpace(scam)) {
			t.Errorf("%s: the message is %q, want it byte for byte", how, got[0].Raw)
		}
	}
}

// FuzzInline: whatever a message holds, the report that quotes it is one that
// the parser takes, with one From of its own.
func FuzzInline(f *testing.F) {
	f.Add([]byte(scam), 0)
	f.Add([]byte(plainScam), 3)
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		if len(raw) > 1<<16 {
			return
		}
		o := forward.Direct(raw, analyze.HowDirect)
		list := wrap.Clients()
		made := wrap.Inline(list[uint(n)%uint(len(list))], &o, by)
		if outer := forward.Direct(made, analyze.HowDirect); len(outer.From) != 1 || outer.From[0].Address != "pat@reporter.example" {
			t.Fatalf("the report is from %v", outer.From)
		}
	})
}
