package relay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// Why a message is refused, once it is there as a whole.
var (
	errTooLarge = errors.New("relay: message too large")
	errLines    = errors.New("relay: bare CR or LF, or NUL")
	errSpool    = errors.New("relay: no room for the message")
)

// spool takes a message as it comes: in memory up to a bound, then in a file
// without a name.
type spool struct {
	mem   []byte
	bound int
	file  *os.File
	w     *bufio.Writer
	size  int64
}

// Write keeps p.
func (sp *spool) Write(p []byte) error {
	sp.size += int64(len(p))
	if sp.file == nil && len(sp.mem)+len(p) <= sp.bound {
		sp.mem = append(sp.mem, p...)
		return nil
	}
	if sp.file == nil {
		f, err := os.CreateTemp("", "reportascam-")
		if err != nil {
			return fmt.Errorf("%w: %w", errSpool, err)
		}
		// Without a name nothing is left of it, however we end.
		_ = os.Remove(f.Name()) // where that does not work, close does it
		sp.file, sp.w = f, bufio.NewWriterSize(f, 64<<10)
		if _, err := sp.w.Write(sp.mem); err != nil {
			return fmt.Errorf("%w: %w", errSpool, err)
		}
		sp.mem = nil
	}
	if _, err := sp.w.Write(p); err != nil {
		return fmt.Errorf("%w: %w", errSpool, err)
	}
	return nil
}

// bytes gives the message. What was in the file is then in memory, so that
// the caller has made room.
func (sp *spool) bytes() ([]byte, error) {
	if sp.file == nil {
		return sp.mem, nil
	}
	err := sp.w.Flush()
	raw := make([]byte, sp.size)
	if err == nil {
		_, err = sp.file.ReadAt(raw, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSpool, err)
	}
	return raw, nil
}

func (sp *spool) close() {
	if sp.file != nil {
		_ = sp.file.Close()
		_ = os.Remove(sp.file.Name()) // gone already on unix
	}
}

// dataReader takes a message off the wire (RFC 5321 section 4.1.1.4): its end
// is CR LF . CR LF, and nothing else is; a dot that was put before another is
// taken away. Every octet between is content, whatever another server might
// see in it.
type dataReader struct {
	in     *bufio.Reader
	repair bool // bare CR and LF become CRLF, NUL goes; else they are errLines
	limit  int64
	odd    bool // there was a bare CR or LF, or NUL
}

// read reads to the end of the message, whatever is wrong with it, so that no
// octet of it is taken for a command. It gives why it is refused apart from
// why reading it failed.
func (d *dataReader) read(sp *spool) (refused, err error) {
	start, size := true, int64(0) // start: at the start of a line that CRLF ended, or of the message
	cr := false                   // a CR was read, and not what follows
	keep := func(p []byte) {
		if size += int64(len(p)); refused == nil && size > d.limit {
			refused = errTooLarge
		}
		if refused == nil {
			refused = sp.Write(p)
		}
	}
	bad := func(fix string) {
		d.odd = true
		if !d.repair && refused == nil {
			refused = errLines
		}
		keep([]byte(fix))
	}
	for {
		chunk, err := d.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return refused, err
		}
		// A line of ".": the end, if CRLF ends it. A chunk is less than a line
		// only where it fills the buffer.
		if start && !cr && string(chunk) == ".\r\n" {
			return refused, nil
		}
		if start && !cr && chunk[0] == '.' {
			chunk = chunk[1:]
		}
		start, cr = d.line(chunk, cr, keep, bad)
	}
}

// line keeps one chunk, which holds LF only at its end. Carried says that a CR
// went before it. It gives whether the next chunk starts a line, and whether a CR
// is carried on.
func (d *dataReader) line(chunk []byte, carried bool, keep func([]byte), bad func(string)) (start, cr bool) {
	cr = carried
	from := 0
	for i, b := range chunk {
		if cr && b != '\n' {
			bad("\r\n") // the CR before stood alone
		}
		switch {
		case b == '\n' && cr:
			keep([]byte("\r\n")) // what was before the CR is kept already
			return true, false
		case b == '\n':
			keep(chunk[from:i])
			bad("\r\n")
			return false, false // a dot after a bare LF was not put there by the client's SMTP
		case b == '\r' || b == 0:
			keep(chunk[from:i])
			from = i + 1
			if b == 0 {
				bad("")
			}
		}
		cr = b == '\r'
	}
	keep(chunk[from:])
	return false, cr
}
