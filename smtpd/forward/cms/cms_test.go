package cms

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"testing"
)

// tlv builds an element, of indefinite length if asked for.
func tlv(tag byte, indefinite bool, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	if indefinite {
		return append(append([]byte{tag, 0x80}, body...), 0, 0)
	}
	n := len(body)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// signed builds signed data around a content element.
func signed(indefinite bool, content []byte) []byte {
	data := []byte{tagOID, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01}
	var wrapped []byte
	if content != nil {
		wrapped = tlv(tagContext0, indefinite, content)
	}
	return tlv(tagSequence, indefinite,
		append([]byte{tagOID, 9}, oidSigned...),
		tlv(tagContext0, indefinite, tlv(tagSequence, indefinite,
			[]byte{tagInteger, 1, 1}, tlv(tagSet, false), tlv(tagSequence, indefinite, data, wrapped))))
}

// TestContentOpenSSL reads what openssl wrote: cms -sign, also with -stream
// -indef, smime -sign (detached) and cms -encrypt.
func TestContentOpenSSL(t *testing.T) {
	const want = "Content-Type: text/plain; charset=utf-8\r\n\r\nPlease confirm your account today.\r\nhttps://bank-secure.example/login\r\n"
	for _, test := range []struct {
		file      string
		want      string
		err       error
		encrypted bool
	}{
		{"signed.der", want, nil, false},
		{"signed-ber.der", want, nil, false},
		{"detached.der", "", ErrDetached, false},
		{"encrypted.der", "", ErrNotSigned, true},
	} {
		raw, err := os.ReadFile("testdata/" + test.file)
		if err != nil {
			t.Fatal(err)
		}
		forms := map[string][]byte{
			"":       raw,
			"base64": []byte(base64.StdEncoding.EncodeToString(raw)[:40] + "\r\n" + base64.StdEncoding.EncodeToString(raw)[40:]),
			"PEM":    pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: raw}),
		}
		for form, b := range forms {
			got, err := Content(b)
			if string(got) != test.want || !errors.Is(err, test.err) {
				t.Errorf("Content(%s %s) = %q, %v, want %q, %v", test.file, form, got, err, test.want, test.err)
			}
			if got := Encrypted(b); got != test.encrypted {
				t.Errorf("Encrypted(%s %s) = %v, want %v", test.file, form, got, test.encrypted)
			}
		}
	}
}

func TestContentShapes(t *testing.T) {
	piece := tlv(tagOctets, false, []byte("one "))
	inner := tlv(tagOctetsParts, true, piece, piece)
	deep := piece
	for range 40 {
		deep = tlv(tagOctetsParts, true, deep)
	}
	many := tlv(tagOctetsParts, true, bytes.Repeat([]byte{tagOctets, 0}, maxElements))
	whole := signed(false, piece)
	for _, test := range []struct {
		name string
		in   []byte
		want string
		err  error
	}{
		{"definite", whole, "one ", nil},
		{"indefinite", signed(true, piece), "one ", nil},
		{"pieces", signed(true, tlv(tagOctetsParts, true, piece, inner, piece)), "one one one one ", nil},
		{"pieces of definite length", signed(false, tlv(tagOctetsParts, false, piece, piece)), "one one ", nil},
		{"no pieces", signed(true, tlv(tagOctetsParts, true)), "", nil},
		{"a type of its own", signed(true, tlv(tagSequence, false, []byte("x"))), "x", nil},
		{"something behind", append(whole[:len(whole):len(whole)], "\r\n"...), "one ", nil},
		{"detached", signed(true, nil), "", ErrDetached},
		{"too deep", signed(true, deep), "", ErrMalformed},
		{"too many pieces", signed(true, many), "", ErrMalformed},
		{"a piece of another tag", signed(true, tlv(tagOctetsParts, true, []byte{tagInteger, 1, 1})), "", ErrMalformed},
		{"an integer", signed(true, []byte{tagInteger, 1, 1}), "", ErrMalformed},
		{"cut in the content", whole[:len(whole)-2], "", ErrMalformed},
		{"no end", signed(true, piece)[:40], "", ErrMalformed},
		{"nothing", nil, "", ErrMalformed},
		{"text", []byte("hello"), "", ErrNotSigned},
		{"length of 2^32", []byte{0x30, 0x85, 1, 0, 0, 0, 0}, "", ErrMalformed},
		{"long tag", []byte{0x3F, 0x81, 1, 0}, "", ErrMalformed},
		{"a primitive without length", []byte{0x04, 0x80, 0, 0}, "", ErrMalformed},
	} {
		got, err := Content(test.in)
		if string(got) != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: Content = %q, %v, want %q, %v", test.name, got, err, test.want, test.err)
		}
	}
}

// FuzzCMS: what comes out is no larger than what went in, and wrapping it
// again gives it again.
func FuzzCMS(f *testing.F) {
	for _, file := range []string{"signed.der", "signed-ber.der", "detached.der", "encrypted.der"} {
		raw, err := os.ReadFile("testdata/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add(signed(true, tlv(tagOctetsParts, true, tlv(tagOctets, false, []byte("x")))))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Content(b)
		if err != nil {
			if got != nil {
				t.Errorf("Content = %q with %v", got, err)
			}
			return
		}
		if len(got) > len(b) {
			t.Errorf("Content of %d octets gave %d", len(b), len(got))
		}
		for _, indefinite := range []bool{false, true} {
			again, err := Content(signed(indefinite, tlv(tagOctets, false, got)))
			if err != nil || !bytes.Equal(again, got) {
				t.Errorf("wrapped again: Content = %q, %v, want %q", again, err, got)
			}
		}
	})
}
