package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
)

const textOnly = "The forward kept no header, so the sender could not be checked."

// DMARCFail: the From domain's own policy disowns the message.
var DMARCFail = analyze.Check{
	Name: "dmarc-fail", Doc: "the From domain's own policy disowns this message",
	Cites: []analyze.Cite{analyze.RFC(9989, "4.7")},
	Find:  dmarcFail,
}

func dmarcFail(ev *analyze.Evidence) analyze.Outcome {
	if !checkable(ev) {
		return unknown(textOnly)
	}
	r := ev.Auth.DMARC()
	switch r.Result {
	case analyze.ResultPass:
		return clear(fmt.Sprintf("DMARC passes for %s.", showHost(fromDomain(ev))))
	case analyze.ResultFail:
		return hit(fmt.Sprintf("%s says that it did not send this message (DMARC fails).", showHost(fromDomain(ev))))
	case analyze.ResultNone:
		return clear("The sender's domain publishes no DMARC policy.")
	}
	return unknown("DMARC could not be checked.")
}

// each gives the results of one mechanism that somebody trustworthy witnessed.
func each(ev *analyze.Evidence, m analyze.Method) []analyze.AuthResult {
	var out []analyze.AuthResult
	for _, r := range ev.Auth.Results {
		if r.Method == m && r.Witness.Believed() {
			out = append(out, r)
		}
	}
	return out
}

// SPFFail: the envelope's domain does not allow the host that sent it.
var SPFFail = analyze.Check{
	Name: "spf-fail", Doc: "the sending host is not allowed to send for the envelope's domain",
	Cites: []analyze.Cite{analyze.RFC(7208, "8.4")},
	Find:  spfFail,
}

func spfFail(ev *analyze.Evidence) analyze.Outcome {
	out := unknown("SPF could not be checked.")
	for _, r := range each(ev, analyze.MethodSPF) {
		switch r.Result {
		case analyze.ResultPass:
			return clear(fmt.Sprintf("SPF passes for %s.", showHost(r.Domain)))
		case analyze.ResultFail, analyze.ResultSoftFail:
			out = hit(fmt.Sprintf("The host that sent it may not send mail for %s (SPF %s).", showHost(r.Domain), r.Result))
		case analyze.ResultNone, analyze.ResultNeutral:
			if out.Status == analyze.Unknown {
				out = clear("The envelope's domain says nothing about who may send for it.")
			}
		}
	}
	return out
}

// DKIMFail: a signature that does not verify, where nothing but the sender
// could have broken it.
var DKIMFail = analyze.Check{
	Name: "dkim-fail", Doc: "a signature does not verify and none does",
	Cites: []analyze.Cite{analyze.RFC(6376, "6.1.3")},
	Find:  dkimFail,
}

func dkimFail(ev *analyze.Evidence) analyze.Outcome {
	out := unknown("No signature could be checked.")
	for _, r := range each(ev, analyze.MethodDKIM) {
		switch r.Result {
		case analyze.ResultPass:
			return clear(fmt.Sprintf("The signature of %s verifies.", showHost(r.Domain)))
		case analyze.ResultFail:
			out = hit(fmt.Sprintf("The signature of %s does not verify.", showHost(r.Domain)))
		case analyze.ResultNone:
			if out.Status == analyze.Unknown {
				out = clear("The message is not signed.")
			}
		}
	}
	return out
}

// Unauthenticated: a provider looked, and nothing stood up for the message.
var Unauthenticated = analyze.Check{
	Name: "unauthenticated", Doc: "the receiving provider found nothing that authenticates the From domain",
	Cites: []analyze.Cite{analyze.RFC(8601, "2.7"), analyze.RFC(9989, "4.4")},
	Find:  unauthenticated,
}

func unauthenticated(ev *analyze.Evidence) analyze.Outcome {
	if !checkable(ev) {
		return unknown(textOnly)
	}
	if _, ok := proven(ev); ok {
		return clear("The From domain is proven.")
	}
	spf, dkim := false, false
	for _, r := range ev.Auth.Results {
		if !r.Witness.Believed() || r.Result == analyze.ResultUnknown || r.Result == analyze.ResultTempError {
			continue
		}
		spf = spf || r.Method == analyze.MethodSPF
		dkim = dkim || r.Method == analyze.MethodDKIM
	}
	if !spf || !dkim {
		return unknown("Too little of the sender could be checked.")
	}
	return hit(fmt.Sprintf("Nothing proves that the message comes from %s.", showHost(fromDomain(ev))))
}

// ProviderDoubt: the reporter's provider itself doubted the sender.
var ProviderDoubt = analyze.Check{
	Name: "provider-doubt", Doc: "the reporter's own provider judged the sender to be spoofed",
	Cites: []analyze.Cite{analyze.RFC(8601, "2.7.6")},
	Find:  providerDoubt,
}

func providerDoubt(ev *analyze.Evidence) analyze.Outcome {
	for _, r := range each(ev, analyze.MethodCompAuth) {
		switch r.Result {
		case analyze.ResultFail, analyze.ResultSoftFail:
			return hit("The mail provider that received it doubted the sender.")
		case analyze.ResultPass:
			return clear("The mail provider that received it did not doubt the sender.")
		}
	}
	return unknown("The mail provider that received it said nothing about the sender.")
}

// ForgedResults: the message brings results or trace lines that pretend to
// be written by the provider that received it.
var ForgedResults = analyze.Check{
	Name: "forged-results", Doc: "the message carries authentication results that pretend to be the provider's",
	Cites: []analyze.Cite{analyze.RFC(8601, "7.1")},
	Find:  forgedResults,
}

func forgedResults(ev *analyze.Evidence) analyze.Outcome {
	if !checkable(ev) {
		return unknown(textOnly)
	}
	if len(ev.Auth.Forged) > 0 {
		return hit("The message carries a forged certificate of authenticity: " + quote(strings.Join(ev.Auth.Forged, "; ")) + ".")
	}
	return clear("No forged authentication results were found.")
}
