package links

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"reportascam/analyze"
)

const (
	// maxFindText bounds the text that is searched, in octets.
	maxFindText = 4 << 20
	// maxWord bounds one run of characters without white space that is read
	// for addresses.
	maxWord = 64 << 10
)

// FindText gives the addresses that stand in plain text, in their order:
// with a scheme, with "www.", and bare host names below a listed top-level
// domain that are neither mail addresses nor file names. Defanged addresses
// (hxxp, [.]) count. Source is "text", Text and URL are as written, at most
// 2,000 are given.
func FindText(text string) []analyze.Link {
	if len(text) > maxFindText {
		text = text[:maxFindText]
	}
	var found []analyze.Link
	words(text, func(word string) bool {
		found = appendWord(found, word)
		return len(found) < maxLinks
	})
	return found
}

// words calls f for each run of characters between white space and the
// characters that no address holds, until f says stop.
func words(text string, f func(string) bool) {
	start := -1
	for i, r := range text {
		if !isBreak(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && !f(text[start:min(i, start+maxWord)]) {
			return
		}
		start = -1
	}
	if start >= 0 {
		f(text[start:min(len(text), start+maxWord)])
	}
}

// isBreak reports the characters that end an address in text wherever they
// stand.
func isBreak(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= 0x20 || r == '<' || r == '>' || r == '"' || r == '`' || r == '^' || r == '|' || r == 0x7f
	}
	switch r {
	case '“', '”', '„', '‟', '«', '»', '‹', '›', '‘', '’', '‚', '、', '。', '，', '；', '！', '？', '（', '）', '【', '】', '「', '」', '『', '』', '《', '》', '〈', '〉', '…', utf8.RuneError:
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

// appendWord adds the addresses inside one word.
func appendWord(found []analyze.Link, word string) []analyze.Link {
	if len(word) < 4 || !strings.ContainsAny(word, ".:") && !strings.Contains(word, "dot") && !strings.Contains(word, "DOT") {
		return found
	}
	rest := word
	for len(rest) > 0 && len(found) < maxLinks {
		start, schemed := nextStart(rest)
		if start < 0 {
			break
		}
		end := urlEnd(rest, start, schemed)
		candidate := trimURL(rest[start:end])
		if link, ok := textURL(candidate, schemed); ok {
			found = append(found, link)
		}
		rest = rest[end:]
		word = ""
	}
	if word != "" {
		found = appendBare(found, word)
	}
	return found
}

// schemes are what an address in text begins with; the odd ones are defanged.
var schemes = []string{"https", "http", "hxxps", "hxxp", "h**ps", "h**p", "htxps", "htxp", "hxtps", "hxtp", "ftp", "fxp"}

// nextStart finds where the next address with a scheme or with www. starts.
func nextStart(s string) (start int, schemed bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ':':
			if n := schemeBefore(s, i); n > 0 && slashes(s[i+1:]) {
				return i - n, true
			}
		case '[':
			if n := schemeBefore(s, i); n > 0 && (strings.HasPrefix(s[i:], "[:]//") || strings.HasPrefix(s[i:], "[://]")) {
				return i - n, true
			}
		case 'w', 'W':
			if (i == 0 || !isWordByte(s[i-1]) && s[i-1] != '.' && s[i-1] != '@' && s[i-1] != '/') && isWWW(s[i:]) {
				return i, false
			}
		}
	}
	return -1, false
}

func slashes(s string) bool {
	return strings.HasPrefix(s, "//") || strings.HasPrefix(s, `\\`)
}

// schemeBefore gives the length of the scheme that ends at i, or 0.
func schemeBefore(s string, i int) int {
	for _, scheme := range schemes {
		if i >= len(scheme) && strings.EqualFold(s[i-len(scheme):i], scheme) {
			return len(scheme)
		}
	}
	return 0
}

func isWWW(s string) bool {
	return len(s) > 4 && strings.EqualFold(s[:3], "www") && (s[3] == '.' || strings.HasPrefix(s[3:], "[.]") || strings.HasPrefix(s[3:], "(.)"))
}

// urlEnd finds where the address that begins at start ends: at the next one
// that is joined to it by a comma or the like, or at the end.
func urlEnd(s string, start int, schemed bool) int {
	from := start + 4
	if schemed {
		if i := strings.Index(s[start:], "//"); i >= 0 {
			from = start + i + 2
		}
	}
	path := false
	for i := from; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		path = path || r == '/' || r == '?' || r == '#'
		if strings.ContainsRune(",;)]}'*", r) {
			if n, _ := nextStart(s[i+1 : min(len(s), i+16)]); n == 0 || n == 1 {
				return i
			}
		}
		if path && isCJK(r) {
			// Text in scripts without spaces follows the address at once.
			return i
		}
		i += size
	}
	return len(s)
}

func isCJK(r rune) bool {
	return r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// trimURL takes away the punctuation of the sentence around an address, and
// closing brackets that the address did not open.
func trimURL(s string) string {
	open := strings.Count(s, "(") - strings.Count(s, ")")
	square := strings.Count(s, "[") - strings.Count(s, "]")
	curly := strings.Count(s, "{") - strings.Count(s, "}")
	for s != "" {
		switch c := s[len(s)-1]; {
		case strings.IndexByte(".,;:!?'*_~", c) >= 0:
		case c == ')' && open < 0:
			open++
		case c == ']' && square < 0:
			square++
		case c == '}' && curly < 0:
			curly++
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

// textURL makes a link of a candidate.
func textURL(s string, schemed bool) (analyze.Link, bool) {
	target := s
	if !schemed {
		target = "https://" + refang(s)
	}
	link, ok := ParseURL(target)
	if !ok || link.Host == "" || !schemed && !Listed(link.Host) {
		return analyze.Link{}, false
	}
	if len(s) > maxURL {
		s = strings.ToValidUTF8(s[:maxURL], "")
	}
	link.URL, link.Text, link.Source = s, s, "text"
	if !schemed {
		link.Scheme = "https"
	}
	return link, true
}
