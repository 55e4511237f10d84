package lookalike

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// small is an index of a few brands and well-known names.
func small() *Index {
	return New([]Protected{
		{Domain: "paypal.com", Brand: "paypal"}, {Domain: "paypal.co.uk", Brand: "paypal"}, {Domain: "amazon.com", Brand: "amazon"}, {Domain: "amazon.co.jp", Brand: "amazon"},
		{Domain: "microsoft.com", Brand: "microsoft"}, {Domain: "apple.com", Brand: "apple"}, {Domain: "myetherwallet.com", Brand: "myetherwallet", Sole: true}, {Domain: "ing.com", Brand: "ing"},
		{Domain: "t-mobile.com", Brand: "tmobile"}, {Domain: "santander.com", Brand: "santander"}, {Domain: "dhl.com", Brand: "dhl"}, {Domain: "bank.example", Brand: ""},
		{Domain: "customer.com"}, {Domain: "wikipedia.org", Rank: 400}, {Domain: "stackoverflow.com", Rank: 5000}, {Domain: "freehost.example", Rank: 5000, Shared: true}, {Domain: "canva.com", Brand: "canva"}, {Domain: "bücher-müller.de", Brand: "buecher"},
	})
}

func TestFind(t *testing.T) {
	x := small()
	tests := []struct{ name, technique, target string }{
		// A hit of each technique.
		{"раураl.com", TechniqueHomograph, "paypal.com"},
		{"xn--l-7sba6dbr.com", TechniqueHomograph, "paypal.com"},
		{"аmаzоn.com", TechniqueHomograph, "amazon.com"},
		{"páypal.com", TechniqueHomograph, "paypal.com"},
		{"іng.com", TechniqueHomograph, "ing.com"},
		{"wikipediа.org", TechniqueHomograph, "wikipedia.org"},
		{"paypa1.com", TechniqueHomoglyph, "paypal.com"},
		{"paypai.com", TechniqueHomoglyph, "paypal.com"},
		{"rnicrosoft.com", TechniqueHomoglyph, "microsoft.com"},
		{"rnicr0s0ft.com", TechniqueHomoglyph, "microsoft.com"},
		{"arnazon.co.jp", TechniqueHomoglyph, "amazon.co.jp"},
		{"wwww.arnazon.com", TechniqueHomoglyph, "amazon.com"},
		{"payapl.com", TechniqueTransposition, "paypal.com"},
		{"wikipedai.org", TechniqueTransposition, "wikipedia.org"},
		{"paypaal.com", TechniqueRepetition, "paypal.com"},
		{"santanxder.com", TechniqueInsertion, "santander.com"},
		{"santader.com", TechniqueOmission, "santander.com"},
		{"santandar.com", TechniqueVowel, "santander.com"},
		{"santabder.com", TechniqueKeyboard, "santander.com"},
		{"microroft.com", TechniqueBitsquat, "microsoft.com"},
		{"microgoft.net", TechniqueReplacement, "microsoft.com"},
		{"myetherwailets.com", TechniqueTwoEdits, "myetherwallet.com"},
		{"paypal.com.evil.example", TechniqueEmbedding, "paypal.com"},
		{"paypal.com-login.example", TechniqueEmbedding, "paypal.com"},
		{"paypal-com.example", TechniqueEmbedding, "paypal.com"},
		{"paypal.co.uk.evil.example", TechniqueEmbedding, "paypal.co.uk"},
		{"paypalcom.evil.example", TechniqueEmbedding, "paypal.com"},
		{"evil-paypal.com", TechniqueEmbedding, "paypal.com"},
		{"t-mobile.com.evil.example", TechniqueEmbedding, "t-mobile.com"},
		{"paypa1.com.evil.example", TechniqueEmbedding, "paypal.com"},
		{"paypal-login.example", TechniqueCombo, "paypal.com"},
		{"secureamazon.example", TechniqueCombo, "amazon.com"},
		{"verify-rnicrosoft-account.example", TechniqueCombo, "microsoft.com"},
		{"apple-account.example", TechniqueCombo, "apple.com"},
		{"wwwpaypal.com", TechniqueWWW, "paypal.com"},
		{"www-paypal.com", TechniqueWWW, "paypal.com"},
		{"paypal.shop", TechniqueTLD, "paypal.com"},
		{"paypal.blogspot.com", TechniqueFreeHost, "paypal.com"},
		{"login.paypal.evil.example", TechniqueSubdomain, "paypal.com"},
		{"paypal.evil.example", TechniqueSubdomain, "paypal.com"},
		{"paypai.evil.example", TechniqueHomoglyph, "paypal.com"},
		{"www-paypai-jp.evil.example", TechniqueHomoglyph, "paypal.com"},
		{"paypal_login.evil.example", TechniqueCombo, "paypal.com"},
		{"amaznon.co.jp.evil.example", TechniqueInsertion, "amazon.co.jp"},
		{"amazon.co.jplogin.evil.example", TechniqueEmbedding, "amazon.co.jp"},
		{"microsoft.com-desktop.example", TechniqueEmbedding, "microsoft.com"},
		{"dhl.com.evil.example", TechniqueEmbedding, "dhl.com"},
		{"amazonco.jp", TechniqueEmbedding, "amazon.co.jp"},
		{"paypalcom.com", TechniqueEmbedding, "paypal.com"},
		{"secure-paypalcom.com", TechniqueCombo, "paypal.com"},
		{"paypal-вход.com", TechniqueCombo, "paypal.com"},
		{"登录-paypal.com", TechniqueCombo, "paypal.com"},
		{"paypal-zahlung.example", TechniqueCombo, "paypal.com"},
		{"paypal-login.web.app", TechniqueCombo, "paypal.com"},
		{"paypal.freehost.example", TechniqueFreeHost, "paypal.com"},
		{"paypal-login.freehost.example", TechniqueCombo, "paypal.com"},
		{"paypal.com.co", TechniqueTLD, "paypal.com"},
		{"myetherwallet.fr", TechniqueTLD, "myetherwallet.com"},
		{"pay.pal.com", TechniqueDot, "paypal.com"},
		{"pay-pal.com", TechniqueHyphen, "paypal.com"},
		{"p-a-y-p-a-l.com", TechniqueHyphen, "paypal.com"},
		{"login-am-azon.com", TechniqueHyphen, "amazon.com"},
		{"paypals.com", TechniquePlural, "paypal.com"},
		{"mykrosoft.com", TechniqueHomophone, "microsoft.com"},
		{"annazom.com", TechniqueHomoglyph, "amazon.com"},
		{"ᴍɪᴄʀᴏꜱᴏꜰᴛ.com", TechniqueHomograph, "microsoft.com"},
		{"CUSTOMER1.customre.com.", TechniqueTransposition, "customer.com"},
	}
	for _, tt := range tests {
		got, ok := x.Find(tt.name)
		if tt.technique == TechniqueTransposition && tt.target == "customer.com" {
			// customer is an ordinary word, and its edits are too.
			if ok {
				t.Errorf("Find(%q) = %+v, want nothing", tt.name, got)
			}
			continue
		}
		if !ok || got.Technique != tt.technique || got.Target != tt.target || got.Score <= 0 || got.Score > 1 {
			t.Errorf("Find(%q) = %+v %v, want %s of %s", tt.name, got, ok, tt.technique, tt.target)
		}
	}
}

// TestFindGuards: what Chromium's exclusions and ours keep clear.
func TestFindGuards(t *testing.T) {
	x := small()
	for _, name := range []string{
		"paypal.com", "www.paypal.com", "PAYPAL.COM.", "paypal.co.uk", "a.b.amazon.co.jp", // protected themselves
		"paypal.gov", "paypa1.mil", "paypal.gov.uk", // suffixes that are checked
		"paypal.fr", "amazon.it", // a country's site
		"dhi.com", "ding.com", "lng.com", "dh1.com", // short names
		"haypal.com", "xpaypal.com", // differs at the first letter alone
		"paypal1.com", "paypal24.com", // digits at the end
		"apply.com", "ample.com", "apples.com", "appel.com", // ordinary words, and neighbours of one
		"my-apple.com", "apple.evil.example", // an ordinary word inside
		"stackoverfow.com", "wikipedio.org", // merely popular: edits are too noisy
		"wikipedia-press.org", "amazon-press.example", // no word that scams use
		"microsoft.github.io",  // a company's open source
		"compaypal.example",    // no whole domain
		"paypalladium.example", // another word
		"example.com", "a", "", "..", "1.2.3.4", "[::1]", "com", "co.uk", "x.unlisted",
		"news-office.com", "blog-medium.com", "shop-orange.fr", // Chromium's allow list
		"amazonvideo.com", "microsoftpersonalcontent.com", "paypal-shop.de", // what its owner, or a reseller, may call a site
		"paypal-com.translate.goog", "paypal-com.20230601.gappssmtp.com", "paypal.com.edgekey.net", // mirrors name what they serve
		"canvas-user-content.com", "freehost.example", "shop.freehost.example", "face.book.com",
		"dhl.evil.example", "ing-login.example", // short names
		"straße.example", "bücher.example",
	} {
		if got, ok := x.Find(name); ok {
			t.Errorf("Find(%q) = %+v, want nothing", name, got)
		}
	}
}

// TestManyOwn: among many domains of one's own each word is somebody's name, so
// that a name below a stranger's domain is no sign; an edit and a whole domain
// still are.
func TestManyOwn(t *testing.T) {
	p := synthetic(maxOwn + 1)
	p = append(p, Protected{Domain: "examplebankgroup.example"})
	x := New(p)
	for name, want := range map[string]string{"examplebankgroup.evil.test": "", "examplebankgrup.example": TechniqueOmission, "examplebankgroup.example.evil.test": TechniqueEmbedding, "examp1ebankgroup.example": TechniqueHomoglyph} {
		if got, _ := x.Find(name); got.Technique != want {
			t.Errorf("Find(%q) = %+v, want %q", name, got, want)
		}
	}
}

// TestFindWeak: a mere other suffix scores below MinScore, all else does not.
func TestFindWeak(t *testing.T) {
	x := small()
	if got, ok := x.Find("paypal.shop"); !ok || got.Score >= MinScore {
		t.Errorf("Find(paypal.shop) = %+v %v, want a weak tld-swap", got, ok)
	}
	if got, ok := x.Find("paypa1.shop"); !ok || got.Score < MinScore {
		t.Errorf("Find(paypa1.shop) = %+v %v, want a strong homoglyph", got, ok)
	}
}

func TestFindEmpty(t *testing.T) {
	for _, x := range []*Index{New(nil), New([]Protected{{Domain: "com"}, {Domain: ""}, {Domain: "1.2.3.4"}})} {
		if got, ok := x.Find("paypal-login.com"); ok {
			t.Errorf("Find = %+v, want nothing", got)
		}
	}
}

func TestHas(t *testing.T) {
	x := small()
	for host, want := range map[string]bool{"paypal.com": true, "a.PayPal.com.": true, "paypal.net": false, "bücher-müller.de": true, "": false} {
		if got := x.Has(host); got != want {
			t.Errorf("Has(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestSkeletons(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
	}{
		{"paypal", "раураl", true}, {"google", "g00gle", true}, {"microsoft", "rnicrosoft", true}, {"wells", "vvells", true}, {"dell", "cleii", true},
		{"bucher", "bücher", true}, {"paypal", "paypaɩ", true}, {"google", "ǥoogle", true}, {"bank", "þank", true}, {"pank", "þank", true}, {"coeur", "cœur", true},
		{"lodz", "łodz", true}, {"todz", "łodz", true}, {"paypal", "xn--pypal-4ve", true},
		{"paypal", "paypol", false}, {"a", "b", false},
	}
	for _, tt := range tests {
		got := slices.ContainsFunc(Skeletons(tt.a), func(s string) bool { return slices.Contains(Skeletons(tt.b), s) })
		if got != tt.same {
			t.Errorf("Skeletons(%q) %q and Skeletons(%q) %q share = %v, want %v", tt.a, Skeletons(tt.a), tt.b, Skeletons(tt.b), got, tt.same)
		}
	}
	if n := len(Skeletons(strings.Repeat("þœłӏ", 8))); n > maxVariants {
		t.Errorf("%d variants, want at most %d", n, maxVariants)
	}
}

// TestFold: letters beyond ASCII come down to what they look like.
func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"PayPal": "paypal", "Αmazon": "amazon", "ＰａｙＰａｌ": "paypal", "𝐍𝐞𝐭𝐟𝐥𝐢𝐱": "netflix", "Crédit": "credit", "Łódź": "lodz", "a\u200bb": "ab", "楽天": "楽天",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abcd", 1}, {"abc", "xbcd", 2}, {"abcd", "badc", 2}, {"abc", "xyz", 3}, {"abc", "abcdef", 3}} {
		if got := distance(tt.a, tt.b, 2); got != tt.want {
			t.Errorf("distance(%q, %q, 2) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestOneEdit holds the short way to the full distance.
func TestOneEdit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a, b := randomWord(rng, 3+rng.IntN(4), "abc"), randomWord(rng, 3+rng.IntN(4), "abc")
		_, got := oneEdit(a, b)
		if want := distance(a, b, 2) == 1; got != want {
			t.Fatalf("oneEdit(%q, %q) = %v, want %v", a, b, got, want)
		}
	}
}

func randomWord(rng *rand.Rand, n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

func TestSafeIDN(t *testing.T) {
	for host, want := range map[string]bool{
		"example.com": true, "bücher.de": true, "торты.ru": true, "日本.jp": true, "eコマース.jp": true,
		"раураl.com": false, "ѕсоре.com": false, "google一.com": false, "xn--a.com": false, "a\u0307b.com": true, "i\u0307b.com": false,
	} {
		if got, why := SafeIDN(host); got != want {
			t.Errorf("SafeIDN(%q) = %v (%s), want %v", host, got, why, want)
		}
	}
}

func FuzzLookalike(f *testing.F) {
	for _, s := range []string{"paypal.com", "раураl.com", "xn--", "xn--a.b", "a-b-c-d.paypal.com.x-y.z", "þœłӏþœłӏ.com", "wwwpaypal-login.com", "\xff.\xff", "paypal。com", strings.Repeat("a", 10_000), strings.Repeat("a-", 200), strings.Repeat("paypal-", 30) + ".x." + strings.Repeat("paypal.", 20),
		strings.Repeat("paypal", 10) + ".com", strings.Repeat("ѕ", 5_000), strings.Repeat("a\u0301", 3_000), "paypal_login.x.y", "登录-paypal.com"} {
		f.Add(s)
	}
	x := small()
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := x.Find(s)
		if ok && (got.Score <= 0 || got.Score > 1 || got.Technique == "" || got.Target == "" || x.Has(s)) {
			t.Errorf("Find(%q) = %+v", s, got)
		}
		again, okAgain := x.Find(s)
		if ok != okAgain || got != again {
			t.Errorf("Find(%q) gives %+v, then %+v", s, got, again)
		}
		if n := len(Skeletons(s)); n > maxVariants {
			t.Errorf("Skeletons(%q) gives %d", s, n)
		}
		if safe, why := SafeIDN(s); safe != (why == "") {
			t.Errorf("SafeIDN(%q) = %v %q", s, safe, why)
		}
		if f := Fold(s); Fold(f) != f && isASCII(f) {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", s, Fold(f), f)
		}
	})
}

// synthetic gives n names that no list has.
func synthetic(n int) []Protected {
	rng := rand.New(rand.NewPCG(7, 7))
	p := make([]Protected, n)
	for i := range p {
		p[i] = Protected{Domain: randomWord(rng, 5+rng.IntN(10), "aeioubcdfghklmnprstvz") + ".com"}
	}
	return p
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := synthetic(n)
			x := New(p)
			var names []string
			rng := rand.New(rand.NewPCG(3, 3))
			for i := range 1000 {
				label := strings.TrimSuffix(p[i*7%n].Domain, ".com")
				at := rng.IntN(len(label))
				names = append(names, label[:at]+"x"+label[at:]+".com", "mail."+randomWord(rng, 9, "aeioubcdfghklmnprst")+".example.net")
			}
			p = nil
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				x.Find(names[i%len(names)])
			}
			b.ReportMetric(float64(x.bytes())/(1<<20), "MiB")
		})
	}
}

// bytes is what the index keeps.
func (x *Index) bytes() int {
	n := len(x.blob) + 4*len(x.start) + len(x.size) + 2*len(x.rank) + 2*len(x.brand) + 4*len(x.group)
	for _, b := range x.hashes() {
		n += 4*len(b.start) + 4*len(b.ids)
	}
	return n
}

// BenchmarkFindWorst is what the costliest names take: they are the sender's
// choice.
func BenchmarkFindWorst(b *testing.B) {
	x := small()
	for name, host := range map[string]string{
		"hyphens": strings.Repeat("p-a-y-p-a-l-a-b-c-d-e-f-", 10)[:230] + "x.com",
		"labels":  strings.Repeat("microsofx.", 24) + "com",
		"long":    strings.Repeat("microsoft", 7)[:63] + "." + strings.Repeat("santander", 7)[:63] + "." + strings.Repeat("login", 12) + ".com",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				x.Find(host)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	p := synthetic(1_000_000)
	b.ResetTimer()
	for b.Loop() {
		New(p)
	}
}
