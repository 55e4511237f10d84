package cms

import "fmt"

const (
	// maxDepth is of elements in elements: on the way to the content there
	// are seven, and pieces are in one or two more.
	maxDepth = 16

	// maxElements bounds the elements read in all: a message in pieces of 1 KiB
	// has 40,000 of them at 40 MiB, and each is read once for every element of
	// indefinite length around it.
	maxElements = 1_000_000
)

// element is one BER element.
type element struct {
	tag  byte
	body []byte // content, without the end mark of an indefinite length
}

// reader counts what was read.
type reader struct{ elements int }

// expect is next where only one tag will do.
func (r *reader) expect(b []byte, tag byte) (element, []byte, error) {
	e, rest, err := r.next(b)
	if err == nil && e.tag != tag {
		err = fmt.Errorf("%w: tag %#x in place of %#x", ErrMalformed, e.tag, tag)
	}
	return e, rest, err
}

// next reads the first element of b and gives what follows it (X.690 section
// 8.1).
func (r *reader) next(b []byte) (element, []byte, error) {
	tag, head, size, err := r.header(b)
	if err != nil {
		return element{}, nil, err
	}
	if size < 0 {
		end, err := r.skipIndefinite(b[head:])
		if err != nil {
			return element{}, nil, err
		}
		return element{tag, b[head : head+end]}, b[head+end+2:], nil
	}
	return element{tag, b[head : head+size]}, b[head+size:], nil
}

// header reads tag and length; size is -1 for an indefinite one. A definite
// size is within b: QUIRK: signers cut short by a transport leave the outer
// lengths too large, and the content is there all the same.
func (r *reader) header(b []byte) (tag byte, head, size int, err error) {
	if r.elements++; r.elements > maxElements {
		return 0, 0, 0, fmt.Errorf("%w: too many elements", ErrMalformed)
	}
	if len(b) < 2 || b[0]&0x1F == 0x1F {
		return 0, 0, 0, fmt.Errorf("%w: cut short", ErrMalformed)
	}
	tag = b[0]
	switch n := int(b[1]); {
	case n < 0x80:
		head, size = 2, n
	case n == 0x80:
		if tag&0x20 == 0 {
			return 0, 0, 0, fmt.Errorf("%w: indefinite length of a primitive", ErrMalformed)
		}
		return tag, 2, -1, nil
	default:
		n &= 0x7F
		if n > 4 || len(b) < 2+n {
			return 0, 0, 0, fmt.Errorf("%w: length", ErrMalformed)
		}
		for _, c := range b[2 : 2+n] {
			size = size<<8 | int(c)
		}
		head = 2 + n
	}
	if size > len(b)-head {
		if tag&0x20 == 0 {
			return 0, 0, 0, fmt.Errorf("%w: cut short", ErrMalformed)
		}
		size = len(b) - head
	}
	return tag, head, size, nil
}

// skipIndefinite gives the size of the content of an element of indefinite
// length, whose end mark of two zero octets follows. It keeps its own stack:
// how deep elements are is the sender's to choose, and each is read once.
func (r *reader) skipIndefinite(b []byte) (int, error) {
	open, pos := 1, 0
	for {
		if pos+2 <= len(b) && b[pos] == 0 && b[pos+1] == 0 {
			if open--; open == 0 {
				return pos, nil
			}
			pos += 2
			continue
		}
		_, head, size, err := r.header(b[pos:])
		if err != nil {
			return 0, err
		}
		if size < 0 {
			if open++; open > maxDepth {
				return 0, fmt.Errorf("%w: too deep", ErrMalformed)
			}
			size = 0
		}
		pos += head + size
	}
}
