package eml

import (
	"strings"
	"sync"
)

// Part is one node of a message's tree. Offsets are into the Raw of the
// Message that it belongs to.
type Part struct {
	Header    Header
	MediaType string            // "text/plain", lower case; RFC 2045 section 5.2 where none is given
	Params    map[string]string // of Content-Type, by lower-case name, RFC 2231 decoded

	Charset     string   // as declared, cleaned, lower case; empty when it is not
	Encoding    string   // transfer encoding, cleaned, lower case: the one that Decoded undoes
	Disposition string   // "inline", "attachment", or what else is given, lower case
	Filename    string   // from the disposition, else from the media type; decoded
	OtherNames  []string // further file names that some programs would show instead

	HeaderStart int // of the part's header
	BodyStart   int // behind the blank line
	BodyEnd     int // before the line ending that belongs to the delimiter

	Children []*Part
	Message  *Message // of a message/rfc822 or message/global part, in any transfer encoding

	m       *Message
	once    sync.Once
	decoded []byte
}

// Raw gives the body as it stands.
func (p *Part) Raw() []byte {
	if p.m == nil {
		return nil
	}
	return p.m.Raw[p.BodyStart:p.BodyEnd:p.BodyEnd]
}

// Decoded gives the body with its transfer encoding undone. Where Limits'
// DecodedBytes is used up it is cut short. It is decoded once; where nothing
// is encoded it shares memory with the message.
func (p *Part) Decoded() []byte {
	p.once.Do(func() {
		raw := p.Raw()
		switch p.Encoding {
		case encBase64, encQP, encUU:
			size := len(raw)
			if p.Encoding != encQP {
				size = size/4*3 + 3
			}
			limit := p.m.b.decoded.take(size)
			if limit == 0 {
				return
			}
			p.decoded = decodeTransfer(raw, p.Encoding, limit)
		default:
			p.decoded = raw
		}
	})
	return p.decoded
}

// Text gives the body as text: transfer encoding and charset undone, line
// endings LF, valid UTF-8. An HTML part without a declared charset is read in
// the one that its meta element names.
func (p *Part) Text() string {
	b := p.Decoded()
	charset := p.Charset
	if charset == "" && p.MediaType == "text/html" {
		charset = metaCharset(b)
	}
	s, _ := DecodeCharset(b, charset)
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// isMultipart says whether the declared type is a multipart.
func isMultipart(mediaType string) bool { return strings.HasPrefix(mediaType, "multipart/") }

// metaCharset gives the charset that the first 1,024 octets of an HTML page
// declare in a meta element (WHATWG HTML section 13.2.3.2, much simplified).
func metaCharset(b []byte) string {
	s := strings.ToLower(string(b[:min(len(b), 1024)]))
	for {
		i := strings.Index(s, "<meta")
		if i < 0 {
			return ""
		}
		s = s[i+len("<meta"):]
		tag, rest, _ := strings.Cut(s, ">")
		if _, v, ok := strings.Cut(tag, "charset"); ok {
			v = strings.TrimLeft(v, " \t\r\n")
			if v, ok = strings.CutPrefix(v, "="); ok {
				v = strings.TrimLeft(v, " \t\r\n\"'")
				if end := strings.IndexAny(v, " \t\r\n\"';/"); end >= 0 {
					v = v[:end]
				}
				return v
			}
		}
		s = rest
	}
}
