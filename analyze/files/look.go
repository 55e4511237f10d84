package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"reportascam/analyze"
)

// Look tells what the files of an original truly are, in their order.
func Look(o *analyze.Original) []analyze.File {
	out, _ := look(o)
	return out
}

func look(o *analyze.Original) ([]analyze.File, Cost) {
	l := &looker{}
	l.told = func() bool { return tellsPassword(o.Subject, o.Text) }
	var out []analyze.File
	for i := range o.Attachments {
		a := &o.Attachments[i]
		if l.Files >= maxFiles {
			out[len(out)-1].Traits = add(out[len(out)-1].Traits, analyze.TraitNotAllLooked)
			break
		}
		out = append(out, l.file(source{name: a.Name, others: a.OtherNames, media: a.MediaType,
			content: a.Content, size: int64(a.Size), sum: a.SHA256}, 0))
	}
	sameNames(out)
	return out, l.Cost
}

// source is a file before it was looked at.
type source struct {
	name    string
	others  []string // what other programs would call it
	media   string   // as claimed, where it is part of a message
	content []byte
	size    int64  // of the whole, where content is not
	sum     string // of the content, where it is known
	cut     bool   // content is only the beginning
	locked  bool   // content is not to be had without a password
	padded  bool   // packed far denser than anything that is a program
}

// looker is the work on one original.
type looker struct {
	Cost
	told func() bool // whether the message names a password
}

// found is what is being found out about one file.
type found struct {
	analyze.File
	b     []byte // the content
	depth int
}

func (f *found) add(traits ...analyze.FileTrait) { f.Traits = add(f.Traits, traits...) }

// add puts traits into a list that holds each once.
func add(list []analyze.FileTrait, traits ...analyze.FileTrait) []analyze.FileTrait {
next:
	for _, t := range traits {
		for _, have := range list {
			if have == t {
				continue next
			}
		}
		list = append(list, t)
	}
	return list
}

// file looks at one file and, down to maxDepth, at what it holds.
func (l *looker) file(s source, depth int) analyze.File {
	l.Files++
	f := &found{b: s.content, depth: depth, File: analyze.File{Name: cutName(s.name), MediaType: cutName(s.media), Size: s.size, SHA256: s.sum}}
	f.Claimed = claimed(s.name, s.media)
	f.add(nameTraits(s.name, f.Claimed)...)
	for _, other := range s.others {
		if t := byEnding(ending(other)); t != analyze.FileUnknown && t.Class() != f.Claimed.Class() {
			f.add(analyze.TraitTwoNames)
		}
	}
	if s.cut {
		f.add(analyze.TraitNotAllLooked)
	} else if s.sum == "" && len(s.content) > 0 {
		if b := l.read(s.content); len(b) == len(s.content) {
			sum := sha256.Sum256(b)
			f.SHA256 = hex.EncodeToString(sum[:])
		}
	}
	switch {
	case s.locked:
		f.Type = f.Claimed
		f.add(analyze.TraitEncrypted)
	case s.size == 0 && len(s.content) == 0:
		f.Type = analyze.FileEmpty
	case len(s.content) == 0:
		f.Type = f.Claimed
	default:
		f.Type = settle(sniff(s.content), f.Claimed, s.content)
		l.open(f)
	}
	if f.Has(analyze.TraitEncrypted) && l.told() {
		f.add(analyze.TraitPasswordTold)
	}
	if s.padded && (f.Type.Class().Runs() || f.Claimed.Class().Runs()) {
		f.add(analyze.TraitPadded)
	}
	if mislabelled(s.media, f.Claimed) {
		f.add(analyze.TraitMislabelled)
	}
	if disguised(&f.File) {
		f.add(analyze.TraitDisguised)
	}
	return f.File
}

// hold lists a file that f holds.
func (l *looker) hold(f *found, s source) {
	if l.Files >= maxFiles {
		f.add(analyze.TraitNotAllLooked)
		return
	}
	f.Inside = append(f.Inside, l.file(s, f.depth+1))
}

// open looks into a file as its type asks for.
func (l *looker) open(f *found) {
	if f.depth >= maxDepth {
		if opens(f.Type) {
			f.add(analyze.TraitNotAllLooked)
		}
		return
	}
	if f.Type.Class().Runs() {
		l.padding(f)
	}
	switch f.Type {
	case analyze.FileZIP:
		l.zip(f)
	case analyze.FileTAR:
		l.tar(f)
	case analyze.FileGZIP, analyze.FileBZIP2:
		l.stream(f)
	case analyze.File7Z:
		l.sevenZip(f)
	case analyze.FileRAR:
		l.rar(f)
	case analyze.FileCAB:
		l.cab(f)
	case analyze.FileISO:
		l.iso(f)
	case analyze.FileOLE:
		l.compound(f)
	case analyze.FileRTF:
		l.rtf(f)
	case analyze.FileOneNote:
		l.oneNote(f)
	case analyze.FilePDF:
		l.pdf(f)
	case analyze.FileHTML, analyze.FileSVG, analyze.FileHTA:
		l.page(f)
	case analyze.FileMHTML, analyze.FileMessage:
		l.message(f)
	case analyze.FileCalendar:
		l.calendar(f)
	case analyze.FileURL, analyze.FileLNK, analyze.FileSearch:
		l.shortcut(f)
	}
	l.appended(f)
}

// opens tells whether a type is one that is looked into.
func opens(t analyze.FileType) bool {
	switch t.Class() {
	case analyze.ClassArchive, analyze.ClassDocument, analyze.ClassPage, analyze.ClassMessage, analyze.ClassDisk:
		return true
	}
	return false
}

// appended looks for an archive behind a file that begins as something else: a
// picture, a page or a shortcut that carries what it unpacks.
func (l *looker) appended(f *found) {
	switch f.Type.Class() {
	case analyze.ClassArchive, analyze.ClassDocument, analyze.ClassMessage, analyze.ClassProgram:
		return // a zip themselves, or hold some in plain; installers unpack themselves
	}
	tail := f.b[max(0, len(f.b)-maxComment-endSize):]
	if bytes.Contains(tail, []byte(zipEnd)) {
		z := readZip(f.b, false)
		if len(z.entries) > 0 {
			f.add(analyze.TraitAppended)
			l.Read += len(z.entries) * entrySize
			l.zipFiles(f, z)
		}
	}
}

// padding notes a program that was made large with nothing: where as many of
// its octets as are sampled repeat the one before.
func (l *looker) padding(f *found) {
	const samples = 1 << 16
	if len(f.b) < paddedSize {
		return
	}
	l.Read += samples
	same, step := 0, len(f.b)/samples
	for i := step; i < len(f.b); i += step {
		if f.b[i] == f.b[i-1] {
			same++
		}
	}
	if same > samples/100*paddedShare {
		f.add(analyze.TraitPadded)
	}
}

// sameNames notes files that are shown with one name and are different ones.
func sameNames(list []analyze.File) {
	first := map[string]int{}
	for i := range list {
		f := &list[i]
		if f.Name == "" {
			continue
		}
		key := strings.ToLower(f.Name)
		j, seen := first[key]
		if !seen {
			first[key] = i
			continue
		}
		if list[j].SHA256 != f.SHA256 {
			list[j].Traits = add(list[j].Traits, analyze.TraitSameName)
			f.Traits = add(f.Traits, analyze.TraitSameName)
		}
	}
}
