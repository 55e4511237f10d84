package checks

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// LinkRedirect: a trusted site's name in front of another's page.
var LinkRedirect = analyze.Check{
	Name: "link-redirect", Doc: "a link goes by a known site that passes anyone on to another",
	Cites: []analyze.Cite{"CWE-601"},
	Find:  linkRedirect,
}

func linkRedirect(ev *analyze.Evidence) analyze.Outcome {
	for _, l := range ev.Links {
		if !followed(l) || ours(ev, l.Host) {
			continue
		}
		for _, via := range l.Via {
			borrowed := links.Redirector(via) || owner(ev, via) != ""
			if !borrowed || links.Rewriter(via) || ev.Domains[via].Sender || ours(ev, via) || related(ev, via, l.Host) {
				continue
			}
			return unless(ev, "The proven sender answers for its roundabout links.", hit(fmt.Sprintf("A link seems to lead to %s, which passes you on to %s.", showHost(via), showHost(l.Host))))
		}
	}
	return noLink(ev, "No link goes by a site that passes you on.")
}

// LinkData: a link that holds its page in itself, runs a script, or opens a
// program or a file share.
var LinkData = analyze.Check{
	Name: "link-data", Doc: "a link holds a page in itself, runs a script, or opens a program",
	Cites: []analyze.Cite{analyze.RFC(2397, "4"), analyze.RFC(3986, "7")},
	Find:  linkData,
}

func linkData(ev *analyze.Evidence) analyze.Outcome {
	for _, l := range ev.Links {
		if l.Source == "image" || l.Source == "text" {
			continue
		}
		rest := strings.ToLower(l.URL[min(len(l.URL), len(l.Scheme)+1):])
		switch {
		case l.Scheme == "data" && (strings.HasPrefix(rest, "text/html") || strings.HasPrefix(rest, "application/") || strings.HasPrefix(rest, "image/svg")):
			return hit("A link holds a whole page in itself instead of leading to one.")
		case l.Scheme == "blob", l.Scheme == "vbscript", l.Scheme == "javascript" && len(rest) > longScript:
			return hit("A link runs a script instead of leading to a page.")
		case l.Scheme == "file" && l.Host != "":
			return hit(fmt.Sprintf("A link opens a file on another computer, %s.", showHost(l.Host)))
		case l.Scheme == "search-ms", l.Scheme == "search", strings.HasPrefix(l.Scheme, "ms-") && l.Scheme != "ms-settings", l.Scheme == "mhtml", l.Scheme == "jar":
			return hit("A link opens a program on your computer instead of a page.")
		}
	}
	return noLink(ev, "No link holds a page or a script.")
}

// longScript is from which length in octets on a script is more than the
// void(0) or history.back() of careless pages.
const longScript = 40

// LinkRecipient: the victim's address in a link to a stranger, who so fills it
// in on a false log-in page.
var LinkRecipient = analyze.Check{
	Name: "link-recipient", Doc: "a link to a stranger carries the recipient's address",
	Cites: []analyze.Cite{analyze.RFC(3986, "3.5")},
	Find:  linkRecipient,
}

func linkRecipient(ev *analyze.Evidence) analyze.Outcome {
	to := recipients(ev)
	if len(to) == 0 {
		return unknown("It is not known to whom the message was sent.")
	}
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		if len(l.URL) < minAddress || ev.Domains[l.Host].Sender || related(ev, l.Host, fromDomain(ev)) {
			return false
		}
		return !leaving(l) && carries(l, to)
	})
	if ok {
		return hit(fmt.Sprintf("A link hands your address to %s, so that a page there can show it to you.", showHost(l.Host)))
	}
	return noLink(ev, "No link carries your address to a stranger.")
}

const (
	// minAddress is the shortest address that is looked for, in octets.
	minAddress = 6
	// maxRecipients bounds the addresses that are looked for.
	maxRecipients = 5
)

// recipients gives the addresses of those who got the message.
func recipients(ev *analyze.Evidence) []string {
	if ev.Original == nil {
		return nil
	}
	var out []string
	add := func(a string) {
		if a = strings.ToLower(strings.TrimSpace(a)); len(a) >= minAddress && strings.Contains(a, "@") && len(out) < maxRecipients {
			out = append(out, a)
		}
	}
	for _, a := range ev.Original.Redact {
		add(a)
	}
	for _, m := range ev.Original.To {
		add(m.Address)
	}
	return out
}

// leaving tells whether a link is one to be sent no more mail: such a link may
// name whom it is about.
func leaving(l analyze.Link) bool {
	s := strings.ToLower(l.URL[:min(len(l.URL), maxLook)] + " " + l.Text[:min(len(l.Text), maxLook)])
	for _, w := range leavingWords {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// maxLook bounds what is read of an address or a text for words, in octets.
const maxLook = 400

// leavingWords are parts of words for the end of a subscription, in the
// languages of the registry.
var leavingWords = []string{"unsub", "opt-out", "optout", "opt out", "preferences", "subscription", "abmeld", "abbestell", "austrag", "désinscri", "désabonn", "desabonn",
	"désinscription", "darse de baja", "cancelar suscripci", "cancelar inscri", "descadastr", "disiscri", "annulla iscri", "cancellati", "afmeld", "uitschrijv",
	"avregistrer", "avprenumerera", "afmelding", "peruuta tilaus", "wypisz", "rezygn", "odhlás", "leiratkoz", "dezabon", "отпис", "відпис", "配信停止", "退订", "退訂", "取消订阅", "수신거부", "abonelikten"}

// carries tells whether an address stands in a link, plain or in BASE64.
func carries(l analyze.Link, to []string) bool {
	tail := l.URL
	if i := strings.Index(tail, "//"); i >= 0 {
		tail = tail[i+2:]
	}
	i := strings.IndexAny(tail, "/?#")
	if i < 0 {
		return false
	}
	tail = tail[i:]
	low := strings.ToLower(tail)
	for _, a := range to {
		if strings.Contains(low, a) || strings.Contains(low, strings.ToLower(url.QueryEscape(a))) {
			return true
		}
		// The last octets change with what follows: whole groups do not.
		whole := a[:len(a)/3*3]
		if strings.Contains(tail, base64.RawStdEncoding.EncodeToString([]byte(whole))) {
			return true
		}
	}
	return false
}

// LinkCompromised: a page in a part of a site where no page of its owner is.
var LinkCompromised = analyze.Check{
	Name: "link-compromised-path", Doc: "a link leads into the inner folders of a stranger's site, where intruders put pages",
	Cites: []analyze.Cite{analyze.RFC(8615, "3"), "APWG phishing surveys on compromised sites"},
	Find:  linkCompromised,
}

func linkCompromised(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		d := ev.Domains[l.Host]
		return d.Brand == "" && !d.Sender && !related(ev, l.Host, fromDomain(ev)) && inner(links.Take(l).Path)
	})
	if ok {
		return hit(fmt.Sprintf("A link leads into the inner folders of %s, where intruders put pages.", showHost(l.Host)))
	}
	return noLink(ev, "No link leads into the inner folders of a site.")
}

// inner tells whether a path leads into folders that hold a site's programs,
// to something that is no picture or document put there by its owner.
func inner(path string) bool {
	path = strings.ToLower(path)
	if !strings.Contains(path, "/wp-") && !strings.Contains(path, "/.") && !strings.Contains(path, "/cgi-sys/") {
		return false
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch part {
		case "wp-includes", "wp-admin", ".well-known", ".git", ".cache", ".tmp", "cgi-sys":
			return part != ".well-known" || i > 1 || !wellKnownUse(parts[i+1:])
		case "wp-content":
			last := parts[len(parts)-1]
			dot := strings.LastIndexByte(last, '.')
			return dot < 0 && len(parts) > i+2 || dot >= 0 && (last[dot:] == ".php" || strings.HasPrefix(last[dot:], ".htm"))
		}
	}
	return false
}

// wellKnownUse reports the uses that mail has for /.well-known/ (IANA's
// registry).
func wellKnownUse(rest []string) bool {
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case "security.txt", "change-password", "openid-configuration", "webfinger", "apple-app-site-association", "assetlinks.json", "pki-validation":
		return true
	}
	return false
}

// LinkQR: a code to scan where a link would do. It leads past the eyes of
// filters, and to the telephone, where less is seen.
var LinkQR = analyze.Check{
	Name: "link-qr", Doc: "the only way to a site is a QR code",
	Cites: []analyze.Cite{"FTC consumer alert on QR codes, 2023-12"},
	Find:  linkQR,
}

func linkQR(ev *analyze.Evidence) analyze.Outcome {
	if linksLost(ev) {
		return unknown("The forward kept only the text, so that pictures are lost.")
	}
	written := map[string]bool{}
	for _, l := range ev.Links {
		if followed(l) && l.Source != "qr" {
			written[site(ev, l.Host)] = true
		}
	}
	for _, l := range ev.Links {
		if l.Source != "qr" || !followed(l) || written[site(ev, l.Host)] || ours(ev, l.Host) {
			continue
		}
		return unless(ev, "The proven sender answers for its QR code.", hit(fmt.Sprintf("A QR code leads to %s; no link in the message does.", showHost(l.Host))))
	}
	return clear("No QR code leads where no link does.")
}
