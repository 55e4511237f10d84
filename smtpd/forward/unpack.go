package forward

import (
	"fmt"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// maxNotes bounds what is said of files that could not be opened.
const maxNotes = 20

// unpacker opens the files of one message that may hold messages.
type unpacker struct {
	host  *eml.Message
	more  bool
	notes []string
	keys  []string // the passwords to try; nil until one is needed
	*budget
}

// budget is what opening files may cost for one report, in all its messages
// together.
type budget struct {
	report *eml.Message // its note may name the password of an archive further in
	spent  int          // octets decompressed and decrypted
	tried  int          // passwords
}

// file is a file of a message or of an archive.
type file struct {
	name    string // lower case, no path
	content []byte
	signed  bool // its type says that it is signed or encrypted
	mailbox bool // its type says that it is a mailbox
	part    *eml.Part
}

func (u *unpacker) note(format string, args ...any) {
	if len(u.notes) < maxNotes {
		u.notes = append(u.notes, fmt.Sprintf(format, args...))
	}
}

// unpack gives the messages that a file holds, at most max; none if it is no
// container, or holds none: then it is a file like any other.
func (u *unpacker) unpack(p *eml.Part, max int) []embedded {
	if len(p.Children) > 0 || p.Message != nil || strings.HasPrefix(p.MediaType, "multipart/") {
		return nil
	}
	f := file{name: strings.ToLower(strings.TrimRight(p.Filename, " .")), part: p, signed: signedType(p.MediaType)}
	switch {
	case p.MediaType == "application/mbox", p.MediaType == "application/x-mbox":
		f.mailbox = true
	case p == u.host.Root && f.name == "" && strings.HasPrefix(p.MediaType, "text/"),
		p.MediaType == "text/html", p.Disposition != "attachment" && f.name == "" && p.MediaType == "text/plain",
		strings.HasPrefix(p.MediaType, "image/"):
		return nil // the text itself, and pictures
	}
	f.content = p.Decoded()
	out := u.container(f, 0, max)
	for i := range out {
		out[i].part = p
	}
	return out
}

// container gives the messages in a file that is a mailbox, an archive or a
// signed message.
func (u *unpacker) container(f file, depth, max int) []embedded {
	switch {
	case itemFile(f):
		return u.itemMessages(f, depth, max)
	case isZip(f.content):
		if depth >= maxArchiveDepth {
			u.note("archive: is in too many others")
			return nil
		}
		return u.zipMessages(f.content, depth, max)
	case f.signed || strings.HasSuffix(f.name, ".p7m"):
		return u.signedMessages(f, max)
	case f.mailbox || mboxStart(trimBlank(f.content), 0) == 0:
		var out []embedded
		list, more := splitMbox(trimBlank(f.content), max)
		u.more = u.more || more
		for _, raw := range list {
			out = append(out, embedded{msg: eml.Parse(raw)})
		}
		return out
	}
	return nil
}

// fromFile gives the messages that a file of an archive is or holds.
func (u *unpacker) fromFile(f file, depth, max int) []embedded {
	if out := u.container(f, depth, max); len(out) > 0 {
		return out
	}
	need := 3
	if strings.HasSuffix(f.name, ".eml") || strings.HasSuffix(f.name, ".emlx") || strings.HasSuffix(f.name, ".msg") {
		need = 1
	}
	if messageFields(f.content) < need {
		return nil
	}
	return []embedded{{msg: eml.Parse(trimMessage(f.content))}}
}

// trimBlank drops what some programs put before a file's text.
func trimBlank(b []byte) []byte {
	for len(b) > 0 && (b[0] == '\r' || b[0] == '\n' || b[0] == ' ') {
		b = b[1:]
	}
	if len(b) >= 3 && string(b[:3]) == "\xEF\xBB\xBF" {
		b = b[3:]
	}
	return b
}

// original gives an embedded message as an original.
func (e *embedded) original() analyze.Original {
	how := e.how
	if how == "" {
		how = analyze.HowAttached
	}
	if e.item != nil {
		return fromItem(e.item, how)
	}
	return fromMessage(e.msg, how)
}
