package lookalike

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	// minEmbedded is the least length of an embedded label: shorter ones are
	// in too many names (Chromium asks for more than four).
	minEmbedded = 5
	// maxTokens bounds the parts of a host that are looked at, from its end.
	maxTokens = 40
	// maxLabelTokens is how many parts joined by hyphens a protected label has:
	// t-mobile, miles-and-more.
	maxLabelTokens = 3
	// minCombo is the least length of a name that is looked for inside others.
	minCombo = 5
)

func decompose(s string) string { return norm.NFKD.String(s) }

// token is a part of a host between dots and hyphens.
type token struct {
	text  string
	after byte // what follows: '.', '-' or 0
}

func tokens(host string) []token {
	var out []token
	for host != "" {
		i := strings.IndexAny(host, ".-")
		if i < 0 {
			out = append(out, token{text: host})
			break
		}
		out = append(out, token{host[:i], host[i]})
		host = host[i+1:]
	}
	if len(out) > maxTokens {
		out = out[len(out)-maxTokens:]
	}
	return out
}

// embedded looks for whole protected domains inside the name, with dots or
// hyphens between their parts: paypal.com.evil.example, paypal-com.example,
// evil-paypal.com.
func (q *query) embedded() {
	if strings.HasSuffix(q.host, "-office.com") || strings.HasSuffix(q.host, "-medium.com") || strings.HasSuffix(q.host, "-orange.fr") {
		return // Chromium's allow list
	}
	ts := tokens(strings.ReplaceAll(q.host, "_", "-"))
	if len(ts) < 3 {
		if len(ts) == 2 {
			q.glued(ts[:1])
		}
		return
	}
	for i := range ts {
		for n := 1; n <= maxLabelTokens && i+n < len(ts); n++ {
			if n > 1 && ts[i+n-2].after != '-' {
				break
			}
			q.embeddedAt(ts, i, n)
		}
	}
	q.glued(ts[:len(ts)-1])
}

// embeddedAt tries the label of n tokens at i.
func (q *query) embeddedAt(ts []token, i, n int) {
	label := ts[i].text
	for k := 1; k < n; k++ {
		label += "-" + ts[i+k].text
	}
	if len(label) < minEmbedded {
		q.embeddedShort(ts, i, label)
		return
	}
	if q.embeds(label) {
		return
	}
	shape := Shape(Fold(unicodeLabel(label)))
	for g := range q.x.skel.get(hashString(shape)) {
		have := q.x.label(g)
		if len(have) < minEmbedded || CommonWord(have) || Shape(Fold(unicodeLabel(have))) != shape {
			continue
		}
		for id := q.x.group[g]; id < q.x.group[g+1]; id++ {
			t := q.x.at(id)
			end := suffixAt(ts, i+n, t.domain[len(t.label)+1:])
			switch {
			case end < 0:
			case end < len(ts):
				q.resemblance(t, TechniqueEmbedding, 0, 0.95)
			case i > 0 && ts[i-1].after == '-':
				q.resemblance(t, TechniqueEmbedding, 0, tailScore(t))
			}
		}
	}
}

// minDotted is the least length of a label that is looked for as part of a
// whole domain between dots.
const minDotted = 3

// embeddedShort looks for the registry's short names with their whole suffix,
// between dots: ups.com.evil.example. In any other way they are in too many
// names.
func (q *query) embeddedShort(ts []token, i int, label string) {
	if len(label) < minDotted || ts[i].text != label || ts[i].after != '.' || i > 0 && ts[i-1].after != '.' || q.embeds(label) {
		return
	}
	for g := range q.x.skel.get(hashString(Shape(label))) {
		if q.x.label(g) != label {
			continue
		}
		for id := q.x.group[g]; id < q.x.group[g+1]; id++ {
			t := q.x.at(id)
			suffix := t.domain[len(t.label)+1:]
			end := suffixAt(ts, i+1, suffix)
			if !t.strong || end < 0 || end >= len(ts) || ts[end-1].after != '.' {
				continue
			}
			score := 0.7
			if strings.Contains(suffix, ".") {
				score = 0.9
			}
			q.resemblance(t, TechniqueEmbedding, 0, score)
		}
	}
}

// tailScore weighs evil-name.com, which companies of that name also use.
func tailScore(t target) float64 {
	if t.rank == 0 {
		return 0.65
	}
	return 0.45
}

// embeds reports a host that holds its own name again, or another country's
// site of its own name.
func (q *query) embeds(label string) bool {
	own, _, _ := strings.Cut(q.domain, ".")
	return label == own
}

// suffixAt gives the token after suffix if it stands at i, or -1.
func suffixAt(ts []token, i int, suffix string) int {
	for suffix != "" {
		part, rest, _ := strings.Cut(suffix, ".")
		if i >= len(ts) || ts[i].text != part {
			return -1
		}
		suffix = rest
		i++
	}
	return i
}

// minGlued and maxGlued bound the suffix that is looked for at the end of a
// word, without its dots: de, com, cojp.
const (
	minGlued = 2
	maxGlued = 5
)

// glued looks for protected domains written without their dot: paypalcom,
// amazonco.jp.
func (q *query) glued(ts []token) {
	for _, t := range ts {
		for n := minGlued; n <= maxGlued && n+minEmbedded <= len(t.text); n++ {
			label := strings.TrimSuffix(t.text[:len(t.text)-n], "-")
			if len(label) < minEmbedded || CommonWord(label) {
				continue
			}
			q.gluedAt(label, t.text[len(t.text)-n:])
		}
	}
}

func (q *query) gluedAt(label, suffix string) {
	shape := Shape(Fold(label))
	for g := range q.x.skel.get(hashString(shape)) {
		have := q.x.label(g)
		if q.x.best(g).rank > rankTop || Shape(Fold(have)) != shape || generic(have) || CommonWord(label+suffix) {
			continue
		}
		for id := q.x.group[g]; id < q.x.group[g+1]; id++ {
			p := q.x.at(id)
			own := strings.ReplaceAll(p.domain[len(p.label)+1:], ".", "")
			switch {
			case p.rank > rankTop:
			case own == suffix && len(suffix) > 2, own == suffix+q.suffix:
				q.resemblance(p, TechniqueEmbedding, 0, 0.85)
			case own == suffix && (q.suffix == suffix || label+suffix != q.label):
				q.resemblance(p, TechniqueEmbedding, 0, 0.6)
			}
		}
	}
}
