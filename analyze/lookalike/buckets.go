package lookalike

import "math/bits"

// buckets is a hash index from 64-bit hashes to groups. The groups of a bucket
// lie side by side, each with ten more bits of its hash, so that nearly no
// other group has to be looked at. It takes about six octets an entry.
type buckets struct {
	shift uint
	start []uint32
	ids   []uint32 // group below, tag above
}

const (
	// groupBits bounds the groups of an index: four million labels.
	groupBits = 22
	maxGroups = 1 << groupBits
)

// tag is the part of a hash that is kept beside the group: bits that do not
// choose the bucket.
func tag(h uint64) uint32 { return uint32(h) & (1<<(32-groupBits) - 1) << groupBits }

// newBuckets makes an index of about n entries from what each gives; each is
// called twice and must give the same both times.
func newBuckets(n int, each func(add func(hash uint64, g uint32))) buckets {
	// One bucket for two entries keeps chains short.
	width := uint(bits.Len(uint(n / 2)))
	b := buckets{shift: 64 - width, start: make([]uint32, 1<<width+1)}
	each(func(h uint64, _ uint32) { b.start[b.slot(h)]++ })
	var sum uint32
	for i, n := range b.start {
		sum += n
		b.start[i] = sum // the end of the bucket; filling moves it to the start
	}
	b.ids = make([]uint32, sum)
	each(func(h uint64, g uint32) {
		s := b.slot(h)
		b.start[s]--
		b.ids[b.start[s]] = g | tag(h)
	})
	return b
}

func (b *buckets) slot(h uint64) uint64 { return h >> b.shift }

// get gives each group that has the hash, or one like it.
func (b *buckets) get(h uint64) func(yield func(g uint32) bool) {
	return func(yield func(uint32) bool) {
		if len(b.ids) == 0 {
			return
		}
		s, t := b.slot(h), tag(h)
		for _, id := range b.ids[b.start[s]:b.start[s+1]] {
			if id&^(maxGroups-1) == t && !yield(id&(maxGroups-1)) {
				return
			}
		}
	}
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
