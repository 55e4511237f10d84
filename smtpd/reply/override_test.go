package reply

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
)

// folder makes a folder with those files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestOverrides: an operator changes a text, adds a dialect, a language and a
// centre, and looks; all of it is in the answer, and ours stays as it was.
func TestOverrides(t *testing.T) {
	en, err := ShippedCatalogue("en")
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{
		"de.toml":      "[text]\nhello = \"Moin!\"\n[finding]\nnew-check = \"Ganz neu.\"\n",
		"pt-pt.toml":   "[text]\n\"verdict.scam\" = \"Este e-mail é uma burla.\"\n",
		"sv.toml":      strings.Replace(en, `lang = "en"`, `lang = "sv"`, 1),
		"centres.toml": "[[centre]]\ncountry = \"DE\"\nname = \"Unsere Hilfe\"\nmail = \"hilfe@desk.example\"\n",
		".hidden":      "not read",
	})
	words, err := ReadCatalogues(dir)
	if err != nil {
		t.Fatal(err)
	}
	answer := func(lang string) answer {
		o, c := goodOuter(goodHeader), renderDesk()
		o.Reporter.Lang = lang
		c.Catalogues, c.Look = words, Look{Logo: "The <desk>", Colours: map[analyze.Level]string{analyze.Scam: "#800000"}}
		return render(t, judgement(judged(analyze.Scam, analyze.GradeFull, hit("new-check", "x", 1))), o, c)
	}
	tests := []struct {
		lang    string
		want    []string
		wantNot []string
	}{
		{"de", []string{"Moin!", "Ganz neu.", "Unsere Hilfe: hilfe@desk.example", "Diese E-Mail ist Betrug", "The ‹desk›"}, []string{"Verbraucherzentrale"}},
		{"pt-PT", []string{"é uma burla", "Obrigado pelo seu aviso"}, nil},
		{"pt-BR", []string{"é um golpe"}, []string{"burla"}},
		{"sv-SE", []string{"This email is a scam"}, nil},
	}
	for _, tt := range tests {
		a := answer(tt.lang)
		for _, w := range tt.want {
			if !strings.Contains(unwrap(a.text), w) {
				t.Errorf("%s: the answer lacks %q:\n%s", tt.lang, w, a.text)
			}
		}
		for _, w := range tt.wantNot {
			if strings.Contains(a.text, w) {
				t.Errorf("%s: the answer has %q", tt.lang, w)
			}
		}
		if !strings.Contains(a.html, "background-color:#800000") || strings.Contains(a.html, "#a4161a") {
			t.Errorf("%s: the colour is not the operator's", tt.lang)
		}
		checkSame(t, a)
	}
	if got := load(t, "de").Text["hello"]; got == "Moin!" || DefaultCatalogues().find("sv") != nil {
		t.Errorf("the shipped words changed: %q", got)
	}
}

func TestBadOverrides(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"unknown section", "de.toml", "[txet]\nhello = \"x\"\n", "unknown key txet"},
		{"unknown text", "de.toml", "[text]\nhullo = \"x\"\n", `"hullo"`},
		{"unknown place", "de.toml", "[text]\nhello = \"Hi {name}\"\n", "{name}"},
		{"empty", "de.toml", "[text]\nhello = \" \"\n", "empty"},
		{"line break", "de.toml", "[text]\nhello = \"a\\nb\"\n", "line break"},
		{"turned direction", "de.toml", "[text]\nhello = \"a\u202eb\"\n", "control"},
		{"too long", "de.toml", "[text]\nhello = \"" + strings.Repeat("a", maxWords+1) + "\"\n", "longer"},
		{"long list", "de.toml", "[list]\n\"do.scam\" = [" + strings.Repeat(`"a", `, maxLines+1) + "]\n", "lines"},
		{"empty list", "de.toml", "[list]\n\"do.scam\" = []\n", "lacks"},
		{"wrong lang", "de.toml", "lang = \"fr\"\n", "lang"},
		{"wrong dir", "de.toml", "dir = \"up\"\n", "dir"},
		{"a language that lacks most", "sv.toml", "lang = \"sv\"\ndir = \"ltr\"\n[text]\nhello = \"Hej\"\n", "lacks"},
		{"no TOML", "de.toml", "hello", "reading a catalogue"},
		{"a name that is none", "readme.txt", "", "no language"},
		{"too large", "de.toml", "#" + strings.Repeat("x", maxCatalogueFile), "too large"},
		{"centre that nobody reaches", "centres.toml", "[[centre]]\ncountry = \"DE\"\nname = \"x\"\n", "no way"},
		{"centre without TLS", "centres.toml", "[[centre]]\ncountry = \"DE\"\nname = \"x\"\nlink = \"http://x.example\"\n", "https"},
		{"centre of no country", "centres.toml", "[[centre]]\ncountry = \"Germany\"\nname = \"x\"\nphone = \"1\"\n", "two capital"},
		{"centre with no number", "centres.toml", "[[centre]]\ncountry = \"DE\"\nname = \"x\"\nphone = \"call us\"\n", "telephone"},
		{"centre with no address", "centres.toml", "[[centre]]\ncountry = \"DE\"\nname = \"x\"\nmail = \"a b@c\"\n", "mail address"},
		{"centre with an unknown key", "centres.toml", "[[centre]]\nfax = \"1\"\n", "unknown key"},
	}
	for _, tt := range tests {
		_, err := ReadCatalogues(folder(t, map[string]string{tt.file: tt.text}))
		if !errors.Is(err, ErrCatalogue) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.file) {
			t.Errorf("%s: ReadCatalogues = %v, want ErrCatalogue with %q", tt.name, err, tt.want)
		}
	}
	if _, err := ReadCatalogues(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Errorf("ReadCatalogues(no folder) gives no error")
	}
	if _, err := ShippedCatalogue("../reply"); err == nil {
		t.Errorf("ShippedCatalogue(../reply) gives no error")
	}
}

// TestShippedAreChecked: ours pass what an operator's must.
func TestShippedAreChecked(t *testing.T) {
	all := DefaultCatalogues()
	for lang, c := range all.langs {
		if err := c.check(lang, load(t, "en")); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
	for country := range maps.Keys(all.centres) {
		for _, c := range all.centres[country] {
			if err := c.check(); err != nil {
				t.Errorf("centre %s: %v", c.Name, err)
			}
		}
	}
}

func TestLook(t *testing.T) {
	for _, l := range []analyze.Level{analyze.Scam, analyze.Suspicious, analyze.Unclear, analyze.Authentic} {
		ours := string(Look{}.Colour(l))
		if err := (Look{Colours: map[analyze.Level]string{l: ours}}).Check(); err != nil {
			t.Errorf("our colour of %s: %v", l, err)
		}
		if got := string((Look{Colours: map[analyze.Level]string{l: "red;x:y"}}).Colour(l)); got != ours {
			t.Errorf("Colour(%s) = %q, want ours for one that is none", l, got)
		}
	}
	for hex, want := range map[string]float64{"#000000": 21, "#ffffff": 1, "#777777": 4.48} {
		if got := contrastToWhite(hex); got < want-0.01 || got > want+0.01 {
			t.Errorf("contrastToWhite(%s) = %.2f, want %.2f", hex, got, want)
		}
	}
}
