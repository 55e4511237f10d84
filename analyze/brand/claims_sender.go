package brand

import (
	"slices"
	"strings"

	"reportascam/analyze/links"
)

// displayName weighs the sender's name, where a brand is believed most.
func (c *claimer) displayName(text string, in ClaimInput) {
	if text == "" {
		return
	}
	words, text := c.r.names.read(c.withoutHosts(text), true)
	for _, l := range links.FindText(strings.ReplaceAll(text, "@", " ")) {
		i, ok := c.r.ownerIndex(l.Host)
		// An address at a mail service is anybody's; its name beside a word for
		// its help desk is not.
		if ok && (!c.r.lists.free[links.Registrable(l.Host)] || !strings.Contains(text, "@") && served(words)) {
			c.add(i, "display-name", l.URL, 0.9, false)
		}
	}
	for _, m := range c.r.names.find(words, text, true) {
		c.add(m.brand, "display-name", m.text, nameStrength(words, m, in, text), m.disguised)
	}
	for _, m := range c.r.names.signs(text) {
		c.add(m.brand, "display-name", m.text, 0.9, true)
	}
}

// withoutHosts leaves out the mail services of addresses: anna@gmail.com does
// not say that Google writes.
func (c *claimer) withoutHosts(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	for k, part := range strings.Split(text, "@") {
		if k > 0 {
			host := part[:len(part)-len(strings.TrimLeft(part, hostLetters))]
			if c.r.lists.free[links.Registrable(host)] {
				part = part[len(host):]
			}
			b.WriteByte('@')
		}
		b.WriteString(part)
	}
	return b.String()
}

// hostLetters are the characters of host names.
const hostLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

// served reports a word of those who serve a company's customers.
func served(words []word) bool {
	for _, w := range words {
		switch w.folded {
		case "support", "helpdesk", "help", "desk", "service", "security", "team", "admin", "administrator", "account", "accounts", "it", "webmail", "server", "mail":
			return true
		}
	}
	return false
}

// nameStrength weighs a name within a display name.
func nameStrength(words []word, m match, in ClaimInput, text string) float64 {
	if m.from < 0 {
		return 0.95 // a name in its own script
	}
	rest, service, about := len(words)-(m.to-m.from), 0, false
	for i, w := range words {
		if i < m.from || i >= m.to {
			if isService(w.folded) {
				service++
			}
			about = about || isAbout(w.folded)
		}
	}
	only := service == rest // nothing but service words beside it
	switch {
	case passesOn(words, m.from):
		return 0.35 // "Ann via PayPal"
	case about:
		return 0.4 // "Gmail Test", "Tesla Fan Club"
	case m.exact && words[m.from].disguised && !only:
		return 0 // "D P D": somebody's initials
	case m.alone && !m.disguised && !m.service:
		return commonStrength(words, m, in, only)
	case rest == 0:
		return 1
	case only:
		return 0.95
	case m.disguised:
		return 0.9
	case service > 0 && leads(words, m.from):
		return 0.85
	case isFrom(words, m.from):
		return 0.8 // "Max von Amazon"
	case m.from == 0:
		return 0.75
	case service > 0:
		return 0.7
	case bracketed(text, m):
		return 0.4 // "Ann Example (Microsoft)" tells where she works
	}
	return 0.55
}

// commonStrength weighs a name that is also a common word or a surname.
func commonStrength(words []word, m match, in ClaimInput, only bool) float64 {
	rest := len(words) - (m.to - m.from)
	end := m.to == len(words) || isService(words[m.to].folded)
	switch {
	case rest == 0:
		if ownName(in.LocalPart, words[m.from].folded) {
			return 0.3 // "Chase <chase.m@gmail.com>" is a first name
		}
		return 0.75
	case only:
		return 0.85
	case m.owns && isPossessive(words[m.from].text):
		return 0.75 // "McDonald's Menu"
	case isFrom(words, m.from) && end && upperFirst(words[m.from].text):
		return 0.6 // "Katie from Ledger"
	}
	return 0 // "Emma Orange", "Chase Miller"
}

// ownName reports a local part that begins with the name and has nothing of a
// company about it.
func ownName(local, folded string) bool {
	words := split(strings.NewReplacer("_", " ", "-", " ", "+", " ", ".", " ").Replace(cut(local, maxField)), maxWords)
	if len(words) == 0 || strings.TrimRight(words[0].folded, "0123456789") != folded {
		return false
	}
	for _, w := range words[1:] {
		if isService(w.folded) && strings.Trim(w.folded, "0123456789") != "" {
			return false
		}
	}
	return true
}

// bracketed reports a name in brackets.
func bracketed(text string, m match) bool {
	before := strings.TrimRight(text[:m.start], " ")
	return strings.HasSuffix(before, "(") || strings.HasSuffix(before, "[")
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
// Where a display name stands before it that is nobody's office, readers do not
// see it: gitlab@git.firm.example, paypal@shop.example.
func (c *claimer) localPart(text, display string) {
	hidden := display != "" && !slices.ContainsFunc(split(display, maxWords), func(w word) bool { return isService(w.folded) })
	text = strings.NewReplacer("_", " ", "-", " ", "+", " ", ".", " ").Replace(text)
	words := split(text, maxWords)
	for _, m := range c.r.names.find(words, text, true) {
		if m.from < 0 || m.alone || m.exact || m.end-m.start < minShape {
			continue
		}
		service := m.service
		for i, w := range words {
			service = service || (i < m.from || i >= m.to) && isService(strings.TrimRight(w.folded, "0123456789"))
		}
		if service || len(words) == m.to-m.from && !hidden {
			c.add(m.brand, "local-part", text, 0.6, m.disguised)
		} else {
			c.add(m.brand, "local-part", text, 0.35, m.disguised)
		}
	}
}

// domain weighs the sender's domain: a brand's own, or its name with other
// words. Hosts of a service's customers say nothing of the service.
func (c *claimer) domain(host string) {
	host = links.ASCII(host)
	info := c.r.Info(host)
	if host == "" || info.Free || info.Sender {
		return
	}
	if i, ok := c.r.ownerIndex(host); ok {
		c.add(i, "domain", host, 0.7, false)
		return
	}
	label, _, _ := strings.Cut(info.Domain, ".")
	label = strings.ReplaceAll(label, "-", " ")
	words := split(label, maxWords)
	for _, m := range c.r.names.find(words, label, true) {
		if m.from < 0 || m.alone || m.exact || m.end-m.start < minShape {
			continue
		}
		service := m.service
		for i, w := range words {
			service = service || (i < m.from || i >= m.to) && isService(w.folded)
		}
		switch {
		case service || m.disguised:
			c.add(m.brand, "domain", host, 0.7, m.disguised) // paypal-secure
		case len(words) == m.to-m.from:
			// Its name under another suffix is a site of its own that we do not
			// know as often as it is a fake; resemblance is told elsewhere.
			c.add(m.brand, "domain", host, 0.45, false)
		default:
			c.add(m.brand, "domain", host, 0.4, false)
		}
	}
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
