package oddity

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

const (
	// maxText bounds what is kept of an oddity, in octets.
	maxText = 100
	// maxBody bounds what is read of the text, in octets.
	maxBody = 32 << 10
	// maxGreeting is how far a greeting reaches, in octets.
	maxGreeting = 200
	// maxSkew is how far the date may be from the receipt. Mail waits for days
	// in a queue (RFC 5321 section 4.5.4.1: up to five), not for weeks.
	maxSkew = 7 * 24 * time.Hour
	// maxComments is how many octets of comments an HTML part may have.
	maxComments = 1500
	// maxInvisible is how many invisible characters the HTML part may have:
	// newsletters pad their preview line with up to some hundred.
	maxInvisible = 400
)

// Input is what is looked at.
type Input struct {
	Original *analyze.Original
	Visible  string      // the text that a reader sees
	Header   *eml.Header // of Original.Raw, where it was read already; nil: not yet
}

// Gather gives the oddities of a message, each kind once.
func Gather(in Input) []analyze.Oddity {
	g := &gatherer{in: in, o: in.Original}
	if len(g.in.Visible) > maxBody {
		g.in.Visible = strings.ToValidUTF8(g.in.Visible[:maxBody], "")
	}
	g.sender()
	g.recipients()
	g.subject()
	g.body()
	if g.o.Grade != analyze.GradeText {
		if in.Header != nil {
			g.h = *in.Header
		} else {
			g.h, _, _ = eml.ParseHeader(g.o.Raw)
		}
		g.header()
	}
	return g.found
}

type gatherer struct {
	in    Input
	o     *analyze.Original
	h     eml.Header
	found []analyze.Oddity
}

func (g *gatherer) add(kind analyze.OddityKind, text string) {
	for _, f := range g.found {
		if f.Kind == kind {
			return
		}
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	g.found = append(g.found, analyze.Oddity{Kind: kind, Text: text})
}

// cutAddress gives both parts of an address, the domain in lower case.
func cutAddress(addr string) (local, domain string) {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return addr, ""
	}
	return addr[:at], strings.ToLower(strings.Trim(addr[at+1:], " .>"))
}

// minDomainName is the shortest first label of a domain by which people call
// it.
const minDomainName = 4

// sender looks at the name and the address of the author.
func (g *gatherer) sender() {
	if len(g.o.From) == 0 {
		return
	}
	name := g.o.From[0].Name
	local, domain := cutAddress(g.o.From[0].Address)
	if label, _, _ := strings.Cut(links.Registrable(domain), "."); drawnIn(label) != "" {
		g.add(analyze.OddRandomDomain, domain)
	} else if sub, found := strings.CutSuffix(domain, "."+links.Registrable(domain)); found && drawnIn(sub) != "" {
		g.add(analyze.OddRandomDomain, domain)
	}
	if run := drawnIn(local); run != "" {
		g.add(analyze.OddRandomLocal, run)
	}
	if run := drawnIn(name); run != "" && !strings.Contains(name, "@") {
		g.add(analyze.OddRandomName, run)
	}
	if symbols(name) > 0 || strings.ContainsAny(name, "_#~|*") {
		g.add(analyze.OddNameSymbols, name)
	}
	lower := strings.ToLower(name)
	for _, to := range g.o.To {
		_, own := cutAddress(to.Address)
		label, _, _ := strings.Cut(links.Registrable(own), ".")
		if own == "" || own == domain || links.Registrable(own) == links.Registrable(domain) || len(label) < minDomainName {
			continue
		}
		if hasWord(lower, label) {
			g.add(analyze.OddNameRecipient, name)
		}
	}
	for _, r := range g.o.ReplyTo {
		_, d := cutAddress(r.Address)
		if d != "" && domain != "" && links.Registrable(d) != links.Registrable(domain) {
			g.add(analyze.OddReplyElsewhere, d)
		}
	}
}

// hasWord tells whether word stands in s by itself.
func hasWord(s, word string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], word)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+len(word):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return true
		}
		at = i + len(word)
	}
}

// recipients looks at whom it is addressed to, and how they are greeted.
func (g *gatherer) recipients() {
	if len(g.o.To)+len(g.o.Cc) == 0 && g.o.Grade != analyze.GradeText {
		g.add(analyze.OddRecipientHidden, "")
	}
	head := g.in.Visible
	if len(head) > maxGreeting {
		head = strings.ToValidUTF8(head[:maxGreeting], "")
	}
	head = strings.ToLower(g.o.Subject + "\n" + head)
	for _, to := range g.o.To {
		addr := strings.ToLower(to.Address)
		local, domain := cutAddress(addr)
		switch {
		case !strings.Contains(domain, "."):
			// No address that a mail is delivered to: it was made unreadable
			// by whoever passed the message on, and their name perhaps with it.
		case local != "" && strings.Contains(head, addr):
			g.add(analyze.OddGreetedByAddress, to.Address)
		case len(local) > 2 && greets(head, local):
			g.add(analyze.OddGreetedByAddress, local)
		}
	}
}

// greets tells whether local, which is no name as it stands (it has a digit, a
// dot, or is an office), follows a word and ends with a comma or a line.
func greets(head, local string) bool {
	if !strings.ContainsAny(local, "0123456789._-") && !office(local) {
		return false
	}
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		i := strings.Index(line, local)
		if i <= 0 || i > 20 || line[i-1] != ' ' {
			continue
		}
		rest := strings.TrimSpace(line[i+len(local):])
		if rest == "" || strings.ContainsAny(rest[:1], ",!:.") {
			return true
		}
	}
	return false
}

// office reports local parts that are nobody's name (RFC 2142 and common use).
func office(local string) bool {
	switch local {
	case "info", "sales", "support", "contact", "admin", "office", "kontakt", "mail", "service", "marketing", "billing", "accounts",
		"webmaster", "postmaster", "hostmaster", "abuse", "hello", "team", "help", "hr", "jobs", "press", "vertrieb", "buero", "contacto", "contato":
		return true
	}
	return false
}

// subject looks at the subject.
func (g *gatherer) subject() {
	s := g.o.Subject
	for _, text := range []string{s, g.fromName(), g.in.Visible} {
		if m := leftover(text); m != "" {
			g.add(analyze.OddMergeLeftover, m)
		}
	}
	if run := drawnIn(s); run != "" && !isAnswer(strings.ToLower(s)) && !strings.HasPrefix(s, "[") {
		g.add(analyze.OddSubjectNoise, run)
	}
	if symbols(s) >= 2 {
		g.add(analyze.OddSubjectSymbols, s)
	}
}

func (g *gatherer) fromName() string {
	if len(g.o.From) == 0 {
		return ""
	}
	return g.o.From[0].Name
}

// header looks at the fields that mail programs write.
func (g *gatherer) header() {
	if id := strings.TrimSpace(g.h.Get("Message-ID")); oddID(id) {
		g.add(analyze.OddMessageID, id)
	}
	g.date()
	if p := strings.TrimSpace(g.h.Get("X-Priority")); strings.HasPrefix(p, "1") || strings.HasPrefix(p, "2") ||
		strings.EqualFold(strings.TrimSpace(g.h.Get("Importance")), "high") {
		g.add(analyze.OddPriority, p)
	}
	for _, name := range []string{"From", "Subject", "To", "Reply-To"} {
		if v := g.h.Get(name); strings.ContainsFunc(v, func(r rune) bool { return r >= utf8.RuneSelf }) {
			g.add(analyze.OddRawHeader, name)
		}
	}
	if s := strings.ToLower(strings.TrimSpace(g.o.Subject)); isAnswer(s) && !g.h.Has("In-Reply-To") && !g.h.Has("References") && !g.h.Has("Thread-Index") {
		g.add(analyze.OddFakeReply, g.o.Subject)
	}
	if strings.EqualFold(strings.TrimSpace(g.h.Get("Content-Transfer-Encoding")), "base64") && plainASCII(g.o.Text) && plainASCII(g.o.HTML) {
		g.add(analyze.OddNeedlessEncoding, "")
	}
}

// isAnswer reports the prefixes of answers. Forwards may begin a thread.
func isAnswer(subject string) bool {
	for _, p := range []string{"re:", "aw:", "antw:", "sv:"} {
		if strings.HasPrefix(subject, p) {
			return true
		}
	}
	return false
}

// oddID tells whether a Message-ID is none that a mail program writes (RFC
// 5322 section 3.6.4): empty, without a domain, or of a machine without one.
func oddID(id string) bool {
	if !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, ">") || strings.Count(id, "@") != 1 {
		return true
	}
	_, domain, _ := strings.Cut(id[1:len(id)-1], "@")
	return domain == "" || strings.EqualFold(domain, "localhost") || strings.EqualFold(domain, "localhost.localdomain") || !strings.Contains(domain, ".")
}

// date compares the date with the receipt by the last hop.
func (g *gatherer) date() {
	v := strings.TrimSpace(g.h.Get("Date"))
	if v == "" {
		g.add(analyze.OddDate, "")
		return
	}
	t, err := eml.ParseDate(v)
	if err != nil {
		if !strings.ContainsAny(v, "0123456789") {
			g.add(analyze.OddDate, v)
		}
		return
	}
	received := g.h.Get("Received")
	i := strings.LastIndexByte(received, ';')
	if i < 0 {
		return
	}
	at, err := eml.ParseDate(strings.TrimSpace(received[i+1:]))
	if err == nil && (t.Sub(at) > maxSkew || at.Sub(t) > maxSkew) {
		g.add(analyze.OddDate, v)
	}
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
