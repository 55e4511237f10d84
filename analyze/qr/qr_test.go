package qr

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

const address = "https://evil.example/pay?id=1"

// modules gives the modules of a code that says text.
func modules(tb testing.TB, text string) [][]bool {
	tb.Helper()
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 0, 0, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		tb.Fatal(err)
	}
	cells := make([][]bool, m.GetHeight())
	for y := range cells {
		cells[y] = make([]bool, m.GetWidth())
		for x := range cells[y] {
			cells[y][x] = m.Get(x, y)
		}
	}
	return cells
}

func picture(tb testing.TB, text string, black, white color.Color, size int) image.Image {
	cells := modules(tb, text)
	side := (len(cells) + 8) * size
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := white
			if my, mx := y/size-4, x/size-4; my >= 0 && mx >= 0 && my < len(cells) && mx < len(cells) && cells[my][mx] {
				c = black
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func encoded(tb testing.TB, kind string, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 60})
	case "gif":
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestPictures(t *testing.T) {
	for _, tt := range []struct {
		name, kind   string
		black, white color.Color
		size         int
	}{
		{"PNG", "png", color.Black, color.White, 4},
		{"JPEG", "jpeg", color.Black, color.White, 6},
		{"GIF", "gif", color.Black, color.White, 4},
		{"inverted", "png", color.White, color.Black, 4},
		{"in colours", "png", color.NRGBA{0, 0, 160, 255}, color.NRGBA{255, 240, 200, 255}, 4},
		{"little contrast", "png", color.Gray{110}, color.Gray{150}, 5},
		{"on nothing", "png", color.Black, color.Transparent, 4},
		{"large", "jpeg", color.Black, color.White, 50},
	} {
		g, ok, err := Decode(encoded(t, tt.kind, picture(t, address, tt.black, tt.white, tt.size)))
		if !ok || err != nil {
			t.Errorf("%s: Decode = %v, %v", tt.name, ok, err)
			continue
		}
		if got, err := Find(g); got != address || err != nil {
			t.Errorf("%s: Find = %q, %v, want %q", tt.name, got, err, address)
		}
	}
}

func TestDrawn(t *testing.T) {
	cells := modules(t, address)
	at := func(y, x int) bool { return y < len(cells) && cells[y][x] }
	var half, full strings.Builder
	for y := 0; y < len(cells); y += 2 {
		for x := range cells[y] {
			half.WriteRune(map[[2]bool]rune{{true, true}: '█', {true, false}: '▀', {false, true}: '▄', {}: ' '}[[2]bool{at(y, x), at(y+1, x)}])
		}
		half.WriteByte('\n')
	}
	for y := range cells {
		for x := range cells[y] {
			full.WriteString(map[bool]string{true: "██", false: "  "}[cells[y][x]])
		}
		full.WriteByte('\n')
	}
	for name, text := range map[string]string{"half blocks": half.String(), "whole blocks": full.String()} {
		got, err := FindDrawn("Scan this:\n" + text + "\nThank you")
		if err != nil || len(got) != 1 || got[0] != address {
			t.Errorf("%s: FindDrawn = %q, %v, want %q", name, got, err, address)
		}
	}
	if got, _ := FindDrawn(strings.Repeat("██████ ██████\n", 30)); len(got) != 0 {
		t.Errorf("FindDrawn of stripes = %q", got)
	}
}

// TestManyCorners: a wall of corner patterns ends at once.
func TestManyCorners(t *testing.T) {
	g := Grey{Width: 900, Height: 900, Pixels: bytes.Repeat([]byte{255}, 900*900)}
	for cy := range 29 {
		for cx := range 29 {
			for y := range 21 {
				for x := range 21 {
					my, mx := y/3, x/3
					ring := my == 0 || my == 6 || mx == 0 || mx == 6
					if ring || my >= 2 && my <= 4 && mx >= 2 && mx <= 4 {
						g.Pixels[(cy*31+5+y)*900+cx*31+5+x] = 0
					}
				}
			}
		}
	}
	start := time.Now()
	if got, err := Find(g); got != "" || err != nil {
		t.Errorf("Find of 841 corners = %q, %v", got, err)
	}
	t.Logf("841 corner patterns took %v", time.Since(start))
}

// TestBombs: a picture that says it is huge is not decoded.
func TestBombs(t *testing.T) {
	file := encoded(t, "png", image.NewGray(image.Rect(0, 0, 30, 30)))
	binary.BigEndian.PutUint32(file[16:], 20_000)
	binary.BigEndian.PutUint32(file[20:], 20_000)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	if _, ok, err := Decode(file); ok || err != nil || Size(file) != 0 {
		t.Errorf("Decode of 400 million pixels = %v, %v", ok, err)
	}
}

func FuzzDecode(f *testing.F) {
	img := picture(f, "a", color.Black, color.White, 2)
	for _, kind := range []string{"png", "jpeg", "gif"} {
		f.Add(encoded(f, kind, img))
	}
	f.Add([]byte("RIFF\x24\x00\x00\x00WEBPVP8L\x17\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Add([]byte("BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x02\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 16<<10 || Size(b) > 1<<16 {
			return
		}
		g, ok, err := Decode(b)
		if err != nil {
			t.Error(err)
		}
		if ok {
			if len(g.Pixels) != g.Width*g.Height {
				t.Fatalf("%d pixels for %d×%d", len(g.Pixels), g.Width, g.Height)
			}
			if _, err := Find(g); err != nil {
				t.Error(err)
			}
		}
	})
}
