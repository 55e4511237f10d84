package checks

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"reportascam/analyze"
	folds "reportascam/analyze/lookalike"
)

// PassedOn finds a brand's true mail that carries a stranger's words: shared
// files, invitations, invoices. It proves the brand, not what is said.
var PassedOn = analyze.Check{
	Name: "passed-on", Doc: "a proven brand passes on what somebody else wrote",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2")},
	Find:  passedOn,
}

// spokenStrength is from where on a subject speaks of a brand at all. Strangers
// who write through a payment service's invoices name others there.
const spokenStrength = 0.45

func passedOn(ev *analyze.Evidence) analyze.Outcome {
	from, ok := proven(ev)
	if !ok || ev.Domains[from].Brand == "" {
		return unknown("No brand is proven to have sent this message.")
	}
	box, _ := sender(ev)
	words := strings.FieldsFunc(strings.ToLower(box.Name), func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.Contains(words, "via") {
		return hit(fmt.Sprintf("%s passes on a message that somebody else wrote.", showHost(from)))
	}
	if strange(ev, box, from) {
		return hit(fmt.Sprintf("%s passes on a message in the name of %s.", showHost(from), quote(box.Name)))
	}
	if sharing(ev.Original.Subject) {
		return hit(fmt.Sprintf("%s passes on an invitation or a file of somebody else.", showHost(from)))
	}
	for _, to := range ev.Original.ReplyTo {
		if d := domainOf(to.Address); d != "" && !related(ev, d, from) && ev.Domains[d].Brand != ev.Domains[from].Brand {
			return hit(fmt.Sprintf("%s passes on a message of somebody at %s.", showHost(from), showHost(d)))
		}
	}
	for _, c := range ev.Claims {
		if c.Where == "subject" && c.Brand != ev.Domains[from].Brand && c.Strength >= spokenStrength {
			return hit(fmt.Sprintf("%s passes on a message that speaks of %s.", showHost(from), c.Name))
		}
	}
	return clear("The proven brand speaks for itself.")
}

// strange tells whether a brand's mail bears the name of somebody who is
// neither the brand nor the holder of the address.
func strange(ev *analyze.Evidence, box analyze.Mailbox, from string) bool {
	words := nameWords(box.Name)
	if len(words) == 0 || fitsName(words, box.Name, box.Address) {
		return false
	}
	return !slices.ContainsFunc(ev.Claims, func(c analyze.BrandClaim) bool {
		return c.Where == "display-name" && c.Brand == ev.Domains[from].Brand
	})
}

// shares are the words by which services announce what one user sends another,
// folded, in the languages of the replies.
var shares = []string{
	"invited you", "has invited", "invites you", "shared with you", "shared a ", "shared an ", "has shared", "sent you", "commented on", "mentioned you", "assigned you", "wants to ",
	"eingeladen", "ladt dich", "ladt sie", "mit dir geteilt", "mit ihnen geteilt", "freigegeben",
	"vous invite", "vous a invite", "a partage", "vous a envoye", "te ha invitado", "te invita", "ha compartido", "te ha enviado",
	"convidou", "compartilhou", "partilhou", "enviou-lhe", "ti ha invitato", "ti invita", "ha condiviso", "ti ha inviato",
	"uitgenodigd", "heeft gedeeld", "met je gedeeld", "met u gedeeld", "zaprasza", "udostepnil", "davet etti", "sizinle paylas",
	"招待", "共有し", "邀请", "分享", "评论了", "دعاك", "شارك", "आमंत्रित", "साझा",
}

// sharing tells whether a subject announces what another user sends.
func sharing(subject string) bool {
	text := folds.Fold(subject)
	return slices.ContainsFunc(shares, func(w string) bool { return strings.Contains(text, folds.Fold(w)) })
}
