package eml

import "strings"

// contentType is what the Content-Type fields of a part say.
type contentType struct {
	given    bool // there is one
	declared bool // it is a multipart
	faulty   bool // no program would agree with another about it
	bounds   []string
	names    []string // file names
}

// contentType reads all Content-Type fields of p. Where there are several the
// first one counts, but a multipart goes before anything else.
func (w *walker) contentType(p *Part, dflt string) contentType {
	var ct contentType
	best := -1
	var chosen structured
	for i := p.Header.index("Content-Type", 0); i >= 0; i = p.Header.index("Content-Type", i+1) {
		at := w.base + p.HeaderStart + p.Header.Fields[i].Start
		st := parseStructured(unfold(p.Header.raw(i)))
		if best >= 0 {
			w.note(DefectDuplicateField, at, "Content-Type")
		}
		w.boundaries(&ct, &st, at)
		for _, f := range st.faults {
			w.note(f.Kind, at, f.Detail)
			ct.faulty = true
		}
		multi := strings.HasPrefix(st.main, "multipart")
		if best < 0 || multi && !strings.HasPrefix(chosen.main, "multipart") {
			best, chosen = i, st
		}
		if ct.given = true; len(ct.names) > maxSameKind {
			break
		}
		ct.names = append(ct.names, nonEmpty(st.values("name"))...)
	}
	p.MediaType = dflt
	if best < 0 {
		return ct
	}
	at := w.base + p.HeaderStart + p.Header.Fields[best].Start
	var ok bool
	if p.MediaType, ok = mediaType(chosen.main, dflt); !ok {
		ct.faulty = true
		w.note(DefectMediaType, at, chosen.main)
	}
	p.Params = chosen.params()
	w.duplicates(&chosen, at)
	w.charset(p, at)
	if ct.declared = isMultipart(p.MediaType); ct.declared && len(ct.bounds) == 0 {
		kind := DefectNoBoundary
		if _, ok := p.Params["boundary"]; ok {
			kind = DefectEmptyBoundary
			ct.bounds = []string{""}
		}
		w.note(kind, at, "")
	}
	return ct
}

// boundaries adds the boundaries that st gives.
func (w *walker) boundaries(ct *contentType, st *structured, at int) {
	had := len(ct.bounds)
	for _, p := range st.list {
		if !strings.HasPrefix(p.name, "boundary") {
			continue
		}
		if p.name == "boundary" {
			// As it stands: encoded words have no meaning here.
			w.boundary(ct, p.value, at)
			continue
		}
		for _, v := range st.values("boundary") {
			w.boundary(ct, v, at)
		}
		w.note(DefectBoundary, at, p.name)
		break
	}
	if len(ct.bounds) > had && len(ct.bounds) > 1 {
		w.note(DefectSeveral, at, ct.bounds[len(ct.bounds)-1])
	}
}

func (w *walker) boundary(ct *contentType, v string, at int) {
	clean := strings.TrimRight(v, " \t\r\n\v\f\x00")
	if clean != v || strings.ContainsAny(v, "\"\\\r\n\x00") || len(v) > maxBoundary {
		w.note(DefectBoundary, at, v)
	}
	if clean == "" || len(clean) > maxBoundary || len(ct.bounds) >= maxCandidates || contains(ct.bounds, clean) {
		return
	}
	ct.bounds = append(ct.bounds, clean)
}

// mediaType cleans a media type. ok is false where it is malformed.
func mediaType(s, dflt string) (t string, ok bool) {
	s = strings.Trim(s, " \t\"'")
	major, minor, slash := strings.Cut(s, "/")
	switch {
	case slash && isToken(major) && isToken(minor):
		return s, true
	case major == "multipart":
		return "multipart/mixed", false
	case major == "text" && !strings.Contains(minor, "html"):
		return "text/plain", false
	case strings.Contains(s, "html"):
		return "text/html", false
	case slash && major == "message" && strings.HasPrefix(minor, "rfc822"):
		return "message/rfc822", false
	case s == "":
		return dflt, false
	}
	return "application/octet-stream", false
}

// isToken says whether s is a token of RFC 2045 section 5.1.
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// duplicates notes parameters that are given twice.
func (w *walker) duplicates(st *structured, at int) {
	seen := make(map[string]string, len(st.list))
	for _, p := range st.list {
		if _, ok := seen[p.name]; ok {
			w.note(DefectDuplicateParam, at, p.name)
		}
		seen[p.name] = p.value
	}
}

// charset sets the charset of p and notes odd ones.
func (w *walker) charset(p *Part, at int) {
	v, ok := p.Params["charset"]
	if !ok {
		return
	}
	p.Charset = cleanCharset(v)
	if p.Charset != strings.ToLower(v) || !fitCharset(p.Charset) {
		w.note(DefectCharset, at, v)
	}
}

// disposition reads the Content-Disposition fields of p, and settles its name.
func (w *walker) disposition(p *Part, ct *contentType) {
	var names []string
	for i := p.Header.index("Content-Disposition", 0); i >= 0; i = p.Header.index("Content-Disposition", i+1) {
		at := w.base + p.HeaderStart + p.Header.Fields[i].Start
		st := parseStructured(unfold(p.Header.raw(i)))
		for _, f := range st.faults {
			if f.Kind == DefectMediaType {
				f.Kind = DefectParameter
			}
			w.note(f.Kind, at, f.Detail)
		}
		w.duplicates(&st, at)
		main := strings.ToValidUTF8(st.main, "\uFFFD")
		switch {
		case p.Disposition == "":
			p.Disposition = main
		default:
			w.note(DefectDuplicateField, at, "Content-Disposition")
			if main == "attachment" {
				p.Disposition = main
			}
		}
		if len(names) > maxSameKind {
			break
		}
		names = append(names, nonEmpty(st.values("filename"))...)
		names = append(names, nonEmpty(st.values("name"))...)
	}
	names = append(names, ct.names...)
	for _, n := range names {
		n = strings.ToValidUTF8(n, "\uFFFD")
		switch {
		case p.Filename == "":
			p.Filename = n
		case n != p.Filename && !contains(p.OtherNames, n) && len(p.OtherNames) < maxSameKind:
			p.OtherNames = append(p.OtherNames, n)
		}
	}
	if len(p.OtherNames) > 0 {
		w.note(DefectFilenameDiffers, w.base+p.HeaderStart, p.OtherNames[0])
	}
}

func nonEmpty(list []string) []string {
	out := list[:0]
	for _, s := range list {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}
