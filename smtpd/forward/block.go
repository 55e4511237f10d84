package forward

import (
	"strings"
)

const (
	// maxBlockLines is how many lines a quoted header may have: a long list of
	// recipients folded by a phone, or a whole header with its Received lines.
	maxBlockLines = 120

	// maxBlockGap is how many blank lines may stand between a mark and the
	// header, or between two fields of a header that is set with wide lines.
	maxBlockGap = 4

	// maxAhead is how many lines without a label may be the rest of the field
	// above them, if another label follows.
	maxAhead = 4
)

// block is a quoted header.
type block struct {
	values [fieldOther + 1]string
	have   [fieldOther + 1]bool
	votes  map[int]int // languages of its labels, by index
	sender uint64      // languages of its sender's label, bits by index
	lead   field       // its first field
	first  int         // line of its first field
	next   int         // line after its last field
	depth  int         // quote depth of its first field
	below  bool        // values stand on the line below their label
}

func (b *block) has(fields ...field) bool {
	for _, f := range fields {
		if !b.have[f] {
			return false
		}
	}
	return true
}

// usable tells whether a block under a mark is a header: a sender, or at least
// a subject, and one field more.
func (b *block) usable() bool {
	if !b.have[fieldFrom] && !(b.has(fieldSubject) && (b.have[fieldDate] || b.have[fieldTo])) {
		return false
	}
	n := 0
	for _, f := range []field{fieldFrom, fieldTo, fieldSubject, fieldDate} {
		if b.have[f] {
			n++
		}
	}
	return n >= 2
}

// whole tells whether a block can stand for a header without any mark above
// it: all that clients print, and a sender that looks like one.
func (b *block) whole() bool {
	return b.has(fieldFrom, fieldSubject, fieldDate) && b.values[fieldFrom] != "" &&
		(b.have[fieldTo] || strings.Contains(b.values[fieldFrom], "@")) && len(b.values[fieldFrom]) < 300
}

func (b *block) set(u labelUse, value string) {
	b.have[u.field] = true
	if u.field == fieldOther {
		return
	}
	if b.lead == fieldNone {
		b.lead = u.field
	}
	if u.field == fieldFrom {
		b.sender = u.langs
	}
	b.values[u.field] = value
	if b.votes == nil {
		b.votes = map[int]int{}
	}
	for i := range languages {
		if u.langs&(1<<i) != 0 {
			b.votes[i]++
		}
	}
}

// add appends a folded line to a field.
func (b *block) add(f field, text string) {
	if len(b.values[f]) < maxMatch {
		b.values[f] = strings.TrimSpace(b.values[f] + " " + strings.TrimFunc(cut(text, maxMatch), ignorable))
	}
}

// fresh tells whether a label starts a field that the block does not have yet.
func (b *block) fresh(u labelUse) bool { return u.field == fieldOther || !b.have[u.field] }

// readBlock reads the header that starts at line i, after at most a few blank
// lines.
func readBlock(lines []line, i int) (b block, ok bool) {
	for n := 0; i < len(lines) && lines[i].blank(); n++ {
		if n >= maxBlockGap {
			return b, false
		}
		i++
	}
	if i >= len(lines) {
		return b, false
	}
	if _, _, labelled := label(lines[i].text); !labelled {
		return b, false
	}
	b.first, b.depth = i, lines[i].depth
	cur := fieldNone
	gaps := 0
	for end := min(len(lines), i+maxBlockLines); i < end; {
		l := &lines[i]
		if l.depth < b.depth && !l.blank() {
			break
		}
		if l.blank() {
			j, more := b.across(lines, i, gaps)
			if !more {
				break
			}
			i, gaps = j, gaps+1
			continue
		}
		if u, value, labelled := label(l.text); labelled {
			if !b.fresh(u) {
				break
			}
			b.set(u, value)
			cur = u.field
			i++
			if value == "" {
				i = b.takeBelow(lines, i, cur)
			}
			b.next = i
			continue
		}
		if cur == fieldNone || !b.continues(lines, i, cur) {
			break
		}
		if cur != fieldOther {
			b.add(cur, l.text)
		}
		i++
		b.next = i
	}
	return b, b.usable()
}

// across looks over blank lines for the next field of a header that misses
// what every header has, or that has had blanks between its fields before.
func (b *block) across(lines []line, i, gaps int) (int, bool) {
	if b.has(fieldFrom, fieldSubject) && (gaps == 0 || b.have[fieldDate] && b.have[fieldTo] && !b.below) {
		return 0, false
	}
	for n := 0; i < len(lines) && n < 2 && lines[i].blank(); n++ {
		i++
	}
	if i >= len(lines) || lines[i].depth < b.depth {
		return 0, false
	}
	u, _, ok := label(lines[i].text)
	return i, ok && b.fresh(u) && u.field != fieldOther
}

// takeBelow takes the value of a label that stands alone from the next line, as
// tables come out of some converters. QUIRK: Roundcube's text part.
func (b *block) takeBelow(lines []line, i int, cur field) int {
	if i >= len(lines) || lines[i].blank() || lines[i].depth < b.depth || cur == fieldOther {
		return i
	}
	if _, _, labelled := label(lines[i].text); labelled {
		return i
	}
	// The last field of a header may be empty, and the body follows at once.
	if !b.below && b.has(fieldFrom, fieldSubject, fieldDate) && !b.labelAhead(lines, i+1) {
		return i
	}
	b.below = true
	b.add(cur, lines[i].text)
	return i + 1
}

// continues tells whether a line without a label goes on with the field above.
func (b *block) continues(lines []line, i int, cur field) bool {
	if b.labelAhead(lines, i+1) {
		return true
	}
	if cur != fieldTo && cur != fieldCc && cur != fieldFrom && cur != fieldReplyTo {
		return false
	}
	text := strings.TrimFunc(lines[i].text, ignorable)
	if !strings.Contains(text, "@") {
		return false
	}
	above := strings.TrimRight(b.values[cur], " ")
	switch {
	case strings.HasSuffix(above, ",") || strings.HasSuffix(above, ";"):
		return true
	case !strings.Contains(above, "@"):
		return strings.HasPrefix(text, "<") || strings.HasPrefix(text, "[") || strings.HasPrefix(text, "(")
	}
	return false
}

// labelAhead tells whether one of the next lines, without a blank between,
// starts a field that the block does not have yet.
func (b *block) labelAhead(lines []line, i int) bool {
	for end := min(len(lines), i+maxAhead); i < end; i++ {
		if lines[i].blank() || lines[i].depth < b.depth {
			return false
		}
		if u, _, ok := label(lines[i].text); ok {
			return b.fresh(u) && u.field != fieldOther
		}
	}
	return false
}

// oneLine reads a header whose fields follow each other on one line, as Yahoo
// and Samsung write them: "From: A <a@b>To: C <c@d>Sent: …Subject: …". The
// order of the fields is not fixed, so the next one is whichever label comes
// first; a label counts at the start, after an address, or after a blank.
func oneLine(s string, next int) (b block, ok bool) {
	b.first, b.next = next-1, next
	cur := fieldNone
	pos := 0
	for range maxBlockLines {
		at, end, u := nextLabel(s, pos, &b)
		if at < 0 {
			break
		}
		if cur != fieldNone {
			b.values[cur] = strings.TrimFunc(s[pos:at], ignorable)
		} else if strings.TrimFunc(s[:at], ignorable) != "" {
			return b, false
		}
		b.set(u, "")
		cur, pos = u.field, end
		if cur == fieldSubject && b.has(fieldFrom, fieldDate) && b.have[fieldTo] {
			break
		}
	}
	if cur != fieldNone {
		b.values[cur] = strings.TrimFunc(s[pos:], ignorable)
	}
	return b, b.usable()
}

// nextLabel finds the first label of a fresh field at or after pos.
func nextLabel(s string, pos int, b *block) (at, end int, u labelUse) {
	for i := pos; i < len(s); i++ {
		if s[i] != ':' && !strings.HasPrefix(s[i:], "：") && !(i > pos && s[i] == ' ' && s[i-1] != ' ') {
			continue
		}
		bare := s[i] == ' '
		stop := i + 1
		if s[i] == 0xEF {
			stop = i + len("：")
		}
		if start, use, found := labelBefore(s, pos, i, b, bare); found {
			return start, stop, use
		}
	}
	return -1, 0, u
}

// labelBefore looks for the longest known label that ends at i. It may touch
// what is before it only where the client left no blank: after an address, a
// date or a time zone, so that the label starts with a capital there. QUIRK:
// Yahoo's Polish "Dw" has no colon; without one only a label of carbon copies
// right after an address counts.
func labelBefore(s string, pos, i int, b *block, bare bool) (start int, u labelUse, ok bool) {
	from := max(pos, i-maxLabel)
	for j := from; j < i; j++ {
		if s[j]&0xC0 == 0x80 || s[j] == ' ' {
			continue
		}
		if j > pos && !boundary(s, j) {
			continue
		}
		if bare && (j == pos || s[j-1] != '>' || i-j > 8) {
			continue
		}
		use, found := lookLabel(s[j:i])
		if !found || !b.fresh(use) || bare && use.field != fieldCc {
			continue
		}
		return j, use, true
	}
	return 0, u, false
}

// boundary tells whether a label may start at j: after a blank or a bracket,
// or as a capital after something that is not one.
func boundary(s string, j int) bool {
	c := s[j-1]
	switch {
	case c == ' ' || c == '\t' || c == '>' || c == ')' || c == ']' || c == '"' || c >= '0' && c <= '9' || c == ';' || c == ',':
		return true
	case c == 0xA0 || c >= 0x80:
		return true
	case s[j] >= 0x80:
		return true
	}
	return s[j] >= 'A' && s[j] <= 'Z'
}
