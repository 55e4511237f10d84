package bimi

import (
	"image/color"
	"math"
	"strconv"
	"strings"
)

// parseColor reads a colour of SVG Tiny 1.2: a name of its sixteen, three or
// six hexadecimal digits, or rgb().
func parseColor(s string) (color.NRGBA, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		if err != nil || len(hex) != 6 {
			return color.NRGBA{}, false
		}
		return rgb(n), true
	}
	if body, ok := strings.CutPrefix(s, "rgb("); ok {
		parts := strings.Split(strings.TrimSuffix(body, ")"), ",")
		if len(parts) != 3 {
			return color.NRGBA{}, false
		}
		var v [3]uint64
		for i, p := range parts {
			p = strings.TrimSpace(p)
			scale := 1.0
			if pc, ok := strings.CutSuffix(p, "%"); ok {
				p, scale = pc, 2.55
			}
			f, err := strconv.ParseFloat(p, 64)
			if err != nil {
				return color.NRGBA{}, false
			}
			v[i] = uint64(math.Round(clamp(f*scale, 0, 255)))
		}
		return rgb(v[0]<<16 | v[1]<<8 | v[2]), true
	}
	n, ok := colorName(s)
	return rgb(n), ok
}

func rgb(n uint64) color.NRGBA { return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255} }

// colorName gives the sixteen names of SVG Tiny 1.2 section 11.13.1, and some
// that drawing programs write all the same.
func colorName(s string) (uint64, bool) {
	switch s {
	case "black":
		return 0, true
	case "white":
		return 0xffffff, true
	case "red":
		return 0xff0000, true
	case "green":
		return 0x008000, true
	case "blue":
		return 0x0000ff, true
	case "yellow":
		return 0xffff00, true
	case "gray", "grey":
		return 0x808080, true
	case "silver":
		return 0xc0c0c0, true
	case "maroon":
		return 0x800000, true
	case "navy":
		return 0x000080, true
	case "olive":
		return 0x808000, true
	case "purple":
		return 0x800080, true
	case "teal":
		return 0x008080, true
	case "lime":
		return 0x00ff00, true
	case "aqua", "cyan":
		return 0x00ffff, true
	case "fuchsia", "magenta":
		return 0xff00ff, true
	case "orange":
		return 0xffa500, true
	}
	return 0, false
}

func clamp(v, lo, hi float64) float64 {
	if !(v > lo) { // also for NaN
		return lo
	}
	return min(v, hi)
}

func solid(c color.NRGBA, opacity float64) painter {
	c.A = uint8(math.Round(clamp(opacity, 0, 1) * float64(c.A)))
	return func(point) color.NRGBA { return c }
}

// gradient is a change of colours, along a line or out from a point.
type gradient struct {
	radial bool
	p, q   point   // the line's ends, or the centre
	r      float64 // of the circle
	back   matrix  // from pixels to the gradient's measure
	stops  []gradientStop
}

type gradientStop struct {
	at float64
	c  color.NRGBA
}

// maxStops bounds the stops of one gradient.
const maxStops = 64

func (g *gradient) paint(at point) color.NRGBA {
	p := g.back.apply(at)
	var t float64
	if g.radial {
		t = math.Hypot(p.x-g.p.x, p.y-g.p.y) / g.r
	} else {
		dx, dy := g.q.x-g.p.x, g.q.y-g.p.y
		t = ((p.x-g.p.x)*dx + (p.y-g.p.y)*dy) / (dx*dx + dy*dy)
	}
	t = clamp(t, 0, 1)
	last := g.stops[0]
	for _, s := range g.stops {
		if t < s.at {
			if s.at == last.at {
				return s.c
			}
			return between(last.c, s.c, (t-last.at)/(s.at-last.at))
		}
		last = s
	}
	return last.c
}

func between(a, b color.NRGBA, t float64) color.NRGBA {
	t = clamp(t, 0, 1)
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-t) + float64(y)*t)) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), mix(a.A, b.A)}
}
