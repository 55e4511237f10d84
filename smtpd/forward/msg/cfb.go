package msg

import (
	"encoding/binary"
	"strings"

	"reportascam/smtpd/forward/mapi"
)

// Signature begins every compound file (MS-CFB section 2.2).
const Signature = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// The layout of a compound file (MS-CFB sections 2.2 to 2.6).
const (
	cfbHeader     = 512
	cfbEntry      = 128
	miniSector    = 64
	miniCutoff    = 4096 // smaller streams are in the mini stream
	headDIFAT     = 109  // places in the header
	lastSector    = 0xFFFFFFFA
	noEntry       = 0xFFFFFFFF
	kindStorage   = 1
	kindStream    = 2
	kindRoot      = 5
	shiftVersion3 = 9
	shiftVersion4 = 12
)

// maxEntries bounds the directory: the largest public sample, with 2,000
// recipients, has 32,000 entries.
const maxEntries = 200_000

// entry is a storage or a stream.
type entry struct {
	name               string
	kind               byte
	left, right, child uint32
	start              uint32
	size               int64
}

// compound is an open compound file. It gives slices of the file where a
// stream is in one piece.
type compound struct {
	raw     []byte
	sector  int
	fat     []uint32
	mini    []uint32
	minis   []byte // the stream of which small streams are parts
	entries []entry
	seen    []bool // by entry: visited
	defect  bool   // something did not fit
	tooMany bool   // directory entries
}

// openCompound reads the tables; false if there is no directory to be found.
func openCompound(raw []byte) (*compound, bool) {
	if len(raw) < cfbHeader || string(raw[:len(Signature)]) != Signature {
		return nil, false
	}
	c := &compound{raw: raw}
	switch shift := binary.LittleEndian.Uint16(raw[30:]); shift {
	case shiftVersion3, shiftVersion4:
		c.sector = 1 << shift
	default:
		return nil, false
	}
	c.readFAT()
	directory := c.chain(binary.LittleEndian.Uint32(raw[48:]), int64(len(raw)))
	c.readEntries(directory)
	if len(c.entries) == 0 || c.entries[0].kind != kindRoot {
		return nil, false
	}
	c.seen = make([]bool, len(c.entries))
	c.seen[0] = true
	c.mini = c.table(c.chain(binary.LittleEndian.Uint32(raw[60:]), int64(len(raw))))
	c.minis = c.chain(c.entries[0].start, c.entries[0].size)
	return c, true
}

// sectors is how many sectors the file has, the last one perhaps in part.
func (c *compound) sectors() int { return (len(c.raw) - 1) / c.sector }

// at gives a sector's bytes, fewer at the end of a file that was cut off.
func (c *compound) at(n uint32) []byte {
	if int64(n) >= int64(c.sectors()) {
		return nil
	}
	start := (int(n) + 1) * c.sector
	return c.raw[start:min(start+c.sector, len(c.raw))]
}

func (c *compound) table(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

// readFAT reads the table of next sectors, whose own sectors are named in the
// header and in a chain of sectors of names (MS-CFB sections 2.3 and 2.5). No
// more of it is read than the file has sectors.
func (c *compound) readFAT() {
	names := c.table(c.raw[76 : 76+4*headDIFAT])
	next := binary.LittleEndian.Uint32(c.raw[68:])
	for n := 0; next <= lastSector && n <= c.sectors(); n++ {
		more := c.table(c.at(next))
		if len(more) == 0 {
			c.defect = true
			break
		}
		names = append(names, more[:len(more)-1]...)
		next = more[len(more)-1]
		if len(names)*(c.sector/4) > c.sectors()+headDIFAT*c.sector {
			break
		}
	}
	for _, n := range names {
		if n > lastSector || len(c.fat) >= c.sectors() {
			break
		}
		part := c.table(c.at(n))
		if len(part) < c.sector/4 {
			c.defect = true
		}
		c.fat = append(c.fat, part...)
	}
}

// chain gives the bytes of a chain of sectors, at most size of them.
func (c *compound) chain(start uint32, size int64) []byte {
	var out []byte
	first, whole := start, true // whole: in one piece so far
	want := int(min(size, int64(len(c.raw))))
	n := 0
	for next := start; next <= lastSector && n*c.sector < want; n++ {
		part := c.at(next)
		if len(part) == 0 {
			c.defect = true
			break
		}
		if whole && next == first+uint32(n) {
			from := (int(first) + 1) * c.sector
			out = c.raw[from:min(from+(n+1)*c.sector, len(c.raw)):len(c.raw)]
			out = out[:len(out):len(out)]
		} else {
			whole = false
			out = append(out, part...)
		}
		if int64(next) >= int64(len(c.fat)) {
			c.defect = true
			break
		}
		next = c.fat[next]
	}
	return out[:min(len(out), want):min(len(out), want)]
}

// miniChain is chain in the mini stream.
func (c *compound) miniChain(start uint32, size int64) []byte {
	var out []byte
	for next := start; next <= lastSector && int64(len(out)) < size; next = c.mini[next] {
		from := int64(next) * miniSector
		if from >= int64(len(c.minis)) || int64(next) >= int64(len(c.mini)) {
			c.defect = true
			break
		}
		out = append(out, c.minis[from:min(from+miniSector, int64(len(c.minis)))]...)
	}
	return out[:min(int64(len(out)), size)]
}

func (c *compound) readEntries(b []byte) {
	version3 := c.sector == 1<<shiftVersion3
	for ; len(b) >= cfbEntry; b = b[cfbEntry:] {
		if len(c.entries) >= maxEntries {
			c.tooMany = true
			return
		}
		e := entry{
			kind: b[66], left: binary.LittleEndian.Uint32(b[68:]), right: binary.LittleEndian.Uint32(b[72:]),
			child: binary.LittleEndian.Uint32(b[76:]), start: binary.LittleEndian.Uint32(b[116:]),
			size: int64(binary.LittleEndian.Uint64(b[120:])),
		}
		// Section 2.6.1: the upper half may be anything in version 3.
		if version3 {
			e.size &= 0xFFFFFFFF
		}
		e.size = max(e.size, 0)
		if n := int(binary.LittleEndian.Uint16(b[64:])); n >= 2 && n <= 64 {
			e.name = strings.TrimRight(mapi.UTF16(b[:n]), "\x00")
		}
		c.entries = append(c.entries, e)
	}
}

// children gives what is in a storage, in the order of the directory's tree. An
// entry belongs to one storage only: whatever comes a second time is left out.
func (c *compound) children(storage int) []int {
	var out, stack []int
	push := func(n uint32) {
		for n != noEntry {
			if int64(n) >= int64(len(c.entries)) || c.seen[n] {
				c.defect = true
				return
			}
			c.seen[n] = true
			stack = append(stack, int(n))
			n = c.entries[n].left
		}
	}
	push(c.entries[storage].child)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out = append(out, n)
		push(c.entries[n].right)
	}
	return out
}

// stream gives a stream's bytes, fewer than its size if the file is damaged.
func (c *compound) stream(n int) []byte {
	e := &c.entries[n]
	if e.kind != kindStream || e.size == 0 {
		return nil
	}
	var b []byte
	if e.size < miniCutoff {
		b = c.miniChain(e.start, e.size)
	} else {
		b = c.chain(e.start, e.size)
	}
	if int64(len(b)) < e.size {
		c.defect = true
	}
	return b
}
