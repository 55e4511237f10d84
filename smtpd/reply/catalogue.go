package reply

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed catalogue/*.toml
var catalogues embed.FS

// Catalogue holds the words of one language. {name} in a text is a place
// that Render fills.
type Catalogue struct {
	Lang    string              `toml:"lang"` // BCP 47
	Dir     string              `toml:"dir"`  // ltr or rtl
	Text    map[string]string   `toml:"text"`
	List    map[string][]string `toml:"list"`
	Steps   map[string][]string `toml:"steps"`   // how to forward as an attachment, by client
	Finding map[string]string   `toml:"finding"` // what a hit of a check means, by its name
}

// Load reads the catalogue of a language: the one asked for, else its base
// language, else English.
func Load(lang string) (*Catalogue, error) {
	for _, l := range fallbacks(lang) {
		b, err := catalogues.ReadFile("catalogue/" + l + ".toml")
		if err != nil {
			continue
		}
		var c Catalogue
		meta, err := toml.Decode(string(b), &c)
		if err != nil {
			return nil, fmt.Errorf("reading the %s catalogue: %w", l, err)
		}
		if u := meta.Undecoded(); len(u) > 0 {
			return nil, fmt.Errorf("reading the %s catalogue: unknown key %s", l, u[0])
		}
		return &c, nil
	}
	return nil, fmt.Errorf("reading the catalogue: %w", fs.ErrNotExist)
}

// fallbacks lists file names to try. Only letters and a hyphen ever get into
// one.
func fallbacks(lang string) []string {
	lang = strings.ToLower(strings.ReplaceAll(lang, "_", "-"))
	base, _, _ := strings.Cut(lang, "-")
	var out []string
	for _, l := range []string{lang, base} {
		if l != "" && len(l) <= 16 && strings.Trim(l, "abcdefghijklmnopqrstuvwxyz-") == "" {
			out = append(out, l)
		}
	}
	return append(out, "en")
}

// Languages lists what Load has a catalogue for.
func Languages() []string {
	entries, _ := catalogues.ReadDir("catalogue")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	return out
}

// known tells whether there is a catalogue for the language or its base.
func known(lang string) bool {
	for _, l := range fallbacks(lang) {
		if _, err := catalogues.Open("catalogue/" + l + ".toml"); err == nil {
			return l != "en" || strings.HasPrefix(strings.ToLower(lang), "en")
		}
	}
	return false
}

// text gives a message, or its key where there is none: a test holds that
// this never happens.
func (c *Catalogue) text(key string) string {
	if s, ok := c.Text[key]; ok {
		return s
	}
	return key
}

// span is a stretch of text, and where it comes from.
type span struct {
	Text    string
	Foreign bool   // out of a message: set apart from our own direction of writing
	Lang    string // of a foreign span, where it is known and another
	Href    string // of the operator's registry, never of a message
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
