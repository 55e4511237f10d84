package forward

import (
	"strings"
)

// attribution is a line that names who wrote what is quoted below: "On 28/10
// Jo <jo@x> wrote:". Clients put it above replies; Outlook 2019 for Macs puts
// it above forwards as well, and then only the subject tells.
type attribution struct {
	lang         string
	sender, date string
}

// verbs are "wrote" as clients print it, folded, at the end of an attribution
// (before the colon) or anywhere in it. Sources: public samples of Outlook for
// Macs, Apple Mail, Gmail and Thunderbird.
var verbs = []struct{ word, lang string }{
	{"wrote", "en"}, {"writes", "en"}, {"schrieb", "de"}, {"a écrit", "fr"}, {"escribió", "es"}, {"ha scritto", "it"}, {"scrive", "it"},
	{"escreveu", "pt"}, {"geschreven", "nl"}, {"schreef", "nl"}, {"skrev følgende", "nb"}, {"følgende skrev", "nb"}, {"följande", "sv"}, {"skrev", "da"},
	{"kirjoitti", "fi"}, {"kirjutas", "et"}, {"napsal(a)", "cs"}, {"napsal", "cs"}, {"napísal(a)", "sk"}, {"napísal", "sk"}, {"napisał(a)", "pl"},
	{"napisał", "pl"}, {"pisze", "pl"}, {"ezt írta", "hu"}, {"írta", "hu"}, {"a scris", "ro"}, {"je napisao", "hr"}, {"napisao", "hr"}, {"napisala", "hr"}, {"piše", "hr"},
	{"je napisal", "sl"}, {"написао", "sr"}, {"је написао", "sr"}, {"написал(а)", "ru"}, {"написал", "ru"}, {"пишет", "ru"}, {"написав", "uk"}, {"пише", "uk"},
	{"написа", "bg"}, {"έγραψε", "el"}, {"şunu yazdı", "tr"}, {"yazdı", "tr"}, {"כתב", "he"}, {"כתבה", "he"}, {"כתב/ה", "he"}, {"كتب", "ar"},
	{"ने लिखा", "hi"}, {"เขียนว่า", "th"}, {"เขียน", "th"}, {"đã viết", "vi"}, {"menulis", "id"}, {"のメール", "ja"}, {"さんは書きました", "ja"}, {"書きました", "ja"},
	{"님이 작성", "ko"}, {"작성", "ko"}, {"写道", "zh-Hans"}, {"寫道", "zh-Hant"}, {"va escriure", "ca"}, {"rašė", "lt"}, {"rakstīja", "lv"},
}

// maxAttribution is the length in bytes beyond which no line is one.
const maxAttribution = 400

// readAttribution reads a line, with the next one if the client broke it.
func readAttribution(lines []line, i int) (a attribution, next int, ok bool) {
	s := strings.TrimFunc(lines[i].text, ignorable)
	if s == "" || len(s) > maxAttribution {
		return a, 0, false
	}
	next = i + 1
	if !endsColon(s) {
		if next >= len(lines) {
			return a, 0, false
		}
		rest := strings.TrimFunc(cut(lines[next].text, maxAttribution+1), ignorable)
		if !endsColon(rest) || !strings.ContainsAny(s, "0123456789@") {
			return a, 0, false
		}
		s += " " + rest
		if next++; !endsColon(s) || len(s) > maxAttribution {
			return a, 0, false
		}
	}
	s = strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(s, ":"), "："), " \u00A0")
	if !strings.ContainsAny(s, "0123456789@") {
		return a, 0, false
	}
	low := fold(s)
	for _, v := range verbs {
		if k := strings.Index(low, v.word); k >= 0 && wordEdges(low, k, k+len(v.word)) {
			a.lang = v.lang
			a.sender, a.date = splitAttribution(s, low, v.word)
			return a, next, true
		}
	}
	return a, 0, false
}

func endsColon(s string) bool { return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") }

// wordEdges tells whether s[i:j] is not part of a longer word of ASCII letters.
func wordEdges(s string, i, j int) bool {
	letter := func(c byte) bool { return c >= 'a' && c <= 'z' }
	return !(i > 0 && letter(s[i]) && letter(s[i-1])) && !(j < len(s) && letter(s[j-1]) && letter(s[j]))
}

// splitAttribution tells the sender from the date. The date is the run from
// the first digit to the last one outside of the sender.
func splitAttribution(s, low, verb string) (sender, date string) {
	open := strings.LastIndexAny(s, "<[")
	if open < 0 {
		if at := strings.IndexByte(s, '@'); at >= 0 {
			open = strings.LastIndexByte(s[:at], '(')
		}
	}
	if open < 0 {
		return "", digitsRun(s)
	}
	closing := strings.IndexAny(s[open:], ">])")
	if closing < 0 {
		return "", digitsRun(s)
	}
	closing += open + 1
	before, after := s[:open], s[closing:]
	name := nameAtEnd(before)
	date = digitsRun(strings.TrimSuffix(before, name))
	if date == "" {
		date = digitsRun(after)
	}
	return strings.TrimFunc(name, ignorable) + " " + s[open:closing], date
}

// nameAtEnd gives the name at the end of "On 28/10/2021 12:46, Jo Doe ": what
// is in quotes, else what follows the last comma or the last word that has a
// digit or belongs to the sentence.
func nameAtEnd(s string) string {
	t := strings.TrimRight(strings.TrimRightFunc(s, ignorable), "(")
	t = strings.TrimRightFunc(t, ignorable)
	for _, q := range [][2]string{{`"`, `"`}, {"«", "»"}, {"„", "”"}, {"„", "“"}, {"“", "”"}, {"'", "'"}} {
		if strings.HasSuffix(t, q[1]) && len(t) > len(q[1]) {
			if i := strings.LastIndex(t[:len(t)-len(q[1])], q[0]); i >= 0 {
				return s[i:]
			}
		}
	}
	start := 0
	if i := strings.LastIndexAny(s, "0123456789"); i >= 0 {
		start = i + 1
	}
	if i := strings.LastIndexByte(s[start:], ','); i >= 0 {
		start += i + 1
	}
	for {
		rest := strings.TrimLeftFunc(s[start:], ignorable)
		word, _, found := strings.Cut(rest, " ")
		if !found || !sentenceWords[strings.Trim(fold(word), ".,:")] {
			return s[start:]
		}
		start = len(s) - len(rest) + len(word)
	}
}

// sentenceWords stand between the date and the name in attributions.
var sentenceWords = words("időpontban", "používateľ", "пользователь", "користувач", "użytkownik", "uživatel", "heeft", "uhr", "schrieb", "skrev", "kl", "h", "am", "pm",
	"gmt", "utc", "cet", "cest", "at", "um", "o", "v", "a", "le", "em", "on", "korisnik", "потребител", "ο", "χρήστης", "na", "den", "d", "г", "р", "in")

// digitsRun gives s from its first digit to its last, with what is between.
func digitsRun(s string) string {
	first := strings.IndexAny(s, "0123456789")
	if first < 0 {
		return ""
	}
	last := strings.LastIndexAny(s, "0123456789")
	return s[first : last+1]
}
