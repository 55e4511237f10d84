package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/BurntSushi/toml"

	"reportascam/analyze/brand"
)

type brandsCmd struct {
	List  brandsListCmd  `cmd:"" help:"List the brands that are known."`
	Show  brandsShowCmd  `cmd:"" help:"Show all that is known of a brand, or of the owner of a domain."`
	Check brandsCheckCmd `cmd:"" help:"Say what is wrong or doubtful in files of brands."`
	Add   brandsAddCmd   `cmd:"" help:"Write a brand of your own into the folder of brands."`
}

// brandsFlags say which registry is meant: the one that serve would use with
// the same configuration.
type brandsFlags struct {
	configFlag
	Brands string `placeholder:"FILE" help:"A file of brands instead of the shipped registry." type:"string"`
	Dir    string `name:"brands-dir" placeholder:"DIR" help:"The folder of your own files instead of the configured one." type:"string"`
}

func (f brandsFlags) source(w *world) (brandSource, error) {
	cfg, err := f.load(w)
	if err != nil {
		return brandSource{}, err
	}
	if f.Brands != "" {
		cfg.Judge.Brands = f.Brands
	}
	if f.Dir != "" {
		cfg.Judge.BrandsDir = f.Dir
	}
	return cfg.source(), nil
}

func (f brandsFlags) registry(w *world) (*brand.Registry, error) {
	src, err := f.source(w)
	if err != nil {
		return nil, err
	}
	return src.load()
}

// brandLine is what brands --json says of one brand.
type brandLine struct {
	Key       string   `json:"key"`
	Name      string   `json:"name"`
	Aliases   []string `json:"aliases"`
	Domains   []string `json:"domains"`
	SendsFrom []string `json:"sends_from"`
	Help      *string  `json:"help"`
	Report    *string  `json:"report"`
	Sector    string   `json:"sector"`
	Country   string   `json:"country"`
	Common    bool     `json:"common"`
	Minor     bool     `json:"minor"`
	Houses    bool     `json:"houses"`
	Unchecked bool     `json:"unchecked"`
	Mark      bool     `json:"mark"`
}

func toBrandLine(b brand.Brand) brandLine {
	return brandLine{Key: b.Key, Name: b.Name, Aliases: list(b.Aliases), Domains: list(b.Domains), SendsFrom: list(b.SendsFrom),
		Help: orNull(b.HelpPage), Report: orNull(b.ReportTo), Sector: b.Sector, Country: b.Country, Common: b.Common, Minor: b.Minor, Houses: b.Houses, Unchecked: b.Unchecked, Mark: b.Mark}
}

// list gives an empty list for none, so that JSON has no null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

type brandsListCmd struct {
	Search  string `arg:"" optional:"" name:"text" help:"Only those with this in a name, a key or a domain."`
	Country string `placeholder:"CC" help:"Only those at home there: two letters."`
	Sector  string `placeholder:"WORD" help:"Only those of this sector."`
	JSON    bool   `help:"One JSON object a line."`
	brandsFlags
}

func (c *brandsListCmd) Run(w *world) error {
	reg, err := c.registry(w)
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(reg.All(), func(b brand.Brand) bool { return !c.fits(b) })
	if c.JSON {
		for _, b := range found {
			if err := jsonLine(w.out, toBrandLine(b)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(found) == 0 {
		fmt.Fprintln(w.err, "No brand fits. The sectors are: "+strings.Join(sectors(reg), ", "))
		return nil
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tCOUNTRY\tSECTOR\tNAME\tDOMAINS")
	for _, b := range found {
		more := ""
		if n := len(b.Domains) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s%s\n", b.Key, b.Country, b.Sector, clean(b.Name), b.Domains[0], more)
	}
	return t.Flush()
}

func (c *brandsListCmd) fits(b brand.Brand) bool {
	if c.Country != "" && !strings.EqualFold(c.Country, b.Country) || c.Sector != "" && !strings.EqualFold(c.Sector, b.Sector) {
		return false
	}
	text := strings.ToLower(c.Search)
	return text == "" || slices.ContainsFunc(slices.Concat([]string{b.Key, b.Name}, b.Aliases, b.Domains), func(s string) bool {
		return strings.Contains(strings.ToLower(s), text)
	})
}

func sectors(reg *brand.Registry) []string {
	var out []string
	for _, b := range reg.All() {
		if b.Sector != "" {
			out = append(out, b.Sector)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

type brandsShowCmd struct {
	Key  string `arg:"" help:"A brand's key, its name, or a domain."`
	JSON bool   `help:"One JSON object."`
	brandsFlags
}

func (c *brandsShowCmd) Run(w *world) error {
	reg, err := c.registry(w)
	if err != nil {
		return err
	}
	b, ok := find(reg, c.Key)
	if !ok {
		return fmt.Errorf("no brand has the key, the name or the domain %q; brands list %s searches for it", c.Key, c.Key)
	}
	if c.JSON {
		return jsonLine(w.out, toBrandLine(b))
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	row := func(what string, values ...string) {
		for _, v := range values {
			if v != "" {
				fmt.Fprintf(t, "%s\t%s\n", what, clean(v))
				what = ""
			}
		}
	}
	row("key", b.Key)
	row("name", b.Name)
	row("also called", b.Aliases...)
	row("country", b.Country)
	row("sector", b.Sector)
	row("own domains", b.Domains...)
	row("also sends from", b.SendsFrom...)
	row("how to tell its mail", b.HelpPage)
	row("fakes go to", b.ReportTo)
	if b.Common {
		row("name", "a common word or a surname: it needs context")
	}
	if b.Minor {
		row("looks", "seldom imitated: only names that look the same count as fakes of its domains")
	}
	if b.Houses {
		row("houses", "many houses bear the name, with domains of their own that are not all known")
	}
	if b.Unchecked {
		row("proof", "known from one source alone: only its well-known domains prove its mail authentic")
	}
	if b.Mark {
		row("mark", "its mail carries a mark certificate (BIMI)")
	}
	row("doubts", reg.Doubts(b.Key)...)
	return t.Flush()
}

// find gives the brand that a person means.
func find(reg *brand.Registry, what string) (brand.Brand, bool) {
	if b, ok := reg.Get(strings.ToLower(what)); ok {
		return b, true
	}
	for _, b := range reg.All() {
		for _, n := range append([]string{b.Name}, b.Aliases...) {
			if strings.EqualFold(n, what) {
				return b, true
			}
		}
	}
	if i := strings.LastIndexByte(what, '@'); i >= 0 {
		what = what[i+1:]
	}
	if key := reg.Info(what).Brand; key != "" {
		return reg.Get(key)
	}
	return brand.Brand{}, false
}

type brandsCheckCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Files of brands; without any, those of the configured folder." type:"string"`
	brandsFlags
}

// Run tells faults on standard error, and doubts beside what is good on
// standard output.
func (c *brandsCheckCmd) Run(w *world) error {
	src, err := c.source(w)
	if err != nil {
		return err
	}
	if len(c.Files) == 0 {
		if c.Files, err = src.files(); err != nil {
			return err
		}
		if len(c.Files) == 0 {
			_, err = fmt.Fprintf(w.out, "There are no files in %s: the registry is the shipped one.\n", clean(src.dir))
			return err
		}
	}
	reg, err := brandSource{file: src.file}.load()
	if err != nil {
		return err
	}
	var sources []brand.Source
	for _, f := range c.Files {
		s, err := readBrands(f)
		if err != nil {
			return err
		}
		sources = append(sources, s)
	}
	with, err := reg.With(sources...)
	if err != nil {
		faults := each(err)
		for _, e := range faults {
			fmt.Fprintln(w.err, clean(e.Error()))
		}
		return fmt.Errorf("%d fault(s) in the brands", len(faults))
	}
	for _, s := range sources {
		if err := c.tell(w, with, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *brandsCheckCmd) tell(w *world, reg *brand.Registry, s brand.Source) error {
	var f brand.File
	if _, err := toml.Decode(string(s.Text), &f); err != nil {
		return err
	}
	for _, e := range f.Brand {
		for _, d := range reg.Doubts(e.Key) {
			fmt.Fprintf(w.out, "%s: brand %q: doubt: %s\n", clean(s.Name), e.Key, clean(d))
		}
	}
	_, err := fmt.Fprintf(w.out, "%s: good, %d brand(s)\n", clean(s.Name), len(f.Brand))
	return err
}

type brandsAddCmd struct {
	Key       string   `required:"" help:"A short word of small letters, digits and dashes that names it for ever. A known key replaces that brand."`
	Name      string   `required:"" help:"Its name as people write it."`
	Domain    []string `required:"" sep:"," help:"A domain that is its own, where nobody else gets an address; may be repeated."`
	Alias     []string `sep:"none" help:"Another name; may be repeated."`
	SendsFrom []string `sep:"," placeholder:"DOMAIN" help:"A domain of another company that sends its mail; may be repeated."`
	HelpPage  string   `placeholder:"URL" help:"Its page on how to tell its mail from fakes: https."`
	Report    string   `placeholder:"ADDRESS" help:"Its address for reports of fakes."`
	Sector    string   `default:"own" help:"A word for what it does; brands list shows those in use."`
	Country   string   `required:"" placeholder:"CC" help:"Where it is at home: two capital letters."`
	Common    bool     `help:"Its name is a common word or a surname, and needs context."`
	Minor     bool     `help:"Its name has honest neighbours: only strong resemblance to its domains counts."`
	Mark      bool     `help:"Its mail carries a mark certificate (BIMI)."`
	Replace   bool     `help:"Write over the file of that key."`
	brandsFlags
}

// Run writes KEY.toml into the folder, if the registry can be used with it.
func (c *brandsAddCmd) Run(w *world) error {
	src, err := c.source(w)
	if err != nil {
		return err
	}
	src.must = false // it is made below
	entry := brand.Entry{Key: c.Key, Name: c.Name, Aliases: c.Alias, Domains: c.Domain, SendsFrom: c.SendsFrom, Help: c.HelpPage, Report: c.Report,
		Sector: c.Sector, Country: c.Country, Common: c.Common, Minor: c.Minor, Mark: c.Mark}
	var text bytes.Buffer
	enc := toml.NewEncoder(&text)
	enc.Indent = ""
	if err := enc.Encode(brand.File{Brand: []brand.Entry{entry}}); err != nil {
		return fmt.Errorf("writing the brand: %w", err)
	}
	// Alone first: what is wrong with it is the caller's, and its key is no
	// path yet.
	given := brand.Source{Name: "the brand", Text: text.Bytes()}
	if _, err := (&brand.Registry{}).With(given); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	file := filepath.Join(src.dir, c.Key+".toml")
	if _, err := os.Stat(file); err == nil && !c.Replace {
		return fmt.Errorf("%w: %s is there already; --replace writes over it", errUsage, file)
	}
	with, err := src.withFile(file, text.Bytes())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(src.dir, 0o755); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	if err := writeFile(file, text.Bytes()); err != nil {
		return err
	}
	for _, d := range with.Doubts(c.Key) {
		fmt.Fprintln(w.err, "doubt:", clean(d))
	}
	_, err = fmt.Fprintf(w.out, "%s is written.\n", clean(file))
	return err
}

// withFile gives the registry as it would be if file had that text.
func (s brandSource) withFile(file string, text []byte) (*brand.Registry, error) {
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	reg, err := brandSource{file: s.file}.load()
	if err != nil {
		return nil, err
	}
	sources := []brand.Source{{Name: file, Text: text}}
	for _, f := range files {
		if f == file {
			continue
		}
		src, err := readBrands(f)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return reg.With(sources...)
}

// writeFile writes a file that is there as a whole or not at all.
func writeFile(file string, text []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", file, errors.Join(err, tmp.Close(), os.Remove(tmp.Name())))
		}
	}()
	if _, err = io.Copy(tmp, bytes.NewReader(text)); err != nil {
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
