package reply

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an operator's catalogue: far above what a reply needs, so that a
// wrong file is an error and not a strange reply.
const (
	maxCatalogueFile = 256 << 10 // octets; ours have 12 KiB
	maxWords         = 400       // runes of one text; our longest has 170
	maxLines         = 12        // lines of one list; our longest has 5
)

// ErrCatalogue is returned when an operator's catalogue is not one; the error
// names the file and the key.
var ErrCatalogue = errors.New("reply: not a usable catalogue")

var (
	place    = regexp.MustCompile(`\{[a-z]+\}`)
	langFile = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})?\.toml$`)
)

// ReadCatalogues gives the shipped words with those of dir over them. Each
// file there is named by its language (de.toml, pt-br.toml) and holds only
// what it changes: a text, a list, or all of a new language, which then is
// complete. centres.toml replaces the centres of the countries in it. An
// unknown key, or a place that the text cannot fill, is ErrCatalogue.
func ReadCatalogues(dir string) (*Catalogues, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogues: %w", err)
	}
	base := DefaultCatalogues()
	all := &Catalogues{langs: map[string]*Catalogue{}, centres: base.centres}
	for lang, c := range base.langs {
		all.langs[lang] = c
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.IsDir() {
			continue
		}
		if err := all.overlay(dir, e.Name()); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrCatalogue, e.Name(), err)
		}
	}
	return all, nil
}

// overlay puts one file over what there is.
func (all *Catalogues) overlay(dir, name string) error {
	if !langFile.MatchString(name) && name != centresFile+".toml" {
		return errors.New("the name is no language, such as de.toml")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(io.LimitReader(f, maxCatalogueFile+1))
	if err != nil {
		return err
	}
	if len(b) > maxCatalogueFile {
		return errors.New("the file is too large")
	}
	if name == centresFile+".toml" {
		own, err := parseCentres(b)
		if err != nil {
			return err
		}
		all.centres = over(all.centres, own)
		return nil
	}
	own, err := parseCatalogue(b)
	if err != nil {
		return err
	}
	lang := strings.TrimSuffix(name, ".toml")
	if old := all.find(lang); old != nil {
		own = old.with(own, lang)
	}
	if err := own.check(lang, DefaultCatalogues().langs[fallbackLang]); err != nil {
		return err
	}
	all.langs[lang] = own
	return nil
}

// over gives a copy of m with the entries of own over it.
func over[T any](m, own map[string]T) map[string]T {
	out := make(map[string]T, len(m)+len(own))
	for k, v := range m {
		out[k] = v
	}
	for k, v := range own {
		out[k] = v
	}
	return out
}

// with gives c with what own changes, under the language of the file.
func (c *Catalogue) with(own *Catalogue, lang string) *Catalogue {
	out := &Catalogue{Lang: lang, Dir: c.Dir, Text: over(c.Text, own.Text), List: over(c.List, own.List),
		Steps: over(c.Steps, own.Steps), Finding: over(c.Finding, own.Finding), Family: over(c.Family, own.Family), Tips: over(c.Tips, own.Tips)}
	if own.Lang != "" {
		out.Lang = own.Lang
	}
	if own.Dir != "" {
		out.Dir = own.Dir
	}
	return out
}

// check holds that a catalogue has all that en has and nothing else (but for
// sentences about checks that en does not know), and that each text can be
// filled and shown.
func (c *Catalogue) check(lang string, en *Catalogue) error {
	if !strings.EqualFold(c.Lang, lang) {
		return fmt.Errorf("lang is %q, not as the file's name", c.Lang)
	}
	if c.Dir != "ltr" && c.Dir != "rtl" {
		return fmt.Errorf("dir is %q, neither ltr nor rtl", c.Dir)
	}
	for section, pair := range map[string][2]map[string][]string{
		"text": {lines(en.Text), lines(c.Text)}, "family": {lines(en.Family), lines(c.Family)}, "tips": {lines(en.Tips), lines(c.Tips)},
		"list": {en.List, c.List}, "steps": {en.Steps, c.Steps},
	} {
		if err := sameKeys(section, pair[0], pair[1]); err != nil {
			return err
		}
	}
	for key := range en.Finding {
		if c.Finding[key] == "" {
			return fmt.Errorf("finding lacks %q", key)
		}
	}
	for key, text := range c.Finding {
		if err := showable("", text); err != nil {
			return fmt.Errorf("finding %q: %w", key, err)
		}
	}
	return nil
}

func lines(m map[string]string) map[string][]string {
	out := make(map[string][]string, len(m))
	for k, v := range m {
		out[k] = []string{v}
	}
	return out
}

func sameKeys(section string, want, got map[string][]string) error {
	for key := range want {
		if len(got[key]) == 0 {
			return fmt.Errorf("%s lacks %q", section, key)
		}
	}
	for key, list := range got {
		model, ok := want[key]
		if !ok {
			return fmt.Errorf("%s has %q, which there is not", section, key)
		}
		if len(list) > maxLines {
			return fmt.Errorf("%s %q has more than %d lines", section, key, maxLines)
		}
		for _, text := range list {
			if err := showable(strings.Join(model, " "), text); err != nil {
				return fmt.Errorf("%s %q: %w", section, key, err)
			}
		}
	}
	return nil
}

// showable holds that a text has places only where its model has them, and
// nothing that is no text.
func showable(model, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("it is empty")
	case utf8.RuneCountInString(text) > maxWords:
		return fmt.Errorf("it is longer than %d characters", maxWords)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable):
		return errors.New("it holds a line break or another control character")
	}
	known := place.FindAllString(model, -1)
	for _, p := range place.FindAllString(text, -1) {
		if !slices.Contains(known, p) {
			return fmt.Errorf("nothing fills the place %s", p)
		}
	}
	return nil
}

// unprintable: controls and what turns the direction of text. The joiners of
// Indic and Arabic scripts may stand.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d || r == 0x2028 || r == 0x2029
}
