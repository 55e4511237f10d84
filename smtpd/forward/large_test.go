package forward

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/testdata/suites"
)

// largeReports are reports of the size that mail providers take at most, in
// shapes that cost most, and a word of the defect that each is to note.
func largeReports(tb testing.TB) map[string][2]string {
	tb.Helper()
	const size = 25 << 20
	head := "From: pat@reporter.example\r\nTo: reportascam@desk.example\r\nSubject: Fwd: x\r\nMIME-Version: 1.0\r\n"
	mixed := head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	part := func(kind string, n int) string {
		p := "--b\r\nContent-Type: " + kind + "\r\n\r\nFrom: A <a@b.example>\r\nSubject: x\r\n\r\n"
		return p + strings.Repeat("some words of text\r\n", max(0, size/n-len(p))/20)
	}
	nested := strings.Builder{}
	nested.WriteString(head)
	for range 200 {
		nested.WriteString("Content-Type: message/rfc822\r\n\r\nFrom: help@reporter.example\r\nSubject: Fwd: x\r\n")
	}
	nested.WriteString("\r\n" + strings.Repeat("some words of text\r\n", size/20))
	sub := "Content-Type: multipart/mixed; boundary="
	levels := strings.Builder{}
	levels.WriteString(head)
	for i := range 200 {
		fmt.Fprintf(&levels, "%sb%d\r\n\r\n--b%d\r\n\r\n%s\r\n--b%d\r\n", sub, i, i, strings.Repeat("text\r\n", 1000), i)
	}
	var mbox strings.Builder
	for mbox.Len() < 18<<20 {
		mbox.WriteString(mboxScam(1))
	}
	var lines strings.Builder
	for range 60 {
		lines.WriteString("password: " + strings.Repeat("x", 20) + "\n")
	}
	return map[string][2]string{
		"10,000 parts":        {mixed + strings.Repeat(part("text/plain", 10_000), 10_000) + "--b--\r\n", "too-many-parts"},
		"10,000 messages":     {mixed + strings.Repeat(part("message/rfc822", 10_000), 10_000) + "--b--\r\n", "more messages"},
		"200 nested messages": {nested.String(), "too-deep"},
		"200 multiparts":      {levels.String(), "too-deep"},
		"one line":            {head + "Content-Type: text/plain\r\n\r\n" + strings.Repeat("x", 20<<20) + "\r\n", "line-too-long"},
		"one line of HTML":    {head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<p>x", 5<<20), "line-too-long"},
		"one line of base64":  {head + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("eHh4", 5<<20), "line-too-long"},
		"a mailbox":           {string(fileReport("x", "see file", entry{"a.mbox", mbox.String()}).Raw), "more messages"},
		"a bomb":              {string(fileReport("x", "see file", entry{"a.zip", string(zipOf(tb, entry{"a.eml", strings.Repeat("\x00", 60<<20)}))}).Raw), "too large"},
		"a million entries": {string(fileReport("x", "see file", entry{"a.zip", string(overlapping(tb, zipOf(tb, entry{"a", ""}), 390_000))}).Raw),
			"more than are looked at"},
		"many locked entries":        {string(fileReport("x", lines.String(), entry{"a.zip", string(overlapping(tb, []byte(readFixture(tb, "zipcrypt/testdata/aes256.zip")), 4_000))}).Raw), ""},
		"a signed message in pieces": {head + "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\n" + "\x30\x80" + strings.Repeat("\x04\x00", 9<<20), "s/mime: cannot be read"},
	}
}

func defects(list []analyze.Original) string {
	var b strings.Builder
	for _, o := range list {
		b.WriteString(strings.Join(o.Defects, "\n") + "\n")
	}
	return b.String()
}

// TestLarge: what is too large is noted. How long it takes is for
// BenchmarkLarge.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("25 MiB each")
	}
	for name, r := range largeReports(t) {
		got := Find(&analyze.Report{Raw: []byte(r[0])}, us)
		if len(got) == 0 || len(got) > defaultMaxOriginals || !strings.Contains(defects(got), r[1]) {
			t.Errorf("%s: Find gave %d originals with %q, want the defect %q", name, len(got), cut(defects(got), 400), r[1])
		}
	}
}

func BenchmarkLarge(b *testing.B) {
	reports := largeReports(b)
	names := make([]string, 0, len(reports))
	for name := range reports {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		raw := []byte(reports[name][0])
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Find(&analyze.Report{Raw: raw}, us)
			}
		})
	}
}

// BenchmarkCorpus is what a message of the corpora costs.
func BenchmarkCorpus(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(suites.Dir(b), "corpora", "ham", "*", "*.eml"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no messages: %v", err)
	}
	sizes := make([][]byte, 0, len(files))
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		sizes = append(sizes, raw)
	}
	sort.Slice(sizes, func(i, j int) bool { return len(sizes[i]) < len(sizes[j]) })
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			for _, raw := range sizes {
				Find(&analyze.Report{Raw: raw}, us)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(sizes)), "ns/message")
	})
	median := sizes[len(sizes)/2]
	b.Run("median", func(b *testing.B) {
		b.SetBytes(int64(len(median)))
		for b.Loop() {
			Find(&analyze.Report{Raw: median}, us)
		}
	})
}
