package lookalike

import "unicode"

// script is a writing system, as far as names mix them.
type script int

// The writing systems of UTS 31 table 5 ("recommended"), the Indic ones as
// one each for mixing but one for look-alikes.
const (
	scriptLatin script = iota
	scriptHan
	scriptKana
	scriptBopomofo
	scriptHangul
	scriptCyrillic
	scriptGreek
	scriptArmenian
	scriptGeorgian
	scriptHebrew
	scriptArabic
	scriptEthiopic
	scriptMyanmar
	scriptThai
	scriptIndic
	scriptOther
	scriptUnknown
)

// scriptSet is the scripts of a label.
type scriptSet struct {
	has   [scriptUnknown + 1]bool
	other map[string]bool // names of scripts under scriptIndic and scriptOther
}

func (s *scriptSet) add(r rune) {
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return
	}
	for _, t := range []struct {
		table *unicode.RangeTable
		is    script
	}{
		{unicode.Latin, scriptLatin}, {unicode.Han, scriptHan}, {unicode.Hiragana, scriptKana}, {unicode.Katakana, scriptKana}, {unicode.Bopomofo, scriptBopomofo},
		{unicode.Hangul, scriptHangul}, {unicode.Cyrillic, scriptCyrillic}, {unicode.Greek, scriptGreek}, {unicode.Armenian, scriptArmenian}, {unicode.Georgian, scriptGeorgian},
		{unicode.Hebrew, scriptHebrew}, {unicode.Arabic, scriptArabic}, {unicode.Ethiopic, scriptEthiopic}, {unicode.Myanmar, scriptMyanmar}, {unicode.Thai, scriptThai},
	} {
		if unicode.Is(t.table, r) {
			s.has[t.is] = true
			return
		}
	}
	for _, name := range []string{"Bengali", "Devanagari", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Oriya", "Sinhala", "Tamil", "Telugu"} {
		if unicode.Is(unicode.Scripts[name], r) {
			s.note(scriptIndic, name)
			return
		}
	}
	for _, name := range []string{"Khmer", "Lao", "Thaana", "Tibetan"} {
		if unicode.Is(unicode.Scripts[name], r) {
			s.note(scriptOther, name)
			return
		}
	}
	s.has[scriptUnknown] = true
}

func (s *scriptSet) note(is script, name string) {
	s.has[is] = true
	if s.other == nil {
		s.other = map[string]bool{}
	}
	s.other[name] = true
}

// only reports a set of one script.
func (s *scriptSet) only(is script) bool {
	for k, has := range s.has {
		if has != (script(k) == is) {
			return false
		}
	}
	return len(s.other) <= 1
}

// allowed applies UTS 39 section 5.2, highly restrictive: one script, or Latin
// with Japanese, Chinese or Korean; beyond ASCII letters only one script.
func (s *scriptSet) allowed(ascii bool) bool {
	if s.has[scriptUnknown] || len(s.other) > 1 {
		return false
	}
	east, rest := 0, 0
	for k, has := range s.has {
		if !has {
			continue
		}
		switch script(k) {
		case scriptLatin:
		case scriptHan, scriptKana, scriptBopomofo, scriptHangul:
			east++
		default:
			rest++
		}
	}
	if rest > 0 {
		return rest == 1 && east == 0 && !s.has[scriptLatin]
	}
	bopomofo, hangul, kana := s.has[scriptBopomofo], s.has[scriptHangul], s.has[scriptKana]
	return !(bopomofo && (hangul || kana)) && !(hangul && kana)
}

// dangerous reports characters that pass for others where they stand
// (Chromium's "dangerous patterns"): kana and strokes that look like slashes
// and dashes beside anything but their own kind, kana marks on their own,
// Latin letters with marks among ideographs, a second dot on i.
func dangerous(label []rune) bool {
	var latin, wide bool
	for _, r := range label {
		latin = latin || r > unicode.MaxASCII && unicode.Is(unicode.Latin, r)
		wide = wide || isWide(r)
	}
	if latin && wide {
		return true
	}
	for i, r := range label {
		var before, after rune
		if i > 0 {
			before = label[i-1]
		}
		if i+1 < len(label) {
			after = label[i+1]
		}
		narrow := !isWide(before) && !isWide(after) && len(label) > 1
		switch r {
		case 'ノ', 'ソ', 'ゾ', 'ン', '丶', '乀', '乁', '丿', '丨', '乚', '〇', 'ㄧ', '工', '・', 'ゝ', 'ゞ':
			if narrow {
				return true
			}
		case '一', '亅', '二', '亠', '冖', '宀', '巛', '丫', '乂', '十', '丁', '七', '八', '口':
			if narrow && (isLetter(before) || isLetter(after) || before >= '0' && before <= '9') {
				return true
			}
		case 'ヽ', 'ヾ':
			// The mark repeats a katakana letter.
			if !unicode.Is(unicode.Katakana, before) && before != 'ー' {
				return true
			}
		case 'ー':
			if !unicode.In(before, unicode.Hiragana, unicode.Katakana) && before != 'ー' {
				return true
			}
		case 'へ', 'べ', 'ぺ':
			if unicode.Is(unicode.Katakana, before) && unicode.Is(unicode.Katakana, after) {
				return true
			}
		case 'ヘ', 'ベ', 'ペ':
			if unicode.Is(unicode.Hiragana, before) && unicode.Is(unicode.Hiragana, after) {
				return true
			}
		case '\u3099', '\u309a':
			if !unicode.In(before, unicode.Hiragana, unicode.Katakana) {
				return true
			}
		case '\u0307':
			if before == 'i' || before == 'j' || before == 'l' || before == 'ı' {
				return true
			}
		}
		if before == 'ı' && unicode.Is(unicode.Mn, r) {
			return true
		}
	}
	return false
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) || r == 'ー'
}
