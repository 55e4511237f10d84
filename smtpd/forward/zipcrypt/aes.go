package zipcrypt

import (
	"archive/zip"
	"bytes"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	aesExtraID = 0x9901 // of the extra field that names version, strength and real method
	aesRounds  = 1000   // of PBKDF2, fixed by the format
	aesVerify  = 2      // octets of the password's check value
	aesMAC     = 10     // octets kept of the HMAC-SHA1
)

// aesExtra is the content of the AES extra field.
type aesExtra struct {
	version uint16 // 1: with CRC, 2: without
	keySize int    // octets
	method  uint16 // of compression
}

// readAES reads an AE-1 or AE-2 entry: salt, check value, encrypted data,
// authentication code.
func readAES(f *zip.File, r io.Reader, password string, limit int) ([]byte, error) {
	x, ok := findAES(f.Extra)
	if !ok {
		return nil, fmt.Errorf("%w: AES field", ErrMethod)
	}
	salt := make([]byte, x.keySize/2)
	verify := make([]byte, aesVerify)
	if _, err := io.ReadFull(r, salt); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if _, err := io.ReadFull(r, verify); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	keys, err := pbkdf2.Key(sha1.New, password, salt, aesRounds, 2*x.keySize+aesVerify)
	if err != nil {
		return nil, fmt.Errorf("zipcrypt: deriving keys: %w", err)
	}
	if subtle.ConstantTimeCompare(keys[2*x.keySize:], verify) == 0 {
		return nil, ErrPassword
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if len(data) < aesMAC {
		return nil, fmt.Errorf("%w: too short", ErrCorrupt)
	}
	data, code := data[:len(data)-aesMAC], data[len(data)-aesMAC:]
	mac := hmac.New(sha1.New, keys[x.keySize:2*x.keySize])
	mac.Write(data)
	if !hmac.Equal(mac.Sum(nil)[:aesMAC], code) {
		return nil, fmt.Errorf("%w: authentication code", ErrCorrupt)
	}
	if err := xorAES(data, keys[:x.keySize]); err != nil {
		return nil, err
	}
	out, err := inflate(bytes.NewReader(data), x.method, limit)
	if err != nil {
		return nil, err
	}
	if x.version == 1 && crc32.ChecksumIEEE(out) != f.CRC32 {
		return nil, fmt.Errorf("%w: CRC", ErrCorrupt)
	}
	return out, nil
}

// findAES looks for the AES field among the extra fields of an entry.
func findAES(extra []byte) (x aesExtra, ok bool) {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return x, false
		}
		if id == aesExtraID && size >= 7 {
			x.version = binary.LittleEndian.Uint16(extra)
			x.keySize = 8 + 8*int(extra[4])
			x.method = binary.LittleEndian.Uint16(extra[5:])
			return x, string(extra[2:4]) == "AE" && x.version >= 1 && x.version <= 2 && extra[4] >= 1 && extra[4] <= 3
		}
		extra = extra[size:]
	}
	return x, false
}

// xorAES decrypts in place: AES in counter mode, where the counter is little
// endian and starts at one. The standard library counts in big endian.
func xorAES(data, key []byte) error {
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("zipcrypt: %w", err)
	}
	var counter, stream [aes.BlockSize]byte
	for n := uint64(1); len(data) > 0; n++ {
		binary.LittleEndian.PutUint64(counter[:], n)
		block.Encrypt(stream[:], counter[:])
		done := min(len(data), aes.BlockSize)
		subtle.XORBytes(data[:done], data[:done], stream[:done])
		data = data[done:]
	}
	return nil
}
