package forward

import (
	"bytes"
)

const (
	// maxMbox bounds the messages looked at in one mailbox file. It is over
	// what is ever judged of a report, so that the first ones are found behind
	// junk.
	maxMbox = 100

	// maxFromLine bounds a "From " line: the longest path of an address and a
	// date.
	maxFromLine = 400
)

// mboxLine tells whether a line starts a message in a mailbox file: "From ",
// who sent it, and a date with a time and a year (RFC 4155 appendix A). Words
// that only begin with "From " have none.
func mboxLine(line []byte) bool {
	if len(line) > maxFromLine || !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	fields := bytes.Fields(line)
	if len(fields) < 6 {
		return false
	}
	clock, year := false, false
	for _, f := range fields[2:] {
		clock = clock || len(f) >= 4 && bytes.IndexByte(f, ':') > 0 && digits(f[:1]) && digits(f[len(f)-1:])
		year = year || len(f) == 4 && digits(f)
	}
	return clock && year
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// mboxStart gives the offset of the first message of a mailbox file within b,
// or -1: a "From " line at a line's start with a header below. What stands
// above it is at most note lines of text.
func mboxStart(b []byte, note int) int {
	for pos, n := 0, 0; pos < len(b); {
		end, next := lineEnd(b, pos)
		line := b[pos:end]
		switch {
		case mboxLine(line) && messageFields(b[next:]) >= 2:
			return pos
		case len(bytes.TrimSpace(line)) > 0:
			if n++; n > note {
				return -1
			}
		}
		pos = next
	}
	return -1
}

// lineEnd gives the end of the line at pos and the start of the next.
func lineEnd(b []byte, pos int) (end, next int) {
	i := bytes.IndexByte(b[pos:], '\n')
	if i < 0 {
		return len(b), len(b)
	}
	end, next = pos+i, pos+i+1
	if end > pos && b[end-1] == '\r' {
		end--
	}
	return end, next
}

// splitMbox gives the messages of a mailbox file, at most max, and whether
// there are more. A new one starts at a "From " line below a blank line with a
// header below it, so that a "From " that nobody escaped is no start.
func splitMbox(b []byte, max int) (out [][]byte, more bool) {
	max = min(max, maxMbox)
	start := -1
	blank := true
	for pos := 0; pos < len(b); {
		end, next := lineEnd(b, pos)
		line := b[pos:end]
		if blank && mboxLine(line) && messageFields(b[next:]) >= 1 {
			if start >= 0 {
				out = append(out, unescapeFrom(b[start:pos]))
			}
			if len(out) >= max {
				return out, true
			}
			start = next
		}
		blank = len(line) == 0
		pos = next
	}
	if start >= 0 {
		out = append(out, unescapeFrom(b[start:]))
	}
	return out, false
}

// unescapeFrom undoes what a mailbox file does to a message: the blank line at
// the end, and a ">" before lines that start with "From " (mboxo) or with
// more such marks and "From " (mboxrd; both are described in RFC 4155).
// Without such a line it shares memory with b.
func unescapeFrom(b []byte) []byte {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(b, []byte(end)) {
			b = b[:len(b)-len(end)/2]
			break
		}
	}
	if !bytes.Contains(b, []byte(">From ")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for pos := 0; pos < len(b); {
		_, next := lineEnd(b, pos)
		line := b[pos:next]
		if line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			line = line[1:]
		}
		out = append(out, line...)
		pos = next
	}
	return out
}
