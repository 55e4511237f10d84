package files

import "slices"

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
	folders  int
	summed   []bool // by folder: has a sum
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
			r.subStreams(&s)
		default:
			r.bad = true
		}
	}
	return s
}

// sums skips the sums of n things, of which not all need have one, and gives
// which have.
func (r *reader7z) sums(n int) []bool {
	has := make([]bool, n)
	have := n
	if r.byte() == 0 {
		set := r.take(uint64(n+7) / 8)
		have = 0
		for i := range has {
			if has[i] = i/8 < len(set) && set[i/8]>>(7-i%8)&1 == 1; has[i] {
				have++
			}
		}
	} else {
		for i := range has {
			has[i] = true
		}
	}
	r.take(uint64(4 * have))
	return has
}

// folders reads the coders and the sizes.
func (r *reader7z) folders(s *streams7z) {
	folders, outs := 0, 0
	defer func() {
		s.folders = folders
		if len(s.summed) != folders {
			s.summed = make([]bool, folders)
		}
	}()
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
			s.summed = r.sums(folders)
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

// subStreams skips how the folders are split into files.
func (r *reader7z) subStreams(s *streams7z) {
	counts := make([]int, s.folders)
	for i := range counts {
		counts[i] = 1
	}
	var all int
	for mark := r.byte(); !r.bad && mark != endMark7z; mark = r.byte() {
		switch mark {
		case splitMark7z:
			all = 0
			for i := range counts {
				counts[i] = r.count()
				if all += counts[i]; all > maxItems7z {
					r.bad = true
					return
				}
			}
		case sizeMark7z:
			for _, n := range counts {
				for k := 1; k < n; k++ {
					r.number() // the last one is what is left
				}
			}
		case crcMark7z:
			unknown := 0
			for i, n := range counts {
				if n != 1 || !s.summed[i] {
					unknown += n
				}
			}
			r.sums(unknown)
		default:
			r.bad = true
		}
	}
}
