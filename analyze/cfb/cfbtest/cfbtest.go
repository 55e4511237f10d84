// Package cfbtest writes compound files for tests.
package cfbtest

import (
	"encoding/binary"
	"unicode/utf16"

	"reportascam/analyze/cfb"
)

const (
	cfbEntry   = 128  // of the directory
	miniSector = 64   // MS-CFB section 2.2
	miniCutoff = 4096 // smaller streams are in the mini stream
)

// Node is a storage, or with data a stream, of a compound file to be built.
type Node struct {
	Name  string
	Data  []byte
	Nodes []*Node
}

func (n *Node) isStream() bool { return n.Nodes == nil }

// Build writes a compound file of version 3. The nodes of a storage hang in
// one line, which readers must accept (MS-CFB section 2.6.4 only wants them
// sorted).
func Build(root *Node) []byte {
	b := builder{}
	b.entry(root, cfb.Root)
	b.children(0, root)
	const per = 512 / 4
	miniData := b.add(b.mini)
	binary.LittleEndian.PutUint32(b.directory[116:], miniData)
	binary.LittleEndian.PutUint32(b.directory[120:], uint32(len(b.mini)))
	miniFAT := b.add(words(b.miniFAT))
	directory := b.add(b.directory)
	sectors := (len(b.fat) + per) / (per - 1)
	first := uint32(len(b.fat))
	for i := 0; i < sectors; i++ {
		b.fat = append(b.fat, 0xFFFFFFFD)
	}
	fat := words(b.fat)
	for len(fat) < sectors*512 {
		fat = append(fat, 0xFF)
	}
	head := make([]byte, 512)
	copy(head, cfb.Signature)
	for at, v := range map[int]uint16{24: 0x3E, 26: 3, 28: 0xFFFE, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(head[at:], v)
	}
	for at, v := range map[int]uint32{44: uint32(sectors), 48: directory, 56: 4096, 60: miniFAT,
		64: uint32((len(b.miniFAT) + per - 1) / per), 68: 0xFFFFFFFE} {
		binary.LittleEndian.PutUint32(head[at:], v)
	}
	for i := 0; i < 109; i++ {
		n := uint32(0xFFFFFFFF)
		if i < sectors {
			n = first + uint32(i)
		}
		binary.LittleEndian.PutUint32(head[76+4*i:], n)
	}
	return append(append(head, b.sectors...), fat...)
}

type builder struct {
	sectors, mini, directory []byte
	fat, miniFAT             []uint32
}

func words(list []uint32) []byte {
	var out []byte
	for _, n := range list {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return out
}

func pad(b []byte, n int) []byte {
	for len(b)%n != 0 {
		b = append(b, 0)
	}
	return b
}

// chain adds the sectors of one stream to a table.
func chain(table []uint32, n int) (first uint32, out []uint32) {
	first = uint32(len(table))
	for i := 1; i <= n; i++ {
		next := first + uint32(i)
		if i == n {
			next = 0xFFFFFFFE
		}
		table = append(table, next)
	}
	if n == 0 {
		first = 0xFFFFFFFE
	}
	return first, table
}

func (b *builder) add(data []byte) (first uint32) {
	data = pad(append([]byte(nil), data...), 512)
	b.sectors = append(b.sectors, data...)
	first, b.fat = chain(b.fat, len(data)/512)
	return first
}

func (b *builder) entry(n *Node, kind cfb.Kind) int {
	e := make([]byte, cfbEntry)
	name := utf16.Encode([]rune(n.Name + "\x00"))
	for i, c := range name {
		binary.LittleEndian.PutUint16(e[2*i:], c)
	}
	binary.LittleEndian.PutUint16(e[64:], uint16(2*len(name)))
	e[66], e[67] = byte(kind), 1
	for _, at := range []int{68, 72, 76} {
		binary.LittleEndian.PutUint32(e[at:], 0xFFFFFFFF)
	}
	if kind == cfb.Stream {
		start := uint32(0xFFFFFFFE)
		if len(n.Data) >= miniCutoff {
			start = b.add(n.Data)
		} else {
			data := pad(append([]byte(nil), n.Data...), miniSector)
			b.mini = append(b.mini, data...)
			start, b.miniFAT = chain(b.miniFAT, len(data)/miniSector)
		}
		binary.LittleEndian.PutUint32(e[116:], start)
		binary.LittleEndian.PutUint32(e[120:], uint32(len(n.Data)))
	}
	b.directory = append(b.directory, e...)
	return len(b.directory)/cfbEntry - 1
}

func (b *builder) children(parent int, n *Node) {
	link := parent*cfbEntry + 76
	for _, child := range n.Nodes {
		kind := cfb.Storage
		if child.isStream() {
			kind = cfb.Stream
		}
		i := b.entry(child, kind)
		binary.LittleEndian.PutUint32(b.directory[link:], uint32(i))
		link = i*cfbEntry + 72
		b.children(i, child)
	}
}
