package brand

import (
	"io"

	"reportascam/analyze"
)

// Brand is one entry of the registry.
type Brand struct {
	Key       string   // short name, lower case, unique
	Name      string   // as people write it
	Aliases   []string // other names, in the scripts they are written in
	Domains   []string // registrable domains (or hosts) that the brand owns
	SendsFrom []string // domains of services that send its mail
	HelpPage  string   // how to recognise its mail, an https URL
	ReportTo  string   // its address for reports of phishing
	Sector    string
	Country   string // ISO 3166-1 alpha-2 of its home market
	Common    bool   // the name is a common word or a surname
}

// ClaimInput is what a reader sees of a message.
type ClaimInput struct {
	DisplayName string // of From
	LocalPart   string // of From's address
	Subject     string
	Body        string // visible text
	Domain      string // of From's address, lower-case A-labels
}

// Registry answers for a set of brands. It never changes once loaded.
type Registry struct{ brands []Brand }

// WellKnownDomain is a popular domain and its rank.
type WellKnownDomain struct {
	Domain string
	Rank   int // from 1
}

// Default gives the registry that ships with the program.
func Default() *Registry { return &Registry{} }

// Load reads a registry from TOML.
func Load(r io.Reader) (*Registry, error) { return &Registry{}, nil }

// All gives every brand, by key.
func (r *Registry) All() []Brand { return r.brands }

// Get gives the brand of that key.
func (r *Registry) Get(key string) (Brand, bool) { return Brand{}, false }

// Owner gives the brand that owns host.
func (r *Registry) Owner(host string) (Brand, bool) { return Brand{}, false }

// Owns says whether host is the brand's own or its sending service's.
func (r *Registry) Owns(key, host string) bool { return false }

// Claims gives the brands that a reader would take the message to be from.
func (r *Registry) Claims(in ClaimInput) []analyze.BrandClaim { return nil }

// Info says what is known of a host.
func (r *Registry) Info(host string) analyze.DomainInfo { return analyze.DomainInfo{} }

// WellKnown gives popular domains, most popular first.
func WellKnown() []WellKnownDomain { return nil }
