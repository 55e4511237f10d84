package send

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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

// TLSPolicy says how much TLS the smart host must give.
type TLSPolicy string

// The policies.
const (
	TLSNone          TLSPolicy = "none"          // never asked for
	TLSOpportunistic TLSPolicy = "opportunistic" // taken when offered, certificate not checked (RFC 7435)
	TLSRequired      TLSPolicy = "required"      // STARTTLS with a checked certificate, or nothing is sent
	TLSImplicit      TLSPolicy = "implicit"      // TLS from the first octet, certificate checked (RFC 8314 section 3.3)
)

// Timeouts bound the steps of one delivery. A zero field takes its default.
type Timeouts struct {
	Connect time.Duration // 30 s: the TCP connection
	Command time.Duration // 5 min: the greeting and each reply (RFC 5321 section 4.5.3.2.1 to 4.5.3.2.3)
	Write   time.Duration // 3 min: each block written (section 4.5.3.2.5)
	Final   time.Duration // 10 min: the reply to the final dot (section 4.5.3.2.6)
	Total   time.Duration // 20 min: all of it, shorter than the queue's lease
}

// The defaults of Timeouts.
const (
	DefaultConnect = 30 * time.Second
	DefaultCommand = 5 * time.Minute
	DefaultWrite   = 3 * time.Minute
	DefaultFinal   = 10 * time.Minute
	DefaultTotal   = 20 * time.Minute
)

func (t Timeouts) withDefaults() Timeouts {
	set := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	set(&t.Connect, DefaultConnect)
	set(&t.Command, DefaultCommand)
	set(&t.Write, DefaultWrite)
	set(&t.Final, DefaultFinal)
	set(&t.Total, DefaultTotal)
	return t
}

// SmartHost is the transport that hands each message to one SMTP server. It
// is safe for concurrent use; each message has a connection of its own.
type SmartHost struct {
	Addr     string    // host:port
	Hostname string    // our name, for EHLO
	TLS      TLSPolicy // empty: required when there is a User, else opportunistic
	User     string    // empty: no AUTH
	Password string
	CA       *x509.CertPool // nil: the system's
	Timeouts Timeouts

	// Dial opens the connection; nil is a plain TCP dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Check says what of the configuration cannot work.
func (s *SmartHost) Check() error {
	if _, _, err := net.SplitHostPort(s.Addr); err != nil {
		return fmt.Errorf("smart host address %q: %w", s.Addr, err)
	}
	if !dotAtom(s.Hostname, isLDH) {
		return fmt.Errorf("host name %q: %w", s.Hostname, ErrAddress)
	}
	switch s.policy() {
	case TLSRequired, TLSImplicit, TLSOpportunistic:
	case TLSNone:
		if s.User != "" {
			return fmt.Errorf("smart host %s: a password is sent over TLS only: %w", s.Addr, ErrTLS)
		}
	default:
		return fmt.Errorf("smart host TLS policy %q is not one of none, opportunistic, required, implicit", s.TLS)
	}
	return nil
}

func (s *SmartHost) policy() TLSPolicy {
	switch {
	case s.TLS != "":
		return s.TLS
	case s.User != "":
		return TLSRequired
	}
	return TLSOpportunistic
}

// Send delivers one message within Timeouts.Total. Its errors are *Refused
// for what the smart host refused, and those of this package and of net for
// all else.
func (s *SmartHost) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := s.Check(); err != nil {
		return err
	}
	t := s.Timeouts.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, t.Total)
	defer cancel()
	err := s.attempt(ctx, s.policy(), t, m)
	if errors.Is(err, ErrTLS) && s.policy() == TLSOpportunistic {
		// RFC 7435 section 3: no TLS at all is what there was without it. The
		// message was not offered yet, so this cannot deliver twice.
		err = s.attempt(ctx, TLSNone, t, m)
	}
	return err
}

func (s *SmartHost) attempt(ctx context.Context, p TLSPolicy, t Timeouts, m Message) error {
	w, err := s.connect(ctx, t)
	if err != nil {
		return err
	}
	defer w.Conn.Close()
	defer w.watch(ctx)()
	err = s.deliver(ctx, w, p, t, m)
	if err != nil && ctx.Err() != nil {
		// The closed connection's own error would hide why it was closed.
		return fmt.Errorf("sending to %s: %w", s.Addr, errors.Join(ctx.Err(), err))
	}
	return err
}

func (s *SmartHost) connect(ctx context.Context, t Timeouts) (*wire, error) {
	dial := s.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	cctx, cancel := context.WithTimeout(ctx, t.Connect)
	defer cancel()
	conn, err := dial(cctx, "tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", s.Addr, err)
	}
	return &wire{Conn: conn, readTimeout: t.Command, writeTimeout: t.Write, left: MaxReply}, nil
}

func (s *SmartHost) deliver(ctx context.Context, w *wire, p TLSPolicy, t Timeouts, m Message) error {
	conn, err := s.secure(ctx, w, p)
	if err != nil {
		return err
	}
	_, secure := conn.(*tls.Conn)
	// The greeting is behind us, so the library gets a made one; it says EHLO
	// (again, or after TLS for the first time: RFC 3207 section 4.2).
	c := smtp.NewClient(&greeted{Conn: conn, head: "220 go on\r\n"})
	if err := c.Hello(s.Hostname); err != nil {
		return wrap(stageEHLO, err)
	}
	if s.User != "" {
		if err := s.login(c, secure); err != nil {
			return err
		}
	}
	if err := s.transact(c, w, t, m); err != nil {
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
func (s *SmartHost) secure(ctx context.Context, w *wire, policy TLSPolicy) (net.Conn, error) {
	if policy == TLSImplicit {
		conn, err := s.handshake(ctx, w)
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
	offered, err := s.offersTLS(w)
	if err != nil {
		return nil, err
	}
	if !offered {
		if policy == TLSRequired {
			return nil, fmt.Errorf("%s does not offer STARTTLS: %w", s.Addr, ErrTLS)
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
	return s.handshake(ctx, w)
}

// offersTLS says EHLO by our own name and looks for STARTTLS. Keywords are
// compared without regard to case (RFC 5321 section 2.4), which the library
// does not do.
func (s *SmartHost) offersTLS(w *wire) (bool, error) {
	if _, err := io.WriteString(w, "EHLO "+s.Hostname+"\r\n"); err != nil {
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

func (s *SmartHost) handshake(ctx context.Context, w *wire) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(s.Addr)
	conn := tls.Client(w, &tls.Config{
		ServerName: host,
		RootCAs:    s.CA,
		MinVersion: tls.VersionTLS12,
		// RFC 7435: opportunistic TLS guards against listeners only, and a
		// certificate that does not fit is still better than none. No
		// password is sent over such a connection (see login).
		InsecureSkipVerify: s.policy() == TLSOpportunistic,
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTLS, err)
	}
	return conn, nil
}

// login authenticates, over checked TLS only.
func (s *SmartHost) login(c *smtp.Client, secure bool) error {
	if p := s.policy(); !secure || p != TLSRequired && p != TLSImplicit {
		return fmt.Errorf("%w: no checked TLS to send them over", ErrAuth)
	}
	var mech sasl.Client
	switch {
	case c.SupportsAuth(sasl.Plain):
		mech = sasl.NewPlainClient("", s.User, s.Password)
	case c.SupportsAuth(sasl.Login):
		mech = sasl.NewLoginClient(s.User, s.Password)
	default:
		return fmt.Errorf("%w: neither PLAIN nor LOGIN is offered", ErrAuth)
	}
	if err := c.Auth(mech); err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, wrap(stageAuth, err))
	}
	return nil
}

// transact runs the mail transaction.
func (s *SmartHost) transact(c *smtp.Client, w *wire, t Timeouts, m Message) error {
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
	w.readTimeout = t.Final
	return wrap(stageEnd, data.Close())
}

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
