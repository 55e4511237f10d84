package smtpd

import (
	"context"
	"errors"
	"io"

	"github.com/emersion/go-smtp"
)

// Replies of our own. What goes back to go-smtp is exactly a *smtp.SMTPError,
// never wrapped: it makes any other error a permanent 554 with its text.
var (
	errNested  = &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "A message is already on its way, RSET first"}
	errRate    = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Too many messages from your network, try again later"}
	errUnknown = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	errStore   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Cannot take mail at this moment, try again later"}
)

// session is what go-smtp calls, from the gate's goroutine.
type session struct{ g *gate }

// Reset forgets the message.
func (s *session) Reset() {
	if !s.g.detached {
		s.g.c.tx.end(s.g.c.srv)
	}
}

// Logout has nothing to do: the gate's Close does it.
func (s *session) Logout() error { return nil }

// Mail begins a message.
func (s *session) Mail(from string, opts *smtp.MailOptions) (err error) {
	defer s.guard(&err)
	c := s.g.c
	if c.tx.open {
		return errNested
	}
	if from != "" {
		if e := checkPath(from, opts.UTF8, senderPath); e != nil {
			return e
		}
	}
	if !c.trusted && !c.srv.rate.take(c.remote.Addr()) {
		c.srv.refuse("rate", "client", c.remote)
		return errRate
	}
	c.tx = transaction{open: true, from: from, utf8: opts.UTF8, body: string(opts.Body), size: opts.Size}
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) (err error) {
	defer s.guard(&err)
	c := s.g.c
	if c.tx.chunk {
		return errNested
	}
	if e := checkPath(to, c.tx.utf8, recipientPath); e != nil {
		return e
	}
	if !c.srv.boxes.accepts(to) {
		c.srv.refuse("recipient", "client", c.remote, "from", quote(c.tx.from), "to", quote(to))
		return errUnknown
	}
	c.tx.rcpt = append(c.tx.rcpt, to)
	return nil
}

// Data takes the message, not from go-smtp's reader, and hands it over. It is
// never called by go-smtp's BDAT, which would do so from another goroutine.
func (s *session) Data(io.Reader) (err error) {
	defer s.guard(&err)
	c := s.g.c
	s.g.terminate = true
	if e := c.receive(); e != nil {
		c.srv.refuse("message", "client", c.remote, "from", quote(c.tx.from), "error", e.Message)
		return e
	}
	return c.deliver()
}

// deliver hands the message to the Handler. Its error is the reply: 250 too.
func (c *client) deliver() *smtp.SMTPError {
	srv := c.srv
	env, raw := c.envelope(), c.tx.buf
	ctx, cancel := context.WithTimeout(c.run.accept, srv.limits.Accept)
	defer cancel()
	id, err := srv.handler.Accept(ctx, env, raw)
	if err != nil {
		srv.refused.Add(1)
		srv.log.Error("refused", "reason", "not stored", "client", c.remote, "from", quote(env.MailFrom), "error", quote(err.Error()))
		return refusal(err)
	}
	srv.accepted.Add(1)
	srv.log.Info("accepted", "id", quote(id), "client", c.remote, "helo", quote(env.Helo), "from", quote(env.MailFrom),
		"to", quote(env.RcptTo[0]), "recipients", len(env.RcptTo), "size", env.Size, "tls", env.TLS)
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "Accepted as " + traceName(id)}
}

// refusal gives the reply for a Handler's error: the one that the Handler
// names, where it is a refusal, else the general 451.
func refusal(err error) *smtp.SMTPError {
	e, ok := errors.AsType[*smtp.SMTPError](err)
	if !ok || e.Code < 400 || e.Code > 599 {
		return errStore
	}
	return &smtp.SMTPError{Code: e.Code, EnhancedCode: e.EnhancedCode, Message: e.Message}
}

func (c *client) envelope() Envelope {
	t := &c.tx
	return Envelope{
		ClientAddr: c.remote, LocalAddr: c.local, Helo: c.helo,
		MailFrom: t.from, RcptTo: t.rcpt, TLS: c.version, Protocol: c.protocol(),
		UTF8: t.utf8, Body: t.body, Hostname: c.srv.host, At: c.srv.now().UTC(),
		Trusted: c.trusted, Size: int64(len(t.buf)),
	}
}

// protocol gives the word for the trace (RFC 3848, RFC 6531 section 4.3).
func (c *client) protocol() string {
	p := "SMTP"
	switch {
	case c.tx.utf8:
		p = "UTF8SMTP"
	case c.extended:
		p = "ESMTP"
	}
	if c.version != "" && p != "SMTP" {
		p += "S"
	}
	return p
}

// guard turns a panic of ours, or of the Handler, into a 451 and the end of
// the session.
func (s *session) guard(err *error) {
	if p := recover(); p != nil {
		s.g.c.srv.panicked(p)
		s.g.c.gone = true
		*err = errStore
	}
}
