package bimi

import (
	"image/color"
	"strings"
)

// style is what an element draws with, most of it inherited.
type style struct {
	m                          matrix
	fill, stroke               string
	color                      string
	fillOpacity, strokeOpacity float64
	opacity                    float64 // of all groups around, multiplied
	strokeWidth                float64
	evenOdd, visible           bool
}

func defaultStyle(m matrix) style {
	return style{m: m, fill: "black", stroke: "none", color: "black", fillOpacity: 1, strokeOpacity: 1, opacity: 1, strokeWidth: 1, visible: true}
}

// with gives the style of an element within an element of this style.
func (s style) with(n *svgNode) style {
	get := func(name string) (string, bool) {
		v := strings.TrimSpace(n.attr[name])
		return v, v != "" && v != "inherit"
	}
	number := func(name string, to *float64) {
		if v, ok := get(name); ok {
			if f, ok := (&scanner{v}).number(); ok {
				*to = f
			}
		}
	}
	for name, to := range map[string]*string{"fill": &s.fill, "stroke": &s.stroke, "color": &s.color} {
		if v, ok := get(name); ok {
			*to = v
		}
	}
	number("fill-opacity", &s.fillOpacity)
	number("stroke-opacity", &s.strokeOpacity)
	number("stroke-width", &s.strokeWidth)
	opacity := 1.0
	number("opacity", &opacity)
	s.opacity *= clamp(opacity, 0, 1)
	if v, ok := get("fill-rule"); ok {
		s.evenOdd = v == "evenodd"
	}
	if v, ok := get("visibility"); ok {
		s.visible = v == "visible"
	}
	if v, ok := get("transform"); ok {
		s.m = s.m.mul(parseTransform(v))
	}
	return s
}

// maxTransforms bounds the maps of one attribute.
const maxTransforms = 32

// parseTransform reads a list of maps (SVG Tiny 1.2 section 7.6); one that
// cannot be read counts as none.
func parseTransform(s string) matrix {
	m := identity()
	for range maxTransforms {
		name, rest, ok := strings.Cut(s, "(")
		body, after, closed := strings.Cut(rest, ")")
		if !ok || !closed {
			break
		}
		s = after
		sc := &scanner{body}
		var v [6]float64
		n := 0
		for n < len(v) {
			f, ok := sc.number()
			if !ok {
				break
			}
			v[n] = f
			n++
		}
		m = m.mul(oneTransform(strings.Trim(name, " ,\t\r\n"), v, n))
	}
	return m
}

func oneTransform(name string, v [6]float64, n int) matrix {
	switch {
	case name == "matrix" && n == 6:
		return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}
	case name == "translate" && n >= 1:
		return matrix{1, 0, 0, 1, v[0], v[1]}
	case name == "scale" && n == 1:
		return matrix{v[0], 0, 0, v[0], 0, 0}
	case name == "scale" && n == 2:
		return matrix{v[0], 0, 0, v[1], 0, 0}
	case name == "rotate" && n >= 1:
		sin, cos := sincosDegrees(v[0])
		turn := matrix{cos, sin, -sin, cos, 0, 0}
		return matrix{1, 0, 0, 1, v[1], v[2]}.mul(turn).mul(matrix{1, 0, 0, 1, -v[1], -v[2]})
	case name == "skewX" && n == 1:
		return matrix{1, 0, tanDegrees(v[0]), 1, 0, 0}
	case name == "skewY" && n == 1:
		return matrix{1, tanDegrees(v[0]), 0, 1, 0, 0}
	}
	return identity()
}

// painter gives what a fill or stroke paints with; nil for nothing.
func (d *drawing) painter(value string, opacity float64, s style, bounds [2]point) painter {
	if strings.EqualFold(value, "currentColor") {
		value = s.color
	}
	if id, ok := strings.CutPrefix(value, "url("); ok {
		id, _, _ = strings.Cut(id, ")")
		n := d.ids[strings.TrimPrefix(strings.Trim(id, `"' `), "#")]
		if n == nil {
			return nil
		}
		return d.server(n, opacity, s, bounds)
	}
	c, ok := parseColor(value)
	if !ok {
		return nil // "none", or what we do not know
	}
	return solid(c, opacity)
}

// server gives the paint of a gradient or a colour with a name.
func (d *drawing) server(n *svgNode, opacity float64, s style, bounds [2]point) painter {
	if n.name == "solidColor" {
		if c, ok := parseColor(n.attr["solid-color"]); ok {
			return solid(c, opacity*fraction(n.attr["solid-opacity"], 1))
		}
		return nil
	}
	g := &gradient{radial: n.name == "radialGradient"}
	if g.stops = stopsOf(n, opacity); len(g.stops) == 0 || n.name != "linearGradient" && !g.radial {
		return nil
	}
	m := s.m
	if n.attr["gradientUnits"] != "userSpaceOnUse" {
		lo, hi := bounds[0], bounds[1]
		m = m.mul(matrix{hi.x - lo.x, 0, 0, hi.y - lo.y, lo.x, lo.y})
	}
	if t := n.attr["gradientTransform"]; t != "" {
		m = m.mul(parseTransform(t))
	}
	var ok bool
	if g.back, ok = m.invert(); !ok {
		return solid(g.stops[len(g.stops)-1].c, 1)
	}
	if g.radial {
		g.p, g.r = point{fraction(n.attr["cx"], 0.5), fraction(n.attr["cy"], 0.5)}, fraction(n.attr["r"], 0.5)
	} else {
		g.p = point{fraction(n.attr["x1"], 0), fraction(n.attr["y1"], 0)}
		g.q = point{fraction(n.attr["x2"], 1), fraction(n.attr["y2"], 0)}
	}
	if g.radial && g.r <= 0 || !g.radial && g.p == g.q {
		return solid(g.stops[len(g.stops)-1].c, 1)
	}
	return g.paint
}

// stopsOf reads the stops of a gradient, in order.
func stopsOf(n *svgNode, opacity float64) []gradientStop {
	var out []gradientStop
	at := 0.0
	for _, c := range n.children {
		if c.name != "stop" || len(out) == maxStops {
			continue
		}
		col, ok := parseColor(c.attr["stop-color"])
		if !ok {
			col = color.NRGBA{A: 255}
		}
		col.A = uint8(clamp(opacity*fraction(c.attr["stop-opacity"], 1), 0, 1) * 255)
		at = max(at, clamp(fraction(c.attr["offset"], 0), 0, 1))
		out = append(out, gradientStop{at, col})
	}
	return out
}

// fraction reads a number or a percentage.
func fraction(s string, absent float64) float64 {
	sc := &scanner{s}
	v, ok := sc.number()
	if !ok {
		return absent
	}
	if strings.HasPrefix(sc.s, "%") {
		v /= 100
	}
	return v
}
