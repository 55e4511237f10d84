// Package zipcrypt reads encrypted entries of zip archives, which the standard
// library opens and then fails to read.
//
// It knows the old stream cipher (ZipCrypto) and the AES that WinZip
// introduced and most programs write (AE-1 and AE-2), each with the methods
// stored and deflated. Strong encryption as PKWARE has it is not known.
//
// # What it trusts
//
// Nothing. What comes out was checked against the entry's own sum: its CRC, or
// its authentication code. Both were written by whoever knows the password.
//
// # Security
//
// ZipCrypto is broken and proves nothing; it is read, never written. No more
// than the given limit is ever decompressed. Trying a password on an AES entry
// costs 1000 rounds of HMAC-SHA1 for each 20 octets of key: the caller bounds
// how often.
//
// # Standards
//
// PKWARE APPNOTE.TXT 6.3 sections 4.4, 6.1 and appendix E; WinZip "AES
// Encryption Information: Encryption Specification AE-1 and AE-2"; RFC 8018
// section 5.2 (PBKDF2).
package zipcrypt
