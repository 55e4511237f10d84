package reply

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean makes text from a message safe to show in an answer: at most max
// runes of one line, nothing invisible or that turns the direction of text,
// and no address, link or number in a form that a mail program would make
// something to click or call. What is clean already stays as it is.
func Clean(s string, max int) string {
	if n := 4*max + 64; len(s) > 4*n { // enough for max runes of anything; the rest is not looked at
		s = s[:4*n]
	}
	// NFKC turns wide and styled forms of letters, dots and slashes into plain
	// ones, as the address bar of a browser does; what follows sees only those.
	s = norm.NFKC.String(strings.ToValidUTF8(s, ""))
	s = strings.ReplaceAll(s, "...", "…") // NFKC took the ellipsis apart
	s = visible(s)
	return truncate(defang(maskNumbers(s)), max)
}

// maxMarks bounds the combining marks on one letter: real scripts have up to
// three, more of them paint over the neighbouring lines.
const maxMarks = 3

// visible drops or replaces what cannot be seen, and makes one line of it.
func visible(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, marks := true, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), r == 0x2028, r == 0x2029, r < 0x20:
			if !space {
				b.WriteByte(' ')
			}
			space, marks = true, 0
			continue
		case hidden(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks || space {
				continue
			}
		default:
			marks = 0
		}
		space = false
		switch r {
		case '<':
			r = '‹' // no markup, whoever reads it, and shorter than &lt;
		case '>':
			r = '›'
		case '"':
			r = '”'
		case '\'':
			r = '’'
		case '\\':
			r = '/' // \\host\share is a link in Outlook
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

// hidden: controls, format characters (directions, zero widths, tags, soft
// hyphen), fillers that look like nothing, private use, the unassigned.
func hidden(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800, 0x034f, 0x17b4, 0x17b5, utf8.RuneError:
		return true
	}
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector) {
		return true
	}
	return !unicode.IsGraphic(r)
}

// maxDigits is the longest number shown whole. Seven digits are the shortest
// that phones offer to call.
const maxDigits = 6

// maskNumbers shortens what could be a phone, card or parcel number to its
// first and last two digits. IPv4 addresses are left to defang.
func maskNumbers(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i := 0; i < len(rs); {
		if !unicode.IsDigit(rs[i]) {
			b.WriteRune(rs[i])
			i++
			continue
		}
		end, digits := number(rs, i)
		run := rs[i:end]
		if len(digits) <= maxDigits || isIPv4(string(run)) {
			b.WriteString(string(run))
		} else {
			b.WriteString(string(digits[:2]) + "…" + string(digits[len(digits)-2:]))
		}
		i = end
	}
	return b.String()
}

// number gives the end of the run of digits that begins at i, over single
// separators, and its digits.
func number(rs []rune, i int) (end int, digits []rune) {
	gap := 0
	for j := i; j < len(rs) && gap <= 3; j++ {
		switch {
		case unicode.IsDigit(rs[j]):
			digits = append(digits, rs[j])
			end, gap = j+1, 0
		case strings.ContainsRune(" ()-./–—‐‑−·•*[]…", rs[j]):
			gap++
		default:
			return end, digits
		}
	}
	return end, digits
}

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(strings.ReplaceAll(s, "[.]", "."))
	return err == nil && a.Is4()
}

// defang breaks every address: example[.]com, hxxps://, name[at]host.
func defang(s string) string {
	rs := []rune(s)
	out := make([]rune, 0, len(rs)+32)
	write := func(s string) { out = append(out, []rune(s)...) }
	at := func(i int) rune {
		if i < 0 || i >= len(rs) {
			return ' '
		}
		return rs[i]
	}
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		bracketed := at(i-1) == '[' && at(i+1) == ']'
		switch {
		case isDot(r) && !bracketed && !ends(at(i+1)) && !amount(rs, i):
			write("[.]")
		case r == '@' && bracketed:
			write("at")
		case r == '@':
			write("[at]")
		case r == ':' && !bracketed && !ends(at(i+1)) && unicode.IsLetter(at(i-1)) && !(at(i+1) == '/' && hxxp(out)):
			write("[:]")
		case isFold(r, 't') && isFold(at(i-1), 'h') && isFold(at(i+1), 't') && isFold(at(i+2), 'p'):
			write("xxp")
			i += 2
		case isFold(r, 'f') && isFold(at(i+1), 't') && isFold(at(i+2), 'p') && at(i+3) == ':':
			write("fxp")
			i += 2
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

func isFold(r, letter rune) bool { return r == letter || r == letter-'a'+'A' }

// hxxp tells whether out ends with a scheme that is broken already.
func hxxp(out []rune) bool {
	tail := strings.ToLower(string(out[max(len(out)-5, 0):]))
	return strings.HasSuffix(tail, "hxxp") || tail == "hxxps"
}

// isDot: what browsers take for the dot of a host name (UTS 46); the wide
// forms are gone by NFKC.
func isDot(r rune) bool { return r == '.' || r == '。' || r == '․' }

// ends tells whether a dot or colon before r is the end of a word, and so
// part of no address.
func ends(r rune) bool { return r == ' ' || strings.ContainsRune(`.,;!?)]}”’›»…`, r) }

// amount tells whether the dot stands in a sum or a version, 12.50: digits
// on both sides, and no other dot in the word.
func amount(rs []rune, i int) bool {
	left, right := i-1, i+1
	for left >= 0 && unicode.IsDigit(rs[left]) {
		left--
	}
	for right < len(rs) && unicode.IsDigit(rs[right]) {
		right++
	}
	if left == i-1 || right == i+1 {
		return false
	}
	edge := func(j int) bool {
		return j < 0 || j >= len(rs) || rs[j] == ' ' || unicode.Is(unicode.Sc, rs[j]) || rs[j] == '”' || rs[j] == '“'
	}
	return edge(left) && edge(right)
}

// truncate cuts to max runes, with an ellipsis, and never inside of [.].
func truncate(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	rs := []rune(s)[:max-1]
	if i := strings.LastIndexByte(string(rs), '['); i >= 0 && !strings.Contains(string(rs)[i:], "]") && len(string(rs))-i < 4 {
		return strings.TrimRight(string(rs)[:i], " ") + "…"
	}
	return strings.TrimRight(string(rs), " ") + "…"
}
