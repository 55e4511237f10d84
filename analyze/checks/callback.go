package checks

import (
	"fmt"

	"reportascam/analyze"
)

// PhoneCallback: a bill that nobody ordered, and a number to call about it.
// There is no link, so that nothing can be looked at: the trap is on the
// telephone. Honest bills come from their sender's own domain or link there,
// and a number below a signature tells nobody to call.
var PhoneCallback = analyze.Check{
	Name: "phone-callback", Doc: "the message tells of a charge, a renewal, a refund or a virus and to call a number about it, from a sender that does not fit",
	Cites: []analyze.Cite{"FBI IC3 PSA 2022-10 on callback phishing", "FTC consumer alert on fake renewal notices"},
	Find:  phoneCallback,
}

// calledFor are the kinds about which honest mail lets its reader look at an
// account, and scams let call.
var calledFor = map[analyze.LureKind]bool{
	analyze.LureCallback: true, analyze.LureRenewal: true, analyze.LureInvoice: true,
	analyze.LurePayment: true, analyze.LureVirus: true, analyze.LureRefund: true,
}

func phoneCallback(ev *analyze.Evidence) analyze.Outcome {
	_, host := sender(ev)
	l, lured := lureOf(ev, func(l analyze.Lure) bool {
		return calledFor[l.Kind] && (l.Strength >= lureClear || l.Kind != analyze.LureInvoice && l.Strength >= lureFaint)
	})
	switch {
	case !readable(ev):
		return unknown("The message has no text that could be read.")
	case host == "":
		return unknown("The message has no readable sender.")
	case len(ev.Calls) == 0 || !lured:
		return clear("The message does not tell you to call a number about a charge.")
	case speaksForItself(ev) != "":
		return clear("The brand that is proven to have sent the message speaks for itself.")
	case mayBeOwn(ev):
		return unknown(lostBrand)
	}
	linked := false
	for _, k := range ev.Links {
		linked = linked || followed(k)
		if followed(k) && related(ev, k.Host, host) && !ev.Domains[host].Free {
			return clear("The message links to its own sender.")
		}
	}
	why, known := misfit(ev, host)
	switch {
	case why == unprovenSender && linked:
		// A clinic or a shop that lets a service write for it.
		return clear("There are links to look at beside the number.")
	case !known:
		return unknown("Whether the sender is proven could not be checked.")
	case why == "":
		return clear("The sender is proven and takes no other's name.")
	}
	out := hit(fmt.Sprintf("The message %s and tells you to call %s, but %s.", wants[l.Kind], quote(ev.Calls[0]), why))
	out.Spans = l.Spans
	return out
}

const unprovenSender = "nothing proves who sent it"

// misfit tells, as the end of a sentence, why a sender is none to call back;
// nothing where it may be one.
func misfit(ev *analyze.Evidence, host string) (why string, known bool) {
	c, claims := asSender(ev)
	unproven, known := senderUnproven(ev)
	switch {
	case claims && owner(ev, host) != c.Brand:
		return "it does not come from " + c.Name, true
	case ev.Domains[host].Free:
		return "it comes from " + showHost(host) + ", where anyone can get an address", true
	case unproven:
		return unprovenSender, true
	}
	return "", known
}
