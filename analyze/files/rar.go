package files

import (
	"encoding/binary"
	"strings"

	"reportascam/analyze"
)

// rar lists a RAR archive; what is in its files is looked at only where it is
// stored and not compressed.
func (l *looker) rar(f *found) {
	b := l.read(f.b)
	if strings.HasPrefix(string(b[:min(len(b), 8)]), "Rar!\x1A\x07\x01\x00") {
		l.rar5(f, b[8:])
		return
	}
	l.rar4(f, b[min(7, len(b)):])
}

// rarFile lists one file of an archive.
func (l *looker) rarFile(f *found, s source, data []byte, stored bool) bool {
	if l.Files >= maxFiles {
		f.add(analyze.TraitNotAllLooked)
		return false
	}
	if escapes(s.name) {
		f.add(analyze.TraitPathEscape)
	}
	if s.locked {
		f.add(analyze.TraitEncrypted)
	} else if stored {
		s.content = data[:min(len(data), maxEntry)]
		s.cut = int64(len(s.content)) < s.size
	}
	l.hold(f, s)
	return true
}

// rar4 reads the blocks of the older format: sum, type, flags, size, and for
// files the sizes and the name.
func (l *looker) rar4(f *found, b []byte) {
	const (
		mainBlock, fileBlock, endBlock = 0x73, 0x74, 0x7B
		hasData, hasHigh, fileLocked   = 0x8000, 0x100, 0x04
		volume, headersLocked          = 0x01, 0x80
		folder                         = 0xE0
	)
	for n := 0; len(b) >= 7; n++ {
		kind, flags, size := b[2], binary.LittleEndian.Uint16(b[3:]), int(binary.LittleEndian.Uint16(b[5:]))
		if size < 7 || size > len(b) || n >= maxDirectory {
			f.add(analyze.TraitBroken)
			return
		}
		head := b[:size]
		data := int64(0)
		if flags&hasData != 0 && size >= 11 {
			data = int64(binary.LittleEndian.Uint32(head[7:]))
		}
		switch kind {
		case mainBlock:
			if flags&volume != 0 {
				f.add(analyze.TraitSplit)
			}
			if flags&headersLocked != 0 {
				f.add(analyze.TraitEncrypted, analyze.TraitNamesEncrypted)
				return
			}
		case fileBlock:
			if size < 32 {
				f.add(analyze.TraitBroken)
				return
			}
			at := 32
			full := int64(binary.LittleEndian.Uint32(head[11:]))
			if flags&hasHigh != 0 && size >= 40 {
				data += int64(binary.LittleEndian.Uint32(head[32:])&0x7FFFFFFF) << 32
				full += int64(binary.LittleEndian.Uint32(head[36:])&0x7FFFFFFF) << 32
				at = 40
			}
			name := head[at:min(at+int(binary.LittleEndian.Uint16(head[26:])), size)]
			plain, _, _ := strings.Cut(string(name), "\x00") // a UTF-16 form follows
			content := b[size:]
			content = content[:max(0, min(data, int64(len(content))))]
			if flags&folder != folder && !l.rarFile(f, source{name: plain, size: full, locked: flags&fileLocked != 0}, content, head[25] == 0x30) {
				return
			}
		case endBlock:
			return
		}
		if data < 0 || data > int64(len(b)-size) {
			f.add(analyze.TraitBroken)
			return
		}
		b = b[size+int(data):]
	}
}

// rar5 reads the blocks of the newer format, whose numbers have seven bits an
// octet.
func (l *looker) rar5(f *found, b []byte) {
	const (
		mainBlock, fileBlock, cryptBlock, endBlock = 1, 2, 4, 5
		hasExtra, hasData                          = 1, 2
		fileFolder, fileTime, fileSum              = 1, 2, 4
		extraCrypt                                 = 1
	)
	for n := 0; len(b) > 7; n++ {
		r := readerRAR{b: b[4:]}
		size := r.number()
		if r.bad || size > uint64(len(r.b)) || size == 0 || n >= maxDirectory {
			f.add(analyze.TraitBroken)
			return
		}
		rest := r.b[size:]
		h := readerRAR{b: r.b[:size]}
		kind, flags := h.number(), h.number()
		extra, data := uint64(0), uint64(0)
		if flags&hasExtra != 0 {
			extra = h.number()
		}
		if flags&hasData != 0 {
			data = h.number()
		}
		if h.bad || data > uint64(len(rest)) || extra > uint64(len(h.b)) {
			f.add(analyze.TraitBroken)
			return
		}
		switch kind {
		case cryptBlock:
			f.add(analyze.TraitEncrypted, analyze.TraitNamesEncrypted)
			return
		case mainBlock:
			if h.number()&1 != 0 {
				f.add(analyze.TraitSplit)
			}
		case fileBlock:
			locked := crypted(h.b[uint64(len(h.b))-extra:])
			ff, full := h.number(), h.number()
			h.number() // attributes
			h.skip(ff&fileTime != 0, 4)
			h.skip(ff&fileSum != 0, 4)
			method := h.number()
			h.number() // system
			name := h.take(h.number())
			if h.bad {
				f.add(analyze.TraitBroken)
				return
			}
			if ff&fileFolder == 0 && !l.rarFile(f, source{name: bothEnds(name), size: int64(min(full, 1<<50)), locked: locked}, rest[:data], method>>7&7 == 0) {
				return
			}
		case endBlock:
			return
		}
		b = rest[data:]
	}
}

// crypted tells whether the extra area of a file has its encryption record.
func crypted(extra []byte) bool {
	r := readerRAR{b: extra}
	for !r.bad && len(r.b) > 0 {
		rec := readerRAR{b: r.take(r.number())}
		if rec.number() == 1 && !rec.bad {
			return true
		}
	}
	return false
}

// readerRAR reads numbers of seven bits an octet.
type readerRAR struct {
	b   []byte
	bad bool
}

func (r *readerRAR) number() uint64 {
	v := uint64(0)
	for i := 0; i < 10 && i < len(r.b); i++ {
		v |= uint64(r.b[i]&0x7F) << (7 * i)
		if r.b[i]&0x80 == 0 {
			r.b = r.b[i+1:]
			return v
		}
	}
	r.bad = true
	return 0
}

func (r *readerRAR) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *readerRAR) skip(is bool, n uint64) {
	if is {
		r.take(n)
	}
}
