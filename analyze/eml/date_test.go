package eml

import (
	"net/mail"
	"testing"
)

// FuzzParseDate gives the same as the library's reader.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{
		"", "Mon, 02 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 +0000 (UTC)", "2 Jan 2006 15:04 -0700", "Mon, 02 Jan 2006 15:04:05 GMT",
		"Mon, 02 Jan 2006 15:04:05 -0000", "Mon,  2 Jan 2006 15:04:05 -0700", "Tue, 2 Jan 2006 15:04:05 -0700", "Mon, 32 Jan 2006 15:04:05 -0700",
		"Mon, 2 Jan 2006 15:04:05 +0100 (a (b) c)", "Mon, 2 Jan 2006 15:04:05 +0100 (a\\)", "Mon, 2 Jan 2006 15:04:05.5 +0100", "Mon, 2 Jan 2006 15:04:05 +0100 x",
		" Mon, 2 Jan 2006 15:04:05 +0100", "Mon, 2 Jan 2006 15:04:05\t+0100", "Mon, 2 Jan 06 15:04:05 +0100", "Mon, 2 Jan 2006 15:04:60 +0100",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, bad := mail.ParseDate(s)
		got, err := ParseDate(s)
		if (err == nil) != (bad == nil) || !got.Equal(want) || got.String() != want.String() {
			t.Errorf("ParseDate(%q) = %v, %v, want %v, %v", s, got, err, want, bad)
		}
	})
}
