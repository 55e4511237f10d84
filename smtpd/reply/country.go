package reply

import (
	"net/mail"
	"strings"
)

// home is what a country's own domain tells of who has an address there.
type home struct{ country, lang string }

// homes lists top-level domains of countries with the language that nearly
// everybody there reads; none where there are several.
var homes = map[string]home{
	"uk": {"GB", "en"}, "us": {"US", "en"}, "gov": {"US", "en"}, "ie": {"IE", "en"}, "ca": {"CA", ""}, "au": {"AU", "en"}, "nz": {"NZ", "en"}, "sg": {"SG", "en"},
	"in": {"IN", ""}, "de": {"DE", "de"}, "at": {"AT", "de"}, "ch": {"CH", ""}, "li": {"CH", "de"}, "fr": {"FR", "fr"}, "be": {"BE", ""}, "nl": {"NL", "nl"},
	"es": {"ES", "es"}, "mx": {"", "es"}, "ar": {"", "es"}, "cl": {"", "es"}, "pe": {"", "es"}, "uy": {"", "es"}, "pt": {"PT", "pt"}, "br": {"BR", "pt"},
	"it": {"IT", "it"}, "pl": {"PL", "pl"}, "tr": {"TR", "tr"}, "jp": {"JP", "ja"}, "cn": {"CN", "zh"}, "hk": {"HK", ""}, "tw": {"TW", ""},
	"ae": {"AE", ""}, "eg": {"EG", "ar"}, "sa": {"", "ar"},
}

// languageHomes gives the one country where most who read a language live; not
// for those that are spoken all over the world.
var languageHomes = map[string]string{"de": "DE", "fr": "FR", "it": "IT", "nl": "NL", "pl": "PL", "tr": "TR", "ja": "JP", "hi": "IN"}

func topLevel(domain string) string { return domain[strings.LastIndexByte(domain, '.')+1:] }

// countryOf guesses where the reporter lives, as far as it matters for the
// centres to name: by the address, the region of the language tag (en-US only
// with a clock of America, since it is many programs' default), the operator's
// word, the language. "" where nothing tells.
func countryOf(o Outer, c Config, lang string) string {
	_, domain := split(o.Reporter.Address)
	if h := homes[topLevel(domain)]; h.country != "" {
		return h.country
	}
	zone := zoneOf(o)
	for _, tag := range []string{o.Reporter.Lang, lang} {
		parts := strings.Split(tag, "-")
		region := strings.ToUpper(parts[len(parts)-1])
		if len(parts) > 1 && len(region) == 2 && (region != "US" || zone <= -4 && zone >= -10) {
			return region
		}
	}
	if c.Country != "" {
		return c.Country
	}
	base, _, _ := strings.Cut(lang, "-")
	switch {
	case base == "es" && (zone == 1 || zone == 2):
		return "ES"
	case base == "pt" && zone == -3:
		return "BR"
	case base == "pt" && (zone == 0 || zone == 1):
		return "PT"
	case base == "zh" && zone == 8:
		return "CN"
	}
	return languageHomes[base]
}

// noZone is no offset from UTC.
const noZone = 99

// zoneOf gives the offset of the reporter's clock from UTC in whole hours.
func zoneOf(o Outer) int {
	t, err := mail.ParseDate(o.Header.Get("Date"))
	if err != nil {
		return noZone
	}
	_, seconds := t.Zone()
	return seconds / 3600
}
