package analyze

import "strings"

// Mailboxes are the addresses of the desk, as configured: "local@domain",
// "local@*" for any domain, or "@domain" for any local part.
type Mailboxes []string

// Has tells whether addr is one of them. Case does not count, nor does a
// detail behind a plus sign ("local+detail@domain", RFC 5233).
func (m Mailboxes) Has(addr string) bool {
	local, domain, ok := cutAddress(addr)
	if !ok {
		return false
	}
	plain, _, _ := strings.Cut(local, "+")
	for _, box := range m {
		l, d, ok := cutAddress(box)
		if ok && (d == "*" || d == domain) && (l == "" || l == local || l == plain) {
			return true
		}
	}
	return false
}

// cutAddress gives both sides of the last @, in lower case, the domain
// without a final dot.
func cutAddress(addr string) (local, domain string, ok bool) {
	addr = strings.ToLower(strings.TrimSpace(addr))
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return "", "", false
	}
	return addr[:at], strings.TrimSuffix(addr[at+1:], "."), true
}
