package smtpd

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// RFC 5322 section 3.3, with a numeric zone.
const dateLayout = "Mon, 2 Jan 2006 15:04:05 -0700"

// Received gives the trace field for a message (RFC 5321 section 4.4), ending
// in CRLF, to be kept beside its octets: they are never edited. The name that
// the client gave is made safe; "for" stands only where there is one recipient.
func Received(env Envelope, id string) string {
	var b strings.Builder
	b.WriteString("Received: from " + traceName(env.Helo) + " (" + traceAddr(env.ClientAddr.Addr()) + ")\r\n")
	b.WriteString("\tby " + traceName(env.Hostname) + " with " + traceName(env.Protocol) + " id " + traceName(id))
	if len(env.RcptTo) == 1 && isASCII(env.RcptTo[0]) && checkPath(env.RcptTo[0], false, recipientPath) == nil {
		b.WriteString("\r\n\tfor <" + env.RcptTo[0] + ">")
	}
	if env.TLS != "" {
		// RFC 8314 section 4.3 asks that TLS be recorded; a comment is what all read.
		b.WriteString("\r\n\t(" + traceText(env.TLS) + ")")
	}
	b.WriteString(";\r\n\t" + env.At.Format(dateLayout) + "\r\n")
	return b.String()
}

func traceAddr(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "unknown"
	case a.Unmap().Is4():
		return "[" + a.Unmap().String() + "]"
	}
	return "[IPv6:" + a.WithZone("").String() + "]"
}

// traceName keeps what a domain, an address literal or an ID is made of.
func traceName(s string) string {
	if s == "" {
		return "unknown"
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && domainRune(r) || strings.ContainsRune(".:[]+", r) {
			return r
		}
		return '?'
	}, s[:min(len(s), maxDomain)])
}

// traceText keeps what may stand in a comment.
func traceText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && domainRune(r) || r == '.' || r == ' ' {
			return r
		}
		return '?'
	}, s[:min(len(s), maxDomain)])
}

// logText bounds the text of a client in the log.
const logText = 200

// quote makes a client's text fit for the log: printable ASCII, bounded.
func quote(s string) string {
	cut := len(s) > logText
	s = s[:min(len(s), logText)]
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			q := strconv.QuoteToASCII(s)
			s = q[1 : len(q)-1]
			break
		}
	}
	if cut {
		s += "..."
	}
	return s
}
