package auth

import (
	"time"

	"reportascam/analyze"
)

// freshFor is how long after its receipt a message may be judged by today's
// records: published keys, policies and SPF records rarely change within a
// week.
const freshFor = 7 * 24 * time.Hour

// A record of the DNS speaks of the moment it is asked. Mail is reported days
// or years after it came, when its key may have been replaced under the same
// selector or withdrawn and its SPF record rewritten. What today's records say
// against such mail may just be its age. So only these give a fail:
//
//   - a message that is being delivered to us now;
//   - mail received within freshFor, by the boundary's clock, of which the
//     boundary did not find the contrary;
//   - what no other record could cure, whenever it is asked: a body that does
//     not have the signature's hash, or a header that does not match though
//     the signature was made with the very key that is published.
//
// All else is unknown, with the boundary's word beside it. A pass needs no
// such care: no later record makes a foreign signature good.

// clock is what is known of when the message was received.
type clock struct {
	at    time.Time // receipt
	known bool      // at is the true receipt, not only that of the report
	live  bool      // the message is being delivered to us now
	fresh bool      // received so short a time ago that today's records are those of then
}

// receipt gives the time by which signatures are judged: when the message was
// received, by the boundary's word where there is one.
func receipt(in Input, b *analyze.Boundary) clock {
	clk := clock{at: in.At, live: in.Session != nil, fresh: in.Session != nil}
	if clk.live || b == nil || b.At.IsZero() {
		return clk
	}
	clk.fresh = !in.At.IsZero() && in.At.Sub(b.At).Abs() < freshFor
	if in.At.IsZero() || b.At.Before(in.At) {
		clk.at, clk.known = b.At, true
	}
	return clk
}

// words are what the boundary found when it received the message.
type words []analyze.AuthResult

// passed gives who found a mechanism to pass for a domain at receipt, or "".
// An empty selector of either side fits any.
func (w words) passed(m analyze.Method, scope, domain, selector string) string {
	for _, r := range w {
		if r.Witness != analyze.WitnessBoundary || r.Method != m || r.Result != analyze.ResultPass || domain == "" || asciiDomain(r.Domain) != domain {
			continue
		}
		if selector != "" && r.Selector != "" && asciiDomain(r.Selector) != selector {
			continue
		}
		if scope != "" && r.Scope != "" && r.Scope != scope {
			continue
		}
		if r.AuthServ != "" {
			return r.AuthServ
		}
		return "the provider"
	}
	return ""
}

// settle gives what a fault of a signature is worth, given the message's age
// and what the boundary found.
func (d *dkimCheck) settle(sig signature, f *fault) *fault {
	if d.clock.live || f.Result != analyze.ResultFail && f.Result != analyze.ResultPermError {
		return f
	}
	who := d.said.passed(analyze.MethodDKIM, "", sig.domain, sig.selector)
	since := ""
	switch {
	case f.Reason == reasonKeyGone:
		// Signers withdraw keys after a while.
	case who != "" && f.byKey:
		since = "; " + who + " found it good, so the key may have been replaced since"
	case who != "":
		since = "; " + who + " found it good, so it was changed since"
	case f.byKey && !d.clock.fresh:
		since = "; the key may have been replaced since"
	default:
		return f
	}
	return &fault{Result: analyze.ResultUnknown, Reason: f.Reason + since}
}

// settle does the same for a seal, of which the boundary has no word.
func (c clock) settle(f *fault) *fault {
	switch {
	case c.live || f.Result != analyze.ResultFail && f.Result != analyze.ResultPermError:
		return f
	case f.Reason == reasonKeyGone:
		return &fault{Result: analyze.ResultUnknown, Reason: f.Reason}
	case f.byKey && !c.fresh:
		return &fault{Result: analyze.ResultUnknown, Reason: f.Reason + "; the key may have been replaced since"}
	}
	return f
}

// settleSPF makes results against the message unknown where today's records
// need not be those of its receipt, or the boundary found a pass. The boundary
// saw the session, we only read of it.
func settleSPF(list []analyze.AuthResult, clk clock, said words) {
	if clk.live {
		return
	}
	for i := range list {
		r := &list[i]
		switch r.Result {
		case analyze.ResultPass, analyze.ResultTempError, analyze.ResultUnknown:
			continue
		}
		was := string(r.Result) + " by today's record"
		if r.Reason != "" {
			was += " (" + r.Reason + ")"
		}
		if who := said.passed(analyze.MethodSPF, r.Scope, asciiDomain(r.Domain), ""); who != "" {
			r.Result, r.Reason = analyze.ResultUnknown, was+"; "+who+" found a pass when it received the message"
		} else if !clk.fresh {
			r.Result, r.Reason = analyze.ResultUnknown, was+", which may have changed since the message was received"
		}
	}
}

// settleDMARC does the same for our own DMARC result.
func settleDMARC(r analyze.AuthResult, clk clock, said words) analyze.AuthResult {
	if clk.live || r.Result != analyze.ResultFail {
		return r
	}
	if who := said.passed(analyze.MethodDMARC, "", r.Domain, ""); who != "" {
		r.Result, r.Reason = analyze.ResultUnknown, r.Reason+"; "+who+" found a pass when it received the message"
	}
	return r
}
