package bimi

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

const (
	// maxBundles bounds the bundles kept read. Only those that lead to a
	// mark root are kept, so that nobody fills it with junk.
	maxBundles = 256
	// maxImages bounds the outcomes kept of images, which are small.
	maxImages = 2048
)

// memo keeps what was computed of some octets, by their hash. When it is full
// it starts anew: everything in it can be computed again. Its zero value
// works, and is safe for concurrent use.
type memo[V any] struct {
	mu   sync.Mutex
	seen map[[sha256.Size]byte]V
}

func (m *memo[V]) get(key [sha256.Size]byte) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.seen[key]
	return v, ok
}

func (m *memo[V]) put(key [sha256.Size]byte, v V, limit int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil || len(m.seen) >= limit {
		m.seen = make(map[[sha256.Size]byte]V)
	}
	m.seen[key] = v
}

// image gives CheckSVG of an uncompressed image, with its hash.
func (c *Checker) image(plain []byte) (SVG, string) {
	key := sha256.Sum256(plain)
	s, ok := c.images.get(key)
	if !ok {
		s = CheckSVG(plain)
		c.images.put(key, s, maxImages)
	}
	return s, hex.EncodeToString(key[:])
}

// dossier is all that can be said of a bundle apart from who asks, and, but
// for the path and the stamp, when. It is never changed.
type dossier struct {
	certs    []*x509.Certificate
	err      error // of the bundle
	weak     error
	chain    []*x509.Certificate // to the root, or as it came
	pathErr  error
	stamp    stamp
	stampErr error
	logo     logotype
	hasLogo  bool
	logoErr  error
}

// dossierOf reads a bundle, or gives what is known of it.
func (c *Checker) dossierOf(bundle []byte, at time.Time) *dossier {
	key := sha256.Sum256(bundle)
	if d, ok := c.bundles.get(key); ok && d.holds(at) {
		return d
	}
	d := readBundle(bundle, c.anchors(), at)
	if d.err == nil && d.weak == nil && d.pathErr == nil && d.stampErr == nil {
		c.bundles.put(key, d, maxBundles)
	}
	return d
}

func readBundle(bundle []byte, a *Anchors, at time.Time) *dossier {
	d := new(dossier)
	d.certs, d.err = ParseBundle(bundle)
	if len(d.certs) == 0 {
		return d
	}
	leaf := d.certs[0]
	handled(leaf, oidPilot, oidLogotype)
	if d.weak = weak(d.certs); d.weak != nil {
		return d // before anything is computed with those keys
	}
	if d.chain, d.pathErr = findPath(d.certs, a, at); d.pathErr != nil {
		d.chain = d.certs
	}
	if len(d.chain) > 1 {
		d.stamp, d.stampErr = checkSCTs(leaf, d.chain[1], a, at)
	}
	var ext []byte
	if ext, _, d.hasLogo = extension(leaf, oidLogotype); d.hasLogo {
		d.logo, d.logoErr = parseLogotype(ext)
	}
	return d
}

// holds tells whether a good dossier would come out the same at another time:
// the path is looked for within the period of the bundle, so that only the
// root and the stamp look at the time itself.
func (d *dossier) holds(at time.Time) bool {
	t := within(d.certs, at)
	for _, c := range d.chain {
		if t.Before(c.NotBefore) || t.After(c.NotAfter) {
			return false
		}
	}
	return !d.stamp.at.After(at.Add(sctSkew))
}

// weak names the first certificate whose key or signature is too weak.
func weak(certs []*x509.Certificate) error {
	for i, c := range certs {
		if why := weakness(c); why != "" {
			return fmt.Errorf("certificate %d has %s", i+1, why)
		}
	}
	return nil
}
