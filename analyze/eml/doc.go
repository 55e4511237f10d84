// Package eml takes messages apart: a tolerant walker of MIME trees that
// never fails, over bytes that it never changes.
//
// Parse gives a Message for any input. Every header field and every part has
// its offsets in the bytes that were given, so that a signature can be checked
// over the original text and a finding can point at its evidence. What was
// malformed is a Defect, beside the tree and not instead of it.
//
// Where programs disagree about broken MIME, the reading that reveals more is
// taken, and the disagreement is noted: several boundaries are all honoured, a
// multipart without a usable boundary is split at the lines that look like one,
// an unclear transfer encoding is settled by looking at the body.
//
// # What it trusts
//
// Nothing. Media types, charsets, file names and encodings are what the message
// claims.
//
// # Security
//
// Work and memory are linear in the size of the message and capped by Limits:
// nesting, parts, header fields, header size and decoded bytes. Bodies are
// decoded on demand only, except of embedded messages. All strings are valid
// UTF-8, apart from those that Header.Get and Header.Values give, which are the
// bytes of the message. Strings may hold control and bidirectional characters:
// whoever shows them escapes them. A slice that Raw or Decoded gives may share
// memory with the message and is not to be written to. Messages are safe for
// use by several goroutines after Parse.
//
// # Standards
//
// RFC 5322 (with section 4, obsolete forms), RFC 6532, RFC 2045, RFC 2046,
// RFC 2047, RFC 2183, RFC 2231, RFC 2387, RFC 2152 (UTF-7), RFC 1557
// (ISO-2022-KR), and uuencode as POSIX has it.
//
// # Bugs
//
// BinHex, yEnc and x-gzip64 bodies are noted and left as they stand.
// message/partial is not put together. A charset that is neither declared nor
// UTF-8 is taken for windows-1252.
package eml
