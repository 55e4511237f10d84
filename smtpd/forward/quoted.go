package forward

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

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
	k, _ := subjectKind(m.Header.Text("Subject"))
	base := search{kind: k, list: fromList(m.Header), guess: guess, to: map[string]bool{}}
	for _, name := range []string{"To", "Cc"} {
		for _, a := range m.Header.Addresses(name) {
			base.to[strings.ToLower(a.Addr())] = true
		}
	}
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
	fill(&q.lang, h.block.lang(h.mark.lang))
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
	o := q.original(f.msg, f.client)
	o.Text = withoutSignature(o.Text, f.msg.Header)
	return f.openQuote(o, 0)
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
	if inner.text == nil || inner.text.attrib != nil || len(inner.note) > 0 && !shortNote(inner.note, "") {
		return []analyze.Original{outer}
	}
	if outer.HTML != "" {
		inner.readHTML(base, outer.HTML)
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
