package auth

import (
	"strconv"
	"strings"

	"reportascam/analyze"
)

const (
	maxQuoted = 200 // octets of a reason in the line
	maxShown  = 50  // results in the line
)

// Header gives the verified results of a as one unfolded Authentication-
// Results field (RFC 8601 section 2.2), without line ending, in the name of
// authserv. It is plain ASCII whatever the message held; whoever puts it into
// mail folds it at "; ". What could not be checked reads temperror.
func Header(authserv string, a analyze.Auth) string {
	var b strings.Builder
	b.WriteString("Authentication-Results: ")
	b.WriteString(value(authserv))
	n := 0
	for _, r := range a.Results {
		if r.Witness != analyze.WitnessVerified || n == maxShown {
			continue
		}
		n++
		b.WriteString("; ")
		writeResult(&b, r, a)
	}
	if n == 0 {
		b.WriteString("; none")
	}
	return b.String()
}

func writeResult(b *strings.Builder, r analyze.AuthResult, a analyze.Auth) {
	result := r.Result
	if result == analyze.ResultUnknown {
		result = analyze.ResultTempError // RFC 8601 section 2.7: a later attempt may tell
	}
	b.WriteString(token(string(r.Method)) + "=" + token(string(result)))
	if r.KeyBits > 0 {
		b.WriteString(" (" + strconv.Itoa(r.KeyBits) + "-bit key)")
	}
	if r.Reason != "" {
		b.WriteString(" reason=" + quoted(r.Reason))
	}
	prop := func(name, v string) {
		if v != "" {
			b.WriteString(" " + name + "=" + value(v))
		}
	}
	switch r.Method {
	case analyze.MethodDKIM:
		prop("header.d", r.Domain)
		prop("header.s", r.Selector)
		prop("header.a", r.Algorithm)
	case analyze.MethodSPF:
		if r.Scope == scopeHelo {
			prop("smtp.helo", r.Domain)
		} else {
			prop("smtp.mailfrom", r.Domain)
		}
	case analyze.MethodDMARC:
		prop("header.from", r.Domain)
		if a.Policy != nil {
			prop("policy.published-domain-policy", a.Policy.P)
		}
	case analyze.MethodARC:
		prop("header.d", r.Domain)
		prop("header.s", r.Selector)
	}
}

// token gives s if it can stand as a keyword, else "x".
func token(s string) string {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '-' {
			return "x"
		}
	}
	if s == "" {
		return "x"
	}
	return s
}

// value gives s as it is where it is a token (RFC 2045 section 5.1), else
// quoted.
func value(s string) string {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && strings.IndexByte("-._", s[i]) < 0 {
			return quoted(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

// quoted gives s as a quoted string of printable ASCII. Quotes and backslashes
// inside become harmless look-alikes: many readers know no quoted pairs, and
// would end the string at one.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s) && i < maxQuoted; i++ {
		switch c := s[i]; {
		case c == '"':
			b.WriteByte('\'')
		case c == '\\':
			b.WriteByte('/')
		case c < ' ' || c > '~':
			b.WriteByte('?')
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
