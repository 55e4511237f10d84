package mapi

import (
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf16"
)

// Type is the type of a property (MS-OXCDATA section 2.11.1).
type Type uint16

// The types that are read.
const (
	Int16   Type = 0x0002
	Int32   Type = 0x0003
	Boolean Type = 0x000B
	Object  Type = 0x000D
	Int64   Type = 0x0014
	String8 Type = 0x001E // in the message's code page
	Unicode Type = 0x001F // UTF-16LE
	Time    Type = 0x0040
	GUID    Type = 0x0048
	Binary  Type = 0x0102

	Multiple Type = 0x1000 // a flag: several values
)

// ID says which property it is (MS-OXPROPS section 2).
type ID uint16

// The properties that are read.
const (
	MessageClass              ID = 0x001A
	Subject                   ID = 0x0037
	ClientSubmitTime          ID = 0x0039
	SentRepresentingSearchKey ID = 0x003B
	SentRepresentingEntryID   ID = 0x0041
	SentRepresentingName      ID = 0x0042
	ReplyRecipientEntries     ID = 0x004F
	ReplyRecipientNames       ID = 0x0050
	SentRepresentingType      ID = 0x0064
	SentRepresentingAddress   ID = 0x0065
	TransportMessageHeaders   ID = 0x007D
	TnefCorrelationKey        ID = 0x007F
	RecipientType             ID = 0x0C15
	SenderEntryID             ID = 0x0C19
	SenderName                ID = 0x0C1A
	SenderSearchKey           ID = 0x0C1D
	SenderType                ID = 0x0C1E
	SenderAddress             ID = 0x0C1F
	DisplayCc                 ID = 0x0E03
	DisplayTo                 ID = 0x0E04
	MessageDeliveryTime       ID = 0x0E06
	NormalizedSubject         ID = 0x0E1D
	Body                      ID = 0x1000
	RTFCompressed             ID = 0x1009
	HTML                      ID = 0x1013
	InternetMessageID         ID = 0x1035
	DisplayName               ID = 0x3001
	AddressType               ID = 0x3002
	EmailAddress              ID = 0x3003
	AttachData                ID = 0x3701
	AttachFilename            ID = 0x3704
	AttachMethod              ID = 0x3705
	AttachLongFilename        ID = 0x3707
	AttachMIMETag             ID = 0x370E
	AttachContentID           ID = 0x3712
	SMTPAddress               ID = 0x39FE
	InternetCodepage          ID = 0x3FDE
	MessageLocale             ID = 0x3FF1
	MessageCodepage           ID = 0x3FFD
	SenderSMTPAddress         ID = 0x5D01
	SentRepresentingSMTP      ID = 0x5D02
	RecipientDisplayName      ID = 0x5FF6
	AttachmentHidden          ID = 0x7FFE
)

// Props are the properties of a message, a recipient or an attachment. The
// zero value is empty and ready.
type Props struct {
	Encoding Encoding // of String8 values
	values   map[ID]value
}

type value struct {
	typ  Type
	data []byte
}

// Set adds a property. Unicode text is kept before text in a code page, else
// the first of two is.
func (p *Props) Set(id ID, typ Type, data []byte) {
	if p.values == nil {
		p.values = map[ID]value{}
	}
	if have, ok := p.values[id]; ok && (have.typ != String8 || typ != Unicode) {
		return
	}
	p.values[id] = value{typ, data}
}

// Len gives the number of properties.
func (p *Props) Len() int { return len(p.values) }

// Has tells whether there is a property.
func (p *Props) Has(id ID) bool { _, ok := p.values[id]; return ok }

// Bytes gives a value as it stands, nil if there is none.
func (p *Props) Bytes(id ID) []byte { return p.values[id].data }

// Int gives a number or truth value.
func (p *Props) Int(id ID) (int, bool) {
	v, ok := p.values[id]
	switch {
	case !ok:
	case (v.typ == Int32 || v.typ == Int64) && len(v.data) >= 4:
		return int(int32(binary.LittleEndian.Uint32(v.data))), true
	case (v.typ == Int16 || v.typ == Boolean) && len(v.data) >= 2:
		return int(int16(binary.LittleEndian.Uint16(v.data))), true
	}
	return 0, false
}

// The span of FILETIME: hundreds of nanoseconds since the year 1601, of which
// those are taken that a mail's date can have.
const (
	ticksPerSecond = 10_000_000
	ticksTo1970    = 116_444_736_000_000_000
	ticksTo2200    = ticksTo1970 + 230*366*86400*ticksPerSecond
)

// Time gives a point in time, zero if there is none that a mail can have.
func (p *Props) Time(id ID) time.Time {
	v := p.values[id]
	if v.typ != Time || len(v.data) < 8 {
		return time.Time{}
	}
	ticks := binary.LittleEndian.Uint64(v.data)
	if ticks < ticksTo1970 || ticks > ticksTo2200 {
		return time.Time{}
	}
	ticks -= ticksTo1970
	return time.Unix(int64(ticks/ticksPerSecond), int64(ticks%ticksPerSecond)*100).UTC()
}

// Line gives a text of one line: what is before the first NUL, with no line
// ends and no other control characters.
func (p *Props) Line(id ID) string {
	s, _, _ := strings.Cut(p.text(id), "\x00")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// Text gives a text of many lines, with LF between them and without NUL.
func (p *Props) Text(id ID) string {
	return lines(p.text(id))
}

func lines(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.ReplaceAll(s, "\r", "\n")
}

func (p *Props) text(id ID) string {
	v := p.values[id]
	switch v.typ {
	case Unicode:
		return UTF16(v.data)
	case String8:
		return p.Encoding.Decode(v.data)
	}
	return ""
}

// UTF16 reads UTF-16LE into valid UTF-8. An odd last byte is left out.
func UTF16(b []byte) string {
	var out strings.Builder
	out.Grow(len(b) / 2)
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(binary.LittleEndian.Uint16(b[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != '\uFFFD' {
				i += 2
			}
		}
		out.WriteRune(r)
	}
	return out.String()
}
