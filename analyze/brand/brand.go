package brand

import (
	"slices"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

// Brand is one entry of the registry.
type Brand struct {
	Key       string   // short name, lower case, unique
	Name      string   // as people write it
	Aliases   []string // other names, in the scripts they are written in
	Domains   []string // what the brand owns: registrable domains, or hosts; lower-case A-labels
	SendsFrom []string // domains of other companies that send its mail
	HelpPage  string   // how to tell its mail from fakes: an https URL, or empty
	ReportTo  string   // its address for reports of fakes, or empty
	Sector    string   // bank, payments, parcel, shop, …
	Country   string   // home, ISO 3166-1 alpha-2
	Common    bool     // the name is a common word or a surname
	Minor     bool     // seldom imitated by names that resemble its domains
	Houses    bool     // many houses of their own bear the name, each with its own domain: savings banks
	Unchecked bool     // known from one source alone
	Mark      bool     // its mail carries a mark certificate (BIMI)
}

// Rank is how popular the brand's domains count as where names are compared
// with them (see lookalike.Protected): 0, so that every resemblance matters, or
// that of a popular site for a minor brand, whose neighbours are honest more
// often than not.
func (b *Brand) Rank() int {
	if b.Minor {
		return rankTop
	}
	return 0
}

// Registry answers for a set of brands. It never changes once loaded, and is
// safe for concurrent use.
type Registry struct {
	brands  []Brand
	byKey   map[string]int
	owners  map[string]int   // domain or host: index of the brand that it belongs to first
	senders map[string][]int // domain: the brands that it sends for
	own     map[string][]int // domain or host: all brands that list it
	names   *index
	houses  []int // brands of many houses
	lists   *lists
}

// All gives every brand, by key. The slice is the caller's; what its entries
// hold is shared and must not be changed.
func (r *Registry) All() []Brand { return slices.Clone(r.brands) }

// Len is how many brands there are.
func (r *Registry) Len() int { return len(r.brands) }

// Get gives the brand of that key.
func (r *Registry) Get(key string) (Brand, bool) {
	i, ok := r.byKey[key]
	if !ok {
		return Brand{}, false
	}
	return r.brands[i], true
}

// Owner gives the brand that owns host or the domain above it. Nobody owns a
// domain where anyone can get an address (see Info for who runs it).
func (r *Registry) Owner(host string) (Brand, bool) {
	host = links.ASCII(host)
	if r.lists.free[host] {
		return Brand{}, false
	}
	return r.runner(host)
}

// runner is Owner without regard to free mail.
func (r *Registry) runner(host string) (Brand, bool) {
	for h := range parents(host) {
		if i, ok := r.owners[h]; ok {
			return r.brands[i], true
		}
	}
	return Brand{}, false
}

// Owns reports whether host, or the domain above it, is the brand's own or is
// listed to send for it. It is false for a domain where anyone can get an
// address.
func (r *Registry) Owns(key, host string) bool {
	host = links.ASCII(host)
	i, ok := r.byKey[key]
	if !ok || host == "" || r.lists.free[host] {
		return false
	}
	for h := range parents(host) {
		if slices.Contains(r.own[h], i) || slices.Contains(r.senders[h], i) {
			return true
		}
	}
	return false
}

// Info says what is known of a host: the registrable domain, who runs it,
// whether anyone can get an address, a page, a form or a short address there,
// whether it sends or counts clicks for others. Brand and Free together mean a company whose
// customers have addresses there: they prove nothing about the company.
func (r *Registry) Info(host string) analyze.DomainInfo {
	host = links.ASCII(host)
	info := analyze.DomainInfo{Domain: links.Registrable(host)}
	if host == "" {
		return info
	}
	if b, ok := r.runner(host); ok {
		info.Brand = b.Key
		info.Unchecked = b.Unchecked && !wellKnownSet()[info.Domain]
	}
	info.House = r.house(info.Domain)
	_, private := links.Suffix(host)
	info.Page = holds(r.lists.pages, host, private)
	info.Form = holds(r.lists.forms, host, false)
	info.Shortener = holds(r.lists.short, host, false)
	info.Sender = holds(r.lists.send, host, false)
	info.Free = private || r.lists.free[host] || r.lists.free[info.Domain] && info.Brand == ""
	for h := range parents(host) {
		for _, i := range r.senders[h] {
			info.SendsFor = append(info.SendsFor, r.brands[i].Key)
		}
	}
	info.Random = info.Brand == "" && !info.Page && !info.Sender && !info.Shortener && random(info.Domain) && !wellKnownSet()[info.Domain]
	info.Free = info.Free || info.Page || info.Form || info.Shortener
	return info
}

// house gives the brand of many houses whose name stands in a domain below its
// country's suffix, beside words that no service and no scam needs.
func (r *Registry) house(domain string) string {
	label, suffix, _ := strings.Cut(domain, ".")
	if !strings.Contains(label, "-") {
		return ""
	}
	for _, i := range r.houses {
		b := &r.brands[i]
		if suffix == strings.ToLower(b.Country) && b.isHouse(label) {
			return b.Key
		}
	}
	return ""
}

func (b *Brand) isHouse(label string) bool {
	for _, name := range append([]string{b.Name}, b.Aliases...) {
		name = strings.ReplaceAll(lookalike.Fold(name), " ", "-")
		rest, ok := strings.CutPrefix(label, name+"-")
		if !ok {
			if rest, ok = strings.CutSuffix(label, "-"+name); !ok {
				continue
			}
		}
		for _, w := range strings.Split(rest, "-") {
			if isService(w) || lookalike.ScamWord(w) {
				return false
			}
		}
		return true
	}
	return false
}

// parents goes through host and the domains above it.
func parents(host string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for host != "" {
			if !yield(host) {
				return
			}
			_, host, _ = strings.Cut(host, ".")
		}
	}
}
