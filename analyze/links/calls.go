package links

import (
	"strings"
	"unicode/utf8"
)

const (
	// beforeCall and afterCall are how far from a number the words stand that
	// tell to call it, in octets: a short sentence.
	beforeCall = 80
	afterCall  = 40
	// maxCalls bounds the numbers that one text tells to call.
	maxCalls = 100
	// maxCandidates bounds the rows of digits that are looked at: a table of
	// figures is no list of numbers to call.
	maxCandidates = 5000
	// minLocal and maxLocalPhone are how many digits a number without its
	// country's code has, with the 0 or the prefix of free numbers before it.
	minLocal, maxLocalPhone = 7, 13
)

// telling are words that tell a reader to call, in the languages of the lures.
// Labels of a signature (Tel., phone, Telefon) are none.
var telling = []string{
	"call", "dial", "hotline", "helpline", "help line", "toll free", "toll-free", "tollfree", "support number", "help desk", "helpdesk",
	"contact us at", "contact us on", "reach us at", "reach us on", "speak to", "talk to",
	"rufen", "anrufen", "anruf", "telefonisch unter", "servicenummer", "rufnummer",
	"appelez", "appeler", "numéro vert", "contactez-nous au", "composez",
	"llame", "llámenos", "llamar", "llama al", "marque", "numero verde", "chiama", "chiamare", "chiami", "contatti il",
	"ligue", "ligar", "bel ons", "bel naar", "bel direct", "bellen", "belt", "zadzwoń", "dzwoń", "ring oss", "ring till", "ring på", "ring til", "ringa", "soita", "soittamalla",
	"zavolejte", "volejte", "hívja", "sunați", "sunati", "apelați", "arayın", "arayin", "позвоните", "звоните", "hubungi", "gọi",
	"お電話", "電話して", "电话咨询", "拨打", "撥打", "致电", "致電", "전화하", "اتصل", "कॉल करें",
}

// aboutOneself follow a word that tells to call where a person speaks of
// itself, as in letters between people.
var aboutOneself = []string{"me", "mich", "moi", "mig", "meg", "mij", "mi", "my", "mir"}

// findCalls calls f for each telephone number that text tells its reader to
// call. A number without its country's code is given as its digits: what they
// mean depends on who reads them.
func findCalls(text string, f func(string)) {
	calls := 0
	for i, n := 0, 0; i < len(text) && n < maxCandidates && calls < maxCalls; {
		c := text[i]
		if c != '+' && c != '(' && !isDigit(c) || i > 0 && (isWordByte(text[i-1]) || strings.IndexByte("+/=.-_#@$", text[i-1]) >= 0) {
			i++
			continue
		}
		n++
		end := numberEnd(text, i)
		number := strings.TrimRight(text[i:end], " ().-\t\r\n\u00a0–~*|")
		stop := i + len(number)
		i = max(end, i+1)
		if stop < len(text) && (isWordByte(text[stop]) || text[stop] == '%' || text[stop] == '/') {
			continue
		}
		if p := calledPhone(number); p != "" && tells(text, stop-len(number), stop) {
			f(p)
			calls++
		}
	}
}

// numberEnd gives where the row of digits and what may stand between them ends.
func numberEnd(text string, i int) int {
	limit := min(len(text), i+maxPhoneText)
	for i < limit {
		if strings.IndexByte("+0123456789 ()-.\t~*|", text[i]) >= 0 {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r != '\u00a0' && r != '\u2011' && r != '–' {
			break
		}
		i += size
	}
	return i
}

// calledPhone judges one row of digits beside words that tell to call.
func calledPhone(s string) string {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	d := strings.Join(groups, "")
	if strings.HasPrefix(strings.TrimLeft(s, "("), "+") {
		return normalPhone("+" + d)
	}
	if len(d) < minLocal || len(d) > maxPhone+2 || strings.Contains(s, "+") || dated(groups) {
		return ""
	}
	area := strings.TrimPrefix(d, "1")
	switch {
	case len(area) == 10 && len(d) <= 11 && area[0] >= '2' && area[3] >= '2' && (tollFree(area) || len(groups) >= 3):
		return "+1" + area
	case strings.HasPrefix(d, "00") && len(d) >= minPhone+2:
		return normalPhone("+" + d[2:])
	case d[0] == '0' && len(d) >= 8 && len(d) <= maxLocalPhone:
		return d
	case len(d) == 10 && (strings.HasPrefix(d, "1300") || strings.HasPrefix(d, "1800")): // Australia
		return d
	case len(d) == 9 && len(groups) >= 3 && d[0] >= '6': // Spain, Portugal, Italy's and others' free numbers
		return d
	}
	return ""
}

// tollFree reports the North American numbers for which the called pays.
func tollFree(d string) bool {
	return d[0] == '8' && (d[1:3] == "00" || d[1] == d[2] && d[1] >= '3' && d[1] <= '8')
}

// dated tells of groups that are a day: 01.02.2026 or 2026-02-01.
func dated(groups []string) bool {
	if len(groups) < 3 {
		return false
	}
	a, b, c := len(groups[0]), len(groups[1]), len(groups[2])
	return a <= 2 && b <= 2 && c == 4 || a == 4 && b == 2 && c == 2
}

// tells reports whether the words before or behind a number tell to call it.
func tells(text string, start, end int) bool {
	from, to := max(0, start-beforeCall), min(len(text), end+afterCall)
	return tell(text[from:start]) || tell(text[end:to])
}

func tell(s string) bool {
	s = strings.ToLower(s)
	for _, w := range telling {
		for at := 0; ; {
			i := strings.Index(s[at:], w)
			if i < 0 {
				break
			}
			i += at
			at = i + len(w)
			if w[0] < utf8.RuneSelf && (i > 0 && isWordByte(s[i-1]) || at < len(s) && isWordByte(s[at])) {
				continue
			}
			if !oneself(s[at:]) {
				return true
			}
		}
	}
	return false
}

// oneself tells whether the first or the second word is one for the writer.
func oneself(s string) bool {
	words := strings.FieldsFunc(s[:min(len(s), 24)], func(r rune) bool { return r < 'a' || r > 'z' })
	for _, w := range words[:min(len(words), 2)] {
		for _, me := range aboutOneself {
			if w == me {
				return true
			}
		}
	}
	return false
}
