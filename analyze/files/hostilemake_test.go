package files

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"reportascam/analyze/cfb/cfbtest"
)

const mib = 1 << 20

// zeros packs n zeros.
func zeros(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeroReader{}, int64(n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// rawEntry is an entry of an archive as it is written, true or not.
type rawEntry struct {
	name, localName string
	flags, method   uint16
	data            []byte
	size            uint32
	at              int // where the directory says it is; -1 for where it is
}

// rawZip writes an archive that need not be sound.
func rawZip(entries ...rawEntry) []byte {
	var out, dir bytes.Buffer
	for _, e := range entries {
		at := out.Len()
		if e.at >= 0 {
			at = e.at
		}
		if e.data != nil {
			local := e.localName
			if local == "" {
				local = e.name
			}
			h := make([]byte, localSize)
			copy(h, zipLocal)
			binary.LittleEndian.PutUint16(h[6:], e.flags)
			binary.LittleEndian.PutUint16(h[8:], e.method)
			binary.LittleEndian.PutUint32(h[18:], uint32(len(e.data)))
			binary.LittleEndian.PutUint32(h[22:], e.size)
			binary.LittleEndian.PutUint16(h[26:], uint16(len(local)))
			out.Write(h)
			out.WriteString(local)
			out.Write(e.data)
		}
		h := make([]byte, entrySize)
		copy(h, zipEntry)
		binary.LittleEndian.PutUint16(h[8:], e.flags)
		binary.LittleEndian.PutUint16(h[10:], e.method)
		binary.LittleEndian.PutUint32(h[20:], uint32(len(e.data)))
		binary.LittleEndian.PutUint32(h[24:], e.size)
		binary.LittleEndian.PutUint16(h[28:], uint16(len(e.name)))
		binary.LittleEndian.PutUint32(h[42:], uint32(at))
		dir.Write(h)
		dir.WriteString(e.name)
	}
	start := out.Len()
	out.Write(dir.Bytes())
	end := make([]byte, endSize)
	copy(end, zipEnd)
	binary.LittleEndian.PutUint16(end[8:], uint16(len(entries)))
	binary.LittleEndian.PutUint16(end[10:], uint16(len(entries)))
	binary.LittleEndian.PutUint32(end[12:], uint32(dir.Len()))
	binary.LittleEndian.PutUint32(end[16:], uint32(start))
	out.Write(end)
	return out.Bytes()
}

// overlapping is an archive whose n entries are all the same packed bytes, as
// Fifield's bomb has it.
func overlapping(t testing.TB, n int) []byte {
	kernel := zeros(t, 10*mib)
	entries := []rawEntry{{name: "0", method: 8, data: kernel, size: 10 * mib, at: -1}}
	for i := 1; i < n; i++ {
		entries = append(entries, rawEntry{name: fmt.Sprint(i), method: 8, size: 10 * mib, at: 0})
	}
	b := rawZip(entries...)
	// The directory's entries name the size of the first one's data.
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(zipEntry))
		if i < 0 {
			return b
		}
		at += i + 4
		binary.LittleEndian.PutUint32(b[at+16:], uint32(len(kernel)))
	}
}

// nested puts n archives into each archive, depth times.
func nested(t testing.TB, depth, n int, core []byte) []byte {
	b := core
	for range depth {
		var entries []entry
		for i := range n {
			entries = append(entries, entry{fmt.Sprintf("%d.zip", i), string(b)})
		}
		b = zipped(t, entries...)
	}
	return b
}

func nestedGzip(t testing.TB, depth int) []byte {
	b := bytes.Repeat([]byte{'a'}, mib)
	for range depth {
		b = gzipped(t, b)
	}
	return b
}

// bigGzip packs n zeros as gzip.
func bigGzip(t testing.TB, n int64) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.CopyN(w, zeroReader{}, n); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func repeat(s string, n int) func(testing.TB) []byte {
	return func(testing.TB) []byte { return bytes.Repeat([]byte(s), n) }
}

func text(s string) func(testing.TB) []byte {
	return func(testing.TB) []byte { return []byte(s) }
}

// manyEntries is an archive of n files without content.
func manyEntries(n int, name string) []byte {
	entries := make([]rawEntry, n)
	for i := range entries {
		entries[i] = rawEntry{name: fmt.Sprintf(name, i), data: []byte{}, at: -1}
	}
	return rawZip(entries...)
}

// bigCompound is a compound file of n streams.
func bigCompound(n int, name string, data []byte) []byte {
	root := &cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{}}
	for range n {
		root.Nodes = append(root.Nodes, &cfbtest.Node{Name: name, Data: data})
	}
	return cfbtest.Build(root)
}

// looped makes every sector of a compound file lead to another one's number.
func looped(b []byte, to uint32) []byte {
	for at := max(512, len(b)-512); at+4 <= len(b); at += 4 {
		binary.LittleEndian.PutUint32(b[at:], to)
	}
	return b
}

func deepStorages(n int) []byte {
	root := &cfbtest.Node{Name: "R", Nodes: []*cfbtest.Node{}}
	for at := root; n > 0; n-- {
		inner := &cfbtest.Node{Name: "VBA", Nodes: []*cfbtest.Node{}}
		at.Nodes = append(at.Nodes, inner)
		at = inner
	}
	return cfbtest.Build(root)
}

// pdfStream is a PDF with n packed streams of objects.
func pdfStreams(t testing.TB, n, size int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(bytes.Repeat([]byte("/A "), size/3)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	one := "1 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\n" + packed.String() + "\nendstream\nendobj\n"
	return []byte("%PDF-1.7\n" + strings.Repeat(one, n) + "%%EOF")
}

// selfHolding is an archive that holds itself as far as a reader that follows
// it can tell: its entry is stored and covers the archive.
func selfHolding() []byte {
	b := rawZip(rawEntry{name: "r.zip", method: 0, data: bytes.Repeat([]byte("x"), 64), at: -1})
	at := bytes.Index(b, []byte(zipEntry))
	binary.LittleEndian.PutUint32(b[at+20:], uint32(len(b)))
	binary.LittleEndian.PutUint32(b[at+24:], uint32(len(b)))
	binary.LittleEndian.PutUint32(b[18:], uint32(len(b)))
	copy(b[localSize+5:], zipLocal)
	return b
}

// list7zOf frames a list that is wrong in some way.
func list7zOf(list ...byte) func(testing.TB) []byte {
	return func(testing.TB) []byte { return []byte(sevenZipOf(list)) }
}
