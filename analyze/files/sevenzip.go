package files

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"

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
		if kind == endMark7z {
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

// reader7z reads the list's numbers. What does not fit makes it bad, and
// whatever is read after that is 0.
type reader7z struct {
	b   []byte
	at  int
	bad bool
}

func (r *reader7z) byte() byte {
	b := r.take(1)
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func (r *reader7z) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)-r.at) {
		r.bad = true
		return nil
	}
	b := r.b[r.at : r.at+int(n)]
	r.at += int(n)
	return b
}

// number reads a number: the leading ones of its first octet are how many
// octets follow.
func (r *reader7z) number() uint64 {
	first := r.byte()
	v, mask := uint64(0), byte(0x80)
	for i := range 8 {
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(r.byte()) << (8 * i)
		mask >>= 1
	}
	return v
}

// count reads a number of things that follow.
func (r *reader7z) count() int {
	n := r.number()
	if n > maxItems7z {
		r.bad = true
		return 0
	}
	return int(n)
}

// properties skips the properties of an archive.
func (r *reader7z) properties() {
	for !r.bad && r.byte() != endMark7z {
		r.take(r.number())
	}
}

type coder7z struct{ id, props []byte }

// streams7z is what a list says of packed streams.
type streams7z struct {
	at       uint64
	packed   []uint64
	unpacked []uint64
	coders   []coder7z
}

// locked tells whether one of the coders is 7-Zip's AES.
func (s *streams7z) locked() bool {
	return slices.ContainsFunc(s.coders, func(c coder7z) bool { return string(c.id) == "\x06\xF1\x07\x01" })
}

// streams reads a description of streams.
func (r *reader7z) streams() (s streams7z) {
	for !r.bad {
		switch r.byte() {
		case endMark7z:
			return s
		case packMark7z:
			s.at = r.number()
			n := r.count()
			for mark := r.byte(); !r.bad && mark != endMark7z; mark = r.byte() {
				switch mark {
				case sizeMark7z:
					for range n {
						s.packed = append(s.packed, r.number())
					}
				case crcMark7z:
					r.sums(n)
				default:
					r.bad = true
				}
			}
		case unpackMark7z:
			r.folders(&s)
		case subMark7z:
			r.skipSubStreams()
			return s
		default:
			r.bad = true
		}
	}
	return s
}

// sums skips the sums of n things, of which not all need have one.
func (r *reader7z) sums(n int) {
	if r.byte() == 0 {
		set := r.take(uint64(n+7) / 8)
		n = 0
		for _, c := range set {
			for ; c != 0; c &= c - 1 {
				n++
			}
		}
	}
	r.take(uint64(4 * n))
}

// folders reads the coders and the sizes.
func (r *reader7z) folders(s *streams7z) {
	folders, outs := 0, 0
	for mark := r.byte(); !r.bad && mark != endMark7z; mark = r.byte() {
		switch mark {
		case folderMark7z:
			folders = r.count()
			if r.byte() != 0 { // the folders stand in another stream
				r.bad = true
			}
			for n := 0; n < folders && !r.bad; n++ {
				outs += r.folder(s)
			}
		case codersMark7z:
			for n := 0; n < outs && !r.bad; n++ {
				s.unpacked = append(s.unpacked, r.number())
			}
		case crcMark7z:
			r.sums(folders)
		default:
			r.bad = true
		}
	}
}

// folder reads one folder: its coders and how they are bound together.
func (r *reader7z) folder(s *streams7z) (outs int) {
	coders := r.number()
	if coders > 32 || len(s.coders) > maxItems7z {
		r.bad = true
		return 0
	}
	ins := 0
	for n := uint64(0); n < coders && !r.bad; n++ {
		flags := r.byte()
		c := coder7z{id: r.take(uint64(flags & 15))}
		in, out := 1, 1
		if flags&0x10 != 0 {
			in, out = r.count(), r.count()
		}
		if flags&0x20 != 0 {
			c.props = r.take(r.number())
		}
		s.coders = append(s.coders, c)
		ins += in
		outs += out
	}
	if outs > maxItems7z || ins > maxItems7z {
		r.bad = true
		return 0
	}
	bound := max(0, outs-1)
	for range 2 * bound {
		r.number()
	}
	if loose := ins - bound; loose > 1 {
		for range loose {
			r.number()
		}
	}
	return outs
}

// skipSubStreams leaves out how a folder is split into files: the names of the
// files follow behind it. It is the last part of its description, and its
// length is not stated, so that the list of files is looked for.
func (r *reader7z) skipSubStreams() {
	// 05, a number of files, then properties of which the names are one: found
	// by the first mark behind which properties can be read up to the end.
	for at := r.at; at < len(r.b); at++ {
		if r.b[at] != filesMark7z {
			continue
		}
		t := reader7z{b: r.b, at: at + 1}
		n := t.number()
		named := false
		for k := 0; !t.bad && k < 32; k++ {
			kind := t.byte()
			if kind == endMark7z {
				break
			}
			prop := t.take(t.number())
			named = named || kind == namesMark7z && uint64(len(prop)) > 2*n
		}
		if named && !t.bad {
			r.at = at
			return
		}
	}
	r.bad = true
}
