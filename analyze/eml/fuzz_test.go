package eml

import (
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	for _, list := range [][]brokenMail{brokenHeaders(), brokenMultiparts(), brokenEncodings()} {
		for _, b := range list {
			if len(b.raw) < 4096 {
				f.Add([]byte(b.raw))
			}
		}
	}
	f.Add(median())
	lim := Limits{Depth: 6, Parts: 30, HeaderBytes: 2000, Fields: 50, DecodedBytes: 8000}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, m := range []*Message{Parse(raw), ParseLimits(raw, lim)} {
			checkTree(t, m)
			if string(m.Raw) != string(raw) {
				t.Fatalf("Raw was changed")
			}
			checkStrings(t, m)
		}
		m := ParseLimits(raw, lim)
		parts, deepest := count(m, 0)
		if parts > lim.Parts+lim.Depth || deepest > lim.Depth+1 {
			t.Fatalf("%d parts, %d levels", parts, deepest)
		}
		if n := decodedSize(m); n > lim.DecodedBytes {
			t.Fatalf("%d octets were decoded", n)
		}
		h, body, _ := ParseHeader(raw)
		if body < 0 || body > len(raw) || len(h.Raw) > body {
			t.Fatalf("ParseHeader: body at %d, header of %d of %d octets", body, len(h.Raw), len(raw))
		}
	})
}

// decodedSize gives the octets that the leaves decode to, those apart that
// stand as they are, and those that embedded messages are read from.
func decodedSize(m *Message) int {
	n := 0
	m.Walk(func(p *Part, _ int) bool {
		switch p.Encoding {
		case encBase64, encQP, encUU:
			n += len(p.Decoded())
		}
		if p.Message != nil {
			n += decodedSize(p.Message)
		}
		return true
	})
	return n
}

func checkStrings(t *testing.T, m *Message) {
	t.Helper()
	list := []string{m.Header.Text("Subject"), m.TextBody(), m.HTMLBody()}
	for _, a := range m.Header.Addresses("From") {
		list = append(list, a.Name, a.Local, a.Domain, a.Raw)
	}
	for _, d := range m.Defects {
		list = append(list, d.Detail)
	}
	m.Walk(func(p *Part, _ int) bool {
		list = append(list, p.MediaType, p.Charset, p.Encoding, p.Disposition, p.Filename, p.Text())
		list = append(list, p.OtherNames...)
		for k, v := range p.Params {
			list = append(list, k, v)
		}
		for i, f := range p.Header.Fields {
			list = append(list, f.Name)
			if len(p.Header.RawField(i)) == 0 {
				t.Fatalf("field %d is empty", i)
			}
		}
		if p.Message != nil {
			checkStrings(t, p.Message)
		}
		return true
	})
	for _, s := range list {
		if !utf8.ValidString(s) {
			t.Fatalf("%q is not UTF-8", s)
		}
	}
}
