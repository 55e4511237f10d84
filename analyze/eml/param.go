package eml

import "strings"

// param is one parameter as written: the name is lower case, with its RFC 2231
// asterisks.
type param struct {
	name, value string
}

// structured is a Content-Type or Content-Disposition taken apart.
type structured struct {
	main   string // lower case, without white space and comments
	list   []param
	faults []Defect // offsets are zero
}

func (s *structured) fault(kind, detail string) {
	if len(s.faults) < maxSameKind {
		s.faults = append(s.faults, Defect{Kind: kind, Detail: shorten(detail)})
	}
}

// paramScanner reads a structured value (RFC 2045 section 5.1), tolerantly.
type paramScanner struct {
	s         string
	pos       int
	out       *structured
	noQuote   bool // no closing quote is left: do not look again
	noComment bool // nor a closing parenthesis
}

// parseStructured takes a value apart. It never fails.
func parseStructured(value string) structured {
	var out structured
	sc := &paramScanner{s: value, out: &out}
	out.main = strings.ToLower(sc.mainToken())
	for sc.pos < len(sc.s) && len(out.list) < maxParams {
		sc.param()
	}
	return out
}

// space skips white space and comments.
func (sc *paramScanner) space() {
	for sc.pos < len(sc.s) {
		switch c := sc.s[sc.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f' || c == 0:
			sc.pos++
		case c == '(' && sc.comment():
		default:
			return
		}
	}
}

// comment skips a comment at pos, which may be nested. Without a closing
// parenthesis nothing is skipped but the opening one: what is behind it would
// be hidden otherwise.
func (sc *paramScanner) comment() bool {
	if !sc.noComment {
		if end := commentEnd(sc.s, sc.pos); end > 0 {
			sc.pos = end
			return true
		}
		sc.noComment = true
	}
	sc.out.fault(DefectParameter, "unterminated comment")
	sc.pos++
	return true
}

// commentEnd gives the end of the comment at pos, or -1.
func commentEnd(s string, pos int) int {
	depth := 0
	for i := pos; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// mainToken reads what stands before the parameters. Comments and backslashes
// inside it are dropped.
func (sc *paramScanner) mainToken() string {
	var b strings.Builder
	sc.space()
	start := sc.pos
	for sc.pos < len(sc.s) {
		c := sc.s[sc.pos]
		switch {
		case c == ';' || c == ',':
			return b.String()
		case c == '(':
			sc.out.fault(DefectMediaType, sc.s[start:])
			sc.comment()
			continue
		case c == '=':
			// A parameter where the type should be.
			sc.out.fault(DefectMediaType, sc.s)
			sc.pos = start
			return ""
		case c == '"' || c == '\\':
			sc.out.fault(DefectMediaType, sc.s[start:])
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			at := sc.pos
			sc.space()
			if sc.pos < len(sc.s) && sc.s[sc.pos] != ';' && sc.s[sc.pos] != ',' {
				if sc.s[sc.pos] == '/' || strings.HasSuffix(b.String(), "/") {
					continue // "text / plain"
				}
				sc.out.fault(DefectMediaType, sc.s[at:])
				return b.String()
			}
			continue
		default:
			b.WriteByte(c)
		}
		sc.pos++
	}
	return b.String()
}

// param reads one parameter, from the separator on.
func (sc *paramScanner) param() {
	for sc.pos < len(sc.s) && (sc.s[sc.pos] == ';' || sc.s[sc.pos] == ',') {
		if sc.s[sc.pos] == ',' {
			sc.out.fault(DefectParameter, sc.s[sc.pos:])
		}
		sc.pos++
		sc.space()
	}
	sc.space()
	if sc.pos >= len(sc.s) {
		return
	}
	name := sc.name()
	sc.space()
	if sc.pos >= len(sc.s) || sc.s[sc.pos] != '=' {
		if name != "" {
			sc.out.fault(DefectParameter, name)
		} else if sc.pos < len(sc.s) && sc.s[sc.pos] != ';' {
			sc.pos++
		}
		return
	}
	sc.pos++
	sc.space()
	value := sc.value()
	if name == "" {
		sc.out.fault(DefectParameter, "="+value)
		return
	}
	sc.out.list = append(sc.out.list, param{strings.ToLower(name), value})
}

// name reads a parameter's name, without the quotes, comments and backslashes
// that some programs ignore.
func (sc *paramScanner) name() string {
	var b strings.Builder
	for sc.pos < len(sc.s) {
		switch c := sc.s[sc.pos]; {
		case c == '=' || c == ';' || c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n':
			return b.String()
		case c == '(':
			sc.out.fault(DefectParameter, "comment in a name")
			sc.comment()
			continue
		case c == '"' || c == '\\':
			sc.out.fault(DefectParameter, "quote in a name")
		default:
			b.WriteByte(c)
		}
		sc.pos++
	}
	return b.String()
}

// value reads a parameter's value: a quoted string, or everything up to the
// separator. Unquoted values with special characters and spaces are common.
func (sc *paramScanner) value() string {
	if sc.pos < len(sc.s) && sc.s[sc.pos] == '"' {
		if v, ok := sc.quoted(); ok {
			return v
		}
	}
	start := sc.pos
	for sc.pos < len(sc.s) {
		c := sc.s[sc.pos]
		if c == ';' {
			break
		}
		// A space ends it where another parameter follows.
		if (c == ' ' || c == '\t' || c == ',') && sc.assignment() {
			sc.out.fault(DefectParameter, "no separator")
			break
		}
		if c == ' ' || c == '\t' || c == ',' {
			for sc.pos < len(sc.s) && (sc.s[sc.pos] == ' ' || sc.s[sc.pos] == '\t' || sc.s[sc.pos] == ',') {
				sc.pos++
			}
			continue
		}
		sc.pos++
	}
	v := strings.Trim(sc.s[start:sc.pos], " \t\r\n\v\f\x00")
	if strings.ContainsAny(v, "\"\\") {
		sc.out.fault(DefectParameter, v)
		v = strings.NewReplacer(`\`, "", `"`, "").Replace(v)
	}
	return v
}

// assignment says whether white space at pos is followed by a name and an
// equals sign. Names are short.
func (sc *paramScanner) assignment() bool {
	i := sc.pos
	for i < len(sc.s) && i < sc.pos+80 && (sc.s[i] == ' ' || sc.s[i] == '\t' || sc.s[i] == ',') {
		i++
	}
	start := i
	for i < len(sc.s) && i < start+40 {
		c := sc.s[i]
		if c == '=' {
			return i > start && i+1 < len(sc.s)
		}
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '*' && (c < '0' || c > '9') {
			return false
		}
		i++
	}
	return false
}

// quoted reads a quoted string at pos. Text that is glued to the closing quote
// belongs to the value. A missing closing quote is noted once.
func (sc *paramScanner) quoted() (string, bool) {
	end := -1
	if !sc.noQuote {
		end = quoteEnd(sc.s, sc.pos)
	}
	if end < 0 {
		sc.noQuote = true
		sc.out.fault(DefectUnterminated, sc.s[sc.pos:])
		sc.pos++
		return "", false
	}
	v := unquote(sc.s[sc.pos+1 : end-1])
	sc.pos = end
	tail := end
	for sc.pos < len(sc.s) && !strings.ContainsRune("; \t\r\n,(", rune(sc.s[sc.pos])) {
		sc.pos++
	}
	if sc.pos > tail {
		sc.out.fault(DefectParameter, sc.s[tail:sc.pos])
		v += strings.Trim(sc.s[tail:sc.pos], `"`)
	}
	return v, true
}

// quoteEnd gives the end of the quoted string at pos, behind the closing
// quote, or -1.
func quoteEnd(s string, pos int) int {
	for i := pos + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// unquote drops the backslashes of quoted pairs. A backslash before anything
// but a quote or backslash stays: it is a path of some Windows client.
func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
