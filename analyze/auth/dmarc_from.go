package auth

import (
	"bytes"
	"strings"

	"reportascam/analyze/eml"
)

// maxFrom is how long a From field may be; RFC 5322 section 2.1.1 has lines of
// 998 octets, honest ones fit in one.
const maxFrom = 1 << 16

// authorDomain gives the domain of the one author address of a message, as
// A-labels, or why there is none. DMARC stands on this name, so that anything
// that two readers could read differently is a fault.
func authorDomain(h eml.Header) (domain, why string) {
	switch n := h.Count("From"); {
	case n == 0:
		return "", "there is no From field"
	case n > 1:
		return "", "there are several From fields"
	}
	value := h.Get("From")
	switch {
	case len(value) > maxFrom:
		return "", "the From field is too long"
	case strings.IndexByte(value, 0) >= 0:
		return "", "the From field holds a NUL"
	case isGroup(value):
		return "", "the From field is a group"
	}
	list := h.Addresses("From")
	switch {
	case len(list) == 0:
		return "", "the From field holds no address"
	case len(list) > 1:
		return "", "the From field holds several addresses"
	case list[0].Domain == "":
		return "", "the From address has no domain"
	case strings.IndexByte(list[0].Local, '@') >= 0 && !strings.Contains(value, `"@`):
		// Programs take the first or the last; only in quotes it is clear.
		return "", "the From address holds several @"
	}
	if domain = asciiDomain(list[0].Domain); domain == "" {
		return "", "the From domain is not a domain name"
	}
	return domain, ""
}

// reasonDisguised is of a message that programs show with two authors.
const reasonDisguised = "there is a second field that some programs read as From"

// hasDisguisedFrom tells whether a line of a header is named From but for
// octets that no name may hold (RFC 5322 section 2.2): some programs drop
// these, and show it.
func hasDisguisedFrom(header []byte) bool {
	header = bytes.TrimPrefix(header, []byte("\xef\xbb\xbf")) // of a saved file
	for line := range bytes.Lines(header) {
		if line[0] == ' ' || line[0] == '\t' {
			continue // of the line before
		}
		const name = "from"
		at, odd := 0, false
		for _, c := range line {
			if c <= ' ' || c > '~' {
				odd = odd || !isFWS(c)
				continue
			}
			if c == ':' && at == len(name) && odd {
				return true
			}
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			if at == len(name) || c != name[at] {
				break
			}
			at++
		}
	}
	return false
}

// isGroup tells whether an address field uses group syntax (RFC 5322 section
// 3.4): a colon and a later semicolon outside quotes, comments and angle
// brackets.
func isGroup(s string) bool {
	quoted, angle, depth, colon := false, false, 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0):
			i++
		case quoted:
			quoted = c != '"'
		case c == '(':
			depth++
		case depth > 0:
			if c == ')' {
				depth--
			}
		case c == '"':
			quoted = true
		case angle:
			angle = c != '>'
		case c == '<':
			angle = true
		case c == ':':
			colon = true
		case c == ';' && colon:
			return true
		}
	}
	return false
}
