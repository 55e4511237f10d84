package forward

import (
	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// unpacker opens the files of one message that may hold messages.
type unpacker struct {
	host  *eml.Message
	more  bool
	notes []string
}

// unpack gives the messages that a file holds, at most max; none if it is no
// container, or holds none: then it is a file like any other.
func (u *unpacker) unpack(p *eml.Part, max int) []embedded {
	return nil
}

// original gives an embedded message as an original.
func (e *embedded) original() analyze.Original {
	how := e.how
	if how == "" {
		how = analyze.HowAttached
	}
	return fromMessage(e.msg, how)
}
