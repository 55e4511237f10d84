package forward

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const fromLine = "From alerts@bank-secure.example Wed Oct 27 09:31:00 2021\n"

// mboxScam is the scam as a mailbox file has it.
func mboxScam(n int) string {
	return fromLine + strings.Replace(strings.ReplaceAll(scam, "\r\n", "\n"), "4711\nDate", fmt.Sprint(n, "\nDate"), 1) + "\n"
}

func TestMbox(t *testing.T) {
	two := mboxScam(1) + mboxScam(2)
	for _, test := range []struct {
		name, file, content, want string
	}{
		{"two", "junk.mbox", two, "attached/full Account notice 1; attached/full Account notice 2"},
		{"with CRLF", "junk.mbox", strings.ReplaceAll(two, "\n", "\r\n"), "attached/full Account notice 1; attached/full Account notice 2"},
		{"no extension", "Junk", two, "attached/full Account notice 1; attached/full Account notice 2"},
		{"one", "junk.mbox", mboxScam(1), "attached/full Account notice 1"},
		{"blank lines first", "junk.mbox", "\n\n" + mboxScam(1), "attached/full Account notice 1"},
		{"a From that nobody escaped", "junk.mbox", mboxScam(1) + "From now on, at 12:00 in 2024, all is well.\n\n" + mboxScam(2),
			"attached/full Account notice 1; attached/full Account notice 2"},
		{"another date", "junk.mbox", strings.ReplaceAll(two, "Wed Oct 27 09:31:00 2021", "Wed Oct 27 09:31:00 +0000 2021"),
			"attached/full Account notice 1; attached/full Account notice 2"},
		{"a letter", "letter.txt", "From me to you, with love\n\nhello\n", "pasted/text "},
	} {
		if got := summary(Find(fileReport("x", "see file", entry{test.file, test.content}), us)); got != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, got, test.want)
		}
	}
	var many strings.Builder
	for i := range 50 {
		many.WriteString(mboxScam(i))
	}
	got := Find(fileReport("x", "see file", entry{"a.mbox", many.String()}), us)
	if len(got) != defaultMaxOriginals || !strings.Contains(strings.Join(got[len(got)-1].Defects, "\n"), "more messages") {
		t.Errorf("50 messages: Find gave %d, last with %q; want %d and a note", len(got), got[len(got)-1].Defects, defaultMaxOriginals)
	}
}

func TestUnescapeFrom(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"a: b\n\ntext\n\n", "a: b\n\ntext\n"},
		{"a: b\r\n\r\ntext\r\n\r\n", "a: b\r\n\r\ntext\r\n"},
		{"a: b\n\n>From x\n", "a: b\n\nFrom x\n"},
		{"a: b\n\n>>From x\n>>>From y\n", "a: b\n\n>From x\n>>From y\n"},
		{"a: b\n\n>Fromage\n> From x\n", "a: b\n\n>Fromage\n> From x\n"},
		{"", ""},
	} {
		if got := string(unescapeFrom([]byte(test.in))); got != test.want {
			t.Errorf("unescapeFrom(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestSources has the source of a message as text of the report.
func TestSources(t *testing.T) {
	lf := strings.ReplaceAll(scam, "\r\n", "\n")
	for _, test := range []struct{ name, subject, body, want string }{
		{"the source", "is this real?", lf, "pasted/headers Account notice 4711"},
		{"below a note", "is this real?", "Hello,\n\nhere is the source:\n\n" + lf, "pasted/headers Account notice 4711"},
		{"a mailbox file", "junk", "They send this:\n\n" + mboxScam(1) + mboxScam(2), "pasted/headers Account notice 1; pasted/headers Account notice 2"},
		{"only its header", "x", strings.SplitN(lf, "\n\n", 2)[0] + "\n", "pasted/headers Account notice 4711"},
		{"below a scam", "x", "Your account is locked: https://evil.example/login\n\n" + lf, "pasted/headers Account notice 4711; pasted/text "},
		{"an answer with a source", "Re: headers", "No.\n\n" + lf, "pasted/text "},
		{"a forward of a source", "Fwd: x", "---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: 1 May\nSubject: look\nTo: b\n\n" + lf, "inline/text look; inline/text Account notice 4711"},
		{"a header that a client prints", "x", "From: a\nTo: b\nSubject: c\nDate: d\n\nhello\n", "inline/text c"},
	} {
		got := Find(textReport(test.subject, test.body), us)
		if summary(got) != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, summary(got), test.want)
			continue
		}
		if o := got[0]; o.Grade == analyze.GradeHeaders && (len(o.Lost) != 1 || o.Lost[0] != lostBody || len(o.From) != 1 || len(o.Chain) != 1) {
			t.Errorf("%s: Lost = %q, From = %q, Chain = %q", test.name, o.Lost, o.From, o.Chain)
		}
	}
}

func TestDigest(t *testing.T) {
	body := "Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n" + scam + "\r\n--d\r\nContent-Type: message/rfc822\r\n\r\n" +
		strings.Replace(scam, "4711\r\nDate", "4712\r\nDate", 1) + "\r\n--d\r\nContent-Type: text/plain\r\n\r\nmy note\r\n--d--\r\n"
	got := summary(Find(&analyze.Report{Raw: []byte("From: pat@reporter.example\r\nTo: reportascam@desk.example\r\nSubject: 2 messages\r\nMIME-Version: 1.0\r\n" + body)}, us))
	if want := "attached/full Account notice 4711; attached/full Account notice 4712"; got != want {
		t.Errorf("Find = %q, want %q", got, want)
	}
}

// ber builds an element of the encoding rules that CMS uses.
func ber(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	n := len(body)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// signedPart gives a body part of signed data around an entity.
func signedPart(entity string) string {
	oid := func(last byte) []byte { return []byte{6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, last} }
	data := ber(0x30, oid(2), ber(0xA0, ber(0x30, []byte{2, 1, 1}, ber(0x31), ber(0x30, oid(1), ber(0xA0, ber(4, []byte(entity)))))))
	enc := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	b.WriteString("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for len(enc) > 76 {
		b.WriteString(enc[:76] + "\r\n")
		enc = enc[76:]
	}
	return b.String() + enc + "\r\n"
}

func TestSigned(t *testing.T) {
	head := "From: Pat Reporter <pat@reporter.example>\r\nTo: reportascam@desk.example\r\nSubject: Fwd: Prize\r\nMIME-Version: 1.0\r\n"
	inline := "Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(forwardText, "\n", "\r\n")
	attached := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + scam + "\r\n--b--\r\n"
	text := "Content-Type: text/plain\r\n\r\nPlease confirm at https://bank-secure.example/login\r\n"
	signedScam := "From: Example Bank <alerts@bank-secure.example>\r\nSubject: Signed notice\r\nDate: Wed, 27 Oct 2021 09:30:58 +0000\r\nMIME-Version: 1.0\r\n" + signedPart(text)
	deep := text
	for range 6 {
		deep = signedPart(deep)
	}
	for _, test := range []struct{ name, raw, want, text string }{
		{"an inline forward", head + signedPart(inline), "inline/text Prize", "You won."},
		{"an attached one", head + signedPart(attached), "attached/full Account notice 4711", "Please confirm"},
		{"signed twice", head + signedPart(signedPart(attached)), "attached/full Account notice 4711", "Please confirm"},
		{"the original is signed", head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + signedScam + "--b--\r\n",
			"attached/full Signed notice", "https://bank-secure.example/login"},
		{"both are", head + signedPart("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"+signedScam+"--b--\r\n"),
			"attached/full Signed notice", "https://bank-secure.example/login"},
		{"a signed file", head + "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nhi\r\n--c\r\n" + signedPart(attached) + "--c--\r\n",
			"attached/full Account notice 4711", "Please confirm"},
		{"signed too often", head + signedPart(deep), "pasted/text ", ""},
	} {
		got := Find(&analyze.Report{Raw: []byte(test.raw)}, us)
		if summary(got) != test.want || !strings.Contains(got[0].Text, test.text) {
			t.Errorf("%s: Find = %q with text %q, want %q with %q", test.name, summary(got), got[0].Text, test.want, test.text)
		}
	}
	// What is signed by the scammer stays as it was delivered.
	got := Find(&analyze.Report{Raw: []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + signedScam + "--b--\r\n")}, us)
	if raw := strings.TrimSpace(string(got[0].Raw)); raw != strings.TrimSpace(signedScam) {
		t.Errorf("Raw = %q, want the message with its signature", raw)
	}
}

// TestSignedFaults has wrappers that openssl made and that cannot be opened.
func TestSignedFaults(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{"cms/testdata/encrypted.der", "s/mime: encrypted for its recipient"},
		{"cms/testdata/detached.der", "s/mime: a signature without the message"},
		{"cms/doc.go", "s/mime: cannot be read"},
	} {
		b, err := os.ReadFile(test.file)
		if err != nil {
			t.Fatal(err)
		}
		raw := "From: pat@reporter.example\r\nSubject: Fwd: x\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString(b)
		got := Find(&analyze.Report{Raw: []byte(raw)}, us)
		if len(got) != 1 || !strings.Contains(strings.Join(got[0].Defects, "\n"), test.want) {
			t.Errorf("%s: Find = %+v, want the defect %q", test.file, got, test.want)
		}
	}
}

// FuzzMbox: messages come out of a mailbox in order, none larger than it, and
// what is written into one comes out of it again.
func FuzzMbox(f *testing.F) {
	f.Add([]byte(mboxScam(1) + mboxScam(2)))
	f.Add([]byte(fromLine + "Subject: x\n\n>From y\n>>From z\n"))
	f.Add([]byte("From "))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _ := splitMbox(b, 5)
		if len(list) > 5 {
			t.Fatalf("splitMbox gave %d, want at most 5", len(list))
		}
		total := 0
		for _, m := range list {
			total += len(m)
			eml.Parse(m)
		}
		if total > len(b) {
			t.Errorf("%d octets out of %d", total, len(b))
		}
		start := mboxStart(b, maxNoteLines)
		if start >= 0 && len(list) == 0 && (start == 0 || bytes.HasSuffix(b[:start], []byte("\n\n"))) {
			t.Errorf("mboxStart = %d, and splitMbox gives none", start)
		}
		body := bytes.ReplaceAll(b, []byte("\r"), nil)
		want := "Subject: x\n\n" + string(body) + "\n"
		var file strings.Builder
		file.WriteString(fromLine)
		for _, line := range strings.SplitAfter(want, "\n") {
			if strings.HasPrefix(strings.TrimLeft(line, ">"), "From ") {
				file.WriteByte('>')
			}
			file.WriteString(line)
		}
		file.WriteString("\n")
		again, _ := splitMbox([]byte(file.String()), 5)
		if len(again) != 1 || string(again[0]) != want {
			t.Errorf("written and read: %q, want %q", again, want)
		}
	})
}
