package links

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
)

func TestUnwrap(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"Safe Links", "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.test%2Fa%3Fb&amp;data=05%7C01&reserved=0", "https://evil.test/a?b"},
		{"Proofpoint 1", "https://urldefense.proofpoint.com/v1/url?u=http://evil.test/&k=x", "http://evil.test/"},
		{"Proofpoint 2", "https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.test_a-3Fb-3Dc&d=DwMF&c=x", "https://evil.test/a?b=c"},
		{"Proofpoint 3", "https://urldefense.com/v3/__https://evil.test/a*b**A?c__;" + base64.RawURLEncoding.EncodeToString([]byte("#+-")) + "!!abc!def$", "https://evil.test/a#b+-?c"},
		{"Proofpoint 3, one slash", "https://urldefense.com/v3/__https:/evil.test/a__;!!abc", "https://evil.test/a"},
		{"Google", "https://www.google.co.uk/url?sa=t&q=https%3A%2F%2Fevil.test%2F&usg=x", "https://evil.test/"},
		{"Facebook", "https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.test%2F&h=x", "https://evil.test/"},
		{"Barracuda", "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fevil.test&c=E", "https://evil.test"},
		{"Cisco", "https://secure-web.cisco.com/1abc/https%3A%2F%2Fevil.test%2Fx", "https://evil.test/x"},
		{"Sophos", "https://eu-west-1.protection.sophos.com/?d=evil.test&u=aHR0cHM6Ly9ldmlsLnRlc3Qv&i=x", "https://evil.test/"},
		{"Mimecast", "https://protect-eu.mimecast.com/s/abc?domain=evil.com", "https://evil.com/"},
		{"Check Point", "https://protect.checkpoint.com/v2/___https://evil.test/a?b___.YzJ1", "https://evil.test/a?b"},
		{"Bing", "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9ldmlsLnRlc3Qv&ntb=1", "https://evil.test/"},
		{"Google's advertising", "https://googleads.g.doubleclick.net/aclk?sa=L&adurl=https://evil.test/x", "https://evil.test/x"},
		{"Google's fast pages", "https://www.google.com/amp/s/evil.com/x", "https://evil.com/x"},
		{"Google's translator", "https://a--b-evil-com.translate.goog/x?_x_tr_sl=auto", "https://a-b.evil.com/"},
		{"Yahoo", "https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2fevil.test%2fx/RK=2/RS=b-", "https://evil.test/x"},
		{"Amazon's counter", "https://abc.r.us-east-1.awstrack.me/L0/https:%2F%2Fevil.test%2Fx/1/0100", "https://evil.test/x"},
		{"YouTube", "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fevil.test%2F", "https://evil.test/"},
		{"a counter by its parameter", "https://clicks.example/c?id=1&url=https%3A%2F%2Fevil.test", "https://evil.test"},
		{"a counter in BASE64", "https://clicks.example/c/aHR0cHM6Ly9ldmlsLnRlc3Qv/x", "https://evil.test/"},
		{"two around one another", "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fevil.test%252F", "https://evil.test/"},
	}
	for _, tt := range tests {
		l, _ := ParseURL(tt.in)
		l.Source = "html"
		got, ok := Unwrap(l)
		if !ok || got.URL != tt.want || got.Source != "html" || len(got.Via) == 0 || got.Via[0] != l.Host {
			t.Errorf("%s: Unwrap(%q) = %q %v, want %q true", tt.name, tt.in, got.URL, ok, tt.want)
		}
	}
	for _, in := range []string{
		"https://example.com/?ref=https://evil.test", "https://www.facebook.com/sharer.php?u=https://x.test", "https://x.com/intent/post?url=https://x.test", "https://www.google.com/search?q=https://x.test", "https://www.google.com/url?q=words",
		"https://google.evil.test/url?q=https://x.test", "https://urldefense.com.evil.test/v1/url?x=https://x.test",
		"https://urldefense.com/v3/nothing", "https://l.facebook.com/l.php?u=%zz",
	} {
		l, _ := ParseURL(in)
		if got, ok := Unwrap(l); ok {
			t.Errorf("Unwrap(%q) = %q true, want false", in, got.URL)
		}
	}
}

func TestGather(t *testing.T) {
	o := &analyze.Original{
		From: []analyze.Mailbox{{Name: "x", Address: "Service@Mail.Evil.com"}},
		Text: "Shown: https://www.paypal.com/login and https://other.com/",
		HTML: `<a href="https://evil.com/x?u=me%40home.com#me@home.com">https://www.paypal.com/login</a> <img src="https://cdn.paypal.com/logo.png">
			<a href="https://evil.com/x?u=me%40home.com#me@home.com">https://www.paypal.com/login</a> <a href="http://192.0.2.7/">x</a>
			Call +1 (888) 555-0100 or write to help@evil.com, not to me@home.com`,
		Attachments: []analyze.Attachment{
			{Name: "invoice.HTML", MediaType: "application/octet-stream", SHA256: "AB12", Content: []byte(`<form action="https://drop.com/p"><img src="https://pic.com/">`)},
			{Name: "a.png", MediaType: "image/png", SHA256: "cd34", Content: []byte(`<a href="https://no.com">`)},
		},
		Redact: []string{"Me@home.com"},
	}
	links, found, _ := Gather(o)
	var got []string
	for _, l := range links {
		got = append(got, l.Source+" "+l.Host)
	}
	want := "text other.com|html evil.com|image cdn.paypal.com|html 192.0.2.7|attachment drop.com"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("Gather links = %q, want %q", s, want)
	}
	got = nil
	for _, i := range found {
		got = append(got, string(i.Kind)+" "+i.Value)
	}
	want = "address help@evil.com|address service@mail.evil.com|domain drop.com|domain evil.com|domain other.com|hash ab12|hash cd34|ip 192.0.2.7|phone +18885550100|" +
		"url http://192.0.2.7/|url https://drop.com/p|url https://evil.com/x?u=redacted|url https://other.com/"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("Gather indicators =\n%q, want\n%q", s, want)
	}
	if !slices.IsSortedFunc(found, func(a, b analyze.Indicator) int {
		return strings.Compare(string(a.Kind)+" "+a.Value, string(b.Kind)+" "+b.Value)
	}) {
		t.Error("indicators are not sorted")
	}
}

func TestGatherRewritten(t *testing.T) {
	links, _, _ := Gather(&analyze.Original{HTML: `<a href="https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.com%2F">www.bank.com</a>`})
	if len(links) != 2 || links[1].Host != "evil.com" || links[1].Shown != "www.bank.com" || links[1].Source != "html" {
		t.Errorf("Gather = %+v, want the rewriter and evil.com", links)
	}
}

func TestGatherUTF16(t *testing.T) {
	page := []byte{0xff, 0xfe}
	for _, c := range `<a href="https://evil.com">x</a>` {
		page = append(page, byte(c), 0)
	}
	links, _, _ := Gather(&analyze.Original{Attachments: []analyze.Attachment{{MediaType: "text/html", Content: page}}})
	if len(links) != 1 || links[0].Host != "evil.com" {
		t.Errorf("Gather = %+v, want evil.com", links)
	}
}

func TestWallet(t *testing.T) {
	tests := []struct{ in, want string }{
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", ""},
		{"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"},
		{"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", ""},
		{"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"},
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", ""},
		{"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
		{"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg", ""},
	}
	for _, tt := range tests {
		got := ""
		findWallets("pay to "+tt.in+", now", func(w string) { got = w })
		if got != tt.want {
			t.Errorf("findWallets(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPhones(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Call +1 (888) 555-0100 now", "+18885550100"},
		{"Call (888) 555-0100.", "+18885550100"},
		{"1-888-555-0100", "+18885550100"},
		{"tel. +44 20 7946 0958", "+442079460958"},
		{"888 555 0100", "+18885550100"},
		{"order 8885550100", ""},
		{"2024-01-02 10:00", ""},
		{"x+18885550100", ""},
		{"+1 23", ""},
		{"invoice 123-456-7890-1234", ""},
		{"112-3456789-1234567", ""},
	}
	for _, tt := range tests {
		got := ""
		findPhones(tt.in, func(p string) { got = p })
		if got != tt.want {
			t.Errorf("findPhones(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkReadHTML(b *testing.B) {
	src := strings.Repeat(`<table><tr><td style="font-size:0;color:#fff">Hello <a href="https://www.example.com/a?b=c">world</a></td></tr></table>`, 200)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		ReadHTML(src)
	}
}

func BenchmarkFindText(b *testing.B) {
	src := strings.Repeat("Dear customer, see https://www.example.com/a?b=c or write to a@example.com.\n", 200)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		FindText(src)
	}
}
