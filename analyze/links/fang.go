package links

import "strings"

// refanger undoes how people make addresses harmless. Only forms that no
// working address holds are listed.
var refanger = strings.NewReplacer(
	"[.]", ".", "(.)", ".", "{.}", ".",
	"[dot]", ".", "(dot)", ".", "{dot}", ".", "[DOT]", ".", "(DOT)", ".",
	"[:]", ":", "[://]", "://", "[/]", "/", `:\\`, "://",
)

// refang undoes defanging: hxxp, h**p, [.] and the like. Most strings have
// nothing of it and are given back as they are.
func refang(s string) string {
	if strings.ContainsAny(s, "[({\\") {
		s = refanger.Replace(s)
	}
	if len(s) < 4 || (s[0]|0x20) != 'h' || (s[3]|0x20) != 'p' {
		return s
	}
	switch strings.ToLower(s[1:3]) {
	case "xx", "**", "tx", "xt":
		return "http" + s[4:]
	}
	return s
}

// Defang makes an address that no mail client turns into a link:
// hxxps://example[.]com/path. Dots after the host and the @ of an address are
// made harmless too, because clients link "/a.example.com" as well. A string
// that is already defanged is not changed. The result holds no control
// characters and none that change the direction of text.
func Defang(s string) string {
	s = strings.Map(harmless, s)
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case (c|0x20) == 'h' && (startsFold(s[i:], "http:") || startsFold(s[i:], "https:")):
			b.WriteString("hxxp")
			i += len("http") - 1
		case (c|0x20) == 'f' && startsFold(s[i:], "ftp:"):
			b.WriteString("fxp")
			i += len("ftp") - 1
		case c == '.' && !bracketed(s, i):
			b.WriteString("[.]")
		case c == '@' && !bracketed(s, i):
			b.WriteString("[@]")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// bracketed reports whether the octet at i already stands in brackets.
func bracketed(s string, i int) bool {
	return i > 0 && i+1 < len(s) && s[i-1] == '[' && s[i+1] == ']'
}

func startsFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// harmless drops what a terminal, a log or a mail client could act on.
func harmless(r rune) rune {
	switch {
	case r < 0x20 || (r >= 0x7f && r < 0xa0):
		return -1
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return -1
	case isZeroWidth(r):
		return -1
	}
	return r
}

// isZeroWidth reports characters that take no room and so can split a word
// unseen.
func isZeroWidth(r rune) bool {
	switch r {
	case 0x00ad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x3164, 0xfeff, 0xffa0:
		return true
	}
	return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0000 && r <= 0xe007f || r == 0x180b
}
