package links

import "strings"

// maxAddresses bounds the mail addresses that are looked at in one text: a
// list of customers is no list of indicators.
const maxAddresses = 10_000

// findAddresses calls f for each mail address in text.
func findAddresses(text string, f func(string)) {
	rest, base := text, 0
	for range maxAddresses {
		i := strings.IndexByte(rest, '@')
		if i < 0 {
			return
		}
		at := base + i
		rest, base = text[at+1:], at+1
		start := at
		for start > 0 && at-start < maxLocal && isLocalByte(text[start-1]) {
			start--
		}
		end := at + 1
		for end < len(text) && end-at <= maxHost && (isWordByte(text[end]) || text[end] == '.' || text[end] == '-') {
			end++
		}
		local := strings.Trim(text[start:at], ".")
		domain := strings.TrimRight(text[at+1:end], ".-")
		if local != "" && strings.Contains(domain, ".") && hostShaped(domain) && Listed(domain) {
			f(local + "@" + domain)
		}
	}
}

// maxLocal is the longest local part (RFC 5321 section 4.5.3.1.1).
const maxLocal = 64

func isLocalByte(c byte) bool {
	return isWordByte(c) || strings.IndexByte("._%+-", c) >= 0
}
