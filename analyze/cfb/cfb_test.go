package cfb_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"reportascam/analyze/cfb"
	"reportascam/analyze/cfb/cfbtest"
)

func document() []byte {
	return cfbtest.Build(&cfbtest.Node{Name: "Root Entry", Nodes: []*cfbtest.Node{
		{Name: "small", Data: []byte("in the mini stream")},
		{Name: "large", Data: bytes.Repeat([]byte("0123456789abcdef"), 1000)},
		{Name: "Macros", Nodes: []*cfbtest.Node{{Name: "VBA", Nodes: []*cfbtest.Node{{Name: "dir", Data: []byte("d")}}}}},
	}})
}

// all visits the directory as readers do and gives what it read, in octets.
func all(c *cfb.File) (names []string, octets int) {
	const maxRead = 16 << 20
	for storages := []int{0}; len(storages) > 0; {
		n := storages[0]
		storages = storages[1:]
		for _, i := range c.Children(n) {
			names = append(names, c.Entries[i].Name)
			if c.Entries[i].Kind == cfb.Storage {
				storages = append(storages, i)
			} else if octets < maxRead {
				octets += len(c.Content(i))
			}
		}
	}
	return names, octets
}

func TestOpen(t *testing.T) {
	c, ok := cfb.Open(document())
	if !ok || c.Defect {
		t.Fatalf("Open = %v, want a sound file", ok)
	}
	names, octets := all(c)
	if len(names) != 5 || octets != 18+16000+1 {
		t.Errorf("entries %q with %d octets, want 5 with 16019", names, octets)
	}
	if _, ok := cfb.Open([]byte("PK\x03\x04")); ok {
		t.Error("Open(a zip) succeeded")
	}
}

// TestOpenLoop: a table of sectors in which the first follows every other ends
// where the file does.
func TestOpenLoop(t *testing.T) {
	b := document()
	for at := len(b) - 512; at < len(b); at += 4 {
		binary.LittleEndian.PutUint32(b[at:], 0)
	}
	c, ok := cfb.Open(b)
	if ok {
		if _, octets := all(c); octets > 3*len(b) {
			t.Errorf("a looped file of %d octets gave %d", len(b), octets)
		}
	}
	if ok && !c.Defect && len(c.Entries) > len(b)/128 {
		t.Errorf("a looped file gave %d entries", len(c.Entries))
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(document())
	f.Add([]byte(cfb.Signature))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		c, ok := cfb.Open(b)
		if !ok {
			return
		}
		if names, _ := all(c); len(names) > len(b)/128 {
			t.Errorf("%d entries in %d octets", len(names), len(b))
		}
	})
}
