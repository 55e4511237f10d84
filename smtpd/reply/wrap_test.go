package reply

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	long := strings.Repeat("x", 90)
	tests := []struct{ name, in, want string }{
		{"short", "one two", "- one two\n"},
		{"at a space", strings.Repeat("word ", 16), "- " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n  word word\n"},
		{"a word that is too long stands alone", "a " + long + " b", "- a\n  " + long + "\n  b\n"},
		{"not at a no-break space", strings.Repeat("a", 70) + " b\u00a0:", "- " + strings.Repeat("a", 70) + "\n  b\u00a0:\n"},
		{"between signs", strings.Repeat("字", 40), "- " + strings.Repeat("字", 36) + "\n  " + strings.Repeat("字", 4) + "\n"},
		{"not before a sign that closes", strings.Repeat("字", 36) + "。次", "- " + strings.Repeat("字", 35) + "\n  字。次\n"},
		{"no text", "", "- \n"},
	}
	for _, tt := range tests {
		var b strings.Builder
		wrap(&b, "- ", "  ", tt.in)
		if got := b.String(); got != tt.want {
			t.Errorf("%s: wrap =\n%q, want\n%q", tt.name, got, tt.want)
		}
	}
}
