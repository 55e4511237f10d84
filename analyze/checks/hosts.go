package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// LinkShortener: a link whose address does not say where it leads.
var LinkShortener = analyze.Check{
	Name: "link-shortener", Doc: "a link goes by a shortener, so that nobody sees where it leads",
	Cites: []analyze.Cite{"list of shorteners"},
	Find:  linkShortener,
}

func linkShortener(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		return ev.Domains[l.Host].Shortener && !ours(ev, l.Host)
	})
	if !ok {
		return noLink(ev, "No link goes by a shortener.")
	}
	return unless(ev, "The proven sender answers for its short links.", hit(fmt.Sprintf("A link goes by %s, which hides where it leads.", showHost(l.Host))))
}

// LinkFreeHost: a page that anyone can put up in minutes, in mail for which
// nobody answers.
var LinkFreeHost = analyze.Check{
	Name: "link-free-host", Doc: "a link leads to a page that anyone can put up, and nobody answers for the message",
	Cites: []analyze.Cite{"public suffix list, private section", "list of hosts for anyone's pages"},
	Find:  linkFreeHost,
}

func linkFreeHost(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		return onPage(ev, l.Host) && !onForm(ev, l) && !ours(ev, l.Host)
	})
	if !ok {
		return noLink(ev, "No link leads to a page that anyone can put up.")
	}
	return unless(ev, "The proven sender answers for the pages it links to.", hit(fmt.Sprintf("A link leads to %s, where anyone can put a page or a file.", showHost(l.Host))))
}

// LinkFormBuilder: a form that anyone can put up.
var LinkFormBuilder = analyze.Check{
	Name: "link-form-builder", Doc: "a link leads to a form that anyone can put up, and nobody answers for the message",
	Cites: []analyze.Cite{"list of form builders"},
	Find:  linkFormBuilder,
}

func linkFormBuilder(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool { return onForm(ev, l) && !ours(ev, l.Host) })
	if !ok {
		return noLink(ev, "No link leads to a form that anyone can put up.")
	}
	return unless(ev, "The proven sender answers for the forms it links to.", hit(fmt.Sprintf("A link leads to a form at %s, where anyone can make one.", showHost(l.Host))))
}

// LinkOddNumber: a number in place of a name, written so that it does not
// look like one.
var LinkOddNumber = analyze.Check{
	Name: "link-odd-number", Doc: "a link's host is a number in a form that only browsers understand",
	Cites: []analyze.Cite{"WHATWG URL section 3.5", analyze.RFC(3986, "7.4")},
	Find:  linkOddNumber,
}

func linkOddNumber(ev *analyze.Evidence) analyze.Outcome {
	if l, ok := firstLink(ev, links.OddNumber); ok {
		return hit(fmt.Sprintf("A link hides the number %s behind an unusual way of writing it.", showHost(l.Host)))
	}
	return noLink(ev, "No link hides a number.")
}

// LinkOddWriting: a host that a browser reads otherwise than people do.
var LinkOddWriting = analyze.Check{
	Name: "link-odd-writing", Doc: "a link's host is written with characters that browsers change or drop",
	Cites: []analyze.Cite{"WHATWG URL section 3.5", "Unicode UTS 46 section 4"},
	Find:  linkOddWriting,
}

func linkOddWriting(ev *analyze.Evidence) analyze.Outcome {
	if l, ok := firstLink(ev, links.OddWriting); ok {
		return hit(fmt.Sprintf("A link is written in odd characters; it leads to %s.", showHost(l.Host)))
	}
	return noLink(ev, "No link is written in odd characters.")
}

// LinkPort: a web address with a port, as no company hands out.
var LinkPort = analyze.Check{
	Name: "link-port", Doc: "a link leads to an unusual port",
	Cites: []analyze.Cite{analyze.RFC(3986, "3.2.3")},
	Find:  linkPort,
}

func linkPort(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		switch port := links.Take(l).Port; port {
		case "", "80", "443":
			return false
		default:
			return pointed(l) && strings.Trim(port, "0123456789") == "" && !ours(ev, l.Host)
		}
	})
	if ok {
		return hit(fmt.Sprintf("A link leads to %s at an unusual port.", showHost(l.Host)))
	}
	return noLink(ev, "No link leads to an unusual port.")
}

// manyLabels is from how many labels below the registrable domain on a name is
// meant to hide its end. Clouds and counters, which are known, have as many.
const manyLabels = 4

// LinkSubdomains: a name so long that its end, which counts, is not seen.
var LinkSubdomains = analyze.Check{
	Name: "link-subdomains", Doc: "a link's name has so many parts that its end is not seen",
	Cites: []analyze.Cite{"Chromium URL display guidelines"},
	Find:  linkSubdomains,
}

func linkSubdomains(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		d := ev.Domains[l.Host]
		return l.Source != "text" && links.Labels(l.Host) >= manyLabels && d.Brand == "" && !d.Sender && !d.Page && !ours(ev, l.Host)
	})
	if ok {
		return hit(fmt.Sprintf("A link's long name hides that it leads to %s.", showHost(site(ev, l.Host))))
	}
	return noLink(ev, "No link has a name of many parts.")
}

// LinkRandomHost: a name that no person chose.
var LinkRandomHost = analyze.Check{
	Name: "link-random-host", Doc: "a link leads to a domain whose name is a row of random letters",
	Cites: []analyze.Cite{"letter pairs of popular names"},
	Find:  linkRandomHost,
}

func linkRandomHost(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool { return pointed(l) && ev.Domains[l.Host].Random && !ours(ev, l.Host) })
	if ok {
		return hit(fmt.Sprintf("A link leads to %s, a name of random letters.", showHost(site(ev, l.Host))))
	}
	return noLink(ev, "No link leads to a name of random letters.")
}

// riskyEndings are the top-level domains with the highest share of phishing
// among their names, beside those with few names: Cybercrime Information
// Center (Interisle), phishing activity in top-level domains, May 2024 to
// April 2025 and August to October 2025. Most of their names are honest.
var riskyEndings = map[string]bool{
	"bond": true, "cfd": true, "icu": true, "lol": true, "mobi": true, "pro": true, "sbs": true, "top": true, "vip": true, "xin": true, "xyz": true,
	"live": true, "world": true, "cyou": true, "cc": true, "shop": true, "info": true, "online": true, "site": true,
	// Given away until 2023 (Interisle, Phishing in the 2020s).
	"cf": true, "ga": true, "gq": true, "ml": true, "tk": true,
}

// LinkEnding: weak evidence by itself.
var LinkEnding = analyze.Check{
	Name: "link-ending", Doc: "a link leads to a top-level domain with much phishing",
	Cites: []analyze.Cite{"Interisle Phishing Landscape 2025"},
	Find:  linkEnding,
}

func linkEnding(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		d := ev.Domains[l.Host]
		return pointed(l) && riskyEndings[l.Host[strings.LastIndexByte(l.Host, '.')+1:]] && d.Brand == "" && !d.Sender && !d.Page && !d.Shortener && !ours(ev, l.Host)
	})
	if ok {
		return hit(fmt.Sprintf("A link leads to %s; names with that ending are often used by scams.", showHost(site(ev, l.Host))))
	}
	return noLink(ev, "No link leads to an ending that scams prefer.")
}
