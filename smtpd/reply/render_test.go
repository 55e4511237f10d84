package reply

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// counter is a source of octets that are no chance at all.
type counter byte

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

func renderDesk() Config {
	c := desk()
	c.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	c.Rand = new(counter)
	c.Brand = func(key string) (Brand, bool) {
		if key != "shop" {
			return Brand{}, false
		}
		return Brand{Name: "The Shop", HelpPage: "https://help.shop.example/fraud", ReportTo: "abuse@shop.example"}, true
	}
	return c
}

func judged(l analyze.Level, g analyze.Grade, findings ...analyze.Finding) analyze.JudgedOriginal {
	return analyze.JudgedOriginal{How: analyze.HowAttached, Grade: g, Client: "gmail", Subject: "Your account is locked",
		From:    []analyze.Mailbox{{Name: "The Shop", Address: "service@evil.example"}},
		Verdict: analyze.Verdict{Level: l, Brand: "shop", Findings: findings}}
}

func hit(check, says string, weight float64) analyze.Finding {
	return analyze.Finding{Check: check, Status: analyze.Hit, Says: says, Weight: weight}
}

func judgement(list ...analyze.JudgedOriginal) *analyze.Judgement {
	return &analyze.Judgement{ID: "01JD0000000000000000000000", Level: analyze.Unclear, Originals: list}
}

// answer is a reply taken apart by net/mail and mime/multipart.
type answer struct {
	header     mail.Header
	fields     []string
	text, html string
}

func open(t *testing.T, raw []byte) answer {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("reading the reply: %v\n%s", err, raw)
	}
	a := answer{header: m.Header}
	h, _, defects := eml.ParseHeader(raw)
	if len(defects) > 0 {
		t.Errorf("defects in the reply's header: %v", defects)
	}
	for _, f := range h.Fields {
		a.fields = append(a.fields, f.Name)
	}
	mt, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || mt != "multipart/alternative" {
		t.Fatalf("Content-Type %q, %v, want multipart/alternative", mt, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var parts []string
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("reading a part: %v\n%s", err, raw)
		}
		parts = append(parts, p.Header.Get("Content-Type"))
		var body io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		default:
			t.Errorf("part without an encoding: %v", p.Header)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatalf("decoding a part: %v", err)
		}
		if len(parts) == 1 {
			a.text = string(b)
		} else {
			a.html = string(b)
		}
	}
	if want := []string{"text/plain; charset=utf-8", "text/html; charset=utf-8"}; !slices.Equal(parts, want) {
		t.Errorf("parts = %q, want %q", parts, want)
	}
	return a
}

func render(t *testing.T, j *analyze.Judgement, o Outer, c Config) answer {
	t.Helper()
	m, err := Render(j, o, c)
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	if m.From != "" {
		t.Errorf("reverse-path = %q, want the null sender", m.From)
	}
	return open(t, m.Raw)
}

func wantFields() []string {
	return []string{"Date", "From", "To", "Subject", "Message-Id", "In-Reply-To", "References", "Auto-Submitted",
		"X-Auto-Response-Suppress", "Content-Language", "Mime-Version", "Content-Type"}
}

func TestHeader(t *testing.T) {
	a := render(t, judgement(judged(analyze.Scam, analyze.GradeFull)), goodOuter(goodHeader), renderDesk())
	if !slices.Equal(a.fields, wantFields()) {
		t.Errorf("fields = %q, want %q", a.fields, wantFields())
	}
	want := map[string]string{
		"Date": "Mon, 23 Nov 2026 10:00:00 +0000", "From": `"Scam desk" <help@desk.example>`, "To": "<ann@home.example>",
		"Subject":    "Re: Your report: this is a scam (01JD0000000000000000000000)",
		"Message-Id": "<0102030405060708090a0b0c0d0e0f10@mx.desk.example>", "In-Reply-To": "<abc.123@home.example>",
		"References": "<abc.123@home.example>", "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Mime-Version": "1.0",
		"Content-Language": "en",
	}
	for k, v := range want {
		if got := a.header.Get(k); got != v {
			t.Errorf("%s: %q, want %q", k, got, v)
		}
	}
}

func TestThreading(t *testing.T) {
	long := "<" + strings.Repeat("a", 300) + "@home.example>"
	tests := []struct{ header, want string }{
		{goodHeader, "<abc.123@home.example>"},
		{with("Message-ID: <AM0PR=0+1/x$y@EUR01.prod.outlook.example>"), "<AM0PR=0+1/x$y@EUR01.prod.outlook.example>"},
		{with("Message-ID: none"), ""}, {with("Message-ID: <a b@c>"), ""}, {with("Message-ID: <a@b@c>"), ""},
		{with("Message-ID: <a@b> <c@d>"), ""}, {with("Message-ID: " + long), ""}, {with("Message-ID: <\xe4@b>"), ""},
		{with("References: <scam@evil.example>"), "<abc.123@home.example>"},
	}
	for _, tt := range tests {
		a := render(t, judgement(), goodOuter(tt.header), renderDesk())
		if got, refs := a.header.Get("In-Reply-To"), a.header.Get("References"); got != tt.want || refs != tt.want {
			t.Errorf("In-Reply-To, References of the answer to %q = %q, %q, want %q", tt.header, got, refs, tt.want)
		}
	}
}

func TestContent(t *testing.T) {
	auth := proven("shop.example", analyze.MethodDKIM)
	genuine := judged(analyze.Authentic, analyze.GradeFull, hit("brand-proven", "The Shop is proven to have sent it.", -2), hit("x", "not shown", 1))
	genuine.Evidence.Auth = auth
	unsure := judged(analyze.Unclear, analyze.GradeFull)
	unsure.Evidence.Auth = auth
	quoted := judged(analyze.Authentic, analyze.GradeText)
	byProvider := judged(analyze.Unclear, analyze.GradeFull)
	byProvider.Evidence.Auth = proven("shop.example", analyze.MethodDKIM)
	byProvider.Evidence.Auth.Results[0].Witness = analyze.WitnessBoundary
	lost := judged(analyze.Unclear, analyze.GradeText)
	lost.Lost = []string{"link targets"}
	outlook := judged(analyze.Unclear, analyze.GradeHeaders)
	outlook.Client = "outlook"
	tests := []struct {
		name    string
		j       *analyze.Judgement
		want    []string // in both parts
		wantNot []string
	}{
		{"scam", judgement(judged(analyze.Scam, analyze.GradeFull, hit("a", "Small.", 0.1), hit("b", "Third.", 1), hit("c", "First: evil.example.", 3),
			hit("d", "Second.", 2), analyze.Finding{Check: "e", Status: analyze.Unknown, Says: "Not known.", Weight: 9})),
			[]string{"This email is a scam.", "First: evil[.]example.", "Second.", "Third.", "Do not click", "call your bank", "reportphishing@apwg.org", "Good to know: ", "https://help.shop.example/fraud",
				"abuse@shop.example", "service[at]evil[.]example", "Your account is locked", "01JD0000000000000000000000"},
			[]string{"Small.", "Not known.", "as an attachment"}},
		{"scam in a brand's name", judgement(judged(analyze.Scam, analyze.GradeFull, hit("brand-mismatch", "", 3))),
			[]string{"This email is a scam. It does not come from The Shop."}, nil},
		{"only suspicious, so nothing is said of the brand", judgement(judged(analyze.Suspicious, analyze.GradeFull, hit("brand-mismatch", "", 3))), nil, []string{"does not come from The Shop"}},
		{"jargon is told plainly", judgement(judged(analyze.Scam, analyze.GradeFull, hit("dmarc-fail", "evil says so (DMARC fails).", 3))),
			[]string{"is not from them"}, []string{"DMARC"}},
		{"suspicious", judgement(judged(analyze.Suspicious, analyze.GradeFull, hit("x", "Odd.", 1))), []string{"looks like a scam", "Odd."}, nil},
		{"unclear but proven", judgement(unsure), []string{"We cannot tell", "sent by shop[.]example", "does not show that the sender is honest"}, []string{"as an attachment"}},
		{"unclear but the provider proved it", judgement(byProvider), []string{"Your mail service says that shop[.]example sent it"}, []string{"We could prove"}},
		{"unclear, links lost", judgement(lost), []string{"Its links or files were lost"}, nil},
		{"unclear, text only", judgement(judged(analyze.Unclear, analyze.GradeText)), []string{"only got the text", "as an attachment", "Forward as attachment", "reportascam@desk.example"}, nil},
		{"unclear, body rebuilt, Outlook", judgement(outlook), []string{"was changed", "Drag the bad email"}, []string{"Open Gmail"}},
		{"authentic", judgement(genuine), []string{"This email is real. It comes from The Shop.", "proven to have sent it", "sent by shop[.]example. We could prove that.", "still best"}, []string{"not shown", "help.shop.example"}},
		{"text is never authentic", judgement(quoted), []string{"We cannot tell"}, []string{"is real"}},
		{"a word that is no level", judgement(judged("safe", analyze.GradeFull)), []string{"We cannot tell"}, nil},
		{"no original", judgement(), []string{"found no email", "again, as an attachment"}, nil},
		{"several", judgement(judged(analyze.Scam, analyze.GradeFull), judged(analyze.Unclear, analyze.GradeFull), genuine),
			[]string{"You sent us 3 emails", "Email 1 of 3", "Email 3 of 3", "is a scam", "We cannot tell", "is real"}, nil},
		{"many", judgement(slices.Repeat([]analyze.JudgedOriginal{judged(analyze.Scam, analyze.GradeFull)}, 12)...), []string{"Email 5 of 12", "There were 7 more"}, []string{"Email 6"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := render(t, tt.j, goodOuter(goodHeader), renderDesk())
			for part, s := range map[string]string{"text": unwrap(a.text), "html": unwrap(stripTags(a.html))} {
				for _, w := range tt.want {
					if !strings.Contains(s, w) {
						t.Errorf("%s lacks %q:\n%s", part, w, s)
					}
				}
				for _, w := range tt.wantNot {
					if strings.Contains(s, w) {
						t.Errorf("%s has %q:\n%s", part, w, s)
					}
				}
			}
			checkSame(t, a)
		})
	}
}

func unwrap(s string) string { return strings.Join(strings.Fields(s), " ") }

var tags = regexp.MustCompile(`(?s)<head>.*</head>|<[^>]*>`)

func stripTags(s string) string {
	s = strings.NewReplacer("<li", "\n<li", "</td>", "\n", "</p>", "\n", "</h", "\n</h").Replace(s)
	return strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#39;", "'", "&#34;", `"`, "&lt;", "<", "&gt;", ">").Replace(tags.ReplaceAllString(s, ""))
}

// words gives the letters and digits of both parts, without the marks that
// only one of them needs.
func checkSame(t *testing.T, a answer) {
	t.Helper()
	text := regexp.MustCompile(`(?m)^(\*\*\* |== |- |\d\. | +)`).ReplaceAllString(strings.ReplaceAll(a.text, "\r\n", "\n"), "")
	text = regexp.MustCompile(` (\*\*\*|==)\n`).ReplaceAllString(text, "\n")
	if got, want := squeeze(stripTags(a.html)), squeeze(text); got != want {
		t.Errorf("html says\n%s\ntext says\n%s", got, want)
	}
}

func TestOwnLink(t *testing.T) {
	tests := []struct {
		in   string
		want bool
	}{
		{"https://help.shop.example/fraud?a=b", true}, {"http://help.shop.example", false}, {"javascript:alert(1)", false},
		{"https://user@shop.example", false}, {"https://shop.example:8443/", false}, {"https://shop", false}, {"", false},
		{"https://shop.example/\"x", false}, {"https://shop.example/\r\nx", false}, {"//shop.example", false}, {"https://" + strings.Repeat("a", 300) + ".example", false},
	}
	for _, tt := range tests {
		if got := ownLink(tt.in); got != tt.want {
			t.Errorf("ownLink(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestRenderErrors(t *testing.T) {
	bad := renderDesk()
	bad.From = "help@desk.example\r\nBcc: x@y.example"
	if _, err := Render(judgement(), goodOuter(goodHeader), bad); err == nil {
		t.Errorf("Render(From with CRLF) gives no error")
	}
	bad = renderDesk()
	bad.Hostname = "a>b"
	if _, err := Render(judgement(), goodOuter(goodHeader), bad); err == nil {
		t.Errorf("Render(odd host name) gives no error")
	}
	bad = renderDesk()
	bad.Rand = strings.NewReader("")
	if _, err := Render(judgement(), goodOuter(goodHeader), bad); err == nil {
		t.Errorf("Render(no randomness) gives no error")
	}
	o := goodOuter(goodHeader)
	how(analyze.HowRedirected)(&o)
	if _, err := Render(judgement(), o, renderDesk()); err == nil {
		t.Errorf("Render(redirected) gives no error")
	}
	odd := renderDesk()
	odd.Name = "Sc\u00e4m\r\nBcc: x@y.example \u202e<\"desk\">"
	a := render(t, judgement(), goodOuter(goodHeader), odd)
	list, err := a.header.AddressList("From")
	if err != nil || len(list) != 1 || list[0].Address != "help@desk.example" || !slices.Equal(a.fields, wantFields()) {
		t.Errorf("From = %v, %v; fields %q", list, err, a.fields)
	}
}

func TestSizes(t *testing.T) {
	for _, l := range []analyze.Level{analyze.Scam, analyze.Suspicious, analyze.Unclear, analyze.Authentic} {
		m, err := Render(judgement(judged(l, analyze.GradeText, hit("x", strings.Repeat("Long words. ", 30), 1))), goodOuter(goodHeader), renderDesk())
		if err != nil || len(m.Raw) > 20<<10 {
			t.Errorf("Render(%s) = %d octets, %v, want 20 KiB at most", l, len(m.Raw), err)
		}
	}
}
