package send

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"
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
	name, _, _ := net.SplitHostPort(s.Addr)
	return (&hop{
		addr: s.Addr, hostname: s.Hostname, policy: s.policy(), user: s.User, password: s.Password, timeouts: t, dial: s.Dial,
		tls: &tls.Config{ServerName: name, RootCAs: s.CA, MinVersion: tls.VersionTLS12},
	}).send(ctx, m)
}
