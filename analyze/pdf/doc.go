// Package pdf reads what a PDF file could take its reader to: the addresses of
// its annotations and actions, its text, and the pictures in it.
//
// # What it trusts
//
// Nothing. The cross-reference table is not read at all: scams' files often
// have a broken one, readers of PDF mend it, and a hostile one is how parsers
// are led astray. Every object is found by looking through the file.
//
// # Security
//
// The work is linear in the file and in what its streams hold, and what they
// hold is bounded in number, each, and as a whole. Nothing is run or followed.
//
// # Standards
//
// ISO 32000-1 (PDF 1.7): strings (7.3.4), streams (7.3.8), filters (7.4),
// object streams (7.5.7), actions (12.6), text (9.4).
//
// # Bugs
//
// Text is read where its fonts use the characters' own codes, or codes that
// one map of the file explains (ToUnicode); text whose maps disagree with one another
// may come out garbled. LZW and encrypted files are not read.
package pdf
