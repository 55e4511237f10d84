package lookalike

import (
	"strings"
	"unicode/utf8"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// The techniques, as Resemblance names them.
const (
	TechniqueHomograph     = "homograph"     // letters of other scripts, or with marks, that look the same
	TechniqueHomoglyph     = "homoglyph"     // ASCII that looks the same: rn and m, 1 and l, 0 and o
	TechniqueTransposition = "transposition" // two neighbours swapped
	TechniqueRepetition    = "repetition"    // a letter doubled
	TechniqueInsertion     = "insertion"     // a letter more
	TechniqueOmission      = "omission"      // a letter less
	TechniqueVowel         = "vowel-swap"    // a vowel for another
	TechniqueKeyboard      = "keyboard"      // a letter for its neighbour on the keyboard
	TechniqueBitsquat      = "bitsquatting"  // a letter one bit away
	TechniqueReplacement   = "replacement"   // a letter for another
	TechniqueTwoEdits      = "two-edits"     // two of these, in a long name
	TechniqueEmbedding     = "embedding"     // the whole protected domain inside a longer name
	TechniqueCombo         = "combosquat"    // the protected name and a word that scams use
	TechniqueWWW           = "www-prefix"    // wwwname, www-name
	TechniqueTLD           = "tld-swap"      // the same name below another suffix: weak
	TechniqueFreeHost      = "free-host"     // the name taken at a host where anyone can take one
	TechniqueSubdomain     = "subdomain"     // the name as a label below a stranger's domain: weak
	TechniqueHomophone     = "homophone"     // what sounds the same, numbers as words among it
	TechniqueHyphen        = "hyphenation"   // a hyphen more or less: weak
	TechniqueDot           = "dot"           // a dot more: pay.pal.com
	TechniquePlural        = "plural"        // s or es more: weak
)

const (
	// MinScore is the least score of a resemblance that is a sign of deceit:
	// below it chance is as likely as intent.
	MinScore = 0.5
	// weakest is the least score of what is told of names of the registry, so
	// that a watch list holds all of what an attacker may take.
	weakest = 0.2
)

// query is one look-up.
type query struct {
	x      *Index
	host   string   // lower-case A-labels
	labels []string // of host, before the suffix
	domain string   // its registrable domain
	label  string   // the label before the suffix, in Unicode
	folded string   // label, folded
	suffix string
	free   bool // the suffix is one where anyone can get a name
	known  bool // the label is a protected one, below another suffix
	words  int  // parts compared
	fars   int  // parts compared at two edits
	best   analyze.Resemblance
	found  bool
}

// Find gives the strongest resemblance of a host name to a protected domain
// that it is not. Name may be in any case, in U-labels, with a final dot. A
// protected domain, what is below one, and names below .gov and .mil resemble
// nothing. Score is from 0 to 1: 0.9 and more hardly happens by chance, below
// MinScore (only tld-swap) it proves nothing alone. Where is left empty.
func (x *Index) Find(name string) (analyze.Resemblance, bool) {
	host := links.ASCII(name)
	if x.own == nil {
		return x.find(host)
	}
	if x.Has(host) {
		return analyze.Resemblance{}, false
	}
	r, found := x.find(host)
	if own, ok := x.own.find(host); ok && own.Score > r.Score {
		return own, true
	}
	return r, found
}

// find is Find in this index alone.
func (x *Index) find(host string) (analyze.Resemblance, bool) {
	domain, label := split(host)
	if label == "" {
		return analyze.Resemblance{}, false
	}
	_, free := links.Suffix(domain)
	switch shared, has := x.has(domain, label); {
	case has && !shared || has && host == domain:
		return analyze.Resemblance{}, false
	case has:
		// A name taken below it is what is compared, as below a public suffix.
		rest := strings.TrimSuffix(host, "."+domain)
		label, free = rest[strings.LastIndexByte(rest, '.')+1:], true
		domain = label + "." + domain
	}
	q := query{x: x, host: host, domain: domain, free: free, suffix: domain[len(label)+1:], label: unicodeLabel(label)}
	if isSafeSuffix(q.suffix) || isMirror(host) || q.suffix == "invalid" { // RFC 2606: a masked address, nobody's
		return analyze.Resemblance{}, false
	}
	q.folded = Fold(q.label)
	// An underscore may stand in a host's name, and reads like a hyphen.
	q.labels = strings.Split(strings.ReplaceAll(strings.TrimSuffix(host, "."+q.suffix), "_", "-"), ".")
	q.skeletons()
	q.edits()
	q.prefixes()
	q.embedded()
	q.combos()
	q.parts()
	q.dots()
	q.homophones()
	q.glances()
	return q.best, q.found
}

// isSafeSuffix reports suffixes that nobody gets without being checked: .gov
// and .mil (Chromium's IsSafeTLD), and their like in other countries.
func isSafeSuffix(suffix string) bool {
	first, _, _ := strings.Cut(suffix, ".")
	switch first {
	case "gov", "mil", "gouv", "gob", "govt", "gc", "go":
		return true
	}
	return false
}

// skeletons looks for names that look the same.
func (q *query) skeletons() {
	for _, s := range Skeletons(q.label) {
		for g := range q.x.skel.get(hashString(s)) {
			if !q.shares(g, s) {
				continue
			}
			t, same := q.x.with(g, q.suffix)
			if t.label == q.label {
				q.known = true
				q.otherSuffix(t, int(q.x.group[g+1]-q.x.group[g]))
				continue
			}
			q.looksLike(t, same)
		}
	}
}

// shares reports whether s is a skeleton of the group's label, and not only of
// its hash.
func (q *query) shares(g uint32, s string) bool {
	label := q.x.label(g)
	if isASCII(label) && !strings.HasPrefix(label, "xn--") {
		return Shape(label) == s
	}
	for _, have := range Skeletons(label) {
		if have == s {
			return true
		}
	}
	return false
}

// looksLike weighs a name whose skeleton is a protected one's.
func (q *query) looksLike(t target, same bool) {
	label := unicodeLabel(t.label)
	switch {
	case !isASCII(q.label):
		score := 0.97
		if onlyMarks(q.label) {
			// bücher for bucher: often simply the right spelling.
			score = 0.75
			if len(q.folded) < minEdit {
				return
			}
		}
		q.resemblance(t, TechniqueHomograph, 0, score)
	case len(q.label) < minEdit || CommonWord(q.label) || onlyDigitsDiffer(q.label, label) || !wordy(label):
	default:
		score := 0.9
		if !same {
			score = 0.8
		}
		if CommonWord(label) {
			score -= 0.2
		}
		q.resemblance(t, TechniqueHomoglyph, 0, score)
	}
}

// onlyMarks reports whether a label is Latin letters, some with marks.
func onlyMarks(label string) bool {
	return isASCII(letters(decompose(label)))
}

// onlyDigitsDiffer reports names that differ in digits at the end alone:
// another number is another thing.
func onlyDigitsDiffer(a, b string) bool {
	const digits = "0123456789"
	return strings.TrimRight(a, digits) == strings.TrimRight(b, digits)
}

// wordy reports a label with enough letters that digits in their place were
// put there to deceive.
func wordy(label string) bool {
	letters := 0
	for _, r := range label {
		if r >= utf8.RuneSelf || r >= 'a' && r <= 'z' {
			letters++
		}
	}
	return letters >= 4
}

// manySites is how many suffixes a brand has its own sites below when it can
// be taken to hold its name in every country.
const manySites = 8

// otherSuffix weighs a name that differs in its suffix alone; the brand has
// that many.
func (q *query) otherSuffix(t target, sites int) {
	if !t.strong || len(t.label) < minEdit {
		return
	}
	common := generic(t.label)
	switch {
	case q.free && !common && !isDeveloperHost(q.suffix):
		q.resemblance(t, TechniqueFreeHost, 0, 0.55)
	case t.sole && !common && len(t.label) >= minPartEdit:
		q.resemblance(t, TechniqueTLD, 0, 0.4)
	case !common && imitatesCom(q.suffix, t):
		q.resemblance(t, TechniqueTLD, 0, 0.3)
	case isCountry(q.suffix) || common || q.free || sites >= manySites && len(q.suffix) == 2:
		// A country's site, or anybody's word.
	default:
		q.resemblance(t, TechniqueTLD, 0, 0.35)
	}
}

// imitatesCom reports com or co below a top-level domain that is sold as if it
// were generic, for a target below com: paypal.com.co.
func imitatesCom(suffix string, t target) bool {
	second, top, ok := strings.Cut(suffix, ".")
	return ok && (second == "com" || second == "co") && !isCountry(top) && t.domain[len(t.label)+1:] == "com"
}

// isDeveloperHost reports hosts where companies have their open source under
// their own name.
func isDeveloperHost(suffix string) bool {
	switch suffix {
	case "github.io", "gitlab.io", "readthedocs.io", "atlassian.net", "slack.com":
		return true
	}
	return false
}

// isCountry reports a suffix that a brand's country site would have: a
// two-letter top-level domain, save those that are sold as if they were
// generic.
func isCountry(suffix string) bool {
	top := suffix[strings.LastIndexByte(suffix, '.')+1:]
	if len(top) != 2 {
		return false
	}
	switch top {
	case "cc", "tv", "me", "io", "co", "pw", "tk", "ml", "ga", "cf", "gq", "ws", "to", "la", "su", "sc", "cm", "st", "ly", "gg", "fm", "ai", "vc", "ac", "im", "is", "sh", "so", "bz", "nu":
		return suffix != top
	}
	return true
}

// edits looks for names one step away.
func (q *query) edits() {
	name := q.folded
	if len(name) < minEdit || len(name) > maxLabel || CommonWord(name) || !isASCII(q.label) || q.known {
		return
	}
	deletions(name, func(h uint64) bool {
		for g := range q.x.del.get(h) {
			label := q.x.label(g)
			if d := len(label) - len(name); d < -1 || d > 1 || label == name || len(label) < minEdit {
				continue
			}
			if e, ok := oneEdit(name, label); ok {
				q.edited(g, label, e)
			}
		}
		return true
	})
}

// maxLabel is the longest label of a host name (RFC 1035 section 2.3.4).
const maxLabel = 63

func (q *query) edited(g uint32, label string, e edit) {
	t, same := q.x.with(g, q.suffix)
	if ordinaryEdit(q.folded, label, e) {
		q.hyphen(t, label, e)
		return
	}
	score := editScore(e, label, same)
	if len(label) == minEdit && e.technique == TechniqueInsertion && isAffix(e, label) {
		return // slack and slacks
	}
	if q.folded == label+"s" {
		e.technique = TechniquePlural
	}
	switch {
	case t.rank != 0 && e.technique != TechniqueTransposition:
		return // "too noisy" (Chromium)
	case CommonWord(label):
		if e.technique != TechniqueRepetition {
			return
		}
		score -= 0.1
	}
	if score < MinScore && !same && (!isCheap(q.suffix) || len(label) < minPartEdit) {
		return // a short name near another, in another place
	}
	q.resemblance(t, e.technique, 1, score)
}

// hyphen weighs a name that a hyphen more or less makes. Chromium takes it for
// no sign; beside a name of the registry it is a weak one.
func (q *query) hyphen(t target, label string, e edit) {
	if t.strong && !CommonWord(label) && len(label) >= minPartEdit && strings.ReplaceAll(q.folded, "-", "") == strings.ReplaceAll(label, "-", "") {
		q.resemblance(t, TechniqueHyphen, 1, 0.45)
	}
}

// prefixes looks for www without its dot.
func (q *query) prefixes() {
	rest, ok := strings.CutPrefix(q.folded, "www")
	if !ok {
		if rest, ok = strings.CutPrefix(q.folded, "ww"); !ok || CommonWord(rest) {
			return
		}
	}
	rest = strings.TrimPrefix(rest, "-")
	if len(rest) < minEdit {
		return
	}
	for g := range q.x.skel.get(hashString(Shape(rest))) {
		if t, same := q.x.with(g, q.suffix); t.label == rest && (same || t.rank == 0) && (t.rank <= rankTop || same) {
			q.resemblance(t, TechniqueWWW, 0, 0.85)
		}
	}
}
