package bimi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// defaultCache is the octets of bodies kept: some thousand logos with
	// their certificates.
	defaultCache = 32 << 20
	// maxEntries bounds the URLs kept, failures among them.
	maxEntries = 10000
	// freshDefault is how long a thing is fresh when the server says
	// nothing, as Mail::BIMI has it.
	freshDefault = time.Hour
	// freshMin keeps a server that says "never keep" from being asked for
	// every message.
	freshMin = 5 * time.Minute
	// freshMax bounds how long a logo that was taken back lives on.
	freshMax = 24 * time.Hour
	// freshFailure is how long a failure counts (RFC 9520 has this for the
	// DNS: a broken server must not be asked for every message).
	freshFailure = time.Minute
	// maxValidator bounds an ETag or date that is kept and sent again.
	maxValidator = 256
)

// kept is one thing in the cache.
type kept struct {
	fetched  Fetched
	etag     string
	modified string
	until    time.Time
}

// keep makes a cache entry of a response.
func keep(f Fetched, h http.Header, now time.Time) *kept {
	return &kept{fetched: f, etag: short(h.Get("ETag")), modified: short(h.Get("Last-Modified")), until: now.Add(freshness(h))}
}

func short(s string) string {
	if len(s) > maxValidator {
		return ""
	}
	return s
}

// validate asks whether the thing is still the same (RFC 9111 section 4.3.1).
func (k *kept) validate(h http.Header) {
	if k.etag != "" {
		h.Set("If-None-Match", k.etag)
	}
	if k.modified != "" {
		h.Set("If-Modified-Since", k.modified)
	}
}

// again gives the entry as confirmed at a time.
func (k *kept) again(h http.Header, now time.Time) *kept {
	out := *k
	out.fetched.At = now.UTC()
	out.until = now.Add(freshness(h))
	return &out
}

// freshness gives how long a response is fresh: max-age within our bounds
// (RFC 9111 section 5.2.2.1).
func freshness(h http.Header) time.Duration {
	for _, line := range h.Values("Cache-Control") {
		for part := range strings.SplitSeq(strings.ToLower(line), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			switch name {
			case "no-store", "no-cache":
				return freshMin
			case "max-age":
				if n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
					return min(max(time.Duration(n)*time.Second, freshMin), freshMax)
				}
			}
		}
	}
	return freshDefault
}

// cache keeps things by URL and kind, the least recently used going first. It
// is safe for concurrent use.
type cache struct {
	limit int

	mu      sync.Mutex
	size    int
	entries map[Request]*entry
	flights map[Request]*fetching
	tick    uint64
}

type entry struct {
	*kept
	used uint64
}

func newCache(limit int) cache {
	return cache{limit: limit, entries: make(map[Request]*entry), flights: make(map[Request]*fetching)}
}

// loader asks the server; it gives what to keep, or nil, and what came.
type loader func(ctx context.Context, req Request, old *kept) (*kept, Fetched)

// get gives what is fresh, or loads it. Callers who want the same at the same
// time wait for one load; one whose context ends does not end it for others
// unless it is the one who loads.
func (c *cache) get(ctx context.Context, req Request, now func() time.Time, load loader) Fetched {
	c.mu.Lock()
	e := c.entries[req]
	if e != nil && now().Before(e.until) {
		c.tick++
		e.used = c.tick
		c.mu.Unlock()
		return e.fetched
	}
	if fl, ok := c.flights[req]; ok {
		c.mu.Unlock()
		select {
		case <-fl.done:
			return fl.got
		case <-ctx.Done():
			return unfetched(req, FetchTempError, "deadline")
		}
	}
	fl := &fetching{done: make(chan struct{}), got: unfetched(req, FetchTempError, "the fetcher failed")}
	c.flights[req] = fl
	c.mu.Unlock()

	defer func() { // also when load panics: nobody waits forever
		c.mu.Lock()
		delete(c.flights, req)
		c.mu.Unlock()
		close(fl.done)
	}()
	var old *kept
	if e != nil && e.fetched.Status == FetchOK {
		old = e.kept
	}
	k, got := load(ctx, req, old)
	fl.got = got
	if k == nil && ctx.Err() == nil {
		k = &kept{fetched: got, until: now().Add(freshFailure)}
	}
	if k != nil {
		c.put(req, k)
	}
	return got
}

// put keeps an entry, making room.
func (c *cache) put(req Request, k *kept) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[req]; old != nil {
		c.size -= len(old.fetched.Body)
		delete(c.entries, req)
	}
	if len(k.fetched.Body) > c.limit {
		return
	}
	c.size += len(k.fetched.Body)
	c.tick++
	c.entries[req] = &entry{k, c.tick}
	if c.size > c.limit || len(c.entries) > maxEntries {
		c.shrink()
	}
}

// shrink drops the least recently used until a tenth is free, so that it runs
// seldom; c.mu is held.
func (c *cache) shrink() {
	type aged struct {
		req  Request
		used uint64
	}
	all := make([]aged, 0, len(c.entries))
	for r, e := range c.entries {
		all = append(all, aged{r, e.used})
	}
	slices.SortFunc(all, func(a, b aged) int {
		if a.used < b.used {
			return -1
		}
		return 1
	})
	for _, a := range all[:len(all)-1] {
		if c.size <= c.limit/10*9 && len(c.entries) <= maxEntries/10*9 {
			return
		}
		c.size -= len(c.entries[a.req].fetched.Body)
		delete(c.entries, a.req)
	}
}
