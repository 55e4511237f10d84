package lookalike_test

import (
	"maps"
	"slices"
	"testing"

	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

// TestGenerate: each candidate is found to imitate what it was made from, once,
// in the same order each time, by every technique that an attacker has.
func TestGenerate(t *testing.T) {
	x := lookalike.New(protected())
	for _, domain := range []string{"paypal.com", "www.santander.com", "amazon.co.jp", "microsoft.com", "myetherwallet.com", "eki-net.com"} {
		got := x.Generate(domain)
		seen, by := map[string]bool{}, map[string]int{}
		for _, c := range got {
			if seen[c.Name] {
				t.Errorf("Generate(%q) gives %s twice", domain, c.Name)
			}
			seen[c.Name] = true
			by[c.Technique]++
			found, ok := x.Find(c.Name)
			if !ok || found != c || x.Has(c.Name) || links.Registrable(c.Name) == "" {
				t.Errorf("Generate(%q) gives %+v, Find gives %+v", domain, c, found)
			}
		}
		t.Logf("%s: %d: %v", domain, len(got), by)
		for _, technique := range []string{lookalike.TechniqueHomograph, lookalike.TechniqueHomoglyph, lookalike.TechniqueOmission, lookalike.TechniqueRepetition, lookalike.TechniqueTransposition, lookalike.TechniqueVowel,
			lookalike.TechniqueKeyboard, lookalike.TechniqueBitsquat, lookalike.TechniqueCombo, lookalike.TechniqueEmbedding, lookalike.TechniqueWWW, lookalike.TechniqueTLD, lookalike.TechniqueDot, lookalike.TechniqueFreeHost} {
			if by[technique] == 0 {
				t.Errorf("Generate(%q) gives none by %s, of %v", domain, technique, slices.Sorted(maps.Keys(by)))
			}
		}
		if len(got) < 500 || len(got) > 20_000 {
			t.Errorf("Generate(%q) gives %d, want 500 to 20,000", domain, len(got))
		}
		if again := x.Generate(domain); !slices.Equal(got, again) {
			t.Errorf("Generate(%q) gives another list the second time", domain)
		}
	}
}

// TestGenerateNothing: what is not protected has no watch list.
func TestGenerateNothing(t *testing.T) {
	x := lookalike.New([]lookalike.Protected{{Domain: "paypal.com"}})
	for _, domain := range []string{"", "com", "example.org", "1.2.3.4"} {
		if got := x.Generate(domain); len(got) != 0 {
			t.Errorf("Generate(%q) gives %d names, want none", domain, len(got))
		}
	}
	if got := x.Generate("PayPal.com."); len(got) == 0 {
		t.Error("Generate(PayPal.com.) gives nothing")
	}
}
