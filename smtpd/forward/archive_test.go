package forward

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const scam = "Received: from mail.bank-secure.example by mx.reporter.example; Wed, 27 Oct 2021 09:31:00 +0000\r\n" +
	"From: Example Bank <alerts@bank-secure.example>\r\nTo: pat@reporter.example\r\nSubject: Account notice 4711\r\n" +
	"Date: Wed, 27 Oct 2021 09:30:58 +0000\r\nMessage-ID: <4711@bank-secure.example>\r\n\r\nPlease confirm your account today.\r\nhttps://bank-secure.example/login\r\n"

// entry is a file of an archive that is built.
type entry struct {
	name    string
	content string
}

func zipOf(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// fileReport is a report with a note and files.
func fileReport(subject, note string, files ...entry) *analyze.Report {
	var b strings.Builder
	b.WriteString("From: Pat Reporter <pat@reporter.example>\r\nTo: reportascam@desk.example\r\nSubject: " + subject +
		"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		strings.ReplaceAll(note, "\n", "\r\n") + "\r\n")
	for _, f := range files {
		kind := "application/octet-stream"
		if strings.HasSuffix(f.name, ".zip") {
			kind = "application/zip"
		}
		fmt.Fprintf(&b, "--b\r\nContent-Type: %s; name=%q\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n", kind, f.name)
		enc := base64.StdEncoding.EncodeToString([]byte(f.content))
		for len(enc) > 76 {
			b.WriteString(enc[:76] + "\r\n")
			enc = enc[76:]
		}
		b.WriteString(enc + "\r\n")
	}
	b.WriteString("--b--\r\n")
	return &analyze.Report{Raw: []byte(b.String())}
}

// summary lists how the originals came, with their subjects.
func summary(list []analyze.Original) string {
	var out []string
	for _, o := range list {
		out = append(out, string(o.How)+"/"+string(o.Grade)+" "+o.Subject)
	}
	return strings.Join(out, "; ")
}

func TestArchive(t *testing.T) {
	second := strings.Replace(scam, "4711\r\nDate", "4712\r\nDate", 1)
	one := string(zipOf(t, entry{"scam.eml", scam}))
	two := string(zipOf(t, entry{"inner.zip", one}))
	mbox := "From a@b.example Wed Oct 27 09:31:00 2021\n" + strings.ReplaceAll(scam, "\r\n", "\n") + "\nFrom a@b.example Wed Oct 27 09:32:00 2021\n" + strings.ReplaceAll(second, "\r\n", "\n")
	for _, test := range []struct {
		name  string
		files []entry
		want  string
	}{
		{"one message", []entry{{"scam.zip", one}}, "archive/full Account notice 4711"},
		{"by content, not by name", []entry{{"scam.bin", one}}, "archive/full Account notice 4711"},
		{"two messages", []entry{{"x.zip", string(zipOf(t, entry{"a.eml", scam}, entry{"readme.pdf", "%PDF"}, entry{"b.EML", second}))}},
			"archive/full Account notice 4711; archive/full Account notice 4712"},
		{"no extension", []entry{{"x.zip", string(zipOf(t, entry{"message", scam}, entry{"note", "hello"}))}}, "archive/full Account notice 4711"},
		{"a path that leaves", []entry{{"x.zip", string(zipOf(t, entry{"../../etc/scam.eml", scam}, entry{`..\b.eml`, second}))}},
			"archive/full Account notice 4711; archive/full Account notice 4712"},
		{"a mailbox inside", []entry{{"x.zip", string(zipOf(t, entry{"all.mbox", mbox}))}}, "archive/full Account notice 4711; archive/full Account notice 4712"},
		{"an archive inside", []entry{{"x.zip", two}}, "archive/full Account notice 4711"},
		{"three deep", []entry{{"x.zip", string(zipOf(t, entry{"x.zip", two}))}}, "pasted/text "},
		{"no message", []entry{{"x.zip", string(zipOf(t, entry{"invoice.pdf", "%PDF-1.7"}, entry{"a.eml", "just text"}))}}, "pasted/text "},
		{"an office document", []entry{{"x.docx", string(zipOf(t, entry{"[Content_Types].xml", "<x/>"}, entry{"word/document.xml", "<x/>"}))}}, "pasted/text "},
		{"empty", []entry{{"x.zip", string(zipOf(t))}}, "pasted/text "},
		{"cut short", []entry{{"x.zip", one[:len(one)-30]}}, "pasted/text "},
		{"two archives", []entry{{"x.zip", one}, {"y.zip", string(zipOf(t, entry{"b.eml", second}))}},
			"archive/full Account notice 4711; archive/full Account notice 4712"},
	} {
		got := Find(fileReport("suspicious", "See the file.", test.files...), us)
		if summary(got) != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, summary(got), test.want)
			continue
		}
		if got[0].How == analyze.HowArchive && string(got[0].Raw) != scam && !strings.Contains(test.name, "mailbox") {
			t.Errorf("%s: Raw is not the message as it was zipped: %q", test.name, got[0].Raw)
		}
		if got[0].How == analyze.HowPasted && len(got[0].Attachments) != 1 {
			t.Errorf("%s: %d attachments, want the archive as one", test.name, len(got[0].Attachments))
		}
	}
}

// TestArchiveLocked opens what Info-ZIP and 7-Zip encrypted with "infected".
func TestArchiveLocked(t *testing.T) {
	aes, old := readFixture(t, "zipcrypt/testdata/aes256.zip"), readFixture(t, "zipcrypt/testdata/zipcrypto.zip")
	words := readFixture(t, "zipcrypt/testdata/zipcrypto-stream.zip") // "secret word"; its entry has the name "-"
	for _, test := range []struct {
		name, subject, note, zip, want string
	}{
		{"the usual word, AES", "scam", "see file", aes, "archive/full Account notice 4711"},
		{"the usual word, old cipher", "scam", "see file", old, "archive/full Account notice 4711"},
		{"two words", "scam", "Password: secret word", words, "archive/full Account notice 4711"},
		{"in the subject", "scam, password: secret word", "see file", words, "archive/full Account notice 4711"},
		{"quoted", "scam", "The Passwort lautet „secret word“.", words, "archive/full Account notice 4711"},
		{"on the next line", "scam", "Le mot de passe :\n\nsecret word\n\nMerci", words, "archive/full Account notice 4711"},
		{"not given", "scam", "see file", words, "pasted/text "},
		{"another", "scam", "Password: other", words, "pasted/text "},
	} {
		got := Find(fileReport(test.subject, test.note, entry{"scam.zip", test.zip}), us)
		if summary(got) != test.want {
			t.Errorf("%s: Find = %q, want %q", test.name, summary(got), test.want)
		}
		if test.want == "pasted/text " && !strings.Contains(strings.Join(got[0].Defects, "\n"), "no known password") {
			t.Errorf("%s: Defects = %q, want them to say that it is locked", test.name, got[0].Defects)
		}
	}
}

func readFixture(tb testing.TB, path string) string {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestPasswords(t *testing.T) {
	for _, test := range []struct{ subject, text, want string }{
		{"x", "password: abc123", "abc123"},
		{"x", "Password is abc123.", "abc123"},
		{"x", "The password for the attached zip file is: abc123", "abc123"},
		{"x", "Passwort: \"geh heim\"", "geh heim"},
		{"x", "Kennwort lautet geheim!", "geheim"},
		{"x", "mot de passe : secret", "secret"},
		{"x", "Contraseña: s3creta", "s3creta"},
		{"x", "wachtwoord=abc", "abc"},
		{"x", "Пароль: тайна", "тайна"},
		{"x", "密码：abc", "abc"},
		{"x", "パスワードは「abc」です", "abc"},
		{"x", "pw: a.b,c", "a.b,c"},
		{"x", "PASSWORD:\n\n  abc 123", "abc 123"},
		{"pwd = abc", "", "abc"},
		{"x", "Hello\nZx81!q\nBye", "Zx81!q"},
		{"x", "nothing at all", "infected"},
		{"x", "ask me for a password", "1234"},
	} {
		m := eml.Parse([]byte("Subject: " + test.subject + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + test.text))
		got := passwords(m)
		found := false
		for _, p := range got {
			found = found || p == test.want
		}
		if !found || len(got) > maxPasswords {
			t.Errorf("passwords(%q, %q) = %q, want %q among them", test.subject, test.text, got, test.want)
		}
	}
	flood := strings.Repeat("password: a1 \"b2\" c3\n", 10000) + strings.Repeat("x y\nzzz\n", 10000)
	if got := passwords(eml.Parse([]byte("Subject: x\r\n\r\n" + flood))); len(got) > maxPasswords {
		t.Errorf("passwords of a flood gave %d, want at most %d", len(got), maxPasswords)
	}
}

// TestArchiveHostile has archives that are made to cost memory or time.
func TestArchiveHostile(t *testing.T) {
	zeros := strings.Repeat("\x00", 60<<20)
	many := make([]entry, 0, maxDirectory+1)
	for i := range maxDirectory + 1 {
		many = append(many, entry{fmt.Sprint(i), ""})
	}
	some := make([]entry, 0, 300)
	for i := range 300 {
		some = append(some, entry{fmt.Sprintf("%d.eml", i), "x"})
	}
	locked := []byte(readFixture(t, "zipcrypt/testdata/zipcrypto-words.zip"))
	for _, test := range []struct {
		name, note string
		zip        []byte
	}{
		{"a bomb", "would be too large", zipOf(t, entry{"a.eml", scam + zeros})},
		{"a bomb that lies about its size", "cannot be read", lying(zipOf(t, entry{"a.eml", scam + zeros}))},
		{"too many entries", "more than are looked at", zipOf(t, many...)},
		{"many entries", "were looked at", zipOf(t, some...)},
		{"a locked entry that many share", "no known password", overlapping(t, locked, 4000)},
		{"a nest", "in too many others", zipOf(t, entry{"a.zip", string(zipOf(t, entry{"a.zip", string(zipOf(t, entry{"a.zip", "PK\x03\x04"}))}))})},
		{"a bad authentication code", "corrupt", corrupted(readFixture(t, "zipcrypt/testdata/aes256.zip"))},
		{"junk behind the mark", "cannot be read", []byte("PK\x03\x04" + strings.Repeat("PK\x01\x02", 100))},
	} {
		got := Find(fileReport("scam", "see file", entry{"scam.zip", string(test.zip)}), us)
		if summary(got) != "pasted/text " {
			t.Errorf("%s: Find = %q, want the report itself", test.name, summary(got))
		}
		if d := strings.Join(got[0].Defects, "\n"); !strings.Contains(d, test.note) {
			t.Errorf("%s: Defects = %q, want %q", test.name, cut(d, 500), test.note)
		}
	}
}

// lying writes a small size into the directory of an archive of one entry.
func lying(b []byte) []byte {
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[at+24:], 100)
	return b
}

// corrupted changes the last octet before the directory.
func corrupted(s string) []byte {
	b := []byte(s)
	b[bytes.LastIndex(b, []byte("PK\x01\x02"))-1] ^= 1
	return b
}

// overlapping lists the one entry of an archive n times.
func overlapping(tb testing.TB, b []byte, n int) []byte {
	tb.Helper()
	at, end := bytes.LastIndex(b, []byte("PK\x01\x02")), bytes.LastIndex(b, []byte("PK\x05\x06"))
	if at < 0 || end < at {
		tb.Fatal("no directory")
	}
	out := append([]byte{}, b[:at]...)
	out = append(out, bytes.Repeat(b[at:end], n)...)
	tail := append([]byte{}, b[end:]...)
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*(end-at)))
	return append(out, tail...)
}

// FuzzZip: what is found in an archive stays within the limits.
func FuzzZip(f *testing.F) {
	f.Add(zipOf(f, entry{"a.eml", scam}), "infected")
	f.Add(zipOf(f, entry{"x.zip", string(zipOf(f, entry{"a", scam}))}), "")
	for _, file := range []string{"zipcrypto.zip", "zipcrypto-stream.zip", "aes128.zip", "aes256-stored.zip"} {
		f.Add([]byte(readFixture(f, "zipcrypt/testdata/"+file)), "Password: secret word")
	}
	f.Fuzz(func(t *testing.T, b []byte, note string) {
		u := unpacker{host: eml.Parse([]byte("Subject: x\r\n\r\n" + note)), budget: &budget{}}
		before := bytes.Clone(b)
		got := u.container(file{name: "a.zip", content: append([]byte("PK\x03\x04"), bytes.TrimPrefix(b, []byte("PK\x03\x04"))...)}, 0, 3)
		total := 0
		for i := range got {
			if got[i].how != analyze.HowArchive {
				t.Errorf("how = %q", got[i].how)
			}
			total += len(got[i].msg.Raw)
		}
		if len(got) > 3 || total > maxArchiveBytes || len(u.notes) > maxNotes || u.tried > maxUnlock {
			t.Errorf("%d messages of %d octets, %d notes, %d passwords tried", len(got), total, len(u.notes), u.tried)
		}
		if !bytes.Equal(b, before) {
			t.Error("the archive was changed")
		}
	})
}

// TestArchiveBudget: the limits hold for all messages of a report together, and
// the note of the report opens what a message in it carries.
func TestArchiveBudget(t *testing.T) {
	colleague := func(file entry) string {
		raw := string(fileReport("Fwd: look", "see file", file).Raw)
		return strings.Replace(raw, "From: Pat Reporter <pat@reporter.example>", "From: Help <help@reporter.example>", 1)
	}
	got := Find(fileReport("Fwd: look", "Password: secret word", entry{"a.eml", colleague(entry{"x.zip", readFixture(t, "zipcrypt/testdata/zipcrypto-words.zip")})}), us)
	if want := "archive/full Account notice 4711"; summary(got) != want {
		t.Errorf("Find = %q, want %q", summary(got), want)
	}
	var text strings.Builder
	for i := 0; text.Len() < 12<<20; i++ {
		fmt.Fprintf(&text, "line %d of %d\r\n", i, i/100)
	}
	large := zipOf(t, entry{"a.eml", scam + text.String()})
	var files []entry
	for range 8 {
		files = append(files, entry{"a.eml", colleague(entry{"x.zip", string(large)})})
	}
	total := 0
	for _, o := range Find(fileReport("Fwd: look", "see files", files...), us) {
		if o.How == analyze.HowArchive {
			total += len(o.Raw)
		}
	}
	if total == 0 || total > maxArchiveBytes {
		t.Errorf("%d octets were decompressed, want some, and at most %d", total, maxArchiveBytes)
	}
}
