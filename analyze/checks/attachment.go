package checks

import (
	"strings"

	"reportascam/analyze"
)

// AttachmentDanger: a file that runs something, or a page that opens in the
// browser from the disk.
var AttachmentDanger = analyze.Check{
	Name: "attachment-danger", Doc: "an attached file can run a program or opens a web page",
	Cites: []analyze.Cite{analyze.RFC(2183, "5")},
	Find:  attachmentDanger,
}

// dangerous lists file name endings that a double click executes or opens in
// a browser. The sources are the block lists that Outlook and Gmail publish.
var dangerous = map[string]string{
	"exe": "a program", "scr": "a program", "com": "a program", "pif": "a program", "cpl": "a program", "msi": "a program",
	"bat": "a script", "cmd": "a script", "ps1": "a script", "vbs": "a script", "vbe": "a script", "js": "a script",
	"jse": "a script", "wsf": "a script", "wsh": "a script", "hta": "a script", "sct": "a script", "reg": "a script",
	"lnk": "a shortcut", "url": "a shortcut", "jar": "a program", "apk": "a program", "iso": "a disk image",
	"img": "a disk image", "vhd": "a disk image", "vhdx": "a disk image", "xll": "a program", "chm": "a program",
	"html": "a web page", "htm": "a web page", "shtml": "a web page", "xhtml": "a web page", "mht": "a web page",
	"mhtml": "a web page", "svg": "a picture that can run scripts", "docm": "a document with macros",
	"xlsm": "a document with macros", "pptm": "a document with macros", "one": "a notebook that can run scripts",
}

func attachmentDanger(ev *analyze.Evidence) analyze.Outcome {
	if ev.Original == nil || ev.Original.Grade == analyze.GradeText {
		return unknown("The forward kept no attachments.")
	}
	for _, a := range ev.Original.Attachments {
		name := strings.TrimRight(strings.ToLower(a.Name), ". \t")
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			continue
		}
		if what, bad := dangerous[name[dot+1:]]; bad {
			return hit("The attached file " + quote(a.Name) + " is " + what + ".")
		}
	}
	return clear("No attached file can run anything.")
}
