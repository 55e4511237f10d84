package eml

import (
	"strings"
	"unicode/utf8"

	"reportascam/analyze"
)

// Address is one mailbox of an address list. All strings are valid UTF-8.
type Address struct {
	Name   string // display name, decoded; from a comment where there is no phrase
	Local  string // without quotes
	Domain string // as written, ASCII letters in lower case; empty where there is none
	Raw    string // the mailbox as it stands in the header
}

// Addr gives local@domain, or what there is of it.
func (a Address) Addr() string {
	if a.Domain == "" {
		return a.Local
	}
	return a.Local + "@" + a.Domain
}

// Mailbox gives the address in the words of package analyze.
func (a Address) Mailbox() analyze.Mailbox {
	return analyze.Mailbox{Name: a.Name, Address: a.Addr()}
}

// ParseAddresses reads an address list as it stands in a header field. No
// address is lost: groups are opened, text without an address becomes an
// Address with a Name only, two addresses in one mailbox become two. What was
// malformed is given beside them, with offsets into s. RFC 5322 sections 3.4
// and 4.4, RFC 6532.
func ParseAddresses(s string) ([]Address, []Defect) {
	if !utf8.ValidString(s) {
		s, _ = DecodeCharset([]byte(s), "")
	}
	p := &addressParser{s: s, lastSemicolon: strings.LastIndexByte(s, ';')}
	for p.pos < len(s) && !p.full {
		p.step()
	}
	p.flush(len(s))
	p.flushPending()
	return p.out, p.notes.list
}

// addressParser reads one list from left to right.
type addressParser struct {
	s             string
	pos           int
	out           []Address
	notes         notes
	lastSemicolon int
	noQuote       bool // no closing quote is left
	noComment     bool // nor parenthesis
	inGroup       bool
	full          bool

	start   int             // of the mailbox being read
	phrase  strings.Builder // its text outside of angle brackets, quotes undone
	bare    strings.Builder // the same, with quotes, without comments
	comment string          // the last one
	angles  int             // addresses in angle brackets that were read

	pending   string // a phrase without address, before a comma
	pendingAt int
	pendings  int // commas in it
}

func (p *addressParser) note(kind string, at int) {
	p.notes.add(kind, at, p.s[min(at, len(p.s)):])
}

// step reads one token.
func (p *addressParser) step() {
	c := p.s[p.pos]
	switch {
	case c == '"':
		p.quote()
	case c == '(':
		p.parens()
	case c == '<':
		p.angle()
	case c == '[':
		p.literal()
	case c == ',':
		p.flush(p.pos)
		p.pos++
		p.start = p.pos
	case c == ';':
		if !p.inGroup {
			p.note(DefectSemicolon, p.pos)
		}
		p.flush(p.pos)
		if p.inGroup {
			p.flushPending()
		}
		p.inGroup = false
		p.pos++
		p.start = p.pos
	case c == ':':
		p.colon()
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		p.space()
		p.pos++
	case c == '\\' && p.pos+1 < len(p.s):
		// An obsolete quoted pair outside of quotes (RFC 5322 section 4.1).
		p.text(p.s[p.pos+1 : p.pos+2])
		p.pos += 2
	case c == '=' && strings.HasPrefix(p.s[p.pos:], "=?"):
		p.encodedWord()
	default:
		i := p.pos + 1
		for i < len(p.s) && strings.IndexByte("\"(<[,;: \t\r\n\\=", p.s[i]) < 0 {
			i++
		}
		p.text(p.s[p.pos:i])
		p.pos = i
	}
}

func (p *addressParser) text(s string) {
	p.phrase.WriteString(s)
	p.bare.WriteString(s)
}

func (p *addressParser) space() {
	if s := p.phrase.String(); s != "" && s[len(s)-1] != ' ' {
		p.phrase.WriteByte(' ')
	}
	if s := p.bare.String(); s != "" && s[len(s)-1] != ' ' {
		p.bare.WriteByte(' ')
	}
}

// colon ends a group's name where a semicolon follows; otherwise it is text.
func (p *addressParser) colon() {
	name := p.bare.String()
	if !p.inGroup && p.lastSemicolon > p.pos && strings.TrimSpace(name) != "" && p.angles == 0 && !strings.Contains(name, "@") {
		p.inGroup = true
		p.flushPending()
		p.reset()
		p.pos++
		p.start = p.pos
		return
	}
	if strings.EqualFold(strings.TrimSpace(name), "mailto") {
		p.reset()
		p.pos++
		return
	}
	p.note(DefectColon, p.pos)
	p.text(":")
	p.pos++
}

// name gives the display name that was read so far, with the pending words of
// "PayPal, Inc. <a@b>" or "PayPal, <a@b>" before it.
func (p *addressParser) name() string {
	n := strings.TrimSpace(p.phrase.String())
	if p.pending != "" {
		p.note(DefectComma, p.pendingAt)
		n = strings.TrimSuffix(p.pending+", "+n, ", ")
		p.start, p.pending, p.pendings = p.pendingAt, "", 0
	}
	if n == "" {
		n = p.comment
	}
	n = strings.Trim(DecodeWords(n), " \t")
	return strings.ToValidUTF8(n, "\uFFFD")
}

// flush ends the mailbox that was read, at end.
func (p *addressParser) flush(end int) {
	defer p.reset()
	bare := strings.TrimSpace(p.bare.String())
	if p.angles > 0 {
		if bare != "" {
			p.note(DefectText, p.start)
			p.stray(bare, end)
		} else if p.comment != "" && len(p.out) > 0 && p.out[len(p.out)-1].Name == "" {
			p.out[len(p.out)-1].Name = oneLine(DecodeWords(p.comment))
		}
		p.angles = 0
		return
	}
	if bare == "" {
		return
	}
	if !atOutside(bare) && !(strings.Contains(bare, "=?") && strings.Contains(DecodeWords(bare), "@")) {
		p.hold()
		return
	}
	p.flushPending()
	p.loose(bare, end)
}

// hold keeps a phrase without an address until it is known what follows.
func (p *addressParser) hold() {
	text := strings.TrimSpace(p.phrase.String())
	if p.pendings > maxSameKind {
		p.flushPending()
	}
	if p.pending != "" {
		p.pending += ", " + text
	} else {
		p.pending, p.pendingAt = text, p.start
	}
	p.pendings++
}

// flushPending gives what was held as an address without a domain: a single
// word is a local part, anything else a name.
func (p *addressParser) flushPending() {
	if p.pending == "" {
		return
	}
	p.note(DefectNoAddress, p.pendingAt)
	a := Address{Raw: p.pending}
	if strings.ContainsAny(p.pending, " ,=") {
		a.Name = DecodeWords(p.pending)
	} else {
		a.Local = p.pending
	}
	p.pending, p.pendings = "", 0
	p.add(a)
}

// stray handles text behind an address in angle brackets: an address of its
// own if there is one in it.
func (p *addressParser) stray(bare string, end int) {
	if strings.Contains(bare, "@") {
		p.loose(bare, end)
	}
}

// loose reads a mailbox without angle brackets: an address, perhaps with words
// around it.
func (p *addressParser) loose(bare string, end int) {
	raw := p.s[min(p.start, end):end]
	if strings.Contains(bare, "=?") {
		p.note(DefectEncodedAddr, p.start)
		bare = DecodeWords(bare)
	}
	words := splitWords(bare)
	var name []string
	found := 0
	for _, w := range words {
		if !strings.Contains(w, "@") || strings.Trim(w, "@") == "" {
			name = append(name, w)
			continue
		}
		found++
		a := p.spec(w, p.start)
		a.Raw = raw
		p.add(a)
	}
	if len(name) > 0 || found > 1 {
		p.note(DefectNoAngle, p.start)
	}
	if found == 0 {
		p.note(DefectNoAddress, p.start)
		p.add(Address{Name: strings.TrimSpace(bare), Raw: raw})
		return
	}
	if last := &p.out[len(p.out)-1]; found == 1 {
		last.Name = oneLine(strings.ReplaceAll(strings.Join(name, " "), `"`, ""))
		if last.Name == "" && p.comment != "" {
			last.Name = oneLine(DecodeWords(p.comment))
		}
	}
}

func (p *addressParser) reset() {
	p.phrase.Reset()
	p.bare.Reset()
	p.comment = ""
}

// add appends an address, up to the limit.
func (p *addressParser) add(a Address) {
	if len(p.out) >= maxAddresses {
		if !p.full {
			p.note(DefectAddresses, p.pos)
		}
		p.full = true
		return
	}
	a.Raw = strings.TrimSpace(a.Raw)
	p.out = append(p.out, a)
}
