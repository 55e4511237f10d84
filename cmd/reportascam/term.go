package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/term"

	"reportascam/analyze"
)

// maxShown is how many runes of one value of a message are shown on a line.
const maxShown = 200

// clean makes hostile text safe for a terminal: one line, without control,
// format, bidi or private characters, bounded.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case r == '\n', r == '\t', r == '\r', unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r):
			r = '\uFFFD'
		}
		if n++; n > maxShown {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// paint writes to a terminal in colour, and elsewhere plain.
type paint struct{ on bool }

// newPaint finds out whether w is a terminal and colour is wanted.
func newPaint(w io.Writer, environ []string) paint {
	f, ok := w.(*os.File)
	noColor := slices.ContainsFunc(environ, func(kv string) bool {
		name, value, _ := strings.Cut(kv, "=")
		return name == "NO_COLOR" && value != "" || kv == "TERM=dumb"
	})
	return paint{on: ok && !noColor && term.IsTerminal(int(f.Fd()))}
}

func (p paint) wrap(code, s string) string {
	if !p.on {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string { return p.wrap("1", s) }
func (p paint) dim(s string) string  { return p.wrap("2", s) }

// level writes a verdict's word, in upper case where it is bad.
func (p paint) level(l analyze.Level) string {
	switch l {
	case analyze.Scam:
		return p.wrap("1;31", "SCAM")
	case analyze.Suspicious:
		return p.wrap("1;33", "SUSPICIOUS")
	case analyze.Authentic:
		return p.wrap("1;32", "authentic")
	case analyze.Unclear:
		return p.wrap("1", "unclear")
	}
	return clean(string(l))
}

// mailbox writes an address for people.
func mailbox(list []analyze.Mailbox) string {
	if len(list) == 0 {
		return "(no sender)"
	}
	m := list[0]
	switch {
	case m.Name == "":
		return clean(m.Address)
	case m.Address == "":
		return clean(m.Name)
	}
	return fmt.Sprintf("%s <%s>", clean(m.Name), clean(m.Address))
}

// jsonLine writes v as one line of JSON. Characters that a terminal could act
// on (C1, bidi) are escaped; those below space always are in JSON.
func jsonLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	var out strings.Builder
	out.Grow(len(b) + 1)
	for _, r := range string(b) {
		if r > 0x7e && !unicode.IsPrint(r) {
			if r > 0xffff {
				r -= 0x10000
				fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
			} else {
				fmt.Fprintf(&out, `\u%04x`, r)
			}
			continue
		}
		if r == 0x7f {
			out.WriteString(`\u007f`)
			continue
		}
		out.WriteRune(r)
	}
	out.WriteByte('\n')
	_, err = io.WriteString(w, out.String())
	return err
}
