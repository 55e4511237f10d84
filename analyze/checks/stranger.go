package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
	folds "reportascam/analyze/lookalike"
)

// NameStranger: the name that phones show alone has nothing in common with the
// address behind it, nor with where the message wants its reader to go. A
// company's name stands in its domain, a person's in the part before the @.
var NameStranger = analyze.Check{
	Name: "name-stranger", Doc: "the sender's name has nothing in common with its address or with the sites that the message links to",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.4")},
	Find:  nameStranger,
}

const (
	// minNameWord is the shortest word of a name that is compared, in octets.
	minNameWord = 3
	// maxNameWords bounds the words of a name.
	maxNameWords = 20
)

func nameStranger(ev *analyze.Evidence) analyze.Outcome {
	box, host := sender(ev)
	words := nameWords(box.Name)
	switch {
	case host == "" || len(words) == 0:
		return unknown("The sender shows no name to compare with the address.")
	case ev.Domains[host].Free:
		return clear("The address is at a service where anyone can have one.")
	case sendsForOthers(ev, host):
		return clear("The address is at a service that sends for others.")
	case !checkable(ev) && (ev.Domains[host].Sender || ev.Domains[host].Brand != ""):
		return unknown("The address is at a service that sends for others, and the forward lost what would prove it.")
	case fitsName(words, box.Name, box.Address):
		return clear("The sender's name fits the address.")
	}
	led := false
	for _, l := range ev.Links {
		// A mail program that forwards text makes links of what was written out.
		if !followed(l) || l.Source == "text" || l.Text == l.URL {
			continue
		}
		led = true
		if fitsName(words, box.Name, site(ev, l.Host)) {
			return clear("The sender's name fits a site that the message links to.")
		}
	}
	if !led && !checkable(ev) {
		return unknown("The forward kept no links to compare the name with.")
	}
	if !led {
		return clear("The message leads nowhere.")
	}
	return hit(fmt.Sprintf("The sender calls itself %s, which has nothing in common with its address at %s or with the sites that it links to.",
		quote(box.Name), showHost(host)))
}

// sendsForOthers tells of services that are known and proven: their users'
// names stand before their address.
func sendsForOthers(ev *analyze.Evidence, host string) bool {
	from, ok := proven(ev)
	d := ev.Domains[host]
	return ok && from == host && (d.Sender || d.Brand != "")
}

// nameWords gives the words of a name by which it could be recognised, folded.
func nameWords(name string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(folds.Fold(name), isBetween) {
		if len(w) >= minNameWord && len(out) < maxNameWords {
			out = append(out, w)
		}
	}
	return out
}

// fitsName tells whether an address or a site could be that of a name: a word
// of one begins or stands within the other, or the initials do.
func fitsName(words []string, name, address string) bool {
	flat, initials := strings.Join(strings.FieldsFunc(folds.Fold(address), isBetween), ""), ""
	for _, w := range words {
		if strings.Contains(flat, w[:minNameWord]) {
			return true
		}
	}
	for _, w := range strings.Fields(folds.Fold(name)) {
		if w[0] >= 'a' && w[0] <= 'z' {
			initials += w[:1]
		}
	}
	return len(initials) > 1 && strings.Contains(flat, initials)
}

// isBetween reports what stands between the words of folded text.
func isBetween(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
