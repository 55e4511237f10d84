package rtf

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// What is wrong with a compressed body. What could be read comes with it.
var (
	// ErrHeader is returned when the header is short or names no known form.
	ErrHeader = errors.New("rtf: not a compressed body")
	// ErrTruncated is returned when the body ends before its own end mark.
	ErrTruncated = errors.New("rtf: compressed body ends early")
	// ErrChecksum is returned when the contents are not those that were summed.
	ErrChecksum = errors.New("rtf: wrong checksum")
	// ErrTooLarge is returned when there is more output than was allowed.
	ErrTooLarge = errors.New("rtf: larger than allowed")
)

// The header and the dictionary (MS-OXRTFCP sections 2.1.3.1.1 and 2.1.2.1).
const (
	headerSize   = 16
	compressed   = 0x75465A4C // "LZFu"
	uncompressed = 0x414C454D // "MELA"

	dictionarySize = 4096
	dictionary     = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript " +
		"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par " +
		"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)

// Decompress undoes the compression of PidTagRtfCompressed and gives at most
// max bytes. Beside an error it gives what could be read.
func Decompress(b []byte, max int) ([]byte, error) {
	if len(b) < headerSize {
		return nil, ErrHeader
	}
	form, sum := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])
	raw := int64(binary.LittleEndian.Uint32(b[4:]))
	body := b[headerSize:]
	// The size counts what follows its own field.
	if size := int64(binary.LittleEndian.Uint32(b)) - (headerSize - 4); size >= 0 && size < int64(len(body)) {
		body = body[:size]
	}
	switch form {
	case uncompressed:
		if raw < int64(len(body)) {
			body = body[:raw]
		}
		if len(body) > max {
			return body[:max:max], ErrTooLarge
		}
		if raw > int64(len(body)) {
			return body, ErrTruncated
		}
		return body, nil
	case compressed:
		out, err := expand(body, max)
		// The sum starts at zero and is not inverted, unlike that of RFC 1952.
		if err == nil && ^crc32.Update(0xFFFFFFFF, crc32.IEEETable, body) != sum {
			err = ErrChecksum
		}
		return out, err
	}
	return nil, ErrHeader
}

// expand reads runs of eight tokens: a literal, or a place and a length in the
// dictionary (MS-OXRTFCP section 2.2). A token of the place that is written
// next ends the body.
func expand(in []byte, max int) ([]byte, error) {
	var dict [dictionarySize]byte
	at := copy(dict[:], dictionary)
	var out []byte
	for i := 0; i < len(in); {
		control := in[i]
		i++
		for bit := 0; bit < 8; bit++ {
			if control&(1<<bit) == 0 {
				if i >= len(in) {
					return out, ErrTruncated
				}
				if len(out) >= max {
					return out, ErrTooLarge
				}
				out = append(out, in[i])
				dict[at] = in[i]
				at, i = (at+1)%dictionarySize, i+1
				continue
			}
			if i+1 >= len(in) {
				return out, ErrTruncated
			}
			token := int(in[i])<<8 | int(in[i+1])
			i += 2
			from, n := token>>4, token&0x0F+2
			if from == at {
				return out, nil
			}
			if len(out)+n > max {
				return out, ErrTooLarge
			}
			for ; n > 0; n-- {
				c := dict[from]
				out = append(out, c)
				dict[at] = c
				at, from = (at+1)%dictionarySize, (from+1)%dictionarySize
			}
		}
	}
	return out, ErrTruncated
}
