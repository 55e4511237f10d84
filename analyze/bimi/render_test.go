package bimi

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
)

// TestRenderPixels looks at single pixels of a 100 by 100 drawing.
func TestRenderPixels(t *testing.T) {
	red, blue, none := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}, color.NRGBA{}
	type look struct {
		x, y int
		want color.NRGBA
	}
	for _, tt := range []struct {
		name, body string
		looks      []look
	}{
		{"rect", `<rect x="1" y="2" width="4" height="4" fill="red"/>`, []look{{10, 20, red}, {49, 59, red}, {9, 30, none}, {50, 30, none}, {30, 60, none}}},
		{"path, relative", `<path fill="#f00" d="m1,1h4v4h-4z"/>`, []look{{10, 10, red}, {49, 49, red}, {50, 50, none}}},
		{"path, crowded numbers", `<path fill="#f00" d="M1 1L5-0 5 5.0.5 5z"/>`, []look{{40, 30, red}}},
		{"two in one, even-odd", `<path fill="red" fill-rule="evenodd" d="M0 0H9V9H0ZM3 3H6V6H3Z"/>`, []look{{10, 10, red}, {45, 45, none}}},
		{"two in one, nonzero", `<path fill="red" d="M0 0H9V9H0ZM3 3H6V6H3Z"/>`, []look{{10, 10, red}, {45, 45, red}}},
		{"a hole by direction", `<path fill="red" d="M0 0H9V9H0ZM3 3V6H6V3Z"/>`, []look{{10, 10, red}, {45, 45, none}}},
		{"circle", `<circle cx="5" cy="5" r="3" fill="rgb(100%,0%,0%)"/>`, []look{{50, 50, red}, {50, 22, red}, {26, 26, none}}},
		{"ellipse", `<ellipse cx="5" cy="5" rx="4" ry="1" fill="red"/>`, []look{{12, 50, red}, {50, 65, none}}},
		{"polygon", `<polygon points="0,0 10,0 10,10" fill="red"/>`, []look{{90, 10, red}, {10, 90, none}}},
		{"stroke", `<polyline points="1 5 5 5 5 9" fill="none" stroke="red" stroke-width="2"/>`, []look{{30, 50, red}, {50, 50, red}, {45, 55, red}, {55, 45, red}, {30, 70, none}, {30, 35, none}}},
		{"line", `<line x1="0" y1="5" x2="10" y2="5" stroke="red"/>`, []look{{50, 50, red}, {50, 60, none}}},
		{"transform", `<g transform="translate(5 5) rotate(90) scale(2)"><rect width="1" height="2" fill="red"/></g>`, []look{{20, 60, red}, {60, 60, none}}},
		{"use", `<defs><rect id="r" width="2" height="2" fill="red"/></defs><use xlink:href="#r" x="5" y="5"/>`, []look{{60, 60, red}, {10, 10, none}}},
		{"inherited", `<g fill="blue"><g><rect width="9" height="9"/></g></g>`, []look{{50, 50, blue}}},
		{"the current colour", `<g color="#00F" fill="currentColor"><rect width="9" height="9"/></g>`, []look{{50, 50, blue}}},
		{"over", `<rect width="9" height="9" fill="red"/><rect width="5" height="9" fill="blue"/>`, []look{{20, 50, blue}, {70, 50, red}}},
		{"half seen", `<rect width="10" height="10" fill="red"/><rect width="10" height="10" fill="blue" opacity="0.5"/>`, []look{{50, 50, color.NRGBA{127, 0, 128, 255}}}},
		{"not displayed", `<g display="none"><rect width="9" height="9"/></g><rect visibility="hidden" width="9" height="9"/>`, []look{{50, 50, none}}},
		{"gradient", `<linearGradient id="g"><stop offset="0.5" stop-color="red"/><stop offset="50%" stop-color="blue"/></linearGradient><rect width="10" height="10" fill="url(#g)"/>`,
			[]look{{20, 50, red}, {80, 50, blue}}},
		{"radial gradient", `<radialGradient id="g" gradientUnits="userSpaceOnUse" cx="5" cy="5" r="5"><stop offset="0.5" stop-color="red"/><stop offset="0.5" stop-color="blue"/></radialGradient><rect width="10" height="10" fill="url(#g)"/>`,
			[]look{{50, 50, red}, {5, 5, blue}}},
		{"solid colour", `<solidColor id="c" solid-color="red"/><rect width="10" height="10" fill="url(#c)"/>`, []look{{50, 50, red}}},
		{"until it cannot be read", `<path fill="red" d="M0 0H5V5H0z M 6 x"/><path d="z1" fill="red"/><path d="5 5" fill="red"/>`, []look{{20, 20, red}, {70, 70, none}}},
	} {
		img, err := Render([]byte(svgOf(tt.body)), 100)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for _, l := range tt.looks {
			if got := img.NRGBAAt(l.x, l.y); got != l.want {
				t.Errorf("%s at %d,%d = %v, want %v", tt.name, l.x, l.y, got, l.want)
			}
		}
	}
}

// TestRenderRefuses: hostile images are not drawn, and heavy ones end.
func TestRenderRefuses(t *testing.T) {
	var zigzag strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&zigzag, "L%d %d", i%10, i%2*10)
	}
	for _, tt := range []struct {
		name, svg string
		want      error
	}{
		{"script", svgOf("<script/>"), ErrUnsafe},
		{"use bomb", svgOf(useBomb(12)), ErrUnsafe},
		{"broken gzip", "\x1f\x8b\x08", ErrUnsafe},
		{"no image", "x", ErrUnsafe},
		{"no viewBox", strings.Replace(svgOf(""), "viewBox", "id", 1), ErrUnsafe},
		{"heavy", svgOf(`<path id="a" d="M0 0` + zigzag.String() + `"/>` + strings.Repeat(`<use href="#a"/>`, 100)), ErrComplex},
		{"many layers", svgOf(strings.Repeat(`<rect width="10" height="10" opacity=".9"/>`, 300)), ErrComplex},
		{"heavy, out of sight", svgOf(`<path id="a" stroke="red" d="M0 0` + strings.Repeat("c1 1 2 2 3 3", 2000) + `"/>` + strings.Repeat(`<use href="#a"/>`, 300)), ErrComplex},
		{"far away", svgOf(`<path d="M0 0L1e6 1e6" transform="scale(1e6)"/>`), ErrComplex},
	} {
		if img, err := Render([]byte(tt.svg), 256); !errors.Is(err, tt.want) || img != nil {
			t.Errorf("%s: Render = %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestRenderReal draws the suite's logos: each must come out as a PNG that is
// neither empty nor of one colour. BIMI_PNG=dir keeps them to look at.
func TestRenderReal(t *testing.T) {
	for _, m := range realMarks() {
		if _, err := Render(suite(t, "logos", m.logo), maxPixels); err != nil {
			t.Errorf("%s at its largest: %v", m.logo, err)
		}
		b, err := RenderPNG(suite(t, "logos", m.logo), 128)
		if err != nil {
			t.Errorf("%s: %v", m.logo, err)
			continue
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		colours := make(map[color.Color]int)
		for y := range 128 {
			for x := range 128 {
				colours[img.At(x, y)]++
			}
		}
		if len(colours) < 3 {
			t.Errorf("%s: %d colours, want a picture", m.logo, len(colours))
		}
		if dir := os.Getenv("BIMI_PNG"); dir != "" {
			if err := os.WriteFile(dir+"/"+m.logo+".png", b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, body := range []string{`<path d="M1 1C2 2 3 3 4 4s1 1 2 2q1 1 2 2t3 3z5"/>`, `<circle r="3" stroke="url(#a)"/>`,
		`<g transform="rotate(9e9) matrix(1 2 3 4 5 6)"><use href="#x"/></g>`, `<linearGradient id="a"><stop/></linearGradient>`} {
		f.Add(svgOf(body))
	}
	f.Fuzz(func(t *testing.T, svg string) {
		img, err := Render([]byte(svg), 32)
		switch {
		case err == nil:
			if img.Rect.Dx() != 32 || !CheckSVG([]byte(svg)).Safe() {
				t.Errorf("drew %v of an image that may be unsafe", img.Rect)
			}
		case !errors.Is(err, ErrUnsafe) && !errors.Is(err, ErrComplex):
			t.Errorf("Render: %v", err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	logo := suite(b, "logos", "globalsign-vmc.svg")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(logo, 128); err != nil {
			b.Fatal(err)
		}
	}
}
