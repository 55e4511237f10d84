package checks

import (
	"strings"
	"unicode"

	"reportascam/analyze"
)

// maxQuoted is how many runes of the message a finding may quote: enough for a
// display name, too little to carry a text of the scammer's.
const maxQuoted = 60

// quote makes text of the message safe to stand in a sentence: no control,
// format or bidi characters, no line breaks, no quotation marks of its own,
// bounded.
func quote(s string) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case !unicode.IsPrint(r), r == '"', r == '“', r == '”', r == unicode.ReplacementChar:
			continue
		}
		if n++; n > maxQuoted {
			b.WriteString("…")
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return "“" + b.String() + "”"
}

func hit(says string) analyze.Outcome {
	return analyze.Outcome{Status: analyze.Hit, Says: says}
}

func clear(says string) analyze.Outcome {
	return analyze.Outcome{Status: analyze.Clear, Says: says}
}

func unknown(says string) analyze.Outcome {
	return analyze.Outcome{Status: analyze.Unknown, Says: says}
}

// claim gives the strongest believable brand claim.
func claim(ev *analyze.Evidence) (analyze.BrandClaim, bool) {
	return strongest(ev, func(string) bool { return true })
}

// asSender gives the strongest believable claim to be the sender: by name or
// address. A brand that only subject or text name may be what the message is
// about.
func asSender(ev *analyze.Evidence) (analyze.BrandClaim, bool) {
	return strongest(ev, func(where string) bool {
		return where == "display-name" || where == "local-part" || where == "domain"
	})
}

func strongest(ev *analyze.Evidence, fits func(where string) bool) (analyze.BrandClaim, bool) {
	best := analyze.BrandClaim{}
	for _, c := range ev.Claims {
		if fits(c.Where) && c.Strength >= analyze.BelievableClaim && c.Strength > best.Strength {
			best = c
		}
	}
	return best, best.Brand != ""
}

// sender gives the address that the message shows as its author: the first
// From mailbox, and the host of its address in lower case.
func sender(ev *analyze.Evidence) (box analyze.Mailbox, host string) {
	if ev.Original == nil || len(ev.Original.From) == 0 {
		return analyze.Mailbox{}, ""
	}
	box = ev.Original.From[0]
	return box, fromDomain(ev)
}

// fromDomain gives the From domain as authentication read it, else as the
// quoted address has it.
func fromDomain(ev *analyze.Evidence) string {
	if ev.Auth.FromDomain != "" {
		return ev.Auth.FromDomain
	}
	if ev.Original == nil || len(ev.Original.From) == 0 {
		return ""
	}
	return domainOf(ev.Original.From[0].Address)
}

// domainOf gives the part behind the last @, in lower case without a final
// dot, or nothing where it holds anything that a host name cannot.
func domainOf(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(strings.Trim(addr[at+1:], "<> \t"), "."))
	if !isHost(host) {
		return ""
	}
	return host
}

// isHost tells whether s has only the letters of a host name, so that it can
// stand in a sentence as it is.
func isHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' && c != ':' && c != '[' && c != ']' {
			return false
		}
	}
	return true
}

// showHost makes a host safe to stand in a sentence.
func showHost(s string) string {
	if isHost(s) {
		return s
	}
	return quote(s)
}

// owner gives the brand that owns host, by the registry. Where customers have
// addresses or pages, or where it sends for others, a brand's domain says
// nothing of the brand.
func owner(ev *analyze.Evidence, host string) string {
	d := ev.Domains[host]
	if d.Free || d.Sender {
		return ""
	}
	return d.Brand
}

// isPostmaster tells the addresses that no customer of a mail service gets
// (RFC 2142 section 5).
func isPostmaster(addr string) bool {
	local, _, _ := strings.Cut(strings.ToLower(addr), "@")
	return local == "postmaster" || local == "mailer-daemon"
}

// site gives the registrable domain of host where it is known, else host.
func site(ev *analyze.Evidence, host string) string {
	if d := ev.Domains[host].Domain; d != "" {
		return d
	}
	return host
}

// related tells whether two hosts are one owner's: the same registrable
// domain, or domains of the same brand.
func related(ev *analyze.Evidence, a, b string) bool {
	if a == b || site(ev, a) == site(ev, b) {
		return true
	}
	oa := owner(ev, a)
	return oa != "" && oa == owner(ev, b)
}

// proven gives the From domain where authentication proves it.
func proven(ev *analyze.Evidence) (string, bool) {
	d, _, ok := ev.Auth.Proven()
	return d, ok
}

// checkable tells whether the forward left anything by which the sender could
// have been authenticated.
func checkable(ev *analyze.Evidence) bool {
	return ev.Original != nil && ev.Original.Grade != analyze.GradeText
}
