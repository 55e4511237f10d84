package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"reportascam/analyze"
)

func hostiles() []hostile {
	return append(append(hostileArchives(), hostileDocuments()...), hostilePages()...)
}

func hostileArchives() []hostile {
	far := "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
	return []hostile{
		{"zip: one entry of 512 MB", "a.zip", "", func(t testing.TB) []byte {
			return rawZip(rawEntry{name: "a.txt", method: 8, data: zeros(t, 12*mib), size: 512*mib + 1, at: -1})
		}, analyze.TraitBomb},
		{"zip: says 4 GB, holds nothing", "a.zip", "", func(testing.TB) []byte {
			return rawZip(rawEntry{name: "a.txt", method: 8, data: []byte{3, 0}, size: 0xFFFFFFFE, at: -1})
		}, analyze.TraitBomb},
		{"zip: lies that it is small", "a.zip", "", func(t testing.TB) []byte {
			return rawZip(rawEntry{name: "a.html", method: 8, data: zeros(t, 12*mib), size: 10, at: -1})
		}, analyze.TraitNotAllLooked},
		{"zip: 300 entries that overlap", "a.zip", "", func(t testing.TB) []byte { return overlapping(t, 300) }, analyze.TraitOverlapping},
		{"zip: 42.zip's kind", "42.zip", "", func(t testing.TB) []byte {
			return nested(t, 5, 16, zipped(t, entry{"0.dll", strings.Repeat("\x00", 4*mib)}))
		}, analyze.TraitNotAllLooked},
		{"zip: 30 levels", "a.zip", "", func(t testing.TB) []byte { return nested(t, 30, 1, []byte("end")) }, analyze.TraitNotAllLooked},
		{"zip: holds itself", "r.zip", "", func(testing.TB) []byte { return selfHolding() }, ""},
		{"zip: 65,000 entries", "a.zip", "", func(testing.TB) []byte { return manyEntries(65_000, "%d.txt") }, analyze.TraitNotAllLooked},
		{"zip: names of 60 KB", "a.zip", "", func(testing.TB) []byte { return manyEntries(300, strings.Repeat("a/", 30_000)+"%d.js") }, analyze.TraitNotAllLooked},
		{"zip: 200 bombs", "a.zip", "", func(t testing.TB) []byte {
			z := zeros(t, 10*mib)
			var list []rawEntry
			for i := range 200 {
				list = append(list, rawEntry{name: fmt.Sprint(i, ".html"), method: 8, data: z, size: 10 * mib, at: -1})
			}
			return rawZip(list...)
		}, analyze.TraitBomb},
		{"zip: no directory", "a.zip", "", func(t testing.TB) []byte {
			b := zipped(t, entry{"a.js", "x"}, entry{"b.txt", "y"})
			return b[:bytes.Index(b, []byte(zipEntry))]
		}, analyze.TraitBroken},
		{"zip: 20 MB of first marks", "a.zip", "", repeat(zipLocal, 5*mib), analyze.TraitBroken},
		{"zip: 20 MB of last marks", "a.zip", "", func(testing.TB) []byte {
			return append([]byte(zipLocal), bytes.Repeat([]byte(zipEnd), 5*mib)...)
		}, analyze.TraitBroken},
		{"zip: 20 MB of directory marks", "a.zip", "", func(testing.TB) []byte {
			return append([]byte(zipLocal), bytes.Repeat([]byte(zipEntry), 5*mib)...)
		}, analyze.TraitBroken},
		{"zip: the directory is beyond the end", "a.zip", "", text(zipLocal + strings.Repeat("\x00", 40) + zipEnd + strings.Repeat("\xFF", 18)), analyze.TraitBroken},
		{"zip: the directory names another file", "a.zip", "", func(testing.TB) []byte {
			return rawZip(rawEntry{name: "bill.pdf", localName: "bill.exe", data: []byte("MZ"), size: 2, at: -1})
		}, analyze.TraitTwoFaced},
		{"zip: entries beyond the end", "a.zip", "", func(testing.TB) []byte {
			return rawZip(rawEntry{name: "a.js", data: nil, at: 1 << 30, size: 9})
		}, ""},
		{"zip: an unknown method", "a.zip", "", func(testing.TB) []byte {
			return rawZip(rawEntry{name: "a.js", method: 97, data: []byte("x"), size: 1, at: -1})
		}, ""},
		{"zip: a program made large with nothing", "a.zip", "", func(t testing.TB) []byte {
			return rawZip(rawEntry{name: "setup.exe", method: 8, data: zeros(t, 12*mib), size: 300 * mib, at: -1})
		}, analyze.TraitPadded},
		{"zip: names lead out", "a.zip", "", func(t testing.TB) []byte { return zipped(t, entry{`..\..\start.bat`, "x"}) }, analyze.TraitPathEscape},
		{"zip: cut off", "a.zip", "", func(t testing.TB) []byte { return zipped(t, entry{"a.js", strings.Repeat("abc", 999)})[:60] }, analyze.TraitBroken},
		{"gzip: 32 MB of nothing", "a.gz", "", func(t testing.TB) []byte { return bigGzip(t, 32*mib) }, analyze.TraitBomb},
		{"gzip: 20 levels", "a.gz", "", func(t testing.TB) []byte { return nestedGzip(t, 20) }, analyze.TraitNotAllLooked},
		{"gzip: 100,000 empty members", "a.gz", "", func(t testing.TB) []byte { return bytes.Repeat(gzipped(t, nil), 100_000) }, analyze.TraitBroken},
		{"gzip: head only", "a.gz", "", text("\x1F\x8B\x08\x08\x00\x00\x00\x00\x00\x00" + strings.Repeat("n", 100_000)), analyze.TraitBroken},
		{"bzip2: nonsense", "a.bz2", "", repeat("BZh91AY&SY\x00", 100_000), analyze.TraitBroken},
		{"tar: a file of 8 EB", "a.tar", "", func(t testing.TB) []byte {
			b := tarred(t, entry{"a.js", "x"})
			copy(b[124:136], "\x80\x00\x00\x00\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF")
			return sumTar(b)
		}, analyze.TraitBroken},
		{"tar: 50,000 files", "a.tar", "", func(t testing.TB) []byte {
			list := make([]entry, 50_000)
			for i := range list {
				list[i].name = fmt.Sprint(i)
			}
			return tarred(t, list...)
		}, analyze.TraitNotAllLooked},
		{"tar: a name of 900 KB", "a.tar", "", func(t testing.TB) []byte { return tarred(t, entry{strings.Repeat("n", 900_000), "x"}) }, ""},
		{"tar: names lead out", "a.tar", "", func(t testing.TB) []byte { return tarred(t, entry{"../../etc/x", "x"}) }, analyze.TraitPathEscape},
		{"7z: a list of 16 EB", "a.7z", "", text("7z\xBC\xAF\x27\x1C\x00\x04\x00\x00\x00\x00" + strings.Repeat("\xFF", 20)), analyze.TraitBroken},
		{"7z: 2^63 files", "a.7z", "", list7zOf(append([]byte{headerMark7z, filesMark7z}, far...)...), analyze.TraitBroken},
		{"7z: 2^63 packed streams", "a.7z", "", list7zOf(append([]byte{headerMark7z, mainMark7z, packMark7z, 0}, far...)...), analyze.TraitBroken},
		{"7z: 2^63 folders", "a.7z", "", list7zOf(append([]byte{headerMark7z, mainMark7z, unpackMark7z, folderMark7z}, far...)...), analyze.TraitBroken},
		{"7z: 10,000 coders each", "a.7z", "", func(testing.TB) []byte {
			list := []byte{headerMark7z, mainMark7z, unpackMark7z, folderMark7z, 0xA7, 0x10, 0}
			for range 10_000 {
				list = append(list, 32)
				list = append(list, bytes.Repeat([]byte{0x10, 0xA7, 0x10, 0xA7, 0x10}, 32)...)
			}
			return []byte(sevenZipOf(list))
		}, analyze.TraitBroken},
		{"7z: properties without end", "a.7z", "", func(testing.TB) []byte {
			return []byte(sevenZipOf(append([]byte{headerMark7z, archiveMark7z}, bytes.Repeat([]byte{1, 0}, 5*mib)...)))
		}, analyze.TraitBroken},
		{"7z: 10 MB of marks of files", "a.7z", "", func(testing.TB) []byte {
			return []byte(sevenZipOf(append([]byte{headerMark7z, mainMark7z, subMark7z}, bytes.Repeat([]byte{filesMark7z}, 10*mib)...)))
		}, analyze.TraitBroken},
		{"7z: a packed list of 16 EB", "a.7z", "", list7zOf(append(append([]byte{encodedMark7z, packMark7z, 0, 1, sizeMark7z, 1, 0,
			unpackMark7z, folderMark7z, 1, 0, 1, 0x23, 3, 1, 1, 5, 0x5D, 0xFF, 0xFF, 0xFF, 0xFF, codersMark7z}, far...), 0, 0)...), analyze.TraitNotAllLooked},
		{"7z: a dictionary of 4 GB", "a.7z", "", list7zOf(encodedMark7z, packMark7z, 0, 1, sizeMark7z, 1, 0,
			unpackMark7z, folderMark7z, 1, 0, 1, 0x23, 3, 1, 1, 5, 0x5D, 0xFF, 0xFF, 0xFF, 0xFF, codersMark7z, 64, 0, 0), analyze.TraitNotAllLooked},
		{"rar 5: a block of 2^70", "a.rar", "", text("Rar!\x1A\x07\x01\x00\x00\x00\x00\x00" + strings.Repeat("\xFF", 20)), analyze.TraitBroken},
		{"rar 5: blocks of nothing", "a.rar", "", func(testing.TB) []byte {
			return append([]byte("Rar!\x1A\x07\x01\x00"), bytes.Repeat([]byte{0, 0, 0, 0, 2, 9, 0}, 3*mib)...)
		}, analyze.TraitBroken},
		{"rar 5: data beyond the end", "a.rar", "", text("Rar!\x1A\x07\x01\x00\x00\x00\x00\x00\x09\x02\x02\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x00"), analyze.TraitBroken},
		{"rar 4: a block of no size", "a.rar", "", text("Rar!\x1A\x07\x00" + strings.Repeat("\x00", 100)), analyze.TraitBroken},
		{"rar 4: 2 million blocks", "a.rar", "", func(testing.TB) []byte {
			return append([]byte("Rar!\x1A\x07\x00"), bytes.Repeat([]byte{0, 0, 0x75, 0, 0, 7, 0}, 2*mib)...)
		}, analyze.TraitBroken},
		{"rar 4: data of 8 EB", "a.rar", "", func(testing.TB) []byte {
			b := []byte(rar4("a.js"))
			h := bytes.IndexByte(b, 0x74) - 2
			b[h+4] |= 0x81
			return append(b[:h+32], bytes.Repeat([]byte{0xFF}, 200)...)
		}, analyze.TraitBroken},
		{"cab: 65,535 files, none there", "a.cab", "", text("MSCF\x00\x00\x00\x00" + strings.Repeat("\x00", 8) + "\x24\x00\x00\x00" + strings.Repeat("\x00", 8) + "\xFF\xFF" + strings.Repeat("\x00", 6)), analyze.TraitBroken},
		{"cab: a table beyond the end", "a.cab", "", text("MSCF\x00\x00\x00\x00" + strings.Repeat("\xFF", 40)), analyze.TraitBroken},
		{"iso: a folder that holds itself", "a.iso", "", func(testing.TB) []byte {
			b := []byte(isoImage("D", ""))
			for at := 18 * isoSector; b[at] != 0; at += int(b[at]) {
				b[at+25] |= 2
				binary.LittleEndian.PutUint32(b[at+2:], 18)
				binary.LittleEndian.PutUint32(b[at+10:], isoSector)
			}
			return b
		}, analyze.TraitNotAllLooked},
		{"iso: extents of 4 GB", "a.iso", "", func(testing.TB) []byte {
			b := []byte(isoImage("A.JS", "x"))
			binary.LittleEndian.PutUint32(b[16*isoSector+166:], 0xFFFFFFFF)
			return b
		}, ""},
	}
}

// sumTar renews the sum of the first header of an archive.
func sumTar(b []byte) []byte {
	copy(b[148:156], "        ")
	sum := 0
	for _, c := range b[:512] {
		sum += int(c)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return b
}
