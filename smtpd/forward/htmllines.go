package forward

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxAddress is how much of a mailto link is looked at, in bytes: an
	// address has at most 254 (RFC 5321 section 4.5.3.1).
	maxAddress = 400

	// maxHTMLScan is how much HTML is searched for the start of a forward, in
	// bytes: styles that programs put in front are some 100 KiB at most.
	maxHTMLScan = 8 << 20

	// maxToken bounds one token, so that a tag that never ends costs no more
	// than the search itself.
	maxToken = maxHTMLScan
)

// htmlReader turns HTML into lines that know where they stand in the source,
// with a depth for the containers that clients put around what they quote. It
// works on tokens: a tree fails on deep nesting (golang/go#76279), and has no
// offsets.
type htmlReader struct {
	src    string
	lines  []line
	cur    []byte
	space  bool // a blank is due before the next word
	begin  int  // where the current line started in the source
	has    bool // the current line has a start
	skip   atom.Atom
	opened int // how often the skipped element is open
	open   map[atom.Atom]int
	quotes []container
	client string // the client whose containers are seen
	mailto string // the address of the link that is open
	linkAt int    // length of the line where that link started
}

// container is an element that a client puts around what it quotes.
type container struct {
	tag   atom.Atom
	level int // how many of its kind were open
}

// htmlLines gives the lines of a document and the client that its containers
// betray.
func htmlLines(src string) ([]line, string) {
	r := &htmlReader{src: src, open: map[atom.Atom]int{}}
	z := html.NewTokenizer(strings.NewReader(cut(src, maxHTMLScan)))
	z.SetMaxBuf(maxToken)
	for pos := 0; len(r.lines) < maxLines; {
		t := z.Next()
		if t == html.ErrorToken {
			break
		}
		next := pos + len(z.Raw())
		switch t {
		case html.TextToken:
			if r.skip != 0 {
				break
			}
			// Most text has no entity, and needs no copy.
			if raw := z.Raw(); bytes.IndexByte(raw, '&') < 0 {
				r.text(raw, pos)
			} else {
				r.text(z.Text(), pos)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(z, t, pos, next)
		case html.EndTagToken:
			r.end(tagName(z.Raw()), pos, next)
		}
		pos = next
	}
	r.flush(len(src))
	return r.lines, r.client
}

// tagName reads the name off a tag as it stands, as the tokenizer's own does
// with more copies.
func tagName(raw []byte) atom.Atom {
	var name [12]byte // as long as blockquote, the longest that matters
	n := 0
	for _, c := range bytes.TrimLeft(raw, "</") {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == ' ' || c == '>' || c == '/' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			return atom.Lookup(name[:n])
		}
		if n == len(name) {
			return 0
		}
		name[n] = c
		n++
	}
	return atom.Lookup(name[:n])
}

func (r *htmlReader) text(s []byte, pos int) {
	for len(s) > 0 {
		n := bytes.IndexAny(s, " \t\r\n")
		if n == 0 {
			r.space = len(r.cur) > 0
			s = s[1:]
			continue
		}
		if n < 0 {
			n = len(s)
		}
		if !r.has {
			r.begin, r.has = pos, true
		}
		if len(r.cur) < maxMatch {
			if r.space {
				r.cur = append(r.cur, ' ')
			}
			r.cur = append(r.cur, s[:n]...)
		}
		r.space = false
		s = s[n:]
	}
}

// flush ends a line; next is the offset after the tag that ended it.
func (r *htmlReader) flush(next int) {
	if !r.has {
		r.begin = next
	}
	text := valid(string(r.cur))
	if text != "" || len(r.lines) > 0 {
		r.lines = append(r.lines, line{text: text, raw: text, depth: min(len(r.quotes), maxDepth), start: r.begin, next: next})
	}
	r.cur = r.cur[:0]
	r.space, r.has = false, false
}

// breakLine ends a line that has text, so that nested blocks make no blanks.
func (r *htmlReader) breakLine(next int) {
	if len(r.cur) > 0 {
		r.flush(next)
	}
}

func (r *htmlReader) start(z *html.Tokenizer, t html.TokenType, pos, next int) {
	tag := tagName(z.Raw())
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Head, atom.Template, atom.Textarea:
		if r.skip == 0 && t == html.StartTagToken {
			r.skip = tag
		}
		if r.skip == tag {
			r.opened++
		}
		return
	case atom.Body:
		r.skip, r.opened = 0, 0
	}
	if r.skip != 0 {
		return
	}
	var a attributes
	switch tag {
	case atom.Div, atom.Blockquote, atom.A, atom.Br, atom.Table, atom.Hr:
		if _, more := z.TagName(); more {
			a = readAttributes(z)
		}
	}
	switch tag {
	case atom.Br:
		r.flush(next)
		return
	case atom.Td, atom.Th:
		r.space = len(r.cur) > 0
	case atom.A:
		r.mailto, r.linkAt = a.mailto(), len(r.cur)
	default:
		if blockElement(tag) {
			r.breakLine(pos)
		}
	}
	if t == html.SelfClosingTagToken || tag == atom.Hr {
		return
	}
	if tag != atom.Div && tag != atom.Blockquote {
		r.note(&a)
		return
	}
	if client, quotes := a.container(tag); quotes {
		r.quotes = append(r.quotes, container{tag, r.open[tag]})
		r.saw(client)
	} else {
		r.note(&a)
	}
	r.open[tag]++
}

func (r *htmlReader) note(a *attributes) {
	if client, _ := a.container(0); client != "" {
		r.saw(client)
	}
}

func (r *htmlReader) saw(client string) {
	if r.client == "" {
		r.client = client
	}
}

func (r *htmlReader) end(tag atom.Atom, pos, next int) {
	if r.skip != 0 {
		if tag == r.skip {
			if r.opened--; r.opened <= 0 {
				r.skip, r.opened = 0, 0
			}
		}
		return
	}
	switch tag {
	case atom.A:
		r.closeLink()
	case atom.P, atom.Div, atom.Blockquote, atom.Tr:
		r.breakLine(next)
		if tag == atom.P && len(r.lines) > 0 && r.lines[len(r.lines)-1].text != "" {
			r.lines[len(r.lines)-1].next = next
		}
	default:
		if blockElement(tag) {
			r.breakLine(next)
		}
	}
	if tag != atom.Div && tag != atom.Blockquote || r.open[tag] == 0 {
		return
	}
	r.open[tag]--
	for n := len(r.quotes); n > 0 && r.quotes[n-1].tag == tag && r.quotes[n-1].level >= r.open[tag]; n-- {
		r.quotes = r.quotes[:n-1]
	}
}

// closeLink writes the address of a mailto link whose text does not show it:
// Outlook prints only the name of some senders.
func (r *htmlReader) closeLink() {
	address := r.mailto
	r.mailto = ""
	if address == "" || r.linkAt > len(r.cur) {
		return
	}
	if text := r.cur[r.linkAt:]; len(text) > 0 && bytes.IndexByte(text, '@') < 0 && len(r.cur) < maxMatch {
		r.cur = append(r.cur, " <"+address+">"...)
	}
}

func blockElement(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Tr, atom.Table, atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.Hr, atom.H1, atom.H2, atom.H3,
		atom.H4, atom.H5, atom.H6, atom.Pre, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Body, atom.Center,
		atom.Dl, atom.Dt, atom.Dd, atom.Form, atom.Fieldset, atom.Address, atom.Main, atom.Nav, atom.Aside:
		return true
	}
	return false
}

// attributes are those that tell a client's containers.
type attributes struct{ class, id, name, typ, href string }

func readAttributes(z *html.Tokenizer) (a attributes) {
	for more := true; more; {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "class":
			a.class = string(v)
		case "id":
			a.id = string(v)
		case "name":
			a.name = string(v)
		case "type":
			a.typ = string(v)
		case "href":
			if len(v) > 7 && v[6] == ':' {
				a.href = string(v[:min(len(v), maxAddress)])
			}
		}
	}
	return a
}

func (a *attributes) mailto() string {
	if len(a.href) < 7 || !strings.EqualFold(a.href[:7], "mailto:") {
		return ""
	}
	return cleanAddress(a.href)
}

// containers are the classes and ids that clients give to what they quote.
// Those that hold the whole forward count as quotes; the others only tell the
// client.
var containers = []struct {
	word, client string
	quotes       bool
}{
	{"gmail_quote", clientGmail, true}, {"gmail_attr", clientGmail, false},
	{"moz-forward-container", clientThunderbird, true}, {"moz-email-headers-table", clientThunderbird, false},
	{"yahoo_quoted", clientYahoo, true}, {"protonmail_quote", clientProton, true}, {"zmail_extra", clientZoho, true},
	{"divRplyFwdMsg", clientOutlook, false}, {"OutlookMessageHeader", clientOutlook, false}, {"appendonsend", clientOutlook, false},
	{"mail-editor-reference-message-container", clientOutlook, false}, {"ms-outlook-mobile", clientOutlookApp, false},
	{"Apple-interchange-newline", clientApple, false}, {"AppleMailSignature", clientApple, false}, {"composer_signature", clientSamsung, false},
	{"messageReplySection", clientSpark, false}, {"hs_reply", clientHubSpot, false}, {"missive_quote", clientMissive, true},
}

// container tells which client made an element, and whether it holds what was
// quoted.
func (a *attributes) container(tag atom.Atom) (client string, quotes bool) {
	if a.class == "" && a.id == "" && a.name == "" {
		return "", tag == atom.Blockquote && strings.EqualFold(a.typ, "cite")
	}
	for _, c := range containers {
		if strings.Contains(a.class, c.word) || strings.Contains(a.id, c.word) || strings.Contains(a.name, c.word) {
			return c.client, c.quotes && tag != 0
		}
	}
	return "", tag == atom.Blockquote && strings.EqualFold(a.typ, "cite")
}
