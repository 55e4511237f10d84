package brand

import (
	"slices"
	"strings"

	"reportascam/analyze"
)

// ClaimInput is what a reader sees of a message.
type ClaimInput struct {
	DisplayName string   // of From, decoded
	LocalPart   string   // of From's address
	Subject     string   // decoded
	Body        string   // visible text
	Domain      string   // of From's address, lower-case A-labels
	Alts        []string // alternative texts of the images that are shown, in their order
	Links       []string // texts of links, in their order
}

const (
	// maxField bounds what is read of a header field, in octets.
	maxField = 1 << 10
	// maxHead and maxFoot bound what is read of the body: a claim stands in
	// front or in the signature.
	maxHead = 3 << 10
	maxFoot = 1 << 10
	// maxWords bounds the words of one text.
	maxWords = 1500
	// maxTexts bounds the alternative texts, and the link texts, that are read;
	// maxLabel bounds each, in octets.
	maxTexts = 60
	maxLabel = 200
	// maxClaims bounds what is given.
	maxClaims = 20
	// maxClaimText bounds the text of a claim, in octets.
	maxClaimText = 100
	// minStrength is the least strength that is given.
	minStrength = 0.15
)

// Claims gives the brands that a reader would take the message to be from, the
// strongest first, one for each brand and place. Strength says how many readers
// would: 0.9 and more is the sender's name as the brand writes it, 0.5 a name
// that could also be a person's or is only spoken of in the subject, below 0.3
// a mention. Where is display-name, local-part, domain, subject, body (its first
// lines), footer, alt-text or link-text.
func (r *Registry) Claims(in ClaimInput) []analyze.BrandClaim {
	c := &claimer{r: r, best: map[[2]string]int{}}
	c.displayName(cut(in.DisplayName, maxField), in)
	c.localPart(cut(in.LocalPart, maxField), cut(in.DisplayName, maxField))
	c.domain(in.Domain)
	c.subject(cut(in.Subject, maxField))
	c.body(in.Body)
	c.alts(in.Alts)
	c.linkTexts(in.Links)
	slices.SortStableFunc(c.claims, func(a, b analyze.BrandClaim) int {
		switch {
		case a.Strength > b.Strength:
			return -1
		case a.Strength < b.Strength:
			return 1
		case a.Where != b.Where:
			return strings.Compare(a.Where, b.Where)
		}
		return strings.Compare(a.Brand, b.Brand)
	})
	return c.claims[:min(len(c.claims), maxClaims)]
}

// cut gives the first n octets of s, less a broken character.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

type claimer struct {
	r      *Registry
	claims []analyze.BrandClaim
	best   map[[2]string]int // by brand and place: index into claims
}

// add notes a claim; the strongest of a brand and place stays.
func (c *claimer) add(brand int, where, text string, strength float64, disguise bool) {
	if strength < minStrength {
		return
	}
	b := c.r.brands[brand]
	claim := analyze.BrandClaim{Brand: b.Key, Name: b.Name, Where: where, Text: cut(text, maxClaimText), Strength: min(strength, 1), Disguise: disguise}
	key := [2]string{b.Key, where}
	if i, ok := c.best[key]; ok {
		claim.Disguise = claim.Disguise || c.claims[i].Disguise
		if claim.Strength >= c.claims[i].Strength {
			c.claims[i] = claim
		} else {
			c.claims[i].Disguise = claim.Disguise
		}
		return
	}
	c.best[key] = len(c.claims)
	c.claims = append(c.claims, claim)
}
