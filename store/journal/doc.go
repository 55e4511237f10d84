// Package journal is an append-only log of opaque records, written before
// anything else is done with them.
//
// A record that Append has accepted is on disk: written and synced. Appends
// that arrive while the disk is busy with others share the next sync (group
// commit); one that arrives alone is written at once. One consumer reads the
// records in order (Next) and, when it has made them durable elsewhere, drops
// them (Done); a segment file goes when its last record has been dropped.
//
// # What it trusts
//
// Nothing that it reads back. Each record has a CRC-32C, and each segment a
// random marker of its own that begins every record, so that no record can be
// hidden inside the bytes of another: those bytes come from hostile mail, and
// after damage the reader looks for the next marker. Segments of an earlier
// run are only read, never written to: a torn end is left behind with its
// file.
//
// # Security
//
// Files are made with mode 0600. After a failed write or sync the file is
// given up and a new one begun: a second sync of the same file can succeed
// although the kernel has dropped the pages of the first ("fsyncgate", Rebello
// et al., USENIX ATC 2020), so it would prove nothing.
//
// # Standards
//
// CRC-32C is that of RFC 3720 section 12.1 (Castagnoli).
//
// # Bugs
//
// A record whose Append failed may still be read back after a crash, when the
// disk held on to it and cutting the file failed too. Whoever appends again
// after a failure can see it twice.
//
// Damage to the last batch of a segment looks like a torn end, because no
// later record says that it had been durable: it is not reported as damage.
package journal
