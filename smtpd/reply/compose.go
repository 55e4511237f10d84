package reply

import (
	"slices"
	"strconv"

	"reportascam/analyze"
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
	kindLogo    kind = "logo"
	kindHello   kind = "hello"
	kindTip     kind = "tip"
)

// block is one piece of the answer. Both parts of the message are made of the
// same blocks, so that they cannot say different things.
type block struct {
	Kind  kind
	Level analyze.Level // of a verdict
	Rank  int           // of a heading: 1 is the highest
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
type room struct{ originals, findings, centres int }

func rooms() []room { return []room{{5, 3, 3}, {5, 2, 2}, {4, 1, 1}, {3, 1, 1}, {2, 1, 1}, {1, 1, 0}} }

// composer writes the blocks of one answer.
type composer struct {
	j      *analyze.Judgement
	o      Outer
	c      Config
	lang   string // of the reporter, as far as it is known
	cat    *Catalogue
	room   room
	first  string   // key of what is said before all else; may be empty
	rank   int      // of the headings within an original
	said   []string // pages and centres that were named
	blocks []block
}

func (w *composer) add(k kind, text string, values map[string]span) {
	w.blocks = append(w.blocks, block{Kind: k, Rank: w.rank, Spans: fill(text, values)})
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
	if w.c.Look.Logo != "" {
		w.add(kindLogo, Clean(w.c.Look.Logo, maxBrand), nil)
	}
	w.add(kindHello, w.cat.text("hello"), nil)
	if w.first != "" {
		w.add(kindPara, w.cat.text(w.first), nil)
	}
	w.rank = 3
	switch {
	case n == 0:
		w.none()
	case n > 1:
		w.add(kindPara, w.cat.text("several"), number1("n", n))
		w.rank = 4
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
	if n > 0 {
		w.tip()
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
	w.blocks = append(w.blocks, block{Kind: kindVerdict, Level: analyze.Unclear, Rank: w.rank - 1, Spans: fill(w.cat.text("verdict.none"), nil)})
	w.add(kindLabel, w.cat.text("none.attach"), nil)
	w.steps(clientOf(w.o.Header, ""))
}

func (w *composer) original(o *analyze.JudgedOriginal, advise bool) {
	l := effective(o)
	name, info := w.brand(o)
	w.verdict(o, l, name)
	w.about(o)
	switch l {
	case analyze.Unclear:
		w.unclear(o)
	case analyze.Authentic:
		w.why(l, w.genuine(o))
	default:
		w.why(l, w.reasons(o, l))
	}
	if !advise {
		return
	}
	w.add(kindLabel, w.cat.text("do"), nil)
	w.items(kindList, w.cat.List["do."+string(l)], nil)
	if l == analyze.Scam || l == analyze.Suspicious {
		w.add(kindLabel, w.cat.text("happened"), nil)
		w.items(kindList, w.cat.List["happened"], nil)
	}
	if l != analyze.Authentic {
		w.help(info)
	}
	if l == analyze.Scam || l == analyze.Suspicious {
		w.elsewhere(info)
	} else if plain(info.ReportTo) && l == analyze.Unclear && !w.told(info.ReportTo) {
		w.add(kindPara, w.cat.text("report"), map[string]span{"brand": {Text: Clean(info.Name, maxBrand), Foreign: true}, "address": {Text: info.ReportTo, Foreign: true}})
	}
	if l == analyze.Unclear && o.Grade != analyze.GradeFull {
		w.add(kindLabel, w.cat.text("attach"), nil)
		w.steps(clientOf(w.o.Header, o.Client))
	}
}

// verdict is the one line that a hurried reader sees. That a scam is not from
// the brand whose name it bears is the news for most of them.
func (w *composer) verdict(o *analyze.JudgedOriginal, l analyze.Level, name span) {
	brand := map[string]span{"brand": name}
	spans := fill(w.cat.text("verdict."+string(l)), brand)
	if l == analyze.Scam && o.Brand != "" && name.Text != "" && strangers(o.Findings) {
		spans = append(append(spans, span{Text: w.cat.gap()}), fill(w.cat.text("notfrom"), brand)...)
	}
	w.blocks = append(w.blocks, block{Kind: kindVerdict, Level: l, Rank: w.rank - 1, Spans: spans})
}

// strangers tells whether a check found that the sender is not the brand.
func strangers(findings []analyze.Finding) bool {
	return slices.ContainsFunc(findings, func(f analyze.Finding) bool {
		return f.Status == analyze.Hit && slices.Contains([]string{"brand-mismatch", "brand-mention", "brand-spoofed", "brand-free-mail"}, f.Check)
	})
}

func (w *composer) why(l analyze.Level, reasons [][]span) {
	if len(reasons) > 0 {
		w.add(kindLabel, w.cat.text("why."+string(l)), nil)
		w.blocks = append(w.blocks, block{Kind: kindList, Items: reasons})
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

// help points to the brand's own page, as the operator's registry has it.
func (w *composer) help(b Brand) {
	if ownLink(b.HelpPage) && !w.told(b.HelpPage) {
		w.add(kindPara, w.cat.text("help"), map[string]span{"brand": {Text: Clean(b.Name, maxBrand), Foreign: true}, "link": {Text: b.HelpPage, Href: b.HelpPage, Foreign: true}})
	}
}

// elsewhere names who else takes the report: the brand, and the centres of the
// reporter's country, or those for everybody.
func (w *composer) elsewhere(b Brand) {
	all := w.c.words().centres
	list := all[countryOf(w.o, w.c, w.lang)]
	if len(list) == 0 {
		list = all[anywhere]
	}
	list = list[:min(len(list), w.room.centres)]
	if plain(b.ReportTo) {
		list = append([]Centre{{Name: Clean(b.Name, maxBrand), Mail: b.ReportTo}}, list...)
	}
	bl := block{Kind: kindList}
	for _, c := range list {
		if !w.told(c.Name) {
			bl.Items = append(bl.Items, c.spans())
		}
	}
	if len(bl.Items) > 0 {
		w.add(kindLabel, w.cat.text("centres"), nil)
		w.blocks = append(w.blocks, bl)
	}
}

// told tells whether the answer has this already, and notes that it has.
func (w *composer) told(what string) bool {
	if slices.Contains(w.said, what) {
		return true
	}
	w.said = append(w.said, what)
	return false
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
	list, ok := w.cat.Steps[client]
	if !ok {
		list = w.cat.Steps[genericClient]
	}
	w.items(kindSteps, list, map[string]span{"desk": {Text: w.desk(), Foreign: true}})
}
