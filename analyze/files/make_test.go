package files

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
)

func hexOf(s string) string { return hex.EncodeToString([]byte(s)) }

func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// lockedPDF makes a PDF that is encrypted by revision 3 with a password.
func lockedPDF(password string) string {
	const id = "0123456789abcdef"
	o := bytes.Repeat([]byte{0xA5}, 32)
	pad := []byte((password + pdfPad)[:32])
	h := md5.New()
	h.Write(pad)
	h.Write(o)
	perm := int32(-44)
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(perm)))
	h.Write([]byte(id))
	key := h.Sum(nil)
	for range 50 {
		s := md5.Sum(key)
		key = s[:]
	}
	s := md5.Sum([]byte(pdfPad + id))
	x := s[:]
	for i := range 20 {
		k := bytes.Clone(key)
		for j := range k {
			k[j] ^= byte(i)
		}
		x = rc4d(k, x)
	}
	u := append(x, make([]byte, 16)...)
	return fmt.Sprintf("%%PDF-1.6\n5 0 obj\n<</Filter/Standard/V 2/R 3/Length 128/P %d/O<%x>/U<%x>>>\nendobj\ntrailer\n<</Encrypt 5 0 R/ID[<%x><%x>]>>\n%%%%EOF\n", perm, o, u, id, id)
}

func utf16z(s string) []byte {
	var b []byte
	for _, c := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// sevenZipOf puts a list behind the signature of a 7z archive.
func sevenZipOf(list []byte) string {
	head := append([]byte("7z\xBC\xAF\x27\x1C\x00\x04"), 0, 0, 0, 0)
	head = binary.LittleEndian.AppendUint64(head, 0)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(list)))
	return string(head) + "\x00\x00\x00\x00" + string(list)
}

func plain7z(names ...string) string {
	all := []byte{0}
	for _, n := range names {
		all = append(all, utf16z(n)...)
	}
	list := append([]byte{headerMark7z, filesMark7z, byte(len(names)), namesMark7z, byte(len(all))}, all...)
	return sevenZipOf(append(list, 0, 0))
}

// hidden7z has a list that is encrypted: packed, then one folder with AES.
func hidden7z() string {
	return sevenZipOf([]byte{encodedMark7z, packMark7z, 0, 1, sizeMark7z, 0x10, 0,
		unpackMark7z, folderMark7z, 1, 0, 1, 0x24, 0x06, 0xF1, 0x07, 0x01, 2, 0x53, 0x07, codersMark7z, 0x20, 0, 0})
}

func rar5Block(kind, flags byte, extra []byte, body ...byte) []byte {
	b := []byte{kind, flags}
	if flags&1 != 0 {
		b = append(b, byte(len(extra)))
	}
	if flags&2 != 0 {
		b = append(b, 0)
	}
	b = append(append(b, body...), extra...)
	return append([]byte{0, 0, 0, 0, byte(len(b))}, b...)
}

func rar5(name string, locked bool) string {
	out := []byte("Rar!\x1A\x07\x01\x00")
	out = append(out, rar5Block(1, 0, nil, 0)...)
	flags, extra := byte(2), []byte(nil)
	if locked {
		flags, extra = 3, []byte{2, 1, 0}
	}
	body := append([]byte{0, 5, 0, 0x80, 0x05, 1, byte(len(name))}, name...)
	out = append(out, rar5Block(2, flags, extra, body...)...)
	return string(append(out, rar5Block(5, 0, nil, 0)...))
}

func rar4(name string) string {
	out := []byte("Rar!\x1A\x07\x00" + "\x00\x00\x73\x00\x00\x0D\x00\x00\x00\x00\x00\x00\x00")
	h := make([]byte, 32)
	h[2], h[4] = 0x74, 0x80
	binary.LittleEndian.PutUint16(h[5:], uint16(32+len(name)))
	h[11], h[25] = 9, 0x33 // size and method
	binary.LittleEndian.PutUint16(h[26:], uint16(len(name)))
	return string(append(append(out, h...), name...)) + "\x00\x00\x7B\x00\x40\x07\x00"
}

// isoImage makes a disk image with one file.
func isoImage(name, content string) string {
	b := make([]byte, 20*isoSector+len(content))
	record := func(at, size int, flags byte, name string) []byte {
		r := make([]byte, 33+len(name)+(1-len(name)%2))
		r[0], r[25], r[32] = byte(len(r)), flags, byte(len(name))
		binary.LittleEndian.PutUint32(r[2:], uint32(at))
		binary.LittleEndian.PutUint32(r[10:], uint32(size))
		copy(r[33:], name)
		return r
	}
	d := b[16*isoSector:]
	d[0] = 1
	copy(d[1:], "CD001\x01")
	copy(d[156:], record(18, isoSector, 2, "\x00"))
	b[17*isoSector] = 255
	copy(b[17*isoSector+1:], "CD001")
	dir := record(18, isoSector, 2, "\x00")
	dir = append(dir, record(18, isoSector, 2, "\x01")...)
	copy(b[18*isoSector:], append(dir, record(20, len(content), 0, name)...))
	copy(b[20*isoSector:], content)
	return string(b)
}

func cabinet(name string) string {
	h := make([]byte, 36)
	copy(h, "MSCF")
	h[16], h[28] = 36, 1
	return string(h) + "\x09" + strings.Repeat("\x00", 15) + name + "\x00"
}
