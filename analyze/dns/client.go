package dns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
	"golang.org/x/sync/singleflight"

	"reportascam/analyze"
)

// ErrNoServers is returned by NewClient when neither the options nor
// /etc/resolv.conf name a resolver.
var ErrNoServers = errors.New("dns: no servers")

const (
	// DefaultTimeout is for one question to one server. Resolvers give up on
	// dead authorities after several seconds; two catch nearly all others.
	DefaultTimeout = 2 * time.Second
	// DefaultCacheEntries keeps about a day of a busy desk; with
	// maxCachedBytes it bounds the cache's memory.
	DefaultCacheEntries = 10_000
	maxServers          = 4 // as many as are worth a message's waiting
	rounds              = 2 // times that each server is tried
	resolvConf          = "/etc/resolv.conf"
)

// Options are the settings of a Client. The zero value works.
type Options struct {
	Servers      []string      // host:port or host; empty: those of /etc/resolv.conf
	Timeout      time.Duration // of one question to one server; zero: DefaultTimeout
	CacheEntries int           // zero: DefaultCacheEntries; negative: no cache
	TrustAD      bool          // believe the AD bit of servers that are not on loopback
	Log          *slog.Logger  // nil: no log
	Now          func() time.Time
}

// Client is a stub resolver with a cache. It is safe for concurrent use.
type Client struct {
	servers []server
	timeout time.Duration
	cache   *cache
	flights singleflight.Group
	log     *slog.Logger
}

// server is one upstream; trusted when its AD bit is believed.
type server struct {
	addr    string
	trusted bool
}

// NewClient makes a client.
func NewClient(o Options) (*Client, error) {
	list := o.Servers
	if len(list) == 0 {
		conf, err := mdns.ClientConfigFromFile(resolvConf)
		if err != nil {
			return nil, fmt.Errorf("dns: reading %s: %w", resolvConf, err)
		}
		for _, s := range conf.Servers {
			list = append(list, net.JoinHostPort(s, conf.Port))
		}
	}
	if len(list) == 0 {
		return nil, ErrNoServers
	}
	c := &Client{timeout: o.Timeout, log: o.Log}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	for _, s := range list[:min(len(list), maxServers)] {
		srv, err := parseServer(s, o.TrustAD)
		if err != nil {
			return nil, err
		}
		c.servers = append(c.servers, srv)
	}
	var err error
	c.cache, err = newCache(o.CacheEntries, o.Now)
	return c, err
}

// parseServer reads host:port, or a host alone for port 53.
func parseServer(s string, trust bool) (server, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), "53"
	}
	if host == "" || port == "" {
		return server{}, fmt.Errorf("dns: server %q: want host:port", s)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		trust = trust || ip.IsLoopback()
	} else if strings.EqualFold(host, "localhost") {
		trust = true
	}
	return server{net.JoinHostPort(host, port), trust}, nil
}

// Resolve implements Resolver: from the cache, else from the servers.
func (c *Client) Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer {
	q := question{Normalize(name), strings.ToUpper(typ)}
	if why := NameFault(q.name); why != "" {
		return unaskable(q.name, q.typ, why)
	}
	if a, ok := c.cache.get(q); ok {
		return a
	}
	if ctx.Err() != nil {
		return failed(q.name, q.typ, "deadline")
	}
	// One question at a time goes out for all who ask it: its life is not
	// bound to the first asker's context, only to the client's own limits.
	flight := c.flights.DoChan(q.typ+" "+q.name, func() (any, error) {
		if a, ok := c.cache.get(q); ok {
			return a, nil
		}
		limit := c.timeout * time.Duration(2*rounds*len(c.servers))
		fctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		a, ttl := c.ask(fctx, q)
		c.cache.put(q, a, ttl)
		return a, nil
	})
	select {
	case r := <-flight:
		a, ok := r.Val.(analyze.DNSAnswer)
		if !ok {
			return failed(q.name, q.typ, "the resolver failed")
		}
		return clone(a)
	case <-ctx.Done():
		return failed(q.name, q.typ, "deadline")
	}
}

// ask tries each server in turn, twice. It gives the answer, and how long it
// may be kept.
func (c *Client) ask(ctx context.Context, q question) (analyze.DNSAnswer, time.Duration) {
	last := failed(q.name, q.typ, "timeout")
	said := false
	for range rounds {
		for _, s := range c.servers {
			reply, err := c.exchange(ctx, s, q)
			if err != nil {
				c.log.Debug("dns question failed", "server", s.addr, "name", q.name, "type", q.typ, "error", err)
				if !said {
					last.Reason = reasonOf(err)
				}
				continue
			}
			a, ttl := read(reply, q, s.trusted)
			if a.Status != analyze.DNSTempError {
				return a, ttl
			}
			last, said = a, true
		}
		if said {
			// A server that says SERVFAIL has tried for itself already.
			return last, failureTTL
		}
	}
	return last, 0
}

func reasonOf(err error) string {
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	return "the resolver cannot be reached"
}
