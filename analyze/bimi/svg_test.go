package bimi

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze/bimi/bimitest"
)

// svgOf wraps a body in a root that keeps the profile.
func svgOf(body string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2" baseProfile="tiny-ps" viewBox="0 0 10 10"><title>x</title>` + body + `</svg>`
}

func TestGoodSVG(t *testing.T) {
	for name, svg := range map[string]string{
		"plain":             bimitest.GoodSVG,
		"byte order mark":   "\ufeff" + bimitest.GoodSVG,
		"gzip":              string(zip([]byte(bimitest.GoodSVG))),
		"gradient":          svgOf(`<defs><linearGradient id="g" gradientUnits="userSpaceOnUse" x1="0" x2="1"><stop offset="0" stop-color="#fff"/></linearGradient></defs><path d="M0 0" fill="url(#g)"/>`),
		"quoted url":        svgOf(`<path d="M0 0" fill="url('#g')"/>`),
		"use":               svgOf(`<defs><g id="a"><path d="M0 0"/></g></defs><use xlink:href="#a"/><use xlink:href="#a"/>`),
		"fixed values":      svgOf(`<g focusable="false" editable="none"/>`),
		"entities of XML":   svgOf(`<desc>&lt;&amp;&#65;</desc>`),
		"title of 64":       strings.Replace(svgOf(""), ">x<", ">"+strings.Repeat("é", 64)+"<", 1),
		"comment first":     "<!-- drawn -->" + svgOf(""),
		"a negative corner": strings.Replace(svgOf(""), "0 0 10 10", "-5 -5 1e1 10", 1),
		"an id of data":     svgOf(`<g id="metadata:1"/>`),
	} {
		if got := CheckSVG([]byte(svg)); !got.OK() || !got.Safe() {
			t.Errorf("%s: CheckSVG = %+v, want no faults", name, got.Faults)
		}
	}
}

func TestHostileSVG(t *testing.T) {
	root := func(old, new string) string { return strings.Replace(svgOf(""), old, new, 1) }
	tests := []struct {
		name string
		svg  string
		rule SVGRule
	}{
		{"entity bomb", `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + svgOf("<desc>&b;</desc>"), SVGDTD},
		{"external entity", `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + svgOf(""), SVGDTD},
		{"external DTD", `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://evil.example/svg11.dtd">` + svgOf(""), SVGDTD},
		{"entity without DTD", svgOf("<desc>&nbsp;</desc>"), SVGXML},
		{"style sheet", `<?xml-stylesheet href="https://evil.example/x.css"?>` + svgOf(""), SVGProcess},
		{"late declaration", svgOf("") + `<?xml version="1.0"?>`, SVGProcess},
		{"script", svgOf("<script>alert(1)</script>"), SVGActive},
		{"script of another namespace", svgOf(`<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>`), SVGActive},
		{"script in capitals", svgOf("<SCRIPT/>"), SVGActive},
		{"animation", svgOf(`<rect><animate attributeName="x"/></rect>`), SVGActive},
		{"set", svgOf(`<set attributeName="href" to="javascript:1"/>`), SVGActive},
		{"image", svgOf(`<image xlink:href="data:image/png;base64,AA=="/>`), SVGActive},
		{"foreign object", svgOf(`<foreignObject><p/></foreignObject>`), SVGActive},
		{"link", svgOf(`<a xlink:href="#x"><rect/></a>`), SVGActive},
		{"switch", svgOf(`<switch/>`), SVGActive},
		{"style element", svgOf(`<style>@import url(https://evil.example/)</style>`), SVGActive},
		{"iframe", svgOf(`<iframe/>`), SVGActive},
		{"onload", root("<svg ", `<svg onload="alert(1)" `), SVGEvent},
		{"onclick", svgOf(`<rect ONCLICK="x()"/>`), SVGEvent},
		{"xml events", svgOf(`<rect xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load"/>`), SVGEvent},
		{"external use", svgOf(`<use xlink:href="https://evil.example/x.svg#a"/>`), SVGReference},
		{"external href", svgOf(`<use href="//evil.example/x"/>`), SVGReference},
		{"javascript href", svgOf("<use xlink:href=\" java\tscript:alert(1)\"/>"), SVGReference},
		{"data href", svgOf(`<use xlink:href="data:text/html,x"/>`), SVGReference},
		{"external fill", svgOf(`<rect fill="url(https://evil.example/#g)"/>`), SVGReference},
		{"external fill in quotes", svgOf(`<rect fill="URL( 'http://evil.example/' )"/>`), SVGReference},
		{"second fill external", svgOf(`<rect fill="url(#a) url(http://evil.example/)"/>`), SVGReference},
		{"escaped url", svgOf(`<rect fill="u\72l(http://evil.example/)"/>`), SVGReference},
		{"import in style", svgOf(`<rect style="@import 'x'"/>`), SVGReference},
		{"charref hides javascript", svgOf(`<use xlink:href="&#106;avascript:1"/>`), SVGReference},
		{"xml base", svgOf(`<g xml:base="https://evil.example/"/>`), SVGBase},
		{"use of itself", svgOf(`<use id="a" xlink:href="#a"/>`), SVGNesting},
		{"use in a circle", svgOf(`<g id="a"><use xlink:href="#b"/></g><g id="b"><use href="#a"/></g>`), SVGNesting},
		{"use bomb", svgOf(useBomb(12)), SVGNesting},
		{"deep", svgOf(strings.Repeat("<g>", 5000) + strings.Repeat("</g>", 5000)), SVGNesting},
		{"wide", svgOf(strings.Repeat("<g/>", 10001)), SVGNesting},
		{"gzip bomb", string(zip(make([]byte, 20<<20))), SVGGzip},
		{"broken gzip", string(zip([]byte(bimitest.GoodSVG))[:50]), SVGGzip},
		{"gzip within gzip", string(zip(zip([]byte(bimitest.GoodSVG)))), SVGXML},
		{"other charset", `<?xml version="1.0" encoding="utf-16"?>` + svgOf(""), SVGXML},
		{"not UTF-8", svgOf("<desc>\xff</desc>"), SVGXML},
		{"UTF-16", "\xff\xfe<\x00s\x00", SVGXML},
		{"cut off", svgOf("")[:100], SVGXML},
		{"not nested", svgOf("<g><rect></g></rect>"), SVGXML},
		{"two roots", svgOf("") + svgOf(""), SVGXML},
		{"text behind", svgOf("") + "x", SVGXML},
		{"html", "<html><body/></html>", SVGActive},
	}
	for _, tt := range tests {
		got := CheckSVG([]byte(tt.svg))
		if !got.breaks(tt.rule) || got.OK() || got.Safe() {
			t.Errorf("%s: CheckSVG = %+v, want rule %s, and hostile", tt.name, got.Faults, tt.rule)
		}
	}
	if len(tests) < 25 {
		t.Errorf("%d hostile images, want 25 at least", len(tests))
	}
}

func (s SVG) breaks(r SVGRule) bool {
	return slices.ContainsFunc(s.Faults, func(f SVGFault) bool { return f.Rule == r })
}

// useBomb makes elements that each use the one before ten times.
func useBomb(levels int) string {
	var b strings.Builder
	b.WriteString(`<g id="l0"><rect/></g>`)
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, `<g id="l%d">%s</g>`, i, strings.Repeat(fmt.Sprintf(`<use xlink:href="#l%d"/>`, i-1), 10))
	}
	return b.String()
}

// TestCarelessSVG: what keeps no profile, but harms nobody.
func TestCarelessSVG(t *testing.T) {
	root := func(old, new string) string { return strings.Replace(svgOf(""), old, new, 1) }
	for _, tt := range []struct {
		name string
		svg  string
		rule SVGRule
	}{
		{"full SVG 1.1", root(`version="1.2" baseProfile="tiny-ps"`, `version="1.1"`), SVGVersion},
		{"tiny only", root("tiny-ps", "tiny"), SVGVersion},
		{"no title", root("<title>x</title>", ""), SVGTitle},
		{"late title", root("<title>x</title>", "<g/><title>x</title>"), SVGTitle},
		{"two titles", svgOf("<title>y</title>"), SVGTitle},
		{"empty title", root(">x<", "> <"), SVGTitle},
		{"long title", root(">x<", ">"+strings.Repeat("y", 65)+"<"), SVGTitle},
		{"no viewBox", root(` viewBox="0 0 10 10"`, ""), SVGViewBox},
		{"not square", root("0 0 10 10", "0 0 10 11"), SVGViewBox},
		{"commas", root("0 0 10 10", "0,0,10,10"), SVGViewBox},
		{"no numbers", root("0 0 10 10", "0 0 NaN NaN"), SVGViewBox},
		{"no size", root("0 0 10 10", "0 0 0 0"), SVGViewBox},
		{"x on the root", root("<svg ", `<svg x="0" `), SVGPosition},
		{"other value", root("<svg ", `<svg zoomAndPan="magnify" `), SVGFixed},
		{"unknown element", svgOf("<filter/>"), SVGElement},
		{"element of an editor", svgOf(`<i:pgf xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/"/>`), SVGElement},
		{"svg within", svgOf("<svg/>"), SVGElement},
		{"unknown attribute", svgOf(`<rect data-name="x"/>`), SVGAttribute},
		{"style attribute", svgOf(`<rect style="fill:#fff"/>`), SVGAttribute},
		{"attribute twice", svgOf(`<rect x="1" x="2"/>`), SVGAttribute},
		{"attribute of an editor", svgOf(`<rect xmlns:i="http://example.com/" i:x="1"/>`), SVGAttribute},
		{"over 32 KiB", svgOf("<desc>" + strings.Repeat("x", 33<<10) + "</desc>"), SVGTooLarge},
		{"over the hard cap", svgOf("<desc>" + strings.Repeat("x", 70<<10) + "</desc>"), SVGTooLarge},
		{"no namespace", strings.Replace(svgOf(""), `xmlns="http://www.w3.org/2000/svg" `, "", 1), SVGRoot},
		{"empty", "", SVGRoot},
	} {
		got := CheckSVG([]byte(tt.svg))
		if !got.breaks(tt.rule) || got.OK() || !got.Safe() {
			t.Errorf("%s: CheckSVG = %+v, want rule %s, and harmless", tt.name, got.Faults, tt.rule)
		}
	}
}

func FuzzSVG(f *testing.F) {
	for _, s := range []string{bimitest.GoodSVG, svgOf(useBomb(4)), svgOf(`<use id="a" href="#a"/>`), "\x1f\x8b", `<!DOCTYPE x [<!ENTITY a "b">]>`} {
		f.Add([]byte(s))
	}
	f.Add(zip([]byte(bimitest.GoodSVG)))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := CheckSVG(b)
		if got.Size > max(len(b), maxSVGBytes) {
			t.Errorf("Size = %d of %d octets", got.Size, len(b))
		}
		seen := make(map[SVGRule]bool)
		for _, x := range got.Faults {
			if seen[x.Rule] || x.Says == "" || x.Hostile != x.Rule.hostile() {
				t.Errorf("fault %+v twice, silent or not as its rule", x)
			}
			seen[x.Rule] = true
		}
		// Whatever is safe stays so, compressed; and holds nothing that
		// can be seen in the raw text to act.
		if plain, err := gunzip(b); err == nil && got.Safe() {
			if !CheckSVG(zip(plain)).Safe() {
				t.Errorf("safe as %q, not when compressed", plain)
			}
			low := bytes.ToLower(plain)
			for _, bad := range []string{"<script", "<!doctype", "<foreignobject", "<image"} {
				if bytes.Contains(low, []byte(bad)) && !bytes.Contains(low, []byte("<!--")) && !bytes.Contains(low, []byte("<![cdata[")) {
					t.Errorf("%q in an image that is safe", bad)
				}
			}
		}
	})
}
