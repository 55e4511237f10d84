package lookalike

import (
	"slices"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// maxGenerated bounds the candidates of one domain. A name of ten letters has
// some four thousand.
const maxGenerated = 20_000

// Generate gives the names that an attacker would register or take to imitate
// domain, by technique and in an order that is always the same: a watch list.
// Each is what Find takes for an imitation of that domain's name, and is none
// of the protected domains. The index must hold the domain; for a domain that
// it does not hold there are none.
func (x *Index) Generate(domain string) []analyze.Resemblance {
	own, label := split(domain)
	if label == "" || !x.Has(own) {
		return nil
	}
	g := &generator{x: x, label: unicodeLabel(label), suffix: own[len(label)+1:], seen: map[string]bool{own: true}}
	g.letters()
	g.glyphs()
	g.joints()
	g.words()
	return g.out
}

type generator struct {
	x             *Index
	label, suffix string
	seen          map[string]bool
	out           []analyze.Resemblance
}

// add keeps a candidate that can be a name and that is found.
func (g *generator) add(name string) {
	name = links.ASCII(name)
	if name == "" || g.seen[name] || len(g.out) >= maxGenerated || !canBeName(name) {
		return
	}
	g.seen[name] = true
	r, ok := g.x.Find(name)
	if !ok || r.Name != name {
		return
	}
	if _, target := split(r.Target); unicodeLabel(target) == g.label {
		g.out = append(g.out, r)
	}
}

// canBeName reports a host name that a registry takes (RFC 5891 section 4.2.3.1,
// RFC 1035 section 2.3.1).
func canBeName(name string) bool {
	for l := range strings.SplitSeq(name, ".") {
		if l == "" || len(l) > maxLabel || l[0] == '-' || l[len(l)-1] == '-' || len(l) > 3 && l[2:4] == "--" && !strings.HasPrefix(l, "xn--") {
			return false
		}
	}
	return true
}

// own adds the label below the domain's own suffix.
func (g *generator) own(label string) { g.add(label + "." + g.suffix) }

const nameLetters = "abcdefghijklmnopqrstuvwxyz0123456789"

// letters adds what one slip makes, of the hand or of a bit.
func (g *generator) letters() {
	l := g.label
	if !isASCII(l) {
		return
	}
	for i := range len(l) {
		g.own(l[:i] + l[i+1:])          // omission
		g.own(l[:i] + l[i:i+1] + l[i:]) // repetition
		if i+1 < len(l) {
			g.own(l[:i] + l[i+1:i+2] + l[i:i+1] + l[i+2:]) // transposition
		}
	}
	for i := range len(l) {
		for _, c := range []byte(nameLetters) {
			if replacement(c, l[i]) != TechniqueReplacement {
				g.own(l[:i] + string(c) + l[i+1:]) // vowel, keyboard, bit
			}
			if nearKeys(c, l[i]) {
				g.own(l[:i] + string(c) + l[i:])
				g.own(l[:i+1] + string(c) + l[i+1:])
			}
		}
	}
	for _, c := range []byte(nameLetters) {
		g.own(l + string(c))
	}
	g.own(l + "es")
}

// looksLike are the letters that pass for each ASCII one, in ASCII and beyond
// it: those that registries of the great suffixes take.
var looksLike = map[byte][]string{
	'a': {"а", "á", "à", "â", "ä", "å", "ạ", "ɑ", "4"}, 'b': {"ь", "ḃ", "ƅ", "8"}, 'c': {"с", "ç", "ć", "ċ"}, 'd': {"ԁ", "ď", "đ", "ḍ", "cl"}, 'e': {"е", "é", "è", "ê", "ë", "ẹ", "ė", "3"},
	'f': {"ƒ", "ḟ"}, 'g': {"ɡ", "ġ", "ğ", "9", "q"}, 'h': {"һ", "ħ", "ḥ"}, 'i': {"і", "í", "ì", "ï", "ı", "ị", "1", "l"}, 'j': {"ј", "ĵ"}, 'k': {"к", "ķ", "ḳ"}, 'l': {"ӏ", "ł", "ḷ", "1", "i"},
	'm': {"м", "ṃ", "rn", "nn"}, 'n': {"ñ", "ń", "ņ", "ṇ", "п"}, 'o': {"о", "ο", "ó", "ò", "ô", "ö", "ọ", "0"}, 'p': {"р", "ṗ"}, 'q': {"ԛ", "g"}, 'r': {"г", "ŕ", "ř"}, 's': {"ѕ", "ś", "š", "ṣ", "5"},
	't': {"т", "ţ", "ṭ", "7"}, 'u': {"ц", "ú", "ù", "û", "ü", "ụ"}, 'v': {"ѵ", "ν", "ṿ"}, 'w': {"ԝ", "ẉ", "vv"}, 'x': {"х", "ẋ"}, 'y': {"у", "ý", "ÿ", "ỵ"}, 'z': {"ż", "ź", "ẓ"},
}

// cyrillic are the letters that write a whole name in another script.
var cyrillic = strings.NewReplacer("a", "а", "b", "ь", "c", "с", "d", "ԁ", "e", "е", "g", "ԍ", "h", "һ", "i", "і", "j", "ј", "k", "к", "l", "ӏ", "m", "м", "n", "п",
	"o", "о", "p", "р", "q", "ԛ", "r", "г", "s", "ѕ", "t", "т", "u", "ц", "v", "ѵ", "w", "ԝ", "x", "х", "y", "у")

// glyphs adds names that look the same: each letter once, all alike, and two at
// a time in ASCII.
func (g *generator) glyphs() {
	l := g.label
	var ascii []string
	for i := range len(l) {
		for _, s := range looksLike[l[i]] {
			name := l[:i] + s + l[i+1:]
			g.own(name)
			g.own(strings.ReplaceAll(l, l[i:i+1], s))
			if isASCII(name) {
				ascii = append(ascii, name)
			}
		}
	}
	for _, name := range ascii {
		for i := range len(name) {
			for _, s := range looksLike[name[i]] {
				if isASCII(s) {
					g.own(name[:i] + s + name[i+1:])
				}
			}
		}
	}
	g.own(cyrillic.Replace(l))
	for _, s := range sounds {
		g.own(strings.Replace(l, s.spelt, s.sound, 1))
		if len(s.sound) == 1 && s.sound[0] < 'A' || len(s.spelt) == 2 {
			g.own(strings.Replace(l, s.sound, s.spelt, 1))
		}
	}
	for _, s := range [][2]string{{"f", "ph"}, {"c", "k"}, {"k", "c"}, {"s", "z"}, {"z", "s"}, {"ck", "k"}, {"i", "y"}, {"y", "i"}} {
		g.own(strings.Replace(l, s[0], s[1], 1))
	}
}

// joints adds names with a dot, a hyphen or a suffix in another place.
func (g *generator) joints() {
	l := g.label
	for i := 1; i < len(l); i++ {
		g.own(l[:i] + "-" + l[i:])
		g.own(l[:i] + "." + l[i:])
	}
	g.own("www" + l)
	g.own("www-" + l)
	g.own("ww" + l)
	flat := strings.ReplaceAll(g.suffix, ".", "")
	for _, s := range append([]string{g.suffix}, swapSuffixes...) {
		g.add(l + "." + s)
		g.add(l + flat + "." + s)
		g.add(l + "-" + strings.ReplaceAll(g.suffix, ".", "-") + "." + s)
	}
	if first, _, ok := strings.Cut(g.suffix, "."); ok {
		g.add(l + first + "." + g.suffix[len(first)+1:])
	}
	for _, h := range freeHosts {
		g.add(l + "." + h)
		g.add(l + "-login." + h)
	}
}

// swapSuffixes are the suffixes that imitations are registered below most, by
// their share in lists of phishing.
var swapSuffixes = []string{"com", "net", "org", "info", "biz", "co", "io", "app", "dev", "online", "site", "shop", "store", "top", "xyz", "club", "live", "click", "link", "icu", "vip", "cc", "me", "us",
	"pro", "support", "help", "services", "cloud", "page", "website", "space", "fun", "buzz", "cfd", "sbs", "com.co", "co.com"}

// freeHosts are hosts where anybody has a name within a minute.
var freeHosts = []string{"web.app", "firebaseapp.com", "pages.dev", "workers.dev", "vercel.app", "netlify.app", "blogspot.com", "webflow.io", "glitch.me", "herokuapp.com", "azurewebsites.net", "000webhostapp.com"}

// words adds the name with the words of scams before and behind it.
func (g *generator) words() {
	for _, w := range slices.Sorted(hardWords()) {
		g.own(g.label + "-" + w)
		g.own(w + "-" + g.label)
		g.own(g.label + w)
		g.own(w + g.label)
	}
}

// hardWords goes through the words of scams as they are written in ASCII, and
// those of other scripts.
func hardWords() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for line := range strings.Lines(scamWords) {
			if line[0] == '#' || strings.HasPrefix(line, "soft:") || strings.HasPrefix(line, "parted:") {
				continue
			}
			for w := range strings.FieldsSeq(line) {
				if !seen[w] {
					seen[w] = true
					if !yield(w) {
						return
					}
				}
			}
		}
	}
}
