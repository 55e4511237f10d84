package relay

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"reportascam/analyze"
)

// Action is what is done with a message for one recipient.
type Action string

// The actions, the mildest first.
const (
	Pass       Action = "pass"       // deliver, and add nothing
	Tag        Action = "tag"        // deliver with our fields on top
	Quarantine Action = "quarantine" // keep it here
	Reject     Action = "reject"     // refuse it
)

// Actions gives the action for each level.
type Actions map[analyze.Level]Action

// DefaultActions tag everything: nobody's mail is stopped before somebody has
// decided so.
func DefaultActions() Actions {
	return Actions{analyze.Scam: Tag, analyze.Suspicious: Tag, analyze.Unclear: Tag, analyze.Authentic: Tag}
}

// Policy says what is done with what.
type Policy struct {
	Default Actions
	Domains map[string]Actions // by recipient domain, lower case; a level that is not named is the default's
	Allow   List               // passes, whatever the verdict
	Deny    List               // is a scam, whatever the verdict
	Prefix  string             // before the Subject of suspicious mail and scams; empty: none. It breaks signatures.
}

// ParseActions reads "scam=reject suspicious=quarantine".
func ParseActions(s string) (Actions, error) {
	out := Actions{}
	for _, w := range strings.Fields(s) {
		level, action, _ := strings.Cut(w, "=")
		switch analyze.Level(level) {
		case analyze.Scam, analyze.Suspicious, analyze.Unclear, analyze.Authentic:
		default:
			return nil, fmt.Errorf("%w: %q is no verdict", ErrConfig, level)
		}
		switch Action(action) {
		case Pass, Tag, Quarantine, Reject:
		default:
			return nil, fmt.Errorf("%w: %q is none of pass, tag, quarantine, reject", ErrConfig, action)
		}
		out[analyze.Level(level)] = Action(action)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no action in %q", ErrConfig, s)
	}
	return out, nil
}

// For gives the action for a recipient.
func (p Policy) For(level analyze.Level, rcpt string) Action {
	if a, ok := p.Domains[domainOf(rcpt)][level]; ok {
		return a
	}
	if a, ok := p.Default[level]; ok {
		return a
	}
	return Tag
}

// List names senders: networks, and domains or addresses. A domain covers
// those below it.
type List struct {
	nets  []netip.Prefix
	names map[string]bool
}

// ParseList reads networks, addresses of hosts, domains and mail addresses.
func ParseList(entries []string) (List, error) {
	l := List{names: map[string]bool{}}
	for _, e := range entries {
		if ip, err := netip.ParseAddr(e); err == nil {
			l.nets = append(l.nets, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		if p, err := netip.ParsePrefix(e); err == nil {
			l.nets = append(l.nets, p.Masked())
			continue
		}
		name := strings.ToLower(strings.TrimPrefix(e, "@"))
		if name == "" || strings.ContainsAny(name, " \t\r\n/<>\"") || strings.Count(name, "@") > 1 || !strings.Contains(name, ".") {
			return List{}, fmt.Errorf("%w: %q is no network, domain or address", ErrConfig, e)
		}
		l.names[name] = true
	}
	return l, nil
}

func (l List) hasClient(ip netip.Addr) bool { return contains(l.nets, ip) }

// hasDomain tells whether a domain, or one above it, is in the list.
func (l List) hasDomain(d string) bool {
	for d != "" {
		if l.names[d] {
			return true
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return false
}

// level gives the verdict by which a message is handled. Only what is proven is
// allowed: anybody can write an allowed name into From.
func (p Policy) level(f Facts, o Opinion) (level analyze.Level, listed string) {
	from := strings.ToLower(f.MailFrom)
	switch {
	case p.Deny.hasClient(f.Client), p.Deny.names[from], p.Deny.hasDomain(domainOf(from)), p.Deny.hasDomain(o.From):
		return analyze.Scam, "denied"
	case p.Allow.hasClient(f.Client), o.Proven && p.Allow.hasDomain(o.From):
		return o.Level, "allowed"
	}
	return o.Level, ""
}

// actions gives what is done for each recipient, in their order.
func (s *Server) actions(f Facts, o Opinion) ([]Action, string) {
	out := make([]Action, len(f.RcptTo))
	level, listed := s.Policy.level(f, o)
	for i, r := range f.RcptTo {
		switch out[i] = s.Policy.For(level, r); {
		case s.Mode == Observe:
			out[i] = Pass
		case listed == "allowed":
			out[i] = Tag
		}
	}
	return out, listed
}

// domainOf gives the domain of a path in lower case: behind the last @, since
// a quoted local part may hold one and a domain cannot.
func domainOf(path string) string {
	return strings.TrimSuffix(strings.ToLower(path[strings.LastIndexByte(path, '@')+1:]), ".")
}

func contains(nets []netip.Prefix, a netip.Addr) bool {
	if !a.IsValid() {
		return false
	}
	for _, p := range nets {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Strictest gives the strictest of what was done for the recipients.
func Strictest(by map[string]Action) Action {
	worst, order := Pass, []Action{Pass, Tag, Quarantine, Reject}
	for _, a := range by {
		if slices.Index(order, a) > slices.Index(order, worst) {
			worst = a
		}
	}
	return worst
}
