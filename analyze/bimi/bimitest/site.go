package bimitest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// Site is a real web server on loopback.
type Site struct {
	*httptest.Server
	CA    *x509.Certificate // its authority; nil when it speaks plain HTTP
	Roots *x509.CertPool    // which holds CA alone
	Port  string            // ":8443"
	Hits  atomic.Int64      // requests so far
}

// NewSite serves h over TLS under these names, or plainly without any, until
// the test ends.
func (m *Mint) NewSite(tb testing.TB, h http.HandlerFunc, names ...string) *Site {
	tb.Helper()
	s := &Site{Roots: x509.NewCertPool()}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Hits.Add(1)
		h(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what tests ask for
	if len(names) > 0 {
		web := Keys()[5]
		s.CA = m.Authority(CA("Web Root", false), nil, m.RootKey, m.RootKey)
		cert := m.Sign(&x509.Certificate{SerialNumber: s.CA.SerialNumber, DNSNames: names, NotBefore: s.CA.NotBefore, NotAfter: s.CA.NotAfter,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, s.CA, web.Public(), m.RootKey)
		s.Roots.AddCert(s.CA)
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: web}}}
		s.StartTLS()
	} else {
		s.Start()
	}
	tb.Cleanup(s.Close)
	addr := s.Listener.Addr().String()
	s.Port = addr[strings.LastIndexByte(addr, ':'):]
	return s
}
