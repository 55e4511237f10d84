package links

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"reportascam/analyze/pdf"
	"reportascam/analyze/qr"
)

const (
	// maxPictures bounds the pictures of one original in which a code is
	// looked for.
	maxPictures = 12
	// maxPixels bounds what all of them have together: decoding takes some 15
	// ms a million.
	maxPixels = 16 << 20
	// maxInline bounds one picture that stands in the page itself, in octets
	// of BASE64.
	maxInline = 2 << 20
	// minPicture is the smallest file that holds a code, in octets.
	minPicture = 150
)

// scans are codes looked for in pictures, within bounds.
type scans struct {
	pictures, pixels int
	read             map[[sha256.Size]byte]bool // files that were looked at
	faults           []string
}

// picture looks for a code in a picture's file.
func (g *gatherer) picture(file []byte) {
	if len(file) < minPicture || g.scans.pictures >= maxPictures {
		return
	}
	n := qr.Size(file)
	if n == 0 || g.scans.pixels+n > maxPixels {
		return
	}
	sum := sha256.Sum256(file)
	if g.scans.read[sum] {
		return
	}
	if g.scans.read == nil {
		g.scans.read = map[[sha256.Size]byte]bool{}
	}
	g.scans.read[sum] = true
	g.scans.pictures++
	g.scans.pixels += n
	pic, ok, err := qr.Decode(file)
	if err != nil {
		g.scans.faults = append(g.scans.faults, err.Error())
	}
	if ok {
		g.scan(pic)
	}
}

func (g *gatherer) scan(pic qr.Grey) {
	text, err := qr.Find(pic)
	if err != nil {
		g.scans.faults = append(g.scans.faults, err.Error())
	}
	g.code(text)
}

// code takes what a code says: an address, or anything else by which the scam
// can be found again.
func (g *gatherer) code(text string) {
	text = strings.ToValidUTF8(strings.TrimSpace(text), "\uFFFD")
	if text == "" {
		return
	}
	if l, ok := ParseURL(text); ok && (l.Host != "" || l.Scheme == "mailto" || l.Scheme == "tel" || l.Scheme == "sms") {
		l.Source = "qr"
		g.add(l)
		return
	}
	g.text(text, "qr")
}

// pdfPictures looks for codes in the pictures of a PDF.
func (g *gatherer) pdfPictures(images []pdf.Image) {
	for _, i := range images {
		switch {
		case i.JPEG != nil:
			g.picture(i.JPEG)
		case g.scans.pictures < maxPictures && g.scans.pixels+i.Width*i.Height <= maxPixels:
			g.scans.pictures++
			g.scans.pixels += i.Width * i.Height
			g.scan(qr.Grey{Width: i.Width, Height: i.Height, Pixels: i.Pixels})
		}
	}
}

// inline looks for codes in the pictures that stand in the page itself.
func (g *gatherer) inline(pictures []string) {
	for _, s := range pictures {
		_, coded, ok := strings.Cut(s, ";base64,")
		if !ok || len(coded) > maxInline {
			continue
		}
		coded = strings.TrimRight(strings.Map(func(r rune) rune {
			if r <= ' ' {
				return -1
			}
			return r
		}, coded), "=")
		if b, err := base64.RawStdEncoding.DecodeString(coded); err == nil {
			g.picture(b)
		}
	}
}

// drawn looks for codes that are drawn with characters or table cells.
func (g *gatherer) drawn(text, src string) {
	texts := []string{text}
	if qr.HasBlocks(src) || strings.Contains(src, "&#96") || strings.Contains(src, "&#x258") {
		texts = append(texts, plainLines(src))
	}
	for _, t := range texts {
		found, err := qr.FindDrawn(t)
		if err != nil {
			g.scans.faults = append(g.scans.faults, err.Error())
		}
		for _, s := range found {
			g.code(s)
		}
	}
	for _, cells := range tableCells(src) {
		g.scan(qr.Cells(cells))
	}
}

// plainLines gives the text of a page as it stands: white space kept, a line
// end for each line.
func plainLines(src string) string {
	z := html.NewTokenizer(strings.NewReader(src[:min(len(src), maxHTML)]))
	var b strings.Builder
	for b.Len() < maxText {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			if n := string(name); n == "br" || isBlock(n) {
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

const (
	// minCells is the fewest cells of a table that draws a code: 21 by 21, of
	// which runs may be one cell.
	minCells = 200
	// maxSide bounds a table's rows and columns: version 40 has 177 modules.
	maxSide = 200
	// maxTables bounds the tables that are tried.
	maxTables = 4
)

// tableCells gives the grids of squares that tables draw by the colours of
// their cells.
func tableCells(src string) [][][]bool {
	src = src[:min(len(src), maxHTML)]
	if strings.Count(src, "<td")+strings.Count(src, "<TD") < minCells {
		return nil
	}
	var found [][][]bool
	var rows [][]bool
	z := html.NewTokenizer(strings.NewReader(src))
	for len(found) < maxTables {
		switch z.Next() {
		case html.ErrorToken:
			return keepGrid(found, rows)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			switch string(name) {
			case "table":
				found, rows = keepGrid(found, rows), nil
			case "tr":
				if len(rows) <= maxSide {
					rows = append(rows, nil)
				}
			case "td", "th":
				if len(rows) > 0 && len(rows[len(rows)-1]) <= maxSide {
					dark, span := cell(z, more)
					for range span {
						rows[len(rows)-1] = append(rows[len(rows)-1], dark)
					}
				}
			}
		}
	}
	return found
}

func keepGrid(found [][][]bool, rows [][]bool) [][][]bool {
	if len(rows) < 21 || len(rows) > maxSide {
		return found
	}
	dark := 0
	for _, r := range rows {
		for _, d := range r {
			if d {
				dark++
			}
		}
	}
	if dark < minCells/2 {
		return found
	}
	return append(found, rows)
}

// cell tells whether a cell is dark, and how many columns it spans.
func cell(z *html.Tokenizer, more bool) (dark bool, span int) {
	span = 1
	for n := 0; more && n < maxAttributes; n++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "bgcolor":
			dark = dark || darkColour(string(v))
		case "style":
			low := bytes.ToLower(v[:min(len(v), maxStyle)])
			if i := bytes.Index(low, []byte("background")); i >= 0 {
				if _, value, ok := strings.Cut(string(low[i:]), ":"); ok {
					value, _, _ = strings.Cut(value, ";")
					dark = dark || darkColour(value)
				}
			}
		case "colspan":
			if n, err := strconv.Atoi(string(v[:min(len(v), 4)])); err == nil {
				span = n
			}
			span = min(max(span, 1), maxSide)
		}
	}
	return dark, span
}

// darkColour reports a colour of less than half the brightness of white.
func darkColour(s string) bool {
	c := plainColour(s)
	if c == "" {
		return false
	}
	level := func(i int) int { return unhex(c[i])<<4 | unhex(c[i+1]) }
	return 299*level(0)+587*level(2)+114*level(4) < 1000*128
}
