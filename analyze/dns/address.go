package dns

import "net/netip"

// Public tells whether an address is one that anybody on the internet
// could reach as well: none of the IANA special-purpose registries (RFC 6890,
// as of 2026), no multicast, and no address that carries another inside.
func Public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return !within4(ip)
	}
	// 2000::/3 is all of the IPv6 space that is given out.
	if !prefix("2000::/3").Contains(ip) {
		return false
	}
	for _, p := range []string{
		"2001::/23",     // protocol assignments: Teredo, ORCHID, benchmarking
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4: carries an IPv4 address
		"2620:4f:8000::/48",
		"3fff::/20", // documentation
	} {
		if prefix(p).Contains(ip) {
			return false
		}
	}
	return true
}

func within4(ip netip.Addr) bool {
	for _, p := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
		"192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"224.0.0.0/4", "240.0.0.0/4",
	} {
		if prefix(p).Contains(ip) {
			return true
		}
	}
	return false
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
