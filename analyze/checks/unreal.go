package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// FromUnreal: no mail can come from the domain that the sender shows, because
// no such domain can be had. Honest programs are set up with a real one.
var FromUnreal = analyze.Check{
	Name: "from-unreal", Doc: "the sender's address is at a name that no domain can have",
	Cites: []analyze.Cite{analyze.RFC(5321, "2.3.5"), analyze.RFC(1035, "2.3.1"), "public suffix list"},
	Find:  fromUnreal,
}

func fromUnreal(ev *analyze.Evidence) analyze.Outcome {
	if ev.Original == nil || len(ev.Original.From) == 0 {
		return unknown("The message has no readable sender.")
	}
	address := ev.Original.From[0].Address
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return unknown("The sender shows no address.")
	}
	domain := strings.Trim(address[at+1:], " \t")
	if domain == "" || strings.HasPrefix(domain, "[") {
		return unknown("The sender's address names no domain.")
	}
	host := links.ASCII(domain)
	if isHost(host) && (links.Listed(host) && strings.Contains(host, ".") || withinHouse(host)) {
		return clear("The sender's address is at a domain that can exist.")
	}
	return hit(fmt.Sprintf("The sender's address is at %s, a name that no real domain can have.", quote(domain)))
}

// withinHouse tells names that are used inside a house, by RFC 2606, RFC 6761,
// RFC 6762 and custom: a machine's own mail has them.
func withinHouse(host string) bool {
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "localhost", "localdomain", "local", "lan", "home", "internal", "intranet", "corp", "test", "example", "invalid":
		return true
	}
	return false
}
