package eml

import "strings"

// spec reads an addr-spec as it stands in angle brackets, or alone.
func (p *addressParser) spec(s string, at int) Address {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "=?") {
		if d := DecodeWords(s); d != s {
			p.note(DefectEncodedAddr, at)
			s = strings.TrimSpace(d)
		}
	}
	s = dropComments(s)
	if rest, ok := strings.CutPrefix(strings.ToLower(s), "mailto:"); ok {
		s = s[len(s)-len(rest):]
	}
	if strings.HasPrefix(s, "@") {
		// RFC 5322 section 4.4: a source route, to be ignored.
		if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.Contains(s[i:], "@") {
			p.note(DefectRoute, at)
			s = s[i+1:]
		}
	}
	i := lastAt(s)
	if i < 0 {
		p.note(DefectNoAddress, at)
		return Address{Local: cleanLocal(s)}
	}
	domain := cleanDomain(s[i+1:])
	if domain == "" || strings.ContainsAny(domain, " \"<>@,;") {
		p.note(DefectDomain, at)
	}
	return Address{Local: cleanLocal(s[:i]), Domain: domain}
}

// lastAt gives the last at sign outside of a quoted local part, or -1.
func lastAt(s string) int {
	if strings.HasPrefix(s, `"`) {
		if end := quoteEnd(s, 0); end > 0 {
			if i := strings.LastIndexByte(s[end:], '@'); i >= 0 {
				return end + i
			}
			return -1
		}
	}
	return strings.LastIndexByte(s, '@')
}

// atOutside says whether there is an at sign outside of quoted strings.
func atOutside(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '@':
			return true
		case '"':
			if end := quoteEnd(s, i); end > 0 {
				i = end - 1
			}
		}
	}
	return false
}

// cleanLocal undoes quotes and drops white space around dots (RFC 5322
// section 4.4).
func cleanLocal(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return oneLine(unpair(s[1 : len(s)-1]))
	}
	return tighten(s)
}

// cleanDomain drops white space and lowers ASCII letters; others stay as
// written, since what they map to is for the reader to judge.
func cleanDomain(s string) string {
	s = strings.TrimSuffix(tighten(strings.TrimSpace(s)), ".")
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// tighten drops white space around dots, and makes what is left one line.
func tighten(s string) string {
	if !strings.ContainsAny(s, " \t\r\n\x00") {
		return s
	}
	words := strings.Fields(strings.ReplaceAll(s, "\x00", " "))
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !strings.HasPrefix(w, ".") && !strings.HasSuffix(words[i-1], ".") {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// dropComments drops the comments of an addr-spec.
func dropComments(s string) string {
	i := strings.IndexByte(s, '(')
	if i < 0 || strings.HasPrefix(s, `"`) {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		end := commentEnd(s, i)
		if end < 0 {
			s = s[i+1:]
			break
		}
		s = s[end:]
		i = strings.IndexByte(s, '(')
	}
	b.WriteString(s)
	return strings.TrimSpace(b.String())
}

// splitWords splits at white space, but not around at signs and dots and not
// inside quotes: "joe . d @ example" is one word.
func splitWords(s string) []string {
	var out []string
	glue := false
	for len(s) > 0 {
		s = strings.TrimLeft(s, " \t\r\n")
		if len(out) >= maxWords {
			return append(out, s)
		}
		n := 0
		for n < len(s) && strings.IndexByte(" \t\r\n", s[n]) < 0 {
			if s[n] == '"' {
				if end := quoteEnd(s[:min(len(s), n+maxLocal)], n); end > 0 {
					n = end
					continue
				}
			}
			n++
		}
		if n == 0 {
			break
		}
		w := s[:n]
		s = s[n:]
		if k := len(out); k > 0 && len(out[k-1]) < maxBoundary && (glue || w[0] == '@' || w[0] == '.') {
			out[k-1] += w
		} else {
			out = append(out, w)
		}
		glue = strings.HasSuffix(w, "@") || w == "." || strings.HasSuffix(w, ".") && strings.Contains(out[len(out)-1], "@")
	}
	return out
}
