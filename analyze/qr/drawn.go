package qr

import "strings"

const (
	// minRows is the fewest lines of a code that is drawn with half blocks: 21
	// modules, two a line.
	minRows = 11
	// maxRows bounds the lines of one drawing: version 40 has 177 modules.
	maxRows = 200
	// maxColumns bounds a line of a drawing, in characters: two a module.
	maxColumns = 400
	// maxDrawings bounds the drawings of one text that are tried.
	maxDrawings = 4
	// scale is how many pixels a module's half gets.
	scale = 3
	// quiet is the white margin around a drawing, in pixels.
	quiet = 8 * scale
)

// HasBlocks tells whether text has a character that FindDrawn looks for.
func HasBlocks(text string) bool {
	return strings.Contains(text, "█") || strings.Contains(text, "▀") || strings.Contains(text, "▄")
}

// FindDrawn gives what the codes say that are drawn in text with block
// characters (█ ▀ ▄ and spaces). Each stands for two squares, one above the
// other.
func FindDrawn(text string) ([]string, error) {
	if !HasBlocks(text) {
		return nil, nil
	}
	var found []string
	var rows [][]rune
	tried := 0
	var failed error
	flush := func() {
		if len(rows) >= minRows && tried < maxDrawings {
			tried++
			s, err := Find(fromBlocks(rows))
			if err != nil {
				failed = err
			}
			if s != "" {
				found = append(found, s)
			}
		}
		rows = rows[:0]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if len(line) > 3*maxColumns || !blocky(line) || len(rows) >= maxRows {
			flush()
			continue
		}
		rows = append(rows, []rune(line))
	}
	flush()
	return found, failed
}

// blocky reports a line of blocks and spaces alone.
func blocky(line string) bool {
	blocks := 0
	for _, r := range line {
		switch r {
		case '█', '▀', '▄':
			blocks++
		case ' ', '\u00a0', '\t', '\u2003':
		default:
			return false
		}
	}
	return blocks >= 1
}

func fromBlocks(rows [][]rune) Grey {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	cells := make([][]bool, 2*len(rows))
	for y, row := range rows {
		top, bottom := make([]bool, width), make([]bool, width)
		for x, r := range row {
			top[x] = r == '█' || r == '▀'
			bottom[x] = r == '█' || r == '▄'
		}
		cells[2*y], cells[2*y+1] = top, bottom
	}
	return Cells(cells)
}

// Cells draws a grid of squares, black where set, with a margin.
func Cells(cells [][]bool) Grey {
	width := 0
	for _, row := range cells {
		width = max(width, len(row))
	}
	g := Grey{Width: width*scale + 2*quiet, Height: len(cells)*scale + 2*quiet}
	g.Pixels = make([]byte, g.Width*g.Height)
	for i := range g.Pixels {
		g.Pixels[i] = 255
	}
	for y, row := range cells {
		for x, black := range row {
			if !black {
				continue
			}
			for dy := range scale {
				at := (quiet+y*scale+dy)*g.Width + quiet + x*scale
				for dx := range scale {
					g.Pixels[at+dx] = 0
				}
			}
		}
	}
	return g
}
