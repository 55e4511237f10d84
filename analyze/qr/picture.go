package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

const (
	// maxPixels bounds one picture: a screen has 2 million, and six take less
	// than a tenth of a second and 100 MB in the worst format.
	maxPixels = 6 << 20
	// maxFile bounds one picture's file, in octets.
	maxFile = 8 << 20
)

// Decode gives a picture in grey, on white where it is transparent. It reports
// false where the file is none of the formats, broken or too large. An error
// is a failure of ours.
func Decode(file []byte) (g Grey, ok bool, err error) {
	config, decode := format(file)
	if decode == nil || len(file) > maxFile {
		return Grey{}, false, nil
	}
	defer func() {
		if r := recover(); r != nil {
			g, ok, err = Grey{}, false, fmt.Errorf("decoding a picture: panic: %v", r)
		}
	}()
	c, bad := config(bytes.NewReader(file))
	if bad != nil || c.Width < minSide || c.Height < minSide || c.Width > maxPixels/c.Height {
		return Grey{}, false, nil
	}
	img, bad := decode(bytes.NewReader(file))
	if img == nil || bad != nil {
		return Grey{}, false, nil
	}
	return grey(img), true, nil
}

// Size tells how many pixels a picture's decoding would cost; 0 where it would
// be left out.
func Size(file []byte) int {
	config, _ := format(file)
	if config == nil || len(file) > maxFile {
		return 0
	}
	c, err := config(bytes.NewReader(file))
	if err != nil || c.Width < minSide || c.Height < minSide || c.Width > maxPixels/c.Height {
		return 0
	}
	return c.Width * c.Height
}

func format(b []byte) (func(*bytes.Reader) (image.Config, error), func(*bytes.Reader) (image.Image, error)) {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n")):
		return func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }
	case bytes.HasPrefix(b, []byte("GIF8")):
		return func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }
	case bytes.HasPrefix(b, []byte("RIFF")) && len(b) > 12 && string(b[8:12]) == "WEBP":
		return func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) }
	case bytes.HasPrefix(b, []byte("BM")):
		return func(r *bytes.Reader) (image.Config, error) { return bmp.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return bmp.Decode(r) }
	}
	return nil, nil
}

// grey gives a picture's brightness.
func grey(img image.Image) Grey {
	b := img.Bounds()
	g := Grey{Width: b.Dx(), Height: b.Dy()}
	switch p := img.(type) {
	case *image.YCbCr: // the brightness is there
		g.Pixels = make([]byte, 0, g.Width*g.Height)
		for y := b.Min.Y; y < b.Max.Y; y++ {
			at := p.YOffset(b.Min.X, y)
			g.Pixels = append(g.Pixels, p.Y[at:at+g.Width]...)
		}
		return g
	case *image.Paletted:
		var table [256]byte
		for i, c := range p.Palette[:min(len(p.Palette), 256)] {
			table[i] = bright(c)
		}
		g.Pixels = make([]byte, 0, g.Width*g.Height)
		for y := b.Min.Y; y < b.Max.Y; y++ {
			at := p.PixOffset(b.Min.X, y)
			for _, i := range p.Pix[at : at+g.Width] {
				g.Pixels = append(g.Pixels, table[i])
			}
		}
		return g
	case *image.NRGBA:
		return each(g, b, func(x, y int) byte { return level(p.NRGBAAt(x, y).RGBA()) })
	case *image.RGBA:
		return each(g, b, func(x, y int) byte { return level(p.RGBAAt(x, y).RGBA()) })
	case *image.Gray:
		return each(g, b, func(x, y int) byte { return p.GrayAt(x, y).Y })
	}
	return each(g, b, func(x, y int) byte { return bright(img.At(x, y)) })
}

func each(g Grey, b image.Rectangle, at func(x, y int) byte) Grey {
	g.Pixels = make([]byte, 0, g.Width*g.Height)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			g.Pixels = append(g.Pixels, at(x, y))
		}
	}
	return g
}

// bright gives a colour's brightness on white.
func bright(c color.Color) byte { return level(c.RGBA()) }

func level(r, gr, b, a uint32) byte {
	v := (299*r + 587*gr + 114*b) / 1000
	return byte((v + 0xffff - a) >> 8)
}
