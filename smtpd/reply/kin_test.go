package reply

import (
	"testing"

	"reportascam/analyze/checks"
)

// TestEveryCheckIsTold: whatever a check finds, each language has a sentence
// for it, and a check of a known kind is never told as just any sign.
func TestEveryCheckIsTold(t *testing.T) {
	for _, lang := range DefaultCatalogues().Languages() {
		cat := load(t, lang)
		for _, c := range checks.All() {
			got := cat.means(c.Name, c.Weight < 0)
			if got == "" || got == cat.Family["other"] && c.Name != "passed-on" && family(c.Name) != "other" {
				t.Errorf("%s: %s is told as %q", lang, c.Name, got)
			}
		}
		for check, name := range kin {
			if cat.Finding[name] == "" && cat.Family[name] == "" {
				t.Errorf("%s: %s is told by %q, which is not there", lang, check, name)
			}
		}
	}
	var general []string
	for _, c := range checks.All() {
		_, known := load(t, "en").Finding[c.Name]
		if !known && kin[c.Name] == "" {
			general = append(general, c.Name+" as "+family(c.Name))
		}
	}
	t.Logf("told by their kind only: %v", general)
}

func TestMeans(t *testing.T) {
	en := load(t, "en")
	tests := []struct {
		check string
		good  bool
		want  string
	}{
		{"dmarc-fail", false, en.Finding["dmarc-fail"]},
		{"link-qr", false, en.Finding["link-disguise"]},
		{"lure-prize", false, en.Family["lure-gift"]},
		{"lure-of-tomorrow", false, en.Family["lure"]},
		{"attachment-of-tomorrow", false, en.Family["attachment"]},
		{"link-of-tomorrow", false, en.Family["link"]},
		{"of-tomorrow", false, en.Family["other"]},
		{"brand-of-tomorrow", true, en.Family["proof"]},
		{"", false, en.Family["other"]},
	}
	for _, tt := range tests {
		if got := en.means(tt.check, tt.good); got != tt.want || got == "" {
			t.Errorf("means(%q, %v) = %q, want %q", tt.check, tt.good, got, tt.want)
		}
	}
}
