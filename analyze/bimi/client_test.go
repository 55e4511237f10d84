package bimi

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/bimi/bimitest"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// clientOf gives a client that believes the site's authority.
func clientOf(s *bimitest.Site, zone dnstest.Zone, change func(o *Options)) *Client {
	o := Options{Resolver: zone, Roots: s.Roots, AllowPrivate: true}
	if change != nil {
		change(&o)
	}
	return NewClient(o)
}

func logoAt(url string) Request { return Request{URL: url, Kind: KindLogo} }

const webHost = "logo.bank.example"

func loopback() dnstest.Zone { return dnstest.Zone{"A " + webHost: {"127.0.0.1"}} }

func serve(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

// TestLive runs everything over real servers: DNS, HTTPS and HTTP.
func TestLive(t *testing.T) {
	m := newMint(t)
	var site, crl *bimitest.Site
	crl = m.NewSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(m.CRL(nil)) })
	leaf := m.Leaf(func(s *bimitest.Leaf) {
		s.Template.CRLDistributionPoints = []string{"http://crl.mva.example" + crl.Port + "/marks.crl"}
	})
	site = m.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/logo.svg":
			_, _ = w.Write([]byte(bimitest.GoodSVG))
		case "/vmc.pem":
			http.Redirect(w, r, "/moved.pem", http.StatusFound)
		case "/moved.pem":
			_, _ = w.Write(bimitest.PEM(leaf, m.Inter))
		default:
			http.NotFound(w, r)
		}
	}, webHost)
	base := "https://" + webHost + site.Port
	zone := dnstest.Zone{
		"TXT default._bimi." + bimitest.Domain: {"v=BIMI1; l=" + base + "/logo.svg; a=" + base + "/vmc.pem"},
		"A " + webHost:                         {"127.0.0.1"},
		"A crl.mva.example":                    {"127.0.0.1"},
	}
	names, err := dns.NewClient(dns.Options{Servers: []string{zone.Serve(t)}})
	if err != nil {
		t.Fatal(err)
	}
	c := &Checker{Anchors: m.anchors}
	in := Input{Auth: passed(), At: bimitest.Noon()}

	open := NewClient(Options{Resolver: names, Roots: site.Roots, AllowPrivate: true})
	session := NewSession(open, 0)
	if r := c.Validate(t.Context(), names, session, in); !r.Verified() {
		t.Fatalf("Validate = %s %q (%s), want Verified", r.Status, r.Reason, statuses(r))
	}
	if got := session.Transcript(); len(got) != 3 || got[2].Final != base+"/moved.pem" {
		t.Errorf("transcript %d, final %q; want three, the last moved", len(got), got[len(got)-1].Final)
	}
	hits := site.Hits.Load() + crl.Hits.Load()
	if r := c.Validate(t.Context(), names, NewSession(open, 0), in); !r.Verified() || site.Hits.Load()+crl.Hits.Load() != hits {
		t.Errorf("a second message: %s, %d fetches more, want Verified from what is kept", r.Status, site.Hits.Load()+crl.Hits.Load()-hits)
	}

	for name, o := range map[string]Options{
		"no exception for private addresses": {Resolver: names, Roots: site.Roots},
		"switched off":                       {Resolver: names, Roots: site.Roots, AllowPrivate: true, Off: true},
	} {
		before := site.Hits.Load() + crl.Hits.Load()
		r := c.Validate(t.Context(), names, NewClient(o), in)
		if r.Verified() || r.Status == StatusPass || site.Hits.Load()+crl.Hits.Load() != before {
			t.Errorf("%s: %s %q, fetched %d; want nothing fetched", name, r.Status, r.Reason, site.Hits.Load()+crl.Hits.Load()-before)
		}
	}
}

// TestPrivateAddresses: a host at an address that is not public is not
// connected to, in whatever dress the address comes.
func TestPrivateAddresses(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.31.0.1", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fe80::1", "fec0::1",
		"fc00::1", "fd12:3456::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1"} {
		a := netip.MustParseAddr(ip)
		if dns.Public(a) {
			t.Errorf("Public(%s) = true, want false", ip)
		}
		typ := "AAAA "
		if a.Is4() {
			typ = "A "
		}
		c := NewClient(Options{Resolver: dnstest.Zone{typ + webHost: {ip}}})
		if got := c.Fetch(t.Context(), logoAt("https://"+webHost+"/x.svg")); got.Status != FetchRefused || !strings.Contains(got.Reason, "no public address") {
			t.Errorf("Fetch of a host at %s = %s %q, want refused for its address", ip, got.Status, got.Reason)
		}
		if err := c.control("tcp", netip.AddrPortFrom(a, 443).String(), nil); err == nil {
			t.Errorf("control(%s) = nil, want refused", ip)
		}
	}
	for _, ip := range []string{"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1", "::ffff:8.8.8.8"} {
		if !dns.Public(netip.MustParseAddr(ip)) {
			t.Errorf("Public(%s) = false, want true", ip)
		}
	}
	if dns.Public(netip.Addr{}) || dns.Public(netip.MustParseAddr("fe80::1%eth0")) {
		t.Error("Public of no address, or one with a zone = true")
	}
	// One private address among public ones is enough.
	c := NewClient(Options{Resolver: dnstest.Zone{"A " + webHost: {"8.8.8.8", "127.0.0.1"}}})
	if got := c.Fetch(t.Context(), logoAt("https://"+webHost+"/x.svg")); got.Status != FetchRefused {
		t.Errorf("Fetch of a host at a public and a private address = %s, want refused", got.Status)
	}
}

// rebinding answers with a public address first, then with loopback.
type rebinding struct{ asked atomic.Int64 }

func (r *rebinding) Resolve(_ context.Context, name, typ string) analyze.DNSAnswer {
	a := analyze.DNSAnswer{Name: name, Type: typ, Status: analyze.DNSNoData}
	if typ == "A" {
		a.Status, a.Records = analyze.DNSOK, [][]byte{[]byte("192.0.2.77")}
		if r.asked.Add(1) > 1 {
			a.Records = [][]byte{[]byte("127.0.0.1")}
		}
	}
	return a
}

// TestRebinding: the address that was checked is the address that is
// connected to, and the name is looked up once for one connection.
func TestRebinding(t *testing.T) {
	m := newMint(t)
	s := m.NewSite(t, serve(bimitest.GoodSVG), webHost)
	r := new(rebinding)
	c := clientOf(s, nil, func(o *Options) { o.Resolver = r })
	tried := make(chan netip.Addr, 4)
	c.reach = func(a netip.Addr) bool { // as if the first address were public, until the socket is there
		tried <- a
		return len(tried) == 1
	}
	if got := c.Fetch(t.Context(), logoAt("https://"+webHost+s.Port+"/x.svg")); got.Status != FetchRefused {
		t.Errorf("Fetch = %s %q, want refused at the socket", got.Status, got.Reason)
	}
	want := netip.MustParseAddr("192.0.2.77")
	if a, b := <-tried, <-tried; a != want || b != want || r.asked.Load() != 1 || s.Hits.Load() != 0 {
		t.Errorf("checked %s and then %s, asked %d times, %d hits; want the one address twice, asked once, no hit", a, b, r.asked.Load(), s.Hits.Load())
	}
}

func TestRedirects(t *testing.T) {
	m := newMint(t)
	inner := m.NewSite(t, serve("secret"))
	var s *bimitest.Site
	s = m.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		base := "https://" + webHost + s.Port
		to := map[string]string{
			"/1.svg": base + "/2.svg", "/2.svg": base + "/3.svg", "/3.svg": base + "/end.svg", "/0.svg": base + "/1.svg",
			"/loop.svg": base + "/loop.svg", "/http.svg": "http://" + webHost + inner.Port + "/", "/ip.svg": "https://127.0.0.1" + s.Port + "/end.svg",
			"/local.svg": "https://localhost" + s.Port + "/end.svg", "/private.svg": "https://inner.bank.example" + s.Port + "/end.svg",
			"/file.svg": "file:///etc/passwd", "/user.svg": "https://u:p@" + webHost + s.Port + "/end.svg", "/rel.svg": "/end.svg",
			"/crl": "http://" + webHost + inner.Port + "/",
		}[r.URL.Path]
		if to == "" {
			_, _ = w.Write([]byte(bimitest.GoodSVG))
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}, webHost, "inner.bank.example")
	zone := dnstest.Zone{"A " + webHost: {"127.0.0.1"}, "A inner.bank.example": {"127.0.0.2"}}
	c := clientOf(s, zone, nil)
	c.reach = func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") }
	for _, tt := range []struct {
		path string
		kind Kind
		want FetchStatus
		says string
	}{
		{"/end.svg", KindLogo, FetchOK, ""},
		{"/rel.svg", KindLogo, FetchOK, ""},
		{"/rel.svg", KindPolicy, FetchRefused, "a redirect"}, // RFC 8461 section 3.3
		{"/1.svg", KindLogo, FetchOK, ""},
		{"/0.svg", KindLogo, FetchRefused, "over 3 redirects"},
		{"/loop.svg", KindLogo, FetchRefused, "over 3 redirects"},
		{"/http.svg", KindLogo, FetchRefused, "not https"},
		{"/crl", KindCRL, FetchRefused, "away from https"},
		{"/ip.svg", KindLogo, FetchRefused, "domain name"},
		{"/local.svg", KindLogo, FetchRefused, "domain name"},
		{"/private.svg", KindLogo, FetchRefused, "127.0.0.2"},
		{"/file.svg", KindLogo, FetchRefused, "scheme"},
		{"/user.svg", KindLogo, FetchRefused, "user name"},
	} {
		got := c.Fetch(t.Context(), Request{URL: "https://" + webHost + s.Port + tt.path, Kind: tt.kind})
		if got.Status != tt.want || !strings.Contains(got.Reason, tt.says) {
			t.Errorf("Fetch(%s) = %s %q, want %s %q", tt.path, got.Status, got.Reason, tt.want, tt.says)
		}
	}
	if n := inner.Hits.Load(); n != 0 {
		t.Errorf("the plain server was asked %d times, want never", n)
	}
}

// TestPoliciesAreNotCached: RFC 8461 section 3.3 forbids it, whatever the
// server's header says.
func TestPoliciesAreNotCached(t *testing.T) {
	m := newMint(t)
	s := m.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		_, _ = w.Write([]byte("version: STSv1\n"))
	}, webHost)
	c := clientOf(s, dnstest.Zone{"A " + webHost: {"127.0.0.1"}}, nil)
	for range 2 {
		if got := c.Fetch(t.Context(), Request{URL: "https://" + webHost + s.Port + "/p", Kind: KindPolicy}); got.Status != FetchOK || len(got.Body) == 0 {
			t.Errorf("Fetch(policy) = %s %q, want ok", got.Status, got.Reason)
		}
	}
	if n := s.Hits.Load(); n != 2 {
		t.Errorf("%d requests for two fetches of a policy, want 2", n)
	}
}

// TestRefusedURLs: nothing is even looked up for these.
func TestRefusedURLs(t *testing.T) {
	rec := loopback().Record()
	c := NewClient(Options{Resolver: rec})
	for _, tt := range []Request{
		{"http://" + webHost + "/x.svg", KindLogo}, {"http://" + webHost + "/x.pem", KindEvidence}, {"ftp://" + webHost + "/x", KindCRL},
		{"ldap://" + webHost + "/x", KindCRL}, {"https://" + webHost + ":8443/x.svg", KindLogo}, {"https://" + webHost + ":22/x.svg", KindLogo},
		{"http://" + webHost + ":443/x", KindCRL}, {"https://127.0.0.1/x.svg", KindLogo}, {"https://[::1]/x.svg", KindLogo},
		{"https://0177.0.0.1/x.svg", KindLogo}, {"https://metadata/x.svg", KindLogo}, {"https://u@" + webHost + "/x.svg", KindLogo},
		{"https://" + webHost + "/x.svg", "other"}, {"", KindLogo}, {"https://", KindLogo},
	} {
		if got := c.Fetch(t.Context(), tt); got.Status != FetchRefused || got.Reason == "" {
			t.Errorf("Fetch(%+v) = %s %q, want refused", tt, got.Status, got.Reason)
		}
	}
	if n := rec.Asked(); len(n) != 0 {
		t.Errorf("asked %q, want nothing", n)
	}
}

func TestFetchOutcomes(t *testing.T) {
	m := newMint(t)
	s := m.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large.svg":
			_, _ = w.Write(bytes.Repeat([]byte("x"), maxLogoBytes+1))
		case "/endless.svg":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		case "/silent.svg":
			<-r.Context().Done()
		case "/short.svg":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		case "/header.svg":
			w.Header().Set("X-Large", strings.Repeat("x", 2*maxResponseHeader))
		case "/404.svg":
			http.NotFound(w, r)
		case "/503.svg":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/304.svg":
			w.WriteHeader(http.StatusNotModified)
		}
	}, webHost)
	zone := loopback()
	zone["A down.bank.example"] = []string{"SERVFAIL"}
	zone["TXT empty.bank.example"] = []string{"x"}
	c := clientOf(s, zone, func(o *Options) { o.Timeout = 200 * time.Millisecond })
	for _, tt := range []struct {
		url  string
		want FetchStatus
		says string
	}{
		{webHost + s.Port + "/large.svg", FetchRefused, "over 65536"},
		{webHost + s.Port + "/endless.svg", FetchRefused, "over 65536"},
		{webHost + s.Port + "/silent.svg", FetchTempError, "timeout"},
		{webHost + s.Port + "/short.svg", FetchTempError, "broke off"},
		{webHost + s.Port + "/header.svg", FetchTempError, "header"},
		{webHost + s.Port + "/404.svg", FetchAbsent, "404"},
		{webHost + s.Port + "/304.svg", FetchAbsent, "304"},
		{webHost + s.Port + "/503.svg", FetchTempError, "503"},
		{"gone.bank.example/x.svg", FetchAbsent, "no such host"},
		{"empty.bank.example/x.svg", FetchAbsent, "no such host"},
		{"down.bank.example/x.svg", FetchTempError, "servfail"},
	} {
		if got := c.Fetch(t.Context(), logoAt("https://"+tt.url)); got.Status != tt.want || !strings.Contains(got.Reason, tt.says) || got.Body != nil {
			t.Errorf("Fetch(%s) = %s %q, want %s %q", tt.url, got.Status, got.Reason, tt.want, tt.says)
		}
	}
}

func TestTLS(t *testing.T) {
	m := newMint(t)
	s := m.NewSite(t, serve(bimitest.GoodSVG), "other.bank.example")
	old := m.NewSite(t, serve(bimitest.GoodSVG), webHost)
	old.TLS.MinVersion, old.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	for name, c := range map[string]*Client{
		"another host's certificate": clientOf(s, loopback(), nil),
		"unknown authority":          clientOf(s, dnstest.Zone{"A " + webHost: {"127.0.0.1"}}, func(o *Options) { o.Roots = x509.NewCertPool() }),
	} {
		if got := c.Fetch(t.Context(), logoAt("https://"+webHost+s.Port+"/x.svg")); got.Status != FetchRefused || !strings.HasPrefix(got.Reason, "TLS: ") {
			t.Errorf("%s: Fetch = %s %q, want refused for TLS", name, got.Status, got.Reason)
		}
	}
	if got := clientOf(old, loopback(), nil).Fetch(t.Context(), logoAt("https://"+webHost+old.Port+"/x.svg")); got.Status != FetchRefused || !strings.HasPrefix(got.Reason, "TLS: ") {
		t.Errorf("TLS 1.1: Fetch = %s %q, want refused", got.Status, got.Reason)
	}
	if s.Hits.Load()+old.Hits.Load() != 0 {
		t.Error("a request went out over a refused connection")
	}
}
