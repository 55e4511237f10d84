package msg

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze/cfb"
	"reportascam/analyze/eml"
	"reportascam/smtpd/forward/mapi"
	"reportascam/testdata/suites"
)

// samples gives the .msg files of the suites that are compound files; some are
// plain text.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	root := filepath.Join(suites.Dir(t), "suites", "forwards", "msg")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".msg") {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.HasPrefix(string(b), cfb.Signature) {
			out[path] = b
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 60 {
		t.Fatalf("only %d samples", len(out))
	}
	return out
}

// expected is what the msgreader project records of a sample.
type expected struct {
	Subject, SenderName, SenderEmail, Body, Headers string
	Recipients                                      []struct{ Name, Email, RecipType string }
	Attachments                                     []struct {
		FileName              string
		ContentLength         int
		InnerMsgContentFields *expected
	}
}

func TestSuiteRecorded(t *testing.T) {
	compared := 0
	for path, b := range samples(t) {
		raw, err := os.ReadFile(strings.TrimSuffix(path, ".msg") + ".json")
		if err != nil {
			continue
		}
		var want expected
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		m, err := Parse(b, mapi.DefaultLimits())
		if err != nil {
			t.Errorf("%s: Parse: %v", path, err)
			continue
		}
		compared++
		compare(t, filepath.Base(path), m, &want)
	}
	if compared < 7 {
		t.Errorf("only %d samples have a record", compared)
	}
	t.Logf("%d samples as recorded", compared)
}

func compare(t *testing.T, name string, m *mapi.Message, want *expected) {
	t.Helper()
	for _, c := range []struct{ field, got, want string }{
		{"Subject", m.Subject, want.Subject},
		{"Sender", m.Sender.Address, addressOnly(want.SenderEmail)},
		{"Text", squeeze(m.Text), squeeze(want.Body)},
		{"Headers", squeeze(m.Headers), squeeze(want.Headers)},
	} {
		if !strings.EqualFold(c.got, c.want) && !(c.field == "Text" && c.want == "") {
			t.Errorf("%s: %s = %q, want %q", name, c.field, c.got, c.want)
		}
	}
	if len(m.Attachments) != len(want.Attachments) {
		t.Errorf("%s: %d attachments, want %d", name, len(m.Attachments), len(want.Attachments))
		return
	}
	for i, a := range want.Attachments {
		got := m.Attachments[i]
		if a.InnerMsgContentFields != nil {
			if got.Message == nil {
				t.Errorf("%s: attachment %d is no message", name, i)
				continue
			}
			compare(t, name+"/inner", got.Message, a.InnerMsgContentFields)
		} else if got.Name != a.FileName || len(got.Content) != a.ContentLength {
			t.Errorf("%s: attachment %d = %q of %d bytes, want %q of %d", name, i, got.Name, len(got.Content), a.FileName, a.ContentLength)
		}
	}
}

// addressOnly drops what is recorded of senders without an address.
func addressOnly(s string) string {
	if !strings.Contains(s, "@") {
		return ""
	}
	return s
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// senders gives the addresses that a message is from, those of its header too:
// that is what an original is given, and what msgconvert shows.
func senders(m *mapi.Message) string {
	list := m.From.Address + " " + m.Sender.Address
	h, _, _ := eml.ParseHeader([]byte(m.Headers + "\n\n"))
	for _, a := range h.Addresses("From") {
		list += " " + a.Addr()
	}
	return strings.ToLower(list)
}

// unequal are the samples of which msgconvert gives less or garbage: it reads
// texts in a code page as bytes, and takes no HTML or text out of RTF.
func unequal(field, got string) bool {
	return got == "" || strings.ContainsRune(got, '\uFFFD') || field == "Text" && strings.Contains(got, "?") ||
		strings.ContainsAny(got, "®¤àâ")
}

// TestSuiteMsgconvert compares with Debian's libemail-outlook-message-perl.
func TestSuiteMsgconvert(t *testing.T) {
	tool, err := exec.LookPath("msgconvert")
	if err != nil {
		t.Skip("msgconvert is not installed (libemail-outlook-message-perl)")
	}
	same, differ, refused := map[string]int{}, map[string]int{}, 0
	for path, b := range samples(t) {
		out, err := exec.Command(tool, "--outfile", "-", path).Output()
		if err != nil || len(out) == 0 {
			refused++
			continue
		}
		m, err := Parse(b, mapi.DefaultLimits())
		if err != nil {
			t.Errorf("%s: Parse: %v", path, err)
			continue
		}
		theirs := eml.Parse(out)
		from := ""
		if list := theirs.Header.Addresses("From"); len(list) == 1 && strings.Contains(list[0].Addr(), "@") && !strings.HasPrefix(list[0].Raw, "/") {
			from = strings.ToLower(list[0].Addr())
		}
		files, total := 0, 0
		for _, p := range theirs.Attachments() {
			if p.MediaType != "application/rtf" {
				files, total = files+1, total+len(p.Decoded())
			}
		}
		for _, c := range []struct{ field, got, want string }{
			{"Subject", squeeze(m.Subject), squeeze(theirs.Header.Text("Subject"))},
			{"From", senders(m), from},
			{"Text", squeeze(m.Text), squeeze(theirs.TextBody())},
			{"HTML", squeeze(m.HTML), squeeze(theirs.HTMLBody())},
		} {
			switch {
			case unequal(c.field, c.want):
			case c.field == "From" && strings.HasSuffix(c.want, "@ft"): // a name with an at sign, taken for an address
			case c.got == c.want, c.field == "From" && strings.Contains(c.got, c.want):
				same[c.field]++
			default:
				differ[c.field]++
				t.Logf("%s: %s = %.90q, msgconvert has %.90q", filepath.Base(path), c.field, c.got, c.want)
			}
		}
		if own := len(m.Attachments); own == files {
			same["Attachments"]++
		} else {
			differ["Attachments"]++
			t.Logf("%s: %d attachments, msgconvert has %d of %d bytes", filepath.Base(path), own, files, total)
		}
	}
	// The header says one subject and the property another in one; signed
	// messages are taken apart by msgconvert; one page has its own charset.
	for field, most := range map[string]int{"Subject": 1, "From": 0, "Text": 0, "HTML": 2, "Attachments": 2} {
		if differ[field] > most {
			t.Errorf("%s differs in %d samples, want at most %d", field, differ[field], most)
		}
	}
	t.Logf("same %v, different %v, msgconvert failed on %d", same, differ, refused)
}
