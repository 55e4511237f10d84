package links

import "strings"

// loaded notes what a tag loads or opens by other attributes than its own.
func (r *reader) loaded(name string, a attrs) {
	for _, attr := range [...]string{"background", "poster", "lowsrc", "dynsrc", "ping"} {
		if v := a.get(attr); v != "" {
			r.add(v, "image")
		}
	}
	if href := a.get("xlink:href"); href != "" {
		if name == "a" {
			r.follow("a", attrs{{"href", href}}, element{})
		} else {
			r.add(href, "image")
		}
	}
	switch name {
	case "image", "link", "use":
		r.add(a.get("href"), "image")
	case "source", "video", "audio", "track", "input", "bgsound":
		r.add(a.get("src"), "image")
	}
	if set := a.get("srcset"); set != "" {
		n := 0
		for one := range strings.SplitSeq(set, ",") {
			if one, _, _ = strings.Cut(strings.Trim(one, asciiSpace), " "); n < maxSrcset && !strings.HasPrefix(one, "data:") {
				r.add(one, "image")
				n++
			}
		}
	}
	r.css(a.get("style"))
	if on := a.get("on"); on != "" {
		for _, l := range FindText(scriptText(on)) {
			if pointedAt(l) {
				r.add(l.URL, "html")
			}
		}
	}
}

const (
	// maxSrcset bounds the pictures of one srcset.
	maxSrcset = 8
	// maxScript bounds the event handlers of one tag that are read, in octets.
	maxScript = 2 << 10
	// maxCSS bounds the pictures of one style.
	maxCSS = 20
)

// scriptText makes the strings of a script stand by themselves.
func scriptText(s string) string {
	return strings.NewReplacer("'", " ", "\"", " ", "`", " ", "(", " ", ")", " ", ";", " ", `\/`, "/").Replace(s)
}

// css notes what a style loads: url(…), and @import "…".
func (r *reader) css(s string) {
	for n := 0; n < maxCSS; n++ {
		i := indexFold(s, "url(")
		if i < 0 {
			return
		}
		s = s[i+len("url("):]
		end := strings.IndexByte(s, ')')
		if end < 0 {
			return
		}
		ref := strings.Trim(s[:end], asciiSpace+`"'`)
		if !startsFold(ref, "data:") {
			r.add(ref, "image")
		}
		s = s[end:]
	}
}

// indexFold finds the lower-case word in s in any case of its letters.
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		j := strings.IndexAny(s[i:], word[:1]+strings.ToUpper(word[:1]))
		if j < 0 {
			return -1
		}
		if i += j; startsFold(s[i:], word) {
			return i
		}
	}
	return -1
}

// srcdoc reads the page inside a frame's own attribute for its links.
func (r *reader) srcdoc(s string) {
	if s != "" && len(r.open) < maxOpen && r.deep < maxNested {
		r.deep++
		r.comment("[if]>"+s, 0)
		r.deep--
	}
}
