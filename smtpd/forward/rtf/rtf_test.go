package rtf

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// The worked examples of MS-OXRTFCP section 3.1.
const (
	plainExample = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
	crossExample = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
)

func fromHex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecompress(t *testing.T) {
	plain, cross := fromHex(t, plainExample), fromHex(t, crossExample)
	damaged := append([]byte(nil), plain...)
	damaged[12] ^= 1
	raw := append(fromHex(t, "0f000000030000004d454c4100000000"), "abcdef"...)
	for _, c := range []struct {
		name string
		in   []byte
		max  int
		want string
		err  error
	}{
		{"literals and references", plain, 1000, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", nil},
		{"a reference that crosses what it writes", cross, 1000, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", nil},
		{"cut off", plain[:len(plain)-4], 1000, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}", ErrTruncated},
		{"too large", cross, 10, "{\\rtf1 WXY", ErrTooLarge},
		{"not compressed", raw, 1000, "abc", nil},
		{"not compressed, too large", raw, 2, "ab", ErrTooLarge},
		{"short", plain[:15], 1000, "", ErrHeader},
		{"another form", append([]byte("aaaabbbbcccc"), plain[12:]...), 1000, "", ErrHeader},
	} {
		got, err := Decompress(c.in, c.max)
		if !strings.HasPrefix(c.want, string(got)) || c.err == nil && string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: Decompress = %q, %v, want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
	if got, err := Decompress(damaged, 1000); len(got) == 0 || !errors.Is(err, ErrChecksum) {
		t.Errorf("Decompress of damaged contents = %q, %v, want text and ErrChecksum", got, err)
	}
}

func TestRead(t *testing.T) {
	const html = `{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset128 MS Gothic;}{\f2\fcharset204 A;}}`
	for _, c := range []struct{ name, in, text, html string }{
		{"tags and text", html + `{\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 Hi{\*\htmltag4 <br>\par}\htmlrtf \line \htmlrtf0 you}`, "", "<p>Hi<br>\nyou"},
		{"suppression ends with its group", html + `a{\htmlrtf b}c}`, "", "ac"},
		{"a link", html + `{\*\htmltag84 <a href="https://evil.example/">}\htmlrtf {\field{\*\fldinst{HYPERLINK "https://evil.example/"}}{\fldrslt\cf1\ul \htmlrtf0 Click\htmlrtf }}\htmlrtf0 {\*\htmltag92 </a>}}`,
			"", `<a href="https://evil.example/">Click</a>`},
		{"other destinations", html + `{\*\mhtmltag64 <p>}{\*\unknown x}{\pict 00ff}{\info{\title t}}z}`, "", "z"},
		{"special characters", html + `\lquote\rquote\~\_\'e4\{\}\\\u8364?\u-10179 ?\u-8704 ?}`, "", "\u2018\u2019\u00A0\u00ADä{}\\€😀"},
		{"a font's characters", html + `\f1 \'93\'fa\'96{}\'7b \f2 \'cf}`, "", "日" + "\uFFFD{ П"},
		{"bullets are in the markup already", html + `{\pntext\bullet\tab}x}`, "", "x"},
		{"from text", `{\rtf1\ansi\fromtext one\par two\tab 3}`, "one\ntwo\t3", ""},
		{"native", `{\rtf1\ansi one\par {\v hidden}two}`, "one\ntwo", ""},
		{"native with a link", `{\rtf1 {\field{\*\fldinst{ HYPERLINK "http://e.example/?a=1&b" }}{\fldrslt <Bank>}} go}`,
			"<Bank> go", `<a href="http://e.example/?a=1&amp;b">&lt;Bank&gt;</a> go`},
		{"binary data", "{\\rtf1 a\\bin5 }}}}}b}", "ab", ""},
		{"an alternative of several characters", `{\rtf1 \uc2\u1055 ab\uc0\u1056 c}`, "ПРc", ""},
		{"a lone half of a character", `{\rtf1 \u-10179 ?x}`, "\uFFFDx", ""},
		{"an unfinished document", `{\rtf1 {{{ a\'4`, " a4", ""},
	} {
		got, err := Read([]byte(c.in), 1<<20)
		if err != nil {
			t.Errorf("%s: Read: %v", c.name, err)
			continue
		}
		if got.Text != c.text || got.HTML != c.html {
			t.Errorf("%s: Read = %q, %q, want %q, %q", c.name, got.Text, got.HTML, c.text, c.html)
		}
	}
	if _, err := Read([]byte("<html>"), 100); !errors.Is(err, ErrFormat) {
		t.Errorf("Read of HTML: %v, want ErrFormat", err)
	}
}

func TestReadHostile(t *testing.T) {
	for name, in := range map[string]string{
		"groups":       `{\rtf1 ` + strings.Repeat("{", 1<<20) + "x" + strings.Repeat("}", 1<<20) + "y}",
		"long word":    `{\rtf1 \` + strings.Repeat("a", 1<<20),
		"fonts":        `{\rtf1{\fonttbl` + strings.Repeat(`{\f1\fcharset204 }`, 1<<15),
		"instructions": `{\rtf1{\field{\*\fldinst HYPERLINK "` + strings.Repeat("a", 1<<20) + `"}{\fldrslt x}}`,
		"breaks":       `{\rtf1 {\field{\*\fldinst HYPERLINK "a"}{\fldrslt ` + strings.Repeat(`\par`, 1<<18) + `}}`,
	} {
		got, err := Read([]byte(in), 1<<16)
		if err != nil || len(got.Text) > 1<<16 || len(got.HTML) > 1<<16 {
			t.Errorf("%s: Read = %d and %d bytes, %v, want at most %d", name, len(got.Text), len(got.HTML), err, 1<<16)
		}
		if name == "breaks" && !got.Truncated {
			t.Errorf("%s: Truncated = false, want true", name)
		}
	}
}

func TestCharset(t *testing.T) {
	for cp, want := range map[int]string{
		1200: "utf-16le", 65001: "utf-8", 932: "shift_jis", 1252: "windows-1252", 28592: "iso-8859-2", 866: "ibm866", 28607: "", 5: "", -1: "",
	} {
		if got := Charset(cp); got != want {
			t.Errorf("Charset(%d) = %q, want %q", cp, got, want)
		}
	}
	for _, c := range []struct {
		codepage int
		in, want string
	}{
		{932, "\x93\xfa", "日"}, {936, "\xc4\xe3", "你"}, {950, "\xa7\x41", "你"}, {949, "\xb3\xca", "너"}, {1251, "\xcf", "П"},
		{866, "\x8f", "П"}, {874, "\xa1", "ก"}, {10000, "\x8a", "ä"}, {20866, "\xf0", "П"},
	} {
		if got := Decode([]byte(c.in), c.codepage); got != c.want {
			t.Errorf("Decode(%q, %d) = %q, want %q", c.in, c.codepage, got, c.want)
		}
	}
}

func FuzzDecompress(f *testing.F) {
	f.Add(fromHex(f, plainExample))
	f.Add(fromHex(f, crossExample))
	f.Fuzz(func(t *testing.T, b []byte) {
		const max = 4096
		if out, _ := Decompress(b, max); len(out) > max {
			t.Errorf("Decompress gave %d bytes, want at most %d", len(out), max)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg932\fromhtml1{\fonttbl{\f0\fcharset128 x;}}{\*\htmltag64 <p>}\htmlrtf \htmlrtf0 \'93\'fa\u8364?}`))
	f.Add([]byte(`{\rtf1{\field{\*\fldinst HYPERLINK "http://e.example"}{\fldrslt a\bin3 bcd}}\v h\v0\uc2\u-10179 ab\u-8704 cd}`))
	f.Add([]byte(`{\rtf1\fromtext a\par b}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		const max = 4096
		got, err := Read(b, max)
		if err != nil {
			return
		}
		// Half a character at the cut may become a whole replacement.
		if len(got.Text) > max+8 || len(got.HTML) > max+8 {
			t.Errorf("Read gave %d and %d bytes, want at most %d", len(got.Text), len(got.HTML), max)
		}
		if !utf8.ValidString(got.Text) || !utf8.ValidString(got.HTML) {
			t.Errorf("Read gave text that is not UTF-8: %q %q", got.Text, got.HTML)
		}
	})
}
