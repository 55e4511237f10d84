package forward

import "strings"

// maxTries bounds how many lines of a text are tried as the start of a quoted
// header, so that a text made of labels costs no more than others.
const maxTries = 400

// maxOneLines bounds how many lines are read as a whole header: that costs
// more than others, and a report has one, or one in each forward of a chain.
const maxOneLines = 12

// maxNoteLines is how many lines a reporter's note may have above a quoted
// header that only might be a forward: a note, a signature and a disclaimer.
const maxNoteLines = 40

// search looks for a forward in the lines of one part.
type search struct {
	lines []line
	kind  kind // of the report's subject
	list  bool // the report came over a mailing list
	guess clientGuess
	to    map[string]bool // who the report went to, lower case
	tries int
	// oneLines counts the lines read as whole headers.
	oneLines int
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
	if d, found := matchMark(text); found {
		s.tries++
		h.start = i
		if h.block, ok = s.under(i, d.rest); ok {
			h.mark, h.body = d.pick(s.guess.name, h.block.lead), h.block.next
		}
		return h, ok
	}
	if len(text) > maxMatch {
		return h, false
	}
	if unknownMark(text) {
		s.tries++
		if h.block, ok = readBlock(s.lines, i+1); ok && h.block.whole() {
			h.mark = mark{weak: true}
			h.start, h.body = i, h.block.next
			return h, true
		}
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
	if u.field == fieldDate {
		h.mark.client = clientGMX // GMX and web.de start with the date
	}
	h.start, h.body = i, h.block.next
	return h, true
}

// under reads the header that belongs to the mark in line i: behind it on the
// same line, on one line below it, or on lines of its own.
func (s *search) under(i int, rest string) (b block, ok bool) {
	if strings.ContainsAny(rest, ":：") && s.oneLines < maxOneLines {
		s.oneLines++
		if b, ok = oneLine(rest, i+1); ok {
			b.depth = s.lines[i].depth
			return b, true
		}
	}
	for j := i + 1; j < len(s.lines) && j <= i+maxBlockGap; j++ {
		l := &s.lines[j]
		if l.blank() {
			continue
		}
		if len(l.text) <= maxMatch && strings.Count(l.text, ":") >= 3 && s.oneLines < maxOneLines {
			s.oneLines++
			if b, ok = oneLine(l.text, j+1); ok && b.has(fieldFrom, fieldSubject, fieldDate) {
				b.depth = l.depth
				return b, true
			}
		}
		break
	}
	return readBlock(s.lines, i+1)
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
	return !s.list && !s.answers(h) && s.wordsAbove(h) <= maxNoteLines && h.block.has(fieldFrom) && (h.block.whole() || h.mark.deco != 0 && h.block.has(fieldDate))
}

// answers tells whether the sender of what is quoted is among those whom the
// report went to: then the report is an answer.
func (s *search) answers(h *hit) bool {
	for _, m := range quotedSender(h.block.values[fieldFrom]) {
		if s.to[strings.ToLower(m.Address)] {
			return true
		}
	}
	return false
}

// wordsAbove counts the lines with text above a forward.
func (s *search) wordsAbove(h *hit) (n int) {
	for i := 0; i < h.start; i++ {
		if !s.lines[i].blank() {
			n++
		}
	}
	return n
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
		if d, ok := matchMark(l.text); ok && d.rest == "" && d.deco == '=' && h.mark.deco == '=' {
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
