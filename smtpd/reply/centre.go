package reply

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// Centre takes reports of scams from the people of a country.
type Centre struct {
	Country string `toml:"country"` // ISO 3166-1 alpha-2, or anywhere
	Name    string `toml:"name"`
	Mail    string `toml:"mail"`  // takes forwarded mail
	Link    string `toml:"link"`  // https
	Phone   string `toml:"phone"` // as people dial it
}

// anywhere is the country of the centres that take reports from everybody.
const anywhere = "*"

// parseCentres reads centres by country.
func parseCentres(b []byte) (map[string][]Centre, error) {
	var f struct {
		Centre []Centre `toml:"centre"`
	}
	meta, err := toml.Decode(string(b), &f)
	if err != nil {
		return nil, fmt.Errorf("reading the centres: %w", err)
	}
	if u := meta.Undecoded(); len(u) > 0 {
		return nil, fmt.Errorf("reading the centres: unknown key %s", u[0])
	}
	out := map[string][]Centre{}
	for _, c := range f.Centre {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("centre %q: %w", c.Name, err)
		}
		out[c.Country] = append(out[c.Country], c)
	}
	return out, nil
}

func (c Centre) check() error {
	upper := len(c.Country) == 2 && strings.Trim(c.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	switch {
	case !upper && c.Country != anywhere:
		return fmt.Errorf("country %q is not two capital letters", c.Country)
	case c.Mail == "" && c.Link == "" && c.Phone == "":
		return fmt.Errorf("there is no way to reach it")
	case c.Mail != "" && !plain(c.Mail):
		return fmt.Errorf("%q is no mail address", c.Mail)
	case c.Link != "" && !ownLink(c.Link):
		return fmt.Errorf("%q is no plain https address", c.Link)
	case len(c.Phone) > 20 || strings.Trim(c.Phone, "+#*0123456789 -()") != "":
		return fmt.Errorf("%q is no telephone number", c.Phone)
	}
	return showable("", c.Name)
}

// spans shows a centre: its name, and how to reach it.
func (c Centre) spans() []span {
	out := []span{{Text: c.Name, Foreign: true}, {Text: ": "}}
	ways := 0
	add := func(s span) {
		if ways++; ways > 1 {
			out = append(out, span{Text: ", "})
		}
		out = append(out, s)
	}
	if c.Mail != "" {
		add(span{Text: c.Mail, Foreign: true})
	}
	if c.Link != "" {
		add(span{Text: c.Link, Foreign: true, Href: c.Link})
	}
	if c.Phone != "" {
		add(span{Text: c.Phone, Foreign: true})
	}
	return out
}
