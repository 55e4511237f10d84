package links

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const (
	// maxGathered bounds the links of one original, over all its parts.
	maxGathered = 4000
	// maxHeader bounds where list fields are looked for, in octets.
	maxHeader = 256 << 10
	// maxIndicators bounds the indicators of one original.
	maxIndicators = 1000
)

// Gather gives all links of an original, in the order of text, HTML, header
// and attached files, and its indicators, sorted and without doubles. The
// target inside a link rewriter follows the rewritten link. The same link
// twice is given once. Faults are failures of ours, in words: what the parts
// that they befell hold is not known.
func Gather(o *analyze.Original) (found []analyze.Link, things []analyze.Indicator, faults []string) {
	all := GatherPage(o, ReadHTML(o.HTML))
	return all.Links, all.Indicators, all.Faults
}

// Found is what was gathered of one original.
type Found struct {
	Links      []analyze.Link
	Indicators []analyze.Indicator
	Calls      []string // telephone numbers that it tells its reader to call, sorted; each is an indicator too
	Faults     []string
}

// GatherPage is Gather for whom has read the original's HTML already.
func GatherPage(o *analyze.Original, page Page) Found {
	g := &gatherer{seen: map[linkKey]bool{}, body: o.Text}
	if o.HTML != "" {
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
		for _, l := range FindText(page.Unseen) {
			if pointedAt(l) {
				l.Hidden = true
				g.add(l)
			}
		}
		g.body += "\n" + page.Text
		g.inline(page.Pictures)
	} else {
		g.add(FindText(o.Text)...)
	}
	g.header(o.Raw)
	g.files(o.Attachments, 0)
	g.drawn(o.Text, o.HTML)
	things, calls := indicators(o, g.links, g.body)
	return Found{Links: g.links, Indicators: things, Calls: calls, Faults: g.scans.faults}
}

// pointedAt reports an address with a scheme: a bare name that nobody sees
// leads nowhere.
func pointedAt(l analyze.Link) bool { return strings.Contains(l.URL, "//") }

// listFields hold what a mail program offers as buttons (RFC 2369 section 3,
// RFC 8058 section 3.1).
var listFields = []string{"List-Unsubscribe", "List-Help", "List-Subscribe", "List-Archive", "List-Owner", "List-Post"}

// header notes the addresses that a mail program offers by itself.
func (g *gatherer) header(raw []byte) {
	if !bytes.Contains(raw[:min(len(raw), maxHeader)], []byte("List-")) {
		return
	}
	h, _, _ := eml.ParseHeader(raw)
	for _, name := range listFields {
		for _, l := range FindText(h.Get(name)) {
			if pointedAt(l) {
				l.Source, l.Text = "header", name
				g.add(l)
			}
		}
	}
}

// gatherer collects links once each, up to maxGathered.
type gatherer struct {
	links []analyze.Link
	seen  map[linkKey]bool
	body  string // in which indicators are looked for
	pages int    // attached files that were read
	spent int    // octets of attached files that were read
	scans scans
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

// indicators takes from the links, the addresses, the text and the files what
// the scam can be found by again, and the numbers that are to be called.
func indicators(o *analyze.Original, links []analyze.Link, text string) (things []analyze.Indicator, calls []string) {
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
	findIBANs(text, func(n string) { c.add(analyze.IndicatorIBAN, n) })
	findPhones(text, func(p string) { c.add(analyze.IndicatorPhone, p) })
	findCalls(text, c.call)
	for _, f := range o.Attachments {
		c.add(analyze.IndicatorHash, strings.ToLower(f.SHA256))
	}
	slices.Sort(c.calls)
	return c.sorted(), slices.Compact(c.calls)
}

// collector gathers indicators once each.
type collector struct {
	redact []string
	calls  []string
	set    map[analyze.Indicator]bool
}

func (c *collector) add(kind analyze.IndicatorKind, value string) {
	if value != "" && len(c.set) < maxIndicators {
		c.set[analyze.Indicator{Kind: kind, Value: value}] = true
	}
}

// call adds a number that is to be called.
func (c *collector) call(number string) {
	if number != "" && len(c.calls) < maxIndicators {
		c.add(analyze.IndicatorPhone, number)
		c.calls = append(c.calls, number)
	}
}

// link adds the address, the host and the registrable domain. Images are left
// out: scams load them from the brand itself.
func (c *collector) link(l analyze.Link) {
	switch {
	case l.Source == "image", l.Source == "header":
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
		if tell(l.Text) {
			c.call(normalPhone(rest))
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
