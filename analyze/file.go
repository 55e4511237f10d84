package analyze

// FileType is what a file is: by its content, or as its name or its media
// type claims.
type FileType string

// The types of file. The empty type is one that is not known.
const (
	FileUnknown FileType = ""
	FileEmpty   FileType = "empty"

	FilePE         FileType = "windows-program" // MZ, and what runs as one: .scr, .cpl, .xll
	FileELF        FileType = "linux-program"
	FileMachO      FileType = "mac-program"
	FileInstaller  FileType = "installer" // .msi, .msix, .deb, .pkg
	FileJAR        FileType = "java-program"
	FileAPK        FileType = "android-program"
	FileHelp       FileType = "windows-help" // .chm: pages that may run programs
	FileScript     FileType = "script"
	FileHTA        FileType = "html-application"
	FileLNK        FileType = "shortcut"
	FileURL        FileType = "internet-shortcut"
	FileSearch     FileType = "search-connector"      // .library-ms, .search-ms: a folder on a foreign server
	FileRDP        FileType = "remote-desktop"        // .rdp
	FileProfile    FileType = "configuration-profile" // .mobileconfig
	FileISO        FileType = "iso-image"
	FileVHD        FileType = "virtual-disk" // .vhd, .vhdx, .vmdk
	FileDMG        FileType = "mac-image"
	FileDisk       FileType = "disk-image" // .img: whatever a raw disk holds
	FileZIP        FileType = "zip"
	FileRAR        FileType = "rar"
	File7Z         FileType = "7z"
	FileTAR        FileType = "tar"
	FileGZIP       FileType = "gzip"
	FileBZIP2      FileType = "bzip2"
	FileXZ         FileType = "xz"
	FileZSTD       FileType = "zstd"
	FileCAB        FileType = "cab"
	FileARJ        FileType = "other-archive" // .arj, .ace, .lzh, .Z: none of which is opened
	FilePDF        FileType = "pdf"
	FileRTF        FileType = "rtf"
	FileOLE        FileType = "compound-file" // of no program that is known
	FileDOC        FileType = "doc"
	FileXLS        FileType = "xls"
	FilePPT        FileType = "ppt"
	FileDOCX       FileType = "docx"
	FileXLSX       FileType = "xlsx"
	FilePPTX       FileType = "pptx"
	FileODF        FileType = "opendocument"
	FileOneNote    FileType = "onenote"
	FileEBook      FileType = "ebook" // .epub
	FileHTML       FileType = "html"
	FileSVG        FileType = "svg"
	FileMHTML      FileType = "mhtml"
	FileImage      FileType = "image"
	FileAudio      FileType = "audio"
	FileVideo      FileType = "video"
	FileFont       FileType = "font"
	FileMessage    FileType = "message" // .eml, .msg
	FileTNEF       FileType = "tnef"
	FileCalendar   FileType = "calendar"
	FileContact    FileType = "contact"
	FileText       FileType = "text"
	FileXML        FileType = "xml"
	FileSignature  FileType = "signature" // PGP and S/MIME, and encrypted by them
	FileRestricted FileType = "restricted-message"
)

// FileClass is what a file does to who opens it.
type FileClass string

// The classes of file.
const (
	ClassOther    FileClass = "other" // and what is not known
	ClassProgram  FileClass = "program"
	ClassScript   FileClass = "script"
	ClassShortcut FileClass = "shortcut"
	ClassDisk     FileClass = "disk-image"
	ClassProfile  FileClass = "profile"
	ClassArchive  FileClass = "archive"
	ClassDocument FileClass = "document"
	ClassPage     FileClass = "page" // opens in the browser
	ClassPicture  FileClass = "picture"
	ClassMedia    FileClass = "media"
	ClassMessage  FileClass = "message"
	ClassText     FileClass = "text"
)

// Class tells what a file of the type does to who opens it.
func (t FileType) Class() FileClass {
	switch t {
	case FilePE, FileELF, FileMachO, FileInstaller, FileJAR, FileAPK, FileHelp:
		return ClassProgram
	case FileScript, FileHTA:
		return ClassScript
	case FileLNK, FileURL, FileSearch, FileRDP:
		return ClassShortcut
	case FileProfile:
		return ClassProfile
	case FileISO, FileVHD, FileDMG, FileDisk:
		return ClassDisk
	case FileZIP, FileRAR, File7Z, FileTAR, FileGZIP, FileBZIP2, FileXZ, FileZSTD, FileCAB, FileARJ:
		return ClassArchive
	case FilePDF, FileRTF, FileOLE, FileDOC, FileXLS, FilePPT, FileDOCX, FileXLSX, FilePPTX, FileODF, FileOneNote, FileEBook:
		return ClassDocument
	case FileHTML, FileSVG, FileMHTML:
		return ClassPage
	case FileImage:
		return ClassPicture
	case FileAudio, FileVideo:
		return ClassMedia
	case FileMessage, FileTNEF, FileRestricted:
		return ClassMessage
	case FileText, FileXML, FileCalendar, FileContact:
		return ClassText
	}
	return ClassOther
}

// Runs tells whether opening a file of the class runs something or lends it
// the computer: what nobody sends who means well.
func (c FileClass) Runs() bool {
	switch c {
	case ClassProgram, ClassScript, ClassShortcut, ClassDisk, ClassProfile:
		return true
	}
	return false
}

// FileTrait is one thing that was seen in a file or its name.
type FileTrait string

// The traits.
const (
	// Of the name.
	TraitBidiName      FileTrait = "bidi-name"      // characters that turn the direction of writing
	TraitInvisibleName FileTrait = "invisible-name" // characters that are not seen
	TraitPaddedName    FileTrait = "padded-name"    // spaces that push the ending out of sight
	TraitDoubleEnding  FileTrait = "double-ending"  // bill.pdf.exe
	TraitSameName      FileTrait = "same-name"      // as another file beside it
	TraitTwoNames      FileTrait = "two-names"      // programs show different names, of different kinds

	// Of the type.
	TraitDisguised   FileTrait = "disguised"   // shows itself as something harmless that it is not
	TraitMislabelled FileTrait = "mislabelled" // the media type is of another class than the name

	// Of what is locked.
	TraitEncrypted      FileTrait = "encrypted"       // needs a password to open
	TraitNamesEncrypted FileTrait = "names-encrypted" // not even the names of the files within are seen
	TraitPasswordTold   FileTrait = "password-told"   // encrypted, and the message names a password

	// Of a container.
	TraitBomb         FileTrait = "bomb"         // far larger inside than out
	TraitOverlapping  FileTrait = "overlapping"  // entries share their bytes
	TraitTwoFaced     FileTrait = "two-faced"    // its directory and its entries tell different names
	TraitPathEscape   FileTrait = "path-escape"  // an entry's name leads out of the folder
	TraitBroken       FileTrait = "broken"       // cannot be read as what it begins as
	TraitAppended     FileTrait = "appended"     // an archive hangs behind what the file begins as
	TraitSplit        FileTrait = "split"        // one volume of several
	TraitNotAllLooked FileTrait = "not-all-seen" // a limit ended the looking
	TraitPadded       FileTrait = "padded"       // made large with nothing

	// Of a document.
	TraitMacros         FileTrait = "macros"
	TraitAutorun        FileTrait = "macros-autorun"  // macros that start by themselves, or start programs
	TraitXLM            FileTrait = "macro-sheet"     // Excel 4.0 macros
	TraitRemoteTemplate FileTrait = "remote-template" // loads a template or an object from elsewhere when opened
	TraitDDE            FileTrait = "dde"             // a field that starts a program
	TraitEmbedded       FileTrait = "embedded-object"
	TraitJavaScript     FileTrait = "javascript"  // in a PDF
	TraitLaunch         FileTrait = "launch"      // a PDF that starts a program or opens a file
	TraitOpensItself    FileTrait = "open-action" // a PDF that does something when opened
	TraitSubmits        FileTrait = "submits"     // a PDF that sends what is filled in
	TraitHoldsFile      FileTrait = "holds-file"  // a PDF with files in it

	// Of a page.
	TraitHasScript   FileTrait = "script"
	TraitPassword    FileTrait = "password-field"
	TraitForm        FileTrait = "form" // that sends what is filled in elsewhere
	TraitSmuggles    FileTrait = "smuggles"
	TraitRedirects   FileTrait = "redirects"
	TraitObfuscated  FileTrait = "obfuscated" // scripts that write or decode the page
	TraitForeignPage FileTrait = "foreign-page"

	// Of a shortcut and of an invitation.
	TraitRemote FileTrait = "remote" // leads to a file on a server
	TraitInvite FileTrait = "invite" // puts itself into the calendar
	TraitLinks  FileTrait = "links"  // an invitation with a link
)

// File is what one attached file, or a file inside one, truly is.
type File struct {
	Name      string      `json:"name"`                 // as given, cut; never shown without escaping
	MediaType string      `json:"media_type,omitempty"` // as claimed; of files in a message only
	Claimed   FileType    `json:"claimed"`              // by the ending of its name, else by its media type
	Type      FileType    `json:"type"`                 // by its content; as claimed where the content does not tell
	Size      int64       `json:"size"`                 // octets; inside an archive as that says
	SHA256    string      `json:"sha256,omitempty"`     // hex; of files whose content was read whole
	Traits    []FileTrait `json:"traits,omitempty"`
	Inside    []File      `json:"inside,omitempty"` // bounded
}

// Has tells whether the file has one of the traits.
func (f *File) Has(traits ...FileTrait) bool {
	for _, have := range f.Traits {
		for _, t := range traits {
			if have == t {
				return true
			}
		}
	}
	return false
}
