package oddity

import (
	"regexp"
	"strings"
)

// placeholder is what programs for mass mailing fill in, and did not, where a
// text begins with it. Every repetition is bounded, so that it is linear.
var placeholder = regexp.MustCompile(`(?i)^(?:(?:\{\{|%%|\[\[|\$\{|<<|\*\||##) ?[-a-z_.:]{0,12}(?:name|e?mail|user|domain|date|company|recipient|random|link|victim|address)[-a-z_.:]{0,12} ?(?:\}\}|%%|\]\]|\}|>>|\|\*|##)|` +
	`\{(?:first_?name|last_?name|name|e?mail|user(?:name)?|domain|date|time|random[a-z_0-9]{0,10}|rand|vorname|nachname)\}|` +
	`#(?:e?mail|first_?name|name|domain|user|date)#|%(?:vorname|nachname|first_?name|last_?name|e?mail|name|user)%|` +
	`\[-?(?:e?mail|first_?name|name|domain|user|date|randnum|random)-?\])`)

// maxPlaceholder is longer than any placeholder, in octets: 39 characters, of
// which some have a form of three octets that is the same but for its case.
const maxPlaceholder = 128

// leftover gives the first placeholder in s. The expression is slow, and what
// a placeholder begins with is rare: it is asked only there.
func leftover(s string) string {
	for at := 0; ; at++ {
		i := strings.IndexAny(s[at:], "{%[$<*#")
		if i < 0 {
			return ""
		}
		at += i
		if !opens(s[at:]) {
			continue
		}
		if m := placeholder.FindString(s[at:min(len(s), at+maxPlaceholder)]); m != "" {
			return m
		}
	}
}

// opens tells by its first two octets whether s can begin with a placeholder.
func opens(s string) bool {
	if len(s) < 2 {
		return false
	}
	c, word := s[1], s[1]|0x20 >= 'a' && s[1]|0x20 <= 'z' || s[1] >= 0x80
	switch s[0] {
	case '{', '%', '#':
		return word || c == s[0]
	case '[':
		return word || c == '[' || c == '-'
	case '$':
		return c == '{'
	case '*':
		return c == '|'
	}
	return c == '<'
}
