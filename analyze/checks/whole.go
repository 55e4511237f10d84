package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
)

// LinkSingleTarget: whatever is clicked, even what should end the mail, leads
// to the one page.
var LinkSingleTarget = analyze.Check{
	Name: "link-single-target", Doc: "links of different words, among them one to get no more mail, all lead to one address",
	Cites: []analyze.Cite{analyze.RFC(2369, "3.2")},
	Find:  linkSingleTarget,
}

func linkSingleTarget(ev *analyze.Evidence) analyze.Outcome {
	texts, target, host, leave := map[string]bool{}, "", "", false
	for _, l := range ev.Links {
		if l.Source != "html" || l.Hidden || len(l.Via) > 0 || !followed(l) {
			continue
		}
		address, _, _ := strings.Cut(l.URL, "#")
		if target != "" && address != target {
			return noLink(ev, "The links lead to more than one address.")
		}
		target, host = address, l.Host
		if text := strings.ToLower(strings.TrimSpace(l.Text)); text != "" {
			texts[text] = true
			leave = leave || leaving(analyze.Link{Text: text})
		}
	}
	if len(texts) >= 2 && leave && !ours(ev, host) {
		return hit(fmt.Sprintf("Every link leads to the one address at %s, even the one to get no more mail.", showHost(host)))
	}
	return noLink(ev, "No link to get no more mail leads where all others do.")
}

// LinkStranger: no link has anything to do with the sender.
var LinkStranger = analyze.Check{
	Name: "link-stranger", Doc: "all links lead to others than the sender's domain",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2")},
	Find:  linkStranger,
}

func linkStranger(ev *analyze.Evidence) analyze.Outcome {
	from := fromDomain(ev)
	switch {
	case from == "":
		return unknown("The message has no readable sender address.")
	case ev.Domains[from].Free && !ev.Domains[from].Page:
		return noLink(ev, "The sender writes from an address that anyone can get.")
	}
	first := ""
	for _, l := range ev.Links {
		if l.Scheme == "mailto" || l.Host == "" || l.Source == "text" && !pointed(l) {
			continue
		}
		if related(ev, l.Host, from) || ev.Domains[l.Host].Sender || akin(site(ev, l.Host), site(ev, from)) {
			return clear("Some links lead to the sender's own domain.")
		}
		if first == "" && followed(l) && l.Source != "text" && !l.Hidden && ev.Domains[l.Host].Brand == "" {
			first = l.Host
		}
	}
	if first == "" {
		return noLink(ev, "No link leads to a stranger.")
	}
	return hit(fmt.Sprintf("No link leads to the sender's %s; one leads to %s.", showHost(site(ev, from)), showHost(first)))
}

// minAkin is the shortest name, in octets, that tells whose a longer one is.
const minAkin = 4

// akin tells whether one domain's own label stands in the other's:
// shop.example and shop-mail.test.
func akin(a, b string) bool {
	a, _, _ = strings.Cut(a, ".")
	b, _, _ = strings.Cut(b, ".")
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= minAkin && strings.Contains(b, a)
}

// WalletInText: money asked for in a way that nobody can call back.
var WalletInText = analyze.Check{
	Name: "wallet-in-text", Doc: "the message names a crypto wallet to pay to",
	Cites: []analyze.Cite{"BIP 13, 173 and 350", "EIP-55"},
	Find:  walletInText,
}

func walletInText(ev *analyze.Evidence) analyze.Outcome {
	if ev.Original == nil {
		return unknown("There is no message.")
	}
	for _, i := range ev.Indicators {
		if i.Kind != analyze.IndicatorWallet {
			continue
		}
		return unless(ev, "The proven sender answers for the wallet it names.", hit("The message names a crypto wallet; what is paid there cannot be called back."))
	}
	return clear("The message names no crypto wallet.")
}
