package zipcrypt

import "hash/crc32"

// cipher is the state of the old cipher: three keys (APPNOTE section 6.1.3).
type cipher struct{ a, b, c uint32 }

// newCipher starts from a password (APPNOTE section 6.1.5).
func newCipher(password string) *cipher {
	k := &cipher{0x12345678, 0x23456789, 0x34567890}
	for i := 0; i < len(password); i++ {
		k.update(password[i])
	}
	return k
}

// update takes in one octet of plain text.
func (k *cipher) update(b byte) {
	k.a = crcStep(k.a, b)
	k.b = (k.b+k.a&0xFF)*134775813 + 1
	k.c = crcStep(k.c, byte(k.b>>24))
}

// crcStep is one step of CRC-32 without its complements.
func crcStep(crc uint32, b byte) uint32 {
	return crc32.IEEETable[byte(crc)^b] ^ crc>>8
}

// decrypt works in place (APPNOTE sections 6.1.6 and 6.1.7).
func (k *cipher) decrypt(p []byte) {
	for i := range p {
		t := k.c | 2
		p[i] ^= byte((t & 0xFFFF * (t&0xFFFF ^ 1)) >> 8)
		k.update(p[i])
	}
}
