package auth

import (
	"net/netip"
	"slices"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

func TestFamilyOf(t *testing.T) {
	for in, want := range map[string]string{
		"mx.google.com":            "google.com",
		"gmail.com":                "google.com",
		"c.20230601.gappssmtp.com": "google.com",
		"x.eop-nam10.prod.protection.outlook.com": "outlook.com",
		"sg2pr04ca0151.outlook.office365.com":     "outlook.com",
		"atlas.bf1.yahoo.com":                     "yahoo.com",
		"mx.cloudflare.net":                       "cloudflare.net",
		"inbound-smtp.us-east-1.amazonaws.com":    "amazonses.com",
		"mx1.shop.example.co.uk":                  "example.co.uk",
		"user.github.io":                          "user.github.io",
		"notgoogle.com":                           "notgoogle.com",
		"google.com.evil.example":                 "evil.example",
		"bücher.example":                          "xn--bcher-kva.example",
		"localhost":                               "",
		"mail":                                    "",
		"mx.corp.internal":                        "",
		"192.0.2.1":                               "",
		"10.0.0.1":                                "",
		"":                                        "",
	} {
		if got := familyOf(in); got != want {
			t.Errorf("familyOf(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFamiliesOnce(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range knownFamilies {
		for _, d := range f.domains {
			if seen[d] {
				t.Errorf("%s is of two families", d)
			}
			seen[d] = true
		}
	}
}

func TestProviders(t *testing.T) {
	pass := func(m analyze.Method, domain string, w analyze.Witness, aligned bool) analyze.AuthResult {
		return analyze.AuthResult{Method: m, Result: analyze.ResultPass, Domain: domain, Witness: w, Aligned: aligned}
	}
	google := Session{Helo: "mail-ed1-f53.google.com."}
	for _, tt := range []struct {
		name      string
		results   []analyze.AuthResult
		session   Session
		confirmed bool
		want      []string
	}{
		{"gmail", []analyze.AuthResult{pass("dkim", "gmail.com", "verified", true)}, google, true, []string{"google.com"}},
		{"workspace", []analyze.AuthResult{pass("dkim", "customer.example", "verified", true)}, google, true, []string{"customer.example", "google.com"}},
		{"workspace, HELO not confirmed", []analyze.AuthResult{pass("dkim", "mail.customer.example", "verified", true)}, google, false, []string{"customer.example"}},
		{"spf", []analyze.AuthResult{pass("spf", "hotmail.co.uk", "verified", true)}, Session{}, false, []string{"outlook.com"}},
		{"tenant's default key", []analyze.AuthResult{pass("spf", "customer.example", "verified", true), pass("dkim", "customer.onmicrosoft.com", "verified", false)}, Session{}, false, []string{"customer.example", "outlook.com"}},
		{"tenant's default key alone", []analyze.AuthResult{pass("dkim", "customer.onmicrosoft.com", "verified", false)}, Session{}, false, nil},
		{"not aligned", []analyze.AuthResult{pass("dkim", "evil.example", "verified", false)}, google, true, nil},
		{"claimed", []analyze.AuthResult{pass("dkim", "gmail.com", "claimed", true), pass("spf", "gmail.com", "boundary", true)}, google, true, nil},
		{"failed", []analyze.AuthResult{{Method: "dkim", Result: "fail", Domain: "gmail.com", Witness: "verified", Aligned: true}}, google, true, nil},
	} {
		if got := Providers(analyze.Auth{Results: tt.results}, tt.session, tt.confirmed); !slices.Equal(got, tt.want) {
			t.Errorf("%s: Providers = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestConfirmHelo(t *testing.T) {
	zone := dnstest.Zone{
		"A mx.a.example":                             {"192.0.2.1", "192.0.2.2"},
		"AAAA mx.a.example":                          {"2001:db8::1"},
		"A down.example":                             {"SERVFAIL"},
		"PTR 20.2.0.192.in-addr.arpa":                {"mail-db8.outbound.protection.outlook.com"},
		"A mail-db8.outbound.protection.outlook.com": {"192.0.2.20"},
		"A eur05.outbound.protection.outlook.com":    {"192.0.2.19"},
		"PTR 21.2.0.192.in-addr.arpa":                {"mail-db8.outbound.protection.outlook.com"},
	}
	for _, tt := range []struct {
		helo, ip string
		want     bool
	}{
		{"mx.a.example", "192.0.2.2", true},
		{"MX.A.Example.", "192.0.2.2", true},
		{"mx.a.example", "::ffff:192.0.2.2", true},
		{"mx.a.example", "2001:db8::1", true},
		{"mx.a.example", "192.0.2.3", false},
		{"EUR05.outbound.protection.outlook.com", "192.0.2.20", true},
		{"EUR05.outbound.protection.outlook.com", "192.0.2.21", false},
		{"mail.google.com", "192.0.2.20", false},
		{"other.example", "192.0.2.1", false},
		{"down.example", "192.0.2.1", false},
		{"[192.0.2.1]", "192.0.2.1", false},
		{"192.0.2.1", "192.0.2.1", false},
		{"localhost", "127.0.0.1", false},
		{"mx.a.example\r\nX: y", "192.0.2.2", false},
		{"", "192.0.2.2", false},
	} {
		if got := ConfirmHelo(t.Context(), zone, Session{Helo: tt.helo, ClientIP: netip.MustParseAddr(tt.ip)}); got != tt.want {
			t.Errorf("ConfirmHelo(%q, %s) = %v, want %v", tt.helo, tt.ip, got, tt.want)
		}
	}
	if ConfirmHelo(t.Context(), dns.Offline{}, Session{Helo: "mx.a.example"}) {
		t.Error("ConfirmHelo without an address = true, want false")
	}
}
