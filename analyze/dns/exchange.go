package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"reportascam/analyze"
)

const (
	udpSize  = 1232 // octets that pass every path unfragmented (DNS flag day 2020)
	maxChain = 16   // CNAMEs followed in one answer; honest chains have under five
	maxStray = 32   // datagrams that do not match the question, before giving up
)

var (
	errStray = errors.New("dns: no matching answer")
	errType  = errors.New("dns: unknown record type")
)

// exchange puts q to one server: UDP with EDNS0, without EDNS0 where the
// server does not know it (RFC 6891 section 7), TCP where the answer was cut.
func (c *Client) exchange(ctx context.Context, s server, q question) (*mdns.Msg, error) {
	t, ok := mdns.StringToType[q.typ]
	if !ok {
		return nil, errType
	}
	m := new(mdns.Msg)
	m.SetQuestion(wireName(q.name), t)
	m.AuthenticatedData = true // RFC 6840 section 5.7: asks for the AD bit in the answer
	m.SetEdns0(udpSize, false)
	reply, err := c.roundTrip(ctx, "udp", s.addr, m)
	if err == nil && (reply.Rcode == mdns.RcodeFormatError || reply.Rcode == mdns.RcodeNotImplemented) {
		m.Extra = nil
		m.Id = mdns.Id()
		reply, err = c.roundTrip(ctx, "udp", s.addr, m)
	}
	if err == nil && reply.Truncated || errors.Is(err, errCut) {
		m.Id = mdns.Id()
		return c.roundTrip(ctx, "tcp", s.addr, m)
	}
	return reply, err
}

// errCut: the datagram did not parse, as when a middlebox cut it.
var errCut = errors.New("dns: answer cut")

// roundTrip sends m and waits for the answer to it, and to it alone.
func (c *Client) roundTrip(ctx context.Context, network, addr string, m *mdns.Msg) (*mdns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var d net.Dialer
	nc, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = nc.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { _ = nc.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	co := &mdns.Conn{Conn: nc, UDPSize: udpSize}
	if err := co.WriteMsg(m); err != nil {
		return nil, err
	}
	for range maxStray {
		var h mdns.Header
		p, err := co.ReadMsgHeader(&h)
		if err != nil {
			return nil, err
		}
		if h.Id != m.Id {
			continue
		}
		reply := new(mdns.Msg)
		if err := reply.Unpack(p); err != nil {
			if network == "udp" && len(reply.Question) == 1 && answers(reply, m) {
				return nil, errCut
			}
			continue
		}
		if answers(reply, m) {
			return reply, nil
		}
	}
	return nil, errStray
}

// answers tells whether reply is the answer to m (RFC 5452 section 9.1). Some
// servers leave the question out of an error.
func answers(reply, m *mdns.Msg) bool {
	if !reply.Response || reply.Id != m.Id || reply.Opcode != mdns.OpcodeQuery {
		return false
	}
	if len(reply.Question) == 0 {
		return reply.Rcode != mdns.RcodeSuccess && reply.Rcode != mdns.RcodeNameError
	}
	a, b := reply.Question[0], m.Question[0]
	return len(reply.Question) == 1 && a.Qtype == b.Qtype && a.Qclass == b.Qclass &&
		Normalize(a.Name) == Normalize(b.Name)
}

// wireName gives the presentation form that the library packs back into just
// these octets: it takes a backslash for an escape.
func wireName(name string) string {
	return strings.ReplaceAll(name, `\`, `\\`) + "."
}

// read takes the answer out of a reply, and how long it may be kept.
func read(reply *mdns.Msg, q question, trusted bool) (analyze.DNSAnswer, time.Duration) {
	a := analyze.DNSAnswer{Name: q.name, Type: q.typ, AD: trusted && reply.AuthenticatedData}
	switch reply.Rcode {
	case mdns.RcodeSuccess, mdns.RcodeNameError:
	default:
		return failed(q.name, q.typ, strings.ToLower(mdns.RcodeToString[reply.Rcode])), failureTTL
	}
	if fault := gather(&a, reply, q); fault != "" {
		return failed(q.name, q.typ, fault), failureTTL
	}
	if len(a.Records) > 0 {
		a.Status = analyze.DNSOK
		return a, bounded(a.TTL, maxTTL)
	}
	a.Status = analyze.DNSNoData
	if reply.Rcode == mdns.RcodeNameError {
		a.Status = analyze.DNSNXDomain
	} else if len(reply.Answer) == 0 && !reply.RecursionAvailable && !reply.Authoritative {
		// A referral or a server that does not recurse: no word on the name.
		return failed(q.name, q.typ, "the server does not recurse"), failureTTL
	}
	a.TTL = negativeTTL(reply)
	return a, bounded(a.TTL, maxNegativeTTL)
}

// gather follows the CNAME chain in the answer section to the records of the
// type asked. It gives a fault in words when the chain loops or is too long.
func gather(a *analyze.DNSAnswer, reply *mdns.Msg, q question) string {
	name, ttl := q.name, ^uint32(0)
	for range maxChain {
		next := ""
		for _, rr := range reply.Answer {
			h := rr.Header()
			if h.Class != mdns.ClassINET || Normalize(h.Name) != name {
				continue
			}
			if mdns.TypeToString[h.Rrtype] == q.typ {
				if rec, ok := record(rr); ok {
					a.Records = append(a.Records, rec)
					ttl = min(ttl, h.Ttl)
				}
			} else if c, ok := rr.(*mdns.CNAME); ok && next == "" {
				next = Normalize(c.Target)
				ttl = min(ttl, h.Ttl)
			}
		}
		if len(a.Records) > 0 {
			a.TTL = ttl
		}
		if len(a.Records) > 0 || next == "" {
			return ""
		}
		name = next
	}
	return "CNAME chain too long"
}

// record gives the stored form of one record. Host names that need an escape
// are no host names (RFC 1123 section 2.1) and are left out.
func record(rr mdns.RR) ([]byte, bool) {
	host := func(prefix, s string) ([]byte, bool) {
		if strings.Contains(s, `\`) {
			return nil, false
		}
		if s != "." {
			s = Normalize(s)
		}
		return []byte(prefix + s), true
	}
	switch r := rr.(type) {
	case *mdns.A:
		return []byte(r.A.String()), len(r.A) > 0
	case *mdns.AAAA:
		return []byte(r.AAAA.String()), len(r.AAAA) > 0
	case *mdns.TXT:
		return unescape(r.Txt), true
	case *mdns.MX:
		return host(strconv.Itoa(int(r.Preference))+" ", r.Mx)
	case *mdns.PTR:
		return host("", r.Ptr)
	case *mdns.CNAME:
		return host("", r.Target)
	case *mdns.TLSA:
		return fmt.Appendf(nil, "%d %d %d %s", r.Usage, r.Selector, r.MatchingType, strings.ToLower(r.Certificate)), true
	}
	return nil, false
}

// unescape joins the strings of a TXT record and undoes the escapes that the
// library puts into them (\" \\ \DDD).
func unescape(parts []string) []byte {
	var out []byte
	for _, s := range parts {
		for i := 0; i < len(s); i++ {
			if s[i] != '\\' || i+1 == len(s) {
				out = append(out, s[i])
				continue
			}
			if i+3 < len(s) && digit(s[i+1]) && digit(s[i+2]) && digit(s[i+3]) {
				out = append(out, (s[i+1]-'0')*100+(s[i+2]-'0')*10+s[i+3]-'0')
				i += 3
				continue
			}
			i++
			out = append(out, s[i])
		}
	}
	return out
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
