package checks

import (
	"reportascam/analyze"
)

// odd is what is asked about one kind of oddity.
type odd struct {
	kind   analyze.OddityKind
	doc    string
	says   string // a sentence; %s in it is what was found
	clear  string
	cite   analyze.Cite
	header bool // it needs the header as it was delivered
	quotes bool // what was found is told
}

// odds are the oddities, each a check of its own.
//
// Collections of mail are rewritten before they are given away: recipients are
// made unreadable, and words of the header decoded to do so. So two of them
// only inform. Whether a header had raw characters when it was sent is not sure
// (raw-header), and a greeting by an address that was replaced is not found
// (greeted-by-address), so that its counts say nothing. What programs of
// kits write themselves and nobody who collects adds keeps its weight: an empty
// To and the sender's own word of urgency among it.
var odds = []odd{
	{kind: analyze.OddMergeLeftover, doc: "a placeholder of a mass mailing was never filled in", quotes: true,
		says: "A placeholder of a mass mailing was left standing: ", clear: "No placeholder was left standing.", cite: "RFC 6350 section 6"},
	{kind: analyze.OddRecipientHidden, doc: "the message is addressed to nobody", header: true,
		says: "The message is addressed to nobody.", clear: "The message is addressed to somebody.", cite: analyze.RFC(5322, "3.6.3")},
	{kind: analyze.OddGreetedByAddress, doc: "the recipient is greeted by the mail address, not by name",
		says: "The message calls you by your mail address, not by your name.", clear: "The message does not call you by your mail address.", cite: "FTC consumer advice on phishing"},
	{kind: analyze.OddRandomDomain, doc: "the sender's domain looks drawn by lot", quotes: true,
		says: "The sender's domain looks as if letters were drawn by lot: ", clear: "The sender's domain is made of words.", cite: analyze.RFC(5322, "3.4.1")},
	{kind: analyze.OddRandomLocal, doc: "the sender's address looks drawn by lot", quotes: true,
		says: "The sender's address looks as if letters were drawn by lot: ", clear: "The sender's address does not look drawn by lot.", cite: analyze.RFC(5322, "3.4.1")},
	{kind: analyze.OddRandomName, doc: "the sender's name holds letters drawn by lot", quotes: true,
		says: "The sender's name holds letters as if drawn by lot: ", clear: "The sender's name does not look drawn by lot.", cite: analyze.RFC(5322, "3.4")},
	{kind: analyze.OddNameRecipient, doc: "the sender takes the name of the recipient's own domain, and is not at it", quotes: true,
		says: "The sender calls itself by the name of your own domain, and writes from another: ", clear: "The sender does not take the name of your domain.", cite: analyze.RFC(5322, "3.4")},
	{kind: analyze.OddNameSymbols, doc: "the sender's name is decorated with symbols", quotes: true,
		says: "The sender's name is decorated with symbols: ", clear: "The sender's name is plain.", cite: analyze.RFC(5322, "3.4")},
	{kind: analyze.OddSubjectNoise, doc: "the subject holds letters drawn by lot, so that no two are the same", quotes: true,
		says: "The subject holds letters as if drawn by lot: ", clear: "The subject holds nothing drawn by lot.", cite: analyze.RFC(5322, "3.6.5")},
	{kind: analyze.OddSubjectSymbols, doc: "the subject is decorated with several symbols",
		says: "The subject is decorated with symbols.", clear: "The subject is plain.", cite: analyze.RFC(5322, "3.6.5")},
	{kind: analyze.OddFakeReply, doc: "the subject says that it is an answer, and nothing is answered", header: true,
		says: "The subject says that this is an answer, but it answers nothing.", clear: "The message does not pretend to be an answer.", cite: analyze.RFC(5322, "3.6.4")},
	{kind: analyze.OddMessageID, doc: "the message has no identity of the form that mail programs give", header: true,
		says: "The message has no number of the form that mail programs give.", clear: "The message has a number as mail programs give it.", cite: analyze.RFC(5322, "3.6.4")},
	{kind: analyze.OddDate, doc: "the message has no date, or one far from when it was received", header: true,
		says: "The date of the message is missing, or far from when it was received.", clear: "The date fits.", cite: analyze.RFC(5322, "3.6.1")},
	{kind: analyze.OddPriority, doc: "the message is marked as urgent", header: true,
		says: "The message is marked as urgent.", clear: "The message is not marked as urgent.", cite: analyze.RFC(2156, "5.3.6")},
	{kind: analyze.OddRawHeader, doc: "the header holds characters that no mail program leaves as they are", header: true,
		says: "The header holds letters in a form that mail programs do not write.", clear: "The header is written as mail programs write it.", cite: analyze.RFC(2047, "1")},
	{kind: analyze.OddNeedlessEncoding, doc: "plain English letters are packed in a code that only files need", header: true,
		says: "The text is packed in a code that it does not need.", clear: "The text is packed as usual.", cite: analyze.RFC(2045, "6.8")},
	{kind: analyze.OddPartsDiffer, doc: "the plain text says something else than the message shows",
		says: "The message has a second text that says something else.", clear: "The message says the same in both of its texts, or has one.", cite: analyze.RFC(2046, "5.1.4")},
	{kind: analyze.OddComments, doc: "long comments that nobody sees stand in the HTML",
		says: "The message carries long comments that nobody sees.", clear: "The message carries no long comments.", cite: "HTML Standard section 13.1.6"},
	{kind: analyze.OddPadding, doc: "rows of invisible characters stand in the HTML",
		says: "The message is padded with invisible characters.", clear: "The message is not padded.", cite: "Unicode UTS 36 section 2.6"},
	{kind: analyze.OddNonsense, doc: "many words look drawn by lot", quotes: true,
		says: "Many of its words look as if drawn by lot: ", clear: "Its words are words.", cite: "patterns of analyze/oddity"},
	{kind: analyze.OddReplyElsewhere, doc: "answers go to another domain than the sender's", quotes: true,
		says: "Answers do not go to the sender, but to ", clear: "Answers go to the sender.", cite: analyze.RFC(5322, "3.6.2")},
}

// oddChecks is one check for each oddity. A brand that is proven and speaks
// for itself may be odd.
func oddChecks() []analyze.Check {
	out := make([]analyze.Check, 0, len(odds))
	for _, o := range odds {
		out = append(out, analyze.Check{Name: "odd-" + string(o.kind), Doc: o.doc, Cites: []analyze.Cite{o.cite},
			Find: func(ev *analyze.Evidence) analyze.Outcome { return o.find(ev) }})
	}
	return out
}

func (o odd) find(ev *analyze.Evidence) analyze.Outcome {
	if ev.Original == nil || o.header && !checkable(ev) {
		return unknown(textOnly)
	}
	found, ok := oddity(ev, o.kind)
	switch {
	case !ok:
		return clear(o.clear)
	case o.kind == analyze.OddRandomDomain && (ev.Domains[fromDomain(ev)].Free || owner(ev, fromDomain(ev)) != ""):
		return clear("The sender's domain is a known one.")
	case speaksForItself(ev) != "":
		return clear("The brand that is proven to have sent the message speaks for itself.")
	case mayBeOwn(ev):
		return unknown(lostBrand)
	case o.quotes:
		return hit(o.says + quote(found) + ".")
	}
	return hit(o.says)
}

// oddity gives what was found of a kind.
func oddity(ev *analyze.Evidence, kind analyze.OddityKind) (string, bool) {
	for _, o := range ev.Oddities {
		if o.Kind == kind {
			return o.Text, true
		}
	}
	return "", false
}

// LureRandom: it wants something of worth, from an address or under a name
// drawn by lot.
var LureRandom = analyze.Check{
	Name: "lure-random", Doc: "the message wants something of worth, and its sender or subject looks drawn by lot",
	Cites: []analyze.Cite{"patterns of analyze/lure", "patterns of analyze/oddity"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return conjunction(ev, func(l analyze.Lure) analyze.Outcome {
			for _, k := range []analyze.OddityKind{analyze.OddRandomDomain, analyze.OddRandomLocal, analyze.OddRandomName, analyze.OddSubjectNoise} {
				if found, ok := oddity(ev, k); ok {
					return hit("The message " + wants[l.Kind] + ", and its sender or subject looks drawn by lot: " + quote(found) + ".")
				}
			}
			return clear("Nothing of the sender looks drawn by lot.")
		})
	},
}

// LureReplyElsewhere: it wants something of worth, and answers go to somebody
// else.
var LureReplyElsewhere = analyze.Check{
	Name: "lure-reply-elsewhere", Doc: "the message wants something of worth, and answers go to another domain than the sender's",
	Cites: []analyze.Cite{analyze.RFC(5322, "3.6.2"), "patterns of analyze/lure"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		l, ok := lureOf(ev, func(l analyze.Lure) bool { return l.Strength >= lureClear && !presses(l.Kind) })
		return together(ev, l, ok, func(l analyze.Lure) analyze.Outcome {
			if d, ok := oddity(ev, analyze.OddReplyElsewhere); ok && !related(ev, d, fromDomain(ev)) {
				return hit("The message " + wants[l.Kind] + ", and answers go to " + showHost(d) + " instead of its sender.")
			}
			return clear("Answers go to the sender.")
		})
	},
}
