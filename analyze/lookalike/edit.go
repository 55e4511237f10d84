package lookalike

import "strings"

// minEdit is the shortest label that edits are looked for in (Chromium's
// kMinLengthForEditDistance): among shorter ones neighbours are ordinary
// (mlb and mtb, usa and tsa).
const minEdit = 5

// edit is how a name differs from a protected label by one step.
type edit struct {
	technique string
	at        int // octet offset in the name
}

// oneEdit tells whether name is one insertion, omission, replacement or swap
// of neighbours away from label, and which. Both are folded and differ.
func oneEdit(name, label string) (edit, bool) {
	if d := len(name) - len(label); d > 1 || d < -1 {
		return edit{}, false
	}
	i := 0
	for i < len(name) && i < len(label) && name[i] == label[i] {
		i++
	}
	switch {
	case len(name) == len(label):
		if i == len(name) {
			return edit{}, false
		}
		if name[i+1:] == label[i+1:] {
			return edit{replacement(name[i], label[i]), i}, true
		}
		if i+1 < len(name) && name[i] == label[i+1] && name[i+1] == label[i] && name[i+2:] == label[i+2:] {
			return edit{TechniqueTransposition, i}, true
		}
	case len(name) == len(label)+1:
		if name[i+1:] != label[i:] {
			return edit{}, false
		}
		if i > 0 && name[i] == name[i-1] {
			return edit{TechniqueRepetition, i}, true
		}
		return edit{TechniqueInsertion, i}, true
	default:
		if name[i:] == label[i+1:] {
			return edit{TechniqueOmission, i}, true
		}
	}
	return edit{}, false
}

// replacement names what kind of replacement one letter for another is.
func replacement(got, want byte) string {
	switch {
	case strings.IndexByte("aeiou", got) >= 0 && strings.IndexByte("aeiou", want) >= 0:
		return TechniqueVowel
	case nearKeys(got, want):
		return TechniqueKeyboard
	}
	if x := got ^ want; x&(x-1) == 0 {
		return TechniqueBitsquat
	}
	return TechniqueReplacement
}

// nearKeys reports letters that lie side by side on QWERTY, QWERTZ or AZERTY
// keyboards.
func nearKeys(a, b byte) bool {
	for _, row := range []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "1234567890",
		"qaz", "wsx", "edc", "rfv", "tgb", "yhn", "ujm", "aqw", "zse", "wdr"} {
		i, j := strings.IndexByte(row, a), strings.IndexByte(row, b)
		if i >= 0 && j >= 0 && (i-j == 1 || j-i == 1) {
			return true
		}
	}
	return false
}

// ordinaryEdit holds Chromium's exclusions: the two differ only in digits at
// the end, only at the first letter by replacement or insertion (hank and
// tank), or only by a hyphen.
func ordinaryEdit(name, label string, e edit) bool {
	const digits = "0123456789"
	if strings.TrimRight(name, digits) == strings.TrimRight(label, digits) {
		return true
	}
	switch e.technique {
	case TechniqueInsertion, TechniqueRepetition:
		return e.at == 0 || name[e.at] == '-'
	case TechniqueOmission:
		return e.at == 0 || label[e.at] == '-'
	case TechniqueTransposition:
		return name[e.at] == '-' || name[e.at+1] == '-'
	}
	return e.at == 0 || name[e.at] == '-' || label[e.at] == '-'
}

// editScore weighs an edit: the longer the label, the less it is chance.
// Dropping below MinScore means that the edit alone is no sign.
func editScore(e edit, label string, sameSuffix bool) float64 {
	var score float64
	switch n := len(label); {
	case n >= 10:
		score = 0.8
	case n >= 8:
		score = 0.7
	case n >= 6:
		score = 0.5
	default:
		score = 0.35
	}
	switch e.technique {
	case TechniqueTransposition, TechniqueRepetition:
		score += 0.1
	case TechniqueReplacement, TechniqueBitsquat:
		score -= 0.1
	}
	if sameSuffix {
		score += 0.05
	} else if len(label) < 8 {
		score -= 0.05
	}
	if isAffix(e, label) {
		// Another letter at the end is a plural, a case or another word.
		score -= 0.2
	}
	return score
}

func isAffix(e edit, label string) bool {
	switch e.technique {
	case TechniqueInsertion:
		return e.at == len(label)
	case TechniqueTransposition, TechniqueRepetition:
		return false
	}
	return e.at == len(label)-1
}
