// Package cms takes the content out of a signed message: the opaque form of
// S/MIME, where the message is inside the signature (smime.p7m).
//
// Only the way to the content is read: ContentInfo, SignedData, its
// encapsulated content. Signatures and certificates are not looked at: that
// somebody signed says nothing that is needed here.
//
// # What it trusts
//
// Nothing.
//
// # Security
//
// Every element is inside the one around it, elements and depth are counted,
// and what comes out is no larger than what went in.
//
// # Standards
//
// RFC 5652 sections 3, 4, 5.1 and 5.2 (CMS), RFC 2315 (PKCS #7), X.690
// section 8 (BER: indefinite lengths and strings in pieces, which signers
// write in one pass), RFC 8551 section 3.5.2.
package cms
