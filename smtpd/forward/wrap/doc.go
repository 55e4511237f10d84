// Package wrap makes reports of messages as mail clients do: attached, resent,
// or quoted in the shapes of five clients. Mail of which the truth is known can
// so be judged in every form in which people send it.
//
// # What it trusts
//
// Nothing: the message may hold anything.
//
// # Security
//
// What it makes is judged and thrown away; it is never sent.
//
// # Standards
//
// RFC 5322, RFC 2045 to 2047; Resent fields by RFC 5322 section 3.6.6. The
// shapes of clients are what they write today, in English.
//
// # Bugs
//
// Clients rewrite more of a message's HTML than is done here: styles that they
// move into elements, and pictures that they store again.
package wrap
