package tnef

import (
	"encoding/binary"
	"strings"
	"time"

	"reportascam/smtpd/forward/mapi"
)

// attribute is one attribute of a message or attachment.
type attribute struct {
	id   uint32
	data []byte
}

// The attributes that are read (MS-OXTNEF section 2.1.3.3), without the type in
// their upper half. QUIRK: minimal_attachment.tnef has no types.
const (
	attFrom           = 0x8000
	attSubject        = 0x8004
	attDateSent       = 0x8005
	attDateReceived   = 0x8006
	attMessageID      = 0x8009
	attBody           = 0x800C
	attMessageClass   = 0x8008
	attMessageProps   = 0x9003
	attRecipients     = 0x9004
	attAttachRendData = 0x9002
	attAttachTitle    = 0x8010
	attAttachData     = 0x800F
	attAttachment     = 0x9005
	attOEMCodepage    = 0x9007
)

// The levels of an attribute.
const (
	levelMessage    = 1
	levelAttachment = 2
)

// next cuts one attribute off: level, number, length, data and checksum. The
// last one of a file that was cut off is as long as there is data.
func next(b []byte) (level byte, a attribute, rest []byte, ok, whole bool) {
	const head, sum = 1 + 4 + 4, 2
	if len(b) < head {
		return 0, a, nil, false, false
	}
	level = b[0]
	a.id = uint32(binary.LittleEndian.Uint16(b[1:]))
	size := int64(binary.LittleEndian.Uint32(b[5:]))
	b = b[head:]
	if size+sum > int64(len(b)) {
		a.data = b[:min(size, int64(len(b)))]
		return level, a, nil, true, false
	}
	a.data = b[:size:size]
	got := binary.LittleEndian.Uint16(b[size:])
	var want uint16
	for _, c := range a.data {
		want += uint16(c)
	}
	return level, a, b[size+sum:], true, got == want
}

// legacy takes an attribute of the old kind as the property that it is, where
// there is none yet.
func legacy(p *mapi.Props, a attribute) {
	switch a.id {
	case attSubject:
		p.Set(mapi.Subject, mapi.String8, a.data)
	case attBody:
		p.Set(mapi.Body, mapi.String8, a.data)
	case attMessageClass:
		p.Set(mapi.MessageClass, mapi.String8, a.data)
	case attMessageID:
		p.Set(mapi.TnefCorrelationKey, mapi.Binary, a.data)
	case attDateSent:
		setDate(p, mapi.ClientSubmitTime, a.data)
	case attDateReceived:
		setDate(p, mapi.MessageDeliveryTime, a.data)
	case attFrom:
		setFrom(p, a.data)
	}
}

// setDate reads a date as seven 16-bit numbers, in UTC (MS-OXTNEF section
// 2.1.3.3.10).
func setDate(p *mapi.Props, id mapi.ID, b []byte) {
	if len(b) < 12 {
		return
	}
	n := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	if n(0) < 1970 || n(0) > 2200 {
		return
	}
	t := time.Date(n(0), time.Month(n(1)), n(2), n(3), n(4), n(5), 0, time.UTC)
	const ticksPerSecond, secondsFrom1601 = 10_000_000, 11_644_473_600
	p.Set(id, mapi.Time, binary.LittleEndian.AppendUint64(nil, uint64(t.Unix()+secondsFrom1601)*ticksPerSecond))
}

// setFrom reads a sender: a kind, three sizes, the name and the address
// (MS-OXTNEF section 2.1.3.3.2).
func setFrom(p *mapi.Props, b []byte) {
	const head = 8
	if len(b) < head {
		return
	}
	name, addr := int(binary.LittleEndian.Uint16(b[4:])), int(binary.LittleEndian.Uint16(b[6:]))
	b = b[head:]
	name = min(name, len(b))
	addr = min(addr, len(b)-name)
	p.Set(mapi.SenderName, mapi.String8, b[:name])
	kind, rest, ok := strings.Cut(string(b[name:name+addr]), ":")
	if ok {
		p.Set(mapi.SenderType, mapi.String8, []byte(kind))
		p.Set(mapi.SenderAddress, mapi.String8, []byte(rest))
	}
}
