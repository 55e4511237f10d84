package forward

import (
	"html"
	"strings"

	"reportascam/analyze"
)

// maxMailboxes bounds a quoted list of recipients: more are of no use to any
// check, and a line of 16 KiB holds some thousand.
const maxMailboxes = 500

// quotedMailboxes reads a list of addresses as clients print them.
func quotedMailboxes(value string) []analyze.Mailbox {
	value = unescape(value)
	var out []analyze.Mailbox
	for _, item := range splitList(value) {
		if m := quotedMailbox(item); m != (analyze.Mailbox{}) && len(out) < maxMailboxes {
			out = append(out, m)
		}
	}
	return out
}

// quotedSender reads one address that may hold commas: "Doe, John <a@b>".
func quotedSender(value string) []analyze.Mailbox {
	if m := quotedMailbox(unescape(value)); m != (analyze.Mailbox{}) {
		return []analyze.Mailbox{m}
	}
	return nil
}

func unescape(s string) string {
	if strings.Contains(s, "&lt;") || strings.Contains(s, "&quot;") {
		return html.UnescapeString(s)
	}
	return s
}

// splitList splits at semicolons where there are any outside of quotes and
// brackets (Outlook, Yahoo), else at commas. A piece without an address before
// one that has one is the first half of a name: "Doe, John <a@b>".
func splitList(s string) []string {
	if parts := splitAt(s, ';'); len(parts) > 1 {
		return parts
	}
	parts := splitAt(s, ',')
	var out []string
	held := ""
	for _, p := range parts {
		if held != "" {
			p = held + "," + p
			held = ""
		}
		if !strings.Contains(p, "@") && strings.TrimSpace(p) != "" {
			held = p
			continue
		}
		out = append(out, p)
	}
	if held == "" {
		return out
	}
	// Names without any address: each piece is one.
	return append(out, splitAt(held, ',')...)
}

// splitAt splits at a separator outside of double quotes, angle and square
// brackets. A quote or a bracket that is never closed protects nothing.
func splitAt(s string, sep byte) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '<', '[':
			closing := map[byte]byte{'"': '"', '<': '>', '[': ']'}[c]
			if j := strings.IndexByte(cut(s[i+1:], 400), closing); j >= 0 {
				i += j + 1
			}
		case sep:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// onBehalf are the words between a technical sender and the one that a reader
// is shown, in Outlook's languages.
var onBehalf = []string{" on behalf of ", " im auftrag von ", " de la part de ", " en nombre de ", " per conto di ", " namens ", " em nome de ", " w imieniu "}

// quotedMailbox reads one address in any of the forms in which clients print
// it: "N <a@b>", "N [mailto:a@b]", "N <a@b<mailto:a@b>>", "N (a@b)",
// "'N' <a@b>", "a@b", "N". The address in brackets counts, whatever the name
// looks like: a name that is an address itself is a scammer's trick.
func quotedMailbox(s string) analyze.Mailbox {
	s = strings.TrimFunc(strings.Trim(strings.TrimFunc(s, ignorable), ",;"), ignorable)
	if s == "" {
		return analyze.Mailbox{}
	}
	skip := 0
	if s[0] == '"' {
		if j := strings.IndexByte(s[1:], '"'); j >= 0 {
			skip = j + 2
		}
	}
	name, address := s, ""
	for _, open := range []string{"<", "[", "("} {
		at, addr := bracketed(s, skip, open)
		if addr != "" {
			name, address = s[:at], addr
			break
		}
	}
	if address == "" {
		name, address = bareAddress(s)
	}
	name = cleanName(name)
	if strings.EqualFold(name, address) {
		name = ""
	}
	if name == "" && address != "" {
		name = behalf(s)
	}
	return analyze.Mailbox{Name: valid(name), Address: valid(address)}
}

// bracketed finds the first bracket at or after skip that opens on an address.
func bracketed(s string, skip int, open string) (at int, address string) {
	for i := skip; i < len(s); {
		j := strings.Index(s[i:], open)
		if j < 0 {
			return 0, ""
		}
		i += j
		inner := s[i+1:]
		if k := strings.IndexAny(inner, "<>[]()"); k >= 0 {
			if k == 0 && inner[0] == '<' {
				i++
				continue
			}
			inner = inner[:k]
		}
		if a := cleanAddress(inner); a != "" {
			return i, a
		}
		i++
	}
	return 0, ""
}

// cleanAddress gives an address without mailto: and what follows it, or
// nothing if s is none.
func cleanAddress(s string) string {
	s = strings.TrimFunc(s, ignorable)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if i := strings.IndexAny(s, "? \t\u00A0"); i >= 0 {
		s = s[:i]
	}
	s = strings.Trim(s, "'\",;")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return ""
	}
	return s
}

// bareAddress finds an address that stands in no brackets; what is before it
// is the name.
func bareAddress(s string) (name, address string) {
	at := strings.IndexByte(s, '@')
	if at < 0 {
		return s, ""
	}
	const around = " \t<>[]()\",;\u00A0"
	start := strings.LastIndexAny(s[:at], around) + 1
	if start > 0 && s[start-1] == 0xC2 { // the blank was a no-break space of two bytes
		start++
	}
	end := len(s)
	if i := strings.IndexAny(s[at:], around); i >= 0 {
		end = at + i
	}
	if a := cleanAddress(s[start:end]); a != "" {
		return s[:start], a
	}
	return s, ""
}

// cleanName takes the quotes off a name, one kind after the other.
func cleanName(s string) string {
	s = strings.TrimFunc(s, ignorable)
	s = strings.TrimFunc(strings.TrimRight(s, "<[("), ignorable)
	for range 3 {
		if len(s) < 2 {
			break
		}
		first, last := s[0], s[len(s)-1]
		if first == last && (first == '"' || first == '\'' || first == '*') {
			s = strings.TrimFunc(s[1:len(s)-1], ignorable)
			continue
		}
		break
	}
	for _, pair := range [][2]string{{"«", "»"}, {"„", "“"}, {"„", "”"}, {"“", "”"}} {
		if strings.HasPrefix(s, pair[0]) && strings.HasSuffix(s, pair[1]) && len(s) >= len(pair[0])+len(pair[1]) {
			s = strings.TrimFunc(s[len(pair[0]):len(s)-len(pair[1])], ignorable)
		}
	}
	return strings.Join(strings.Fields(s), " ")
}

// behalf gives the name that Outlook prints after a technical sender.
func behalf(s string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return ""
	}
	for _, words := range onBehalf {
		if i := strings.Index(low, words); i >= 0 {
			rest := s[i+len(words):]
			if j := strings.IndexAny(rest, "<[("); j >= 0 {
				rest = rest[:j]
			}
			return cleanName(rest)
		}
	}
	return ""
}
