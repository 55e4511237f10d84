package pdf

import (
	"bytes"
	"strconv"
)

// maxPixels bounds one picture: a code to scan is far smaller.
const maxPixels = 16 << 20

// image takes a picture that is stored as it is, of one or three octets or one
// bit a pixel, without predictor.
func (r *reader) image(dict, plain []byte) {
	w, h, bits := number(dict, "/Width"), number(dict, "/Height"), number(dict, "/BitsPerComponent")
	if bytes.Contains(dict, []byte("/ImageMask")) && bits == 0 {
		bits = 1
	}
	if w <= 0 || h <= 0 || w > maxPixels/h || len(r.doc.Images) >= maxImages {
		return
	}
	if p := number(dict, "/Predictor"); p > 1 {
		return
	}
	var grey []byte
	switch {
	case bits == 1 && len(plain) >= (w+7)/8*h:
		grey = make([]byte, w*h)
		for y := range h {
			row := plain[y*((w+7)/8):]
			for x := range w {
				if row[x/8]>>(7-x%8)&1 == 1 {
					grey[y*w+x] = 255
				}
			}
		}
	case bits == 8 && len(plain) >= 3*w*h:
		grey = make([]byte, w*h)
		for i := range grey {
			grey[i] = byte((299*int(plain[3*i]) + 587*int(plain[3*i+1]) + 114*int(plain[3*i+2])) / 1000)
		}
	case bits == 8 && len(plain) >= w*h:
		grey = plain[:w*h]
	default:
		return
	}
	r.doc.Images = append(r.doc.Images, Image{Width: w, Height: h, Pixels: grey})
}

// number gives the number behind a key of a dictionary, or 0.
func number(dict []byte, key string) int {
	i := bytes.Index(dict, []byte(key))
	if i < 0 {
		return 0
	}
	rest := bytes.TrimLeft(dict[i+len(key):], " \t\r\n")
	n := 0
	for n < len(rest) && n < 9 && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	v, err := strconv.Atoi(string(rest[:n]))
	if err != nil {
		return 0
	}
	return v
}
