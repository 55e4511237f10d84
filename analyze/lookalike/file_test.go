package lookalike

import (
	"bytes"
	"errors"
	"testing"
)

// TestFile: an index answers the same from a file.
func TestFile(t *testing.T) {
	for _, x := range []*Index{small(), New(nil), New(synthetic(20_000))} {
		var buf bytes.Buffer
		if err := x.Write(&buf); err != nil {
			t.Fatal(err)
		}
		if !IsIndexFile(buf.Bytes()) {
			t.Error("IsIndexFile(an index) = false")
		}
		y, err := Read(bytes.NewReader(buf.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"paypa1.com", "login.amazom.evil.example", "paypal.com", "myetherwailets.com", "netlfix.com", "example.org"} {
			a, okA := x.Find(name)
			b, okB := y.Find(name)
			if a != b || okA != okB {
				t.Errorf("Find(%q) = %+v from the file, want %+v", name, b, a)
			}
		}
	}
}

// TestFileDamaged: a file that is cut, changed or another's is refused, whatever
// is wrong with it.
func TestFileDamaged(t *testing.T) {
	var buf bytes.Buffer
	if err := small().Write(&buf); err != nil {
		t.Fatal(err)
	}
	whole := buf.Bytes()
	for n := 0; n < len(whole); n += 1 + n/20 {
		if _, err := Read(bytes.NewReader(whole[:n])); !errors.Is(err, ErrFile) {
			t.Errorf("Read(%d of %d octets) = %v, want ErrFile", n, len(whole), err)
		}
		bad := bytes.Clone(whole)
		bad[n] ^= 0x55
		if _, err := Read(bytes.NewReader(bad)); !errors.Is(err, ErrFile) {
			t.Errorf("Read(octet %d changed) = %v, want ErrFile", n, err)
		}
	}
}

// FuzzFile: no file, with a right sum or not, leads a look-up astray.
func FuzzFile(f *testing.F) {
	var buf bytes.Buffer
	if err := New([]Protected{{Domain: "paypal.com", Brand: "paypal"}}).Write(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte(fileMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		x.Find("paypa1-login.com")
		x.Has("paypal.com")
	})
}

// TestWith: what both indexes hold is protected, and the stronger likeness told.
func TestWith(t *testing.T) {
	x := small().With(New([]Protected{{Domain: "examplebank.example"}, {Domain: "paypa1.com"}}))
	for name, want := range map[string]string{"examp1ebank.example": "examplebank.example", "paypaI.example": "paypal.com", "paypa1.com": "", "paypal.com": "", "login-examplebank.example": "examplebank.example"} {
		got, ok := x.Find(name)
		if got.Target != want && !(want == "paypal.com" && got.Target == "paypa1.com") || ok != (want != "") {
			t.Errorf("Find(%q) = %+v %v, want %q", name, got, ok, want)
		}
	}
	if !x.Has("a.examplebank.example") || !x.Has("paypal.com") || x.Has("example.org") {
		t.Error("Has does not ask both indexes")
	}
}
