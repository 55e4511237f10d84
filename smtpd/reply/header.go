package reply

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// maxMessageID bounds a Message-ID that we repeat; RFC 5322 section 2.1.1
// wants lines under 78 characters, and real ones go up to about 200.
const maxMessageID = 250

// messageID gives the msg-id of a field value if it has the strict form of
// RFC 5322 section 3.6.4 (a dot-atom on both sides), else "".
func messageID(v string) string {
	v = strings.TrimSpace(v)
	if len(v) < 5 || len(v) > maxMessageID || v[0] != '<' || v[len(v)-1] != '>' {
		return ""
	}
	left, right, ok := strings.Cut(v[1:len(v)-1], "@")
	if !ok || !dotAtom(left, isAtext) || !dotAtom(right, isAtext) {
		return ""
	}
	return v
}

// parent gives the Message-ID that the answer is a reply to: the report's
// own. The report's References are left out: forwards carry the scam's
// Message-ID there.
func parent(h eml.Header) string { return messageID(h.Get("Message-ID")) }

// maxReference bounds the reference number; the store's IDs have 26.
const maxReference = 64

// reference gives the report's ID as it stands in the answer.
func reference(id analyze.ID) string {
	var b strings.Builder
	for i := 0; i < len(id) && b.Len() < maxReference; i++ {
		if isLDH(id[i]) {
			b.WriteByte(id[i])
		}
	}
	return b.String()
}

// token gives 16 random octets in hex.
func token(r io.Reader) (string, error) {
	if r == nil {
		r = rand.Reader
	}
	var b [16]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("making a message ID: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}
