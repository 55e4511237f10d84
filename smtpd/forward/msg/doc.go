// Package msg reads Outlook's .msg files.
//
// A .msg is a compound file, a small file system: a storage for the message,
// one for each recipient and attachment, and in each a stream with the fixed
// properties and one for every longer value.
//
// # What it trusts
//
// Nothing. Sizes, counts and places are compared with the file.
//
// # Security
//
// What is read in all is bounded by mapi.Limits, and package cfb bounds the
// reading of the file system. What is damaged is left out with a noted defect.
//
// # Standards
//
// MS-CFB, MS-OXMSG sections 2.1 to 2.4.
//
// # Bugs
//
// Named properties are not read, nor is what is inside an OLE object.
package msg
