package relay

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The milter protocol, version 6, as libmilter's mfdef.h and Postfix's
// milter8.c speak it: packets of a length (4 octets, big endian), a command and
// its data.

// Commands of the mail server.
const (
	milterAbort   = 'A'
	milterBody    = 'B'
	milterConnect = 'C'
	milterMacro   = 'D'
	milterEnd     = 'E'
	milterHelo    = 'H'
	milterQuitNew = 'K'
	milterHeader  = 'L'
	milterMail    = 'M'
	milterEOH     = 'N'
	milterOptions = 'O'
	milterQuit    = 'Q'
	milterRcpt    = 'R'
	milterData    = 'T'
	milterUnknown = 'U'
)

// Our answers.
const (
	answerAccept     = 'a'
	answerContinue   = 'c'
	answerDiscard    = 'd'
	answerInsert     = 'i'
	answerDeleteRcpt = '-'
	answerChange     = 'm'
	answerHold       = 'q'
	answerCode       = 'y'
)

// What we do (SMFIF_*).
const (
	actAddHeader    = 0x01
	actChangeHeader = 0x10
	actDeleteRcpt   = 0x08
	actQuarantine   = 0x20
	wantedActions   = actAddHeader | actDeleteRcpt | actChangeHeader | actQuarantine
)

// How it is spoken (SMFIP_*).
const (
	noReplyHeader   = 0x80
	noUnknown       = 0x100
	noData          = 0x200
	noReplyConnect  = 0x1000
	noReplyHelo     = 0x2000
	noReplyMail     = 0x4000
	noReplyRcpt     = 0x8000
	noReplyEOH      = 0x40000
	noReplyBody     = 0x80000
	leadingSpace    = 0x100000
	wantedProtocol  = noReplyHeader | noUnknown | noData | noReplyConnect | noReplyHelo | noReplyMail | noReplyRcpt | noReplyEOH | noReplyBody | leadingSpace
	milterVersion   = 6
	oldestVersion   = 2
	milterDataBytes = 256 << 10 // the largest packet: Sendmail and Postfix send up to 64 KB, and 256 KB may be negotiated
)

var errMilter = errors.New("relay: malformed milter packet")

// packet is one packet; its data is good until the next is read.
type packet struct {
	cmd  byte
	data []byte
}

// packetReader reads packets.
type packetReader struct {
	in  *bufio.Reader
	buf []byte
}

func (r *packetReader) next() (packet, error) {
	var head [5]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return packet{}, err
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n == 0 || n > milterDataBytes+1 {
		return packet{}, fmt.Errorf("%w: of %d octets", errMilter, n)
	}
	if cap(r.buf) < int(n-1) {
		r.buf = make([]byte, n-1)
	}
	r.buf = r.buf[:n-1]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return packet{}, fmt.Errorf("%w: cut off", errMilter)
	}
	return packet{head[4], r.buf}, nil
}

// writePacket queues a packet.
func writePacket(w *bufio.Writer, cmd byte, data ...[]byte) {
	n := 1
	for _, d := range data {
		n += len(d)
	}
	var head [5]byte
	binary.BigEndian.PutUint32(head[:4], uint32(n))
	head[4] = cmd
	_, _ = w.Write(head[:])
	for _, d := range data {
		_, _ = w.Write(d) // Flush gives its error
	}
}

// cstrings splits data that is made of strings, each ended by a NUL.
func cstrings(data []byte) ([]string, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if data[len(data)-1] != 0 {
		return nil, fmt.Errorf("%w: a string without end", errMilter)
	}
	var out []string
	for _, b := range bytes.Split(data[:len(data)-1], []byte{0}) {
		out = append(out, string(b))
	}
	return out, nil
}

// cstring makes a string of ours one of theirs.
func cstring(s string) []byte { return append([]byte(s), 0) }
