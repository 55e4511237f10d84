package msg

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"reportascam/analyze/cfb/cfbtest"
	"reportascam/smtpd/forward/mapi"
)

// item is a storage of properties to be built.
type item struct {
	name   string
	head   int
	fixed  map[mapi.ID]int // numbers
	times  map[mapi.ID]uint64
	wide   map[mapi.ID]string
	narrow map[mapi.ID]string
	bytes  map[mapi.ID]string
	items  []*item
}

func (it *item) node() *cfbtest.Node {
	n := &cfbtest.Node{Name: it.name, Nodes: []*cfbtest.Node{}}
	table := make([]byte, it.head)
	for id, v := range it.fixed {
		table = append(table, property(mapi.Int32, id, uint64(uint32(v)))...)
	}
	for id, v := range it.times {
		table = append(table, property(mapi.Time, id, v)...)
	}
	add := func(id mapi.ID, typ mapi.Type, data []byte) {
		table = append(table, property(typ, id, uint64(len(data)))...)
		n.Nodes = append(n.Nodes, &cfbtest.Node{Name: fmt.Sprintf("%s%04X%04X", valuePrefix, id, typ), Data: data})
	}
	for id, s := range it.wide {
		var b []byte
		for _, c := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		add(id, mapi.Unicode, b)
	}
	for id, s := range it.narrow {
		add(id, mapi.String8, []byte(s))
	}
	for id, s := range it.bytes {
		add(id, mapi.Binary, []byte(s))
	}
	n.Nodes = append(n.Nodes, &cfbtest.Node{Name: propertyStream, Data: table})
	for _, child := range it.items {
		n.Nodes = append(n.Nodes, child.node())
	}
	return n
}

func property(typ mapi.Type, id mapi.ID, v uint64) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(typ))
	b = binary.LittleEndian.AppendUint16(b, uint16(id))
	b = binary.LittleEndian.AppendUint32(b, 6)
	return binary.LittleEndian.AppendUint64(b, v)
}
