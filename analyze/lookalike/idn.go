package lookalike

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// SafeIDN judges whether a host name in Unicode can be shown as it is, or was
// built to deceive: it reports false and why. It follows Chromium's
// idn_spoof_checker (UTS 39 "highly restrictive" and its additions) as far as
// Go's tables go, without its list of top domains, which is Find's part. Names
// in ASCII are safe. Host may be in A-labels or U-labels.
func SafeIDN(host string) (safe bool, why string) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if len(host) > maxIDN {
		return false, "the name is too long"
	}
	labels := strings.Split(host, ".")
	top := unicodeLabel(labels[len(labels)-1])
	for _, l := range labels {
		u := unicodeLabel(l)
		if isASCII(u) {
			if strings.HasPrefix(u, "xn--") {
				return false, "Punycode that cannot be decoded"
			}
			continue
		}
		if a, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true)).ToASCII(u); err != nil || strings.HasPrefix(l, "xn--") && a != l {
			return false, "no valid international name"
		}
		if why := spoofed(norm.NFC.String(u), top); why != "" {
			return false, why
		}
	}
	return true, ""
}

// maxIDN bounds the name that is judged: 253 characters of four octets.
const maxIDN = 4 * 253

// spoofed gives what is wrong with one label below the top-level domain top.
func spoofed(label, top string) string {
	var scripts scriptSet
	ascii, digits := false, false
	runes := []rune(label)
	for i, r := range runes {
		if why := forbidden(r, runes, i, top); why != "" {
			return why
		}
		ascii = ascii || r >= 'a' && r <= 'z'
		digits = digits || r >= '0' && r <= '9'
		scripts.add(r)
	}
	switch {
	case doubledMark(label):
		return "the same mark twice on one letter"
	case !scripts.allowed(ascii):
		return "letters of scripts that are not written together"
	case dangerous(runes):
		return "characters that pass for punctuation or for other letters"
	case !ascii && wholeScript(label, scripts, top):
		return "every letter looks like one of another script"
	case numberLike(label):
		return "letters that look like digits"
	}
	return ""
}

// doubledMark reports a letter that bears a mark twice: one hides the other.
func doubledMark(label string) bool {
	last := rune(0)
	for _, r := range norm.NFD.String(label) {
		if r == last && unicode.Is(unicode.Mn, r) {
			return true
		}
		last = r
	}
	return false
}

// forbidden are characters that are never, or only in some places, part of an
// honest name.
func forbidden(r rune, label []rune, i int, top string) string {
	const bad = "a character that names do not need"
	switch {
	case r < utf8.RuneSelf:
		return ""
	case r == 0xb7: // middle dot: Catalan, between two l
		if top == "cat" && i > 0 && i+1 < len(label) && label[i-1] == 'l' && label[i+1] == 'l' {
			return ""
		}
		return bad
	case r == 'þ' || r == 'ð':
		if top == "is" || top == "fo" {
			return ""
		}
		return bad
	case r == 'ə' && top != "az":
		return bad
	case r == 0x0338, r == 0x058a, r >= 0x2010 && r <= 0x2027, r == 0x30a0, r == 0x02bb, r == 0x02bc, r == 0x02ec, r == 0x0138, r == 0x200c, r == 0x200d,
		r >= 0x01cd && r <= 0x01dc, r >= 0x1c80 && r <= 0x1c8f, r >= 0x1e00 && r <= 0x1e9b, r >= 0x1f00 && r <= 0x1fff, r >= 0xa640 && r <= 0xa69f, r >= 0xa720 && r <= 0xa7ff,
		r >= 0x1100 && r <= 0x11ff, r >= 0x31f0 && r <= 0x31ff, r >= 0xab30 && r <= 0xab6f, r >= 0x05b0 && r <= 0x05c7, r == 0x0237,
		r >= 0x0250 && r <= 0x02af && r != 'ə', r >= 0x2c60 && r <= 0x2dff, r >= 0x1d00 && r <= 0x1dbf, r >= 0x0180 && r <= 0x01bf && r != 'ơ' && r != 'ư', r >= 0x01c0 && r <= 0x01cc, r >= 0x10000 && !unicode.Is(unicode.Han, r):
		return bad
	}
	if r == 0x0620 { // ARABIC LETTER KASHMIRI YEH: of limited use (UTS 31 table 7)
		return bad
	}
	if !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && r != '・' && r != 0x05f3 && r != 0x05f4 { // geresh, gershayim: UTS 39 "inclusion"
		return bad
	}
	if unicode.In(r, unicode.Mn, unicode.Mc) {
		if i == 0 {
			return "a mark without a letter"
		}
		if p := label[i-1]; r <= 0x036f && (p < utf8.RuneSelf || !unicode.In(p, unicode.Latin, unicode.Greek, unicode.Cyrillic)) || p == r || r >= 0x0610 && r <= 0x06ff && !unicode.In(p, unicode.Arabic, unicode.M) {
			return "a mark on a letter that does not bear it"
		}
	}
	return ""
}

// wholeScript reports a label that looks like one of Latin letters throughout,
// unless its top-level domain writes that script.
func wholeScript(label string, s scriptSet, top string) bool {
	for _, w := range lookScripts {
		if !s.only(w.script) {
			continue
		}
		if !isASCII(top) || strings.Contains(w.homes, " "+top+" ") {
			return false
		}
		for _, r := range letters(norm.NFD.String(label)) {
			if r >= utf8.RuneSelf && !strings.ContainsRune(w.looks, r) {
				return false
			}
		}
		return true
	}
	return false
}

// lookScripts are the scripts with letters that pass for Latin ones, those
// letters, and the top-level domains where the script is at home, as Chromium
// has them.
var lookScripts = []struct {
	script       script
	homes, looks string
}{
	{scriptCyrillic, " bg by kz pyc ru su ua uz mk rs mn me ", "аысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡԃԍӕԥ"},
	{scriptGreek, " gr ", "αβγδεζηθικλμνξοπρστυφχψωϼ"},
	{scriptArmenian, " am ", "ագեզըիխծկհձղյնշոպջռսվտրցւփքօֆ"},
	{scriptGeorgian, " ge ", "იოყძხჽჿ"},
	{scriptHebrew, " il ", "דוחיןסװײ"},
	{scriptEthiopic, " er et ", "ሀሁሠሰስበቡተቱዐዑዕፐፒ"},
	{scriptMyanmar, " mm ", "ခဂငစဆဇထနပဝ၀၂ဌၔ႐႑႕႖႗"},
	{scriptThai, " th ", "ทนบพรหเแ๐ดลปฟม"},
	{scriptOther, " la ", "ຟຮ໐ບພສ"}, // Lao
	{scriptIndic, "", "०१२३ऽ০৭੦੧੨੩ડટ૦૧૨૩೦೧೨೩ಽഠടധരസ൦୦ଠ୮௦டபਠ౦౧౨౩"},
}

// numberLike reports a label of digits and of letters that look like them.
func numberLike(label string) bool {
	looks := false
	for _, r := range label {
		switch {
		case r >= '0' && r <= '9' || r == '-':
		case r >= utf8.RuneSelf:
			f := foldRune(r)
			if f == "" || strings.Trim(f, "0123456789") != "" {
				return false
			}
			looks = true
		default:
			return false
		}
	}
	return looks
}
