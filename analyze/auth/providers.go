package auth

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// family is the mail of one provider, under all the domains of its hosts and
// of its customers' addresses. Its first domain names it.
type family struct {
	domains []string
	// below: it writes its results beneath its own line of the trace, always,
	// and takes forged ones of its name away.
	below bool
	// scattered: it puts its results among the sender's fields, so that one
	// found there need not be forged. It is not believed either.
	scattered bool
	// ids: it writes a field for each mechanism, under these names. The others
	// write one field a message.
	ids []string
}

// knownFamilies are the providers whose host names, address domains and habits
// are known: from their published MX and SPF records and mail received by
// them. A provider that is not here is its registrable domain.
var knownFamilies = []family{
	{domains: []string{"google.com", "gmail.com", "googlemail.com", "googlegroups.com", "gappssmtp.com", "1e100.net"}, below: true},
	{domains: []string{"outlook.com", "hotmail.com", "live.com", "msn.com", "microsoft.com", "office365.com", "onmicrosoft.com",
		"windowslive.com", "passport.com", "exchangelabs.com", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "hotmail.be",
		"hotmail.ca", "hotmail.nl", "hotmail.com.br", "hotmail.com.ar", "live.co.uk", "live.fr", "live.de", "live.it", "live.nl",
		"live.be", "live.ca", "live.com.au", "live.com.mx", "live.se", "live.dk", "live.no", "outlook.fr", "outlook.de", "outlook.es",
		"outlook.it", "outlook.be", "outlook.dk", "outlook.ie", "outlook.jp", "outlook.in", "outlook.com.br", "outlook.com.au"}},
	{domains: []string{"yahoo.com", "yahoodns.net", "aol.com", "ymail.com", "rocketmail.com", "aim.com", "yahoo.co.uk", "yahoo.fr",
		"yahoo.de", "yahoo.it", "yahoo.es", "yahoo.ca", "yahoo.ie", "yahoo.gr", "yahoo.se", "yahoo.no", "yahoo.dk", "yahoo.pl",
		"yahoo.ro", "yahoo.in", "yahoo.co.in", "yahoo.co.id", "yahoo.co.nz", "yahoo.co.za", "yahoo.com.au", "yahoo.com.br",
		"yahoo.com.mx", "yahoo.com.ar", "yahoo.com.hk", "yahoo.com.ph", "yahoo.com.sg", "yahoo.com.vn", "yahoo.com.tw", "aol.de",
		"aol.fr", "aol.co.uk"}, below: true},
	{domains: []string{"icloud.com", "me.com", "mac.com", "apple.com"},
		ids: []string{"bimi.icloud.com", "arc.icloud.com", "dmarc.icloud.com", "dkim-verifier.icloud.com", "spf.icloud.com"}},
	{domains: []string{"messagingengine.com", "fastmail.com", "fastmail.fm", "fastmailmx.com", "pobox.com", "topicbox.com"}},
	{domains: []string{"protonmail.ch", "protonmail.com", "proton.me", "proton.ch", "pm.me"}, scattered: true},
	{domains: []string{"gmx.net", "gmx.de", "gmx.com", "gmx.at", "gmx.ch", "web.de", "mail.com", "1und1.de", "1and1.com", "ionos.de",
		"ionos.com", "ui-dns.com", "kundenserver.de", "perfora.net", "online.de"}},
	{domains: []string{"zoho.com", "zoho.eu", "zoho.in", "zohomail.com", "zohomail.eu", "zohomail.in"}},
	{domains: []string{"yandex.ru", "yandex.net", "yandex.com", "ya.ru", "yandex.by", "yandex.kz"}},
	{domains: []string{"mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru", "smailru.net"}, scattered: true},
	{domains: []string{"mimecast.com", "mimecast.co.za", "mimecast-offshore.com"}},
	{domains: []string{"pphosted.com", "ppe-hosted.com", "ppops.net", "proofpoint.com"}},
	{domains: []string{"infomaniak.com", "infomaniak.ch", "ik.me", "ikmail.com", "etik.com"}, scattered: true},
	{domains: []string{"ecloud.global", "e.email", "murena.io", "murena.com"}, scattered: true},
	{domains: []string{"cloudflare.net", "cloudflare-email.net", "cloudflare.com"}, below: true},
	{domains: []string{"amazonses.com", "awsapps.com"}},
	{domains: []string{"posteo.de", "posteo.net", "posteo.name", "posteo.local"}},
	{domains: []string{"messagelabs.com", "symanteccloud.com"}},
	{domains: []string{"iphmx.com", "cisco.com"}},
	{domains: []string{"barracudanetworks.com", "cudaops.com"}},
	{domains: []string{"t-online.de", "telekom.de"}},
	{domains: []string{"migadu.com", "migadu.email"}},
	{domains: []string{"tutanota.com", "tutanota.de", "tuta.com", "tuta.io", "tutamail.com", "keemail.me"}},
}

// The families that have rules of their own.
const (
	familyMicrosoft = "outlook.com"
)

// familyIndex finds a family by any of its domains.
var familyIndex = func() map[string]*family {
	m := make(map[string]*family)
	for i := range knownFamilies {
		for _, d := range knownFamilies[i].domains {
			m[d] = &knownFamilies[i]
		}
	}
	return m
}()

// familyOf gives the name of the family that a host or domain is of: its first
// domain, or the registrable domain where it is not a known one. It is empty
// for names that are no public host names.
func familyOf(host string) string {
	if isInternalName(host) {
		return ""
	}
	if strings.HasPrefix(host, "inbound-smtp.") && strings.HasSuffix(host, ".amazonaws.com") {
		return "amazonses.com" // where Amazon takes mail, beside its customers' own hosts
	}
	for d := host; d != ""; {
		// By the name's end alone: a label before it may be garbled, and the
		// suffix list has some providers' domains among its private suffixes.
		if f, ok := familyIndex[d]; ok {
			return f.domains[0]
		}
		_, d, _ = strings.Cut(d, ".")
	}
	if d := registrable(host); d != "" {
		return d
	}
	// A public suffix itself may name its writer (RFC 8601 section 2.5 allows
	// any name).
	if d := asciiDomain(host); strings.Contains(d, ".") && !isAddress(d) {
		return d
	}
	return ""
}

// habits gives what is known of a family by its name; the zero family for one
// that is not known.
func habits(name string) (f family, known bool) {
	if p, ok := familyIndex[name]; ok {
		return *p, true
	}
	return family{}, false
}

// internalSuffixes are ends of names that are used inside networks only (RFC
// 6761, RFC 6762, RFC 8375, and usual ones that no registry delegates).
var internalSuffixes = []string{".local", ".internal", ".localdomain", ".localhost", ".lan", ".intern", ".intra",
	".corp", ".home", ".private", ".home.arpa", ".int.lan"}

// isInternalName tells names that say nothing about whose host it is: none at
// all, a single label, a private address, a name of an inner network.
func isInternalName(s string) bool {
	if s == "" {
		return true
	}
	if ip, ok := parseIP(s); ok {
		return isInternalIP(ip)
	}
	if !strings.Contains(s, ".") {
		return true
	}
	return slices.ContainsFunc(internalSuffixes, func(suffix string) bool { return strings.HasSuffix(s, suffix) })
}

// cgnat is the shared address space of RFC 6598.
var cgnat = netip.MustParsePrefix("100.64.0.0/10")

// isInternalIP tells addresses that the Internet does not route. Google names
// its inner hosts by IPv6 addresses of RFC 3056 (2002::/16) around private
// IPv4 addresses.
func isInternalIP(ip netip.Addr) bool {
	if ip.Is6() && !ip.Is4In6() {
		if b := ip.As16(); b[0] == 0x20 && b[1] == 0x02 {
			ip = netip.AddrFrom4([4]byte(b[2:6]))
		}
	}
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || cgnat.Contains(ip)
}

// Providers gives the providers whose word is believed about what arrived in
// a reporter's mailbox: those of the domains that the outer message proves
// (aligned DKIM or SPF passes that we verified), and, when heloConfirmed, that
// of the host that handed the report over. They are named by registrable
// domain, a known provider by the first of its domains, sorted.
//
// Nothing is believed of a report that proves nothing.
func Providers(outer analyze.Auth, s Session, heloConfirmed bool) []string {
	var out, tenants []string
	for _, r := range outer.Results {
		if r.Witness != analyze.WitnessVerified || r.Result != analyze.ResultPass {
			continue
		}
		switch d := dns.Normalize(r.Domain); {
		case r.Method != analyze.MethodDKIM && r.Method != analyze.MethodSPF && r.Method != analyze.MethodDMARC:
		case r.Aligned:
			out = append(out, familyOf(d))
		case r.Method == analyze.MethodDKIM && (isWithin(d, "onmicrosoft.com") || isWithin(d, "gappssmtp.com")):
			// What Microsoft and Google sign for customers without a key.
			tenants = append(tenants, familyOf(d))
		}
	}
	if len(out) == 0 {
		return nil
	}
	out = append(out, tenants...)
	if heloConfirmed {
		out = append(out, familyOf(dns.Normalize(s.Helo)))
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(d string) bool { return d == "" })
}

// maxClientNames bounds the PTR records of a client that are followed; RFC
// 7208 section 5.5 stops at ten, hosts that send mail have one.
const maxClientNames = 3

// ConfirmHelo tells whether the domain of the name given in HELO is the
// client's own: the name has the client's address, or the client's address
// has a name in the same domain that has the address (RFC 8601 section 2.7.3,
// iprev; Exchange Online says another name of its own than the address has).
func ConfirmHelo(ctx context.Context, r dns.Resolver, s Session) bool {
	host := asciiDomain(s.Helo)
	if host == "" || isInternalName(host) || !s.ClientIP.IsValid() || familyOf(host) == "" {
		return false
	}
	ip := s.ClientIP.Unmap().WithZone("")
	if hasAddress(ctx, r, host, ip) {
		return true
	}
	names := dns.Names(r.Resolve(ctx, dns.Reverse(ip), "PTR"))
	for _, name := range names[:min(len(names), maxClientNames)] {
		if familyOf(dns.Normalize(name)) == familyOf(host) && hasAddress(ctx, r, name, ip) {
			return true
		}
	}
	return false
}

// hasAddress tells whether a name has an address.
func hasAddress(ctx context.Context, r dns.Resolver, name string, ip netip.Addr) bool {
	typ := "AAAA"
	if ip.Is4() {
		typ = "A"
	}
	return slices.Contains(dns.IPs(r.Resolve(ctx, name, typ)), ip)
}
