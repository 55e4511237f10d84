package files

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"reportascam/analyze"
)

// tar lists a tape archive. Its entries are not compressed, so that they are
// parts of the file itself.
func (l *looker) tar(f *found) {
	b := l.read(f.b)
	in := bytes.NewReader(b)
	r := tar.NewReader(in)
	for n := 0; ; n++ {
		h, err := r.Next()
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			if !errors.Is(err, io.EOF) {
				f.add(analyze.TraitBroken)
			}
			return
		}
		if n >= maxDirectory || l.Files >= maxFiles {
			f.add(analyze.TraitNotAllLooked)
			return
		}
		if escapes(h.Name) || h.Linkname != "" && escapes(h.Linkname) {
			f.add(analyze.TraitPathEscape)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		at := len(b) - in.Len()
		content := b[at:]
		content = content[:max(0, min(h.Size, int64(len(content)), maxEntry))]
		l.hold(f, source{name: h.Name, size: h.Size, content: content, cut: int64(len(content)) < h.Size})
	}
}

// stream opens a file that was compressed by itself, often around a tape
// archive.
func (l *looker) stream(f *found) {
	limit := l.inflate(maxEntry)
	if limit == 0 {
		f.add(analyze.TraitNotAllLooked)
		return
	}
	name := strings.TrimSuffix(bare(f.Name), ".gz")
	in := bytes.NewReader(f.b)
	var r io.Reader
	if f.Type == analyze.FileGZIP {
		z, err := gzip.NewReader(in)
		if err != nil {
			f.add(analyze.TraitBroken)
			return
		}
		if z.Name != "" {
			name = z.Name
		}
		r = z
	} else {
		name = strings.TrimSuffix(name, ".bz2")
		// It is ten times slower than gzip.
		limit = min(limit, maxEntry/8)
		r = bzip2.NewReader(in)
	}
	b, whole := l.drain(r, limit, limit)
	switch {
	case len(b) == 0:
		f.add(analyze.TraitBroken)
		return
	case !whole && len(b) >= limit && len(b) > bombRatio*(len(f.b)-in.Len()):
		f.add(analyze.TraitBomb)
	}
	if sniff(b) == analyze.FileTAR {
		name = strings.TrimSuffix(strings.TrimSuffix(name, ".tgz"), ".tar") + ".tar"
	}
	l.hold(f, source{name: name, size: int64(len(b)), content: b, cut: !whole})
}
