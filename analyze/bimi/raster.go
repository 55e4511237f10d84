package bimi

import (
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
)

// ErrComplex is returned when an image asks for more work than any logo does.
var ErrComplex = errors.New("bimi: the image is too complex to draw")

const (
	// samples is the number of lines and columns that each pixel is looked
	// at, to smooth edges.
	samples = 4
	// maxWork bounds the points and the crossings of edges and lines of one
	// drawing. The busiest real logos come to about half a million.
	maxWork = 10_000_000
	// maxLayers bounds the pixels painted: as if so many shapes covered the
	// whole drawing. A logo of 150 discs within each other comes to 50.
	maxLayers = 100
	// maxEdges bounds the edges of one shape.
	maxEdges = 400_000
)

// point is a place, in pixels.
type point struct{ x, y float64 }

// matrix maps points: x' = a x + c y + e, y' = b x + d y + f.
type matrix struct{ a, b, c, d, e, f float64 }

func identity() matrix { return matrix{a: 1, d: 1} }

func (m matrix) apply(p point) point {
	return point{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f}
}

// mul gives the map that applies n first, then m.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// invert gives the map back; ok is false where there is none.
func (m matrix) invert() (matrix, bool) {
	det := m.a*m.d - m.b*m.c
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return matrix{}, false
	}
	return matrix{
		m.d / det, -m.b / det, -m.c / det, m.a / det,
		(m.c*m.f - m.d*m.e) / det, (m.b*m.e - m.a*m.f) / det,
	}, true
}

// scale gives how much the map enlarges, about.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// canvas is what is drawn on.
type canvas struct {
	img  *image.NRGBA
	size int
	work int // crossings so far
	dots int // pixels painted so far
}

// edge is a line that goes down the canvas, in samples.
type edge struct {
	x, slope float64 // at the middle of line top, and for each line
	top, end int     // lines [top, end)
	wind     int
}

// painter gives the colour at a place.
type painter func(p point) color.NRGBA

// fill draws the inside of closed outlines.
func (c *canvas) fill(outlines [][]point, evenOdd bool, paint painter) error {
	edges, err := c.edges(outlines)
	if err != nil || len(edges) == 0 {
		return err
	}
	slices.SortFunc(edges, func(a, b edge) int { return a.top - b.top })
	cover := make([]int, c.size)
	var active []edge
	type crossing struct {
		x    float64
		wind int
	}
	var cross []crossing
	next := 0
	for y := range c.size {
		clear(cover)
		seen := false
		for line := y * samples; line < (y+1)*samples; line++ {
			for ; next < len(edges) && edges[next].top <= line; next++ {
				active = append(active, edges[next])
			}
			active = slices.DeleteFunc(active, func(e edge) bool { return e.end <= line })
			if c.work += len(active); c.work > maxWork {
				return ErrComplex
			}
			cross = cross[:0]
			for i := range active {
				e := &active[i]
				cross = append(cross, crossing{e.x + float64(line-e.top)*e.slope, e.wind})
			}
			slices.SortFunc(cross, func(a, b crossing) int {
				if a.x < b.x {
					return -1
				}
				if a.x > b.x {
					return 1
				}
				return 0
			})
			wind := 0
			for i, x := range cross[:max(len(cross)-1, 0)] {
				wind += x.wind
				if inside := wind != 0; evenOdd && i%2 == 0 || !evenOdd && inside {
					seen = c.span(cover, x.x, cross[i+1].x) || seen
				}
			}
		}
		if seen {
			c.blend(y, cover, paint)
		}
		if c.dots > maxLayers*c.size*c.size {
			return ErrComplex
		}
	}
	return nil
}

// edges cuts outlines into edges within the canvas.
func (c *canvas) edges(outlines [][]point) ([]edge, error) {
	var out []edge
	lines := float64(c.size * samples)
	for _, o := range outlines {
		for i, p := range o {
			q := o[(i+1)%len(o)]
			if !finite(p) || !finite(q) {
				return nil, ErrComplex
			}
			p.x, p.y, q.x, q.y = p.x*samples, p.y*samples, q.x*samples, q.y*samples
			wind := 1
			if p.y > q.y {
				p, q, wind = q, p, -1
			}
			top, end := math.Ceil(max(p.y, 0)-0.5), math.Ceil(min(q.y, lines)-0.5)
			if top >= end || p.y == q.y {
				continue
			}
			if len(out) == maxEdges {
				return nil, ErrComplex
			}
			slope := (q.x - p.x) / (q.y - p.y)
			out = append(out, edge{p.x + (top+0.5-p.y)*slope, slope, int(top), int(end), wind})
		}
	}
	return out, nil
}

// maxPlace is the furthest that a point may lie, in pixels: beyond it no
// picture is meant, and numbers lose their precision.
const maxPlace = 1e7

func finite(p point) bool {
	return math.Abs(p.x) < maxPlace && math.Abs(p.y) < maxPlace // false for NaN
}

// span counts the columns of one line from x to end, in samples.
func (c *canvas) span(cover []int, from, to float64) bool {
	limit := float64(c.size * samples)
	a, b := int(math.Ceil(min(max(from, 0), limit)-0.5)), int(math.Ceil(min(max(to, 0), limit)-0.5))
	if a >= b {
		return false
	}
	first, last := a/samples, (b-1)/samples
	if first == last {
		cover[first] += b - a
		return true
	}
	cover[first] += (first+1)*samples - a
	for i := first + 1; i < last; i++ {
		cover[i] += samples
	}
	cover[last] += b - last*samples
	return true
}

// blend puts a line of paint over what is there.
func (c *canvas) blend(y int, cover []int, paint painter) {
	const full = samples * samples
	for x, n := range cover {
		if n == 0 {
			continue
		}
		c.dots++
		p := paint(point{float64(x) + 0.5, float64(y) + 0.5})
		if p.A == 255 && n == full {
			c.img.SetNRGBA(x, y, p)
			continue
		}
		alpha := float64(p.A) / 255 * float64(n) / full
		if alpha == 0 {
			continue
		}
		old := c.img.NRGBAAt(x, y)
		below := float64(old.A) / 255 * (1 - alpha)
		sum := alpha + below
		mix := func(over, under uint8) uint8 {
			return uint8(math.Round((float64(over)*alpha + float64(under)*below) / sum))
		}
		c.img.SetNRGBA(x, y, color.NRGBA{mix(p.R, old.R), mix(p.G, old.G), mix(p.B, old.B), uint8(math.Round(sum * 255))})
	}
}
