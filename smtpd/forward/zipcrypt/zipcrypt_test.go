package zipcrypt

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"testing"
)

// TestRead reads what other programs wrote: Info-ZIP 3.0 (zip -P) and 7-Zip
// (7z -tzip -mem=…).
func TestRead(t *testing.T) {
	want, err := os.ReadFile("testdata/scam.eml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ file, password string }{
		{"zipcrypto.zip", "infected"},
		{"zipcrypto-stored.zip", "infected"},
		{"zipcrypto-stream.zip", "secret word"},
		{"zipcrypto-words.zip", "secret word"},
		{"zipcrypto-7z.zip", "infected"},
		{"aes128.zip", "infected"},
		{"aes192.zip", "infected"},
		{"aes256.zip", "infected"},
		{"aes256-stored.zip", "infected"},
	} {
		raw, err := os.ReadFile("testdata/" + test.file)
		if err != nil {
			t.Fatal(err)
		}
		f := onlyFile(t, raw)
		if !Encrypted(f) {
			t.Errorf("Encrypted(%s) = false", test.file)
		}
		if got, err := Read(f, test.password, 1<<20); err != nil || !bytes.Equal(got, want) {
			t.Errorf("Read(%s) = %q, %v, want the message", test.file, got, err)
		}
		if _, err := Read(f, "wrong", 1<<20); !errors.Is(err, ErrPassword) {
			t.Errorf("Read(%s) with a wrong password = %v, want ErrPassword", test.file, err)
		}
		if _, err := Read(f, test.password, 10); !errors.Is(err, ErrTooLarge) {
			t.Errorf("Read(%s) with a limit of 10 = %v, want ErrTooLarge", test.file, err)
		}
		if got, err := Read(f, test.password, len(want)); err != nil || len(got) != len(want) {
			t.Errorf("Read(%s) with the limit at its size = %d octets, %v", test.file, len(got), err)
		}
	}
}

// TestReadAE1 has the older version, which keeps the CRC beside the code.
func TestReadAE1(t *testing.T) {
	plain := []byte("Subject: x\r\n\r\n" + string(bytes.Repeat([]byte("text "), 100)))
	for strength := 1; strength <= 3; strength++ {
		good := aesZip(t, plain, "pw", 1, strength, crc32.ChecksumIEEE(plain))
		if got, err := Read(onlyFile(t, good), "pw", 1<<20); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("Read of AE-1, strength %d = %q, %v", strength, got, err)
		}
		bad := aesZip(t, plain, "pw", 1, strength, 1)
		if _, err := Read(onlyFile(t, bad), "pw", 1<<20); !errors.Is(err, ErrCorrupt) {
			t.Errorf("Read of AE-1 with a wrong CRC = %v, want ErrCorrupt", err)
		}
		// AE-2 has no CRC: whatever stands there does not count.
		two := aesZip(t, plain, "pw", 2, strength, 1)
		if _, err := Read(onlyFile(t, two), "pw", 1<<20); err != nil {
			t.Errorf("Read of AE-2 with a wrong CRC = %v, want it not looked at", err)
		}
	}
}

func TestReadCorrupt(t *testing.T) {
	for _, file := range []string{"zipcrypto.zip", "aes256.zip"} {
		raw, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		f := onlyFile(t, raw)
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		last := int(at) + int(f.CompressedSize64) - 1
		raw[last] ^= 1 // the code of AES, the content of the other
		if _, err := Read(onlyFile(t, raw), "infected", 1<<20); !errors.Is(err, ErrCorrupt) {
			t.Errorf("Read(%s) with its last octet changed = %v, want ErrCorrupt", file, err)
		}
		raw[last] ^= 1
		raw[last-20] ^= 0x80
		if _, err := Read(onlyFile(t, raw), "infected", 1<<20); !errors.Is(err, ErrCorrupt) {
			t.Errorf("Read(%s) with an octet changed = %v, want ErrCorrupt", file, err)
		}
	}
}

func TestReadMethod(t *testing.T) {
	plain := []byte("x")
	for _, test := range []struct {
		name   string
		change func(f *zip.File)
		want   error
	}{
		{"not encrypted", func(f *zip.File) { f.Flags = 0 }, ErrMethod},
		{"strong encryption", func(f *zip.File) { f.Flags |= flagStrong }, ErrMethod},
		{"no AES field", func(f *zip.File) { f.Extra = nil }, ErrMethod},
		{"cut AES field", func(f *zip.File) { f.Extra = f.Extra[:8] }, ErrMethod},
		{"other vendor", func(f *zip.File) { f.Extra[6] = 'X' }, ErrMethod},
		{"strength 9", func(f *zip.File) { f.Extra[8] = 9 }, ErrMethod},
		{"compression 14", func(f *zip.File) { f.Extra[9] = 14 }, ErrMethod},
	} {
		f := onlyFile(t, aesZip(t, plain, "pw", 2, 3, 0))
		test.change(f)
		if _, err := Read(f, "pw", 100); !errors.Is(err, test.want) {
			t.Errorf("%s: Read = %v, want %v", test.name, err, test.want)
		}
	}
}

func onlyFile(tb testing.TB, raw []byte) *zip.File {
	tb.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil || len(z.File) != 1 {
		tb.Fatalf("zip.NewReader: %v", err)
	}
	return z.File[0]
}

// aesZip writes an archive of one encrypted, deflated entry.
func aesZip(tb testing.TB, plain []byte, password string, version uint16, strength int, crc uint32) []byte {
	tb.Helper()
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, 9)
	if err != nil {
		tb.Fatal(err)
	}
	w.Write(plain)
	w.Close()
	size := 8 + 8*strength
	salt := bytes.Repeat([]byte{7}, size/2)
	keys, err := pbkdf2.Key(sha1.New, password, salt, aesRounds, 2*size+aesVerify)
	if err != nil {
		tb.Fatal(err)
	}
	data := deflated.Bytes()
	if err := xorAES(data, keys[:size]); err != nil {
		tb.Fatal(err)
	}
	mac := hmac.New(sha1.New, keys[size:2*size])
	mac.Write(data)
	body := bytes.Join([][]byte{salt, keys[2*size:], data, mac.Sum(nil)[:aesMAC]}, nil)

	extra := binary.LittleEndian.AppendUint16(nil, aesExtraID)
	extra = append(extra, 7, 0, byte(version), 0, 'A', 'E', byte(strength), 8, 0)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	fw, err := z.CreateRaw(&zip.FileHeader{Name: "a.eml", Method: methodAES, Flags: flagEncrypted, Extra: extra, CRC32: crc,
		CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(len(plain))})
	if err != nil {
		tb.Fatal(err)
	}
	fw.Write(body)
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// FuzzRead: no input makes more octets than the limit, and what is given
// without an error has the sum that the entry says.
func FuzzRead(f *testing.F) {
	for _, file := range []string{"zipcrypto.zip", "zipcrypto-stream.zip", "aes128.zip", "aes256-stored.zip"} {
		raw, err := os.ReadFile("testdata/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, "infected")
	}
	f.Fuzz(func(t *testing.T, raw []byte, password string) {
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		for i, e := range z.File {
			if i == 3 || !Encrypted(e) {
				break
			}
			got, err := Read(e, password, 1000)
			if err != nil && got != nil || len(got) > 1000 {
				t.Errorf("Read = %d octets, %v", len(got), err)
			}
			if x, _ := findAES(e.Extra); err == nil && (e.Method != methodAES || x.version == 1) && crc32.ChecksumIEEE(got) != e.CRC32 {
				t.Errorf("Read gave content that has not the CRC")
			}
		}
	})
}
