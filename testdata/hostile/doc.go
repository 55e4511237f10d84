// Package hostile makes messages that are built to cost a reader of mail time
// or memory: bombs, floods, loops and bait. They are made when asked for, since
// some are of tens of megabytes.
//
// Each is whole and comes as a file that check takes. What stands in them is
// invented; the domains are those of RFC 2606 or made up.
package hostile

// Sample is one message.
type Sample struct {
	Name string // group and trick: "html/nested-divs"
	Make func() []byte
}

// Samples gives all, in a fixed order. The same name gives the same bytes.
func Samples() []Sample {
	var out []Sample
	for _, group := range []struct {
		name string
		list []Sample
	}{
		{"html", pages()}, {"text", texts()}, {"header", headers()}, {"mime", structures()}, {"picture", pictures()}, {"pdf", documents()},
	} {
		for _, s := range group.list {
			out = append(out, Sample{group.name + "/" + s.Name, s.Make})
		}
	}
	return out
}
