package links

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	if a.has("hidden") {
		e.gone = true
	}
	if c := a.get("bgcolor"); c != "" {
		e.paper = plainColour(c)
	}
	if a.get("background") != "" {
		e.paper = ""
	}
	if c := a.get("color"); c != "" && name == "font" {
		e.ink = plainColour(c)
	}
	if s := a.get("style"); s != "" {
		e.apply(s)
	}
	return e
}

// plainColour gives a colour in six digits, or nothing where it is not told in
// the ways that mail tells it.
func plainColour(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "white":
		return "ffffff"
	case "black":
		return "000000"
	}
	rgb := strings.TrimPrefix(s, "#")
	switch {
	case strings.HasPrefix(s, "rgb(") && strings.HasSuffix(s, ")"):
		rgb = ""
		for part := range strings.SplitSeq(s[4:len(s)-1], ",") {
			n, err := strconv.ParseUint(strings.TrimSpace(part), 10, 8)
			if err != nil {
				return ""
			}
			rgb += fmt.Sprintf("%02x", n)
		}
	case len(rgb) == 3:
		rgb = string([]byte{rgb[0], rgb[0], rgb[1], rgb[1], rgb[2], rgb[2]})
	}
	if _, err := hex.DecodeString(rgb); err != nil || len(rgb) != 6 {
		return ""
	}
	return rgb
}

// inked counts the octets of s that leave ink: no white space, nothing of no
// width.
func inked(s string) int {
	n := 0
	for _, r := range s {
		if r > ' ' && !unicode.IsSpace(r) && !isZeroWidth(r) && r != 0x34f {
			n += utf8.RuneLen(r)
		}
	}
	return n
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
		case "color":
			e.ink = plainColour(value)
		case "background-color":
			e.paper = plainColour(value)
		case "background":
			first, _, more := strings.Cut(value, " ")
			if e.paper = plainColour(first); more || strings.Contains(value, "url") {
				e.paper = ""
			}
		case "background-image":
			e.paper = ""
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
	case isSmall(value):
		e.tiny, e.faint = false, true
		return
	case strings.HasSuffix(value, "rem"):
		e.tiny = false
	case strings.HasSuffix(value, "%"), strings.HasSuffix(value, "em"), value == "inherit", value == "smaller", value == "larger", value == "":
		return
	default:
		e.tiny = false
	}
	e.faint = false
}

// isSmall reports sizes of at most two pixels.
func isSmall(v string) bool {
	n, ok := strings.CutSuffix(v, "px")
	if !ok {
		n, ok = strings.CutSuffix(v, "pt")
	}
	f, err := strconv.ParseFloat(n, 64)
	return ok && err == nil && f <= 2
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
