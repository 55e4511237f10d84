package forward

import (
	"strings"
	"unicode/utf8"
)

// kind is what a subject's prefix says of a message.
type kind int

const (
	kindPlain kind = iota
	kindForward
	kindReply
)

// maxPrefix bounds the length of a prefix in bytes, colon included.
const maxPrefix = 40

// forwardPrefixes are the words that clients put before the subject of a
// forward, folded, with the languages that use them. VS is "forward" in Danish
// and Norwegian and "reply" in Finnish: taken for a forward, as the quoted
// message must be found as well.
var forwardPrefixes = words(
	"fw", "fwd", "forward", "forwarded", // everywhere
	"wg", "weiterleitung", "weitergeleitet", // de
	"tr", "transf", "transféré", // fr
	"rv", "reenv", "reenviado", // es
	"i", "inoltro", // it
	"enc", "encaminhada", "encaminhado", "res. enc", // pt
	"doorst", "doorgestuurd", // nl
	"vs", "vb", "videresend", "videresendt", "vidarebefordrat", "vl", // da, sv, nb, fi
	"ed", "edasi", // et
	"pd", "przek", "przekazane", // pl
	"přep", "preposlané", "přeposlaná", // cs, sk
	"tov", "továbbítás", "továbbítva", "továbbított", // hu
	"redir", "redir.", "redirecționat", // ro
	"prosl", "proslijeđeno", "posl", "posredovano", // hr, sl
	"прослеђено", "просл", "прох", // sr
	"прп", "препр", "препратено", // bg
	"пересл", "пер", "пересылка", // ru
	"пересил", "переслано", // uk
	"πρθ", "προωθ", "προωθημένο", // el
	"i̇lt", "ilt", "ilet", // tr
	"הועבר", "העברה", // he
	"إعادة توجيه", "تمرير", // ar
	"अग्रेषित",          // hi
	"ส่งต่อ",            // th
	"chuyển tiếp", "ct", // vi
	"terusan", "trs", "diteruskan", // id
	"転送",                   // ja
	"转发", "转寄", "轉寄", "轉發", // zh
	"전달", // ko
)

// replyPrefixes are the same for replies.
var replyPrefixes = words(
	"re", "reply", "aw", "antw", "antwort", "sv", "svar", "r", "rif", "res", "resp", "rép", "réf", "rép.", "odp", "odpověď",
	"odg", "vá", "válasz", "vast", "ats", "atb", "răsp", "отв", "ответ", "відп", "отг", "одг", "απ", "απάντηση", "σχετ", "ynt", "yan",
	"השב", "תגובה", "تم الرد", "رد", "ตอบกลับ", "trả lời", "tl", "bls", "balas", "返信", "回复", "答复", "回覆", "答覆", "回信",
	"답장", "회신", "उत्तर", "accepted", "declined", "tentative",
)

func words(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, w := range list {
		m[fold(w)] = true
	}
	return m
}

// subjectKind reads the outermost prefix of a subject, and gives the subject
// without any.
func subjectKind(s string) (kind, string) {
	out := kindPlain
	rest := strings.TrimFunc(s, ignorable)
	for range 16 {
		rest = strings.TrimFunc(skipTags(strings.TrimLeft(rest, `'"`)), ignorable)
		k, after := onePrefix(rest)
		if k == kindPlain {
			break
		}
		if out == kindPlain {
			out = k
		}
		rest = after
	}
	return out, rest
}

// withoutForward takes only the outermost forward prefix off a subject.
func withoutForward(s string) string {
	s = strings.TrimFunc(s, ignorable)
	if k, rest := onePrefix(strings.TrimFunc(skipTags(s), ignorable)); k == kindForward {
		return strings.TrimFunc(rest, ignorable)
	}
	return s
}

func onePrefix(s string) (kind, string) {
	i := strings.IndexAny(cut(s, maxPrefix), ":：")
	if i <= 0 {
		return kindPlain, s
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	word := fold(s[:i])
	// "Re[2]", "FW (3)", "Fwd*2"
	if j := strings.IndexAny(word, "[(*^"); j > 0 {
		word = strings.TrimSpace(word[:j])
	}
	switch {
	case forwardPrefixes[word]:
		return kindForward, s[i+size:]
	case replyPrefixes[word]:
		return kindReply, s[i+size:]
	}
	return kindPlain, s
}

// skipTags drops what gateways put before a subject: "[EXTERNAL]", "***SPAM***".
func skipTags(s string) string {
	for range 4 {
		s = strings.TrimLeft(s, " ")
		switch {
		case strings.HasPrefix(s, "["):
			i := strings.IndexByte(s, ']')
			if i < 0 || i > maxPrefix || i+1 >= len(s) {
				return s
			}
			s = s[i+1:]
		case strings.HasPrefix(s, "***"):
			i := strings.Index(s[3:], "***")
			if i < 0 || i > maxPrefix || i+6 >= len(s) {
				return s
			}
			s = s[i+6:]
		default:
			return s
		}
	}
	return s
}

// SaysForward tells whether a subject begins with a word that mail programs
// put before the subject of a forward, in any language known here.
func SaysForward(subject string) bool {
	k, _ := subjectKind(subject)
	return k == kindForward
}
