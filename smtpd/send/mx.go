package send

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// Limits of one attempt. A domain's owner chooses how many hosts and
// addresses it names, and may do so to keep us busy.
const (
	// maxHosts are the mail hosts of a domain that are looked at; the largest
	// providers name five.
	maxHosts = 8
	// maxAddrs are the addresses of one host that are tried.
	maxAddrs = 4
	// maxTries are the connections of one attempt. RFC 5321 section 5.1 asks
	// for two at least.
	maxTries = 6
	// DefaultFirst bounds a first attempt to the recipient's own hosts: whoever
	// makes his host slow gets his answer later, and others do not wait for it.
	DefaultFirst = 90 * time.Second
)

// MX is the transport that delivers to the mail hosts of the recipient's
// domain (RFC 5321 section 5.1). It is safe for concurrent use.
type MX struct {
	Hostname string // our name, for EHLO
	Resolver dns.Resolver
	Port     int       // zero: 25
	Policies *Policies // MTA-STS; nil: not looked at
	DANE     bool      // where the resolver says that it validated
	CA       *x509.CertPool
	Timeouts Timeouts
	First    time.Duration // all of a first attempt; zero: DefaultFirst
	Log      *slog.Logger  // nil: none

	// AllowPrivate lets hosts with private and loopback addresses be sent to:
	// for networks whose names and hosts are all the operator's own.
	AllowPrivate bool

	// Dial opens the connection; nil is a plain TCP dialer.
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	Shuffle func(n int, swap func(i, j int)) // nil: at random
}

// mailHost is one host of a domain, with where it is.
type mailHost struct {
	name   string
	secure bool // its addresses, and that it is the domain's host, are validated
	addrs  []netip.Addr
	err    error // why addrs is empty
}

// Check says what of the configuration cannot work.
func (x *MX) Check() error {
	if !dotAtom(x.Hostname, isLDH) || !strings.Contains(x.Hostname, ".") {
		return fmt.Errorf("host name %q: %w", x.Hostname, ErrAddress)
	}
	if x.Resolver == nil {
		return fmt.Errorf("no resolver: %w", ErrDNS)
	}
	return nil
}

// Send delivers one message within Timeouts.Total. The hosts are tried in the
// order of their preference until one has taken the message, or refused it
// for good.
func (x *MX) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := x.Check(); err != nil {
		return err
	}
	t := x.Timeouts.withDefaults()
	if m.Attempts == 0 {
		first := x.First
		if first <= 0 {
			first = DefaultFirst
		}
		t.Total = min(t.Total, first)
	}
	ctx, cancel := context.WithTimeout(ctx, t.Total)
	defer cancel()
	_, domain, _ := strings.Cut(m.To, "@")
	domain = dns.Normalize(domain)
	names, secure, err := x.hosts(ctx, domain)
	if err != nil {
		return err
	}
	var policy *Policy
	if x.Policies != nil {
		policy = x.Policies.Get(ctx, x.Resolver, domain)
	}
	return x.try(ctx, &route{domain: domain, secure: secure, policy: policy, t: t}, names, m)
}

// route is one message's way.
type route struct {
	domain string
	secure bool // the answer to MX was validated
	policy *Policy
	t      Timeouts
	tries  int
}

// try sends to one host after the other. The error is the last that a host
// gave, or the first reason why none was asked.
func (x *MX) try(ctx context.Context, r *route, names []string, m Message) error {
	var last error
	absent := 0
	for _, name := range names {
		if r.policy.enforced() && !r.policy.Allows(name) {
			last = errors.Join(last, fmt.Errorf("%s is not in the MTA-STS policy of %s: %w", name, r.domain, ErrPolicy))
			continue
		}
		host := x.locate(ctx, name, r.secure)
		if host.err != nil {
			if errors.Is(host.err, ErrNoDomain) {
				absent++
			}
			last = errors.Join(last, host.err)
			continue
		}
		err := x.host(ctx, r, host, m)
		if err == nil || final(err) || ctx.Err() != nil {
			return err
		}
		last = err
		if r.tries >= maxTries {
			break
		}
	}
	if absent < len(names) && Permanent(last) {
		return fmt.Errorf("%w: %v", ErrDNS, last) // some host may be there tomorrow
	}
	return last
}

// final tells whether no other host is to be asked: the message was refused
// as such, or it may have been taken already.
func final(err error) bool {
	return Permanent(err) || inDoubt(err)
}

// host sends to one host, at one of its addresses after the other.
func (x *MX) host(ctx context.Context, r *route, host mailHost, m Message) error {
	check, err := x.demands(ctx, r, host)
	if err != nil {
		return err
	}
	for _, ip := range host.addrs {
		r.tries++
		h := &hop{addr: net.JoinHostPort(ip.String(), strconv.Itoa(x.port())), hostname: x.Hostname, policy: check.policy,
			tls: check.tls, timeouts: r.t, dial: x.Dial}
		err = h.send(ctx, m)
		if err == nil {
			x.log().Debug("handed over", "id", m.ID, "host", host.name, "address", ip.String(), "tls", string(check.policy), "by", check.by)
			return nil
		}
		err = fmt.Errorf("%s: %w", host.name, err)
		// What a host answers it answers at its other addresses too; another
		// is for a host that cannot be reached.
		if _, said := errors.AsType[*Refused](err); said || final(err) || ctx.Err() != nil || r.tries >= maxTries {
			return err
		}
	}
	return err
}

func (x *MX) port() int {
	if x.Port > 0 {
		return x.Port
	}
	return 25
}

func (x *MX) log() *slog.Logger {
	if x.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return x.Log
}

// hosts gives the names of a domain's mail hosts, best first, those of one
// preference in any order (RFC 5321 section 5.1), and whether the resolver
// validated them.
func (x *MX) hosts(ctx context.Context, domain string) (names []string, secure bool, err error) {
	a := x.Resolver.Resolve(ctx, domain, "MX")
	switch a.Status {
	case analyze.DNSOK:
	case analyze.DNSNoData:
		return []string{domain}, a.AD, nil // the implicit MX
	case analyze.DNSNXDomain:
		return nil, false, fmt.Errorf("%s does not exist: %w", domain, ErrNoDomain)
	default:
		return nil, false, fmt.Errorf("MX of %s: %s: %w", domain, a.Reason, ErrDNS)
	}
	list := dns.MX(a)
	if len(list) == 1 && list[0].Host == "." {
		return nil, false, fmt.Errorf("%s: %w", domain, ErrNullMX)
	}
	shuffle := x.Shuffle
	if shuffle == nil {
		shuffle = rand.Shuffle
	}
	for i := 0; i < len(list); {
		n := i + 1
		for n < len(list) && list[n].Pref == list[i].Pref {
			n++
		}
		same := list[i:n]
		for _, e := range same {
			if strings.EqualFold(e.Host, x.Hostname) {
				// We are one of the domain's hosts: those behind us would send
				// the message back.
				if len(names) == 0 {
					return nil, false, fmt.Errorf("%s: %w", domain, ErrLoop)
				}
				return names, a.AD, nil
			}
		}
		shuffle(len(same), func(i, j int) { same[i], same[j] = same[j], same[i] })
		for _, e := range same {
			if len(names) < maxHosts && isHost(e.Host) {
				names = append(names, e.Host)
			}
		}
		i = n
	}
	if len(names) == 0 {
		// RFC 5321 section 5.1: with MX records there is no implicit one.
		return nil, false, fmt.Errorf("%s names no host: %w", domain, ErrNoDomain)
	}
	return names, a.AD, nil
}

// isHost tells whether a name can be a host's. "." among others, and an
// address where a name belongs, are none.
func isHost(name string) bool {
	if !dotAtom(name, func(c byte) bool { return isLDH(c) || c == '_' }) || len(name) > maxDomain {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err != nil
}

// locate looks up a host's addresses, IPv6 and IPv4 in turn, so that neither
// kind being out of order holds the message up for long.
func (x *MX) locate(ctx context.Context, name string, secure bool) mailHost {
	four, six := x.Resolver.Resolve(ctx, name, "A"), x.Resolver.Resolve(ctx, name, "AAAA")
	// An answer that failed does not make the rest insecure: who can make
	// one fail must not be able to turn DANE off by it.
	validated := func(a analyze.DNSAnswer) bool { return a.AD || a.Status == analyze.DNSTempError }
	h := mailHost{name: name, secure: secure && validated(four) && validated(six) && (four.AD || six.AD)}
	var kinds [2][]netip.Addr
	private := false
	for i, a := range []analyze.DNSAnswer{six, four} {
		for _, ip := range dns.IPs(a) {
			if x.AllowPrivate || dns.Public(ip) {
				kinds[i] = append(kinds[i], ip)
			} else {
				private = true
			}
		}
	}
	for i := 0; i < max(len(kinds[0]), len(kinds[1])); i++ {
		for _, k := range kinds {
			if i < len(k) && len(h.addrs) < maxAddrs {
				h.addrs = append(h.addrs, k[i])
			}
		}
	}
	switch {
	case len(h.addrs) > 0:
	case private:
		h.err = fmt.Errorf("%s: %w", name, ErrPrivate)
	case four.Status == analyze.DNSTempError || six.Status == analyze.DNSTempError:
		h.err = fmt.Errorf("addresses of %s: %w", name, ErrDNS)
	default:
		h.err = fmt.Errorf("%s has no address: %w", name, ErrNoDomain)
	}
	return h
}

// inDoubt tells whether the message was sent to its end and no answer came:
// the host may have taken it. To ask another host now would deliver it twice.
func inDoubt(err error) bool { return errors.Is(err, errUnanswered) }
