// Package analyze holds the words that all of reportascam is written in, and
// the run that turns an original into a verdict.
//
// The flow is Report -> Original -> Evidence -> Finding -> Verdict. Each is a
// plain value that is never changed once the next stage has seen it.
//
// # What it trusts
//
// Nothing in an Original: it is the scammer's to forge. Nothing in a Report
// beyond its SMTP session: it is the reporter's to forge. Every fact in the
// Evidence names its Witness.
//
// # Security
//
// All strings that come out of a message are hostile. They are stored as they
// are; whoever shows them (log, terminal, reply, header) escapes them there.
//
// # Standards
//
// Words follow RFC 5598 (Internet Mail Architecture), RFC 5322, RFC 8601.
package analyze
