package smtpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of New and Serve.
var (
	// ErrConfig is returned when the configuration cannot work.
	ErrConfig = errors.New("smtpd: configuration")
	// ErrShutdown is returned when sessions were still running at the end of
	// Limits.Shutdown and had to be cut off.
	ErrShutdown = errors.New("smtpd: sessions cut off at the end of the shutdown time")
)

// Envelope is what a session said about one message (RFC 5321). Only
// ClientAddr, LocalAddr, TLS, Hostname, At, Trusted and Size are beyond the
// sender's control.
type Envelope struct {
	ClientAddr netip.AddrPort // the connecting host, after PROXY where that is listed; the zero value when not known
	LocalAddr  netip.AddrPort // where it connected to
	Helo       string         // printable ASCII, at most 255 octets
	MailFrom   string         // reverse-path without <>, its local part a dot-atom; empty is the null sender
	RcptTo     []string       // forward-paths without <>, as given; at least one, each configured
	TLS        string         // protocol version as "TLS 1.3", empty when in clear
	Protocol   string         // SMTP, ESMTP, ESMTPS, UTF8SMTP or UTF8SMTPS (RFC 3848, RFC 6531)
	UTF8       bool           // SMTPUTF8 was asked for
	Body       string         // 7BIT or 8BITMIME as declared, else empty
	Hostname   string         // our own name in this session
	At         time.Time      // when the message had arrived, UTC
	Trusted    bool           // the client is in Config.Trusted
	Size       int64          // octets of the message
}

// Handler takes the messages.
type Handler interface {
	// Accept takes one message and returns only when it is durable: the client
	// then reads 250 and the ID, and forgets the message. ID is printable
	// ASCII without spaces.
	//
	// Raw is what the client sent after dot-unstuffing, byte for byte, and
	// belongs to the Handler from then on. Ctx ends after Limits.Accept, or when
	// the server stops for good.
	//
	// Any error is 451 4.3.0 with a general text, so that the client keeps the
	// message; its own text goes to the log only. A Handler that knows better
	// returns an error that holds a *smtp.SMTPError of go-smtp. Accept is called from
	// several sessions at once.
	Accept(ctx context.Context, env Envelope, raw []byte) (id string, err error)
}

// Config says how a Server works. Hostname and Addresses are required.
type Config struct {
	Hostname string // our own name in greeting and trace
	// Addresses are the mailboxes: "local@domain", which takes
	// "local+detail@domain" too, "@domain" for any local part, or "local@*"
	// for any domain. Postmaster is accepted at each of their domains, at Hostname
	// and without domain (RFC 5321 section 4.5.1).
	Addresses []string
	Trusted   []netip.Prefix // networks without rate and per-address limits
	Proxy     []netip.Prefix // networks whose connections must begin with a PROXY header
	TLSCert   string         // PEM file of the certificate chain; STARTTLS is offered when it and TLSKey are set
	TLSKey    string         // PEM file of its key
	Limits    Limits
	Log       *slog.Logger     // nil discards
	Now       func() time.Time // nil is time.Now; socket deadlines go by the real clock
}

// Stats counts since New. Sessions and InData are gauges.
type Stats struct {
	Sessions int64 // open connections
	InData   int64 // messages being received or stored now
	Accepted int64 // messages
	Refused  int64 // connections, recipients and messages refused, and sessions that were cut off
	Panics   int64 // of ours, recovered; anything but zero is a bug
}

// Server is an SMTP server. Its methods may be called from several goroutines.
type Server struct {
	host    string
	boxes   *mailboxes
	trusted []netip.Prefix
	proxy   []netip.Prefix
	limits  Limits
	handler Handler
	log     *slog.Logger
	now     func() time.Time
	certs   *certs // nil without TLS
	rate    *rates
	peers   *peers

	sessions, inData, accepted, refused, panics atomic.Int64
	memory                                      atomic.Int64 // octets reserved for messages
	buffers                                     sync.Pool    // *bufio.Reader
}

// New makes a Server, reading the certificate. It returns ErrConfig when the
// configuration cannot work.
func New(cfg Config, h Handler) (*Server, error) {
	if h == nil {
		return nil, fmt.Errorf("%w: no handler", ErrConfig)
	}
	host, err := checkHostname(cfg.Hostname)
	if err != nil {
		return nil, err
	}
	boxes, err := newMailboxes(host, cfg.Addresses)
	if err != nil {
		return nil, err
	}
	s := &Server{
		host: host, boxes: boxes, handler: h,
		trusted: cfg.Trusted, proxy: cfg.Proxy,
		limits: cfg.Limits.withDefaults(), log: cfg.Log, now: cfg.Now,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if (cfg.TLSCert == "") != (cfg.TLSKey == "") {
		return nil, fmt.Errorf("%w: a TLS certificate needs its key, and a key its certificate", ErrConfig)
	}
	if cfg.TLSCert != "" {
		if s.certs, err = newCerts(cfg.TLSCert, cfg.TLSKey, s.now, s.log); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	s.rate = newRates(s.limits, s.now)
	s.peers = &peers{open: map[netip.Prefix]int{}}
	return s, nil
}

// InData gives how many messages are being received or stored at this moment,
// so that work which can wait gives way.
func (s *Server) InData() int64 { return s.inData.Load() }

// Stats gives the counters.
func (s *Server) Stats() Stats {
	return Stats{
		Sessions: s.sessions.Load(), InData: s.inData.Load(),
		Accepted: s.accepted.Load(), Refused: s.refused.Load(), Panics: s.panics.Load(),
	}
}

// reserve takes n octets from the memory for messages, if there are as many.
func (s *Server) reserve(n int64) bool {
	if s.memory.Add(n) > s.limits.MemoryBytes {
		s.memory.Add(-n)
		return false
	}
	return true
}

func contains(nets []netip.Prefix, a netip.Addr) bool {
	for _, p := range nets {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
