package bimi

import "strings"

// What an SVG Tiny Portable/Secure image may hold: draft-svg-tiny-ps-abrotman
// and its schema, derived from SVG Tiny 1.2.
const (
	// svgLimit is the profile's own limit on the image, uncompressed.
	svgLimit = 32 << 10
	// svgTitle is the most characters a title should have.
	svgTitle = 64
	// svgDepth bounds nesting; drawing programs reach about 20.
	svgDepth = 100
	// svgElements bounds elements, and what use elements multiply them to.
	svgElements = 10000
	// svgAttributes bounds the attributes of one element. The profile
	// knows about 100 names in all.
	svgAttributes = 120

	svgSpace   = "http://www.w3.org/2000/svg"
	xlinkSpace = "http://www.w3.org/1999/xlink"
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
)

// svgElement tells whether the profile knows an element.
func svgElement(name string) bool {
	switch name {
	case "svg", "circle", "defs", "desc", "ellipse", "font", "font-face", "g", "glyph", "hkern", "line",
		"linearGradient", "metadata", "path", "polygon", "polyline", "radialGradient", "rect", "solidColor",
		"stop", "text", "textArea", "title", "use", "missing-glyph", "font-face-src", "font-face-name", "tspan", "tbreak":
		return true
	}
	return false
}

// svgActive tells whether an element is one that can act: run code, move,
// or bring in something from elsewhere.
func svgActive(name string) bool {
	switch strings.ToLower(name) {
	case "script", "handler", "listener", "animate", "animatetransform", "animatemotion", "animatecolor", "set",
		"discard", "image", "feimage", "foreignobject", "iframe", "embed", "object", "audio", "video", "a",
		"prefetch", "switch", "style", "link", "meta", "base", "html", "body", "form", "input", "animation":
		return true
	}
	return false
}

// svgFixed gives the one value that the profile leaves an attribute.
func svgFixed(name string) (string, bool) {
	switch name {
	case "zoomAndPan":
		return "disable", true
	case "focusable", "externalResourcesRequired":
		return "false", true
	case "snapshotTime", "editable":
		return "none", true
	case "playbackOrder":
		return "all", true
	case "timelineBegin":
		return "onLoad", true
	}
	return "", false
}

// svgAttribute tells whether the profile knows an attribute without
// namespace.
func svgAttribute(name string) bool {
	return strings.Contains(svgAttributeNames, " "+name+" ") && name != ""
}

const svgAttributeNames = " about accented-height alphabetic arabic-form ascent baseProfile bbox " +
	"buffered-rendering cap-height class color color-rendering content contentScriptType cx cy d datatype " +
	"descent direction display display-align editable externalResourcesRequired fill fill-opacity fill-rule " +
	"focusable font-family font-size font-stretch font-style font-variant font-weight g1 g2 glyph-name " +
	"gradientTransform gradientUnits hanging height horiz-adv-x horiz-origin horiz-origin-x href id ideographic " +
	"image-rendering k lang line-increment mathematical offset opacity overline-position overline-thickness " +
	"panose-1 pathLength playbackOrder points preserveAspectRatio property r rel requiredFonts resource rev " +
	"role rotate rx ry shape-rendering slope snapshotTime solid-color solid-opacity stemh stemv stop-color " +
	"stop-opacity strikethrough-position strikethrough-thickness stroke stroke-dasharray stroke-dashoffset " +
	"stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width systemLanguage text-align " +
	"text-anchor text-rendering timelineBegin transform typeof u1 u2 underline-position underline-thickness " +
	"unicode unicode-bidi unicode-range units-per-em vector-effect version viewBox viewport-fill " +
	"viewport-fill-opacity visibility width widths x x-height x1 x2 y y1 y2 zoomAndPan "
