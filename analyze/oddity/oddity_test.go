package oddity

import (
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
)

func TestDrawn(t *testing.T) {
	tests := []struct {
		s    string
		want bool
	}{
		{"zSmLZbkdxnnxNL", true}, {"mrjlzkpovxxsl", true}, {"k7d9f3q2zt", true}, {"KtSaGYsPn9djSGR", true},
		{"ddcakgn", true}, {"gvkzdgbf", true}, {"pcpilrjf", true},
		{"newsletter", false}, {"microsoft", false}, {"kundenservice", false}, {"atendimento", false}, {"schwab", false},
		{"lufthansa", false}, {"rechtsschutz", false}, {"przelewy", false}, {"example", false}, {"booking", false},
		{"notifications", false}, {"deutschebank", false}, {"wellsfargo", false}, {"support2024", false}, {"office365", false},
		{"abc", false}, {"ae0b3fe8", false}, {"xxxxxxxxxxx", false}, {"ClassNotFoundException", false}, {"McDonalds", false}, {"", false}, {strings.Repeat("xq", 100), false},
	}
	for _, tt := range tests {
		if got := drawn(tt.s); got != tt.want {
			t.Errorf("drawn(%q) = %v, want %v", tt.s, got, tt.want)
		}
	}
}

// plain is a message without anything odd.
func plain() *analyze.Original {
	return &analyze.Original{Grade: analyze.GradeFull,
		Raw: []byte("Received: from a.example by b.example; Thu, 05 Mar 2026 10:00:04 +0000\r\nDate: Thu, 05 Mar 2026 10:00:00 +0000\r\n" +
			"Message-ID: <20260305.1@mail.shop.example>\r\nFrom: Shop <news@shop.example>\r\nTo: ann.miller@home.example\r\nSubject: Your order\r\n\r\nHello\r\n"),
		From:    []analyze.Mailbox{{Name: "Shop", Address: "news@shop.example"}},
		To:      []analyze.Mailbox{{Address: "ann.miller@home.example"}},
		Subject: "Your order", Text: "Hello Ann, your order is on its way."}
}

func header(o *analyze.Original, old, new string) {
	o.Raw = []byte(strings.Replace(string(o.Raw), old, new, 1))
}

func TestGather(t *testing.T) {
	tests := []struct {
		name string
		make func(*analyze.Original)
		want analyze.OddityKind
	}{
		{"nothing", func(*analyze.Original) {}, ""},
		{"placeholder", func(o *analyze.Original) { o.Text = "Dear {{first_name}}, your order" }, analyze.OddMergeLeftover},
		{"placeholder in the subject", func(o *analyze.Original) { o.Subject = "Hello %%email%%" }, analyze.OddMergeLeftover},
		{"another form", func(o *analyze.Original) { o.Text = "Dear [[-Email-]]" }, analyze.OddMergeLeftover},
		{"and another", func(o *analyze.Original) { o.Text = "Dear #EMAIL#, ${name}" }, analyze.OddMergeLeftover},
		{"to nobody", func(o *analyze.Original) { o.To = nil }, analyze.OddRecipientHidden},
		{"greeted by address", func(o *analyze.Original) { o.Text = "Dear ann.miller@home.example, your order" }, analyze.OddGreetedByAddress},
		{"greeted by local part", func(o *analyze.Original) { o.Text = "Dear ann.miller,\nyour order" }, analyze.OddGreetedByAddress},
		{"greeted by office", func(o *analyze.Original) { o.To[0].Address, o.Text = "info@home.example", "Hello info!\nyour order" }, analyze.OddGreetedByAddress},
		{"an address that is none", func(o *analyze.Original) { o.To[0].Address, o.Text = "x@anonymous", "Dear x@anonymous, your order" }, ""},
		{"random domain", func(o *analyze.Original) { o.From[0].Address = "a@xkqzvbtp.example" }, analyze.OddRandomDomain},
		{"random local part", func(o *analyze.Original) { o.From[0].Address = "zSmLZbkdxnnxNL@shop.example" }, analyze.OddRandomLocal},
		{"random name", func(o *analyze.Original) { o.From[0].Name = "Shop qzxkvbtq" }, analyze.OddRandomName},
		{"recipient's domain as name", func(o *analyze.Original) { o.From[0].Name = "HOME IT Support"; o.To[0].Address = "ann@home.example" }, analyze.OddNameRecipient},
		{"decorated name", func(o *analyze.Original) { o.From[0].Name = "★ Shop ★" }, analyze.OddNameSymbols},
		{"noise", func(o *analyze.Original) { o.Subject = "Your order KtSaGYsPn9djSGR" }, analyze.OddSubjectNoise},
		{"signs", func(o *analyze.Original) { o.Subject = "🎁 Your order 🎁" }, analyze.OddSubjectSymbols},
		{"answer to nothing", func(o *analyze.Original) { o.Subject = "Re: Your order" }, analyze.OddFakeReply},
		{"answer", func(o *analyze.Original) {
			o.Subject = "Re: Your order"
			header(o, "Date:", "In-Reply-To: <1@home.example>\r\nDate:")
		}, ""},
		{"no Message-ID", func(o *analyze.Original) { header(o, "Message-ID", "X-ID") }, analyze.OddMessageID},
		{"Message-ID of localhost", func(o *analyze.Original) { header(o, "mail.shop.example", "localhost") }, analyze.OddMessageID},
		{"no date", func(o *analyze.Original) { header(o, "Date:", "X-Date:") }, analyze.OddDate},
		{"a month ahead", func(o *analyze.Original) { header(o, "Date: Thu, 05 Mar", "Date: Sun, 05 Apr") }, analyze.OddDate},
		{"urgent", func(o *analyze.Original) { header(o, "Date:", "X-Priority: 1 (Highest)\r\nDate:") }, analyze.OddPriority},
		{"raw letters", func(o *analyze.Original) { header(o, "Your order", "Ihre \xdcbersicht") }, analyze.OddRawHeader},
		{"base64 for nothing", func(o *analyze.Original) { header(o, "Date:", "Content-Transfer-Encoding: base64\r\nDate:") }, analyze.OddNeedlessEncoding},
		{"base64 with a reason", func(o *analyze.Original) {
			o.Text = "Grüße"
			header(o, "Date:", "Content-Transfer-Encoding: base64\r\nDate:")
		}, ""},
		{"answers elsewhere", func(o *analyze.Original) { o.ReplyTo = []analyze.Mailbox{{Address: "a@other.test"}} }, analyze.OddReplyElsewhere},
		{"answers at home", func(o *analyze.Original) { o.ReplyTo = []analyze.Mailbox{{Address: "a@help.shop.example"}} }, ""},
		{"comments", func(o *analyze.Original) { o.HTML = "<!--" + strings.Repeat("word ", 500) + "--><p>Hello" }, analyze.OddComments},
		{"a comment for Outlook", func(o *analyze.Original) { o.HTML = "<!--[if mso]>" + strings.Repeat("word ", 500) + "--><p>Hello" }, ""},
		{"padding", func(o *analyze.Original) { o.HTML = strings.Repeat("&#8203;&zwnj;", 300) }, analyze.OddPadding},
		{"nonsense", func(o *analyze.Original) { o.Text = strings.Repeat("qzxkvbtq wkrtplmn bvcxzlkj ", 5) }, analyze.OddNonsense},
		{"only quoted", func(o *analyze.Original) { o.Grade, o.Raw, o.To = analyze.GradeText, nil, nil }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := plain()
			tt.make(o)
			got := Gather(Input{Original: o, Visible: o.Text})
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || got[0].Kind != tt.want) {
				t.Errorf("Gather = %v, want %q alone", got, tt.want)
			}
		})
	}
}

func TestPartsDiffer(t *testing.T) {
	a := "alpha bravo charlie delta echoes foxtrot golfing hotels india juliet kilos limas mikes novembers oscars papas quebec romeo sierra tango uniform"
	b := "yesterday people walked slowly through narrow streets looking behind every corner because someone whispered about hidden treasures under ancient bridges near rivers flowing quietly"
	for _, tt := range []struct {
		name, plain, visible string
		want                 bool
	}{
		{"same", a, a, false}, {"other", a, b, true}, {"too short", "alpha bravo", b, false}, {"no plain text", "", b, false}, {"half", a + " " + b, b, false},
	} {
		if got := differ(tt.plain, tt.visible); got != tt.want {
			t.Errorf("differ(%s) = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzGather(f *testing.F) {
	f.Add([]byte("Subject: x\r\n\r\n"), "Shop <a@b.example>", "Hello {{name}}", "<!-- x -->&zwnj;")
	f.Add([]byte("Date: never\r\nMessage-ID: <@>\r\n"), "@", "%%email%% [[[[[[[[", "<!--<!--<!--")
	f.Fuzz(func(t *testing.T, raw []byte, name, text, html string) {
		if len(raw)+len(text)+len(html) > 1<<17 {
			return
		}
		o := &analyze.Original{Grade: analyze.GradeFull, Raw: raw, Subject: name, Text: text, HTML: html,
			From: []analyze.Mailbox{{Name: name, Address: text}}, To: []analyze.Mailbox{{Address: name}}, ReplyTo: []analyze.Mailbox{{Address: html}}}
		got := Gather(Input{Original: o, Visible: text})
		kinds := []analyze.OddityKind{}
		for _, g := range got {
			if len(g.Text) > maxText || slices.Contains(kinds, g.Kind) {
				t.Fatalf("odd oddity %+v", g)
			}
			kinds = append(kinds, g.Kind)
		}
	})
}

// TestLeftover finds the first placeholder, wherever it stands, and reads no
// farther than one reaches.
func TestLeftover(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"50% off {all} [our] #goods for $5 * 2 < 3", ""},
		{"Dear {name}, or {{first_name}}", "{name}"},
		{"{{{first_name}}", "{{first_name}}"},
		{"{x {{ %% [[ user ]]", "[[ user ]]"},
		{"100%%% %USER%", "%USER%"},
		{"*|FNAME|*", "*|FNAME|*"},
		{"<<Company>>", "<<Company>>"},
		{"[-randnum-]", "[-randnum-]"},
		{"${\u017fu.u\u017fer}", "${\u017fu.u\u017fer}"}, // the long s is an s in another case
		{strings.Repeat("{{a", 10_000) + "#email#", "#email#"},
	} {
		if got := leftover(tt.in); got != tt.want {
			t.Errorf("leftover(%.40q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
