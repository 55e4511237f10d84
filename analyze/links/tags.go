package links

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// attr is one attribute of a tag.
type attr struct{ name, value string }

// attrs are the attributes that matter, once each. The first of a name counts,
// as in browsers.
type attrs []attr

// get gives the value of an attribute; empty where it is not there.
func (a attrs) get(name string) string {
	for i := range a {
		if a[i].name == name {
			return a[i].value
		}
	}
	return ""
}

func (a attrs) has(name string) bool {
	return slices.ContainsFunc(a, func(at attr) bool { return at.name == name })
}

// fewAttrs is the room for the attributes of a tag that need no memory of
// their own.
const fewAttrs = 8

// attrNames are the attributes that matter. The values are the keys, so that a
// name needs no memory of its own.
var attrNames = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{"href", "src", "action", "formaction", "style", "hidden", "content", "http-equiv", "type", "value", "alt", "background", "data",
		"srcset", "xlink:href", "poster", "lowsrc", "dynsrc", "srcdoc", "ping", "bgcolor", "color", "width", "height"} {
		m[name] = name
	}
	return m
}()

// fieldNames are those that matter in the fields of a form alone, by which
// they tell what they ask for.
var fieldNames = map[string]string{"name": "name", "id": "id", "placeholder": "placeholder", "autocomplete": "autocomplete", "aria-label": "aria-label"}

// readAttrs adds the attributes of a tag, which may be a field of a form, to a.
// Those of its event handlers are together one, called on.
func readAttrs(a attrs, z *html.Tokenizer, field, more bool) attrs {
	for n := 0; more && n < maxAttributes; n++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		name, ok := attrNames[string(k)]
		if !ok && field {
			name, ok = fieldNames[string(k)]
		}
		if ok {
			if !a.has(name) {
				a = append(a, attr{name, string(v)})
			}
			continue
		}
		// onclick="location='https://…'"
		if len(k) > 2 && k[0] == 'o' && k[1] == 'n' && bytes.Contains(v, webScheme) && len(a.get("on")) < maxScript {
			if !a.has("on") {
				a = append(a, attr{name: "on"})
			}
			i := slices.IndexFunc(a, func(at attr) bool { return at.name == "on" })
			a[i].value += string(v[:min(len(v), maxScript)]) + " "
		}
	}
	return a
}

// webScheme is in every address that a script opens as it is.
var webScheme = []byte("://")

// startTag handles a start tag and gives the name of a raw-text element.
func (r *reader) startTag(z *html.Tokenizer) (raw string) {
	b, more := z.TagName()
	name := string(b)
	var room [fewAttrs]attr
	a := readAttrs(room[:0], z, isField(name), more)
	r.implied(name)
	e := r.inherit(name, a)
	switch {
	case isBlock(name):
		r.line()
	case (name == "td" || name == "th") && r.visible():
		r.out.space()
	case name == "br":
		r.line()
	}
	r.this = e
	r.follow(name, a, e)
	if !isVoid(name) {
		r.push(e)
	}
	if rawText(name) {
		return name
	}
	return ""
}

// follow notes where a tag can take the reader.
func (r *reader) follow(name string, a attrs, e element) {
	switch name {
	case "a":
		r.closeLink()
		if r.add(a.get("href"), "html") {
			r.link = len(r.refs)
		}
	case "area":
		if r.add(a.get("href"), "html") {
			r.refs[len(r.refs)-1].alt = clip(a.get("alt"))
		}
	case "form":
		r.closeForm()
		r.add(a.get("action"), "form")
	case "button", "input":
		r.add(a.get("formaction"), "form")
		r.input(name, a, e)
		r.ask(a)
	case "textarea", "select":
		r.ask(a)
	case "base":
		if href := a.get("href"); href != "" && !r.seen {
			// HTML section 4.2.3: only the first base with href counts.
			r.seen = true
			if link, ok := ParseURL(href); ok && link.Host != "" {
				r.base, _ = normal(link.URL)
			}
		}
	case "meta":
		if strings.EqualFold(a.get("http-equiv"), "refresh") {
			r.add(refreshTarget(a.get("content")), "html")
		}
	case "iframe", "embed", "frame":
		r.add(a.get("src"), "html")
		r.srcdoc(a.get("srcdoc"))
	case "object":
		r.add(a.get("data"), "html")
	case "img":
		r.image(a, e)
	default:
		// Outlook's drawn buttons: <v:roundrect href="…">.
		if strings.HasPrefix(name, "v:") {
			r.add(a.get("href"), "html")
		}
	}
	if len(a) > 0 {
		r.loaded(name, a)
	}
}

// input gives the words on a button.
func (r *reader) input(name string, a attrs, e element) {
	if name != "input" || e.gone {
		return
	}
	switch strings.ToLower(a.get("type")) {
	case "submit", "button", "reset":
		if r.visible() {
			r.out.text(" "+a.get("value")+" ", false)
		}
	case "password":
		r.defect("the message asks for a password in a form of its own")
	}
}

// image notes an image, and its alternative text where it can be seen.
func (r *reader) image(a attrs, e element) {
	if src := a.get("src"); startsFold(src, "data:image/") && len(r.page.Pictures) < maxInlinePictures {
		r.page.Pictures = append(r.page.Pictures, src)
	}
	r.add(a.get("src"), "image")
	alt := clip(strings.TrimSpace(a.get("alt")))
	if alt == "" || e.gone || e.unseen || r.muted > 0 {
		return
	}
	if r.link > 0 && r.refs[r.link-1].alt == "" {
		r.refs[r.link-1].alt = alt
	}
	if len(r.page.Alts) < maxAlts {
		r.page.Alts = append(r.page.Alts, alt)
	}
}

// clip bounds an attribute that is kept as text.
func clip(s string) string {
	if len(s) > maxLinkText {
		s = s[:maxLinkText]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// refreshTarget takes the address out of a refresh's content: "5; url='…'".
func refreshTarget(s string) string {
	i := strings.IndexAny(s, ";,")
	if i < 0 {
		return ""
	}
	s = strings.TrimLeft(s[i+1:], asciiSpace)
	if startsFold(s, "url") {
		if rest := strings.TrimLeft(s[3:], asciiSpace); strings.HasPrefix(rest, "=") {
			s = strings.TrimLeft(rest[1:], asciiSpace)
		}
	}
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		q := s[:1]
		s, _, _ = strings.Cut(s[1:], q)
	}
	return s
}

// line ends the line in what is visible.
func (r *reader) line() {
	if r.visible() {
		r.out.newline()
		if r.link > 0 {
			r.label.space()
		}
	}
}

func (r *reader) push(e element) {
	if len(r.open) >= maxOpen {
		r.page.Truncated = true
		return
	}
	if r.counts == nil {
		r.counts = map[string]int{}
	}
	if len(r.open) == maxTreeDepth {
		r.defect("elements are nested deeper than mail programs read")
	}
	r.open = append(r.open, e)
	r.counts[e.name]++
}

// maxTreeDepth is where x/net/html's own tree builder gives up, and a depth
// that no mail program writes.
const maxTreeDepth = 512

// endTag closes the nearest open element of that name and all within it.
func (r *reader) endTag(name string) {
	switch name {
	case "a":
		r.closeLink()
	case "form":
		r.closeForm()
	}
	if name == "p" || name == "br" {
		r.line()
	}
	if r.counts[name] == 0 {
		return
	}
	for i := len(r.open) - 1; i >= r.floor; i-- {
		if r.open[i].name == name {
			if isBlock(name) {
				r.line()
			}
			r.popTo(i)
			if isBlock(name) {
				r.line()
			}
			return
		}
	}
}

func (r *reader) popTo(depth int) {
	for len(r.open) > depth {
		last := len(r.open) - 1
		r.counts[r.open[last].name]--
		r.open = r.open[:last]
	}
}

// implied closes what the standard closes when name starts (HTML section
// 13.2.6.4.7), so that an unclosed hidden paragraph does not hide the rest.
func (r *reader) implied(name string) {
	closes, stops := impliedEnds(name)
	if !slices.ContainsFunc(closes, func(n string) bool { return r.counts[n] > 0 }) {
		return // most starts close nothing: say so before looking at what is open
	}
	cut := -1
	for i := len(r.open) - 1; i >= r.floor && i >= len(r.open)-maxLookBack; i-- {
		open := r.open[i].name
		if slices.Contains(closes, open) {
			cut = i
		}
		if slices.Contains(stops, open) {
			break
		}
	}
	if cut >= 0 {
		r.popTo(cut)
	}
}

// impliedEnds gives the elements that name closes, and those that it does not
// look beyond (HTML section 13.2.4.2, "has an element in scope").
func impliedEnds(name string) (closes, stops []string) {
	switch name {
	case "li":
		return endsItem.closes, endsItem.stops
	case "option":
		return endsOption.closes, endsOption.stops
	case "dt", "dd":
		return endsTerm.closes, endsTerm.stops
	case "td", "th":
		return endsCell.closes, endsCell.stops
	case "tr":
		return endsRow.closes, endsRow.stops
	case "tbody", "thead", "tfoot":
		return endsRows.closes, endsRows.stops
	}
	if isBlock(name) {
		return endsParagraph.closes, endsParagraph.stops
	}
	return nil, nil
}

// ends is what a start closes, and what it does not look beyond. The tables
// are made once: a start tag is read millions of times.
type ends struct{ closes, stops []string }

var (
	endsItem      = ends{[]string{"li"}, []string{"ul", "ol", "table", "td"}}
	endsOption    = ends{[]string{"option"}, []string{"select"}}
	endsTerm      = ends{[]string{"dt", "dd"}, []string{"dl", "table", "td"}}
	endsCell      = ends{[]string{"td", "th"}, []string{"tr", "table"}}
	endsRow       = ends{[]string{"td", "th", "tr"}, []string{"tbody", "thead", "tfoot", "table"}}
	endsRows      = ends{[]string{"td", "th", "tr", "tbody", "thead", "tfoot"}, []string{"table"}}
	endsParagraph = ends{[]string{"p"}, []string{"table", "td", "th", "caption", "button", "object", "template", "html"}}
)

func isBlock(name string) bool {
	switch name {
	case "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
		"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
		"li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul":
		return true
	}
	return false
}

// isField reports the elements that a reader fills in.
func isField(name string) bool { return name == "input" || name == "textarea" || name == "select" }

// isVoid reports the elements that have no content (HTML section 13.1.2).
func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}
