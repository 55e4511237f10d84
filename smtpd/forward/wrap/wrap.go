package wrap

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"reportascam/analyze"
)

// By is who forwards, and to whom. The zero value will do.
type By struct {
	Name, Address string // the reporter
	To            string // the desk
	At            time.Time
}

// Desk is the address that reports go to unless By says another.
const Desk = "reportascam@desk.example"

func (b By) filled() By {
	if b.Address == "" {
		b.Name, b.Address = "Pat Reporter", "pat@reporter.example"
	}
	if b.To == "" {
		b.To = Desk
	}
	return b
}

// boundary separates parts. What is wrapped is encoded or comes with a header
// that no message of real mail has in a line of its own.
const boundary = "=_forwarded-9f3c1b7e52d84a06"

// header writes the header of a report up to its Content fields.
func (b By) header(out *bytes.Buffer, subject, program string) {
	fmt.Fprintf(out, "From: %s <%s>\r\nTo: <%s>\r\n", mime.QEncoding.Encode("utf-8", b.Name), b.Address, b.To)
	fmt.Fprintf(out, "Subject: %s\r\nDate: %s\r\n", mime.QEncoding.Encode("utf-8", oneLine(subject)), b.At.Format(time.RFC1123Z))
	if program != "" {
		fmt.Fprintf(out, "%s\r\n", program)
	}
	out.WriteString("MIME-Version: 1.0\r\n")
}

// oneLine makes s fit into a header field.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Attached makes a report that holds raw as an attachment, byte for byte.
func Attached(raw []byte, subject string, by By) []byte {
	by = by.filled()
	var out bytes.Buffer
	by.header(&out, "Fwd: "+subject, "")
	fmt.Fprintf(&out, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n--%s\r\n", boundary, boundary)
	out.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\nIs this real?\r\n")
	fmt.Fprintf(&out, "--%s\r\nContent-Type: message/rfc822; name=\"message.eml\"\r\n", boundary)
	out.WriteString("Content-Disposition: attachment; filename=\"message.eml\"\r\n\r\n")
	out.Write(raw)
	fmt.Fprintf(&out, "\r\n--%s--\r\n", boundary)
	return out.Bytes()
}

// Redirected makes a report that is raw itself, resent.
func Redirected(raw []byte, by By) []byte {
	by = by.filled()
	var out bytes.Buffer
	fmt.Fprintf(&out, "Resent-From: %s <%s>\r\nResent-To: <%s>\r\nResent-Date: %s\r\n", by.Name, by.Address, by.To, by.At.Format(time.RFC1123Z))
	fmt.Fprintf(&out, "Resent-Message-ID: <%d@reporter.example>\r\n", by.At.Unix())
	out.Write(raw)
	return out.Bytes()
}

// leaf writes a text part.
func leaf(out *bytes.Buffer, kind, text string) {
	fmt.Fprintf(out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind)
	q := quotedprintable.NewWriter(out)
	_, _ = q.Write([]byte(text)) // a buffer takes everything
	_ = q.Close()
	out.WriteString("\r\n")
}

// maxCarried bounds the attachments that a made forward carries, in octets.
const maxCarried = 20 << 20

// compose writes a report of a text, an HTML text where there is one, and
// files.
func compose(by By, subject, program, text, html string, files []analyze.Attachment) []byte {
	var out bytes.Buffer
	by.header(&out, subject, program)
	if len(files) > 0 {
		fmt.Fprintf(&out, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n--%s\r\n", boundary, boundary)
	}
	if html == "" {
		leaf(&out, "text/plain", text)
	} else {
		inner := boundary + "-alt"
		fmt.Fprintf(&out, "Content-Type: multipart/alternative; boundary=%q\r\n\r\n--%s\r\n", inner, inner)
		leaf(&out, "text/plain", text)
		fmt.Fprintf(&out, "--%s\r\n", inner)
		leaf(&out, "text/html", html)
		fmt.Fprintf(&out, "--%s--\r\n", inner)
	}
	if len(files) == 0 {
		return out.Bytes()
	}
	carried := 0
	for _, f := range files {
		if carried += len(f.Content); carried > maxCarried {
			break
		}
		writeFile(&out, f)
	}
	fmt.Fprintf(&out, "--%s--\r\n", boundary)
	return out.Bytes()
}

// writeFile writes an attachment as a part, in lines of 76 octets (RFC 2045
// section 6.8).
func writeFile(out *bytes.Buffer, f analyze.Attachment) {
	kind := f.MediaType
	if kind == "" || strings.ContainsAny(kind, "\r\n\";") || strings.HasPrefix(kind, "message/") || strings.HasPrefix(kind, "multipart/") {
		kind = "application/octet-stream"
	}
	name := mime.FormatMediaType("attachment", map[string]string{"filename": oneLine(f.Name)})
	if name == "" || f.Name == "" {
		name = "attachment"
	}
	fmt.Fprintf(out, "--%s\r\nContent-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n", boundary, kind, name)
	const line = 57 // octets that make 76 characters
	for b := f.Content; len(b) > 0; {
		n := min(line, len(b))
		out.WriteString(base64.StdEncoding.EncodeToString(b[:n]))
		out.WriteString("\r\n")
		b = b[n:]
	}
}
