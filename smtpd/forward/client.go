package forward

import (
	"strings"

	"reportascam/analyze/eml"
)

// The clients by the names that Original.Client has.
const (
	clientApple       = "apple-mail"
	clientClaws       = "claws"
	clientEvolution   = "evolution"
	clientFastmail    = "fastmail"
	clientGmail       = "gmail"
	clientGMX         = "gmx"
	clientHubSpot     = "hubspot"
	clientIONOS       = "ionos"
	clientK9          = "k9"
	clientKMail       = "kmail"
	clientMailMate    = "mailmate"
	clientMissive     = "missive"
	clientMutt        = "mutt"
	clientNotes       = "notes"
	clientOutlook     = "outlook"
	clientOutlookApp  = "outlook-mobile"
	clientProton      = "proton"
	clientRoundcube   = "roundcube"
	clientSamsung     = "samsung"
	clientSpark       = "spark"
	clientThunderbird = "thunderbird"
	clientYahoo       = "yahoo"
	clientZimbra      = "zimbra"
	clientZoho        = "zoho"
)

// clientGuess is what the header of a message says of the program that wrote
// it: sure if the program names itself.
type clientGuess struct {
	name string
	sure bool
}

// selfNames are words of X-Mailer and User-Agent, most telling first.
var selfNames = []struct{ word, client string }{
	{"outlook for ios", clientOutlookApp}, {"outlook for android", clientOutlookApp}, {"microsoft-macoutlook", clientOutlook},
	{"outlook", clientOutlook}, {"iphone mail", clientApple}, {"ipad mail", clientApple}, {"apple mail", clientApple},
	{"betterbird", clientThunderbird}, {"thunderbird", clientThunderbird}, {"icedove", clientThunderbird},
	{"k-9", clientK9}, {"evolution", clientEvolution}, {"kmail", clientKMail}, {"claws", clientClaws}, {"sylpheed", clientClaws},
	{"mutt", clientMutt}, {"mailmate", clientMailMate}, {"roundcube", clientRoundcube}, {"zoho", clientZoho},
	{"samsung", clientSamsung}, {"readdle", clientSpark}, {"spark", clientSpark}, {"missive", clientMissive},
	{"hubspot", clientHubSpot}, {"lotus", clientNotes}, {"hcl notes", clientNotes}, {"domino", clientNotes},
	{"yahoomail", clientYahoo}, {"web.de", clientGMX}, {"gmx", clientGMX}, {"open-xchange", clientIONOS}, {"fastmail", clientFastmail},
	{"cyrus-jmap", clientFastmail}, {"zimbra", clientZimbra},
}

// idHosts are endings of Message-ID domains that tell a service, though not
// whether its own program or another was used.
var idHosts = []struct{ suffix, client string }{
	{"mail.gmail.com", clientGmail}, {"prod.outlook.com", clientOutlook}, {"mail.yahoo.com", clientYahoo},
	{"protonmail.com", clientProton}, {"proton.me", clientProton}, {"protonmail.internalid", clientProton},
	{"messagingengine.com", clientFastmail}, {"fastmail.com", clientFastmail}, {"email.android.com", clientSamsung},
	{"3c-app-gmx-bs", clientGMX}, {"3c-app-webde-bs", clientGMX}, {"zoho.com", clientZoho},
}

func guessClient(h eml.Header) clientGuess {
	for _, name := range []string{"X-Mailer", "User-Agent", "X-MimeOLE"} {
		v := strings.ToLower(cut(h.Get(name), 200))
		if v == "" {
			continue
		}
		for _, s := range selfNames {
			if strings.Contains(v, s.word) {
				return clientGuess{s.client, true}
			}
		}
	}
	id := strings.ToLower(strings.Trim(h.Get("Message-Id"), "<> \t"))
	if i := strings.LastIndexByte(id, '@'); i >= 0 {
		id = id[i+1:]
		for _, s := range idHosts {
			if strings.HasSuffix(id, s.suffix) || strings.HasPrefix(id, s.suffix) {
				return clientGuess{s.client, s.client == clientGMX}
			}
		}
	}
	if h.Has("X-Ms-Exchange-Messagesentrepresentingtype") || h.Has("X-Ms-Has-Attach") {
		return clientGuess{clientOutlook, false}
	}
	return clientGuess{}
}
