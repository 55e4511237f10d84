package hostile

import (
	"bytes"
	"fmt"
	"strings"
)

func documents() []Sample {
	one := func(name string, make func() []byte) Sample {
		return attached(name, func() []file { return []file{{"a.pdf", "application/pdf", make()}} })
	}
	text := func(s string) func() []byte {
		return func() []byte { return []byte("%PDF-1.7\n" + s + "\ntrailer<</Root 1 0 R>>\n%%EOF") }
	}
	return []Sample{
		one("object-loop", text("1 0 obj<</Pages 1 0 R/Kids[1 0 R 1 0 R]/Parent 1 0 R/Contents 1 0 R/Resources 1 0 R>>endobj")),
		one("object-flood", func() []byte {
			var b bytes.Buffer
			b.WriteString("%PDF-1.7\n")
			for i := range 200_000 {
				fmt.Fprintf(&b, "%d 0 obj<</A %d 0 R>>endobj\n", i+1, i+2)
			}
			return b.Bytes()
		}),
		one("page-tree", func() []byte {
			var b bytes.Buffer
			b.WriteString("%PDF-1.7\n1 0 obj<</Pages 2 0 R>>endobj\n")
			for i := range 40 {
				fmt.Fprintf(&b, "%d 0 obj<</Type/Pages/Kids[%d 0 R %d 0 R]>>endobj\n", i+2, i+3, i+3)
			}
			return b.Bytes()
		}),
		one("stream-flood", func() []byte { return streams(20_000, packed(kib), "") }),
		one("stream-bombs", func() []byte { return streams(20, packed(100*mib), "") }),
		one("filters", func() []byte { return streams(10, packed(mib), strings.Repeat("/FlateDecode ", 10_000)) }),
		one("picture-bomb", func() []byte {
			return streams(50, packed(25*mib), "", "/Subtype/Image/Width 2500/Height 2500/BitsPerComponent 8/ColorSpace/DeviceRGB")
		}),
		one("cmap", text("1 0 obj<</Length 9999999>>stream\nbegincmap 1 begincodespacerange <0000> <ffff> endcodespacerange "+
			strings.Repeat("1 beginbfrange <0000> <ffff> <0041> endbfrange ", 50_000)+"endcmap\nendstream endobj")),
		one("text-operators", text("1 0 obj<</Length 9999999>>stream\nBT "+strings.Repeat("(a) Tj [(b) -9 (c)] TJ T* ", 150_000)+"ET\nendstream endobj")),
		one("text-numbers", text("1 0 obj<</Length 9999999>>stream\nBT "+strings.Repeat("1 ", 1_500_000)+"ET\nendstream endobj")),
		one("open-arrays", text(strings.Repeat("1 0 obj[", 300_000))),
		one("open-dictionaries", text(strings.Repeat("<<", 1_500_000))),
		one("open-strings", text(strings.Repeat("(", 3_000_000))),
		one("escapes", text("1 0 obj("+strings.Repeat("\\", 3_000_000))),
		one("links", text(strings.Repeat("1 0 obj<</Type/Annot/A<</S/URI/URI(http://a.example/x)>>>>endobj\n", 50_000))),
		one("streams-unclosed", text(strings.Repeat("1 0 obj<<>>stream\n", 200_000))),
		one("xref", text("xref\n0 99999999\n"+strings.Repeat("0000000000 65535 f \n", 150_000))),
	}
}

// streams is a document of n streams of the same octets.
func streams(n int, data []byte, filters string, more ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i := range n {
		fmt.Fprintf(&b, "%d 0 obj<</Length %d/Filter[/FlateDecode %s]%s>>stream\n", i+1, len(data), filters, strings.Join(more, ""))
		b.Write(data)
		b.WriteString("\nendstream endobj\n")
	}
	return b.Bytes()
}
