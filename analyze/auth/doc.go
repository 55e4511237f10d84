// Package auth finds out who really sent a message: SPF, DKIM, DMARC and ARC
// checked now, and the word of the provider that received it.
//
// # What it trusts
//
// Our own verification; the results that the believed provider wrote above
// the hop at which the message came to it (the boundary); and ARC sets of a
// trusted sealer in a chain that verifies now. All else is claimed.
//
// # Security
//
// Everything in a message is the sender's to forge, the trace below the
// boundary and Authentication-Results included. A field is believed for where
// it stands, never for what it says: only what stands above a line of the
// trace that the provider wrote is out of the sender's reach. Directly below
// that line results are believed only of providers that are known to write
// them there always, and only the first.
//
// A result whose text can be read in two ways is never a pass.
//
// All input is read in bounded time and memory: see the limits in each file.
//
// # Age
//
// The DNS answers for the moment it is asked, mail is reported later. Of a
// message that is not being delivered to us now, a key that is gone gives
// unknown; so do a key that is revoked, changed or other than the signer's and
// an SPF record that does not allow its sender, unless the boundary's time
// shows that it came within the last week. Whatever the boundary itself found
// to pass is never our fail. Its word stands beside ours either way.
//
// A body without the signature's hash, and a header that does not match a
// signature made with the published key, are fails at any age, since no other
// record would cure them. Of a body that the forward rebuilt (GradeHeaders) a
// broken hash says nothing.
//
// # Old rules
//
// Check refuses what no longer proves anything: DomainKeys, drafts of DKIM,
// SHA-1, RSA keys under 1024 bits. Historic reads such signatures, and today's,
// by the rules of their time, for those who keep archives. Its results are
// apart from any Auth, their witness is not believed, and no verdict sees them.
//
// # Standards
//
// RFC 5321 section 4.4 (trace), RFC 6376, 8301, 8463 (DKIM), RFC 7208 (SPF),
// RFC 8601 (Authentication-Results), RFC 8617 (ARC), RFC 9989 (DMARC).
// Historic: RFC 4870 (DomainKeys), RFC 4871.
//
// # Bugs
//
// A gateway in front of the provider (a spam filter whose host is not under
// the provider's domains) is where the boundary stops, so that SPF is judged
// against the gateway; so it does where an unknown provider's hosts hand mail
// to each other at public addresses.
//
// An unknown provider that writes its results beneath its own line of the
// trace is not believed, since the sender may have put them there. Nor is one
// that rearranges the header, or writes its results among the sender's fields.
//
// A header without the provider's line (cut off by a client, or never
// delivered: a message attached to the message, say) is believed for the
// results at its very top, so that only what lay in the mailbox itself should
// be checked with a Trust.
//
// An Ed25519 signature does not show which key made it, so that of an aged
// message a changed header and a replaced key both read unknown.
//
// Whether a published DMARC policy changed since is not known: policies are
// those of today.
//
// Historic asks the DNS of today, where most keys of old are gone, and knows
// no draft without bh= (before draft-ietf-dkim-base-01).
//
// An MTA behind a translating proxy sees all clients at one private address;
// such an address is taken for an inner hop only where the next line was
// written by the host that it names, which such a client could forge.
package auth
