package dns

import (
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"reportascam/analyze"
)

// Resolver answers questions about names. It never fails: the Status of the
// answer tells how the look-up ended. A name may end in a dot; either way it
// is fully qualified. typ is A, AAAA, TXT, MX, PTR, CNAME or TLSA.
type Resolver interface {
	Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer
}

// Offline answers every question with a temperror.
type Offline struct{}

// Resolve implements Resolver.
func (Offline) Resolve(_ context.Context, name, typ string) analyze.DNSAnswer {
	return failed(Normalize(name), strings.ToUpper(typ), "offline")
}

const (
	maxName  = 253 // octets of a name in text form (RFC 1035 section 2.3.4)
	maxLabel = 63  // octets of a label (RFC 1035 section 2.3.4)
)

// Normalize gives the form in which names are asked, cached and recorded:
// ASCII letters in lower case, no final dot.
func Normalize(name string) string {
	name = strings.TrimSuffix(name, ".")
	for i := 0; i < len(name); i++ {
		if c := name[i]; 'A' <= c && c <= 'Z' {
			return lowerASCII(name)
		}
	}
	return name
}

// lowerASCII lowers A to Z only: the DNS knows no other case (RFC 4343).
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// NameFault tells why a normalised name cannot be asked, or "".
func NameFault(name string) string {
	if name == "" {
		return "empty name"
	}
	if len(name) > maxName {
		return "name too long"
	}
	label := 0
	for i := 0; i <= len(name); i++ {
		if i == len(name) || name[i] == '.' {
			if label == 0 {
				return "empty label"
			}
			label = 0
			continue
		}
		if c := name[i]; c < ' ' || c > '~' {
			return "character that no name can have"
		}
		if label++; label > maxLabel {
			return "label too long"
		}
	}
	return ""
}

// failed makes a temperror.
func failed(name, typ, reason string) analyze.DNSAnswer {
	return analyze.DNSAnswer{Name: name, Type: typ, Status: analyze.DNSTempError, Reason: reason}
}

// unaskable makes the answer for a name that cannot be asked.
func unaskable(name, typ, reason string) analyze.DNSAnswer {
	return analyze.DNSAnswer{Name: name, Type: typ, Status: analyze.DNSNXDomain, Reason: reason}
}

// TXT gives the records of a TXT answer, each with its strings joined.
func TXT(a analyze.DNSAnswer) []string {
	if a.Type != "TXT" {
		return nil
	}
	return texts(a)
}

// Names gives the host names of a PTR or CNAME answer.
func Names(a analyze.DNSAnswer) []string {
	if a.Type != "PTR" && a.Type != "CNAME" {
		return nil
	}
	return texts(a)
}

func texts(a analyze.DNSAnswer) []string {
	var out []string
	for _, r := range a.Records {
		out = append(out, string(r))
	}
	return out
}

// IPs gives the addresses of an A or AAAA answer; IPv4-mapped ones unmapped.
func IPs(a analyze.DNSAnswer) []netip.Addr {
	if a.Type != "A" && a.Type != "AAAA" {
		return nil
	}
	var out []netip.Addr
	for _, r := range a.Records {
		if ip, err := netip.ParseAddr(string(r)); err == nil {
			out = append(out, ip.Unmap())
		}
	}
	return out
}

// Exchange is one MX record. Host is "." for the null MX (RFC 7505).
type Exchange struct {
	Pref uint16
	Host string
}

// MX gives the records of an MX answer, best first.
func MX(a analyze.DNSAnswer) []Exchange {
	if a.Type != "MX" {
		return nil
	}
	var out []Exchange
	for _, r := range a.Records {
		pref, host, ok := strings.Cut(string(r), " ")
		n, err := strconv.ParseUint(pref, 10, 16)
		if !ok || err != nil || host == "" {
			continue
		}
		out = append(out, Exchange{Pref: uint16(n), Host: host})
	}
	slices.SortStableFunc(out, func(a, b Exchange) int { return int(a.Pref) - int(b.Pref) })
	return out
}

// Association is one TLSA record (RFC 6698 section 2.1).
type Association struct {
	Usage, Selector, Matching uint8
	Data                      []byte
}

// TLSA gives the records of a TLSA answer.
func TLSA(a analyze.DNSAnswer) []Association {
	if a.Type != "TLSA" {
		return nil
	}
	var out []Association
	for _, r := range a.Records {
		f := strings.Fields(string(r))
		if len(f) != 4 {
			continue
		}
		var n [3]uint8
		ok := true
		for i := range n {
			v, err := strconv.ParseUint(f[i], 10, 8)
			n[i], ok = uint8(v), ok && err == nil
		}
		if data, err := hex.DecodeString(f[3]); ok && err == nil {
			out = append(out, Association{n[0], n[1], n[2], data})
		}
	}
	return out
}

// Reverse gives the name under which the PTR records of ip stand (RFC 1035
// section 3.5, RFC 3596 section 2.5), or "" for no address.
func Reverse(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	var b strings.Builder
	switch {
	case ip.Is4():
		a := ip.As4()
		for i := 3; i >= 0; i-- {
			b.WriteString(strconv.Itoa(int(a[i])))
			b.WriteByte('.')
		}
		b.WriteString("in-addr.arpa")
	case ip.Is6():
		const hex = "0123456789abcdef"
		a := ip.As16()
		for i := 15; i >= 0; i-- {
			b.Write([]byte{hex[a[i]&15], '.', hex[a[i]>>4], '.'})
		}
		b.WriteString("ip6.arpa")
	}
	return b.String()
}
