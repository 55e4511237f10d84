package checks

import (
	"strings"
	"unicode/utf8"

	"reportascam/analyze"
)

const (
	// littleText is up to how many characters a message says so little that
	// what it is about stands in its file: a greeting and "see attached".
	littleText = 160

	// leastFile is from how many octets on a picture or a document can hold a
	// text; smaller ones are logos and marks.
	leastFile = 6 << 10
)

// AttachmentOnly: the message says nothing; a picture or a document says it
// all, where filters that read text see nothing.
var AttachmentOnly = analyze.Check{
	Name: "attachment-only", Doc: "the message has hardly any text: all that it says is in an attached picture or document",
	Cites: []analyze.Cite{"MITRE ATT&CK T1566.001"},
	Find:  attachmentOnly,
}

func attachmentOnly(ev *analyze.Evidence) analyze.Outcome {
	out := filesClear(ev, "The message says in its own text what it is about.")
	if out.Status == analyze.Unknown {
		return out
	}
	if utf8.RuneCountInString(strings.Join(strings.Fields(ev.Original.Text), " ")) > littleText {
		return out
	}
	for _, l := range ev.Links {
		if followed(l) && (l.Source == "html" || l.Source == "text") {
			return out // it is about what is behind the link
		}
	}
	for i := range ev.Files {
		f := &ev.Files[i]
		if c := f.Type.Class(); (c == analyze.ClassPicture || c == analyze.ClassDocument) && f.Size >= leastFile {
			return hit("The email says hardly anything. All that it is about is in the attached file " + fileName(f) + ".")
		}
	}
	return out
}

// AttachmentInvite: an invitation puts itself into the calendar of many
// programs, and nothing proves who sent it.
var AttachmentInvite = analyze.Check{
	Name: "attachment-invite", Doc: "a calendar invitation from a sender that nothing proves",
	Cites: []analyze.Cite{analyze.RFC(5546, "1.4"), analyze.RFC(5545, "7")},
	Find:  attachmentInvite,
}

func attachmentInvite(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, depth int) string {
		switch {
		case depth > 0 || !f.Has(analyze.TraitInvite):
			return ""
		case f.Has(analyze.TraitLinks):
			return "A calendar invitation with a link is attached, and nothing proves who sent it."
		}
		return "A calendar invitation is attached, and nothing proves who sent it."
	})
	if found == "" {
		return filesClear(ev, "No calendar invitation from a stranger is attached.")
	}
	if _, ok := proven(ev); ok {
		return clear("A calendar invitation is attached, and it is proven who sent it.")
	}
	if unauthenticated(ev).Status == analyze.Hit || dmarcFail(ev).Status == analyze.Hit {
		return hit(found)
	}
	return unknown("A calendar invitation is attached. Who sent it could not be checked.")
}
