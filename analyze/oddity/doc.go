// Package oddity finds what is odd about a message's sender, recipients,
// header and make: the marks that programs for mass mailing leave, and what is
// done so that filters tire.
//
// # What it trusts
//
// Nothing. An oddity is no proof: clumsy honest mail has them too. The checks
// say what each is worth.
//
// # Security
//
// Everything is read once, within bounds; text that is kept is cut to maxText
// octets and stays hostile.
//
// # Standards
//
// RFC 5322 sections 3.3 (dates), 3.6 (fields) and 3.6.4 (Message-ID).
//
// # Bugs
//
// What looks drawn by lot is judged by pairs of letters that European
// languages use; names of other languages in Latin letters may look so.
package oddity
