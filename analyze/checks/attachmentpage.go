package checks

import "reportascam/analyze"

// AttachmentPage: an attached web page that asks for a password, leads on, or
// builds a file. A page from the disk has no address by which a reader could
// tell whose it is.
var AttachmentPage = analyze.Check{
	Name: "attachment-page", Doc: "an attached web page asks for a password, leads elsewhere or unpacks a hidden file",
	Cites: []analyze.Cite{"MITRE ATT&CK T1027.006", "MITRE ATT&CK T1566.001"},
	Find:  attachmentPage,
}

func attachmentPage(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, _ int) string {
		if f.Type.Class() != analyze.ClassPage {
			return ""
		}
		name := "The attached web page " + fileName(f)
		switch {
		case f.Has(analyze.TraitPassword):
			return name + " asks for a password. Real firms do not send such pages by email."
		case f.Has(analyze.TraitSmuggles):
			return name + " puts a file together on your computer that no mail filter has seen."
		case f.Has(analyze.TraitObfuscated):
			return name + " hides what it shows until it is opened."
		case f.Has(analyze.TraitRedirects):
			return name + " sends whoever opens it on to another page."
		case f.Type == analyze.FileSVG && f.Has(analyze.TraitHasScript, analyze.TraitForeignPage):
			return "The attached picture " + fileName(f) + " has a web page or a program in it."
		}
		return ""
	})
	if found != "" {
		return hit(found)
	}
	return filesClear(ev, "No web page that asks for anything is attached.")
}
