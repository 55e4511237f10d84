package bimi

import "strings"

// AuthenticationResults gives the result as it stands in an
// Authentication-Results field (RFC 8601 section 2.2): "bimi=pass
// header.d=example.com …", without authserv-id. Hostile values are quoted, or
// left out where quoting cannot hold them.
func (r *Result) AuthenticationResults() string {
	var b strings.Builder
	b.WriteString("bimi=" + string(r.Status))
	if r.Reason != "" {
		if q := quoted(r.Reason); q != "" {
			b.WriteString(" reason=" + q)
		}
	}
	put := func(key, value string) {
		if value == "" {
			return
		}
		if !isToken(value) {
			if value = quoted(value); value == "" {
				return
			}
		}
		b.WriteString(" " + key + "=" + value)
	}
	put("header.d", r.Domain)
	put("header.selector", r.Selector)
	if r.Record == nil || r.Record.Declined() {
		return b.String()
	}
	put("policy.authority", string(r.Authority))
	put("policy.authority-uri", r.Record.Authority)
	put("policy.indicator-uri", r.Record.Location)
	put("policy.indicator-hash", r.LogoHash)
	put("policy.logo-preference", string(r.Preference))
	if r.Mark != nil && r.Authority == AuthorityPass {
		put("policy.mark-type", string(r.Mark.Type))
		if r.Mark.Pilot {
			put("policy.experimental", "yes")
		}
	}
	return b.String()
}

// isToken tells whether a value may stand unquoted (RFC 2045 section 5.1).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// maxQuoted bounds one value: two URLs fit into a header.
const maxQuoted = maxURL

// quoted gives a quoted-string of printable ASCII (RFC 5322 section 3.2.4);
// other characters become question marks. It is empty when it would be too
// long.
func quoted(s string) string {
	if len(s) > maxQuoted {
		return ""
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r < ' ' || r > '~':
			b.WriteByte('?')
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(r))
		default:
			b.WriteByte(byte(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}
