package brand

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

// strongest gives the strongest claim, as "brand where".
func strongest(in ClaimInput) (string, analyze.BrandClaim) {
	c := Default().Claims(in)
	if len(c) == 0 {
		return "", analyze.BrandClaim{}
	}
	return c[0].Brand + " " + c[0].Where, c[0]
}

func TestClaimsDisplayName(t *testing.T) {
	tests := []struct {
		name, in, local string
		brand           string
		min, max        float64
		disguise        bool
	}{
		{"plain", "PayPal", "x", "paypal", 0.9, 1, false},
		{"company", "PayPal, Inc.", "x", "paypal", 0.9, 1, false},
		{"service words", "Amazon Customer Service", "x", "amazon", 0.9, 1, false},
		{"German", "DHL Kundenservice", "x", "dhl", 0.9, 1, false},
		{"address in the name", "service@paypal.com", "x", "paypal", 0.9, 1, false},
		{"several words", "Bank of America", "x", "bankofamerica", 0.9, 1, false},
		{"written together", "WellsFargo Alert", "x", "wellsfargo", 0.9, 1, false},
		{"own script", "楽天カード株式会社", "x", "rakuten", 0.9, 1, false},
		{"own script, Cyrillic", "Сбербанк Онлайн", "x", "sberbank", 0.7, 1, false},
		{"accents left out", "Credit Agricole", "x", "creditagricole", 0.9, 1, false},
		{"ampersand", "AT&T", "x", "att", 0.9, 1, false},
		{"possessive", "McDonald’s", "x", "mcdonalds", 0.7, 1, false},
		{"spaced", "P a y P a l", "x", "paypal", 0.9, 1, true},
		{"zero width", "Pay\u200bPal", "x", "paypal", 0.9, 1, true},
		{"capital I for l", "PayPaI Service", "x", "paypal", 0.9, 1, true},
		{"Greek", "Αmazon", "x", "amazon", 0.9, 1, true},
		{"Cyrillic", "аmаzоn", "x", "amazon", 0.9, 1, true},
		{"digit", "amaz0n", "x", "amazon", 0.9, 1, true},
		{"rn", "Arnazon", "x", "amazon", 0.9, 1, true},
		{"digit one", "m1crosoft account team", "x", "microsoft", 0.9, 1, true},
		{"mathematical", "𝐍𝐞𝐭𝐟𝐥𝐢𝐱", "x", "netflix", 0.9, 1, true},
		{"two words", "Pay Pal", "x", "paypal", 0.9, 1, false},
		{"common, alone", "Apple", "noreply", "apple", 0.7, 0.8, false},
		{"common, with its product", "Apple ID", "noreply", "apple", 0.9, 1, false},
		{"common, with a service word", "Apple Support", "x", "apple", 0.8, 0.9, false},
		{"common, bank", "Chase Bank", "x", "chase", 0.8, 1, false},
		{"common, French", "Orange Service client", "x", "orange", 0.8, 1, false},
		{"only means", "Ann Example via PayPal", "x", "paypal", 0.3, 0.4, false},
		{"service word in front", "Pedido Correios", "x", "correiosbr", 0.9, 1, false},
		{"product in front", "Milestone Mastercard", "x", "mastercard", 0.5, 0.6, false},
		{"from", "Nachricht von Vodafone", "x", "vodafone", 0.8, 1, false},
		{"somebody from", "Max Steller von Amazon", "x", "amazon", 0.75, 0.85, false},
		{"acronym as a word", "Ikea Family", "x", "ikea", 0.7, 1, false},
		{"mail service's help desk", "proton.me Helpdesk", "x", "protonmail", 0.85, 1, false},
		{"without its sign", "#Kohls_Surprise#", "x", "kohls", 0.9, 1, false},
		{"French elision", "Message d'ICI PARIS", "x", "iciparisxl", 0.75, 0.85, false},
		{"somebody from a common word", "Katie From Ledger", "x", "ledger", 0.55, 0.65, false},
		{"workplace", "Jane Example (Microsoft)", "x", "microsoft", 0.35, 0.45, false},
		{"workplace, but a service", "Soporte Técnico (Trust Wallet)", "x", "trustwallet", 0.7, 0.9, false},
		{"possessive tells it from a surname", "_McDonald's Menu", "x", "mcdonalds", 0.7, 0.8, false},
		{"written together", "BinanceMail", "x", "binance", 0.9, 1, false},
		{"common, written together", "AppleSupport", "x", "apple", 0.9, 1, false},
		{"test", "Gmail CI Test", "x", "google", 0.35, 0.45, false},
		{"dashes", "P-a-y-P-a-l", "x", "paypal", 0.9, 1, true},
		{"dots", "P.a.y.P.a.l Service", "x", "paypal", 0.9, 1, true},
		{"two rows", "P a y P a l  S e r v i c e", "x", "paypal", 0.9, 1, true},
		{"spaced acronym", "D P D Versand", "x", "dpd", 0.9, 1, true},
		{"soft hyphen", "Net\u00adflix", "x", "netflix", 0.9, 1, true},
		{"combining marks", "P̶a̶y̶P̶a̶l̶", "x", "paypal", 0.9, 1, false},
		{"full width", "ＰａｙＰａｌ", "x", "paypal", 0.9, 1, true},
		{"circles", "Ⓟⓐⓨⓟⓐⓛ", "x", "paypal", 0.9, 1, true},
		{"squares", "🅿🅰🆈🅿🅰🅻", "x", "paypal", 0.9, 1, true},
		{"small capitals", "ɴᴏʀᴛᴏɴ ᴀʟᴇʀᴛ", "x", "norton", 0.9, 1, true},
		{"right to left", "\u202elaPyaP\u202c Service", "x", "paypal", 0.9, 1, true},
		{"two words disguised", "Trust WaIIet", "x", "trustwallet", 0.9, 1, true},
		{"common, disguised", "App1e", "x", "apple", 0.9, 1, true},
		{"common, capital I", "Katie from Iedger", "x", "ledger", 0.9, 1, true},
		{"common, Cyrillic", "Аррlе", "x", "apple", 0.9, 1, true},
		{"acronym, Cyrillic", "DНL", "x", "dhl", 0.9, 1, true},
		{"torn", "A mazon", "x", "amazon", 0.9, 1, true},
		{"at sign", "P@yPal", "x", "paypal", 0.9, 1, true},
		{"exclamation mark", "Netfl!x", "x", "netflix", 0.9, 1, true},
		{"star", "Amaz*n", "x", "amazon", 0.9, 1, true},
		{"kana with spaces", "メ ル カ リ", "x", "mercari", 0.9, 1, true},
		{"first name", "Chase", "chase", "chase", 0.25, 0.35, false},
	}
	for _, tt := range tests {
		_, got := strongest(ClaimInput{DisplayName: tt.in, LocalPart: tt.local})
		if got.Brand != tt.brand || got.Strength < tt.min || got.Strength > tt.max || got.Disguise != tt.disguise || got.Where != "display-name" {
			t.Errorf("%s: Claims(%q) = %+v, want %s %v–%v disguise %v", tt.name, tt.in, got, tt.brand, tt.min, tt.max, tt.disguise)
		}
	}
	for _, in := range []string{
		"Chase Miller", "Emma Orange", "Maria Santander", "D H L Lawrence", "マイナスイオン", "Chose", "Targets", "Visage", "Iowa", "Peter Kohl", "Union Bank", "First Bank", "Public Bank Team", "X server", "anna@gmail.com", "techtarget", "Rob Halifax Jones", "Discover the world", "Target practice", "Anna Visa", "Signal Processing Society", "Square Root", "Meta Schmidt",
		"Chimera", "Pay pal", "Ups and downs", "at T-shirts", "Express yourself", "Delicious", "J R R T o", "", "Emma Example",
	} {
		if where, got := strongest(ClaimInput{DisplayName: in, LocalPart: "x"}); where != "" {
			t.Errorf("Claims(%q) = %+v, want none", in, got)
		}
	}
}

func TestClaimsElsewhere(t *testing.T) {
	tests := []struct {
		name     string
		in       ClaimInput
		want     string // "" for no claim
		min, max float64
	}{
		{"local part", ClaimInput{LocalPart: "service-paypal"}, "paypal local-part", 0.55, 0.65},
		{"local part of a common word", ClaimInput{LocalPart: "apple"}, "", 0, 0},
		{"subject in front", ClaimInput{Subject: "PayPal: your account is limited"}, "paypal subject", 0.55, 0.65},
		{"subject after via", ClaimInput{Subject: "You sent money via PayPal"}, "paypal subject", 0.15, 0.25},
		{"subject with two", ClaimInput{Subject: "PayPal invoice for your eBay order"}, "paypal subject", 0.55, 0.65},
		{"subject of a conversation", ClaimInput{Subject: "Re: [foo-devel] PayPal module"}, "paypal subject", 0.1, 0.2},
		{"common word in the subject", ClaimInput{Subject: "An orange a day"}, "", 0, 0},
		{"common word as a company", ClaimInput{Subject: "Chase account locked"}, "chase subject", 0.25, 0.35},
		{"own domain", ClaimInput{Domain: "mail.paypal.com"}, "paypal domain", 0.65, 0.75},
		{"name in the domain", ClaimInput{Domain: "paypal-secure.example"}, "paypal domain", 0.65, 0.75},
		{"free mail says nothing", ClaimInput{Domain: "yahoo.com"}, "", 0, 0},
		{"body", ClaimInput{Body: "Dear customer,\nyour Netflix membership has ended."}, "netflix body", 0.3, 0.4},
		{"signature", ClaimInput{Body: strings.Repeat("words ", 1000) + "© 2026 PayPal"}, "paypal footer", 0.45, 0.55},
		{"company in a sentence", ClaimInput{Body: "The driver of NVIDIA Corporation fails here."}, "nvidia body", 0.35, 0.45},
		{"trademark line", ClaimInput{Body: strings.Repeat("words ", 1000) + "App Store is a service mark of Apple Inc."}, "", 0, 0},
		{"common word in the footer", ClaimInput{Body: strings.Repeat("words ", 1000) + "© 2026 Apple Inc."}, "apple footer", 0.45, 0.55},
		{"logo", ClaimInput{Alts: []string{"PayPal logo", "Facebook"}}, "paypal alt-text", 0.5, 0.6},
		{"badges", ClaimInput{Alts: []string{"Get it on Google Play", "Follow us on Instagram"}}, "google alt-text", 0.15, 0.25},
		{"later picture", ClaimInput{Alts: []string{"a", "b", "c", "d", "PayPal"}}, "paypal alt-text", 0.15, 0.25},
		{"common word as a picture", ClaimInput{Alts: []string{"Apple"}}, "", 0, 0},
		{"common word as a logo", ClaimInput{Alts: []string{"Apple logo"}}, "apple alt-text", 0.5, 0.6},
		{"button", ClaimInput{Links: []string{"Log in to your PayPal account"}}, "paypal link-text", 0.25, 0.35},
		{"disguised button", ClaimInput{Links: []string{"PаyPаl login"}}, "paypal link-text", 0.55, 0.65},
		{"name on another suffix", ClaimInput{Domain: "telekom.ch"}, "telekom domain", 0.4, 0.49},
		{"glued in the domain", ClaimInput{Domain: "paypalsupport.example"}, "paypal domain", 0.65, 0.75},
		{"glued local part", ClaimInput{LocalPart: "netflixbilling7"}, "netflix local-part", 0.55, 0.65},
		{"common word within another", ClaimInput{Domain: "lists.techtarget.com"}, "", 0, 0},
		{"customer's host", ClaimInput{Domain: "u1.wl.sendgrid.net"}, "", 0, 0},
		{"middle of a long body", ClaimInput{Body: strings.Repeat("words ", 600) + " PayPal " + strings.Repeat("words ", 600)}, "", 0, 0},
		{"social footer", ClaimInput{Body: "Hello. Follow us on Facebook | Instagram | LinkedIn"}, "", 0, 0},
		{"other scripts", ClaimInput{Body: "メルカリをご利用いただきありがとうございます"}, "mercari body", 0.3, 0.4},
	}
	for _, tt := range tests {
		where, got := strongest(tt.in)
		if where != tt.want || where != "" && (got.Strength < tt.min || got.Strength > tt.max) {
			t.Errorf("%s: Claims(%+.60v) = %+v, want %q %v–%v", tt.name, tt.in, got, tt.want, tt.min, tt.max)
		}
	}
}

// TestClaimsOrder: the display name outweighs all other places.
func TestClaimsOrder(t *testing.T) {
	got := Default().Claims(ClaimInput{DisplayName: "PayPal", Subject: "Your Netflix account", Body: "Amazon", LocalPart: "ebay"})
	var order []string
	for _, c := range got {
		order = append(order, c.Brand)
	}
	if want := "paypal netflix amazon"; strings.Join(order, " ") != want {
		t.Errorf("Claims = %q, want %q", order, want)
	}
}

func FuzzClaims(f *testing.F) {
	for _, s := range []string{"PayPal", "P a y P a l", "Αmazon\u200b", "楽天", "AT&T's +", "&&&&", "a.b.c.d.e.f", "\xff\xfe", "'’'’", "𝐍𝐞𝐭𝐟𝐥𝐢𝐱", "\u202elaPyaP\u202c", "R ltuaIs", "Amaz*n P@yPal", "d'Orange", "🅿🅰🆈🅿🅰🅻", "メ ル カ リ", "D P D", "AppleSupport"} {
		f.Add(s, s)
	}
	r := Default()
	f.Fuzz(func(t *testing.T, name, body string) {
		claims := r.Claims(ClaimInput{DisplayName: name, LocalPart: name, Subject: name, Body: body, Domain: name, Alts: []string{body, name}, Links: []string{name, body}})
		if len(claims) > maxClaims {
			t.Errorf("%d claims", len(claims))
		}
		last := 1.0
		for _, c := range claims {
			if c.Strength > last || c.Strength < minStrength || len(c.Text) > maxClaimText || c.Text != strings.ToValidUTF8(c.Text, "?") {
				t.Errorf("claim %+v is out of its bounds", c)
			}
			last = c.Strength
			if _, ok := r.Get(c.Brand); !ok {
				t.Errorf("claim %+v names no brand", c)
			}
		}
	})
}

func BenchmarkClaims(b *testing.B) {
	in := ClaimInput{DisplayName: "PayPal Service", LocalPart: "service", Subject: "Your account is limited", Domain: "mail.example.com",
		Body: strings.Repeat("Dear customer, we noticed unusual activity in your account and have limited it until you confirm. ", 41)}
	r := Default()
	for b.Loop() {
		r.Claims(in)
	}
}
