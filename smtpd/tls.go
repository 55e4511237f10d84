package smtpd

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certCheck is how often at most the files are looked at.
const certCheck = time.Second

// certs gives the certificate in two files, and reads them again when either
// changes. Files that cannot be used leave the certificate as it was.
type certs struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	seen    files // as last tried
	looked  time.Time
}

// files is the state of both files, nil for one that is absent.
type files [2]os.FileInfo

// same says whether neither file changed, or was replaced, since o.
func (f files) same(o files) bool {
	for i, a := range f {
		b := o[i]
		if a == nil || b == nil {
			if a != b {
				return false
			}
			continue
		}
		if !os.SameFile(a, b) || !a.ModTime().Equal(b.ModTime()) || a.Size() != b.Size() {
			return false
		}
	}
	return true
}

func newCerts(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*certs, error) {
	c := &certs{certFile: certFile, keyFile: keyFile, now: now, log: log}
	seen, err := c.look()
	if err != nil {
		return nil, err
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	c.seen, c.looked = seen, now()
	return c, nil
}

// config gives the TLS configuration of the server's side.
func (c *certs) config() *tls.Config {
	return &tls.Config{
		// RFC 8996: nothing before 1.2. Senders that cannot do it stay in clear.
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.get(), nil },
	}
}

// get gives the certificate, read again if its files changed.
func (c *certs) get() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if d := now.Sub(c.looked); d >= 0 && d < certCheck {
		return c.current
	}
	c.looked = now
	seen, err := c.look()
	changed := !seen.same(c.seen)
	if err == nil && !changed {
		return c.current
	}
	if err == nil {
		err = c.load()
	}
	if err != nil && changed {
		c.log.Error("TLS certificate not reloaded, the one before stays in use", "error", err)
	}
	c.seen = seen
	return c.current
}

func (c *certs) look() (f files, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, e := os.Stat(name)
		if e != nil {
			err = fmt.Errorf("TLS files: %w", e)
			continue
		}
		f[i] = info
	}
	return f, err
}

func (c *certs) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("TLS certificate: %w", err)
	}
	c.current = &pair
	return nil
}
