package brand

import (
	"slices"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// ClaimInput is what a reader sees of a message.
type ClaimInput struct {
	DisplayName string // of From, decoded
	LocalPart   string // of From's address
	Subject     string // decoded
	Body        string // visible text
	Domain      string // of From's address, lower-case A-labels
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
// a mention. Where is display-name, local-part, domain, subject or body.
func (r *Registry) Claims(in ClaimInput) []analyze.BrandClaim {
	c := &claimer{r: r, best: map[[2]string]int{}}
	c.displayName(cut(in.DisplayName, maxField), in)
	c.localPart(cut(in.LocalPart, maxField))
	c.domain(in.Domain)
	c.subject(cut(in.Subject, maxField))
	c.body(in.Body)
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

// displayName weighs the sender's name, where a brand is believed most.
func (c *claimer) displayName(text string, in ClaimInput) {
	if text == "" {
		return
	}
	for _, l := range links.FindText(strings.ReplaceAll(text, "@", " ")) {
		if i, ok := c.r.ownerIndex(l.Host); ok && !c.r.lists.free[links.Registrable(l.Host)] {
			c.add(i, "display-name", l.URL, 0.9, false)
		}
	}
	words := respace(split(text, maxWords), text)
	for _, m := range c.r.names.find(words, text) {
		c.add(m.brand, "display-name", text[m.start:m.end], nameStrength(words, m, in), m.disguised)
	}
}

// nameStrength weighs a name within a display name.
func nameStrength(words []word, m match, in ClaimInput) float64 {
	if m.from < 0 {
		return 0.95 // a name in its own script
	}
	rest, service := len(words)-(m.to-m.from), 0
	for i, w := range words {
		if (i < m.from || i >= m.to) && isService(w.folded) {
			service++
		}
	}
	switch {
	case m.from > 0 && spokenOf(words, m.from):
		return 0.35 // "Ann via PayPal"
	case m.alone && rest == 0:
		// "Chase <chase@gmail.com>" is a first name.
		if strings.EqualFold(strings.Trim(in.LocalPart, "0123456789._-"), words[m.from].text) {
			return 0.3
		}
		return 0.75
	case m.alone && service == rest:
		return 0.85
	case m.alone:
		return 0 // "Emma Orange", "Chase Miller"
	case rest == 0:
		return 1
	case service == rest:
		return 0.95
	case m.disguised:
		return 0.9
	case service > 0 && leads(words, m.from):
		return 0.85
	case rest == 1 && m.to-m.from == 1 && !m.joined && m.from == 1:
		return 0.4 // "Maria Santander"
	case m.from == 0:
		return 0.75
	}
	return 0.5
}

// leads reports that nothing but service words stands before word i.
func leads(words []word, i int) bool {
	for _, w := range words[:i] {
		if !isService(w.folded) {
			return false
		}
	}
	return true
}

// localPart weighs the part before the @: service.paypal@…
func (c *claimer) localPart(text string) {
	words := split(strings.NewReplacer("_", " ", "-", " ", "+", " ").Replace(text), maxWords)
	for _, m := range c.r.names.find(words, text) {
		if m.from < 0 || m.alone || m.exact || m.end-m.start < minShape {
			continue
		}
		service := 0
		for i, w := range words {
			if (i < m.from || i >= m.to) && isService(strings.TrimRight(w.folded, "0123456789")) {
				service++
			}
		}
		switch rest := len(words) - (m.to - m.from); {
		case rest == 0, service > 0:
			c.add(m.brand, "local-part", text, 0.6, m.disguised)
		default:
			c.add(m.brand, "local-part", text, 0.35, m.disguised)
		}
	}
}

// domain weighs the sender's domain: a brand's own, or its name with other
// words.
func (c *claimer) domain(host string) {
	host = links.ASCII(host)
	if host == "" || c.r.lists.free[host] {
		return
	}
	if i, ok := c.r.ownerIndex(host); ok {
		c.add(i, "domain", host, 0.9, false)
		return
	}
	label, _, _ := strings.Cut(links.Registrable(host), ".")
	words := split(strings.ReplaceAll(label, "-", " "), maxWords)
	for _, m := range c.r.names.find(words, label) {
		if m.from >= 0 && !m.alone && !m.exact && m.end-m.start >= minShape {
			c.add(m.brand, "domain", host, 0.7, m.disguised)
		}
	}
}

// subject weighs mentions in the subject.
func (c *claimer) subject(text string) {
	words := respace(split(text, maxWords), text)
	reply := isReply(text)
	for _, m := range c.r.names.find(words, text) {
		strength := 0.45
		switch {
		case m.from < 0:
			strength = 0.55
		case m.alone:
			// Only beside a word that makes it the company's: "Chase alert".
			if m.to >= len(words) || !isService(words[m.to].folded) || !upperFirst(words[m.from].text) {
				continue
			}
			strength = 0.3
		case m.from > 0 && spokenOf(words, m.from):
			strength = 0.2
		case m.from == 0 || strings.HasPrefix(text[m.end:], "]") || strings.HasPrefix(text[m.end:], ":"):
			strength = 0.6
		}
		if reply {
			strength -= 0.3 // a conversation about it
		}
		if m.disguised {
			strength += 0.3
		}
		c.add(m.brand, "subject", text[m.start:m.end], strength, m.disguised)
	}
}

// isReply reports answers, forwards and the tags of mailing lists.
func isReply(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, p := range []string{"re:", "aw:", "antw:", "sv:", "r:", "fw:", "fwd:", "wg:", "tr:"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	if tag, rest, ok := strings.Cut(s, "]"); ok && strings.HasPrefix(tag, "[") {
		return strings.TrimSpace(rest) != "" && strings.ContainsAny(tag, "-_") || isReply(rest) && len(rest) < len(subject)
	}
	return false
}

// body weighs mentions in the first lines and in the last.
func (c *claimer) body(text string) {
	head := cut(text, maxHead)
	c.part(head, 0)
	if len(text) > maxHead {
		c.part(strings.ToValidUTF8(text[max(maxHead, len(text)-maxFoot):], ""), maxHead)
	}
}

// firstLines is how far the greeting and the first sentence reach, in octets.
const firstLines = 400

// part weighs one part of the body, which begins at offset.
func (c *claimer) part(text string, offset int) {
	words := respace(split(text, maxWords), text)
	found := c.r.names.find(words, text)
	count := map[int]int{}
	for _, m := range found {
		count[m.brand]++
	}
	for k, m := range found {
		if m.alone {
			continue
		}
		strength := 0.25
		if offset+m.start < firstLines {
			strength = 0.35
		}
		switch {
		case isSigned(text, m, words):
			strength = 0.5
		case c.social(found, k) && !m.disguised:
			strength = 0.1 // "follow us on …"
		case m.from > 0 && spokenOf(words, m.from):
			strength = 0.15
		}
		if count[m.brand] >= 3 {
			strength += 0.1
		}
		if m.disguised {
			strength += 0.3
		}
		c.add(m.brand, "body", text[m.start:m.end], strength, m.disguised)
	}
}

// social reports a network that is named among others, as in footers.
func (c *claimer) social(found []match, k int) bool {
	is := func(i int) bool {
		if i < 0 || i >= len(found) {
			return false
		}
		switch c.r.brands[found[i].brand].Sector {
		case "social", "streaming":
			return true
		}
		return false
	}
	near := func(i, j int) bool {
		if i < 0 || j >= len(found) {
			return false
		}
		return found[i].brand != found[j].brand && found[j].start-found[i].end < 40
	}
	return is(k) && (is(k-1) && near(k-1, k) || is(k+1) && near(k, k+1))
}

// isSigned reports a name in a signature: © 2026 PayPal, PayPal Inc., the
// PayPal team.
func isSigned(text string, m match, words []word) bool {
	before := text[max(0, m.start-30):m.start]
	if strings.Contains(before, "©") || strings.Contains(strings.ToLower(before), "copyright") || strings.Contains(before, "(c)") {
		return true
	}
	if m.from < 0 || m.to >= len(words) {
		return false
	}
	switch words[m.to].folded {
	case "inc", "llc", "ltd", "limited", "gmbh", "ag", "team", "sarl", "plc", "corporation", "corp", "support", "security", "kundenservice":
		return words[m.to].start-m.end <= maxGap
	}
	return false
}

// ownerIndex is Owner's index.
func (r *Registry) ownerIndex(host string) (int, bool) {
	for h := range parents(links.ASCII(host)) {
		if i, ok := r.owners[h]; ok {
			return i, true
		}
	}
	return 0, false
}
