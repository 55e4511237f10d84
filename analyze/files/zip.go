package files

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"sort"
)

// The records of a zip archive (APPNOTE sections 4.3.7, 4.3.12, 4.3.14 and
// 4.3.16).
const (
	zipLocal  = "PK\x03\x04"
	zipEntry  = "PK\x01\x02"
	zipEnd    = "PK\x05\x06"
	zipEnd64  = "PK\x06\x06"
	localSize = 30
	entrySize = 46
	endSize   = 22

	// maxComment is the longest comment behind the directory's end.
	maxComment = 1<<16 - 1

	flagLocked     = 1 << 0
	flagDescriptor = 1 << 3
	flagMasked     = 1 << 13

	methodStore   = 0
	methodDeflate = 8
)

// zipFile is one entry of an archive's directory.
type zipFile struct {
	name         string
	flags        uint16
	method       uint16
	packed, size int64
	at           int64 // of its own header
}

func (z *zipFile) locked() bool { return z.flags&flagLocked != 0 }

// zipDirectory is what an archive says it holds.
type zipDirectory struct {
	b           []byte
	entries     []zipFile // at most maxDirectory
	more        bool      // than maxDirectory
	rebuilt     bool      // there is no directory: the entries were looked for
	overlapping bool
	twoFaced    bool
	masked      bool // names are encrypted
}

// readZip reads the directory of an archive; where there is none, and rebuild
// says so, the entries themselves. The standard library's reader keeps whatever an archive lists,
// and gives up on the first fault.
func readZip(b []byte, rebuild bool) *zipDirectory {
	z := &zipDirectory{b: b}
	from := max(0, len(b)-maxComment-endSize)
	if end := bytes.LastIndex(b[from:], []byte(zipEnd)); end >= 0 && len(b)-from-end >= endSize {
		z.directory(from + end)
	}
	if len(z.entries) == 0 && rebuild {
		z.rebuild()
	}
	z.compare()
	return z
}

// directory reads the entries that the record at end points to.
func (z *zipDirectory) directory(end int) {
	b := z.b
	size, start := int64(binary.LittleEndian.Uint32(b[end+12:])), int64(binary.LittleEndian.Uint32(b[end+16:]))
	if start == 0xFFFFFFFF || size == 0xFFFFFFFF {
		at := bytes.LastIndex(b[max(0, end-512):end], []byte(zipEnd64))
		if at < 0 || end-max(0, end-512)-at < 56 {
			return
		}
		r := b[max(0, end-512)+at:]
		size, start = int64(binary.LittleEndian.Uint64(r[40:])), int64(binary.LittleEndian.Uint64(r[48:]))
		end = max(0, end-512) + at
	}
	if size < 0 || start < 0 || size > int64(end) {
		return
	}
	// What stands in front of the archive shifts all its offsets.
	shift := int64(end) - size - start
	if shift < 0 || shift > int64(end) {
		shift = 0
	}
	at := start + shift
	for at >= 0 && at+entrySize <= int64(len(b)) && string(b[at:at+4]) == zipEntry {
		if len(z.entries) >= maxDirectory {
			z.more = true
			return
		}
		f, n := readEntry(b[at:])
		f.at += shift
		z.entries = append(z.entries, f)
		at += n
	}
}

// readEntry reads one entry of a directory, and how long it is.
func readEntry(b []byte) (zipFile, int64) {
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	u32 := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	f := zipFile{flags: uint16(u16(8)), method: uint16(u16(10)), packed: u32(20), size: u32(24), at: u32(42)}
	name, extra, comment := u16(28), u16(30), u16(32)
	rest := b[entrySize:]
	f.name = bothEnds(rest[:min(name, len(rest))])
	rest = rest[min(name, len(rest)):]
	f.wide(rest[:min(extra, len(rest))])
	return f, int64(entrySize + name + extra + comment)
}

// wide reads the sizes that do not fit into 32 bits (APPNOTE section 4.5.3).
func (f *zipFile) wide(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		v := extra[:min(n, len(extra))]
		extra = extra[len(v):]
		if id != 1 {
			continue
		}
		for _, p := range []*int64{&f.size, &f.packed, &f.at} {
			if *p == 0xFFFFFFFF && len(v) >= 8 {
				*p = max(0, int64(binary.LittleEndian.Uint64(v)))
				v = v[8:]
			}
		}
	}
}

// rebuild looks for the entries of an archive without a directory. Each search
// begins where the last one ended.
func (z *zipDirectory) rebuild() {
	z.rebuilt = true
	at := 0
	for {
		i := bytes.Index(z.b[at:], []byte(zipLocal))
		if i < 0 || len(z.b)-at-i < localSize {
			return
		}
		at += i
		if len(z.entries) >= maxDirectory {
			z.more = true
			return
		}
		h := z.b[at:]
		f := zipFile{flags: binary.LittleEndian.Uint16(h[6:]), method: binary.LittleEndian.Uint16(h[8:]), at: int64(at),
			packed: int64(binary.LittleEndian.Uint32(h[18:])), size: int64(binary.LittleEndian.Uint32(h[22:]))}
		name := h[localSize:]
		f.name = bothEnds(name[:min(int(binary.LittleEndian.Uint16(h[26:])), len(name))])
		if f.flags&flagDescriptor != 0 && f.packed == 0 {
			f.packed, f.size = int64(len(h)), 0 // as far as the data itself goes
		}
		z.entries = append(z.entries, f)
		at += localSize
		if f.flags&flagDescriptor == 0 && f.packed <= int64(len(z.b)-at) {
			at += int(f.packed)
		}
	}
}

// compare looks whether entries share their bytes, and whether the directory
// names them otherwise than they do themselves.
func (z *zipDirectory) compare() {
	order := make([]int, len(z.entries))
	for i := range order {
		order[i] = i
		f := &z.entries[i]
		z.masked = z.masked || f.flags&flagMasked != 0 && f.locked()
		if own, ok := z.ownName(f); ok && !z.masked && ending(own) != ending(f.name) {
			z.twoFaced = true
		}
	}
	sort.Slice(order, func(a, b int) bool { return z.entries[order[a]].at < z.entries[order[b]].at })
	end := int64(-1)
	for _, i := range order {
		f := &z.entries[i]
		if z.rebuilt && f.flags&flagDescriptor != 0 {
			continue
		}
		if f.at < end {
			z.overlapping = true
		}
		end = max(end, f.at+localSize+f.packed)
	}
}

// ownName gives the name that an entry's own header has.
func (z *zipDirectory) ownName(f *zipFile) (string, bool) {
	if f.at < 0 || f.at+localSize > int64(len(z.b)) || string(z.b[f.at:f.at+4]) != zipLocal {
		return "", false
	}
	n := int64(binary.LittleEndian.Uint16(z.b[f.at+26:]))
	name := z.b[f.at+localSize:]
	return bothEnds(name[:min(n, int64(len(name)))]), true
}

// data gives the bytes of an entry as they are packed; nil where it points
// nowhere.
func (z *zipDirectory) data(f *zipFile) []byte {
	if f.at < 0 || f.at+localSize > int64(len(z.b)) || string(z.b[f.at:f.at+4]) != zipLocal {
		return nil
	}
	h := z.b[f.at:]
	skip := int64(localSize) + int64(binary.LittleEndian.Uint16(h[26:])) + int64(binary.LittleEndian.Uint16(h[28:]))
	if skip >= int64(len(h)) {
		return nil
	}
	h = h[skip:]
	return h[:max(0, min(f.packed, int64(len(h))))]
}

// unpack gives the content of an entry, at most limit octets of it, and
// whether that is all.
func (l *looker) unpack(z *zipDirectory, f *zipFile, limit int) (b []byte, whole bool) {
	data := z.data(f)
	switch f.method {
	case methodStore:
		b = data[:min(len(data), limit)]
		l.Read += len(b) / 16
		return b, len(b) == len(data) && len(data) > 0
	case methodDeflate:
		limit = l.inflate(limit)
		if limit == 0 || len(data) == 0 {
			return nil, false
		}
		return l.drain(flate.NewReader(bytes.NewReader(data)), limit, int(min(f.size, int64(limit))))
	}
	return nil, false
}

// drain reads what a decompressor gives, at most limit octets, and whether
// that was all. What it claims to give only sizes the buffer.
func (l *looker) drain(r io.Reader, limit, claim int) (b []byte, whole bool) {
	const firstBuffer = 64 << 10
	var out bytes.Buffer
	out.Grow(max(512, min(claim, limit, firstBuffer)))
	n, err := io.Copy(&out, io.LimitReader(r, int64(limit)))
	l.Inflated += int(n)
	if err != nil {
		return out.Bytes(), false
	}
	var one [1]byte
	extra, _ := io.ReadFull(r, one[:])
	return out.Bytes(), extra == 0
}
