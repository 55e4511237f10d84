package links

import "reportascam/analyze"

// Page is what a reader sees of an HTML part, and where it can take them.
type Page struct {
	Text      string         // the visible text; block elements end lines
	Links     []analyze.Link // in the order of the source
	Truncated bool           // a limit was met, the rest was not read
	Defects   []string       // what was odd, in words
}

// ReadHTML gives the visible text and the links of an HTML part.
func ReadHTML(src string) Page { return Page{} }

// FindText gives the addresses that stand in plain text, refanged.
func FindText(text string) []analyze.Link { return nil }

// Gather gives all links of an original, and its indicators.
func Gather(o *analyze.Original) ([]analyze.Link, []analyze.Indicator) { return nil, nil }

// ParseURL parses as browsers do.
func ParseURL(s string) (analyze.Link, bool) { return analyze.Link{}, false }

// Registrable gives the registrable domain of a host.
func Registrable(host string) string { return "" }

// Defang makes an address unclickable.
func Defang(s string) string { return s }
