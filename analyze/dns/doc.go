// Package dns asks the DNS for the analysis of mail: a stub resolver with a
// cache, and a Session that gives one message its budget and keeps every
// answer, so that a verdict can be judged again from its answers alone.
//
// # What it trusts
//
// The configured recursive resolvers, as far as their answers go. The AD bit
// ("DNSSEC validated this") only where the operator says so or the resolver is
// on the loopback interface, since anyone on the path can set it.
//
// # Names
//
// Questions are always fully qualified; no search list is ever used. A name is
// normalised to lower case without the final dot. A name that the DNS cannot
// hold (an empty label, a label over 63 octets, a name over 253) or that no
// mail protocol can mean (control characters, octets above 126) is answered
// with status nxdomain and a reason, and nobody is asked: RFC 7208 section 4.3
// wants "none" for such a domain, RFC 6376 section 6.1.2 has no key for it.
// Callers convert U-labels to A-labels first (RFC 7208 section 4.3, RFC 8616).
//
// # Security
//
// Query IDs are random, each UDP question has its own connected socket with a
// port chosen by the kernel, and an answer counts only if its ID and question
// match. Names, records and the number of questions are bounded.
//
// # Standards
//
// RFC 1035, RFC 2308 (negative caching), RFC 6840 section 5.7 (AD in queries),
// RFC 6891 (EDNS0), RFC 7766 (TCP), RFC 9520 (caching of failures).
//
// # Bugs
//
// No DNSSEC validation of its own. No DNS over TLS or HTTPS.
package dns
