package checks

import (
	"fmt"
	"regexp"
	"strings"

	"reportascam/analyze"
)

// FromFault: there is not exactly one author, so that programs show different
// ones.
var FromFault = analyze.Check{
	Name: "from-fault", Doc: "the message has no single readable author",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2"), analyze.RFC(9989, "5.3.1")},
	Find:  fromFault,
}

func fromFault(ev *analyze.Evidence) analyze.Outcome {
	if !checkable(ev) {
		return unknown(textOnly)
	}
	if ev.Auth.FromFault != "" {
		return hit("The message does not have exactly one readable sender: " + quote(ev.Auth.FromFault) + ".")
	}
	return clear("The message has one sender.")
}

// addressInName finds something that reads as an address inside a display
// name. Bounded repetition keeps it linear.
var addressInName = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,24}`)

// FromNameAddress: the display name shows another address than the real one.
// Phones show the name alone.
var FromNameAddress = analyze.Check{
	Name: "from-name-address", Doc: "the display name is an address at another domain than the real one",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.4")},
	Find:  fromNameAddress,
}

func fromNameAddress(ev *analyze.Evidence) analyze.Outcome {
	box, host := sender(ev)
	shown := addressInName.FindString(box.Name)
	if shown == "" || host == "" {
		return clear("The sender's name does not show another address.")
	}
	d := domainOf(shown)
	if d == "" || d == host || related(ev, d, host) || strings.HasSuffix(host, "."+d) || strings.HasSuffix(d, "."+host) {
		return clear("The address in the sender's name fits the real one.")
	}
	return hit(fmt.Sprintf("The sender's name shows an address at %s, but the real one is at %s.", showHost(d), showHost(host)))
}

// FromSelf: the message pretends to come from its own recipient.
var FromSelf = analyze.Check{
	Name: "from-self", Doc: "the message shows its recipient as its sender, and nothing proves it",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2")},
	Find:  fromSelf,
}

func fromSelf(ev *analyze.Evidence) analyze.Outcome {
	box, _ := sender(ev)
	if box.Address == "" {
		return unknown("The message has no readable sender.")
	}
	if _, ok := proven(ev); ok {
		return clear("The sender is proven.")
	}
	for _, to := range ev.Original.To {
		if strings.EqualFold(to.Address, box.Address) {
			if !checkable(ev) {
				return unknown("The message shows its recipient as its sender, and the forward lost what would prove it.")
			}
			return hit("The message pretends that its recipient sent it.")
		}
	}
	return clear("Sender and recipient are not the same.")
}

// ReplyToDiffers: answers would go to a free mail address, or to a stranger,
// though the sender shows a company.
var ReplyToDiffers = analyze.Check{
	Name: "reply-to-differs", Doc: "answers go to a free mail address at another domain than the sender's",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2")},
	Find:  replyToDiffers,
}

func replyToDiffers(ev *analyze.Evidence) analyze.Outcome {
	if ev.Original == nil || len(ev.Original.ReplyTo) == 0 {
		return clear("Answers go to the sender.")
	}
	from := fromDomain(ev)
	for _, box := range ev.Original.ReplyTo {
		to := domainOf(box.Address)
		if to == "" || from == "" || related(ev, to, from) {
			continue
		}
		if ev.Domains[to].Free {
			return hit(fmt.Sprintf("The sender shows %s, but answers go to a free mail address at %s.", showHost(from), showHost(to)))
		}
	}
	return clear("Answers go to no free mail address elsewhere.")
}

// DoubledFields: what the reader sees may not be what was signed or checked.
var DoubledFields = analyze.Check{
	Name: "doubled-fields", Doc: "a header field that may stand once stands more often and says something else, so that programs show different ones",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6"), analyze.RFC(6376, "8.15")},
	Find:  doubledFields,
}

// misleading are the fields of which a second one changes what a reader sees:
// who wrote, what about, and how the text is read. A second Message-ID,
// MIME-Version or Date is sloppiness, and mailing lists add a second Reply-To.
var misleading = map[string]bool{"From": true, "Sender": true, "Subject": true, "Content-Type": true}

func doubledFields(ev *analyze.Evidence) analyze.Outcome {
	if !checkable(ev) {
		return unknown(textOnly)
	}
	var misled []string
	for _, name := range ev.Doubled {
		if misleading[name] {
			misled = append(misled, name)
		}
	}
	switch {
	case len(misled) > 0:
		return hit("These lines stand in it more than once: " + quote(strings.Join(misled, ", ")) + ".")
	case len(ev.Doubled) > 0:
		return clear("Lines stand in it twice, but none that would change what you see: " + quote(strings.Join(ev.Doubled, ", ")) + ".")
	}
	return clear("No line stands in it more often than it may.")
}

// SignatureGap: the only signature that proves the sender leaves out what the
// reader sees, so that anyone can have put it there.
var SignatureGap = analyze.Check{
	Name: "signature-gap", Doc: "the signature that proves the sender does not cover subject, author or the whole text",
	Cites: []analyze.Cite{analyze.RFC(6376, "8.2"), analyze.RFC(6376, "8.15")},
	Find:  signatureGap,
}

func signatureGap(ev *analyze.Evidence) analyze.Outcome {
	gap := ""
	for _, r := range ev.Auth.Results {
		if r.Method != analyze.MethodDKIM || r.Witness != analyze.WitnessVerified || r.Result != analyze.ResultPass {
			continue
		}
		if !strings.Contains(r.Gap, "not signed") {
			return clear("The signature covers what the reader sees.")
		}
		gap = r.Gap
	}
	if gap == "" {
		return unknown("No signature verifies.")
	}
	return hit("Its signature leaves parts open: " + quote(gap) + ".")
}

// ReturnPathDiffers only informs: newsletters and honest services do it too.
var ReturnPathDiffers = analyze.Check{
	Name: "return-path-differs", Doc: "bounces go to another domain than the sender's",
	Cites: []analyze.Cite{analyze.RFC(5321, "4.4"), analyze.RFC(9989, "4.4")},
	Find:  returnPathDiffers,
}

func returnPathDiffers(ev *analyze.Evidence) analyze.Outcome {
	path, from := domainOf(ev.ReturnPath), fromDomain(ev)
	if path == "" || from == "" {
		return unknown("Where bounces go is not known.")
	}
	if related(ev, path, from) {
		return clear("Bounces go to the sender's own domain.")
	}
	return hit(fmt.Sprintf("The sender shows %s, but bounces go to %s.", showHost(from), showHost(path)))
}
