package checks

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
	folds "reportascam/analyze/lookalike"
)

// believable is the score from which on a resemblance is one that a reader
// would fall for.
const believable = 0.5

func lookalike(ev *analyze.Evidence, where func(string) bool, says string) analyze.Outcome {
	best := analyze.Resemblance{}
	for _, r := range ev.Resemblances {
		if where(r.Where) && r.Score >= believable && r.Score > best.Score {
			best = r
		}
	}
	if best.Name == "" {
		return clear("No domain here looks like a known one that it is not.")
	}
	return hit(fmt.Sprintf(says, showHost(best.Name), showHost(best.Target)))
}

// SenderLookalike: the sender's domain looks like a known one.
var SenderLookalike = analyze.Check{
	Name: "sender-lookalike", Doc: "the sender's domain looks like a known one that it is not",
	Cites: []analyze.Cite{"Unicode UTS 39 section 4", "Chromium lookalike URL rules"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return lookalike(ev, func(w string) bool { return w == "from" || w == "reply-to" || w == "return-path" || w == "dkim" }, "The sender's domain %s imitates %s.")
	},
}

// LinkLookalike: a link leads to a domain that looks like a known one.
var LinkLookalike = analyze.Check{
	Name: "link-lookalike", Doc: "a link leads to a domain that looks like a known one that it is not",
	Cites: []analyze.Cite{"Unicode UTS 39 section 4", "Chromium lookalike URL rules"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		return lookalike(ev, func(w string) bool { return w == "link" }, "A link leads to %s, which imitates %s.")
	},
}

// LinkTextMismatch: the link shows one site and leads to another. Clicks that
// the proven sender counts on its own domain are no hit, unless what is shown
// is a known brand's site.
var LinkTextMismatch = analyze.Check{
	Name: "link-text-mismatch", Doc: "a link shows one site and leads to another",
	Cites: []analyze.Cite{analyze.RFC(3986, "7.6")},
	Find:  linkTextMismatch,
}

func linkTextMismatch(ev *analyze.Evidence) analyze.Outcome {
	from, isProven := proven(ev)
	claimed, _ := asSender(ev)
	counters := counters(ev)
	for _, l := range ev.Links {
		if l.Shown == "" || !followed(l) || related(ev, l.Shown, l.Host) || ev.Domains[l.Host].Sender || passed(ev, l) {
			continue
		}
		brand := owner(ev, l.Shown)
		if counters[l.Host] && brand == "" {
			continue
		}
		if isProven && related(ev, l.Host, from) && (brand == "" || counters[l.Host] && brand != claimed.Brand) {
			continue
		}
		return hit(fmt.Sprintf("A link shows %s but leads to %s.", showHost(l.Shown), showHost(l.Host)))
	}
	return noLink(ev, "No link shows another site than the one it leads to.")
}

// manyClicks is from how many links by one host on it is taken to count the
// clicks of a whole mail.
const manyClicks = 5

// counters gives the hosts by which so many links of different texts go that
// they count clicks, as newsletters do.
func counters(ev *analyze.Evidence) map[string]bool {
	texts := map[string]map[string]bool{}
	out := map[string]bool{}
	for _, l := range ev.Links {
		if l.Source != "html" || l.Text == "" || !followed(l) {
			continue
		}
		if texts[l.Host] == nil {
			texts[l.Host] = map[string]bool{}
		}
		texts[l.Host][l.URL] = true
		out[l.Host] = len(texts[l.Host]) >= manyClicks
	}
	return out
}

// passed tells whether a link only passes the reader on to a target that is
// known, which is looked at instead.
func passed(ev *analyze.Evidence, l analyze.Link) bool {
	if links.Rewriter(l.Host) {
		return true
	}
	for _, t := range ev.Links {
		if len(t.Via) > 0 && t.Via[0] == l.Host && t.Text == l.Text && len(l.Via) == 0 {
			return true
		}
	}
	return false
}

// LinkAddress: a link leads to a bare IP address.
var LinkAddress = analyze.Check{
	Name: "link-ip", Doc: "a link leads to a bare IP address",
	Cites: []analyze.Cite{analyze.RFC(3986, "7.4")},
	Find:  linkAddress,
}

func linkAddress(ev *analyze.Evidence) analyze.Outcome {
	for _, l := range ev.Links {
		ip, err := netip.ParseAddr(strings.Trim(l.Host, "[]"))
		if err == nil && followed(l) && !ip.IsPrivate() && !ip.IsLoopback() {
			return hit(fmt.Sprintf("A link leads to a bare number, %s, instead of a name.", ip))
		}
	}
	return noLink(ev, "No link leads to a bare number.")
}

// LinkDisguise: a link hides where it leads behind a user name.
var LinkDisguise = analyze.Check{
	Name: "link-disguise", Doc: "a link hides its target behind a user name that looks like a site",
	Cites: []analyze.Cite{analyze.RFC(3986, "7.6")},
	Find:  linkDisguise,
}

func linkDisguise(ev *analyze.Evidence) analyze.Outcome {
	for _, l := range ev.Links {
		if !followed(l) {
			continue
		}
		user := userOf(l.URL)
		// An address of a workshop that a person wrote out names its own user:
		// https://ann@git.example/.
		if user == "" || l.Source == "text" && !strings.Contains(user, ".") && (strings.Contains(user, ":") || owner(ev, l.Host) != "") || ours(ev, l.Host) {
			continue
		}
		return hit(fmt.Sprintf("A link seems to lead to %s but leads to %s.", quote(user), showHost(l.Host)))
	}
	return noLink(ev, "No link hides where it leads.")
}

// userOf gives what stands before the last @ of an address's authority, which
// browsers do not go by, with its percent signs undone.
func userOf(address string) string {
	_, rest, _ := strings.Cut(address, "//")
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		rest = rest[:i]
	}
	i := strings.LastIndexByte(rest, '@')
	if i < 0 {
		return ""
	}
	if plain, err := url.PathUnescape(rest[:i]); err == nil {
		return plain
	}
	return rest[:i]
}

// LinkIDN: a name that was built of letters which no honest name mixes.
var LinkIDN = analyze.Check{
	Name: "link-idn", Doc: "a link leads to an international name whose letters are mixed to pass for others",
	Cites: []analyze.Cite{"Unicode UTS 39 section 5.2", "Chromium IDN display policy"},
	Find:  linkIDN,
}

func linkIDN(ev *analyze.Evidence) analyze.Outcome {
	l, ok := firstLink(ev, func(l analyze.Link) bool {
		if !strings.HasPrefix(l.Host, "xn--") && !strings.Contains(l.Host, ".xn--") || ours(ev, l.Host) {
			return false
		}
		safe, _ := folds.SafeIDN(l.Host)
		return !safe
	})
	if ok {
		return hit(fmt.Sprintf("A link leads to %s, a name made of letters that pass for others.", showHost(l.Host)))
	}
	return noLink(ev, "No link leads to a name of letters that pass for others.")
}

// LinkForm: the message asks for a secret that is sent elsewhere. Newsletters
// hold forms to search, to answer a question or to leave; none of them asks
// for a password, a card or a code.
var LinkForm = analyze.Check{
	Name: "link-form", Doc: "the message holds a form that sends a password, a card or a code to somebody unproven",
	Cites: []analyze.Cite{"HTML Standard section 4.10.22"},
	Find:  linkForm,
}

func linkForm(ev *analyze.Evidence) analyze.Outcome {
	from, isProven := proven(ev)
	for _, l := range ev.Links {
		if l.Source != "form" || l.Host == "" || l.Asks == "" {
			continue
		}
		if isProven && related(ev, l.Host, from) {
			continue
		}
		return hit(fmt.Sprintf("The message holds a form that asks for a %s and sends it to %s.", l.Asks, showHost(l.Host)))
	}
	return noLink(ev, "The message holds no form that asks for a secret.")
}
