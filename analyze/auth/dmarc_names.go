package auth

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"reportascam/analyze/dns"
)

// asciiDomain gives a domain as lower-case A-labels without final dot, or ""
// when it is none: a character that host names do not have, an empty or
// overlong label, an address literal. Underscores pass, as DKIM names have
// them.
func asciiDomain(s string) string {
	s = dns.Normalize(trimFWS(s))
	if !isASCII(s) {
		// MapForLookup alone refuses underscores; it can give both a name
		// and an error, and then the name is not to be used.
		p := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false))
		a, err := p.ToASCII(s)
		if err != nil {
			return ""
		}
		s = dns.Normalize(a)
	}
	if dns.NameFault(s) != "" {
		return ""
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.') {
			return ""
		}
	}
	return s
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lowerASCII lowers A to Z and nothing else.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// isWithin tells whether name is domain or below it. Both are normalised.
func isWithin(name, domain string) bool {
	return name != "" && domain != "" && (name == domain ||
		len(name) > len(domain) && name[len(name)-len(domain)-1] == '.' && strings.HasSuffix(name, domain))
}

// registrable gives the name below the public suffix that a host is under, or
// "" when there is none: for the suffix itself, an address, or a name under
// no known suffix whose only label it is. It is the stand-in for the tree walk
// where the DNS cannot be asked.
//
// x/net/publicsuffix wants lower-case A-labels without final dot, and takes
// every unknown top level for a suffix, as the list's own rule "*" says.
func registrable(host string) string {
	host = asciiDomain(host)
	if host == "" || isAddress(host) {
		return ""
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return d
}

// isAddress tells names that are IPv4 addresses: no top level is a number.
func isAddress(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Trim(last, "0123456789") == ""
}
