package forward

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/smtpd/forward/mapi"
	"reportascam/smtpd/forward/msg"
	"reportascam/smtpd/forward/tnef"
	"reportascam/testdata/suites"
)

// itemReport wraps a file in a report, under a type that says nothing.
func itemReport(content []byte) *analyze.Report {
	return &analyze.Report{Raw: []byte("From: Pat Reporter <pat@reporter.example>\r\nTo: reportascam@desk.example\r\nSubject: look\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream; name=file\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(content) + "\r\n--b--\r\n")}
}

// TestSuiteItems puts every sample through Find, as a report with the file.
func TestSuiteItems(t *testing.T) {
	grades := map[analyze.How]map[analyze.Grade]int{analyze.HowOutlook: {}, analyze.HowTNEF: {}}
	wrappers := 0
	err := filepath.WalkDir(filepath.Join(suites.Dir(t), "suites", "forwards"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".msg") && !strings.HasSuffix(path, ".dat") && !strings.HasSuffix(path, ".tnef") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var item *mapi.Message
		how := analyze.HowOutlook
		if tnef.Is(b) {
			how = analyze.HowTNEF
			item, err = tnef.Parse(b, mapi.DefaultLimits())
		} else if item, err = msg.Parse(b, mapi.DefaultLimits()); err != nil {
			return nil // mail as text
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		report := itemReport(b)
		got := Find(report, us)
		if how == analyze.HowTNEF && wraps(eml.Parse(report.Raw), item) {
			wrappers++
			return nil
		}
		if len(got) == 0 || got[0].How != how && len(got[0].Chain) == 0 {
			t.Errorf("%s: Find gave %d originals, want the item", path, len(got))
			return nil
		}
		checkOriginals(t, report.Raw, got, defaultMaxOriginals)
		o := got[0]
		grades[how][o.Grade]++
		if o.Grade == analyze.GradeText && len(o.Chain) == 0 && o.Subject != item.Subject {
			t.Errorf("%s: Subject = %q, want %q", path, o.Subject, item.Subject)
		}
		if o.Grade == analyze.GradeHeaders && (len(o.From) == 0 || len(o.Raw) == 0) {
			t.Errorf("%s: grade headers without a sender or without its bytes", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(grades[analyze.HowOutlook]); n != 2 {
		t.Errorf("%d grades of .msg, want both", n)
	}
	t.Logf("%v, %d that only wrap", grades, wrappers)
}

// TestItemsInItems puts TNEF that only wraps into itself, deeper than is
// opened: it must end, and say so.
func TestItemsInItems(t *testing.T) {
	raw, err := os.ReadFile("testdata/tnef.eml")
	if err != nil {
		t.Fatal(err)
	}
	scam := eml.Parse(raw).Attachments()[0].Decoded()
	for range 2000 {
		scam = wrapTNEF(scam)
	}
	u := unpacker{host: eml.Parse(nil)}
	if got := u.container(file{name: "winmail.dat", content: scam}, 0, 5); len(got) != 0 || len(u.notes) != 1 {
		t.Errorf("container gave %d messages and %q, want none and a note", len(got), u.notes)
	}
}

// wrapTNEF makes a TNEF file with one file in it (MS-OXTNEF section 2.1).
func wrapTNEF(content []byte) []byte {
	n := len(content)
	out := []byte(tnef.Signature + "\x00\x00\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00\x02\x0F\x80\x06\x00")
	out = append(out, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	return append(append(out, content...), 0, 0)
}
