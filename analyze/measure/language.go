package measure

import (
	"strings"
	"unicode"
)

const (
	// languageRunes is how much of a text is looked at: a page of it tells.
	languageRunes = 6000
	// fewestWords is how many common words of a language a text must hold:
	// fewer are as likely names or another language's.
	fewestWords = 3
	// ofAnother is how many runes of a script of its own make a language.
	ofAnother = 20
)

// Unknown names the language of a text that does not tell (ISO 639-2).
const Unknown = "und"

// common are frequent words of two letters or more, by ISO 639-1.
// They only group messages in a report; no verdict rests on them.
var common = map[string]string{
	"en": "the and you your for with this that have from will are is of to please our",
	"de": "der die und sie ihre ihr ist nicht mit für auf wir bitte ein eine von den das zu",
	"fr": "le les vous votre vos est pour dans une avec sur nous des et du ce cette pas",
	"es": "el los las usted su para una con por del que está este nuestro en como",
	"it": "il gli di della per una con che sono suo nel questo alla non del",
	"pt": "os você sua seu para uma com não em do da que por está foi ao",
	"nl": "de het een en van uw voor met niet is op wij dat deze bij",
	"sv": "och att det är din ditt för med inte på som av vi har kan till",
	"da": "og at det er din dit for med ikke på som af vi har kan til",
	"no": "og det er din ditt for med ikke på som av vi har kan til",
	"fi": "ja on ei se että voit sinun tai ole kun tämä mutta olet tilisi",
	"pl": "na nie się do jest że dla przez jak lub twoje oraz",
	"cs": "na je se že do pro si jsme vaše nebo prosím jako",
	"hu": "az és hogy nem egy van meg csak vagy ha ön kérjük",
	"ro": "și în nu este pentru cu pe de la sau dumneavoastră contul",
	"tr": "ve bir bu için ile değil olarak hesabınız lütfen daha veya",
	"id": "yang dan di untuk dengan anda ini tidak dari akan atau kami",
	"vi": "và của bạn cho không được là có trong với này tài khoản",
}

// scripts names the language that a script is taken for.
var scripts = []struct {
	table    *unicode.RangeTable
	language string
}{
	{unicode.Hiragana, "ja"}, {unicode.Katakana, "ja"}, {unicode.Hangul, "ko"}, {unicode.Han, "zh"}, {unicode.Cyrillic, "ru"},
	{unicode.Greek, "el"}, {unicode.Arabic, "ar"}, {unicode.Hebrew, "he"}, {unicode.Thai, "th"}, {unicode.Devanagari, "hi"},
}

// Language guesses the language of a text, ISO 639-1; Unknown when it does not
// tell.
func Language(text string) string {
	seen, n := map[string]int{}, 0
	words := map[string]int{}
	var word strings.Builder
	for _, r := range text {
		if n++; n > languageRunes {
			break
		}
		if r > 0x2ff {
			for _, s := range scripts {
				if unicode.Is(s.table, r) {
					seen[s.language]++
					break
				}
			}
		}
		if unicode.IsLetter(r) {
			word.WriteRune(unicode.ToLower(r))
			continue
		}
		words[word.String()]++
		word.Reset()
	}
	words[word.String()]++
	best, most := Unknown, ofAnother-1
	for _, s := range scripts {
		if seen[s.language] > most {
			best, most = s.language, seen[s.language]
		}
		if best == s.language && s.language == "ja" {
			return best // Han beside kana is Japanese
		}
	}
	return ofWords(words, best, most)
}

// ofWords gives the language of which a text has the most common words, if
// they outnumber the runes of another script.
func ofWords(words map[string]int, best string, runes int) string {
	most := fewestWords - 1
	if best != Unknown {
		most = runes
	}
	for _, lang := range sortedKeys(common) {
		n := 0
		for _, w := range strings.Fields(common[lang]) {
			n += words[w]
		}
		if n > most {
			best, most = lang, n
		}
	}
	return best
}
