package checks

import (
	"fmt"
	"slices"
	"strings"

	"reportascam/analyze"
)

const bimiDraft analyze.Cite = "draft-brand-indicators-for-message-identification"
const markDraft analyze.Cite = "draft-fetch-validation-vmc-wchuang section 5"

// MarkVerified speaks for a message: an authority has checked who holds the
// mark of its domain. It proves who, not that what they say is honest.
var MarkVerified = analyze.Check{
	Name: "mark-verified", Doc: "the From domain carries a verified mark certificate",
	Cites: []analyze.Cite{markDraft},
	Find:  markVerified,
}

func markVerified(ev *analyze.Evidence) analyze.Outcome {
	m := ev.Mark
	if m == nil || m.Status == "temperror" {
		return unknown("Whether the sender carries a verified mark could not be checked.")
	}
	if !m.Trademark() {
		return clear("The sender carries no verified mark.")
	}
	if c, ok := asSender(ev); ok && owner(ev, fromDomain(ev)) != c.Brand && !markNames(m, c) {
		return clear(fmt.Sprintf("The sender carries the verified mark of %s, but takes the name of %s.", quote(m.Organisation), c.Name))
	}
	return hit(fmt.Sprintf("The sender carries the verified mark of %s, registered in %s and checked by %s.",
		quote(m.Organisation), quote(m.Country), quote(m.Issuer)))
}

// markNames tells whether a verified mark names the brand as its holder.
// Someone else's mark says nothing for a message in the brand's name.
func markNames(m *analyze.Mark, c analyze.BrandClaim) bool {
	return m.Trademark() && strings.Contains(strings.ToLower(m.Organisation), strings.ToLower(c.Name))
}

// MarkMissing: the brand's own mail carries a verified mark, this does not.
var MarkMissing = analyze.Check{
	Name: "mark-missing", Doc: "the claimed brand's mail carries a mark certificate, and this message does not",
	Cites: []analyze.Cite{bimiDraft},
	Find:  markMissing,
}

func markMissing(ev *analyze.Evidence) analyze.Outcome {
	c, ok := asSender(ev)
	if !ok || ev.BrandMarked == "" {
		return clear("The message names no brand whose mail is known to carry a mark.")
	}
	host := fromDomain(ev)
	if owner(ev, host) == c.Brand || markNames(ev.Mark, c) {
		return clear("The sender is the brand itself, or carries a mark in its name.")
	}
	return hit(fmt.Sprintf("Mail of %s carries a checked mark of the brand; this message from %s does not.", c.Name, showHost(host)))
}

// MarkForged: fields that only a receiving provider writes came from the
// sender.
var MarkForged = analyze.Check{
	Name: "mark-forged", Doc: "the sender wrote fields that show a logo as if the provider had checked it",
	Cites: []analyze.Cite{bimiDraft},
	Find:  markForged,
}

func markForged(ev *analyze.Evidence) analyze.Outcome {
	if !checkable(ev) {
		return unknown(textOnly)
	}
	if len(ev.MarkForged) > 0 {
		return hit("The sender forged the sign of a checked logo: " + quote(strings.Join(ev.MarkForged, ", ")) + ".")
	}
	return clear("No sign of a checked logo was forged.")
}

// MarkForeign: the domain shows a certificate that is another domain's.
var MarkForeign = analyze.Check{
	Name: "mark-foreign", Doc: "the From domain shows a mark certificate that was issued for another domain",
	Cites: []analyze.Cite{markDraft},
	Find:  markForeign,
}

func markForeign(ev *analyze.Evidence) analyze.Outcome {
	m := ev.Mark
	if m == nil {
		return unknown("The sender's mark was not checked.")
	}
	switch {
	case m.Authority != "fail":
	case slices.Contains(m.Failed, "san"):
		return hit(fmt.Sprintf("%s shows a mark certificate that is not its own.", showHost(m.Domain)))
	case slices.Contains(m.Failed, "path"):
		// Forged, or of an authority that came after our list: worth nothing,
		// but no guilt.
		return unknown(fmt.Sprintf("%s shows a mark certificate of an authority that is not known here.", showHost(m.Domain)))
	}
	return clear("The sender shows no mark of somebody else.")
}

// MarkSelfAsserted only informs: anyone can publish a logo.
var MarkSelfAsserted = analyze.Check{
	Name: "mark-self-asserted", Doc: "the From domain publishes a logo for which nobody else stands",
	Cites: []analyze.Cite{bimiDraft},
	Find:  markSelfAsserted,
}

func markSelfAsserted(ev *analyze.Evidence) analyze.Outcome {
	if ev.Mark == nil {
		return unknown("The sender's logo was not checked.")
	}
	if ev.Mark.SelfAsserted {
		return hit(fmt.Sprintf("The logo that %s shows is its own claim; nobody has checked it.", showHost(ev.Mark.Domain)))
	}
	return clear("The sender shows no unchecked logo.")
}
