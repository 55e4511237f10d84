package auth

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"reportascam/analyze"
)

// errSPFSyntax is any syntax error of a record: RFC 7208 section 4.6 makes the
// whole record a permerror.
var errSPFSyntax = errors.New("SPF record does not parse")

// maxSPFTerms bounds a record's terms; a record in 512 octets has under 100.
const maxSPFTerms = 1000

// spfTerm is one directive of a record.
type spfTerm struct {
	text   string // as written
	result analyze.Result
	name   string // all, include, a, mx, ptr, ip4, ip6, exists
	spec   string // domain-spec, unexpanded; "" when absent
	prefix netip.Prefix
	bits4  int // of the IPv4 network, for a and mx
	bits6  int
}

// spfRecord is a parsed record (RFC 7208 section 4.6.1).
type spfRecord struct {
	terms    []spfTerm
	redirect string
	exp      string
}

// isSPF tells whether a TXT record is an SPF record (RFC 7208 section 4.5).
func isSPF(txt string) bool {
	const version = "v=spf1"
	return len(txt) >= len(version) && strings.EqualFold(txt[:len(version)], version) &&
		(len(txt) == len(version) || txt[len(version)] == ' ')
}

// parseSPF reads a record that isSPF. Any error in it is an error of all.
func parseSPF(txt string) (spfRecord, error) {
	var rec spfRecord
	seen := map[string]bool{}
	for i, text := range strings.Split(txt, " ") {
		if i == 0 || text == "" {
			continue
		}
		if len(rec.terms) == maxSPFTerms {
			return rec, errSPFSyntax
		}
		if name, value, ok := modifier(text); ok {
			if !validMacros(value) {
				return rec, errSPFSyntax
			}
			if name != "redirect" && name != "exp" {
				continue // RFC 7208 section 6: unknown modifiers are ignored
			}
			if seen[name] || !validDomainSpec(value) {
				return rec, errSPFSyntax
			}
			seen[name] = true
			if name == "exp" {
				rec.exp = value
			} else {
				rec.redirect = value
			}
			continue
		}
		t, err := parseTerm(text)
		if err != nil {
			return rec, err
		}
		rec.terms = append(rec.terms, t)
	}
	return rec, nil
}

// modifier splits name=value; names are ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ).
func modifier(text string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(text, "=")
	if !ok || name == "" || !isAlpha(name[0]) {
		return "", "", false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isAlnum(c) && c != '-' && c != '_' && c != '.' {
			return "", "", false
		}
	}
	return lowerASCII(name), value, true
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }

// parseTerm reads one directive.
func parseTerm(text string) (spfTerm, error) {
	t := spfTerm{text: text, result: analyze.ResultPass, bits4: 32, bits6: 128}
	body := text
	switch body[0] {
	case '+':
		body = body[1:]
	case '-':
		t.result, body = analyze.ResultFail, body[1:]
	case '~':
		t.result, body = analyze.ResultSoftFail, body[1:]
	case '?':
		t.result, body = analyze.ResultNeutral, body[1:]
	}
	end := strings.IndexAny(body, ":/")
	if end < 0 {
		end = len(body)
	}
	t.name = lowerASCII(body[:end])
	rest := body[end:]
	ok := false
	switch t.name {
	case "all":
		ok = rest == ""
	case "ip4", "ip6":
		ok = t.readNetwork(rest)
	case "a", "mx":
		rest, ok = t.readMasks(rest)
		ok = ok && t.readSpec(rest, true)
	case "ptr":
		ok = t.readSpec(rest, true)
	case "include", "exists":
		ok = t.readSpec(rest, false)
	}
	if !ok {
		return t, errSPFSyntax
	}
	return t, nil
}

// readSpec reads ":" domain-spec.
func (t *spfTerm) readSpec(rest string, optional bool) bool {
	if rest == "" {
		return optional
	}
	t.spec = rest[1:]
	return rest[0] == ':' && validDomainSpec(t.spec)
}

// readNetwork reads ":" address [ "/" length ].
func (t *spfTerm) readNetwork(rest string) bool {
	if rest == "" || rest[0] != ':' {
		return false
	}
	addr, length, has := strings.Cut(rest[1:], "/")
	ip, err := netip.ParseAddr(addr)
	if err != nil || ip.Zone() != "" || ip.Is4() != (t.name == "ip4") {
		return false
	}
	bits := ip.BitLen()
	if has {
		var ok bool
		if bits, ok = maskBits(length, bits); !ok {
			return false
		}
	}
	t.prefix = netip.PrefixFrom(ip, bits).Masked()
	return true
}

// readMasks takes a dual-cidr-length off the end: [ "/" n ] [ "//" n ]. A slash
// that no number follows is part of the domain-spec.
func (t *spfTerm) readMasks(rest string) (string, bool) {
	ok := true
	if head, n, has := cutNumber(rest, "//"); has {
		if t.bits6, ok = maskBits(n, 128); !ok {
			return rest, false
		}
		rest = head
	}
	if head, n, has := cutNumber(rest, "/"); has {
		t.bits4, ok = maskBits(n, 32)
		rest = head
	}
	return rest, ok
}

// cutNumber cuts s before its last separator if only digits follow it.
func cutNumber(s, sep string) (head, number string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	number = s[i+len(sep):]
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return s, "", false
	}
	return s[:i], number, true
}

// maskBits reads a prefix length without leading zeros.
func maskBits(s string, limit int) (int, bool) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > limit || s != strconv.Itoa(n) {
		return 0, false
	}
	return n, true
}

// validDomainSpec checks the form of a domain-spec (RFC 7208 section 7.1): a
// macro string that ends in a macro, or in a top label.
func validDomainSpec(s string) bool {
	if s == "" || !validMacros(s) {
		return false
	}
	if strings.HasSuffix(s, "}") || strings.HasSuffix(s, "%%") || strings.HasSuffix(s, "%_") || strings.HasSuffix(s, "%-") {
		return true
	}
	s = strings.TrimSuffix(s, ".")
	dot := strings.LastIndexByte(s, '.')
	return dot >= 0 && isTopLabel(s[dot+1:])
}

// isTopLabel: letters, digits and inner hyphens, and not digits alone.
func isTopLabel(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	number := true
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '-' {
			return false
		}
		number = number && isDigit(s[i])
	}
	return !number
}
