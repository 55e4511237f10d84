package lookalike

import "math/bits"

// buckets is a hash index from 64-bit hashes to groups without the hashes: the
// groups of a bucket lie side by side, and who asks checks each. It takes about
// six octets an entry.
type buckets struct {
	shift uint
	start []uint32
	ids   []uint32
}

// newBuckets makes an index of what each gives; it is called twice and must
// give the same both times.
func newBuckets(groups int, each func(add func(hash uint64, g uint32))) buckets {
	n := 0
	each(func(uint64, uint32) { n++ })
	// One bucket for two entries keeps chains short.
	width := uint(bits.Len(uint(n / 2)))
	b := buckets{shift: 64 - width, ids: make([]uint32, n)}
	b.start = make([]uint32, 1<<width+1)
	each(func(h uint64, _ uint32) { b.start[b.slot(h)+1]++ })
	for i := 1; i < len(b.start); i++ {
		b.start[i] += b.start[i-1]
	}
	next := make([]uint32, len(b.start))
	copy(next, b.start)
	each(func(h uint64, g uint32) {
		s := b.slot(h)
		b.ids[next[s]] = g
		next[s]++
	})
	return b
}

func (b *buckets) slot(h uint64) uint64 {
	if b.shift == 64 {
		return 0
	}
	return h >> b.shift
}

// get gives the groups that may have the hash.
func (b *buckets) get(h uint64) []uint32 {
	if len(b.ids) == 0 {
		return nil
	}
	s := b.slot(h)
	return b.ids[b.start[s]:b.start[s+1]]
}

// Hashing is FNV-1a with a final mix, since the top bits choose the bucket.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hashString(s string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return mix(h)
}

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	h ^= h >> 29
	return h
}

// headHash hashes the first four octets of a word into 16 bits, for the filter
// of names to look for inside labels.
func headHash(word string) uint32 {
	h := uint32(word[0]) | uint32(word[1])<<8 | uint32(word[2])<<16 | uint32(word[3])<<24
	return h * 2654435761 >> 16
}

// deletions calls f with the hash of word and of word less each letter, until
// f says stop. Two words within one edit or swap share one of them.
func deletions(word string, f func(h uint64) bool) {
	if !f(hashString(word)) {
		return
	}
	prefix := uint64(fnvOffset)
	for i := range len(word) {
		if i == 0 || word[i] != word[i-1] {
			h := prefix
			for j := i + 1; j < len(word); j++ {
				h = (h ^ uint64(word[j])) * fnvPrime
			}
			if !f(mix(h)) {
				return
			}
		}
		prefix = (prefix ^ uint64(word[i])) * fnvPrime
	}
}
