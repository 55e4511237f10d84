package auth

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// macro is one %{...} (RFC 7208 section 7.1).
type macro struct {
	letter  byte // lower case
	escape  bool // upper-case letter: URL-escaped
	keep    int  // right-hand parts to keep; 0: all
	reverse bool
	delims  string
}

const macroDelims = ".-+,/_="

// nextMacro reads what stands after a percent sign at s[0]: the literal that
// it means, or the macro; and the octets used.
func nextMacro(s string) (m macro, literal string, n int, ok bool) {
	if len(s) < 2 {
		return m, "", 0, false
	}
	switch s[1] {
	case '%':
		return m, "%", 2, true
	case '_':
		return m, " ", 2, true
	case '-':
		return m, "%20", 2, true
	case '{':
	default:
		return m, "", 0, false
	}
	end := strings.IndexByte(s, '}')
	if end < 3 {
		return m, "", 0, false
	}
	body := s[2:end]
	m.letter = body[0] | 0x20
	m.escape = body[0] < 'a'
	if !isAlpha(body[0]) || !strings.ContainsRune("slodiphcrtv", rune(m.letter)) {
		return m, "", 0, false
	}
	body = body[1:]
	digits := 0
	for digits < len(body) && isDigit(body[digits]) {
		digits++
	}
	if digits > 0 {
		v, err := strconv.Atoi(body[:digits])
		if err != nil {
			v = 1 << 20 // more parts than any name has
		}
		if v == 0 {
			return m, "", 0, false
		}
		m.keep = v
	}
	body = body[digits:]
	if body != "" && body[0]|0x20 == 'r' {
		m.reverse, body = true, body[1:]
	}
	if strings.Trim(body, macroDelims) != "" {
		return m, "", 0, false
	}
	m.delims = body
	return m, "", end + 1, true
}

// validMacros checks a macro string of a record. The letters c, r and t are
// for explanation texts alone (RFC 7208 section 7.2).
func validMacros(s string) bool {
	for i := 0; i < len(s); {
		if s[i] != '%' {
			if s[i] <= ' ' || s[i] > '~' {
				return false
			}
			i++
			continue
		}
		m, lit, n, ok := nextMacro(s[i:])
		if !ok || lit == "" && strings.IndexByte("crt", m.letter) >= 0 {
			return false
		}
		i += n
	}
	return true
}

// expand gives a macro string with its macros replaced, for the current
// domain. ok is false for a string that does not parse.
func (e *spfEval) expand(s, domain string, explanation bool) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '%' {
			b.WriteByte(s[i])
			i++
			continue
		}
		m, lit, n, ok := nextMacro(s[i:])
		if !ok {
			return "", false
		}
		i += n
		if lit != "" {
			b.WriteString(lit)
			continue
		}
		v, ok := e.macroValue(m.letter, domain, explanation)
		if !ok {
			return "", false
		}
		b.WriteString(m.transform(v))
	}
	return b.String(), true
}

// macroValue gives the text of a macro letter (RFC 7208 section 7.2).
func (e *spfEval) macroValue(letter byte, domain string, explanation bool) (string, bool) {
	switch letter {
	case 's':
		return e.q.local + "@" + e.q.domain, true
	case 'l':
		return e.q.local, true
	case 'o':
		return e.q.domain, true
	case 'd':
		return domain, true
	case 'i':
		return dottedIP(e.q.ip), true
	case 'p':
		return e.validatedName(domain), true
	case 'v':
		if e.q.ip.Is4() {
			return "in-addr", true
		}
		return "ip6", true
	case 'h':
		return e.q.helo, true
	}
	if !explanation {
		return "", false
	}
	switch letter {
	case 'c':
		return e.q.ip.String(), true
	case 't':
		return strconv.FormatInt(e.q.at.Unix(), 10), true
	}
	return "unknown", true // r: RFC 7208 section 7.2 allows it
}

// transform splits, reverses, keeps and joins as the macro says.
func (m macro) transform(v string) string {
	delims := m.delims
	if delims == "" {
		delims = "."
	}
	if m.delims != "" || m.reverse || m.keep > 0 {
		parts := splitAny(v, delims)
		if m.reverse {
			slices.Reverse(parts)
		}
		if m.keep > 0 && m.keep < len(parts) {
			parts = parts[len(parts)-m.keep:]
		}
		v = strings.Join(parts, ".")
	}
	if m.escape {
		v = escapeURI(v)
	}
	return v
}

// splitAny cuts s at each of the delimiters; empty parts stay.
func splitAny(s, delims string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(delims, s[i]) >= 0 {
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// escapeURI escapes all but RFC 3986's unreserved characters.
func escapeURI(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; isAlnum(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// dottedIP gives an address as the i macro has it: IPv6 as dotted nibbles.
func dottedIP(ip netip.Addr) string {
	if ip.Is4() {
		return ip.String()
	}
	const hex = "0123456789ABCDEF"
	a := ip.As16()
	out := make([]byte, 0, 64)
	for _, b := range a {
		out = append(out, hex[b>>4], '.', hex[b&15], '.')
	}
	return string(out[:len(out)-1])
}
