package checks

import (
	"fmt"

	"reportascam/analyze"
)

const (
	// minTricked is how many words must be written with a trick: one or two
	// are a slip, a name or a symbol.
	minTricked = 3
	// minShare is which share of the words must be, in long texts.
	minShare = 0.02
)

// tricked frames the checks of how words are written.
func tricked(ev *analyze.Evidence, count func(*analyze.Writing) int, says string) analyze.Outcome {
	w := ev.Writing
	if w == nil || w.Words == 0 {
		return unknown("The message has no text that could be read.")
	}
	n := count(w)
	if n < minTricked || float64(n) < minShare*float64(w.Words) {
		return clear("The words are written as words are.")
	}
	return hit(fmt.Sprintf(says, n))
}

// WordsMixed: letters of another alphabet that look alike.
var WordsMixed = analyze.Check{
	Name: "words-mixed", Doc: "words mix letters of alphabets that look alike, so that filters do not read them",
	Cites: []analyze.Cite{"Unicode UTS 39 section 5"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return tricked(ev, func(w *analyze.Writing) int { return w.Mixed }, "%d of its words mix in look-alike letters of another alphabet.")
	},
}

// WordsBroken: characters of no width inside words.
var WordsBroken = analyze.Check{
	Name: "words-broken", Doc: "invisible characters stand inside words, so that filters do not read them",
	Cites: []analyze.Cite{"Unicode UTS 36 section 2.6"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return tricked(ev, func(w *analyze.Writing) int { return w.Broken }, "%d of its words have invisible characters inside.")
	},
}

// WordsStyled: letters out of the mathematicians' alphabets.
var WordsStyled = analyze.Check{
	Name: "words-styled", Doc: "words are written in decorated letters that are no letters to a filter",
	Cites: []analyze.Cite{"Unicode UAX 15"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return tricked(ev, func(w *analyze.Writing) int { return w.Styled }, "%d of its words are drawn with symbols instead of letters.")
	},
}

// WordsSpaced: letters set apart.
var WordsSpaced = analyze.Check{
	Name: "words-spaced", Doc: "words are cut by dots or dashes, so that filters do not read them",
	Cites: []analyze.Cite{"patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return tricked(ev, func(w *analyze.Writing) int { return w.Spaced }, "%d of its words are cut apart by dots or dashes.")
	},
}

// minHidden is how many octets of hidden text are more than a preview line or
// a caption for screen readers.
const minHidden = 1000

// HiddenText: text that filters read and people do not.
var HiddenText = analyze.Check{
	Name: "hidden-text", Doc: "the message hides more text than it shows",
	Cites: []analyze.Cite{"HTML Standard section 15.3.1"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		w := ev.Writing
		if w == nil || ev.Original == nil || ev.Original.HTML == "" {
			return unknown("There is no HTML that could hide anything.")
		}
		// A word has some six octets with its space.
		if n := w.Hidden + w.Faint; n >= minHidden && n > 6*w.Body {
			return hit("The message hides more text than it shows.")
		}
		return clear("The message hides no more text than usual.")
	},
}

// maxPictureWords is how many words may stand beside a picture that is the
// message: an unsubscribe line, an address.
const maxPictureWords = 25

// PictureOnly: a picture to click on, and hardly a word.
var PictureOnly = analyze.Check{
	Name: "picture-only", Doc: "the message is a picture with a link, and hardly a word of text",
	Cites: []analyze.Cite{"patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		w := ev.Writing
		if w == nil || ev.Original == nil || ev.Original.HTML == "" {
			return unknown("There is no HTML that could show a picture.")
		}
		if w.Images == 0 || w.Body > maxPictureWords {
			return clear("The message says in words what it wants.")
		}
		if from, ok := proven(ev); ok && owner(ev, from) != "" {
			return clear("The message shows a picture of a brand that is proven to have sent it.")
		}
		for _, l := range ev.Links {
			if followed(l) && l.Source == "html" {
				return hit("The message is a picture to click on, and hardly a word.")
			}
		}
		return clear("The message shows a picture that leads nowhere.")
	},
}
