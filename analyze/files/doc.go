// Package files looks at the files attached to an original and says what each
// truly is: its type by its content against the one that it claims, the tricks
// in its name, and what it would do to who opens it. Of archives, disk images,
// messages, documents and pages it looks at what they hold.
//
// # What it trusts
//
// Nothing. A name, a media type, a size that an archive states and a table of
// contents are claims, and the traits say where they differ from the bytes.
//
// # Security
//
// Nothing is executed, rendered, fetched or written. All readers work on bytes
// in memory, and what is found is types, sizes, hashes, names that were cut,
// and a closed list of traits. All looking at one original together is bounded
// by the constants of limits.go: files listed, depth, octets decompressed and
// octets read. Where a limit ends the looking, the file has the trait
// analyze.TraitNotAllLooked; where it cannot be read, analyze.TraitBroken. The
// cost of a file grows with its size, never with its square.
//
// # Standards
//
// PKWARE APPNOTE 6.3; RFC 1952 (gzip); POSIX ustar and pax; the RAR 4 and 5
// technical notes of rarlab.com; 7zFormat.txt of the LZMA SDK; ECMA-119 (ISO
// 9660) with Joliet; MS-CFB, MS-CAB, MS-OVBA, MS-XLS, MS-DOC, MS-ONESTORE,
// MS-SHLLINK; ECMA-376 part 2 (OPC); ISO 32000-2 (PDF); RFC 5545 (iCalendar).
//
// # Bugs
//
// RAR and 7z archives are listed; what is compressed in them is not opened, and
// neither is anything in CAB, XZ, ZSTD and in virtual disks. Files that are
// encrypted with a password that programs try by themselves (Excel's
// "VelvetSweatshop") count as encrypted. RTF that hides its control words is
// read as far as a plain reader would. Scripts are looked at, never run: what a
// page builds by calculation is seen only as that it does so.
package files
