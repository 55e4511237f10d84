package lure

import (
	"slices"
	"strings"

	"reportascam/analyze"
)

const (
	// MaxText bounds what is read of one message, in octets. What a scam wants
	// stands in front: behind 64 KiB nobody reads, and padding is cheap.
	MaxText = 64 << 10
	// maxHead is how much of a longer text is read from its start; the rest of
	// MaxText is read from its end.
	maxHead = 48 << 10
	// maxSpans bounds the places that are kept of one lure.
	maxSpans = 8
	// minStrength is the least strength that is given.
	minStrength = 0.2
)

// Field is one text of a message, as its reader sees it.
type Field struct {
	Name string // as in Span: "Subject", "text", "html" (the visible text of the HTML part), "alt", "From" (the sender's name)
	Text string
}

// Reading is what was found in a message.
type Reading struct {
	Language string // BCP 47; empty when there is too little to tell
	Lures    []analyze.Lure
	Words    int // that were read
	Body     int // of them in the second field
	Styled   int // written in decorated letters
	Broken   int // with characters of no width inside
	Mixed    int // that mix scripts which look alike
	Spaced   int // set apart by dots or dashes
}

// Read finds the lures in the texts of one message, the strongest first, at
// most one of a kind. The subject is the first field, what is read below it the
// second. Offsets are octets into the text of the field.
func Read(fields ...Field) Reading {
	size := 0
	for _, f := range fields {
		size += min(len(f.Text), MaxText)
	}
	fo := newFolder(size)
	cuts := make([]int, len(fields)) // where the end part of a long text begins
	names := make([]int, 0, 2*len(fields))
	for i, f := range fields {
		head, tail, at := clip(f.Text)
		fo.add(head)
		names = append(names, i)
		if tail != "" {
			cuts[i] = at
			fo.add(tail)
			names = append(names, i)
		}
	}
	b := shared()
	m := &matcher{book: b, f: &fo.folded, fields: fields, names: names, cuts: cuts,
		last: make([]seen, b.classes), at: map[int32]*found{}}
	m.run()
	r := Reading{Words: len(fo.tokens), Styled: fo.styled, Broken: fo.broken, Mixed: fo.mixed, Spaced: fo.spaced}
	for _, t := range fo.tokens {
		if names[t.field] == 1 {
			r.Body++
		}
	}
	r.Language = m.language()
	m.spoken = slices.Index(b.languages, r.Language)
	r.Lures = m.lures()
	return r
}

// clip gives the start and the end of a text, where it is longer than MaxText,
// and the offset of the end.
func clip(s string) (head, tail string, at int) {
	if len(s) <= MaxText {
		return s, "", 0
	}
	at = len(s) - (MaxText - maxHead)
	for at < len(s) && s[at]&0xc0 == 0x80 {
		at++
	}
	head = strings.ToValidUTF8(s[:maxHead], "")
	return head, s[at:], at
}

// seen is where a class was seen last.
type seen struct {
	from, to int32 // tokens, to exclusive; to is 0 where it was not seen
}

// found is a pattern that was met, and where.
type found struct {
	spans []analyze.Span
	count int
}

// matcher looks a folded text through.
type matcher struct {
	book   *book
	f      *folded
	fields []Field
	names  []int // by text of folded: index into fields
	cuts   []int
	last   []seen
	at     map[int32]*found // by pattern
	stops  [maxLanguages]float64
	spoken int // index of the language, or -1
}

const (
	// minSpoken is the weight of stop words by which a language is sure.
	minSpoken = 6
	// foreignShare is which share of it another language must have, so that
	// it is taken to be spoken too.
	foreignShare = 0.2
)

// foreign tells whether a pattern is of a language that the message does not
// speak: beginnings of words mean other things elsewhere. What stands in the
// subject is believed, since many scams write only that in their language.
func (m *matcher) foreign(p *pattern, f *found) bool {
	if m.spoken < 0 || p.lang == m.spoken || !m.book.stopped[p.lang] || m.stops[m.spoken] < minSpoken {
		return false
	}
	for _, s := range f.spans {
		if s.Field == "Subject" {
			return false
		}
	}
	return m.stops[p.lang] < foreignShare*m.stops[m.spoken]
}

func (m *matcher) run() {
	for i := range m.f.tokens {
		m.book.tree.walk(m.f, int(m.f.tokens[i].at), func(c class, end int) { m.hit(c, int32(i), int32(end)) })
	}
}

// hit notes that a phrase of class c stands between token from and the offset
// end of the folded text, and looks whether a pattern is whole with it.
func (m *matcher) hit(c class, from, end int32) {
	if int(c) < len(m.book.languages) {
		m.stops[c] += m.book.stopWeight(m.f.buf[m.f.tokens[from].at:end])
		return
	}
	to := from + 1
	for m.f.tokens[to-1].end < end {
		to++
	}
	if old := m.last[c]; old.to > 0 && old.from == from && old.to >= to {
		return
	}
	m.last[c] = seen{from, to}
	for _, use := range m.book.uses[c] {
		m.try(use)
	}
}

// try looks whether the other slots of a pattern stand near the one that was
// seen just now.
func (m *matcher) try(u use) {
	p := &m.book.patterns[u.pattern]
	now := m.last[u.class]
	first, last := now.from, now.to
	start := m.f.tokens[now.from].pos
	for i, slot := range p.slots {
		if int32(i) == u.slot {
			continue
		}
		best := seen{}
		for _, c := range slot {
			s := m.last[c]
			if s.to > 0 && s.from >= best.from && (s.to <= now.from || s.from >= now.to) && start-m.f.tokens[s.from].pos <= p.window {
				best = s
			}
		}
		if best.to == 0 {
			return
		}
		first, last = min(first, best.from), max(last, best.to)
	}
	f := m.at[u.pattern]
	if f == nil {
		f = &found{}
		m.at[u.pattern] = f
	}
	f.count++
	if len(f.spans) < maxSpans {
		f.spans = append(f.spans, m.span(first, last))
	}
}

// span gives where the tokens from first to last stand in the source.
func (m *matcher) span(first, last int32) analyze.Span {
	a, b := m.f.tokens[first], m.f.tokens[last-1]
	i := m.names[a.field]
	add := 0
	if a.field > 0 && m.names[a.field-1] == i {
		add = m.cuts[i]
	}
	return analyze.Span{Field: m.fields[i].Name, Start: int(a.start) + add, End: int(b.fin) + add}
}

// lures sums up the patterns by what they want.
func (m *matcher) lures() []analyze.Lure {
	ids := make([]int32, 0, len(m.at))
	for id := range m.at {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	by := map[analyze.LureKind]*analyze.Lure{}
	best := map[analyze.LureKind]float64{}
	var kinds []analyze.LureKind
	for _, id := range ids {
		p, f := &m.book.patterns[id], m.at[id]
		if m.foreign(p, f) {
			continue
		}
		l := by[p.kind]
		if l == nil {
			l = &analyze.Lure{Kind: p.kind}
			by[p.kind] = l
			kinds = append(kinds, p.kind)
		}
		// Several ways of saying the same are independent witnesses of it.
		l.Strength = 1 - (1-l.Strength)*(1-p.strength)
		sure := p.strength
		if p.lang == m.spoken {
			sure++ // of several, the one that its reader reads
		}
		if sure > best[p.kind] {
			best[p.kind] = sure
			l.Lang, l.Where = m.book.languages[p.lang], f.spans[0].Field
		}
		for _, s := range f.spans {
			if len(l.Spans) < maxSpans && !slices.Contains(l.Spans, s) {
				l.Spans = append(l.Spans, s)
			}
		}
	}
	var out []analyze.Lure
	for _, k := range kinds {
		l := by[k]
		if l.Strength = float64(int(l.Strength*100+0.5)) / 100; l.Strength >= minStrength {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b analyze.Lure) int {
		switch {
		case a.Strength > b.Strength:
			return -1
		case a.Strength < b.Strength:
			return 1
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	return out
}
