package forward

import "strings"

// A mark is a line that a client puts above what it forwards. Each family of
// clients lists its own in a file; they are looked up by their words.
type mark struct {
	client string
	lang   string // BCP 47, empty when the words do not tell
	deco   byte   // what the line is drawn with, zero for any
	n      int    // how many of it stand in front, zero for any
	lead   field  // the field that the header below starts with, none for any
	weak   bool   // the client puts it above replies as well
}

// family is one table of marks of a client: words by language.
type family struct {
	client string
	deco   byte
	n      int
	lead   field
	weak   bool
	words  map[string][]string // language to phrases
}

// phrases is every mark by its folded words, without what it is drawn with.
var phrases = indexPhrases(gmailMarks, hubSpotMarks, missiveMarks, appleMarks, thunderbirdMarks, yahooMarks,
	outlookMarks, samsungMarks, ionosMarks, roundcubeMarks, fastmailMarks, protonMarks, zohoMarks, kmailMarks,
	mailMateMarks, genericMarks)

func indexPhrases(families ...family) map[string][]mark {
	out := map[string][]mark{}
	for _, f := range families {
		for lang, list := range f.words {
			for _, phrase := range list {
				key := fold(phrase)
				out[key] = append(out[key], mark{f.client, lang, f.deco, f.n, f.lead, f.weak})
			}
		}
	}
	return out
}

// maxPhrase is the length in bytes beyond which no line is taken for a mark.
const maxPhrase = 160

// minRule is how many underscores or dashes make a line a rule, as Outlook
// draws it above what it forwards.
const minRule = 8

// decorated splits a line into the run of drawing characters before the words,
// the words, and what stands after the closing run.
func decorated(s string) (deco byte, n int, phrase, rest string) {
	s = strings.TrimFunc(s, ignorable)
	if s == "" {
		return 0, 0, "", ""
	}
	if strings.HasPrefix(s, "—") || strings.HasPrefix(s, "–") {
		s = strings.TrimFunc(strings.TrimLeft(s, "—–"), ignorable)
		return '-', 2, strings.TrimFunc(strings.TrimRight(s, "—–"), ignorable), ""
	}
	switch s[0] {
	case '-', '=', '_', '*', '#', '~':
	default:
		return 0, 0, s, ""
	}
	deco = s[0]
	n = len(s) - len(strings.TrimLeft(s, string(deco)))
	body := strings.TrimFunc(s[n:], ignorable)
	if n == 1 && (deco == '*' || deco == '_') && strings.HasPrefix(body, "--") {
		return decorated(strings.TrimRight(body, "*_")) // the whole line in bold
	}
	head := cut(body, maxPhrase)
	end := strings.Index(head, strings.Repeat(string(deco), 2))
	if end < 0 && n == 1 {
		end = strings.IndexByte(head, deco)
	}
	if end < 0 {
		return deco, n, body, ""
	}
	rest = strings.TrimFunc(strings.TrimLeft(body[end:], string(deco)), ignorable)
	return deco, n, strings.TrimFunc(body[:end], ignorable), rest
}

// drawn is a line that is a mark: what may have made it, and how it is drawn.
type drawn struct {
	marks []mark
	deco  byte
	n     int
	rest  string // what stands after it on the same line
}

// matchMark tells whether a line is a mark. A rule alone is a weak one.
func matchMark(text string) (d drawn, ok bool) {
	deco, n, phrase, rest := decorated(cut(text, maxMatch))
	d = drawn{deco: deco, n: n, rest: rest}
	if phrase == "" {
		if n >= minRule && rest == "" && (deco == '_' || deco == '-') {
			d.marks = ruleMarks
			return d, true
		}
		return d, false
	}
	if len(phrase) > maxPhrase {
		return d, false
	}
	if deco == 0 {
		phrase = strings.TrimRightFunc(strings.TrimSuffix(strings.TrimSuffix(phrase, ":"), "："), ignorable)
	}
	var buf [maxPhrase]byte
	if key, ascii := foldASCII(buf[:0], phrase); ascii {
		d.marks = phrases[string(key)]
		if d.marks == nil && deco != 0 {
			d.marks = prefixedMark(string(key))
		}
		return d, d.marks != nil
	}
	key := fold(phrase)
	if d.marks = phrases[key]; d.marks == nil && deco != 0 {
		d.marks = prefixedMark(key)
	}
	return d, d.marks != nil
}

// ruleMarks is what a rule alone may be.
var ruleMarks = []mark{{client: clientOutlook, weak: true}}

// pick chooses among clients that use the same words: by how the line is
// drawn, by the field that the header starts with, and by the program that the
// report's header names.
func (d *drawn) pick(guess string, lead field) mark {
	best, score := mark{}, -1
	weak, lang := true, d.marks[0].lang
	for _, m := range d.marks {
		got := 0
		if m.deco == d.deco {
			got++
			if m.n == d.n {
				got += 4
			}
		}
		if m.client == guess && guess != "" {
			got += 3
		}
		if m.lead != fieldNone && lead != fieldNone {
			if m.lead == lead {
				got += 2
			} else {
				got -= 2
			}
		}
		if m.client != "" {
			got++
		}
		if got > score || got == score && (m.client < best.client || m.client == best.client && m.lang < best.lang) {
			best, score = m, got
		}
		// Words that only some clients put above replies are weak only if
		// those are all there are.
		weak = weak && m.weak
		if m.lang != lang {
			lang = ""
		}
	}
	best.weak, best.lang, best.deco = weak, lang, d.deco
	return best
}

// prefixes are marks that go on with a name and a date: "Forwarded by Jo on …".
var prefixes = []struct {
	words string
	mark  mark
}{
	{"forwarded message from ", mark{client: clientMutt, lang: "en"}},
	{"start of forwarded message", mark{lang: "en"}},
	{"forwarded by ", mark{client: clientNotes, lang: "en"}},
	{"weitergeleitet von ", mark{client: clientNotes, lang: "de"}},
	{"transféré par ", mark{client: clientNotes, lang: "fr"}},
	{"transmis par ", mark{client: clientNotes, lang: "fr"}},
	{"réacheminé par ", mark{client: clientNotes, lang: "fr"}},
	{"inoltrato da ", mark{client: clientNotes, lang: "it"}},
	{"reenviado por ", mark{client: clientNotes, lang: "es"}},
	{"remitido por ", mark{client: clientNotes, lang: "es"}},
	{"encaminhado por ", mark{client: clientNotes, lang: "pt"}},
	{"doorgestuurd door ", mark{client: clientNotes, lang: "nl"}},
	{"vidarebefordrat av ", mark{client: clientNotes, lang: "sv"}},
	{"videresendt af ", mark{client: clientNotes, lang: "da"}},
	{"videresendt av ", mark{client: clientNotes, lang: "nb"}},
	{"przesłane przez ", mark{client: clientNotes, lang: "pl"}},
}

func prefixedMark(key string) []mark {
	for _, p := range prefixes {
		if strings.HasPrefix(key, p.words) {
			return []mark{p.mark}
		}
	}
	return nil
}

// unknownMark tells whether a line is drawn as a mark with words that no table
// knows: another language, or a client's next version.
func unknownMark(text string) bool {
	if len(text) > maxPhrase {
		return false
	}
	deco, n, phrase, rest := decorated(text)
	return n >= 4 && phrase != "" && rest == "" && strings.HasSuffix(strings.TrimRightFunc(text, ignorable), strings.Repeat(string(deco), 3))
}

// endMark tells whether a line closes a forwarded message: mutt, Gnus, Pine.
func endMark(text string) bool {
	if len(text) > maxPhrase {
		return false
	}
	deco, n, phrase, _ := decorated(text)
	if deco == 0 || n < 2 {
		return false
	}
	key := fold(phrase)
	return strings.HasPrefix(key, "end forwarded message") || strings.HasPrefix(key, "end of forwarded message")
}
