package eml

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// bigMail builds the messages that cost most, each by its defect.
func bigMail(size int) map[string]struct {
	raw    []byte
	defect string
} {
	type big = struct {
		raw    []byte
		defect string
	}
	fill := func(prefix, unit string) []byte {
		return append([]byte(prefix), bytes.Repeat([]byte(unit), size/len(unit))...)
	}
	var levels, messages, bounds bytes.Buffer
	for i := range 4000 {
		fmt.Fprintf(&levels, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for i := range DefaultDepth {
		bounds.WriteString("Content-Type: multipart/mixed")
		for j := range maxCandidates {
			fmt.Fprintf(&bounds, "; boundary=aaaaaaaaaaaaaaaaac%d.%d", i, j)
		}
		fmt.Fprintf(&bounds, "\n\n--aaaaaaaaaaaaaaaaac%d.0\n", i)
	}
	for range 200 {
		messages.WriteString("Content-Type: message/rfc822\n\n")
	}
	coded := []byte("Subject: x\n\ny\n")
	for len(coded) < size/2 && len(coded) < 1<<20 {
		coded = append([]byte("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"), base64.StdEncoding.EncodeToString(coded)...)
	}
	open := "Content-Type: multipart/mixed; boundary=b\n\n"
	return map[string]big{
		"parts":            {fill(open, "--b\n\nx\n"), DefectTooMany},
		"levels":           {fill(levels.String(), "x\n"), DefectTooDeep},
		"levels dashes":    {fill(levels.String(), "--b\n"), DefectTooDeep},
		"messages":         {fill(messages.String(), "\n"), DefectTooDeep},
		"coded messages":   {coded, DefectTooDeep},
		"boundaries":       {fill(bounds.String(), "--aaaaaaaaaaaaaaaaab\n"), DefectSeveral},
		"line":             {fill("Subject: x\n\n", "x"), DefectLongLine},
		"base64 line":      {fill("Content-Transfer-Encoding: base64\n\n", "QUJD"), DefectLongLine},
		"header line":      {fill("Subject: ", "x"), DefectHeaderBytes},
		"folds":            {fill("Subject: x", "\n x"), DefectHeaderBytes},
		"fields":           {fill("", "a:\n"), DefectFields},
		"delimiters":       {fill(open, "--\n"), DefectBoundaryNotFound},
		"guesses":          {fill("Content-Type: multipart/mixed\n\n", "--x\nContent-\n"), DefectGuessed},
		"closed":           {fill(open, "--b--\n"), DefectBoundaryNotFound},
		"junk lines":       {fill("Subject: x\n", "x-\n"), DefectHeaderBytes},
		"quotes":           {fill("Content-Type: text/plain; a=", `"\`), DefectHeaderBytes},
		"comments":         {fill("Content-Type: text/plain; a=b", "("), DefectHeaderBytes},
		"parameters":       {fill("Content-Type: text/plain", ";a*0*=b"), DefectHeaderBytes},
		"addresses":        {fill("From: ", "a@b,"), DefectHeaderBytes},
		"open angles":      {fill("From: ", "<"), DefectHeaderBytes},
		"address quotes":   {fill("From: x", ` "\`), DefectHeaderBytes},
		"address comments": {fill("From: ", "(a"), DefectHeaderBytes},
		"address dots":     {fill("From: x@", " ."), DefectHeaderBytes},
		"address words":    {fill("From: ", "=?utf-8?q?a?="), DefectHeaderBytes},
		"uuencode":         {fill("\n", "begin 644 a\n#0V%T\n`\nend\n"), DefectUUBody},
		"uuencode open":    {fill("\n", "begin 644 a\n#0V%T\n"), DefectUUBody},
	}
}

func TestLimits(t *testing.T) {
	for name, big := range bigMail(4 << 20) {
		m := Parse(big.raw)
		checkTree(t, m)
		if !slices.Contains(allDefects(m), big.defect) {
			t.Errorf("%s: defects %q, want %q among them", name, allDefects(m), big.defect)
		}
		parts, deepest := count(m, 0)
		if parts > DefaultParts+DefaultDepth || deepest > DefaultDepth+1 {
			t.Errorf("%s: %d parts, %d levels", name, parts, deepest)
		}
		if len(m.Header.Raw) > DefaultHeaderBytes || len(m.Header.Fields) > DefaultFields+extraFields {
			t.Errorf("%s: header of %d octets, %d fields", name, len(m.Header.Raw), len(m.Header.Fields))
		}
		if n := len(m.Defects); n > maxDefects+1 {
			t.Errorf("%s: %d defects", name, n)
		}
	}
}

// count gives the number of parts and the deepest level.
func count(m *Message, level int) (parts, deepest int) {
	m.Walk(func(p *Part, depth int) bool {
		parts++
		deepest = max(deepest, level+depth)
		if p.Message != nil {
			n, d := count(p.Message, level+depth+1)
			parts, deepest = parts+n, max(deepest, d)
		}
		return true
	})
	return parts, deepest
}

func TestOwnLimits(t *testing.T) {
	raw := []byte(mixed + "\n" + strings.Repeat("--B\nContent-Transfer-Encoding: base64\n\nQUJDREVGR0g=\n", 10) + "--B--\n")
	m := ParseLimits(raw, Limits{Parts: 5, DecodedBytes: 20})
	if got := len(leaves(m)); got != 4 {
		t.Errorf("ParseLimits(Parts: 5) = %d leaves, want 4", got)
	}
	total := 0
	for _, p := range leaves(m) {
		total += len(p.Decoded())
	}
	if total > 20 {
		t.Errorf("decoded %d octets, want at most 20", total)
	}
	if !slices.Contains(allDefects(m), DefectDecoded) {
		t.Errorf("defects %q, want %q among them", allDefects(m), DefectDecoded)
	}
}

// TestPaddingHidesNothing: a Content-Type behind thousands of other fields
// counts all the same.
func TestPaddingHidesNothing(t *testing.T) {
	raw := "From: a@b.example\n" + strings.Repeat("X: y\n", 3*DefaultFields) + "Content-Type: multipart/mixed; boundary=B\n\n" + two
	m := Parse([]byte(raw))
	if got := len(leaves(m)); got != 2 {
		t.Errorf("Parse = %d leaves, want 2", got)
	}
}

func BenchmarkBig(b *testing.B) {
	for name, big := range bigMail(25 << 20) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m := Parse(big.raw)
				m.TextBody()
				m.Header.Text("Subject")
				m.Header.Addresses("From")
			}
		})
	}
}
