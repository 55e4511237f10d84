package links

import (
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"reportascam/analyze"
)

const (
	// maxGathered bounds the links of one original, over all its parts.
	maxGathered = 4000
	// maxIndicators bounds the indicators of one original.
	maxIndicators = 1000
	// maxAttachment bounds what is read of one attached page, in octets.
	maxAttachment = maxHTML
	// maxPages bounds the attached pages that are read.
	maxPages = 10
)

// Gather gives all links of an original, in the order of text, HTML and
// attached pages, and its indicators, sorted and without doubles. The target
// inside a link rewriter follows the rewritten link. The same link twice is
// given once.
func Gather(o *analyze.Original) ([]analyze.Link, []analyze.Indicator) {
	g := &gatherer{seen: map[linkKey]bool{}}
	var visible string
	if o.HTML != "" {
		page := ReadHTML(o.HTML)
		visible = page.Text
		// Text that shows one host inside a link to another is no way to get
		// to the first, so plain text that repeats it is left out.
		shown := map[string]bool{}
		for _, l := range page.Links {
			if l.Shown != "" {
				shown[l.Shown] = true
			}
		}
		for _, text := range []string{o.Text, page.Text} {
			for _, l := range FindText(text) {
				if !shown[l.Host] {
					g.add(l)
				}
			}
		}
		g.add(page.Links...)
	} else {
		g.add(FindText(o.Text)...)
	}
	g.attachments(o.Attachments)
	return g.links, indicators(o, g.links, o.Text+"\n"+visible)
}

// gatherer collects links once each, up to maxGathered.
type gatherer struct {
	links []analyze.Link
	seen  map[linkKey]bool
}

// linkKey is what makes two links the same to a reader.
type linkKey struct {
	url, text, source string
	hidden, passed    bool
}

func (g *gatherer) add(links ...analyze.Link) {
	for _, l := range links {
		key := linkKey{l.URL, l.Text, l.Source, l.Hidden, len(l.Via) > 0}
		if g.seen[key] || len(g.links) >= maxGathered {
			continue
		}
		g.seen[key] = true
		g.links = append(g.links, l)
		if target, ok := Unwrap(l); ok {
			g.add(target)
		}
	}
}

// attachments reads attached pages: opening one is following a link.
func (g *gatherer) attachments(files []analyze.Attachment) {
	pages := 0
	for _, f := range files {
		if !isPage(f) || pages >= maxPages {
			continue
		}
		pages++
		for _, l := range ReadHTML(pageText(f.Content)).Links {
			if l.Source != "image" {
				l.Source = "attachment"
				g.add(l)
			}
		}
	}
}

func isPage(f analyze.Attachment) bool {
	switch f.MediaType {
	case "text/html", "application/xhtml+xml":
		return true
	}
	name := strings.ToLower(strings.TrimSpace(f.Name))
	for _, ext := range []string{".htm", ".html", ".shtml", ".xhtml", ".xht", ".hta"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// pageText gives a file's text: UTF-16 where a byte order mark says so, else
// as it is. Tags and addresses are ASCII in every other charset in use.
func pageText(b []byte) string {
	if len(b) > maxAttachment {
		b = b[:maxAttachment]
	}
	var order binary.ByteOrder
	switch {
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		order = binary.LittleEndian
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		order = binary.BigEndian
	default:
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// indicators takes from the links, the addresses, the text and the files what
// the scam can be found by again.
func indicators(o *analyze.Original, links []analyze.Link, text string) []analyze.Indicator {
	c := &collector{redact: redactions(o.Redact), set: map[analyze.Indicator]bool{}}
	for _, l := range links {
		c.link(l)
	}
	for _, boxes := range [][]analyze.Mailbox{o.From, o.ReplyTo} {
		for _, m := range boxes {
			c.address(m.Address)
		}
	}
	if len(text) > maxFindText {
		text = text[:maxFindText]
	}
	findAddresses(text, c.address)
	findWallets(text, func(w string) { c.add(analyze.IndicatorWallet, w) })
	findPhones(text, func(p string) { c.add(analyze.IndicatorPhone, p) })
	for _, f := range o.Attachments {
		c.add(analyze.IndicatorHash, strings.ToLower(f.SHA256))
	}
	return c.sorted()
}

// collector gathers indicators once each.
type collector struct {
	redact []string
	set    map[analyze.Indicator]bool
}

func (c *collector) add(kind analyze.IndicatorKind, value string) {
	if value != "" && len(c.set) < maxIndicators {
		c.set[analyze.Indicator{Kind: kind, Value: value}] = true
	}
}

// link adds the address, the host and the registrable domain. Images are left
// out: scams load them from the brand itself.
func (c *collector) link(l analyze.Link) {
	switch {
	case l.Source == "image":
	case l.Scheme == "mailto":
		_, rest, _ := strings.Cut(l.URL, ":")
		rest, _, _ = strings.Cut(rest, "?")
		if plain, err := url.PathUnescape(rest); err == nil {
			c.address(plain)
		}
	case l.Scheme == "tel":
		_, rest, _ := strings.Cut(l.URL, ":")
		if !strings.HasPrefix(rest, "+") && len(rest) == len("18005550100") && rest[0] == '1' {
			rest = "+" + rest
		}
		c.add(analyze.IndicatorPhone, normalPhone(rest))
	case l.Host == "":
	case isIP(l.Host):
		c.add(analyze.IndicatorIP, l.Host)
		c.url(l)
	default:
		c.add(analyze.IndicatorDomain, l.Host)
		c.add(analyze.IndicatorDomain, Registrable(l.Host))
		c.url(l)
	}
}

// url adds the address as browsers normalise it, without its fragment, which
// never reaches the server and often names the victim.
func (c *collector) url(l analyze.Link) {
	s := l.URL
	if !strings.Contains(s, "//") {
		s = "https://" + s
	}
	href, ok := normal(s)
	if !ok {
		return
	}
	href, _, _ = strings.Cut(href, "#")
	for _, own := range c.redact {
		href = replaceFold(href, own, "redacted")
	}
	c.add(analyze.IndicatorURL, href)
}

// address adds a mail address and its domain, unless it is the reporter's.
func (c *collector) address(s string) {
	s = strings.ToLower(strings.TrimSpace(s))
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || len(s) > maxHost+1+64 || slices.Contains(c.redact, s) {
		return
	}
	domain := ASCII(s[at+1:])
	if domain == "" {
		return
	}
	c.add(analyze.IndicatorAddress, s[:at+1]+domain)
	c.add(analyze.IndicatorDomain, Registrable(domain))
}

func (c *collector) sorted() []analyze.Indicator {
	out := make([]analyze.Indicator, 0, len(c.set))
	for i := range c.set {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b analyze.Indicator) int {
		if a.Kind != b.Kind {
			return strings.Compare(string(a.Kind), string(b.Kind))
		}
		return strings.Compare(a.Value, b.Value)
	})
	return out
}

// redactions gives the forms in which scams write their victim's address into
// links.
func redactions(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		a = strings.ToLower(strings.TrimSpace(a))
		if len(a) < 3 {
			continue
		}
		out = append(out, a, url.QueryEscape(a), base64.RawURLEncoding.EncodeToString([]byte(a)), base64.RawStdEncoding.EncodeToString([]byte(a)))
	}
	return out
}

// replaceFold replaces every old in s, in any case of ASCII letters.
func replaceFold(s, old, with string) string {
	lower := strings.ToLower(s)
	old = strings.ToLower(old)
	if old == "" || len(lower) != len(s) || !strings.Contains(lower, old) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(lower, old)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i] + with)
		s, lower = s[i+len(old):], lower[i+len(old):]
	}
}
