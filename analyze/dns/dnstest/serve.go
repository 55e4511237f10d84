package dnstest

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	mdns "github.com/miekg/dns"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// Server is a real name server over a zone, on loopback, UDP and TCP.
type Server struct {
	Addr string // host:port
	zone Zone

	mu        sync.Mutex
	asked     []string
	tcp       int
	validates bool
}

// Validate makes the server say of all that it answers that it is validated
// (the AD bit), as a resolver does for signed zones.
func (s *Server) Validate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.validates = true
}

// Set changes the records under a key of the zone.
func (s *Server) Set(key string, records ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zone[key] = records
}

// Serve runs a server until the test ends, and gives its address.
func (z Zone) Serve(tb testing.TB) (addr string) {
	tb.Helper()
	return z.Server(tb).Addr
}

// Server runs a server until the test ends.
func (z Zone) Server(tb testing.TB) *Server {
	tb.Helper()
	pc, ln, err := listen()
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{Addr: pc.LocalAddr().String(), zone: z}
	for _, srv := range []*mdns.Server{
		{PacketConn: pc, Handler: s.handler(false)},
		{Listener: ln, Handler: s.handler(true)},
	} {
		up := make(chan struct{})
		srv.NotifyStartedFunc = func() { close(up) }
		ended := make(chan error, 1)
		go func() { ended <- srv.ActivateAndServe() }()
		<-up
		tb.Cleanup(func() {
			_ = srv.Shutdown()
			<-ended
		})
	}
	return s
}

// listen takes one port for both UDP and TCP.
func listen() (net.PacketConn, net.Listener, error) {
	const tries = 20 // the TCP port of a free UDP port may be taken
	var err error
	for range tries {
		var pc net.PacketConn
		if pc, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			continue
		}
		var ln net.Listener
		if ln, err = net.Listen("tcp", pc.LocalAddr().String()); err == nil {
			return pc, ln, nil
		}
		pc.Close()
	}
	return nil, nil, fmt.Errorf("dnstest: no port: %w", err)
}

// Asked gives the questions that reached the server, "TYPE name" each.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// TCP gives the number of questions that came over TCP.
func (s *Server) TCP() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tcp
}

func (s *Server) handler(tcp bool) mdns.HandlerFunc {
	return func(w mdns.ResponseWriter, req *mdns.Msg) {
		if len(req.Question) != 1 {
			return
		}
		q := req.Question[0]
		name, typ := dns.Normalize(strings.ReplaceAll(q.Name, `\\`, `\`)), mdns.TypeToString[q.Qtype]
		s.mu.Lock()
		s.asked = append(s.asked, typ+" "+name)
		if tcp {
			s.tcp++
		}
		o, validates := s.zone.look(name, typ), s.validates
		s.mu.Unlock()
		if o.reason == "timeout" {
			return
		}
		m := reply(req, o, q)
		m.AuthenticatedData = validates && m.Rcode != mdns.RcodeServerFailure
		if !tcp {
			size := mdns.MinMsgSize
			if opt := req.IsEdns0(); opt != nil {
				size = int(opt.UDPSize())
			}
			m.Truncate(size)
		}
		_ = w.WriteMsg(m)
	}
}

// reply writes an outcome as a message.
func reply(req *mdns.Msg, o outcome, q mdns.Question) *mdns.Msg {
	m := new(mdns.Msg)
	m.SetReply(req)
	m.RecursionAvailable = true
	owner := q.Name
	for _, next := range o.chain[1:] {
		m.Answer = append(m.Answer, &mdns.CNAME{Hdr: header(owner, mdns.TypeCNAME), Target: next + "."})
		owner = next + "."
	}
	for _, r := range o.records {
		if rr := build(owner, q.Qtype, r); rr != nil {
			m.Answer = append(m.Answer, rr)
		}
	}
	switch o.status {
	case analyze.DNSTempError:
		m.Rcode = mdns.RcodeServerFailure
	case analyze.DNSNXDomain:
		m.Rcode = mdns.RcodeNameError
	}
	if len(o.records) == 0 {
		m.Ns = append(m.Ns, &mdns.SOA{Hdr: header(".", mdns.TypeSOA), Ns: "ns.test.", Mbox: "host.test.",
			Serial: 1, Refresh: 60, Retry: 60, Expire: 60, Minttl: 30})
	}
	return m
}

func header(name string, typ uint16) mdns.RR_Header {
	return mdns.RR_Header{Name: name, Rrtype: typ, Class: mdns.ClassINET, Ttl: ttl}
}

// build makes one record, or nil when the text does not fit the type.
func build(name string, typ uint16, text string) mdns.RR {
	h := header(name, typ)
	switch typ {
	case mdns.TypeA:
		return &mdns.A{Hdr: h, A: net.ParseIP(text).To4()}
	case mdns.TypeAAAA:
		return &mdns.AAAA{Hdr: h, AAAA: net.ParseIP(text).To16()}
	case mdns.TypeTXT:
		return &mdns.TXT{Hdr: h, Txt: chunks(text)}
	case mdns.TypeMX:
		var pref uint16
		var host string
		if _, err := fmt.Sscanf(text, "%d %s", &pref, &host); err != nil {
			return nil
		}
		return &mdns.MX{Hdr: h, Preference: pref, Mx: mdns.Fqdn(host)}
	case mdns.TypePTR:
		return &mdns.PTR{Hdr: h, Ptr: mdns.Fqdn(text)}
	case mdns.TypeTLSA:
		r := &mdns.TLSA{Hdr: h}
		if _, err := fmt.Sscanf(text, "%d %d %d %s", &r.Usage, &r.Selector, &r.MatchingType, &r.Certificate); err != nil {
			return nil
		}
		return r
	case mdns.TypeCNAME:
		return &mdns.CNAME{Hdr: h, Target: mdns.Fqdn(text)}
	}
	return nil
}

// chunks cuts text into strings of at most 255 octets, escaped as the library
// wants them.
func chunks(text string) []string {
	var out []string
	for {
		n := min(len(text), 255)
		var b strings.Builder
		for i := 0; i < n; i++ {
			fmt.Fprintf(&b, `\%03d`, text[i])
		}
		out = append(out, b.String())
		if text = text[n:]; text == "" {
			return out
		}
	}
}
