package bimi

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SVGRule is a rule of the profile that an image breaks.
type SVGRule string

// The rules.
const (
	SVGTooLarge  SVGRule = "size"      // over 32 KiB
	SVGGzip      SVGRule = "gzip"      // broken, or unpacks without end
	SVGXML       SVGRule = "xml"       // not well-formed, or in another charset than UTF-8
	SVGDTD       SVGRule = "dtd"       // a document type or entities
	SVGProcess   SVGRule = "process"   // a processing instruction, such as a style sheet's
	SVGRoot      SVGRule = "root"      // not an svg element of the SVG namespace
	SVGVersion   SVGRule = "version"   // not version 1.2, tiny-ps
	SVGActive    SVGRule = "active"    // an element that acts: script, animation, image, link, style
	SVGElement   SVGRule = "element"   // an element that the profile does not know
	SVGAttribute SVGRule = "attribute" // an attribute that the profile does not know, or twice
	SVGEvent     SVGRule = "event"     // an event handler
	SVGReference SVGRule = "reference" // something outside of the image
	SVGBase      SVGRule = "base"      // xml:base
	SVGTitle     SVGRule = "title"     // none, not first, empty or too long
	SVGViewBox   SVGRule = "viewbox"   // none, not square, malformed
	SVGPosition  SVGRule = "position"  // x or y on the root
	SVGFixed     SVGRule = "fixed"     // another value than the one allowed
	SVGNesting   SVGRule = "nesting"   // too deep, too many, or multiplied by use
)

// hostile tells the rules that only an attack breaks, or that a program could
// be harmed by, from those that a careless designer breaks.
func (r SVGRule) hostile() bool {
	switch r {
	case SVGGzip, SVGXML, SVGDTD, SVGProcess, SVGActive, SVGEvent, SVGReference, SVGBase, SVGNesting:
		return true
	}
	return false
}

// SVGFault is one rule broken.
type SVGFault struct {
	Rule    SVGRule `json:"rule"`
	Says    string  `json:"says"`
	Hostile bool    `json:"hostile"` // must not be shown to anything that draws
}

// SVG is an image as far as it was looked at.
type SVG struct {
	Title  string     `json:"title,omitempty"`
	Size   int        `json:"size"`             // octets, uncompressed
	Faults []SVGFault `json:"faults,omitempty"` // at most one for each rule
}

// OK tells whether the image keeps the profile.
func (s SVG) OK() bool { return len(s.Faults) == 0 }

// Safe tells whether the image holds nothing that could act.
func (s SVG) Safe() bool {
	return !slices.ContainsFunc(s.Faults, func(f SVGFault) bool { return f.Hostile })
}

// CheckSVG looks at an image, compressed or not, by the SVG Tiny
// Portable/Secure profile (draft-svg-tiny-ps-abrotman). It reads the image in
// one pass, resolves nothing and fetches nothing.
func CheckSVG(b []byte) SVG {
	plain, err := gunzip(b)
	if err != nil {
		rule := SVGGzip
		if len(b) > maxSVGBytes {
			rule = SVGTooLarge
		}
		return SVG{Size: len(b), Faults: []SVGFault{{Rule: rule, Says: err.Error(), Hostile: rule.hostile()}}}
	}
	w := svgWalk{out: SVG{Size: len(plain)}, bodies: make(map[string]*svgBody)}
	if len(plain) > svgLimit {
		w.fault(SVGTooLarge, "the image has %d octets, over %d", len(plain), svgLimit)
	}
	w.run(plain)
	return w.out
}

// svgWalk is one pass over an image.
type svgWalk struct {
	out      SVG
	stack    []svgOpen
	elements int
	rooted   bool
	titled   bool            // the root has its title
	title    strings.Builder // text of the title being read
	bodies   map[string]*svgBody
	whole    svgBody // of the document
}

// svgOpen is an element that is not closed yet.
type svgOpen struct {
	name     string
	children int
	body     *svgBody // of its id, nil without one
}

// fault notes a broken rule, the first time.
func (w *svgWalk) fault(r SVGRule, format string, args ...any) {
	if !slices.ContainsFunc(w.out.Faults, func(f SVGFault) bool { return f.Rule == r }) {
		w.out.Faults = append(w.out.Faults, SVGFault{Rule: r, Says: fmt.Sprintf(format, args...), Hostile: r.hostile()})
	}
}

func (w *svgWalk) run(b []byte) {
	if !utf8.Valid(b) {
		w.fault(SVGXML, "the image is not UTF-8")
		return
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = true // unknown entities are errors, and none but XML's own five are known
	for {
		start := d.InputOffset()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.fault(SVGXML, "not well-formed XML: %v", err)
			return
		}
		if !w.token(tok, start) {
			return
		}
	}
	if !w.rooted {
		w.fault(SVGRoot, "there is no svg element")
		return
	}
	if !w.titled {
		w.fault(SVGTitle, "there is no title")
	}
	w.checkUses()
}

// token looks at one token; false ends the walk.
func (w *svgWalk) token(tok xml.Token, start int64) bool {
	switch t := tok.(type) {
	case xml.StartElement:
		return w.open(t)
	case xml.EndElement:
		w.close()
	case xml.CharData:
		if len(w.stack) == 0 && len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\ufeff")))) > 0 {
			w.fault(SVGXML, "text outside of the image")
		}
		if n := len(w.stack); n > 0 && w.stack[n-1].name == "title" && w.title.Len() < svgLimit {
			w.title.Write(t)
		}
	case xml.ProcInst:
		if t.Target != "xml" || start > int64(len("\ufeff")) {
			w.fault(SVGProcess, "a processing instruction: %q", t.Target)
		}
	case xml.Directive:
		w.fault(SVGDTD, "a document type declaration")
	}
	return true
}

func (w *svgWalk) open(t xml.StartElement) bool {
	w.elements++
	if len(w.stack) >= svgDepth || w.elements > svgElements {
		w.fault(SVGNesting, "elements nest %d deep or are over %d", len(w.stack), svgElements)
		return false
	}
	if len(t.Attr) > svgAttributes {
		w.fault(SVGAttribute, "an element with %d attributes", len(t.Attr))
		return false
	}
	name := t.Name.Local
	switch {
	case svgActive(name):
		w.fault(SVGActive, "an element that acts: %q", name)
	case t.Name.Space != svgSpace && len(w.stack) > 0:
		w.fault(SVGElement, "an element of another namespace: %q", name)
	case !svgElement(name):
		w.fault(SVGElement, "an element that the profile does not know: %q", name)
	}
	if len(w.stack) == 0 {
		w.root(t)
	} else {
		w.child(name)
	}
	id, target := w.attributes(t)
	o := svgOpen{name: name}
	if id != "" {
		o.body = w.body(id)
	}
	w.stack = append(w.stack, o)
	w.count(target)
	return true
}

// root looks at the root element.
func (w *svgWalk) root(t xml.StartElement) {
	if w.rooted {
		w.fault(SVGXML, "a second root element")
		return
	}
	w.rooted = true
	if t.Name.Local != "svg" || t.Name.Space != svgSpace {
		w.fault(SVGRoot, "the root is %q of %q", t.Name.Local, t.Name.Space)
	}
	attr := make(map[string]string)
	for _, a := range t.Attr {
		if a.Name.Space == "" {
			attr[a.Name.Local] = a.Value
		}
	}
	if attr["version"] != "1.2" || attr["baseProfile"] != "tiny-ps" {
		w.fault(SVGVersion, "version %q, profile %q, not 1.2 and tiny-ps", attr["version"], attr["baseProfile"])
	}
	for _, p := range []string{"x", "y"} {
		if _, ok := attr[p]; ok {
			w.fault(SVGPosition, "%s= on the root", p)
		}
	}
	box, ok := attr["viewBox"]
	if !ok {
		w.fault(SVGViewBox, "there is no viewBox")
	} else if why := boxFault(box); why != "" {
		w.fault(SVGViewBox, "the viewBox %s", why)
	}
}

// boxFault tells what is wrong with a viewBox: it must be four numbers with
// spaces between, and square.
func boxFault(s string) string {
	if strings.Contains(s, ",") {
		return "has commas"
	}
	parts := strings.Fields(s)
	if len(parts) != 4 {
		return "is not four numbers"
	}
	var n [4]float64
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil || v != v || v > 1e9 || v < -1e9 {
			return "is not four numbers"
		}
		n[i] = v
	}
	if n[2] <= 0 || n[2] != n[3] {
		return "is not square"
	}
	return ""
}

// child looks at where an element stands under its parent.
func (w *svgWalk) child(name string) {
	parent := &w.stack[len(w.stack)-1]
	parent.children++
	switch {
	case name == "svg":
		w.fault(SVGElement, "an svg within the svg")
	case name == "title" && len(w.stack) == 1:
		if w.titled || parent.children != 1 {
			w.fault(SVGTitle, "the title is not the first element, or one of several")
		}
		w.titled = true
	}
}

func (w *svgWalk) close() {
	o := w.stack[len(w.stack)-1] // the decoder gives no end without its start
	w.stack = w.stack[:len(w.stack)-1]
	if o.name == "title" {
		if len(w.stack) == 1 && w.out.Title == "" {
			w.setTitle()
		}
		w.title.Reset()
	}
}

func (w *svgWalk) setTitle() {
	w.out.Title = strings.Join(strings.Fields(w.title.String()), " ")
	switch n := utf8.RuneCountInString(w.out.Title); {
	case n == 0:
		w.fault(SVGTitle, "the title is empty")
	case n > svgTitle:
		w.fault(SVGTitle, "the title has %d characters, over %d", n, svgTitle)
	}
}
