package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf16"
)

const (
	// maxStreams bounds the streams that are read: a report of a hundred pages
	// has a few hundred.
	maxStreams = 2000
	// maxStream bounds what one stream holds, in octets.
	maxStream = 8 << 20
	// maxTotal bounds what all streams hold together, in octets.
	maxTotal = 24 << 20
	// maxDict is how far before a stream its dictionary is looked for.
	maxDict = 4 << 10
	// maxLinks bounds the addresses of one file.
	maxLinks = 500
	// maxTried bounds the actions that are looked at, with an address or without.
	maxTried = 5000
	// maxText bounds the text of one file, in octets.
	maxText = 256 << 10
	// maxImages bounds the pictures of one file.
	maxImages = 20
	// maxString bounds one string, in octets.
	maxString = 8 << 10
)

// Doc is what a file leads to.
type Doc struct {
	Links     []string // addresses of actions, as written, once each
	Text      string   // in the order of the file, a line for each piece
	Images    []Image  // in the order of the file
	Encrypted bool     // strings and streams cannot be read
	Scripts   bool     // it has JavaScript
	Launches  bool     // it starts a program or opens another file
	Truncated bool     // a limit was met
}

// Image is a picture in a file.
type Image struct {
	JPEG   []byte // a whole JPEG file, or nil
	Width  int    // of Pixels
	Height int
	Pixels []byte // one octet of grey a pixel, row by row
}

// reader collects.
type reader struct {
	doc   Doc
	text  strings.Builder
	seen  map[string]bool
	spent int
	tried int // actions that were looked at
	maps  cmap
	pages [][]byte // contents that show text, read once the maps are known
}

// Read reads a file. It never fails: what cannot be read is left out.
func Read(b []byte) Doc {
	r := &reader{seen: map[string]bool{}}
	r.doc.Encrypted = bytes.Contains(b, []byte("/Encrypt"))
	r.objects(b)
	r.streams(b)
	for _, p := range r.pages {
		r.showText(p)
	}
	r.doc.Text = r.text.String()
	return r.doc
}

// objects looks for actions in plain objects.
func (r *reader) objects(b []byte) {
	r.doc.Scripts = r.doc.Scripts || bytes.Contains(b, []byte("/JavaScript"))
	r.doc.Launches = r.doc.Launches || bytes.Contains(b, []byte("/Launch")) || bytes.Contains(b, []byte("/GoToR"))
	if r.doc.Encrypted {
		return // every string is
	}
	for rest := b; len(r.doc.Links) < maxLinks && r.tried < maxTried; r.tried++ {
		i := bytes.Index(rest, []byte("/URI"))
		if i < 0 {
			return
		}
		rest = rest[i+len("/URI"):]
		if s, ok := readString(bytes.TrimLeft(rest[:min(len(rest), maxString)], " \t\r\n\f\x00")); ok {
			r.link(string(s))
		}
	}
	r.doc.Truncated = true
}

func (r *reader) link(s string) {
	s = strings.ToValidUTF8(strings.TrimSpace(textOf([]byte(s))), "\uFFFD")
	if s != "" && !r.seen[s] {
		r.seen[s] = true
		r.doc.Links = append(r.doc.Links, s)
	}
}

// streams reads every stream.
func (r *reader) streams(b []byte) {
	end := 0
	for n := 0; ; n++ {
		i := bytes.Index(b[end:], []byte("stream"))
		if i < 0 {
			return
		}
		if n >= maxStreams || r.spent >= maxTotal {
			r.doc.Truncated = true
			return
		}
		at := end + i
		body := at + len("stream")
		dict := dictBefore(b, at)
		if dict == nil || !lineEnd(b, &body) {
			end = at + len("stream")
			continue
		}
		stop := bytes.Index(b[body:], []byte("endstream"))
		if stop < 0 {
			stop = len(b) - body // cut off: what is there is read
		}
		r.stream(dict, b[body:body+stop])
		end = body + stop + min(len("endstream"), len(b)-body-stop)
	}
}

// dictBefore gives the dictionary that ends at the word "stream".
func dictBefore(b []byte, at int) []byte {
	head := bytes.TrimRight(b[max(0, at-maxDict):at], " \t\r\n\f\x00")
	if !bytes.HasSuffix(head, []byte(">>")) {
		return nil
	}
	if i := bytes.LastIndex(head, []byte(" obj")); i >= 0 {
		return head[i:]
	}
	if i := bytes.LastIndex(head, []byte("<<")); i >= 0 {
		return head[i:]
	}
	return nil
}

func lineEnd(b []byte, at *int) bool {
	switch {
	case *at < len(b) && b[*at] == '\n':
		*at++
	case *at+1 < len(b) && b[*at] == '\r' && b[*at+1] == '\n':
		*at += 2
	case *at < len(b) && b[*at] == '\r':
		*at++
	default:
		return false
	}
	return true
}

// stream reads one stream by what its dictionary says.
func (r *reader) stream(dict, raw []byte) {
	image := bytes.Contains(dict, []byte("/Image"))
	switch {
	case bytes.Contains(dict, []byte("/DCTDecode")) || bytes.Contains(dict, []byte("/DCT ")):
		if image && len(r.doc.Images) < maxImages && !bytes.Contains(dict, []byte("/FlateDecode")) {
			r.doc.Images = append(r.doc.Images, Image{JPEG: raw})
		}
		return
	case bytes.Contains(dict, []byte("/JPXDecode")), bytes.Contains(dict, []byte("/CCITTFax")), bytes.Contains(dict, []byte("/JBIG2")),
		bytes.Contains(dict, []byte("/FontFile")), bytes.Contains(dict, []byte("/Length1")), bytes.Contains(dict, []byte("/XRef")), bytes.Contains(dict, []byte("/LZW")):
		return
	}
	plain := r.decode(dict, raw)
	if len(plain) == 0 {
		return
	}
	switch {
	case image:
		r.image(dict, plain)
	case bytes.Contains(plain, []byte("begincmap")):
		r.maps.read(plain)
	case bytes.Contains(plain, []byte("BT")) && (bytes.Contains(plain, []byte("Tj")) || bytes.Contains(plain, []byte("TJ"))):
		r.pages = append(r.pages, plain)
	default:
		r.objects(plain)
	}
}

// decode undoes the filters of a stream that are worth undoing.
func (r *reader) decode(dict, raw []byte) []byte {
	if bytes.Contains(dict, []byte("/ASCII85Decode")) || bytes.Contains(dict, []byte("/A85")) {
		raw = from85(raw)
	}
	if bytes.Contains(dict, []byte("/ASCIIHexDecode")) || bytes.Contains(dict, []byte("/AHx")) {
		raw = fromHex(raw)
	}
	if !bytes.Contains(dict, []byte("/FlateDecode")) && !bytes.Contains(dict, []byte("/Fl ")) {
		r.spent += len(raw)
		return raw[:min(len(raw), maxStream)]
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	defer z.Close()
	// A stream that breaks off is read as far as it goes, as readers do.
	plain, _ := io.ReadAll(io.LimitReader(z, int64(min(maxStream, maxTotal-r.spent))))
	r.spent += len(plain)
	return plain
}

func from85(raw []byte) []byte {
	raw = bytes.TrimSpace(raw)
	if i := bytes.Index(raw, []byte("~>")); i >= 0 {
		raw = raw[:i]
	}
	out := make([]byte, len(raw)*4+4)
	n, _, _ := ascii85.Decode(out[:min(len(out), maxStream)], raw[:min(len(raw), maxStream)], true)
	return out[:n]
}

func fromHex(raw []byte) []byte {
	out := make([]byte, 0, len(raw)/2)
	var pair [2]byte
	n := 0
	for _, c := range raw {
		if c == '>' {
			break
		}
		if !isHex(c) {
			continue
		}
		pair[n] = c
		if n++; n == 2 {
			var b [1]byte
			hex.Decode(b[:], pair[:])
			out, n = append(out, b[0]), 0
		}
	}
	if n == 1 { // ISO 32000-1 section 7.4.2: a last odd digit stands for itself and 0
		var b [1]byte
		hex.Decode(b[:], []byte{pair[0], '0'})
		out = append(out, b[0])
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || (c|0x20) >= 'a' && (c|0x20) <= 'f'
}

// textOf gives a text string: UTF-16 where a mark says so, else PDFDocEncoding,
// which is Latin-1 where it matters (ISO 32000-1 section 7.9.2.2).
func textOf(b []byte) string {
	if len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff {
		units := make([]uint16, 0, len(b)/2)
		for b = b[2:]; len(b) >= 2; b = b[2:] {
			units = append(units, uint16(b[0])<<8|uint16(b[1]))
		}
		return string(utf16.Decode(units))
	}
	var out strings.Builder
	for _, c := range bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) {
		out.WriteRune(rune(c))
	}
	return out.String()
}
