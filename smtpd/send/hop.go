package send

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// hop is one SMTP server, and how it is talked to.
type hop struct {
	addr     string // host:port
	hostname string // our name, for EHLO
	policy   TLSPolicy
	tls      *tls.Config // what makes a certificate good; not looked at for an opportunistic policy
	user     string      // empty: no AUTH
	password string
	timeouts Timeouts // none zero
	dial     func(ctx context.Context, network, addr string) (net.Conn, error)
}

// send delivers one message within ctx.
func (h *hop) send(ctx context.Context, m Message) error {
	err := h.attempt(ctx, h.policy, m)
	if errors.Is(err, ErrTLS) && h.policy == TLSOpportunistic {
		// RFC 7435 section 3: no TLS at all is what there was without it. The
		// message was not offered yet, so this cannot deliver twice.
		err = h.attempt(ctx, TLSNone, m)
	}
	return err
}

func (h *hop) attempt(ctx context.Context, p TLSPolicy, m Message) error {
	w, err := h.connect(ctx)
	if err != nil {
		return err
	}
	defer w.Conn.Close()
	defer w.watch(ctx)()
	err = h.deliver(ctx, w, p, m)
	if err != nil && ctx.Err() != nil {
		// The closed connection's own error would hide why it was closed.
		return fmt.Errorf("sending to %s: %w", h.addr, errors.Join(ctx.Err(), err))
	}
	return err
}

func (h *hop) connect(ctx context.Context) (*wire, error) {
	dial := h.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	cctx, cancel := context.WithTimeout(ctx, h.timeouts.Connect)
	defer cancel()
	conn, err := dial(cctx, "tcp", h.addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", h.addr, err)
	}
	return &wire{Conn: conn, readTimeout: h.timeouts.Command, writeTimeout: h.timeouts.Write, left: MaxReply}, nil
}

func (h *hop) deliver(ctx context.Context, w *wire, p TLSPolicy, m Message) error {
	conn, err := h.secure(ctx, w, p)
	if err != nil {
		return err
	}
	_, secure := conn.(*tls.Conn)
	// The greeting is behind us, so the library gets a made one; it says EHLO
	// (again, or after TLS for the first time: RFC 3207 section 4.2).
	c := smtp.NewClient(&greeted{Conn: conn, head: "220 go on\r\n"})
	if err := c.Hello(h.hostname); err != nil {
		return wrap(stageEHLO, err)
	}
	if h.user != "" {
		if err := h.login(c, secure); err != nil {
			return err
		}
	}
	if err := h.transact(c, w, m); err != nil {
		return err
	}
	// The message is the other side's now: how it takes QUIT changes nothing.
	w.readTimeout = time.Second
	c.Quit()
	return nil
}

// secure reads the greeting and gives the connection on which the mail
// transaction is to run, with TLS on it as the policy asks. This part is not
// left to the library: its NewClientStartTLS always says "EHLO localhost".
func (h *hop) secure(ctx context.Context, w *wire, policy TLSPolicy) (net.Conn, error) {
	if policy == TLSImplicit {
		conn, err := h.handshake(ctx, w)
		if err != nil {
			return nil, err
		}
		return conn, expect(conn, stageConnect, 220)
	}
	if err := expect(w, stageConnect, 220); err != nil {
		return nil, err
	}
	if policy == TLSNone {
		return w, nil
	}
	offered, err := h.offersTLS(w)
	if err != nil {
		return nil, err
	}
	if !offered {
		if policy == TLSRequired {
			return nil, fmt.Errorf("%s does not offer STARTTLS: %w", h.addr, ErrTLS)
		}
		return w, nil
	}
	if _, err := io.WriteString(w, "STARTTLS\r\n"); err != nil {
		return nil, wrap(stageTLS, err)
	}
	if err := expect(w, stageTLS, 220); err != nil {
		// RFC 3207 section 4: a 454 leaves the session as it was.
		if _, refused := errors.AsType[*Refused](err); refused && policy == TLSOpportunistic {
			return w, nil
		}
		return nil, fmt.Errorf("%w: %w", ErrTLS, err)
	}
	return h.handshake(ctx, w)
}

// offersTLS says EHLO by our own name and looks for STARTTLS. Keywords are
// compared without regard to case (RFC 5321 section 2.4), which the library
// does not do.
func (h *hop) offersTLS(w *wire) (bool, error) {
	if _, err := io.WriteString(w, "EHLO "+h.hostname+"\r\n"); err != nil {
		return false, wrap(stageEHLO, err)
	}
	code, lines, err := readReply(w)
	if err != nil {
		return false, wrap(stageEHLO, err)
	}
	if code != 250 {
		return false, nil // the library will say HELO, and TLS is not to be had
	}
	for _, l := range lines[1:] {
		if keyword, _, _ := strings.Cut(l, " "); strings.EqualFold(keyword, "STARTTLS") {
			return true, nil
		}
	}
	return false, nil
}

func (h *hop) handshake(ctx context.Context, w *wire) (net.Conn, error) {
	cfg := h.tls.Clone()
	if h.policy == TLSOpportunistic {
		// RFC 7435: opportunistic TLS guards against listeners only, and a
		// certificate that does not fit is still better than none. No
		// password is sent over such a connection (see login).
		cfg.InsecureSkipVerify, cfg.VerifyConnection = true, nil
	}
	conn := tls.Client(w, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTLS, err)
	}
	return conn, nil
}

// login authenticates, over checked TLS only.
func (h *hop) login(c *smtp.Client, secure bool) error {
	if p := h.policy; !secure || p != TLSRequired && p != TLSImplicit {
		return fmt.Errorf("%w: no checked TLS to send them over", ErrAuth)
	}
	var mech sasl.Client
	switch {
	case c.SupportsAuth(sasl.Plain):
		mech = sasl.NewPlainClient("", h.user, h.password)
	case c.SupportsAuth(sasl.Login):
		mech = sasl.NewLoginClient(h.user, h.password)
	default:
		return fmt.Errorf("%w: neither PLAIN nor LOGIN is offered", ErrAuth)
	}
	if err := c.Auth(mech); err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, wrap(stageAuth, err))
	}
	return nil
}

// transact runs the mail transaction.
func (h *hop) transact(c *smtp.Client, w *wire, m Message) error {
	if limit, ok := c.MaxMessageSize(); ok && limit > 0 && len(m.Raw) > limit {
		// RFC 1870 section 4: the host would refuse it after all of it was sent.
		return &Refused{Stage: stageMail, Code: 552, Text: fmt.Sprintf("5.3.4 the message has %d octets, the host takes %d", len(m.Raw), limit)}
	}
	if err := c.Mail(m.From, &smtp.MailOptions{Size: int64(len(m.Raw))}); err != nil {
		return wrap(stageMail, err)
	}
	// RFC 3834 section 4: no notice of any kind about an automatic reply.
	rcpt := &smtp.RcptOptions{Notify: []smtp.DSNNotify{smtp.DSNNotifyNever}}
	if err := c.Rcpt(m.To, rcpt); err != nil {
		return wrap(stageRcpt, err)
	}
	data, err := c.Data()
	if err != nil {
		return wrap(stageData, err)
	}
	if _, err := data.Write(m.Raw); err != nil {
		return wrap(stageEnd, err)
	}
	w.readTimeout = h.timeouts.Final
	err = wrap(stageEnd, data.Close())
	if _, said := errors.AsType[*Refused](err); err != nil && !said {
		return fmt.Errorf("%w: %w", errUnanswered, err)
	}
	return err
}

// errUnanswered: all of the message was sent, and what came of it is unknown.
var errUnanswered = errors.New("send: the message was sent and not answered")

// expect reads one reply and wants that code.
func expect(r io.Reader, stage string, want int) error {
	code, lines, err := readReply(r)
	if err != nil {
		return wrap(stage, err)
	}
	if code != want {
		return refusal(stage, code, strings.Join(lines, "\n"))
	}
	return nil
}

// refusal gives *Refused for a 4yz or 5yz, and ErrGarbage for a code that
// has no meaning there.
func refusal(stage string, code int, text string) error {
	if code < 400 || code > 599 {
		return fmt.Errorf("%s: unexpected code %d: %w", stage, code, ErrGarbage)
	}
	return &Refused{Stage: stage, Code: code, Text: cleanText(text)}
}

// wrap names the stage of an error, and makes the library's SMTP errors ours.
func wrap(stage string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		text := e.Message
		if x := e.EnhancedCode; x[0] > 0 {
			text = fmt.Sprintf("%d.%d.%d %s", x[0], x[1], x[2], text)
		}
		return refusal(stage, e.Code, text)
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		err = ErrGarbage
	}
	if errors.Is(err, smtp.ErrTooLongLine) {
		err = ErrReplyTooLong
	}
	return fmt.Errorf("%s: %w", stage, err)
}
