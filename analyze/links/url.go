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
	s = clipURL(s)
	if host, ok := plainHost(s); ok {
		scheme, _, _ := strings.Cut(s, ":")
		return analyze.Link{URL: s, Scheme: strings.ToLower(scheme), Host: host}, true
	}
	if s == "" || !utf8.ValidString(s) {
		return analyze.Link{}, false
	}
	u, err := whatwg.Parse(front(absolute(refang(s))))
	if err != nil {
		return analyze.Link{}, false
	}
	return analyze.Link{URL: s, Scheme: strings.TrimSuffix(u.Protocol(), ":"), Host: cleanHost(u.Hostname())}, true
}

// clipURL bounds an address and strips what browsers strip around it.
func clipURL(s string) string {
	if len(s) > maxURL {
		s = strings.ToValidUTF8(s[:maxURL], "")
	}
	return strings.Trim(s, asciiSpace)
}

// maxHref bounds an address that is normalised as a whole: the parser needs
// quadratic time for many slashes or signs (30 ms for 8 KiB, half a
// millisecond for 1 KiB).
const maxHref = 1 << 10

// normal gives the address as browsers normalise it, of at most the first KiB.
func normal(s string) (string, bool) {
	s = clipURL(s)
	if href, ok := plainHref(s); ok {
		return href, true
	}
	if len(s) > maxHref {
		s = s[:maxHref]
	}
	s = absolute(refang(strings.ToValidUTF8(s, "")))
	u, err := whatwg.Parse(s)
	if err != nil {
		return "", false
	}
	return u.Href(false), true
}

// front gives the part of an address that decides its scheme and host, without
// user information, so that the parser's quadratic time cannot be used.
func front(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1 // browsers drop them anywhere
		}
		return r
	}, s)
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s[:min(len(s), maxHost)]
	}
	start := colon + 1
	for start < len(s) && (s[start] == '/' || s[start] == '\\') {
		start++
	}
	end := len(s)
	if i := strings.IndexAny(s[start:], "/\\?#"); i >= 0 {
		end = start + i
	}
	authority := s[start:end]
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	// Slashes beyond the second are dropped by browsers for web addresses, and
	// mean no host in a file's.
	lead := s[:min(start, colon+maxSlashes)]
	if len(authority) > maxAuthority {
		authority = strings.ToValidUTF8(authority[:maxAuthority], "")
	}
	return lead + authority + "/"
}

const (
	// maxSlashes is how many slashes behind the scheme are kept, and the colon.
	maxSlashes = 4
	// maxAuthority bounds host and port as written: every character of the
	// longest name as a percent-encoded one of four octets.
	maxAuthority = maxHost * 12
)

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

// plainHref normalises an address that needs no parser: one of a plainHost,
// with nothing behind it that is ever encoded, decoded or folded.
func plainHref(s string) (string, bool) {
	host, ok := plainHost(s)
	if !ok || len(s) > maxHref {
		return "", false
	}
	scheme := "https://"
	if s[4] == ':' {
		scheme = "http://"
	}
	rest := s[len(scheme)+len(host):]
	for i := range len(rest) {
		switch c := rest[i]; {
		case isWordByte(c), c == '-', c == '_', c == '~', c == '=', c == '&', c == '+', c == ',', c == '?', c == '%':
		case c == '/':
		case c == '.' && rest[i-1] != '/': // no segment that means a folder
		default:
			return "", false
		}
	}
	if rest == "" || rest[0] == '?' {
		rest = "/" + rest
	}
	if strings.Contains(rest, "%2e") || strings.Contains(rest, "%2E") {
		return "", false
	}
	return scheme + host + rest, true
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
	ref = clipURL(ref)
	if link, ok := ParseURL(ref); ok {
		return link
	}
	if base != "" && absolute(ref) == ref && !strings.Contains(ref[:min(len(ref), len("https://"))], ":") {
		head, tail := ref, ""
		if len(ref) > maxHref {
			head = strings.ToValidUTF8(ref[:maxHref], "")
			tail = ref[len(head):]
		}
		if u, err := whatwg.ParseRef(base, head); err == nil {
			return analyze.Link{URL: u.Href(false) + tail, Scheme: strings.TrimSuffix(u.Protocol(), ":"), Host: cleanHost(u.Hostname())}
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
