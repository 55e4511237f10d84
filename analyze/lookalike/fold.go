package lookalike

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"
)

// Fold gives s as a hasty reader takes it: lower case, without diacritics and
// characters of no width, letters of other scripts that look like ASCII ones
// as those. ASCII digits and punctuation stay. It is applied to both sides of
// a comparison and never shown.
func Fold(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	return string(AppendFold(make([]byte, 0, len(s)), s))
}

// AppendFold is Fold into dst.
func AppendFold(dst []byte, s string) []byte {
	for _, r := range s {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			dst = append(dst, byte(r))
			continue
		}
		dst = append(dst, foldRune(r)...)
	}
	return dst
}

// tableEnd is the end of the scripts whose letters have look-alikes; the
// table of what they fold to is made once, because each takes a microsecond.
const tableEnd = 0x3000

var table = sync.OnceValue(func() []string {
	t := make([]string, tableEnd)
	for r := rune(utf8.RuneSelf); r < tableEnd; r++ {
		t[r] = computeFold(r)
	}
	return t
})

// foldRune folds one character beyond ASCII.
func foldRune(r rune) string {
	if r < tableEnd {
		return table()[r]
	}
	if r >= 0x3041 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3 { // kana, Han, Hangul
		if s, ok := extra[r]; ok {
			return s
		}
		return string(r)
	}
	return computeFold(r)
}

func computeFold(r rune) string {
	if s, ok := extra[r]; ok {
		return s
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Variation_Selector) || r == utf8.RuneError {
		return ""
	}
	if s := letters(norm.NFKD.String(string(r))); isASCII(s) {
		return s
	}
	// UTS 39 section 4: the prototype of the character as it is, then of its
	// lower case (Cyrillic В looks like B, в like nothing in ASCII).
	lower := unicode.ToLower(r)
	for _, c := range []rune{r, lower} {
		if s, ok := extra[c]; ok {
			return s
		}
		if p := confusable.GetReplacement(c); p != "" {
			if s := letters(norm.NFKD.String(p)); s != "" && isASCII(s) {
				return s
			}
		}
	}
	// A base letter with marks may have an ASCII look-alike below the marks.
	if base, size := utf8.DecodeRuneInString(norm.NFKD.String(string(lower))); size > 0 && base != lower && base != r {
		return computeFold(base)
	}
	return string(lower)
}

// letters drops marks and lowers the case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// extra are confusables that UTS 39 does not have, as Chromium lists them
// (components/url_formatter/spoof_checks/skeleton_generator.cc), and letters
// with strokes.
var extra = extraTable()

func extraTable() map[rune]string {
	m := map[rune]string{'æ': "ae", 'ӕ': "ae", 'œ': "oe", 'þ': "p", 'ð': "d", 'ø': "o", 'ł': "l", 'đ': "d", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ӏ': "l", 'ɩ': "i", 'ǥ': "g", 'ɡ': "g", 'ə': "e"}
	for _, row := range []string{
		"pϼҏр", "hнћңҥӈӊԋԧԩһ", "kĸκкқҝҟҡӄԟ", "nŋпԥกח", "tŧтҭԏ七丅丆丁", "bƅьҍвß", "wωшщพฟພຟ", "mмӎ", "eєҽҿၔ", "rґг", "fғӻ", "cҫင", "yұ丫", "xχҳӽӿ乂",
		"dԃժ", "gԍဌ", "sടรຣຮ", "j၂", "o०০੦૦ଠ୦೦စ", "q৭੧૧", "uบບ", "0θ", "2२২੨૨೩೭շ", "3зҙӡउওਤ੩૩౩ဒვპੜკ", "4੫丩ㄐ", "6ճ", "8৪੪୫", "9૭୨౨", "-一—―⸺⸻‐‑–",
		// Letters with strokes, hooks and tails, and small capitals, by their names.
		"2ƻ", "5ƽ", "aɑᴀᶏẚⱥ", "bƀƃɓʙᵬᶀꞗ", "cƈȼɕᴄꞓꞔ", "dđƌȡɖɗᴅᵭᶁᶑꝺꟈ", "eɇɛᴇᶒᶓⱸꬲꬴ", "fƒᵮᶂꜰꝼꞙ", "gǥɠɡɢᵹᶃꞡꬶ", "hħɦʜⱨꞕ", "iıɨɩɪᶖ", "jȷɉɟʄʝᴊ", "kƙᴋᶄⱪꝁꝃꝅꞣ",
		"lŀłƚȴɫɬɭʟᶅⱡꝉꞎꬷꬸꬹ", "mɱᴍᵯᶆꬺ", "nƞȵɲɳɴᵰᶇꞑꞥꬻ", "oøǿɔᴏᴑᴓᶗⱺꝋꝍꬽꬾꬿ", "pƥᴘᵱᵽᶈꝑꝓꝕƿ", "qɋʠꝗꝙꞯ", "rɍɼɽɾʀᵲᵳᶉꞃꞧꭉꭋꭌ", "sȿʂᵴᶊẜẝꜱꞅꞩꟊ", "tŧƫƭȶʈᴛᵵⱦꞇ", "uʉʊᴜᴝᶙꞹꭎꭒ",
		"vʋᴠᶌⱱⱴꝟ", "wᴡⱳ", "xᶍꭖꭗꭘꭙ", "yƴɏʏỿꭚ", "zƶȥɀʐʑᴢᵶᶎⱬ",
	} {
		to := row[:1]
		for _, r := range row[1:] {
			if _, ok := m[r]; !ok {
				m[r] = to
			}
		}
	}
	return m
}

// Shape reduces a folded word further, so that words that look alike in many
// fonts become equal: rn and m, vv and w, cl and d, 1, i and l, 0 and o, and
// digits that stand for letters.
func Shape(folded string) string {
	if !strings.ContainsAny(folded, "ilrvcn0134578|$!") {
		return folded
	}
	return string(AppendShape(make([]byte, 0, len(folded)), folded))
}

// AppendShape is Shape into dst.
func AppendShape(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i+1 < len(s) {
			pair := byte(0)
			switch n := s[i+1]; {
			case c == 'r' && n == 'n':
				pair = 'm'
			case c == 'v' && n == 'v':
				pair = 'w'
			case c == 'c' && (n == 'l' || n == '1' || n == '|'):
				pair = 'd'
			}
			if pair != 0 {
				dst = append(dst, pair)
				i++
				continue
			}
		}
		switch c {
		case '0':
			c = 'o'
		case '1', 'i', '|', '!':
			c = 'l'
		case '3':
			c = 'e'
		case '4':
			c = 'a'
		case '5', '$':
			c = 's'
		case '7':
			c = 't'
		case '8':
			c = 'b'
		}
		dst = append(dst, c)
	}
	return dst
}
