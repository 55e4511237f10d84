package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"reportascam/analyze"
)

const (
	// maxEntries bounds the index entries of one report of one kind: a mail
	// made of ten thousand links is found by the first of them.
	maxEntries = 500
	// maxSummaryText bounds texts in a summary, in octets, so that it is
	// well below the 1.9 KB that fit a page of the database.
	maxSummaryText = 256
	// maxSummaryDomains bounds the domains in a summary.
	maxSummaryDomains = 4
)

// entry is one key by which a judgement is found.
type entry struct {
	bucket []byte
	value  string
}

// entries gives the index entries of a judgement, each once. The same
// judgement always has the same: they are removed by computing them again, so
// that a change here is a new schemaVersion.
func entries(j *analyze.Judgement) []entry {
	out := []entry{{idxVerdict, string(j.Level)}}
	add := func(bucket []byte, values []string) {
		for _, v := range values {
			out = append(out, entry{bucket, v})
		}
	}
	add(idxBrand, uniq([]string{j.Brand}))
	reporter := []string{j.Reporter.Address}
	if j.Reporter.Domain != "" {
		reporter = append(reporter, "@"+j.Reporter.Domain)
	}
	add(idxReporter, uniq(reporter))
	add(idxDomain, senderDomains(j))
	var indicators []string
	for i := range j.Originals {
		for _, d := range j.Originals[i].Evidence.Indicators {
			indicators = append(indicators, d.Value)
		}
	}
	add(idxIndicator, uniq(indicators))
	return out
}

// senderDomains gives the domains of the From addresses, and the
// organizational domains of those.
func senderDomains(j *analyze.Judgement) []string {
	var ds []string
	for i := range j.Originals {
		o := &j.Originals[i]
		for _, m := range o.From {
			if at := strings.LastIndexByte(m.Address, '@'); at >= 0 {
				ds = append(ds, m.Address[at+1:])
			}
		}
		ds = append(ds, o.Evidence.Auth.FromDomain, o.Evidence.Auth.OrgDomain)
	}
	return uniq(ds)
}

// uniq gives the values as they are keys, each once, in order, without empty
// ones, at most maxEntries.
func uniq(in []string) []string {
	seen := make(map[string]bool, len(in))
	var out []string
	for _, v := range in {
		v = indexValue(v)
		if v == "" || seen[v] {
			continue
		}
		if len(out) == maxEntries {
			break
		}
		seen[v] = true
		out = append(out, v)
	}
	return out
}

// summarize gives the one line of a judgement.
func summarize(j *analyze.Judgement, size int) Summary {
	s := Summary{
		ID: j.ID, At: j.At, JudgedAt: j.JudgedAt, Level: j.Level, Score: j.Score, Brand: clip(j.Brand),
		Subject: clip(j.Subject), Reporter: clip(j.Reporter.Address), Originals: len(j.Originals),
		Reply: clip(j.Reply), Size: size,
	}
	if j.Correction != nil {
		s.Corrected = j.Correction.As
	}
	ds := senderDomains(j)
	for _, d := range slices.Clone(ds[:min(len(ds), maxSummaryDomains)]) {
		s.Domains = append(s.Domains, clip(d))
	}
	if len(j.Originals) > 0 {
		o := &j.Originals[0]
		s.How = o.How
		if len(o.From) > 0 {
			s.From = analyze.Mailbox{Name: clip(o.From[0].Name), Address: clip(o.From[0].Address)}
		}
	}
	return s
}

// clip shortens text at a character.
func clip(s string) string {
	if len(s) <= maxSummaryText {
		return s
	}
	n := maxSummaryText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// fits reports whether a summary has the text, in any case.
func (s *Summary) fits(text string) bool {
	text = strings.ToLower(text)
	for _, f := range []string{s.Subject, s.From.Name, s.From.Address, s.Reporter, s.Brand, string(s.ID)} {
		if strings.Contains(strings.ToLower(f), text) {
			return true
		}
	}
	return slices.ContainsFunc(s.Domains, func(d string) bool { return strings.Contains(d, text) })
}
