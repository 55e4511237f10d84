package rtf

import (
	"strconv"

	"reportascam/analyze/eml"
)

// The code pages that others than Windows numbered (Microsoft, Code Page
// Identifiers).
const (
	cpUTF16     = 1200
	cpMac       = 10000
	cpASCII     = 20127
	cpISO8859   = 28590 // ISO 8859-n is 28590+n
	cpUTF8      = 65001
	cpWestern   = 1252
	cpOEM       = 437
	cpOEMLatin1 = 850
)

// Charset gives the MIME name of a Windows code page, empty for one that is
// not known.
func Charset(codepage int) string {
	switch codepage {
	case cpUTF16:
		return "utf-16le"
	case 1201:
		return "utf-16be"
	case cpUTF8:
		return "utf-8"
	case 65000:
		return "utf-7"
	case cpASCII:
		return "us-ascii"
	case 932:
		return "shift_jis"
	case 936, 51936, 20936, 54936, 50227:
		return "gb18030"
	case 949, 51949:
		return "euc-kr"
	case 950, 10002, 20000:
		return "big5"
	case 50220, 50221, 50222:
		return "iso-2022-jp"
	case 50225:
		return "iso-2022-kr"
	case 51932, 20932:
		return "euc-jp"
	case 52936:
		return "hz-gb-2312"
	case 20866:
		return "koi8-r"
	case 21866:
		return "koi8-u"
	case 874:
		return "windows-874"
	case cpMac:
		return "macintosh"
	case 10007:
		return "x-mac-cyrillic"
	case 38598: // logical order
		return "iso-8859-8-i"
	case cpOEM, cpOEMLatin1, 852, 855, 857, 858, 860, 862, 863, 865, 866:
		return "ibm" + strconv.Itoa(codepage)
	}
	switch {
	case codepage >= 1250 && codepage <= 1258:
		return "windows-" + strconv.Itoa(codepage)
	case codepage > cpISO8859 && codepage <= cpISO8859+16:
		return "iso-8859-" + strconv.Itoa(codepage-cpISO8859)
	}
	return ""
}

// Decode reads text of a code page; one that is not known is guessed. The text
// is always valid UTF-8.
func Decode(b []byte, codepage int) string {
	s, _ := eml.DecodeCharset(b, Charset(codepage))
	return s
}

// fontCodepage gives the code page of a font's character set, zero for the
// document's own (RTF 1.9.1, "Font Table").
func fontCodepage(charset int) int {
	switch charset {
	case 0, 2:
		return cpWestern
	case 77:
		return cpMac
	case 128:
		return 932
	case 129, 130:
		return 949
	case 134:
		return 936
	case 136:
		return 950
	case 161:
		return 1253
	case 162:
		return 1254
	case 163:
		return 1258
	case 177:
		return 1255
	case 178:
		return 1256
	case 186:
		return 1257
	case 204:
		return 1251
	case 222:
		return 874
	case 238:
		return 1250
	case 254:
		return cpOEM
	case 255:
		return cpOEMLatin1
	}
	return 0
}
