package forward

import (
	"reflect"
	"strings"
	"testing"

	"reportascam/analyze"
)

// hows lists how the originals came.
func hows(list []analyze.Original) string {
	var out []string
	for _, o := range list {
		out = append(out, string(o.How))
	}
	return strings.Join(out, " ")
}

const forwardText = "---------- Forwarded message ---------\nFrom: A <a@evil.example>\nDate: 1 May 2024\nSubject: Prize\nTo: <pat@reporter.example>\n\nYou won.\n"

func TestNotAForward(t *testing.T) {
	block := "From: Jo <jo@x.example>\nSent: 1 May 2024\nTo: Pat <pat@reporter.example>\nSubject: Plan\n\nThe plan.\n"
	for _, test := range []struct{ name, subject, body, want string }{
		{"a reply that quotes", "Re: Plan", "No.\n\nOn 1 May 2024, Jo <jo@x.example> wrote:\n> The plan.\n", "pasted"},
		{"a reply over a header", "AW: Plan", "Nein.\n\n-----Original Message-----\n" + block, "pasted"},
		{"a reply over a bare header", "Re: Plan", "No.\n\n" + block, "pasted"},
		{"a quoted reply with a forward in it", "Plan", "No.\n\nOn 1 May 2024, Jo <jo@x.example> wrote:\n> ---------- Forwarded message ---------\n> From: A <a@x.example>\n> Date: 1\n> Subject: x\n> To: b\n>\n> text\n", "pasted"},
		{"a letter with labels", "Trip", "From: Berlin\nTo: Paris\nDate: 1 May\n\nSee you.\n", "pasted"},
		{"a form", "New contact", "Name: Jo\nSubject: Hello\nMessage: hi\n", "pasted"},
		{"a mark without a header", "Fwd: x", "---------- Forwarded message ---------\nhello\n", "pasted"},
		{"a forward", "Fwd: Prize", forwardText, "inline"},
		{"a forward with another subject", "please check", forwardText, "inline"},
		{"a bare header with another subject", "please check", "Hi\n\n" + block, "inline"},
		{"nothing", "x", "\n", ""},
	} {
		if got := hows(Find(textReport(test.subject, test.body), us)); got != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestRedirected(t *testing.T) {
	scam := "From: Bank <a@evil.example>\r\nTo: pat@reporter.example\r\nSubject: x\r\n\r\n"
	plain := scam + "Click https://evil.example/\r\n"
	for _, test := range []struct {
		name, raw, sender string
		us                []string
		want              string
		redact            []string
	}{
		{"forwarded by a rule", plain, "pat@reporter.example", us.Us, "redirected", []string{"pat@reporter.example"}},
		{"rewritten sender", plain, "SRS0=a=b=evil.example=a@reporter.example", us.Us, "redirected", []string{"pat@reporter.example"}},
		{"written to us", strings.Replace(plain, "pat@reporter", "ReportAScam@desk", 1), "pat@reporter.example", us.Us, "pasted", []string{"a@evil.example", "pat@reporter.example"}},
		{"in blind copy", plain, "bounce@mail.evil.example", us.Us, "pasted", []string{"a@evil.example", "bounce@mail.evil.example"}},
		{"no address of ours", plain, "pat@reporter.example", nil, "pasted", []string{"a@evil.example", "pat@reporter.example"}},
		{"never sent", plain, "", us.Us, "pasted", []string{"a@evil.example"}},
		{"a forward of its own", scam + strings.ReplaceAll(forwardText, "\n", "\r\n"), "pat@reporter.example", us.Us, "inline redirected", []string{"pat@reporter.example"}},
		{"a list's own resending", "Resent-From: list@lists.example\r\nList-Id: <l.lists.example>\r\n" + plain, "", us.Us, "pasted", []string{"a@evil.example", "list@lists.example"}},
		{"resent to us off a list", "Resent-From: pat@reporter.example\r\nResent-To: reportascam@desk.example\r\nList-Id: <l.lists.example>\r\n" + plain, "", us.Us, "redirected", []string{"pat@reporter.example"}},
	} {
		got := Find(&analyze.Report{Raw: []byte(test.raw), Envelope: analyze.Envelope{MailFrom: test.sender}}, Options{Us: test.us})
		if hows(got) != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, hows(got), test.want)
			continue
		}
		if !reflect.DeepEqual(got[0].Redact, test.redact) {
			t.Errorf("%s: Redact = %q, want %q", test.name, got[0].Redact, test.redact)
		}
	}
}

func TestAutomatic(t *testing.T) {
	for _, test := range []struct{ name, head, want string }{
		{"daemon", "From: MAILER-DAEMON@x.example\r\nSubject: hello\r\n", ""},
		{"postmaster's old bounce", "From: Postmaster <postmaster@x.example>\r\nSubject: Undeliverable Mail\r\n", ""},
		{"postmaster's report", "From: Postmaster <postmaster@x.example>\r\nSubject: Fwd: Prize\r\n", "inline"},
		{"failed recipients", "From: Mail <mail@x.example>\r\nX-Failed-Recipients: a@b.example\r\nSubject: x\r\n", ""},
		{"empty sender", "Return-Path: <>\r\nFrom: Mail <mail@x.example>\r\nSubject: Fwd: Prize\r\n", "pasted"},
	} {
		raw := test.head + "\r\n" + strings.ReplaceAll(forwardText, "\n", "\r\n")
		if got := hows(Find(&analyze.Report{Raw: []byte(raw)}, us)); got != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestMaxOriginals(t *testing.T) {
	var b strings.Builder
	b.WriteString("From: pat@reporter.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + strings.ReplaceAll(forwardText, "\n", "\r\n"))
	for range 20 {
		b.WriteString("--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: A <a@evil.example>\r\nSubject: other\r\n\r\nx\r\n")
	}
	b.WriteString("--b--\r\n")
	for _, max := range []int{0, 1, 2, 5} {
		want := max
		if max == 0 {
			want = defaultMaxOriginals
		}
		got := Find(&analyze.Report{Raw: []byte(b.String())}, Options{MaxOriginals: max})
		if len(got) != want {
			t.Errorf("Find with MaxOriginals %d gave %d, want %d", max, len(got), want)
			continue
		}
		if last := got[len(got)-1]; last.How != analyze.HowInline {
			t.Errorf("MaxOriginals %d: the last is %s, want the quoted one to have its place", max, last.How)
		}
	}
}

func TestDirect(t *testing.T) {
	raw := []byte("From: =?utf-8?q?B=C3=A4nk?= <a@evil.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Wed, 1 May 2024 10:00:00 +0000\r\nContent-Type: text/html\r\n\r\n<p>Hello <a href=\"https://evil.example/\">you</a>\r\n")
	o := Direct(raw, analyze.HowDirect)
	if o.How != analyze.HowDirect || o.Grade != analyze.GradeFull || string(o.Raw) != string(raw) {
		t.Errorf("Direct = %s, %s, %d bytes, want direct, full, all %d bytes", o.How, o.Grade, len(o.Raw), len(raw))
	}
	if want := (analyze.Mailbox{Name: "Bänk", Address: "a@evil.example"}); len(o.From) != 1 || o.From[0] != want {
		t.Errorf("Direct: From = %q, want %q", o.From, want)
	}
	if o.Subject != "Grüße" || !strings.Contains(o.Text, "Hello you") || !strings.Contains(o.HTML, "href") || len(o.Lost) != 0 {
		t.Errorf("Direct = %q, %q, %q, lost %q", o.Subject, o.Text, o.HTML, o.Lost)
	}
	if o := Direct(nil, analyze.HowDirect); o.Grade != analyze.GradeFull || o.Text != "" {
		t.Errorf("Direct(nil) = %+v", o)
	}
}
