package analyze

import (
	"encoding/json"
	"net/netip"
	"time"
)

// ID names a report. IDs sort by the time of their making.
type ID string

// Envelope is what the SMTP session said about a report (RFC 5321). Only
// ClientIP is beyond the sender's control.
type Envelope struct {
	ClientIP netip.Addr `json:"client_ip"`          // the connecting host, after PROXY where trusted
	Helo     string     `json:"helo"`               // as given, may be anything
	MailFrom string     `json:"mail_from"`          // reverse-path without <>; empty is the null sender
	RcptTo   []string   `json:"rcpt_to"`            // forward-paths, without <>
	TLS      string     `json:"tls,omitempty"`      // protocol version, empty when in clear
	UTF8     bool       `json:"utf8,omitempty"`     // SMTPUTF8 was asked for
	Body     string     `json:"body,omitempty"`     // 7BIT, 8BITMIME or BINARYMIME, as declared
	Trusted  bool       `json:"trusted,omitempty"`  // ClientIP is in trusted_networks
	Hostname string     `json:"hostname,omitempty"` // our own name in that session
}

// Report is one message as it arrived, byte for byte.
type Report struct {
	ID       ID        `json:"id"`
	At       time.Time `json:"at"` // receipt, UTC
	Envelope Envelope  `json:"envelope"`
	Raw      []byte    `json:"-"` // never edited
}

// How says how an original came inside its report.
type How string

// The ways in which an original comes.
const (
	HowAttached   How = "attached"   // message/rfc822 or an .eml file
	HowOutlook    How = "outlook"    // .msg
	HowTNEF       How = "tnef"       // winmail.dat
	HowArchive    How = "archive"    // inside a zip
	HowARF        How = "arf"        // RFC 5965 feedback report
	HowInline     How = "inline"     // quoted in the body by the reporter's client
	HowRedirected How = "redirected" // the report itself, resent (RFC 5322 section 3.6.6)
	HowPasted     How = "pasted"     // text, a link or a number without any message around it
	HowDirect     How = "direct"     // the message itself (relay mode, or a file given as an original)
)

// Grade says what of an original can be verified.
type Grade string

// The grades, best first.
const (
	GradeFull    Grade = "full"    // the bytes as they were delivered
	GradeHeaders Grade = "headers" // the header as delivered, the body rebuilt
	GradeText    Grade = "text"    // only what a client quoted
)

// Mailbox is one address with its display name, both as the message has them
// (decoded, never unescaped for display). An absent name is null in JSON.
type Mailbox struct {
	Name    string
	Address string
}

type mailboxJSON struct {
	Name    *string `json:"name"`
	Address *string `json:"address"`
}

// MarshalJSON writes what is absent as null.
func (m Mailbox) MarshalJSON() ([]byte, error) {
	var j mailboxJSON
	if m.Name != "" {
		j.Name = &m.Name
	}
	if m.Address != "" {
		j.Address = &m.Address
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Mailbox) UnmarshalJSON(b []byte) error {
	var j mailboxJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*m = Mailbox{}
	if j.Name != nil {
		m.Name = *j.Name
	}
	if j.Address != nil {
		m.Address = *j.Address
	}
	return nil
}

// Attachment is one file of an original, decoded. Content is bounded by the
// walker's limits and is never written outside the report.
type Attachment struct {
	Name       string   `json:"name"`
	OtherNames []string `json:"other_names,omitempty"` // that some programs would show instead
	MediaType  string   `json:"media_type"`            // as claimed, lower case
	Size       int      `json:"size"`                  // decoded octets
	SHA256     string   `json:"sha256"`                // hex, of the decoded octets
	Content    []byte   `json:"-"`
}

// Original is one suspicious message found inside a report. For GradeText the
// Raw bytes are empty and the fields are what the client quoted.
type Original struct {
	How     How
	Grade   Grade
	Client  string // the program that made the forward, e.g. "gmail", "outlook"; empty when not known
	Lang    string // the language the forward was made in, a BCP 47 tag; empty when not known
	Raw     []byte // the message, header and body, as far as the forward kept it
	From    []Mailbox
	To      []Mailbox
	Cc      []Mailbox
	ReplyTo []Mailbox
	Subject string // decoded
	Date    string // as written
	Text    string // the text part, or the text of the HTML part where there is no other
	HTML    string // the HTML part as written, decoded to UTF-8
	Page    *Page  `json:"-"` // what a reader sees of HTML, where it was read already; nil: not yet

	Attachments []Attachment
	Lost        []string // what the forward destroyed, in words
	Defects     []string // what was malformed, in words
	Chain       []string // how it was nested, outermost first
	Redact      []string // the reporter's own addresses
}
