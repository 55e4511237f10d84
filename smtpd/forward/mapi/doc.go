// Package mapi makes a message out of MAPI properties, the form in which
// Outlook keeps mail. The packages msg and tnef read the properties from their
// files.
//
// # What it trusts
//
// Nothing. A property says what somebody's program wrote into a file.
//
// # Security
//
// Limits bounds what is read from one file in all: depth, counts, and the
// bytes that come out of it. What is beyond them is left out and noted as a
// defect. All text is valid UTF-8 and hostile.
//
// # Standards
//
// MS-OXPROPS (the properties), MS-OXCDATA (their types, and entry identifiers),
// MS-OXOMSG and MS-OXCMSG (what they mean for mail), MS-OXCMAIL (how a header
// follows from them).
//
// # Bugs
//
// Named properties and several values of one property are not read. Of what a
// calendar, task or contact item has beside its subject and body nothing is.
package mapi
