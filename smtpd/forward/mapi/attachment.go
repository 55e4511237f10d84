package mapi

import "strings"

// Method says how an attachment is kept (MS-OXCMSG section 2.2.2.9).
type Method int

// The methods; 2, 3, 4 and 7 are references.
const (
	MethodNone    Method = 0
	MethodValue   Method = 1
	MethodMessage Method = 5
	MethodObject  Method = 6
)

// MethodOf reads the method of an attachment; without one it is by value.
func MethodOf(p *Props) Method {
	if n, ok := p.Int(AttachMethod); ok {
		return Method(n)
	}
	return MethodValue
}

// File makes an attachment by value of its properties.
func File(p *Props) Attachment {
	a := Attachment{
		MediaType: strings.ToLower(p.Line(AttachMIMETag)),
		ContentID: p.Line(AttachContentID),
		Content:   p.Bytes(AttachData),
	}
	for _, id := range []ID{AttachLongFilename, AttachFilename, DisplayName} {
		if a.Name == "" {
			a.Name = p.Line(id)
		}
	}
	return a
}
