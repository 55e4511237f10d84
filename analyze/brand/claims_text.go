package brand

import (
	"strings"
)

// subject weighs mentions in the subject.
func (c *claimer) subject(text string) {
	words, text := c.r.names.read(text, false)
	reply := isReply(text)
	for _, m := range c.r.names.signs(text) {
		c.add(m.brand, "subject", m.text, 0.7, true)
	}
	for _, m := range c.r.names.find(words, text, false) {
		strength := 0.45
		switch {
		case m.from < 0:
			strength = 0.55
		case m.alone && !m.disguised:
			// Only beside a word that makes it the company's: "Chase alert".
			if m.to >= len(words) || !isService(words[m.to].folded) || !upperFirst(words[m.from].text) {
				continue
			}
			strength = 0.3
		case m.from > 0 && spokenOf(words, m.from):
			strength = 0.2
		case about(words, m):
			strength = 0.3
		case m.from == 0 || strings.HasPrefix(text[m.end:], "]") || strings.HasPrefix(text[m.end:], ":"):
			strength = 0.6
		}
		if reply {
			strength -= 0.3 // a conversation about it
		}
		if m.disguised {
			strength += 0.3
		}
		c.add(m.brand, "subject", m.text, strength, m.disguised)
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

// about reports a name beside a word of those who only speak of it.
func about(words []word, m match) bool {
	return m.to < len(words) && isAbout(words[m.to].folded)
}

// body weighs mentions in the first lines and in the last.
func (c *claimer) body(text string) {
	head := cut(text, maxHead)
	c.part(head, "body")
	if len(text) > maxHead {
		c.part(strings.ToValidUTF8(text[max(maxHead, len(text)-maxFoot):], ""), "footer")
	}
}

// firstLines is how far the greeting and the first sentence reach, in octets.
const firstLines = 400

// part weighs one part of the body: its head, or its foot.
func (c *claimer) part(text, where string) {
	words, text := c.r.names.read(text, false)
	found := c.r.names.find(words, text, false)
	count := map[int]int{}
	for _, m := range found {
		count[m.brand]++
	}
	for k, m := range found {
		if m.alone && !m.disguised && !(where == "footer" && isSigned(text, m, words)) {
			continue
		}
		strength, place := 0.25, where
		if where == "body" && m.start < firstLines {
			strength = 0.35
		}
		switch {
		case isTrademark(text, m):
			strength = 0.1 // "… is a trademark of Apple Inc."
		case isSigned(text, m, words) && (where == "footer" || isRightsLine(text, m)):
			strength, place = 0.5, "footer"
		case isSigned(text, m, words):
			strength = 0.4
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
		c.add(m.brand, place, m.text, strength, m.disguised)
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
	if isRightsLine(text, m) {
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

// isRightsLine reports a name behind a sign of copyright.
func isRightsLine(text string, m match) bool {
	before := text[max(0, m.start-30):m.start]
	return strings.Contains(before, "©") || strings.Contains(strings.ToLower(before), "copyright") || strings.Contains(before, "(c)")
}

// legalReach is how far around a name a line on trademarks reaches, in octets.
const legalReach = 100

// isTrademark reports a name in a line on whose trademarks are used.
func isTrademark(text string, m match) bool {
	around := strings.ToLower(text[max(0, m.start-legalReach):min(len(text), m.end+legalReach)])
	for _, w := range []string{"trademark", "trade mark", "service mark", "markenzeichen", "marques", "warenzeichen", "marca registrada", "marcas registradas"} {
		if strings.Contains(around, w) {
			return true
		}
	}
	return false
}

// alts weighs the alternative texts of images: a logo tells who writes, to the
// eye and where images are blocked. Only the first that names a brand is a
// letterhead; later ones are buttons, badges and what is on sale.
func (c *claimer) alts(texts []string) {
	first := true
	for k, text := range texts[:min(len(texts), maxTexts)] {
		text = cut(strings.TrimSpace(text), maxLabel)
		words, text := c.r.names.read(text, false)
		for _, m := range c.r.names.find(words, text, false) {
			rest := len(words) - (m.to - m.from)
			logo := rest == 0 || rest <= 2 && hasLogo(words)
			strength := 0.2
			switch sector := c.r.brands[m.brand].Sector; {
			case m.alone && !(logo && hasLogo(words)):
				continue
			case isBadge(words), !first, k >= maxHeads:
			case logo && sector != "social" && sector != "streaming" || hasLogo(words):
				strength = 0.55
			case logo && k == 0:
				strength = 0.45
			default:
				strength = 0.3
			}
			if m.disguised {
				strength += 0.2
			}
			c.add(m.brand, "alt-text", m.text, strength, m.disguised)
			first = false
		}
	}
}

// maxHeads is among how many images the letterhead is looked for.
const maxHeads = 3

// hasLogo reports the word that names a picture as the sender's sign.
func hasLogo(words []word) bool {
	for _, w := range words {
		switch w.folded {
		case "logo", "logotype", "wordmark", "brand", "header":
			return true
		}
	}
	return false
}

// isBadge reports the signs of shops for apps, and of networks to follow.
func isBadge(words []word) bool {
	for _, w := range words {
		switch w.folded {
		case "download", "get", "store", "play", "follow", "like", "share", "us", "icon", "appstore", "badge", "available", "scarica", "laden", "telecharger", "disponible":
			return true
		}
	}
	return false
}

// linkTexts weighs the words of links and buttons: "Sign in to PayPal".
func (c *claimer) linkTexts(texts []string) {
	for _, text := range texts[:min(len(texts), maxTexts)] {
		words, text := c.r.names.read(cut(text, maxLabel), false)
		if len(words) > maxButton {
			continue // a sentence, which the body has too
		}
		for _, m := range c.r.names.find(words, text, false) {
			if m.alone && !m.disguised || isBadge(words) {
				continue
			}
			strength := 0.2
			for i, w := range words {
				if (i < m.from || i >= m.to) && isService(w.folded) {
					strength = 0.3
				}
			}
			if m.disguised {
				strength += 0.3
			}
			c.add(m.brand, "link-text", m.text, strength, m.disguised)
		}
	}
}

// maxButton is how many words a button has at most.
const maxButton = 8
