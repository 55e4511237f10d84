package files

import (
	"strings"

	"reportascam/analyze"
)

// endings gives the type that the ending of a name claims. What runs is after
// the block lists that Outlook and Gmail publish.
var endings = func() map[string]analyze.FileType {
	out := map[string]analyze.FileType{}
	for t, list := range map[analyze.FileType]string{
		analyze.FilePE:         "exe scr com pif cpl xll dll sys ocx ax drv efi msc gadget",
		analyze.FileInstaller:  "msi msp mst msix appx msixbundle appxbundle appinstaller deb rpm pkg application appref-ms clickonce",
		analyze.FileJAR:        "jar jnlp",
		analyze.FileAPK:        "apk aab xapk ipa",
		analyze.FileHelp:       "chm hlp",
		analyze.FileScript:     "bat cmd ps1 ps1xml psc1 psm1 vb vbs vbe js jse ws wsf wsc wsh sct reg inf scf command scpt terminal applescript workflow ahk au3 diagcab xbap",
		analyze.FileHTA:        "hta",
		analyze.FileLNK:        "lnk",
		analyze.FileURL:        "url website webloc desktop",
		analyze.FileSearch:     "library-ms search-ms searchconnector-ms settingcontent-ms theme themepack",
		analyze.FileRDP:        "rdp",
		analyze.FileProfile:    "mobileconfig",
		analyze.FileISO:        "iso udf",
		analyze.FileVHD:        "vhd vhdx vmdk vdi",
		analyze.FileDMG:        "dmg",
		analyze.FileDisk:       "img ima wim",
		analyze.FileZIP:        "zip zipx kmz xpi",
		analyze.FileRAR:        "rar r00 r01",
		analyze.File7Z:         "7z",
		analyze.FileTAR:        "tar",
		analyze.FileGZIP:       "gz tgz svgz emz wmz",
		analyze.FileBZIP2:      "bz2 tbz tbz2",
		analyze.FileXZ:         "xz txz lzma",
		analyze.FileZSTD:       "zst zstd",
		analyze.FileCAB:        "cab",
		analyze.FileARJ:        "arj ace lzh lha z uue xxe uu alz egg",
		analyze.FilePDF:        "pdf",
		analyze.FileRTF:        "rtf",
		analyze.FileDOC:        "doc dot wbk",
		analyze.FileXLS:        "xls xlt xla xlw slk iqy dif",
		analyze.FilePPT:        "ppt pot pps ppa",
		analyze.FileDOCX:       "docx docm dotx dotm",
		analyze.FileXLSX:       "xlsx xlsm xlsb xltx xltm xlam",
		analyze.FilePPTX:       "pptx pptm potx potm ppsx ppsm ppam",
		analyze.FileODF:        "odt ods odp odg ott ots",
		analyze.FileOneNote:    "one onepkg onetoc2",
		analyze.FileEBook:      "epub mobi",
		analyze.FileHTML:       "htm html shtml shtm xhtml xht htmlx",
		analyze.FileSVG:        "svg",
		analyze.FileMHTML:      "mht mhtml",
		analyze.FileImage:      "png jpg jpeg jpe jfif gif bmp tif tiff webp heic heif avif ico emf wmf psd",
		analyze.FileAudio:      "mp3 wav m4a ogg oga flac aac amr wma au mid aif aiff",
		analyze.FileVideo:      "mp4 mov avi mkv wmv webm mpg mpeg m4v 3gp flv",
		analyze.FileFont:       "ttf otf woff woff2",
		analyze.FileMessage:    "eml msg oft emlx",
		analyze.FileTNEF:       "tnef",
		analyze.FileCalendar:   "ics ical ifb vcs",
		analyze.FileContact:    "vcf",
		analyze.FileText:       "txt text log csv tsv md ini conf patch diff json yaml yml tex c h cpp go py pl rb java css sh",
		analyze.FileXML:        "xml xsd",
		analyze.FileSignature:  "p7s p7m p7c asc sig pgp gpg cer crt pem",
		analyze.FileRestricted: "rpmsg",
	} {
		for _, e := range strings.Fields(list) {
			out[e] = t
		}
	}
	return out
}()

// mediaTypes gives the type that a media type claims.
var mediaTypes = map[string]analyze.FileType{
	"application/pdf": analyze.FilePDF, "application/x-pdf": analyze.FilePDF,
	"application/rtf": analyze.FileRTF, "text/rtf": analyze.FileRTF,
	"application/msword": analyze.FileDOC, "application/vnd.ms-excel": analyze.FileXLS, "application/vnd.ms-powerpoint": analyze.FilePPT,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   analyze.FileDOCX,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         analyze.FileXLSX,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": analyze.FilePPTX,
	"application/zip": analyze.FileZIP, "application/x-zip-compressed": analyze.FileZIP, "application/gzip": analyze.FileGZIP,
	"application/x-gzip": analyze.FileGZIP, "application/x-7z-compressed": analyze.File7Z, "application/vnd.rar": analyze.FileRAR,
	"application/x-rar-compressed": analyze.FileRAR, "application/x-rar": analyze.FileRAR, "application/x-tar": analyze.FileTAR,
	"application/x-iso9660-image": analyze.FileISO, "application/x-cd-image": analyze.FileISO,
	"application/x-msdownload": analyze.FilePE, "application/x-dosexec": analyze.FilePE, "application/vnd.microsoft.portable-executable": analyze.FilePE,
	"application/x-msi": analyze.FileInstaller, "application/java-archive": analyze.FileJAR,
	"application/vnd.android.package-archive": analyze.FileAPK, "application/hta": analyze.FileHTA,
	"application/x-ms-shortcut": analyze.FileLNK, "application/x-apple-aspen-config": analyze.FileProfile,
	"application/javascript": analyze.FileScript, "text/javascript": analyze.FileScript, "text/vbscript": analyze.FileScript,
	"text/html": analyze.FileHTML, "text/htm": analyze.FileHTML, "application/xhtml+xml": analyze.FileHTML, "image/svg+xml": analyze.FileSVG,
	"text/calendar": analyze.FileCalendar, "application/ics": analyze.FileCalendar, "text/vcard": analyze.FileContact, "text/x-vcard": analyze.FileContact,
	"application/xml": analyze.FileXML, "text/xml": analyze.FileXML, "application/json": analyze.FileText,
	"application/ms-tnef": analyze.FileTNEF, "application/vnd.ms-tnef": analyze.FileTNEF, "application/vnd.ms-outlook": analyze.FileMessage,
	"application/onenote": analyze.FileOneNote, "application/msonenote": analyze.FileOneNote, "application/epub+zip": analyze.FileEBook,
	"application/x-microsoft-rpmsg-message": analyze.FileRestricted,
	"application/pgp-signature":             analyze.FileSignature, "application/pgp-keys": analyze.FileSignature,
	"application/pgp-encrypted": analyze.FileSignature, "application/pkcs7-signature": analyze.FileSignature, "application/pkcs7-mime": analyze.FileSignature,
	"application/x-pkcs7-signature": analyze.FileSignature, "application/x-pkcs7-mime": analyze.FileSignature,
}

// byEnding gives the type that an ending claims.
func byEnding(e string) analyze.FileType { return endings[e] }

// byMedia gives the type that a media type claims.
func byMedia(media string) analyze.FileType {
	if t, ok := mediaTypes[media]; ok {
		return t
	}
	kind, _, _ := strings.Cut(media, "/")
	switch kind {
	case "image":
		return analyze.FileImage
	case "audio":
		return analyze.FileAudio
	case "video":
		return analyze.FileVideo
	case "text":
		return analyze.FileText
	case "font":
		return analyze.FileFont
	case "message":
		return analyze.FileMessage
	}
	if strings.Contains(media, "opendocument") {
		return analyze.FileODF
	}
	return analyze.FileUnknown
}

// claimed gives the type that a reader and the reader's system take a file
// for. Programs open an embedded message as one, whatever its name.
func claimed(name, media string) analyze.FileType {
	if strings.HasPrefix(media, "message/") {
		return analyze.FileMessage
	}
	e := ending(name)
	if t := byEnding(e); t != analyze.FileUnknown && !(e == "com" && byMedia(media) != analyze.FileUnknown) {
		// A host is a name that many give to a file: example.com.
		return t
	}
	return byMedia(media)
}

// mislabelled tells whether the media type is of another class than the name.
// Texts are sent with any type.
func mislabelled(media string, named analyze.FileType) bool {
	m := byMedia(media).Class()
	n := named.Class()
	switch {
	case m == n, n == analyze.ClassOther, named == analyze.FileText:
		return false
	case m == analyze.ClassOther, m == analyze.ClassText, m == analyze.ClassMessage, m == analyze.ClassArchive:
		return false // zip for every format that is one; text for whatever can be read
	case n == analyze.ClassMessage:
		return false
	}
	return true
}
