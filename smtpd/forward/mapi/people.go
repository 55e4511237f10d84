package mapi

import (
	"bytes"
	"encoding/binary"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// The kinds of recipient in the low bits of their type (MS-OXCMSG section
// 2.2.3.1.2); a high bit marks those who get it again.
const (
	kindMask = 0x0F
	kindTo   = 1
	kindCc   = 2
	kindBcc  = 3
)

// maxReplyTo bounds the addresses that an answer goes to; real mail has one.
const maxReplyTo = 50

// senders gives whom a message is from and who sent it for them.
func senders(p *Props) (from, sender analyze.Mailbox) {
	from = person(p, SentRepresentingName, SentRepresentingType,
		SentRepresentingSMTP, SentRepresentingAddress, SentRepresentingSearchKey, SentRepresentingEntryID)
	sender = person(p, SenderName, SenderType, SenderSMTPAddress, SenderAddress, SenderSearchKey, SenderEntryID)
	switch {
	case from.Address == "" && (from.Name == "" || sender.Address != "" && from.Name == sender.Name):
		from = sender
	case sender == analyze.Mailbox{}:
		sender = from
	}
	return from, sender
}

// person reads one mailbox from its properties: name, kind of address, and the
// places of an address, best first.
func person(p *Props, name, kind ID, places ...ID) analyze.Mailbox {
	m := analyze.Mailbox{Name: p.Line(name)}
	exchange := strings.EqualFold(p.Line(kind), "EX")
	for _, id := range places {
		a := ""
		switch id {
		case SenderSearchKey, SentRepresentingSearchKey:
			a = searchKey(p.Bytes(id))
		case SenderEntryID, SentRepresentingEntryID:
			_, a = oneOff(p.Bytes(id), p.Encoding)
		case SenderAddress, SentRepresentingAddress, EmailAddress:
			if !exchange {
				a = p.Line(id)
			}
		default:
			a = p.Line(id)
		}
		if a = address(a); a != "" {
			m.Address = a
			break
		}
	}
	return tidy(m)
}

// tidy drops the quotes that Outlook puts around names, and names that are
// only the address again.
func tidy(m analyze.Mailbox) analyze.Mailbox {
	if n := len(m.Name); n >= 2 && (m.Name[0] == '\'' || m.Name[0] == '"') && m.Name[n-1] == m.Name[0] {
		m.Name = strings.TrimSpace(m.Name[1 : n-1])
	}
	if m.Address == "" {
		if a := address(m.Name); a != "" && !strings.ContainsAny(m.Name, " <>()") {
			m.Address, m.Name = a, ""
		}
	}
	if strings.EqualFold(m.Name, m.Address) {
		m.Name = ""
	}
	return m
}

// address gives an SMTP address out of a value, empty if it is another kind.
func address(s string) string {
	if n := len("SMTP:"); len(s) > n && strings.EqualFold(s[:n], "SMTP:") {
		s = s[n:]
	}
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "@") || strings.HasPrefix(s, "/") {
		return ""
	}
	if strings.ContainsAny(s, "<> ") {
		if list, _ := eml.ParseAddresses(s); len(list) == 1 {
			return list[0].Addr()
		}
	}
	return s
}

// searchKey reads "SMTP:LOCAL@DOMAIN" with a NUL, in upper case.
func searchKey(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	if n := len("SMTP:"); len(s) <= n || !strings.EqualFold(s[:n], "SMTP:") {
		return ""
	}
	return strings.ToLower(s)
}

func (m *Message) addRecipient(p *Props) {
	who := person(p, DisplayName, AddressType, SMTPAddress, EmailAddress)
	if who.Name == "" && who.Address == "" {
		who.Name = p.Line(RecipientDisplayName)
	}
	if who == (analyze.Mailbox{}) {
		return
	}
	switch kind, _ := p.Int(RecipientType); kind & kindMask {
	case kindTo:
		m.To = append(m.To, who)
	case kindCc:
		m.Cc = append(m.Cc, who)
	case kindBcc:
		m.Bcc = append(m.Bcc, who)
	}
}

// displayed reads a list of names as it is shown.
func displayed(s string) []analyze.Mailbox {
	var out []analyze.Mailbox
	for _, name := range strings.SplitN(s, ";", maxRecipients) {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, tidy(analyze.Mailbox{Name: name}))
		}
	}
	return out
}

// replyTo reads the recipients of an answer: a FlatEntryList (MS-OXCDATA
// section 2.3.3), or else their names.
func replyTo(p *Props) []analyze.Mailbox {
	var out []analyze.Mailbox
	if b := p.Bytes(ReplyRecipientEntries); len(b) > 8 {
		b = b[8:] // count and size, neither of which is needed
		for len(b) > 4 && len(out) < maxReplyTo {
			size := int64(binary.LittleEndian.Uint32(b))
			b = b[4:]
			entry := b[:min(size, int64(len(b)))]
			if name, a := oneOff(entry, p.Encoding); name != "" || a != "" {
				out = append(out, tidy(analyze.Mailbox{Name: name, Address: address(a)}))
			}
			b = b[min((size+3)&^3, int64(len(b))):]
		}
	}
	if len(out) == 0 {
		out = displayed(p.Line(ReplyRecipientNames))
	}
	return out
}

// oneOffID marks an entry identifier that holds its address itself (MS-OXCDATA
// section 2.2.5.1).
const oneOffID = "\x81\x2B\x1F\xA4\xBE\xA3\x10\x19\x9D\x6E\x00\xDD\x01\x0F\x54\x02"

// oneOffUnicode is set in the second byte of its flags if its texts are UTF-16.
const oneOffUnicode = 0x80

func oneOff(b []byte, e Encoding) (name, addr string) {
	if len(b) < 24 || string(b[4:20]) != oneOffID {
		return "", ""
	}
	wide := b[23]&oneOffUnicode != 0
	b = b[24:]
	var fields [3]string // name, kind, address
	for i := range fields {
		var field []byte
		field, b = terminated(b, wide)
		p := Props{Encoding: e}
		typ := String8
		if wide {
			typ = Unicode
		}
		p.Set(DisplayName, typ, field)
		fields[i] = p.Line(DisplayName)
	}
	if strings.EqualFold(fields[1], "EX") {
		return fields[0], ""
	}
	return fields[0], fields[2]
}

// terminated cuts a text at its NUL.
func terminated(b []byte, wide bool) (text, rest []byte) {
	if !wide {
		text, rest, _ = bytes.Cut(b, []byte{0})
		return text, rest
	}
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			return b[:i], b[i+2:]
		}
	}
	return b, nil
}
