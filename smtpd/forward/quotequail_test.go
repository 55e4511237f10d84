package forward

import (
	"os"
	"path/filepath"
	"testing"

	"reportascam/analyze"
	"reportascam/testdata/suites"
)

// TestSuiteQuotequail reads the HTML that real clients wrote. The other files
// of that folder are what is left of such a forward once it was cut out.
func TestSuiteQuotequail(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "suites", "forwards", "quotequail", "tests", "files")
	tests := []struct{ file, subject, client, from string }{
		{"apple_forward.html", "Fwd: The Subject", "apple-mail", "foo@bar.example"},
		{"gmail_forward.html", "Fwd: The Subject", "gmail", "foo@bar.example"},
		{"apple_reply.html", "Re: The Subject", "", ""},
		{"ios_mail_reply_unescaped_address.html", "Re: The Subject", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			html, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			head := "From: Ann <ann@reporter.example>\r\nTo: reportascam@desk.example\r\nSubject: " + tt.subject +
				"\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
			found := Find(&analyze.Report{Raw: append([]byte(head), html...)}, Options{Us: []string{"reportascam@desk.example"}})
			if tt.from == "" {
				if len(found) > 0 && found[0].How == analyze.HowInline {
					t.Errorf("Find = %+v, want no forward in a reply", found[0])
				}
				return
			}
			if len(found) != 1 || found[0].Client != tt.client || len(found[0].From) != 1 || found[0].From[0].Address != tt.from ||
				found[0].Subject != "The Subject" || found[0].HTML == "" {
				t.Errorf("Find = %+v, want the forward of %s by %s", found, tt.from, tt.client)
			}
		})
	}
}
