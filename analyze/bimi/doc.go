// Package bimi checks secure senders: the assertion record of a domain that
// DMARC protects, the mark certificate behind it, and the logo in it.
//
//	eligibility -> record -> logo, certificate -> chain, stamps, revocation -> mark
//
// # What it trusts
//
// The mark roots and the log keys in Anchors, which ship with the program and
// can be replaced by files. The Auth of the message, as package auth gives
// it. The DNS, as far as its resolver does. Of web servers nothing but that
// they are who they are; what they give is judged by its signatures.
//
// A mark proves who, never honesty: a marked sender's account can be broken
// into. Result.Verified is the one question to ask before a mark is named to
// anybody; a self-asserted logo passes BIMI, and proves nothing.
//
// # Security
//
// A record names URLs that we then fetch, so that anybody with a domain can
// make us connect to places. Only HTTPS on port 443 (and HTTP on port 80 for
// revocation lists, which are signed), only to domain names, only to public
// addresses, checked on the very address that the socket connects to, again
// on each redirect. All that is read is bounded: see the limits in each file.
//
// Names in certificates are compared only after the signatures hold: a chain
// with the right names and other keys is refused.
//
// Strings in a Result come from certificates and records. They are as they
// stand there; whoever shows them escapes them.
//
// # Standards
//
// draft-brand-indicators-for-message-identification-12 (record, results),
// draft-fetch-validation-vmc-wchuang-11 (certificate), Minimum Security
// Requirements for Issuance of Mark Certificates v1.7, draft-svg-tiny-ps-
// abrotman (logo), RFC 5280, RFC 6962, RFC 9399, RFC 8601, RFC 9989.
//
// # Bugs
//
// Where all roads to the revocation list are closed, the revocation is
// unknown and the result a temperror; OCSP is not asked, since mark
// certificates need not offer it. The list of logs is as old as the program
// unless it is replaced. Whether the certificate is in the log is not asked
// of the log: its signed promise is believed.
//
// Render draws shapes, paths, strokes and gradients: no text, fonts or dashes,
// and all line joins are round.
//
// The intermediate certificate that Entrust issued in 2021 under its general
// root (VMC1) is not supported: that root is no mark root.
package bimi
