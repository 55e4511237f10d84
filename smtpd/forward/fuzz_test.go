package forward

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// checkOriginals holds what must be true of the originals of any report.
func checkOriginals(t *testing.T, raw []byte, got []analyze.Original, max int) {
	t.Helper()
	if len(got) > max {
		t.Fatalf("Find gave %d originals, want at most %d", len(got), max)
	}
	for i := range got {
		o := &got[i]
		texts := []string{o.Client, o.Lang, o.Subject, o.Date, o.Text, o.HTML}
		for _, list := range [][]analyze.Mailbox{o.From, o.To, o.Cc, o.ReplyTo} {
			for _, m := range list {
				texts = append(texts, m.Name, m.Address)
			}
		}
		for _, a := range o.Attachments {
			texts = append(texts, a.Name, a.MediaType)
			if a.Size != len(a.Content) {
				t.Errorf("attachment of %d bytes says %d", len(a.Content), a.Size)
			}
		}
		for _, list := range [][]string{texts, o.Lost, o.Defects, o.Chain, o.Redact} {
			for _, s := range list {
				if !utf8.ValidString(s) {
					t.Errorf("%s original has text that is not UTF-8: %q", o.How, s)
				}
			}
		}
		switch o.Grade {
		case analyze.GradeText:
			if len(o.Raw) > 0 {
				t.Errorf("original of grade text has %d raw bytes", len(o.Raw))
			}
		case analyze.GradeFull, analyze.GradeHeaders:
			if most := mostRaw(o.How, len(raw)); len(o.Raw) > most {
				t.Errorf("%s original of %d bytes in a report of %d, want at most %d", o.How, len(o.Raw), len(raw), most)
			}
			again := Direct(o.Raw, o.How)
			if again.Subject != o.Subject || len(again.From) != len(o.From) {
				t.Errorf("Direct(Raw) reads another message: %q %v, want %q %v", again.Subject, again.From, o.Subject, o.From)
			}
		default:
			t.Errorf("grade %q", o.Grade)
		}
	}
}

// mostRaw is how large an original may be in a report of n bytes: no larger,
// unless it was decompressed, or decoded from another charset.
func mostRaw(how analyze.How, n int) int {
	switch how {
	case analyze.HowArchive:
		return maxArchiveBytes
	case analyze.HowPasted:
		return 4 * n
	}
	return n
}

func FuzzFind(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "pat@reporter.example")
		f.Add(b, "SRS0=x=y=evil.example=a@relay.example")
	}
	f.Fuzz(func(t *testing.T, raw []byte, sender string) {
		before := bytes.Clone(raw)
		r := &analyze.Report{Raw: raw, Envelope: analyze.Envelope{Helo: "h.example", MailFrom: sender}}
		checkOriginals(t, raw, Find(r, Options{Us: us.Us, MaxOriginals: 3}), 3)
		if !bytes.Equal(before, raw) {
			t.Error("Find changed the report")
		}
	})
}

func FuzzInline(f *testing.F) {
	for _, x := range readFixtures(f) {
		f.Add(x.body, x.subject, false)
	}
	f.Add("<div class=gmail_quote>---------- Forwarded message ---------<br>From: A &lt;<a href='mailto:a@b.example'>a</a>&gt;<br>Date: 1<br>Subject: x<br>To: y<br><p>body", "Fwd: x", true)
	f.Add("<blockquote type=cite><b>From:</b> a@b<br><b>Date:</b> 1<br><b>Subject:</b> x</blockquote><blockquote type=cite>body</blockquote>sig", "Fwd: x", true)
	f.Fuzz(func(t *testing.T, body, subject string, html bool) {
		k, _ := subjectKind(subject)
		var q quote
		var lines []line
		if html {
			q.readHTML(search{kind: k}, body)
			lines, _ = htmlLines(body)
		} else {
			q.readText(search{kind: k}, body)
			lines = textLines(body)
		}
		at := 0
		for _, l := range lines {
			if l.start > l.next || l.next > len(body) || l.next < at {
				t.Fatalf("line %q is at %d to %d of %d, after %d", l.text, l.start, l.next, len(body), at)
			}
			at = l.next
		}
		for _, h := range []*hit{q.text, q.html} {
			if h != nil && (h.start >= h.body || h.body > len(lines) || h.end > len(lines)) {
				t.Errorf("forward from line %d, body %d to %d of %d", h.start, h.body, h.end, len(lines))
			}
		}
		if q.text == nil && q.html == nil {
			return
		}
		o := q.original(eml.Parse(nil), clientGuess{})
		checkOriginals(t, []byte(body), []analyze.Original{o}, 1)
	})
}
