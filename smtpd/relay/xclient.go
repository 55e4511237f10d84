package relay

import (
	"net/netip"
	"strconv"
	"strings"
)

// attributes of XCLIENT and XFORWARD that we take; what we have no use for is
// passed on. (Postfix's XCLIENT_README and XFORWARD_README.)
var attributes = []string{"NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"}

// maxAttributes bounds one command: each attribute once, and room.
const maxAttributes = 16

// readAttributes reads NAME=value pairs, their values in xtext (RFC 3461
// section 4). A value that Postfix writes for what it does not know is empty.
func readAttributes(arg string) (map[string]string, bool) {
	words := strings.Fields(arg)
	if len(words) == 0 || len(words) > maxAttributes {
		return nil, false
	}
	out := map[string]string{}
	for _, w := range words {
		name, v, ok := strings.Cut(w, "=")
		v, good := unxtext(v)
		if !ok || !good || name == "" {
			return nil, false
		}
		if u := strings.ToUpper(v); u == "[UNAVAILABLE]" || u == "[TEMPUNAVAIL]" {
			v = ""
		}
		out[strings.ToUpper(name)] = v
	}
	return out, true
}

// unxtext decodes +XX. Control characters are no text.
func unxtext(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			if i+2 >= len(s) {
				return "", false
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", false
			}
			c = byte(n)
			i += 2
		}
		if c < ' ' || c == 0x7f {
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// xtext encodes what XFORWARD carries.
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '+' || c == '=' {
			const hex = "0123456789ABCDEF"
			b.WriteString("+" + string(hex[c>>4]) + string(hex[c&15]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// take notes who the client is.
func (x *session) take(a map[string]string) {
	if v, ok := a["ADDR"]; ok {
		v = strings.TrimPrefix(strings.ToUpper(v), "IPV6:")
		ip, err := netip.ParseAddr(v)
		if err != nil {
			ip = netip.Addr{} // not known, and not who is connected
		}
		x.who.Client = ip.Unmap().WithZone("")
	}
	if v, ok := a["NAME"]; ok {
		x.who.Name = v
	}
	if v, ok := a["HELO"]; ok {
		x.who.Helo = v
	}
}

// accepts vets an XFORWARD or XCLIENT command.
func (x *session) accepts(arg string) (map[string]string, bool) {
	switch {
	case !x.believed:
		x.fault(550, "5.7.0 Not allowed from here")
	case x.hop == nil:
		x.fault(503, "5.5.1 Say EHLO first")
	case x.mail:
		x.fault(503, "5.5.1 A message is being sent")
	default:
		a, ok := readAttributes(arg)
		if !ok {
			x.fault(501, "5.5.4 Bad attributes")
		}
		return a, ok
	}
	return nil, false
}

// xforward notes where a message comes from, and passes it on.
func (x *session) xforward(arg string) {
	a, ok := x.accepts(arg)
	if !ok {
		return
	}
	if offered, ok := x.hop.ext["XFORWARD"]; ok {
		if part := offeredPart(arg, offered); part != "" {
			r, err := x.hop.ask("XFORWARD " + part)
			if err != nil {
				x.lost("XFORWARD", err)
				return
			}
			if !r.ok() {
				x.answer(r)
				return
			}
		}
	}
	x.take(a)
	x.reply(250, "2.0.0 OK")
}

// xclient makes the session another client's: it begins anew.
func (x *session) xclient(arg string) {
	a, ok := x.accepts(arg)
	if !ok {
		return
	}
	if offered, ok := x.hop.ext["XCLIENT"]; ok {
		if part := offeredPart(arg, offered); part != "" {
			r, err := x.hop.ask("XCLIENT " + part)
			if err != nil {
				x.lost("XCLIENT", err)
				return
			}
			if r.code != 220 {
				x.answer(r)
				return
			}
		}
	}
	x.who = Facts{}
	x.take(a)
	x.reply(220, x.s.Hostname+" ESMTP reportascam")
}

// offeredPart gives the attributes that the next hop has a word for.
func offeredPart(arg, offered string) string {
	var out []string
	for _, w := range strings.Fields(arg) {
		name, _, _ := strings.Cut(w, "=")
		for _, o := range strings.Fields(offered) {
			if strings.EqualFold(o, name) {
				out = append(out, w)
			}
		}
	}
	return strings.Join(out, " ")
}

// announce tells the next hop who our client is.
func (x *session) announce() bool {
	offered, ok := x.hop.ext["XFORWARD"]
	if !ok || !x.who.Client.IsValid() {
		return true
	}
	addr := x.who.Client.String()
	if x.who.Client.Is6() {
		addr = "IPV6:" + addr
	}
	name := x.who.Name
	if name == "" {
		name = "[UNAVAILABLE]"
	}
	part := offeredPart("NAME="+xtext(name)+" ADDR="+addr+" PROTO=ESMTP HELO="+xtext(x.who.Helo), offered)
	if part == "" {
		return true
	}
	if _, err := x.hop.ask("XFORWARD " + part); err != nil {
		x.lost("XFORWARD", err)
		return false
	}
	return true // a refusal leaves the session as it was
}
