package reply

import (
	"slices"
	"strings"
	"unicode"
)

// Languages guesses which languages the reporter reads, BCP 47 tags, the
// likeliest first. What people write themselves tells most, then what their
// program writes into a forward, then the header, whose Content-Language many
// programs set to that of their makers.
func Languages(o Outer) []string {
	own := ""
	if o.Report != nil && !redirected(o.Originals) && !resent(o.Header) {
		own = ownText(o.Report.Raw)
	}
	out := []string{guess(note(own, o.Originals))}
	for _, orig := range o.Originals {
		out = append(out, orig.Lang)
	}
	out = append(out, prefixLanguage(o.Header.Text("Subject")))
	tag := o.Reporter.Lang
	if !strings.EqualFold(tag, "en-US") { // half the world's programs say so
		out = append(out, tag)
	}
	_, domain := split(o.Reporter.Address)
	out = append(out, homes[topLevel(domain)].lang)
	if tag == "" && pasted(o.Originals) {
		out = append(out, guess(own))
	}
	out = append(out, tag)
	// Words tell the language, the header the dialect too.
	base, _, dialect := strings.Cut(tag, "-")
	for i, l := range out {
		if dialect && strings.EqualFold(l, base) {
			out[i] = tag
		}
	}
	return slices.DeleteFunc(out, func(l string) bool { return l == "" })
}

// prefixLanguage reads the mark that programs put before the subject of a
// forward in their own language.
func prefixLanguage(subject string) string {
	word, _, ok := strings.Cut(strings.ReplaceAll(subject, "：", ":"), ":")
	if !ok || len(word) > 16 {
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "wg":
		return "de"
	case "tr":
		return "fr"
	case "rv":
		return "es"
	case "enc":
		return "pt"
	case "pd":
		return "pl"
	case "ilt", "i̇lt", "i̇lt.":
		return "tr"
	case "doorst", "doorgest":
		return "nl"
	case "转发", "轉寄", "答复":
		return "zh"
	case "転送":
		return "ja"
	case "إعادة توجيه", "إعادة":
		return "ar"
	}
	return ""
}

// stopWords are the most frequent words of the languages in Latin letters
// that others of them do not have, and what people write above a forward.
var stopWords = map[string]string{
	"en": " the this is it are was and not you your they from what why who how can could please check real fake thanks thank hello dear got received think looks someone does have with been about email scam genuine legit legitimate safe ",
	"de": " der die das dies diese dieser ist nicht und ich sie wir ihr ein eine einen echt bitte prüfen hallo danke habe bekommen erhalten ob von für mit auf kann können betrug betrügerisch gefälscht wirklich mail wurde ",
	"fr": " le les cette ceci est-ce est et pas je vous nous une des du que qui pour avec bonjour merci reçu vrai faux vérifier arnaque ce cet mon votre sur suis pouvez ai svp fiable s'agit c'est ",
	"es": " el los las esto este esta es y no yo usted ustedes una que por para con hola gracias recibí recibido correo verdadero falso estafa verdad mi su podrían puede pueden favor verificar revisar real ",
	"pt": " o os isto isso este esta é e não eu você vocês uma que por para com olá obrigado obrigada recebi e-mail verdadeiro falso golpe verdade meu minha seu podem pode favor verificar será fraude ",
	"it": " il lo gli questa questo è e non io voi una che per con ciao grazie ricevuto vero falso truffa mia mio vostra potete può favore verificare sono della buongiorno salve ",
	"nl": " de het dit is niet en ik u jullie een van voor met hallo bedankt dank ontvangen echt nep oplichting mijn uw kunt kunnen graag deze wel dat gekregen controleren ",
	"pl": " to jest nie i czy ja pan pani państwo się na z do dla proszę dzień dobry witam dziękuję dostałem dostałam otrzymałem otrzymałam prawdziwy fałszywy oszustwo mój sprawdzić ten wiadomość mail ",
	"tr": " bu bir mi mı ve değil ben siz için ile merhaba teşekkürler teşekkür ederim aldım gerçek sahte dolandırıcılık benim lütfen kontrol eder misiniz var mu acaba geldi ",
}

// Letters that only one of the languages has.
var ownLetters = map[rune]string{'ß': "de", 'ñ': "es", '¿': "es", '¡': "es", 'ã': "pt", 'õ': "pt", 'ł': "pl", 'ż': "pl", 'ź': "pl", 'ś': "pl", 'ń': "pl",
	'ą': "pl", 'ę': "pl", 'ğ': "tr", 'ş': "tr", 'ı': "tr", 'œ': "fr", 'ê': "fr"}

// tellingWords are words for what is reported here: one alone is a whole
// note.
var tellingWords = map[string]string{"betrug": "de", "fälschung": "de", "arnaque": "fr", "hameçonnage": "fr", "estafa": "es", "truffa": "it",
	"oplichting": "nl", "oszustwo": "pl", "dolandırıcılık": "tr", "sahte": "tr"}

// guess tells the language of a short text, or "" where it is not sure.
func guess(text string) string {
	if l := byScript(text); l != "" {
		return l
	}
	score := map[string]int{}
	for _, r := range strings.ToLower(text) {
		if l := ownLetters[r]; l != "" {
			score[l]++
		}
	}
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' }) {
		if seen[w] {
			continue
		}
		seen[w] = true
		if l := tellingWords[w]; l != "" {
			score[l] += 4
		}
		for l, list := range stopWords {
			if strings.Contains(list, " "+w+" ") {
				score[l] += 2
			}
		}
	}
	best, second := "", 0
	for l, n := range score {
		switch {
		case best == "" || n > score[best]:
			if best != "" {
				second = max(second, score[best])
			}
			best = l
		default:
			second = max(second, n)
		}
	}
	if score[best] < 4 || score[best] < second+2 { // two words, and more than any other has
		return ""
	}
	return best
}

// byScript knows the languages that are written in a script of their own. A
// few signs are not enough: a name may stand in any text.
func byScript(text string) string {
	var kana, han, arabic, persian, devanagari, letters int
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
		case strings.ContainsRune("پچژگکیےٹڈں", r):
			persian++
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.Is(unicode.Devanagari, r):
			devanagari++
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	many := func(n int) bool { return n >= 3 && 2*n > letters }
	switch {
	case kana > 1 && many(kana+han):
		return "ja"
	case many(han):
		return "zh"
	case many(arabic) && persian*20 < arabic:
		return "ar"
	case many(devanagari):
		return "hi"
	}
	return ""
}
