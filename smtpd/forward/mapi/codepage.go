package mapi

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"reportascam/analyze/eml"
	"reportascam/smtpd/forward/rtf"
)

const (
	// metaWithin is how far into an HTML page its charset must stand (HTML
	// living standard, 4.2.5.4).
	metaWithin = 1024

	codepageUTF8    = 65001
	codepageUnicode = 1200
)

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})`)

// decodeHTML reads a page of a code page. QUIRK: programs convert the page and
// leave the property as it was, or the other way round: a page that is no good
// text of the one is tried as what it says itself, and as UTF-8.
func decodeHTML(b []byte, codepage int) string {
	if codepage == codepageUTF8 && utf8.Valid(b) {
		return string(b)
	}
	s, ok := eml.DecodeCharset(b, rtf.Charset(codepage))
	if ok && rtf.Charset(codepage) != "" {
		return s
	}
	if m := metaCharset.FindSubmatch(b[:min(len(b), metaWithin)]); m != nil {
		if t, ok := eml.DecodeCharset(b, strings.ToLower(string(m[1]))); ok {
			return t
		}
	}
	return s
}

// Encoding says how the texts of a message that are not Unicode are written.
type Encoding struct {
	Codepage int  // zero is not known
	UTF8     bool // UTF-8 wherever it is valid
}

// Decode reads a text. It is always valid UTF-8.
func (e Encoding) Decode(b []byte) string {
	if e.UTF8 && utf8.Valid(b) {
		return string(b)
	}
	return rtf.Decode(b, e.Codepage)
}

// FindEncoding says how a message's texts are written: in its own code page
// (MS-OXMSG section 2.1.3), else in that of its language, else in the one of
// Windows that has the characters of its internet form. QUIRK: some programs
// write UTF-8 where that is the internet form.
func FindEncoding(p *Props) Encoding {
	internet, _ := p.Int(InternetCodepage)
	e := Encoding{UTF8: internet == codepageUTF8}
	if cp, ok := p.Int(MessageCodepage); ok && cp != codepageUnicode && rtf.Charset(cp) != "" {
		e.Codepage = cp
		return e
	}
	if language, ok := p.Int(MessageLocale); ok {
		e.Codepage = languageCodepage(language)
	}
	if e.Codepage == 0 && rtf.Charset(internet) != "" {
		e.Codepage = familyCodepage(internet)
	}
	return e
}

// languageMask leaves the language of a locale identifier without its country
// (MS-LCID section 2.1).
const languageMask = 0x3FF

// languageCodepage gives the code page that Windows has for a language, zero
// for one that is not listed (MS-LCID, and Microsoft's NLS reference).
func languageCodepage(locale int) int {
	const taiwan, hongKong, macao, serbianCyrillic = 0x0404, 0x0C04, 0x1404, 0x0C1A
	switch locale {
	case taiwan, hongKong, macao:
		return 950
	case serbianCyrillic:
		return 1251
	}
	switch locale & languageMask {
	case 0x01, 0x20, 0x29: // Arabic, Urdu, Persian
		return 1256
	case 0x02, 0x19, 0x22, 0x23, 0x2F, 0x3F: // Bulgarian, Russian, Ukrainian, Belarusian, Macedonian, Kazakh
		return 1251
	case 0x04: // Chinese
		return 936
	case 0x05, 0x0E, 0x15, 0x18, 0x1A, 0x1B, 0x1C, 0x24: // Czech, Hungarian, Polish, Romanian, Croatian, Slovak, Albanian, Slovenian
		return 1250
	case 0x08:
		return 1253
	case 0x0D:
		return 1255
	case 0x11:
		return 932
	case 0x12:
		return 949
	case 0x1E:
		return 874
	case 0x1F, 0x2C: // Turkish, Azeri
		return 1254
	case 0x25, 0x26, 0x27: // Estonian, Latvian, Lithuanian
		return 1257
	case 0x2A:
		return 1258
	case 0x03, 0x06, 0x07, 0x09, 0x0A, 0x0B, 0x0C, 0x0F, 0x10, 0x13, 0x14, 0x16, 0x1D, 0x21, 0x2D, 0x36, 0x38, 0x3E, 0x56:
		return 1252
	}
	return 0
}

// familyCodepage gives the Windows code page with the characters of another.
func familyCodepage(codepage int) int {
	switch codepage {
	case 50220, 50221, 50222, 51932, 20932:
		return 932
	case 50225, 51949:
		return 949
	case 50227, 51936, 52936, 20936, 54936:
		return 936
	case 20866, 21866, 28595:
		return 1251
	case 20127, 28591, 28605, codepageUTF8:
		return 1252
	case 28592:
		return 1250
	case 28597:
		return 1253
	case 28599:
		return 1254
	case 28598, 38598:
		return 1255
	case 28596:
		return 1256
	case 28594, 28603:
		return 1257
	}
	return codepage
}
