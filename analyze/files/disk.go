package files

import (
	"bytes"
	"encoding/binary"
	"strings"

	"reportascam/analyze"
)

const (
	isoSector = 2048

	// maxFolders is how many folders of a disk image are looked into.
	maxFolders = 100
)

// iso lists a disk image: ECMA-119 sections 8.4 and 9.1. Of two tables of
// contents it reads Joliet's, which Windows shows. An image in UDF alone is not
// listed.
func (l *looker) iso(f *found) {
	b := l.read(f.b)
	var root []byte
	joliet := false
	for sector := 16; sector < 32 && (sector+1)*isoSector <= len(b); sector++ {
		d := b[sector*isoSector : (sector+1)*isoSector]
		if string(d[1:6]) != "CD001" || d[0] == 255 {
			break
		}
		wide := d[0] == 2 && bytes.HasPrefix(d[88:], []byte("%/"))
		if d[0] == 1 && root == nil || wide {
			root, joliet = d[156:190], wide
		}
	}
	if root == nil {
		return
	}
	folders := [][]byte{isoExtent(b, root)}
	for n := 0; n < len(folders); n++ {
		for _, r := range isoRecords(l.read(folders[n])) {
			content := isoExtent(b, r)
			name := isoName(r, joliet)
			switch {
			case name == "":
			case r[25]&2 != 0:
				if len(folders) >= maxFolders {
					f.add(analyze.TraitNotAllLooked)
					continue
				}
				folders = append(folders, content)
			default:
				if l.Files >= maxFiles {
					f.add(analyze.TraitNotAllLooked)
					return
				}
				size := int64(binary.LittleEndian.Uint32(r[10:]))
				content = content[:min(len(content), maxEntry)]
				l.hold(f, source{name: name, content: content, size: size, cut: int64(len(content)) < size})
			}
		}
	}
}

// isoExtent gives the bytes that a record points to.
func isoExtent(b, r []byte) []byte {
	at, size := int64(binary.LittleEndian.Uint32(r[2:]))*isoSector, int64(binary.LittleEndian.Uint32(r[10:]))
	if at > int64(len(b)) {
		return nil
	}
	return b[at:min(at+size, int64(len(b)))]
}

// isoRecords splits a folder into its records, which no sector's end cuts.
func isoRecords(b []byte) (out [][]byte) {
	for at := 0; at+34 <= len(b) && len(out) < maxDirectory; {
		n := int(b[at])
		if n < 34 || at+n > len(b) {
			at = (at/isoSector + 1) * isoSector
			continue
		}
		if r := b[at : at+n]; 33+int(r[32]) <= n {
			out = append(out, r)
		}
		at += n
	}
	return out
}

// isoName gives the name of a record, empty for the folder itself and the one
// above it.
func isoName(r []byte, joliet bool) string {
	name := r[33 : 33+int(r[32])]
	if len(name) == 1 && name[0] <= 1 {
		return ""
	}
	s := string(name)
	if joliet {
		s = wideText(append([]byte("\xFE\xFF"), name...))
	}
	s, _, _ = strings.Cut(s, ";") // the version
	return strings.TrimRight(s, ".")
}

// cab lists a cabinet (MS-CAB section 2). What is in its files is not unpacked.
func (l *looker) cab(f *found) {
	const head, entry = 36, 16
	b := l.read(f.b)
	if len(b) < head {
		f.add(analyze.TraitBroken)
		return
	}
	at, count := int64(binary.LittleEndian.Uint32(b[16:])), int(binary.LittleEndian.Uint16(b[28:]))
	if at > int64(len(b)) {
		f.add(analyze.TraitBroken)
		return
	}
	b = b[at:]
	for range count {
		if l.Files >= maxFiles {
			f.add(analyze.TraitNotAllLooked)
			return
		}
		if len(b) < entry {
			f.add(analyze.TraitBroken)
			return
		}
		size := int64(binary.LittleEndian.Uint32(b))
		b = b[entry:]
		end := bytes.IndexByte(b[:min(len(b), maxNameRead)], 0)
		if end < 0 {
			f.add(analyze.TraitBroken)
			return
		}
		name := string(b[:end])
		if escapes(name) {
			f.add(analyze.TraitPathEscape)
		}
		l.hold(f, source{name: name, size: size})
		b = b[end+1:]
	}
}
