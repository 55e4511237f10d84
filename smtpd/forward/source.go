package forward

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

// The marks around the header that Cofense Reporter writes into the body.
const (
	cofenseHeaders    = "-----BEGIN EMAIL HEADERS-----"
	cofenseHeadersEnd = "-----END EMAIL HEADERS-----"
)

// sources gives the messages whose source stands in the body: one, or a
// mailbox file. Clients break the lines of a body, so that it is not as it was
// delivered.
//
// Mostly the reporter pasted it. But a scammer can write the source of an honest
// message below a scam, and the reporter can redirect that: so Chain names the
// report, which takes the weight from what such a header claims, and where more
// stands above than a note, all of the text is an original as well.
func (f *finder) sources(max int) []analyze.Original {
	if f.client.name == clientCofense {
		return f.cofenseHeader()
	}
	if k, _ := subjectKind(f.msg.Header.Text("Subject")); k == kindReply || fromList(f.msg.Header) {
		return nil
	}
	text := f.msg.TextBody()
	if strings.TrimSpace(text) == "" {
		if html := cut(f.msg.HTMLBody(), maxScan); strings.Contains(html, "Received:") || strings.Contains(html, "From ") {
			text = links.ReadHTML(html).Text
		}
	}
	start, mbox := sourceStart(text)
	if start < 0 || f.quotedBefore(text, start) {
		return nil
	}
	list, more := [][]byte{[]byte(text[start:])}, false
	if mbox {
		list, more = splitMbox([]byte(text[start:]), max)
	}
	var out []analyze.Original
	for _, raw := range list {
		o := fromMessage(eml.Parse(raw), analyze.HowPasted)
		o.Grade, o.Lost = analyze.GradeHeaders, []string{lostBody}
		o.Chain = []string{f.chainEntry()}
		out = append(out, o)
	}
	if more {
		last := &out[len(out)-1]
		last.Defects = append(last.Defects, "the report holds more messages than are looked at")
	}
	if !shortNote(text[:start], "") {
		out = append(out[:min(len(out), max-1)], f.pasted()...)
	}
	return out
}

// chainEntry describes the report in Original.Chain.
func (f *finder) chainEntry() string {
	from := ""
	if list := f.msg.Header.Addresses("From"); len(list) > 0 {
		from = valid(list[0].Addr())
	}
	return string(analyze.HowPasted) + ": " + from + ": " + cut(valid(f.msg.Header.Text("Subject")), maxChainSubject)
}

// quotedBefore tells whether a forward starts above an offset in a text: then
// what stands below is what was forwarded.
func (f *finder) quotedBefore(text string, at int) bool {
	q, ok := findQuoted(f.msg)
	if !ok || q.text == nil {
		return false
	}
	lines := textLines(text)
	return q.text.start < len(lines) && lines[q.text.start].start < at
}

// sourceStart finds the source of a message below a short note: at a "From "
// line of a mailbox file, or at a header with a Received field, which no
// client prints when it forwards.
func sourceStart(text string) (start int, mbox bool) {
	head := []byte(cut(text, maxScan))
	if !strings.Contains(string(head), "\nReceived:") && !strings.HasPrefix(text, "Received:") && !strings.Contains(string(head), "From ") {
		return -1, false
	}
	if i := mboxStart(head, maxNoteLines); i >= 0 {
		return i, true
	}
	blank, words := true, 0
	for pos := 0; pos < len(head) && words <= maxNoteLines; {
		end, next := lineEnd(head, pos)
		line := head[pos:end]
		s := strings.TrimSpace(string(line))
		// A header begins with a field: a million empty lines are not asked.
		if blank && s != "" && wholeSource(head[pos:]) {
			return pos, false
		}
		if blank = s == "" || strings.HasPrefix(s, "--") || strings.HasSuffix(s, ":"); s != "" {
			words++
		}
		pos = next
	}
	return -1, false
}

// wholeSource tells whether b starts with the header of a message as it was
// delivered.
func wholeSource(b []byte) bool {
	if messageFields(b) < 5 {
		return false
	}
	h, _, _ := eml.ParseHeader(b[:min(len(b), 256<<10)])
	return h.Has("Received") && h.Has("From") && (h.Has("Date") || h.Has("Message-Id"))
}

// cofenseHeader gives the original of a Cofense report as its body has it: the
// header. The message is attached as well, unless the desk is set up otherwise.
func (f *finder) cofenseHeader() []analyze.Original {
	_, rest, ok := strings.Cut(f.msg.TextBody(), cofenseHeaders)
	if !ok {
		return nil
	}
	head, _, ok := strings.Cut(rest, cofenseHeadersEnd)
	raw := []byte(strings.TrimSpace(head) + "\n")
	if !ok || messageFields(raw) < 2 {
		return nil
	}
	o := Direct(raw, analyze.HowPasted)
	o.Grade, o.Lost = analyze.GradeHeaders, []string{lostBody}
	o.Chain = []string{f.chainEntry()}
	return []analyze.Original{o}
}
