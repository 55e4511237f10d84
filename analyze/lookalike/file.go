package lookalike

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// An index file holds the arrays of an index as they lie in memory, in little
// endian, each after its length, and a CRC-32 (Castagnoli) of all of it. The
// version changes with the layout and with what names fold to.
const (
	fileMagic   = "reportascam lookalike index\n"
	fileVersion = 1
	// maxFile bounds an index file, in octets: four million labels need half.
	maxFile = 1 << 30
	// chunk is how many octets are read or written at once.
	chunk = 1 << 16
)

// ErrFile is returned for what is no index file, or a damaged one, or one of
// another version of the program.
var ErrFile = errors.New("lookalike: no index file of this version")

// IsIndexFile reports whether a file that begins so claims to be an index.
func IsIndexFile(head []byte) bool {
	return len(head) >= len(fileMagic) && string(head[:len(fileMagic)]) == fileMagic
}

// HeadLen is how much of a file IsIndexFile needs, in octets.
const HeadLen = len(fileMagic)

func (x *Index) hashes() []*buckets {
	return []*buckets{&x.skel, &x.del, &x.word, &x.far, &x.loose, &x.sound, &x.combo}
}

// Write writes the index as a file that Read takes. What was joined by With is
// left out.
func (x *Index) Write(w io.Writer) error {
	buf := bufio.NewWriterSize(w, chunk)
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	f := &fileWriter{w: io.MultiWriter(buf, sum)}
	f.bytes([]byte(fileMagic))
	f.number(fileVersion)
	many := uint64(0)
	if x.many {
		many = 1
	}
	f.number(many)
	f.number(uint64(len(x.brands)))
	for i, b := range x.brands {
		f.string(b)
		sole := uint64(0)
		if x.sole[i] {
			sole = 1
		}
		f.number(sole)
	}
	f.string(x.blob)
	writeSlice(f, x.start)
	writeSlice(f, x.size)
	writeSlice(f, x.rank)
	writeSlice(f, x.brand)
	writeSlice(f, x.group)
	for _, b := range x.hashes() {
		f.number(uint64(b.shift))
		writeSlice(f, b.start)
		writeSlice(f, b.ids)
	}
	writeSlice(f, x.heads[:])
	if f.err == nil {
		f.err = binary.Write(buf, binary.LittleEndian, sum.Sum32())
	}
	if f.err == nil {
		f.err = buf.Flush()
	}
	if f.err != nil {
		return fmt.Errorf("writing the index: %w", f.err)
	}
	return nil
}

// fileWriter writes until something fails.
type fileWriter struct {
	w   io.Writer
	err error
}

func (f *fileWriter) bytes(b []byte) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
}

func (f *fileWriter) number(n uint64) { f.bytes(binary.LittleEndian.AppendUint64(nil, n)) }

func (f *fileWriter) string(s string) {
	f.number(uint64(len(s)))
	if f.err == nil {
		_, f.err = io.WriteString(f.w, s)
	}
}

// element is what the arrays hold.
type element interface {
	uint8 | uint16 | uint32 | uint64
}

func writeSlice[T element](f *fileWriter, s []T) {
	f.number(uint64(len(s)))
	for part := range slices.Chunk(s, chunk/8) {
		if f.err == nil {
			f.err = binary.Write(f.w, binary.LittleEndian, part)
		}
	}
}

// Read reads an index that Write wrote. Its error wraps ErrFile where the file
// is not one.
func Read(r io.Reader) (*Index, error) {
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	in := bufio.NewReaderSize(io.LimitReader(r, maxFile), chunk)
	f := &fileReader{r: io.TeeReader(in, sum)}
	if head := f.bytes(uint64(HeadLen)); !IsIndexFile(head) || f.number() != fileVersion {
		return nil, ErrFile
	}
	x := &Index{many: f.number() == 1}
	brands := f.number()
	for i := uint64(0); i < brands && i < 1<<16 && f.err == nil; i++ {
		x.brands = append(x.brands, string(f.bytes(f.number())))
		x.sole = append(x.sole, f.number() == 1)
	}
	x.blob = string(f.bytes(f.number()))
	x.start, x.size, x.rank, x.brand, x.group = readSlice[uint32](f), readSlice[uint8](f), readSlice[uint16](f), readSlice[uint16](f), readSlice[uint32](f)
	for _, b := range x.hashes() {
		b.shift = uint(f.number())
		b.start, b.ids = readSlice[uint32](f), readSlice[uint32](f)
	}
	heads := readSlice[uint64](f)
	want := sum.Sum32()
	var got uint32
	if f.err == nil {
		f.err = binary.Read(in, binary.LittleEndian, &got)
	}
	switch {
	case f.err != nil:
		return nil, fmt.Errorf("reading the index: %w: %w", ErrFile, f.err)
	case got != want || copy(x.heads[:], heads) != len(x.heads) || len(heads) != len(x.heads) || !x.coherent():
		return nil, fmt.Errorf("reading the index: %w: it is damaged", ErrFile)
	}
	return x, nil
}

// fileReader reads until something fails.
type fileReader struct {
	r   io.Reader
	err error
}

// bytes reads n octets, growing as they come: a length that lies costs nothing.
func (f *fileReader) bytes(n uint64) []byte {
	if f.err == nil && n > maxFile {
		f.err = errors.New("a length beyond all bounds")
	}
	if f.err != nil {
		return nil
	}
	var out []byte
	for uint64(len(out)) < n && f.err == nil {
		at := len(out)
		grow := int(min(n-uint64(at), max(chunk, uint64(at))))
		out = slices.Grow(out, grow)[:at+grow]
		_, f.err = io.ReadFull(f.r, out[at:])
	}
	return out
}

func (f *fileReader) number() uint64 {
	b := f.bytes(8)
	if len(b) < 8 {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func readSlice[T element](f *fileReader) []T {
	n := f.number()
	var one T
	width := uint64(binary.Size(one))
	if f.err == nil && n > maxFile/width {
		f.err = errors.New("a length beyond all bounds")
	}
	// Grown as it is read, up to a first guess that a lie cannot make large.
	out := make([]T, 0, min(n, 1<<20))
	buf := make([]byte, chunk)
	for left := n; left > 0 && f.err == nil; {
		part := buf[:min(left, chunk/width)*width]
		if _, f.err = io.ReadFull(f.r, part); f.err != nil {
			break
		}
		out = decodeWords(out, part)
		left -= uint64(len(part)) / width
		if uint64(cap(out)-len(out)) < min(left, chunk) {
			out = slices.Grow(out, int(min(left, uint64(len(out)))))
		}
	}
	return out
}

// decodeWords appends the little-endian words of b.
func decodeWords[T element](out []T, b []byte) []T {
	var one T
	switch any(one).(type) {
	case uint8:
		for _, c := range b {
			out = append(out, T(c))
		}
	case uint16:
		for ; len(b) >= 2; b = b[2:] {
			out = append(out, T(binary.LittleEndian.Uint16(b)))
		}
	case uint32:
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, T(binary.LittleEndian.Uint32(b)))
		}
	case uint64:
		for ; len(b) >= 8; b = b[8:] {
			out = append(out, T(binary.LittleEndian.Uint64(b)))
		}
	}
	return out
}

// coherent reports whether the arrays fit each other, so that no look-up leaves
// them.
func (x *Index) coherent() bool {
	domains, groups := len(x.size), len(x.group)-1
	if len(x.brands) == 0 || len(x.start) != domains+1 || len(x.rank) != domains || len(x.brand) != domains || groups < 0 || groups > maxGroups {
		return false
	}
	if !rising(x.start, len(x.blob)) || !rising(x.group, domains) || groups > 0 && x.group[0] != 0 {
		return false
	}
	for i := range domains {
		if n := int(x.size[i] &^ sharedBit); n == 0 || uint32(n) >= x.start[i+1]-x.start[i] || int(x.brand[i]) >= len(x.brands) {
			return false
		}
	}
	for g := range groups {
		if x.group[g] == x.group[g+1] {
			return false
		}
	}
	for _, b := range x.hashes() {
		if !b.fits(groups) {
			return false
		}
	}
	return true
}

// rising reports offsets that never fall and end at end.
func rising(s []uint32, end int) bool {
	return len(s) > 0 && slices.IsSorted(s) && int(s[len(s)-1]) == end
}

// fits reports buckets of which none leads out of groups groups.
func (b *buckets) fits(groups int) bool {
	if len(b.ids) == 0 {
		return true
	}
	if b.shift < 32 || b.shift > 64 || len(b.start) != 1<<(64-b.shift)+1 || !rising(b.start, len(b.ids)) {
		return false
	}
	for _, id := range b.ids {
		if int(id&(maxGroups-1)) >= groups {
			return false
		}
	}
	return true
}
