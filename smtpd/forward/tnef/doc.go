// Package tnef reads TNEF, the form in which Outlook and Exchange put a whole
// message into one attachment, mostly named winmail.dat.
//
// # What it trusts
//
// Nothing. Lengths are compared with the file, and the checksums only tell
// what is damaged: they protect nothing.
//
// # Security
//
// The file is read once, in order; messages inside it are read where they
// stand, at most as deep as mapi.Limits says. What is damaged is left out with
// a noted defect.
//
// # Standards
//
// MS-OXTNEF section 2.1.
//
// # Bugs
//
// Of a property with several values only that it is there is seen. Named
// properties are not read.
package tnef
