package forward

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"reportascam/analyze"
)

// fixture is one forward of testdata/inline.txt.
type fixture struct {
	client, lang, subject, body string
}

func readFixtures(tb testing.TB) []fixture {
	tb.Helper()
	b, err := os.ReadFile("testdata/inline.txt")
	if err != nil {
		tb.Fatal(err)
	}
	var out []fixture
	for _, section := range strings.Split(string(b), "\n=== ")[1:] {
		head, body, found := strings.Cut(section, "\n\n")
		lines := strings.Split(head, "\n")
		names := strings.Fields(lines[0])
		if !found || len(lines) != 3 || len(names) != 2 {
			tb.Fatalf("testdata/inline.txt: section %q is malformed", lines[0])
		}
		out = append(out, fixture{names[0], names[1], strings.TrimPrefix(lines[2], "subject: "), body})
	}
	return out
}

func TestInlineFixtures(t *testing.T) {
	const body = "Please confirm your account today.\nhttps://bank-secure.example/login\n\nExample Bank"
	from := []analyze.Mailbox{{Name: "Example Bank", Address: "alerts@bank-secure.example"}}
	to := []analyze.Mailbox{{Address: "pat@reporter.example"}}
	cc := []analyze.Mailbox{{Name: "Sam Other", Address: "sam@reporter.example"}}
	for _, f := range readFixtures(t) {
		name := f.client + "/" + f.lang
		got := Find(textReport(f.subject, f.body), Options{})
		if len(got) != 1 || got[0].How != analyze.HowInline || got[0].Grade != analyze.GradeText {
			t.Errorf("%s: Find gave %d originals, want one that is inline: %+v", name, len(got), got)
			continue
		}
		o := got[0]
		for _, c := range []struct {
			field     string
			got, want any
		}{
			{"From", o.From, from}, {"To", o.To, to}, {"Cc", o.Cc, cc}, {"Subject", o.Subject, "Account notice 4711"}, {"Text", o.Text, body},
			{"Lang", o.Lang, f.lang},
		} {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("%s: %s = %q, want %q", name, c.field, c.got, c.want)
			}
		}
		if !strings.ContainsAny(o.Date, "0123456789") {
			t.Errorf("%s: Date = %q, want what the client printed", name, o.Date)
		}
		// Spark and Outlook's apps draw as Gmail and Outlook do: only the
		// report's header would tell.
		if f.client != "spark" && o.Client != f.client {
			t.Errorf("%s: Client = %q, want %q", name, o.Client, f.client)
		}
	}
}
