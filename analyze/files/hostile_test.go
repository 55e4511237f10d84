package files

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"reportascam/analyze"
)

// hostile is a file made to cost too much or to be misread.
type hostile struct {
	name  string // of the sample
	file  string
	media string
	make  func(t testing.TB) []byte
	want  analyze.FileTrait // that the file, or one in it, must have; empty for none
}

// TestHostile: whatever a file is, looking at it costs what the limits allow
// and no more, lists no more than they allow, and says what is wrong with it.
func TestHostile(t *testing.T) {
	list := hostiles()
	if len(list) < 60 {
		t.Fatalf("%d samples, want at least 60", len(list))
	}
	for _, h := range list {
		t.Run(h.name, func(t *testing.T) {
			content := h.make(t)
			out, cost := look(&analyze.Original{Attachments: []analyze.Attachment{{Name: h.file, MediaType: h.media, Content: content, Size: len(content), SHA256: "x"}}})
			bounded(t, out, cost)
			traits, _ := deep(out[0])
			if h.want != "" && !hasTrait(traits, h.want) {
				t.Errorf("traits %v, want %q among them", out[0].Traits, h.want)
			}
		})
	}
}

func hasTrait(list []analyze.FileTrait, want analyze.FileTrait) bool {
	for _, t := range list {
		if t == want {
			return true
		}
	}
	return false
}

// bounded holds what was found and what it cost against the limits.
func bounded(t testing.TB, out []analyze.File, cost Cost) {
	t.Helper()
	// A stream is noted once it was drained: the last one may go over by as
	// much as one reader takes at a time.
	if cost.Files > maxFiles || cost.Inflated > maxInflated+maxEntry || cost.Read > maxRead+maxEntry {
		t.Errorf("cost %+v, over the limits", cost)
	}
	listed, deepest := 0, 0
	var count func(list []analyze.File, depth int)
	count = func(list []analyze.File, depth int) {
		deepest = max(deepest, depth)
		for i := range list {
			listed++
			if len(list[i].Name) > 3*maxName || len(list[i].MediaType) > 3*maxName {
				t.Errorf("a name of %d octets was kept", len(list[i].Name))
			}
			count(list[i].Inside, depth+1)
		}
	}
	count(out, 0)
	if listed > maxFiles || deepest > maxDepth+1 {
		t.Errorf("%d files listed, %d deep", listed, deepest)
	}
}

// TestManyAttachments: the limits hold for all files of an original together.
func TestManyAttachments(t *testing.T) {
	bomb := zipped(t, entry{"a.html", strings.Repeat("\x00", 10*mib)})
	o := &analyze.Original{}
	for i := range 1000 {
		o.Attachments = append(o.Attachments, analyze.Attachment{Name: fmt.Sprint(i, ".zip"), Content: bomb, Size: len(bomb), SHA256: fmt.Sprint(crc32.ChecksumIEEE(bomb))})
	}
	out, cost := look(o)
	bounded(t, out, cost)
	if !out[len(out)-1].Has(analyze.TraitNotAllLooked) {
		t.Errorf("the last of %d files does not say that more were not looked at", len(out))
	}
}

func BenchmarkLook(b *testing.B) {
	for _, h := range []struct {
		name, file string
		content    []byte
	}{
		{"pdf", "a.pdf", []byte(somePDF)},
		{"png of 100 KB", "a.png", append([]byte(somePNG), bytes.Repeat([]byte("\x9A\x01x"), 33_000)...)},
		{"docx", "a.docx", docx(b, relation("hyperlink", "https://www.example.com/"))},
		{"zip of ten", "a.zip", zipped(b, entry{"a.pdf", somePDF}, entry{"b.txt", "x"})},
		{"page of 100 KB", "a.html", []byte("<html>" + strings.Repeat("<p class=x>text of a page</p>", 3500))},
	} {
		o := &analyze.Original{Attachments: []analyze.Attachment{{Name: h.file, Content: h.content, Size: len(h.content), SHA256: "x"}}}
		b.Run(h.name, func(b *testing.B) {
			b.SetBytes(int64(len(h.content)))
			for b.Loop() {
				Look(o)
			}
		})
	}
}

// BenchmarkHostile shows what the dearest samples cost.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostiles() {
		content := h.make(b)
		o := &analyze.Original{Attachments: []analyze.Attachment{{Name: h.file, MediaType: h.media, Content: content, Size: len(content), SHA256: "x"}}}
		b.Run(h.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Look(o)
			}
		})
	}
}
