package eml

import (
	"sort"
	"strconv"
	"strings"
)

// values gives the values of a parameter in the order of trust: plain ones as
// they stand, RFC 2231 ones put together and decoded. The first is what most
// programs take.
func (s *structured) values(name string) []string {
	var out, plain []string
	type piece struct {
		n       int
		value   string
		encoded bool
	}
	var pieces []piece
	for _, p := range s.list {
		rest, ok := strings.CutPrefix(p.name, name)
		if !ok {
			continue
		}
		switch {
		case rest == "":
			plain = append(plain, p.value)
		case rest == "*":
			out = append(out, decodeExtended(p.value))
		case rest[0] == '*':
			num, enc := strings.CutSuffix(rest[1:], "*")
			if n, err := strconv.Atoi(num); err == nil && n >= 0 && len(num) < 6 {
				pieces = append(pieces, piece{n, p.value, enc})
			}
		}
	}
	if len(pieces) > 0 {
		// RFC 2231 section 3: by number, not by place.
		sort.SliceStable(pieces, func(i, j int) bool { return pieces[i].n < pieces[j].n })
		var raw []byte
		charset := ""
		for i, p := range pieces {
			if i > 0 && p.n == pieces[i-1].n {
				s.fault(DefectDuplicateParam, p.value)
				out = append(out, p.value)
				continue
			}
			v := p.value
			if i == 0 && p.encoded {
				charset, v = cutCharset(v)
			}
			if p.encoded {
				raw = append(raw, unpercent(v)...)
			} else {
				raw = append(raw, v...)
			}
		}
		v, _ := DecodeCharset(raw, charset)
		out = append(out, v)
	}
	for _, v := range plain {
		out = append(out, DecodeWords(v))
	}
	return out
}

// first gives the first value of a parameter, or "".
func (s *structured) first(name string) string {
	for _, p := range s.list {
		if strings.HasPrefix(p.name, name) {
			if v := s.values(name); len(v) > 0 {
				return v[0]
			}
			break
		}
	}
	return ""
}

// params gives all parameters by name, each with its first value.
func (s *structured) params() map[string]string {
	if len(s.list) == 0 {
		return nil
	}
	out := make(map[string]string, len(s.list))
	for _, p := range s.list {
		name, _, _ := strings.Cut(p.name, "*")
		name = strings.ToValidUTF8(name, "\uFFFD")
		if _, ok := out[name]; ok || name == "" {
			continue
		}
		v := ""
		if name == p.name && !s.extended(name) {
			v = DecodeWords(p.value)
		} else {
			v = s.first(name)
		}
		out[name] = strings.ToValidUTF8(v, "\uFFFD")
	}
	return out
}

// extended says whether a parameter is given in a form of RFC 2231.
func (s *structured) extended(name string) bool {
	for _, p := range s.list {
		if len(p.name) > len(name) && p.name[len(name)] == '*' && p.name[:len(name)] == name {
			return true
		}
	}
	return false
}

// decodeExtended decodes charset'language'percent-encoded (RFC 2231 section 4).
func decodeExtended(v string) string {
	charset, rest := cutCharset(v)
	s, _ := DecodeCharset(unpercent(rest), charset)
	return s
}

// cutCharset splits charset'language'rest; without two apostrophes there is no
// charset.
func cutCharset(v string) (charset, rest string) {
	parts := strings.SplitN(v, "'", 3)
	if len(parts) < 3 || len(parts[0]) > 60 {
		return "", v
	}
	return parts[0], parts[2]
}

// unpercent undoes percent encoding; what is no hex pair stays.
func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// unhex gives the value of a hex digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
