package cfb

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
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
	shiftVersion3 = 9
	shiftVersion4 = 12
)

// Kind is what an entry is (MS-CFB section 2.6.1).
type Kind byte

// The kinds of entry.
const (
	Storage Kind = 1
	Stream  Kind = 2
	Root    Kind = 5
)

// maxEntries bounds the directory: the largest public sample, with 2,000
// recipients, has 32,000 entries.
const maxEntries = 200_000

// Entry is a storage or a stream.
type Entry struct {
	Name               string
	Kind               Kind
	Size               int64    // of a stream, as the directory says; never negative
	CLSID              [16]byte // of a storage: the program it belongs to
	left, right, child uint32
	start              uint32
}

// File is an open compound file. It gives slices of the file where a stream
// is in one piece.
type File struct {
	Entries []Entry // the directory; the first is the root
	Defect  bool    // something did not fit
	TooMany bool    // the directory has more entries than are read

	raw    []byte
	sector int
	fat    []uint32
	mini   []uint32
	minis  []byte // the stream of which small streams are parts
	seen   []bool // by entry: visited
}

// Is tells whether a file begins as a compound file does.
func Is(b []byte) bool {
	return len(b) >= cfbHeader && string(b[:len(Signature)]) == Signature
}

// Open reads the tables; false if there is no directory to be found.
func Open(raw []byte) (*File, bool) {
	if !Is(raw) {
		return nil, false
	}
	c := &File{raw: raw}
	switch shift := binary.LittleEndian.Uint16(raw[30:]); shift {
	case shiftVersion3, shiftVersion4:
		c.sector = 1 << shift
	default:
		return nil, false
	}
	c.readFAT()
	directory := c.chain(binary.LittleEndian.Uint32(raw[48:]), int64(len(raw)))
	c.readEntries(directory)
	if len(c.Entries) == 0 || c.Entries[0].Kind != Root {
		return nil, false
	}
	c.seen = make([]bool, len(c.Entries))
	c.seen[0] = true
	c.mini = c.table(c.chain(binary.LittleEndian.Uint32(raw[60:]), int64(len(raw))))
	c.minis = c.chain(c.Entries[0].start, c.Entries[0].Size)
	return c, true
}

// sectors is how many sectors the file has, the last one perhaps in part.
func (c *File) sectors() int { return (len(c.raw) - 1) / c.sector }

// at gives a sector's bytes, fewer at the end of a file that was cut off.
func (c *File) at(n uint32) []byte {
	if int64(n) >= int64(c.sectors()) {
		return nil
	}
	start := (int(n) + 1) * c.sector
	return c.raw[start:min(start+c.sector, len(c.raw))]
}

func (c *File) table(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

// readFAT reads the table of next sectors, whose own sectors are named in the
// header and in a chain of sectors of names (MS-CFB sections 2.3 and 2.5). No
// more of it is read than the file has sectors.
func (c *File) readFAT() {
	names := c.table(c.raw[76 : 76+4*headDIFAT])
	next := binary.LittleEndian.Uint32(c.raw[68:])
	for n := 0; next <= lastSector && n <= c.sectors(); n++ {
		more := c.table(c.at(next))
		if len(more) == 0 {
			c.Defect = true
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
			c.Defect = true
		}
		c.fat = append(c.fat, part...)
	}
}

// chain gives the bytes of a chain of sectors, at most size of them.
func (c *File) chain(start uint32, size int64) []byte {
	var out []byte
	first, whole := start, true // whole: in one piece so far
	want := int(min(size, int64(len(c.raw))))
	n := 0
	for next := start; next <= lastSector && n*c.sector < want; n++ {
		part := c.at(next)
		if len(part) == 0 {
			c.Defect = true
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
			c.Defect = true
			break
		}
		next = c.fat[next]
	}
	return out[:min(len(out), want):min(len(out), want)]
}

// miniChain is chain in the mini stream.
func (c *File) miniChain(start uint32, size int64) []byte {
	var out []byte
	for next := start; next <= lastSector && int64(len(out)) < size; next = c.mini[next] {
		from := int64(next) * miniSector
		if from >= int64(len(c.minis)) || int64(next) >= int64(len(c.mini)) {
			c.Defect = true
			break
		}
		out = append(out, c.minis[from:min(from+miniSector, int64(len(c.minis)))]...)
	}
	return out[:min(int64(len(out)), size)]
}

func (c *File) readEntries(b []byte) {
	version3 := c.sector == 1<<shiftVersion3
	for ; len(b) >= cfbEntry; b = b[cfbEntry:] {
		if len(c.Entries) >= maxEntries {
			c.TooMany = true
			return
		}
		e := Entry{
			Kind: Kind(b[66]), CLSID: [16]byte(b[80:96]), left: binary.LittleEndian.Uint32(b[68:]), right: binary.LittleEndian.Uint32(b[72:]),
			child: binary.LittleEndian.Uint32(b[76:]), start: binary.LittleEndian.Uint32(b[116:]),
			Size: int64(binary.LittleEndian.Uint64(b[120:])),
		}
		// Section 2.6.1: the upper half may be anything in version 3.
		if version3 {
			e.Size &= 0xFFFFFFFF
		}
		e.Size = max(e.Size, 0)
		if n := int(binary.LittleEndian.Uint16(b[64:])); n >= 2 && n <= 64 {
			e.Name = entryName(b[:n])
		}
		c.Entries = append(c.Entries, e)
	}
}

// Children gives what is in a storage, in the order of the directory's tree. An
// entry belongs to one storage only: whatever comes a second time is left out.
func (c *File) Children(storage int) []int {
	var out, stack []int
	push := func(n uint32) {
		for n != noEntry {
			if int64(n) >= int64(len(c.Entries)) || c.seen[n] {
				c.Defect = true
				return
			}
			c.seen[n] = true
			stack = append(stack, int(n))
			n = c.Entries[n].left
		}
	}
	push(c.Entries[storage].child)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out = append(out, n)
		push(c.Entries[n].right)
	}
	return out
}

// Content gives a stream's bytes, fewer than its size if the file is damaged.
func (c *File) Content(n int) []byte {
	e := &c.Entries[n]
	if e.Kind != Stream || e.Size == 0 {
		return nil
	}
	var b []byte
	if e.Size < miniCutoff {
		b = c.miniChain(e.start, e.Size)
	} else {
		b = c.chain(e.start, e.Size)
	}
	if int64(len(b)) < e.Size {
		c.Defect = true
	}
	return b
}

// entryName decodes the name of an entry, UTF-16 with a closing zero.
func entryName(b []byte) string {
	units := make([]uint16, 0, 32)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}
