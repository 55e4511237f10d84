// Package send delivers replies: it takes them one by one from a durable
// queue and hands each to a transport, the outbox folder or a smart host,
// until it is delivered, refused for good, or too old.
//
// # What it trusts
//
// The queue and the configuration. Nothing that the smart host says is
// believed beyond its reply code: its texts are bounded and cleaned before
// they reach a log, and every step has a deadline.
//
// # Security
//
//   - A recipient is a plain dot-atom at a plain host name or it is not mailed
//     (CheckAddress): go-smtp's client writes addresses as they are, so that a
//     quoted local part could carry a second address or parameter.
//   - Passwords go out over TLS only, whatever the server offers.
//   - Every read and write on the wire has a deadline, DATA included, and the
//     octets of one reply are bounded.
//   - Messages leave with the null reverse-path and NOTIFY=NEVER, so that no
//     failure of ours makes mail for anybody.
//
// # Standards
//
// RFC 5321 (sections 4.5.3.2 time-outs, 4.5.4.1 retries), RFC 3207 STARTTLS,
// RFC 8314 implicit TLS, RFC 4954 AUTH, RFC 3461 DSN, RFC 6376 and RFC 8463
// DKIM, RFC 8301 key sizes.
//
// # Bugs
//
// Delivery straight to the recipient's MX is not there: a smart host or the
// outbox is needed. A connection that drops after the final dot leaves the
// outcome unknown; the message is sent again with the same Message-ID, as
// RFC 5321 section 4.1.1.4 asks. Connections are not reused.
package send
