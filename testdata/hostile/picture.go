package hostile

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
)

func pictures() []Sample {
	one := func(name, media string, make func() []byte) Sample {
		return attached(name, func() []file { return []file{{"a." + media[len("image/"):], media, make()}} })
	}
	return []Sample{
		one("png-bomb", "image/png", func() []byte { return pngOf(30_000, 30_000, 64*mib) }),
		one("png-claimed", "image/png", func() []byte { return pngOf(2_400, 2_400, 1) }),
		one("png-largest", "image/png", func() []byte { return pngOf(2_500, 2_500, 25*mib) }),
		one("png-wide", "image/png", func() []byte { return pngOf(1<<30, 1, kib) }),
		one("png-chunks", "image/png", func() []byte {
			return append(pngOf(100, 100, kib)[:33], bytes.Repeat(chunk("tEXt", []byte("a\x00b")), 200_000)...)
		}),
		one("png-text-bomb", "image/png", func() []byte {
			return append(pngOf(100, 100, kib)[:33], chunk("zTXt", append([]byte("a\x00\x00"), packed(100*mib)...))...)
		}),
		one("jpeg-largest", "image/jpeg", func() []byte { return jpegOf(2_500, 2_500) }),
		one("jpeg-truncated", "image/jpeg", func() []byte { b := jpegOf(2_000, 2_000); return b[:len(b)/2] }),
		one("jpeg-claimed", "image/jpeg", func() []byte {
			b := jpegOf(64, 64)
			i := bytes.Index(b, []byte("\xff\xc0"))
			binary.BigEndian.PutUint32(b[i+5:], 0xffffffff)
			return b
		}),
		one("jpeg-segments", "image/jpeg", func() []byte { return append([]byte("\xff\xd8"), bytes.Repeat([]byte("\xff\xe0\x00\x02"), mib)...) }),
		one("gif-frames", "image/gif", func() []byte { return gifOf(500, 500, 2_000) }),
		one("gif-claimed", "image/gif", func() []byte {
			b := gifOf(50, 50, 1)
			copy(b[6:], "\xff\xff\xff\xff")
			return b
		}),
		one("gif-truncated", "image/gif", func() []byte { b := gifOf(1_000, 1_000, 3); return b[:len(b)-10] }),
		one("webp-claimed", "image/webp", func() []byte {
			return []byte("RIFF\xff\xff\xff\x7fWEBPVP8L\xff\xff\xff\x7f\x2f\xff\xff\xff\x0f" + strings.Repeat("\xff", mib))
		}),
		one("bmp-claimed", "image/bmp", func() []byte {
			return []byte("BM\xff\xff\xff\x7f\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x08\x00\x00\x00\x08\x00\x00\x01\x00\x18\x00" + strings.Repeat("\x00", mib))
		}),
		one("wall-of-corners", "image/png", func() []byte { return encode(corners(29, 29, 9)) }),
		one("wall-of-small-corners", "image/png", func() []byte { return encode(corners(170, 170, 9)) }),
		one("wall-in-white", "image/png", func() []byte { return encode(negative(corners(170, 170, 9))) }),
		one("sixty-corners", "image/png", func() []byte { return encode(corners(10, 6, 27)) }),
		one("checks", "image/png", func() []byte { return encode(stripes(1_500, 1)) }),
		one("stripes", "image/png", func() []byte { return encode(stripes(2_400, 7)) }),
		attached("many-pictures", func() []file {
			var list []file
			for i := range 300 {
				img := corners(20, 20, 9)
				img.Pix[i] ^= 0xff
				list = append(list, file{fmt.Sprintf("%d.png", i), "image/png", encode(img)})
			}
			return list
		}),
		{"data-pictures", func() []byte {
			uri := "data:image/png;base64," + base64.StdEncoding.EncodeToString(encode(corners(4, 4, 9)))
			return message(htmlType, strings.Repeat("<img src=\""+uri+"\">", 5_000))
		}},
		{"data-picture-large", func() []byte {
			return message(htmlType, "<img src=\"data:image/png;base64,"+strings.Repeat("A", 40*mib)+"\">")
		}},
	}
}

func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// packed is n zeros, deflated.
func packed(n int) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	zeros := make([]byte, mib)
	for ; n > 0; n -= mib {
		_, _ = w.Write(zeros[:min(n, mib)]) // a buffer takes all
	}
	_ = w.Close()
	return b.Bytes()
}

// pngOf is a picture of four octets a pixel that claims a size, and has n
// octets of zeros in it.
func pngOf(w, h uint32, n int) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 6, 0, 0, 0))...)
	return append(append(b, chunk("IDAT", packed(n))...), chunk("IEND", nil)...)
}

func jpegOf(w, h int) []byte {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i >> 7)
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, &jpeg.Options{Quality: 20})
	return b.Bytes()
}

func gifOf(w, h, frames int) []byte {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	g := &gif.GIF{}
	for range frames {
		g.Image, g.Delay = append(g.Image, img), append(g.Delay, 0)
	}
	var b bytes.Buffer
	_ = gif.EncodeAll(&b, g)
	return b.Bytes()
}

func encode(img *image.Gray) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.Bytes()
}

// corners draws rows of the corner patterns of QR codes, one a square of side
// pixels.
func corners(columns, rows, side int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, columns*side, rows*side))
	for y := range rows * side {
		for x := range columns * side {
			a, b := (x%side)*9/side, (y%side)*9/side
			ring := max(abs(a-4), abs(b-4))
			if ring == 2 || ring == 4 {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

func abs(n int) int { return max(n, -n) }

func negative(img *image.Gray) *image.Gray {
	for i := range img.Pix {
		img.Pix[i] ^= 0xff
	}
	return img
}

// stripes draws runs of 1:1:3:1:1 in every row.
func stripes(side, width int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			switch x / width % 8 {
			case 1, 5, 7:
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}
