package brand

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"reportascam/analyze/links"
)

func TestDefault(t *testing.T) {
	all := Default().All()
	if len(all) < 400 {
		t.Errorf("the registry has %d brands, want at least 400", len(all))
	}
	countries, sectors := map[string]bool{}, map[string]int{}
	for _, b := range all {
		countries[b.Country] = true
		sectors[b.Sector]++
		if got, ok := Default().Get(b.Key); !ok || got.Name != b.Name {
			t.Errorf("Get(%q) = %q %v, want %q", b.Key, got.Name, ok, b.Name)
		}
		for _, d := range b.Domains {
			if got, ok := Default().runner(d); !ok {
				t.Errorf("nobody runs %q of %s, got %v", d, b.Key, got.Key)
			}
			if Default().lists.pages[d] {
				t.Errorf("%s owns %q, where anyone can put a page", b.Key, d)
			}
			if Default().lists.send[d] && b.Sector != "office" && b.Sector != "tech" {
				t.Errorf("%s owns %q, which sends for others", b.Key, d)
			}
		}
	}
	if len(countries) < 25 {
		t.Errorf("the registry has %d countries, want at least 25", len(countries))
	}
	for _, s := range []string{"bank", "parcel", "shop", "streaming", "tax", "crypto", "telecom", "social", "payroll", "office"} {
		if sectors[s] < 4 {
			t.Errorf("the registry has %d brands of sector %s, want at least 4", sectors[s], s)
		}
	}
}

// TestFindsItself: every brand is found by its own name as a sender.
func TestFindsItself(t *testing.T) {
	r := Default()
	missed := 0
	for _, b := range r.All() {
		found := false
		for _, c := range r.Claims(ClaimInput{DisplayName: b.Name, LocalPart: "x"}) {
			found = found || c.Brand == b.Key && c.Strength >= 0.5
		}
		if !found {
			missed++
			t.Logf("Claims(%q) does not give %s", b.Name, b.Key)
		}
	}
	// E.ON and 1&1 are too short to tell from other words.
	if missed > 3 {
		t.Errorf("%d brands are not found by their own name, want at most 3", missed)
	}
}

func TestOwner(t *testing.T) {
	r := Default()
	for host, want := range map[string]string{
		"paypal.com": "paypal", "www.PayPal.com.": "paypal", "e.mail.paypal.co.uk": "paypal", "amazon.co.jp": "amazon", "youtube.com": "youtube", "m.facebook.com": "facebook",
		"login.live.com": "microsoft", "hmrc.gov.uk": "hmrc", "tax.service.gov.uk": "hmrc", "mail.yahoo.com": "yahoo",
		"live.com": "", "someone.github.io": "", "paypal.com.evil.example": "", "notpaypal.com": "", "com": "", "": "", "gmail.com": "", "yahoo.com": "", "orange.fr": "", "1.2.3.4": "", "s3.amazonaws.com": "",
	} {
		if b, ok := r.Owner(host); b.Key != want || ok != (want != "") {
			t.Errorf("Owner(%q) = %q %v, want %q", host, b.Key, ok, want)
		}
	}
}

func TestOwns(t *testing.T) {
	r, err := Load(strings.NewReader(`
[[brand]]
key = "bank"
name = "Example Bank"
domains = ["bank.com", "orange.fr"]
sends_from = ["mailer.net"]
country = "GB"
`))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"bank.com": true, "a.bank.com": true, "x.mailer.net": true, "ebank.com": false, "net": false, "": false,
		// Anyone can get an address there, whoever runs it.
		"orange.fr": false, "news.orange.fr": true,
	} {
		if got := r.Owns("bank", host); got != want {
			t.Errorf("Owns(bank, %q) = %v, want %v", host, got, want)
		}
	}
	if r.Owns("other", "bank.com") {
		t.Error("Owns(other, bank.com) = true, want false")
	}
	if _, ok := r.Get("other"); ok {
		t.Error("Get(other) = true, want false")
	}
}

func TestInfo(t *testing.T) {
	tests := []struct {
		host, domain, brand string
		free, sender        bool
	}{
		{"www.paypal.com", "paypal.com", "paypal", false, false},
		{"gmail.com", "gmail.com", "", true, false},
		{"yahoo.com", "yahoo.com", "yahoo", true, false},
		{"news.orange.fr", "orange.fr", "orange", false, false},
		{"evil.github.io", "evil.github.io", "", true, false},
		{"docs.google.com", "google.com", "google", true, false},
		{"evil.weebly.com", "weebly.com", "", true, false},
		{"u1.ct.sendgrid.net", "sendgrid.net", "", false, true},
		{"x.list-manage.com", "list-manage.com", "", false, true},
		{"example.com", "example.com", "", false, false},
		{"", "", "", false, false}, {"..", "", "", false, false},
	}
	for _, tt := range tests {
		got := Default().Info(tt.host)
		if got.Brand != tt.brand || got.Free != tt.free || got.Sender != tt.sender || got.Domain != tt.domain {
			t.Errorf("Info(%q) = %+v, want %+v", tt.host, got, tt)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	const good = "[[brand]]\nkey = \"a\"\nname = \"A\"\ndomains = [\"a.com\"]\ncountry = \"GB\"\n"
	if r, err := Load(strings.NewReader(good)); err != nil || len(r.All()) != 1 {
		t.Fatalf("Load(good) = %v, want one brand", err)
	}
	tests := []struct {
		name, in string
		want     error
	}{
		{"unknown key", good + "domain = [\"x.com\"]\n", ErrUnknownKey},
		{"unknown table", good + "[brands]\n", ErrUnknownKey},
		{"twice", good + good, ErrInvalid},
		{"no name", strings.Replace(good, `"A"`, `""`, 1), ErrInvalid},
		{"key of two words", strings.Replace(good, `"a"`, `"a b"`, 1), ErrInvalid},
		{"capital key", strings.Replace(good, `"a"`, `"Q"`, 1), ErrInvalid},
		{"no domains", strings.Replace(good, `["a.com"]`, `[]`, 1), ErrInvalid},
		{"capital domain", strings.Replace(good, "a.com", "A.com", 1), ErrInvalid},
		{"a top-level domain", strings.Replace(good, "a.com", "com", 1), ErrInvalid},
		{"no such domain", strings.Replace(good, "a.com", "a.unlisted", 1), ErrInvalid},
		{"everybody's domain", strings.Replace(good, "a.com", "co.uk", 1), ErrInvalid},
		{"control characters", strings.Replace(good, `"A"`, `"A\u001b[2J"`, 1), ErrInvalid},
		{"remove what is not there", "[[brand]]\nkey = \"z\"\nremove = true\n", ErrInvalid},
		{"key with a path", strings.Replace(good, `"a"`, `"../a"`, 1), ErrInvalid},
		{"sector", good + "sector = \"Two Words\"\n", ErrInvalid},
		{"help without a host", good + "help = \"https://\"\n", ErrInvalid},
		{"country", strings.Replace(good, "GB", "gb", 1), ErrInvalid},
		{"help", good + "help = \"http://a.com\"\n", ErrInvalid},
		{"report", good + "report = \"a.com\"\n", ErrInvalid},
	}
	for _, tt := range tests {
		if _, err := Load(strings.NewReader(tt.in)); !errors.Is(err, tt.want) {
			t.Errorf("%s: Load = %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := Load(strings.NewReader("not toml [")); err == nil {
		t.Error("Load(not toml) = nil, want an error")
	}
}

func TestWellKnown(t *testing.T) {
	all := WellKnown()
	if len(all) < 5000 || all[0].Domain != "google.com" || all[0].Rank != rankTop || all[len(all)-1].Rank != rankSecond {
		t.Errorf("WellKnown has %d, first %+v", len(all), all[0])
	}
	seen := map[string]bool{}
	for _, d := range all {
		if links.ASCII(d.Domain) != d.Domain || seen[d.Domain] {
			t.Errorf("WellKnown has %q, malformed or twice", d.Domain)
		}
		seen[d.Domain] = true
	}
}

// TestWith: operators add, replace and remove; every fault is named with file
// and key.
func TestWith(t *testing.T) {
	base, err := Default().With()
	if err != nil || base.Len() != Default().Len() {
		t.Fatalf("With() = %d brands, %v; want all", base.Len(), err)
	}
	text := func(name, s string) Source { return Source{Name: name, Text: []byte(s)} }
	acme := text("acme.toml", "[[brand]]\nkey = \"acme\"\nname = \"Acme Example\"\ndomains = [\"acme-example.com\"]\ncountry = \"GB\"\nmark = true\n")
	other := text("other.toml", "[[brand]]\nkey = \"paypal\"\nname = \"Our PayPal\"\ndomains = [\"paypal.com\"]\ncountry = \"US\"\n[[brand]]\nkey = \"dhl\"\nremove = true\n")
	r, err := base.With(acme, other)
	if err != nil {
		t.Fatal(err)
	}
	if r.Len() != base.Len() {
		t.Errorf("With = %d brands, want %d: one more, one less", r.Len(), base.Len())
	}
	if b, _ := r.Get("paypal"); b.Name != "Our PayPal" {
		t.Errorf("Get(paypal) = %q, want it replaced", b.Name)
	}
	if _, ok := r.Get("dhl"); ok || r.Owns("dhl", "dhl.com") {
		t.Error("dhl is still there")
	}
	if b, ok := r.Owner("mail.acme-example.com"); !ok || b.Key != "acme" || !b.Mark {
		t.Errorf("Owner = %+v, want acme", b)
	}
	if got := r.Claims(ClaimInput{DisplayName: "Acme Example Support"}); len(got) != 1 || got[0].Brand != "acme" {
		t.Errorf("Claims = %+v, want acme", got)
	}
	if b, ok := base.Get("dhl"); !ok || b.Key != "dhl" {
		t.Error("With changed the registry that it was called on")
	}
	_, err = base.With(text("a.toml", "[[brand]]\nkey = \"one\"\n[[brand]]\nkey = \"two\"\nname = \"Two\"\ndomains = [\"co.uk\"]\ncountry = \"GB\"\n"), text("b.toml", "nonsense"), acme, text("c.toml", string(acme.Text)))
	if err == nil {
		t.Fatal("With(broken) = nil, want faults")
	}
	for _, want := range []string{`a.toml: brand "one": there is no name`, `a.toml: brand "two": "co.uk" is everybody's`, "b.toml", `c.toml: brand "acme": the key stands in acme.toml too`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("With = %q, want %q in it", err, want)
		}
	}
}

func TestDoubts(t *testing.T) {
	r, err := Default().With(Source{Name: "a", Text: []byte("[[brand]]\nkey = \"acme\"\nname = \"Banana\"\naliases = [\"PayPal\"]\n" +
		"domains = [\"yahoo.com\", \"x.paypal.com\", \"weebly.com\", \"sendgrid.net\", \"acme-example.com\"]\ncountry = \"GB\"\n")})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(r.Doubts("acme"), "\n")
	for _, want := range []string{"yahoo.com also belongs to yahoo", "address at yahoo.com", "below a domain of paypal", "page at weebly.com", "sendgrid.net sends for many", "Banana is a common word", "PayPal is also a name of paypal"} {
		if !strings.Contains(got, want) {
			t.Errorf("Doubts = %q, want %q in it", got, want)
		}
	}
	if strings.Contains(got, "acme-example.com") || r.Doubts("nobody") != nil {
		t.Errorf("Doubts = %q, want none for acme-example.com", got)
	}
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{"", "[[brand]]\nkey = \"a\"\nname = \"A\"\ndomains = [\"a.com\"]\ncountry = \"GB\"\n", "[[brand]]\nkey='paypal'\nremove=true", "brand = 1", "[[brand]]\nname = \"\\u202e\"", "[brand]\n[[brand]]"} {
		f.Add([]byte(s))
	}
	base := Default()
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			return
		}
		r, err := Load(bytes.NewReader(text))
		if (r == nil) == (err == nil) {
			t.Fatalf("Load = %v, %v", r, err)
		}
		if err != nil {
			return
		}
		for _, b := range r.All() {
			r.Claims(ClaimInput{DisplayName: b.Name, Body: b.Name})
			r.Doubts(b.Key)
			if len(b.Domains) == 0 || !isKey(b.Key) {
				t.Errorf("Load took %+v", b)
			}
		}
		if with, err := base.With(Source{Name: "f", Text: text}); err == nil && with.Len() < base.Len() && !bytes.Contains(text, []byte("remove")) {
			t.Errorf("With has %d brands, had %d", with.Len(), base.Len())
		}
	})
}
