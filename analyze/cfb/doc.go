// Package cfb reads compound files: the small file system in which Outlook
// keeps a message, Office before 2007 a document, and Windows an installer.
//
// # What it trusts
//
// Nothing. Sizes, counts and places are compared with the file.
//
// # Security
//
// Every sector chain is followed at most as far as the file is long, every
// directory entry is visited once. What Content gives may be a copy as long as
// the file, and streams may overlap: the caller bounds what it reads in all.
//
// The reader is our own, because a general one has to keep each entry's whole
// path: in a file of nested storages that is memory with the square of its
// size.
//
// # Standards
//
// MS-CFB.
//
// # Bugs
//
// A file with a damaged sector table is read as far as the table goes.
package cfb
