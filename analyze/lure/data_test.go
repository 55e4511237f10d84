package lure

import "testing"

func TestShippedFilesAreWhole(t *testing.T) {
	b, err := readBook(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.patterns) < 50 {
		t.Errorf("%d patterns, want more", len(b.patterns))
	}
}
