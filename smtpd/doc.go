// Package smtpd takes mail in: it speaks SMTP with whoever connects, and hands
// envelope and bytes to one small interface. It knows no meaning.
//
// # How it is built
//
// The commands, their order and their replies are go-smtp's. Between it and
// the network stands a gate, which owns all reading and writing:
//
//	socket (PROXY, TLS) <-> client: deadlines, buffers <-> gate: one vetted line at a time <-> go-smtp
//
// The gate passes go-smtp one command line at a time, and only lines of bounded
// length without control characters. It reads the message itself, by DATA or
// by BDAT, so that the bytes are those that were sent, and answers STARTTLS
// itself, so that the lines inside TLS are vetted like those in clear; the
// session inside TLS is a new one, with nothing left of the one before.
//
// # What it trusts
//
// Nothing that a client says. The client's address is the peer's, or what a
// PROXY header says where the peer is in a listed network; there such a header
// is required. Elsewhere no header is looked for: PROXY is then an unknown
// command.
//
// # Security
//
//   - Only CR LF . CR LF, as these five octets, ends DATA. A bare LF or CR is
//     content, kept as it is: this is a mailbox and sends nothing on, so there
//     is no second server that could read it otherwise.
//   - CR CR LF is a CR before the end of a line. The "." CR CR LF that programs
//     which double their CR send as an end is refused with 554, and the
//     connection closed, since what comes next cannot be told.
//   - Whatever ends DATA early (time-out, line or size beyond the limits, broken
//     chunk) ends the connection: no octet of a message is ever read as a command.
//     What goes beyond the size limit is drained up to Limits.DrainBytes first,
//     so that the sender reads the 552.
//   - Local parts that are no dot-atom are refused (553): unquoting them is how
//     relays were opened.
//   - A client that speaks before the greeting is tolerated: its commands are
//     answered in order. What follows STARTTLS, or a refused DATA or BDAT, in
//     the same packet is never read as a command: the connection is closed.
//   - AUTH, XCLIENT, VRFY answers and EXPN are not offered.
//   - Replies hold nothing that the client said, and no text of ours that tells
//     of the inside.
//
// # Standards
//
// RFC 5321 (SMTP), RFC 1870 (SIZE), RFC 2034 and 3463 (enhanced codes), RFC
// 2920 (PIPELINING), RFC 3030 (CHUNKING; BINARYMIME is not offered), RFC 3207
// (STARTTLS), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8), RFC 9422 (LIMITS).
//
// # Bugs
//
// Each refusal is one line in the log; a flood of connections floods the log.
// The rate of messages is kept in memory and forgotten on restart.
package smtpd
