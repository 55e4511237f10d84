package dns

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"reportascam/analyze"
)

func TestNormalize(t *testing.T) {
	for in, want := range map[string]string{"Example.COM.": "example.com", "": "", ".": "", "É.test": "É.test", "a..": "a."} {
		if got := Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNameFault(t *testing.T) {
	for in, ok := range map[string]bool{
		"a": true, "a.b": true, "_dmarc.a": true, "a b.c": true, strings.Repeat("x", 63) + ".a": true,
		strings.Repeat("x", 64): false, strings.Repeat("abcdefg.", 31) + "abcde": true, strings.Repeat("abcdefg.", 31) + "abcdef": false,
		"": false, "a.": false, ".a": false, "a\x7f": false,
	} {
		if got := NameFault(in); (got == "") != ok {
			t.Errorf("NameFault(%q) = %q, want fault %v", in, got, !ok)
		}
	}
}

func TestReverse(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1":        "1.2.0.192.in-addr.arpa",
		"::ffff:192.0.2.1": "1.2.0.192.in-addr.arpa",
		"2001:db8::1":      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	} {
		if got := Reverse(netip.MustParseAddr(in)); got != want {
			t.Errorf("Reverse(%s) = %s, want %s", in, got, want)
		}
	}
	if got := Reverse(netip.Addr{}); got != "" {
		t.Errorf("Reverse of no address = %q, want none", got)
	}
}

func TestTLSA(t *testing.T) {
	for rec, want := range map[string]string{"3 1 1 00ff": "{3 1 1 [0 255]}", "2 0 0 ": "", "3 1 1 xyz": "", "256 0 0 00": "", "3 1 00": "", "3 -1 1 00": "", "": ""} {
		got := ""
		for _, a := range TLSA(analyze.DNSAnswer{Type: "TLSA", Records: [][]byte{[]byte(rec)}}) {
			got = fmt.Sprint(a)
		}
		if got != want {
			t.Errorf("TLSA(%q) = %q, want %q", rec, got, want)
		}
	}
	if got := TLSA(analyze.DNSAnswer{Type: "TXT", Records: [][]byte{[]byte("3 1 1 00")}}); got != nil {
		t.Errorf("TLSA of a TXT answer = %v, want none", got)
	}
}

func TestMX(t *testing.T) {
	a := analyze.DNSAnswer{Type: "MX", Records: [][]byte{[]byte("20 b"), []byte("10 a"), []byte("x c"), []byte("5"), []byte("0 .")}}
	got := MX(a)
	if len(got) != 3 || got[0].Host != "." || got[1].Host != "a" || got[2].Pref != 20 {
		t.Errorf("MX = %v, want the three that parse, best first", got)
	}
}

func FuzzUnescape(f *testing.F) {
	f.Add(`a\"b\\c\255\1`)
	f.Add(`\`)
	f.Fuzz(func(t *testing.T, s string) {
		if out := unescape([]string{s}); len(out) > len(s) {
			t.Errorf("unescape(%q) grew to %d octets", s, len(out))
		}
	})
}

func FuzzNameFault(f *testing.F) {
	f.Add("a.b")
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		n := Normalize(s)
		if NameFault(n) != "" {
			return
		}
		for label := range strings.SplitSeq(n, ".") {
			if label == "" || len(label) > maxLabel {
				t.Errorf("NameFault(%q) passed the label %q", n, label)
			}
		}
	})
}
