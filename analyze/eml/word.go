package eml

import "strings"

// maxCharsetName bounds the charset and language of an encoded word. The
// longest names of IANA have 45 octets.
const maxCharsetName = 80

// word is one encoded word of RFC 2047.
type word struct {
	charset string // lower case, without a language tag
	text    []byte // encoding undone
	end     int    // offset behind it
}

// wordReader reads the words of one text.
type wordReader struct {
	s         string
	words     int
	nextEnd   int // cached offset of the next "?="
	nextBegin int // and of the next " =?"
}

// DecodeWords decodes the encoded words of RFC 2047, wherever they stand, and
// gives valid UTF-8 without line breaks. White space between two words goes;
// words of one charset are joined before they are decoded, since many programs
// cut through characters. Language tags (RFC 2231 section 5) are dropped.
// Words without their ending, without padding and with spaces inside are read.
// Octets over 127 outside of words are guessed like DecodeCharset does.
func DecodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return oneLine(decodeRaw(s))
	}
	r := &wordReader{s: s, nextEnd: -1, nextBegin: -1}
	var out strings.Builder
	var run []byte // of words in one charset
	charset := ""
	inRun := false
	flush := func() {
		if inRun {
			text, _ := DecodeCharset(run, charset)
			out.WriteString(text)
			run, inRun = run[:0], false
		}
	}
	pos, plainFrom := 0, 0
	for pos < len(s) {
		i := strings.Index(s[pos:], "=?")
		if i < 0 {
			break
		}
		pos += i
		w, ok := r.read(pos)
		if !ok {
			pos += 2
			continue
		}
		between := s[plainFrom:pos]
		if !inRun || strings.Trim(between, " \t\r\n") != "" {
			flush()
			out.WriteString(decodeRaw(between))
		}
		if inRun && w.charset != charset {
			flush()
		}
		run, charset, inRun = append(run, w.text...), w.charset, true
		pos, plainFrom = w.end, w.end
	}
	flush()
	out.WriteString(decodeRaw(s[plainFrom:]))
	return oneLine(out.String())
}

// decodeRaw gives valid UTF-8 for text outside of words.
func decodeRaw(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == 0x1B {
			out, _ := DecodeCharset([]byte(s), "")
			return out
		}
	}
	return s
}

// oneLine makes line breaks and NUL spaces.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n\x00") {
		return s
	}
	return strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\x00", " ").Replace(s)
}

// read reads the word at pos, where "=?" stands.
func (r *wordReader) read(pos int) (w word, ok bool) {
	if r.words++; r.words > maxEncodedWords {
		return w, false
	}
	s := r.s
	head := s[pos+2 : min(len(s), pos+2+maxCharsetName)]
	i := strings.IndexByte(head, '?')
	if i < 0 || strings.ContainsAny(head[:i], " \t\r\n=") || pos+2+i+2 >= len(s) {
		return w, false
	}
	name := head[:i]
	enc := s[pos+2+i+1] | 0x20
	text := pos + 2 + i + 3
	if s[text-1] != '?' || enc != 'q' && enc != 'b' {
		return w, false
	}
	name, _, _ = strings.Cut(name, "*")
	w.charset = strings.ToLower(name)
	end := r.textEnd(text)
	w.end = min(end+2, len(s))
	if !strings.HasPrefix(s[end:], "?=") {
		w.end = end
	}
	raw := s[text:end]
	if enc == 'b' {
		w.text = decodeBase64([]byte(raw))
	} else {
		w.text = decodeQ(raw)
	}
	return w, true
}

// textEnd gives the end of the encoded text that starts at from: at "?=", or
// where that is missing, at the next word or white space.
func (r *wordReader) textEnd(from int) int {
	end := r.find(&r.nextEnd, "?=", from)
	begin := r.find(&r.nextBegin, " =?", from)
	switch {
	case begin < end:
		return begin // another word begins before
	case end < len(r.s):
		return end
	}
	if i := strings.IndexAny(r.s[from:], " \t\r\n"); i >= 0 {
		return from + i
	}
	return len(r.s)
}

// find gives the first sep at or behind from, or the end. What was found is
// kept, so that no text is searched twice.
func (r *wordReader) find(cached *int, sep string, from int) int {
	if *cached < from {
		*cached = len(r.s)
		if i := strings.Index(r.s[from:], sep); i >= 0 {
			*cached = from + i
		}
	}
	return *cached
}

// decodeQ undoes the Q encoding (RFC 2047 section 4.2).
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}
