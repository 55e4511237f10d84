package auth

import "sync"

const (
	// maxCachedKeys bounds the key records that a Checker remembers; a desk
	// sees a few hundred signers a day.
	maxCachedKeys = 1024
	// maxCachedText is the longest record remembered: a 4096-bit key has 750
	// octets. With it the cache stays under 4 MB, whatever is published.
	maxCachedText = 2048
)

// keyCache remembers what key records say. It is keyed by the record's own
// text, so that nothing in it grows old: a new key is a new text. A nil cache
// remembers nothing.
type keyCache struct {
	mu    sync.Mutex
	known map[string]publicKey
}

// parse gives what parseKey gives. Only good keys are kept.
func (c *keyCache) parse(record []byte) (publicKey, *fault) {
	if c == nil || len(record) > maxCachedText {
		return parseKey(string(record))
	}
	c.mu.Lock()
	k, ok := c.known[string(record)]
	c.mu.Unlock()
	if ok {
		return k, nil
	}
	txt := string(record)
	k, f := parseKey(txt)
	if f != nil {
		return k, f
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxCachedKeys {
		// Starting anew costs each signer one reading, 3 microseconds.
		c.known = make(map[string]publicKey)
	}
	c.known[txt] = k
	return k, nil
}
