package links

import "strings"

// maxStyle bounds the style attribute that is read, in octets.
const maxStyle = 4 << 10

// inherit gives the element with what its parent and its own style say of the
// visibility of its content.
func (r *reader) inherit(name string, a attrs) element {
	e := r.top()
	e.name = name
	switch name {
	case "template", "datalist", "audio", "video", "canvas":
		e.gone = true
	}
	if _, ok := a["hidden"]; ok {
		e.gone = true
	}
	if s := a["style"]; s != "" {
		e.apply(s)
	}
	return e
}

// apply reads the declarations that hide text. display, opacity and a box of
// no height hide all that is inside; visibility and font-size can be undone
// inside, and builders of mail set font-size:0 on wrappers all the time.
func (e *element) apply(style string) {
	if len(style) > maxStyle {
		style = style[:maxStyle]
	}
	var flat, clipped bool
	for decl := range strings.SplitSeq(strings.ToLower(style), ";") {
		key, value, ok := strings.Cut(decl, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(key) {
		case "display":
			e.gone = e.gone || value == "none"
		case "mso-hide":
			// Outlook alone hides it: every other reader sees it.
		case "visibility":
			e.unseen = value == "hidden" || value == "collapse"
		case "opacity":
			e.gone = e.gone || isZero(value)
		case "font-size":
			e.size(value)
		case "max-height", "max-width", "height", "width":
			flat = flat || isZero(value)
		case "overflow", "overflow-x", "overflow-y":
			clipped = clipped || value == "hidden"
		}
	}
	e.gone = e.gone || flat && clipped
}

// size applies a font size: zero is unseen, relative to zero is zero.
func (e *element) size(value string) {
	switch {
	case isZero(value):
		e.tiny = true
	case strings.HasSuffix(value, "rem"):
		e.tiny = false
	case strings.HasSuffix(value, "%"), strings.HasSuffix(value, "em"), value == "inherit", value == "smaller", value == "larger", value == "":
	default:
		e.tiny = false
	}
}

// isZero reports a CSS length or number of no size: 0, 0px, 0.0em, .0%.
func isZero(v string) bool {
	v = strings.TrimSpace(v)
	digits := 0
	for i := range len(v) {
		switch c := v[i]; {
		case c == '0':
			digits++
		case c == '.' || c == '+' || c == '-':
		case c >= '1' && c <= '9':
			return false
		default:
			return digits > 0 && i > 0
		}
	}
	return digits > 0
}
