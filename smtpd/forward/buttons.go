package forward

import (
	"strings"

	"reportascam/analyze/eml"
)

// The report buttons and formats, by the names that Original.Client has.
const (
	clientARF        = "arf" // with the feedback type: "arf/fraud"
	clientXARF       = "xarf"
	clientMicrosoft  = "microsoft-report"
	clientGoogle     = "google-report"
	clientKnowBe4    = "knowbe4"
	clientCofense    = "cofense"
	clientPhishAlarm = "phishalarm"
)

// cofenseMark stands above what Cofense Reporter writes into the body, as
// published parsers of its reports have it.
const cofenseMark = "-----BEGIN REPORTER AGENT-----"

// guessButton tells by which report button a report was made, or "". What a
// button sends has a message attached and little else, which all of them have in
// common: only the name is read here.
func guessButton(m *eml.Message) string {
	for _, f := range m.Header.Fields {
		name := strings.ToLower(f.Name)
		switch {
		case strings.HasPrefix(name, "x-phishalarm-"): // X-PhishAlarm-Reporter, -Sender, -Format
			return clientPhishAlarm
		case strings.HasPrefix(name, "x-cofense"), strings.HasPrefix(name, "x-phishme-reporter"):
			return clientCofense
		case name == "x-xarf", name == "x-arf":
			return clientXARF
		}
	}
	if from := m.Header.Addresses("From"); len(from) == 1 && from[0].Domain == "google.com" && strings.Contains(from[0].Local, "workspace-alerts") {
		return clientGoogle
	}
	if c := buttonFile(m); c != "" {
		return c
	}
	if strings.Contains(cut(m.TextBody(), 4<<10), cofenseMark) {
		return clientCofense
	}
	if microsoftSubject(m.Header.Text("Subject")) && carriesMessage(m) {
		return clientMicrosoft
	}
	for _, a := range m.Header.Addresses("To") {
		// Its documented submission mailboxes: junk@, not_junk@, phish@.
		if a.Domain == "office365.microsoft.com" {
			return clientMicrosoft
		}
	}
	return ""
}

// carriesMessage tells whether something that may be a message is attached.
func carriesMessage(m *eml.Message) (found bool) {
	m.Walk(func(p *eml.Part, _ int) bool {
		name := strings.ToLower(p.Filename)
		found = found || p.Message != nil || strings.HasSuffix(name, ".eml") || strings.HasSuffix(name, ".msg")
		return !found
	})
	return found
}

// buttonFile knows buttons by the name of the file that they attach: KnowBe4
// has phish_alert_sp2_2.0.0.0.eml, where the numbers are its versions.
func buttonFile(m *eml.Message) (client string) {
	m.Walk(func(p *eml.Part, _ int) bool {
		if name := strings.ToLower(p.Filename); strings.HasPrefix(name, "phish_alert_") && strings.HasSuffix(name, ".eml") {
			client = clientKnowBe4
		}
		return client == ""
	})
	return client
}

// microsoftSubject knows the subjects that Microsoft defines for messages that
// users report ("User reported settings", message submission format): "1|" or
// "Junk:", "2|" or "Not junk:", "3|" or "Phishing:".
func microsoftSubject(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] >= '1' && s[0] <= '3' && s[1] == '|' {
		return true
	}
	word, _, ok := strings.Cut(cut(s, 12), ":")
	if !ok {
		return false
	}
	switch strings.ToLower(word) {
	case "junk", "not junk", "phishing":
		return true
	}
	return false
}

// resentClient tells which program resent a message. The message's own
// X-Mailer is its writer's. Apple Mail gives what it resends an identifier of a
// UUID in capitals.
func resentClient(h eml.Header) string {
	id, _, _ := strings.Cut(strings.Trim(h.Get("Resent-Message-Id"), "<> \t"), "@")
	if len(id) != 36 {
		return ""
	}
	for i := range len(id) {
		c := id[i]
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (c == '-') || !hyphen && (!hexDigit(c) || c >= 'a') {
			return ""
		}
	}
	return clientApple
}
