package files

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"strconv"
)

// pdfPad is what stands in for a password that is shorter (ISO 32000-2 section
// 7.6.4.3.2).
const pdfPad = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// pdfLocked tells whether an encrypted PDF needs a password to be read. Most
// need none: they are encrypted with an empty one, so that programs refuse to
// print or to change them. at is behind the /Encrypt of the trailer.
func pdfLocked(b []byte, at int) bool {
	dict := pdfValue(b, at)
	if dict == nil {
		return false
	}
	e := pdfCrypt{
		r: pdfNumber(dict, "/R"), v: pdfNumber(dict, "/V"), length: pdfNumber(dict, "/Length"), p: pdfNumber(dict, "/P"),
		o: pdfString(dict, "/O"), u: pdfString(dict, "/U"),
		plainMeta: bytes.Contains(dict, []byte("/EncryptMetadata false")),
	}
	e.id = pdfID(b[max(0, at-maxDict):min(len(b), at+maxDict)])
	// What cannot be told is taken to open: most do.
	opens, known := e.opens()
	return known && !opens
}

// pdfID gives the first of the two identifiers of a file, which stand in the
// trailer as /Encrypt does.
func pdfID(b []byte) []byte {
	for {
		i := bytes.Index(b, []byte("/ID"))
		if i < 0 {
			return nil
		}
		b = b[i+len("/ID"):]
		if t := bytes.TrimLeft(b, " \t\r\n"); bytes.HasPrefix(t, []byte("[")) {
			return pdfFirstString(t)
		}
	}
}

// pdfValue gives the dictionary at at, or the object that is referred to.
func pdfValue(b []byte, at int) []byte {
	rest := bytes.TrimLeft(b[at:min(len(b), at+64)], " \t\r\n")
	if bytes.HasPrefix(rest, []byte("<<")) {
		return b[at:min(len(b), at+maxDict)]
	}
	words := bytes.Fields(rest)
	if len(words) < 3 || words[2][0] != 'R' {
		return nil
	}
	if _, err := strconv.Atoi(string(words[0])); err != nil {
		return nil
	}
	head := append(append(append(bytes.Clone(words[0]), ' '), words[1]...), " obj"...)
	for from := 0; ; {
		i := bytes.Index(b[from:], head)
		if i < 0 {
			return nil
		}
		i += from
		if i == 0 || b[i-1] < '0' || b[i-1] > '9' {
			return b[i+len(head) : min(len(b), i+len(head)+maxDict)]
		}
		from = i + 1
	}
}

// pdfNumber gives the first number behind a key, 0 for none.
func pdfNumber(dict []byte, key string) int {
	for rest := dict; ; {
		i := bytes.Index(rest, []byte(key))
		if i < 0 {
			return 0
		}
		rest = rest[i+len(key):]
		word := bytes.TrimLeft(rest[:min(len(rest), 24)], " \t\r\n")
		n := 0
		for n < len(word) && (word[n] >= '0' && word[n] <= '9' || n == 0 && word[n] == '-') {
			n++
		}
		if v, err := strconv.Atoi(string(word[:n])); err == nil {
			return v
		}
	}
}

// pdfString gives the string behind a key.
func pdfString(dict []byte, key string) []byte {
	for rest := dict; ; {
		i := bytes.Index(rest, []byte(key))
		if i < 0 {
			return nil
		}
		rest = rest[i+len(key):]
		if t := bytes.TrimLeft(rest, " \t\r\n"); len(t) > 0 && (t[0] == '(' || t[0] == '<' && !bytes.HasPrefix(t, []byte("<<"))) {
			return pdfFirstString(t)
		}
	}
}

// pdfFirstString reads the next string, in brackets or in digits (ISO 32000-2
// section 7.3.4).
func pdfFirstString(b []byte) []byte {
	i := bytes.IndexAny(b, "(<")
	if i < 0 {
		return nil
	}
	if b[i] == '<' {
		out, _ := hexData(bytes.ToLower(b[i+1 : i+1+max(0, bytes.IndexByte(b[i+1:], '>'))]))
		return out
	}
	var out []byte
	depth := 1
	for b = b[i+1:]; len(b) > 0; b = b[1:] {
		switch c := b[0]; {
		case c == '\\' && len(b) > 1:
			b = b[1:]
			v, n := pdfEscape(b)
			out = append(out, v...)
			b = b[n-1:]
			continue
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return out
			}
		}
		out = append(out, b[0])
	}
	return out
}

// pdfEscape gives what an escape stands for, and its length behind the
// backslash.
func pdfEscape(b []byte) (v []byte, n int) {
	switch c := b[0]; c {
	case 'n':
		return []byte{'\n'}, 1
	case 'r':
		return []byte{'\r'}, 1
	case 't':
		return []byte{'\t'}, 1
	case 'b':
		return []byte{'\b'}, 1
	case 'f':
		return []byte{'\f'}, 1
	case '\r', '\n':
		return nil, 1
	default:
		if c < '0' || c > '7' {
			return []byte{c}, 1
		}
		x := 0
		for n < 3 && n < len(b) && b[n] >= '0' && b[n] <= '7' {
			x = x<<3 | int(b[n]-'0')
			n++
		}
		return []byte{byte(x)}, n
	}
}

// pdfCrypt is the encryption dictionary of the standard handler (ISO 32000-2
// section 7.6.4.2).
type pdfCrypt struct {
	r, v, length, p int
	o, u, id        []byte
	plainMeta       bool
}

// opens tells whether the empty password opens it, and whether that is known.
func (e *pdfCrypt) opens() (opens, known bool) {
	switch {
	case e.r >= 2 && e.r <= 4 && len(e.o) >= 32 && len(e.u) >= 16:
		return e.opensOld(), true
	case e.r == 5 && len(e.u) >= 48:
		sum := sha256.Sum256(e.u[32:40])
		return bytes.Equal(sum[:], e.u[:32]), true
	case e.r == 6 && len(e.u) >= 48:
		return bytes.Equal(hash2B(e.u[32:40]), e.u[:32]), true
	}
	return false, false
}

// opensOld is algorithms 2, 4 and 5 of section 7.6.4.3 with an empty password.
func (e *pdfCrypt) opensOld() bool {
	size := 5
	if e.r > 2 {
		size = 16
		if e.v < 4 && e.length >= 40 && e.length <= 128 {
			size = e.length / 8
		}
	}
	h := md5.New()
	h.Write([]byte(pdfPad))
	h.Write(e.o[:32])
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(e.p)))
	h.Write(e.id)
	if e.r >= 4 && e.plainMeta {
		h.Write([]byte("\xFF\xFF\xFF\xFF"))
	}
	key := h.Sum(nil)
	if e.r > 2 {
		for range 50 {
			s := md5.Sum(key[:size])
			key = s[:]
		}
	}
	key = key[:size]
	if e.r == 2 {
		return len(e.u) >= 32 && bytes.Equal(rc4d(key, []byte(pdfPad)), e.u[:32])
	}
	s := md5.Sum(append([]byte(pdfPad), e.id...))
	x := s[:]
	for i := range 20 {
		k := bytes.Clone(key)
		for j := range k {
			k[j] ^= byte(i)
		}
		x = rc4d(k, x)
	}
	return bytes.Equal(x, e.u[:16])
}

func rc4d(key, b []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(b))
	c.XORKeyStream(out, b)
	return out
}

// hash2B is algorithm 2.B of section 7.6.4.3.4 with an empty password. It ends
// by what it computes, after some 64 to 100 rounds; maxRounds only bounds what
// is improbable.
func hash2B(salt []byte) []byte {
	const maxRounds = 512
	sum := sha256.Sum256(salt)
	k := sum[:]
	for round := 0; round < maxRounds; round++ {
		k1 := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(k1, k1)
		mod := 0
		for _, c := range k1[:16] {
			mod += int(c)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(k1)
			k = s[:]
		case 1:
			s := sha512.Sum384(k1)
			k = s[:]
		default:
			s := sha512.Sum512(k1)
			k = s[:]
		}
		if round >= 63 && int(k1[len(k1)-1]) <= round-31 {
			break
		}
	}
	return k[:32]
}
