package auth

import (
	"net/netip"
	"strings"
	"time"

	"reportascam/analyze/eml"
)

const (
	// maxHops bounds the trace lines that are read: RFC 5321 section 6.3 takes
	// 100 for a loop.
	maxHops = 100
	// maxReceived bounds one trace line, in octets; genuine ones have under
	// 2 KB.
	maxReceived = 16 << 10
)

// hop is one Received field (RFC 5321 section 4.4), as its writer tells it.
// Helo is the client's own word; rdns and ip are the writer's.
type hop struct {
	field    int        // index into Header.Fields
	helo     string     // lower case, no final dot
	rdns     string     // the client's verified name; empty when not stated or in doubt
	ip       netip.Addr // the client; invalid when not stated
	by       string     // lower case, no final dot; a host name or an address in text form
	byIP     netip.Addr // the writer's own address, where it tells it
	with     string     // lower case: "esmtps", "lmtp", "https"
	id       string
	rcpt     string // for
	mailFrom string // envelope-from, as some MTAs note it
	at       time.Time
	from     bool // there is a from clause at all
	authed   bool // the client was a user who logged in
	fetched  bool // it was fetched by IMAP or POP3
}

// trace is the Received fields of a header, top (the last) first.
type trace struct{ hops []hop }

// readTrace reads the trace of a message. It takes every form met in the wild:
// what cannot be read is left empty.
func readTrace(h eml.Header) trace {
	var t trace
	for i, f := range h.Fields {
		if !strings.EqualFold(strings.TrimSpace(f.Name), "received") {
			continue
		}
		if len(t.hops) == maxHops {
			break
		}
		p := parseReceived(fieldValue(h, i))
		p.field = i
		t.hops = append(t.hops, p)
	}
	return t
}

// receivedPart is a word, or a comment without its parentheses.
type receivedPart struct {
	text    string
	comment bool
}

// clause is what stands from one keyword to the next.
type clause struct {
	word  string // the first word
	more  []receivedPart
	found bool
}

// parseReceived reads the value of one Received field.
func parseReceived(value string) hop {
	value = clip(value, maxReceived)
	parts, date := splitReceived(value)
	clauses, free := receivedClauses(parts)
	h := hop{from: clauses["from"].found, at: receivedTime(date)}
	h.by = hostWord(clauses["by"].word)
	for _, p := range clauses["by"].more {
		if _, ip, ok := tcpInfo(p.text); ok && p.comment {
			h.byIP = ip
			break
		}
	}
	h.with = strings.ToLower(clauses["with"].word)
	h.id = clauses["id"].word
	h.rcpt = strings.Trim(clauses["for"].word, "<>")
	h.readClient(clauses["from"])
	h.readNotes(clauses, free)
	return h
}

// splitReceived cuts a value into words and comments, and the date behind the
// last semicolon outside comments.
func splitReceived(s string) (parts []receivedPart, date string) {
	end := len(s)
	i := 0
	for i < len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '(':
			n := commentEnd(s, i)
			parts = append(parts, receivedPart{strings.Trim(s[i+1:n], "()"), true})
			i = min(n+1, len(s))
		case c == ';':
			end = i
			parts = append(parts, receivedPart{text: ";"})
			i++
		default:
			n := i
			for n < len(s) && !strings.ContainsRune(" \t\r\n(;", rune(s[n])) {
				n++
			}
			parts = append(parts, receivedPart{text: s[i:n]})
			i = n
		}
	}
	if end < len(s) {
		date = s[end+1:]
	}
	return parts, date
}

// commentEnd gives the offset of the parenthesis that closes the one at i, or
// the end of s.
func commentEnd(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// receivedClauses sorts the parts under their keywords. The first of each
// keyword counts. free holds comments that stand before any keyword.
func receivedClauses(parts []receivedPart) (map[string]clause, []receivedPart) {
	out := make(map[string]clause)
	var free []receivedPart
	cur := ""
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		if !p.comment && p.text == ";" {
			cur = ""
			continue
		}
		if key := strings.ToLower(p.text); !p.comment && isReceivedKey(key) && !out[key].found {
			cur = key
			c := clause{found: true}
			if i+1 < len(parts) && !parts[i+1].comment && parts[i+1].text != ";" {
				i++
				c.word = parts[i].text
			}
			out[key] = c
			continue
		}
		if c, ok := out[cur]; ok {
			c.more = append(c.more, p)
			out[cur] = c
			continue
		}
		free = append(free, p)
	}
	return out, free
}

func isReceivedKey(s string) bool {
	switch s {
	case "from", "by", "via", "with", "id", "for":
		return true
	}
	return false
}

// readClient finds HELO, verified name and address of the client. MTAs write
//
//	from HELO (name [ip])        Postfix, Sendmail, Google; "unknown" or "may be forged" when unverified
//	from name ([ip] helo=HELO)   Exim; from [ip] (helo=HELO) when unverified
//	from HELO (ip)               Exchange
//	from unknown (HELO x) (ip)   qmail
//	from ip (EHLO x)             Yahoo
//	from HELO [ip]               fetchmail
//
// The last address in the clause counts: what the client said of itself
// stands before what the writer knows.
func (h *hop) readClient(c clause) {
	word := hostWord(c.word)
	h.helo = word
	if ip, ok := parseIP(c.word); ok {
		h.ip = ip
	}
	for _, p := range c.more {
		text, said := dropHelo(p.text)
		if said != "" {
			if p.comment && h.rdns == "" && h.ip == (netip.Addr{}) && word != "unknown" && strings.Contains(text, "[") {
				h.rdns = word // Exim: the word is the verified name
			}
			h.helo = hostWord(said)
		}
		if !p.comment {
			if ip, ok := parseIP(text); ok {
				h.ip = ip
			}
			continue
		}
		if name, ip, ok := tcpInfo(text); ok {
			h.ip, h.rdns = ip, cmpName(name, h.rdns)
		}
	}
}

// cmpName gives the verified name in TCP info, or what is known already.
func cmpName(name, known string) string {
	if name == "" || name == "unknown" {
		return known
	}
	return name
}

// tcpInfo reads "name [ip]", "[ip]" or "ip", what follows left out. A name
// that "may be forged" is none.
func tcpInfo(text string) (name string, ip netip.Addr, ok bool) {
	if i, j := strings.LastIndexByte(text, '['), strings.LastIndexByte(text, ']'); i >= 0 && j > i {
		if ip, ok = parseIP(text[i : j+1]); ok {
			name = hostWord(strings.TrimSpace(text[:i]))
			if strings.ContainsAny(name, " \t") || strings.Contains(text[j:], "forged") {
				name = ""
			}
			return name, ip, true
		}
	}
	ip, ok = parseIP(strings.TrimSpace(text))
	return "", ip, ok
}

// dropHelo takes what the client said of itself out of a comment.
func dropHelo(text string) (rest, helo string) {
	low := lowerASCII(text)
	for _, key := range []string{"helo=", "helo ", "ehlo "} {
		i := strings.Index(low, key)
		if i < 0 || i > 0 && !strings.ContainsRune(" \t", rune(low[i-1])) {
			continue
		}
		word, tail, _ := strings.Cut(strings.TrimSpace(text[i+len(key):]), " ")
		if word == "" {
			word = "unknown"
		}
		// What else a client may have said (ident=, user=) stands behind it.
		_ = tail
		return text[:i], word
	}
	if i := strings.Index(low, "ident="); i >= 0 {
		return text[:i], ""
	}
	return text, ""
}

// readNotes finds what stands in the remaining words and comments.
func (h *hop) readNotes(clauses map[string]clause, free []receivedPart) {
	switch strings.TrimPrefix(h.with, "utf8") {
	case "esmtpa", "esmtpsa", "smtpa", "smtpsa", "asmtp", "httprest":
		h.authed = true
	case "imap", "imaps", "pop3", "pop3s", "imap4", "imap4rev1":
		h.fetched = true
	}
	for _, key := range []string{"from", "by", "with", "id", "for", "via"} {
		for _, p := range clauses[key].more {
			h.note(p, key)
		}
	}
	for _, p := range free {
		h.note(p, "")
	}
}

func (h *hop) note(p receivedPart, key string) {
	if !p.comment {
		return
	}
	low := lowerASCII(p.text)
	if key == "from" && (strings.HasPrefix(low, "authenticated sender:") || strings.HasPrefix(low, "account ") ||
		strings.Contains(low, "smtpauth") || strings.HasPrefix(low, "authenticated ")) {
		h.authed = true
	}
	if rest, ok := strings.CutPrefix(low, "envelope-from"); ok && key != "from" {
		// Cut from the text itself, whose case counts.
		h.mailFrom = strings.Trim(strings.Fields(p.text[len(low)-len(rest):] + " x")[0], "<>")
	}
}

// hostWord gives a host name or address in the form that hosts are compared in.
func hostWord(s string) string {
	if ip, ok := parseIP(s); ok {
		return ip.String()
	}
	return strings.TrimSuffix(lowerASCII(strings.Trim(s, "<>,")), ".")
}

// parseIP reads an address in any form of trace lines: in brackets, with the
// IPv6: tag of RFC 5321 section 4.1.3, with a zone or, in brackets, a port. An
// IPv4 address mapped into IPv6 is given as IPv4.
func parseIP(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return netip.Addr{}, false
		}
		s = s[1:end]
	}
	s = strings.TrimSpace(s)
	if len(s) > 5 && strings.EqualFold(s[:5], "ipv6:") {
		s = s[5:]
	}
	s, _, _ = strings.Cut(s, "%")
	s = strings.TrimSuffix(s, ":") // QUIRK: Google's "by 2002:a05:0:0:0:0:0:0:".
	ip, err := netip.ParseAddr(s)
	if err != nil && strings.HasSuffix(s, ":") {
		ip, err = netip.ParseAddr(s + ":")
	}
	if err != nil {
		return netip.Addr{}, false
	}
	return ip.Unmap(), true
}

// receivedTime reads the date-time of a trace line; the zero time when there
// is none that can be read.
func receivedTime(s string) time.Time {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '(' {
			i = commentEnd(s, i)
			continue
		}
		b.WriteByte(s[i])
	}
	s = strings.Join(strings.Fields(b.String()), " ")
	if s == "" {
		return time.Time{}
	}
	t, err := eml.ParseDate(s)
	if err != nil {
		// QUIRK: "-0000 GMT" and the like: the zone is told twice.
		if i := strings.LastIndexByte(s, ' '); i > 0 {
			t, err = eml.ParseDate(s[:i])
		}
	}
	if err != nil || t.Year() < 1982 || t.Year() > 2200 { // RFC 821 is of 1982
		return time.Time{}
	}
	return t.UTC()
}
