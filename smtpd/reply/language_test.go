package reply

import (
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

func TestGuess(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Is this real?", "en"},
		{"Hi, I got this from my bank. Can you check it please?", "en"},
		{"Ist das echt?", "de"}, {"Betrug?", "de"}, {"arnaque ?", "fr"}, {"È una truffa?", "it"}, {"Is dit oplichting?", "nl"}, {"Este e-mail é verdadeiro?", "pt"},
		{"Hallo, habe diese Mail bekommen. Bitte prüfen!", "de"},
		{"Bonjour, est-ce que ce mail est vrai ?", "fr"},
		{"¿Es esto una estafa?", "es"},
		{"Hola, recibí este correo y no sé si es verdadero", "es"},
		{"Olá, recebi este e-mail. Isto é verdade?", "pt"},
		{"Ciao, questa mail è vera?", "it"},
		{"Is dit echt? Ik heb dit ontvangen van mijn bank", "nl"},
		{"Czy to jest prawdziwe?", "pl"},
		{"Bu gerçek mi?", "tr"},
		{"Merhaba, bana bu geldi, lütfen kontrol eder misiniz", "tr"},
		{"これは本物ですか？", "ja"},
		{"请帮我看看这封邮件是不是真的", "zh"},
		{"هل هذه الرسالة حقيقية؟", "ar"},
		{"क्या यह असली है?", "hi"},
		{"", ""}, {"FYI", ""}, {"Sent from my phone", ""}, {"????", ""},
		{"Är det här äkta? Jag fick det i dag", ""},
		{"این ایمیل واقعی است؟ لطفا بررسی کنید که چه کسی فرستاده", ""},
		{"Please see 東京", ""},
	}
	for _, tt := range tests {
		if got := guess(tt.text); got != tt.want {
			t.Errorf("guess(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestHTMLText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"<html><head><title>x</title><style>p{color:red}</style></head><body><p>Ist das <b>echt</b>?</p><hr><p>From: x</p>", "Ist das echt?"},
		{"<div>Bonjour</div><blockquote>Hello</blockquote>", "Bonjour"},
		{"a &amp; b<br>c", "a & b c"},
		{"<style>never closed", ""}, {"<", "<"}, {"", ""},
	}
	for _, tt := range tests {
		if got := unwrap(htmlText(tt.in)); got != tt.want {
			t.Errorf("htmlText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := htmlText(strings.Repeat("<p>word ", 1<<20)); len(got) > maxNote+maxNoteHTML {
		t.Errorf("htmlText(8 MiB) gives %d octets", len(got))
	}
}

// FuzzLanguage: whatever a report says, its language is one of ours, or what
// the forward or the header names.
func FuzzLanguage(f *testing.F) {
	f.Add("Content-Type: text/html\r\n\r\n<p>Ist das echt?<blockquote>x", "WG: x", "x@home.de")
	f.Add("\r\nCzy to jest prawdziwe?\r\n> quoted", "Fwd: x", "")
	for _, s := range hostile() {
		f.Add("\r\n"+s, s, s)
	}
	f.Fuzz(func(t *testing.T, body, subject, address string) {
		o := goodOuter(goodHeader)
		h, _, _ := eml.ParseHeader([]byte("Subject: " + subject + "\r\n\r\n"))
		o.Header, o.Report.Raw = h, []byte(body)
		o.Originals = []analyze.Original{{How: analyze.HowInline, Subject: subject, Text: body, From: []analyze.Mailbox{{Name: address, Address: address}}}}
		o.Reporter.Address = address
		for _, l := range Languages(o) {
			if DefaultCatalogues().find(l) == nil { // the header names none here
				t.Errorf("Languages(%q, %q, %q) has %q", body, subject, address, l)
			}
		}
		if c := countryOf(o, desk(), "en"); c != "" && len(c) != 2 {
			t.Errorf("countryOf(%q) = %q", address, c)
		}
	})
}

// TestLanguageWithWords: a language that there are no words of gives way to
// the next.
func TestLanguageWithWords(t *testing.T) {
	o, c := goodOuter(goodHeader), desk()
	o.Originals = []analyze.Original{{How: analyze.HowInline, Lang: "sv"}}
	o.Reporter.Lang = "nl-BE"
	if got := c.language(o); got != "nl-BE" {
		t.Errorf("language = %q, want nl-BE", got)
	}
	o.Reporter.Lang, c.Lang = "fi", "de"
	if got := c.language(o); got != "de" {
		t.Errorf("language = %q, want the desk's", got)
	}
}

// TestLanguage: the reporter's own words count most, and the scam's never.
func TestLanguage(t *testing.T) {
	inline := func(lang string) []analyze.Original {
		return []analyze.Original{{How: analyze.HowInline, Lang: lang, Subject: "Ihr Konto ist gesperrt", Text: "Sehr geehrter Kunde, wir haben Ihr Konto gesperrt.",
			From: []analyze.Mailbox{{Name: "Bank", Address: "x@evil.example"}}}}
	}
	const german = "From: Bank <x@evil.example>\r\nSubject: Ihr Konto ist gesperrt\r\n\r\nSehr geehrter Kunde, wir haben Ihr Konto gesperrt. Bitte prüfen Sie das und klicken Sie auf die Seite.\r\n"
	tests := []struct {
		name      string
		subject   string
		body      string
		originals []analyze.Original
		lang      string // of the header
		address   string
		want      string
	}{
		{"own words above the forward", "Fwd: x", "Bonjour, est-ce vrai ? Merci de vérifier.\r\n\r\n" + german, inline("de"), "en", "ann@home.example", "fr"},
		{"the scam's words are not the reporter's", "Fwd: x", german, inline(""), "en", "ann@home.example", "en"},
		{"the program's words of the forward", "Fwd: x", german, inline("it"), "en-US", "ann@home.example", "it"},
		{"quoted lines", "Fwd: x", "> Ist das echt und bitte prüfen\r\n", nil, "nl", "ann@home.example", "nl"},
		{"own words beside an attachment", "Fwd: x", "Czy to jest prawdziwe?\r\n", []analyze.Original{{How: analyze.HowAttached}}, "", "ann@home.example", "pl"},
		{"prefix of the subject", "WG: Your account", "", []analyze.Original{{How: analyze.HowAttached}}, "en-US", "ann@home.example", "de"},
		{"header", "Fwd: x", "", nil, "tr", "ann@home.example", "tr"},
		{"a country's address against a default", "Fwd: x", "", nil, "en-US", "ann@home.co.jp", "ja"},
		{"a country of several languages tells nothing", "Fwd: x", "", nil, "en-US", "ann@home.ch", "en-US"},
		{"own words, and the header's dialect", "x", "Isto é verdade? Recebi este e-mail\r\n", nil, "pt-PT", "ann@home.example", "pt-PT"},
		{"nothing", "x", "", nil, "", "ann@home.example", ""},
		{"pasted, after all else", "x", "你好，您的账户已被冻结，请点击链接", []analyze.Original{{How: analyze.HowPasted}}, "", "ann@home.example", "zh"},
		{"pasted, against a header", "x", "你好，您的账户已被冻结，请点击链接", []analyze.Original{{How: analyze.HowPasted}}, "fr", "ann@home.example", "fr"},
		{"redirected: all words are the scam's", "x", german, []analyze.Original{{How: analyze.HowRedirected}}, "es", "ann@home.example", "es"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := goodOuter(with("Subject: " + tt.subject))
			o.Report.Raw = []byte(with("Subject: "+tt.subject) + "\r\n" + tt.body)
			o.Originals, o.Reporter.Lang, o.Reporter.Address = tt.originals, tt.lang, tt.address
			list := Languages(o)
			if got := strings.Join(list[:min(len(list), 1)], ""); got != tt.want {
				t.Errorf("Languages = %q, want %q first", list, tt.want)
			}
		})
	}
}

func TestCountry(t *testing.T) {
	tests := []struct{ address, tag, date, home, lang, want string }{
		{"ann@home.co.uk", "en-US", "", "", "en", "GB"},
		{"ann@home.example", "de-AT", "", "", "de-AT", "AT"},
		{"ann@home.example", "en-US", "Mon, 23 Nov 2026 10:00:00 -0500", "", "en", "US"},
		{"ann@home.example", "en-US", "Mon, 23 Nov 2026 10:00:00 +0100", "", "en", ""},
		{"ann@home.example", "en-US", "Mon, 23 Nov 2026 10:00:00 +0100", "NL", "en", "NL"},
		{"ann@home.example", "", "Mon, 23 Nov 2026 10:00:00 -0300", "", "pt", "BR"},
		{"ann@home.example", "", "Mon, 23 Nov 2026 10:00:00 +0000", "", "pt", "PT"},
		{"ann@home.example", "", "Mon, 23 Nov 2026 10:00:00 +0100", "", "es", "ES"},
		{"ann@home.example", "", "Mon, 23 Nov 2026 10:00:00 +0800", "", "zh", "CN"},
		{"ann@home.example", "", "", "", "ja", "JP"},
		{"ann@home.example", "", "", "", "en", ""},
	}
	for _, tt := range tests {
		o := goodOuter(with("Date: " + tt.date))
		o.Reporter.Address, o.Reporter.Lang = tt.address, tt.tag
		c := desk()
		c.Country = tt.home
		if got := countryOf(o, c, tt.lang); got != tt.want {
			t.Errorf("countryOf(%s, %q, %q, home %q, %s) = %q, want %q", tt.address, tt.tag, tt.date, tt.home, tt.lang, got, tt.want)
		}
	}
}

// TestClientOf: which help is shown to whom.
func TestClientOf(t *testing.T) {
	tests := []struct{ name, header, forward, want string }{
		{"iPhone by its own word", with("X-Mailer: iPhone Mail (22F76)"), "apple-mail", "phone"},
		{"Mac", with("X-Mailer: Apple Mail (2.3826.600.51.1.1)"), "apple-mail", "apple"},
		{"Outlook for Windows", with("X-Mailer: Microsoft Outlook 16.0"), "outlook", "outlook"},
		{"Outlook on the web", with("X-MS-Has-Attach: yes"), "outlook", "outlook-web"},
		{"Outlook for phones", with("X-Mailer: Outlook for iOS"), "", "phone"},
		{"Outlook for Mac", with("User-Agent: Microsoft-MacOutlook/16.9"), "outlook", "generic"},
		{"Gmail", with("Message-ID: <CA+x@mail.gmail.com>"), "", "gmail"},
		{"Samsung", with("Message-ID: <x@email.android.com>"), "", "phone"},
		{"Thunderbird", with("User-Agent: Mozilla Thunderbird"), "", "thunderbird"},
		{"Proton", with("Message-ID: <x@proton.me>"), "", "proton"},
		{"Roundcube", with("User-Agent: Roundcube Webmail/1.6"), "", "roundcube"},
		{"Yahoo by the forward", goodHeader, "yahoo", "yahoo"},
		{"nobody knows", goodHeader, "", "generic"},
	}
	for _, tt := range tests {
		if got := clientOf(goodOuter(tt.header).Header, tt.forward); got != tt.want {
			t.Errorf("%s: clientOf = %q, want %q", tt.name, got, tt.want)
		}
	}
}
