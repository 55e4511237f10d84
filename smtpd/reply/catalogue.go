package reply

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

//go:embed catalogue/*.toml
var shipped embed.FS

// Catalogue holds the words of one language. {name} in a text is a place
// that Render fills.
type Catalogue struct {
	Lang    string              `toml:"lang"` // BCP 47
	Dir     string              `toml:"dir"`  // ltr or rtl
	Text    map[string]string   `toml:"text"`
	List    map[string][]string `toml:"list"`
	Steps   map[string][]string `toml:"steps"`   // how to forward as an attachment, by client
	Finding map[string]string   `toml:"finding"` // what a hit of a check means, by its name
	Family  map[string]string   `toml:"family"`  // the same for a check that Finding has not, by what it is about
	Tips    map[string]string   `toml:"tips"`    // how to tell what is genuine, by subject
}

// Catalogues are the words of every language, and the national centres. They
// never change once read, and are safe for concurrent use.
type Catalogues struct {
	langs   map[string]*Catalogue
	centres map[string][]Centre // by country
}

// fallbackLang is the language of a reader whose own there is no catalogue
// of. It is complete by a test.
const fallbackLang = "en"

// centresFile is the one file that is no language.
const centresFile = "centres"

var shippedCatalogues = sync.OnceValue(func() *Catalogues {
	c, err := readCatalogues(shipped)
	if err != nil {
		panic(err) // the program was built with a broken file; a test reads them
	}
	return c
})

// DefaultCatalogues gives the words that ship with the program. They are
// read once.
func DefaultCatalogues() *Catalogues { return shippedCatalogues() }

func readCatalogues(dir fs.FS) (*Catalogues, error) {
	files, err := fs.Glob(dir, "catalogue/*.toml")
	if err != nil {
		return nil, fmt.Errorf("listing the catalogues: %w", err)
	}
	all := &Catalogues{langs: map[string]*Catalogue{}}
	for _, name := range files {
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("reading the catalogues: %w", err)
		}
		lang := strings.TrimSuffix(strings.TrimPrefix(name, "catalogue/"), ".toml")
		if lang == centresFile {
			all.centres, err = parseCentres(b)
		} else {
			all.langs[lang], err = parseCatalogue(b)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

func parseCatalogue(b []byte) (*Catalogue, error) {
	var c Catalogue
	meta, err := toml.Decode(string(b), &c)
	if err != nil {
		return nil, fmt.Errorf("reading a catalogue: %w", err)
	}
	if u := meta.Undecoded(); len(u) > 0 {
		return nil, fmt.Errorf("reading a catalogue: unknown key %s", u[0])
	}
	return &c, nil
}

// For gives the words of a language: the one asked for, else its base
// language, else English.
func (all *Catalogues) For(lang string) *Catalogue {
	if c := all.find(lang); c != nil {
		return c
	}
	return all.langs[fallbackLang]
}

// find gives the words of a language or of its base, or nil.
func (all *Catalogues) find(lang string) *Catalogue {
	lang = strings.ToLower(strings.ReplaceAll(lang, "_", "-"))
	if c := all.langs[lang]; c != nil {
		return c
	}
	base, _, _ := strings.Cut(lang, "-")
	return all.langs[base]
}

// Languages lists the languages, sorted.
func (all *Catalogues) Languages() []string { return slices.Sorted(maps.Keys(all.langs)) }

// Has tells whether there are words of a language or its base; of "" too,
// which is English.
func (all *Catalogues) Has(lang string) bool { return lang == "" || all.find(lang) != nil }

// HasCentres tells whether there are national centres of a country.
func (all *Catalogues) HasCentres(country string) bool { return len(all.centres[country]) > 0 }

// ShippedCatalogue gives the file of a language as it ships, or that of the
// centres by the name "centres"; fs.ErrNotExist where there is none.
func ShippedCatalogue(name string) (string, error) {
	b, err := shipped.ReadFile("catalogue/" + name + ".toml")
	if err != nil {
		return "", fmt.Errorf("reading a catalogue: %w", fs.ErrNotExist)
	}
	return string(b), nil
}

// words gives the operator's catalogues, or those that ship.
func (c Config) words() *Catalogues {
	if c.Catalogues != nil {
		return c.Catalogues
	}
	return DefaultCatalogues()
}

// text gives a message, or its key where there is none: a test holds that
// this never happens.
func (c *Catalogue) text(key string) string {
	if s, ok := c.Text[key]; ok {
		return s
	}
	return key
}

// english tells whether the words are English.
func (c *Catalogue) english() bool { return c.Lang == "en" || strings.HasPrefix(c.Lang, "en-") }

// gap is what stands between two sentences.
func (c *Catalogue) gap() string {
	if base, _, _ := strings.Cut(c.Lang, "-"); base == "ja" || base == "zh" {
		return ""
	}
	return " "
}

// span is a stretch of text, and where it comes from.
type span struct {
	Text    string
	Foreign bool   // out of a message: set apart from our own direction of writing
	Href    string // of the operator's registry or the list of centres, never of a message
}

// fill puts values into the places of a text. Values that come from messages
// were cleaned by the caller; they become foreign spans.
func fill(text string, values map[string]span) []span {
	var out []span
	for text != "" {
		before, rest, ok := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		v, found := values[name]
		if !ok || !closed || !found {
			return append(out, span{Text: text})
		}
		if before != "" {
			out = append(out, span{Text: before})
		}
		if next, _ := utf8.DecodeRuneInString(after); v.Foreign && unicode.IsLetter(next) {
			v.Text = strings.TrimRight(v.Text, ".") // "evil." and a word of a script without spaces would be one name
		}
		out = append(out, v)
		text = after
	}
	return out
}

func plainText(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}
