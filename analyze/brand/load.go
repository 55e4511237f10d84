package brand

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

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

// invalid is what is wrong with an entry: an ErrInvalid.
type invalid string

func (i invalid) Error() string     { return string(i) }
func (i invalid) Is(err error) bool { return err == ErrInvalid }

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

// Entry is the TOML form of a brand, one [[brand]] table.
type Entry struct {
	Key       string   `toml:"key"`
	Name      string   `toml:"name,omitempty"`
	Aliases   []string `toml:"aliases,omitempty"`
	Domains   []string `toml:"domains,omitempty"`
	SendsFrom []string `toml:"sends_from,omitempty"`
	Help      string   `toml:"help,omitempty"`
	Report    string   `toml:"report,omitempty"`
	Sector    string   `toml:"sector,omitempty"`
	Country   string   `toml:"country,omitempty"`
	Common    bool     `toml:"common,omitempty"`
	Minor     bool     `toml:"minor,omitempty"`
	Houses    bool     `toml:"houses,omitempty"`
	Unchecked bool     `toml:"unchecked,omitempty"`
	Mark      bool     `toml:"mark,omitempty"`
	Remove    bool     `toml:"remove,omitempty"` // takes the brand of that key out of the registry
}

// File is the TOML form of a registry.
type File struct {
	Brand []Entry `toml:"brand"`
}

func (e Entry) brand() Brand {
	return Brand{Key: e.Key, Name: e.Name, Aliases: e.Aliases, Domains: e.Domains, SendsFrom: e.SendsFrom,
		HelpPage: e.Help, ReportTo: e.Report, Sector: e.Sector, Country: e.Country, Common: e.Common, Minor: e.Minor, Houses: e.Houses, Unchecked: e.Unchecked, Mark: e.Mark}
}

// Load reads a registry from TOML: [[brand]] tables with the keys that
// brands.toml explains. An unknown key is ErrUnknownKey, a bad entry
// ErrInvalid; all bad entries are told, joined.
func Load(rd io.Reader) (*Registry, error) {
	text, err := io.ReadAll(io.LimitReader(rd, maxRegistry+1))
	if err != nil {
		return nil, fmt.Errorf("reading the brand registry: %w", err)
	}
	return (&Registry{}).With(Source{Name: "brand registry", Text: text})
}

// parse reads the entries of a file.
func parse(text []byte) ([]Entry, error) {
	if len(text) > maxRegistry {
		return nil, ErrTooLarge
	}
	var f File
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%w %q", ErrUnknownKey, unknown[0].String())
	}
	return f.Brand, nil
}

// Source is one file of brands.
type Source struct {
	Name string // how faults call it
	Text []byte // TOML
}

// Fault is what is wrong with an entry.
type Fault struct {
	File string
	Key  string // of the brand; empty where the file itself cannot be read
	Err  error
}

func (f *Fault) Error() string {
	if f.Key == "" {
		return fmt.Sprintf("reading %s: %v", f.File, f.Err)
	}
	return fmt.Sprintf("%s: brand %q: %v", f.File, f.Key, f.Err)
}

func (f *Fault) Unwrap() error { return f.Err }

// With gives a registry in which the entries of the sources, in their order,
// are added: one with a known key replaces that brand, one with remove = true
// takes it out. Two sources may not speak of one key. The error joins a *Fault
// for each bad entry.
func (r *Registry) With(sources ...Source) (*Registry, error) {
	var faults []error
	by := map[string]Brand{}
	for _, b := range r.brands {
		by[b.Key] = b
	}
	said := map[string]string{} // key: the source that speaks of it
	for _, src := range sources {
		entries, err := parse(src.Text)
		if err != nil {
			faults = append(faults, &Fault{File: src.Name, Err: err})
			continue
		}
		for _, e := range entries {
			if err := place(by, said, src.Name, e); err != nil {
				faults = append(faults, &Fault{File: src.Name, Key: e.Key, Err: err})
			}
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return newRegistry(slices.Collect(maps.Values(by))), nil
}

// place puts one entry where it belongs.
func place(by map[string]Brand, said map[string]string, file string, e Entry) error {
	if other, ok := said[e.Key]; ok {
		if other == file {
			return invalid("the key stands twice")
		}
		return invalid("the key stands in " + other + " too")
	}
	said[e.Key] = file
	if e.Remove {
		if _, ok := by[e.Key]; !ok {
			return invalid("there is no such brand to remove")
		}
		delete(by, e.Key)
		return nil
	}
	b := e.brand()
	if err := b.check(); err != nil {
		return err
	}
	by[b.Key] = b
	return nil
}

// newRegistry builds the registry of brands that were checked.
func newRegistry(brands []Brand) *Registry {
	slices.SortFunc(brands, func(a, b Brand) int { return strings.Compare(a.Key, b.Key) })
	r := &Registry{brands: brands, byKey: map[string]int{}, owners: map[string]int{}, senders: map[string][]int{}, own: map[string][]int{}, lists: sharedLists()}
	first := map[string]int{} // place of the domain in its owner's list
	for i, b := range brands {
		r.byKey[b.Key] = i
		if b.Houses {
			r.houses = append(r.houses, i)
		}
		for n, d := range b.Domains {
			r.own[d] = append(r.own[d], i)
			// A domain that several list belongs to the one that lists it first
			// among its own: youtube.com to YouTube, not to Google.
			if p, ok := first[d]; !ok || n < p {
				first[d], r.owners[d] = n, i
			}
		}
		for _, d := range b.SendsFrom {
			r.senders[d] = append(r.senders[d], i)
		}
	}
	r.names = newIndex(brands)
	return r
}

const (
	// maxNames bounds the names of a brand, maxName one of them in octets, and
	// maxDomains its domains: several times what the largest have.
	maxNames   = 100
	maxName    = 120
	maxDomains = 1000
	// maxKey bounds a key, in octets: it names a file too.
	maxKey = 60
)

// check refuses entries that would match wrongly.
func (b *Brand) check() error {
	bad := func(what string) error { return invalid(what) }
	switch {
	case !isKey(b.Key):
		return bad("the key must be one word of small letters, digits and dashes")
	case strings.TrimSpace(b.Name) == "":
		return bad("there is no name")
	case len(b.Domains) == 0:
		return bad("there is no domain")
	case len(b.Aliases) > maxNames || len(b.Domains)+len(b.SendsFrom) > maxDomains:
		return bad("there are too many names or domains")
	case !isCountry(b.Country):
		return bad("the country must be two capital letters (ISO 3166-1)")
	case b.HelpPage != "" && !isPage(b.HelpPage):
		return bad("help must be an https address")
	case b.ReportTo != "" && !isAddress(b.ReportTo):
		return bad("report must be a mail address")
	case !isWord(b.Sector):
		return bad("the sector must be one word of small letters")
	}
	for _, n := range append([]string{b.Name}, b.Aliases...) {
		if len(n) > maxName || strings.TrimSpace(n) == "" || strings.ContainsFunc(n, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return bad(fmt.Sprintf("no name: %.40q", n))
		}
	}
	for _, d := range slices.Concat(b.Domains, b.SendsFrom) {
		if links.ASCII(d) != d || !links.Listed(d) || !strings.Contains(d, ".") {
			return bad(fmt.Sprintf("no domain in small letters: %.80q", d))
		}
		if suffix, private := links.Suffix(d); suffix == d && !private && !isState(d) {
			return bad(fmt.Sprintf("%q is everybody's", d))
		}
	}
	return nil
}

// isState reports the suffixes under which only the authorities of a state, or
// its health service, get names: to a reader they are one sender.
func isState(suffix string) bool {
	label, _, _ := strings.Cut(suffix, ".")
	switch label {
	case "gov", "gob", "gouv", "gc", "go", "gv", "govt", "nhs", "mil", "police", "admin", "jus", "leg":
		return true
	}
	return false
}

func isKey(s string) bool {
	return s != "" && len(s) <= maxKey && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func isWord(s string) bool {
	return len(s) <= maxKey && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func isCountry(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func isPage(s string) bool {
	link, ok := links.ParseURL(s)
	return ok && link.Scheme == "https" && link.Host != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' })
}

func isAddress(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && links.ASCII(host) == host && links.Listed(host) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(" <>,;\"", r) })
}
