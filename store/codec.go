package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// Values that may be large begin with one octet that says how the rest is
// written.
const (
	codecPlain = 0
	codecZstd  = 1
)

const (
	// smallest is the length under which compression is not tried, in
	// octets: the value fits its page either way.
	smallest = 512
	// maxDecoded bounds what a stored value may become in memory, in octets:
	// MaxRaw, and judgements are below it. A damaged value may claim more.
	maxDecoded = 64 << 20
)

var errCodec = errors.New("store: value cannot be decoded")

// codec compresses and decompresses; safe for concurrent use.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (*codec, error) {
	// The fastest level: mail is accepted faster than it is judged, and the
	// better levels win a tenth. Two encoders at once: one for the importer
	// and one for judgements.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(2), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxDecoded), zstd.WithDecoderConcurrency(4))
	if err != nil {
		return nil, err
	}
	return &codec{enc, dec}, nil
}

// pack writes a value, compressed where that makes it shorter.
func (c *codec) pack(b []byte) []byte {
	if len(b) >= smallest {
		out := c.enc.EncodeAll(b, append(make([]byte, 0, len(b)/2+64), codecZstd))
		if len(out) < len(b) {
			return out
		}
	}
	return append([]byte{codecPlain}, b...)
}

// unpack reads what pack wrote, into memory of its own.
func (c *codec) unpack(v []byte) ([]byte, error) {
	if len(v) == 0 {
		return nil, errCodec
	}
	switch v[0] {
	case codecPlain:
		return append([]byte{}, v[1:]...), nil
	case codecZstd:
		b, err := c.dec.DecodeAll(v[1:], nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errCodec, err)
		}
		if b == nil {
			b = []byte{}
		}
		return b, nil
	}
	return nil, fmt.Errorf("%w: codec %d", errCodec, v[0])
}

// unpackJSON reads JSON that was packed.
func (c *codec) unpackJSON(b []byte, v any) error {
	raw, err := c.unpack(b)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

func (c *codec) close() {
	c.enc.Close()
	c.dec.Close()
}
