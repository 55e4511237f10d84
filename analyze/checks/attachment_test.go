package checks

import (
	"strings"

	"reportascam/analyze"
)

// attached is evidence of one file.
func attached(name string, claimed, is analyze.FileType, traits ...analyze.FileTrait) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		ev.Files = []analyze.File{{Name: name, Claimed: claimed, Type: is, Size: 50_000, Traits: traits}}
	}
}

// holding is evidence of a file in another one.
func holding(outer analyze.FileType, name string, claimed, is analyze.FileType, traits ...analyze.FileTrait) func(*analyze.Evidence) {
	return func(ev *analyze.Evidence) {
		ev.Files = []analyze.File{{Name: "outer", Claimed: outer, Type: outer, Inside: []analyze.File{{Name: name, Claimed: claimed, Type: is, Traits: traits}}}}
	}
}

// fileCases are the cases of the checks of attached files. Each of these is
// unknown where the forward kept none, and clear where nothing is attached.
func fileCases() []checkCase {
	const hit, clear, unknown = analyze.Hit, analyze.Clear, analyze.Unknown
	list := []checkCase{
		{AttachmentRuns, "a program", hit, attached("a.exe", analyze.FilePE, analyze.FilePE)},
		{AttachmentRuns, "a script by its name", hit, attached("a.js", analyze.FileScript, analyze.FileScript)},
		{AttachmentRuns, "a disk image", hit, attached("a.iso", analyze.FileISO, analyze.FileISO)},
		{AttachmentRuns, "a program without an ending", hit, attached("a", analyze.FileUnknown, analyze.FilePE)},
		{AttachmentRuns, "a picture", clear, attached("a.jpg", analyze.FileImage, analyze.FileImage)},
		{AttachmentRuns, "a page", clear, attached("a.html", analyze.FileHTML, analyze.FileHTML)},

		{AttachmentDisguised, "a program as a picture", hit, attached("a.jpg", analyze.FileImage, analyze.FilePE, analyze.TraitDisguised)},
		{AttachmentDisguised, "a double ending", hit, attached("a.pdf.html", analyze.FileHTML, analyze.FileHTML, analyze.TraitDoubleEnding)},
		{AttachmentDisguised, "a turned name", hit, attached("a\u202Efdp.exe", analyze.FilePE, analyze.FilePE, analyze.TraitBidiName)},
		{AttachmentDisguised, "spaces", hit, attached("a   .js", analyze.FileScript, analyze.FileScript, analyze.TraitPaddedName)},
		{AttachmentDisguised, "in an archive", hit, holding(analyze.FileZIP, "a.pdf", analyze.FilePDF, analyze.FilePE, analyze.TraitDisguised)},
		{AttachmentDisguised, "spaces in a picture's name", clear, attached("a   .jpg", analyze.FileImage, analyze.FileImage, analyze.TraitPaddedName)},
		{AttachmentDisguised, "a program that looks like one", clear, attached("a.exe", analyze.FilePE, analyze.FilePE)},

		{AttachmentPage, "a login page", hit, attached("a.html", analyze.FileHTML, analyze.FileHTML, analyze.TraitPassword)},
		{AttachmentPage, "smuggling", hit, attached("a.html", analyze.FileHTML, analyze.FileHTML, analyze.TraitHasScript, analyze.TraitSmuggles)},
		{AttachmentPage, "a packed page", hit, attached("a.html", analyze.FileHTML, analyze.FileHTML, analyze.TraitObfuscated)},
		{AttachmentPage, "leads on", hit, attached("a.html", analyze.FileHTML, analyze.FileHTML, analyze.TraitRedirects)},
		{AttachmentPage, "a picture with a script", hit, attached("a.svg", analyze.FileSVG, analyze.FileSVG, analyze.TraitHasScript)},
		{AttachmentPage, "in an archive", hit, holding(analyze.FileZIP, "a.html", analyze.FileHTML, analyze.FileHTML, analyze.TraitPassword)},
		{AttachmentPage, "a harmless page", clear, attached("signature.html", analyze.FileHTML, analyze.FileHTML)},
		{AttachmentPage, "a drawing", clear, attached("logo.svg", analyze.FileSVG, analyze.FileSVG)},

		{AttachmentMacro, "macros", hit, attached("a.docm", analyze.FileDOCX, analyze.FileDOCX, analyze.TraitMacros)},
		{AttachmentMacro, "macros that start", hit, attached("a.docm", analyze.FileDOCX, analyze.FileDOCX, analyze.TraitMacros, analyze.TraitAutorun)},
		{AttachmentMacro, "a template from elsewhere", hit, attached("a.docx", analyze.FileDOCX, analyze.FileDOCX, analyze.TraitRemoteTemplate)},
		{AttachmentMacro, "launches", hit, attached("a.pdf", analyze.FilePDF, analyze.FilePDF, analyze.TraitLaunch)},
		{AttachmentMacro, "a script when opened", hit, attached("a.pdf", analyze.FilePDF, analyze.FilePDF, analyze.TraitJavaScript, analyze.TraitOpensItself)},
		{AttachmentMacro, "a program inside", hit, holding(analyze.FileOneNote, "", analyze.FileUnknown, analyze.FileScript)},
		{AttachmentMacro, "an invoice with its data", clear, holding(analyze.FilePDF, "", analyze.FileUnknown, analyze.FileXML)},
		{AttachmentMacro, "a form that adds up", clear, attached("a.pdf", analyze.FilePDF, analyze.FilePDF, analyze.TraitJavaScript)},

		{AttachmentArchiveDanger, "a script", hit, holding(analyze.FileZIP, "a.js", analyze.FileScript, analyze.FileScript)},
		{AttachmentArchiveDanger, "a program named as a text", hit, holding(analyze.FileZIP, "a.txt", analyze.FileText, analyze.FilePE)},
		{AttachmentArchiveDanger, "a document", clear, holding(analyze.FileZIP, "a.pdf", analyze.FilePDF, analyze.FilePDF)},
		{AttachmentArchiveDanger, "hidden names", unknown, attached("a.rar", analyze.FileRAR, analyze.FileRAR, analyze.TraitEncrypted, analyze.TraitNamesEncrypted)},

		{AttachmentPasswordTold, "told", hit, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitEncrypted, analyze.TraitPasswordTold)},
		{AttachmentPasswordTold, "not told", clear, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitEncrypted)},
		{AttachmentLocked, "a locked archive", hit, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitEncrypted)},
		{AttachmentLocked, "an open archive", clear, attached("a.zip", analyze.FileZIP, analyze.FileZIP)},

		{AttachmentTrap, "a bomb", hit, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitBomb)},
		{AttachmentTrap, "two lists", hit, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitTwoFaced)},
		{AttachmentTrap, "other folders", hit, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitPathEscape)},
		{AttachmentTrap, "blown up", hit, attached("a.exe", analyze.FilePE, analyze.FilePE, analyze.TraitPadded)},
		{AttachmentTrap, "hidden behind", hit, attached("a.png", analyze.FileImage, analyze.FileImage, analyze.TraitAppended)},
		{AttachmentTrap, "damaged", clear, attached("a.zip", analyze.FileZIP, analyze.FileZIP, analyze.TraitBroken)},

		{AttachmentMislabelled, "two names", hit, attached("a.pdf", analyze.FilePDF, analyze.FilePDF, analyze.TraitTwoNames)},
		{AttachmentMislabelled, "another type", hit, attached("a.ics", analyze.FileCalendar, analyze.FileCalendar, analyze.TraitMislabelled)},
		{AttachmentMislabelled, "unseen characters", hit, attached("a.pdf", analyze.FilePDF, analyze.FilePDF, analyze.TraitInvisibleName)},
		{AttachmentMislabelled, "as it should be", clear, attached("a.ics", analyze.FileCalendar, analyze.FileCalendar)},

		{AttachmentOnly, "a picture", hit, attached("a.jpg", analyze.FileImage, analyze.FileImage)},
		{AttachmentOnly, "a picture and a letter", clear, func(ev *analyze.Evidence) {
			attached("a.jpg", analyze.FileImage, analyze.FileImage)(ev)
			ev.Original.Text = strings.Repeat("Dear Ann, this is what I wanted to tell you. ", 10)
		}},
		{AttachmentOnly, "a text file", clear, attached("a.txt", analyze.FileText, analyze.FileText)},
		{AttachmentOnly, "a picture and a link", clear, func(ev *analyze.Evidence) {
			attached("a.jpg", analyze.FileImage, analyze.FileImage)(ev)
			link(ev, "https://evil.test/", "evil.test", "")
		}},
		{AttachmentOnly, "a logo", clear, func(ev *analyze.Evidence) {
			attached("a.png", analyze.FileImage, analyze.FileImage)(ev)
			ev.Files[0].Size = 900
		}},

		{AttachmentInvite, "nothing proves it", hit, func(ev *analyze.Evidence) {
			attached("a.ics", analyze.FileCalendar, analyze.FileCalendar, analyze.TraitInvite, analyze.TraitLinks)(ev)
			result(ev, analyze.MethodDMARC, analyze.ResultFail, verified)
		}},
		{AttachmentInvite, "proven", clear, func(ev *analyze.Evidence) {
			attached("a.ics", analyze.FileCalendar, analyze.FileCalendar, analyze.TraitInvite, analyze.TraitLinks)(ev)
			result(ev, analyze.MethodDKIM, analyze.ResultPass, verified)
		}},
		{AttachmentInvite, "not checked", unknown, attached("a.ics", analyze.FileCalendar, analyze.FileCalendar, analyze.TraitInvite, analyze.TraitLinks)},
		{AttachmentInvite, "a newsletter's date", clear, attached("a.ics", analyze.FileCalendar, analyze.FileCalendar, analyze.TraitLinks)},
	}
	for _, c := range []analyze.Check{AttachmentRuns, AttachmentDisguised, AttachmentPage, AttachmentMacro, AttachmentArchiveDanger,
		AttachmentPasswordTold, AttachmentLocked, AttachmentTrap, AttachmentMislabelled, AttachmentOnly, AttachmentInvite} {
		list = append(list,
			checkCase{c, "text only", unknown, func(ev *analyze.Evidence) { ev.Original.Grade = analyze.GradeText }},
			checkCase{c, "the body was lost", unknown, func(ev *analyze.Evidence) { ev.Original.Lost = []string{"body"} }},
			checkCase{c, "nothing attached", clear, func(*analyze.Evidence) {}})
	}
	return list
}
