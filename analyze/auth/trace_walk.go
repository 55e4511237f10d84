package auth

import (
	"net/netip"
	"slices"
	"strings"
)

// believer knows whose word is believed: providers by name, or whoever the
// topmost hop turns out to be.
type believer struct {
	named   map[string]bool // families named by Trust.Providers
	ids     map[string]bool // authserv-ids as they stand in Trust.Providers
	topmost bool
	family  string // the provider that the walk found; empty while it is not known
	alias   string // another name: of hosts that share a machine with its own, or of where the mailbox is
}

func newBeliever(t Trust) *believer {
	b := &believer{named: make(map[string]bool), ids: make(map[string]bool), topmost: t.Topmost}
	for _, p := range t.Providers {
		p = hostWord(p)
		if p == "" {
			continue
		}
		b.ids[p] = true
		if f := familyOf(p); f != "" {
			b.named[f] = true
		}
	}
	return b
}

func (b *believer) anybody() bool { return b.topmost || len(b.ids) > 0 }

// host tells whether a hop's by-host can be the believed provider's. A name
// that says nothing is nobody else's.
func (b *believer) host(by string) bool {
	f := familyOf(by)
	if f == "" {
		return b.ids[by] || isInternalName(by)
	}
	if b.named[f] || b.ids[by] {
		return true
	}
	return b.alias == f || b.topmost && (b.family == "" || b.family == f)
}

// wrote tells whether an authserv-id is the believed provider's.
func (b *believer) wrote(id string) bool {
	if b.ids[id] {
		return true
	}
	f := familyOf(id)
	if f == "" {
		return false
	}
	return b.named[f] || b.family == f || b.alias == f
}

// entry gives the index of the hop at which the message came to the believed
// provider, or -1 when the topmost hop is not the provider's.
//
// RFC 8601 section 5, 7.1: what a host of the provider wrote is believed, and
// the next line down only if the provider's own host handed the message over.
// That is decided by what the upper line's writer knows of its client, never
// by what the client said of itself or by what the lower line says.
func (b *believer) entry(hops []hop) int {
	for i := range hops {
		if !b.host(hops[i].by) {
			return i - 1
		}
		if f := familyOf(hops[i].by); f != "" {
			b.family = cmpName(b.family, f)
		}
		var next *hop
		if i+1 < len(hops) {
			next = &hops[i+1]
		}
		if !b.internal(&hops[i], next) {
			return i
		}
		same := hops[i].fetched || hops[i].ip.IsLoopback() && linked(&hops[i], next)
		if next != nil && same && !b.host(next.by) {
			b.alias = cmpName(b.alias, familyOf(next.by))
		}
	}
	return len(hops) - 1
}

// internal tells whether the client of h was the provider's own host, so that
// the line beneath is the provider's too.
func (b *believer) internal(h, next *hop) bool {
	switch {
	case h.authed:
		return false
	case h.fetched:
		// The mailbox is at another provider, which the reporter's own program
		// asked.
		return next != nil && familyOf(h.helo) != "" && familyOf(h.helo) == familyOf(next.by)
	case !h.from:
		return true // a local pick-up, or Google's inner hops
	case next == nil:
		return h.ip.IsValid() && isInternalIP(h.ip)
	case !h.ip.IsValid():
		return isLocalProtocol(h.with) || linked(h, next) && isInternalName(h.helo) && isInternalName(h.by)
	case h.ip.IsLoopback():
		return true
	case isInternalIP(h.ip):
		// A host behind a translating proxy sees every client at the proxy's
		// private address.
		if _, known := habits(familyOf(h.by)); isGateway(h.ip) && !known {
			return false
		}
		return linked(h, next) || h.by == next.by || isInternalName(h.by) && strings.Contains(h.by, ".")
	}
	// At a public address only where the provider's networks are known: a name
	// under the provider's domain, even a verified one, may be a customer's.
	return familyOf(h.by) == familyMicrosoft && microsoftInner(h, next)
}

// linked tells whether next was written by the host that h names as client.
func linked(h, next *hop) bool {
	if next == nil || next.by == "" {
		return false
	}
	if ip, ok := parseIP(next.by); ok {
		return ip == h.ip
	}
	if h.ip.IsValid() && next.byIP == h.ip {
		return true
	}
	for _, name := range []string{h.rdns, h.helo} {
		if name != "" && (name == next.by || firstLabel(name) == firstLabel(next.by) && (isInternalName(name) || isInternalName(next.by) || familyOf(name) == familyOf(next.by))) {
			return true
		}
	}
	return false
}

func firstLabel(s string) string {
	label, _, _ := strings.Cut(s, ".")
	return label
}

// isLocalProtocol tells transports that are used within a provider only.
func isLocalProtocol(with string) bool {
	switch with {
	case "local", "lmtp", "lmtpa", "lmtps", "lmtpsa", "utf8lmtp", "utf8lmtps", "mapi", "pipe", "stdio":
		return true
	}
	return false
}

// isGateway tells the addresses at which networks usually put their gateway.
func isGateway(ip netip.Addr) bool {
	return ip.Is4() && ip.As4()[3] == 1
}

// microsoftNets are the networks of Exchange Online's own hosts, which hand
// mail to each other at public addresses, as seen in mail of 2022-2026. Those
// of Azure's customers lie beside them.
var microsoftNets = []netip.Prefix{
	netip.MustParsePrefix("2603:1006::/32"), netip.MustParsePrefix("2603:1016::/32"), netip.MustParsePrefix("2603:1026::/32"),
	netip.MustParsePrefix("2603:1036::/32"), netip.MustParsePrefix("2603:1046::/32"), netip.MustParsePrefix("2603:1056::/32"),
	netip.MustParsePrefix("2603:1096::/32"), netip.MustParsePrefix("2603:10a6::/32"), netip.MustParsePrefix("2603:10b6::/32"),
	netip.MustParsePrefix("2603:10c6::/32"), netip.MustParsePrefix("2603:10d6::/32"),
	netip.MustParsePrefix("2a01:111:f400::/48"), netip.MustParsePrefix("2a01:111:f403::/48"), // EOP
}

// microsoftInner tells Exchange Online's inner hops. Hosts under
// mail.protection.outlook.com take mail from outside; others only from
// within, from hosts that bear the name which the line beneath has. Mail of
// other tenants comes from hosts under outbound.protection.outlook.com.
func microsoftInner(h, next *hop) bool {
	if strings.HasSuffix(h.by, ".mail.protection.outlook.com") || strings.Contains(h.helo, ".outbound.") {
		return false
	}
	in := slices.ContainsFunc(microsoftNets, func(p netip.Prefix) bool { return p.Contains(h.ip) })
	return in && familyOf(h.helo) == familyMicrosoft && linked(h, next)
}
