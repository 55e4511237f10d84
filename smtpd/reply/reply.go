package reply

import (
	"io"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// Outer is a report as far as the answer needs it.
type Outer struct {
	Report    *analyze.Report
	Header    eml.Header         // of the outer message
	Reporter  analyze.Reporter   // with Auth, of the outer message
	Originals []analyze.Original // what was found in it; only How is read
}

// Signer signs the finished message.
type Signer interface {
	Sign(raw []byte) ([]byte, error)
}

// Brand is what the operator's registry says of a brand. HelpPage is the
// only kind of link in an answer.
type Brand struct {
	Name     string
	HelpPage string // https URL, or empty
	ReportTo string // the brand's own address for reports, or empty
}

// Config is the desk's side of an answer.
type Config struct {
	From      string                         // the desk's address, read by a person
	Name      string                         // its display name
	Hostname  string                         // the right side of Message-ID
	Addresses analyze.Mailboxes              // all addresses at which reports come in; never answered
	Lang      string                         // the language for a reporter whose own is not known; empty is "en"
	Country   string                         // where most reporters live, ISO 3166-1 alpha-2; may be empty
	Look      Look                           // colours and logo; the zero value is ours
	Now       func() time.Time               // nil: time.Now
	Rand      io.Reader                      // for Message-ID and boundary; nil: crypto/rand
	Signer    Signer                         // nil: not signed
	Brand     func(key string) (Brand, bool) // nil: no brand is known

	Catalogues *Catalogues // the words; nil: those that ship
}

// Message is an answer, ready to be queued.
type Message struct {
	From string // the reverse-path: empty, the null sender (RFC 3834 section 3.3)
	To   string // the one recipient
	Raw  []byte // header and body, CRLF line endings, ASCII only
}

func (c Config) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}
