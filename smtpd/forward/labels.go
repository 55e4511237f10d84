package forward

import (
	"strings"
	"unicode/utf8"
)

// field is what a label in a quoted header stands for.
type field uint8

const (
	fieldNone field = iota
	fieldFrom
	fieldTo
	fieldCc
	fieldSubject
	fieldDate
	fieldReplyTo
	fieldAttached // the names of the original's files
	fieldOther    // known to stand in a header, and not needed
)

// labels are the words of one language for the fields of a quoted header, as
// clients print them.
type labels struct {
	lang                                 string
	from, to, cc, subject, date, replyTo string // alternatives separated by |
	attached, other                      string
}

// labelUse is what a label means: a field, in some languages.
type labelUse struct {
	field field
	langs uint64 // bits by index in languages
}

var labelIndex = indexLabels(languages)

func indexLabels(list []labels) map[string]labelUse {
	out := map[string]labelUse{}
	for i, l := range list {
		add := func(f field, alternatives string) {
			if alternatives == "" {
				return
			}
			for _, word := range strings.Split(alternatives, "|") {
				key := fold(word)
				u := out[key]
				if u.field == fieldNone {
					u.field = f
				}
				if u.field == f {
					u.langs |= 1 << i
				}
				out[key] = u
			}
		}
		add(fieldFrom, l.from)
		add(fieldTo, l.to)
		add(fieldCc, l.cc)
		add(fieldSubject, l.subject)
		add(fieldDate, l.date)
		add(fieldReplyTo, l.replyTo)
		add(fieldAttached, l.attached)
		add(fieldOther, l.other)
	}
	return out
}

// maxLabel is the length in bytes of the longest label with what surrounds it.
const maxLabel = 72

// label reads "Label: value" off a line. It understands emphasis around the
// label ("*From:* x", "**From**: x"), a blank before the colon, full-width
// colons and direction marks.
func label(text string) (u labelUse, value string, ok bool) {
	s := strings.TrimLeftFunc(text, ignorable)
	if s == "" || s[0] == '-' || s[0] == '>' {
		return u, "", false
	}
	head := cut(s, maxLabel)
	i := strings.IndexAny(head, ":：")
	if i <= 0 {
		return u, "", false
	}
	name := head[:i]
	_, size := utf8.DecodeRuneInString(s[i:])
	value = s[i+size:]
	stars := len(name) - len(strings.TrimLeft(name, "*_|"))
	closed := len(name) > stars && strings.HasSuffix(strings.TrimRightFunc(name, ignorable), "*")
	name = strings.Trim(name, "*_| \t")
	if u, ok = lookLabel(name); !ok {
		if !technical(name) {
			return u, "", false
		}
		u = labelUse{field: fieldOther}
	}
	if stars > 0 && !closed {
		trimmed := strings.TrimLeft(value, "*_")
		if len(value)-len(trimmed) <= stars {
			value = trimmed
		}
	}
	return u, strings.TrimFunc(cut(value, maxMatch), ignorable), true
}

func lookLabel(name string) (u labelUse, ok bool) {
	var buf [maxLabel]byte
	if key, ascii := foldASCII(buf[:0], name); ascii {
		u, ok = labelIndex[string(key)]
		return u, ok
	}
	u, ok = labelIndex[fold(name)]
	return u, ok
}

// technical tells whether a label is the name of a field that only machines
// read, as programs print them that forward the whole header.
func technical(name string) bool {
	if len(name) < 4 || len(name) > 60 {
		return false
	}
	hyphen := false
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '-':
			hyphen = i > 0
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		default:
			return false
		}
	}
	switch strings.ToLower(name) {
	case "received", "sender", "organization", "references", "precedence", "newsgroups":
		return true
	}
	return hyphen && name[0] >= 'A' && name[0] <= 'Z' && (strings.HasPrefix(strings.ToLower(name), "x-") || mailField(name))
}

func mailField(name string) bool {
	switch strings.ToLower(name) {
	case "message-id", "mime-version", "content-type", "content-transfer-encoding", "content-language", "in-reply-to",
		"return-path", "delivered-to", "dkim-signature", "authentication-results", "received-spf", "user-agent",
		"list-unsubscribe", "list-id", "errors-to", "resent-from", "resent-to", "resent-date", "thread-topic", "thread-index",
		"arc-seal", "arc-message-signature", "arc-authentication-results", "feedback-id", "auto-submitted":
		return true
	}
	return false
}

// lang gives the language of a header: the one that most labels are in, of
// those that the sender's label is in, as Gmail translates no other. Where the
// labels are English, the mark may still tell.
func (b *block) lang(mark string) string {
	best, n := "", 0
	for i, v := range b.votes {
		if b.sender != 0 && b.sender&(1<<i) == 0 {
			continue
		}
		name := languages[i].lang
		switch {
		case v > n, v == n && name == mark, v == n && best != mark && i < langIndex(best):
			best, n = name, v
		}
	}
	if best == "" || best == "en" && mark != "" {
		return mark
	}
	return best
}

func langIndex(name string) int {
	for i := range languages {
		if languages[i].lang == name {
			return i
		}
	}
	return len(languages)
}
