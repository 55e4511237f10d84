package bimi

import (
	"math"
	"strconv"
)

const (
	// maxSegments bounds the points of one shape's outlines: an image of
	// 64 KiB cannot hold many more.
	maxSegments = 200_000
	// curveSteps is how many lines a curve becomes. At the sizes that logos
	// are drawn, more cannot be seen.
	curveSteps = 16
)

// pen draws outlines of straight lines, in the image's own measure.
type pen struct {
	outlines [][]point
	closed   []bool
	n        int
}

func (p *pen) move(to point) {
	p.outlines, p.closed = append(p.outlines, []point{to}), append(p.closed, false)
	p.n++
}

func (p *pen) line(to point) {
	if last := len(p.outlines) - 1; last >= 0 {
		p.outlines[last] = append(p.outlines[last], to)
		p.n++
	}
}

func (p *pen) close() {
	if last := len(p.closed) - 1; last >= 0 {
		p.closed[last] = true
	}
}

func (p *pen) cubic(from, a, b, to point) {
	for i := 1; i <= curveSteps; i++ {
		t := float64(i) / curveSteps
		u := 1 - t
		w0, w1, w2, w3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		p.line(point{w0*from.x + w1*a.x + w2*b.x + w3*to.x, w0*from.y + w1*a.y + w2*b.y + w3*to.y})
	}
}

// ellipse draws a whole ellipse.
func (p *pen) ellipse(c point, rx, ry float64) {
	const steps = 4 * curveSteps
	for i := range steps {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
		at := point{c.x + rx*cos, c.y + ry*sin}
		if i == 0 {
			p.move(at)
		} else {
			p.line(at)
		}
	}
	p.close()
}

// rect draws a rectangle, its corners rounded.
func (p *pen) rect(x, y, w, h, rx, ry float64) {
	rx, ry = min(rx, w/2), min(ry, h/2)
	if rx <= 0 || ry <= 0 {
		p.move(point{x, y})
		p.line(point{x + w, y})
		p.line(point{x + w, y + h})
		p.line(point{x, y + h})
		p.close()
		return
	}
	for q, c := range []point{{x + w - rx, y + h - ry}, {x + rx, y + h - ry}, {x + rx, y + ry}, {x + w - rx, y + ry}} {
		for i := range curveSteps + 1 {
			sin, cos := math.Sincos(math.Pi / 2 * (float64(q) + float64(i)/curveSteps))
			at := point{c.x + rx*cos, c.y + ry*sin}
			if q == 0 && i == 0 {
				p.move(at)
			} else {
				p.line(at)
			}
		}
	}
	p.close()
}

// scanner reads numbers and commands of path data.
type scanner struct{ s string }

func (s *scanner) skip() {
	for s.s != "" && (s.s[0] == ' ' || s.s[0] == ',' || s.s[0] == '\t' || s.s[0] == '\n' || s.s[0] == '\r') {
		s.s = s.s[1:]
	}
}

// number reads a number. Numbers may follow each other with nothing between
// but a sign or a second point ("1-2.5.5").
func (s *scanner) number() (float64, bool) {
	s.skip()
	i, dot, exp := 0, false, false
	if i < len(s.s) && (s.s[i] == '+' || s.s[i] == '-') {
		i++
	}
	for ; i < len(s.s); i++ {
		c := s.s[i]
		switch {
		case c >= '0' && c <= '9':
			continue
		case c == '.' && !dot && !exp:
			dot = true
			continue
		case (c == 'e' || c == 'E') && !exp && i > 0:
			exp = true
			if i+1 < len(s.s) && (s.s[i+1] == '+' || s.s[i+1] == '-') {
				i++
			}
			continue
		}
		break
	}
	v, err := strconv.ParseFloat(s.s[:i], 64)
	if err != nil || math.Abs(v) > maxPlace {
		return 0, false
	}
	s.s = s.s[i:]
	return v, true
}

// numbers reads n numbers.
func (s *scanner) numbers(n int) ([6]float64, bool) {
	var out [6]float64
	for i := range n {
		v, ok := s.number()
		if !ok {
			return out, false
		}
		out[i] = v
	}
	return out, true
}

// drawPath reads path data (SVG Tiny 1.2 section 8.3: no arcs). Where it
// cannot be read, what came before is drawn, as the standard says.
func drawPath(p *pen, d string) {
	s := &scanner{d}
	var cur, start, ctrl point
	var last byte
	for p.n < maxSegments {
		s.skip()
		if s.s == "" {
			return
		}
		cmd := s.s[0]
		if lower := cmd | 0x20; lower >= 'a' && lower <= 'z' {
			s.s = s.s[1:]
		} else if cmd = repeated(last); cmd == 0 {
			return
		}
		if last == 0 && cmd|0x20 != 'm' {
			return
		}
		var ok bool
		if cur, start, ctrl, ok = step(p, s, cmd, last, cur, start, ctrl); !ok {
			return
		}
		last = cmd
	}
}

// repeated gives the command that numbers without one are for; 0 for none.
func repeated(last byte) byte {
	switch last {
	case 'M':
		return 'L'
	case 'm':
		return 'l'
	case 'z', 'Z':
		return 0
	}
	return last
}

// step draws one command of a path.
func step(p *pen, s *scanner, cmd, last byte, cur, start, ctrl point) (to, begin, control point, ok bool) {
	lower := cmd | 0x20
	args := map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'z': 0}
	n, known := args[lower]
	if !known {
		return cur, start, ctrl, false
	}
	v, ok := s.numbers(n)
	if !ok {
		return cur, start, ctrl, false
	}
	var base point
	if cmd == lower {
		base = cur
	}
	at := func(i int) point { return point{base.x + v[i], base.y + v[i+1]} }
	mirror := func(of string) point {
		if l := last | 0x20; l == of[0] || l == of[1] {
			return point{2*cur.x - ctrl.x, 2*cur.y - ctrl.y}
		}
		return cur
	}
	if lower != 'm' && (last|0x20) == 'z' && lower != 'z' {
		p.move(cur) // a path goes on from where it was closed
	}
	switch lower {
	case 'm':
		to = at(0)
		p.move(to)
		return to, to, to, true
	case 'z':
		p.close()
		return start, start, start, true
	case 'l':
		to = at(0)
	case 'h':
		to = point{base.x + v[0], cur.y}
	case 'v':
		to = point{cur.x, base.y + v[0]}
	case 'c':
		ctrl, to = at(2), at(4)
		p.cubic(cur, at(0), ctrl, to)
		return to, start, ctrl, true
	case 's':
		first := mirror("cs")
		ctrl, to = at(0), at(2)
		p.cubic(cur, first, ctrl, to)
		return to, start, ctrl, true
	case 'q', 't':
		if lower == 'q' {
			ctrl, to = at(0), at(2)
		} else {
			ctrl, to = mirror("qt"), at(0)
		}
		third := func(e point) point { return point{e.x + 2*(ctrl.x-e.x)/3, e.y + 2*(ctrl.y-e.y)/3} }
		p.cubic(cur, third(cur), third(to), to)
		return to, start, ctrl, true
	}
	p.line(to)
	return to, start, to, true
}

const (
	// discSteps is how many lines the disc at a corner has.
	discSteps = 16
	// straight is the cosine above which a corner needs no disc.
	straight = 0.999
)

// strokes gives the outlines of lines of a width: a bar for each line, and a
// disc at each corner. All are wound the same way.
func strokes(p *pen, width float64) (out [][]point, points int) {
	r := width / 2
	for i, o := range p.outlines {
		n := len(o)
		if p.closed[i] {
			n++
		}
		var before point // direction of the line before
		for j := 1; j < n && points < maxEdges; j++ {
			a, b := o[j-1], o[j%len(o)]
			length := math.Hypot(b.x-a.x, b.y-a.y)
			if length == 0 {
				continue
			}
			dir := point{(b.x - a.x) / length, (b.y - a.y) / length}
			dx, dy := dir.x*r, dir.y*r
			out = append(out, []point{{a.x - dy, a.y + dx}, {a.x + dy, a.y - dx}, {b.x + dy, b.y - dx}, {b.x - dy, b.y + dx}})
			points += 4
			if (j > 1 || p.closed[i]) && before.x*dir.x+before.y*dir.y < straight {
				out = append(out, disc(a, r))
				points += discSteps
			}
			before = dir
		}
	}
	return out, points
}

func disc(c point, r float64) []point {
	out := make([]point, discSteps)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / discSteps)
		out[i] = point{c.x + r*cos, c.y + r*sin}
	}
	return out
}

func sincosDegrees(d float64) (sin, cos float64) { return math.Sincos(d * math.Pi / 180) }

func tanDegrees(d float64) float64 { return clamp(math.Tan(d*math.Pi/180), -maxPlace, maxPlace) }
