package checks

import "reportascam/analyze"

// AttachmentLocked: a file that nobody can look into before it is opened.
var AttachmentLocked = analyze.Check{
	Name: "attachment-locked", Doc: "an attached archive or document is locked with a password",
	Cites: []analyze.Cite{"MITRE ATT&CK T1027.013", "APPNOTE section 4.4.4", "ISO 32000-2 section 7.6"},
	Find:  attachmentLocked,
}

func attachmentLocked(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, _ int) string {
		if f.Has(analyze.TraitEncrypted) {
			return "The attached file " + fileName(f) + " is locked with a password, so that no mail filter could look into it."
		}
		return ""
	})
	if found != "" {
		return hit(found)
	}
	return filesClear(ev, "No attached file is locked.")
}

// AttachmentPasswordTold: a locked file, and the same message names its
// password. Whoever guards a file does not send the key along: it is locked
// from mail filters only.
var AttachmentPasswordTold = analyze.Check{
	Name: "attachment-password-told", Doc: "an attached file is locked, and the message itself names the password",
	Cites: []analyze.Cite{"MITRE ATT&CK T1027.013"},
	Find:  attachmentPasswordTold,
}

func attachmentPasswordTold(ev *analyze.Evidence) analyze.Outcome {
	found := eachFile(ev.Files, func(f *analyze.File, _ int) string {
		if f.Has(analyze.TraitPasswordTold) {
			return "The attached file " + fileName(f) + " is locked, and the email names the password for it: that keeps out mail filters and nobody else."
		}
		return ""
	})
	if found != "" {
		return hit(found)
	}
	return filesClear(ev, "The email names no password for an attached file.")
}
