package links

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"reportascam/testdata/suites"
)

func TestParseURL(t *testing.T) {
	tests := []struct{ name, in, scheme, host string }{
		{"plain", "https://www.example.com/a?b#c", "https", "www.example.com"},
		{"needs a base", "//example.com/x", "https", "example.com"},
		{"backslashes", `\\example.com\x`, "https", "example.com"},
		{"backslashes after the scheme", `http:\\evil.test\x`, "http", "evil.test"},
		{"no slashes", "https:evil.test", "https", "evil.test"},
		{"user info", "https://paypal.com@evil.test/", "https", "evil.test"},
		{"much user information", "http://" + strings.Repeat("a@", 4000) + "evil.test/@x", "http", "evil.test"},
		{"many signs in the path", "http://evil.test/" + strings.Repeat("a@", 100), "http", "evil.test"},
		{"defanged scheme", "hxxps://evil.test/", "https", "evil.test"},
		{"defanged dots", "hxxp://evil[.]test/a", "http", "evil.test"},
		{"hex address", "http://0x7f.1/", "http", "127.0.0.1"},
		{"decimal address", "http://2130706433/", "http", "127.0.0.1"},
		{"octal address", "http://0177.0.0.01/", "http", "127.0.0.1"},
		{"full width", "http://ｅｖｉｌ.test/", "http", "evil.test"},
		{"circled", "http://ⓔⓥⓘⓛ.test/", "http", "evil.test"},
		{"percent in the host", "http://ex%61mple.com/", "http", "example.com"},
		{"tab in the scheme", "ht\ttp://evil.test", "http", "evil.test"},
		{"soft hyphen", "http://ev\u00adil.test/", "http", "evil.test"},
		{"IPv6", "http://[2001:DB8::1]:8080/", "http", "2001:db8::1"},
		{"IDN", "http://bücher.example/", "http", "xn--bcher-kva.example"},
		{"final dot", "http://EXAMPLE.com./", "http", "example.com"},
		{"empty label cannot exist", "http://evil..test/", "http", ""},
		{"underscore", "http://a_b.example.com/", "http", "a_b.example.com"},
		{"mail", "mailto:a@example.com", "mailto", ""},
		{"script", "JavaScript:alert(1)", "javascript", ""},
		{"data", "data:text/html;base64,PGI+", "data", ""},
	}
	for _, tt := range tests {
		got, ok := ParseURL(tt.in)
		if !ok || got.Scheme != tt.scheme || got.Host != tt.host {
			t.Errorf("%s: ParseURL(%q) = %q %q %v, want %q %q true", tt.name, tt.in, got.Scheme, got.Host, ok, tt.scheme, tt.host)
		}
	}
	for _, in := range []string{"", "  ", "www.example.com", "/path", "#x", "http://", "http://exa mple.com", "http://a:99999/", "\xff"} {
		if got, ok := ParseURL(in); ok {
			t.Errorf("ParseURL(%q) = %+v true, want false", in, got)
		}
	}
}

// browserHost is what the parser makes of the whole address.
func browserHost(s string) (string, bool) {
	u, err := whatwg.Parse(absolute(refang(strings.Trim(s, asciiSpace))))
	if err != nil {
		return "", false
	}
	return cleanHost(u.Hostname()), true
}

// TestPlainHost holds the short way for ordinary addresses to the parser's
// word.
func TestPlainHost(t *testing.T) {
	for _, in := range []string{
		"https://www.Example.com/a?b#c", "http://a.example:8080", "http://a.example:80/", "http://example.com?x", "HTTPS://a-b.example.org",
		"http://1.2.3.4/", "http://a.0x7f", "http://a.7", "http://xn--bcher-kva.de/", "http://xn--a.com", "http://a..b", "http://a.b./", "http://a:b@c.d/",
		"http://a.b:99999/", "http://a.b:/x", "http://-a.b", "http://a.b\\c", "http://a.b\t/x", "http:///a.b", "http://a%2eb.com", "http://.a.com", "http://a", "http://a.b:80:80/",
	} {
		host, ok := plainHost(in)
		if !ok {
			continue
		}
		if full, parsed := browserHost(in); !parsed || full != host {
			t.Errorf("plainHost(%q) = %q, want %q as parsed", in, host, full)
		}
	}
	if host, ok := plainHost("https://www.Example.com/a"); !ok || host != "www.example.com" {
		t.Errorf("plainHost = %q %v, want www.example.com", host, ok)
	}
}

func TestRegistrable(t *testing.T) {
	tests := []struct{ in, want string }{
		{"www.example.com", "example.com"},
		{"EXAMPLE.CO.UK", "example.co.uk"},
		{"example.com.", "example.com"},
		{"a.b.公司.cn", "b.xn--55qx5d.cn"},
		{"a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"},
		{"x.evil.github.io", "evil.github.io"},
		{"b.example.example", "example.example"},
		{"com", ""}, {"co.uk", ""}, {"", ""}, {".", ""}, {"a..b", ""}, {".com", ""},
		{"1.2.3.4", ""}, {"[::1]", ""}, {"2001:db8::1", ""}, {"localhost", ""},
	}
	for _, tt := range tests {
		if got := Registrable(tt.in); got != tt.want {
			t.Errorf("Registrable(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestListed(t *testing.T) {
	for host, want := range map[string]bool{"example.com": true, "x.github.io": true, "a.example": false, "file.txt": false, "1.2.3.4": false} {
		if got := Listed(host); got != want {
			t.Errorf("Listed(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestSuffix(t *testing.T) {
	tests := []struct {
		in, suffix string
		private    bool
	}{
		{"a.github.io", "github.io", true}, {"a.co.uk", "co.uk", false}, {"a.example", "example", false}, {"1.2.3.4", "", false},
	}
	for _, tt := range tests {
		if got, private := Suffix(tt.in); got != tt.suffix || private != tt.private {
			t.Errorf("Suffix(%q) = %q %v, want %q %v", tt.in, got, private, tt.suffix, tt.private)
		}
	}
}

// TestPublicSuffixSuite runs the list's own tests. Expected U-labels are
// compared as A-labels, which is what Registrable gives.
func TestPublicSuffixSuite(t *testing.T) {
	f, err := os.Open(filepath.Join(suites.Dir(t), "suites", "psl", "tests", "tests.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		in, want, ok := strings.Cut(strings.TrimSpace(s.Text()), " ")
		if !ok || strings.HasPrefix(in, "//") || in == "null" {
			continue
		}
		if want == "null" {
			want = ""
		}
		n++
		if got := Registrable(in); got != ASCII(want) {
			t.Errorf("Registrable(%q) = %q, want %q", in, got, ASCII(want))
		}
	}
	if n < 50 {
		t.Errorf("the suite has %d cases, want at least 50", n)
	}
}

func TestDefang(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://example.com/a.b", "hxxps://example[.]com/a[.]b"},
		{"HTTP://EXAMPLE.COM", "hxxp://EXAMPLE[.]COM"},
		{"hxxps://example[.]com", "hxxps://example[.]com"},
		{"a@example.com", "a[@]example[.]com"},
		{"ftp://x.y", "fxp://x[.]y"},
		{"the http protocol", "the http protocol"},
		{"a\u202eb\x1b[31m\u200bc", "ab[31mc"},
	}
	for _, tt := range tests {
		if got := Defang(tt.in); got != tt.want {
			t.Errorf("Defang(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"https://a.example/", "//x", "hxxp://a[.]b", "http://[::1]/", "http://0x7f.1", "http://xn--a.com", "data:,x", "http://a@b:1/\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		link, ok := ParseURL(s)
		if host, plain := plainHost(s); plain {
			if full, parsed := browserHost(s); !parsed || full != host {
				t.Errorf("plainHost(%q) = %q, want %q as parsed", s, host, full)
			}
		}
		if full, parsed := browserHost(s); len(s) < 1000 && utf8.ValidString(s) && parsed && (!ok || full != link.Host) {
			t.Errorf("ParseURL(%q).Host = %q %v, want %q as parsed", s, link.Host, ok, full)
		}
		if ok && link.Host != "" {
			if link.Host != strings.ToLower(link.Host) || strings.HasSuffix(link.Host, ".") || len(link.Host) > maxHost {
				t.Errorf("ParseURL(%q).Host = %q, want a lower-case name without final dot", s, link.Host)
			}
			if again := Registrable(Registrable(link.Host)); again != Registrable(link.Host) {
				t.Errorf("Registrable is not stable for %q: %q", link.Host, again)
			}
		}
		d := Defang(s)
		if again := Defang(d); again != d {
			t.Errorf("Defang(Defang(%q)) = %q, want %q", s, again, d)
		}
		if lower := strings.ToLower(d); strings.Contains(lower, "http:") || strings.Contains(lower, "https:") {
			t.Errorf("Defang(%q) = %q, which still has a scheme", s, d)
		}
	})
}

func TestTake(t *testing.T) {
	tests := []struct {
		in   string
		want Written
	}{
		{"https://a:b@Host.test:8443/p?q#f", Written{User: "a:b", Host: "Host.test", Port: "8443", Path: "/p", Query: "q", Fragment: "f"}},
		{"hxxp://evil[.]test", Written{Host: "evil.test"}},
		{`https:\\evil.test\p`, Written{Host: "evil.test", Path: `\p`}},
		{"//evil.test?q@x", Written{Host: "evil.test", Query: "q@x"}},
		{"http://[::1]:80/", Written{Host: "[::1]", Port: "80", Path: "/"}},
		{"mailto:a@b.test", Written{Path: "mailto:a@b.test"}},
	}
	for _, tt := range tests {
		l, _ := ParseURL(tt.in)
		if got := Take(l); got != tt.want {
			t.Errorf("Take(%q) = %+v, want %+v", tt.in, got, tt.want)
		}
	}
	l := FindText("see www.evil.com:81/x now")
	if len(l) != 1 {
		t.Fatalf("FindText = %v, want one link", l)
	}
	if got, want := Take(l[0]), (Written{Host: "www.evil.com", Port: "81", Path: "/x"}); got != want {
		t.Errorf("Take of a bare host = %+v, want %+v", got, want)
	}
}

func TestOddHosts(t *testing.T) {
	tests := []struct {
		in              string
		number, writing bool
	}{
		{"http://3221225985/", true, false},
		{"http://0xC0.0x0.0x2.0x1/", true, false},
		{"http://0300.0.02.01/x", true, false},
		{"http://192.0.513/", true, false},
		{"http://192.0.2.1/", false, false},
		{"http://[2001:db8::1]/", false, false},
		{"https://ev%69l.test/", false, true},
		{"https://ｅvil.test/", false, true},
		{"https://ev\u00adil.test/", false, true},
		{"https://bücher.example/", false, false},
		{"https://evil.test/%69", false, false},
	}
	for _, tt := range tests {
		l, ok := ParseURL(tt.in)
		if n, w := OddNumber(l), OddWriting(l); !ok || n != tt.number || w != tt.writing {
			t.Errorf("%q: OddNumber, OddWriting = %v %v, want %v %v (host %q)", tt.in, n, w, tt.number, tt.writing, l.Host)
		}
	}
}

// FuzzPlainHref gives what the parser gives, where it gives anything.
func FuzzPlainHref(f *testing.F) {
	for _, s := range []string{"https://a.example", "HTTP://A.Example?x=1", "https://a.example/b/../c", "http://a.example/.b", "https://a.example/%2e%2E/", "https://a.example/a.b/c?d=e/../f",
		"https://a-.example/", "https://-a.example/%zz", "http://a.example:80/", "https://r3---sn.example/?", "https://a.example/a..b//c?%2", "http://a_b.example/", "https://localhost/x", "http://1.2.3.a/", "https://a.example/?.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plainHref(s)
		if !ok {
			return
		}
		u, err := whatwg.Parse(absolute(refang(s)))
		if err != nil {
			t.Fatalf("plainHref(%q) = %q, and the parser refuses it: %v", s, got, err)
		}
		if want := u.Href(false); got != want {
			t.Errorf("plainHref(%q) = %q, want %q", s, got, want)
		}
	})
}
