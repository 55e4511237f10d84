package links

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"reportascam/analyze"
)

const (
	// maxURL bounds one address. Browsers take about 2 MB, but nothing beyond
	// this is needed to know the host, and data: addresses carry whole files.
	maxURL = 8 << 10
	// maxHost is the longest DNS name in its text form (RFC 1035 section 2.3.4).
	maxHost = 253
)

// ParseURL parses s as a browser's address bar does after refanging it: hxxp
// for http, [.] for a dot. Link.URL is s as written (at most 8 KiB of it),
// Scheme is lower case, Host a lower-case A-label name without final dot or an
// IP in canonical form. Host is empty for schemes without one, and for a host
// that cannot exist. It reports false when s has no scheme and is not
// "//host/…", or cannot be parsed at all. See https://url.spec.whatwg.org/.
func ParseURL(s string) (analyze.Link, bool) {
	if host, ok := plainHost(s); ok {
		scheme, _, _ := strings.Cut(s, ":")
		return analyze.Link{URL: s, Scheme: strings.ToLower(scheme), Host: host}, true
	}
	link, _, ok := parse(s)
	return link, ok
}

// plainHost gives the host of an address that needs no parser: http or https,
// a host of ASCII letters, digits and hyphens whose last label starts with a
// letter (so that it is no number form), and no port. Nine in ten are so, and
// it takes a hundredth of the time.
func plainHost(s string) (string, bool) {
	n := 0
	switch {
	case startsFold(s, "https://"):
		n = len("https://")
	case startsFold(s, "http://"):
		n = len("http://")
	default:
		return "", false
	}
	end, label, upper := len(s), n, false
scan:
	for i := n; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			upper = true
		case isWordByte(c) || c == '-':
		case c == '.' && i > label:
			label = i + 1
		case c == '/' || c == '?' || c == '#':
			end = i
			break scan
		default:
			return "", false
		}
	}
	host := s[n:end]
	if len(s) > maxURL || label >= end || (s[label]|0x20) < 'a' || len(host) > maxHost || strings.ContainsAny(s[end:], "\t\r\n[({ \\") || !utf8.ValidString(s[end:]) {
		return "", false
	}
	if upper {
		host = strings.ToLower(host)
	}
	if strings.HasPrefix(host, "xn--") || strings.Contains(host, ".xn--") {
		return "", false
	}
	return host, true
}

// parse is ParseURL that also gives the normalised address.
func parse(s string) (link analyze.Link, href string, ok bool) {
	s = strings.Trim(s, asciiSpace)
	if len(s) > maxURL {
		s = strings.ToValidUTF8(s[:maxURL], "")
	}
	if s == "" || !utf8.ValidString(s) {
		return analyze.Link{}, "", false
	}
	u, err := whatwg.Parse(absolute(refang(s)))
	if err != nil {
		return analyze.Link{}, "", false
	}
	link = analyze.Link{URL: s, Scheme: strings.TrimSuffix(u.Protocol(), ":")}
	link.Host = cleanHost(u.Hostname())
	return link, u.Href(false), true
}

// asciiSpace is what browsers strip around an address: C0 controls and space.
const asciiSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

// absolute gives a protocol-relative address the scheme that a web mail's page
// would: the parser needs one.
func absolute(s string) string {
	if len(s) >= 2 && (s[0] == '/' || s[0] == '\\') && (s[1] == '/' || s[1] == '\\') {
		return "https:" + s
	}
	return s
}

// cleanHost takes the brackets of an IPv6 address and the final dot away, and
// gives "" for names that DNS cannot hold (the parser passes "evil..test").
func cleanHost(h string) string {
	if strings.HasPrefix(h, "[") {
		ip, err := netip.ParseAddr(strings.Trim(h, "[]"))
		if err != nil {
			return ""
		}
		return ip.String()
	}
	h = strings.TrimSuffix(h, ".")
	if h == "" || len(h) > maxHost || strings.HasPrefix(h, ".") || strings.Contains(h, "..") {
		return ""
	}
	return strings.ToLower(h)
}

// isIP reports whether a host of a Link is an address rather than a name.
func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// resolve reads an attribute of HTML: against base where it is relative, and
// as mail clients do ("www.example.com/x" is meant as an address) where there
// is no base. The result's URL is absolute where it could be made so.
func resolve(base, ref string) analyze.Link {
	ref = strings.Trim(ref, asciiSpace)
	if len(ref) > maxURL {
		ref = strings.ToValidUTF8(ref[:maxURL], "")
	}
	if link, ok := ParseURL(ref); ok {
		return link
	}
	if base != "" {
		if u, err := whatwg.ParseRef(base, ref); err == nil {
			href := u.Href(false)
			return analyze.Link{URL: href, Scheme: strings.TrimSuffix(u.Protocol(), ":"), Host: cleanHost(u.Hostname())}
		}
	}
	if host := bareHost(ref); host != "" {
		if link, ok := ParseURL("https://" + ref); ok {
			link.URL = ref
			return link
		}
	}
	return analyze.Link{URL: ref}
}
