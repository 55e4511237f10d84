package auth

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// Errors of tag lists, in the words of a Reason.
var (
	errTagSyntax    = errors.New("tag list does not parse")
	errTagDuplicate = errors.New("tag given twice")
	errTagMany      = errors.New("too many tags")
)

// maxTags is how many tags one list may hold; the standards define 17.
const maxTags = 64

// tagList is a parsed tag list (RFC 6376 section 3.2), in order.
type tagList []tag

type tag struct{ name, value string }

// get gives the value of a tag, and whether it is there.
func (l tagList) get(name string) (string, bool) {
	for _, t := range l {
		if t.name == name {
			return t.value, true
		}
	}
	return "", false
}

// parseTags reads a tag list. Names are case-sensitive; white space around
// names and values is dropped; empty specs are passed over, as in the wild.
func parseTags(s string) (tagList, error) {
	out := make(tagList, 0, 12) // as many as usual ones have
	for len(s) > 0 {
		spec, rest, _ := strings.Cut(s, ";")
		s = rest
		spec = trimFWS(spec)
		if spec == "" {
			continue
		}
		name, value, ok := strings.Cut(spec, "=")
		name, value = trimFWS(name), trimFWS(value)
		if !ok || !isTagName(name) || !isTagValue(value) {
			return nil, errTagSyntax
		}
		if _, again := out.get(name); again {
			return nil, errTagDuplicate // RFC 6376 section 3.2: the whole list is invalid
		}
		if len(out) == maxTags {
			return nil, errTagMany
		}
		out = append(out, tag{name, value})
	}
	return out, nil
}

func isTagName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		alpha := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !alpha && (i == 0 || !('0' <= c && c <= '9') && c != '_') {
			return false
		}
	}
	return s != ""
}

// isTagValue allows printable characters and folding white space, and 8-bit
// text for internationalised mail (RFC 8616).
func isTagValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && !isFWS(c) || c == 0x7f {
			return false
		}
	}
	return true
}

func isFWS(c byte) bool { return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n') }

// trimFWS drops white space at both ends; strings.Trim with a set is four
// times as slow on the short texts here.
func trimFWS(s string) string {
	for s != "" && isFWS(s[0]) {
		s = s[1:]
	}
	for s != "" && isFWS(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// dropFWS takes all white space out, as in base64 values.
func dropFWS(s string) string {
	i := 0
	for i < len(s) && !isFWS(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if !isFWS(s[i]) {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// decode64 reads base64 with white space anywhere and the padding optional.
func decode64(s string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(dropFWS(s), "="))
}

// splitColons gives the items of a colon-separated list, trimmed.
func splitColons(s string) []string {
	items := strings.Split(s, ":")
	for i, it := range items {
		items[i] = trimFWS(it)
	}
	return items
}

// forever stands for a number too large to matter (RFC 6376 section 3.5).
const forever = int64(1) << 62

// parseNumber reads an unsigned decimal number; a very large one is forever.
func parseNumber(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > forever {
		return forever, true
	}
	return n, true
}
