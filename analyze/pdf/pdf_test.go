package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"fmt"
	"strings"
	"testing"
)

// deflated gives a stream object of plain, deflated.
func deflated(n int, dict, plain string) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(plain))
	w.Close()
	return object(n, dict+" /Filter /FlateDecode", z.String())
}

func object(n int, dict, body string) string {
	return fmt.Sprintf("%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n", n, dict, len(body), body)
}

const head = "%PDF-1.7\n"

func TestLinks(t *testing.T) {
	var a85 bytes.Buffer
	enc := ascii85.NewEncoder(&a85)
	enc.Write([]byte("<< /S /URI /URI (https://evil.test/85) >>"))
	enc.Close()
	tests := []struct{ name, in, want string }{
		{"plain", head + "4 0 obj << /Type /Annot /A << /S /URI /URI (https://evil.test/a\\(b\\)) >> >> endobj", "https://evil.test/a(b)"},
		{"hex", head + "<< /URI <68747470733A2F2F6576696C2E746573742F> >>", "https://evil.test/"},
		{"UTF-16", head + "<< /URI (\xfe\xff\x00h\x00t\x00t\x00p\x00:\x00/\x00/\x00e\x00v\x00i\x00l\x00.\x00t\x00e\x00s\x00t) >>", "http://evil.test"},
		{"octal, folded", head + "<< /URI (https://ev\\151l.te\\\nst/) >>", "https://evil.test/"},
		{"in an object stream", head + deflated(1, "/Type /ObjStm /N 1 /First 4", "1 0 << /A << /URI (https://evil.test/o) >> >>"), "https://evil.test/o"},
		{"in base 85", head + object(1, "/Filter /ASCII85Decode", a85.String()+"~>"), "https://evil.test/85"},
		{"cut off", head + deflated(1, "", strings.Repeat("x", 3000)+"/URI (https://evil.test/c)")[:80], ""},
		{"no string", head + "<< /URI 7 0 R >>", ""},
		{"encrypted", head + "/Encrypt 5 0 R /URI (abc)", ""},
		{"twice", head + "/URI (https://evil.test/)/URI (https://evil.test/)", "https://evil.test/"},
	}
	for _, tt := range tests {
		if got := strings.Join(Read([]byte(tt.in)).Links, " "); got != tt.want {
			t.Errorf("%s: Read(…).Links = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	cmap := "begincmap 1 beginbfrange <0001> <0003> <0061> endbfrange 1 beginbfchar <0004> <00E9> endbfchar 1 beginbfrange <0005> <0006> [<0078> <0079>] endbfrange endcmap"
	tests := []struct{ name, in, want string }{
		{"shown strings", deflated(1, "", "BT /F1 12 Tf (Call) Tj 0 -14 Td (us \\(now\\)) Tj ET"), "Call\nus (now)"},
		{"kerned", deflated(1, "", "BT [(evil) 20 (.test) -250 (now)] TJ ET"), "evil.test now"},
		{"by a map", deflated(1, "", cmap) + deflated(2, "", "BT <00010002000300040005> Tj ET"), "abcéx"},
		{"map behind", deflated(2, "", "BT <0006> Tj ET") + deflated(1, "", cmap), "y"},
	}
	for _, tt := range tests {
		if got := strings.TrimSpace(Read([]byte(head + tt.in)).Text); got != tt.want {
			t.Errorf("%s: Read(…).Text = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestImages(t *testing.T) {
	doc := Read([]byte(head + deflated(1, "/Subtype /Image /Width 9 /Height 2 /BitsPerComponent 1", "\x80\x00\x00\x80") +
		deflated(2, "/Subtype /Image /Width 2 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB", "\xff\xff\xff\x00\x00\x00") +
		object(3, "/Subtype /Image /Filter /DCTDecode", "\xff\xd8\xff") +
		deflated(4, "/Subtype /Image /Width 99999 /Height 99999 /BitsPerComponent 8", "abc")))
	if len(doc.Images) != 3 {
		t.Fatalf("Read gives %d pictures, want 3", len(doc.Images))
	}
	if p := doc.Images[0].Pixels; len(p) != 18 || p[0] != 255 || p[1] != 0 || p[17] != 255 {
		t.Errorf("the first picture is %v", p)
	}
	if p := doc.Images[1].Pixels; len(p) != 2 || p[0] != 255 || p[1] != 0 {
		t.Errorf("the second picture is %v", p)
	}
	if !strings.HasPrefix(string(doc.Images[2].JPEG), "\xff\xd8\xff") {
		t.Errorf("the third picture is %q", doc.Images[2].JPEG)
	}
}

// TestBounds: what is deflated a thousand times is read as far as the bound.
func TestBounds(t *testing.T) {
	bomb := deflated(1, "", strings.Repeat(" ", 20<<20)+"/URI (https://evil.test/)")
	doc := Read([]byte(head + strings.Repeat(bomb, 50)))
	if !doc.Truncated || len(doc.Links) != 0 {
		t.Errorf("Read of a bomb = %+v, want it truncated", doc.Links)
	}
	doc = Read([]byte(head + strings.Repeat("stream\n", 100_000)))
	if !doc.Truncated {
		t.Error("a row of streams is not truncated")
	}
}

// TestOpenings: strings that do not end take linear time, not the hours of
// quadratic.
func TestOpenings(t *testing.T) {
	for _, s := range []string{"(", "<"} {
		if got := Read([]byte(head + deflated(1, "", "BT Tj "+strings.Repeat(s, 2<<20)))).Text; strings.TrimSpace(got) != "" {
			t.Errorf("a row of %q gives the text %.20q", s, got)
		}
		if doc := Read([]byte(head + strings.Repeat("/URI "+s, 200_000))); !doc.Truncated {
			t.Errorf("a row of actions with %q is not cut", s)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "<< /URI (https://evil.test/) >>"))
	f.Add([]byte(head + deflated(1, "/Type /ObjStm", "/URI <6869>")))
	f.Add([]byte(head + deflated(1, "", "begincmap beginbfrange <00> <ff> <0041> endbfrange beginbfrange <01> <02> [<41> <42>] endbfrange") + deflated(2, "", "BT [(a) -300 <0102>] TJ ET")))
	f.Add([]byte(head + deflated(1, "/Subtype /Image /Width 9 /Height 2 /BitsPerComponent 1", "\x80\x00\x00\x80")))
	f.Add([]byte(head + object(1, "", "begincmap beginbfrange << <00> endbfrange BT [<< <4 TJ Tj ET")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		doc := Read(b)
		if len(doc.Text) > 2*maxText || len(doc.Links) > maxLinks || len(doc.Images) > maxImages {
			t.Errorf("Read gives %d octets of text, %d links, %d pictures", len(doc.Text), len(doc.Links), len(doc.Images))
		}
		for _, i := range doc.Images {
			if i.JPEG == nil && len(i.Pixels) != i.Width*i.Height {
				t.Errorf("a picture of %d×%d has %d pixels", i.Width, i.Height, len(i.Pixels))
			}
		}
	})
}
