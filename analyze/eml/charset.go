package eml

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// DecodeCharset turns b, in the named charset, into valid UTF-8. ok is false
// where the charset is unknown, or absent and b is no UTF-8, or b does not fit
// it; the text is then the best guess. The names are those of IANA and of the
// WHATWG Encoding standard, so that ISO-8859-1 is read as windows-1252.
func DecodeCharset(b []byte, charset string) (s string, ok bool) {
	name := cleanCharset(charset)
	switch name {
	case "":
		return guessCharset(b)
	case "utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8":
		if utf8.Valid(b) {
			return plain(b), true
		}
		s, _ = guessCharset(b)
		return s, false
	case "utf-7", "unicode-1-1-utf-7", "utf7", "csutf7":
		return decodeUTF7(b)
	case "iso-2022-kr", "csiso2022kr":
		return decodeISO2022KR(b)
	}
	enc := charsetByName(name)
	if enc == nil {
		s, _ = guessCharset(b)
		return s, false
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		s, _ = guessCharset(b)
		return s, false
	}
	// Some decoders pass surrogates on.
	s = strings.ToValidUTF8(string(out), "\uFFFD")
	return s, !strings.Contains(s, "\uFFFD")
}

// charsetByName gives the encoding of a clean name, or nil.
func charsetByName(name string) encoding.Encoding {
	switch name {
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM) // RFC 2781 section 4.3
	case "utf-32":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case "ks_c_5601-1987", "ksc5601", "cp949", "ms949", "uhc":
		return korean.EUCKR
	case "cp932", "windows-31j", "x-ms-cp932":
		return japanese.ShiftJIS
	case "cp936", "ms936", "gb_2312-80", "gb2312", "x-gbk":
		return simplifiedchinese.GB18030 // a superset, and often what was meant
	}
	if n, ok := strings.CutPrefix(name, "cp-"); ok {
		name = "cp" + n
	}
	if n, ok := strings.CutPrefix(name, "cp125"); ok {
		name = "windows-125" + n
	}
	if enc, err := htmlindex.Get(name); err == nil && enc != encoding.Replacement {
		return enc
	}
	for _, index := range []*ianaindex.Index{ianaindex.MIME, ianaindex.IANA} {
		if enc, err := index.Encoding(name); err == nil && enc != nil && enc != encoding.Replacement {
			return enc
		}
	}
	return nil
}

// fitCharset says whether a clean charset name is known and fit for mail.
// UTF-7 hides text from filters (RFC 2152 says not to use it with 8-bit
// transports), UTF-16 and -32 are barred from text by RFC 2781 section 4 and
// the line endings of MIME, and ISO-2022-KR is read by few programs.
func fitCharset(name string) bool {
	switch name {
	case "utf-8", "us-ascii", "iso-8859-1", "windows-1252":
		return true
	}
	if strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32") || strings.HasPrefix(name, "utf-7") {
		return false
	}
	return charsetByName(name) != nil
}

// plain gives valid UTF-8 without a byte order mark.
func plain(b []byte) string { return string(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))) }

// guessCharset reads text of no declared charset: by its byte order mark, as
// ISO-2022-JP where its escapes are there, as UTF-8 where it is valid or nearly
// so, else as windows-1252.
func guessCharset(b []byte) (s string, ok bool) {
	// Text in UTF-16 has NUL in its spaces and line ends; two octets that look
	// like its mark before plain text are there to hide it.
	if len(b) >= 2 && (b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF) && bytes.IndexByte(b, 0) >= 0 {
		if out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b); err == nil {
			return strings.ToValidUTF8(string(out), "\uFFFD"), false
		}
	}
	if utf8.Valid(b) {
		if bytes.Contains(b, []byte("\x1B$B")) || bytes.Contains(b, []byte("\x1B$@")) {
			if out, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
				return strings.ToValidUTF8(string(out), "\uFFFD"), false
			}
		}
		return plain(b), true
	}
	if nearlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\uFFFD"), false
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), false
	}
	return string(out), false
}

// nearlyUTF8 says whether most octets over 127 are part of a valid character.
func nearlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good > bad
}

// decodeUTF7 decodes RFC 2152, tolerantly: a run ends at the first octet that
// is no base64 digit.
func decodeUTF7(b []byte) (s string, ok bool) {
	var out strings.Builder
	ok = true
	for i := 0; i < len(b); {
		if b[i] != '+' {
			j := bytes.IndexByte(b[i:], '+')
			if j < 0 {
				j = len(b) - i
			}
			out.Write(b[i : i+j])
			i += j
			continue
		}
		i++
		start := i
		for i < len(b) && base64Value[b[i]] >= 0 {
			i++
		}
		run := b[start:i]
		minus := i < len(b) && b[i] == '-'
		if minus {
			i++
		}
		if len(run) == 0 {
			out.WriteByte('+') // "+-" is a plus sign
			ok = ok && minus
			continue
		}
		units := decodeBase64(run)
		if len(units)%2 == 1 {
			units, ok = units[:len(units)-1], false
		}
		text, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(units)
		if err != nil {
			ok = false
			continue
		}
		out.Write(text)
	}
	s = out.String()
	if !utf8.ValidString(s) {
		return strings.ToValidUTF8(s, "\uFFFD"), false
	}
	return s, ok
}

// decodeISO2022KR decodes RFC 1557: after the designator, SO and SI switch
// between KS C 5601 and ASCII. With the high bits set it is EUC-KR.
func decodeISO2022KR(b []byte) (s string, ok bool) {
	b = bytes.ReplaceAll(b, []byte("\x1B$)C"), nil)
	out := make([]byte, 0, len(b))
	korea := false
	for _, c := range b {
		switch {
		case c == 0x0E:
			korea = true
		case c == 0x0F:
			korea = false
		case korea && c == '\n':
			korea = false // each line begins in ASCII
			out = append(out, c)
		case korea && c > ' ' && c < 0x7F:
			out = append(out, c|0x80)
		default:
			out = append(out, c)
		}
	}
	text, err := korean.EUCKR.NewDecoder().Bytes(out)
	s = strings.ToValidUTF8(string(text), "\uFFFD")
	return s, err == nil && !strings.Contains(s, "\uFFFD")
}
