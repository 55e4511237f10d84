package links

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// ASCII gives a host name in lower-case A-labels without a final dot, or "" for
// what is no host name: an empty label, more than 253 octets, a label that
// Punycode cannot hold. Underscores and IP addresses pass.
//
// idna.Lookup refuses underscores and takes empty labels, and gives a string
// beside its error: so the mapping profile is used, and the checks are ours.
func ASCII(host string) string {
	host = strings.TrimSuffix(host, ".")
	if host == "" || len(host) > maxHost*4 { // U-labels may take up to four octets a character
		return ""
	}
	if !plainASCII(host) {
		a, err := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(host)
		if err != nil {
			return ""
		}
		host = strings.TrimSuffix(a, ".")
	}
	host = strings.ToLower(host)
	if host == "" || len(host) > maxHost || host[0] == '.' || strings.Contains(host, "..") {
		return ""
	}
	return host
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Registrable gives the registrable domain of a host: one label more than its
// public suffix (https://publicsuffix.org/list/), private suffixes such as
// github.io among them. Host may be written in any case, in U-labels or with a
// final dot; the answer is in lower-case A-labels. It is "" for IP addresses,
// for a public suffix itself and for a name of one label. A top-level domain
// that the list does not know counts as a suffix, as the list's rule 2 says:
// see Listed.
func Registrable(host string) string {
	host = ASCII(host)
	if host == "" || isAddress(host) {
		return ""
	}
	suffix, _ := publicsuffix.PublicSuffix(host)
	if len(host) <= len(suffix)+1 || host[len(host)-len(suffix)-1] != '.' {
		return ""
	}
	rest := host[:len(host)-len(suffix)-1]
	return host[strings.LastIndexByte(rest, '.')+1:]
}

// Suffix gives the public suffix of a host in lower-case A-labels, and whether
// it belongs to a private section of the list, where anyone can get a name
// (github.io, blogspot.com).
func Suffix(host string) (suffix string, private bool) {
	if host = ASCII(host); host == "" || isAddress(host) {
		return "", false
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return suffix, !icann && strings.Contains(suffix, ".")
}

// Listed reports whether the public suffix list knows the host's top-level
// domain: a word with a dot in it that is not Listed is no host name.
func Listed(host string) bool {
	host = ASCII(host)
	if host == "" || isAddress(host) {
		return false
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return icann || strings.Contains(suffix, ".")
}

// isAddress also catches the bare number forms, which the suffix list would
// take for domains ("1.2.3.4" for the registrable domain 3.4).
func isAddress(host string) bool {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	for i := range len(last) {
		if last[i] < '0' || last[i] > '9' {
			return false
		}
	}
	return last != ""
}
