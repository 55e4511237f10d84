package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// A frame is one record as it stands in a segment, all numbers little endian:
//
//	0  marker   8 octets, the segment's own
//	8  length   4, of the payload
//	12 synced   8, offset up to which the segment was durable when this was written
//	20 crc      4, CRC-32C of the payload followed by octets 0 to 20
//	24 payload
//
// The field synced tells damage from a torn end: bytes below the synced of
// any later record had reached the disk, and whatever is wrong there now was
// right once.
const frameHeader = 24

// MaxPayload is the longest record in octets: the largest message that any
// sensible mail host takes is 50 MiB, and this leaves room for its envelope.
const MaxPayload = 64 << 20

const markerLen = 8

type marker [markerLen]byte

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// payloadSum is the CRC of the payload, which its owner computes before it
// queues for the disk.
func payloadSum(parts [][]byte) (sum uint32, size int) {
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli, p)
		size += len(p)
	}
	return sum, size
}

// appendHeader appends the frame's header for a payload with the given sum.
func appendHeader(dst []byte, m marker, size int, synced int64, sum uint32) []byte {
	at := len(dst)
	dst = append(dst, m[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(size))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(synced))
	sum = crc32.Update(sum, castagnoli, dst[at:])
	return binary.LittleEndian.AppendUint32(dst, sum)
}

// parsedHeader is what a frame's header says before its payload was read.
type parsedHeader struct {
	size   int
	synced int64
	sum    uint32
	prefix [frameHeader - 4]byte
}

// parseHeader reads a frame's header. It is not ok when the marker is not the
// segment's or the payload would be longer than is allowed.
func parseHeader(b []byte, m marker) (h parsedHeader, ok bool) {
	if len(b) < frameHeader || marker(b[:markerLen]) != m {
		return h, false
	}
	size := binary.LittleEndian.Uint32(b[8:])
	if size > MaxPayload {
		return h, false
	}
	h.size = int(size)
	h.synced = int64(binary.LittleEndian.Uint64(b[12:]))
	h.sum = binary.LittleEndian.Uint32(b[20:])
	copy(h.prefix[:], b)
	return h, true
}

// holds reports whether the payload is the one that the header was made for.
func (h *parsedHeader) holds(payload []byte) bool {
	sum := crc32.Checksum(payload, castagnoli)
	return crc32.Update(sum, castagnoli, h.prefix[:]) == h.sum
}
