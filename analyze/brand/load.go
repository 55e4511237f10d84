package brand

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"reportascam/analyze/links"
)

// maxRegistry bounds a registry file, in octets: a hundred times the one that
// ships.
const maxRegistry = 32 << 20

// Errors of Load, wrapped with the entry that is meant.
var (
	ErrUnknownKey = errors.New("brand: unknown key")   // a misspelt key would silently be no rule
	ErrInvalid    = errors.New("brand: invalid entry") // a key, name, domain or country is missing or malformed
	ErrTooLarge   = errors.New("brand: registry too large")
)

//go:embed brands.toml
var shipped []byte

var defaultRegistry = sync.OnceValue(func() *Registry {
	r, err := Load(bytes.NewReader(shipped))
	if err != nil {
		panic(err) // the program was built with a broken file; a test reads it
	}
	return r
})

// Default gives the registry that ships with the program. It is read once.
func Default() *Registry { return defaultRegistry() }

// file is the TOML form.
type file struct {
	Brand []struct {
		Key       string   `toml:"key"`
		Name      string   `toml:"name"`
		Aliases   []string `toml:"aliases"`
		Domains   []string `toml:"domains"`
		SendsFrom []string `toml:"sends_from"`
		Help      string   `toml:"help"`
		Report    string   `toml:"report"`
		Sector    string   `toml:"sector"`
		Country   string   `toml:"country"`
		Common    bool     `toml:"common"`
	} `toml:"brand"`
}

// Load reads a registry from TOML: [[brand]] tables with the keys that
// brands.toml explains. An unknown key is ErrUnknownKey, a bad entry
// ErrInvalid.
func Load(rd io.Reader) (*Registry, error) {
	text, err := io.ReadAll(io.LimitReader(rd, maxRegistry+1))
	if err != nil {
		return nil, fmt.Errorf("reading the brand registry: %w", err)
	}
	if len(text) > maxRegistry {
		return nil, ErrTooLarge
	}
	var f file
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return nil, fmt.Errorf("reading the brand registry: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%w %q", ErrUnknownKey, unknown[0].String())
	}
	brands := make([]Brand, 0, len(f.Brand))
	for _, b := range f.Brand {
		brands = append(brands, Brand{Key: b.Key, Name: b.Name, Aliases: b.Aliases, Domains: b.Domains, SendsFrom: b.SendsFrom,
			HelpPage: b.Help, ReportTo: b.Report, Sector: b.Sector, Country: b.Country, Common: b.Common})
	}
	return newRegistry(brands)
}

func newRegistry(brands []Brand) (*Registry, error) {
	slices.SortFunc(brands, func(a, b Brand) int { return strings.Compare(a.Key, b.Key) })
	r := &Registry{brands: brands, byKey: map[string]int{}, owners: map[string]int{}, senders: map[string][]int{}, own: map[string][]int{}, lists: sharedLists()}
	place := map[string]int{} // of the domain in its owner's list
	for i, b := range brands {
		if err := b.check(); err != nil {
			return nil, err
		}
		if _, ok := r.byKey[b.Key]; ok {
			return nil, fmt.Errorf("%w: key %q twice", ErrInvalid, b.Key)
		}
		r.byKey[b.Key] = i
		for n, d := range b.Domains {
			r.own[d] = append(r.own[d], i)
			// A domain that several list belongs to the one that lists it first
			// among its own: youtube.com to YouTube, not to Google.
			if p, ok := place[d]; !ok || n < p {
				place[d], r.owners[d] = n, i
			}
		}
		for _, d := range b.SendsFrom {
			r.senders[d] = append(r.senders[d], i)
		}
	}
	r.names = newIndex(brands)
	return r, nil
}

// check refuses entries that would match wrongly.
func (b *Brand) check() error {
	bad := func(what string) error { return fmt.Errorf("%w: %q: %s", ErrInvalid, b.Key, what) }
	switch {
	case b.Key == "" || strings.ToLower(b.Key) != b.Key || strings.ContainsAny(b.Key, " \t."):
		return bad("the key must be one word in lower case")
	case strings.TrimSpace(b.Name) == "":
		return bad("there is no name")
	case len(b.Domains) == 0:
		return bad("there is no domain")
	case len(b.Country) != 2 || strings.ToUpper(b.Country) != b.Country:
		return bad("the country must be two capital letters")
	case b.HelpPage != "" && !strings.HasPrefix(b.HelpPage, "https://"):
		return bad("help must be an https address")
	case b.ReportTo != "" && strings.Count(b.ReportTo, "@") != 1:
		return bad("report must be a mail address")
	}
	for _, d := range slices.Concat(b.Domains, b.SendsFrom) {
		if links.ASCII(d) != d || !links.Listed(d) || !strings.Contains(d, ".") {
			return bad("no domain: " + d)
		}
	}
	return nil
}
