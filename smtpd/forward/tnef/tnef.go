package tnef

import (
	"encoding/binary"
	"errors"

	"reportascam/smtpd/forward/mapi"
)

// ErrFormat is returned for what is no TNEF.
var ErrFormat = errors.New("tnef: not TNEF")

// What may be wrong with the file itself, in mapi.Message.Defects.
const (
	DefectFile     = "the TNEF file is damaged or cut off"
	DefectChecksum = "a checksum in the TNEF file is wrong"
	DefectTrailing = "the TNEF file has something else at its end"
)

// Signature begins every TNEF file (MS-OXTNEF section 2.1.1).
const Signature = "\x78\x9F\x3E\x22"

// head is the signature and the key, which means nothing.
const head = len(Signature) + 2

// Is tells whether a file is TNEF by its content.
func Is(b []byte) bool { return len(b) >= head && string(b[:len(Signature)]) == Signature }

// Parse reads a TNEF file. What is damaged is left out and noted.
func Parse(b []byte, l mapi.Limits) (*mapi.Message, error) {
	if !Is(b) {
		return nil, ErrFormat
	}
	r := reader{mapi.NewBudget(l, len(b))}
	return r.message(b[head:], mapi.Encoding{}), nil
}

// reader is the work on one file.
type reader struct{ budget *mapi.Budget }

// parts are the attributes of a message, sorted out.
type parts struct {
	message     []attribute
	attachments [][]attribute
	codepage    int
	defects     []string
}

// split reads the attributes. Those of an attachment begin with its rendering
// data (MS-OXTNEF section 2.1.3.2).
func (r *reader) split(b []byte) parts {
	var out parts
	note := func(d string) { out.defects = append(out.defects, d) }
	for len(b) > 0 {
		level, a, rest, ok, whole := next(b)
		if !ok || level != levelMessage && level != levelAttachment {
			note(DefectTrailing)
			break
		}
		if !whole && rest == nil {
			note(DefectFile)
		} else if !whole && len(out.defects) == 0 {
			note(DefectChecksum)
		}
		b = rest
		if !r.budget.Property() {
			note(mapi.DefectProperties)
			break
		}
		switch {
		case level == levelMessage:
			out.message = append(out.message, a)
			if a.id == attOEMCodepage && len(a.data) >= 4 {
				out.codepage = int(binary.LittleEndian.Uint32(a.data))
			}
		case a.id == attAttachRendData || len(out.attachments) == 0:
			if !r.budget.Attachment() {
				note(mapi.DefectAttachments)
				return out
			}
			out.attachments = append(out.attachments, []attribute{a})
		default:
			last := &out.attachments[len(out.attachments)-1]
			*last = append(*last, a)
		}
	}
	return out
}

// message reads a message after its signature. One without a code page of its
// own has that of what it is in.
func (r *reader) message(b []byte, e mapi.Encoding) *mapi.Message {
	split := r.split(b)
	p := &mapi.Props{}
	var recipients []*mapi.Props
	for _, a := range split.message {
		var d string
		switch a.id {
		case attMessageProps:
			d = r.props(&cursor{b: a.data}, p)
		case attRecipients:
			var more []*mapi.Props
			more, d = r.recipients(a.data)
			recipients = append(recipients, more...)
		}
		if d != "" {
			split.defects = append(split.defects, d)
		}
	}
	// The old attributes come after the properties, which are more exact.
	for _, a := range split.message {
		if r.budget.Bytes(len(a.data)) {
			legacy(p, a)
		}
	}
	p.Encoding = mapi.FindEncoding(p)
	if p.Encoding.Codepage == 0 {
		p.Encoding.Codepage = split.codepage
	}
	if p.Encoding.Codepage == 0 {
		p.Encoding = e
	}
	for _, one := range recipients {
		one.Encoding = p.Encoding
	}
	m := mapi.Build(p, recipients, r.budget)
	for _, d := range split.defects {
		m.Note(d)
	}
	for _, list := range split.attachments {
		r.attachment(m, list, p.Encoding)
	}
	return m
}

// attachment adds one attachment to a message.
func (r *reader) attachment(m *mapi.Message, list []attribute, e mapi.Encoding) {
	p := &mapi.Props{Encoding: e}
	for _, a := range list {
		if a.id != attAttachment {
			continue
		}
		if d := r.props(&cursor{b: a.data}, p); d != "" {
			m.Note(d)
		}
	}
	object := p.Bytes(mapi.AttachData)
	for _, a := range list {
		if (a.id == attAttachData || a.id == attAttachTitle) && !r.budget.Bytes(len(a.data)) {
			m.Note(mapi.DefectDecoded)
			continue
		}
		switch a.id {
		case attAttachData:
			p.Set(mapi.AttachData, mapi.Binary, a.data)
		case attAttachTitle:
			p.Set(mapi.AttachFilename, mapi.String8, a.data)
		}
	}
	f := mapi.File(p)
	method := mapi.MethodOf(p)
	switch {
	case Is(object) && (method == mapi.MethodMessage || !p.Has(mapi.AttachMethod)):
		if !r.budget.Enter() {
			m.Note(mapi.DefectDepth)
			f.Content = nil
			break
		}
		f.Message, f.Content = r.message(object[head:], e), nil
		r.budget.Leave()
	case method == mapi.MethodObject:
		m.Note(mapi.DefectObject)
	case len(f.Content) > 0 || p.Has(mapi.AttachData):
	case method != mapi.MethodValue && method != mapi.MethodNone:
		m.Note(mapi.DefectReference)
	default:
		m.Note(mapi.DefectAttachment)
	}
	m.Attachments = append(m.Attachments, f)
}
