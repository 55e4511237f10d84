package forward

import (
	"strings"

	"reportascam/analyze/eml"
	"reportascam/analyze/files"
)

const (
	// maxPasswords bounds the passwords tried on an entry: each costs about a
	// millisecond on AES.
	maxPasswords = 24

	// maxPasswordText and maxPasswordLines bound how much of a report's text is
	// looked at for passwords.
	maxPasswordText  = 32 << 10
	maxPasswordLines = 200

	// maxPassword is the longest password taken from a text, in bytes.
	maxPassword = 64

	// maxPasswordGap is how far behind the word the password may begin on its
	// line, in bytes: "Password for the attached archive is: x".
	maxPasswordGap = 60
)

// usualPasswords are what analysts and tools lock malware and phishing in.
func usualPasswords() []string {
	return []string{"infected", "malware", "phish", "1234", "phishing", "virus", "password"}
}

// passwords gives the passwords to try on what a message carries, in the order
// of how likely they are: those that its text and subject name, the usual
// ones, then words that stand alone on a line.
func passwords(m *eml.Message) []string {
	text := m.TextBody()
	if strings.TrimSpace(text) == "" {
		text = visible(cut(m.HTMLBody(), 8*maxPasswordText))
	}
	lines := strings.Split(cut(text, maxPasswordText), "\n")
	lines = append([]string{m.Header.Text("Subject")}, lines[:min(len(lines), maxPasswordLines)]...)
	var p passwordList
	words := files.PasswordWords()
	for i, l := range lines {
		for _, after := range behindWord(l, words) {
			if strings.Trim(after, " \t\r:=-–—.") == "" {
				for j := i + 1; j < len(lines) && j <= i+3; j++ {
					if s := strings.TrimFunc(lines[j], ignorable); s != "" {
						after = ": " + s
						break
					}
				}
			}
			p.fromText(after)
		}
	}
	for _, u := range usualPasswords() {
		p.add(u)
	}
	for _, l := range lines[1:] {
		l = strings.TrimFunc(l, ignorable)
		if len(l) >= 3 && !strings.ContainsAny(l, " \t") {
			p.add(l)
			p.add(unquoteWord(l))
		}
	}
	return p.list
}

// behindWord gives what stands behind each word for "password" in a line.
func behindWord(l string, words []string) (out []string) {
	low := strings.ToLower(l)
	if len(low) != len(l) {
		low = l // a letter whose lower case is longer: offsets would not fit
	}
	for _, w := range words {
		for from := 0; len(out) < 4; {
			i := strings.Index(low[from:], w)
			if i < 0 {
				break
			}
			from += i + len(w)
			if i > 0 && letterBefore(low[:from-len(w)]) {
				continue
			}
			out = append(out, l[from:])
		}
	}
	return out
}

// letterBefore tells whether s ends in an ASCII letter: a word of the Latin
// script goes on there. Other scripts write without spaces.
func letterBefore(s string) bool {
	c := s[len(s)-1]
	return c >= 'a' && c <= 'z'
}

// passwordList collects passwords, each once.
type passwordList struct{ list []string }

func (p *passwordList) add(s string) {
	if s == "" || len(s) > maxPassword || len(p.list) >= maxPasswords {
		return
	}
	for _, have := range p.list {
		if have == s {
			return
		}
	}
	p.list = append(p.list, s)
}

// fromText takes the password out of what stands behind the word: what is in
// quotes, or behind a colon, or the next words, each also without the
// punctuation that ends a sentence.
func (p *passwordList) fromText(after string) {
	after = strings.TrimFunc(after, ignorable)
	head := cut(after, maxPasswordGap)
	if i := strings.IndexAny(head, "\"'`“”„«‘’「"); i >= 0 {
		p.add(quotedWord(after[i:]))
	}
	rest := after
	if i := strings.IndexAny(head, ":=："); i >= 0 {
		_, rest, _ = strings.Cut(after, after[i:i+len(firstRune(after[i:]))])
	}
	rest = strings.TrimLeft(strings.TrimFunc(rest, ignorable), "-–—> ")
	words := strings.Fields(cut(rest, 2*maxPassword))
	for len(words) > 1 && fillerWord(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	p.add(words[0])
	p.add(unquoteWord(words[0]))
	p.add(rest)
	p.add(strings.TrimRight(rest, ".,;!)"))
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// fillerWord tells whether a word only leads to the password: "password is x".
func fillerWord(w string) bool {
	switch fold(strings.TrimRight(w, ":=")) {
	case "is", "ist", "lautet", "est", "es", "é", "è", "to", "jest", "je", "är", "er", "on", "–", "-", "=", "the", "for", "zip", "für", "pour":
		return true
	}
	return false
}

// unquoteWord takes quotes, brackets and the end of a sentence off a word.
func unquoteWord(w string) string {
	return strings.Trim(strings.TrimRight(w, ".,;!"), "\"'`“”„«»‘’()[]<>「」")
}

// quotedWord gives what the quote at the start of s encloses.
func quotedWord(s string) string {
	open := firstRune(s)
	rest := s[len(open):]
	if i := strings.IndexAny(rest, "\"'`“”»«‘’」"); i > 0 {
		return rest[:i]
	}
	return ""
}
