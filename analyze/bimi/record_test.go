package bimi

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseRecord(t *testing.T) {
	const l, a = "https://bank.example/logo.svg", "https://bank.example/vmc.pem"
	for _, tt := range []struct {
		in   string
		l, a string
		avp  Preference
		lps  []string
	}{
		{"v=BIMI1; l=" + l + "; a=" + a, l, a, PreferBrand, nil},
		{"v=BIMI1;l=" + l, l, "", PreferBrand, nil},
		{" v = BIMI1 ; l = " + l + " ; a= ; ", l, "", PreferBrand, nil},
		{"v=BIMI1; a=" + a + "; l=" + l + "z; x=unknown", l + "z", a, PreferBrand, nil},
		{"v=BIMI1; l=" + l + "; avp=personal", l, "", PreferPersonal, nil},
		{"v=BIMI1; l=" + l + "; avp=both", l, "", PreferBrand, nil},
		{"v=BIMI1; l=" + l + "; lps=News-, info", l, "", PreferBrand, []string{"news-", "info"}},
		{"v=BIMI1; l=; a=;", "", "", PreferBrand, nil},
		{"v=BIMI1; l=", "", "", PreferBrand, nil},
		{"v=BIMI1; l=https://bank.example:443/LOGO.SVG?x=1", "https://bank.example:443/LOGO.SVG?x=1", "", PreferBrand, nil},
	} {
		got, err := ParseRecord(tt.in)
		if err != nil || got.Location != tt.l || got.Authority != tt.a || got.Preference != tt.avp || !slices.Equal(got.Prefixes, tt.lps) {
			t.Errorf("ParseRecord(%q) = %+v, %v; want %q %q %s %q", tt.in, got, err, tt.l, tt.a, tt.avp, tt.lps)
		}
		if got.Declined() != (tt.l == "") {
			t.Errorf("ParseRecord(%q).Declined() = %v", tt.in, got.Declined())
		}
	}
}

func TestParseRecordErrors(t *testing.T) {
	const v = "v=BIMI1; l=https://bank.example/logo.svg"
	for _, tt := range []struct{ in, says string }{
		{"", "start"},
		{"v=BIMI2; l=https://bank.example/logo.svg", "start"},
		{"v=bimi1; l=https://bank.example/logo.svg", "start"},
		{"l=https://bank.example/logo.svg; v=BIMI1", "start"},
		{"v=BIMI1", "no l="},
		{"v=BIMI1; a=https://bank.example/vmc.pem", "no l="},
		{v + "; l=https://bank.example/logo.svg", "twice"},
		{v + "; v=BIMI1", "twice"},
		{v + "; junk", "no tag"},
		{v + "; =x", "no tag"},
		{"v=BIMI1; l=; a=https://bank.example/vmc.pem", "l="},
		{"v=BIMI1; l=http://bank.example/logo.svg", "not https"},
		{"v=BIMI1; l=HTTPS://127.0.0.1/logo.svg", "domain name"},
		{"v=BIMI1; l=https://[::1]/logo.svg", "domain name"},
		{"v=BIMI1; l=https://2130706433/logo.svg", "domain name"},
		{"v=BIMI1; l=https://0x7f.1/logo.svg", "domain name"},
		{"v=BIMI1; l=https://127.1.0x1/logo.svg", "domain name"},
		{"v=BIMI1; l=https://localhost/logo.svg", "domain name"},
		{"v=BIMI1; l=https://user@bank.example/logo.svg", "user name"},
		{"v=BIMI1; l=https:bank.example/logo.svg", "no host"},
		{"v=BIMI1; l=https:///logo.svg", "no host"},
		{"v=BIMI1; l=https://bank.example/logo.png", ".svg"},
		{"v=BIMI1; l=https://bank.example/a.svg,https://bank.example/b.svg", "character"},
		{"v=BIMI1; l=https://bank.example/a b.svg", "character"},
		{"v=BIMI1; l=https://bänk.example/a.svg", "character"},
		{"v=BIMI1; l=https://bank.example\\@evil.example/a.svg", "character"},
		{"v=BIMI1; l=https://-bank.example/a.svg", "domain name"},
		{"v=BIMI1; l=https://bank..example/a.svg", "domain name"},
		{"v=BIMI1; l=https://bank.example/" + strings.Repeat("a", maxURL) + ".svg", "over"},
		{v + "; a=ftp://bank.example/vmc.pem", "a=: the scheme"},
		{v + "; lps=a,,b", "prefix"},
		{v + "; lps=a_b", "prefix"},
		{v + "; lps=" + strings.Repeat("a", 64), "prefix"},
		{v + "; lps=" + strings.Repeat("a,", 200) + "a", "over 100"},
		{v + "; x=" + strings.Repeat("a", maxRecord), "longer"},
	} {
		got, err := ParseRecord(tt.in)
		if !errors.Is(err, ErrRecord) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("ParseRecord(%q) = %+v, %v; want ErrRecord saying %q", tt.in, got, err, tt.says)
		}
	}
}

func TestLocalSelector(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"news", "news", true},
		{"News.Letter_de+tag.1", "news-letter-de", true},
		{"_.-a..b_-", "a-b", true},
		{"+tag", "", false},
		{"...", "", false},
		{"a b", "a b", false},
		{"jürgen", "jürgen", false},
		{"a/b", "a/b", false},
		{strings.Repeat("a", 63), strings.Repeat("a", 63), true},
		{strings.Repeat("a", 64), strings.Repeat("a", 64), false},
	} {
		if got, ok := localSelector(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("localSelector(%q) = %q, %v; want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseSelector(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"v=BIMI1; s=Brand", "brand", true},
		{"v=BIMI1;s=a.b_1;", "a.b_1", true},
		{"s=brand; v=BIMI1", "", false},
		{"v=BIMI1", "", false},
		{"v=BIMI1; s=", "", false},
		{"v=BIMI1; s=a; s=b", "", false},
		{"v=BIMI1; s=a b", "", false},
		{"v=BIMI1; s=a..b", "", false},
		{"v=BIMI1; s=\"x\"", "", false},
		{"v=BIMI2; s=a", "", false},
		{"", "", false},
	} {
		if got, ok := ParseSelector(tt.in); ok != tt.ok || ok && got != tt.want {
			t.Errorf("ParseSelector(%q) = %q, %v; want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzRecord(f *testing.F) {
	for _, s := range []string{"v=BIMI1; l=https://bank.example/logo.svg; a=https://bank.example/v.pem; avp=personal; lps=a,b",
		"v=BIMI1; l=; a=;", "v=BIMI1;l=https://0x7f.1/x.svg", "v=BIMI1; s=a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRecord(s)
		if err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Errorf("ParseRecord(%q): %v is no ErrRecord", s, err)
			}
			return
		}
		if r.Declined() {
			return
		}
		u, err := checkURL(r.Location, false)
		if err != nil || u.Scheme != "https" || u.User != nil || !isHostName(u.Hostname()) {
			t.Errorf("ParseRecord(%q) lets %q pass: %v", s, r.Location, err)
		}
		// Written out again it reads the same.
		again := "v=BIMI1; l=" + r.Location + "; a=" + r.Authority + "; avp=" + string(r.Preference) + "; lps=" + strings.Join(r.Prefixes, ",")
		if len(again) > maxRecord {
			return
		}
		back, err := ParseRecord(again)
		back.Text = r.Text
		if err != nil || back.Location != r.Location || back.Authority != r.Authority || !slices.Equal(back.Prefixes, r.Prefixes) {
			t.Errorf("ParseRecord(%q) = %+v, read again %+v, %v", s, r, back, err)
		}
	})
}
