package lookalike

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	// maxVariantLabel is the longest label that is read in several ways, in
	// characters; maxVariants bounds the ways, maxAmbiguous the characters that
	// have several readings (Chromium's limits).
	maxVariantLabel = 32
	maxVariants     = 128
	maxAmbiguous    = 5
)

// Skeletons gives the shapes that a label can be read as; two labels that
// share one look alike. A label in Punycode is decoded first. They are never
// shown. See UTS 39 section 4.
func Skeletons(label string) []string {
	label = unicodeLabel(label)
	variants := []string{label}
	if !isASCII(label) && utf8.RuneCountInString(label) <= maxVariantLabel {
		variants = readings(strings.ToLower(label))
	}
	var out []string
	for _, v := range variants {
		if s := Shape(Fold(v)); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// readings gives the label with each ambiguous character read in each way.
func readings(label string) []string {
	out := []string{""}
	ambiguous := 0
	for _, r := range label {
		ways := ambiguity(r)
		if len(ways) > 1 {
			if ambiguous++; ambiguous > maxAmbiguous {
				ways = ways[:1]
			}
		}
		if len(ways) > 1 && len(out)*len(ways) <= maxVariants {
			next := make([]string, 0, len(out)*len(ways))
			for _, w := range ways {
				for _, o := range out {
					next = append(next, o+w)
				}
			}
			out = next
			continue
		}
		for i := range out {
			out[i] += ways[0]
		}
	}
	return out
}

func ambiguity(r rune) []string {
	switch r {
	case 'þ':
		return []string{"p", "b"}
	case 'œ':
		return []string{"oe", "ce"}
	case 'ł':
		return []string{"l", "t"}
	case 'ə':
		return []string{"e", "a"}
	case 'ӏ':
		return []string{"l", "i"}
	}
	return []string{string(r)}
}

// unicodeLabel decodes an A-label; what cannot be decoded stays.
func unicodeLabel(label string) string {
	if len(label) < 5 || !strings.EqualFold(label[:4], "xn--") {
		return label
	}
	u, err := idna.Punycode.ToUnicode(label)
	if err != nil || u == "" {
		return label
	}
	return u
}
