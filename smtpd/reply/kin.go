package reply

import "strings"

// kin lists checks that have no sentence of their own in the catalogues, by
// the one that says what they mean to a reader: a finding's or a family's.
var kin = map[string]string{
	"link-shortener": "link-disguise", "link-redirect": "link-disguise", "link-qr": "link-disguise", "link-odd-number": "link-disguise",
	"link-odd-writing": "link-disguise", "link-idn": "link-disguise", "link-subdomains": "link-disguise", "link-data": "link-disguise",
	"link-free-host": "link-free", "link-form-builder": "link-free", "lure-free-page": "link-free",

	"words-mixed": "text", "words-broken": "text", "words-styled": "text", "words-spaced": "text", "hidden-text": "text", "picture-only": "text",

	"lure-credential": "lure-login", "lure-suspension": "lure-login", "lure-mailbox": "lure-login", "lure-points": "lure-login",
	"lure-renewal": "lure-login", "lure-virus": "lure-login", "lure-storage": "lure-login", "lure-wallet": "lure-login",
	"lure-payment": "lure-money", "lure-invoice": "lure-money", "lure-refund": "lure-money", "lure-tax": "lure-money",
	"lure-gift-card": "lure-money", "lure-crypto": "lure-money", "lure-boss": "lure-money",
	"lure-legal": "lure-threat", "lure-extortion": "lure-threat", "lure-urgency": "lure-threat",
	"lure-prize": "lure-gift", "lure-survey": "lure-gift", "lure-advance-fee": "lure-gift", "lure-loan": "lure-gift", "lure-job": "lure-gift",
	"lure-investment": "lure-gift", "lure-dating": "lure-gift", "lure-gambling": "lure-gift", "lure-health": "lure-gift", "lure-offer": "lure-gift",
	"wallet-in-text": "lure-money", "lure-reply-elsewhere": "reply-to-differs", "odd-reply-elsewhere": "reply-to-differs",
	"odd-random-domain": "sender", "odd-random-local": "sender", "odd-random-name": "sender", "odd-name-recipient": "sender", "odd-name-symbols": "sender",
	"lure-callback": "lure-call", "phone-callback": "lure-call", "from-tenant": "from-free-page", "lure-brand": "brand-mismatch",
}

// family tells by the first word of a check's name what the check is about.
func family(check string) string {
	word, _, _ := strings.Cut(check, "-")
	switch word {
	case "attachment", "brand", "from", "link", "lure", "mark", "odd":
		return word
	case "file", "archive", "document", "macro":
		return "attachment"
	case "url", "qr", "redirect":
		return "link"
	case "words", "hidden", "picture":
		return "text"
	case "sender", "name", "dmarc", "dkim", "spf", "arc", "reply", "return", "provider", "unauthenticated", "forged", "signature", "doubled":
		return "sender"
	}
	return "other"
}

// means gives what a hit means, in the reader's language: the sentence for
// that check, else one for its like, else that for checks of its kind. good
// tells that the hit speaks for the message.
func (c *Catalogue) means(check string, good bool) string {
	for _, name := range []string{check, kin[check]} {
		if s, ok := c.Finding[name]; ok {
			return s
		}
		if s, ok := c.Family[name]; ok {
			return s
		}
	}
	if good {
		return c.Family["proof"]
	}
	return c.Family[family(check)]
}
