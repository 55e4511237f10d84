// Package send delivers replies: it takes them one by one from a durable
// queue and hands each to a transport, the outbox folder, a smart host or the
// mail hosts of its reader's domain, until it is delivered, refused for good,
// or too old.
//
// # What it trusts
//
// The queue and the configuration. Nothing that another host says is believed
// beyond its reply code: its texts are bounded and cleaned before they reach a
// log, and every step has a deadline. The DNS says where mail goes; its AD bit
// counts where the resolver is one that the operator trusts. MTA-STS policies
// are believed as far as the web's certificates go.
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
//   - Straight delivery (MX) connects to addresses of the Internet alone, so
//     that nobody's records can point us into the operator's network; the
//     hosts, addresses and time of one attempt are bounded; a first attempt is
//     short, and a domain has its share of the connections and no more, so
//     that slow hosts of one reporter do not hold up the answers to others.
//   - MTA-STS policies outlive a restart. Where a policy or validated TLSA
//     records ask for TLS there is no delivery without.
//
// # Standards
//
// RFC 5321 (sections 4.5.3.2 time-outs, 4.5.4.1 retries, 5.1 mail hosts), RFC
// 7505 null MX, RFC 1870 SIZE, RFC 3207 STARTTLS, RFC 7435 opportunistic TLS,
// RFC 8461 MTA-STS, RFC 7672 DANE, RFC 8314 implicit TLS, RFC 4954 AUTH, RFC
// 3461 DSN, RFC 6376 and RFC 8463 DKIM, RFC 8301 key sizes.
//
// # Bugs
//
// A connection that drops after the final dot leaves the outcome unknown; the
// message is sent again later with the same Message-ID, as RFC 5321 section
// 4.1.1.4 asks. Connections are not reused. TLS failures are not reported to
// the domains (RFC 8460). DANE wants the domain's MX to be validated too, and
// looks for TLSA records under the name in the MX record alone, not under the
// one that it is an alias of. Domains whose mail is at one provider each have
// their own share of the connections.
package send
