package auth

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// TestParseDMARC: records as they are found in the wild.
func TestParseDMARC(t *testing.T) {
	type want struct {
		is, ok bool
		p, sp  string
	}
	for in, w := range map[string]want{
		"v=DMARC1; p=reject; sp=none; rua=mailto:a@b.test": {true, true, "reject", "none"},
		"v=DMARC1;p=Reject": {true, true, "reject", ""},
		" v = DMARC1 ; P = QUARANTINE ; pct=abc; ri=0; fo=zz": {true, true, "quarantine", ""},
		"v=DMARC1; p=none; rf=iodef; unknown=1; =; ;;":        {true, true, "none", ""},
		"v=DMARC1; rua=mailto:a@b.test":                       {true, true, "none", ""},
		"v=DMARC1; p=oops; rua=mailto:a@b.test":               {true, true, "none", ""},
		"v=DMARC1; p=reject; sp=oops; rua=mailto:a@b.test":    {true, true, "none", ""},
		"v=DMARC1; p=reject; np=oops":                         {true, false, "none", ""},
		"v=DMARC1":                                            {true, false, "none", ""},
		"v=DMARC1; rua=a@b.test":                              {true, false, "none", ""},
		"v=DMARC1; rua=mailto:":                               {true, false, "none", ""},
		"v=DMARC1; p=none; p=reject":                          {true, true, "none", ""},
		"v=DMARC1; sp=reject; p=none; adkim=s":                {true, true, "none", "reject"},
		"v=dmarc1; p=reject":                                  {},
		"v=DMARC1x; p=reject":                                 {},
		"p=reject; v=DMARC1":                                  {},
		"v=DMARC1 p=reject":                                   {},
		"v=spf1 -all":                                         {},
		"":                                                    {},
	} {
		if got := isDMARC(in); got != w.is {
			t.Errorf("isDMARC(%q) = %v, want %v", in, got, w.is)
		}
		if !w.is {
			continue
		}
		rec, ok := parseDMARC(in)
		if ok != w.ok || rec.p != w.p || rec.sp != w.sp {
			t.Errorf("parseDMARC(%q) = p %q sp %q, %v; want %q %q, %v", in, rec.p, rec.sp, ok, w.p, w.sp, w.ok)
		}
	}
}

func TestWalkNames(t *testing.T) {
	for in, want := range map[string]string{
		"com":                   "com",
		"a.b.c":                 "a.b.c b.c c",
		"a.b.c.d.e.f.g":         "a.b.c.d.e.f.g b.c.d.e.f.g c.d.e.f.g d.e.f.g e.f.g f.g g",
		"a.b.c.d.e.f.g.h":       "a.b.c.d.e.f.g.h b.c.d.e.f.g.h c.d.e.f.g.h d.e.f.g.h e.f.g.h f.g.h g.h h",
		"a.b.c.d.e.f.g.h.i.j.k": "a.b.c.d.e.f.g.h.i.j.k e.f.g.h.i.j.k f.g.h.i.j.k g.h.i.j.k h.i.j.k i.j.k j.k k",
	} {
		got := walkNames(in)
		if strings.Join(got, " ") != want || len(got) > maxWalk {
			t.Errorf("walkNames(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestOrgDomain(t *testing.T) {
	zone := dnstest.Zone{
		"TXT _dmarc.example.com":          {"v=DMARC1; p=reject"},
		"TXT _dmarc.mail.example.com":     {"v=DMARC1; p=none"},
		"TXT _dmarc.unit.example.com":     {"v=DMARC1; p=none; psd=n"},
		"TXT _dmarc.gov.test":             {"v=DMARC1; p=none; psd=y"},
		"TXT _dmarc.dept.gov.test":        {"v=DMARC1; p=reject"},
		"TXT _dmarc.two.test":             {"v=DMARC1; p=reject", "v=DMARC1; p=none"},
		"TXT _dmarc.bad.test":             {"v=DMARC1; p=what"},
		"TXT _dmarc.sub.bad.test":         {"v=DMARC1; p=reject"},
		"TXT _dmarc.top":                  {"v=DMARC1; p=reject"},
		"TXT _dmarc.psd":                  {"v=DMARC1; p=reject; psd=y"},
		"TXT _dmarc.down.co.uk":           {"SERVFAIL"},
		"TXT _dmarc.mixed.test":           {"hello", "v=DMARC1; p=none", "v=spf1"},
		"TXT _dmarc.g.h.i.j.k.deep.test":  {"v=DMARC1; p=none"},
		"TXT _dmarc.a.b.c.d.e.f.far.test": {"v=DMARC1; p=none"},
	}
	for in, want := range map[string]string{
		"example.com":                     "example.com",
		"A.Mail.Example.COM.":             "example.com",
		"x.unit.example.com":              "unit.example.com",
		"unit.example.com":                "unit.example.com",
		"gov.test":                        "gov.test",
		"dept.gov.test":                   "dept.gov.test",
		"a.b.dept.gov.test":               "dept.gov.test",
		"a.other.gov.test":                "other.gov.test",
		"none.test":                       "none.test",
		"a.none.test":                     "a.none.test",
		"a.two.test":                      "a.two.test",
		"x.sub.bad.test":                  "sub.bad.test",
		"a.b.top":                         "a.b.top", // a top level joins nobody
		"a.b.psd":                         "b.psd",
		"x.down.co.uk":                    "down.co.uk", // by the public suffix list
		"x.mixed.test":                    "mixed.test",
		"a.b.c.d.e.f.g.h.i.j.k.deep.test": "g.h.i.j.k.deep.test",
		"x..test":                         "",
		"192.0.2.1/x":                     "",
	} {
		if got := OrgDomain(t.Context(), zone, in); got != want {
			t.Errorf("OrgDomain(%s) = %q, want %q", in, got, want)
		}
	}
	rec := zone.Record()
	OrgDomain(t.Context(), rec, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.test")
	if n := len(rec.Asked()); n != maxWalk {
		t.Errorf("a long name cost %d questions, want %d", n, maxWalk)
	}
}

func TestPolicyDiscovery(t *testing.T) {
	zone := dnstest.Zone{
		"TXT _dmarc.example.com":      {"v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s"},
		"TXT _dmarc.self.example.com": {"v=DMARC1; p=none"},
		"A here.example.com":          {"192.0.2.1"},
		"TXT _dmarc.testing.test":     {"v=DMARC1; p=reject; t=y; pct=20"},
		"TXT _dmarc.quiet.test":       {"v=DMARC1; p=quarantine; t=y"},
		"TXT _dmarc.psd":              {"v=DMARC1; p=reject; np=quarantine; psd=y"},
		"A live.psd":                  {"192.0.2.1"},
		"TXT _dmarc.mid.walk.test":    {"v=DMARC1; p=none"},
		"TXT _dmarc.walk.test":        {"v=DMARC1; p=reject"},
		"TXT _dmarc.up.down.test":     {"v=DMARC1; p=reject"},
		"TXT _dmarc.down.test":        {"SERVFAIL"},
		"TXT _dmarc.two.test":         {"v=DMARC1; p=reject", "v=DMARC1; p=none"},
	}
	for _, tt := range []struct{ from, at, effective, down string }{
		{"example.com", "example.com", "reject", ""},
		{"here.example.com", "example.com", "quarantine", ""},
		{"nowhere.example.com", "example.com", "none", ""},
		{"self.example.com", "self.example.com", "none", ""},
		{"testing.test", "testing.test", "quarantine", ""},
		{"quiet.test", "quiet.test", "none", ""},
		{"live.psd", "psd", "reject", ""},
		{"gone.psd", "psd", "quarantine", ""},
		{"a.mid.walk.test", "walk.test", "reject", ""}, // only the organizational domain, not the one between
		{"up.down.test", "up.down.test", "reject", ""}, // its own record is enough
		{"x.down.test", "", "", "servfail"},
		{"two.test", "", "", ""},
		{"bare.test", "", "", ""},
	} {
		a := findAuthor(t.Context(), zone, tt.from)
		at, eff := "", ""
		if a.policy != nil {
			at, eff = a.policy.Domain, a.policy.Effective
		}
		if at != tt.at || eff != tt.effective || a.down != tt.down {
			t.Errorf("findAuthor(%s) = record at %q, %q, down %q; want %q, %q, %q", tt.from, at, eff, a.down, tt.at, tt.effective, tt.down)
		}
	}
}

func TestAuthorDomain(t *testing.T) {
	for _, tt := range []struct{ name, header, want, fault string }{
		{"plain", "From: a@Bank.Example", "bank.example", ""},
		{"none", "To: a@bank.example", "", "no From"},
		{"two fields", "From: a@bank.example\r\nfrom: b@evil.example", "", "several From fields"},
		{"two addresses", "From: a@bank.example, b@evil.example", "", "several addresses"},
		{"two in angles", "From: <a@bank.example> <b@evil.example>", "", "several"},
		{"group", "From: Bank: a@bank.example;", "", "group"},
		{"empty group", "From: undisclosed:;", "", "group"},
		{"colon in a name", "From: Re: Bank <a@bank.example>", "bank.example", ""},
		{"quoted at", `From: "a@evil.example"@bank.example`, "bank.example", ""},
		{"name like an address", `From: "a@bank.example" <b@evil.example>`, "evil.example", ""},
		{"route", "From: <@bank.example:b@evil.example>", "evil.example", ""},
		{"folded", "From: Bank\r\n\t<a@bank\r\n .example>", "", "?"},
		{"encoded name", "From: =?utf-8?q?a=40bank.example?= <b@evil.example>", "evil.example", ""},
		{"IDN", "From: a@B\u00fccher.example", "xn--bcher-kva.example", ""},
		{"IDN, other dot", "From: a@b\u00fccher\u3002example", "xn--bcher-kva.example", ""},
		{"literal", "From: a@[192.0.2.1]", "", "not a domain"},
		{"no domain", "From: bank", "", ""},
		{"NUL", "From: a@bank.example\x00.evil.example", "", "NUL"},
		{"comment", "From: a@bank.example (b@evil.example)", "bank.example", ""},
		{"final dot", "From: a@bank.example.", "bank.example", ""},
		{"empty label", "From: a@bank..example", "", "not a domain"},
		{"empty", "From:", "", "no address"},
	} {
		h, _, _ := eml.ParseHeader([]byte(tt.header + "\r\nSubject: x\r\n\r\n"))
		got, fault := authorDomain(h)
		if tt.fault == "?" { // either reading is sound, so long as it is one
			if (got == "") == (fault == "") {
				t.Errorf("%s: = %q, %q, want one of them", tt.name, got, fault)
			}
			continue
		}
		if got != tt.want || !strings.Contains(fault, tt.fault) || (got == "") != (fault != "") {
			t.Errorf("%s: authorDomain(%q) = %q, fault %q; want %q, %q", tt.name, tt.header, got, fault, tt.want, tt.fault)
		}
	}
}

func TestAligned(t *testing.T) {
	zone := dnstest.Zone{
		"TXT _dmarc.bank.example":      {"v=DMARC1; p=reject"},
		"TXT _dmarc.unit.bank.example": {"v=DMARC1; p=reject; psd=n"},
	}
	for _, tt := range []struct {
		from, id        string
		relaxed, strict bool
	}{
		{"bank.example", "bank.example", true, true},
		{"bank.example", "mail.bank.example", true, false},
		{"news.bank.example", "bank.example", true, false},
		{"a.bank.example", "b.bank.example", true, false},
		{"bank.example", "evilbank.example", false, false},
		{"bank.example", "x.unit.bank.example", false, false},
		{"bank.example", "bank.example.evil.test", false, false},
		{"bank.example", "", false, false},
	} {
		for strict, want := range map[bool]bool{false: tt.relaxed, true: tt.strict} {
			al := &aligner{ctx: t.Context(), r: zone, a: findAuthor(t.Context(), zone, tt.from), known: map[string]bool{}}
			if got := al.aligned(tt.id, strict); got != want {
				t.Errorf("aligned(From %s, %s, strict %v) = %v, want %v", tt.from, tt.id, strict, got, want)
			}
		}
	}
	offline := &aligner{ctx: t.Context(), r: dns.Offline{}, a: findAuthor(t.Context(), dns.Offline{}, "news.bank.co.uk"), known: map[string]bool{}}
	if !offline.aligned("mail.bank.co.uk", false) || offline.aligned("evil.co.uk", false) {
		t.Error("offline, alignment does not follow the public suffix list")
	}
}

func TestAlignWalksBounded(t *testing.T) {
	rec := (dnstest.Zone{"TXT _dmarc.bank.example": {"v=DMARC1; p=reject"}}).Record()
	al := &aligner{ctx: t.Context(), r: dns.NewSession(rec, 0), a: findAuthor(t.Context(), rec, "bank.example"), known: map[string]bool{}}
	for i := range 500 {
		al.mark(&analyze.AuthResult{Method: analyze.MethodDKIM, Domain: strings.Repeat("a", i%60+1) + ".bank.example"})
	}
	if n := len(rec.Asked()); n > 4*maxAlignWalks {
		t.Errorf("500 results cost %d questions", n)
	}
}

var pslLine = regexp.MustCompile(`^checkPublicSuffix\('([^']*)', (?:null|'([^']*)')\);`)

// suffixSuite runs the list's own tests through registrable. The list
// built into x/net is some months older than the suite's; none of its lines
// depends on that today. One that does after an update of the suite belongs
// into an exception here, not into the code.
func suffixSuite(t *testing.T) (cases int) {
	f, err := os.Open(suitePath(t, "psl", "tests", "test_psl.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		m := pslLine.FindStringSubmatch(sc.Text())
		if m == nil {
			continue
		}
		cases++
		want := asciiDomain(m[2])
		if got := registrable(m[1]); got != want {
			t.Errorf("registrable(%q) = %q, want %q", m[1], got, want)
		}
	}
	return cases
}

func TestRegistrable(t *testing.T) {
	for in, want := range map[string]string{"192.0.2.1": "", "EXAMPLE.CO.UK.": "example.co.uk", "a.公司.cn": "a.xn--55qx5d.cn", "_dmarc.a.b.com": "b.com"} {
		if got := registrable(in); got != want {
			t.Errorf("registrable(%q) = %q, want %q", in, got, want)
		}
	}
}
