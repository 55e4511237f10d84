package links

import (
	"strings"
	"unicode"

	"reportascam/analyze"
)

// appendBare adds the host names without a scheme in a word. The word may hold
// several, joined by punctuation.
func appendBare(found []analyze.Link, word string) []analyze.Link {
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool {
		return strings.ContainsRune(",;'*!$&+=", r)
	}) {
		part = strings.TrimLeft(part, "([{:-_~#")
		part = trimURL(part)
		if len(found) >= maxLinks || strings.Contains(part, "@") {
			continue
		}
		if host := bareHost(part); host != "" {
			if link, ok := textURL(part, false); ok {
				found = append(found, link)
			}
		}
	}
	return found
}

// bareHost gives the host at the start of s when s can be read as a host
// name, alone or with a path, port or query behind it; "" otherwise.
func bareHost(s string) string {
	s = refang(s)
	end := strings.IndexAny(s, "/?#:\\")
	name, path := s, ""
	if end >= 0 {
		name, path = s[:end], s[end:]
	}
	if len(name) > maxHost || !hostShaped(name) {
		return ""
	}
	if strings.HasPrefix(path, ":") && (len(path) < 2 || path[1] < '0' || path[1] > '9') {
		return ""
	}
	dot := strings.LastIndexByte(name, '.')
	tld, before := name[dot+1:], name[:dot]
	if path == "" || path == ":" {
		if isFileType(strings.ToLower(tld)) || isSentence(before, tld) {
			return ""
		}
	}
	host := ASCII(name)
	if host == "" || !Listed(host) || Registrable(host) == "" {
		return ""
	}
	return host
}

// hostShaped reports whether every label is of letters, digits and inner
// hyphens, with at least one dot and a last label that is not a number.
func hostShaped(s string) bool {
	dots, label := 0, 0
	for i, r := range s {
		switch {
		case r == '.':
			if label == 0 || s[i-1] == '-' {
				return false
			}
			dots++
			label = 0
			continue
		case r == '-':
			if label == 0 {
				return false
			}
		case r == '_' && dots == 0:
		case r < 0x80 && !isWordByte(byte(r)):
			return false
		case r >= 0x80 && !unicode.In(r, unicode.L, unicode.M, unicode.Nd):
			return false
		}
		label++
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	return dots > 0 && label > 1 && strings.Trim(last, "0123456789") != ""
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isFileType reports top-level domains that are far more often the ending of
// a file's name in running text.
func isFileType(tld string) bool {
	switch tld {
	case "zip", "mov", "py", "pl", "rs", "sh", "md", "ps", "so", "cc", "cab", "pub", "gz", "mk", "sc", "ms", "vi",
		"bz", "cpa", "tf", "st", "as", "ml", "hs", "kt", "lua", "bar", "prof", "map", "dev-null", "java", "name", "data", "properties":
		return true
	}
	return false
}

// isSentence reports a full stop without a space behind it ("end.It was"),
// and abbreviations ("e.g", "z.B").
func isSentence(before, tld string) bool {
	label := before[strings.LastIndexByte(before, '.')+1:]
	if len(label) < 2 && tld != "com" && tld != "co" && tld != "org" {
		return true
	}
	upper := func(s string) bool { return strings.ToUpper(s) == s && strings.ToLower(s) != s }
	// A name is in one case, or capitalised in front: PayPal.com, EBAY.COM.
	return tld != strings.ToLower(tld) && !(upper(tld) && (upper(label) || strings.ContainsAny(label, "0123456789")))
}

// shownHost gives the host that a link's text shows: the text has an address
// with a scheme or www. in it, or is a bare host name as a whole.
func shownHost(text string) string {
	text = strings.TrimSpace(stripZeroWidth(text))
	if text == "" || !strings.ContainsAny(text, ".") {
		return ""
	}
	host := ""
	words(text, func(word string) bool {
		if start, schemed := nextStart(word); start >= 0 {
			if link, ok := textURL(trimURL(word[start:urlEnd(word, start, schemed)]), schemed); ok {
				host = link.Host
			}
		}
		return host == ""
	})
	if host != "" || strings.ContainsFunc(text, isBreak) && !strings.ContainsAny(text, "<>") {
		return host
	}
	text = strings.Trim(text, "<>[]()")
	if strings.Contains(text, "@") {
		return ""
	}
	return bareHost(trimURL(text))
}

func stripZeroWidth(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isZeroWidth(r) {
			return -1
		}
		return r
	}, s)
}
