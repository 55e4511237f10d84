package lookalike

import (
	"slices"
	"strings"
)

const (
	// maxPartLabels is how many labels before the suffix are compared, from the
	// end: those further left are not read by anybody.
	maxPartLabels = 8
	// maxRun is how many parts joined by hyphens are taken together.
	maxRun = 3
	// maxWords bounds the words of one host that are compared, maxFarWords those
	// compared at two edits, which costs some ten times as much.
	maxWords    = 64
	maxFarWords = 12
	// minPartEdit is the least length of a name that edits are looked for in
	// below the registrable domain: there any word may stand.
	minPartEdit = 6
)

// part is a stretch of a host that may be taken for a name.
type part struct {
	text  string // folded; without hyphens where they were left out
	label int    // of which label, from the left
	whole bool   // all of its label
	own   bool   // of the registrable domain's label
	rest  []string
}

// mirrors are domains below which a company's own domain names what is served
// for it: proxies, caches and the signatures of hosted mail. The name there
// follows from a domain that the company has proven to be its own.
var mirrors = [...]string{"gappssmtp.com", "translate.goog", "ampproject.org", "mcas.ms", "edgekey.net", "edgesuite.net", "akadns.net", "cdn.cloudflare.net"}

// isMirror reports a host below one of the mirrors.
func isMirror(host string) bool {
	for _, m := range mirrors {
		if rest, ok := strings.CutSuffix(host, m); ok && strings.HasSuffix(rest, ".") {
			return true
		}
	}
	return false
}

// parts looks for names of the registry among the labels of the host and the
// stretches of them between hyphens: paypal.evil.example, paypai.evil.example,
// www-amazom-jp.example.
func (q *query) parts() {
	if len(q.x.word.ids) == 0 {
		return
	}
	labels := q.labels
	first := max(0, len(labels)-maxPartLabels)
	for i := len(labels) - 1; i >= first; i-- {
		label := Fold(unicodeLabel(labels[i]))
		ps := strings.Split(label, "-")
		if len(ps) > maxTokens {
			ps = ps[len(ps)-maxTokens:]
		}
		own := i == len(labels)-1
		after := labels[i+1:]
		q.part(part{text: label, label: i, whole: true, own: own, rest: after})
		if len(ps) == 1 {
			continue
		}
		for a := range ps {
			for n := 1; n <= maxRun && a+n <= len(ps); n++ {
				p := part{label: i, own: own, rest: slices.Concat(ps[a+n:], after)}
				if n < len(ps) {
					p.text = strings.Join(ps[a:a+n], "-")
					q.part(p)
				}
				if n > 1 {
					p.text = strings.Join(ps[a:a+n], "")
					q.part(p)
				}
			}
		}
		if len(ps) > maxRun {
			q.part(part{text: strings.ReplaceAll(label, "-", ""), label: i, own: own, rest: after})
		}
	}
}

// part compares one stretch with the names of the registry.
func (q *query) part(p part) {
	if q.words++; q.words > maxWords || len(p.text) < minEdit || len(p.text) > maxLabel {
		return
	}
	q.partShape(p, Shape(p.text))
	// A number before or behind the name is no part of it.
	if bare := strings.Trim(p.text, "0123456789"); bare != p.text && len(bare) >= minEdit {
		p.whole = false
		q.partShape(p, Shape(bare))
	}
}

func (q *query) partShape(p part, shape string) {
	if CommonWord(p.text) {
		q.partExact(p, shape)
		return
	}
	if q.partExact(p, shape) {
		return
	}
	deletions(shape, func(h uint64) bool {
		for g := range q.x.word.get(h) {
			q.partNear(p, shape, g)
		}
		return true
	})
	if len(shape) >= minFar-2 && len(shape) <= maxFar+2 && q.fars < maxFarWords && len(q.x.far.ids) > 0 {
		q.fars++
		farDeletions(shape, func(h uint64) {
			for g := range q.x.far.get(h) {
				q.partFar(p, shape, g)
			}
		})
	}
}

// inPlace gives the domain of group g whose suffix stands behind the stretch,
// else the one that has the host's, else the best.
func (q *query) inPlace(p part, g uint32) (t target, same, follows bool) {
	if len(p.rest) > 0 {
		for id := q.x.group[g]; id < q.x.group[g+1]; id++ {
			at := q.x.at(id)
			suffix := at.domain[len(at.label)+1:]
			if !followsSuffix(p.rest, suffix) {
				continue
			}
			if whole := strings.HasPrefix(strings.Join(p.rest, ""), strings.ReplaceAll(suffix, ".", "")); whole || !follows {
				t, follows = at, true
				if whole {
					break
				}
			}
		}
	}
	if follows {
		return t, false, true
	}
	t, same = q.x.with(g, q.suffix)
	return t, same, false
}

// partExact compares a stretch with the names that it is or looks like, and
// reports whether there is one.
func (q *query) partExact(p part, shape string) bool {
	found := false
	for g := range q.x.word.get(hashString(shape)) {
		if Shape(q.x.best(g).folded()) == shape {
			found = true
			q.partNear(p, shape, g)
		}
	}
	return found
}

// partNear weighs a stretch that is the name of group g, looks like it, or is
// one edit away.
func (q *query) partNear(p part, shape string, g uint32) {
	t, same, follows := q.inPlace(p, g)
	name := t.folded()
	want := Shape(name)
	switch {
	case shape == want && strings.Trim(p.text, "0123456789") == name, p.text == name:
		// The name itself, below a stranger or with a number.
		if len(name) < minEdit || q.ownName(name) {
			return
		}
		if p.own {
			q.partSplit(p, t, name, same)
			return
		}
		score := 0.42
		technique := TechniqueSubdomain
		if !p.whole {
			score, technique = 0.4, TechniqueCombo
		}
		switch {
		case follows:
			score, technique = 0.85, TechniqueEmbedding
		case generic(name):
			return
		}
		q.partScored(p, t, technique, 0, score, follows)
	case generic(name) || CommonWord(p.text):
	case shape == want:
		if !p.own || !p.whole {
			q.partScored(p, t, TechniqueHomoglyph, 0, 0.65, follows)
		}
	default:
		e, ok := oneEdit(shape, want)
		if !ok || len(want) < minPartEdit && !follows || ordinaryEdit(shape, want, e) || p.own && p.whole && isASCII(q.label) && q.plainEdit(p.text, name) {
			return
		}
		score := 0.42
		if len(want) >= 8 {
			score = 0.5
		}
		if isAffix(e, want) {
			score -= 0.1
		}
		technique, dist := e.technique, 1
		if _, plain := oneEdit(p.text, name); !plain && p.text != name {
			// One more letter is not what it seems.
			technique, dist = TechniqueTwoEdits, 2
			if len(want) >= minFar {
				score = 0.55
			}
		}
		if p.own && !p.whole {
			score = min(score, 0.42) // deutsche-bahn-…, deutsche-bank: two companies
		}
		if p.own && score < 0.55 && !same && !isCheap(q.suffix) {
			return
		}
		q.partScored(p, t, technique, dist, score, follows)
	}
}

// partSplit weighs a name with hyphens in it, in the registrable domain:
// my-ether-wallet.com, login-am-azon.com.
func (q *query) partSplit(p part, t target, name string, same bool) {
	if strings.Contains(q.labels[p.label], name) || generic(name) || len(name) < minPartEdit {
		return
	}
	switch {
	case q.scamWords(p):
		q.resemblance(t, TechniqueHyphen, 1, 0.55)
	case same || t.sole || q.free || isCheap(q.suffix):
		q.resemblance(t, TechniqueHyphen, 1, 0.4)
	}
}

// plainEdit reports a name one edit away before its letters are taken for
// others: edits has weighed it.
func (q *query) plainEdit(text, name string) bool {
	_, ok := oneEdit(text, name)
	return ok
}

// partFar weighs a stretch two edits from the name of group g.
func (q *query) partFar(p part, shape string, g uint32) {
	t, same, follows := q.inPlace(p, g)
	name := Shape(t.folded())
	if shape == name || shape[0] != name[0] || strings.Count(shape, "-") != strings.Count(name, "-") || generic(t.folded()) {
		return
	}
	if distance(shape, name, 2) != 2 || onlyDigitsDiffer(shape, name) {
		return
	}
	if p.own && (len(name) < longFar || !p.whole) && stretch(shape, name) <= maxStretch {
		return // one syllable for another: dropboxapi and dropboxmail, deutsche-bahn and deutsche-bank
	}
	score := 0.4
	if len(name) >= longFar {
		score = 0.55
	}
	if same && p.own && p.whole {
		score += 0.05
	}
	q.partScored(p, t, TechniqueTwoEdits, 2, score, follows)
}

const (
	// longFar is the length from which on two edits are hardly chance.
	longFar = 12
	// maxStretch is the longest run of letters that another word would replace.
	maxStretch = 3
)

// stretch is how many letters of a lie between what both begin and end with.
func stretch(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && j < len(b)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return max(len(a), len(b)) - i - j
}

// partScored adds what stands around the stretch: the suffix that the true name
// has, or the words of scams.
func (q *query) partScored(p part, t target, technique string, dist int, score float64, follows bool) {
	switch {
	case follows && score < 0.8:
		score = min(score+0.3, 0.9)
	case q.scamWords(p):
		score += 0.12
	}
	q.resemblance(t, technique, dist, score)
}

// scamWords reports whether another part of the host is a word of scams.
func (q *query) scamWords(p part) bool {
	for i, l := range q.labels {
		for w := range strings.SplitSeq(l, "-") {
			if i == p.label && strings.Contains(p.text, w) {
				continue
			}
			if found, whole := keywordIn(Shape(w), 2); found == forceHard && whole {
				return true
			}
		}
	}
	return false
}

// ownName reports the name of the registrable domain itself.
func (q *query) ownName(name string) bool { return q.folded == name }

// followsSuffix reports whether what stands behind a name is, or begins like,
// the suffix that its domain has: amazon.co.jplogin, docomo.ne.example,
// metamask.com-desktop.example.
func followsSuffix(rest []string, suffix string) bool {
	if len(rest) == 0 {
		return false
	}
	first, more, _ := strings.Cut(suffix, ".")
	next := Shape(Fold(rest[0]))
	if next == Shape(first) {
		return true
	}
	if more == "" && len(first) < 3 || CommonWord(rest[0]) {
		return false
	}
	if joined := Shape(strings.ReplaceAll(suffix, ".", "")); len(joined) >= 3 && strings.HasPrefix(next, joined) {
		return true
	}
	return false
}

// dots looks for a name with a dot more in it: pay.pal.com.
func (q *query) dots() {
	n := len(q.labels)
	if n < 2 {
		return
	}
	joined := q.folded
	for i := n - 2; i >= max(0, n-3); i-- {
		joined = Fold(unicodeLabel(q.labels[i])) + joined
		if len(joined) < minEdit || len(joined) > maxLabel {
			return
		}
		for g := range q.x.word.get(hashString(Shape(joined))) {
			t, same := q.x.with(g, q.suffix)
			if t.folded() != joined || !same || CommonWord(joined) || CommonWord(q.folded) && CommonWord(q.labels[i]) {
				continue
			}
			score := 0.46
			if CommonWord(q.folded) {
				score = 0.4
			} else if len(q.folded) >= minEdit {
				score = 0.6
			}
			q.resemblance(t, TechniqueDot, 1, score)
		}
	}
}
