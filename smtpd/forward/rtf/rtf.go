package rtf

import (
	"bytes"
	"errors"
	"strings"
)

// ErrFormat is returned when something is not RTF.
var ErrFormat = errors.New("rtf: not rich text")

// Body is what an RTF body was made of.
type Body struct {
	HTML      string // what was encapsulated, or a rendering with the links where there are any
	Text      string // empty where HTML was encapsulated
	Native    bool   // written as RTF: neither HTML nor plain text was encapsulated
	Truncated bool   // there was more than was allowed
}

const (
	// maxGroups is how many open groups are remembered: writers use a dozen.
	maxGroups = 1000

	// maxFonts bounds the font table: real ones have up to a few hundred.
	maxFonts = 4096

	// maxInstruction bounds a field's instruction, where a link's target is.
	maxInstruction = 64 << 10

	// signature begins every RTF file (RTF 1.9.1, "File Contents").
	signature = "{\\rtf"
)

// Read takes the HTML or text out of RTF, at most max bytes of each.
func Read(src []byte, max int) (Body, error) {
	src = bytes.TrimLeft(src, "\x00\t\r\n ")
	if !bytes.HasPrefix(src, []byte(signature)) {
		return Body{}, ErrFormat
	}
	r := &reader{src: src, max: max, codepage: cpWestern, fonts: map[int]int{}}
	r.now.skipAfterU = 1
	r.run()
	b := Body{Truncated: r.full, Native: r.form == native}
	switch {
	case r.form == fromHTML:
		b.HTML = finish(&r.out)
	case r.form == native && r.links > 0:
		b.Text, b.HTML = finish(&r.out), finish(&r.markup)
	default:
		b.Text = finish(&r.out)
	}
	return b, nil
}

func finish(b *strings.Builder) string {
	return strings.ReplaceAll(strings.ToValidUTF8(b.String(), "\uFFFD"), "\x00", "")
}

// form is what the RTF was made of.
type form int

const (
	native form = iota
	fromText
	fromHTML
)

// destination is where the text of a group goes.
type destination int

const (
	toBody destination = iota
	toTag              // HTML markup (MS-OXRTFEX section 2.1.3.1)
	toFonts
	toInstruction // of a field
	toNowhere
)

// group is what a group's end restores.
type group struct {
	dest       destination
	font       int
	skipAfterU int  // how many characters stand for one that follows \u
	suppressed bool // between \htmlrtf and \htmlrtf0
	hidden     bool
	opens      destination // the destination that began with this group
	link       bool        // a link to be closed with this group
}

// reader is the work on one RTF body.
type reader struct {
	src      []byte
	i        int
	max      int
	out      strings.Builder
	markup   strings.Builder // of native RTF
	full     bool
	form     form
	codepage int         // of the document
	fonts    map[int]int // code pages by font
	defining int         // the font that is being defined
	now      group
	stack    []group
	deeper   int // open groups beyond maxGroups
	star     bool
	skip     int    // characters that stand for the last \u
	high     rune   // first half of a surrogate pair
	bytes    []byte // text that is not decoded yet
	words    int    // control words so far
	instr    []byte
	target   string // of the link whose text comes next
	links    int
}

func (r *reader) run() {
	for r.i < len(r.src) && !r.full {
		c := r.src[r.i]
		switch c {
		case '{':
			r.i++
			r.open()
		case '}':
			r.i++
			r.close()
		case '\\':
			r.i++
			r.control()
		case '\r', '\n', 0:
			r.i++
		default:
			r.i++
			r.literal(c)
		}
	}
	r.flush()
	if r.now.link {
		r.raw(&r.markup, "</a>")
	}
}

func (r *reader) open() {
	r.flush()
	r.star, r.skip = false, 0
	if len(r.stack) >= maxGroups {
		r.deeper++
		return
	}
	r.stack = append(r.stack, r.now)
	r.now.opens, r.now.link = toBody, false
}

func (r *reader) close() {
	r.flush()
	r.star, r.skip = false, 0
	if r.deeper > 0 {
		r.deeper--
		return
	}
	if r.now.link {
		r.raw(&r.markup, "</a>")
	}
	if r.now.opens == toInstruction {
		r.target = hyperlink(r.instr)
		r.instr = nil
	}
	if n := len(r.stack); n > 0 {
		r.now = r.stack[n-1]
		r.stack = r.stack[:n-1]
	}
}

// literal takes one byte of text, which may be half a character.
func (r *reader) literal(c byte) {
	r.star = false
	if r.skip > 0 {
		r.skip--
		return
	}
	if r.high != 0 {
		r.flush()
	}
	if r.now.dest != toNowhere && r.now.dest != toFonts {
		r.bytes = append(r.bytes, c)
	}
}

// flush decodes what literal took. It comes before anything that can change
// the code page or the destination.
func (r *reader) flush() {
	if r.high != 0 {
		r.high = 0
		r.text("\uFFFD")
	}
	if len(r.bytes) == 0 {
		return
	}
	s := string(r.bytes)
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			s = Decode(r.bytes, r.textCodepage())
			break
		}
	}
	r.bytes = r.bytes[:0]
	r.text(s)
}

func (r *reader) textCodepage() int {
	if r.now.dest == toTag {
		return r.codepage
	}
	if cp := r.fonts[r.now.font]; cp != 0 {
		return cp
	}
	return r.codepage
}

// text writes decoded text to where the group's text goes.
func (r *reader) text(s string) {
	switch r.now.dest {
	case toTag:
		r.raw(&r.out, s)
	case toInstruction:
		if len(r.instr)+len(s) <= maxInstruction {
			r.instr = append(r.instr, s...)
		}
	case toBody:
		if r.now.suppressed && r.form == fromHTML || r.now.hidden && r.form == native {
			return
		}
		r.raw(&r.out, s)
		if r.form == native {
			r.raw(&r.markup, escape(s))
		}
	}
}

// raw writes as it is, until there is too much.
func (r *reader) raw(b *strings.Builder, s string) {
	if b == &r.markup && r.form != native {
		return
	}
	if b.Len()+len(s) > r.max {
		s = s[:max(0, r.max-b.Len())]
		r.full = true
	}
	b.WriteString(s)
}

func escape(s string) string {
	if !strings.ContainsAny(s, "&<>\"\n") {
		return s
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;", "\n", "<br>\n").Replace(s)
}

// hyperlink gives the target of a field's instruction: HYPERLINK, switches,
// and the target in quotes or bare. The switch \l is a place in the document.
func hyperlink(instr []byte) string {
	s := strings.TrimSpace(string(instr))
	const word = "HYPERLINK"
	if len(s) < len(word) || !strings.EqualFold(s[:len(word)], word) {
		return ""
	}
	s = strings.TrimSpace(s[len(word):])
	for strings.HasPrefix(s, "\\") {
		_, rest, _ := strings.Cut(s, " ")
		s = strings.TrimSpace(rest)
	}
	if rest, ok := strings.CutPrefix(s, "\""); ok {
		target, _, _ := strings.Cut(rest, "\"")
		return strings.TrimSpace(target)
	}
	target, _, _ := strings.Cut(s, " ")
	return target
}
