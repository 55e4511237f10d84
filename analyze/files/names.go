package files

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"reportascam/analyze"
)

const (
	// manySpaces and manyFillers are how many in a row push the ending out of
	// sight: clients show some 30 to 60 characters of a name.
	manySpaces  = 8
	manyFillers = 24

	// maxEnding is the longest ending that is known ("searchconnector-ms").
	maxEnding = 20
)

// cutName gives a name for keeping: valid, and cut.
func cutName(s string) string {
	if len(s) > maxName {
		s = s[:maxName]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// bothEnds gives as much of a name as is looked at: its beginning and its
// ending.
func bothEnds[T string | []byte](name T) string {
	if len(name) <= maxNameRead {
		return string(name)
	}
	return string(name[:maxNameRead/2]) + string(name[len(name)-maxNameRead/2:])
}

// bare gives what of a name a file system keeps: no path, nothing unseen, no
// dots and spaces at the end, in lower case.
func bare(name string) string {
	name = bothEnds(name)
	name = strings.Map(func(r rune) rune {
		if unseen(r) || turns(r) || r < ' ' && r != '\t' {
			return -1
		}
		return r
	}, name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToLower(strings.TrimRight(name, ". \t\u00A0\u3000"))
}

// ending gives the last ending of a name, in lower case without its dot.
func ending(name string) string {
	_, e := cutEnding(bare(name))
	return e
}

// cutEnding takes the last ending off a bare name.
func cutEnding(name string) (rest, e string) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return name, ""
	}
	e = strings.TrimSpace(name[dot+1:])
	if len(e) > maxEnding {
		return name, ""
	}
	return name[:dot], e
}

// nameTraits gives the tricks in a name.
func nameTraits(name string, claim analyze.FileType) []analyze.FileTrait {
	var out []analyze.FileTrait
	name = bothEnds(name)
	rtl, turned, overridden, invisible := false, false, false, false
	spaces, fillers, padded := 0, 0, false
	last := rune(0)
	for i, r := range name {
		switch {
		case r == 0x202D || r == 0x202E:
			overridden = true
		case r == 0x202B || r == 0x2067:
			turned = true
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana):
			rtl = true
		case r == 0x200C || r == 0x200D || r == 0x00AD:
			// They join letters and pictures, or are a letter of another charset,
			// where their neighbours are not ASCII.
			next, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
			invisible = invisible || last < utf8.RuneSelf && next < utf8.RuneSelf
		case unseen(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r':
			invisible = true
		}
		// Whatever else stands before the ending is only a long name.
		if unicode.IsSpace(r) {
			spaces++
		} else {
			padded = padded || spaces >= manySpaces
			spaces = 0
		}
		if r == '_' || r == '.' || r == '-' || r == '\u2024' {
			fillers++
		} else {
			padded = padded || fillers >= manyFillers
			fillers = 0
		}
		last = r
	}
	if overridden || turned && !rtl {
		out = append(out, analyze.TraitBidiName)
	}
	if invisible {
		out = append(out, analyze.TraitInvisibleName)
	}
	if padded {
		out = append(out, analyze.TraitPaddedName)
	}
	if doubleEnding(name, claim) {
		out = append(out, analyze.TraitDoubleEnding)
	}
	return out
}

// doubleEnding tells whether a harmless ending stands before one that runs, or
// opens as a page. An archive of one file is often named so.
func doubleEnding(name string, claim analyze.FileType) bool {
	if c := claim.Class(); !c.Runs() && c != analyze.ClassPage {
		return false
	}
	rest, last := cutEnding(bare(name))
	if byEnding(last) != claim {
		return false
	}
	rest = strings.TrimRight(rest, " _-\t")
	_, e := cutEnding(rest)
	before := byEnding(e)
	switch before.Class() {
	case analyze.ClassDocument, analyze.ClassPicture, analyze.ClassMedia:
		return true
	case analyze.ClassText:
		return claim.Class().Runs() && (e == "txt" || e == "csv" || e == "xml")
	}
	return false
}

// unseen tells the characters that take no place and that no name needs.
// U+200C, U+200D and U+00AD, which may belong there, are judged by their
// neighbours.
func unseen(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x3164, 0xFEFF, 0xFFA0:
		return true
	}
	return r >= 0xE0000 && r <= 0xE007F || r == 0x7F
}

// turns tells the characters that set the direction of writing.
func turns(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
}
