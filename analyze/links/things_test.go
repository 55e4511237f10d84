package links

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
)

// all collects what a finder finds.
func all(find func(string, func(string)), text string) []string {
	var out []string
	find(text, func(s string) { out = append(out, s) })
	return out
}

func TestFindWallets(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"Bitcoin", "pay to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT.", []string{"1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}},
		{"Bitcoin, one letter off", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", nil},
		{"bech32", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", []string{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}},
		{"Tron", "USDT (TRC20): TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", []string{"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"}},
		{"Tron, one letter off", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6s", nil},
		{"Monero", "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
			[]string{"888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H"}},
		{"Monero, one letter off", "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3J", nil},
		{"Solana's have no checksum", "vines1vzrYbzLMRdu58ou5XTby4qAqVRLmqo36NKPTg", nil},
	}
	for _, tt := range tests {
		if got := all(findWallets, tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s: findWallets(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// TestMadeWallets holds the coins of which no address is written here: made of
// a version and a hash.
func TestMadeWallets(t *testing.T) {
	for _, v := range []struct {
		coin    string
		version byte
		first   string
	}{{"Litecoin", 0x30, "L"}, {"Litecoin script", 0x32, "M"}, {"Dogecoin", 0x1e, "D"}, {"Tron", 0x41, "T"}, {"Bitcoin script", 5, "3"}} {
		a := encode58(v.version, strings.Repeat("\x5a", 20))
		if !strings.HasPrefix(a, v.first) || wallet(a) != a {
			t.Errorf("%s: wallet(%q) = %q, want itself, beginning with %s", v.coin, a, wallet(a), v.first)
		}
	}
	if a := encode58(0x6f, strings.Repeat("\x5a", 20)); wallet(a) != "" {
		t.Errorf("wallet(%q) of a test network = %q, want none", a, wallet(a))
	}
}

func TestFindIBANs(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"in groups", "IBAN: DE89 3704 0044 0532 0130 00, BIC", []string{"DE89370400440532013000"}},
		{"in one row", "GB29NWBK60161331926819", []string{"GB29NWBK60161331926819"}},
		{"no-break spaces", "FR14\u00a02004\u00a01010\u00a00505\u00a00001\u00a03M02\u00a0606.", []string{"FR1420041010050500013M02606"}},
		{"two", "NO93 8601 1117 947 and BE68-5390-0754-7034", []string{"NO9386011117947", "BE68539007547034"}},
		{"a digit wrong", "DE89 3704 0044 0532 0130 01", nil},
		{"too short for its country", "DE89 3704 0044 0532 0130", nil},
		{"longer than its country's", "DE893704004405320130001", nil},
		{"a country without", "US89 3704 0044 0532 0130 00", nil},
		{"inside a word", "xDE89370400440532013000", nil},
		{"two spaces", "DE89  3704 0044 0532 0130 00", nil},
		{"small letters", "de89370400440532013000", nil},
	}
	for _, tt := range tests {
		if got := all(findIBANs, tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s: findIBANs(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestFindCalls(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"toll-free", "If you did not order this, call 1-888-555-0123 now.", []string{"+18885550123"}},
		{"toll-free in one row", "Toll free 18885550123", []string{"+18885550123"}},
		{"toll-free, spread out", "Dial +1 ~ 888 ~ 555 ~ 0123", []string{"+18885550123"}},
		{"one below the other", "Call our support desk:\n(805) 555-0123", []string{"+18055550123"}},
		{"number first", "0800 123 4567 is our hotline", []string{"08001234567"}},
		{"German", "Bitte rufen Sie uns an: 030 / 1234567", nil},
		{"German, grouped", "Rufen Sie sofort an: 030 1234567", []string{"0301234567"}},
		{"French", "Appelez le 09 70 01 23 45", []string{"0970012345"}},
		{"Spanish", "Llame al 900 123 456", []string{"900123456"}},
		{"Italian", "Chiama il numero verde 800 123 456", []string{"800123456"}},
		{"Japanese", "お電話ください 0120-123-456", []string{"0120123456"}},
		{"with the country's code", "Zadzwoń: +48 22 123 45 67", []string{"+48221234567"}},
		{"prefix of other countries", "Appelez le 0044 20 7946 0958", []string{"+442079460958"}},
		{"a signature", "Ann Miller\nTel. 1-805-555-0123", nil},
		{"a person's own", "Call me at 805-555-0123", nil},
		{"a person's own, German", "Rufen Sie mich an: 030 1234567", nil},
		{"a day", "We called on 01.02.2026", nil},
		{"a day beside a call", "Call before 01.02.2026", nil},
		{"an amount", "call about $1299.00", nil},
		{"a word that begins so", "recalled caller 805-555-0123", nil},
		{"too far", "call " + strings.Repeat("word ", 30) + "805-555-0123", nil},
	}
	for _, tt := range tests {
		if got := all(findCalls, tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s: findCalls(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestGatherCalls(t *testing.T) {
	o := &analyze.Original{Text: "Call +1 888 555 0123 about your renewal, or pay to DE89 3704 0044 0532 0130 00.",
		Attachments: []analyze.Attachment{{Name: "bill.txt", MediaType: "text/plain", Content: []byte("To dispute this charge dial 1-877-555-0199.")}}}
	found := GatherPage(o, ReadHTML(o.HTML))
	if want := []string{"+18775550199", "+18885550123"}; !slices.Equal(found.Calls, want) {
		t.Errorf("Calls = %q, want %q", found.Calls, want)
	}
	for _, want := range []analyze.Indicator{{Kind: analyze.IndicatorIBAN, Value: "DE89370400440532013000"}, {Kind: analyze.IndicatorPhone, Value: "+18775550199"}} {
		if !slices.Contains(found.Indicators, want) {
			t.Errorf("Indicators = %v, want %v among them", found.Indicators, want)
		}
	}
}

func TestFormsAsk(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"password", `<form action="https://evil.test/"><input name=u><input type=password></form>`, "password"},
		{"password as text", `<form action="https://evil.test/"><input name=user_pwd></form>`, "password"},
		{"card", `<form action="https://evil.test/"><input autocomplete="cc-number"></form>`, "card"},
		{"code, by what it shows", `<form action="https://evil.test/"><textarea placeholder="Your 12-word recovery phrase"></textarea></form>`, "code"},
		{"not closed", `<form action="https://evil.test/"><input type=password>`, "password"},
		{"button's own target", `<form><input type=password><button formaction="https://evil.test/">`, "password"},
		{"search", `<form action="https://evil.test/"><input name=q type=text></form>`, ""},
		{"survey", `<form action="https://evil.test/"><input type=radio name=rating><input name=comment></form>`, ""},
		{"a parcel's form", `<form action="https://evil.test/"><input name=shipping></form>`, ""},
		{"hidden", `<form action="https://evil.test/"><input type=hidden name=password></form>`, ""},
		{"another form's", `<form action="https://evil.test/"></form><form><input type=password></form>`, ""},
	}
	for _, tt := range tests {
		got := ""
		for _, l := range ReadHTML(tt.in).Links {
			if l.Source == "form" {
				got += l.Asks
			}
		}
		if got != tt.want {
			t.Errorf("%s: asks for %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzThings: whatever the text, what is found is in its normal form.
func FuzzThings(f *testing.F) {
	for _, s := range []string{"call 1-888-555-0123", "DE89 3704 0044 0532 0130 00", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "rufen Sie 0800\u00a0123–456 \xff", "+((1 call", "hotline 00 11", "bc1q", "0x", "ltc1" + strings.Repeat("q", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, n := range all(findIBANs, s) {
			if got := all(findIBANs, n); !slices.Equal(got, []string{n}) {
				t.Errorf("findIBANs(%q) = %q, want itself", n, got)
			}
		}
		for _, w := range all(findWallets, s) {
			if wallet(w) != w {
				t.Errorf("wallet(%q) = %q, want itself", w, wallet(w))
			}
		}
		for _, n := range all(findCalls, s) {
			if strings.Trim(n, "+0123456789") != "" || len(n) < minLocal || len(n) > maxPhone+1 {
				t.Errorf("findCalls(%q) gives %q", s, n)
			}
		}
		tell(s)
	})
}

// BenchmarkThings: text that is all beginnings of numbers to call.
func BenchmarkThings(b *testing.B) {
	text := strings.Repeat("call me 0 +1 (8 DE89 3704 T1D3 ", 1<<20/31)
	for b.Loop() {
		all(findCalls, text)
		all(findIBANs, text)
		all(findWallets, text)
	}
	b.SetBytes(int64(len(text)))
}

// encode58 writes an address in base58check.
func encode58(version byte, hash string) string {
	b := append([]byte{version}, hash...)
	first := sha256.Sum256(b)
	sum := sha256.Sum256(first[:])
	n := new(big.Int).SetBytes(append(b, sum[:4]...))
	var out []byte
	for m := new(big.Int); n.Sign() > 0; {
		n.DivMod(n, big.NewInt(58), m)
		out = append(out, alphabet58[m.Int64()])
	}
	slices.Reverse(out)
	return string(out)
}
