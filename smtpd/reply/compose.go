package reply

import (
	"slices"
	"strconv"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// kind is what a block is.
type kind string

// The kinds of block.
const (
	kindTitle   kind = "title"
	kindVerdict kind = "verdict"
	kindPara    kind = "para"
	kindLabel   kind = "label"
	kindList    kind = "list"
	kindSteps   kind = "steps"
	kindSmall   kind = "small"
)

// block is one piece of the answer. Both parts of the message are made of the
// same blocks, so that they cannot say different things.
type block struct {
	Kind  kind
	Level analyze.Level // of a verdict
	Spans []span
	Items [][]span // of a list or steps
}

// How much of a message is shown. Enough to know it again, too little to
// carry a text of its own to the reader.
const (
	maxSubject = 80
	maxSender  = 80
	maxBrand   = 60
	maxSays    = 220
)

// room is how much an answer holds. When it turns out too large, the next
// smaller room is tried.
type room struct{ originals, findings int }

func rooms() []room { return []room{{5, 3}, {5, 2}, {4, 1}, {3, 1}, {2, 1}, {1, 1}} }

// composer writes the blocks of one answer.
type composer struct {
	j      *analyze.Judgement
	o      Outer
	c      Config
	cat    *Catalogue
	room   room
	blocks []block
}

func (w *composer) add(k kind, text string, values map[string]span) {
	w.blocks = append(w.blocks, block{Kind: k, Spans: fill(text, values)})
}

func (w *composer) items(k kind, lines []string, values map[string]span) {
	b := block{Kind: k}
	for _, l := range lines {
		b.Items = append(b.Items, fill(l, values))
	}
	w.blocks = append(w.blocks, b)
}

// compose gives the blocks of the answer.
func (w *composer) compose() []block {
	n := len(w.j.Originals)
	w.add(kindPara, w.cat.text("hello"), nil)
	switch {
	case n == 0:
		w.none()
	case n > 1:
		w.add(kindPara, w.cat.text("several"), number1("n", n))
	}
	shown := min(n, w.room.originals)
	for i := range w.j.Originals[:shown] {
		if n > 1 {
			w.add(kindTitle, w.cat.text("item"), map[string]span{"i": {Text: strconv.Itoa(i + 1)}, "n": {Text: strconv.Itoa(n)}})
		}
		w.original(&w.j.Originals[i], i == firstOf(w.j.Originals[:shown], effective(&w.j.Originals[i])))
	}
	if n > shown {
		w.add(kindPara, w.cat.text("more"), number1("n", n-shown))
	}
	w.add(kindSmall, w.cat.text("ref"), map[string]span{"ref": {Text: reference(w.j.ID)}})
	w.add(kindSmall, w.cat.text("footer"), nil)
	return w.blocks
}

func number1(name string, n int) map[string]span {
	return map[string]span{name: {Text: strconv.Itoa(n)}}
}

// firstOf gives the first original of that level: advice is given once for
// each level, not once for each message.
func firstOf(list []analyze.JudgedOriginal, l analyze.Level) int {
	return slices.IndexFunc(list, func(o analyze.JudgedOriginal) bool { return effective(&o) == l })
}

// effective is the level as it is told: text that a client quoted is never authentic, whatever was stored.
func effective(o *analyze.JudgedOriginal) analyze.Level {
	switch o.Level {
	case analyze.Scam, analyze.Suspicious:
		return o.Level
	case analyze.Authentic:
		if o.Grade != analyze.GradeText {
			return o.Level
		}
	}
	return analyze.Unclear
}

// none: the report held nothing to judge.
func (w *composer) none() {
	w.blocks = append(w.blocks, block{Kind: kindVerdict, Level: analyze.Unclear, Spans: fill(w.cat.text("verdict.none"), nil)})
	w.add(kindLabel, w.cat.text("none.attach"), nil)
	w.steps(clientOf(w.o.Header))
}

func (w *composer) original(o *analyze.JudgedOriginal, advise bool) {
	l := effective(o)
	name, info := w.brand(o)
	w.blocks = append(w.blocks, block{Kind: kindVerdict, Level: l,
		Spans: fill(w.cat.text("verdict."+string(l)), map[string]span{"brand": name})})
	w.about(o)
	if l == analyze.Unclear {
		w.unclear(o)
	} else if reasons := w.reasons(o, l); len(reasons) > 0 {
		w.add(kindLabel, w.cat.text("why."+string(l)), nil)
		w.blocks = append(w.blocks, block{Kind: kindList, Items: reasons})
	}
	if !advise {
		return
	}
	w.add(kindLabel, w.cat.text("do"), nil)
	w.items(kindList, w.cat.List["do."+string(l)], nil)
	if l != analyze.Authentic {
		w.help(info)
	}
	if l == analyze.Unclear && o.Grade != analyze.GradeFull {
		client := o.Client
		if client == "" {
			client = clientOf(w.o.Header)
		}
		w.add(kindLabel, w.cat.text("attach"), nil)
		w.steps(client)
	}
}

// about shows which message is meant.
func (w *composer) about(o *analyze.JudgedOriginal) {
	if s := Clean(o.Subject, maxSubject); s != "" {
		w.add(kindSmall, w.cat.text("about.subject"), map[string]span{"subject": {Text: "“" + s + "”", Foreign: true}})
	}
	if len(o.From) == 0 {
		return
	}
	from := o.From[0].Address
	if from == "" {
		from = o.From[0].Name
	}
	if s := Clean(from, maxSender); s != "" {
		w.add(kindSmall, w.cat.text("about.from"), map[string]span{"from": {Text: "“" + s + "”", Foreign: true}})
	}
}

// unclear tells what was seen, what is proven, and what was not checked.
func (w *composer) unclear(o *analyze.JudgedOriginal) {
	w.add(kindLabel, w.cat.text("why.unclear"), nil)
	items := w.reasons(o, analyze.Unclear)
	if domain, _, ok := o.Evidence.Auth.Proven(); ok {
		items = append(items, fill(w.cat.text("proved"), map[string]span{"domain": {Text: Clean(domain, maxSender), Foreign: true}}))
	} else if o.Grade == analyze.GradeFull {
		items = append(items, fill(w.cat.text("unproved"), nil))
	}
	switch {
	case o.Grade != analyze.GradeFull && o.Grade != analyze.GradeHeaders:
		items = append(items, fill(w.cat.text("unchecked.text"), nil))
	case o.Grade == analyze.GradeHeaders:
		items = append(items, fill(w.cat.text("unchecked.headers"), nil))
	case o.Evidence.Auth.DMARC().Result == analyze.ResultUnknown && len(o.Evidence.Faults) > 0:
		items = append(items, fill(w.cat.text("unchecked.full"), nil))
	}
	w.blocks = append(w.blocks, block{Kind: kindList, Items: items})
}

// reasons gives the findings that decided, the weightiest first, each in one
// plain sentence.
func (w *composer) reasons(o *analyze.JudgedOriginal, l analyze.Level) [][]span {
	sign := 1.0
	if l == analyze.Authentic {
		sign = -1
	}
	var hits []analyze.Finding
	for _, f := range o.Findings {
		if f.Status == analyze.Hit && f.Weight*sign > 0 {
			hits = append(hits, f)
		}
	}
	slices.SortStableFunc(hits, func(a, b analyze.Finding) int {
		switch d := (b.Weight - a.Weight) * sign; {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	var out [][]span
	said := map[string]bool{}
	for _, f := range hits {
		if s := w.marked(o, f); s != nil && len(out) < w.room.findings {
			out = append(out, s)
			continue
		}
		if s := w.says(f); len(out) < w.room.findings && s.Text != "" && !said[s.Text] {
			said[s.Text] = true
			out = append(out, []span{s})
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
// check's own sentence where it is English and free of jargon, else the
// catalogue's.
func (w *composer) says(f analyze.Finding) span {
	own := Clean(f.Says, maxSays)
	general, known := w.cat.Finding[f.Check]
	if known && (w.cat.Lang != "en" || own == "" || jargon(own)) {
		return span{Text: general}
	}
	s := span{Text: own, Foreign: true}
	if w.cat.Lang != "en" {
		s.Lang = "en"
	}
	return s
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

// brand gives the name of the claimed brand as the registry has it; without a
// brand, that of the holder of the verified mark.
func (w *composer) brand(o *analyze.JudgedOriginal) (span, Brand) {
	var b Brand
	if w.c.Brand != nil && o.Brand != "" {
		b, _ = w.c.Brand(o.Brand)
	}
	name := b.Name
	for _, c := range o.Evidence.Claims {
		if name == "" && c.Brand == o.Brand {
			name = c.Name
		}
	}
	if name == "" {
		name = o.Brand
	}
	if m := o.Evidence.Mark; name == "" && m.Trademark() {
		name = m.Organisation
	}
	if name == "" {
		name = o.Evidence.Auth.FromDomain
	}
	name = Clean(name, maxBrand)
	return span{Text: name, Foreign: true}, b
}

// help points to the brand's own pages, as the operator's registry has them.
func (w *composer) help(b Brand) {
	name := span{Text: Clean(b.Name, maxBrand), Foreign: true}
	if ownLink(b.HelpPage) {
		w.add(kindPara, w.cat.text("help"), map[string]span{"brand": name, "link": {Text: b.HelpPage, Href: b.HelpPage, Foreign: true}})
	}
	if plain(b.ReportTo) {
		w.add(kindPara, w.cat.text("report"), map[string]span{"brand": name, "address": {Text: b.ReportTo, Foreign: true}})
	}
}

// desk is the address to which people report.
func (w *composer) desk() string {
	for _, a := range append(slices.Clone(w.c.Addresses), w.c.From) {
		if plain(a) {
			return a
		}
	}
	return ""
}

func (w *composer) steps(client string) {
	list, ok := w.cat.Steps[family(client)]
	if !ok {
		list = w.cat.Steps["generic"]
	}
	w.items(kindSteps, list, map[string]span{"desk": {Text: w.desk(), Foreign: true}})
}

// family gives the catalogue's name for a client.
func family(client string) string {
	client = strings.ToLower(client)
	for _, f := range []struct{ part, name string }{
		{"gmail", "gmail"}, {"google", "gmail"}, {"thunderbird", "thunderbird"}, {"yahoo", "yahoo"},
		{"aol", "yahoo"}, {"apple", "apple"}, {"iphone", "apple"}, {"ipad", "apple"}, {"outlook", "outlook"},
		{"exchange", "outlook"}, {"hotmail", "outlook"},
	} {
		if strings.Contains(client, f.part) {
			return f.name
		}
	}
	return "generic"
}

// clientOf guesses the reporter's mail program from the report's header. It
// only chooses which help is shown.
func clientOf(h eml.Header) string {
	agent := h.Get("User-Agent") + " " + h.Get("X-Mailer")
	if f := family(agent); f != "generic" {
		return f
	}
	_, domain := split(strings.TrimSuffix(h.Get("Message-ID"), ">"))
	switch {
	case strings.HasSuffix(domain, "mail.gmail.com"):
		return "gmail"
	case strings.HasSuffix(domain, "outlook.com"), h.Has("X-MS-Exchange-MessageSentRepresentingType"), h.Has("Thread-Index"):
		return "outlook"
	case strings.HasSuffix(domain, "mail.yahoo.com"):
		return "yahoo"
	}
	return "generic"
}
