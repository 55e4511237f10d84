package forward

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

// maxTries bounds how many lines of a text are tried as the start of a quoted
// header, so that a text made of labels costs no more than others.
const maxTries = 400

// search looks for a forward in the lines of one part.
type search struct {
	lines []line
	kind  kind // of the report's subject
	list  bool // the report came over a mailing list
	guess clientGuess
	tries int
}

// hit is a forward found in the lines of one part.
type hit struct {
	mark   mark
	block  block
	attrib *attribution // in place of the block
	start  int          // first line that is not the reporter's note
	body   int          // first line of the quoted body
	end    int          // line after the quoted body
	depth  int          // quote depth of the body
	within string       // the quoted body's first words, if they stand on the header's line
}

// find gives the first forward.
func (s *search) find() (hit, bool) {
	replied := false // a reply's attribution stands above
	for i := 0; i < len(s.lines) && s.tries < maxTries; i++ {
		l := &s.lines[i]
		if l.blank() {
			continue
		}
		if h, ok := s.at(i); ok {
			if s.accepts(&h, replied) {
				s.bounds(&h)
				return h, true
			}
			replied = true
			i = max(i, h.body-1)
			continue
		}
		if a, next, ok := readAttribution(s.lines, i); ok {
			if s.kind == kindForward && !replied && a.sender != "" && a.date != "" {
				h := hit{mark: mark{client: clientOutlook, lang: a.lang, weak: true}, attrib: &a, start: i, body: next, depth: l.depth}
				s.bounds(&h)
				return h, true
			}
			replied = true
		}
	}
	return hit{}, false
}

// at reads the forward that starts at line i, if one does.
func (s *search) at(i int) (h hit, ok bool) {
	text := s.lines[i].text
	if m, rest, found := s.matchMark(text); found {
		h = hit{mark: m, start: i}
		if rest != "" && strings.ContainsAny(rest, ":：") {
			s.tries++
			if h.block, ok = oneLine(rest, i+1); ok {
				h.block.depth = s.lines[i].depth
				h.body = i + 1
				return h, true
			}
		}
		s.tries++
		if h.block, ok = readBlock(s.lines, i+1); ok {
			h.body = h.block.next
			return h, true
		}
		return h, false
	}
	if len(text) > maxMatch {
		return h, false
	}
	u, _, labelled := label(text)
	if !labelled || u.field == fieldOther || u.field == fieldAttached || u.field == fieldCc {
		return h, false
	}
	s.tries++
	if h.block, ok = readBlock(s.lines, i); !ok || !h.block.whole() {
		return h, false
	}
	h.mark = mark{client: clientOutlook, weak: true}
	h.start, h.body = i, h.block.next
	return h, true
}

// accepts tells whether what looks like a forward is one. Words that only
// stand above forwards are believed unless the forward is inside a quoted
// reply. Weak marks stand above replies too: there the subject decides, and a
// mailing list's traffic needs it to say "forward".
func (s *search) accepts(h *hit, replied bool) bool {
	if replied && s.kind != kindForward {
		return false
	}
	if !h.mark.weak {
		return s.kind != kindReply || h.block.depth <= 1
	}
	switch s.kind {
	case kindForward:
		return true
	case kindReply:
		return false
	}
	return !s.list && h.block.has(fieldFrom) && (h.block.whole() || h.mark.deco != 0 && h.block.has(fieldDate))
}

// bounds sets where the quoted body starts and ends. A quoted body ends with
// its quote: what comes after is the reporter's signature. Lines that lost
// their mark when the client broke them are between quoted ones.
func (s *search) bounds(h *hit) {
	if h.attrib == nil {
		h.depth = h.block.depth
	}
	h.end = len(s.lines)
	for n := 0; h.body < len(s.lines) && n < maxBlockGap; n++ {
		l := &s.lines[h.body]
		if m, rest, ok := s.matchMark(l.text); ok && rest == "" && m.client == h.mark.client && m.deco == h.mark.deco && m.deco == '=' {
			h.body++ // Zoho closes its header with the same line
			continue
		}
		if !l.blank() {
			break
		}
		h.body++
	}
	last := -1
	for i := h.body; i < len(s.lines); i++ {
		l := &s.lines[i]
		if l.depth >= h.depth && !l.blank() {
			if endMark(l.text) {
				h.end = i
				return
			}
			last = i
		}
	}
	if h.depth > 0 && last >= 0 {
		h.end = last + 1
	}
}

// note gives the reporter's words above the forward.
func (s *search) note(h *hit) string {
	var b strings.Builder
	for i := 0; i < h.start; i++ {
		b.WriteString(s.lines[i].raw)
		b.WriteByte('\n')
	}
	return strings.TrimFunc(b.String(), ignorable)
}

// quote is a forward as both parts of a message show it.
type quote struct {
	text, html     *hit
	note           string
	body           string
	htmlBody       string
	from, to, cc   []analyze.Mailbox
	replyTo        []analyze.Mailbox
	subject, date  string
	client, lang   string
	attachedLabels bool
}

// findQuoted looks for a forward in the body of a message.
func findQuoted(m *eml.Message) (quote, bool) {
	guess := guessClient(m.Header)
	k, subject := subjectKind(m.Header.Text("Subject"))
	base := search{kind: k, list: fromList(m.Header), guess: guess}
	q := quote{}
	text, html := m.TextBody(), m.HTMLBody()
	if text != "" {
		q.readText(base, text)
	}
	if html != "" {
		q.readHTML(base, html)
	}
	if q.text == nil && q.html == nil {
		return q, false
	}
	if q.subject == "" && (q.text == nil || q.text.attrib != nil) {
		q.subject = withoutForward(m.Header.Text("Subject"))
	}
	_ = subject
	if guess.sure || q.client == "" {
		q.client = guess.name
	}
	return q, true
}

func (q *quote) readText(s search, text string) {
	s.lines = textLines(text)
	h, ok := s.find()
	if !ok {
		return
	}
	q.text = &h
	q.note = s.note(&h)
	q.body = quotedBody(text, s.lines, &h)
	q.take(&h)
}

// take fills what is still empty from one part's forward.
func (q *quote) take(h *hit) {
	if h.attrib != nil {
		if len(q.from) == 0 {
			q.from = quotedSender(h.attrib.sender)
		}
		fill(&q.date, h.attrib.date)
		fill(&q.lang, h.attrib.lang)
		fill(&q.client, h.mark.client)
		return
	}
	v := &h.block.values
	q.from = better(q.from, quotedSender(v[fieldFrom]))
	q.to = better(q.to, quotedMailboxes(v[fieldTo]))
	q.cc = better(q.cc, quotedMailboxes(v[fieldCc]))
	q.replyTo = better(q.replyTo, quotedMailboxes(v[fieldReplyTo]))
	fill(&q.subject, v[fieldSubject])
	fill(&q.date, v[fieldDate])
	fill(&q.lang, langName(h.block.votes, h.mark.lang))
	fill(&q.client, h.mark.client)
	q.attachedLabels = q.attachedLabels || v[fieldAttached] != ""
}

func fill(s *string, value string) {
	if *s == "" {
		*s = strings.TrimFunc(value, ignorable)
	}
}

// better gives the list that has more addresses.
func better(a, b []analyze.Mailbox) []analyze.Mailbox {
	count := func(list []analyze.Mailbox) (n int) {
		for _, m := range list {
			if m.Address != "" {
				n += 2
			}
			if m.Name != "" {
				n++
			}
		}
		return n
	}
	if len(a) == 0 || count(b) > count(a) {
		return b
	}
	return a
}

// original makes an original of the quote, with the files of the message that
// quotes: clients attach those of the original again.
func (q *quote) original(m *eml.Message, guess clientGuess) analyze.Original {
	o := analyze.Original{
		How: analyze.HowInline, Grade: analyze.GradeText, Client: q.client, Lang: q.lang,
		From: q.from, To: q.to, Cc: q.cc, ReplyTo: q.replyTo,
		Subject: valid(q.subject), Date: valid(q.date), Text: valid(q.body), HTML: valid(q.htmlBody),
		Lost: []string{lostHeaders, lostAuth},
	}
	for _, p := range m.Attachments() {
		if p.Message == nil && !looksAttached(p, false) {
			o.Attachments = append(o.Attachments, attachments([]*eml.Part{p})...)
		}
	}
	if o.HTML == "" {
		o.Lost = append(o.Lost, lostLinks)
	}
	if q.attachedLabels && len(o.Attachments) == 0 {
		o.Lost = append(o.Lost, lostAttachments)
	}
	return o
}

// quoted gives the originals that the report quotes: none, one, or the chain
// of a forward in a forward by the rule in the package comment.
func (f *finder) quoted() []analyze.Original {
	q, ok := findQuoted(f.msg)
	if !ok {
		return nil
	}
	return f.openQuote(q.original(f.msg, f.client), 0)
}

// openQuote looks for a forward inside a quoted one that has nothing of its own.
func (f *finder) openQuote(outer analyze.Original, depth int) []analyze.Original {
	if depth >= maxChain || len(outer.From) == 0 {
		return []analyze.Original{outer}
	}
	inner := quote{}
	k, _ := subjectKind(outer.Subject)
	base := search{kind: k, guess: f.client}
	inner.readText(base, outer.Text)
	if outer.HTML != "" {
		inner.readHTML(base, outer.HTML)
	}
	found := inner.text
	if found == nil {
		found = inner.html
	}
	if found == nil || found.attrib != nil || len(inner.note) > 0 && !shortNote(inner.note, "") {
		return []analyze.Original{outer}
	}
	o := outer
	o.From, o.To, o.Cc, o.ReplyTo = inner.from, inner.to, inner.cc, inner.replyTo
	o.Subject, o.Date, o.Text = valid(inner.subject), valid(inner.date), valid(inner.body)
	if inner.htmlBody != "" {
		o.HTML = valid(inner.htmlBody)
	}
	o.Chain = append(outer.Chain[:len(outer.Chain):len(outer.Chain)], chainEntry(&outer))
	rest := f.openQuote(o, depth+1)
	if f.house.holds(houseOf(outer.From[0].Address)) {
		return rest
	}
	return append([]analyze.Original{outer}, rest...)
}

// quotedBody gives the text of the original without the quote marks that the
// forward put in front of it, and without its indent.
func quotedBody(text string, lines []line, h *hit) string {
	var out []string
	for i := h.body; i < h.end; i++ {
		s, _ := unquote(lines[i].raw, h.depth)
		out = append(out, strings.TrimRightFunc(s, ignorable))
	}
	if h.end == len(lines) && len(lines) > 0 {
		if tail := text[lines[len(lines)-1].next:]; tail != "" {
			out = append(out, tail)
		}
	}
	out = dropQuote(out)
	return strings.Trim(strings.Join(dedent(out), "\n"), " \t\r\n\u00A0\uFEFF")
}

// dropQuote takes one more quote mark off a body that is quoted throughout
// under a header that is not.
func dropQuote(lines []string) []string {
	some := false
	for _, l := range lines {
		if l == "" {
			continue
		}
		if !strings.HasPrefix(l, ">") {
			return lines
		}
		some = true
	}
	if !some {
		return lines
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i], _ = unquote(l, 1)
	}
	return out
}

// dedent takes the blanks off that all lines have in front.
func dedent(lines []string) []string {
	indent := -1
	for _, l := range lines {
		if l == "" {
			continue
		}
		n := len(l) - len(strings.TrimLeft(l, " "))
		if indent < 0 || n < indent {
			indent = n
		}
		if indent == 0 {
			return lines
		}
	}
	if indent <= 0 {
		return lines
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l[min(indent, len(l)):]
	}
	return out
}

// visible gives the text of a piece of HTML.
func visible(html string) string { return strings.TrimSpace(links.ReadHTML(html).Text) }
