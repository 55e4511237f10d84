package checks

import (
	"fmt"
	"slices"

	"reportascam/analyze"
	folds "reportascam/analyze/lookalike"
)

// BrandProven speaks for a message: its From domain is the claimed brand's,
// and authentication proves it.
var BrandProven = analyze.Check{
	Name: "brand-proven", Doc: "the brand that the message shows is the one that is proven to have sent it",
	Cites: []analyze.Cite{analyze.RFC(9989, "4.4")},
	Find:  brandProven,
}

func brandProven(ev *analyze.Evidence) analyze.Outcome {
	c, ok := claim(ev)
	if !ok {
		return clear("The message does not name a brand that we know.")
	}
	from, ok := proven(ev)
	if !ok {
		return unknown(fmt.Sprintf("Nothing proves that %s sent this message.", c.Name))
	}
	if owner(ev, from) != c.Brand {
		return clear(fmt.Sprintf("The proven sender %s is not known to belong to %s.", showHost(from), c.Name))
	}
	return hit(fmt.Sprintf("The message really comes from %s, which belongs to %s.", showHost(from), c.Name))
}

// BrandMismatch is the deciding question: whom does it claim to be, and is
// the sending domain theirs?
var BrandMismatch = analyze.Check{
	Name: "brand-mismatch", Doc: "the message shows a brand's name, and its From domain is not the brand's",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2"), "brand registry"},
	Find:  brandMismatch,
}

func brandMismatch(ev *analyze.Evidence) analyze.Outcome {
	c, ok := asSender(ev)
	if !ok {
		return clear("The sender does not take a name that we know.")
	}
	box, host := sender(ev)
	if host == "" {
		return unknown(fmt.Sprintf("The message names %s, but it has no readable sender address.", c.Name))
	}
	if isPostmaster(box.Address) && ev.Domains[host].Free {
		return unknown(fmt.Sprintf("The message comes from the postmaster of %s.", showHost(host)))
	}
	if owner(ev, host) != "" {
		return clear(fmt.Sprintf("The sender address is at %s, a known brand's own domain.", showHost(host)))
	}
	if sendsFor(ev, host, c) {
		return clear(fmt.Sprintf("The sender address is at %s, which is known to send for %s.", showHost(host), c.Name))
	}
	if by := signer(ev, c); by != "" {
		return clear(fmt.Sprintf("The message is signed by %s, which belongs to %s.", showHost(by), c.Name))
	}
	if house(ev, c) {
		return unknown(fmt.Sprintf("The sender address is at %s, which may be one of the many houses of %s.", showHost(host), c.Name))
	}
	return hit(fmt.Sprintf("The message says that it is from %s, but its address is at %s, which does not belong to %s.",
		c.Name, showHost(host), c.Name))
}

// house tells whether the message may be of one of the many houses of a brand,
// which are not all known: the sender's domain is built as theirs are, is not
// found unproven, and resembles nothing.
func house(ev *analyze.Evidence, c analyze.BrandClaim) bool {
	from := fromDomain(ev)
	return ev.Domains[from].House == c.Brand && unauthenticated(ev).Status != analyze.Hit && ev.Auth.DMARC().Result != analyze.ResultFail &&
		!slices.ContainsFunc(ev.Resemblances, func(r analyze.Resemblance) bool { return r.Where == "from" && r.Technique != folds.TechniqueTLD })
}

// sendsFor tells whether the brand names the host's owner as one that sends
// for it. That excuses the address and proves nothing: others send from there
// too.
func sendsFor(ev *analyze.Evidence, host string, c analyze.BrandClaim) bool {
	return slices.Contains(ev.Domains[host].SendsFor, c.Brand)
}

// signer gives the brand's own domain that signed the message, author and all,
// where one did: the brand wrote it, whatever address it put there.
func signer(ev *analyze.Evidence, c analyze.BrandClaim) string {
	for _, r := range ev.Auth.Results {
		if r.Method == analyze.MethodDKIM && r.Result == analyze.ResultPass && r.Witness != analyze.WitnessClaimed && owner(ev, r.Domain) == c.Brand {
			return r.Domain
		}
	}
	return ""
}

// BrandMention is a brand in subject or text only, from somebody else. News,
// mailing lists and shops do it too, so that it weighs little by itself.
var BrandMention = analyze.Check{
	Name: "brand-mention", Doc: "subject or text speak as a brand, and the From domain is not the brand's",
	Cites: []analyze.Cite{"brand registry"},
	Find:  brandMention,
}

func brandMention(ev *analyze.Evidence) analyze.Outcome {
	if _, ok := asSender(ev); ok {
		return clear("The sender takes a name of its own.")
	}
	c, ok := claim(ev)
	if !ok {
		return clear("The message does not name a brand that we know.")
	}
	host := fromDomain(ev)
	if host == "" {
		return unknown(fmt.Sprintf("The message names %s, but it has no readable sender address.", c.Name))
	}
	if owner(ev, host) != "" {
		return clear(fmt.Sprintf("The sender address is at %s, a known brand's own domain.", showHost(host)))
	}
	if sendsFor(ev, host, c) || signer(ev, c) != "" {
		return clear(fmt.Sprintf("%s lets this message be sent for it.", c.Name))
	}
	if house(ev, c) {
		return unknown(fmt.Sprintf("The sender may be one of the many houses of %s.", c.Name))
	}
	return hit(fmt.Sprintf("The message speaks of %s, but its address is at %s.", c.Name, showHost(host)))
}

// BrandSpoofed finds a brand's own domain in From that authentication denies.
var BrandSpoofed = analyze.Check{
	Name: "brand-spoofed", Doc: "the From domain is a known brand's, and authentication says that the brand did not send it",
	Cites: []analyze.Cite{analyze.RFC(9989, "4.7")},
	Find:  brandSpoofed,
}

func brandSpoofed(ev *analyze.Evidence) analyze.Outcome {
	host := fromDomain(ev)
	if owner(ev, host) == "" {
		return clear("The sender address is not at a known brand's domain.")
	}
	if _, ok := proven(ev); ok {
		return clear(fmt.Sprintf("The sender address at %s is proven.", showHost(host)))
	}
	if ev.Auth.DMARC().Result == analyze.ResultFail {
		return hit(fmt.Sprintf("The sender address shows %s, but the message was not sent by them.", showHost(host)))
	}
	return unknown(fmt.Sprintf("The sender address shows %s; whether they sent it could not be checked.", showHost(host)))
}

// BrandDisguised finds a brand's name written so that filters do not see it.
var BrandDisguised = analyze.Check{
	Name: "brand-disguised", Doc: "a brand's name is written with look-alike or invisible characters",
	Cites: []analyze.Cite{"Unicode UTS 39 section 4"},
	Find:  brandDisguised,
}

func brandDisguised(ev *analyze.Evidence) analyze.Outcome {
	from := owner(ev, fromDomain(ev))
	for _, c := range ev.Claims {
		if c.Brand == from {
			continue // brands themselves put such characters in, against links made of their name
		}
		if c.Disguise && c.Strength >= analyze.BelievableClaim && c.Where != "body" && c.Where != "footer" && c.Where != "domain" {
			return hit(fmt.Sprintf("The name %s is written with look-alike characters, as %s.", c.Name, quote(c.Text)))
		}
	}
	return clear("No brand's name is disguised.")
}

// BrandFreeMail finds a brand's name on an address that anyone can get.
var BrandFreeMail = analyze.Check{
	Name: "brand-free-mail", Doc: "a brand's name on an address of a free mail service",
	Cites: []analyze.Cite{"list of free mail domains"},
	Find:  brandFreeMail,
}

func brandFreeMail(ev *analyze.Evidence) analyze.Outcome {
	c, ok := asSender(ev)
	box, host := sender(ev)
	if !ok || host == "" || isPostmaster(box.Address) {
		return clear("No brand's name stands on a free mail address.")
	}
	if !ev.Domains[host].Free || owner(ev, host) == c.Brand {
		return clear("The sender address is not of a free mail service.")
	}
	return hit(fmt.Sprintf("%s does not write from %s, where anyone can open an address.", c.Name, showHost(host)))
}

// BrandLinks asks where the links of a message in a brand's name lead.
var BrandLinks = analyze.Check{
	Name: "brand-links", Doc: "a message in a brand's name links to other places and never to the brand",
	Cites: []analyze.Cite{"brand registry"},
	Find:  brandLinks,
}

func brandLinks(ev *analyze.Evidence) analyze.Outcome {
	c, ok := asSender(ev)
	if !ok {
		return clear("The sender does not take a name that we know.")
	}
	elsewhere := ""
	for _, l := range ev.Links {
		if !followed(l) {
			continue
		}
		if owner(ev, l.Host) == c.Brand {
			return clear(fmt.Sprintf("The message links to %s itself.", c.Name))
		}
		if elsewhere == "" && !ev.Domains[l.Host].Sender {
			elsewhere = l.Host
		}
	}
	if elsewhere == "" {
		return clear("The message has no link that leads elsewhere.")
	}
	if owner(ev, fromDomain(ev)) != "" {
		return clear("The sender address is at a known brand's domain.")
	}
	if house(ev, c) {
		return unknown(fmt.Sprintf("The sender may be one of the many houses of %s.", c.Name))
	}
	return hit(fmt.Sprintf("The message names %s, but no link leads there; one leads to %s.", c.Name, showHost(elsewhere)))
}
