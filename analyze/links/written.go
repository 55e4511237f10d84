package links

import (
	"strings"

	"reportascam/analyze"
)

// Written is an address taken apart as it is written, before a browser reads
// it: what a disguise looks like.
type Written struct {
	User     string // before the last @ of the authority, with the password
	Host     string // in brackets where it is an IPv6 address
	Port     string // digits, or whatever stands there
	Path     string // from the first slash
	Query    string // without ?
	Fragment string // without #
}

// Take takes a link's address apart. Defanged addresses are read as what they
// stand for; one without a scheme begins with its host. An address whose
// scheme has no host (mailto:, data:) is all Path.
func Take(l analyze.Link) Written {
	s := refang(l.URL)
	var w Written
	switch i := strings.IndexByte(s, ':'); {
	case l.Host == "" && l.Scheme != "http" && l.Scheme != "https":
		return Written{Path: s}
	case i > 0 && strings.EqualFold(s[:i], l.Scheme):
		s = s[i+1:]
	}
	s = strings.TrimLeft(s, `/\`)
	s, w.Fragment, _ = strings.Cut(s, "#")
	s, w.Query, _ = strings.Cut(s, "?")
	if i := strings.IndexAny(s, `/\`); i >= 0 {
		s, w.Path = s[:i], s[i:]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		w.User, s = s[:i], s[i+1:]
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		s, w.Port = s[:i], s[i+1:]
	}
	w.Host = s
	return w
}

// OddNumber reports a link whose host is an IP address that is not written as
// four decimal numbers: 3232235777, 0xC0.0xA8.1.1, 0300.0250.1.1. Browsers
// read all of them (WHATWG URL section 3.5, the IPv4 parser).
func OddNumber(l analyze.Link) bool {
	w := Take(l)
	if !isIP(l.Host) || strings.Contains(l.Host, ":") {
		return false
	}
	return strings.TrimSuffix(w.Host, ".") != l.Host
}

// OddWriting reports a link whose host a browser reads otherwise than a
// reader: percent-encoded, in full-width or circled letters, with characters
// that browsers drop. Plain international names are none.
func OddWriting(l analyze.Link) bool {
	if l.Host == "" || isIP(l.Host) {
		return false
	}
	h := Take(l).Host
	if strings.ContainsAny(h, "%\t\r\n") {
		return true
	}
	if plainASCII(h) {
		return false
	}
	for _, r := range h {
		switch {
		case isZeroWidth(r), r >= 0xff01 && r <= 0xff5e, r >= 0x2460 && r <= 0x24ff, r >= 0x1d400 && r <= 0x1d7ff,
			r >= 0x2070 && r <= 0x209f, r >= 0x2100 && r <= 0x214f, r == 0x3002, r == 0xff61:
			return true
		}
	}
	return false
}

// Labels gives how many labels a host has below its registrable domain.
func Labels(host string) int {
	base := Registrable(host)
	if base == "" || len(host) <= len(base) {
		return 0
	}
	return strings.Count(host[:len(host)-len(base)], ".")
}
