package reply

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Your account", "Your account"},
		{"http://evil.example/a.php?x=1", "hxxp://evil[.]example/a[.]php?x=1"},
		{"HTTPS://Evil.Example", "HxxpS://Evil[.]Example"},
		{"hxxps://evil[.]example", "hxxps://evil[.]example"},
		{"evil[.]example and evil.example.", "evil[.]example and evil[.]example."},
		{"www.evil.example", "www[.]evil[.]example"},
		{"evil。example evil．example evil․example", "evil[.]example evil[.]example evil[.]example"},
		{"a@evil.example", "a[at]evil[.]example"},
		{"a[@]evil[.]example", "a[at]evil[.]example"},
		{"a＠evil.example", "a[at]evil[.]example"},
		{"mailto:a@b.example tel:12 javascript:x", "mailto[:]a[at]b[.]example tel[:]12 javascript[:]x"},
		{"ftp://x.example/", "fxp[:]//x[.]example/"},
		{`\\server\share`, "//server/share"},
		{"call +1 (800) 555-0199 now", "call +18…99 now"},
		{"call 0800.555.0199", "call 08…99"},
		{"pay 1299.50 now, 12:30", "pay 1299.50 now, 12:30"},
		{"from 192.0.2.10 it came", "from 192[.]0[.]2[.]10 it came"},
		{"two\r\nlines\tand\u2028more", "two lines and more"},
		{"\x1b[31mred\x1b[0m", "[31mred [0m"},
		{"abc\u202egnp.exe", "abcgnp[.]exe"},
		{"pay\u200bpal\u00ad\ufeff.ex\u2060ample", "paypal[.]example"},
		{"<a href=\"x\">", "‹a href=”x”›"},
		{"\xff\xfebad\x80", "bad"},
		{"Z\u0337\u0321\u0322\u0324\u0317\u0345algo", "Z\u0337\u0321\u0322algo"},
		{"", ""},
		{"Ünïcödé ок 日本", "Ünïcödé ок 日本"},
	}
	for _, tt := range tests {
		if got := Clean(tt.in, 200); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if again := Clean(tt.want, 200); again != tt.want {
			t.Errorf("Clean(%q) = %q, want it unchanged", tt.want, again)
		}
	}
	if got := Clean(strings.Repeat("a", 100), 10); got != "aaaaaaaaa…" {
		t.Errorf("Clean(100 a, 10) = %q", got)
	}
	if got := Clean(strings.Repeat("a", 8)+".example", 10); got != "aaaaaaaa…" {
		t.Errorf("Clean(cut at the dot) = %q", got)
	}
}

// live finds what a mail program could make clickable.
var live = regexp.MustCompile(`(?i)[^\s\[]\.[\pL\pN]|https?:|@|\d{7}|www\.[\pL\pN]`)

// checkClean holds what Clean promises of any text.
func checkClean(t *testing.T, in, got string, max int) {
	t.Helper()
	if n := utf8.RuneCountInString(got); n > max {
		t.Errorf("Clean(%q) has %d runes, want %d at most", in, n, max)
	}
	if !utf8.ValidString(got) {
		t.Errorf("Clean(%q) = %q is not UTF-8", in, got)
	}
	for _, r := range got {
		if unicode.In(r, unicode.C) || strings.ContainsRune("<>\"'\\", r) {
			t.Errorf("Clean(%q) = %q holds %U", in, got, r)
		}
	}
	for _, m := range live.FindAllString(got, -1) {
		amount := strings.TrimFunc(m, func(r rune) bool { return r == '.' || unicode.IsDigit(r) }) == ""
		if !amount || utf8.RuneCountInString(m) > 6 {
			t.Errorf("Clean(%q) = %q holds %q", in, got, m)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, max := range []int{10, 80, 220} {
			checkClean(t, s, Clean(s, max), max)
		}
	})
}

// hostile are texts that try to be more than text.
func hostile() []string {
	return []string{
		"\r\nBcc: victim@evil.example\r\n\r\n<html>",
		"\nContent-Type: text/html\n\n<script>alert(1)</script>",
		"=?utf-8?q?=0D=0ABcc:_x@evil.example?=",
		"=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
		"<a href=\"https://evil.example/\">click</a>",
		"\"><img src=x onerror=alert(1)>",
		"</td></tr></table></body><a href=//evil.example>",
		"{{.Href}}{brand}{link}<!--", "-->]]>&lt;b&gt;&#60;",
		"https://evil.example/login?a=b&c=d", "evil.example", "www.evil.example/x", "hxxp://evil.example",
		"evil[.]example.com", "a..evil.example...b", "evil.\u200bexample", "evil\u3002example", "evil\uff0eexample",
		"mailto:x@evil.example", "x@evil.example", "tel:+18005550199", "+1 800 555 0199", "1\u20118\u201100\u201155501\u2011 99",
		"\u202eelpmaxe.live//:sptth\u202c", "\u2066x\u2069", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\x1b[2J",
		"\x80\x81\xff\xfe", "a\x00b", strings.Repeat("A", 5000), strings.Repeat("a.", 500), strings.Repeat("\u0301", 300),
		strings.Repeat("\ufdfa", 200), strings.Repeat("<", 400), "--=_boundary--", ".\r\n.", "From evil", "\u2028\u2029\u0085",
		"𝐡𝐭𝐭𝐩𝐬://𝐞𝐯𝐢𝐥.𝐞𝐱𝐚𝐦𝐩𝐥𝐞", "ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ", "HtTpS:\\\\evil.example", "https:evil.example", "пaypal.рф",
		"٠٨٠٠٥٥٥٠١٩٩", "1 2 3 4 5 6 7 8 9", "12345678901234567890", "evil.example:8080/x", "file:///etc/passwd", "evil.example/../..",
	}
}
