package links

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"reportascam/analyze"
)

// code gives the modules of a QR code.
func code(tb testing.TB, text string) *gozxing.BitMatrix {
	tb.Helper()
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 0, 0, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func codePicture(tb testing.TB, text string) []byte {
	m := code(tb, text)
	side := (m.GetWidth() + 8) * 4
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			img.SetGray(x, y, color.Gray{255})
			if mx, my := x/4-4, y/4-4; mx >= 0 && my >= 0 && mx < m.GetWidth() && my < m.GetHeight() && m.Get(mx, my) {
				img.SetGray(x, y, color.Gray{0})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestCodes(t *testing.T) {
	const address = "https://evil.com/qr?x=1"
	file := codePicture(t, address)
	m := code(t, address)
	var table, spans, blocks strings.Builder
	for y := range m.GetHeight() {
		table.WriteString("<tr>")
		spans.WriteString("<tr>")
		for x := 0; x < m.GetWidth(); {
			run := 1
			for x+run < m.GetWidth() && m.Get(x+run, y) == m.Get(x, y) {
				run++
			}
			colour := map[bool]string{true: "#000", false: "#ffffff"}[m.Get(x, y)]
			for range run {
				fmt.Fprintf(&table, `<td style="width:4px;background-color:%s"></td>`, colour)
				blocks.WriteString(map[bool]string{true: "██", false: "  "}[m.Get(x, y)])
			}
			fmt.Fprintf(&spans, `<td colspan=%d bgcolor="%s"></td>`, run, colour)
			x += run
		}
		blocks.WriteString("\n")
	}
	want := "qr " + address
	for name, o := range map[string]*analyze.Original{
		"attached":        {Attachments: []analyze.Attachment{{Name: "x", MediaType: "image/png", Content: file}}},
		"in the page":     {HTML: `<img src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(file) + `">`},
		"table":           {HTML: "<table>" + table.String() + "</table>"},
		"table of spans":  {HTML: "<p>x<table>" + spans.String() + "</table>"},
		"characters":      {Text: "Scan:\n" + blocks.String()},
		"characters, pre": {HTML: "<pre>" + blocks.String() + "</pre>"},
	} {
		if got := sources(o); !strings.Contains(got, want) {
			t.Errorf("%s: links = %.200q, want %q", name, got, want)
		}
	}
	_, found, faults := Gather(&analyze.Original{Attachments: []analyze.Attachment{{Content: codePicture(t, "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")}}})
	if len(faults) != 0 || !strings.Contains(fmt.Sprint(found), "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") {
		t.Errorf("a wallet's code gives %v, faults %v", found, faults)
	}
}
