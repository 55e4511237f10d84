package store

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"reportascam/analyze"
)

// An ID is 26 characters: 48 bits of Unix time in milliseconds and 80 random
// bits, in Crockford's base 32, lower case. It sorts as text by time, can be
// read over the telephone, and cannot be guessed. The layout is that of the
// ULID specification (github.com/ulid/spec).
const (
	idLen    = 26
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
)

// maxBackstep is how far a clock may go back before IDs follow it: less is
// ordinary correction, during which order is kept; more is a clock that was
// wrong, and IDs must not stay wrong with it.
const maxBackstep = time.Minute

// idMaker makes IDs, each above the last.
type idMaker struct {
	mu   sync.Mutex
	rand io.Reader
	ms   uint64
	last [10]byte
}

func (m *idMaker) make(t time.Time) (analyze.ID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ms := uint64(max(t.UnixMilli(), 0)) & (1<<48 - 1)
	var r [10]byte
	if _, err := io.ReadFull(m.rand, r[:]); err != nil {
		return "", fmt.Errorf("store: randomness: %w", err)
	}
	if ms <= m.ms && m.ms-ms < uint64(maxBackstep.Milliseconds()) {
		// The same moment: a random step above the last.
		ms = m.ms
		if !step(&m.last, binary.BigEndian.Uint64(r[2:])>>16) {
			ms++ // 80 bits ran over: once in 2^32 such moments
			m.last = r
		}
	} else {
		m.last = r
	}
	m.ms = ms
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], ms<<16)
	copy(b[6:], m.last[:])
	return analyze.ID(encodeID(b)), nil
}

// step adds by+1 to an 80-bit number; false when it runs over.
func step(n *[10]byte, by uint64) bool {
	low := binary.BigEndian.Uint64(n[2:])
	sum := low + by + 1
	binary.BigEndian.PutUint64(n[2:], sum)
	if sum > low {
		return true
	}
	high := binary.BigEndian.Uint16(n[:2]) + 1
	binary.BigEndian.PutUint16(n[:2], high)
	return high != 0
}

// encodeID writes 128 bits as 26 characters, the first of 3 bits.
func encodeID(b [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [idLen]byte
	for i := idLen - 1; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// idAt is the lowest ID of a time.
func idAt(t time.Time) analyze.ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(max(t.UnixMilli(), 0))<<16)
	return analyze.ID(encodeID(b))
}

// validID reports whether an ID has the form of ours: only such are keys.
func validID(id analyze.ID) bool {
	return len(id) == idLen && id[0] <= '7' && plainID(string(id))
}

func plainID(s string) bool {
	for i := range len(s) {
		if strings.IndexByte(alphabet, s[i]) < 0 {
			return false
		}
	}
	return true
}
