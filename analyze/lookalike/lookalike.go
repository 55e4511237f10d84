package lookalike

import "reportascam/analyze"

// Protected is a domain that scammers imitate.
type Protected struct {
	Domain string // registrable domain, lower-case A-labels
	Brand  string // key in the brand registry, or empty
	Rank   int    // popularity from 1; 0 for a domain of the registry
}

// Index answers which protected domain a name resembles. It is safe for
// concurrent use.
type Index struct{}

// New makes an index.
func New(p []Protected) *Index { return &Index{} }

// Find gives the strongest resemblance of a host name.
func (x *Index) Find(name string) (analyze.Resemblance, bool) { return analyze.Resemblance{}, false }

// Skeletons gives the shapes that a label could be read as.
func Skeletons(label string) []string { return nil }
