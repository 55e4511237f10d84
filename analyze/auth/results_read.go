package auth

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// reading says how quoting is read. RFC 5322 section 3.2: a backslash escapes
// in comments and quoted strings, a quote means nothing in a comment.
type reading struct {
	backslash      bool // a backslash escapes the next character
	quoteInComment bool // a quoted string within a comment hides parentheses
}

// resultsReader walks over one value. Each octet is looked at a bounded number
// of times.
type resultsReader struct {
	reading
	s       string
	i       int
	comment []string // comments since the last result began
	doubt   string   // what is wrong with the result being read
	fault   string   // the first thing wrong with the value
}

func readResults(s string, how reading) (Results, string) {
	p := &resultsReader{reading: how, s: s}
	res := p.authServ()
	for p.i < len(p.s) {
		if p.s[p.i] == ';' {
			p.i++
			continue
		}
		r, ok := p.result()
		if ok && len(res.Results) < maxResults {
			res.Results = append(res.Results, r)
		} else if ok {
			p.note("too many results")
		}
	}
	return res, p.fault
}

// authServ reads authserv-id and version. Where a result stands in their
// place (Microsoft's form) nothing is read.
func (p *resultsReader) authServ() (res Results) {
	p.cfws()
	start := p.i
	id, _ := p.value(" \t\r\n;(=")
	p.cfws()
	if c := p.peek(); c == '=' || c == '/' {
		p.i, p.doubt, p.comment = start, "", nil
		return res
	}
	res.AuthServ = strings.TrimRight(strings.ToLower(id), ".")
	if p.peek() != ';' && p.i < len(p.s) {
		at := p.i
		if v, _ := p.value(" \t\r\n;(="); isDigits(v) {
			res.Version = v
		} else {
			p.i = at
		}
	}
	// QUIRK: Yahoo's old "mta1.mail.yahoo.com from=paypal.com; dkim=pass (ok)":
	// what else stands before the first semicolon is no result.
	p.skip()
	if p.doubt != "" {
		p.note(p.doubt)
	}
	p.doubt, p.comment = "", nil
	return res
}

// result reads one resinfo up to its semicolon. ok is false where there is no
// "method=result" at its start.
func (p *resultsReader) result() (r MethodResult, ok bool) {
	p.doubt, p.comment = "", nil
	p.cfws()
	r.Method, r.Version = p.method()
	p.cfws()
	if r.Method == "" || p.peek() != '=' {
		// "none", or QUIRK: Microsoft's stray "outlook.com;".
		p.skip()
		if p.doubt != "" {
			p.note(p.doubt)
		}
		return r, false
	}
	p.i++
	p.cfws()
	r.Result, _ = p.value(" \t\r\n;(")
	r.Result = strings.ToLower(r.Result)
	p.props(&r)
	r.Comment = strings.Join(p.comment, "; ")
	r.Doubt = p.doubt
	if r.Doubt != "" {
		p.note(r.Doubt)
	}
	return r, true
}

// method reads Keyword [ "/" version ].
func (p *resultsReader) method() (name, version string) {
	name = p.word("/")
	p.cfws()
	if p.peek() == '/' {
		p.i++
		p.cfws()
		version = p.word("/")
	}
	return name, version
}

// props reads reason and properties up to the semicolon or the end.
func (p *resultsReader) props(r *MethodResult) {
	for {
		p.cfws()
		if p.i == len(p.s) || p.s[p.i] == ';' {
			return
		}
		start := p.i
		typ, name := p.property()
		p.cfws()
		if name == "" || p.peek() != '=' {
			p.doubted("text that is no property")
			if p.peek() == '"' {
				p.quoted()
			} else if p.i == start {
				p.i++
			}
			continue
		}
		p.i++
		p.cfws()
		value, glued := p.value(" \t\r\n;(")
		if glued {
			p.doubted("a comment or quote inside a value")
		}
		switch {
		case typ == "" && name == "reason" && r.Reason == "":
			r.Reason = value
		case len(r.Props) < maxProps:
			r.Props = append(r.Props, Prop{Type: typ, Name: name, Value: value})
		default:
			p.doubted("too many properties")
		}
	}
}

// property reads ptype [CFWS] "." [CFWS] property, or a lone word.
func (p *resultsReader) property() (typ, name string) {
	w := p.word("")
	end := p.i
	p.cfws()
	if w != "" && (strings.HasSuffix(w, ".") || p.peek() == '.') {
		if p.peek() == '.' {
			p.i++
			p.cfws()
		}
		w = strings.TrimSuffix(w, ".") + "." + strings.TrimPrefix(p.word(""), ".")
	} else {
		p.i = max(end, p.i)
	}
	if i := strings.IndexByte(w, '.'); i >= 0 {
		return w[:i], w[i+1:]
	}
	return "", w
}

// word reads a key in lower case, up to white space or a special character.
func (p *resultsReader) word(stop string) string {
	start := p.i
	for p.i < len(p.s) && !strings.ContainsRune(" \t\r\n;()=\"<>,", rune(p.s[p.i])) && !strings.ContainsRune(stop, rune(p.s[p.i])) {
		p.control(p.s[p.i])
		p.i++
	}
	return strings.ToLower(p.s[start:p.i])
}

// value reads a value: a token, a quoted string, or a quoted local part with
// its domain, up to a character of stop. glued says that a comment starts
// right behind it or a quote stands inside it, which no provider writes but a
// name copied from the message may hold.
func (p *resultsReader) value(stop string) (v string, glued bool) {
	var b strings.Builder
	start := p.i
	for p.i < len(p.s) && !strings.ContainsRune(stop, rune(p.s[p.i])) {
		c := p.s[p.i]
		if c == '"' {
			glued = glued || p.i > start
			b.WriteString(p.quoted())
			if next := p.peek(); p.i < len(p.s) && next != '@' && !strings.ContainsRune(" \t\r\n;(=", rune(next)) {
				glued = true
			}
			continue
		}
		p.control(c)
		b.WriteByte(c)
		p.i++
	}
	if p.i > start && p.peek() == '(' {
		glued = true
	}
	return b.String(), glued
}

// quoted reads a quoted string and gives its content. One that does not end
// is doubted.
func (p *resultsReader) quoted() string {
	var b strings.Builder
	for p.i++; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case c == '"':
			p.i++
			return b.String()
		case c == '\\' && p.backslash && p.i+1 < len(p.s):
			p.i++
			b.WriteByte(p.s[p.i])
		default:
			p.control(c)
			b.WriteByte(c)
		}
	}
	p.doubted("a quoted string without end")
	return b.String()
}

// cfws skips white space and comments, and keeps the comments.
func (p *resultsReader) cfws() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\r', '\n':
			p.i++
		case '(':
			p.readComment()
		default:
			return
		}
	}
}

// readComment reads a comment with those nested in it.
func (p *resultsReader) readComment() {
	start, depth := p.i+1, 0
	for ; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case c == '\\' && p.backslash:
			p.i++
		case c == '"' && p.quoteInComment:
			p.quoted()
			p.i--
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				p.comment = append(p.comment, strings.ToValidUTF8(p.s[start:p.i], "\uFFFD"))
				p.i++
				return
			}
		default:
			p.control(c)
		}
	}
	p.i = len(p.s)
	p.doubted("a comment without end")
}

// skip goes to the next semicolon outside quotes and comments.
func (p *resultsReader) skip() {
	for p.i < len(p.s) && p.s[p.i] != ';' {
		switch p.s[p.i] {
		case '(':
			p.readComment()
		case '"':
			p.quoted()
		default:
			p.control(p.s[p.i])
			p.i++
		}
	}
}

// control doubts what holds control characters: a NUL ends a name for some
// readers and not for others.
func (p *resultsReader) control(c byte) {
	if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
		p.doubted("a control character")
	}
}

func (p *resultsReader) doubted(why string) { p.doubt = cmp.Or(p.doubt, why) }
func (p *resultsReader) note(why string)    { p.fault = cmp.Or(p.fault, why) }

// peek gives the next octet, or 0 at the end.
func (p *resultsReader) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// clip cuts s to at most n octets, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
