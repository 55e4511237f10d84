package checks

import "reportascam/analyze"

// AttachmentArchiveDanger: what would be blocked as an attachment is wrapped
// into an archive, an email or a disk image.
var AttachmentArchiveDanger = analyze.Check{
	Name: "attachment-archive-danger", Doc: "an attached archive or email holds a file that runs something",
	Cites: []analyze.Cite{"MITRE ATT&CK T1027.015", "MITRE ATT&CK T1553.005"},
	Find:  attachmentArchiveDanger,
}

func attachmentArchiveDanger(ev *analyze.Evidence) analyze.Outcome {
	seen := true
	found := eachFile(ev.Files, func(outer *analyze.File, _ int) string {
		switch outer.Type.Class() {
		case analyze.ClassArchive, analyze.ClassMessage, analyze.ClassDisk, analyze.ClassPicture, analyze.ClassPage:
		default:
			return ""
		}
		seen = seen && !outer.Has(analyze.TraitNamesEncrypted, analyze.TraitNotAllLooked)
		for i := range outer.Inside {
			in := &outer.Inside[i]
			if in.Type.Class().Runs() || in.Claimed.Class().Runs() {
				return "In the attached file " + fileName(outer) + " is " + fileName(in) + ", and that is " + classWord(worseClass(in)) + "."
			}
		}
		return ""
	})
	switch {
	case found != "":
		return hit(found)
	case !seen:
		return unknown("An attached file could not be looked into, or not into all of it.")
	}
	return filesClear(ev, "No attached archive holds a file that runs something.")
}

// AttachmentTrap: a file that was built to break or to deceive whoever
// scans it. No ordinary program writes such.
var AttachmentTrap = analyze.Check{
	Name: "attachment-trap", Doc: "an attached file is built to break or deceive mail filters",
	Cites: []analyze.Cite{"CWE-409", "CWE-22", "MITRE ATT&CK T1027.001"},
	Find:  attachmentTrap,
}

func attachmentTrap(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, _ int) string {
		name := "The attached file " + fileName(f)
		switch {
		case f.Has(analyze.TraitBomb, analyze.TraitOverlapping):
			return name + " is built to choke the programs that look into it."
		case f.Has(analyze.TraitTwoFaced):
			return name + " shows one list of contents to mail filters and another one to you."
		case f.Has(analyze.TraitPathEscape):
			return name + " tries to put files into other folders than the one it is opened in."
		case f.Has(analyze.TraitPadded):
			return name + " was blown up with nothing, as is done to be too large for mail filters."
		case f.Has(analyze.TraitAppended):
			return name + " has an archive hidden behind what it shows."
		}
		return ""
	})
	if found != "" {
		return hit(found)
	}
	return filesClear(ev, "No attached file is built to deceive mail filters.")
}
