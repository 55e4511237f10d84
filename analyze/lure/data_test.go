package lure

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestShippedFilesAreWhole(t *testing.T) {
	b, err := readBook(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.patterns) < 50 {
		t.Errorf("%d patterns, want more", len(b.patterns))
	}
}

// oneFile is a folder with one language.
func oneFile(text string) fs.FS { return fstest.MapFS{"xx.txt": {Data: []byte(text)}} }
