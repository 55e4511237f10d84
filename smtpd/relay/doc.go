// Package relay stands in front of a mail server and judges mail within its
// SMTP transaction: as a proxy before the queue, as a front server, as a
// content filter behind the queue, or as a milter. What mail means is the
// engine's; the package knows sessions, headers and policy.
//
// # How it is built
//
//	client -> session: vetted commands -> hop: the next server's answers -> client
//	          DATA: spool -> Engine.Judge -> Policy -> fields on top -> hop -> its answer
//	mail server -> milter: packets -> spool -> Engine.Judge -> Policy -> changes
//
// A session has one connection to the next hop, and nothing outlives it. MAIL
// and RCPT go there as they came, octet for octet, and its answers come back.
// DATA is said there only when the message is here as a whole and judged. So the
// transaction is the queue: the client gets 250 when the next hop has given it,
// or, for what is held, when the store has it on disk. When anything is lost
// before, the client has no answer and keeps its message. Just before the last
// dot the client's socket is looked at: one that has left would bring the message
// again. What remains is the time between that dot and the client's reading
// of 250, in which SMTP itself allows a message to come twice (RFC 1047).
//
// The EHLO answer lists what both sides can. CHUNKING, BINARYMIME and AUTH are
// never offered, and a parameter that was not offered is refused.
//
// An LMTP next hop answers for each recipient. A client that speaks LMTP too
// gets those answers; one that speaks SMTP gets one recipient a transaction.
//
// # What it trusts
//
// XCLIENT and XFORWARD from listed networks and unix sockets; the mail server at
// the other end of a milter socket. A milter client that has authenticated, and
// the networks that are named as one's own, pass unjudged.
//
// # Security
//
//   - CR LF . CR LF ends a message and nothing else does. A bare CR, a bare LF or
//     a NUL in it refuses it, once it has been read to that end; by configuration they
//     are made CRLF (NUL is left out) and what follows a bare LF is content, dots
//     and all. The connection ends with such a message either way. So no form is a
//     second message at the next hop.
//   - A command line that ends in a bare LF, or what is sent behind a refused DATA or
//     STARTTLS, closes the connection.
//   - Quoted local parts stay quoted. The policy's domain is what follows the last @.
//   - Authentication-Results in our name, X-Reportascam-* and the BIMI fields that only
//     a receiver writes are taken out of what comes in. Ours stand on top, and no octet
//     of the rest changes, so that signatures hold (a Subject prefix breaks them).
//   - The allow list takes domains only where they are authenticated.
//
// # Standards
//
// RFC 5321, RFC 2033 (LMTP), RFC 1870, RFC 2920, RFC 3461 (passed on), RFC 6152,
// RFC 6531, RFC 8601 section 5; Postfix's XCLIENT and XFORWARD; milter protocol 6.
//
// # Bugs
//
// By milter, recipients whose mail is held are taken off the message where the mail
// server allows it; else they get it too. A message that is larger than the limit is
// not judged by milter, and handled as what could not be judged.
package relay
