// Package rtf reads the bodies that Outlook keeps as RTF: it undoes their
// compression, and takes out of them the HTML or the plain text that they were
// made of.
//
// # What it trusts
//
// Nothing. A header's sizes and checksum are compared and never believed.
//
// # Security
//
// Both readers are linear in their input and stop at the output that their
// caller allows. Groups may nest as deep as they like: beyond maxGroups they
// are counted and no longer remembered. All text that comes out is valid UTF-8
// and hostile.
//
// # Standards
//
// MS-OXRTFCP (compression), MS-OXRTFEX (encapsulation), and the Rich Text
// Format Specification 1.9.1 for the text itself.
//
// # Bugs
//
// Text of a symbol font is read as windows-1252. Korean Johab (code page 1361)
// is guessed at. Tables come out as lines with tabs, drawings and embedded
// objects not at all.
package rtf
