package smtpd

import (
	"net/netip"
	"sync"
	"time"
)

// Sizes of the networks that count as one client.
const (
	rateBits4 = 24 // a provider's pool, or one household's changing addresses
	rateBits6 = 64 // one link: its hosts choose addresses freely (RFC 4291 section 2.5.1)
	peerBits4 = 32
	peerBits6 = 64
)

// network gives the prefix of a that counts as one client.
func network(a netip.Addr, bits4, bits6 int) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := bits6
	if a.Is4() {
		bits = bits4
	}
	p, _ := a.Prefix(bits) // fails for the zero Addr only, which is then one client
	return p
}

// peers counts the open connections of each client.
type peers struct {
	mu   sync.Mutex
	open map[netip.Prefix]int
}

// add counts a connection, if fewer than most are open.
func (p *peers) add(a netip.Addr, most int) bool {
	n := network(a, peerBits4, peerBits6)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[n] >= most {
		return false
	}
	p.open[n]++
	return true
}

func (p *peers) remove(a netip.Addr) {
	n := network(a, peerBits4, peerBits6)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[n]--; p.open[n] <= 0 {
		delete(p.open, n)
	}
}

// rates is a token bucket for each network.
type rates struct {
	perSecond float64
	burst     float64
	most      int
	now       func() time.Time

	mu      sync.Mutex
	buckets map[netip.Prefix]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newRates(l Limits, now func() time.Time) *rates {
	return &rates{
		perSecond: float64(l.RatePerMinute) / 60, burst: float64(l.RateBurst), most: l.RateClients,
		now: now, buckets: map[netip.Prefix]bucket{},
	}
}

// take takes one token of a's network, if there is one.
func (r *rates) take(a netip.Addr) bool {
	n, now := network(a, rateBits4, rateBits6), r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	b, ok := r.buckets[n]
	if !ok {
		r.makeRoom(now)
		b = bucket{tokens: r.burst, at: now}
	}
	b = r.refill(b, now)
	if b.tokens < 1 {
		r.buckets[n] = b
		return false
	}
	b.tokens--
	r.buckets[n] = b
	return true
}

func (r *rates) refill(b bucket, now time.Time) bucket {
	if d := now.Sub(b.at); d > 0 {
		b.tokens = min(r.burst, b.tokens+d.Seconds()*r.perSecond)
		b.at = now
	}
	return b
}

// evictLooks bounds the work of one makeRoom.
const evictLooks = 64

// makeRoom forgets networks when there are too many: of a few taken at random,
// those whose bucket is full again, and one in any case. Who floods from that
// many networks is not held by a rate for each.
func (r *rates) makeRoom(now time.Time) {
	if len(r.buckets) < r.most {
		return
	}
	looked := 0
	for n, b := range r.buckets {
		if looked == 0 || r.refill(b, now).tokens >= r.burst {
			delete(r.buckets, n)
		}
		if looked++; looked == evictLooks {
			return
		}
	}
}
