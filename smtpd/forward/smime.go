package forward

import (
	"bytes"
	"errors"
	"strings"

	"reportascam/analyze/eml"
	"reportascam/smtpd/forward/cms"
)

// maxSigned is how many signatures around each other are opened: a message is
// signed by its writer, and again by a gateway.
const maxSigned = 3

// signedType tells whether a media type is that of an S/MIME wrapper (RFC 8551
// section 3.2), signed or encrypted.
func signedType(mediaType string) bool {
	return mediaType == "application/pkcs7-mime" || mediaType == "application/x-pkcs7-mime"
}

// opened gives a message without the opaque signature around its body: the
// same header, with the signed content in place of the body. The message
// itself if there is none. why tells what could not be opened.
func opened(m *eml.Message) (out *eml.Message, why string) {
	for range maxSigned {
		if !signedType(m.Root.MediaType) {
			break
		}
		content, err := cms.Content(m.Root.Decoded())
		if err != nil {
			return m, signedFault(m.Root.Decoded(), err)
		}
		m = eml.Parse(join(m, content))
	}
	return withTNEF(m), ""
}

// join puts another MIME entity in place of a message's body.
func join(m *eml.Message, entity []byte) []byte {
	var b bytes.Buffer
	b.Grow(m.BodyStart + len(entity))
	for i, f := range m.Header.Fields {
		if name := strings.ToLower(f.Name); !strings.HasPrefix(name, "content-") {
			line := m.Header.RawField(i)
			b.Write(bytes.TrimRight(line, "\r\n"))
			b.WriteString("\r\n")
		}
	}
	b.Write(entity)
	return b.Bytes()
}

// signedFault says in words why a wrapper could not be opened.
func signedFault(b []byte, err error) string {
	switch {
	case cms.Encrypted(b):
		return "s/mime: encrypted for its recipient"
	case errors.Is(err, cms.ErrDetached):
		return "s/mime: a signature without the message"
	}
	return "s/mime: cannot be read"
}

// signedMessages gives the messages in a signed file: those that are attached
// to what was signed, or that itself where it is a whole message.
func (u *unpacker) signedMessages(f file, max int) []embedded {
	if f.part != nil && f.part == u.host.Root {
		return nil // opened before
	}
	for range maxSigned {
		content, err := cms.Content(f.content)
		if err != nil {
			u.note("%s", signedFault(f.content, err))
			return nil
		}
		m := eml.Parse(content)
		if signedType(m.Root.MediaType) {
			f.content = m.Root.Decoded()
			continue
		}
		if messageFields(content) >= 3 {
			return []embedded{{msg: m}}
		}
		if m.Root.MediaType == "message/rfc822" && m.Root.Message != nil {
			return []embedded{{msg: m.Root.Message}}
		}
		var out []embedded
		m.Walk(func(p *eml.Part, _ int) bool {
			if p.Message != nil && len(out) < max {
				out = append(out, embedded{msg: p.Message})
			}
			return p.Message == nil
		})
		return out
	}
	return nil
}
