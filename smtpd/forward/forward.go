package forward

import (
	"strings"
	"unicode/utf8"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
)

const (
	// defaultMaxOriginals bounds the work and the reply for one report: nobody
	// forwards more in one go by hand, and every original costs DNS questions.
	defaultMaxOriginals = 10

	// maxChain is how often a forward of a forward is opened: real chains have
	// two or three links, and each one is a chance to hide.
	maxChain = 8
)

// Options says who we are and how much is looked for.
type Options struct {
	Us           analyze.Mailboxes // our own addresses
	MaxOriginals int               // 0 means 10
}

// Find gives the originals of a report, best evidence first; none if it holds
// nothing to judge (an empty body, a bounce, a read receipt).
func Find(r *analyze.Report, o Options) []analyze.Original {
	f := newFinder(r, o)
	out := f.find()
	for i := range out {
		out[i].Redact = f.redact
		if out[i].Client == "" && out[i].How != analyze.HowRedirected {
			out[i].Client = f.client.name
		}
	}
	if len(out) > 0 && len(f.notes) > 0 {
		last := &out[len(out)-1]
		last.Defects = append(last.Defects, f.notes...)
	}
	return out
}

// finder is the work on one report.
type finder struct {
	report *analyze.Report
	whole  *eml.Message // as it came
	msg    *eml.Message // without a signature around its body
	us     analyze.Mailboxes
	max    int
	client clientGuess
	house  house    // of the reporter
	redact []string // the reporter's addresses
	notes  []string // what of the report could not be opened
	budget budget
}

func newFinder(r *analyze.Report, o Options) *finder {
	f := &finder{report: r, whole: eml.Parse(r.Raw), us: o.Us, max: o.MaxOriginals}
	if f.max <= 0 {
		f.max = defaultMaxOriginals
	}
	msg, why := opened(f.whole)
	if f.msg = msg; why != "" {
		f.notes = append(f.notes, why)
	}
	f.budget.report = f.msg
	f.noteLimits()
	f.client = guessClient(f.msg.Header)
	if b := guessButton(f.msg); b != "" {
		f.client = clientGuess{b, true}
	}
	f.house = newHouse(f.msg.Header)
	f.redact = f.reporterAddresses()
	return f
}

// noteLimits notes what of the report, and of the messages inside it, was not
// looked at, since it is past a limit: whatever is found, there may be more.
func (f *finder) noteLimits() {
	seen := map[string]bool{}
	var look func(m *eml.Message)
	look = func(m *eml.Message) {
		for _, d := range m.Defects {
			switch d.Kind {
			case eml.DefectTooDeep, eml.DefectTooMany, eml.DefectHeaderBytes, eml.DefectFields, eml.DefectDecoded, eml.DefectLongLine:
				if !seen[d.Kind] {
					seen[d.Kind] = true
					f.notes = append(f.notes, "report: "+d.Kind)
				}
			}
		}
		m.Walk(func(p *eml.Part, _ int) bool {
			if p.Message != nil {
				look(p.Message) // no deeper than the walker's own limit
			}
			return true
		})
	}
	look(f.msg)
}

func (f *finder) find() []analyze.Original {
	if f.resent() {
		f.redact = f.redirectAddresses()
		return []analyze.Original{f.itself()}
	}
	redirected := f.redirected()
	if redirected {
		f.redact = f.redirectAddresses()
	} else if f.automatic() {
		return nil
	}
	if hasFeedback(f.msg) {
		return f.feedback()
	}
	if out := f.xarf(); len(out) > 0 {
		return out
	}
	if !redirected && f.nullSender() {
		return f.pasted() // nobody forwards with it; what it carries is a bounced message
	}
	quoted := f.sources(f.max)
	if len(quoted) == 0 {
		quoted = f.quoted()
	}
	out := f.attached(f.max - len(quoted))
	for _, q := range quoted {
		if !sameAsOne(q, out) {
			out = append(out, q)
		}
	}
	if redirected {
		if len(out) >= f.max {
			out = out[:f.max-1]
		}
		return append(out, f.itself())
	}
	if len(out) == 0 {
		return f.pasted()
	}
	return out
}

// sameAsOne tells whether a quoted message is one of those that are attached
// too: some clients do both.
func sameAsOne(q analyze.Original, attached []analyze.Original) bool {
	for i := range attached {
		a := &attached[i]
		if subjectKey(a.Subject) != subjectKey(q.Subject) {
			continue
		}
		if len(a.From) == 0 || len(q.From) == 0 || q.From[0].Address == "" ||
			strings.EqualFold(a.From[0].Address, q.From[0].Address) {
			return true
		}
	}
	return false
}

// house is where a message comes from, for telling a colleague from a stranger.
type house struct {
	address string // lower case
	domain  string // registered domain, empty for a public mail provider
}

func newHouse(h eml.Header) house {
	from := h.Addresses("From")
	if len(from) != 1 {
		return house{}
	}
	return houseOf(from[0].Addr())
}

func houseOf(address string) house {
	address = strings.ToLower(address)
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return house{}
	}
	domain := links.Registrable(address[at+1:])
	if publicProvider(domain) {
		domain = ""
	}
	return house{address: address, domain: domain}
}

// holds tells whether other is the same person or of the same organisation.
func (h house) holds(other house) bool {
	if h.address == "" || other.address == "" {
		return false
	}
	return h.address == other.address || h.domain != "" && h.domain == other.domain
}

// publicProvider tells whether anybody can get an address under a domain, so
// that sharing it makes nobody a colleague. The providers are those with the
// most mailboxes by their own figures; the rest is judged by address alone or
// opened as a stranger's, both of which are safe.
func publicProvider(domain string) bool {
	label, _, _ := strings.Cut(domain, ".")
	switch label {
	case "gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "rocketmail", "aol",
		"icloud", "me", "mac", "gmx", "web", "t-online", "freenet", "proton", "protonmail", "pm", "zoho", "yandex",
		"mail", "bk", "inbox", "list", "rambler", "ukr", "qq", "163", "126", "sina", "naver", "daum", "hanmail",
		"orange", "wanadoo", "free", "laposte", "sfr", "libero", "virgilio", "tiscali", "seznam", "wp", "o2", "onet",
		"interia", "comcast", "verizon", "att", "sbcglobal", "cox", "btinternet", "sky", "virginmedia", "ziggo",
		"kpnmail", "telenet", "bigpond", "fastmail", "tutanota", "tuta", "hushmail", "rediffmail", "uol", "bol", "terra":
		return true
	}
	return false
}

// addAddress appends a lower-case address once, and never one of ours.
func (f *finder) addAddress(list []string, address string) []string {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" || !strings.Contains(address, "@") || f.us.Has(address) || !utf8.ValidString(address) {
		return list
	}
	for _, have := range list {
		if have == address {
			return list
		}
	}
	return append(list, address)
}

// reporterAddresses gives the addresses by which a report names its reporter.
func (f *finder) reporterAddresses() []string {
	var out []string
	for _, name := range []string{"From", "Reply-To", "Sender", "Resent-From", "Resent-Sender"} {
		for _, a := range f.msg.Header.Addresses(name) {
			out = f.addAddress(out, a.Addr())
		}
	}
	return f.addAddress(out, f.report.Envelope.MailFrom)
}
