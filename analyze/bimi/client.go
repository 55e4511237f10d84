package bimi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

const (
	// maxRedirects is how many redirects are followed (fetch draft).
	maxRedirects = 3
	// defaultTimeout bounds one fetch with all its redirects. Peers take 3
	// to 30 seconds.
	defaultTimeout = 10 * time.Second
	// maxResponseHeader bounds the header of a response, in octets.
	maxResponseHeader = 32 << 10
	// maxAddresses bounds the addresses tried of one host.
	maxAddresses = 4
)

// ErrRefused is returned within a fetch when something is against our rules.
// It wraps what.
var ErrRefused = errors.New("refused")

// errNoHost is returned when a host does not exist.
var errNoHost = errors.New("no such host")

// Options are the settings of a Client.
type Options struct {
	Resolver dns.Resolver   // asked for the addresses of hosts; nil: every fetch fails
	Off      bool           // fetch nothing at all
	Timeout  time.Duration  // of one fetch; zero: 10 seconds
	Roots    *x509.CertPool // of web servers; nil: the system's
	Cache    int            // octets of bodies kept; zero: 32 MiB
	Now      func() time.Time
	Log      *slog.Logger // nil: none

	// AllowPrivate lets private and loopback addresses and any port be
	// fetched from. It is for tests, and for networks whose name server
	// and web servers are all the operator's own.
	AllowPrivate bool
}

// Client fetches over the network by our rules: HTTPS with TLS 1.2 or later
// (HTTP for revocation lists alone, which are signed), full domain names,
// public addresses, port 443 (80), three redirects by the same rules, bounded
// size and time. It keeps what it fetched, and asks for nothing twice at the
// same time. It is safe for concurrent use.
type Client struct {
	o     Options
	http  *http.Client
	cache cache
	reach func(netip.Addr) bool // whether an address may be connected to
}

// NewClient gives a client.
func NewClient(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Cache <= 0 {
		o.Cache = defaultCache
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Resolver == nil {
		o.Resolver = dns.Offline{}
	}
	c := &Client{o: o, cache: newCache(o.Cache), reach: dns.Public}
	if o.AllowPrivate {
		c.reach = netip.Addr.IsValid
	}
	c.http = &http.Client{Transport: &http.Transport{
		Proxy:                  nil, // a proxy would look hosts up by itself
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		TLSHandshakeTimeout:    o.Timeout,
		DisableKeepAlives:      true,
		DisableCompression:     true, // nothing is unpacked behind our back
		MaxResponseHeaderBytes: maxResponseHeader,
		ForceAttemptHTTP2:      false,
	}}
	return c
}

// Fetch implements Fetcher.
func (c *Client) Fetch(ctx context.Context, req Request) Fetched {
	if c.o.Off {
		return unfetched(req, FetchTempError, "fetching is switched off")
	}
	if req.Kind.limit() == 0 {
		return unfetched(req, FetchRefused, "an unknown kind of thing")
	}
	if err := c.allowed(req.Kind, req.URL); err != nil {
		return unfetched(req, FetchRefused, err.Error())
	}
	var got Fetched
	if req.Kind == KindPolicy {
		_, got = c.load(ctx, req, nil)
	} else {
		got = c.cache.get(ctx, req, c.o.Now, c.load)
	}
	if got.Status != FetchOK {
		c.o.Log.Info("bimi fetch", "url", req.URL, "kind", req.Kind, "status", got.Status, "reason", got.Reason)
	}
	return got
}

// allowed holds the rules of a URL and its port.
func (c *Client) allowed(k Kind, raw string) error {
	u, err := checkURL(raw, k == KindCRL)
	if err != nil {
		return err
	}
	if p := u.Port(); p != "" && p != portOf(u) && !c.o.AllowPrivate {
		return fmt.Errorf("port %s", p)
	}
	return nil
}

func portOf(u *url.URL) string {
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

// load asks the server. old is what is kept of the URL, to be confirmed.
func (c *Client) load(ctx context.Context, req Request, old *kept) (*kept, Fetched) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, req.URL, nil)
	if err != nil {
		return nil, unfetched(req, FetchRefused, "not a URL")
	}
	hr.Header.Set("User-Agent", "reportascam")
	hr.Header.Set("Accept-Encoding", "identity")
	if old != nil {
		old.validate(hr.Header)
	}
	hc := *c.http
	hc.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if req.Kind == KindPolicy {
			return fmt.Errorf("%w: a redirect", ErrRefused)
		}
		if len(via) > maxRedirects {
			return fmt.Errorf("%w: over %d redirects", ErrRefused, maxRedirects)
		}
		if err := c.allowed(req.Kind, next.URL.String()); err != nil {
			return fmt.Errorf("%w: a redirect to %w", ErrRefused, err)
		}
		if via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
			return fmt.Errorf("%w: a redirect away from https", ErrRefused)
		}
		next.Header.Del("Referer")
		return nil
	}
	resp, err := hc.Do(hr)
	if err != nil {
		return nil, failedFetch(req, err)
	}
	defer resp.Body.Close()
	return c.take(req, resp, old)
}

// failedFetch tells our refusals from the network's failures.
func failedFetch(req Request, err error) Fetched {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	switch {
	case errors.Is(err, ErrRefused):
		return unfetched(req, FetchRefused, err.Error())
	case errors.As(err, &cert), errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return unfetched(req, FetchRefused, "TLS: "+err.Error())
	case errors.Is(err, errNoHost):
		return unfetched(req, FetchAbsent, err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		return unfetched(req, FetchTempError, "timeout")
	}
	return unfetched(req, FetchTempError, err.Error())
}

// take reads a response.
func (c *Client) take(req Request, resp *http.Response, old *kept) (*kept, Fetched) {
	now := c.o.Now()
	got := Fetched{URL: req.URL, Kind: req.Kind, Status: FetchTempError, Code: resp.StatusCode, At: now.UTC()}
	if final := resp.Request.URL.String(); final != req.URL {
		got.Final = final
	}
	switch code := resp.StatusCode; {
	case code == http.StatusNotModified && old != nil:
		k := old.again(resp.Header, now)
		return k, k.fetched
	case code == http.StatusOK:
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		got.Reason = fmt.Sprintf("the server said %d", code)
		return nil, got
	default:
		got.Status, got.Reason = FetchAbsent, fmt.Sprintf("the server said %d", code)
		return nil, got
	}
	limit := req.Kind.limit()
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1))
	switch {
	case err != nil:
		got.Reason = "the body broke off: " + err.Error()
		return nil, got
	case len(body) > limit:
		got.Status, got.Reason = FetchRefused, fmt.Sprintf("over %d octets", limit)
		return nil, got
	}
	got.Status, got.Body = FetchOK, body
	return keep(got, resp.Header, now), got
}

// dial looks the host up by our own resolver, and connects to an address only
// if it is public. Nothing looks the name up a second time, and Control sees
// the very address that the socket is about to connect to, so that no answer
// can change in between (DNS rebinding).
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || !isHostName(host) {
		return nil, fmt.Errorf("%w: host %q", ErrRefused, addr)
	}
	ips, err := c.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Control: c.control}
	for _, ip := range ips {
		var conn net.Conn
		if conn, err = d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// control is the last gate before a connection.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !c.reach(ap.Addr()) {
		return fmt.Errorf("%w: %s is no public address", ErrRefused, address)
	}
	return nil
}

// addresses gives the addresses of a host that may be connected to. A host
// with any address that may not is refused whole: honest hosts have none.
func (c *Client) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	var out []netip.Addr
	exists, failed := false, ""
	for _, typ := range []string{"A", "AAAA"} {
		a := c.o.Resolver.Resolve(ctx, host, typ)
		switch a.Status {
		case analyze.DNSTempError:
			failed = a.Reason
		case analyze.DNSOK:
			exists = true
		}
		for _, ip := range dns.IPs(a) {
			if !c.reach(ip) {
				return nil, fmt.Errorf("%w: %s is at %s, no public address", ErrRefused, host, ip)
			}
			out = append(out, ip)
		}
	}
	switch {
	case len(out) > 0:
		return out[:min(len(out), maxAddresses)], nil
	case failed != "":
		return nil, fmt.Errorf("looking up %s: %s", host, failed)
	case !exists:
		return nil, fmt.Errorf("%w: %s", errNoHost, host)
	}
	return nil, fmt.Errorf("%w: %s has no address", errNoHost, host)
}
