package oddity

import (
	"strings"
	"unicode"

	"reportascam/analyze"
)

const (
	// minCompared is how many words both texts must have to be compared.
	minCompared = 20
	// minShared is which share of the plain text's words the HTML must have.
	minShared = 0.2
	// maxCompared bounds the words that are compared.
	maxCompared = 2000
	// minNonsense is how many words must look drawn by lot, and nonsenseShare
	// which share of all long words.
	minNonsense   = 6
	nonsenseShare = 0.15
)

// body looks at the text and how it is made.
func (g *gatherer) body() {
	if g.o.HTML != "" {
		if n := comments(g.o.HTML); n > maxComments {
			g.add(analyze.OddComments, "")
		}
		if invisible(g.o.HTML) > maxInvisible {
			g.add(analyze.OddPadding, "")
		}
		if differ(g.o.Text, g.in.Visible) {
			g.add(analyze.OddPartsDiffer, "")
		}
	}
	text := g.in.Visible
	var runs, odd int
	last := ""
	for w := range strings.FieldsSeq(text) {
		// Addresses, paths and codes are made of such runs.
		if strings.ContainsAny(w, "/:=@&%_.-#0123456789") || len(w) < minRandom || len(w) > 20 {
			continue
		}
		runs++
		if drawn(strings.ToLower(strings.Trim(w, ",;!?()\"'"))) {
			odd++
			last = w
		}
	}
	if odd >= minNonsense && float64(odd) >= nonsenseShare*float64(runs) {
		g.add(analyze.OddNonsense, last)
	}
}

// comments counts the octets of comments that are none for Outlook.
func comments(html string) int {
	n := 0
	for {
		i := strings.Index(html, "<!--")
		if i < 0 {
			return n
		}
		html = html[i+4:]
		end := strings.Index(html, "-->")
		if end < 0 {
			end = len(html)
		}
		c := strings.TrimLeft(html[:end], " \t\r\n")
		if !strings.HasPrefix(c, "[if") && !strings.HasPrefix(c, "<![endif") && !strings.Contains(c[:min(len(c), 200)], "{") {
			n += end
		}
		html = html[end:]
	}
}

// invisible counts characters of no width, as such and as entities.
func invisible(html string) int {
	n := 0
	for _, e := range []string{"&zwnj;", "&zwj;", "&#8203;", "&#8204;", "&#8205;", "&#847;", "&#65279;", "&#x200b;", "&#x200c;", "&shy;", "&#173;"} {
		n += strings.Count(html, e)
	}
	for _, r := range html {
		if r >= 0x200b && r <= 0x200f || r == 0x34f || r == 0xfeff || r == 0xad || r >= 0x2060 && r <= 0x2064 {
			n++
		}
	}
	return n
}

// differ tells whether the plain text speaks of something else than what the
// HTML shows: hardly one of its longer words is there.
func differ(plain, visible string) bool {
	have := map[string]bool{}
	eachWord(visible, func(w string) { have[w] = true })
	words, shared := 0, 0
	eachWord(plain, func(w string) {
		words++
		if have[w] {
			shared++
		}
	})
	return words >= minCompared && len(have) >= minCompared && float64(shared) < minShared*float64(words)
}

// eachWord calls f for the first words of at least four letters, in lower
// case.
func eachWord(s string, f func(string)) {
	n := 0
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(w) < 4 || len(w) > 40 {
			continue
		}
		if n++; n > maxCompared {
			return
		}
		f(strings.ToLower(w))
	}
}
