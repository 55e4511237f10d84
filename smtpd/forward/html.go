package forward

import "strings"

// minMatch is how many bytes the first line of a quoted text must have for its
// place in the HTML part to be told by it.
const minMatch = 12

// readHTML looks for the forward in the HTML part, and cuts the original out
// of it as it stands there, so that its links survive. Where the text part
// shows a forward that the HTML part does not, the cut is made where the same
// words stand.
func (q *quote) readHTML(s search, html string) {
	lines, client := htmlLines(html)
	s.lines = lines
	if s.guess.name == "" {
		s.guess.name = client
	}
	h, ok := s.find()
	if !ok {
		if q.text != nil {
			q.htmlBody = html[q.sameWords(lines):]
		}
		return
	}
	q.html = &h
	q.htmlBody = cutHTML(html, lines, &h)
	if q.text == nil {
		q.note = s.note(&h)
	}
	if client != "" && (h.mark.weak || q.client == "") {
		q.client = client
	}
	q.take(&h)
	q.chooseBody(shownBytes(lines, &h))
}

// shownBytes is how much text the quoted body has in its lines.
func shownBytes(lines []line, h *hit) (n int) {
	for i := h.body; i < h.end; i++ {
		n += len(lines[i].text)
	}
	return n
}

// chooseBody takes the text of the HTML part where the text part has none, or
// so much less that it is a stub: "your client cannot show HTML".
func (q *quote) chooseBody(shown int) {
	if q.text == nil || shown > 200 && len(q.body) < shown/4 {
		q.body = visible(q.htmlBody)
		return
	}
	// The client's signature stands after the container, and in the text part
	// nothing tells it from the message.
	if q.html.depth > 0 {
		q.body = cutSignature(q.body, q.htmlBody)
	}
}

// cutSignature drops what stands after the last signature mark of a text, if
// the HTML part shows that it is not in the quoted message.
func cutSignature(body, html string) string {
	i := strings.LastIndex(body, "\n-- \n")
	if i < 0 {
		if i = strings.LastIndex(body, "\n--\n"); i < 0 {
			return body
		}
	}
	tail := strings.Fields(body[i+1:])
	if len(tail) < 2 {
		return body
	}
	all := strings.Join(strings.Fields(visible(html)), " ")
	if strings.Contains(all, strings.Join(tail[1:min(len(tail), 6)], " ")) {
		return body
	}
	return strings.TrimRightFunc(body[:i], ignorable)
}

// cutHTML gives the quoted body as it stands in the source: from the end of
// the header's last line to the end of the container, or of the document.
func cutHTML(html string, lines []line, h *hit) string {
	start, end := 0, len(html)
	if h.body > 0 {
		start = lines[h.body-1].next
	}
	if h.end < len(lines) {
		end = lines[h.end].start
	}
	if start > end || start > len(html) {
		return ""
	}
	return strings.TrimSpace(html[start:end])
}

// sameWords gives the offset in the HTML part of the line that the quoted text
// starts with, or zero.
func (q *quote) sameWords(lines []line) int {
	first, _, _ := strings.Cut(q.body, "\n")
	first = strings.Join(strings.Fields(first), " ")
	if len(first) < minMatch {
		return 0
	}
	for i := range lines {
		if strings.HasPrefix(lines[i].text, first) || len(lines[i].text) >= minMatch && strings.HasPrefix(first, lines[i].text) {
			return lines[i].start
		}
	}
	return 0
}
