package reply

import (
	"bytes"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// TestHostile puts hostile text into every field that comes from a message,
// and holds that the answer's form does not change.
func TestHostile(t *testing.T) {
	for _, lang := range []string{"en", "ar", "ja"} {
		for _, s := range hostile() {
			checkAnswer(t, lang, s)
		}
	}
}

// TestHostileMixed does the same with pieces of them put together.
func TestHostileMixed(t *testing.T) {
	list := hostile()
	pick := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		var b strings.Builder
		for range 1 + pick.IntN(4) {
			s := list[pick.IntN(len(list))]
			b.WriteString(s[:min(len(s), 40)])
		}
		checkAnswer(t, "en", b.String())
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkAnswer(t, "en", s) })
}

// rendered gives the answer to a report in which s stands wherever a message
// can put text, in that language.
func rendered(t *testing.T, lang, s string) Message {
	t.Helper()
	o := goodOuter(goodHeader)
	// The outer header as a parser would hand it over at worst.
	line := strings.NewReplacer("\r", "", "\n", "\r\n ").Replace(s)
	h, _, _ := eml.ParseHeader([]byte(goodHeader + "X-Mailer: " + line + "\r\nReferences: " + line + "\r\nUser-Agent: " + line + "\r\n\r\n"))
	o.Header = h
	o.Reporter.Name, o.Reporter.Address, o.Reporter.Lang = s, s, "x-"+s // hostile, and no language of ours
	bad := func(l analyze.Level, g analyze.Grade) analyze.JudgedOriginal {
		j := judged(l, g, hit(s, s, 2), hit("dmarc-fail", s, -2), analyze.Finding{Check: "u", Status: analyze.Unknown, Says: s})
		j.Subject, j.Client, j.Brand, j.Date, j.Lost = s, s, s, s, []string{s}
		j.From = []analyze.Mailbox{{Name: s, Address: s}}
		j.Evidence.Auth = analyze.Auth{FromDomain: s, Results: []analyze.AuthResult{{Method: analyze.MethodDKIM, Result: analyze.ResultPass, Witness: analyze.WitnessVerified, Aligned: true}}}
		j.Evidence.Claims = []analyze.BrandClaim{{Brand: s, Name: s, Text: s}}
		j.Evidence.Resemblances = []analyze.Resemblance{{Name: s, Where: "from", Target: s, Score: 1}}
		j.Evidence.Links = []analyze.Link{{URL: s, Host: s, Shown: s + "x", Text: s}}
		j.Evidence.Mark = &analyze.Mark{Verified: true, Kind: "VMC", Organisation: s, Country: s, Issuer: s}
		j.Evidence.Faults = []string{s}
		return j
	}
	about := bad(analyze.Scam, analyze.GradeFull)
	about.Findings = append(about.Findings, hit("sender-lookalike", s+" DNS", 3), hit("link-text-mismatch", "DNS", 3), hit("mark-verified", s, -1))
	j := judgement(about, bad(analyze.Unclear, analyze.GradeText), bad(analyze.Authentic, analyze.GradeFull), bad("x", "y"))
	j.Subject, j.Brand = s, s
	c := renderDesk()
	c.Lang = lang
	m, err := Render(j, o, c)
	if err != nil {
		t.Fatalf("Render(%q): %v", s, err)
	}
	return m
}

func checkAnswer(t *testing.T, lang, s string) {
	t.Helper()
	m := rendered(t, lang, s)
	if m.To != "ann@home.example" || m.From != "" {
		t.Fatalf("Render(%q) goes from %q to %q", s, m.From, m.To)
	}
	a := open(t, m.Raw)
	if !slices.Equal(a.fields, wantFields()) {
		t.Errorf("Render(%q): fields %q, want %q", s, a.fields, wantFields())
	}
	if got := a.header.Get("Subject"); lang == "en" && got != "Re: Your report: 4 emails checked (01JD0000000000000000000000)" {
		t.Errorf("Render(%q): Subject %q", s, got)
	}
	if n := len(a.html); n > maxHTML {
		t.Errorf("Render(%q): %d octets of HTML, want %d at most", s, n, maxHTML)
	}
	checkForm(t, lang, s, m.Raw, a)
	checkSkeleton(t, s, a.html)
	checkDead(t, s, a)
}

// checkForm holds that the answer has the tree, header, tags and paragraphs of
// one to a harmless report: what a message says changes words only.
func checkForm(t *testing.T, lang, s string, raw []byte, a answer) {
	t.Helper()
	harmless := "word"
	if Clean(s, maxSubject) == "" {
		harmless = ""
	}
	c := rendered(t, lang, harmless)
	control := open(t, c.Raw)
	if got, want := tree(t, raw), tree(t, c.Raw); !slices.Equal(got, want) {
		t.Errorf("Render(%q): tree %q, want %q", s, got, want)
	}
	for k, v := range control.header {
		if !slices.Equal(a.header[k], v) {
			t.Errorf("Render(%q): %s is %q, want %q", s, k, a.header[k], v)
		}
	}
	if got, want := skeleton(a.html), skeleton(control.html); got != want {
		t.Errorf("Render(%q): tags\n%s\nwant\n%s", s, got, want)
	}
	if got, want := strings.Count(a.text, "\r\n\r\n"), strings.Count(control.text, "\r\n\r\n"); got != want {
		t.Errorf("Render(%q): %d paragraphs, want %d:\n%s", s, got, want, a.text)
	}
	if n := strings.Count(a.text, "\n"); n != strings.Count(a.text, "\r\n") || n > 150 {
		t.Errorf("Render(%q): %d lines", s, n)
	}
}

// tree gives the media types of a message and its parts as go-message reads
// them.
func tree(t *testing.T, raw []byte) []string {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("go-message: %v", err)
	}
	var out []string
	err = e.Walk(func(path []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		mt, params, err := part.Header.ContentType()
		if err != nil {
			return err
		}
		out = append(out, strings.Repeat(" ", len(path))+mt+" "+params["charset"])
		if part.MultipartReader() == nil {
			_, err = io.Copy(io.Discard, part.Body)
		}
		return err
	})
	if err != nil {
		t.Fatalf("go-message: %v", err)
	}
	return out
}

// uneven are the tags whose number the reader's country, program and the
// number of reasons decide.
var uneven = regexp.MustCompile(`^</?(li|bdi|a)\b`)

// skeleton gives the tags of a page in order, without those that are uneven.
func skeleton(html string) string {
	var b strings.Builder
	for _, tg := range tag.FindAllString(html, -1) {
		if !uneven.MatchString(tg) {
			b.WriteString(tg)
		}
	}
	return b.String()
}

// checkDead holds that nothing out of a message can be clicked or called, and
// nothing is there that is not seen.
func checkDead(t *testing.T, s string, a answer) {
	t.Helper()
	ours := map[string]bool{"reportascam@desk.example": true, ".eml": true}
	for _, list := range DefaultCatalogues().centres {
		for _, c := range list {
			ours[c.Mail], ours[c.Link] = true, true
			for w := range strings.FieldsSeq(c.Name) {
				ours[strings.Trim(w, "():,")] = true
			}
			ours[c.Phone] = true
		}
	}
	for _, part := range []string{a.text, stripTags(a.html)} {
		for _, word := range strings.Fields(strings.ReplaceAll(part, "\r\n", " ")) {
			word = strings.Trim(word, "“”.,:()")
			if ours[word] || ours["."+word] {
				continue
			}
			for _, m := range live.FindAllString(word, -1) {
				if strings.Trim(m, "0123456789.") != "" {
					t.Errorf("Render(%q): %q is live in %q", s, m, word)
				}
			}
		}
	}
	for _, r := range a.text + a.html {
		if r < 0x20 && r != '\r' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("Render(%q) holds %U", s, r)
		}
	}
}

var (
	tag  = regexp.MustCompile(`<[^>]*>`)
	href = regexp.MustCompile(`(?i)\s(href|src|action|background|on[a-z]+)\s*=`)
	link = regexp.MustCompile(`^<a href="([^"]*)" style="color:inherit">$`)
)

// checkSkeleton wants only our own tags, and no link but to a centre: the brand
// is unknown here.
func checkSkeleton(t *testing.T, s, html string) {
	t.Helper()
	centres := map[string]bool{}
	for _, list := range DefaultCatalogues().centres {
		for _, c := range list {
			centres[c.Link] = true
		}
	}
	for _, tg := range tag.FindAllString(html, -1) {
		name := strings.ToLower(strings.Trim(strings.Fields(strings.Trim(tg, "</>"))[0], "!"))
		if m := link.FindStringSubmatch(tg); m != nil && centres[m[1]] || tg == "</a>" {
			continue
		}
		if !slices.Contains([]string{"doctype", "html", "head", "meta", "title", "style", "body", "main", "table", "tbody", "tr", "td", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "bdi"}, name) {
			t.Errorf("Render(%q): tag %s", s, tg)
		}
		if href.MatchString(tg) {
			t.Errorf("Render(%q): tag %s", s, tg)
		}
	}
	if got, want := strings.Count(html, "<table"), strings.Count(html, "</table"); got != want || got < 3 {
		t.Errorf("Render(%q): %d tables opened, %d closed", s, got, want)
	}
	if n := strings.Count(html, "<html"); n != 1 {
		t.Errorf("Render(%q): %d html elements", s, n)
	}
}
