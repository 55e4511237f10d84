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
// Every sector chain is followed at most as far as the file is long, every
// directory entry is visited once, and what is read in all is bounded by
// mapi.Limits. What is damaged is left out with a noted defect.
//
// The reader of compound files is our own, because a general one has to keep
// each entry's whole path: in a file of nested storages that is memory with the
// square of its size.
//
// # Standards
//
// MS-CFB, MS-OXMSG sections 2.1 to 2.4.
//
// # Bugs
//
// Named properties are not read, nor is what is inside an OLE object. A file
// with a damaged sector table is read as far as the table goes.
package msg
