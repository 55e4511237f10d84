package eml

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"reportascam/testdata/suites"
)

// hiddenFile is how the archive of the mime-is-broken messages begins.
var hiddenFile = []byte("PK\x03\x04\x14\x00\x02\x00\x08\x00")

// leaves gives the leaves of m and of the messages inside it.
func leaves(m *Message) []*Part {
	var out []*Part
	m.Walk(func(p *Part, _ int) bool {
		if p.Message != nil {
			out = append(out, leaves(p.Message)...)
		} else if !isMultipart(p.MediaType) {
			out = append(out, p)
		}
		return true
	})
	return out
}

// allDefects gives the kinds of the defects of m and of the messages inside.
func allDefects(m *Message) []string {
	var out []string
	for _, d := range m.Defects {
		if d.Kind != DefectAddress { // "From: me" in all of them
			out = append(out, d.Kind)
		}
	}
	m.Walk(func(p *Part, _ int) bool {
		if p.Message != nil {
			out = append(out, allDefects(p.Message)...)
		}
		return true
	})
	return out
}

// checkTree fails where an offset is out of range or a part is not inside its
// parent.
func checkTree(t *testing.T, m *Message) {
	t.Helper()
	if m.Root == nil || m.Root.BodyEnd > len(m.Raw) || m.BodyStart > len(m.Raw) {
		t.Fatalf("root or offsets of the message are out of range")
	}
	for _, d := range m.Defects {
		if d.Offset < 0 || d.Offset > len(m.Raw) {
			t.Fatalf("defect %v is outside of %d octets", d, len(m.Raw))
		}
	}
	m.Walk(func(p *Part, _ int) bool {
		if p.HeaderStart < 0 || p.HeaderStart > p.BodyStart || p.BodyStart > p.BodyEnd || p.BodyEnd > len(m.Raw) {
			t.Fatalf("part offsets %d %d %d in %d octets", p.HeaderStart, p.BodyStart, p.BodyEnd, len(m.Raw))
		}
		for _, f := range p.Header.Fields {
			if f.Start < 0 || f.Start > f.Colon || f.Colon >= f.End || f.End > len(p.Header.Raw) {
				t.Fatalf("field offsets %+v in %d octets", f, len(p.Header.Raw))
			}
		}
		for _, c := range p.Children {
			if c.HeaderStart < p.BodyStart || c.BodyEnd > p.BodyEnd {
				t.Fatalf("child %d-%d outside of parent %d-%d", c.HeaderStart, c.BodyEnd, p.BodyStart, p.BodyEnd)
			}
		}
		if p.Message != nil {
			checkTree(t, p.Message)
		}
		return true
	})
}

func TestMIMEIsBroken(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "suites", "hostile", "mime-is-broken", "hide-content.d", "new")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob(%s) = %d files, %v", dir, len(files), err)
	}
	found, noted, named := 0, 0, 0
	valid := 0 // noted though the suite calls the message valid
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := Parse(raw)
		checkTree(t, m)
		hit, name := false, false
		for _, p := range leaves(m) {
			hit = hit || bytes.Contains(p.Decoded(), hiddenFile) && bytes.Contains(p.Decoded(), []byte("eicar.com"))
		}
		for _, p := range m.Attachments() {
			name = name || p.Filename == "eicar.zip"
		}
		kinds := allDefects(m)
		subject := m.Header.Text("Subject")
		switch {
		case hit:
			found++
		case len(kinds) == 0:
			t.Errorf("%s: nothing found and nothing noted", subject)
		default:
			t.Logf("not found: %s: %s", strings.TrimSuffix(subject, " eicar.zip 2022-05-18 23:07"), strings.Join(kinds, " "))
		}
		if len(kinds) > 0 {
			noted++
			if strings.HasPrefix(subject, "[2]") || strings.HasPrefix(subject, "[3]") {
				valid++
				t.Logf("noted in a valid one: %s: %s", subject, strings.Join(kinds, " "))
			}
		}
		if name {
			named++
		}
	}
	t.Logf("%d messages: content found in %d, file listed in %d, defects noted in %d", len(files), found, named, noted)
	const least = 182 // of 203; lower is a step back
	if found < least {
		t.Errorf("content found in %d messages, want at least %d", found, least)
	}
}

func TestMIME4J(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "suites", "hostile", "mime4j")
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".msg") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		m := Parse(raw)
		checkTree(t, m)
		for _, p := range leaves(m) {
			if s := p.Text(); !utf8.ValidString(s) {
				t.Errorf("%s: Text() of %s is not UTF-8", filepath.Base(path), p.MediaType)
			}
		}
		checkDecoded(t, path, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatalf("no messages in %s", dir)
	}
	t.Logf("%d messages", files)
}

// checkDecoded compares the decoded leaves with the files NAME_decoded_1_2.txt
// that stand beside some messages: each text is to be found in a leaf.
func checkDecoded(t *testing.T, path string, m *Message) {
	t.Helper()
	files, _ := filepath.Glob(strings.TrimSuffix(path, ".msg") + "_decoded_*")
	missing := 0
	for _, file := range files {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want = bytes.TrimSpace(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")))
		found := len(want) == 0
		for _, p := range leaves(m) {
			got := bytes.ReplaceAll(p.Decoded(), []byte("\r\n"), []byte("\n"))
			found = found || bytes.Contains(got, want)
		}
		if !found {
			missing++
			t.Logf("%s: %s is in no leaf", filepath.Base(path), filepath.Base(file))
		}
	}
	// The only part of this one begins at a line without colon, where we go on
	// with the header, since a field stands below.
	const otherwise = "malformedHeaderStartsBody-nocrlfcrlf.msg"
	if len(files) > 0 && missing == len(files) && filepath.Base(path) != otherwise {
		t.Errorf("%s: none of %d decoded parts is there", filepath.Base(path), len(files))
	}
}
