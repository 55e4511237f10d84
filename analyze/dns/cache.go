package dns

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	mdns "github.com/miekg/dns"

	"reportascam/analyze"
)

const (
	maxTTL         = 24 * time.Hour   // records change in a day, whatever their TTL says
	maxNegativeTTL = 15 * time.Minute // RFC 2308 section 5 allows hours; a new record should be seen soon
	failureTTL     = 5 * time.Second  // RFC 9520 section 3.2: failures are cached at least a second
	noSOATTL       = 60               // seconds; RFC 2308 section 5: without SOA better not at all, but a burst asks often
	maxCachedBytes = 4096             // of one answer's records: bounds the cache's memory with its entries
)

// cache keeps answers until they expire. A nil cache keeps nothing.
type cache struct {
	lru *lru.Cache[question, cached]
	now func() time.Time
}

type cached struct {
	answer  analyze.DNSAnswer
	expires time.Time
}

func newCache(entries int, now func() time.Time) (*cache, error) {
	if entries < 0 {
		return nil, nil
	}
	if entries == 0 {
		entries = DefaultCacheEntries
	}
	if now == nil {
		now = time.Now
	}
	l, err := lru.New[question, cached](entries)
	if err != nil {
		return nil, fmt.Errorf("dns: cache: %w", err)
	}
	return &cache{lru: l, now: now}, nil
}

// get gives a live answer, its TTL counted down.
func (c *cache) get(q question) (analyze.DNSAnswer, bool) {
	if c == nil {
		return analyze.DNSAnswer{}, false
	}
	e, ok := c.lru.Get(q)
	if !ok {
		return analyze.DNSAnswer{}, false
	}
	left := e.expires.Sub(c.now())
	if left <= 0 {
		c.lru.Remove(q)
		return analyze.DNSAnswer{}, false
	}
	a := clone(e.answer)
	a.TTL = min(a.TTL, uint32(left/time.Second))
	return a, true
}

// put keeps an answer for ttl; large ones are not kept.
func (c *cache) put(q question, a analyze.DNSAnswer, ttl time.Duration) {
	if c == nil || ttl <= 0 {
		return
	}
	size := 0
	for _, r := range a.Records {
		size += len(r)
	}
	if size <= maxCachedBytes {
		c.lru.Add(q, cached{clone(a), c.now().Add(ttl)})
	}
}

// bounded turns a TTL in seconds into a time, at most limit.
func bounded(ttl uint32, limit time.Duration) time.Duration {
	return min(time.Duration(ttl)*time.Second, limit)
}

// negativeTTL gives the seconds that an empty answer may be kept: the lesser
// of the SOA's own TTL and its minimum field (RFC 2308 section 5).
func negativeTTL(reply *mdns.Msg) uint32 {
	for _, rr := range reply.Ns {
		if soa, ok := rr.(*mdns.SOA); ok {
			return min(soa.Hdr.Ttl, soa.Minttl)
		}
	}
	return noSOATTL
}
