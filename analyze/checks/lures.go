package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
)

// lureClear is the strength from which on a lure counts by itself, lureFaint
// that from which on it counts together with something that does not fit.
const (
	lureClear = 0.45
	lureFaint = 0.3
)

// wants says in plain words what each kind of lure asks for, as the end of
// "The message ".
var wants = map[analyze.LureKind]string{
	analyze.LureCredential: "asks you to sign in, or to confirm who you are",
	analyze.LureSuspension: "says that an account of yours is closed or will be",
	analyze.LureMailbox:    "says that your mailbox is full, or its password ends, or messages wait",
	analyze.LurePayment:    "says that a payment failed, or asks for new payment details",
	analyze.LureInvoice:    "brings a bill, an order or a receipt to look at",
	analyze.LureRefund:     "promises you money back",
	analyze.LureTax:        "speaks of taxes or customs",
	analyze.LureLegal:      "threatens with court, police or a fine",
	analyze.LureParcel:     "says that a delivery waits for you to do something",
	analyze.LurePrize:      "promises you a prize or a present",
	analyze.LureSurvey:     "promises a reward for answering questions",
	analyze.LurePoints:     "says that bonus points of yours will be lost",
	analyze.LureGiftCard:   "is about gift cards",
	analyze.LureRenewal:    "says that a subscription of yours ended or will be renewed",
	analyze.LureVirus:      "says that your device is infected or unprotected",
	analyze.LureStorage:    "says that your storage is full, or that your photos will be deleted",
	analyze.LureCallback:   "wants you to call a number about a charge or an account",
	analyze.LureWallet:     "wants you to verify or connect a crypto wallet",
	analyze.LureCrypto:     "offers crypto coins or speaks of your balance of them",
	analyze.LureDocument:   "wants you to open or sign a document",
	analyze.LureBoss:       "asks for a favour, or for other bank details, as a superior or supplier does",
	analyze.LureExtortion:  "threatens to expose you unless you pay",
	analyze.LureAdvance:    "promises a stranger's fortune",
	analyze.LureLoan:       "offers a loan",
	analyze.LureJob:        "offers easy work",
	analyze.LureInvestment: "promises easy riches",
	analyze.LureDating:     "comes as a stranger who wants to meet you",
	analyze.LureGambling:   "offers bonus money of a casino",
	analyze.LureHealth:     "praises a miracle cure",
	analyze.LureOffer:      "offers a bargain or a quote",
	analyze.LureUrgency:    "says that you must act at once",
	analyze.LureThreat:     "says what you will lose if you do nothing",
}

// grave are the kinds by which people lose accounts or money at once.
var grave = map[analyze.LureKind]bool{
	analyze.LureCredential: true, analyze.LureSuspension: true, analyze.LureMailbox: true, analyze.LurePayment: true,
	analyze.LureRefund: true, analyze.LureTax: true, analyze.LureLegal: true, analyze.LureParcel: true, analyze.LurePrize: true,
	analyze.LureSurvey: true, analyze.LurePoints: true, analyze.LureGiftCard: true, analyze.LureRenewal: true,
	analyze.LureVirus: true, analyze.LureStorage: true, analyze.LureCallback: true, analyze.LureWallet: true,
	analyze.LureCrypto: true, analyze.LureDocument: true, analyze.LureExtortion: true, analyze.LureInvoice: true,
}

// personal are the kinds that come as from a person: who writes them needs no
// company's address.
var personal = map[analyze.LureKind]bool{
	analyze.LureAdvance: true, analyze.LureDating: true, analyze.LureBoss: true, analyze.LureExtortion: true,
}

// presses are the kinds that press the reader to follow another.
func presses(k analyze.LureKind) bool {
	return k == analyze.LureUrgency || k == analyze.LureThreat
}

// lureChecks is one check for each kind of lure. A lure of a brand that is
// proven to have sent it, and that speaks for itself, is that brand's business.
func lureChecks() []analyze.Check {
	var out []analyze.Check
	for _, k := range analyze.LureKinds() {
		out = append(out, analyze.Check{
			Name: "lure-" + string(k), Doc: "the message " + wants[k] + ", and no brand is proven to say so",
			Cites: []analyze.Cite{"APWG Phishing Activity Trends Report", "patterns of analyze/lure"},
			Find:  func(ev *analyze.Evidence) analyze.Outcome { return findLure(ev, k) },
		})
	}
	return out
}

func findLure(ev *analyze.Evidence, kind analyze.LureKind) analyze.Outcome {
	l, ok := lureOf(ev, func(l analyze.Lure) bool { return l.Kind == kind && l.Strength >= lureClear })
	switch {
	case !ok && !readable(ev):
		return unknown("The message has no text that could be read.")
	case !ok:
		return clear("The message does not do that.")
	}
	if who := speaksForItself(ev); who != "" {
		return clear(fmt.Sprintf("The message %s, and it really comes from %s.", wants[kind], showHost(who)))
	}
	if mayBeOwn(ev) {
		return unknown(lostBrand)
	}
	out := hit("The message " + wants[kind] + ".")
	out.Spans = l.Spans
	return out
}

// lureOf gives the strongest lure that fits.
func lureOf(ev *analyze.Evidence, fits func(analyze.Lure) bool) (analyze.Lure, bool) {
	for _, l := range ev.Lures { // the strongest first
		if fits(l) {
			return l, true
		}
	}
	return analyze.Lure{}, false
}

// graveLure gives the strongest lure by which something is lost at once.
func graveLure(ev *analyze.Evidence) (analyze.Lure, bool) {
	return lureOf(ev, func(l analyze.Lure) bool { return grave[l.Kind] && l.Strength >= lureFaint })
}

// readable tells whether there was text to look for lures in.
func readable(ev *analyze.Evidence) bool { return ev.Writing != nil && ev.Writing.Words > 0 }

// speaksForItself gives the domain of a brand that is proven to have sent the
// message, where nobody else speaks through it; also that of a known mail
// service's own postmaster.
func speaksForItself(ev *analyze.Evidence) string {
	from, ok := proven(ev)
	if !ok {
		return ""
	}
	if box, _ := sender(ev); isPostmaster(box.Address) && ev.Domains[from].Free {
		return from
	}
	if owner(ev, from) == "" || passedOn(ev).Status == analyze.Hit {
		return ""
	}
	return from
}

// mayBeOwn tells whether a quoted message shows a brand's own address, so that
// the brand may speak for itself: the forward lost what would prove it or not.
func mayBeOwn(ev *analyze.Evidence) bool {
	return !checkable(ev) && owner(ev, fromDomain(ev)) != ""
}

const lostBrand = "The message shows a known brand's own address, and the forward lost what would prove it."

// senderUnproven tells whether it is known that nothing proves the sender: the
// forward kept what would prove it, and all of it was looked at.
func senderUnproven(ev *analyze.Evidence) (unproven, known bool) {
	switch {
	case ev.Auth.DMARC().Result == analyze.ResultFail, unauthenticated(ev).Status == analyze.Hit:
		return true, true
	case unauthenticated(ev).Status == analyze.Clear:
		return false, true
	}
	return false, false
}

// conjunction is the frame of the checks below: a grave lure together with
// something that does not fit it.
func conjunction(ev *analyze.Evidence, find func(l analyze.Lure) analyze.Outcome) analyze.Outcome {
	l, ok := graveLure(ev)
	return together(ev, l, ok, find)
}

// together is conjunction for a lure of any kind; ok tells that there is one.
func together(ev *analyze.Evidence, l analyze.Lure, ok bool, find func(l analyze.Lure) analyze.Outcome) analyze.Outcome {
	switch {
	case !ok && !readable(ev):
		return unknown("The message has no text that could be read.")
	case !ok:
		return clear("The message asks for nothing of worth.")
	case speaksForItself(ev) != "":
		return clear("The brand that is proven to have sent the message speaks for itself.")
	case mayBeOwn(ev):
		return unknown(lostBrand)
	}
	out := find(l)
	if out.Status == analyze.Hit {
		out.Spans = l.Spans
	}
	return out
}

// LureUnproven: it wants something of worth, and nothing proves who sent it.
var LureUnproven = analyze.Check{
	Name: "lure-unproven", Doc: "the message wants an account, money or a click for a prize, and nothing proves who sent it",
	Cites: []analyze.Cite{analyze.RFC(9989, "4.4"), "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			unproven, known := senderUnproven(ev)
			switch {
			case !known:
				return unknown("Whether the sender is proven could not be checked.")
			case !unproven:
				return clear("The sender is proven.")
			}
			return hit("The message " + wants[l.Kind] + ", and nothing proves who sent it.")
		})
	},
}

// LureStrangerLink: its links lead to neither the sender nor a known brand.
var LureStrangerLink = analyze.Check{
	Name: "lure-stranger-link", Doc: "the message wants something of worth, and its links lead away from its sender to a stranger",
	Cites: []analyze.Cite{analyze.RFC(3986, "7.6"), "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			from, stranger := fromDomain(ev), ""
			if from == "" {
				return unknown("The message has no readable sender to compare its links with.")
			}
			for _, k := range ev.Links {
				switch {
				case !followed(k), ev.Domains[k.Host].Sender:
				case related(ev, k.Host, from):
					return clear("The message links to its own sender.")
				case owner(ev, k.Host) == "" && stranger == "":
					stranger = k.Host
				}
			}
			if stranger == "" {
				return clear("No link leads to a stranger.")
			}
			return hit(fmt.Sprintf("The message %s, but leads to %s, which is not its sender's.", wants[l.Kind], showHost(stranger)))
		})
	},
}

// LureFreePage: it leads to a page that anyone can put up.
var LureFreePage = analyze.Check{
	Name: "lure-free-page", Doc: "the message wants something of worth, and leads to a page that anyone can put up for nothing",
	Cites: []analyze.Cite{"list of free pages", "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			from := fromDomain(ev)
			for _, k := range ev.Links {
				if d := ev.Domains[k.Host]; followed(k) && d.Free && k.Host != from {
					return hit(fmt.Sprintf("The message %s, and leads to %s, where anyone can put up a page.", wants[l.Kind], showHost(k.Host)))
				}
			}
			return clear("No link leads to a page that anyone can put up.")
		})
	},
}

// LureFreeMail: a company's business from an address that anyone can get.
var LureFreeMail = analyze.Check{
	Name: "lure-free-mail", Doc: "the message speaks as a company or an office, from an address that anyone can get",
	Cites: []analyze.Cite{"list of free mail domains", "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			box, host := sender(ev)
			switch {
			case host == "":
				return unknown("The message has no readable sender.")
			case personal[l.Kind] || !ev.Domains[host].Free || isPostmaster(box.Address):
				return clear("The sender address is not of a free mail service.")
			}
			return hit(fmt.Sprintf("The message %s, but it comes from %s, where anyone can open an address.", wants[l.Kind], showHost(host)))
		})
	},
}

// LurePressed: it wants something, and at once.
var LurePressed = analyze.Check{
	Name: "lure-pressed", Doc: "the message wants something of worth, and presses: at once, or else",
	Cites: []analyze.Cite{"FTC consumer advice on phishing", "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			p, ok := lureOf(ev, func(l analyze.Lure) bool { return presses(l.Kind) && l.Strength >= lureFaint })
			if !ok {
				return clear("The message does not press.")
			}
			return hit("The message " + wants[l.Kind] + " and " + wants[p.Kind] + ".")
		})
	},
}

// LureBrand: it wants something of worth in the name of a brand that is not
// its sender.
var LureBrand = analyze.Check{
	Name: "lure-brand", Doc: "the message wants something of worth in the name of a brand whose domain it does not come from",
	Cites: []analyze.Cite{"brand registry", "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			c, ok := claim(ev)
			host := fromDomain(ev)
			switch {
			case !ok:
				return clear("The message does not name a brand that we know.")
			case host == "":
				return unknown("The message has no readable sender.")
			case owner(ev, host) != "":
				return clear("The sender address is at a known brand's domain.")
			case house(ev, c):
				return unknown(fmt.Sprintf("The sender may be one of the many houses of %s.", c.Name))
			}
			return hit(fmt.Sprintf("The message %s in the name of %s, but comes from %s.", wants[l.Kind], c.Name, showHost(host)))
		})
	},
}

// LureMany: several lures in one message.
var LureMany = analyze.Check{
	Name: "lure-many", Doc: "the message sets several lures, or one very clearly",
	Cites: []analyze.Cite{"patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		if !readable(ev) {
			return unknown("The message has no text that could be read.")
		}
		if speaksForItself(ev) != "" {
			return clear("The brand that is proven to have sent the message speaks for itself.")
		}
		if mayBeOwn(ev) {
			return unknown(lostBrand)
		}
		miss, n := 1.0, []string{}
		for _, l := range ev.Lures {
			if !presses(l.Kind) && l.Kind != analyze.LureInvoice && l.Kind != analyze.LureOffer {
				miss *= 1 - l.Strength
				n = append(n, wants[l.Kind])
			}
		}
		if 1-miss < lureManyTotal {
			return clear("The message does not set several lures.")
		}
		return hit("The message " + strings.Join(n[:min(len(n), 2)], ", and ") + ".")
	},
}

// lureManyTotal is how sure all lures together must be.
const lureManyTotal = 0.85
