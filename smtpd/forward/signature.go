package forward

import (
	"strings"

	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

// A reporter's signature is short: RFC 3676 section 4.3 names no bound, custom
// says four lines, offices add some.
const (
	maxSignatureLines = 12
	maxSignature      = 1000 // octets
	minSignName       = 3    // octets of a name that is looked for
)

// withoutSignature cuts the reporter's signature off the end of what was
// quoted: behind the separator of RFC 3676 section 4.3, with the reporter's
// own name or address in it. One that holds a link stays and is judged: a
// scammer knows the names of those he writes to, and could hide one there.
func withoutSignature(text string, outer eml.Header) string {
	at := strings.LastIndex(text, "\n-- \n")
	if at < 0 {
		return text
	}
	tail := text[at+len("\n-- \n"):]
	if len(tail) > maxSignature || strings.Count(tail, "\n") >= maxSignatureLines || len(links.FindText(tail)) > 0 {
		return text
	}
	folded := strings.ToLower(tail)
	for _, a := range outer.Addresses("From") {
		for _, word := range []string{a.Name, a.Addr()} {
			if len(word) >= minSignName && strings.Contains(folded, strings.ToLower(word)) {
				return strings.TrimRight(text[:at], "\n")
			}
		}
	}
	return text
}
