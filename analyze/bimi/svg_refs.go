package bimi

import (
	"encoding/xml"
	"strings"
)

// attributes looks at all attributes of an element, and gives its id, and for
// a use element the id that it refers to.
func (w *svgWalk) attributes(t xml.StartElement) (id, target string) {
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, a := range t.Attr {
		if seen[a.Name] { // encoding/xml lets it pass; readers differ on which one counts
			w.fault(SVGAttribute, "the attribute %q twice", a.Name.Local)
		}
		seen[a.Name] = true
		w.attribute(t.Name.Local, a)
		switch {
		case a.Name.Local == "id" && (a.Name.Space == "" || isXML(a.Name.Space)):
			id = a.Value
		case t.Name.Local == "use" && a.Name.Local == "href":
			target = strings.TrimPrefix(strings.TrimSpace(a.Value), "#")
		}
	}
	return id, target
}

func isXML(space string) bool { return space == "xml" || space == xmlSpace }

func (w *svgWalk) attribute(element string, a xml.Attr) {
	name, value := a.Name.Local, a.Value
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "on") || a.Name.Space != "" && strings.Contains(a.Name.Space, "xml-events") {
		w.fault(SVGEvent, "an event handler: %q", name)
	}
	if a.Name.Space == "xmlns" || a.Name.Space == "" && name == "xmlns" {
		return // a namespace declared is not used yet
	}
	w.references(element, lower, value)
	switch {
	case isXML(a.Name.Space):
		if lower == "base" {
			w.fault(SVGBase, "xml:base")
		}
		return
	case a.Name.Space == xlinkSpace:
		return // xlink:href is looked at above; the others only describe
	case a.Name.Space != "":
		w.fault(SVGAttribute, "an attribute of another namespace: %q", name)
		return
	case !svgAttribute(name):
		w.fault(SVGAttribute, "an attribute that the profile does not know: %q on %q", name, element)
	}
	if want, ok := svgFixed(name); ok && value != want {
		w.fault(SVGFixed, "%s=%q, not %q", name, value, want)
	}
}

// references looks for anything that leads out of the image: an href other
// than to an id, url() other than of an id, @import, javascript:, data:.
func (w *svgWalk) references(element, name, value string) {
	flat := flatten(value)
	if (name == "href" || name == "src") && !strings.HasPrefix(flat, "#") {
		w.fault(SVGReference, "%s of %q leads out of the image", name, element)
		return
	}
	for rest := flat; ; {
		i := strings.Index(rest, "url(")
		if i < 0 {
			break
		}
		rest = strings.TrimLeft(rest[i+len("url("):], `"'`)
		if !strings.HasPrefix(rest, "#") {
			w.fault(SVGReference, "url() in %s of %q leads out of the image", name, element)
			return
		}
	}
	for _, bad := range []string{"javascript:", "vbscript:", "data:text/html", "@import", "expression("} {
		if strings.Contains(flat, bad) {
			w.fault(SVGReference, "%q in %s of %q", bad, name, element)
			return
		}
	}
	if strings.ContainsRune(value, '\\') && styled(name) {
		w.fault(SVGReference, "a CSS escape in %s of %q", name, element)
	}
}

// styled tells whether an attribute's value is read as CSS, where a backslash
// could write url( in another way.
func styled(name string) bool {
	switch name {
	case "style", "fill", "stroke", "color", "stop-color", "solid-color", "viewport-fill", "filter", "mask",
		"clip-path", "cursor", "marker", "marker-start", "marker-mid", "marker-end", "font-family":
		return true
	}
	return false
}

// flatten lowers a value and drops white space and control characters, which
// browsers pass over within a scheme.
func flatten(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r <= ' ' || r == 0x7f:
			return -1
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// svgBody is what stands under an id, as far as use elements multiply it.
type svgBody struct {
	elements int
	uses     []string
	state    int // of the count: 0 not begun, 1 under way, 2 done
	cost     int
}

// body gives the body of an id, made where it is new.
func (w *svgWalk) body(id string) *svgBody {
	b := w.bodies[id]
	if b == nil {
		b = new(svgBody)
		w.bodies[id] = b
	}
	return b
}

// count adds the element on top of the stack, and what it refers to, to all
// bodies that it stands in, its own among them.
func (w *svgWalk) count(target string) {
	w.whole.add(target)
	for _, o := range w.stack {
		if o.body != nil {
			o.body.add(target)
		}
	}
}

func (b *svgBody) add(target string) {
	b.elements++
	if target != "" {
		b.uses = append(b.uses, target)
	}
}

// checkUses counts the elements that would be drawn when every use is
// followed. A circle of uses, or too many elements, is a bomb.
func (w *svgWalk) checkUses() {
	if n, ok := w.costOf(&w.whole, 0); !ok || n > svgElements {
		w.fault(SVGNesting, "use elements go round in circles, or multiply to over %d elements", svgElements)
	}
}

func (w *svgWalk) costOf(b *svgBody, depth int) (cost int, ok bool) {
	switch {
	case b.state == 2:
		return b.cost, true
	case b.state == 1 || depth > svgDepth:
		return 0, false
	}
	b.state = 1
	b.cost = b.elements
	for _, id := range b.uses {
		target := w.bodies[id]
		if target == nil {
			continue
		}
		n, ok := w.costOf(target, depth+1)
		if !ok {
			return 0, false
		}
		if b.cost += n; b.cost > svgElements {
			return 0, false
		}
	}
	b.state = 2
	return b.cost, true
}
