package links

import "strings"

// ibanLengths are the lengths of the account numbers of each country, after
// its two letters (SWIFT IBAN Registry, ISO 13616).
var ibanLengths = func() map[string]int {
	const list = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 " +
		"GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 " +
		"PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
	out := map[string]int{}
	for c := range strings.FieldsSeq(list) {
		out[c[:2]] = int(c[2]-'0')*10 + int(c[3]-'0')
	}
	return out
}()

// findIBANs calls f for each bank account number (ISO 13616) in text, in
// capitals as they are written, in one row or in groups, of which length and
// check digits hold. It is given without spaces.
func findIBANs(text string, f func(string)) {
	for i := 0; i+4 <= len(text); i++ {
		if !isUpper(text[i]) || !isUpper(text[i+1]) || !isDigit(text[i+2]) || !isDigit(text[i+3]) || i > 0 && isWordByte(text[i-1]) {
			continue
		}
		if n := ibanLengths[text[i:i+2]]; n > 0 {
			if s := iban(text[i:], n); s != "" {
				f(s)
				i += n - 1
			}
		}
	}
}

// iban reads n letters and digits at the start of text, over single spaces,
// and gives them where the check digits hold (ISO 7064, mod 97-10).
func iban(text string, n int) string {
	out := make([]byte, 0, n)
	gap := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case len(out) == n:
			if isWordByte(c) {
				return ""
			}
			return checkedIBAN(out)
		case isUpper(c) || isDigit(c):
			out, gap = append(out, c), false
		case (c == ' ' || c == '-') && !gap:
			gap = true
		case strings.HasPrefix(text[i:], "\u00a0") && !gap:
			gap, i = true, i+1
		default:
			return ""
		}
	}
	if len(out) != n {
		return ""
	}
	return checkedIBAN(out)
}

func checkedIBAN(b []byte) string {
	rest := 0
	for i := range b {
		switch c := b[(i+4)%len(b)]; {
		case isDigit(c):
			rest = (rest*10 + int(c-'0')) % 97
		default:
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	if rest != 1 {
		return ""
	}
	return string(b)
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
