package qr

import (
	"fmt"
	"image"

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
	if text = find(g); text == "" {
		text = find(g.inverted())
	}
	return text[:min(len(text), maxText)], nil
}

// find looks with either way to tell black from white: by the neighbourhood,
// which copes with light and shade, and by the whole, which copes with little
// contrast.
func find(g Grey) string {
	src := gozxing.NewLuminanceSourceFromImage(&image.Gray{Pix: g.Pixels, Stride: g.Width, Rect: image.Rect(0, 0, g.Width, g.Height)})
	for _, b := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(src), gozxing.NewGlobalHistgramBinarizer(src)} {
		bmp, err := gozxing.NewBinaryBitmap(b)
		if err != nil {
			continue
		}
		bits, err := bmp.GetBlackMatrix()
		if err != nil {
			continue
		}
		if n := corners(bits); n < 3 || n > maxCorners {
			continue
		}
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
		if res, err := qrcode.NewQRCodeReader().Decode(bmp, hints); err == nil {
			return res.GetText()
		}
	}
	return ""
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

const (
	// maxCorners is how many corner patterns may be seen: three are a code's,
	// and text and photographs show a few more.
	maxCorners = 60
	// maxSeen bounds the corners that are told apart.
	maxSeen = 200
)

// spot is a place where a corner pattern was seen.
type spot struct{ x, y, size int }

// corners counts the corner patterns: runs of 1:1:3:1:1, black first, across
// and down.
func corners(bits *gozxing.BitMatrix) int {
	w, h := bits.GetWidth(), bits.GetHeight()
	var seen []spot
	for y := range h {
		var run [5]int
		n, black := 0, false
		for x := 0; x <= w; x++ {
			if x < w && bits.Get(x, y) == black {
				run[4]++
				continue
			}
			// The run that ends here is black where black is set.
			if n++; n >= 5 && black && pattern(run) {
				total := run[0] + run[1] + run[2] + run[3] + run[4]
				at := spot{x - total/2, y, total}
				if !known(seen, at) && down(bits, at) {
					if seen = append(seen, at); len(seen) >= maxSeen {
						return len(seen)
					}
				}
			}
			copy(run[:], run[1:])
			run[4], black = 1, !black
		}
	}
	return len(seen)
}

// pattern reports five runs of 1:1:3:1:1, each within half a module.
func pattern(r [5]int) bool {
	total := r[0] + r[1] + r[2] + r[3] + r[4]
	if total < 7 {
		return false
	}
	for i, want := range [5]int{1, 1, 3, 1, 1} {
		if d := 14*r[i] - 2*want*total; r[i] == 0 || d > want*total || d < -want*total {
			return false
		}
	}
	return true
}

func known(seen []spot, at spot) bool {
	for _, s := range seen {
		if abs(s.x-at.x) <= s.size/2 && abs(s.y-at.y) <= s.size {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// down checks the pattern in the column through its middle.
func down(bits *gozxing.BitMatrix, at spot) bool {
	var up, below [3]int
	if !bits.Get(at.x, at.y) {
		return false
	}
	for side, step := range []int{-1, 1} {
		runs, i := &up, 0
		if side == 1 {
			runs = &below
		}
		for y := at.y + step; y >= 0 && y < bits.GetHeight() && abs(y-at.y) <= at.size; y += step {
			if bits.Get(at.x, y) != (i%2 == 0) {
				if i++; i == 3 {
					break
				}
			}
			runs[i]++
		}
	}
	return pattern([5]int{up[2], up[1], up[0] + below[0] + 1, below[1], below[2]})
}
