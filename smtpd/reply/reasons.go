package reply

import (
	"slices"
	"strings"

	"reportascam/analyze"
)

// genuine tells what proves that a message is from whom it says.
func (w *composer) genuine(o *analyze.JudgedOriginal) [][]span {
	items := w.reasons(o, analyze.Authentic)
	if domain, by, ok := o.Evidence.Auth.Proven(); ok {
		items = append(items, w.proven("real", domain, by))
	}
	return items
}

// proven says which domain sent a message, and who found that out.
func (w *composer) proven(key, domain string, by analyze.Witness) []span {
	if by == analyze.WitnessBoundary {
		key += ".provider"
	}
	return fill(w.cat.text(key), map[string]span{"domain": {Text: Clean(domain, maxSender), Foreign: true}})
}

// unclear tells what was seen, what is proven, and what was not checked and
// why.
func (w *composer) unclear(o *analyze.JudgedOriginal) {
	items := w.reasons(o, analyze.Unclear)
	say := func(key string) { items = append(items, fill(w.cat.text(key), nil)) }
	if domain, by, ok := o.Evidence.Auth.Proven(); ok {
		items = append(items, w.proven("proved", domain, by))
	} else if o.Grade == analyze.GradeFull {
		say("unproved")
	}
	switch {
	case o.Grade != analyze.GradeFull && o.Grade != analyze.GradeHeaders:
		say("unchecked.text")
	case o.Grade == analyze.GradeHeaders:
		say("unchecked.headers")
	case o.Evidence.Auth.DMARC().Result == analyze.ResultUnknown && len(o.Evidence.Faults) > 0:
		say("unchecked.full")
	}
	if o.Grade != analyze.GradeFull && slices.ContainsFunc(o.Lost, func(s string) bool { return s == "link targets" || s == "attachments" }) {
		say("unchecked.lost")
	}
	w.why(analyze.Unclear, items)
}

// reasons gives the findings that decided, the weightiest first, each in one
// plain sentence.
func (w *composer) reasons(o *analyze.JudgedOriginal, l analyze.Level) [][]span {
	sign := 1.0
	if l == analyze.Authentic {
		sign = -1
	}
	var out [][]span
	said := map[string]bool{}
	for _, f := range decisive(o.Findings, sign) {
		if len(out) >= w.room.findings {
			break
		}
		s := w.marked(o, f)
		if s == nil {
			s = w.says(o, f)
		}
		if text := plainText(s); text != "" && !said[text] {
			said[text] = true
			out = append(out, s)
		}
	}
	return out
}

// marked tells who stands behind a verified mark, and that it proves no more;
// nil for other findings.
func (w *composer) marked(o *analyze.JudgedOriginal, f analyze.Finding) []span {
	m := o.Evidence.Mark
	if f.Check != "mark-verified" || !m.Trademark() {
		return nil
	}
	return fill(w.cat.text("marked"), map[string]span{"issuer": {Text: Clean(m.Issuer, maxBrand), Foreign: true},
		"owner": {Text: Clean(m.Organisation, maxBrand), Foreign: true}, "country": {Text: Clean(m.Country, maxBrand), Foreign: true}})
}

// says gives a finding in the reader's language and in plain words: the
// check's own sentence where the reader reads English and it is free of jargon,
// else the catalogue's, with the names that the finding is about behind it.
func (w *composer) says(o *analyze.JudgedOriginal, f analyze.Finding) []span {
	own := Clean(f.Says, maxSays)
	if w.cat.english() && own != "" && !jargon(own) {
		return []span{{Text: own, Foreign: true}}
	}
	out := []span{{Text: w.cat.means(f.Check, f.Weight < 0)}}
	if out[0].Text != "" {
		out = append(out, about(o, f.Check)...)
	}
	return out
}

// about names what a general sentence leaves out, in a form that needs no
// language: (“paypa1[.]com”).
func about(o *analyze.JudgedOriginal, check string) []span {
	name := ""
	switch check {
	case "sender-lookalike", "link-lookalike":
		best := 0.0
		for _, r := range o.Evidence.Resemblances {
			if (r.Where == "link") == (check == "link-lookalike") && r.Score > best {
				name, best = r.Name, r.Score
			}
		}
	case "link-text-mismatch":
		for _, l := range o.Evidence.Links {
			if l.Shown != "" && l.Shown != l.Host {
				name = l.Host
				break
			}
		}
	}
	if name = Clean(name, maxBrand); name == "" {
		return nil
	}
	return []span{{Text: " ("}, {Text: "“" + name + "”", Foreign: true}, {Text: ")"}}
}

// jargon tells whether a sentence holds words that most readers do not know.
func jargon(s string) bool {
	for _, w := range []string{"SPF", "DKIM", "DMARC", "ARC", "BIMI", "DNS", "Reply-To", "Return-Path", "Authentication-Results", "envelope", "header", "authenticat", "xn--", "selector"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
