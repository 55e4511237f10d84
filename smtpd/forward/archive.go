package forward

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"reportascam/analyze"
	"reportascam/smtpd/forward/zipcrypt"
)

const (
	// maxArchiveDepth is how deep archives in archives are opened: somebody
	// zips what a tool had zipped.
	maxArchiveDepth = 2

	// maxArchiveEntries is how many entries of an archive are looked at. A
	// reporter who zips more than some messages does not do it by hand.
	maxArchiveEntries = 200

	// maxDirectory is how many entries an archive may list at all: what is
	// listed costs memory before it is looked at.
	maxDirectory = 5000

	// maxArchiveBytes is how much is decompressed and decrypted for one
	// report in all: over the 25 MiB that mail providers take.
	maxArchiveBytes = 40 << 20

	// maxRatio is how many times larger than its compressed form an entry may
	// be where it is over freeRatio. Messages are mostly text and base64:
	// between 1 and 20.
	maxRatio  = 200
	freeRatio = 1 << 20

	// maxUnlock bounds the passwords tried for one report in all: 200
	// take a quarter of a second on AES.
	maxUnlock = 200

	// methodAES stands in place of the compression of an entry in AES (APPNOTE
	// section 4.4.5).
	methodAES = 99
)

// isZip tells whether a file is a zip archive by its first octets (APPNOTE
// section 4.3.7).
func isZip(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

// zipMessages gives the messages in an archive: files that are messages by
// name or, where the name says nothing, by what they look like.
func (u *unpacker) zipMessages(b []byte, depth, max int) (out []embedded) {
	// Each listed entry has this mark, so that there are no more of them.
	if n := bytes.Count(b, []byte("PK\x01\x02")); n > maxDirectory {
		u.note("archive: %d entries are more than are looked at", n)
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		u.note("archive: cannot be read")
		return nil
	}
	for i, f := range z.File {
		if i >= maxArchiveEntries {
			u.note("archive: has %d entries, %d were looked at", len(z.File), maxArchiveEntries)
			break
		}
		name := entryName(f.Name)
		if !mayHoldMessage(name) || f.FileInfo().IsDir() {
			continue
		}
		if len(out) >= max {
			u.more = true
			break
		}
		content, err := u.entry(f)
		if err != nil {
			u.note("archive: %s: %v", cut(valid(name), maxChainSubject), err)
			continue
		}
		out = append(out, u.fromFile(file{name: name, content: content}, depth+1, max-len(out))...)
	}
	for i := range out {
		out[i].how = analyze.HowArchive
	}
	return out
}

// entryName gives the last element of an entry's name. The name is never used
// as a path; "../../x.eml" is x.eml.
func entryName(name string) string {
	return strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
}

// mayHoldMessage tells by its name whether a file is worth opening.
func mayHoldMessage(name string) bool {
	switch path.Ext(strings.TrimRight(name, " .")) {
	case ".eml", ".emlx", ".mht", ".msg", ".oft", ".mbox", ".mbx", ".zip", ".p7m", ".dat", ".txt", "":
		return true
	}
	return false
}

// What entry returns.
var (
	errNoPassword = errors.New("no known password opens it")
	errBomb       = errors.New("would be too large")
	errUnreadable = errors.New("cannot be read")
	errCorrupt    = errors.New("is corrupt")
)

// entry gives the content of an archive's entry.
func (u *unpacker) entry(f *zip.File) ([]byte, error) {
	limit := maxArchiveBytes - u.spent
	if limit <= 0 || f.CompressedSize64 > uint64(limit) {
		return nil, errBomb
	}
	limit = min(limit, max(int(f.CompressedSize64)*maxRatio, freeRatio))
	// What the entry says of its size may be false, and only spares work.
	if f.UncompressedSize64 > uint64(limit) {
		return nil, errBomb
	}
	if zipcrypt.Encrypted(f) {
		return u.locked(f, limit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, errUnreadable
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	u.spent += len(b)
	switch {
	case len(b) > limit:
		return nil, errBomb
	case err != nil:
		return nil, errUnreadable
	}
	return b, nil
}

// locked reads an encrypted entry with the passwords that the report names. The
// one that opened an entry is the first to be tried on the next.
func (u *unpacker) locked(f *zip.File, limit int) ([]byte, error) {
	if u.keys == nil {
		u.keys = passwords(u.host)
		if u.report != nil && u.report != u.host {
			list := passwordList{list: passwords(u.report)}
			for _, k := range u.keys {
				list.add(k)
			}
			u.keys = list.list
		}
	}
	worst := errNoPassword
	for i, key := range u.keys {
		if u.tried >= maxUnlock || u.spent+int(f.CompressedSize64) > maxArchiveBytes {
			return nil, errBomb
		}
		u.tried++
		b, err := zipcrypt.Read(f, key, limit)
		if err == nil {
			u.spent += int(f.CompressedSize64) + len(b)
			copy(u.keys[1:i+1], u.keys[:i])
			u.keys[0] = key
			return b, nil
		}
		if errors.Is(err, zipcrypt.ErrMethod) {
			return nil, fmt.Errorf("%w: unknown encryption", errUnreadable)
		}
		if !errors.Is(err, zipcrypt.ErrPassword) {
			// It fitted as far as could be told, and was decrypted.
			u.spent += int(f.CompressedSize64) + min(limit, int(f.CompressedSize64)*maxRatio)/8
			switch {
			case errors.Is(err, zipcrypt.ErrTooLarge):
				u.spent += limit
				worst = errBomb
			case f.Method == methodAES: // the old cipher takes one wrong password in 256
				worst = errCorrupt
			}
		}
	}
	return nil, worst
}
