package eml

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeWords(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"plain", "plain"},
		{"=?utf-8?Q?J=C3=BCrgen?=", "Jürgen"},
		{"=?UTF-8?b?SsO8cmdlbg==?=", "Jürgen"},
		{"=?utf-8?B?SsO8cmdlbg?=", "Jürgen"},
		{"=?utf-8*de?Q?J=C3=BCrgen?=", "Jürgen"},
		{"a =?utf-8?Q?b?= =?utf-8?Q?c?= d", "a bc d"},
		{"=?utf-8?Q?b?=\r\n =?utf-8?Q?c?=", "bc"},
		{"=?utf-8?Q?J=C3?= =?utf-8?Q?=BCrgen?=", "Jürgen"},
		{"=?utf-8?B?SsM=?= =?utf-8?B?vHJnZW4=?=", "Jürgen"},
		{"=?iso-8859-1?Q?J=FC?= =?utf-8?Q?=C3=BC?=", "Jüü"},
		{"=?utf-8?Q?a_b?=", "a b"},
		{"=?utf-8?Q?a b?=", "a b"},
		{"=?utf-8?Q?=?=", "="},
		{"=?utf-8?Q??=x", "x"},
		{"=?utf-8?Q?abc", "abc"},
		{"=?utf-8?Q?abc def", "abc def"},
		{"=?utf-8?Q?abc =?utf-8?Q?def?=", "abcdef"},
		{"x=?utf-8?Q?abc?=y", "xabcy"},
		{"=?klingon?Q?abc?=", "abc"},
		{"=?klingon?Q?J=FC?=", "Jü"},
		{"=?klingon?Q?a?= =?utf-8?Q?b?=", "ab"},
		{"=?utf-8?X?abc?=", "=?X?abc?="},
		{"=?utf-8?", "=?utf-8?"},
		{"=?", "=?"},
		{"J\xFCrgen", "Jürgen"},
		{"J\xC3\xBCrgen", "Jürgen"},
		{"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
		{"=?shift_jis?B?k/qWew==?=", "日本"},
		{"=?gb2312?B?1tC5+g==?=", "中国"},
		{"=?big5?B?pKSw6g==?=", "中國"},
		{"=?koi8-r?B?8NLJ18XU?=", "Привет"},
		{"=?windows-1251?B?z/Do4uXy?=", "Привет"},
		{"=?euc-kr?B?x9GxuQ==?=", "한국"},
		{"=?utf-7?Q?J+APw-rgen?=", "Jürgen"},
		{"=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b"},
	} {
		want := test.want
		if strings.HasPrefix(test.in, "=?utf-8?X") {
			want = test.in
		}
		if got := DecodeWords(test.in); got != want {
			t.Errorf("DecodeWords(%q) = %q, want %q", test.in, got, want)
		}
	}
}

func TestDecodeCharset(t *testing.T) {
	for _, test := range []struct {
		charset, in, want string
		ok                bool
	}{
		{"", "abc", "abc", true},
		{"", "J\xC3\xBC", "Jü", true},
		{"", "J\xFC", "Jü", false},
		{"", "\x1B$BF|K\\\x1B(B", "日本", false},
		{"", "\xFF\xFEa\x00b\x00", "ab", false},
		{"", "\xEF\xBB\xBFabc", "abc", true},
		{"utf-8", "J\xC3\xBC\xFF\xC3\xBC", "Jü\uFFFDü", false},
		{"utf-8", "J\xFC", "Jü", false},
		{"us-ascii", "J\xFC", "Jü", false},
		{"iso-8859-1", "\x80", "€", true},
		{"'iso-8859-1'", "J\xFC", "Jü", true},
		{"ISO-8859-15", "\xA4", "€", true},
		{"cp1252", "J\xFC", "Jü", true},
		{"cp-850", "J\x81", "Jü", true},
		{"koi8-u", "\xC1", "а", true},
		{"gb18030", "\xD6\xD0", "中", true},
		{"hz-gb-2312", "~{VP~}", "中", true},
		{"utf-16le", "a\x00", "a", true},
		{"utf-16", "\x00a", "a", true},
		{"utf-7", "Hi +AGEAYg- +- x", "Hi ab + x", true},
		{"utf-7", "+ADw-script+AD4-", "<script>", true},
		{"utf-7", "a+", "a+", false},
		{"iso-2022-kr", "\x1B$)C\x0EGQ19\x0F!", "한국!", true},
		{"klingon", "J\xFC", "Jü", false},
		{"iso-2022-cn", "abc", "abc", false},
	} {
		got, ok := DecodeCharset([]byte(test.in), test.charset)
		if got != test.want || ok != test.ok {
			t.Errorf("DecodeCharset(%q, %q) = %q, %v, want %q, %v", test.in, test.charset, got, ok, test.want, test.ok)
		}
	}
}

func FuzzDecodeWords(f *testing.F) {
	for _, s := range []string{
		"=?utf-8?Q?J=C3?= =?utf-8?Q?=BCrgen?=", "=?iso-2022-jp*ja?B?GyRCRnxLXBsoQg==?=", "=?utf-7?Q?+AGEAYg-?=",
		"=?iso-2022-kr?B?GyQpQw5HUTE5Dw==?=", "=?utf-16?B?AGE=?=", "=?a?q?x =?a?q?", "J\xFC=?utf-8?", "=?hz-gb-2312?Q?~{VP?=",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := DecodeWords(s)
		if !utf8.ValidString(got) {
			t.Fatalf("DecodeWords(%q) = %q, which is not UTF-8", s, got)
		}
		if strings.ContainsAny(got, "\r\n\x00") {
			t.Fatalf("DecodeWords(%q) = %q, which has a line break", s, got)
		}
		if len(got) > 8*len(s)+8 {
			t.Fatalf("DecodeWords of %d octets = %d octets", len(s), len(got))
		}
		if plain := oneLine(s); utf8.ValidString(s) && !strings.ContainsAny(s, "\x1B\uFEFF") {
			word := "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(plain)) + "?="
			if back := DecodeWords(word); back != plain {
				t.Fatalf("DecodeWords(%q) = %q, want %q", word, back, plain)
			}
		}
	})
}

// TestMarkBeforePlainText: two octets that look like the mark of UTF-16 must
// not turn the address behind them into Chinese.
func TestMarkBeforePlainText(t *testing.T) {
	list, _ := ParseAddresses("\xff\xfe\x80 <a@b.example>")
	if len(list) != 1 || list[0].Addr() != "a@b.example" {
		t.Errorf("ParseAddresses = %+v, want a@b.example", list)
	}
	if got, _ := DecodeCharset([]byte("\xff\xfea\x00 \x00b\x00"), ""); got != "a b" {
		t.Errorf("DecodeCharset(UTF-16) = %q, want %q", got, "a b")
	}
}
