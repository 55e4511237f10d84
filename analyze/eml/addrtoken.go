package eml

import "strings"

// encodedWord takes a word as it stands: its text may hold the separators of
// address lists, which RFC 2047 section 5 forbids.
func (p *addressParser) encodedWord() {
	r := &wordReader{s: p.s[p.pos:min(len(p.s), p.pos+maxBoundary)], nextEnd: -1, nextBegin: -1}
	w, ok := r.read(0)
	if !ok {
		p.text("=")
		p.pos++
		return
	}
	p.text(p.s[p.pos : p.pos+w.end])
	p.pos += w.end
}

// quote reads a quoted string. Without a closing quote, the quote is dropped
// and what is behind it is read as if it were not there.
func (p *addressParser) quote() {
	end := -1
	if !p.noQuote {
		end = quoteEnd(p.s, p.pos)
	}
	if end < 0 {
		p.note(DefectUnterminated, p.pos)
		p.noQuote = true
		p.pos++
		return
	}
	inner := p.s[p.pos+1 : end-1]
	if strings.IndexByte(inner, '\\') >= 0 {
		inner = unpair(inner)
	}
	p.phrase.WriteString(inner)
	p.bare.WriteString(p.s[p.pos:end])
	p.pos = end
}

// unpair undoes quoted pairs (RFC 5322 section 3.2.1).
func unpair(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// parens reads a comment, or drops a parenthesis that is not closed.
func (p *addressParser) parens() {
	end := -1
	if !p.noComment {
		end = commentEnd(p.s, p.pos)
	}
	if end < 0 {
		p.note(DefectOpenComment, p.pos)
		p.noComment = true
		p.pos++
		return
	}
	p.comment = unpair(p.s[p.pos+1 : end-1])
	p.space()
	p.pos = end
}

// literal reads a domain literal, whose colons are no separators.
func (p *addressParser) literal() {
	window := p.s[p.pos:min(len(p.s), p.pos+maxDetail)]
	if end := strings.IndexByte(window, ']'); end > 0 && !strings.ContainsAny(window[:end], "<>\",") {
		p.text(window[:end+1])
		p.pos += end + 1
		return
	}
	p.text("[")
	p.pos++
}

// angle reads an address in angle brackets.
func (p *addressParser) angle() {
	at := p.pos
	end, next := p.angleEnd(at + 1)
	if next == end {
		p.note(DefectOpenAngle, at)
	}
	inner := p.s[at+1 : end]
	p.pos = next
	if strings.TrimSpace(inner) == "" {
		if strings.TrimSpace(p.bare.String()) == "" && p.angles == 0 {
			p.note(DefectNoAddress, at)
			p.add(Address{Raw: p.s[p.start:next]})
			p.angles++
		}
		return
	}
	if p.angles > 0 {
		p.note(DefectTwoAngles, at)
	}
	a := p.spec(inner, at)
	if !strings.Contains(inner, "@") && a.Domain == "" && strings.Contains(p.bare.String(), "@") && p.angles == 0 {
		// "a@b <Name>": some programs write it that way round.
		p.note(DefectNoAngle, at)
		p.phrase.WriteString(" " + inner)
		p.bare.WriteString(" " + inner)
		return
	}
	a.Name = p.name()
	a.Raw = p.s[p.start:next]
	p.add(a)
	p.angles++
	p.reset()
	p.start = next
}

// angleEnd gives where the address that starts at from ends, and where to read
// on: the two are equal where the closing bracket is missing.
func (p *addressParser) angleEnd(from int) (end, next int) {
	for i := from; i < len(p.s); i++ {
		switch p.s[i] {
		case '>':
			return i, i + 1
		case '"':
			if e := quoteEnd(p.s[:min(len(p.s), i+maxLocal)], i); e > 0 {
				i = e - 1
			}
		case '<':
			return i, i
		case ',', ';':
			// A source route has commas, with a colon behind them; a comma for a
			// dot is a common slip.
			rest := p.s[from:i]
			route := len(rest) < maxBoundary && strings.HasPrefix(strings.TrimSpace(rest), "@")
			if !route && !closesSoon(p.s[i+1:min(len(p.s), i+maxLocal)]) {
				return i, i
			}
		}
	}
	return len(p.s), len(p.s)
}

// closesSoon says whether a closing bracket comes before anything that would
// begin another address.
func closesSoon(s string) bool {
	i := strings.IndexAny(s, "<>@\" \t,;")
	return i >= 0 && s[i] == '>'
}
