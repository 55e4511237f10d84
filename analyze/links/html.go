package links

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"reportascam/analyze"
)

const (
	// maxHTML bounds what is read of one part, in octets. Real mail stays
	// under 1 MiB; Gmail itself shows only the first 102 KiB.
	maxHTML = 4 << 20
	// maxLinks bounds the links of one part. Newsletters have hundreds.
	maxLinks = 2000
	// maxText bounds the visible text of one part, in octets.
	maxText = 1 << 20
	// maxHidden bounds the text that nobody sees, in octets.
	maxHidden = 64 << 10
	// maxLinkText bounds what is kept of one link's text, in octets.
	maxLinkText = 1 << 10
	// maxOpen bounds the elements that are open at once. Beyond it an element's
	// style is not kept, so that its text counts as visible.
	maxOpen = 100_000
	// maxLookBack bounds the search for an element that the standard closes
	// without an end tag, so that nesting costs no quadratic time.
	maxLookBack = 32
	// maxAttributes bounds the attributes that are looked at in one tag.
	maxAttributes = 100
	// maxNested is how deep markup inside raw text (noscript, conditional
	// comments) is read.
	maxNested = 2
	// maxInlinePictures bounds the images in the page itself that are kept.
	maxInlinePictures = 12
	// maxScripts bounds the scripts that are kept.
	maxScripts = 50
	// maxAlts bounds the alternative texts of images that are kept.
	maxAlts = 200
)

// Page is what a reader sees of an HTML part.
type Page = analyze.Page

// ReadHTML gives the visible text and the links of an HTML part. It never
// fails: what cannot be read is noted. Relative addresses are resolved against
// <base>.
func ReadHTML(src string) Page {
	r := &reader{label: &writer{max: maxLinkText}, hidden: writer{max: maxHidden}}
	if len(src) > maxHTML {
		src = strings.ToValidUTF8(src[:maxHTML], "")
		r.page.Truncated = true
	}
	r.read(src, 0)
	r.closeLink()
	r.closeForm()
	return r.finish()
}

// reader is the state between tokens.
type reader struct {
	page   Page
	out    writer
	open   []element
	counts map[string]int // of open, by name
	base   string
	refs   []ref
	link   int // index into refs of the open <a>, plus one
	label  *writer
	floor  int  // elements below it cannot be closed: a conditional comment's own start
	muted  int  // inside a conditional comment: links count, text does not
	seen   bool // a base was seen
	deep   int  // frames whose page stands in an attribute
	form   int  // index into refs of what the open <form> posts to
	asks   string

	this   element // whose tag is read
	hidden writer  // text that no reader sees
}

// ref is a link before its base is known.
type ref struct {
	href, source, text string
	alt, asks          string
	hidden             bool
}

// element is an open element, with what its style says of its content.
type element struct {
	name   string
	gone   bool // nothing inside can be seen
	unseen bool // visibility: hidden, which content may undo
	tiny   bool // font-size: 0, which content may undo
	faint  bool // font-size of at most two pixels, which content may undo
	ink    string
	paper  string // colours, as sameColour gives them; empty where not known
}

func (r *reader) top() element {
	if len(r.open) == 0 {
		return element{paper: "ffffff"} // what clients draw on
	}
	return r.open[len(r.open)-1]
}

func (r *reader) visible() bool {
	e := r.top()
	return r.muted == 0 && !e.gone && !e.unseen && !e.tiny
}

// read goes through one run of markup.
func (r *reader) read(src string, nested int) {
	z := html.NewTokenizer(strings.NewReader(src))
	raw := "" // the element whose content the tokenizer gives as one text
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			r.text(string(z.Text()), raw, nested)
		case html.StartTagToken, html.SelfClosingTagToken:
			raw = r.startTag(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.endTag(string(name))
			raw = ""
		case html.CommentToken:
			r.comment(string(z.Text()), nested)
		}
	}
}

// text takes character data; raw names the raw-text element around it.
func (r *reader) text(s, raw string, nested int) {
	switch raw {
	case "style":
		r.css(s)
		return
	case "script":
		if len(r.page.Scripts) < maxScripts {
			r.page.Scripts = append(r.page.Scripts, s)
		}
		return
	case "title", "iframe", "noembed", "noframes":
		return
	case "noscript":
		// The tokenizer gives its content as text, but mail clients run no
		// scripts, so readers see it.
		if nested < maxNested {
			r.read(s, nested+1)
		}
		return
	}
	if !r.visible() {
		if r.muted == 0 {
			r.page.Hidden += inked(s)
			r.hidden.text(s, false)
			r.hidden.space()
		}
		return
	}
	if e := r.top(); e.faint || e.ink != "" && e.ink == e.paper {
		r.page.Faint += inked(s)
	}
	pre := r.counts["pre"] > 0
	r.out.text(s, pre)
	if r.link > 0 {
		r.label.text(s, false)
	}
}

// comment reads the markup that Outlook alone shows
// (<!--[if mso]>…<![endif]-->) for its links. The text of it is left out:
// every other client leaves it out.
func (r *reader) comment(s string, nested int) {
	if nested >= maxNested || !startsFold(strings.TrimLeft(s, " \t\r\n"), "[if") {
		return
	}
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return
	}
	link, label, floor := r.link, r.label, r.floor
	r.link, r.label, r.floor = 0, &writer{max: maxLinkText}, len(r.open)
	r.muted++
	r.read(s[end+1:], nested+1)
	r.muted--
	r.popTo(r.floor)
	r.link, r.label, r.floor = link, label, floor
}

// finish resolves the links and gives the page.
func (r *reader) finish() Page {
	r.page.Text = r.out.String()
	r.page.Unseen = r.hidden.String()
	r.page.Truncated = r.page.Truncated || r.out.full
	for _, f := range r.refs {
		link := resolve(r.base, f.href)
		link.Source, link.Text, link.Hidden, link.Asks = f.source, f.text, f.hidden, f.asks
		if link.Text == "" {
			link.Text = f.alt
		}
		if link.Source == "html" {
			link.Shown = shownHost(link.Text)
		}
		r.page.Links = append(r.page.Links, link)
	}
	return r.page
}

// add notes a link; false when there is nothing to follow or no room.
func (r *reader) add(href, source string) bool {
	href = strings.Trim(href, asciiSpace)
	if href == "" || href[0] == '#' {
		return false
	}
	if len(r.refs) >= maxLinks {
		r.page.Truncated = true
		return false
	}
	if len(href) > maxURL {
		href = href[:maxURL]
	}
	e := r.this
	r.refs = append(r.refs, ref{href: strings.ToValidUTF8(href, "\uFFFD"), source: source, hidden: source != "image" && (e.gone || e.unseen)})
	return true
}

// closeLink ends the open <a> and keeps its text.
func (r *reader) closeLink() {
	if r.link > 0 {
		r.refs[r.link-1].text = r.label.String()
	}
	r.link = 0
	r.label = &writer{max: maxLinkText}
}

// defect notes an oddity once.
func (r *reader) defect(says string) {
	for _, d := range r.page.Defects {
		if d == says {
			return
		}
	}
	r.page.Defects = append(r.page.Defects, says)
}

// rawText reports whether the tokenizer gives the element's content as text.
func rawText(name string) bool {
	switch atom.Lookup([]byte(name)) {
	case atom.Script, atom.Style, atom.Title, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript,
		atom.Textarea, atom.Xmp, atom.Plaintext:
		return true
	}
	return false
}
