package msg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sort"
	"strconv"
	"strings"

	"reportascam/analyze/cfb"
	"reportascam/smtpd/forward/mapi"
)

// ErrFormat is returned for what is no .msg, or one of which nothing can be
// read.
var ErrFormat = errors.New("msg: not an Outlook message")

// What may be wrong with the file itself, in mapi.Message.Defects.
const (
	DefectFile       = "the .msg file is damaged"
	DefectProperties = "the .msg file has no table of properties"
)

// The names of storages and streams (MS-OXMSG section 2.2).
const (
	propertyStream   = "__properties_version1.0"
	valuePrefix      = "__substg1.0_"
	recipientPrefix  = "__recip_version1.0_"
	attachmentPrefix = "__attach_version1.0_"
)

// The header of a property stream, and the size of one property in it
// (MS-OXMSG section 2.4).
const (
	headTop      = 32
	headEmbedded = 24
	headOther    = 8
	propertySize = 16
)

// markerSpan is how far into a file the name of the property stream is looked
// for. Writers may put the directory anywhere.
const markerSpan = 64 << 20

// Is tells whether a file is a .msg by its content: a compound file that has a
// stream of properties.
func Is(b []byte) bool {
	if !cfb.Is(b) {
		return false
	}
	var wide []byte
	for _, c := range []byte(propertyStream) {
		wide = append(wide, c, 0)
	}
	return bytes.Contains(b[:min(len(b), markerSpan)], wide)
}

// Parse reads a .msg file. What is damaged is left out and noted.
func Parse(b []byte, l mapi.Limits) (*mapi.Message, error) {
	c, ok := cfb.Open(b)
	if !ok {
		return nil, ErrFormat
	}
	r := reader{c, b, mapi.NewBudget(l, len(b))}
	s := r.open(0)
	if s.fixed < 0 && len(s.values) == 0 {
		return nil, ErrFormat
	}
	m := r.message(s, headTop, 0)
	if c.Defect {
		m.Note(DefectFile)
	}
	if c.TooMany {
		m.Note(mapi.DefectProperties)
	}
	return m, nil
}

// reader is the work on one file.
type reader struct {
	file   *cfb.File
	raw    []byte
	budget *mapi.Budget
}

// storage is a storage with its parts sorted out, as places in the directory.
type storage struct {
	fixed       int // the property stream, -1 if there is none
	values      map[string]int
	recipients  []int
	attachments []int
	object      int // the storage that an attachment is, -1 if it is none
}

// objectName is the storage of PidTagAttachDataObject.
const objectName = valuePrefix + "3701000D"

func (r *reader) open(n int) storage {
	s := storage{fixed: -1, object: -1, values: map[string]int{}}
	for _, i := range r.file.Children(n) {
		e := &r.file.Entries[i]
		isStorage := e.Kind == cfb.Storage
		switch {
		case e.Kind == cfb.Stream && e.Name == propertyStream:
			s.fixed = i
		case e.Kind == cfb.Stream && strings.HasPrefix(e.Name, valuePrefix):
			s.values[e.Name] = i
		case isStorage && strings.HasPrefix(e.Name, recipientPrefix):
			s.recipients = append(s.recipients, i)
		case isStorage && strings.HasPrefix(e.Name, attachmentPrefix):
			s.attachments = append(s.attachments, i)
		case isStorage && strings.EqualFold(e.Name, objectName):
			s.object = i
		}
	}
	for _, list := range [][]int{s.recipients, s.attachments} {
		sort.SliceStable(list, func(i, j int) bool { return r.file.Entries[list[i]].Name < r.file.Entries[list[j]].Name })
	}
	return s
}

// message reads a message. A part without a code page of its own has that of
// what it is part of.
func (r *reader) message(s storage, head, codepage int) *mapi.Message {
	p, complaint := r.props(s, head)
	if p.Encoding = mapi.FindEncoding(p); p.Encoding.Codepage == 0 {
		p.Encoding.Codepage = codepage
	}
	var recipients []*mapi.Props
	defects := complaint
	for _, n := range s.recipients {
		if !r.budget.Recipient() {
			defects = append(defects, mapi.DefectRecipients)
			break
		}
		one, _ := r.props(r.open(n), headOther)
		one.Encoding = p.Encoding
		recipients = append(recipients, one)
	}
	m := mapi.Build(p, recipients, r.budget)
	for _, d := range defects {
		m.Note(d)
	}
	for _, n := range s.attachments {
		if !r.budget.Attachment() {
			m.Note(mapi.DefectAttachments)
			break
		}
		r.attachment(m, n, p.Encoding)
	}
	return m
}

// attachment adds one attachment to a message.
func (r *reader) attachment(m *mapi.Message, n int, e mapi.Encoding) {
	s := r.open(n)
	p, _ := r.props(s, headOther)
	p.Encoding = e
	a := mapi.File(p)
	method := mapi.MethodOf(p)
	switch {
	case s.object >= 0:
		// Both a message and an OLE object are storages, and only a message
		// has properties. QUIRK: some writers give no method.
		inner := r.open(s.object)
		if inner.fixed < 0 {
			m.Note(mapi.DefectObject)
			break
		}
		if !r.budget.Enter() {
			m.Note(mapi.DefectDepth)
			break
		}
		a.Message, a.Content = r.message(inner, headEmbedded, e.Codepage), nil
		r.budget.Leave()
	case len(a.Content) > 0:
	case method == mapi.MethodObject:
		m.Note(mapi.DefectObject)
	case method != mapi.MethodValue && method != mapi.MethodNone && method != mapi.MethodMessage:
		m.Note(mapi.DefectReference)
	case !p.Has(mapi.AttachData):
		m.Note(mapi.DefectAttachment)
	}
	m.Attachments = append(m.Attachments, a)
}

// props reads the properties of a storage: the fixed ones out of the property
// stream, the others out of the streams that are named for them.
func (r *reader) props(s storage, head int) (p *mapi.Props, defects []string) {
	p = &mapi.Props{}
	if s.fixed < 0 {
		defects = append(defects, DefectProperties)
	} else if b := r.file.Content(s.fixed); len(b) >= head {
		if !r.fixed(p, b[head:]) {
			defects = append(defects, mapi.DefectProperties)
		}
	}
	names := make([]string, 0, len(s.values))
	for name := range s.values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		id, typ, ok := tag(name)
		if !ok || typ&mapi.Multiple != 0 {
			continue
		}
		if !r.budget.Property() {
			return p, append(defects, mapi.DefectProperties)
		}
		n := s.values[name]
		if size := r.file.Entries[n].Size; !r.budget.Bytes(int(min(size, int64(len(r.raw))))) {
			defects = append(defects, mapi.DefectDecoded)
			continue
		}
		p.Set(id, typ, r.file.Content(n))
	}
	return p, defects
}

// fixed reads a property stream after its header: type, number, flags, and the
// value or its size (MS-OXMSG section 2.4.2).
func (r *reader) fixed(p *mapi.Props, b []byte) bool {
	for ; len(b) >= propertySize; b = b[propertySize:] {
		typ, id := mapi.Type(binary.LittleEndian.Uint16(b)), mapi.ID(binary.LittleEndian.Uint16(b[2:]))
		switch typ {
		case mapi.Int16, mapi.Int32, mapi.Boolean, mapi.Int64, mapi.Time:
			if !r.budget.Property() {
				return false
			}
			p.Set(id, typ, b[8:16])
		}
	}
	return true
}

// tag reads number and type out of a stream's name.
func tag(name string) (mapi.ID, mapi.Type, bool) {
	hex := strings.TrimPrefix(name, valuePrefix)
	if len(hex) != 8 {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	return mapi.ID(n >> 16), mapi.Type(n & 0xFFFF), err == nil
}
