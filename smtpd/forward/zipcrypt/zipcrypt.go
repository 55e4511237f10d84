package zipcrypt

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// What Read returns.
var (
	// ErrPassword: the password is wrong. The old cipher notices that in one
	// octet only, so that a wrong password can end in ErrCorrupt as well.
	ErrPassword = errors.New("zipcrypt: wrong password")
	// ErrCorrupt: the entry is cut short, or its sum does not fit.
	ErrCorrupt = errors.New("zipcrypt: corrupt entry")
	// ErrMethod: the entry is encrypted or compressed in a way not known here.
	ErrMethod = errors.New("zipcrypt: unknown method")
	// ErrTooLarge: the entry's content is larger than the limit.
	ErrTooLarge = errors.New("zipcrypt: entry too large")
)

const (
	flagEncrypted  = 1 << 0 // APPNOTE section 4.4.4
	flagDescriptor = 1 << 3
	flagStrong     = 1 << 6

	methodAES = 99 // APPNOTE section 4.4.5
)

// Encrypted tells whether an entry is encrypted.
func Encrypted(f *zip.File) bool { return f.Flags&flagEncrypted != 0 }

// Read gives the content of an encrypted entry, at most limit octets.
func Read(f *zip.File, password string, limit int) ([]byte, error) {
	if !Encrypted(f) || f.Flags&flagStrong != 0 {
		return nil, ErrMethod
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if f.Method == methodAES {
		return readAES(f, r, password, limit)
	}
	return readOld(f, r, password, limit)
}

// readOld reads an entry in the old cipher (APPNOTE section 6.1): a header of
// 12 octets whose last one tells a wrong password, then the content.
func readOld(f *zip.File, r io.Reader, password string, limit int) ([]byte, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	c := newCipher(password)
	c.decrypt(head[:])
	if head[11] != byte(f.CRC32>>24) && head[11] != oldTime(f) {
		return nil, ErrPassword
	}
	out, err := inflate(&oldReader{r: r, c: c}, f.Method, limit)
	if err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(out) != f.CRC32 {
		return nil, fmt.Errorf("%w: CRC", ErrCorrupt)
	}
	return out, nil
}

// oldTime gives the octet of the entry's time that stands in the header where
// the sum was not known yet when it was written. Most such writers use it, some
// the sum all the same.
func oldTime(f *zip.File) byte {
	if f.Flags&flagDescriptor == 0 {
		return byte(f.CRC32 >> 24)
	}
	return byte(f.ModifiedTime >> 8) // the raw field is what was encrypted
}

// inflate undoes the compression, up to limit octets.
func inflate(r io.Reader, method uint16, limit int) ([]byte, error) {
	switch method {
	case zip.Store:
	case zip.Deflate:
		fr := flate.NewReader(r)
		defer fr.Close()
		r = fr
	default:
		return nil, fmt.Errorf("%w: compression %d", ErrMethod, method)
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	case n > int64(limit):
		return nil, ErrTooLarge
	}
	return out.Bytes(), nil
}

// oldReader decrypts while it reads.
type oldReader struct {
	r io.Reader
	c *cipher
}

func (o *oldReader) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	o.c.decrypt(p[:n])
	return n, err
}
