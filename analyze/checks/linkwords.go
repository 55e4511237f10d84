package checks

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// followed tells whether a reader would go there by a click or a scan.
func followed(l analyze.Link) bool {
	return l.Host != "" && l.Source != "image" && l.Source != "header" && (l.Scheme == "http" || l.Scheme == "https")
}

// linksLost tells whether the forward kept too little to know the links: a
// client that quotes the text alone drops what stands behind words.
func linksLost(ev *analyze.Evidence) bool {
	o := ev.Original
	return o == nil || o.Grade == analyze.GradeText && o.HTML == "" && o.How != analyze.HowPasted
}

// noLink is the outcome of a check of links that found none.
func noLink(ev *analyze.Evidence, says string) analyze.Outcome {
	if linksLost(ev) {
		return unknown("The forward kept only the text, so that links behind words are lost.")
	}
	return clear(says)
}

// firstLink gives the first link that a reader could follow and that fits.
// Rewriters of the recipient's side are passed over: what they lead to is
// looked at instead.
func firstLink(ev *analyze.Evidence, fits func(analyze.Link) bool) (analyze.Link, bool) {
	for _, l := range ev.Links {
		if followed(l) && !links.Rewriter(l.Host) && fits(l) {
			return l, true
		}
	}
	return analyze.Link{}, false
}

// pointed tells whether somebody made a link of it, or wrote it out as one: a
// bare name in running text may be no address at all.
func pointed(l analyze.Link) bool {
	return l.Source != "text" || strings.Contains(l.URL, "//")
}

// ours tells whether a host is the sender's own: the proven From domain's, or
// that of the brand which is proven to write. Where a client quoted the message
// and so lost the proof, the sender that it shows has the benefit of the doubt.
func ours(ev *analyze.Evidence, host string) bool {
	from, ok := proven(ev)
	if !ok && !checkable(ev) {
		from = fromDomain(ev)
	}
	return from != "" && related(ev, host, from)
}

// unless gives a hit, unless somebody answers for the message: its sender is
// proven, has no address that anyone can get, and takes no name that is not
// its own. Where a client quoted the message and so lost what proves its
// sender, a sender who could answer is not known to be one who does not.
func unless(ev *analyze.Evidence, answered string, found analyze.Outcome) analyze.Outcome {
	from, isProven := proven(ev)
	if !isProven && !checkable(ev) {
		from = fromDomain(ev)
	}
	c, claims := asSender(ev)
	switch {
	case from == "", ev.Domains[from].Free, claims && owner(ev, from) != c.Brand:
		return found
	case isProven:
		return clear(answered)
	case !checkable(ev):
		return unknown("The forward lost what proves the sender, who may answer for this.")
	}
	return found
}

// onPage tells whether a host is one where anyone can put a page, and not the
// sender's own corner of it.
func onPage(ev *analyze.Evidence, host string) bool {
	d := ev.Domains[host]
	return d.Page && !d.Sender
}

// onForm tells whether a link leads to a form that anyone could have made.
func onForm(ev *analyze.Evidence, l analyze.Link) bool {
	if ev.Domains[l.Host].Form {
		return true
	}
	return l.Host == "docs.google.com" && strings.HasPrefix(links.Take(l).Path, "/forms/")
}
