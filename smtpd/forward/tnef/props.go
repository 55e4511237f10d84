package tnef

import (
	"encoding/binary"

	"reportascam/smtpd/forward/mapi"
)

// namedProperty is the first number of those that have a name.
const namedProperty = 0x8000

// guidSize is the size of a GUID, which stands before the data of an object.
const guidSize = 16

// cursor takes numbers and bytes off the front; bad once there are too few.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int64) []byte {
	if c.bad || n < 0 || n > int64(len(c.b)) {
		c.bad = true
		return nil
	}
	out := c.b[:n:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) uint32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// padded takes n bytes and what fills them up to four.
func (c *cursor) padded(n int64) []byte {
	out := c.take(n)
	if fill := (4 - n%4) % 4; !c.bad {
		c.take(min(fill, int64(len(c.b))))
	}
	return out
}

// props reads a list of properties (MS-OXTNEF section 2.1.3.4). What can be
// read of a damaged list is kept.
func (r *reader) props(c *cursor, p *mapi.Props) (defect string) {
	for n := c.uint32(); n > 0 && !c.bad; n-- {
		if !r.budget.Property() {
			return mapi.DefectProperties
		}
		tag := c.uint32()
		typ, id := mapi.Type(tag&0xFFFF), mapi.ID(tag>>16)
		named := id >= namedProperty
		if named {
			c.take(guidSize)
			if kind := c.uint32(); kind == 0 {
				c.uint32()
			} else {
				c.padded(int64(c.uint32()))
			}
		}
		if d := r.values(c, p, id, typ, named); d != "" {
			return d
		}
	}
	if c.bad {
		return DefectFile
	}
	return ""
}

// values reads the values of one property, and keeps it if there is one.
func (r *reader) values(c *cursor, p *mapi.Props, id mapi.ID, typ mapi.Type, named bool) (defect string) {
	size, fixed := fixedSize(typ &^ mapi.Multiple)
	if fixed && size == 0 {
		return "" // no value, however many of them are said to follow
	}
	count := uint32(1)
	if typ&mapi.Multiple != 0 || !fixed {
		count = c.uint32()
	}
	for i := uint32(0); i < count && !c.bad; i++ {
		n := size
		if !fixed {
			n = int64(c.uint32())
		}
		data := c.padded(n)
		if c.bad || named || i > 0 || typ&mapi.Multiple != 0 {
			continue
		}
		if !r.budget.Bytes(len(data)) {
			return mapi.DefectDecoded
		}
		if typ == mapi.Object && len(data) >= guidSize {
			data = data[guidSize:]
		}
		p.Set(id, typ, data)
	}
	return ""
}

// fixedSize gives the size of a value that has no length before it.
func fixedSize(typ mapi.Type) (int64, bool) {
	switch typ {
	case mapi.String8, mapi.Unicode, mapi.Binary, mapi.Object:
		return 0, false
	case mapi.Int64, mapi.Time, 0x0005, 0x0006, 0x0007: // 64 bits: floating, currency, date
		return 8, true
	case mapi.GUID:
		return guidSize, true
	case 0x0000, 0x0001:
		return 0, true
	}
	return 4, true
}

// recipients reads a table of recipients: a count, and a list of properties
// for each.
func (r *reader) recipients(b []byte) (out []*mapi.Props, defect string) {
	c := &cursor{b: b}
	for n := c.uint32(); n > 0 && !c.bad; n-- {
		if len(c.b) == 0 {
			return out, DefectFile
		}
		if !r.budget.Recipient() {
			return out, mapi.DefectRecipients
		}
		p := &mapi.Props{}
		if d := r.props(c, p); d != "" {
			defect = d
		}
		if p.Len() > 0 {
			out = append(out, p)
		}
	}
	return out, defect
}
