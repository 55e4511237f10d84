package qr

import "github.com/makiuchi-d/gozxing"

const (
	// maxCorners is how many corner patterns may be seen: three are a code's,
	// and text and photographs show a few more.
	maxCorners = 60
	// maxSeen bounds the corners that are told apart.
	maxSeen = 200
)

// spot is a place where a corner pattern was seen.
type spot struct{ x, y, size int }

// corners counts the corner patterns: runs of 1:1:3:1:1, black first, across
// and down. It tells as well whether there is one of white first.
func corners(bits *gozxing.BitMatrix) (black int, white bool) {
	w, h := bits.GetWidth(), bits.GetHeight()
	var seen []spot
	var row *gozxing.BitArray
	for y := range h {
		row = bits.GetRow(y, row)
		// Runs of either colour by turns, the last at the end; the first is
		// white, and empty where the row begins in black.
		var run [5]int
		for x, n := 0, 0; x < w; {
			start := row.GetNextSet(x)
			copy(run[:], run[1:])
			run[4] = start - x
			if n >= 4 && !white && pattern(run) {
				at := middle(run, start, y)
				white = down(bits, at, false)
			}
			if start >= w {
				break
			}
			x = row.GetNextUnset(start)
			copy(run[:], run[1:])
			run[4] = x - start
			if n += 2; n < 5 || !pattern(run) {
				continue
			}
			at := middle(run, x, y)
			if !known(seen, at) && down(bits, at, true) {
				if seen = append(seen, at); len(seen) >= maxSeen {
					return len(seen), white
				}
			}
		}
	}
	return len(seen), white
}

// middle gives the middle of five runs that end before x.
func middle(r [5]int, x, y int) spot {
	total := r[0] + r[1] + r[2] + r[3] + r[4]
	return spot{x - total/2, y, total}
}

// pattern reports five runs of 1:1:3:1:1, each within half a module.
func pattern(r [5]int) bool {
	total := r[0] + r[1] + r[2] + r[3] + r[4]
	if total < 7 {
		return false
	}
	for i, want := range [5]int{1, 1, 3, 1, 1} {
		if d := 14*r[i] - 2*want*total; r[i] == 0 || d > want*total || d < -want*total {
			return false
		}
	}
	return true
}

func known(seen []spot, at spot) bool {
	for _, s := range seen {
		if abs(s.x-at.x) <= s.size/2 && abs(s.y-at.y) <= s.size {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// down checks the pattern in the column through its middle, which is black or
// white.
func down(bits *gozxing.BitMatrix, at spot, black bool) bool {
	var up, below [3]int
	if bits.Get(at.x, at.y) != black {
		return false
	}
	for side, step := range []int{-1, 1} {
		runs, i := &up, 0
		if side == 1 {
			runs = &below
		}
		for y := at.y + step; y >= 0 && y < bits.GetHeight() && abs(y-at.y) <= at.size; y += step {
			if bits.Get(at.x, y) != (black == (i%2 == 0)) {
				if i++; i == 3 {
					break
				}
			}
			runs[i]++
		}
	}
	return pattern([5]int{up[2], up[1], up[0] + below[0] + 1, below[1], below[2]})
}

// source hands a picture to the library without a copy, which it does not
// change.
type source struct {
	gozxing.LuminanceSourceBase
	pixels []byte
}

func newSource(g Grey) *source {
	return &source{gozxing.LuminanceSourceBase{Width: g.Width, Height: g.Height}, g.Pixels[:g.Width*g.Height]}
}

func (s *source) GetRow(y int, row []byte) ([]byte, error) {
	return append(row[:0], s.pixels[y*s.Width:(y+1)*s.Width]...), nil
}

func (s *source) GetMatrix() []byte { return s.pixels }

func (s *source) Invert() gozxing.LuminanceSource { return gozxing.LuminanceSourceInvert(s) }

func (s *source) String() string { return gozxing.LuminanceSourceString(s) }
