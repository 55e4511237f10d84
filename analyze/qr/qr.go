package qr

import (
	"fmt"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Grey is a picture of one octet a pixel, 0 black, row by row.
type Grey struct {
	Width, Height int
	Pixels        []byte
}

const (
	// minSide is the smallest picture that can hold a code, in pixels: version
	// 1 has 21 modules.
	minSide = 21
	// maxSide is from which width or height on a picture is halved before it is
	// searched.
	maxSide = 1600
	// maxText bounds what a code says, in octets: version 40 holds 2,953.
	maxText = 4 << 10
)

// Find gives what the code in a picture says. It is "" where there is none. An
// error is a failure of ours, not of the picture.
func Find(g Grey) (text string, err error) {
	if g.Width < minSide || g.Height < minSide || len(g.Pixels) < g.Width*g.Height || g.Width*g.Height > maxPixels {
		return "", nil
	}
	defer func() {
		if r := recover(); r != nil {
			text, err = "", fmt.Errorf("reading a QR code: panic: %v", r)
		}
	}()
	for max(g.Width, g.Height) > maxSide {
		g = g.half()
	}
	text, negative := find(g)
	if text == "" && negative {
		text, _ = find(g.inverted())
	}
	return text[:min(len(text), maxText)], nil
}

// find looks with either way to tell black from white: by the neighbourhood,
// which copes with light and shade, and by the whole, which copes with little
// contrast. It tells as well whether a corner pattern was seen in white on
// black.
func find(g Grey) (text string, negative bool) {
	src := newSource(g)
	for _, b := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(src), gozxing.NewGlobalHistgramBinarizer(src)} {
		bmp, err := gozxing.NewBinaryBitmap(b)
		if err != nil {
			continue
		}
		bits, err := bmp.GetBlackMatrix()
		if err != nil {
			continue
		}
		black, white := corners(bits)
		negative = negative || white
		if black < 3 || black > maxCorners {
			continue
		}
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
		if res, err := qrcode.NewQRCodeReader().Decode(bmp, hints); err == nil {
			return res.GetText(), negative
		}
	}
	return "", negative
}

func (g Grey) half() Grey {
	out := Grey{Width: g.Width / 2, Height: g.Height / 2}
	out.Pixels = make([]byte, out.Width*out.Height)
	for y := range out.Height {
		a, b := g.Pixels[2*y*g.Width:], g.Pixels[(2*y+1)*g.Width:]
		for x := range out.Width {
			out.Pixels[y*out.Width+x] = byte((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1])) / 4)
		}
	}
	return out
}

func (g Grey) inverted() Grey {
	out := Grey{Width: g.Width, Height: g.Height, Pixels: make([]byte, g.Width*g.Height)}
	for i := range out.Pixels {
		out.Pixels[i] = 255 - g.Pixels[i]
	}
	return out
}
