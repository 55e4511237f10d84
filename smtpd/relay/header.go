package relay

import (
	"bytes"
	"fmt"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/auth"
)

// Names of the fields that only a receiver may write (RFC 8601 section 5;
// draft-brand-indicators-for-message-identification section 7). BIMI-Selector is the
// sender's, and signed.
var receiverFields = []string{"BIMI-Location", "BIMI-Indicator", "BIMI-Logo-Preference"}

// fieldPrefix begins the names of our own fields.
const fieldPrefix = "X-Reportascam-"

// foldAt is the length of a line from which on ours are folded (RFC 5322
// section 2.1.1).
const foldAt = 76

func indexLF(b []byte) int { return bytes.IndexByte(b, '\n') }

// scanFields calls f with each header field: its name, without white space
// around it, and its value, with folds. It goes on behind lines that are no
// field, as some mail servers do; a blank line ends it. It gives where the
// body begins, or the length of raw.
func scanFields(raw []byte, f func(start, end int, name string, value []byte)) int {
	for at := 0; at < len(raw); {
		end := lineEnd(raw, at)
		line := raw[at:end]
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return end
		}
		for end < len(raw) && (raw[end] == ' ' || raw[end] == '\t') {
			end = lineEnd(raw, end)
		}
		if colon := bytes.IndexByte(line, ':'); colon > 0 && line[0] != ' ' && line[0] != '\t' {
			f(at, end, string(bytes.TrimRight(line[:colon], " \t")), raw[at+colon+1:end])
		}
		at = end
	}
	return len(raw)
}

func lineEnd(b []byte, at int) int {
	if i := indexLF(b[at:]); i >= 0 {
		return at + i + 1
	}
	return len(b)
}

// claimsOurs tells whether a field that came with a message pretends to be
// ours, or is one that only a receiver may write.
func (s *Server) claimsOurs(name string, value []byte) bool {
	if len(name) >= len(fieldPrefix) && strings.EqualFold(name[:len(fieldPrefix)], fieldPrefix) {
		return true
	}
	for _, n := range receiverFields {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return strings.EqualFold(name, "Authentication-Results") && claimsID(value, s.Hostname)
}

// maxResults is the longest value that is parsed, in octets; a longer one is
// nobody's.
const maxResults = 64 << 10

// claimsID tells whether an Authentication-Results value has our authserv-id:
// as RFC 8601 section 2.2 reads it, or as a careless reader might.
func claimsID(value []byte, id string) bool {
	if len(value) > maxResults {
		value = value[:maxResults]
	}
	text := strings.NewReplacer("\r", "", "\n", "").Replace(string(value))
	r, err := auth.ParseResults(text)
	if strings.EqualFold(strings.TrimSuffix(r.AuthServ, "."), id) {
		return true
	}
	if err == nil && r.AuthServ != "" {
		return false
	}
	head, _, _ := strings.Cut(strings.ToLower(text), ";")
	return strings.Contains(head, strings.ToLower(id))
}

// cleaned gives raw without the fields that claim to be ours. It shares raw's
// memory where there are none.
func (s *Server) cleaned(raw []byte) []byte {
	var out []byte
	kept := 0
	scanFields(raw, func(start, end int, name string, value []byte) {
		if s.claimsOurs(name, value) {
			out = append(out, raw[kept:start]...)
			kept = end
		}
	})
	if kept == 0 {
		return raw
	}
	return append(out, raw[kept:]...)
}

// field is one header field of ours.
type field struct{ name, value string } // value unfolded, printable ASCII

// String gives the field with its CRLF, folded at spaces.
func (f field) String() string {
	var b strings.Builder
	b.WriteString(f.name + ":")
	at := len(f.name) + 1
	for i, w := range strings.Fields(f.value) {
		if i > 0 && at+1+len(w) > foldAt {
			b.WriteString("\r\n\t" + w)
			at = 8 + len(w)
			continue
		}
		b.WriteString(" " + w)
		at += 1 + len(w)
	}
	b.WriteString("\r\n")
	return b.String()
}

// fields gives what is written on top of a message, in order. The reference
// comes last: were the message to begin with a folded line, that would hang
// on to it and to nothing that matters.
func (s *Server) fields(o Opinion, listed, why string) []field {
	var out []field
	if o.Results != "" {
		_, v, _ := strings.Cut(o.Results, ":")
		out = append(out, field{"Authentication-Results", strings.TrimSpace(v)})
	}
	if why != "" {
		out = append(out, field{fieldPrefix + "Verdict", "none (" + why + ")"})
	} else {
		v := fmt.Sprintf("%s score=%.4f", o.Level, o.Score)
		if o.Brand != "" {
			v += " brand=" + printable(o.Brand)
		}
		if listed != "" {
			v += " (" + listed + " by the list)"
		}
		out = append(out, field{fieldPrefix + "Verdict", v})
	}
	if len(o.Hits) > 0 {
		out = append(out, field{fieldPrefix + "Checks", printable(strings.Join(o.Hits, ", "))})
	}
	if o.ID != "" {
		out = append(out, field{fieldPrefix + "Id", printable(o.ID)})
	}
	return out
}

// dressed gives a message as it is delivered with our fields: those of others
// that claim to be ours are gone, and the rest is byte for byte as it came.
func (s *Server) dressed(raw []byte, o Opinion, listed, why string) []byte {
	var head bytes.Buffer
	for _, f := range s.fields(o, listed, why) {
		head.WriteString(f.String())
	}
	rest := s.cleaned(raw)
	if p := s.prefixFor(o, listed); p != "" && why == "" {
		rest = withPrefix(rest, p)
	}
	return append(head.Bytes(), rest...)
}

// prefixFor gives the words before the Subject, if any.
func (s *Server) prefixFor(o Opinion, listed string) string {
	if listed == "allowed" || o.Level.Rank() < analyze.Suspicious.Rank() && listed != "denied" {
		return ""
	}
	return s.Policy.Prefix
}

// withPrefix writes a prefix into the first Subject, or a Subject on top where
// there is none.
func withPrefix(raw []byte, prefix string) []byte {
	at, seen := -1, false
	scanFields(raw, func(_, end int, name string, value []byte) {
		if !seen && strings.EqualFold(name, "Subject") {
			at, seen = end-len(value), true
		}
	})
	if !seen {
		return append([]byte("Subject: "+prefix+"\r\n"), raw...)
	}
	out := append(bytes.Clone(raw[:at]), " "+prefix...)
	return append(out, raw[at:]...)
}
