package checks

import "reportascam/analyze"

// AttachmentMacro: a document that brings a program along, or fetches one.
var AttachmentMacro = analyze.Check{
	Name: "attachment-macro", Doc: "an attached document holds macros, a program, or loads one when opened",
	Cites: []analyze.Cite{"MITRE ATT&CK T1204.002", "MITRE ATT&CK T1221", "ISO 32000-2 section 12.6.4"},
	Find:  attachmentMacro,
}

func attachmentMacro(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, _ int) string {
		if f.Type.Class() != analyze.ClassDocument {
			return ""
		}
		name := "The attached document " + fileName(f)
		switch {
		case f.Has(analyze.TraitAutorun, analyze.TraitXLM):
			return name + " has a program in it (a macro) that can start by itself."
		case f.Has(analyze.TraitMacros):
			return name + " has a program in it (a macro)."
		case f.Has(analyze.TraitRemoteTemplate):
			return name + " fetches a part of itself from another computer as soon as it is opened."
		case f.Has(analyze.TraitDDE, analyze.TraitLaunch):
			return name + " can start a program."
		case f.Has(analyze.TraitJavaScript) && f.Has(analyze.TraitOpensItself):
			return name + " runs a script when it is opened."
		}
		for i := range f.Inside {
			if in := &f.Inside[i]; in.Type.Class().Runs() || in.Claimed.Class().Runs() || in.Type == analyze.FileHTML {
				return name + " has another file in it, and that is " + classWord(worseClass(in)) + "."
			}
		}
		return ""
	})
	if found != "" {
		return hit(found)
	}
	return filesClear(ev, "No attached document brings a program along.")
}

// worseClass gives what a file does: by its name or by its content, whichever
// is worse.
func worseClass(f *analyze.File) analyze.FileClass {
	if c := f.Claimed.Class(); c.Runs() && !f.Type.Class().Runs() {
		return c
	}
	return f.Type.Class()
}
