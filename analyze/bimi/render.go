package bimi

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"strings"
)

// ErrUnsafe is returned when an image is not drawn because it is hostile or
// no image at all.
var ErrUnsafe = errors.New("bimi: the image is not safe to draw")

const (
	minPixels = 16  // below it nothing can be recognised
	maxPixels = 512 // bounds memory and time; no mail program shows a larger one
)

// svgNode is an element of an image that is drawn.
type svgNode struct {
	name     string
	attr     map[string]string
	children []*svgNode
}

// drawing is one run over an image.
type drawing struct {
	canvas
	ids   map[string]*svgNode
	depth int
}

// Render draws an image, compressed or not, into a square of size pixels (16
// to 512). It draws what CheckSVG finds safe, alone: shapes, paths, strokes
// and gradients, without text, fonts or dashes; nothing is fetched. Errors are
// ErrUnsafe and ErrComplex.
func Render(b []byte, size int) (*image.NRGBA, error) {
	plain, err := gunzip(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
	}
	if s := CheckSVG(plain); !s.Safe() {
		return nil, fmt.Errorf("%w: %s", ErrUnsafe, s.Faults[0].Says)
	}
	size = min(max(size, minPixels), maxPixels)
	d := &drawing{ids: make(map[string]*svgNode), canvas: canvas{size: size, img: image.NewNRGBA(image.Rect(0, 0, size, size))}}
	root := d.read(plain)
	if root == nil || root.name != "svg" {
		return nil, fmt.Errorf("%w: no svg element", ErrUnsafe)
	}
	box, err := viewBox(root.attr["viewBox"])
	if err != nil {
		return nil, err
	}
	scale := float64(size) / max(box[2], box[3])
	m := matrix{scale, 0, 0, scale, (float64(size)-box[2]*scale)/2 - box[0]*scale, (float64(size)-box[3]*scale)/2 - box[1]*scale}
	if err := d.draw(root, defaultStyle(m)); err != nil {
		return nil, err
	}
	return d.img, nil
}

// RenderPNG is Render, as a PNG file.
func RenderPNG(b []byte, size int) ([]byte, error) {
	img, err := Render(b, size)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func viewBox(s string) ([4]float64, error) {
	var box [4]float64
	sc := &scanner{s}
	v, ok := sc.numbers(4)
	copy(box[:], v[:4])
	if !ok || box[2] < 1e-3 || box[3] < 1e-3 {
		return box, fmt.Errorf("%w: no viewBox", ErrUnsafe)
	}
	return box, nil
}

// read makes the tree of an image that CheckSVG found safe.
func (d *drawing) read(b []byte) *svgNode {
	dec := xml.NewDecoder(bytes.NewReader(b))
	var root *svgNode
	var stack []*svgNode
	for {
		tok, err := dec.Token()
		if err != nil {
			return root
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n := &svgNode{name: t.Name.Local, attr: make(map[string]string, len(t.Attr))}
			if t.Name.Space != svgSpace {
				n.name = "" // of an editor: not drawn
			}
			for _, a := range t.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			if id := n.attr["id"]; id != "" && d.ids[id] == nil {
				d.ids[id] = n
			}
			if len(stack) > 0 {
				up := stack[len(stack)-1]
				up.children = append(up.children, n)
			} else if root == nil {
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

// draw draws an element and what is in it.
func (d *drawing) draw(n *svgNode, s style) error {
	if d.depth > svgDepth {
		return ErrComplex
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.work++; d.work > maxWork {
		return ErrComplex
	}
	s = s.with(n)
	if n.attr["display"] == "none" {
		return nil
	}
	switch n.name {
	case "svg", "g":
	case "use":
		target := d.ids[strings.TrimPrefix(strings.TrimSpace(n.attr["href"]), "#")]
		if target == nil {
			return nil
		}
		s.m = s.m.mul(matrix{1, 0, 0, 1, length(n.attr["x"]), length(n.attr["y"])})
		return d.draw(target, s)
	default:
		return d.shape(n, s)
	}
	for _, c := range n.children {
		if err := d.draw(c, s); err != nil {
			return err
		}
	}
	return nil
}

// shape draws a basic shape or a path (SVG Tiny 1.2 chapters 8 and 9).
func (d *drawing) shape(n *svgNode, s style) error {
	p := new(pen)
	at := func(name string) float64 { return length(n.attr[name]) }
	switch n.name {
	case "path":
		drawPath(p, n.attr["d"])
	case "rect":
		rx, ry := at("rx"), at("ry")
		if n.attr["rx"] == "" {
			rx = ry
		}
		if n.attr["ry"] == "" {
			ry = rx
		}
		if at("width") > 0 && at("height") > 0 {
			p.rect(at("x"), at("y"), at("width"), at("height"), rx, ry)
		}
	case "circle":
		p.ellipse(point{at("cx"), at("cy")}, at("r"), at("r"))
	case "ellipse":
		p.ellipse(point{at("cx"), at("cy")}, at("rx"), at("ry"))
	case "line":
		p.move(point{at("x1"), at("y1")})
		p.line(point{at("x2"), at("y2")})
	case "polygon", "polyline":
		drawPoints(p, n.attr["points"], n.name == "polygon")
	}
	if len(p.outlines) == 0 || !s.visible {
		return nil
	}
	if d.work += p.n; d.work > maxWork { // points cost, also where nothing of them is seen
		return ErrComplex
	}
	bounds := boundsOf(p.outlines)
	if paint := d.painter(s.fill, s.fillOpacity*s.opacity, s, bounds); paint != nil && n.name != "line" {
		if err := d.fill(mapped(p.outlines, s.m), s.evenOdd, paint); err != nil {
			return err
		}
	}
	width := s.strokeWidth
	if paint := d.painter(s.stroke, s.strokeOpacity*s.opacity, s, bounds); paint != nil && width > 0 && width*s.m.scale() < maxPlace {
		lines, points := strokes(p, width)
		if d.work += points; d.work > maxWork || points >= maxEdges {
			return ErrComplex
		}
		return d.fill(mapped(lines, s.m), false, paint)
	}
	return nil
}

func drawPoints(p *pen, s string, closed bool) {
	sc := &scanner{s}
	for p.n < maxSegments {
		v, ok := sc.numbers(2)
		if !ok {
			break
		}
		if to := (point{v[0], v[1]}); p.n == 0 {
			p.move(to)
		} else {
			p.line(to)
		}
	}
	if closed {
		p.close()
	}
}

func mapped(outlines [][]point, m matrix) [][]point {
	out := make([][]point, len(outlines))
	for i, o := range outlines {
		out[i] = make([]point, len(o))
		for j, p := range o {
			out[i][j] = m.apply(p)
		}
	}
	return out
}

// boundsOf gives the corners of the box around outlines.
func boundsOf(outlines [][]point) [2]point {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, o := range outlines {
		for _, p := range o {
			lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	return [2]point{lo, hi}
}

// length reads a length in the image's own measure.
func length(s string) float64 {
	v, ok := (&scanner{s}).number()
	if !ok {
		return 0
	}
	return v
}
