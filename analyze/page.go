package analyze

// Page is what a reader sees of an HTML part, and where it can take them.
type Page struct {
	Text      string   // the visible text; block elements end lines, white space is collapsed
	Links     []Link   // in the order of the source; Source is "html", "form" or "image" (an image that is loaded, not followed)
	Alts      []string // alternative texts of visible images
	Pictures  []string // data: addresses of the images that stand in the page itself
	Hidden    int      // octets of text that styles hide, white space not counted
	Faint     int      // octets of the visible text in the colour of its ground or too small to read
	Unseen    string   // that text that no reader sees, white space collapsed; previews of newsletters stand there too
	Scripts   []string // scripts, which mail programs do not run and browsers do
	Truncated bool     // a limit was met, and something was left out
	Defects   []string // what was odd, in words
}
