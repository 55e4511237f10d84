package files

import (
	"bytes"
	"strings"
	"unicode/utf16"

	"reportascam/analyze"
)

// sniffSize is how much of a file is looked at for what it is; readers of PDF
// look for their mark in the first 1,024 octets.
const sniffSize = 4096

// magics are the octets with which files begin, by their own specifications
// and, for formats without one, as IANA or the Library of Congress list them.
var magics = []struct {
	at   int
	mark string
	is   analyze.FileType
}{
	{0, "PK\x03\x04", analyze.FileZIP}, {0, "PK\x05\x06", analyze.FileZIP}, {0, "PK\x07\x08PK", analyze.FileZIP}, {0, "PK00PK\x03\x04", analyze.FileZIP},
	{0, "Rar!\x1A\x07", analyze.FileRAR}, {0, "7z\xBC\xAF\x27\x1C", analyze.File7Z}, {0, "\x1F\x8B\x08", analyze.FileGZIP},
	{0, "BZh", analyze.FileBZIP2}, {0, "\xFD7zXZ\x00", analyze.FileXZ}, {0, "\x28\xB5\x2F\xFD", analyze.FileZSTD}, {0, "MSCF\x00\x00\x00\x00", analyze.FileCAB},
	{0, "\x60\xEA", analyze.FileARJ}, {7, "**ACE**", analyze.FileARJ}, {2, "-lh", analyze.FileARJ}, {0, "\x1F\x9D", analyze.FileARJ}, {0, "ALZ\x01", analyze.FileARJ}, {0, "EGGA", analyze.FileARJ},
	{257, "ustar", analyze.FileTAR},
	{0, "\x7FELF", analyze.FileELF}, {0, "\xFE\xED\xFA\xCE", analyze.FileMachO}, {0, "\xFE\xED\xFA\xCF", analyze.FileMachO},
	{0, "\xCE\xFA\xED\xFE", analyze.FileMachO}, {0, "\xCF\xFA\xED\xFE", analyze.FileMachO}, {0, "\xCA\xFE\xBA\xBE", analyze.FileMachO},
	{0, "!<arch>\ndebian", analyze.FileInstaller}, {0, "\xED\xAB\xEE\xDB", analyze.FileInstaller}, {0, "xar!", analyze.FileInstaller},
	{0, "ITSF\x03\x00\x00\x00", analyze.FileHelp}, {0, "\x4C\x00\x00\x00\x01\x14\x02\x00", analyze.FileLNK},
	{0, "conectix", analyze.FileVHD}, {0, "vhdxfile", analyze.FileVHD}, {0, "KDMV", analyze.FileVHD}, {0, "MSWIM\x00\x00\x00", analyze.FileDisk},
	{0x8001, "CD001", analyze.FileISO}, {0x8001, "BEA01", analyze.FileISO}, {0x8001, "NSR0", analyze.FileISO},
	{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", analyze.FileOLE}, {0, "{\\rt", analyze.FileRTF},
	{0, "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3", analyze.FileOneNote},
	{0, "\x89PNG\r\n", analyze.FileImage}, {0, "\xFF\xD8\xFF", analyze.FileImage}, {0, "GIF8", analyze.FileImage}, {8, "WEBPVP8", analyze.FileImage},
	{0, "II*\x00", analyze.FileImage}, {0, "MM\x00*", analyze.FileImage}, {0, "\x00\x00\x01\x00", analyze.FileImage}, {0, "8BPS", analyze.FileImage},
	{4, "ftypheic", analyze.FileImage}, {4, "ftypmif1", analyze.FileImage}, {4, "ftypavif", analyze.FileImage},
	{4, "ftyp", analyze.FileVideo}, {0, "\x1A\x45\xDF\xA3", analyze.FileVideo}, {8, "AVI ", analyze.FileVideo},
	{8, "WAVEfmt", analyze.FileAudio}, {0, "ID3", analyze.FileAudio}, {0, "OggS", analyze.FileAudio}, {0, "fLaC", analyze.FileAudio}, {0, ".snd", analyze.FileAudio}, {0, "#!AMR", analyze.FileAudio},
	{0, "wOFF", analyze.FileFont}, {0, "wOF2", analyze.FileFont}, {0, "OTTO\x00", analyze.FileFont},
	{0, "\x78\x9F\x3E\x22", analyze.FileTNEF}, {0, "\x76\xE8\x04\x60\xC4\x11\xE3\x86", analyze.FileRestricted},
	{0, "-----BEGIN PGP", analyze.FileSignature},
}

// sniff tells what a file is by its first octets, FileUnknown where they do
// not say. Text of no kind that is known is FileText.
func sniff(b []byte) analyze.FileType {
	for _, m := range magics {
		if len(b) >= m.at+len(m.mark) && string(b[m.at:m.at+len(m.mark)]) == m.mark {
			return m.is
		}
	}
	switch {
	case len(b) >= 64 && b[0] == 'M' && b[1] == 'Z', len(b) >= 64 && b[0] == 'Z' && b[1] == 'M':
		return analyze.FilePE
	case len(b) >= 30 && b[0] == 'B' && b[1] == 'M' && b[6]|b[7]|b[8]|b[9] == 0:
		return analyze.FileImage
	case len(b) >= 512 && string(b[len(b)-512:len(b)-504]) == "conectix":
		return analyze.FileVHD
	case len(b) >= 512 && string(b[len(b)-512:len(b)-508]) == "koly":
		return analyze.FileDMG
	}
	head := b[:min(len(b), sniffSize)]
	if bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")) {
		return analyze.FilePDF
	}
	return sniffText(textHead(head))
}

// textHead gives the beginning of a text in ASCII as far as that goes, without
// a byte order mark; empty where it is no text.
func textHead(b []byte) string {
	if len(b) >= 2 && (b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF) {
		return wideText(b)
	}
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if bytes.IndexByte(b, 0) >= 0 {
		return ""
	}
	control := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B {
			control++
		}
	}
	if control > len(b)/32 {
		return ""
	}
	return string(b)
}

// wideText decodes UTF-16 that begins with a byte order mark.
func wideText(b []byte) string {
	low, high := 0, 1
	if b[0] == 0xFE {
		low, high = 1, 0
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, uint16(b[low])|uint16(b[high])<<8)
	}
	return string(utf16.Decode(units))
}

// textMarks are the words with which a text of a kind begins, in lower case.
var textMarks = []struct {
	mark string
	is   analyze.FileType
}{
	{"begin:vcalendar", analyze.FileCalendar}, {"begin:vcard", analyze.FileContact}, {"[internetshortcut]", analyze.FileURL},
	{"[{000214a0-0000-0000-c000-000000000046}]", analyze.FileURL}, {"[desktop entry]", analyze.FileURL},
	{"full address:s:", analyze.FileRDP}, {"screen mode id:i:", analyze.FileRDP}, {"windows registry editor", analyze.FileScript}, {"regedit4", analyze.FileScript},
	{"#!", analyze.FileScript}, {"#@~^", analyze.FileScript}, {"@echo off", analyze.FileScript}, {"on error resume next", analyze.FileScript},
	{"<?php", analyze.FileText}, {"%!ps", analyze.FileText},
	{"<!doctype html", analyze.FileHTML}, {"<html", analyze.FileHTML}, {"<svg", analyze.FileSVG}, {"<!doctype svg", analyze.FileSVG},
	{"<script", analyze.FileHTML}, {"<head", analyze.FileHTML}, {"<body", analyze.FileHTML}, {"<meta", analyze.FileHTML}, {"<iframe", analyze.FileHTML}, {"<form", analyze.FileHTML},
	{"<table", analyze.FileHTML}, {"<div", analyze.FileHTML}, {"<title", analyze.FileHTML}, {"<style", analyze.FileHTML}, {"<center", analyze.FileHTML},
	{"<job", analyze.FileScript}, {"<package", analyze.FileScript}, {"<scriptlet", analyze.FileScript}, {"<component", analyze.FileScript},
	{"<librarydescription", analyze.FileSearch}, {"<persistedquery", analyze.FileSearch}, {"<searchconnectordescription", analyze.FileSearch}, {"<pcsettings", analyze.FileSearch},
	{"<plist", analyze.FileXML},
	{"received:", analyze.FileMessage}, {"return-path:", analyze.FileMessage}, {"delivered-to:", analyze.FileMessage}, {"mime-version:", analyze.FileMessage}, {"x-mozilla-status:", analyze.FileMessage},
}

// sniffText tells what kind of text s begins as.
func sniffText(s string) analyze.FileType {
	if s == "" {
		return analyze.FileUnknown
	}
	s = strings.ToLower(s)
	if strings.Contains(s, "<plist") && strings.Contains(s, "payload") {
		return analyze.FileProfile
	}
	if strings.Contains(s, "<hta:application") {
		return analyze.FileHTA
	}
	rest, xml := skipProlog(s)
	for _, m := range textMarks {
		if strings.HasPrefix(rest, m.mark) {
			if m.is == analyze.FileMessage {
				return messageKind(s)
			}
			return m.is
		}
	}
	switch {
	case strings.Contains(s, "<svg"):
		return analyze.FileSVG
	case strings.Contains(s, "<html"), strings.Contains(s, "<script"), strings.Contains(s, "<body"):
		return analyze.FileHTML
	case strings.Contains(s, "[internetshortcut]"):
		return analyze.FileURL
	case xml:
		return analyze.FileXML
	}
	return analyze.FileText
}

// messageKind tells a saved page from a message.
func messageKind(s string) analyze.FileType {
	if strings.Contains(s, "multipart/related") && !strings.Contains(s, "received:") {
		return analyze.FileMHTML
	}
	return analyze.FileMessage
}

// skipProlog drops white space, comments, an XML declaration and processing
// instructions in front of a text.
func skipProlog(s string) (rest string, xml bool) {
	for {
		s = strings.TrimLeft(s, " \t\r\n\f\x00")
		var ok bool
		switch {
		case strings.HasPrefix(s, "<?xml"):
			xml = true
			_, s, ok = strings.Cut(s, ">")
		case strings.HasPrefix(s, "<!--"):
			_, s, ok = strings.Cut(s, "-->")
		case strings.HasPrefix(s, "<!doctype plist"), strings.HasPrefix(s, "<!entity"):
			_, s, ok = strings.Cut(s, ">")
		default:
			return s, xml
		}
		if !ok {
			return "", xml
		}
	}
}

// settle brings what the content says and what the name claims together. Where
// the content is text, the program that the name calls decides what it does.
func settle(is, claim analyze.FileType, b []byte) analyze.FileType {
	switch is {
	case analyze.FileUnknown:
		if hasMark(claim) {
			return analyze.FileUnknown // it is not what it claims
		}
		return claim
	case analyze.FileText, analyze.FileXML:
		if textual(claim) {
			return claim
		}
	case analyze.FileHTML, analyze.FileSVG:
		switch claim {
		case analyze.FileHTA, analyze.FileScript, analyze.FileMHTML, analyze.FileSearch:
			return claim
		case analyze.FileHTML, analyze.FileSVG:
			return claim // each may hold the other
		}
	case analyze.FileMessage, analyze.FileMHTML:
		if claim == analyze.FileMessage || claim == analyze.FileMHTML {
			return claim
		}
	case analyze.FilePE:
		if claim == analyze.FileInstaller {
			return claim
		}
	case analyze.FileMachO:
		if len(b) > 7 && b[0] == 0xCA && b[7] > 43 { // a Java class has its version there
			return analyze.FileJAR
		}
	case analyze.FileScript:
		if claim.Class() == analyze.ClassText {
			return analyze.FileText // opens in an editor
		}
	case analyze.FilePDF, analyze.FileVideo, analyze.FileAudio:
		if claim == analyze.FileMessage || claim.Class() == analyze.ClassMedia {
			return claim
		}
	}
	return is
}

// textual tells the types that are text without a mark at their beginning.
func textual(t analyze.FileType) bool {
	switch t {
	case analyze.FileScript, analyze.FileHTA, analyze.FileHTML, analyze.FileURL, analyze.FileSearch, analyze.FileRDP,
		analyze.FileProfile, analyze.FileCalendar, analyze.FileContact, analyze.FileMessage, analyze.FileMHTML, analyze.FileXML,
		analyze.FileSignature, analyze.FileXLS, analyze.FileSVG:
		return true // .xls: programs write tables as text under that name
	}
	return false
}

// hasMark tells the types that sniff knows whenever a file is of them.
func hasMark(t analyze.FileType) bool {
	switch t {
	case analyze.FilePDF, analyze.FileZIP, analyze.FileRAR, analyze.File7Z, analyze.FileGZIP, analyze.FileBZIP2, analyze.FileXZ, analyze.FileZSTD,
		analyze.FileRTF, analyze.FileDOC, analyze.FilePPT, analyze.FileDOCX, analyze.FileXLSX, analyze.FilePPTX, analyze.FileODF,
		analyze.FileELF, analyze.FileMachO, analyze.FileLNK, analyze.FileOneNote, analyze.FileJAR, analyze.FileAPK, analyze.FileText, analyze.FileHTML, analyze.FileSVG:
		return true
	}
	return false
}

// disguised tells whether a file shows itself as something harmless while
// opening it, or what is in it, is not.
func disguised(f *analyze.File) bool {
	if f.Claimed == f.Type {
		return false
	}
	is, shown := f.Type.Class(), f.Claimed.Class()
	active := f.Has(analyze.TraitSmuggles, analyze.TraitPassword, analyze.TraitRedirects, analyze.TraitObfuscated, analyze.TraitForm)
	switch shown {
	case analyze.ClassDocument, analyze.ClassPicture, analyze.ClassMedia, analyze.ClassText, analyze.ClassMessage:
	case analyze.ClassArchive:
		return is == analyze.ClassProgram || is == analyze.ClassShortcut
	default:
		return false
	}
	switch {
	case is.Runs():
		// A text opens in an editor, whatever it is.
		return shown != analyze.ClassText || is == analyze.ClassProgram
	case is == analyze.ClassPage:
		// Programs write tables and letters as pages under Office's names.
		office := f.Claimed == analyze.FileXLS || f.Claimed == analyze.FileDOC || f.Claimed == analyze.FileXLSX || f.Claimed == analyze.FileDOCX
		return (shown == analyze.ClassDocument || shown == analyze.ClassPicture) && (!office && f.Type != analyze.FileSVG || active)
	case is == analyze.ClassArchive:
		return (shown == analyze.ClassDocument || shown == analyze.ClassPicture) && f.Type != analyze.FileGZIP && !f.Has(analyze.TraitBroken)
	case is == analyze.ClassDocument:
		return shown == analyze.ClassPicture || f.Claimed == analyze.FilePDF && f.Has(analyze.TraitMacros, analyze.TraitXLM)
	}
	return false
}
