package smtpd

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/idna"
)

const (
	// RFC 5321 section 4.5.3.1.2: 255 octets.
	maxDomain = 255
	// RFC 5321 section 4.5.3.1.1 says 64; bounce addresses that carry a whole
	// recipient (VERP, SRS) are longer and are accepted everywhere.
	maxLocal = 256
)

// mailboxes says whom mail is accepted for.
type mailboxes struct {
	exact      map[string]bool // local@domain
	anyDomain  map[string]bool // local part, from "local@*"
	anyLocal   map[string]bool // domain, from "@domain"
	postmaster map[string]bool // domain
}

func newMailboxes(host string, addrs []string) (*mailboxes, error) {
	m := &mailboxes{
		exact: map[string]bool{}, anyDomain: map[string]bool{}, anyLocal: map[string]bool{},
		postmaster: map[string]bool{asciiDomain(host): true},
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%w: no address to accept mail for", ErrConfig)
	}
	for _, a := range addrs {
		at := strings.LastIndexByte(a, '@')
		if at < 0 {
			return nil, fmt.Errorf("%w: address %q has no @", ErrConfig, a)
		}
		local, domain := strings.ToLower(a[:at]), asciiDomain(a[at+1:])
		switch {
		case local != "" && !dotAtom(local, localRune):
			return nil, fmt.Errorf("%w: local part of address %q", ErrConfig, a)
		case local != "" && domain == "*":
			m.anyDomain[local] = true
			continue
		case !validDomain(domain):
			return nil, fmt.Errorf("%w: domain of address %q", ErrConfig, a)
		case local == "":
			m.anyLocal[domain] = true
		default:
			m.exact[local+"@"+domain] = true
		}
		m.postmaster[domain] = true
	}
	return m, nil
}

// accepts says whether addr, which checkPath has passed, is one of ours.
// Letter case is ignored, and so is a "+detail" after the local part.
func (m *mailboxes) accepts(addr string) bool {
	at := strings.LastIndexByte(addr, '@')
	local, domain := strings.ToLower(addr[:at]), asciiDomain(addr[at+1:])
	if m.anyLocal[domain] || m.exact[local+"@"+domain] || m.anyDomain[local] {
		return true
	}
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
		return m.exact[local+"@"+domain] || m.anyDomain[local]
	}
	return local == "postmaster" && m.postmaster[domain]
}

// asciiDomain gives a domain in lower case and A-labels; where that is not
// possible, in lower case.
func asciiDomain(d string) string {
	d = strings.ToLower(d)
	if isASCII(d) {
		return d
	}
	if a, err := idna.Lookup.ToASCII(d); err == nil {
		return a
	}
	return d
}

// pathCodes are the enhanced codes for one of the two kinds of path.
type pathCodes struct{ syntax smtp.EnhancedCode }

// RFC 3463 section 3.2.
var (
	senderPath    = pathCodes{syntax: smtp.EnhancedCode{5, 1, 7}}
	recipientPath = pathCodes{syntax: smtp.EnhancedCode{5, 1, 3}}
)

// checkPath refuses a path, as go-smtp unquoted it, that is anything but a
// dot-atom, one @ and a domain or address literal. Whatever needed quotes would
// be read differently by whoever writes the address down without them.
func checkPath(addr string, utf8OK bool, codes pathCodes) *smtp.SMTPError {
	at := strings.IndexByte(addr, '@')
	switch {
	case !utf8.ValidString(addr) || at <= 0:
		return &smtp.SMTPError{Code: 501, EnhancedCode: codes.syntax, Message: "Bad address syntax"}
	case !isASCII(addr) && !utf8OK:
		// RFC 6531 section 3.5.
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 6, 7}, Message: "Address needs SMTPUTF8"}
	case at > maxLocal || !dotAtom(addr[:at], localRune):
		return &smtp.SMTPError{Code: 553, EnhancedCode: codes.syntax, Message: "Quoted or malformed local parts are not accepted"}
	case !validDomain(addr[at+1:]) && !addressLiteral(addr[at+1:]):
		return &smtp.SMTPError{Code: 553, EnhancedCode: codes.syntax, Message: "Malformed domain"}
	}
	return nil
}

// dotAtom says whether s is atoms joined by single dots (RFC 5321 section
// 4.1.2 Dot-string), of runes that ok accepts.
func dotAtom(s string, ok func(rune) bool) bool {
	last := '.'
	for _, r := range s {
		if r == '.' {
			if last == '.' {
				return false
			}
		} else if !ok(r) {
			return false
		}
		last = r
	}
	return last != '.'
}

// localRune: RFC 5322 section 3.2.3 atext, and RFC 6531 section 3.3 without
// what cannot be seen.
func localRune(r rune) bool {
	switch {
	case r >= utf8.RuneSelf:
		return r != utf8.RuneError && unicode.IsPrint(r)
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return true
	}
	return strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// domainRune: letters, digits, hyphen and, since it is in use, underscore.
func domainRune(r rune) bool {
	switch {
	case r >= utf8.RuneSelf:
		return r != utf8.RuneError && unicode.IsPrint(r)
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return true
	}
	return r == '-' || r == '_'
}

func validDomain(d string) bool { return len(d) <= maxDomain && dotAtom(d, domainRune) }

// addressLiteral: RFC 5321 section 4.1.3, by its characters only.
func addressLiteral(d string) bool {
	if len(d) < 3 || len(d) > maxDomain || d[0] != '[' || d[len(d)-1] != ']' {
		return false
	}
	for _, r := range d[1 : len(d)-1] {
		if r >= utf8.RuneSelf || !domainRune(r) && r != '.' && r != ':' {
			return false
		}
	}
	return true
}

func checkHostname(h string) (string, error) {
	h = asciiDomain(h)
	if !isASCII(h) || !validDomain(h) && !addressLiteral(h) {
		return "", fmt.Errorf("%w: hostname %q is no domain name", ErrConfig, h)
	}
	return h, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
