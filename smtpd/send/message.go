package send

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Message is one mail on its way out: one recipient, never more.
type Message struct {
	ID   string // the queue's name for it: letters, digits, '-', '_' and '.'; also the outbox file's name
	From string // reverse-path without <>; empty, the null sender, for every reply
	To   string // the one recipient
	Raw  []byte // header and body, CRLF line endings, signed

	Attempts int // that were made before this one
}

// Transport delivers one message. An error is permanent where Permanent says
// so; any other is worth another attempt.
type Transport interface {
	Send(ctx context.Context, m Message) error
}

// Errors of a message that no attempt can deliver.
var (
	// ErrAddress is returned for a recipient or sender that is not a plain
	// dot-atom at a plain domain.
	ErrAddress = errors.New("send: address is not a plain mailbox")
	// ErrID is returned for an ID that is not safe as a file name.
	ErrID = errors.New("send: ID is not a plain name")
	// ErrMessage is returned for bytes that SMTP cannot carry as they are.
	ErrMessage = errors.New("send: message is not plain CRLF text")
	// ErrNoDomain is returned for a domain that does not exist, or that has no
	// host for its mail (RFC 5321 section 5.1).
	ErrNoDomain = errors.New("send: the domain takes no mail: it has no mail host")
	// ErrNullMX is returned for a domain that says that it takes no mail (RFC
	// 7505).
	ErrNullMX = errors.New("send: the domain says that it takes no mail (null MX)")
	// ErrLoop is returned for a domain whose best mail host is ourselves.
	ErrLoop = errors.New("send: the domain's mail host is this one")
)

// Errors of an attempt. They are temporary: the operator or the other side
// can put them right.
var (
	// ErrTLS is returned when TLS is required and could not be had.
	ErrTLS = errors.New("send: no TLS with the other host")
	// ErrAuth is returned when the smart host does not take the credentials,
	// or offers no mechanism that we speak.
	ErrAuth = errors.New("send: smart host did not accept the credentials")
	// ErrReplyTooLong is returned when a reply has no end within MaxReply.
	ErrReplyTooLong = errors.New("send: reply of the other host is too long")
	// ErrGarbage is returned when what the other host said is not SMTP.
	ErrGarbage = errors.New("send: other host does not speak SMTP")
	// ErrDNS is returned when the DNS could not tell where a domain takes mail.
	ErrDNS = errors.New("send: the DNS cannot tell where the mail goes")
	// ErrPolicy is returned when no mail host of a domain is what the domain's
	// MTA-STS policy or its TLSA records ask for.
	ErrPolicy = errors.New("send: no mail host as the domain's policy asks")
	// ErrPrivate is returned when a domain's mail hosts have no address on the
	// Internet.
	ErrPrivate = errors.New("send: no public address")
)

// Refused is a 4yz or 5yz reply of the other host.
type Refused struct {
	Stage string // the command that was refused: connect, ehlo, mail, rcpt, data, end-of-data
	Code  int    // 400..599
	Text  string // cleaned: one line of printable ASCII, bounded
}

func (r *Refused) Error() string {
	return fmt.Sprintf("send: %s refused: %d %s", r.Stage, r.Code, r.Text)
}

// Permanent tells whether another attempt is useless. RFC 5321 section
// 4.2.1: 5yz is permanent. But a 5yz before MAIL is about us, not about the
// message (a blocked client, a wrong password): the operator can cure it, so
// the message is kept.
func Permanent(err error) bool {
	for _, final := range []error{ErrAddress, ErrID, ErrMessage, ErrNoDomain, ErrNullMX, ErrLoop} {
		if errors.Is(err, final) {
			return true
		}
	}
	r, ok := errors.AsType[*Refused](err)
	if !ok || r.Code < 500 {
		return false
	}
	switch r.Stage {
	case stageMail, stageRcpt, stageData, stageEnd:
		return true
	}
	return false
}

// The stages of a delivery, as they stand in Refused.
const (
	stageConnect = "connect"
	stageEHLO    = "ehlo"
	stageTLS     = "starttls"
	stageAuth    = "auth"
	stageMail    = "mail"
	stageRcpt    = "rcpt"
	stageData    = "data"
	stageEnd     = "end-of-data"
)

// Limits of RFC 5321 section 4.5.3.1.
const (
	maxLocal  = 64
	maxDomain = 253 // RFC 1035 section 2.3.4, without the root
	maxIDLen  = 128 // a file name has 255 octets, with room for prefix and suffix
)

// CheckAddress gives ErrAddress for anything but a dot-atom local part at a
// domain of letters, digits and hyphens. Quoted local parts are legal, and
// are refused nonetheless: no reporter needs one, and the client library
// writes them unquoted into the command.
func CheckAddress(addr string) error {
	local, domain, ok := strings.Cut(addr, "@")
	if !ok || len(local) > maxLocal || len(domain) > maxDomain || !dotAtom(local, isAtext) || !dotAtom(domain, isLDH) {
		return ErrAddress
	}
	for label := range strings.SplitSeq(domain, ".") {
		if len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return ErrAddress
		}
	}
	return nil
}

// dotAtom tells whether s is one or more runs of ok octets with single dots
// between them (RFC 5322 section 3.2.3).
func dotAtom(s string, ok func(byte) bool) bool {
	prev := byte('.')
	for i := range len(s) {
		if s[i] == '.' && prev == '.' || s[i] != '.' && !ok(s[i]) {
			return false
		}
		prev = s[i]
	}
	return prev != '.'
}

func isAtext(c byte) bool {
	return isLDH(c) || strings.IndexByte("!#$%&'*+/=?^_`{|}~", c) >= 0
}

func isLDH(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

// checkID gives ErrID for anything that could leave the outbox folder or
// hide in it.
func checkID(id string) error {
	if id == "" || len(id) > maxIDLen || id[0] == '.' {
		return ErrID
	}
	for i := range len(id) {
		if c := id[i]; !isLDH(c) && c != '_' && c != '.' {
			return ErrID
		}
	}
	return nil
}

// maxLine is RFC 5321 section 4.5.3.1.6 without the CRLF.
const maxLine = 998

// checkRaw gives ErrMessage for bytes that a hop would have to change, which
// would break the signature or, worse, end the message early: bare CR or LF,
// NUL, lines over 998 octets, 8-bit octets, no final line ending.
func checkRaw(raw []byte) error {
	line := 0
	for i, c := range raw {
		switch {
		case c == '\n':
			if i == 0 || raw[i-1] != '\r' {
				return ErrMessage
			}
			line = 0
			continue
		case i > 0 && raw[i-1] == '\r', c == 0, c >= 0x80:
			return ErrMessage
		}
		if line++; line > maxLine+1 { // the CR counts here
			return ErrMessage
		}
	}
	if len(raw) < 2 || raw[len(raw)-1] != '\n' {
		return ErrMessage
	}
	return nil
}

// check looks at all of a message before any octet of it goes out.
func (m Message) check() error {
	if err := CheckAddress(m.To); err != nil {
		return err
	}
	if m.From != "" {
		if err := CheckAddress(m.From); err != nil {
			return err
		}
	}
	return checkRaw(m.Raw)
}

// maxText bounds what of a refusal is kept.
const maxText = 200

// cleanText makes the other side's words safe for a log and a terminal.
func cleanText(s string) string {
	b := make([]byte, 0, min(len(s), maxText))
	for i := 0; i < len(s) && len(b) < maxText; i++ {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7f:
			b = append(b, c)
		case c == '\n':
			b = append(b, ' ')
		default:
			b = append(b, '?')
		}
	}
	return string(b)
}
