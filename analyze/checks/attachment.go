package checks

import (
	"strings"

	"reportascam/analyze"
)

// AttachmentRuns: an attached file is a program, a script, a shortcut, a disk
// image or a profile: opening it lends the computer to whoever sent it.
var AttachmentRuns = analyze.Check{
	Name: "attachment-runs", Doc: "an attached file runs something when it is opened",
	Cites: []analyze.Cite{analyze.RFC(2183, "5"), "block lists of Outlook and Gmail"},
	Find:  attachmentRuns,
}

func attachmentRuns(ev *analyze.Evidence) analyze.Outcome {
	for i := range ev.Files {
		f := &ev.Files[i]
		class := f.Claimed.Class()
		if class == analyze.ClassOther {
			class = f.Type.Class() // the name does not say
		}
		if class.Runs() {
			return hit("The attached file " + fileName(f) + " is " + classWord(class) + ". Opening it runs what the sender wants.")
		}
	}
	return filesClear(ev, "No attached file runs anything by itself.")
}

// AttachmentDisguised: a file shows itself as another kind of file than it is.
var AttachmentDisguised = analyze.Check{
	Name: "attachment-disguised", Doc: "an attached file pretends to be of another kind than it is",
	Cites: []analyze.Cite{analyze.RFC(2183, "5"), "Unicode TR 36 section 2.10", "MITRE ATT&CK T1036"},
	Find:  attachmentDisguised,
}

func attachmentDisguised(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, _ int) string {
		switch {
		case f.Has(analyze.TraitDisguised):
			return "The attached file " + fileName(f) + " looks like " + classWord(f.Claimed.Class()) + ", but it is " + classWord(f.Type.Class()) + "."
		case f.Has(analyze.TraitBidiName):
			return "The name of the attached file " + fileName(f) + " has hidden marks that turn letters around, so that it looks like another kind of file."
		case f.Has(analyze.TraitDoubleEnding):
			return "The name of the attached file " + fileName(f) + " is made to look like a harmless one, but it is " + classWord(f.Claimed.Class()) + "."
		case f.Has(analyze.TraitPaddedName) && (f.Claimed.Class().Runs() || f.Claimed.Class() == analyze.ClassPage):
			return "The name of the attached file " + fileName(f) + " pushes out of sight that it is " + classWord(f.Claimed.Class()) + "."
		}
		return ""
	})
	if found != "" {
		return hit(found)
	}
	return filesClear(ev, "Every attached file is what it looks like.")
}

// AttachmentMislabelled: a file goes under several names or types, so that
// mail filters and readers see different things.
var AttachmentMislabelled = analyze.Check{
	Name: "attachment-mislabelled", Doc: "an attached file is labelled as several kinds of file at once, or its name has unseen characters",
	Cites: []analyze.Cite{analyze.RFC(2183, "2.3"), analyze.RFC(2046, "1")},
	Find:  attachmentMislabelled,
}

func attachmentMislabelled(ev *analyze.Evidence) analyze.Outcome {
	for i := range ev.Files {
		f := &ev.Files[i]
		switch {
		case f.Has(analyze.TraitTwoNames):
			return hit("The attached file " + fileName(f) + " has two names, so that it is one kind of file to some programs and another kind to others.")
		case f.Has(analyze.TraitMislabelled):
			return hit("The attached file " + fileName(f) + " is labelled as a kind of file that does not fit its name.")
		case f.Has(analyze.TraitInvisibleName):
			return hit("The name of the attached file " + fileName(f) + " has characters in it that nobody can see.")
		}
	}
	return filesClear(ev, "The labels of all attached files fit their names.")
}

// eachFile asks f of all files and of those within them, the outer ones first,
// and gives the first answer. depth is 0 for what is attached itself.
func eachFile(list []analyze.File, f func(f *analyze.File, depth int) string) string {
	return eachFileAt(list, 0, f)
}

func eachFileAt(list []analyze.File, depth int, f func(f *analyze.File, depth int) string) string {
	for i := range list {
		if s := f(&list[i], depth); s != "" {
			return s
		}
	}
	for i := range list {
		if s := eachFileAt(list[i].Inside, depth+1, f); s != "" {
			return s
		}
	}
	return ""
}

// filesClear is clear where the forward kept the files and all were looked at.
func filesClear(ev *analyze.Evidence, says string) analyze.Outcome {
	if ev.Original == nil || ev.Original.Grade == analyze.GradeText {
		return unknown("The forward kept no attachments.")
	}
	for _, lost := range ev.Original.Lost {
		if lost == "attachments" || lost == "body" {
			return unknown("The forward lost the attachments.")
		}
	}
	if len(ev.Files) == 0 {
		return clear("Nothing is attached.")
	}
	return clear(says)
}

// fileName is a file's name in a sentence.
func fileName(f *analyze.File) string {
	if strings.TrimSpace(f.Name) == "" {
		return "without a name"
	}
	return quote(f.Name)
}

// classWord says in plain words what a file of a class is.
func classWord(c analyze.FileClass) string {
	switch c {
	case analyze.ClassProgram:
		return "a program"
	case analyze.ClassScript:
		return "a script, which is a small program"
	case analyze.ClassShortcut:
		return "a shortcut, which can start a program"
	case analyze.ClassDisk:
		return "a disk image, which can hide programs"
	case analyze.ClassProfile:
		return "a profile, which changes the settings of a phone or computer"
	case analyze.ClassArchive:
		return "an archive of other files"
	case analyze.ClassDocument:
		return "a document"
	case analyze.ClassPage:
		return "a web page"
	case analyze.ClassPicture:
		return "a picture"
	case analyze.ClassMedia:
		return "a sound or a film"
	case analyze.ClassMessage:
		return "an email"
	case analyze.ClassText:
		return "a text"
	}
	return "a file of an unknown kind"
}
