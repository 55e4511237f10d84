package relay

import (
	"context"
	"fmt"
	"strings"
)

// ErrRefused is returned, wrapped with its words, when the next hop refuses a
// message for good or for now.
type ErrRefused struct{ Code int }

func (e ErrRefused) Error() string { return fmt.Sprintf("the next hop answers %d", e.Code) }

// Deliver hands one message to the next hop for one recipient. It is
// delivered when nil is returned; after ErrRefused it is not; after any other error it
// may have been.
func (s *Server) Deliver(ctx context.Context, from, rcpt string, utf8 bool, raw []byte) error {
	if strings.ContainsAny(from+rcpt, "\r\n\x00") {
		return fmt.Errorf("%w: an address with a line end", ErrConfig)
	}
	h, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.hello(s.Hostname); err != nil {
		return err
	}
	mail := "MAIL FROM:<" + from + ">"
	if _, ok := h.ext["8BITMIME"]; ok {
		mail += " BODY=8BITMIME"
	}
	if utf8 {
		mail += " SMTPUTF8"
	}
	for _, line := range []string{mail, "RCPT TO:<" + rcpt + ">"} {
		r, err := h.ask(line)
		if err != nil {
			return err
		}
		if !r.ok() {
			return refusedBy(r)
		}
	}
	x := &session{s: s, hop: h}
	replies, err := x.pass(raw, 1)
	if err != nil {
		return err
	}
	if !replies[0].ok() {
		return refusedBy(replies[0])
	}
	_ = h.send("QUIT") // it has the message
	return nil
}

func refusedBy(r reply) error {
	return fmt.Errorf("%w: %s", ErrRefused{r.code}, strings.Join(r.lines, " "))
}
