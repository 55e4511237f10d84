package links

import "strings"

const (
	minPhone = 8  // digits with the country code; fewer are mostly other numbers
	maxPhone = 15 // digits (ITU-T E.164 section 6)
)

// findPhones calls f for each telephone number in text that is written so that
// it can be nothing else: with + and country code, or as a North American
// number in the usual groups. The number is given as + and digits.
func findPhones(text string, f func(string)) {
	for i := 0; i < len(text); {
		c := text[i]
		if c != '+' && c != '(' && (c < '0' || c > '9') || i > 0 && (isWordByte(text[i-1]) || strings.IndexByte("+/=.-_#", text[i-1]) >= 0) {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && j-i < maxPhoneText && strings.IndexByte("0123456789 ()-.\t", text[j]) >= 0 {
			j++
		}
		number := strings.TrimRight(text[i:j], " ().-\t")
		if end := i + len(number); end == len(text) || !isWordByte(text[end]) && text[end] != '/' && text[end] != '@' {
			if n := textPhone(number); n != "" {
				f(n)
			}
		}
		i = j
	}
}

// maxPhoneText is the room of fifteen digits with two separators each.
const maxPhoneText = 45

// textPhone judges one run of digits and separators.
func textPhone(s string) string {
	if strings.HasPrefix(s, "+") {
		return normalPhone(s)
	}
	// North American: [1] area code, exchange and line, with separators between the groups.
	groups := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) == 4 && groups[0] == "1" {
		groups = groups[1:]
	}
	if len(groups) != 3 || len(groups[0]) != 3 || len(groups[1]) != 3 || len(groups[2]) != 4 || groups[0][0] < '2' || groups[1][0] < '2' {
		return ""
	}
	return "+1" + strings.Join(groups, "")
}

// normalPhone gives a number that starts with + as + and digits, or "".
func normalPhone(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "+") {
		return ""
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	d := b.String()
	if len(d) < minPhone || len(d) > maxPhone || d[0] == '0' {
		return ""
	}
	return "+" + d
}
