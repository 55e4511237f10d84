package forward

import (
	"reflect"
	"strings"
	"testing"

	"reportascam/analyze"
)

func TestSubjectKind(t *testing.T) {
	for _, test := range []struct {
		in   string
		kind kind
		rest string
	}{
		{"Account", kindPlain, "Account"},
		{"Fwd: Account", kindForward, "Account"},
		{"FW: RE: Account", kindForward, "Account"},
		{"Re: Fwd: Account", kindReply, "Account"},
		{"[EXTERNAL] WG: Account", kindForward, "Account"},
		{"***SPAM*** TR : Account", kindForward, "Account"},
		{"İLT: Account", kindForward, "Account"},
		{"转发：Account", kindForward, "Account"},
		{"回复: Account", kindReply, "Account"},
		{"Fwd[2]: Account", kindForward, "Account"},
		{"I: Account", kindForward, "Account"},
		{"Invoice: 12", kindPlain, "Invoice: 12"},
		{"'Re: Account'", kindReply, "Account'"},
		{"", kindPlain, ""},
		{"Fwd:", kindForward, ""},
	} {
		if k, rest := subjectKind(test.in); k != test.kind || rest != test.rest {
			t.Errorf("subjectKind(%q) = %d, %q, want %d, %q", test.in, k, rest, test.kind, test.rest)
		}
	}
}

func TestQuotedMailboxes(t *testing.T) {
	one := func(name, address string) []analyze.Mailbox { return []analyze.Mailbox{{Name: name, Address: address}} }
	for _, test := range []struct {
		in   string
		want []analyze.Mailbox
	}{
		{"Jo Doe <jo@x.example>", one("Jo Doe", "jo@x.example")},
		{"\"Doe, Jo\" <jo@x.example>", one("Doe, Jo", "jo@x.example")},
		{"Doe, Jo <jo@x.example>", one("Doe, Jo", "jo@x.example")},
		{"'Doe, Jo' <jo@x.example>", one("Doe, Jo", "jo@x.example")},
		{"Jo Doe [mailto:jo@x.example]", one("Jo Doe", "jo@x.example")},
		{"Jo Doe [jo@x.example]", one("Jo Doe", "jo@x.example")},
		{"Jo Doe (jo@x.example)", one("Jo Doe", "jo@x.example")},
		{"Jo Doe <jo@x.example<mailto:jo@x.example>>", one("Jo Doe", "jo@x.example")},
		{"jo@x.example <jo@x.example>", one("", "jo@x.example")},
		{"<jo@x.example>", one("", "jo@x.example")},
		{"jo@x.example", one("", "jo@x.example")},
		{"Jo Doe", one("Jo Doe", "")},
		{"support@bank.example <x@evil.example>", one("support@bank.example", "x@evil.example")},
		{"\"a <real@bank.example>\" <x@evil.example>", one("a <real@bank.example>", "x@evil.example")},
		{"bounce@list.example <bounce@list.example> On Behalf Of Jo Doe", one("Jo Doe", "bounce@list.example")},
		{"Jo &lt;jo@x.example&gt;", one("Jo", "jo@x.example")},
		{"[Team] Jo <jo@x.example>", one("[Team] Jo", "jo@x.example")},
		{"A <a@x.example>; B, C <b@x.example>;", []analyze.Mailbox{{Name: "A", Address: "a@x.example"}, {Name: "B, C", Address: "b@x.example"}}},
		{"a@x.example, B <b@x.example>", []analyze.Mailbox{{Address: "a@x.example"}, {Name: "B", Address: "b@x.example"}}},
		{"Jo\u00A0<jo@x.example>", one("Jo", "jo@x.example")},
		{"", nil},
		{" , ;", nil},
	} {
		if got := quotedMailboxes(test.in); !reflect.DeepEqual(got, test.want) {
			t.Errorf("quotedMailboxes(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

// Outlook 2019 for Macs puts an attribution above what it forwards. Shapes as
// its localised versions print them.
func TestAttributions(t *testing.T) {
	for _, test := range []struct{ in, lang, date string }{
		{`On 28/10/2021 12:46, "Jo Doe" <jo@x.example> wrote:`, "en", "28/10/2021 12:46"},
		{`Am 28/10/2021, 12:46 schrieb "Jo Doe" <jo@x.example>:`, "de", "28/10/2021, 12:46"},
		{`El 28/10/2021 12:46, "Jo Doe" <jo@x.example> escribió:`, "es", "28/10/2021 12:46"},
		{`Le 28/10/2021 12:46, « Jo Doe » <jo@x.example> a écrit :`, "fr", "28/10/2021 12:46"},
		{`Op 28/10/2021 12:46 heeft Jo Doe <jo@x.example> geschreven:`, "nl", "28/10/2021 12:46"},
		{`Dnia 28/10/2021 12:46, „Jo Doe” <jo@x.example> napisał:`, "pl", "28/10/2021 12:46"},
		{`28/10/2021, 12:46 пользователь "Jo Doe" <jo@x.example> написал:`, "ru", "28/10/2021, 12:46"},
		{`28/10/2021, 12:46 používateľ Jo Doe (<jo@x.example>) napísal:`, "sk", "28/10/2021, 12:46"},
		{`Den 28/10/2021, 12:46 skrev "Jo Doe" <jo@x.example> följande:`, "sv", "28/10/2021, 12:46"},
		{`D. 28/10/2021, 12:46 skrev "Jo Doe" <jo@x.example>:`, "da", "28/10/2021, 12:46"},
		{`Jo Doe <jo@x.example> kirjoitti 28/10/2021 12.46:`, "fi", "28/10/2021 12.46"},
		{`28/10/2021 12:46 időpontban Jo Doe (jo@x.example) ezt írta:`, "hu", "28/10/2021 12:46"},
		{`"Jo Doe" <jo@x.example>, 28/10/2021 12:46 tarihinde şunu yazdı:`, "tr", "28/10/2021 12:46"},
	} {
		report := textReport("FW: Account", test.in+"\n\n    Body one.\n      Body two.\n")
		got := Find(report, us)
		if len(got) != 1 || got[0].How != analyze.HowInline || len(got[0].From) != 1 {
			t.Errorf("Find(%q) = %+v, want one that is inline", test.in, got)
			continue
		}
		o := got[0]
		want := analyze.Mailbox{Name: "Jo Doe", Address: "jo@x.example"}
		if o.From[0] != want || o.Date != test.date || o.Subject != "Account" || o.Text != "Body one.\n  Body two." || o.Lang != test.lang {
			t.Errorf("Find(%q) = from %q date %q subject %q text %q lang %s, want %q %q Account, dedented, %s",
				test.in, o.From[0], o.Date, o.Subject, o.Text, o.Lang, want, test.date, test.lang)
		}
		if got := Find(textReport("Re: Account", test.in+"\n\n    Body\n"), us); got[0].How != analyze.HowPasted {
			t.Errorf("Find(Re:, %q) = %s, want pasted", test.in, got[0].How)
		}
	}
}

// TestLanguages holds that each label means its field: no word means different
// fields in two languages.
func TestLanguages(t *testing.T) {
	for i, l := range languages {
		for f, alternatives := range map[field]string{fieldFrom: l.from, fieldTo: l.to, fieldCc: l.cc, fieldSubject: l.subject,
			fieldDate: l.date, fieldReplyTo: l.replyTo, fieldAttached: l.attached} {
			for _, word := range strings.Split(alternatives, "|") {
				if word == "" {
					continue
				}
				u, _, ok := label(word + ": x")
				if !ok || u.field != f || u.langs&(1<<i) == 0 {
					t.Errorf("%s: label(%q) is field %d of languages %b, want %d with bit %d", l.lang, word, u.field, u.langs, f, i)
				}
			}
		}
	}
	if len(languages) > 64 {
		t.Errorf("%d languages do not fit in the bits of labelUse", len(languages))
	}
}

func TestLabel(t *testing.T) {
	for _, test := range []struct {
		in    string
		field field
		value string
	}{
		{"From: a", fieldFrom, "a"},
		{"*From:* a", fieldFrom, "a"},
		{"**From**: a", fieldFrom, "a"},
		{"*Subject:* ***URGENT*** a", fieldSubject, "***URGENT*** a"},
		{"Envoyé\u00A0: a", fieldDate, "a"},
		{"\u200Fמאת: a", fieldFrom, "a"},
		{"件名：a", fieldSubject, "a"},
		{"A\u0300 : a", fieldTo, "a"},
		{"Message-ID: a", fieldOther, "a"},
		{"X-Mailer: a", fieldOther, "a"},
		{"FROM a", fieldNone, ""},
		{"Note: a", fieldNone, ""},
		{"-From: a", fieldNone, ""},
		{"well-known: a", fieldNone, ""},
	} {
		if u, value, ok := label(test.in); u.field != test.field || value != test.value || ok != (test.field != fieldNone) {
			t.Errorf("label(%q) = %d, %q, %v, want %d, %q", test.in, u.field, value, ok, test.field, test.value)
		}
	}
}
