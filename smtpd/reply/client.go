package reply

import (
	"strings"

	"reportascam/analyze/eml"
)

// genericClient has the steps for a program that is not known.
const genericClient = "generic"

// clientNames are parts of names, the most telling first, and the catalogue's
// word for the program.
var clientNames = []struct{ part, name string }{
	{"iphone", "phone"}, {"ipad", "phone"}, {"android", "phone"}, {"outlook for ios", "phone"}, {"outlook-mobile", "phone"}, {"samsung", "phone"},
	{"k9", "phone"}, {"k-9", "phone"}, {"macoutlook", genericClient},
	{"gmail", "gmail"}, {"google", "gmail"}, {"thunderbird", "thunderbird"}, {"betterbird", "thunderbird"}, {"yahoo", "yahoo"}, {"aol", "yahoo"},
	{"proton", "proton"}, {"roundcube", "roundcube"}, {"apple", "apple"}, {"outlook-web", "outlook-web"}, {"outlook", "outlook"}, {"exchange", "outlook-web"},
	{"hotmail", "outlook-web"},
}

// clientKind gives the catalogue's name for a client.
func clientKind(client string) string {
	client = strings.ToLower(client)
	for _, f := range clientNames {
		if strings.Contains(client, f.part) {
			return f.name
		}
	}
	return genericClient
}

// clientOf guesses the reporter's mail program: from what the report's header
// says of it, then from what the forward looks like. It only chooses which help
// is shown.
func clientOf(h eml.Header, forward string) string {
	agent := h.Get("User-Agent") + " " + h.Get("X-Mailer")
	for _, f := range clientNames {
		if strings.Contains(strings.ToLower(agent), f.part) {
			return f.name
		}
	}
	web := outlookWeb(h)
	switch k := clientKind(forward); {
	case k == "outlook" && web:
		return "outlook-web"
	case k != genericClient:
		return k
	}
	_, domain := split(strings.TrimSuffix(h.Get("Message-ID"), ">"))
	switch {
	case strings.HasSuffix(domain, "mail.gmail.com"):
		return "gmail"
	case strings.HasSuffix(domain, "email.android.com"):
		return "phone"
	case web, strings.HasSuffix(domain, "outlook.com"):
		return "outlook-web"
	case h.Has("Thread-Index"):
		return "outlook"
	case strings.HasSuffix(domain, "mail.yahoo.com"):
		return "yahoo"
	case strings.HasSuffix(domain, "proton.me"), strings.HasSuffix(domain, "protonmail.com"):
		return "proton"
	}
	return genericClient
}

// outlookWeb: the new Outlook and the one on the web name no program, but
// Exchange marks what was written in them.
func outlookWeb(h eml.Header) bool {
	return !h.Has("X-Mailer") && (h.Has("X-MS-Exchange-MessageSentRepresentingType") || h.Has("X-MS-Has-Attach"))
}
