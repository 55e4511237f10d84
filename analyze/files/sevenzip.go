package files

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/ulikunitz/xz/lzma"

	"reportascam/analyze"
)

const (
	// maxHeader7z is how large the list of a 7z archive may be once unpacked,
	// and maxDict7z the dictionary for it: 7-Zip takes no larger one for it.
	maxHeader7z = 4 << 20
	maxDict7z   = 16 << 20

	// maxItems7z bounds the numbers of folders, coders and streams that a list
	// may state, which cost memory before they are looked at.
	maxItems7z = 10000
)

// The marks in the list of a 7z archive (7zFormat.txt, "Property IDs").
const (
	endMark7z      = 0x00
	headerMark7z   = 0x01
	archiveMark7z  = 0x02
	addMark7z      = 0x03
	mainMark7z     = 0x04
	filesMark7z    = 0x05
	packMark7z     = 0x06
	unpackMark7z   = 0x07
	subMark7z      = 0x08
	sizeMark7z     = 0x09
	crcMark7z      = 0x0A
	folderMark7z   = 0x0B
	codersMark7z   = 0x0C
	splitMark7z    = 0x0D
	namesMark7z    = 0x11
	encodedMark7z  = 0x17
	signatureSize7 = 32
)

// sevenZip lists a 7z archive. What is in its files is not unpacked.
func (l *looker) sevenZip(f *found) {
	b := l.read(f.b)
	if len(b) < signatureSize7 {
		f.add(analyze.TraitBroken)
		return
	}
	at, size := binary.LittleEndian.Uint64(b[12:]), binary.LittleEndian.Uint64(b[20:])
	rest := b[signatureSize7:]
	if size == 0 {
		return // an archive of nothing
	}
	if at > uint64(len(rest)) || size > uint64(len(rest))-at {
		f.add(analyze.TraitBroken)
		return
	}
	r := &reader7z{b: rest[at : at+size]}
	if r.byte() == encodedMark7z {
		s := r.streams()
		if r.bad || len(s.coders) == 0 {
			f.add(analyze.TraitBroken)
			return
		}
		if s.locked() {
			f.add(analyze.TraitEncrypted, analyze.TraitNamesEncrypted)
			return
		}
		head, ok := l.header7z(s, rest)
		if !ok {
			f.add(analyze.TraitNotAllLooked)
			return
		}
		r = &reader7z{b: head}
		r.byte()
	} else {
		r = &reader7z{b: r.b, at: 1}
	}
	l.list7z(f, r)
}

// header7z unpacks the list of an archive.
func (l *looker) header7z(s streams7z, rest []byte) ([]byte, bool) {
	if len(s.packed) == 0 || len(s.unpacked) == 0 || s.at > uint64(len(rest)) || s.packed[0] > uint64(len(rest))-s.at {
		return nil, false
	}
	data := rest[s.at : s.at+s.packed[0]]
	c, size := s.coders[0], s.unpacked[0]
	limit := l.inflate(maxHeader7z)
	switch {
	case size > uint64(limit):
		return nil, false
	case string(c.id) == "\x00":
		return data, true
	case string(c.id) != "\x03\x01\x01" || len(c.props) != 5:
		return nil, false
	}
	// The classic header of LZMA: properties, dictionary, size. The dictionary
	// need not be larger than what comes out.
	dict := min(binary.LittleEndian.Uint32(c.props[1:]), uint32(max(size, lzma.MinDictCap)))
	head := append([]byte{c.props[0]}, binary.LittleEndian.AppendUint32(nil, dict)...)
	head = binary.LittleEndian.AppendUint64(head, size)
	z, err := lzma.ReaderConfig{DictCap: maxDict7z}.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(data)))
	if err != nil {
		return nil, false
	}
	out, _ := l.drain(z, int(size), int(size))
	return out, uint64(len(out)) == size
}

// list7z reads the list itself: which names there are, and whether they are
// encrypted.
func (l *looker) list7z(f *found, r *reader7z) {
	locked := false
	mark := r.byte()
	for ; !r.bad && mark != endMark7z && mark != filesMark7z; mark = r.byte() {
		switch mark {
		case archiveMark7z:
			r.properties()
		case addMark7z, mainMark7z:
			s := r.streams()
			locked = locked || s.locked()
		default:
			r.bad = true
		}
	}
	if locked {
		f.add(analyze.TraitEncrypted)
	}
	if mark != filesMark7z || r.bad {
		f.add(analyze.TraitBroken)
		return
	}
	r.number() // how many: the names tell
	for !r.bad {
		kind := r.byte()
		if kind == endMark7z && !r.bad {
			return
		}
		prop := r.take(r.number())
		if kind != namesMark7z || len(prop) < 1 {
			continue
		}
		for i, name := range names7z(prop[1:]) {
			if i >= maxDirectory || l.Files >= maxFiles {
				f.add(analyze.TraitNotAllLooked)
				return
			}
			if escapes(name) {
				f.add(analyze.TraitPathEscape)
			}
			l.hold(f, source{name: name, size: -1, locked: locked})
		}
	}
	f.add(analyze.TraitBroken)
}

// names7z splits names in UTF-16 that each end in a zero.
func names7z(b []byte) (out []string) {
	for len(b) >= 2 && len(out) <= maxDirectory {
		n := 0
		for n+1 < len(b) && (b[n] != 0 || b[n+1] != 0) {
			n += 2
		}
		out = append(out, wideText(append([]byte("\xFF\xFE"), b[:min(n, 2*maxNameRead)]...)))
		b = b[min(n+2, len(b)):]
	}
	return out
}
